"""Financial data schedules (EX-27): a tag and its values a line, a grammar of their own.

    <ARTICLE> 5
    <PERIOD-TYPE>             6-MOS        12-MOS
    <CASH>                    1,344         2,482

Every line is a row: the tag, then one value a column. Where a line has fewer values than others, which columns they
belong to is told by where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ..model import Cell, Column, Row, Table
from .figures import cells_of
from .lines import Line, ranges

_TAGGED: Final = re.compile(r"\s*(<[A-Z][A-Z0-9&-]{1,40}>)\s*(\S.*)?$", re.IGNORECASE)
_VALUE: Final = re.compile(r"\S+(?: \S+)*")
# A table is a schedule where more than this share of its lines begins with a tag.
SCHEDULE_SHARE: Final = 0.6


def is_schedule(lines: Sequence[Line]) -> bool:
    """Are these the lines of a financial data schedule?"""
    tagged = sum(1 for line in lines if line.text[line.indent] == "<" and _TAGGED.match(line.text))
    return len(lines) > 2 and tagged > SCHEDULE_SHARE * len(lines)


def schedule(lines: Sequence[Line]) -> Table:
    """Read the lines of a schedule into a table of a tag and its values a row."""
    rows: list[tuple[Line, str, list[tuple[int, str]]]] = []
    for line in lines:
        match = _TAGGED.match(line.text)
        start = match.start(2) if match and match[2] else len(line.text) if match else line.indent
        values = [(m.end(), m[0]) for m in _VALUE.finditer(line.text, start)]
        rows.append((line, match[1] if match else "", values))
    width = max(len(values) for _, _, values in rows)
    full = [[end for end, _ in values] for _, _, values in rows if len(values) == width]
    ends = [sum(column) / len(column) for column in zip(*full, strict=True)]
    body = tuple(Row((Cell(tag), *_cells(values, ends)), ranges([line])) for line, tag, values in rows)
    return Table((Column("left"), *[Column("right")] * width), (), body, ranges(lines))


def _cells(values: Sequence[tuple[int, str]], ends: Sequence[float]) -> list[Cell]:
    texts = [""] * len(ends)
    free = 0
    for left, (end, text) in zip(range(len(values), 0, -1), values, strict=True):
        # The values that are left need a column each.
        columns = range(free, len(ends) - left + 1)
        n = min(columns, key=lambda n: abs(ends[n] - end)) if len(values) < len(ends) else free
        texts[n] = text
        free = n + 1
    return cells_of(texts)
