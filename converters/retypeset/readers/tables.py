"""Table regions -> tables: titles and notes given back to the text, stacked tables parted, rows put together.

    region   what `regions` took for a table; titles above and notes below go to `prose`
    extents  parted where new heads begin: several tables stand under one tag, one goes on over pages (`extents`)
    heads    lines above the <S> line, or above the first row that has a label and an amount (`heads`)
    columns  from the gutters of the rows (`columns`)
    rows     each a label and its cells, over as many lines as it was wrapped (`rows`)

Where a row does not fit the columns the region stays as it was typed (`Preformatted`): no figure and no word is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ..model import Column, Furniture, Preformatted, Range, Table
from .amounts import Part, is_counted, parts_of
from .columns import find_columns, part_at_heads, part_columns, with_empty_labels
from .extents import NEAR_STUB, SEVERAL, Block, blocks_of, is_entry
from .heads import head_rows
from .indexes import heads_end, indexes, is_head
from .leaders import LEADERS, has_leaders
from .lines import RULE, TEXT, Line, ranges, rules
from .prose import Element, Piece, set_text
from .regions import Region
from .rows import FIGURE_ENDS, TableLine, rows_of
from .stretched import index_parts, whole_cells, with_numbers

# A line to sign on, with words one blank behind it; a rule one blank beside the words of heads.
_BESIDE_WORDS: Final = re.compile(r"\A_{4,}(?= [^_])|(?<!\S)(?:-{5,}|={5,})(?!\S)")
# Heads of words over words take up no more lines than this.
MOST_CENTRED: Final = 4
# So few lines of words without columns are lines.
A_FEW: Final = 4
# Heads below the <S> line take up no more lines than this, and so many of the rows below have amounts, as a share.
MOST_UNDER_TAG: Final = 6
FIGURED: Final = 0.8
# In a table of words the rule below the heads is among the first so many lines.
TOP: Final = 8
# So many dashes beside words are drawn; fewer stand for nothing.
DRAWN: Final = 4
# Bars that stand on so many lines are drawn, not said.
BARS: Final = 3


def set_table(region: Region, edge: int, furniture: list[Furniture]) -> list[Element]:
    """Read a table region. `edge` is the column that full lines of the document reach."""
    lines = _parted(region, furniture)
    out: list[Element] = []
    for block in _blocks(lines, furniture):
        out += _text(block.front, edge, furniture)
        if _is_line(block.lines):
            out += _text(block.lines, edge, furniture)
        elif table := _build(block.lines, furniture) if block.lines else None:
            out.append(table)
        elif block.lines:
            furniture += rules([x.line for x in block.lines])
            kept = [x.line for x in block.lines if x.parts]
            most = A_FEW if any(len(x.parts) > SEVERAL for x in block.lines) else A_FEW + len(block.lines) - len(kept)
            few = len(block.lines) <= most and not any(x.amounts for x in block.lines)
            out.append(Piece("lines", kept) if few and kept else _as_typed(block.lines))
        out += _text(block.back, edge, furniture)
    return out


def _blocks(lines: Sequence[TableLine], furniture: list[Furniture]) -> Iterator[Block]:
    """The tables of a region: an index of exhibits is one, whatever its entries look like."""
    done = 0
    for first, last in indexes([x.line for x in lines], [x.blanks for x in lines]):
        if first > done:
            yield from blocks_of(lines[done:first], furniture)
        own = lines[first:last]
        for x, parts in zip(own, index_parts([x.parts for x in own], _index_body(own)), strict=True):
            x.parts, x.amounts = parts, sum([part.amount for part in parts])
        yield Block(lines=own)
        done = last
    if done < len(lines):
        yield from blocks_of(lines[done:], furniture)


def _is_line(lines: Sequence[TableLine]) -> bool:
    """Is a table no more than a line of words with gaps, and what it goes on with? Then nothing is read across it."""
    several = [n for n, x in enumerate(lines) if len(x.parts) > 1]
    if several != [0] or any(x.amounts or x.rule for x in lines) or lines[0].parts[0].amount:
        return False
    others = [part.text for part in lines[0].parts[1:]]
    return not any(text[0].isdigit() for text in others) and sum([text[-1] in FIGURE_ENDS for text in others]) < 2


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
    lines = [
        _without_bars(line, furniture) if barred and "|" in line.text and line.kind == TEXT else line
        for line in region.lines
    ]
    parts = whole_cells(region, [_parts(line) for line in lines])
    out: list[TableLine] = []
    for n, (line, own, blanks) in enumerate(zip(lines, parts, region.blanks, strict=True)):
        tag = tags.get(n, "") if tags else ""
        if line.kind == RULE:
            out.append(TableLine(line, own, blanks, tag, True))
            continue
        stub, amounts = -1, 0
        for part in own[1:]:
            if part.amount:
                stub = part.start if stub < 0 else stub
                amounts += is_counted(part)
        out.append(TableLine(line, own, blanks, tag, False, amounts, stub, _may_be_drawn(line.text)))
    return out


def _parts(line: Line) -> list[Part]:
    """The parts of a line, the rules beside its words left out."""
    if line.kind == RULE:
        return []
    parts = parts_of(line.text)
    return _undrawn(parts) if _may_be_drawn(line.text) else parts


def _may_be_drawn(text: str) -> bool:
    """May a rule stand beside the words of a line?"""
    return "----" in text or "====" in text or "____" in text


def _undrawn(parts: list[Part]) -> list[Part]:
    """The parts of a line without the rules that stand beside its words."""
    left: list[Part] = []
    for part in parts:
        at = 0
        for start, end in [*_drawn(part), (len(part.text) + 1,) * 2]:
            if words := part.text[at:start].strip():
                begin = part.start + part.text.index(words, at)
                whole = words == part.text
                left.append(part if whole else Part(begin, begin + len(words), words, amount=False))
            at = end
    return left or parts


def _drawn(part: Part) -> list[tuple[int, int]]:
    """Where in a part there are rules: all of it, the line to sign on before its words, or one blank beside them."""
    text = part.text
    if len(text) >= DRAWN and not text.strip("-=_ "):
        return [(0, len(text))]
    return [match.span() for match in _BESIDE_WORDS.finditer(text)]


def _without_bars(line: Line, furniture: list[Furniture]) -> Line:
    where = Range(line.number, line.number)
    furniture += [Furniture("rule", "|", where)] * line.text.count("|")
    text = line.text.replace("|", " ").rstrip()
    return Line(line.number, text, len(text) - len(text.lstrip()), TEXT if text.strip(" -=_.") else RULE)


# ---------------------------------------------------------------- building


def _build(lines: Sequence[TableLine], furniture: list[Furniture]) -> Table | None:
    """The table of these lines; None where they have no columns, or a row does not fit them."""
    start = _body_start(lines)
    body = lines[start:]
    parts = [x.parts for x in body if x.parts]
    if _index_body(lines):
        parts = with_numbers(parts)
    columns = part_at_heads(find_columns(parts), parts, [x.parts for x in lines[:start] if x.parts])
    columns = with_empty_labels(columns, [x.parts for x in lines[:start] if x.parts])
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
    kept = [x for x in lines if x.parts]
    for x in kept:
        number, text = x.line.number, x.line.text
        if x.drawn:
            drawn = [part.text[a:b] for part in parts_of(text) for a, b in _drawn(part)]
            furniture += [Furniture("rule", rule, Range(number, number)) for rule in drawn]
        if "." in text and has_leaders(text):
            furniture += [Furniture("leader", dots, Range(number, number)) for dots in LEADERS.findall(text)]
    aligned = tuple([Column("right" if c.figures else "left") for c in columns])
    return Table(aligned, tuple(heads), tuple(made), ranges([x.line for x in kept]))


def _as_typed(lines: Sequence[TableLine]) -> Preformatted:
    out: list[str] = []
    kept = [x for x in lines if x.parts]
    for x in kept:
        out += [""] * (1 if x.blanks and out else 0)
        out.append(x.line.text)
    return Preformatted("\n".join(out), ranges([x.line for x in kept]))


def _centred_heads(lines: Sequence[TableLine]) -> int:
    """How many lines of a table of words are heads: those above the first blank line, where they are set in further, or
    those without a digit above as many parts with several numbers."""
    digits = next((i for i, x in enumerate(lines) if any(map(str.isdigit, x.line.text))), 0)
    if 0 < digits <= MOST_CENTRED and len(lines[digits].parts) == len(lines[digits - 1].parts) >= SEVERAL:
        numbers = [part for part in lines[digits].parts if any(map(str.isdigit, part.text)) and part.text[-1] != ")"]
        return digits if len(numbers) > 1 else 0
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
    if first is None or first < tagged:
        return tagged
    stub = min([x.stub for x in lines[first:] if x.stub >= 0])
    labels = tagged
    while labels and _is_label(lines[labels - 1], stub) and not lines[labels].blanks:
        labels -= 1
    if labels < tagged - 1 and any(len(x.parts) > 1 for x in lines[:labels]):
        return labels  # they stand above the tags, but below the heads
    if first == tagged:
        return tagged
    top = lines[tagged]
    if not top.parts or (top.parts[0].start < stub - NEAR_STUB and len(top.parts) < SEVERAL):
        return tagged
    if _are_heads(lines, tagged, first):
        return first
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


def _is_label(x: TableLine, stub: int) -> bool:
    """Is a line no more than a label, left of the figures?"""
    return len(x.parts) == 1 and x.parts[0].end < stub and x.parts[0].text[0].isalpha()


def _are_heads(lines: Sequence[TableLine], tagged: int, first: int) -> bool:
    """Do lines below the tags, in several parts or over the columns, stand apart from rows that nearly all have
    amounts?"""
    if first - tagged > MOST_UNDER_TAG or not (lines[first].blanks or lines[first - 1].rule):
        return False
    rows = [x for x in lines[first:] if len(x.parts) > 1]
    margin = min([x.parts[0].start for x in rows], default=0)
    above = [x for x in lines[tagged:first] if x.parts]
    if not above or any(len(x.parts) < SEVERAL and x.parts[0].start <= margin + 2 for x in above):
        return False
    return sum([x.amounts > 0 for x in rows]) > FIGURED * len(rows)


def _index_body(lines: Sequence[TableLine]) -> int:
    """Where the entries of an index begin, behind its heads; 0 if these lines are none."""
    head = next((i for i, x in enumerate(lines[:MOST_CENTRED]) if is_head([part.text for part in x.parts])), None)
    return 0 if head is None else heads_end([x.line for x in lines], [x.blanks for x in lines], head)


def _body_start(lines: Sequence[TableLine]) -> int:
    """The index of the first line of the body: behind the <S> line, or behind the last line of heads."""
    tagged = next((i for i, x in enumerate(lines) if "<S>" in x.tags or "<C>" in x.tags), None)
    first = next((i for i, x in enumerate(lines) if x.amounts), None)
    if index := _index_body(lines):
        return index
    if tagged is not None:
        return _below_tag(lines, tagged, first)
    if first is None:
        last = max([i for i, x in enumerate(lines) if x.parts])
        top = TOP if last < A_FEW else min(TOP, last)  # more lines above their last rule are more than heads
        ruled = next((i for i, x in enumerate(lines[:top]) if x.rule and i), None)
        return ruled + 1 if ruled is not None else _centred_heads(lines)
    stub = min([x.stub for x in lines[first:] if x.stub >= 0])
    body = 0
    for i, x in enumerate(lines[:first]):
        if len(x.parts) > 1 and is_entry(x, stub):
            break
        if x.rule:
            body = i + 1 if x.line.indent + 2 >= stub or len(x.line.text) > stub else body
        elif len(x.parts) > 1 or x.parts[0].start >= stub - NEAR_STUB:
            body = i + 1
    return body
