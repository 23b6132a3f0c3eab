"""Table regions -> tables: titles and notes given back to the text, stacked tables parted, rows put together.

    region   what `regions` took for a table; titles above and notes below go to `prose`
    table    parted where new heads begin: several tables stand under one tag, one goes on over pages
    heads    lines above the <S> line, or above the first row that has a label and an amount (`heads`)
    columns  from the gutters of the rows (`columns`)
    rows     a label wrapped over lines is one row; a line of words in a text column goes on with the row above

Where a row does not fit the columns the region stays as it was typed (`Preformatted`): no figure and no word is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ..model import Cell, Column, Furniture, Preformatted, Range, Row, Table
from .columns import Column as Extent
from .columns import Layout, Part, find_columns, is_figure, parts_of
from .figures import figure
from .heads import head_rows
from .lines import RULE, TEXT, Line, ends_sentence
from .prose import Piece, ranges, set_text
from .regions import LEADERS, MARKER, Region

Pieces: TypeAlias = list[Piece | Table | Preformatted]

_YEAR: Final = re.compile(r"(?:19|20)\d\d\*?(?:\(\w\))?")
_NOTE: Final = re.compile(r"(?:\*{1,3}|\(\w{1,2}\)|\{\w\}|\+{1,3})\s*\S")
_DATE: Final = re.compile(
    r"(?:(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d{1,2},?)?\s?(?:(?:19|20)\d\d)?\*?",
    re.IGNORECASE,
)
_DATE_STARTS: Final = frozenset("12JFMASOND")
_TAGGED_ROW: Final = re.compile(r"\s*(<[A-Z0-9&-]{2,40}>)\s*(\S.*)?$", re.IGNORECASE)
_TOTAL: Final = re.compile(r"\btotals?\b", re.IGNORECASE)
_CONNECTED: Final = re.compile(
    r"(?:\b(?:of|and|or|the|for|to|in|on|with|by|a|an|from|as|at|net|per)|[,&-])$", re.IGNORECASE
)
# A line of so many words under a table is a note, not a label.
NOTE_WORDS: Final = 7
# Bars that stand on so many lines are drawn, not said.
BARS: Final = 3
FIGURE_SHARE: Final = 0.5


@dataclass(slots=True)
class _Line:
    """A line of a table: its parts, the blank lines above it (9: a page break), the tags above it."""

    line: Line
    parts: list[Part]
    blanks: int
    tags: str
    amounts: int  # how many amounts stand behind the first part, years and dates aside

    @property
    def rule(self) -> bool:
        return self.line.kind == RULE


@dataclass(slots=True)
class _Block:
    """One table of a region."""

    front: list[_Line] = field(default_factory=list)
    lines: list[_Line] = field(default_factory=list)
    back: list[_Line] = field(default_factory=list)


def set_table(region: Region, edge: int, furniture: list[Furniture]) -> Pieces:
    """Read a table region. `edge` is the column that full lines of the document reach."""
    lines = list(_parted(region, furniture))
    out: Pieces = []
    for block in _blocks(lines, furniture):
        out += _text(block.front, edge, furniture)
        if block.lines:
            out.append(_build(block.lines, furniture))
        out += _text(block.back, edge, furniture)
    return out


def preformatted(lines: Sequence[str], where: Range) -> Preformatted:
    """Keep these source lines as they are."""
    return Preformatted("\n".join(line.rstrip() for line in lines[where.first - 1 : where.last]), (where,))


def _text(lines: Sequence[_Line], edge: int, furniture: list[Furniture]) -> list[Piece]:
    if not lines:
        return []
    return set_text(Region(False, [x.line for x in lines], [x.blanks for x in lines], {}), edge, furniture)


def _parted(region: Region, furniture: list[Furniture]) -> Iterator[_Line]:
    """The lines of a region with their parts; bars drawn between columns are taken out."""
    barred = sum(1 for line in region.lines if "|" in line.text) >= BARS
    for n, (line, blanks) in enumerate(zip(region.lines, region.blanks, strict=True)):
        own = line
        if barred and "|" in line.text and line.kind == TEXT:
            where = Range(line.number, line.number)
            furniture.append(Furniture("rule", "|" * line.text.count("|"), where))
            text = line.text.replace("|", " ").rstrip()
            own = Line(line.number, text, len(text) - len(text.lstrip()), TEXT if text.strip(" -=_.") else RULE)
        parts = _parts(own)
        amounts = sum([1 for p in parts[1:] if is_figure(p.text) and not _is_date(p.text)])
        yield _Line(own, parts, blanks, region.tags.get(n, ""), amounts)


def _parts(line: Line) -> list[Part]:
    if line.kind == RULE:
        return []
    if line.text[line.indent] == "<" and (match := _TAGGED_ROW.match(line.text)):
        spans = [match.span(1)] + ([match.span(2)] if match[2] else [])
        return [Part(a, b, line.text[a:b]) for a, b in spans]
    return parts_of(line.text)


def _is_date(text: str) -> bool:
    return text[0] in _DATE_STARTS and bool(_YEAR.fullmatch(text) or _DATE.fullmatch(text))


# ---------------------------------------------------------------- parting


def _blocks(lines: Sequence[_Line], furniture: list[Furniture]) -> Iterator[_Block]:
    """Part a region into its tables, each with the titles above and the notes below it."""
    start = 0
    amounts = False
    for i in range(1, len(lines) + 1):
        amounts = amounts or bool(lines[i - 1].amounts)
        if i == len(lines) or "<TABLE>" in lines[i].tags or (amounts and _begins(lines, start, i, furniture)):
            yield from _trimmed(lines[start:i])
            start, amounts = i, False


def _begins(lines: Sequence[_Line], start: int, i: int, furniture: list[Furniture]) -> bool:
    """Does a new table begin at line i?"""
    line = lines[i]
    if line.rule or not (line.blanks or lines[i - 1].rule):
        return False
    group = []
    for x in lines[i : i + 12]:
        if x.amounts:
            break
        group.append(x)
    headed = [x for x in group if len(x.parts) > 1 and not _labelled_text(x, lines[start:i])]
    if not headed or len(group) == 12:
        return False
    return not (line.blanks == 9 and _same_heads(lines, start, group, furniture))


def _labelled_text(x: _Line, above: Sequence[_Line]) -> bool:
    """Is this a row of words under columns of words?"""
    words = [y for y in above[-20:] if len(y.parts) > 1 and not y.amounts]
    return len(words) > 3 and not all(_is_date(p.text) for p in x.parts)


def _same_heads(lines: Sequence[_Line], start: int, group: Sequence[_Line], furniture: list[Furniture]) -> bool:
    """Do the heads of the table stand again at the head of a new page? Then they are furniture."""
    heads = {" ".join(x.line.text.split()) for x in lines[start : start + 14] if not x.amounts and not x.rule}
    again = [x for x in group if not x.rule]
    if not all(" ".join(x.line.text.split()) in heads for x in again):
        return False
    for x in again:
        furniture.append(Furniture("head", x.line.text, Range(x.line.number, x.line.number)))
        x.parts = []
    return True


def _trimmed(lines: Sequence[_Line]) -> Iterator[_Block]:
    """Give titles above the heads and notes below the rows back to the text."""
    several = [i for i, x in enumerate(lines) if len(x.parts) > 1 and not _is_item(x)]
    if not several:
        yield _Block(front=list(lines))
        return
    first, last = several[0], several[-1]
    start = _first_line(lines, first)
    end = last + 1
    while end < len(lines) and not (lines[end].parts and _is_note(lines, end)):
        end += 1
    while end > last + 1 and lines[end - 1].rule and lines[end - 1].blanks:
        end -= 1
    yield _Block(list(lines[:start]), list(lines[start:end]), list(lines[end:]))


def _is_item(x: _Line) -> bool:
    return len(x.parts) == 2 and bool(MARKER.fullmatch(x.parts[0].text)) and not is_figure(x.parts[1].text)


def _is_note(lines: Sequence[_Line], i: int) -> bool:
    x = lines[i]
    words = x.line.text.split()
    if _NOTE.match(x.line.text, x.line.indent) or len(words) >= NOTE_WORDS:
        return True
    if x.blanks or lines[i - 1].rule:
        return True
    return len(words) >= 3 and ends_sentence(x.line.text)


def _first_line(lines: Sequence[_Line], first: int) -> int:
    """The first line of the heads: what stands above it is a title."""
    rows = [x for x in lines[first:] if x.amounts]
    starts = sorted(min(p.start for p in x.parts[1:] if is_figure(p.text)) for x in rows)
    edge = starts[len(starts) // 4] if starts else min(p.start for p in lines[first].parts[1:])
    margin = min(x.line.indent for x in lines[first:] if x.parts)
    start = first
    while start > 0:
        x, below = lines[start - 1], lines[start]
        if x.rule:
            start -= 1
            continue
        if "<S>" in below.tags or "<CAPTION>" in below.tags:
            break
        part = x.parts[0] if x.parts else None
        over = part is None or part.start >= edge - 6 or (part.start > 0.6 * edge and part.end > edge)
        stub = not below.blanks and part is not None and part.start <= margin + 2 and not below.rule
        caps = part is not None and part.text.isupper() and len(part.text) > 12
        remark = part is not None and part.text.startswith("(") and below.blanks
        if remark or not (over or (stub and not caps)):
            break
        start -= 1
    while start < first and lines[start].rule:
        start += 1
    return start


# ---------------------------------------------------------------- building


def _build(lines: Sequence[_Line], furniture: list[Furniture]) -> Table | Preformatted:
    body = _body_start(lines)
    rows = [x for x in lines[body:] if x.parts]
    columns = find_columns([x.parts for x in rows])
    made = list(_rows(lines[body:], columns)) if len(columns) > 1 else []
    if not made or any(row is None for row in made):
        furniture += _repeats_back(lines)
        return _as_typed(lines)
    heads = head_rows([x.line for x in lines[:body] if x.parts or x.rule], columns)
    kept = [x.line for x in lines if x.parts]
    furniture += [Furniture("rule", x.line.text, Range(x.line.number, x.line.number)) for x in lines if x.rule]
    for line in kept:
        if "." in line.text:
            where = Range(line.number, line.number)
            furniture += [Furniture("leader", m[0], where) for m in LEADERS.finditer(line.text)]
    aligned = tuple(Column("right" if c.figures else "left") for c in columns)
    rows_made = tuple(row for row in made if row is not None)
    return Table(aligned, tuple(heads), rows_made, ranges(kept))


def _repeats_back(lines: Sequence[_Line]) -> list[Furniture]:
    return [Furniture("rule", x.line.text, Range(x.line.number, x.line.number)) for x in lines if x.rule]


def _as_typed(lines: Sequence[_Line]) -> Preformatted:
    out: list[str] = []
    kept = [x for x in lines if x.parts]
    for x in kept:
        out += [""] * (1 if x.blanks and out else 0)
        out.append(x.line.text)
    return Preformatted("\n".join(out), ranges([x.line for x in kept]))


def _body_start(lines: Sequence[_Line]) -> int:
    """The index of the first line of the body: behind the <S> line, or behind the last line of heads."""
    tagged = next((i for i, x in enumerate(lines) if "<S>" in x.tags or "<C>" in x.tags), None)
    if tagged is not None:
        return tagged
    first = next((i for i, x in enumerate(lines) if x.amounts), None)
    if first is None:
        ruled = next((i for i, x in enumerate(lines[:8]) if x.rule and i), None)
        return ruled + 1 if ruled is not None else 0
    stub = min((p.start for x in lines[first:] for p in x.parts[1:] if is_figure(p.text)), default=0)
    body = 0
    for i, x in enumerate(lines[:first]):
        if x.rule:
            body = i + 1 if x.line.indent + 2 >= stub or len(x.line.text) > stub else body
        elif len(x.parts) > 1 or x.parts[0].start >= stub - 6:
            body = i + 1
    return body


# ---------------------------------------------------------------- rows


@dataclass(slots=True)
class _Row:
    """A row under construction: the text of each cell, and its lines."""

    cells: list[list[str]]
    lines: list[Line]
    figures: bool
    level: int
    after_rule: bool


def _rows(lines: Sequence[_Line], columns: Sequence[Extent]) -> Iterator[Row | None]:
    """Put the rows together; None where one does not fit the columns."""
    width = max((x.parts[0].end for x in lines if len(x.parts) > 1 and x.parts[0].start < columns[0].end), default=0)
    layout = Layout(columns)
    open_row: _Row | None = None
    rule = False
    for n, x in enumerate(lines):
        if not x.parts:
            rule = rule or x.rule
            continue
        given = layout.give_out(x.parts)
        if given is None:
            yield None
            return
        row = _Row(
            [[p.text for p in cell] for cell in given], [x.line], _has_figures(given, columns), x.line.indent, rule
        )
        last = n + 1 == len(lines) or bool(lines[n + 1].blanks) or lines[n + 1].rule
        dedent = last or lines[n + 1].line.indent <= (open_row.level if open_row is not None else 0)
        if open_row is not None and not x.blanks and not rule and _goes_on(open_row, row, dedent=dedent, width=width):
            open_row.cells = [[*a, *b] for a, b in zip(open_row.cells, row.cells, strict=True)]
            open_row.lines += row.lines
            open_row.figures = open_row.figures or row.figures
        else:
            if open_row is not None:
                yield _close(open_row)
            open_row = row
        rule = False
    if open_row is not None:
        yield _close(open_row)


def _has_figures(given: Sequence[Sequence[Part]], columns: Sequence[Extent]) -> bool:
    return any(is_figure(p.text) for cell, c in zip(given[1:], columns[1:], strict=True) if c.figures for p in cell)


def _goes_on(row: _Row, line: _Row, *, dedent: bool, width: int) -> bool:
    """Does this line go on with the row above it? `dedent`: nothing as deep follows it; `width`: where labels end."""
    filled = [i for i, cell in enumerate(line.cells) if cell]
    before = [i for i, cell in enumerate(row.cells) if cell]
    if not line.cells[0]:
        if line.figures and row.figures:
            return False
        return not line.figures or not set(filled) & set(before)
    label, following = " ".join(row.cells[0]), line.cells[0][0]
    if not label:
        return False
    starts_small = following[0].islower() or _CONNECTED.search(label) is not None
    deeper = line.level > row.level
    if row.figures:
        if line.figures or label.endswith(":") or following.endswith(":"):
            return False
        return starts_small or (deeper and dedent)
    if len(before) > 1 and len(filled) == 1:
        return deeper or starts_small
    if label.endswith(":") and not starts_small:
        return False
    last = row.lines[-1]
    room = last.indent + len(row.cells[0][-1]) + 1 + len(following.split()[0]) <= width
    return starts_small or (not room and deeper) or (deeper and line.figures and not room)


def _close(row: _Row) -> Row:
    cells = tuple(_cell(" ".join(" ".join(texts).split()), n) for n, texts in enumerate(row.cells))
    label = cells[0].text
    if not any(c.text for c in cells[1:]):
        kind = "section"
    elif _TOTAL.search(label) or (row.after_rule and row.figures and not label):
        kind = "total"
    else:
        kind = "data"
    return Row(cells, ranges(row.lines), kind, row.level)  # type: ignore[arg-type]  # kind is one of the literals


_EMPTY: Final = Cell("")


def _cell(text: str, column: int) -> Cell:
    if not text:
        return _EMPTY
    if column == 0:
        return Cell(text)
    number, unit, nil = figure(text)
    return Cell(text, number=number, unit=unit, nil=nil)
