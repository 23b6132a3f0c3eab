"""Running text -> regions: runs of lines that are tables, and runs of lines that are text.

Each line is weighed for itself: figures in columns and gaps that line up with those of its neighbours speak for a
table; a full line of words speaks for text, and so does a line that was stretched to the right edge, however many gaps
it has. The runs are then chosen so that the whole is best (Viterbi, two states): a change costs much between lines that
stand together, less at a blank line, next to nothing at a <TABLE> tag. So no single line decides, and a wrapped label
stays in its table [after Hu, Kashi, Lopresti and Wilfong 2000: the merit of the whole run, no threshold a line].

Tags are a hint only: there are tables without, and layout with them. Tags and blank lines do not appear in regions.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from msgspec import Struct

from .justified import STRETCHED, is_spread, runs_on, spread, text_column
from .leaders import without_leaders
from .lines import BLANK, RULE, TAG, TEXT, Line, ends_sentence
from .markers import MARKER

# ---- segments of a line

_SEGMENT: Final = re.compile(r"\S++(?: \S++)*+")
FIGURE: Final = re.compile(
    r"[$(<+-]{0,3}\s?[$(]?\s?\.?\d[\d,./]*(?: \d+/\d+)?\)?\s?%?\)?(?:\s?\(\w{1,2}\)|\*{1,3})?"
    r"|[-–—]{1,3}|[$%]|N/?[AM]|-0-",
    re.IGNORECASE,
)
_DATE_HEAD: Final = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d{1,2},?(?: \d{4})?\*?"
)
# A figure between gaps, in ASCII: what FIGURE or _DATE_HEAD match there, without reaching over a gap.
_FIGURE_PART: Final = re.compile(
    r"  (?=[$(<+\-.\d%NnJFMASOD])((?:-{1,3}|[$%])(?=  |\Z)"
    rf"|(?![$(<+-]{{1,3}}  )(?:(?i:{FIGURE.pattern})|{_DATE_HEAD.pattern})(?=  |\Z))"
)
# `.....12`, `. . . . F-3`: an entry of a contents page.
_PAGE_AFTER_LEADERS: Final = re.compile(
    r"(?:\.{4}|(?:\. ){3}\.?|(?: \.){3})\s{0,40}((?:[A-Z]{1,4}-)?\d{1,3}(?:-\d{1,3}){0,2}|[ivxl]{1,6})$"
)
_NOTE_MARK: Final = re.compile(r"(?:\*{1,3}|\(\d{1,2}\)|\{\d\}|\([a-z]\))\s*\S")

# ---- weights, chosen on the 48 annotated excerpts: positive speaks for a table

FIGURES: Final = 2.5
LAST_FIGURE: Final = 1.5
ONE_FIGURE: Final = 0.6
LONE_FIGURE: Final = 0.5
ALIGNED: Final = 1.1
WRAPPED_CELL: Final = 0.6
HEAD: Final = 0.1
OVER: Final = 0.6
GAP: Final = 0.1
NARROW: Final = -0.1
LABEL: Final = -0.4
SENTENCE: Final = -1.5
PROSE: Final = -2.0
TITLE: Final = -4.0
RULED: Final = 0.3
TAGGED: Final = 0.5
AFTER_STUB_TAG: Final = 0.4
# costs of a change
WITHIN: Final = 2.2
AT_RULE: Final = 1.4
AT_NOTE: Final = 1.2
AT_BLANK: Final = 0.9
AT_BREAK: Final = 0.6
AT_TAG: Final = 0.1
# A line of so many words is prose; so is one of fewer that reaches this share of the width.
PROSE_WORDS: Final = 9
PROSE_SHARE: Final = 0.62
FEW_WORDS: Final = 6
# Lines that begin further right than this share of the width may be heads of columns.
HEAD_SHARE: Final = 0.45
# So many lines of a document tell its right edge.
ENOUGH_LINES: Final = 3000
# A line that was stretched begins near the margin, or ends near the right edge.
AT_MARGIN: Final = 10
AT_EDGE: Final = 4
# No marker of an item is longer.
LONGEST_MARKER: Final = 16
# How far, in lines, a row speaks for those below it.
NEAR: Final = 4
NEAR_STUB: Final = 14
# Heads stand so few lines above the first row of figures, and begin no further left of the first figure.
NEAR_HEADS: Final = 8
OVER_STUB: Final = 8
# Labels are set in less than this, figures more.
MOST_INDENT: Final = 25
# Blank lines above a line are counted up to so many; a page break counts for one more.
MANY_BLANKS: Final = 8
NEW_PAGE: Final = 9
# Two lines stretched alike are prose where this share of their words begins with a letter, and they begin no further
# right than this.
WORDY: Final = 0.75
LEFT: Final = 24
# Stretched text does not begin further right than this share of the width.
STRETCHED_INDENT: Final = 0.3
_WIDE: Final = " " * (STRETCHED + 1)

Span: TypeAlias = tuple[int, int]


class Region(Struct):
    """Lines that are read together, blank ones left out.

    `blanks` holds, for each line, how many blank lines stand above it (`NEW_PAGE`: a page break).
    """

    table: bool
    lines: list[Line]
    blanks: list[int]
    tags: dict[int, str]


class _Weighed(Struct):
    """The lines that hold anything, what speaks for each, and what a change of state costs right before it.

    What few lines have is kept by the line's place: `parts`, where gaps part it into two or more; `stubs`, where the
    first figure of such a line begins; `tags`, the tags above it. `loose` are the places of the lines whose weight may
    depend on their neighbours: those with parts, and those that neither words nor figures settle.
    """

    lines: list[Line]
    weights: list[float]
    costs: list[float]
    blanks: list[int]
    parts: dict[int, list[Span]]
    stubs: dict[int, int]
    tags: dict[int, str]
    loose: list[int]


def segments(text: str) -> list[Span]:
    """The parts of a line between gaps of two and more blanks, leaders counted as blanks: (start, end) columns."""
    return [m.span() for m in _SEGMENT.finditer(without_leaders(text))]


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
    runs = _without_filled(_best(weighed.weights, weighed.costs), weighed)
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


def _without_filled(runs: Sequence[tuple[int, bool]], weighed: _Weighed) -> list[tuple[int, bool]]:
    """The runs, but a figure that ends a sentence of the text above is text: a form was filled in."""
    lines, blanks = weighed.lines, weighed.blanks
    out: list[tuple[int, bool]] = []
    for (start, table), (end, _) in pairwise([*runs, (len(lines), False)]):
        own = [i for i in range(start, min(end, start + 3)) if lines[i].kind == TEXT] if table else []
        filled = (
            len(own) == 1
            and end - start < 3
            and start > 0
            and not blanks[start]
            and lines[start - 1].kind == TEXT
            and not ends_sentence(lines[start - 1].text)
            and lines[start].kind == TEXT
            and weighed.weights[start] <= LAST_FIGURE + TAGGED
            and not lines[start].text[lines[start].indent].isupper()
        )
        if not out or out[-1][1] is not (table and not filled):
            out.append((start, table and not filled))
    return out


def _best(weights: Sequence[float], costs: Sequence[float]) -> list[tuple[int, bool]]:
    """The runs whose weights less the costs of changing are greatest: where each begins, and whether it is a table.

    `text` and `table` are the best sums of all ways that end in that state. Where one is ahead of the other by more
    than a change costs, both ways come through it: all lines up to there are decided, and no way back need be kept.
    """
    runs: list[tuple[int, bool]] = []
    text, table = 0.0, -1.0
    state: bool | None = None
    since = 0  # the first line that is not decided yet
    for i, (weight, cost) in enumerate(zip(weights, costs, strict=True)):
        if table < text - cost:
            table = text - cost
            if state is not False and i:
                state = False
                runs.append((since, state))
            since = i
        elif table - cost > text:
            text = table - cost
            if not state:
                state = True
                runs.append((since, state))
            since = i
        text -= weight
        table += weight
    if weights and state is not (table > text):
        runs.append((since, table > text))
    return runs


# ---------------------------------------------------------------- weights


def _weigh(lines: Sequence[Line], edge: int) -> _Weighed:  # noqa: PLR0915  # one tight loop: calls cost more than work
    """Weigh each line for itself and by the tags it stands between: the inner loop.

    A blank line only counts up, a line of prose is known by its words; the rest may cost more.
    """
    own: list[Line] = []
    weights: list[float] = []
    costs: list[float] = []
    above: list[int] = []
    weighed = _Weighed(own, weights, costs, above, {}, {}, {}, [])
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
                weight = (PROSE if words >= PROSE_WORDS else _one_part(text, indent, words, edge)) + bonus
                if title:
                    weight = TITLE
                elif PROSE < weight <= 0:
                    loose.append(n)
            else:
                weight, parts, stub = _many_parts(text, indent, edge, dotted=dotted)
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


def _weigh_by_neighbours(weighed: _Weighed, edge: int) -> None:
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
    far = HEAD_SHARE * edge
    last = len(lines) - 1
    below, stub = last + NEAR_HEADS, 0  # the next line with figures, and where the first of them begins
    for i in reversed(weighed.loose):
        label = weights[i] == LABEL
        if i in weighed.stubs:
            below, stub = (i, weighed.stubs[i]) if weights[i] >= LAST_FIGURE else (last + NEAR_HEADS, 0)
            if MOST_INDENT <= lines[i].indent < stub:
                stub = lines[i].indent
        elif below - i <= NEAR_HEADS and stub >= MOST_INDENT and blanks[i + 1] <= 1:
            if lines[i].indent >= stub - OVER_STUB and (label or weights[i] == GAP):
                weights[i] = OVER
            elif label and not blanks[i + 1] and len(lines[i].text) < stub and lines[i].indent < MOST_INDENT:
                weights[i] = NARROW
            else:
                below = last + NEAR_HEADS
        elif label and lines[i].indent >= far and i < last and blanks[i + 1] <= 1 and weights[i + 1] > 0:
            weights[i] = HEAD


def _weigh_stretched(weighed: _Weighed) -> None:
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


def _is_stretched(weighed: _Weighed, i: int, upper: int) -> bool:
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


def _in_cell(weighed: _Weighed, i: int) -> bool:
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


def _align(weighed: _Weighed, row: int, i: int) -> None:
    """Weigh gaps that line up with those of the row before, for both rows."""
    weights, stubs = weighed.weights, weighed.stubs
    doubtful = [r for r in (row, i) if r not in stubs and weights[r] < ALIGNED]
    if doubtful and not _edges(_parts(weighed, row)).isdisjoint(_edges(_parts(weighed, i))):
        for r in doubtful:
            weights[r] += ALIGNED


def _parts(weighed: _Weighed, row: int) -> list[Span]:
    parts = weighed.parts[row]
    if not parts:
        parts = weighed.parts[row] = segments(weighed.lines[row].text)
    return parts


def _under_row(weighed: _Weighed, row: int, i: int) -> None:
    """Weigh a line without gaps by the row above: it may go on with one of its cells, or be a label."""
    line = weighed.lines[i]
    if i - row <= NEAR and not weighed.blanks[i] and line.indent >= 12:
        above = _parts(weighed, row)
        if line.indent in [a for a, _ in above[1:]]:
            weighed.weights[i], weighed.parts[i] = WRAPPED_CELL, above
            return
    if len(line.text) < weighed.stubs.get(row, 0) and weighed.weights[i] >= LABEL:
        weighed.weights[i] = NARROW


def _many_parts(
    text: str, indent: int, edge: int, *, dotted: bool, marked: bool = False
) -> tuple[float, list[Span], int]:
    """Weigh a line with gaps or leaders for itself: its weight, its parts, and where its first figure begins.

    `indent` is where its text begins, behind the marker where it is `marked`.

    A line with neither parts nor a figure is no row. Where figures settle it, the parts are left for `_parts` to find.
    """
    dotted = dotted or " . " in text
    ascii_only = text.isascii()  # then what is blank is a blank
    if ascii_only and not dotted and text.find("   ", indent) < 0:
        # Two blanks after a full stop, or a line stretched a little: counting is enough.
        doubles = text.count("  ", indent)
        words = text.count(" ", indent) - doubles + 1
        if words >= PROSE_WORDS and (marked or indent <= STRETCHED_INDENT * edge):
            figures = doubles  # at most so many, or so many as begin like one
            if words < 2 * figures + 3:
                figures = len([part for part in text[indent:].split("  ")[1:] if part[0] in _FIGURE_STARTS])
            if words >= 2 * figures + 3:
                return PROSE, _NO_PARTS, 0
    if dotted and (page := _PAGE_AFTER_LEADERS.search(text, indent)):
        return LAST_FIGURE, _NO_PARTS, page.start(1)
    gap = text.find("  ", indent)
    if 0 < gap - indent <= LONGEST_MARKER and MARKER.fullmatch(text, indent, gap):
        start = len(text) - len(text[gap:].lstrip())
        if not dotted and text.find("  ", start) < 0:
            return (PROSE if text.count(" ", start) >= FEW_WORDS else LABEL), _NO_PARTS, 0
        weight, _, _ = _many_parts(text, start, edge, dotted=dotted, marked=True)
        if weight <= SENTENCE:
            return PROSE, _NO_PARTS, 0
    plain, begin = text, indent
    if dotted:
        plain = without_leaders(text).rstrip()
        begin = max(begin, len(plain) - len(plain.lstrip()))
    if ascii_only and plain.find(_WIDE, begin) >= 0:
        return _far_parts(text, plain, begin)
    parts = [m.span() for m in _SEGMENT.finditer(plain, begin)]
    if len(parts) < 2:
        led = not parts or parts[0][1] < len(text) - 2
        return 0.8 if led else LABEL, _NO_PARTS, 0
    return _close_parts(text, parts, indent, edge, marked=marked)


def _far_parts(text: str, plain: str, indent: int) -> tuple[float, list[Span], int]:
    """Weigh a line with a gap too wide for text: two figures settle it. `plain` is the text less leaders, in ASCII."""
    first = _FIGURE_PART.search(plain, plain.find("  ", indent))
    if first:
        figure = first.start(1)
        end = plain.find("  ", figure)
        if end >= 0 and _FIGURE_PART.search(plain, end):
            return FIGURES, _NO_PARTS, figure
        if end >= 0 or not _DATE_HEAD.fullmatch(plain, figure):  # a date alone says no more than words do
            return LAST_FIGURE if end < 0 and plain[figure - 3] == " " else ONE_FIGURE, _NO_PARTS, figure
    parts = [m.span() for m in _SEGMENT.finditer(plain)]
    if len(parts) == 2 and MARKER.fullmatch(plain, *parts[0]):
        return PROSE if len(text.split()) >= PROSE_WORDS else LABEL, _NO_PARTS, 0
    return GAP, parts, 0


def _close_parts(
    text: str, parts: list[Span], indent: int, edge: int, *, marked: bool
) -> tuple[float, list[Span], int]:
    """Weigh a line in several parts that may have been stretched."""
    gaps = [b - a for (_, a), (b, _) in pairwise(parts)]
    widest = max(gaps)
    if len(gaps) > 1 and gaps[-1] > 2 < gaps[-2] and all(text[b - 1] not in ".," for _, b in parts[-2:]):  # noqa: SIM102
        if _is_figure(text, *parts[-1]) and _is_figure(text, *parts[-2]):
            return FIGURES, parts, parts[-2][0]  # text is not stretched around two figures
    maybe = [part for part in parts[1:] if text[part[0]] in _FIGURE_STARTS]
    close = (
        widest <= STRETCHED
        and (indent <= AT_MARGIN or len(text) >= edge - AT_EDGE)
        and (marked or indent <= STRETCHED_INDENT * edge)
    )
    words = len(text[indent:].split())
    if close and words >= max(FEW_WORDS, 2 * len(maybe) + 3) and _stretched(text, parts, words, widest):
        return PROSE, _NO_PARTS, 0
    figures = [a for a, b in maybe if _is_figure(text, a, b)]
    if widest == 2 and not figures:  # 58 of 100 justified lines have such a gap, and hardly a table of words
        return PROSE if words >= FEW_WORDS else LABEL, _NO_PARTS, 0
    if close and words >= 2 * len(figures) + 3:
        stretched = _stretched(text, parts, words, widest)
        if stretched or (widest == 2 and len(gaps) == words - 1 and not figures):
            return PROSE if words >= FEW_WORDS else LABEL, _NO_PARTS, 0
    if len(figures) >= 2:
        if words == 3 and widest == 2 and _DATE_HEAD.fullmatch(" ".join(text.split())):
            return LABEL, _NO_PARTS, 0  # `February  14,  2002`
        return FIGURES, parts, figures[0]
    if figures:
        last = gaps[-1] >= 3 and figures[0] == parts[-1][0]
        return LAST_FIGURE if last else ONE_FIGURE, parts, figures[0]
    if len(parts) == 2 and MARKER.fullmatch(text, *parts[0]):
        return PROSE if words >= PROSE_WORDS else LABEL, _NO_PARTS, 0
    return GAP if widest >= 3 else LABEL, parts, 0


_NO_PARTS: Final[list[Span]] = []
_FIGURE_STARTS: Final = frozenset("$(<+-–—.0123456789%NnJFMASOD")


def _is_figure(text: str, a: int, b: int) -> bool:
    return FIGURE.fullmatch(text, a, b) is not None or _DATE_HEAD.fullmatch(text, a, b) is not None


def _edges(parts: Sequence[Span]) -> set[int]:
    """Where the parts but the first begin, end, and have their middle: three numbers a column, told apart modulo 4."""
    edges: set[int] = set()
    for a, b in parts[1:]:
        edges.update((a * 4, b * 4 + 1, (a + b) // 2 * 4 + 2))
    return edges


def _one_part(text: str, indent: int, words: int, edge: int) -> float:
    if words >= FEW_WORDS and len(text) - indent >= PROSE_SHARE * edge:
        return PROSE
    if words <= 2 and indent >= 15 and text[-1] in "0123456789)%" and FIGURE.fullmatch(text, indent):
        return LONE_FIGURE
    if words >= 4 and text[-1] == "." and not text[indent].islower():
        return SENTENCE
    return LABEL


def _stretched(text: str, parts: Sequence[Span], words: int, widest: int) -> bool:
    """Was the line stretched to the right edge, or are its gaps those that follow a full stop?"""
    if widest <= 2:
        return words >= PROSE_WORDS or all(text[b - 1] in ".:;?!,)\"'" for _, b in parts[:-1])
    if words < FEW_WORDS:
        return False
    return text.count(" ", parts[0][0]) >= spread(words - 1, widest)
