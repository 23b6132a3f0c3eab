"""Justified text: blanks that stretch a line to the right edge, told from the gaps of a table.

A typesetter spreads what a line wants over all its gaps: the widest is hardly wider than the narrowest, but for one
behind a full stop. What such lines weigh against those of tables is the business of `regions`.
"""

from __future__ import annotations

import re
from typing import Final

from .leaders import has_leaders
from .lines import Line
from .markers import ENTRY, MARKER

_GAP: Final = re.compile(r"(?<=(\S))( +)(?=\S)")
STOPS: Final = frozenset(".:;?!")
# Text is not stretched by gaps of more blanks than this, if they are not spread to the blank.
STRETCHED: Final = 4
# Nor by more than this if they are; a line of two words is no proof.
WIDEST: Final = 8
FEWEST: Final = 2
# The first line of a paragraph may be set in so much; the text behind a marker so much.
_SET_IN: Final = range(18)
_MARKED: Final = range(25)


def runs_on(line: Line, below: Line) -> bool:
    """Do two lines end in the same column, and have one margin, the first line's indent or marker aside?"""
    if len(line.text) != len(below.text):
        return False
    column = text_column(line)
    return column - below.indent in (_MARKED if column > line.indent else _SET_IN)


def text_column(line: Line) -> int:
    """Where a line's text begins, behind its marker, or the number of an exhibit, if that stands apart."""
    text = line.text
    end = text.find("  ", line.indent)
    if end > 0 and (
        MARKER.fullmatch(text, line.indent, end)
        or (ENTRY.fullmatch(text, line.indent, end) and not text[line.indent : end].isdigit())
    ):
        return len(text) - len(text[end:].lstrip())
    return line.indent


def is_spread(line: Line) -> bool:
    """Are the blanks of a line spread over its words as stretching does it?"""
    return is_stretched(line.text, text_column(line), len(line.text))


def is_stretched(text: str, start: int, end: int) -> bool:
    """Are the blanks between these columns of a line spread over its words as stretching does it?"""
    gaps = [(len(m[2]), m[1] in STOPS) for m in _GAP.finditer(text, start, end)]
    if len(gaps) < FEWEST or has_leaders(text[start:end]):
        return False
    widths = [gap for gap, _ in gaps]
    narrowest, widest = min(widths), max(widths)
    if widest <= WIDEST and all(gap - narrowest <= 1 + stop for gap, stop in gaps):
        return True
    return widest <= STRETCHED and sum(widths) >= spread(len(widths), widest)


def spread(gaps: int, widest: int) -> float:
    """How many blanks so many gaps hold at least where they were stretched, the widest of them to so many."""
    return gaps * widest / 2.5
