"""What a line of running text says for itself: a weight, positive where it speaks for a table.

Figures in columns and gaps speak for a table; a full line of words speaks for text, and so does a line that was
stretched to the right edge, however many gaps it has. What its neighbours and the tags around it say is the business of
`regions`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from .dates import MONTH_AND_DAY
from .justified import STRETCHED, spread
from .leaders import without_leaders
from .markers import MARKER

_SEGMENT: Final = re.compile(r"\S++(?: \S++)*+")
FIGURE: Final = re.compile(
    r"[$(<+-]{0,3}\s?[$(]?\s?\.?\d[\d,./]*(?: \d+/\d+)?\)?\s?%?\)?(?:\s?\(\w{1,2}\)|\*{1,3})?"
    r"|[-–—]{1,3}|[$%]|N/?[AM]|-0-",
    re.IGNORECASE,
)
_DATE_HEAD: Final = re.compile(rf"{MONTH_AND_DAY}(?: \d{{4}})?\*?")
# A figure between gaps, in ASCII: what FIGURE or _DATE_HEAD match there, without reaching over a gap.
_FIGURE_PART: Final = re.compile(
    r"  (?=[$(<+\-.\d%NnJFMASOD])((?:-{1,3}|[$%])(?=  |\Z)"
    rf"|(?![$(<+-]{{1,3}}  )(?:(?i:{FIGURE.pattern})|{_DATE_HEAD.pattern})(?=  |\Z))"
)
# `.....12`, `. . . . F-3`: an entry of a contents page.
_PAGE_AFTER_LEADERS: Final = re.compile(
    r"(?:\.{4}|(?:\. ){3}\.?|(?: \.){3})\s{0,40}((?:[A-Z]{1,4}-)?\d{1,3}(?:-\d{1,3}){0,2}|[ivxl]{1,6})$"
)

# Weights, chosen on the 48 annotated excerpts.
FIGURES: Final = 2.5
LAST_FIGURE: Final = 1.5
LED: Final = 0.8
ONE_FIGURE: Final = 0.6
LONE_FIGURE: Final = 0.5
GAP: Final = 0.1
LABEL: Final = -0.4
SENTENCE: Final = -1.5
PROSE: Final = -2.0
NO_ROW: Final = -5.0
# A line of so many words is prose; so is one of fewer that reaches this share of the width.
PROSE_WORDS: Final = 9
PROSE_SHARE: Final = 0.62
FEW_WORDS: Final = 6
# No row of a table is wider than so many columns of type: nobody typed what is, and no tag makes it one.
WIDEST: Final = 2000
# A line of so many words and a full stop ends a sentence; a figure alone, in so few pieces, is set in so far.
SENTENCE_WORDS: Final = 4
LONE_PIECES: Final = 2
LONE_INDENT: Final = 15
# A line that was stretched begins near the margin, or ends near the right edge.
AT_MARGIN: Final = 10
AT_EDGE: Final = 4
# Stretched text does not begin further right than this share of the width.
STRETCHED_INDENT: Final = 0.3
# No marker of an item is longer.
LONGEST_MARKER: Final = 16
# The last dots of leaders, three with blanks between and one more, take up so much before the last of them.
LAST_DOTS: Final = 6
# A gap that text is not stretched by, whatever its words.
_WIDE: Final = " " * (STRETCHED + 1)
_FIGURE_STARTS: Final = frozenset("$(<+-–—.0123456789%NnJFMASOD")
# So many figures behind words that stand one blank apart are a row.
ONLY_FIGURES: Final = 3
_CLOSING: Final = frozenset(".:;?!,)\"'")

# Where a part of a line begins (included) and ends (excluded).
Span: TypeAlias = tuple[int, int]

_NO_PARTS: Final[list[Span]] = []


def segments(text: str) -> list[Span]:
    """The parts of a line between gaps of two and more blanks, leaders counted as blanks: (start, end) columns."""
    return [m.span() for m in _SEGMENT.finditer(without_leaders(text))]


def one_part(text: str, indent: int, words: int, edge: int) -> float:
    """Weigh a line without gaps and leaders for itself; `edge` is the column that full lines reach."""
    if words >= FEW_WORDS and len(text) - indent >= PROSE_SHARE * edge:
        return PROSE
    if words <= LONE_PIECES and indent >= LONE_INDENT and text[-1] in "0123456789)%" and FIGURE.fullmatch(text, indent):
        return LONE_FIGURE
    if words >= SENTENCE_WORDS and text[-1] == "." and not text[indent].islower():
        return SENTENCE
    return LABEL


def many_parts(
    text: str, indent: int, edge: int, *, dotted: bool, marked: bool = False
) -> tuple[float, list[Span], int]:
    """Weigh a line with gaps or leaders for itself: its weight, its parts, and where its first figure begins.

    `indent` is where its text begins, behind the marker where it is `marked`. A line with neither parts nor a figure
    (0) is no row. Where figures settle it, the parts are left to be found (`segments`) when they are asked for.
    """
    if len(text) > WIDEST:
        return NO_ROW, _NO_PARTS, 0
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
    if dotted and (page := _PAGE_AFTER_LEADERS.search(text, max(indent, text.rfind(".") - LAST_DOTS))):
        return LAST_FIGURE, _NO_PARTS, page.start(1)
    gap = text.find("  ", indent)
    if 0 < gap - indent <= LONGEST_MARKER and MARKER.fullmatch(text, indent, gap):
        start = len(text) - len(text[gap:].lstrip())
        if not dotted and text.find("  ", start) < 0:
            return (PROSE if text.count(" ", start) >= FEW_WORDS else LABEL), _NO_PARTS, 0
        weight, _, _ = many_parts(text, start, edge, dotted=dotted, marked=True)
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
        return LED if led else LABEL, _NO_PARTS, 0
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
    if len(maybe) == len(gaps) >= ONLY_FIGURES and all(_is_figure(text, *part) for part in maybe):
        return FIGURES, parts, maybe[0][0]  # nor all behind its words, and none between them
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


def _is_figure(text: str, a: int, b: int) -> bool:
    return FIGURE.fullmatch(text, a, b) is not None or _DATE_HEAD.fullmatch(text, a, b) is not None


def _stretched(text: str, parts: Sequence[Span], words: int, widest: int) -> bool:
    """Was the line stretched to the right edge, or are its gaps those that follow a full stop?"""
    if widest <= 2:
        return words >= PROSE_WORDS or all(text[b - 1] in _CLOSING for _, b in parts[:-1])
    if words < FEW_WORDS:
        return False
    return text.count(" ", parts[0][0]) >= spread(words - 1, widest)
