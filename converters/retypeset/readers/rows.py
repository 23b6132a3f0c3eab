"""Lines of a table -> rows: a label wrapped over lines is one row, wrapped words go on with the row above them.

A row is put together from the lines that go on with each other; what kind of row it is and how deep its label is set in
is told by the row itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from ..model import Cell, Range, Row
from .amounts import Part
from .columns import Column, Layout
from .figures import EMPTY, cells_of
from .leaders import has_leaders
from .lines import CONNECTORS, CONNECTS, NEW_PAGE, Line, join, ranges
from .markers import ENTRY

TOTAL: Final = re.compile(r"\btotals?\b", re.IGNORECASE)
# `Other income, net` is said to its end.
_CONNECTED: Final = re.compile(rf"(?:\b(?:{CONNECTORS}|(?<!, )net|per)|[,&]|(?<!-)-)$", re.IGNORECASE)
# The longest of those words has so many letters.
CONNECTED_LENGTH: Final = 4
# Words that a label may go on with, but hardly begins with where all are in capitals, or none.
_CONNECTING: Final = re.compile(r"(?:AND|OF|OR|FOR|TO|IN|WITH|and|of|or|for|to|in|with)\b")
FIGURE_ENDS: Final = frozenset("0123456789)%")
# What stands alone above the Items of a contents page.
_PART: Final = re.compile(r"PART\s[IVX]{1,4}", re.IGNORECASE)
# A label of so many characters that goes on with a figure or a bracket was wrapped.
LONG_LABEL: Final = 25
# A label between blank lines goes on over so many lines.
BOX: Final = 4
# A table of so many lines is double-spaced if this share of them have a blank line above.
MANY: Final = 6
SPACED: Final = 0.7
# So many entries, each between blank lines, are a habit.
ENTRIES: Final = 3
# Labels begin with small letters as a habit where more than this share does.
LOWER: Final = 0.3


class TableLine(Struct, gc=False):
    """A line of a table: its parts, the blank lines above it (`regions.NEW_PAGE`: a page break), the tags above it.

    Behind the first part stand so many `amounts`, years and dates aside; `stub` is where the first of them, or the
    first year, begins (-1: there is none). A rule may stand beside the words where it says `drawn`.
    """

    line: Line
    parts: list[Part]
    blanks: int
    tags: str
    rule: bool = False
    amounts: int = 0
    stub: int = -1
    drawn: bool = False


class _Row(Struct, gc=False):
    """A row under construction: the text of each cell, its pieces parted by line feeds, and the row's lines."""

    cells: list[str]
    lines: list[Line]
    figures: bool
    level: int
    after_rule: bool


class _Labels(NamedTuple):
    """Where the labels of a table end, whether they begin with small letters as a habit, the columns of figures, and
    whether blank lines or rules part its entries (`_parted`)."""

    width: int
    lower: bool
    figures: frozenset[int]
    parted: bool


def rows_of(lines: Sequence[TableLine], columns: Sequence[Column]) -> list[Row] | None:
    """Put the rows together; None where one does not fit the columns."""
    stub = columns[0].end
    width = max([x.parts[0].end for x in lines if len(x.parts) > 1 and x.parts[0].start < stub], default=0)
    begun = [
        x.parts[0].text[0]
        for before, x in zip([None, *lines], lines, strict=False)
        if x.amounts and x.parts[0].start < stub and (before is None or before.amounts or before.rule or x.blanks)
    ]
    lower = sum([c.islower() for c in begun]) > LOWER * len(begun)
    labels = _Labels(width, lower, frozenset([n for n, c in enumerate(columns) if c.figures]), _parted(lines))
    give_out = Layout(columns, max([x.parts[-1].end for x in lines if x.parts])).give_out
    spaced = _double_spaced(lines)
    rows: list[Row] = []
    row: _Row | None = None
    rule = False
    for n, x in enumerate(lines):
        if not x.parts:
            rule = rule or x.rule
            continue
        given = give_out(x.parts)
        if given is None:
            return None
        cells, figures = given
        if row is not None:
            # A line with figures never goes on with a row that has its own: most are decided here.
            apart = (figures and row.figures) or (rule and not _is_signed(row.cells[0]))
            apart = apart or (x.blanks > spaced and not (x.blanks == NEW_PAGE and _over_page(row, cells[0], labels)))
            if not apart and _goes_on(row, given, lines, n, labels):
                row.cells = [f"{a}\n{b}" if a and b else a or b for a, b in zip(row.cells, cells, strict=True)]
                row.lines.append(x.line)
                row.figures = row.figures or figures
                continue
            rows.append(_close(row, labels))
        row = _Row(cells, [x.line], figures, x.line.indent, rule)
        rule = False
    if row is not None:
        rows.append(_close(row, labels))
    return with_levels(rows)


