"""Indexes of exhibits: known by their heads, so that one entry is enough for a table.

    Exhibit
    Number                     Description                   Page
    -------                    -----------                   ----
      99       Press release of Brightwater Flow Controls,
               Inc. dated October 22, 1996 ................     5

What an entry is made of is the business of `rows`; here is told how far an index goes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from .lines import NEW_PAGE, RULE, TEXT, Line
from .markers import ENTRY
from .weights import segments

_FIRST: Final = re.compile(r"(?:exhibit\s+)?(?:number|no\.?)|exhibit|index", re.IGNORECASE)
# What the first of the heads begins with.
_STARTS: Final = frozenset(("ex", "no", "nu", "in"))
_OTHER: Final = re.compile(
    r"(?:description|document|exhibit|title|location|notes?)s?\*?(?:\s+of\s+\w+)?|(?:\w+\s+)?page(?:\s+(?:number|no\.?))?",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(rf"(?:{ENTRY.pattern})\s", re.IGNORECASE)
# Heads are stacked in so many lines at the most.
STACKED: Final = 3
# The numbers of entries begin so near each other.
APART: Final = 8
# What stands so near under the words of an entry belongs to them, blank lines or not.
BESIDE: Final = 2


def is_head(words: Sequence[str]) -> bool:
    """Are these parts of a line the heads of an index: `Exhibit No.   Description   Page`?"""
    first = numbers_head(words)
    return 0 < first < len(words) and all(_OTHER.fullmatch(" ".join(word.split())) for word in words[first:])


def numbers_head(words: Sequence[str]) -> int:
    """How many of these parts are the head of the numbers: one, two where it was stretched, or none."""
    for count in (2, 1):
        if len(words) > count and _FIRST.fullmatch(" ".join(" ".join(words[:count]).split())):
            return count
    return 0


def heads_end(lines: Sequence[Line], blanks: Sequence[int], start: int) -> int:
    """Where the heads of an index end that begin at line `start`, rules below included: the first line behind."""
    end = start + 1
    while end < len(lines) and (
        lines[end].kind == RULE or (not blanks[end] and end - start < STACKED and _is_rest(lines[end]))
    ):
        end += 1
    return end


def _is_rest(line: Line) -> bool:
    """May a line be one of stacked heads: a word or two, no number and no marker?"""
    return line.kind == TEXT and len(line.text.split()) <= 2 and not any(c.isdigit() or c in "().:" for c in line.text)


def indexes(lines: Sequence[Line], blanks: Sequence[int]) -> list[tuple[int, int]]:
    """Where indexes of exhibits begin, with the first line of their heads, and end, behind their last entry."""
    found: list[tuple[int, int]] = []
    done = 0
    for i, line in enumerate(lines):
        if i < done or line.kind != TEXT or line.text[line.indent : line.indent + 2].lower() not in _STARTS:
            continue
        if not _may_be_head(line):
            continue
        start = heads_end(lines, blanks, i)
        end = _entries_end(lines, blanks, start)
        if end > start:
            top = i
            while top > done and not blanks[top] and i - top < STACKED and _is_rest(lines[top - 1]):
                top -= 1
            found.append((top, end))
            done = end
    return found


def _may_be_head(line: Line) -> bool:
    text = line.text
    return "  " in text[line.indent :] and is_head([text[a:b] for a, b in segments(text)])


def _entries_end(lines: Sequence[Line], blanks: Sequence[int], start: int) -> int:
    """Behind the last line of the entries that begin at line `start`; `start` if there are none, or lists in them."""
    at = start
    margin = column = -1
    while at < len(lines) and lines[at].kind == TEXT:
        line = lines[at]
        entry = _entry_column(line)
        if not entry and line.indent == margin and line.text[margin] != "(" and _NUMBERED.match(line.text, margin):
            entry = column  # all one blank apart
        if entry and (margin < 0 or abs(line.indent - margin) <= APART) and (column < 0 or line.indent < column):
            margin, column = line.indent, entry
        elif entry or blanks[at] or at == start or line.indent <= margin:
            break
        at += 1
    below = lines[at] if start < at < len(lines) and blanks[at] < NEW_PAGE else None
    nested = below is not None and below.kind == TEXT and abs(below.indent - column) <= BESIDE
    return start if nested else at


def _entry_column(line: Line) -> int:
    """Where the words of an entry begin, behind the number of an exhibit; 0 if a line is none."""
    parts = segments(line.text)
    if len(parts) < 2 or not ENTRY.fullmatch(line.text, *parts[0]):
        return 0
    return parts[1][0] if line.text[parts[1][0]].isalpha() or len(parts) > 2 else 0
