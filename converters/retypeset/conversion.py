"""From a source to a target: the formats, the parts of a submission, names that are safe, writing that is whole.

What a filing says is read by `readers`, how a format says it is written in `writers`; here the one meets the other and
the result reaches the disk. Nothing is printed and no argument of a command line is known: that is `cli`. Readers and
writers are called by their public names, which import them when first used: the table of formats costs nothing.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import retypeset

from .assets import sheet
from .notes import OutputError

if TYPE_CHECKING:
    from .model import Attachment, Submission
    from .readers.source import SourceLike
    from .writers.markdown import Tables

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
FACTS_STEM: Final = "facts"
"""What the file is called that holds the figures of all tables, before its suffix."""

# Characters of a name we make: file systems allow 143 bytes (eCryptfs) and more, a number and a suffix need some.
_NAME_LENGTH: Final = 100

_ADVICE: Final = {
    errno.EACCES: "choose a folder that you may write to",
    errno.EEXIST: "a part of the path is a file: choose another folder",
    errno.EISDIR: "a folder of that name is in the way: choose another name",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOSPC: "make room on the disk or choose another one",
    errno.ENOTDIR: "a part of the path is a file: choose another folder",
    errno.EPERM: "choose a folder that you may write to",
    errno.EROFS: "the disk is read-only: choose a folder that you may write to",
}


# ---------------------------------------------------------------- formats


class Settings(NamedTuple):
    """How a format is to be written, where that can be chosen; each format takes what concerns it.

    `template` and `style` are the texts of a Jinja2 template and of a style sheet, for the formats that have a look;
    `tables`, `front_matter` and `provenance` are those of `to_markdown`.
    `source` is what a PDF has as an attachment. `stylesheet` is how an HTML page finds its sheet, which then holds
    `style` too (`assets`).
    """

    template: str | None = None
    style: str | None = None
    tables: Tables = "auto"
    front_matter: bool = True
    provenance: bool = False
    source: bytes | None = None
    stylesheet: str | None = None


_AS_IT_COMES: Final = Settings()


class Format(NamedTuple):
    """An output format: its function, the suffixes that name it (the first is written), whether it has a look, and
    whether it makes a folder of files (`csv_files`) where it is given one, instead of a single file."""

    render: Callable[[Submission, Settings], bytes]
    suffixes: tuple[str, ...]
    styled: bool = False
    several: bool = False


def _markdown(submission: Submission, settings: Settings) -> bytes:
    return retypeset.to_markdown(
        submission, tables=settings.tables, front_matter=settings.front_matter, provenance=settings.provenance
    ).encode()


def _html(submission: Submission, settings: Settings) -> bytes:
    style = None if settings.stylesheet else settings.style
    return retypeset.to_html(
        submission, template=settings.template, style=style, stylesheet=settings.stylesheet
    ).encode()


def _pdf(submission: Submission, settings: Settings) -> bytes:
    return retypeset.to_pdf(submission, template=settings.template, style=settings.style, source=settings.source)


def _json(submission: Submission, _settings: Settings) -> bytes:
    return retypeset.to_json(submission)


def _jsonl(submission: Submission, _settings: Settings) -> bytes:
    return retypeset.to_jsonl(submission)


def _pandoc(submission: Submission, _settings: Settings) -> bytes:
    return retypeset.to_pandoc(submission)


def _csv(submission: Submission, _settings: Settings) -> bytes:
    return retypeset.to_csv(submission).encode()


FORMATS: Final[Mapping[str, Format]] = {
    "md": Format(_markdown, (".md", ".markdown")),
    "html": Format(_html, (".html", ".htm"), styled=True),
    "pdf": Format(_pdf, (".pdf",), styled=True),
    "json": Format(_json, (".json",)),
    "jsonl": Format(_jsonl, (".jsonl", ".ndjson")),
    "pandoc": Format(_pandoc, (".pandoc",)),
    "csv": Format(_csv, (".csv",), several=True),
}
"""The formats by name; a name is also the suffix that is written."""


def format_of(path: str | os.PathLike[str]) -> str | None:
    """Name the format that a file name asks for by its suffix, in capitals or not; None where it asks for none.

    >>> format_of("filing.HTM")
    'html'
    """
    suffix = Path(path).suffix.lower()
    return next((name for name, form in FORMATS.items() if suffix in form.suffixes), None)


def render(submission: Submission, to: str, settings: Settings = _AS_IT_COMES) -> bytes:
    """Write a submission in the format `to`, one of `FORMATS`; text is UTF-8."""
    return FORMATS[to].render(submission, settings)


# ---------------------------------------------------------------- from a source to a target


def convert(  # noqa: PLR0913 - what the options of the command line are
    source: SourceLike,
    target: str | os.PathLike[str],
    *,
    to: str | None = None,
    item: str | None = None,
    template: str | None = None,
    style: str | None = None,
    assets: bool = False,
    tables: Tables = "auto",
    front_matter: bool = True,
    provenance: bool = False,
    attach_source: bool = False,
) -> Submission:
    """Read a filing and write it to a file, in the format that the file's suffix names.

    Folders that are missing are made. The file is written whole or not at all, and never over the source. What a
    reader of the output should know is in the notes of the result and of its documents.

    Args:
        source: the filing: a path (`str` is always one), its bytes, or a file opened for reading bytes.
        target: the file to write; an older one is replaced.
        to: a name of `FORMATS` ("md", "html", "pdf", "json", "jsonl": a line for each block, "pandoc", "csv": all
            figures of all tables), where the suffix of `target` does not say it.
        item: write only this Item of the form: "7", "7A", "2.02" or, with its Part, "II.1".
        template: text of a Jinja2 template for the page, instead of the shipped one (html and pdf).
        style: text of a style sheet that follows the shipped one (html and pdf).
        assets: put the styles into a file in the folder `assets` beside the target, which the page links (html).
        tables, front_matter, provenance: as in `to_markdown` (md).
        attach_source: put the filing itself into the file, as an attachment (pdf).

    Returns:
        The submission that was read.

    Raises:
        RetypesetError: the source cannot be read (`DecodeError`: it is no text), it has no such Item, the template or
            style cannot be used (`TemplateError`), or the target cannot be written (`OutputError`).
    """
    form = to or format_of(target)
    if form is None or form not in FORMATS:
        asked = f"there is no format {to!r}" if to else f"{Path(target).name} does not say the format"
        *others, last = map(repr, FORMATS)
        raise OutputError(f"{asked}: end the name in one of {_suffixes()}, or say to={', '.join(others)} or {last}")
    from .readers.source import load  # noqa: PLC0415  (the command line must not pay for it at its start)

    loaded = load(source)
    submission = retypeset.read(loaded.data, name=loaded.name)
    linked = sheet(style) if assets and form == "html" else None
    settings = Settings(
        template,
        style,
        tables,
        front_matter,
        provenance,
        source=loaded.data if attach_source else None,
        stylesheet=linked.link() if linked else None,
    )
    data = render(submission if item is None else retypeset.excerpt(submission, item), form, settings)
    files = linked.files(Path(target).parent) if linked else {}
    files[Path(target)] = data
    write_files(files, sources=[Path(source)] if isinstance(source, str | os.PathLike) else [])
    return submission


def _suffixes() -> str:
    return " ".join(form.suffixes[0] for form in FORMATS.values())


# ---------------------------------------------------------------- the parts of a submission


def parts(submission: Submission) -> Iterator[tuple[str, Submission]]:
    """Part a submission into one for each document, with a safe name `<sequence>-<type>` that is unique among them.

    Each part keeps the header and the notes of the whole; its attachments are those of its document. A submission
    without documents is one part.
    """
    from msgspec.structs import replace  # noqa: PLC0415  (the command line must not pay for it at its start)

    if not submission.documents:
        yield "0-submission", submission
        return
    attachments: dict[int, list[Attachment]] = {}
    for attachment in submission.attachments:
        attachments.setdefault(attachment.document, []).append(replace(attachment, document=1))
    names = _Names()
    for position, document in enumerate(submission.documents, 1):
        name = names.take(f"{document.sequence}-{safe_name(document.type, 'document')}")
        own = tuple(attachments.get(position, ()))
        yield name, replace(submission, documents=(document,), attachments=own)


def csv_files(submission: Submission, names: _Names | None = None) -> dict[str, bytes]:
    """Write the tables of a submission as CSV: `facts.csv`, which has all, and `<sequence>-<type>-table-<n>.csv` each.

    `names` knows those that are taken in the folder.
    """
    names = names or _Names()
    files = {names.take(FACTS_STEM, ".csv"): retypeset.to_csv(submission).encode()}
    for name, part in parts(submission):
        for n, table in enumerate(retypeset.tables(part), 1):
            files[names.take(f"{name}-table-{n}", ".csv")] = retypeset.to_csv(table).encode()
    return files


def split(
    submission: Submission,
    formats: Collection[str],
    source: bytes | Path,
    settings: Settings = _AS_IT_COMES,
) -> dict[str, bytes]:
    """Write each document of a submission in each format, and each attachment decoded: contents by safe, unique name.

    `source` is what the submission was read from; the attachments are taken from it.
    """
    names = _Names()
    files = csv_files(submission, names) if any(FORMATS[form].several for form in formats) else {}
    single = [form for form in formats if not FORMATS[form].several]
    for name, part in parts(submission):
        for form in single:
            files[names.take(name, f".{form}")] = render(part, form, settings)
    for attachment in submission.attachments:
        safe = Path(safe_name(attachment.name, "attachment"))
        files[names.take(safe.stem, safe.suffix)] = retypeset.attachment_data(attachment, source)
    return files


def safe_name(text: str, fallback: str) -> str:
    r"""Make of any text a file name without folders, blanks or signs; `fallback` where nothing is left of it.

    >>> safe_name(r"..\DOCS\10-K405/A", "document")
    'DOCS-10-K405-A'
    """
    name = _UNSAFE.sub("-", text).strip(".-")
    stem, dot, suffix = name.rpartition(".")
    if len(name) > _NAME_LENGTH and dot and len(suffix) < _NAME_LENGTH // 2:
        name = f"{stem[: _NAME_LENGTH - len(suffix) - 1].rstrip('.-')}.{suffix}"
    return name[:_NAME_LENGTH].rstrip(".-") or fallback


class _Names:
    """Names given out in one folder, where names that differ in capitals only are the same file on some disks."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def take(self, stem: str, suffix: str = "") -> str:
        name = f"{stem}{suffix}"
        wanted = name.lower()
        while name.lower() in self._next:
            # A counter for each name, not a search from 2: a file may hold any number of documents of one name.
            number = self._next[wanted] = self._next[wanted] + 1
            name = f"{stem}-{number}{suffix}"
        self._next[name.lower()] = 1
        return name


