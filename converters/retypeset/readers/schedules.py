"""Financial data schedules (EX-27): a tag and its values a line, a grammar of their own.

    <ARTICLE> 5
    <PERIOD-TYPE>             6-MOS        12-MOS
    <CASH>                    1,344         2,482

Every line is a row: the tag, then one value a column. Where a line has fewer values than others, which columns they
belong to is told by where they stand. The legend is running text, the only value of its row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from ..model import Cell, Column, Furniture, Row, Table
from .figures import cells_of
from .lines import TEXT, Line, join, ranges, rules

_TAGGED: Final = re.compile(r"\s*(<[A-Z][A-Z0-9&-]{1,40}>)\s*(\S.*)?$", re.IGNORECASE)
_VALUE: Final = re.compile(r"\S+(?: \S+)*")
_LEGEND: Final = re.compile(r"\s*<LEGEND>", re.IGNORECASE)
# So many tagged lines make a schedule.
FEWEST: Final = 3
# So many lines without a tag may stand between two with one: of a value that was wrapped, of the legend.
WRAPPED: Final = 2
LEGEND: Final = 20


def schedules(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Find the schedules in a body: the place of the first line of each, and the place behind its last."""
    run: list[int] = []
    untagged = 0
    for i, line in enumerate(lines):
        if line.kind != TEXT:
            continue
        if line.text[line.indent] != "<" or not _TAGGED.match(line.text):
            untagged += 1
            continue
        if run and untagged > (LEGEND if _LEGEND.match(lines[run[-1]].text) else WRAPPED):
            if len(run) >= FEWEST:
                yield run[0], run[-1] + 1
            run = []
        run.append(i)
        untagged = 0
    if len(run) >= FEWEST:
        yield run[0], run[-1] + 1


class _Row(Struct):
    """A row in the making: its tag and where the values begin in the first of its lines."""

    lines: list[Line]
    tag: str
    start: int
    legend: bool

    def values(self) -> list[tuple[int, str]]:
        """The values and where they end."""
        text = self.lines[0].text
        if not self.legend:
            return [(m.end(), m[0]) for m in _VALUE.finditer(text, self.start)]
        words = join([text[self.start :], *(line.text for line in self.lines[1:])])
        return [(len(text), words)] if words else []


def schedule(lines: Sequence[Line], furniture: list[Furniture]) -> Table:
    """Read the lines of a schedule into a table of a tag and its values a row; rules go on the list of furniture."""
    furniture += rules(lines)
    lines = [line for line in lines if line.kind == TEXT]
    rows: list[_Row] = []
    for line in lines:
        match = _TAGGED.match(line.text)
        if match:
            start = match.start(2) if match[2] else len(line.text)
            rows.append(_Row([line], match[1], start, _LEGEND.match(line.text) is not None))
        elif rows and rows[-1].legend:
            rows[-1].lines.append(line)
        else:
            rows.append(_Row([line], "", line.indent, legend=False))
    values = [row.values() for row in rows]
    width = max(map(len, values))
    full = [[end for end, _ in v] for v, row in zip(values, rows, strict=True) if len(v) == width and not row.legend]
    ends = [sum(column) / len(column) for column in zip(*full, strict=True)] or [0.0] * width
    body = tuple(Row((Cell(row.tag), *_cells(v, ends)), ranges(row.lines)) for row, v in zip(rows, values, strict=True))
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
