"""All filings in one data set: blocks and facts of tables, a row each (Apache Parquet, by pyarrow).

    DEST/parquet/blocks/year=1997/form=10-K/<part>.parquet
    DEST/parquet/facts/year=1997/form=10-K/<part>.parquet

A worker writes the rows of a filing as a fragment. The client gathers the fragments and merges them, one part for each
year and form; the ledger says which part has a filing's rows. A part that it does not name was left behind by a run
that was killed, and is removed; so are the rows of a filing that was done again.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import retypeset

from ..items import all_blocks
from ..model import Block, Heading, List, Submission, Table
from ..notes import RetypesetError
from .ledger import Ledger, Row

KINDS: Final = ("blocks", "facts")
_FOLDER: Final = "parquet"
_PENDING: Final = ".pending"
_NO_YEAR: Final = "0"
_NO_FORM: Final = "-"
_LONGEST_FORM: Final = 60

# Rows of a group: engines read groups side by side, and 128 thousand rows of text are some tens of megabytes.
_ROWS: Final = 1 << 17


def pyarrow() -> Any:
    """The library behind all this. Raises RetypesetError where it is not installed."""
    try:
        import pyarrow  # noqa: PLC0415 - an optional library, imported when it is asked for
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError as error:
        raise RetypesetError("--to parquet needs pyarrow: pip install 'retypeset[parquet]'") from error
    return pyarrow


@cache
def _schemas() -> dict[str, Any]:
    pa = pyarrow()
    text, number, texts = pa.string(), pa.int32(), pa.list_(pa.string())
    filing = {"accession": text, "cik": text, "company": text, "filed": text, "period": text}
    document = {"document": number, "type": text}
    block = {"block": number, "kind": text, "level": number, "item": text, "text": text, "line": number, "last": number}
    fact = {"table": number, "caption": text, "row": texts, "columns": texts, "text": text, "value": text}
    fact |= {
        "number": pa.float64(),
        "unit": text,
        "multiplier": pa.int64(),
        "nil": pa.bool_(),
        "tag": text,
        "line": number,
    }
    return {
        "blocks": pa.schema([*filing.items(), *document.items(), *block.items()]),
        "facts": pa.schema([*filing.items(), *document.items(), *fact.items()]),
    }


# ---------------------------------------------------------------- in the worker


def fragments(submission: Submission) -> dict[str, bytes]:
    """Write the rows of a filing, a small file of each kind by name."""
    pa = pyarrow()
    rows = {"blocks": _blocks(submission), "facts": _facts(submission)}
    files = {}
    for kind, schema in _schemas().items():
        table = pa.Table.from_pylist([*rows[kind]], schema)
        sink = io.BytesIO()
        with pa.ipc.new_file(sink, schema) as writer:
            writer.write_table(table)
        files[_fragment(kind)] = sink.getvalue()
    return files


def _fragment(kind: str) -> str:
    return f"{kind}.arrow"


def _of(submission: Submission) -> Iterator[tuple[dict[str, Any], tuple[Block, ...]]]:
    header = submission.header
    filer = header.filers[0] if header.filers else None
    about = {
        "accession": header.accession_number,
        "cik": filer.cik if filer else "",
        "company": filer.name if filer else "",
        "filed": header.filed,
        "period": header.period,
    }
    for n, document in enumerate(submission.documents, 1):
        yield about | {"document": n, "type": document.type}, tuple(all_blocks(document.blocks))


def _blocks(submission: Submission) -> Iterator[dict[str, Any]]:
    for about, blocks in _of(submission):
        for n, block in enumerate(blocks, 1):
            heading = block if isinstance(block, Heading) else None
            yield about | {
                "block": n,
                "kind": type(block).__name__.lower(),
                "level": heading.level if heading else None,
                "item": heading.item if heading else "",
                "text": _text(block),
                "line": block.lines[0].first if block.lines else None,
                "last": block.lines[-1].last if block.lines else None,
            }


def _text(block: Block) -> str:
    """The text of a block; of a list its markers, for what its items say are blocks of their own."""
    if isinstance(block, List):
        return "\n".join(item.marker for item in block.items)
    if isinstance(block, Table):
        return block.text or "\n".join("\t".join(cell.text for cell in row.cells) for row in (*block.head, *block.body))
    return block.text


def _facts(submission: Submission) -> Iterator[dict[str, Any]]:
    for about, blocks in _of(submission):
        for n, table in enumerate([block for block in blocks if isinstance(block, Table)], 1):
            for record in retypeset.records(table):
                yield about | {
                    "table": n,
                    "caption": table.caption,
                    "row": record.row,
                    "columns": record.columns,
                    "text": record.text,
                    "value": record.value,
                    "number": None if record.value is None else float(record.value),
                    "unit": record.unit,
                    "multiplier": record.multiplier,
                    "nil": record.nil,
                    "tag": record.tag,
                    "line": record.line or None,
                }


# ---------------------------------------------------------------- in the client


def gather(dest: Path, aside: Path, row: int) -> None:
    """Take a filing's fragments from where its outputs were set aside, and keep them until they are merged."""
    pending = dest / _FOLDER / _PENDING
    for kind in KINDS:
        try:
            os.replace(aside / _fragment(kind), pending / f"{row}-{kind}")
        except FileNotFoundError:
            with suppress(FileExistsError):
                (dest / _FOLDER).mkdir()
            with suppress(FileExistsError):
                pending.mkdir()
            os.replace(aside / _fragment(kind), pending / f"{row}-{kind}")


