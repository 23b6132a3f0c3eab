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
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

from .lines import BLANK, BREAK, RULE, TAG, TEXT, Line, ends_sentence

# ---- segments of a line

_SEGMENT: Final = re.compile(r"\S+(?: \S+)*")
LEADERS: Final = re.compile(r"\.{3,}|(?:\. ){3,}\.?|(?<=[ .])\.\.(?= )|(?<= )\.(?=  )")
FIGURE: Final = re.compile(
    r"[$(<+-]{0,3}\s?[$(]?\s?\.?\d[\d,./]*(?: \d+/\d+)?\)?\s?%?\)?(?:\s?\(\w{1,2}\)|\*{1,3})?"
    r"|[-–—]{1,3}|[$%]|N/?[AM]|-0-",
    re.IGNORECASE,
)
_DATE_HEAD: Final = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d{1,2},?(?: \d{4})?\*?"
)
MARKER: Final = re.compile(
    r"(?:\(?(?:[a-zA-Z]|[ivxIVX]{1,5}|\d{1,3})\)|\d{1,3}\.(?:\d{1,3}\.?)*|[a-zA-Z]\.|[IVXivx]{1,5}\."
    r"|o|\*{1,3}|-{1,2}|•|>|\+{1,3}|\{\d\}|\[ ?[xX_]? ?\]|/ ?[xX]? ?/"
    r"|(?:Item|ITEM|Note|NOTE|Section|SECTION|Exhibit|EXHIBIT|Article|ARTICLE)\s\w[\w.()-]{0,8}:?)"
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
# How far, in lines, a row speaks for those below it.
NEAR: Final = 4
NEAR_STUB: Final = 14


class Region(Struct):
    """Lines that are read together, blank ones left out.

    `after_break` says that a page began between this region and the one before; `blanks` holds, for each line, how many
    blank lines stand above it (9: a page break).
    """

    table: bool
    lines: list[Line]
    blanks: list[int]
    tags: dict[int, str]
    after_break: bool = False


class _Weighed(Struct):
    """A line and what speaks for it. `edges` are the columns its parts begin, end and have their middle at; `stub` is
    where its first figure begins (0: it has none)."""

    line: Line
    weight: float
    edges: frozenset[int]
    stub: int
    cost: float = 0.0
    blanks: int = 0
    tag: str = ""


def segments(text: str) -> list[tuple[int, int]]:
    """The parts of a line between gaps of two and more blanks, leaders counted as blanks: (start, end) columns."""
    if ".." in text or ". ." in text or " . " in text:
        text = LEADERS.sub(lambda m: " " * len(m[0]), text)
    return [m.span() for m in _SEGMENT.finditer(text)]


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
    regions: list[Region] = []
    for w, table in zip(weighed, _best(weighed), strict=True):
        if not regions or regions[-1].table != table:
            regions.append(Region(table, [], [], {}, after_break=w.blanks == 9))
        region = regions[-1]
        if w.tag:
            region.tags[len(region.lines)] = w.tag
        region.lines.append(w.line)
        region.blanks.append(w.blanks)
    return regions


def _best(weighed: Sequence[_Weighed]) -> list[bool]:
    """The states, table or not, whose weights less the costs of changing are greatest."""
    text, table = 0.0, -1.0
    came: list[tuple[bool, bool]] = []
    for w in weighed:
        from_table = table - w.cost > text
        stay_table = table >= text - w.cost
        text, table = (
            (table - w.cost if from_table else text) - w.weight,
            (table if stay_table else text - w.cost) + w.weight,
        )
        came.append((from_table, stay_table))
    states: list[bool] = []
    state = table > text
    for from_table, stay_table in reversed(came):
        states.append(state)
        state = stay_table if state else from_table
    return states[::-1]


# ---------------------------------------------------------------- weights


def _weigh(lines: Sequence[Line], edge: int) -> list[_Weighed]:
    weighed = list(_with_tags(lines, edge))
    row = -NEAR_STUB  # where the last row stands
    for i, w in enumerate(weighed):
        if w.edges or w.stub:
            if w.edges and i - row <= NEAR:
                _align(weighed, row, i)
            row = i
        elif PROSE < w.weight <= 0 and i:
            if not w.blanks and weighed[i - 1].weight <= SENTENCE and not ends_sentence(weighed[i - 1].line.text):
                w.weight = min(w.weight, SENTENCE)  # the last line of a paragraph
            elif i - row <= NEAR_STUB and weighed[row].weight > 0 and weighed[i - 1].line.kind != RULE:
                _under_row(w, weighed[row], near=i - row <= NEAR)
                row = i if w.edges else row
    for i in range(len(weighed) - 2, -1, -1):
        w, after = weighed[i], weighed[i + 1]
        if w.weight == LABEL and w.line.indent >= HEAD_SHARE * edge and after.blanks <= 1 and after.weight > 0:
            w.weight = HEAD
    return weighed


def _align(weighed: Sequence[_Weighed], row: int, i: int) -> None:
    """Weigh gaps that line up with those of the row before, for both rows."""
    above, w = weighed[row], weighed[i]
    if not above.edges.isdisjoint(w.edges):
        for r in (above, w):
            if r.weight < ALIGNED and not r.stub:
                r.weight += ALIGNED


def _under_row(w: _Weighed, row: _Weighed, *, near: bool) -> None:
    """Weigh a line without gaps by the row above: it may go on with one of its cells, or be a label."""
    line = w.line
    if near and not w.blanks and line.indent >= 12 and line.indent * 4 in row.edges:
        w.weight, w.edges = WRAPPED_CELL, row.edges
    elif row.stub and len(line.text) < row.stub and w.weight >= LABEL:
        w.weight = NARROW


def _with_tags(lines: Sequence[Line], edge: int) -> Iterator[_Weighed]:
    """Weigh each line for itself and by the tags it stands between."""
    bonus, title = 0.0, False
    blanks, tag = 0, ""
    before = TEXT
    for line in lines:
        kind = line.kind
        if kind == BLANK:
            blanks = min(8, blanks + 1) if blanks != 9 else 9
        elif kind == BREAK:
            blanks = 9
        elif kind == TAG:
            tag += " " + line.text
            if "/TABLE" in line.text:
                bonus, title = 0.0, False
            elif "<TABLE>" in line.text:
                bonus, title = TAGGED, "<CAPTION>" not in line.text and "<S>" not in line.text
            if "<CAPTION>" in line.text:
                title = False
            if bonus and ("<S>" in line.text or "<C>" in line.text):
                bonus, title = TAGGED + AFTER_STUB_TAG, False
        else:
            w = _Weighed(line, RULED, frozenset(), 0) if kind == RULE else _weight(line, edge)
            w.weight += bonus
            if title and _caption_follows(w):
                w.weight = TITLE
            w.blanks = blanks
            if tag:
                w.tag = tag.strip()
            if "TABLE" in tag:
                w.cost = AT_TAG
            elif blanks:
                w.cost = AT_BREAK if blanks == 9 else AT_BLANK
            elif RULE in (kind, before):
                w.cost = AT_RULE
            else:
                marked = line.text[line.indent] in "*({" and _NOTE_MARK.match(line.text, line.indent)
                w.cost = AT_NOTE if marked else WITHIN
            yield w
            blanks, tag, before = 0, "", kind


def _caption_follows(w: _Weighed) -> bool:
    """Between <TABLE> and <CAPTION> stands the title; without a caption, the table itself stands there."""
    return w.stub == 0 and w.line.kind == TEXT


def _weight(line: Line, edge: int) -> _Weighed:
    """Weigh a line of text for itself."""
    text, indent = line.text, line.indent
    if text.find("  ", indent) < 0 and ".." not in text and ". ." not in text:
        return _Weighed(line, _one_part(text, indent, edge), _NOWHERE, 0)
    words = len(text.split())
    parts = segments(text)
    if len(parts) < 2:
        led = not parts or parts[0][1] < len(text) - 2
        return _Weighed(line, 0.8 if led else LABEL, _NOWHERE, 0)
    gaps = [b[0] - a[1] for a, b in pairwise(parts)]
    widest = max(gaps)
    figures = [a for a, b in parts[1:] if text[a] in _FIGURE_STARTS and _is_figure(text, a, b)]
    if widest <= 4 and words >= 2 * len(figures) + 3 and indent <= 0.3 * edge:
        stretched = _stretched(text, parts, words, widest)
        if stretched or (widest == 2 and len(gaps) == words - 1 and not figures):
            return _Weighed(line, PROSE if words >= FEW_WORDS else LABEL, _NOWHERE, 0)
    if len(parts) == 2 and not figures and MARKER.fullmatch(text, *parts[0]):
        return _Weighed(line, PROSE if words >= PROSE_WORDS else LABEL, _NOWHERE, 0)
    if len(figures) >= 2:
        return _Weighed(line, FIGURES, _edges(parts), figures[0])
    if figures:
        last = gaps[-1] >= 3 and figures[0] == parts[-1][0]
        return _Weighed(line, LAST_FIGURE if last else ONE_FIGURE, _edges(parts), figures[0])
    return _Weighed(line, GAP if widest >= 3 else LABEL, _edges(parts), 0)


_NOWHERE: Final[frozenset[int]] = frozenset()
_FIGURE_STARTS: Final = frozenset("$(<+-–—.0123456789%NnJFMASOD")


def _is_figure(text: str, a: int, b: int) -> bool:
    return FIGURE.fullmatch(text, a, b) is not None or _DATE_HEAD.fullmatch(text, a, b) is not None


def _edges(parts: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Where the parts but the first begin, end, and have their middle: three numbers a column, told apart modulo 4."""
    edges: set[int] = set()
    for a, b in parts[1:]:
        edges.update((a * 4, b * 4 + 1, (a + b) // 2 * 4 + 2))
    return frozenset(edges)


def _one_part(text: str, indent: int, edge: int) -> float:
    words = text.count(" ", indent) + 1
    length = len(text) - indent
    if words >= PROSE_WORDS or (words >= FEW_WORDS and length >= PROSE_SHARE * edge):
        return PROSE
    if words <= 2 and indent >= 15 and text[-1] in "0123456789)%" and FIGURE.fullmatch(text, indent):
        return LONE_FIGURE
    if words >= 4 and text[-1] == "." and not text[indent].islower():
        return SENTENCE
    if text[indent] == "<" and _SCHEDULE.match(text, indent):
        return FIGURES
    return LABEL


# A line of a financial data schedule (EX-27): a tag and its value.
_SCHEDULE: Final = re.compile(r"<[A-Z][A-Z0-9&-]{1,40}>")


def _stretched(text: str, parts: Sequence[tuple[int, int]], words: int, widest: int) -> bool:
    """Was the line stretched to the right edge, or are its gaps those that follow a full stop?"""
    if widest <= 2:
        return words >= PROSE_WORDS or all(text[b - 1] in ".:;?!,)\"'" for _, b in parts[:-1])
    if words < FEW_WORDS:
        return False
    return text.count(" ", parts[0][0]) / (words - 1) >= widest / 2.5
