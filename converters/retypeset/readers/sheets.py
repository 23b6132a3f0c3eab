"""The rows of a marked-up table -> a table with one column for each that its figures and words stand in.

columns  cells over each other are one column, spacers and signs swallowed; two that stand side by side in a row
         are two, and what covers both spans them
heads    the rows above the first amount, years and dates aside; heads over each other are one
rows     labels wrapped over two rows are one; sections and totals; levels by how far labels are set in
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from ..model import Cell, Column, Furniture, Range, Row, Table
from .amounts import is_figure
from .cells import Placed, SheetRow
from .dates import is_date, is_day
from .figures import EMPTY, cells_of
from .leaders import LEADERS, has_leaders
from .lines import ends_sentence
from .rows import TOTAL, with_levels
from .units import connected

# The mark of a note that was raised behind a figure.
_RAISED: Final = re.compile(r"(?<=[\d)%]) [\da-z]$")
# A column of labels is set in by so many columns of type where it stands behind the first.
SET_IN: Final = 2
# More columns than these are no table.
MOST: Final = 80
# So many labels that span two columns say that they are one.
A_FEW: Final = 2
# Heads are no more rows than this.
MOST_HEADS: Final = 12


class NumberedRow(Struct, gc=False):
    """A row and the line it stands on."""

    number: int
    row: SheetRow


class _Column(Struct, gc=False):
    first: int
    last: int
    rows: set[int]
    figures: int = 0


def set_sheet(rows: Sequence[NumberedRow], furniture: list[Furniture]) -> Table | None:
    """Make a table of these rows; None where they have no columns. Rules and leaders go on the list of furniture."""
    for own in rows:
        furniture += [Furniture("rule", run.text, Range(own.number, own.number)) for run in own.row.drawn]
    rows = [own for own in rows if own.row.cells]
    if not rows:
        return None
    start = _body_start(rows)
    columns = _with_one_label(_columns(rows, start), rows[start:])
    if not 1 < len(columns) <= MOST:
        return None
    leaders: list[Furniture] = []
    head = _heads(rows[:start], columns)
    body = _body(rows[start:], columns, leaders)
    furniture += leaders
    aligned = tuple([Column("right" if n and 2 * c.figures > len(c.rows) else "left") for n, c in enumerate(columns)])
    return Table(aligned, tuple(head), tuple(body), tuple([Range(r.number, r.number) for r in rows]))


# ---------------------------------------------------------------- columns


def _is_amount(text: str) -> bool:
    text = _RAISED.sub("", text)
    return is_figure(text) and not is_date(text) and not is_day(text)


def _body_start(rows: Sequence[NumberedRow]) -> int:
    """The first row of the body."""
    marked = next((n for n, own in enumerate(rows) if not all(c.head for c in own.row.cells)), 0)
    if marked:
        return marked
    first = next((n for n, own in enumerate(rows) if any(_is_amount(c.text) for c in own.row.cells[1:])), None)
    if first is None:  # words: what is strong heads what is not
        strong = [all(c.strong for c in own.row.cells) for own in rows[:MOST_HEADS]]
        count = strong.index(False) if False in strong else 0
        return count if any(len(own.row.cells) > 1 for own in rows[:count]) else 0
    if first > MOST_HEADS:
        first = next((n for n, own in enumerate(rows[:first]) if len(own.row.cells) == 1), 0)
    figures = min([c.first for own in rows[first:] for c in own.row.cells[1:] if _is_amount(c.text)])
    start = first
    while start > 0 and _is_label(rows[start - 1].row, figures):
        start -= 1
    above = rows[:start]
    return start if any(c.last >= figures for own in above for c in own.row.cells) else 0


def _is_label(row: SheetRow, figures: int) -> bool:
    """Is there nothing in a row but a label? It may span all columns, but not stand in the middle."""
    (cell, *others) = row.cells
    return not others and cell.first < figures and (cell.last < figures or (cell.first == 0 and cell.align == "left"))


def _columns(rows: Sequence[NumberedRow], start: int) -> list[_Column]:
    """The columns that the cells of the body make, from left to right."""
    cells = [
        (c.last - c.first, c.first, c.last, n, is_figure(c.text))
        for n, own in enumerate(rows[start:])
        for c in own.row.cells
        if len(own.row.cells) > 1 or c.first == c.last
    ]
    columns: dict[int, _Column] = {}
    owner: dict[int, int] = {}
    for name, (_, first, last, n, figure) in enumerate(sorted(cells)):
        met = sorted({owner[at] for at in range(first, last + 1) if at in owner})
        if len(met) > 1:
            rows_met = Counter(row for column in met for row in columns[column].rows)
            if rows_met.most_common(1)[0][1] > 1:
                continue  # it spans columns that stand side by side elsewhere
        if not met:
            met = [name]
            columns[name] = _Column(first, last, set())
        column = columns[met[0]]
        for other in met[1:]:
            more = columns.pop(other)
            column.first, column.last = min(column.first, more.first), max(column.last, more.last)
            column.rows |= more.rows
            column.figures += more.figures
        column.first, column.last = min(first, column.first), max(last, column.last)
        column.rows.add(n)
        column.figures += figure
        for at in range(column.first, column.last + 1):
            owner[at] = met[0]
    return sorted(columns.values(), key=lambda c: c.first)


def _with_one_label(columns: list[_Column], rows: Sequence[NumberedRow]) -> list[_Column]:
    """The columns, but one for labels that are set in by a column of their own: most labels span both."""
    while len(columns) > 2 and not columns[1].figures:
        first, second = columns[:2]
        several = [own.row.cells for own in rows if len(own.row.cells) > 1]
        spanning = [cells for cells in several if cells[0].first <= first.last and cells[0].last >= second.first]
        if len(spanning) < A_FEW or len(spanning) < len(first.rows & second.rows):
            break
        rest = second.rows | first.rows
        columns = [_Column(first.first, second.last, rest, first.figures), *columns[2:]]
    return columns


def _covered(cell: Placed, columns: Sequence[_Column]) -> tuple[int, int]:
    """The columns that a cell stands in, first to last; where it stands in none, the next."""
    met = [n for n, c in enumerate(columns) if c.first <= cell.last and cell.first <= c.last]
    if met:
        return met[0], met[-1]
    near = next((n for n, c in enumerate(columns) if c.first > cell.last), len(columns) - 1)
    return near, near


# ---------------------------------------------------------------- heads


def _heads(rows: Sequence[NumberedRow], columns: Sequence[_Column]) -> list[Row]:
    """The rows of heads; one whose heads stand right over those of the next, span for span, goes on with them."""
    out: list[tuple[list[tuple[int, int, str]], list[Range]]] = []
    for own in rows:
        placed: list[tuple[int, int, str]] = []
        for cell in own.row.cells:
            first, last = _covered(cell, columns)
            if placed and first <= placed[-1][1]:
                if last > placed[-1][1] and first + 1 <= last:
                    first = placed[-1][1] + 1
                else:
                    a, b, text = placed.pop()
                    placed.append((a, max(b, last), f"{text} {cell.text}"))
                    continue
            placed.append((first, last, cell.text))
        where = Range(own.number, own.number)
        if out and not own.row.rule and _stacked(out[-1][0], placed):
            above, lines = out[-1]
            out[-1] = (_joined(above, placed), [*lines, where])
        else:
            out.append((placed, [where]))
    return [Row(tuple(_head_cells(placed, len(columns))), tuple(lines)) for placed, lines in out]


def _stacked(above: Sequence[tuple[int, int, str]], below: Sequence[tuple[int, int, str]]) -> bool:
    """Do heads go on in the row below: none spans another, and some stand over each other?"""
    met = False
    for a, b, _ in above:
        for first, last, _ in below:
            if first <= b and a <= last:
                if (a, b) != (first, last):
                    return False
                met = met or a > 0
    return met


def _joined(above: Sequence[tuple[int, int, str]], below: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    under = {first: text for first, _, text in below}
    out = [(a, b, f"{text} {under.pop(a)}" if a in under else text) for a, b, text in above]
    return sorted([*out, *((a, b, text) for a, b, text in below if a in under)])


def _head_cells(placed: Sequence[tuple[int, int, str]], width: int) -> list[Cell]:
    cells: list[Cell] = []
    at = 0
    for first, last, text in placed:
        cells += [EMPTY] * (first - at)
        cells.append(Cell(text, colspan=last - first + 1))
        at = last + 1
    return cells + [EMPTY] * (width - at)


# ---------------------------------------------------------------- rows


class _Body(Struct, gc=False):
    texts: list[str]
    spans: dict[int, int]
    numbers: list[int]
    level: int
    rule: bool


def _body(rows: Sequence[NumberedRow], columns: Sequence[_Column], leaders: list[Furniture]) -> list[Row]:
    out: list[_Body] = []
    for own in rows:
        row = _given(own, columns, leaders)
        # What has no label and stands below figures is their sum: few pages draw the rule above it as one.
        row.rule = row.rule or (bool(out) and any(map(is_figure, filter(None, out[-1].texts[1:]))))
        if out and _goes_on(out[-1], row):
            before = out[-1]
            texts = [f"{a} {b}" if a and b else a or b for a, b in zip(before.texts, row.texts, strict=True)]
            out[-1] = _Body(texts, row.spans, [*before.numbers, *row.numbers], before.level, before.rule)
        else:
            out.append(row)
    return with_levels([_close(row) for row in out])


def _given(own: NumberedRow, columns: Sequence[_Column], leaders: list[Furniture]) -> _Body:
    texts = [""] * len(columns)
    spans: dict[int, int] = {}
    level = 0
    at = given = 0
    for cell in own.row.cells:
        text = cell.text
        first, last = _covered(cell, columns)
        if first < at:  # the cell before it covers this column, too
            first = at if last >= at else given
        if not first:
            level = cell.indent + SET_IN * cell.first
            last = first  # a label over all columns is a label
            if has_leaders(text):
                leaders += [Furniture("leader", dots, Range(own.number, own.number)) for dots in LEADERS.findall(text)]
                text = " ".join(LEADERS.sub(" ", text).split())
        texts[first] = f"{texts[first]} {text}" if texts[first] else text
        if last > first >= at:
            spans[first] = last - first + 1
        given = first
        at = max(at, last + 1)
    return _Body(texts, spans, [own.number], level, own.row.rule)


def _goes_on(before: _Body, row: _Body) -> bool:
    """Does a label go on in the row below?"""
    label, following = before.texts[0], row.texts[0]
    if not label or not following or any(before.texts[1:]) or row.rule or before.spans:
        return False
    if label[-1] == ":" or ends_sentence(label) or not any(row.texts[1:]):
        return False
    return connected(label) or following[0].islower()


def _close(row: _Body) -> Row:
    label, *others = row.texts
    cells = [Cell(label) if label else EMPTY, *cells_of(others)]
    if row.spans:
        spanned: list[Cell] = []
        at = 0
        while at < len(cells):
            span = row.spans.get(at, 1)
            spanned.append(replace(cells[at], colspan=span) if span > 1 else cells[at])
            at += span
        cells = spanned
    kind: Literal["data", "section", "total"] = "data"
    if not any(others):
        kind = "section"
    elif (row.rule and not label and all(map(is_figure, filter(None, others)))) or TOTAL.search(label):
        kind = "total"
    return Row(tuple(cells), tuple([Range(n, n) for n in row.numbers]), kind, row.level)
