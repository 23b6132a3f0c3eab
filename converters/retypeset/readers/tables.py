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
from itertools import pairwise
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ..model import Cell, Column, Furniture, Preformatted, Range, Row, Table
from .columns import Column as Extent
from .columns import Layout, Part, find_columns, has_leaders, is_figure, parts_of
from .figures import cells_of
from .heads import head_rows
from .lines import RULE, TEXT, Line, ends_sentence, ranges
from .markers import MARKER
from .prose import Piece, set_text
from .regions import LEADERS, Region

Pieces: TypeAlias = list[Piece | Table | Preformatted]

_CENTURIES: Final = frozenset(("19", "20"))
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
_CONNECTS: Final = frozenset("fdreonhyamstFDREONHYAMST,&-")
# A label of so many characters that goes on with a figure or a bracket was wrapped.
LONG_LABEL: Final = 25
# A title over heads is so far from the middle of what they head.
BESIDE: Final = 20
# So many dashes beside words are drawn; fewer stand for nothing.
DRAWN: Final = 4
# A rule as long as this goes over the whole table.
WIDE_RULE: Final = 70
# Labels begin with small letters as a habit where more than this share does.
LOWER: Final = 0.3
# A line of so many words under a table is a note, not a label.
NOTE_WORDS: Final = 7
# Bars that stand on so many lines are drawn, not said.
BARS: Final = 3
FIGURE_SHARE: Final = 0.5


class _Line(Struct, gc=False):
    """A line of a table: its parts, the blank lines above it (9: a page break), the tags above it.

    Behind the first part stand so many `amounts`, years and dates aside; `stub` is where the first of them, or the
    first year, begins (-1: there is none).
    """

    line: Line
    parts: list[Part]
    blanks: int
    tags: str
    rule: bool = False
    amounts: int = 0
    stub: int = -1


class _Block(Struct):
    """One table of a region."""

    front: Sequence[_Line] = ()
    lines: Sequence[_Line] = ()
    back: Sequence[_Line] = ()


def set_table(region: Region, edge: int, furniture: list[Furniture]) -> Pieces:
    """Read a table region. `edge` is the column that full lines of the document reach."""
    lines = _parted(region, furniture)
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
    lines = [x for x in lines if x.parts or x.rule]  # heads repeated on a new page have lost their parts
    if not lines:
        return []
    return set_text(Region(False, [x.line for x in lines], [x.blanks for x in lines], {}), edge, furniture)


def _parted(region: Region, furniture: list[Furniture]) -> list[_Line]:
    """The lines of a region with their parts; bars drawn between columns are taken out."""
    barred = sum(["|" in line.text for line in region.lines]) >= BARS
    tags = region.tags
    out: list[_Line] = []
    for n, (line, blanks) in enumerate(zip(region.lines, region.blanks, strict=True)):
        tag = tags.get(n, "") if tags else ""
        own = _without_bars(line, furniture) if barred and "|" in line.text and line.kind == TEXT else line
        if own.kind == RULE:
            out.append(_Line(own, [], blanks, tag, True))
            continue
        parts = parts_of(own.text) if own.text[own.indent] != "<" else _tagged(own.text)
        if "----" in own.text or "====" in own.text or "____" in own.text:
            parts = _undrawn(parts)
        stub, amounts = -1, 0
        for part in parts[1:]:
            if part.amount:
                stub = part.start if stub < 0 else stub
                # An amount is a year or a date only where it begins like a year.
                amounts += part.text[:2] not in _CENTURIES or not _YEAR.fullmatch(part.text)
        out.append(_Line(own, parts, blanks, tag, False, amounts, stub))
    return out


def _undrawn(parts: list[Part]) -> list[Part]:
    """The parts of a line without the rules that stand beside its words."""
    return [p for p in parts if not _is_drawn(p)] or parts


def _is_drawn(part: Part) -> bool:
    return len(part.text) >= DRAWN and not part.text.strip("-=_ ")


