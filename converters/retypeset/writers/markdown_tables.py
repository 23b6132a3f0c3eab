"""Tables -> Markdown: as a pipe table, whose columns stand flush in the source, or as one of HTML.

A pipe table has one row of headings and no spans; a table of HTML keeps both. What is written in which, and what stands
below a table, is decided in `markdown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape as escape_html
from typing import Final, TypeAlias

from ..grid import PARTED, headings_over, placed
from ..model import Align, Cell, Row, Table
from .escaping import escape_cell

WIDEST: Final = 160
"""Pipe tables up to this width have their columns set flush in the source. Filed tables have up to 134 columns, to
which bars and escapes are added. In wider ones the longest cells stick out of their columns."""

INDENT: Final = "  "
"""What stands before a label for each level of its row. To a parser blanks at the edge of a cell say nothing."""
_DEEPEST_ROW: Final = 8

_RULER: Final[dict[Align, tuple[str, str, str]]] = {
    "left": (":", "-", "<"),
    "center": (":", ":", "^"),
    "right": ("-", ":", ">"),
}

_Span: TypeAlias = tuple[Cell, Align]


def is_plain(table: Table) -> bool:
    """Does a pipe table say all that the table says?"""
    rows = (*table.head, *table.body)
    return len(table.head) <= 1 and all(cell.colspan == cell.rowspan == 1 for row in rows for cell in row.cells)


# ---------------------------------------------------------------- pipe tables


def pipes(table: Table) -> str:
    """Write a pipe table. Headings in several rows become one, and one that spans columns stands over each of them."""
    rows = [_headings(table), *(_cells(row, starts) for row, starts in placed(table.body))]
    count = max(len(table.columns), *map(len, rows))
    for row in rows:
        row.extend([""] * (count - len(row)))
    widths = [max(3, *map(len, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + 3 * count > WIDEST:
        fits = (w for w in range(WIDEST, 3, -1) if sum(min(w, width) for width in widths) + 3 * count <= WIDEST)
        most = next(fits, 3)
        widths = [min(most, width) for width in widths]
    rulers = [_RULER[align] for align in _aligned(table, count)]
    line = "| " + " | ".join(f"{{:{ruler[2]}{width}}}" for ruler, width in zip(rulers, widths, strict=True)) + " |"
    head, *body = [line.format(*row) for row in rows]
    delimiters = (f"{left}{'-' * (width - 2)}{right}" for (left, right, _), width in zip(rulers, widths, strict=True))
    return "\n".join((head, f"| {' | '.join(delimiters)} |", *body))


def _headings(table: Table) -> list[str]:
    ends = [
        start + cell.colspan
        for row, starts in placed(table.head)
        for cell, start in zip(row.cells, starts, strict=True)
    ]
    return [escape_cell(_flat(PARTED.join(over))) for over in headings_over(table.head, max(ends, default=0))]


def _cells(row: Row, starts: Sequence[int]) -> list[str]:
    cells: list[str] = []
    for cell, start in zip(row.cells, starts, strict=True):
        cells += [""] * (start - len(cells))
        cells.append(escape_cell(_flat(cell.text)))
    if cells and row.level > 0 and cells[0]:
        cells[0] = INDENT * min(row.level, _DEEPEST_ROW) + cells[0]
    return cells


def _aligned(table: Table, count: int) -> list[Align]:
    stated: list[Align] = [column.align for column in table.columns]
    return stated + ["left"] * (count - len(stated))


def _flat(text: str) -> str:
    return text.replace("\n", " ").strip()


# ---------------------------------------------------------------- tables of HTML


def grid(table: Table) -> str:
    """Write a table in HTML: no blank line may stand in it, for that would end it."""
    lines = ["<table>"]
    for name, rows, tag in (("thead", table.head, "th"), ("tbody", table.body, "td")):
        if rows:
            lines += [f"<{name}>", *(_grid_row(row, tag) for row in _placed(table, rows)), f"</{name}>"]
    return "\n".join((*lines, "</table>"))


def _grid_row(row: Iterable[_Span], tag: str) -> str:
    cells = (
        f"<{_opened(cell, align, tag)}>{escape_html(_flat(cell.text), quote=False)}</{tag}>" for cell, align in row
    )
    return f"<tr>{''.join(cells)}</tr>"


def _opened(cell: Cell, align: Align, tag: str) -> str:
    if cell.colspan > 1:
        tag += f' colspan="{cell.colspan}"'
    if cell.rowspan > 1:
        tag += f' rowspan="{cell.rowspan}"'
    # Heads are centred by every reader of HTML, body cells stand left.
    return tag if align == "left" or tag.startswith("th") else f'{tag} align="{align}"'


def _placed(table: Table, rows: Sequence[Row]) -> Iterator[list[_Span]]:
    """Give each cell the alignment of the column it starts in."""
    aligned = dict(enumerate(column.align for column in table.columns))
    for row, starts in placed(rows):
        yield [(cell, aligned.get(start, "left")) for cell, start in zip(row.cells, starts, strict=True)]
