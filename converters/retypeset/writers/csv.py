"""Tables -> CSV: one file a table, or all figures of a submission in one long file of facts.

Comma-separated values in UTF-8 as RFC 4180 describes them, lines ended by a line feed. A number is written as a decimal
string (`(1,234)` is -1234); any other text as printed, with one exception. A spreadsheet takes text that begins with
`=`, `+`, `-` or `@` for a formula and computes it, and a filing is written by others: such text gets an apostrophe
before it, which says "text" to a spreadsheet. Decimal strings and dashes alone (`--`) do no harm and stay as they are.
JSON is the format that changes nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Final

from ..facts import Record, headings, records, tables
from ..grid import PARTED, placed
from ..model import Cell, Document, Row, Submission, Table

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
FACTS: Final = (
    "document",
    "type",
    "table",
    "caption",
    "row",
    "column",
    "text",
    "value",
    "unit",
    "multiplier",
    "nil",
    "tag",
    "line",
)
"""The columns of the facts: the document's place from 1 and its type, the table's place in it, then a `Record`."""


def write(source: Table | Submission) -> str:
    """Write a table, or every cell of every table of a submission.

    A table: one line of headings, then its rows with the label first; sections are rows too. Headings over each other
    are one, parted by " / "; a cell that spans columns stands in the first of them. A submission: a line of names, then
    a line for each of its `records`, with the document and table they are from.
    """
    if isinstance(source, Table):
        rows = [_row(row, starts, len(source.columns)) for row, starts in placed(source.body)]
        return _csv([_headings(source), *rows] if source.head else rows)
    return _csv([FACTS, *(_fact(*found) for found in _facts(source))])


def _facts(submission: Submission) -> Iterator[tuple[int, Document, int, Table, Record]]:
    for place, document in enumerate(submission.documents, 1):
        for n, table in enumerate(tables(document), 1):
            for record in records(table):
                yield place, document, n, table, record


def _fact(place: int, document: Document, n: int, table: Table, record: Record) -> list[str]:
    return [
        str(place),
        _safe(document.type),
        str(n),
        _safe(" ".join(table.caption.split())),
        _safe(PARTED.join(record.row)),
        _safe(PARTED.join(record.columns)),
        _safe(record.text),
        record.value or "",
        record.unit,
        str(record.multiplier),
        "true" if record.nil else "",
        record.tag,
        str(record.line),
    ]


def _headings(table: Table) -> list[str]:
    return [_safe(PARTED.join(heading)) for heading in headings(table)]


def _row(row: Row, starts: Sequence[int], width: int) -> list[str]:
    texts = [""] * max(width, starts[-1] + 1 if starts else 0)
    for cell, start in zip(row.cells, starts, strict=True):
        texts[start] = _text(cell)
    return texts


def _text(cell: Cell) -> str:
    return cell.number if cell.number is not None else _safe(cell.text)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) and text.strip("-") else text


def _csv(rows: Iterable[Sequence[str]]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
