"""Running text -> regions: runs of lines that are tables, and runs of lines that are text.

Each line is weighed for itself (`weights`) and by its neighbours: gaps that line up with theirs speak for a table, and
so do tags and rules. The runs are then chosen so that the whole is best (Viterbi, two states): a change costs much
between lines that stand together, less at a blank line, next to nothing at a <TABLE> tag. So no single line decides,
and a wrapped label stays in its table [after Hu, Kashi, Lopresti and Wilfong 2000: the merit of the whole run, no
threshold a line].

Tags are a hint only: there are tables without, and layout with them. Tags and blank lines do not appear in regions.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

from .indexes import indexes
from .justified import is_spread, runs_on, text_column
from .lines import BLANK, NEW_PAGE, RULE, TAG, TEXT, Line, ends_sentence
from .runs import Weighed, runs_of
from .weights import GAP, LABEL, LAST_FIGURE, PROSE, PROSE_WORDS, SENTENCE, Span, many_parts, one_part, segments

_NOTE_MARK: Final = re.compile(r"(?:\*{1,3}|\(\d{1,2}\)|\{\d\}|\([a-z]\))\s*\S")

# What neighbours and tags say for a table, chosen like the weights of a line on the 48 annotated excerpts.
ALIGNED: Final = 1.1
WRAPPED_CELL: Final = 0.6
OVER: Final = 0.6
HEAD: Final = 0.1
NARROW: Final = -0.1
TITLE: Final = -4.0
RULED: Final = 0.3
INDEXED: Final = 2.0
TAGGED: Final = 0.5
AFTER_STUB_TAG: Final = 0.4
# What a change costs.
WITHIN: Final = 2.2
AT_RULE: Final = 1.4
AT_NOTE: Final = 1.2
AT_BLANK: Final = 0.9
AT_BREAK: Final = 0.6
AT_TAG: Final = 0.1
# So many lines of a document tell its right edge.
ENOUGH_LINES: Final = 3000
# Lines that begin further right than this share of the width may be heads of columns.
HEAD_SHARE: Final = 0.45
# How far, in lines, a row speaks for those below it.
NEAR: Final = 4
NEAR_STUB: Final = 14
# Heads stand so few lines above the first row of figures, and begin no further left of the first figure.
NEAR_HEADS: Final = 8
OVER_STUB: Final = 8
# Labels are set in less than this, figures more.
MOST_INDENT: Final = 25
# What goes on with a cell is set in at least so far.
CELL_INDENT: Final = 12
# Blank lines above a line are counted up to so many; a page break counts for one more.
MANY_BLANKS: Final = NEW_PAGE - 1
# Two lines stretched alike are prose where this share of their words begins with a letter, and they begin no further
# right than this.
WORDY: Final = 0.75
LEFT: Final = 24


class Region(Struct):
    """Lines that are read together, blank ones left out.

    `blanks` holds, for each line, how many blank lines stand above it (`NEW_PAGE`: a page break).
    """

    table: bool
    lines: list[Line]
    blanks: list[int]
    tags: dict[int, str]


def right_edge(lines: Sequence[Line]) -> int:
    """The column that full lines reach: nine in ten lines that are followed by another end at or before it."""
    step = 1 + len(lines) // ENOUGH_LINES
    ends = sorted(
        [len(a.text) for a, b in zip(lines[::step], lines[1::step], strict=False) if a.kind == TEXT and b.kind == TEXT]
    )
    return min(100, max(50, ends[len(ends) * 9 // 10])) if ends else 75


def part_regions(lines: Sequence[Line], edge: int) -> list[Region]:
    """Part the running text into tables and text. `edge` is the column that full lines reach."""
    weighed = _weigh(lines, edge)
    _weigh_by_neighbours(weighed, edge)
    own, blanks = weighed.lines, weighed.blanks
    for first, last in indexes(own, blanks):
        weighed.weights[first:last] = [INDEXED] * (last - first)
    runs = runs_of(weighed)
    starts = [start for start, _ in runs]
    regions = [
        Region(table, own[start:end], blanks[start:end], {})
        for (_, table), (start, end) in zip(runs, pairwise([*starts, len(own)]), strict=True)
    ]
    for i, tag in weighed.tags.items():
        if not tag:
            continue  # a broken tag says nothing
        n = bisect_right(starts, i) - 1
        regions[n].tags[i - starts[n]] = tag
    return regions


# ---------------------------------------------------------------- weights


def _weigh(lines: Sequence[Line], edge: int) -> Weighed:  # noqa: PLR0915  # one tight loop: calls cost more than work
    """Weigh each line for itself and by the tags it stands between: the inner loop.

    A blank line only counts up, a line of prose is known by its words; the rest may cost more.
    """
    own: list[Line] = []
    weights: list[float] = []
    costs: list[float] = []
    above: list[int] = []
    weighed = Weighed(own, weights, costs, above, {}, {}, {}, [])
    loose = weighed.loose
    bonus, title = 0.0, False  # between <TABLE> and </TABLE>; between <TABLE> and <CAPTION>
    blanks, tag, before, n = 0, "", TEXT, 0
    for line in lines:
        kind = line.kind
        if kind == BLANK:
            if blanks < MANY_BLANKS:
                blanks += 1
            continue
        if kind == TEXT:
            text, indent = line.text, line.indent
            dotted = ".." in text or ". ." in text
            if not dotted and ("  " not in text or text.find("  ", indent) < 0):
                # Most lines are in one part, and most of these are settled by the number of their words.
                words = text.count(" ", indent) + 1
                weight = (PROSE if words >= PROSE_WORDS else one_part(text, indent, words, edge)) + bonus
                if title:
                    weight = TITLE
                elif PROSE < weight <= 0:
                    loose.append(n)
            else:
                weight, parts, stub = many_parts(text, indent, edge, dotted=dotted)
                weight += bonus
                if stub:
                    weighed.stubs[n] = stub
                    if dotted and n and not blanks and weights[-1] <= PROSE + bonus and before == TEXT:
                        weights[-1] = LABEL  # an entry that goes on to its leaders
                elif title:
                    weight = TITLE  # without a caption, the table itself stands here
                if parts or stub:
                    weighed.parts[n] = parts
                    loose.append(n)
                elif PROSE < weight <= 0:
                    loose.append(n)
        elif kind == RULE:
            weight = RULED + bonus
        elif kind == TAG:
            tag += " " + line.text
            bonus, title = _inside(line.text, bonus, title)
            continue
        else:
            blanks = NEW_PAGE
            continue
        if tag and "TABLE" in tag:
            cost = AT_TAG
        elif blanks:
            cost = AT_BREAK if blanks == NEW_PAGE else AT_BLANK
        elif kind == RULE or before == RULE:  # noqa: PLR1714  # no tuple for each line
            cost = AT_RULE
        else:
            cost = AT_NOTE if text[indent] in "*({" and _NOTE_MARK.match(text, indent) else WITHIN
        if tag:
            weighed.tags[n] = tag.strip()
            tag = ""
        own.append(line)
        weights.append(weight)
        costs.append(cost)
        above.append(blanks)
        blanks, before = 0, kind
        n += 1
    return weighed


def _inside(tag: str, bonus: float, title: bool) -> tuple[float, bool]:
    """What being inside a table says for a line behind this tag, and whether a title is to be looked for there."""
    if "/TABLE" in tag:
        bonus, title = 0.0, False
    elif "<TABLE>" in tag:
        bonus, title = TAGGED, "<S>" not in tag
    if "<CAPTION>" in tag:
        title = False
    if bonus and ("<S>" in tag or "<C>" in tag):
        bonus, title = TAGGED + AFTER_STUB_TAG, False
    return bonus, title


def _weigh_by_neighbours(weighed: Weighed, edge: int) -> None:
    """Weigh the loose lines by those above and below."""
    _weigh_stretched(weighed)
    lines, weights, blanks = weighed.lines, weighed.weights, weighed.blanks
    row = -1 - NEAR_STUB  # where the last row stands
    for i in weighed.loose:
        if i in weighed.parts:
            if i - row <= NEAR:
                _align(weighed, row, i)
            row = i
        elif i and not blanks[i] and weights[i - 1] <= SENTENCE and not ends_sentence(lines[i - 1].text):
            weights[i] = min(weights[i], SENTENCE)  # the last line of a paragraph
        elif i - row <= NEAR_STUB and weights[row] > 0 and lines[i - 1].kind != RULE:
            _under_row(weighed, row, i)
            row = i if i in weighed.parts else row
    _weigh_heads(weighed, edge)


def _weigh_heads(weighed: Weighed, edge: int) -> None:
    """Weigh heads and labels by the figures below them."""
    lines, weights, blanks = weighed.lines, weighed.weights, weighed.blanks
    far = HEAD_SHARE * edge
    last = len(lines) - 1
    nowhere = last + NEAR_HEADS, 0
    below, stub = nowhere  # the next line with figures, and where the first of them begins
    for i in reversed(weighed.loose):
        label = weights[i] == LABEL
        if i in weighed.stubs:
            below, stub = (i, weighed.stubs[i]) if weights[i] >= LAST_FIGURE else nowhere
            if MOST_INDENT <= lines[i].indent < stub:
                stub = lines[i].indent
        elif below - i <= NEAR_HEADS and stub >= MOST_INDENT and blanks[i + 1] <= 1:
            if lines[i].indent >= stub - OVER_STUB and (label or weights[i] == GAP):
                weights[i] = OVER
            elif label and not blanks[i + 1] and len(lines[i].text) < stub and lines[i].indent < MOST_INDENT:
                weights[i] = NARROW
            else:
                below, stub = nowhere
        elif label and lines[i].indent >= far and i < last and blanks[i + 1] <= 1 and weights[i + 1] > 0:
            weights[i] = HEAD


def _weigh_stretched(weighed: Weighed) -> None:
    """Weigh lines with gaps as prose where they end where prose beside them ends, their blanks spread over words."""
    weights = weighed.weights
    rows = list(weighed.parts)
    settled: set[int] = set()
    for i in rows:
        if i and weights[i - 1] < 0 and _is_stretched(weighed, i, i - 1):
            weights[i] = PROSE
            settled.add(i)
        elif i - 1 in weighed.parts and _is_stretched(weighed, i, i - 1) and _begin_prose(weighed.lines, i - 1):
            weights[i - 1] = weights[i] = PROSE
            settled.update((i - 1, i))
    for i in reversed(rows):
        if i + 1 < len(weights) and weights[i + 1] <= PROSE and i not in settled and _is_stretched(weighed, i, i):
            weights[i] = PROSE
            settled.add(i)
    for i in settled:
        del weighed.parts[i]
        weighed.stubs.pop(i, None)
    if settled:
        weighed.loose = [i for i in weighed.loose if i not in settled]


def _is_stretched(weighed: Weighed, i: int, upper: int) -> bool:
    """Was a line stretched as the one beside it? `upper` is that of the two which stands above the other."""
    lines = weighed.lines
    together = not weighed.blanks[upper + 1] and runs_on(lines[upper], lines[upper + 1])
    return together and is_spread(lines[i]) and not _in_cell(weighed, i)


def _begin_prose(lines: Sequence[Line], i: int) -> bool:
    """Are two lines stretched alike the first of a paragraph or item: words at the margin, or behind a marker?"""
    line, below = lines[i], lines[i + 1]
    words = [*line.text.split(), *below.text.split()]
    if sum([1 for word in words if word[0].isalpha()]) < WORDY * len(words) or not is_spread(line):
        return False
    return line.indent <= LEFT or text_column(line) > line.indent


def _in_cell(weighed: Weighed, i: int) -> bool:
    """Does a line stand below the last cell of a row that is not far above?"""
    indent = weighed.lines[i].indent
    for row in range(i, max(0, i - NEAR_STUB), -1):
        if weighed.blanks[row]:
            return False
        above = weighed.lines[row - 1]
        if above.indent < indent and above.text[indent - 2 : indent] == "  " and above.text[indent : indent + 1] > " ":
            label = above.text[:indent].split()
            return len(label) > 1 or label[0].isalpha()  # one with figures is the marker of an item
    return False


def _align(weighed: Weighed, row: int, i: int) -> None:
    """Weigh gaps that line up with those of the row before, for both rows."""
    weights, stubs = weighed.weights, weighed.stubs
    doubtful = [r for r in (row, i) if r not in stubs and weights[r] < ALIGNED]
    if doubtful and not _edges(_parts(weighed, row)).isdisjoint(_edges(_parts(weighed, i))):
        for r in doubtful:
            weights[r] += ALIGNED


def _parts(weighed: Weighed, row: int) -> list[Span]:
    parts = weighed.parts[row]
    if not parts:
        parts = weighed.parts[row] = segments(weighed.lines[row].text)
    return parts


def _under_row(weighed: Weighed, row: int, i: int) -> None:
    """Weigh a line without gaps by the row above: it may go on with one of its cells, or be a label."""
    line = weighed.lines[i]
    if i - row <= NEAR and not weighed.blanks[i] and line.indent >= CELL_INDENT:
        above = _parts(weighed, row)
        if line.indent in [a for a, _ in above[1:]]:
            weighed.weights[i], weighed.parts[i] = WRAPPED_CELL, above
            return
    if len(line.text) < weighed.stubs.get(row, 0) and weighed.weights[i] >= LABEL:
        weighed.weights[i] = NARROW


def _edges(parts: Sequence[Span]) -> set[int]:
    """Where the parts but the first begin, end, and have their middle: three numbers a column, told apart modulo 4."""
    edges: set[int] = set()
    for a, b in parts[1:]:
        edges.update((a * 4, b * 4 + 1, (a + b) // 2 * 4 + 2))
    return edges