def _double_spaced(lines: Sequence[TableLine]) -> bool:
    """Does a blank line stand above most lines?"""
    written = [x for x in lines[1:] if x.parts]
    return len(written) >= MANY and sum([x.blanks == 1 for x in written]) > SPACED * len(written)


def _parted(lines: Sequence[TableLine]) -> bool:
    """Does each line with amounts stand in an entry of its own, between blank lines or rules, and are there some in
    which a label goes on below its amounts?"""
    entries, below = 0, 0
    own = False  # does the entry have amounts?
    for before, x in pairwise(lines):
        if x.blanks or x.rule or before.rule:
            own = False
        if x.amounts:
            if own:
                return False
            entries += 1
            own = True
        elif own:
            below += before.amounts > 0
    return entries >= ENTRIES and below > 1


def _goes_on(row: _Row, given: tuple[list[str], bool], lines: Sequence[TableLine], n: int, labels: _Labels) -> bool:
    """Does line n go on with the row above it? They have not both figures."""
    width, lower, with_figures, parted = labels
    cells, figures = given
    label, following = row.cells[0], cells[0]
    if not following:
        if _PART.fullmatch("".join(cells)):
            return False
        both = [n for n, (a, b) in enumerate(zip(row.cells, cells, strict=True)) if a and b]
        if any(n in with_figures and row.cells[n][-1] in FIGURE_ENDS and cells[n][0].isalpha() for n in both):
            return False  # words never go on with a figure
        if both[-1:] == [len(cells) - 1] and has_leaders(row.lines[-1].text) and has_leaders(lines[n].line.text):
            return False  # each has what leaders lead to
        return not figures or not both or (not row.figures and not any(n in with_figures for n in both))
    if not label:
        return False
    if label[-1].isdigit() and ENTRY.fullmatch(following) and ENTRY.fullmatch(label):
        return False  # numbers of exhibits
    if _is_signed(label):  # the name of the one who signed stands below
        return "\n" not in label and not _is_signed(following) and not figures
    alone, own = not any(row.cells[1:]), not any(cells[1:])  # are they labels and nothing else?
    sister = _sister(lines, n, width) if figures else None
    after = sister.parts[0].text[0] if sister else ""
    if following[0] == "(" != after and figures and label[-1] != ":" and alone:
        return True  # `Cash dividends declared / (per share $.39)`, and no sister of it below
    small = (following[0].islower() and not lower and not after.islower()) or _CONNECTING.match(following) is not None
    starts_small = small or _connected(label) or label.count("(") > label.count(")")
    deeper = lines[n].line.indent > row.level
    if alone and label.isupper() and not following.isupper() and not starts_small and following[0].isalpha():
        return False  # capitals head what is not in capitals
    if alone and " " in label and label[-1] != ":" and _is_box(row, lines, n):
        return True
    if row.figures:
        if label[-1] == ":" or following.partition("\n")[0][-1] == ":":
            return False
        if parted and own and not lines[n].blanks:
            return True
        return starts_small or (deeper and _is_last(row, lines[n + 1 : n + 2]))
    if own and not alone:
        return deeper or starts_small
    in_brackets = following[0] == "(" and following[-1] in "):" and lines[n].line.indent >= row.level
    if own and in_brackets and label[-1] != ":":
        return True  # `BALANCE SHEET DATA / (AT PERIOD END):`
    if (label[-1] == ":" or label.endswith("--")) and not starts_small:
        return False
    beside = sister is not None and sister.blanks <= lines[n].blanks and sister.line.indent == lines[n].line.indent
    if beside and deeper and not starts_small:
        return False  # set in alike, they stand in a section
    if following[0] != "(" and not deeper and not alone and not own:
        return starts_small
    if following[0] in "(0123456789" and len(label) >= LONG_LABEL and lines[n].amounts != len(lines[n].parts):
        return True
    end = row.lines[-1].indent + len(label) - 1 - label.rfind("\n")
    room = end + 1 + len(following.split(None, 1)[0]) <= width
    return starts_small or (not room and deeper)