def _without_bars(line: Line, furniture: list[Furniture]) -> Line:
    furniture.append(Furniture("rule", "|" * line.text.count("|"), Range(line.number, line.number)))
    text = line.text.replace("|", " ").rstrip()
    return Line(line.number, text, len(text) - len(text.lstrip()), TEXT if text.strip(" -=_.") else RULE)


def _tagged(text: str) -> list[Part]:
    """The parts of a line that begins with a tag: the tag, and what it says."""
    match = _TAGGED_ROW.match(text)
    if match is None:
        return parts_of(text)
    spans = [match.span(n) for n in (1, 2) if match[n]]
    return [Part(a, b, text[a:b], is_figure(text[a:b])) for a, b in spans]


def _is_date(text: str) -> bool:
    return text[0] in _DATE_STARTS and bool(_YEAR.fullmatch(text) or _DATE.fullmatch(text))


# ---------------------------------------------------------------- parting


def _blocks(lines: Sequence[_Line], furniture: list[Furniture]) -> Iterator[_Block]:
    """Part a region into its tables, each with the titles above and the notes below it."""
    start = 0
    before = lines[0]
    amounts = before.amounts > 0
    for i in range(1, len(lines)):
        x = lines[i]
        if (x.tags and "<TABLE>" in x.tags) or (
            # A new table begins below a blank line or a rule, with a line of words.
            amounts
            and not x.amounts
            and not x.rule
            and (x.blanks or before.rule)
            and _begins(lines, start, i, furniture)
        ):
            yield _trimmed(lines[start:i])
            start, amounts = i, False
        amounts = amounts or x.amounts > 0
        before = x
    yield _trimmed(lines[start:])


def _begins(lines: Sequence[_Line], start: int, i: int, furniture: list[Furniture]) -> bool:
    """Does a new table begin at line i: are there heads above the next row with amounts?"""
    group: list[_Line] = []
    for x in lines[i : i + 12]:
        if x.amounts:
            break
        group.append(x)
    if len(group) == 12:
        return False
    above = lines[max(start, i - 20) : i]
    if not any(len(x.parts) > 1 and not _labelled_text(x, above) for x in group):
        return False
    return not (lines[i].blanks == 9 and _same_heads(lines[start:i], group, furniture))


def _labelled_text(x: _Line, above: Sequence[_Line]) -> bool:
    """Is this a row of words under columns of words?"""
    first = next((n for n, y in enumerate(above) if y.amounts), 0)
    words = [y for y in above[first:] if len(y.parts) > 1 and not y.amounts]
    return len(words) > 3 and not all(_is_date(p.text) for p in x.parts)


def _same_heads(above: Sequence[_Line], group: Sequence[_Line], furniture: list[Furniture]) -> bool:
    """Do the heads of the table stand again at the head of a new page? Then they are furniture."""
    heads = {" ".join(x.line.text.split()) for x in above[:14] if not x.amounts and not x.rule}
    again = [x for x in group if not x.rule]
    if not all(" ".join(x.line.text.split()) in heads for x in again):
        return False
    for x in again:
        furniture.append(Furniture("head", x.line.text, Range(x.line.number, x.line.number)))
        x.parts, x.stub = [], -1
    return True


def _trimmed(lines: Sequence[_Line]) -> _Block:
    """Give titles above the heads and notes below the rows back to the text."""
    count = len(lines)
    first = next((i for i in range(count) if len(lines[i].parts) > 1 and not _is_item(lines[i])), None)
    if first is None:
        return _Block(front=lines)
    last = next(i for i in range(count - 1, -1, -1) if len(lines[i].parts) > 1 and not _is_item(lines[i]))
    while first + 1 < last and _is_title(lines, first):
        first = next(i for i in range(first + 1, last + 1) if len(lines[i].parts) > 1 and not _is_item(lines[i]))
    start = _first_line(lines, first)
    end = last + 1
    while end < count and not (lines[end].parts and _is_note(lines, end)):
        end += 1
    while end > last + 1 and lines[end - 1].rule and lines[end - 1].blanks:
        end -= 1
    return _Block(lines[:start], lines[start:end], lines[end:])


