"""Tables as they are marked up -> tables of figures or words, and what only was set with the help of a table.

    layout   one cell a row, an item and its marker, a page in a frame: read as if there was no table
    glued    `$`, the figure and `)` or `%` have cells of their own: one figure
    parted   a cell of figures with line breaks between, beside others of as many lines: so many rows
    trimmed  titles over the heads and notes under the rows, in cells that span all: text

How rows and columns become a `Table` is the business of `sheets`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ..model import Align, Range
from ..references import MARK
from .amounts import SIGN, is_figure
from .lines import ends_sentence
from .markers import MARKER
from .nodes import Break, Cell, Grid, Item, Run, Typed
from .titles import is_signed

_RULE: Final = re.compile(r"[-=_–—]{4,}|[=_]{1,3}|(?:[-=_] ?){4,}")
# `(1)` in a cell of its own is rather a figure than a mark.
_AFTER: Final = re.compile(r"\)?\s?%?\s?\)?\s?(?:\([a-z]{1,2}\)|\*{1,3})?")
_BULLET: Final = re.compile(r"[•·o*§–—-]|\W")
_NOTE: Final = re.compile(rf"(?:{MARK}|\d{{1,2}})(?=\s|$)")
# Tables of more columns are no tables; what stands further right is in the last of them.
MOST_COLUMNS: Final = 200
# A text of so many characters beside a marker, or in a frame, is prose; so is one of more lines.
PROSE: Final = 400
# A note under a table has so many words.
NOTE_WORDS: Final = 7
# What spans this share of a table stands over all of it.
OVER_ALL: Final = 0.6
# A table of words has rows of several cells, at least this share.
SHARE: Final = 0.5
# A row set with a table is a line where it is no longer than this.
LINE: Final = 110
GAP: Final = "   "


class Placed(Struct, gc=False):
    """A cell with text in it: its columns, first to last, from 0, and how it looks."""

    first: int
    last: int
    text: str
    lines: Range
    indent: int
    align: Align
    head: bool
    strong: bool
    runs: list[Run]


class SheetRow(Struct, gc=False):
    """A row of a table: its filled cells in order, and the rules typed into them. `rule`: one is drawn above it."""

    cells: list[Placed]
    rule: bool = False
    drawn: list[Run] = []

    @property
    def text(self) -> str:
        return GAP.join([c.text for c in self.cells] or [run.text for run in self.drawn])

    @property
    def lines(self) -> Range:
        own = [c.lines for c in self.cells] + [run.lines for run in self.drawn]
        return Range(min([lines.first for lines in own]), max([lines.last for lines in own]))


class Sheet(Struct):
    """The rows of a table of figures or words."""

    rows: list[SheetRow]


Element: TypeAlias = Run | Typed | Break | Sheet


def elements(items: Sequence[Item]) -> Iterator[Element]:
    """The items of a page with its tables read."""
    for item in items:
        if isinstance(item, Grid):
            yield from _grid(item)
        else:
            yield item


def _grid(grid: Grid) -> Iterator[Element]:
    rows = [] if _is_frame(grid) else _placed(grid)
    filled = [row for row in rows if row.cells]
    if not filled or max([len(row.cells) for row in filled]) < 2:
        for cells in grid.rows:
            for cell in cells:
                yield from elements(cell.items)
        return
    if _is_list(filled) or not _is_table(filled):
        for n, row in enumerate(filled):
            yield from _as_text(row, gap=not n or row.rule)
        return
    yield from _trimmed([part for row in _undrawn(filled) for part in _parted(row)])


def _is_frame(grid: Grid) -> bool:
    """Does a table hold tables, or typed lines?"""
    items = [item for row in grid.rows for cell in row for item in cell.items if not isinstance(item, Run)]
    return any(isinstance(item, Typed) or (isinstance(item, Grid) and _is_real(item)) for item in items)


def _is_real(grid: Grid) -> bool:
    return sum(any(cell.items for cell in row) for row in grid.rows) > 1 or any(
        isinstance(item, Grid | Typed) for row in grid.rows for cell in row for item in cell.items
    )


def _runs(items: Sequence[Item]) -> list[Run]:
    """The texts of a cell; one table of one row in it at most, see `_is_real`."""
    out: list[Run] = []
    for item in items:
        if isinstance(item, Run):
            out.append(item)
        elif isinstance(item, Grid):
            out += [run for row in item.rows for cell in row for run in cell.items if isinstance(run, Run)]
    return out


# ---------------------------------------------------------------- places


def _placed(grid: Grid) -> list[SheetRow]:
    """The filled cells of each row with their columns; rows of rules only are left out and said of the next."""
    out: list[SheetRow] = []
    below: dict[int, int] = {}  # how many more rows a cell reaches down, by column
    rule = False
    for row in grid.rows:
        covered, below = below, {column: left - 1 for column, left in below.items() if left > 1}
        placed: list[Placed] = []
        at = 0
        for cell in row:
            while at in covered:
                at += 1
            last = min(at + cell.colspan, MOST_COLUMNS) - 1
            at = min(at, last)
            if cell.rowspan > 1:
                below.update(dict.fromkeys(range(at, last + 1), cell.rowspan - 1))
            runs = _runs(cell.items)
            if runs:
                placed.append(_place(cell, runs, at, last))
            elif any(isinstance(item, Break) for item in cell.items):
                rule = True
            at = last + 1
        out.append(SheetRow(_glued(placed), rule))
        rule = rule and not placed
    return out


def _place(cell: Cell, runs: list[Run], first: int, last: int) -> Placed:
    text = " ".join([run.text for run in runs])
    lines = Range(min([run.lines.first for run in runs]), max([run.lines.last for run in runs]))
    strong = all(run.strong for run in runs)
    return Placed(first, last, text, lines, runs[0].indent, runs[0].align, cell.head, strong, runs)


def _glued(cells: Sequence[Placed]) -> list[Placed]:
    """The cells with signs put to their figures: `$` to the one behind, `)` and `%` to the one before."""
    out: list[Placed] = []
    for cell in cells:
        before = out[-1] if out else None
        if before is not None and before.text in SIGN and is_figure(cell.text):
            out[-1] = _join(before, cell, " " if before.text[-1] != "(" else "")
        elif before is not None and before.text in SIGN and cell.text in SIGN:
            out[-1] = _join(before, cell, " ")
        elif (
            before is not None
            and _AFTER.fullmatch(cell.text)
            and is_figure(before.text)
            and (len(out) > 1 or before.first)
        ):
            apart = " " if cell.text[0] in "(*" else ""
            out[-1] = _join(before, cell, apart)
        else:
            out.append(cell)
    return out


def _join(a: Placed, b: Placed, between: str) -> Placed:
    lines = Range(min(a.lines.first, b.lines.first), max(a.lines.last, b.lines.last))
    text = f"{a.text}{between}{b.text}"
    return Placed(a.first, b.last, text, lines, a.indent, b.align, a.head, a.strong and b.strong, [*a.runs, *b.runs])


def _undrawn(rows: Sequence[SheetRow]) -> Iterator[SheetRow]:
    """The rows without the rules typed into their cells."""
    ruled = False
    for row in rows:
        cells: list[Placed] = []
        drawn: list[Run] = []
        for cell in row.cells:
            kept = [run for run in cell.runs if not _is_rule(run.text)]
            drawn += [run for run in cell.runs if _is_rule(run.text)]
            if len(kept) == len(cell.runs):
                cells.append(cell)
            elif kept:
                cells.append(_with(cell, kept))
        yield SheetRow(_glued(cells), row.rule or ruled, drawn)
        ruled = bool(drawn)


def _is_rule(text: str) -> bool:
    return _RULE.fullmatch(text) is not None


def _with(cell: Placed, runs: list[Run]) -> Placed:
    """The cell with these of its texts only."""
    lines = Range(min([run.lines.first for run in runs]), max([run.lines.last for run in runs]))
    return replace(cell, text=" ".join([run.text for run in runs]), lines=lines, indent=runs[0].indent, runs=runs)


def _parted(row: SheetRow) -> list[SheetRow]:
    """The rows that a row holds whose cells have lines of figures."""
    label, *others = row.cells or (None,)
    most = max([len(cell.runs) for cell in others], default=1)
    figured = [c for c in others if all(is_figure(run.text) for run in c.runs)]
    if label is None or most < 2 or not figured or any(len(cell.runs) != most for cell in others):
        return [row]
    if len(label.runs) not in (1, most):
        return [row]
    rows = []
    for n in range(most):
        cells = [_with(cell, [cell.runs[n]]) for cell in row.cells if n < len(cell.runs)]
        rows.append(SheetRow(_glued(cells), row.rule and not n, row.drawn if n == most - 1 else []))
    return rows


# ---------------------------------------------------------------- tables and what is none


def _figures(row: SheetRow) -> int:
    return sum([is_figure(cell.text) for cell in row.cells[1:]])


def _is_list(rows: Sequence[SheetRow]) -> bool:
    """Is a table a list set in columns: markers, and beside each its text?"""
    marked = [row for row in rows if len(row.cells) == 2 and _is_marker(row.cells[0].text)]
    if any(is_figure(row.cells[1].text) for row in marked):
        return False
    others = [row for row in rows if len(row.cells) > 2 and not _is_marker(row.cells[0].text)]
    return bool(marked) and not others and all(len(row.cells) < 4 and not _figures(row) for row in rows)


def _is_marker(text: str) -> bool:
    return len(text) <= 12 and (MARKER.fullmatch(text) is not None or _BULLET.fullmatch(text) is not None)


def _is_table(rows: Sequence[SheetRow]) -> bool:
    """Do these rows say anything by their columns?"""
    several = [row for row in rows if len(row.cells) > 1]
    if any(
        all(cell.text[0] == "(" and cell.text[-1:] == ")" and " " in cell.text for cell in row.cells) for row in several
    ):
        return False  # what stands above is explained in brackets: a cover
    if any(_figures(row) for row in rows):
        return len(several) > 1 or sum(map(_figures, several)) > 1
    if any(is_signed(cell.text) for row in rows for cell in row.cells):
        return False
    if len(several) < 2 or len(several) < SHARE * len(rows):
        return False
    return not any(len(cell.text) > PROSE and len(cell.runs) > 2 for row in rows for cell in row.cells)


def _as_text(row: SheetRow, *, gap: bool) -> Iterator[Run]:
    """A row as text: one line where it is short, a marker with its text, else cell by cell."""
    first, *others = row.cells
    if others and _is_marker(first.text):
        text, *more = others[0].runs
        lines = Range(min(first.lines.first, text.lines.first), max(first.lines.last, text.lines.last))
        yield replace(text, text=f"{first.text}  {text.text}", lines=lines, indent=first.first, align="left", gap=True)
        yield from more
        for cell in others[1:]:
            yield from cell.runs
    elif len(row.text) <= LINE and others and all(len(cell.runs) == 1 for cell in row.cells):
        align: Align = "left" if first.first or first.align == "left" else first.align
        strong = all(cell.strong for cell in row.cells)
        yield Run(row.text, row.lines, align, first.indent, gap, strong)
    else:
        for cell in row.cells:
            yield from cell.runs


def _trimmed(rows: list[SheetRow]) -> Iterator[Element]:
    """A table between its titles and its notes."""
    width = 1 + max([cell.last for row in rows for cell in row.cells], default=0)
    start, end = 0, len(rows)
    while start < end - 1 and _is_title(rows[start], width) and not _figures(rows[start + 1]):
        start += 1
    while end > start + 1 and _is_note(rows[end - 1]):
        end -= 1
    for row in rows[:start]:
        yield from (replace(run, gap=True) for run in (*row.cells[0].runs, *row.drawn))
    yield Sheet(rows[start:end])
    for row in rows[end:]:
        yield from _as_text(row, gap=True)


def _is_title(row: SheetRow, width: int) -> bool:
    if len(row.cells) != 1:
        return False
    (cell,) = row.cells
    return cell.first == 0 and cell.last + 1 >= OVER_ALL * width and cell.align == "center"


def _is_note(row: SheetRow) -> bool:
    """Does a row say something about those above: a mark and words, or a sentence?"""
    if len(row.cells) not in (1, 2) or _figures(row) or row.drawn:
        return False
    text = row.cells[-1].text
    marked = _NOTE.match(row.cells[0].text) is not None
    words = text.count(" ") + 1
    if len(row.cells) == 2:
        return marked and len(row.cells[0].text) <= 6 and words > 2
    return (marked and words > 2) or (words >= NOTE_WORDS and ends_sentence(text))