def merge(dest: Path, ledger: Ledger) -> None:
    """Bring the data set in step with the ledger: fragments in, what is out of date out."""
    root, name = dest / _FOLDER, os.urandom(6).hex()
    if not root.is_dir():
        return
    _sweep(root, ledger.parts())
    for kind in KINDS:
        for (year, form), rows in groupby(ledger.unmerged(), key=lambda row: (row.year, row.form)):
            _write(root / _place(kind, year, form) / f"{name}.parquet", kind, _read(root, kind, rows))
    with ledger.writing():
        ledger.merged(name)
    for part, year, form, filings in ledger.dropped():
        for kind in KINDS:
            _without(root / _place(kind, year, form) / f"{part}.parquet", filings)
        with ledger.writing():
            ledger.forget_dropped(part, year, form)
    for fragment in (root / _PENDING).glob("*"):
        fragment.unlink()


def _place(kind: str, year: str, form: str) -> str:
    coded = quote(form[:_LONGEST_FORM], safe="")
    return f"{kind}/year={year if year.isascii() and year.isdigit() else _NO_YEAR}/form={coded or _NO_FORM}"


def _sweep(root: Path, known: set[str]) -> None:
    for path in root.glob("*/*/*/*"):
        if path.suffix != ".parquet" or path.stem not in known:
            path.unlink()


def _read(root: Path, kind: str, rows: Iterator[Row]) -> Iterator[Any]:
    pa = pyarrow()
    for row in rows:
        with pa.memory_map(str(root / _PENDING / f"{row.id}-{kind}")) as file:
            table = pa.ipc.open_file(file).read_all()
            yield table.add_column(0, "filing", pa.array([row.id] * len(table), pa.int64()))


def _write(path: Path, kind: str, tables: Iterator[Any]) -> None:
    """Write tables into one part that appears when it is whole, in groups of rows of a sensible size."""
    pa = pyarrow()
    schema = _schemas()[kind].insert(0, pa.field("filing", pa.int64()))
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_suffix(".begun")
    with pa.parquet.ParquetWriter(begun, schema, compression="zstd") as writer:
        held: list[Any] = []
        for table in tables:
            held.append(table)
            if sum(map(len, held)) >= _ROWS:
                writer.write_table(pa.concat_tables(held), _ROWS)
                held = []
        if held:
            writer.write_table(pa.concat_tables(held), _ROWS)
    begun.rename(path)


def _without(path: Path, filings: list[int]) -> None:
    """Write a part again without the rows of these filings."""
    pa = pyarrow()
    if not path.exists():
        return
    from pyarrow import compute  # noqa: PLC0415

    with pa.parquet.ParquetFile(path) as file:
        kept = (
            (table := pa.Table.from_batches([batch])).filter(
                compute.invert(compute.is_in(table["filing"], value_set=pa.array(filings, pa.int64())))
            )
            for batch in file.iter_batches()
        )
        _write(path, path.parents[2].name, kept)