def _is_box(row: _Row, lines: Sequence[TableLine], n: int) -> bool:
    """Does the row stand with line n, or a few more, between blank lines, all flush, figures on the last only?"""
    start = n - len(row.lines)
    if start < 0 or lines[start].line is not row.lines[0] or not lines[start].blanks:
        return False
    end = next((i for i in range(n, min(n + BOX, len(lines))) if lines[i].amounts), len(lines)) + 1
    if end > len(lines) or (end < len(lines) and not lines[end].blanks):
        return False
    box = lines[start:end]
    return all(x.line.number - y.line.number == 1 and abs(x.line.indent - row.level) <= 1 for y, x in pairwise(box))


def _over_page(row: _Row, following: str, labels: _Labels) -> bool:
    """Does a label that nothing ends go on at the head of a new page?"""
    return bool(row.cells[0]) and following[:1].islower() and not labels.lower


def _is_signed(label: str) -> bool:
    return "/s/" in label or "/S/" in label


def _connected(label: str) -> bool:
    """Does a label end in a word that calls for another? The longest of them has four letters."""
    return label[-1] in CONNECTS and _CONNECTED.search(label, max(0, len(label) - CONNECTED_LENGTH)) is not None


def _sister(lines: Sequence[TableLine], n: int, width: int) -> TableLine | None:
    """The next line, if it has a label and figures, too."""
    then = lines[n + 1] if n + 1 < len(lines) else None
    return then if then and then.parts and then.amounts and then.parts[0].start < width else None


def _is_last(row: _Row, then: Sequence[TableLine]) -> bool:
    """Does nothing follow that is set further in than the row?"""
    return not then or then[0].blanks > 0 or then[0].rule or then[0].line.indent <= row.level


def _close(row: _Row, labels: _Labels) -> Row:
    label, *others = row.cells
    if "\n" in label or "  " in label or not label.isascii():
        label = join(label.split("\n"))
    kind: Literal["data", "section", "total"] = "data"
    if not any(others):
        kind = "section"
    elif (row.after_rule and row.figures and not label and labels.width) or (
        "total" in label.lower() and TOTAL.search(label)
    ):
        kind = "total"
    first = row.lines[0].number
    where = ranges(row.lines) if len(row.lines) > 1 else (Range(first, first),)
    return Row((Cell(label) if label else EMPTY, *cells_of(others)), where, kind, row.level)


def with_levels(rows: Sequence[Row]) -> list[Row]:
    """Count how deep each label is set in, from 0 at the margin: indents that hardly differ are one."""
    indents = sorted({row.level for row in rows if row.cells[0].text})
    depth: dict[int, int] = {}
    for before, indent in pairwise([-9, *indents]):
        depth[indent] = depth.get(before, -1) + (indent - before > 1)
    levels = [depth.get(row.level, 0) if row.cells[0].text else 0 for row in rows]
    return [row if row.level == level else replace(row, level=level) for row, level in zip(rows, levels, strict=True)]
