"""What a financial data schedule (EX-27) says of itself: article, multiplier, currency, the periods of its columns.

The reader (`readers.schedules`) keeps the schedule as a table of tags and values as filed; here its first lines are
understood. What the tags are short for is said in `tags`.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from .model import Cell, Table
from .tags import HEADER, KNOWN

_TAG: Final = re.compile(r"<([A-Z][A-Z0-9&-]*)>", re.IGNORECASE)
MARK: Final = r"<F\d{1,3}>"
"""The mark of a footnote as a pattern: behind a value, and before the note."""

_MARK: Final = re.compile(rf"\s*{MARK}", re.IGNORECASE)
_DATE: Final = re.compile(r"([A-Z]{3})[A-Z]*[- ]+(\d{1,2}),?[- ]+(\d{4})", re.IGNORECASE)
# A multiplier of more digits is a mistake: no amounts are stated in billions.
POWER: Final = 10
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Period(Struct, frozen=True):
    """The period of a column: its type as filed ("6-MOS", "YEAR"); dates are ISO 8601, or as filed where they are
    none. Empty: not stated."""

    type: str = ""
    fiscal_year_end: str = ""
    start: str = ""
    end: str = ""


class Schedule(Struct, frozen=True):
    """What a schedule says of all its figures.

    `article` is that of Regulation S-X ("5", "BD"), `multiplier` 1 where none is stated, `exchange_rate` a decimal
    string; `periods` has one entry for each column of values, `restated` is true where the tag says so.
    """

    article: str
    multiplier: int
    currency: str
    exchange_rate: str
    restated: bool
    name: str
    cik: str
    periods: tuple[Period, ...]


def tag_of(cell: Cell) -> str:
    """The tag that a cell holds, in capitals and without brackets; empty where it holds none."""
    match = _TAG.fullmatch(cell.text) if cell.text[:1] == "<" else None
    return match[1].upper() if match else ""


def schedule(table: Table) -> Schedule | None:
    """Read what a financial data schedule says of itself; None where the table is none.

    >>> from retypeset.model import Column, Range, Row
    >>> where = (Range(1, 1),)
    >>> rows = (("<ARTICLE>", "5"), ("<MULTIPLIER>", "1,000"), ("<PERIOD-END>", "DEC-31-1996"), ("<CASH>", "12"))
    >>> body = tuple(Row((Cell(tag), Cell(value)), where) for tag, value in rows)
    >>> found = schedule(Table((Column(), Column()), (), body, where))
    >>> found.article, found.multiplier, found.periods[0].end
    ('5', 1000, '1996-12-31')
    """
    stated: dict[str, list[str]] = {}
    tagged = 0
    for row in table.body:
        tag = tag_of(row.cells[0]) if row.cells else ""
        tagged += tag in KNOWN
        if tag in HEADER:
            stated.setdefault(tag, [_MARK.sub("", cell.text) for cell in row.cells[1:]])
    if table.head or 2 * tagged <= len(table.body):
        return None
    width = max(len(table.columns) - 1, 0)

    def one(tag: str) -> str:
        return next(filter(None, stated.get(tag, ())), "")

    def of_column(tag: str, n: int) -> str:
        values = stated.get(tag, [])
        return _iso(values[n]) if n < len(values) else ""

    number = one("MULTIPLIER").replace(",", "").strip("$ ")
    return Schedule(
        article=one("ARTICLE").upper().partition(" ")[0],
        multiplier=max(int(number), 1) if number.isdecimal() and len(number) <= POWER else 1,
        currency=one("CURRENCY"),
        exchange_rate=one("EXCHANGE-RATE").replace(",", ""),
        restated="RESTATED" in stated,
        name=one("NAME"),
        cik=one("CIK"),
        periods=tuple(
            Period(
                of_column("PERIOD-TYPE", n),
                of_column("FISCAL-YEAR-END", n),
                of_column("PERIOD-START", n),
                of_column("PERIOD-END", n),
            )
            for n in range(width)
        ),
    )


def _iso(text: str) -> str:
    match = _DATE.fullmatch(text)
    month = _MONTHS.index(match[1].lower()) + 1 if match and match[1].lower() in _MONTHS else 0
    return f"{match[3]}-{month:02}-{int(match[2]):02}" if match and month else text
