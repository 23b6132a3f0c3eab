"""Lines of a table region -> blocks: where each table begins and ends.

Stacked tables are parted where new heads begin; titles above the heads and notes below the rows are given back to the
text. What stands between the first and the last line of a table is the business of `tables`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from ..model import Furniture, Range
from ..references import BEHIND_FIGURE
from .amounts import Part
from .dates import YEAR, is_date
from .heads import MIDDLE
from .lines import NEW_PAGE, ends_sentence
from .markers import MARKER
from .rows import TableLine
from .runs import HANGING
from .units import connected

_NOTE: Final = re.compile(rf"(?:{BEHIND_FIGURE}|\+{{1,3}})\s*\S")
# The number of an exhibit, of a part, of an Item.
_ENTRY: Final = re.compile(r"\*{0,2}\s?\d{1,2}[.(]\w|(?:part|item)\s[\divx]{1,4}[a-z]?\.?(?!\w)", re.IGNORECASE)
_ITEM: Final = re.compile(r"item\s\d", re.IGNORECASE)
# A title over heads is so far from the middle of what they head.
BESIDE: Final = 20
# A line that begins so far left of the first figure, or right of it, stands over the figures.
NEAR_STUB: Final = 6
# A line of so many parts without a figure is one of heads.
SEVERAL: Final = 3
# Heads take up fewer lines than this.
MOST_HEADS: Final = 12
# Where a new table may begin, so many lines above are looked at; heads that stand there again, among the first so many.
ABOVE: Final = 20
AT_TOP: Final = 14
# So many rows with one figure each are a table of their own.
LISTED: Final = 3
# What begins further right than this share of the way to the figures may head them; so may what has a rule near them.
FAR: Final = 0.6
NEAR_RULE: Final = 8
# Capitals over the labels are a title where they are longer.
LONGEST_STUB_HEAD: Final = 12
# A rule as long as this goes over the whole table.
WIDE_RULE: Final = 70
# A line of so many words under a table is a note, not a label.
NOTE_WORDS: Final = 7
# What a signature was typed as.
SIGNED: Final = "/s/"
# What is asked on a cover stands fewer lines below where its answer begins.
LABELLED: Final = 6
# A sentence has so many.
SENTENCE_WORDS: Final = 3


class Block(Struct):
    """One table of a region."""

    front: Sequence[TableLine] = ()
    lines: Sequence[TableLine] = ()
    back: Sequence[TableLine] = ()


def blocks_of(lines: Sequence[TableLine], furniture: list[Furniture]) -> Iterator[Block]:
    """Part a region into its tables, each with the titles above and the notes below it."""
    start = 0
    before = lines[0]
    amounts = before.amounts > 0
    for i in range(1, len(lines)):
        x = lines[i]
        apart = x.blanks and (_is_signed(lines, start, i) or _is_filled_in(lines, start, i))
        if (
            apart
            or (x.tags and "<TABLE>" in x.tags)
            or (
                # A new table begins below a blank line or a rule, with a line of words.
                amounts
                and not x.amounts
                and not x.rule
                and (x.blanks or before.rule)
                and _begins(lines, start, i, furniture)
            )
        ):
            yield from _trimmed_each(lines[start:i])
            start, amounts = i, False
        amounts = amounts or x.amounts > 0
        before = x
    yield from _trimmed_each(lines[start:])


def _is_signed(lines: Sequence[TableLine], start: int, i: int) -> bool:
    """Do signatures end at a page break above line i, which is a title? What stands below is none of theirs."""
    if (
        lines[i].blanks != NEW_PAGE
        or len(lines[i].parts) != 1
        or not any(SIGNED in x.line.text for x in lines[start:i])
    ):
        return False
    return not any(SIGNED in x.line.text for x in lines[i : i + ABOVE])


def _is_filled_in(lines: Sequence[TableLine], start: int, i: int) -> bool:
    """Does a row of a form end above line i, where another begins?

    On a cover each answer stands over what was asked, in brackets: `Ohio    1-8765` over `(State)   (File Number)`.
    """
    first = i - 1
    while first > start and not lines[first].blanks and i - first < MOST_HEADS:
        first -= 1
    above = [x for x in lines[first:i] if not x.rule]
    if len(above) < 2 or not _asks(above[1]):
        return False
    below = lines[i + 1 : i + LABELLED]
    end = next((n for n, x in enumerate(below) if x.blanks), len(below))
    return any(map(_asks, below[:end]))


def _asks(x: TableLine) -> bool:
    """Does a line say what was to be filled in above it?"""
    return len(x.parts) > 1 and all(part.text[0] == "(" and part.text[1:2].isalpha() for part in x.parts)


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
    if len(group[0].parts) > 1 and is_entry(group[0], group[0].parts[-1].end):
        return False
    drawn = any(x.rule or x.tags for x in lines[i + 1 : i + len(group) + 1])  # heads, wherever they stand
    stub = -1 if drawn else min([x.stub for x in above if x.stub >= 0], default=0) - NEAR_STUB
    if not any(len(x.parts) > 1 and not _is_item(x) and _over(x, stub) and not _labelled_text(x, above) for x in group):
        return False
    return not (lines[i].blanks == NEW_PAGE and _same_heads(lines[start:i], group, furniture))


def is_entry(x: TableLine, stub: int) -> bool:
    """Does a line begin with the number of an exhibit or Item and go on with words? Then it is no head."""
    first, last = x.parts[0], x.parts[-1]
    return first.start < stub - NEAR_STUB and _ENTRY.match(first.text) is not None and " " in last.text.strip()


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


def _trimmed_each(lines: Sequence[TableLine]) -> Iterator[Block]:
    """The table of these lines; two, where rows with one figure each stand apart below rows that all have several."""
    figures = [n for n, x in enumerate(lines) if x.amounts]
    one = len(figures)
    while one and lines[figures[one - 1]].amounts == 1:
        one -= 1
    if 0 < one <= len(figures) - LISTED and all(lines[n].amounts > 1 for n in figures[:one]):
        between = range(figures[one - 1] + 1, figures[one] + 1)
        start = next((n for n in between if lines[n].parts and 0 < lines[n].blanks < NEW_PAGE), 0)
        if start:
            yield _trimmed(lines[:start])
            lines = lines[start:]
    yield _trimmed(lines)


def _trimmed(lines: Sequence[TableLine]) -> Block:
    """Give titles above the heads and notes below the rows back to the text."""
    count = len(lines)
    first = next((i for i in range(count) if len(lines[i].parts) > 1 and not _is_item(lines[i])), None)
    if first is None:
        return Block(front=lines)
    last = next(i for i in range(count - 1, -1, -1) if len(lines[i].parts) > 1 and not _is_item(lines[i]))
    words = not any(x.amounts for x in lines)
    top = 0
    while first + 1 < last:
        answered = words and _is_answer(lines, first)
        if not answered and not _is_title(lines, first):
            break
        top = first + 1 if answered else top
        first = next(i for i in range(first + 1, last + 1) if len(lines[i].parts) > 1 and not _is_item(lines[i]))
    start = top + _first_line(lines[top:], first - top)
    end = last + 1
    while end < count and not (lines[end].parts and _is_note(lines, end)):
        end += 1
    row = last
    while row > first and not lines[row].blanks:
        row -= 1
    cells = [part.start for x in lines[row : last + 1] for part in x.parts[1:]]
    while end < count and _goes_on(lines, end, cells):
        end += 1
    while end > last + 1 and lines[end - 1].rule and lines[end - 1].blanks:
        end -= 1
    return Block(lines[:start], lines[start:end], lines[end:])


def _is_title(lines: Sequence[TableLine], i: int) -> bool:
    """Is a line in several parts a title all the same: capitals, no amount, and blank lines below?"""
    x = lines[i]
    below = lines[i + 1]
    apart = below.blanks > 1 and len(below.parts) > 1
    ruled = below.rule and len(x.parts) == 2 and len(lines[i + 2].parts) > 1 and not lines[i + 2].amounts
    over_all = ruled and len(below.line.text) >= WIDE_RULE and " " not in below.line.text.strip()
    return not x.amounts and x.line.text.isupper() and (apart or over_all)


def _is_answer(lines: Sequence[TableLine], i: int) -> bool:
    """Is a line one of a form: words, and what was filled in behind them, with a rule under it and nothing else?"""
    x, rule, then = lines[i : i + 3] if i + 3 <= len(lines) else (lines[i],) * 3
    return len(x.parts) == 2 and rule.rule and rule.line.indent >= x.parts[0].end and then.blanks > 0


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


def _goes_on(lines: Sequence[TableLine], i: int, cells: Sequence[int]) -> bool:
    """Does line i go on with one of the last cells, which begin at `cells`, or say what they come to?"""
    x = lines[i]
    if x.blanks or (lines[i - 1].rule and lines[i - 1].blanks):
        return False
    return any(0 <= x.line.indent - cell <= HANGING for cell in cells)


def _first_line(lines: Sequence[TableLine], first: int) -> int:
    """The first line of the heads: what stands above it is a title."""
    if not first:
        return 0
    starts = sorted([x.stub for x in lines[first:] if x.amounts])
    edge = starts[len(starts) // 4] if starts else lines[first].parts[1].start
    margin = min([x.line.indent for x in lines[first:] if x.parts])
    tagged = False
    form = first + 1 < len(lines) and _asks(lines[first + 1])
    body = next((n for n in range(first + 1, min(len(lines), first + MOST_HEADS)) if lines[n].amounts), first + 1)
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
        heads = max([len(y.parts) for y in lines[start:body]]) if part is not None else 0
        whole = part is not None and (len(below.parts) == heads or _is_whole(x, below, margin))
        if part is not None and heads > SEVERAL and whole and _beside(part, edge, lines[first:]):
            break
        over = over or (form and not below.blanks) or (below.rule and below.line.indent >= edge - NEAR_RULE)
        if remark or not (over or (stub and not caps)):
            break
        start -= 1
    while start < first and lines[start].rule:
        start += 1
    return start


def _is_whole(x: TableLine, below: TableLine, margin: int) -> bool:
    """Is a line over heads one by itself: at the margin over a rule, or neither the first line of what is wrapped nor
    in the middle over one of them?"""
    part = x.parts[0]
    if len(x.parts) > 1 or connected(part.text) or x.line.text.strip() != part.text:
        return False
    if below.rule or len(below.parts) < 2:
        return below.rule and part.start <= margin + 2
    return all(abs(part.start + part.end - own.start - own.end) > 2 * MIDDLE for own in below.parts)


def _beside(part: Part, edge: int, rows: Sequence[TableLine]) -> bool:
    """Is a line in capitals over many heads too far from their middle to span them?"""
    right = max([x.parts[-1].end for x in rows if x.parts])
    return part.text.isupper() and " " in part.text and abs(part.start + part.end - edge - right) > 2 * BESIDE