# ---------------------------------------------------------------- writing


def write_files(files: Mapping[Path, bytes], *, sources: Collection[Path] = ()) -> None:
    """Write all of the files or none: to temporary files beside them first, which then take their names.

    Missing folders are made, and removed again when the work fails. A device or a pipe is written to as it is. Raises
    OutputError, which says what could not be written and what to do, and where a file is one of `sources`.
    """
    made: list[Path] = []
    staged: dict[Path, Path] = {}
    target = Path()
    try:
        for target in files:
            _refuse(target, sources)
            _make_folder(target.parent, made)
        for target, data in files.items():
            _stage(target, data, staged)
        for target in [*staged]:
            os.replace(staged[target], os.path.realpath(target))
            del staged[target]
        made.clear()
    except (OSError, ValueError) as error:
        raise OutputError(unwritable(target, error)) from error
    finally:
        for temporary in staged.values():
            with suppress(OSError):
                temporary.unlink()
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()


def _refuse(target: Path, sources: Collection[Path]) -> None:
    if not target.exists():
        return
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if any(source.exists() and source.samefile(target) for source in sources):
        raise OutputError(f"{target} is an input and is not overwritten: choose another name")


def _make_folder(folder: Path, made: list[Path]) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        with suppress(FileExistsError):  # another process may have made it meanwhile; a file there fails below
            path.mkdir()
            made.append(path)


def _stage(target: Path, data: bytes, staged: dict[Path, Path]) -> None:
    real = Path(os.path.realpath(target))
    if real.exists() and not real.is_file():
        real.write_bytes(data)
        return
    temporary = real.with_name(f".retypeset-{os.urandom(8).hex()}")
    staged[target] = temporary
    with temporary.open("xb") as file:
        file.write(data)


def unwritable(target: Path, error: OSError | ValueError) -> str:
    """Say why a file or folder cannot be written, and what to do."""
    code = error.errno if isinstance(error, OSError) else None
    said = os.strerror(code) if code else str(error)
    return f"cannot write {target}: {said}; {_ADVICE.get(code or 0, 'choose another place')}"
