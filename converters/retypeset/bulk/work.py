"""One task -> its results: read, convert, set the outputs aside. This is what happens in a worker process.

Outputs are set aside in a folder of their own and take their place when the ledger knows of them (`publish`): what is
done twice, or killed half way, is never seen. Folders are named by nothing that a filing says but digits (`layout`).
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec.structs import replace

import retypeset

from ..assets import sheet
from ..conversion import FORMATS, Settings, csv_files, render, safe_name
from ..inspection import notes
from ..items import all_blocks
from ..model import Header, Submission, Table
from ..notes import RetypesetError, internal
from ..readers import read_header
from .members import LARGEST, numbered, split
from .sources import opened, remote, take
from .tasks import LINKED, Count, Output, Plan, Result, Task, failure

PARQUET: Final = "parquet"

_ACCESSION: Final = re.compile(r"\d{10}-\d\d-\d{6}", re.ASCII)
_CIK: Final = re.compile(r"0*(\d{1,10})", re.ASCII)
UNNUMBERED: Final = "unnumbered"
_HASH: Final = 12


class Stop(Exception):  # noqa: N818 - no error of a filing: the run cannot go on
    """The outputs cannot be written: no filing is at fault."""


def results(task: Task, plan: Plan) -> Iterator[Count | Result]:
    """Do all that is in a task: first say how many submissions that is, then give a result for each.

    Raises MemoryError where there is not enough.
    """
    start = time.monotonic()
    try:
        data = _data(task)
    except (OSError, RetypesetError, ImportError, ValueError) as error:
        yield Count(1)
        yield failure(task, "source", f"it cannot be read: {getattr(error, 'strerror', None) or error}")
        return
    if data is None:
        yield Count(1)
        yield failure(task, "size", f"it is larger than {LARGEST >> 20} MB")
        return
    pieces = split(data)
    yield Count(len(pieces))
    for n, piece in enumerate(pieces, 1):
        if n > task.skip:
            yield _result(task, plan, numbered(task.member, n, len(pieces)), piece, start)
            start = time.monotonic()


def _data(task: Task) -> bytes | None:
    if task.data is not None:
        return task.data
    with opened(task.path, task.url) as file:
        data = take(file, LARGEST + 1)
    return data if len(data) <= LARGEST else None


def _result(task: Task, plan: Plan, member: str, data: bytes, start: float) -> Result:
    sha256 = hashlib.sha256(data).hexdigest()
    empty = Result(task.source, member, task.stamp, "unchanged", len(data), sha256)
    if task.known.get(member) == sha256:
        return empty
    try:
        done = _convert(empty, plan, data)
    except Stop as stop:
        return replace(empty, state="stop", error=str(stop))
    except MemoryError:
        raise
    except Exception as error:
        said = str(error) if isinstance(error, RetypesetError) else internal(error)
        done = replace(empty, state="failed", reason="error", error=said)
    return replace(done, seconds=round(time.monotonic() - start, 4))


def _convert(empty: Result, plan: Plan, data: bytes) -> Result:
    if plan.forms and (header := read_header(data)).form.upper() not in plan.forms:
        return replace(empty, state="passed", **_says(header))
    name = (empty.member or empty.source).rpartition("/")[2]
    submission = retypeset.read(data, name=name)
    folder = place(submission.header, empty.sha256, name, apart=bool(plan.store))
    files = _files(submission, plan, folder)
    return replace(
        empty,
        state="done",
        folder=folder,
        aside=_set_aside(files, plan, folder),
        outputs=tuple(_output(name, form, data) for name, (form, data) in files.items() if form != PARQUET),
        **_says(submission.header),
        **_counts(submission),
    )


def _says(header: Header) -> dict[str, str]:
    """What the ledger keeps of a header, the first filer for all."""
    filer = header.filers[0] if header.filers else None
    return {
        "accession": header.accession_number,
        "form": header.form,
        "company": filer.name if filer else "",
        "cik": filer.cik if filer else "",
        "filed": header.filed,
        "period": header.period,
    }


def _counts(submission: Submission) -> dict[str, object]:
    blocks = [block for document in submission.documents for block in all_blocks(document.blocks)]
    return {
        "documents": len(submission.documents),
        "blocks": len(blocks),
        "tables": sum(isinstance(block, Table) for block in blocks),
        "notes": dict(Counter(note.code for note in notes(submission))),
    }


# ---------------------------------------------------------------- places


def place(header: Header, sha256: str, name: str, *, apart: bool = False) -> str:
    """Name the folder of a filing: `<CIK>/<accession number>`, or one by its hash where it has no such numbers.

    With `apart` the hash is always part of the name.

    >>> place(Header("none"), 64 * "a", "../letter.txt")
    'unnumbered/aa/aa/letter.txt-aaaaaaaaaaaa'
    """
    cik = _CIK.fullmatch(header.filers[0].cik) if header.filers else None
    accession = _ACCESSION.fullmatch(header.accession_number)
    if cik and accession:
        folder = f"{cik[1]}/{accession[0]}"
        return aside_of(folder, sha256) if apart else folder
    stem = accession[0] if accession else safe_name(name, "filing")[:60].rstrip(".-")
    return f"{UNNUMBERED}/{sha256[:2]}/{sha256[2:4]}/{stem}-{sha256[:_HASH]}"


def aside_of(folder: str, sha256: str) -> str:
    """Name the folder of a filing whose numbers are those of another one with other bytes."""
    return f"{folder}-{sha256[:_HASH]}"


# ---------------------------------------------------------------- outputs


def _files(submission: Submission, plan: Plan, folder: str) -> dict[str, tuple[str, bytes]]:
    """The outputs: format and content by name."""
    files: dict[str, tuple[str, bytes]] = {}
    stem = folder.rpartition("/")[2]
    for form in plan.formats:
        if form == PARQUET:
            from .parquet import fragments  # noqa: PLC0415 - an optional library

            files |= {name: (form, data) for name, data in fragments(submission).items()}
        elif form == LINKED:
            linking = Settings(stylesheet=sheet().link(depth=folder.count("/") + 1))
            files[f"{stem}.html"] = (form, render(submission, "html", linking))
        elif FORMATS[form].several:
            files |= {name: (form, data) for name, data in csv_files(submission).items()}
        else:
            files[f"{stem}.{form}"] = (form, render(submission, form))
    return files


def _output(name: str, form: str, data: bytes) -> Output:
    return Output(name, form, len(data), hashlib.sha256(data).hexdigest())


def _set_aside(files: dict[str, tuple[str, bytes]], plan: Plan, folder: str) -> str:
    """Write the files where nobody looks yet, and say where that is; behind a URL at once to their place."""
    try:
        if plan.store:
            system, root = remote().core.url_to_fs(plan.store)
            # What is put behind a URL appears whole or not at all, on every store but a plain disk.
            for name, (_, data) in files.items():
                target = f"{root.rstrip('/')}/{folder}/{name}"
                system.makedirs(target.rpartition("/")[0], exist_ok=True)
                system.pipe_file(target, data)
            return ""
        aside = os.urandom(8).hex()
        own = Path(plan.aside, aside)
        own.mkdir()
        for name, (_, data) in files.items():
            (own / name).write_bytes(data)
    except (OSError, RetypesetError, ImportError) as error:
        raise Stop(f"the outputs cannot be written: {getattr(error, 'strerror', None) or error}") from error
    return aside