def _is_title(lines: Sequence[_Line], i: int) -> bool:
    """Is a line in several parts a title all the same: capitals, no amount, and blank lines below?"""
    x = lines[i]
    below = lines[i + 1]
    apart = below.blanks > 1 and len(below.parts) > 1
    ruled = below.rule and len(x.parts) == 2 and len(lines[i + 2].parts) > 1 and not lines[i + 2].amounts
    return not x.amounts and x.line.text.isupper() and (apart or (ruled and len(below.line.text) >= WIDE_RULE))


def _is_item(x: _Line) -> bool:
    return len(x.parts) == 2 and not x.parts[1].amount and MARKER.fullmatch(x.parts[0].text) is not None


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
    if not first:
        return 0
    starts = sorted([x.stub for x in lines[first:] if x.amounts])
    edge = starts[len(starts) // 4] if starts else lines[first].parts[1].start
    margin = min([x.line.indent for x in lines[first:] if x.parts])
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
        if part is not None and len(below.parts) > 3 and _beside(part, edge, lines[first:]):
            break
        over = over or (below.rule and below.line.indent >= edge - 8)
        if remark or not (over or (stub and not caps)):
            break
        start -= 1
    while start < first and lines[start].rule:
        start += 1
    return start


def _beside(part: Part, edge: int, rows: Sequence[_Line]) -> bool:
    """Is a line in capitals over many heads too far from their middle to span them?"""
    right = max([x.parts[-1].end for x in rows if x.parts])
    return part.text.isupper() and " " in part.text and abs(part.start + part.end - edge - right) > 2 * BESIDE


# ---------------------------------------------------------------- building


def _build(lines: Sequence[_Line], furniture: list[Furniture]) -> Table | Preformatted:
    start = _body_start(lines)
    body = lines[start:]
    columns = find_columns([x.parts for x in body if x.parts])
    made = _rows(body, columns) if len(columns) > 1 else None
    furniture += [Furniture("rule", x.line.text, Range(x.line.number, x.line.number)) for x in lines if x.rule]
    if not made:
        return _as_typed(lines)
    above = [x for x in lines[:start] if x.parts or x.rule]
    heads = head_rows([x.line for x in above], [x.parts for x in above], columns)
    kept = [x.line for x in lines if x.parts]
    for line in kept:
        if "----" in line.text or "====" in line.text or "____" in line.text:
            where = Range(line.number, line.number)
            furniture += [Furniture("rule", p.text, where) for p in parts_of(line.text) if _is_drawn(p)]
        if "." in line.text and has_leaders(line.text):
            where = Range(line.number, line.number)
            furniture += [Furniture("leader", text, where) for text in LEADERS.findall(line.text)]
    made = _with_levels(made)
    aligned = tuple([Column("right" if c.figures else "left") for c in columns])
    return Table(aligned, tuple(heads), tuple(made), ranges(kept))


def _with_levels(rows: Sequence[Row]) -> list[Row]:
    """Count how deep each label is set in, from 0 at the margin: indents that hardly differ are one."""
    indents = sorted({row.level for row in rows if row.cells[0].text})
    depth: dict[int, int] = {}
    for before, indent in pairwise([-9, *indents]):
        depth[indent] = depth.get(before, -1) + (indent - before > 1)
    levels = [depth.get(row.level, 0) if row.cells[0].text else 0 for row in rows]
    return [row if row.level == level else replace(row, level=level) for row, level in zip(rows, levels, strict=True)]


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
    stub = min([x.stub for x in lines[first:] if x.stub >= 0])
    body = 0
    for i, x in enumerate(lines[:first]):
        if x.rule:
            body = i + 1 if x.line.indent + 2 >= stub or len(x.line.text) > stub else body
        elif len(x.parts) > 1 or x.parts[0].start >= stub - 6:
            body = i + 1
    return body


# ---------------------------------------------------------------- rows


class _Row(Struct, gc=False):
    """A row under construction: the text of each cell, its pieces parted by line feeds, and the row's lines."""

    cells: list[str]
    lines: list[Line]
    figures: bool
    level: int
    after_rule: bool


class _Labels(NamedTuple):
    """Where the labels of a table end, whether they begin with small letters as a habit, and the columns of figures."""

    width: int
    lower: bool
    figures: frozenset[int]


def _rows(lines: Sequence[_Line], columns: Sequence[Extent]) -> list[Row] | None:
    """Put the rows together; None where one does not fit the columns."""
    stub = columns[0].end
    width = max([x.parts[0].end for x in lines if len(x.parts) > 1 and x.parts[0].start < stub], default=0)
    begun = [
        x.parts[0].text[0]
        for before, x in zip([None, *lines], lines, strict=False)
        if x.amounts and x.parts[0].start < stub and (before is None or before.amounts or before.rule or x.blanks)
    ]
    lower = sum([c.islower() for c in begun]) > LOWER * len(begun)
    labels = _Labels(width, lower, frozenset([n for n, c in enumerate(columns) if c.figures]))
    give_out = Layout(columns, max([x.parts[-1].end for x in lines if x.parts])).give_out
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
            if not (figures and row.figures) and not x.blanks and not rule and _goes_on(row, given, lines, n, labels):
                row.cells = [f"{a}\n{b}" if a and b else a or b for a, b in zip(row.cells, cells, strict=True)]
                row.lines.append(x.line)
                row.figures = row.figures or figures
                continue
            rows.append(_close(row))
        row = _Row(cells, [x.line], figures, x.line.indent, rule)
        rule = False
    if row is not None:
        rows.append(_close(row))
    return rows


def _goes_on(row: _Row, given: tuple[list[str], bool], lines: Sequence[_Line], n: int, label_style: _Labels) -> bool:
    """Does line n go on with the row above it? They have not both figures."""
    width, lower, _ = label_style
    cells, figures = given
    label, following = row.cells[0], cells[0]
    if not following:
        both = [n for n, (a, b) in enumerate(zip(row.cells, cells, strict=True)) if a and b]
        return not figures or not both or (not row.figures and not any(n in label_style.figures for n in both))
    if not label:
        return False
    small = following[0].islower() and not lower
    starts_small = small or _connected(label) or label.count("(") > label.count(")")
    deeper = lines[n].line.indent > row.level
    if row.figures:
        if label[-1] == ":" or following.partition("\n")[0][-1] == ":":
            return False
        return starts_small or (deeper and _alone(row, lines[n + 1 : n + 2]))
    if sum(map(bool, row.cells)) > 1 and sum(map(bool, cells)) == 1:
        return deeper or starts_small
    if label[-1] == ":" and not starts_small:
        return False
    if following[0] in "(0123456789" and len(label) >= LONG_LABEL and lines[n].amounts != len(lines[n].parts):
        return True
    end = row.lines[-1].indent + len(label) - 1 - label.rfind("\n")
    room = end + 1 + len(following.split(None, 1)[0]) <= width
    return starts_small or (not room and deeper)


def _connected(label: str) -> bool:
    """Does a label end in a word that calls for another? The longest of them has four letters."""
    return label[-1] in _CONNECTS and _CONNECTED.search(label, max(0, len(label) - 4)) is not None


def _alone(row: _Row, then: Sequence[_Line]) -> bool:
    """Does nothing follow that is set further in than the row?"""
    return not then or then[0].blanks > 0 or then[0].rule or then[0].line.indent <= row.level


def _close(row: _Row) -> Row:
    label, *others = row.cells
    if "\n" in label or "  " in label or not label.isascii():
        label = " ".join(label.split())
    kind: Literal["data", "section", "total"] = "data"
    if not any(others):
        kind = "section"
    elif (row.after_rule and row.figures and not label) or ("total" in label.lower() and _TOTAL.search(label)):
        kind = "total"
    first = row.lines[0].number
    where = ranges(row.lines) if len(row.lines) > 1 else (Range(first, first),)
    return Row((Cell(label) if label else _EMPTY, *cells_of(others)), where, kind, row.level)


_EMPTY: Final = Cell("")
