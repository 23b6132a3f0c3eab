"""Table regions -> tables: titles and notes given back to the text, stacked tables parted, rows put together.

    region   what `regions` took for a table; titles above and notes below go to `prose`
    table    parted where new heads begin: several tables stand under one tag, one goes on over pages
    heads    lines above the <S> line, or above the first row that has a label and an amount (`heads`)
    columns  from the gutters of the rows (`columns`)
    rows     each a label and its cells, over as many lines as it was wrapped (`rows`)

Where a row does not fit the columns the region stays as it was typed (`Preformatted`): no figure and no word is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from ..model import Column, Furniture, Preformatted, Range, Table
from ..references import BEHIND_FIGURE
from .amounts import Part, is_counted, parts_of
from .columns import find_columns, part_columns
from .dates import YEAR, is_date
from .heads import head_rows
from .leaders import LEADERS, has_leaders
from .lines import RULE, TEXT, Line, ends_sentence, ranges, rules
from .markers import MARKER
from .prose import Element, Piece, set_text
from .regions import NEW_PAGE, Region
from .rows import TableLine, rows_of

_NOTE: Final = re.compile(rf"(?:{BEHIND_FIGURE}|\+{{1,3}})\s*\S")
_ITEM: Final = re.compile(r"item\s\d", re.IGNORECASE)
# A line to sign on, with words one blank behind it.
_SIGNED_ON: Final = re.compile(r"(_{4,}) (?=[^_])")
# A title over heads is so far from the middle of what they head.
BESIDE: Final = 20
# A line that begins so far left of the first figure, or right of it, stands over the figures.
NEAR_STUB: Final = 6
# A line of so many parts without a figure is one of heads.
SEVERAL: Final = 3
# Heads of words over words take up no more lines than this.
MOST_CENTRED: Final = 4
# So few lines of words without columns are lines.
A_FEW: Final = 4
# Heads take up fewer lines than this; in a table of words the rule below them is among the first so many.
MOST_HEADS: Final = 12
TOP: Final = 8
# Where a new table may begin, so many lines above are looked at; heads that stand there again, among the first so many.
ABOVE: Final = 20
AT_TOP: Final = 14
# What begins further right than this share of the way to the figures may head them; so may what has a rule near them.
FAR: Final = 0.6
NEAR_RULE: Final = 8
# Capitals over the labels are a title where they are longer.
LONGEST_STUB_HEAD: Final = 12
# So many dashes beside words are drawn; fewer stand for nothing.
DRAWN: Final = 4
# A rule as long as this goes over the whole table.
WIDE_RULE: Final = 70
# A line of so many words under a table is a note, not a label.
NOTE_WORDS: Final = 7
# A sentence has so many.
SENTENCE_WORDS: Final = 3
# Bars that stand on so many lines are drawn, not said.
BARS: Final = 3


class _Block(Struct):
    """One table of a region."""

    front: Sequence[TableLine] = ()
    lines: Sequence[TableLine] = ()
    back: Sequence[TableLine] = ()


def set_table(region: Region, edge: int, furniture: list[Furniture]) -> list[Element]:
    """Read a table region. `edge` is the column that full lines of the document reach."""
    lines = _parted(region, furniture)
    out: list[Element] = []
    for block in _blocks(lines, furniture):
        out += _text(block.front, edge, furniture)
        if table := _build(block.lines, furniture) if block.lines else None:
            out.append(table)
        elif block.lines:
            furniture += rules([x.line for x in block.lines])
            few = len(block.lines) <= A_FEW and not any(x.amounts for x in block.lines)
            kept = [x.line for x in block.lines if x.parts]
            out.append(Piece("lines", kept) if few and kept else _as_typed(block.lines))
        out += _text(block.back, edge, furniture)
    return out


def preformatted(lines: Sequence[str], where: Range) -> Preformatted:
    """Keep these source lines as they are."""
    return Preformatted("\n".join(line.rstrip() for line in lines[where.first - 1 : where.last]), (where,))


def _text(lines: Sequence[TableLine], edge: int, furniture: list[Furniture]) -> list[Piece]:
    lines = [x for x in lines if x.parts or x.rule]  # heads repeated on a new page have lost their parts
    if not lines:
        return []
    return set_text(Region(False, [x.line for x in lines], [x.blanks for x in lines], {}), edge, furniture)


def _parted(region: Region, furniture: list[Furniture]) -> list[TableLine]:
    """The lines of a region with their parts; bars drawn between columns are taken out."""
    barred = sum(["|" in line.text for line in region.lines]) >= BARS
    tags = region.tags
    out: list[TableLine] = []
    for n, (line, blanks) in enumerate(zip(region.lines, region.blanks, strict=True)):
        tag = tags.get(n, "") if tags else ""
        own = _without_bars(line, furniture) if barred and "|" in line.text and line.kind == TEXT else line
        if own.kind == RULE:
            out.append(TableLine(own, [], blanks, tag, True))
            continue
        parts = parts_of(own.text)
        if _may_be_drawn(own.text):
            parts = _undrawn(parts)
        stub, amounts = -1, 0
        for part in parts[1:]:
            if part.amount:
                stub = part.start if stub < 0 else stub
                amounts += is_counted(part)
        out.append(TableLine(own, parts, blanks, tag, False, amounts, stub))
    return out


def _may_be_drawn(text: str) -> bool:
    """May a rule stand beside the words of a line?"""
    return "----" in text or "====" in text or "____" in text


def _undrawn(parts: list[Part]) -> list[Part]:
    """The parts of a line without the rules that stand beside its words."""
    left: list[Part] = []
    for part in parts:
        at = len(_drawn(part))
        if not at:
            left.append(part)
        elif at < len(part.text):
            left.append(Part(part.start + at + 1, part.end, part.text[at + 1 :], amount=False))
    return left or parts


def _drawn(part: Part) -> str:
    """What of a part is a rule: all of it, or the line to sign on before its words."""
    text = part.text
    if len(text) >= DRAWN and not text.strip("-=_ "):
        return text
    signed = _SIGNED_ON.match(text)
    return signed[1] if signed else ""


def _without_bars(line: Line, furniture: list[Furniture]) -> Line:
    where = Range(line.number, line.number)
    furniture += [Furniture("rule", "|", where)] * line.text.count("|")
    text = line.text.replace("|", " ").rstrip()
    return Line(line.number, text, len(text) - len(text.lstrip()), TEXT if text.strip(" -=_.") else RULE)


# ---------------------------------------------------------------- parting


def _blocks(lines: Sequence[TableLine], furniture: list[Furniture]) -> Iterator[_Block]:
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


def _begins(lines: Sequence[TableLine], start: int, i: int, furniture: list[Furniture]) -> bool:
    """Does a new table begin at line i: are there heads above the next row with amounts?"""
    group: list[TableLine] = []
    for x in lines[i : i + MOST_HEADS]:
        if x.amounts:
            break
        group.append(x)
    if len(group) == MOST_HEADS or (group[0].parts and _ITEM.match(group[0].parts[0].text)):
        return False
    above = lines[max(start, i - ABOVE) : i]
    drawn = any(x.rule or x.tags for x in lines[i + 1 : i + len(group) + 1])  # heads, wherever they stand
    stub = -1 if drawn else min([x.stub for x in above if x.stub >= 0], default=0) - NEAR_STUB
    if not any(len(x.parts) > 1 and not _is_item(x) and _over(x, stub) and not _labelled_text(x, above) for x in group):
        return False
    return not (lines[i].blanks == NEW_PAGE and _same_heads(lines[start:i], group, furniture))


def _over(x: TableLine, stub: int) -> bool:
    """Does a line stand over the figures, or begin with a number, as the title of a note does?"""
    return x.parts[-1].end > stub or (len(x.parts) == 2 and x.parts[0].text.isdigit())


def _labelled_text(x: TableLine, above: Sequence[TableLine]) -> bool:
    """Is this a row of words under columns of words?"""
    first = next((n for n, y in enumerate(above) if y.amounts), 0)
    words = [y for y in above[first:] if len(y.parts) > 1 and not y.amounts]
    return len(words) > 3 and not all(is_date(p.text) for p in x.parts)


def _same_heads(above: Sequence[TableLine], group: Sequence[TableLine], furniture: list[Furniture]) -> bool:
    """Do the heads of the table stand again at the head of a new page? Then they are furniture."""
    heads = {" ".join(x.line.text.split()) for x in above[:AT_TOP] if not x.amounts and not x.rule}
    again = [x for x in group if not x.rule]
    if not all(" ".join(x.line.text.split()) in heads for x in again):
        return False
    for x in again:
        furniture.append(Furniture("head", x.line.text, Range(x.line.number, x.line.number)))
        x.parts, x.stub = [], -1
    return True


def _trimmed(lines: Sequence[TableLine]) -> _Block:
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


def _is_title(lines: Sequence[TableLine], i: int) -> bool:
    """Is a line in several parts a title all the same: capitals, no amount, and blank lines below?"""
    x = lines[i]
    below = lines[i + 1]
    apart = below.blanks > 1 and len(below.parts) > 1
    ruled = below.rule and len(x.parts) == 2 and len(lines[i + 2].parts) > 1 and not lines[i + 2].amounts
    over_all = ruled and len(below.line.text) >= WIDE_RULE and " " not in below.line.text.strip()
    return not x.amounts and x.line.text.isupper() and (apart or over_all)


def _is_item(x: TableLine) -> bool:
    return len(x.parts) == 2 and not x.parts[1].amount and MARKER.fullmatch(x.parts[0].text) is not None


def _is_note(lines: Sequence[TableLine], i: int) -> bool:
    x = lines[i]
    words = x.line.text.split()
    if _NOTE.match(x.line.text, x.line.indent) or len(words) >= NOTE_WORDS:
        return True
    if x.blanks or lines[i - 1].rule:
        return True
    return len(words) >= SENTENCE_WORDS and ends_sentence(x.line.text)


def _first_line(lines: Sequence[TableLine], first: int) -> int:
    """The first line of the heads: what stands above it is a title."""
    if not first:
        return 0
    starts = sorted([x.stub for x in lines[first:] if x.amounts])
    edge = starts[len(starts) // 4] if starts else lines[first].parts[1].start
    margin = min([x.line.indent for x in lines[first:] if x.parts])
    tagged = False
    start = first
    while start > 0:
        x, below = lines[start - 1], lines[start]
        if x.rule:
            start -= 1
            continue
        part = x.parts[0] if x.parts else None
        dated = part is not None and part.start >= edge - NEAR_STUB and YEAR.fullmatch(part.text)
        tagged = tagged or "<S>" in below.tags
        if "<CAPTION>" in below.tags or ("<S>" in below.tags and not dated):
            break
        over = part is None or part.start >= edge - NEAR_STUB or (part.start > FAR * edge and part.end > edge)
        stub = not below.blanks and not tagged and part is not None and part.start <= margin + 2 and not below.rule
        caps = part is not None and part.text.isupper() and len(part.text) > LONGEST_STUB_HEAD
        remark = part is not None and part.text.startswith("(") and below.blanks
        if part is not None and len(below.parts) > SEVERAL and _beside(part, edge, lines[first:]):
            break
        over = over or (below.rule and below.line.indent >= edge - NEAR_RULE)
        if remark or not (over or (stub and not caps)):
            break
        start -= 1
    while start < first and lines[start].rule:
        start += 1
    return start


def _beside(part: Part, edge: int, rows: Sequence[TableLine]) -> bool:
    """Is a line in capitals over many heads too far from their middle to span them?"""
    right = max([x.parts[-1].end for x in rows if x.parts])
    return part.text.isupper() and " " in part.text and abs(part.start + part.end - edge - right) > 2 * BESIDE


# ---------------------------------------------------------------- building


def _build(lines: Sequence[TableLine], furniture: list[Furniture]) -> Table | None:
    """The table of these lines; None where they have no columns, or a row does not fit them."""
    start = _body_start(lines)
    body = lines[start:]
    parts = [x.parts for x in body if x.parts]
    columns = find_columns(parts)
    made = rows_of(body, columns) if len(columns) > 1 else None
    if made is None and len(columns) > 1:
        columns = part_columns(columns, parts)
        made = rows_of(body, columns) if len(columns) <= max(map(len, parts)) + 1 else None
    if not made:
        return None
    furniture += rules([x.line for x in lines])
    above = [x for x in lines[:start] if x.parts or x.rule]
    heads = head_rows([x.line for x in above], [x.parts for x in above], columns)
    if heads and not any(cell.text for row in heads for cell in row.cells[1:]):
        whole = rows_of(lines, columns)  # words over the labels only: they begin the body
        made, heads = (whole, []) if whole else (made, heads)
    kept = [x.line for x in lines if x.parts]
    for line in kept:
        if _may_be_drawn(line.text):
            where = Range(line.number, line.number)
            drawn = [_drawn(part) for part in parts_of(line.text)]
            furniture += [Furniture("rule", text, where) for text in drawn if text]
        if "." in line.text and has_leaders(line.text):
            where = Range(line.number, line.number)
            furniture += [Furniture("leader", text, where) for text in LEADERS.findall(line.text)]
    aligned = tuple([Column("right" if c.figures else "left") for c in columns])
    return Table(aligned, tuple(heads), tuple(made), ranges(kept))


def _as_typed(lines: Sequence[TableLine]) -> Preformatted:
    out: list[str] = []
    kept = [x for x in lines if x.parts]
    for x in kept:
        out += [""] * (1 if x.blanks and out else 0)
        out.append(x.line.text)
    return Preformatted("\n".join(out), ranges([x.line for x in kept]))


def _centred_heads(lines: Sequence[TableLine]) -> int:
    """How many lines of a table of words are heads: those above the first blank line, where they are set in further."""
    count = next((i for i, x in enumerate(lines) if i and x.blanks), len(lines))
    rows = [x for x in lines[count:] if len(x.parts) > 1]
    labels = [x.parts[0].start for x in lines[:count] if len(x.parts) > 1]
    if count > MOST_CENTRED or not rows or not labels or any(c.isdigit() for x in lines[:count] for c in x.line.text):
        return 0
    margin, second = (min([x.parts[n].start for x in rows]) for n in (0, 1))
    within = all(part.start >= margin for x in lines[:count] for part in x.parts[:1])
    return count if within and min(labels) > margin + 2 and lines[count - 1].parts[-1].start >= second else 0


def _below_tag(lines: Sequence[TableLine], tagged: int, first: int | None) -> int:
    """The first line of the body below the <S> line: heads may stand there, too, down to a rule."""
    if first is None or first <= tagged:
        return tagged
    stub = min([x.stub for x in lines[first:] if x.stub >= 0])
    top = lines[tagged]
    if not top.parts or (top.parts[0].start < stub - NEAR_STUB and len(top.parts) < SEVERAL):
        return tagged
    body = tagged
    for i in range(tagged, first):
        x = lines[i]
        if x.rule:
            body = i + 1
        elif len(x.parts) == 1 and x.parts[0].end <= stub and x.parts[0].start < stub - NEAR_STUB:
            break  # a label
        elif body == i > tagged and len(x.parts) >= SEVERAL and x.parts[-1].start >= stub:
            body = i + 1
    return body


def _body_start(lines: Sequence[TableLine]) -> int:
    """The index of the first line of the body: behind the <S> line, or behind the last line of heads."""
    tagged = next((i for i, x in enumerate(lines) if "<S>" in x.tags or "<C>" in x.tags), None)
    first = next((i for i, x in enumerate(lines) if x.amounts), None)
    if tagged is not None:
        return _below_tag(lines, tagged, first)
    if first is None:
        ruled = next((i for i, x in enumerate(lines[:TOP]) if x.rule and i), None)
        return ruled + 1 if ruled is not None else _centred_heads(lines)
    stub = min([x.stub for x in lines[first:] if x.stub >= 0])
    body = 0
    for i, x in enumerate(lines[:first]):
        if x.rule:
            body = i + 1 if x.line.indent + 2 >= stub or len(x.line.text) > stub else body
        elif len(x.parts) > 1 or x.parts[0].start >= stub - NEAR_STUB:
            body = i + 1
    return body
