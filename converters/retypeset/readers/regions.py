"""Running text -> regions: runs of lines that are prose, tabular, or lines of their own; rules and tags out.

A first reading: lines that stand together without a blank line between are judged together. Whatever has columns stays
as it was typed (`Preformatted`); `prose` joins what runs on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from ..model import Furniture, Range
from .lines import BREAK, RULE, TAG, TEXT, Line

PROSE, TABULAR, LINES = "prose", "tabular", "lines"

_LEADERS: Final = "....."
_SENTENCE_END: Final = re.compile(r"[.:;?!][\"')\]]*$")
# Two columns of figures at most two blanks apart: `1,234  5,678`.
_FIGURES: Final = re.compile(r"[\d)%] {2,}[$(]? ?[\d(-]")
# 58 % of justified lines hold a run of two blanks, 0.4 % one of three: a few may, half of them not.
TABULAR_SHARE: Final = 0.4
# Prose lines reach at least this far towards the longest line of the document, but for the last of a paragraph.
LONG_SHARE: Final = 0.7
FULL_WIDTH: Final = 60


class Region(Struct):
    """Lines that are read together. `after_break` says that a page began between this region and the one before."""

    kind: str
    lines: list[Line]
    after_break: bool = False


def part_regions(lines: Sequence[Line], furniture: list[Furniture]) -> list[Region]:
    """Part the running text into regions. Rules that stand alone or in prose go on the list of furniture."""
    regions: list[Region] = []
    for drawn, tagged, after_break in _chunks(lines):
        chunk = [line for line in drawn if line.kind == TEXT]
        kind = TABULAR if tagged or _tabular(chunk) else PROSE if _prose(chunk) else LINES
        if kind == TABULAR:
            chunk = drawn
        else:
            furniture += [Furniture("rule", r.text, Range(r.number, r.number)) for r in drawn if r.kind == RULE]
            if not chunk:
                continue
        if kind == TABULAR and regions and regions[-1].kind == TABULAR and not after_break:
            regions[-1].lines += chunk
        else:
            regions.append(Region(kind, chunk, after_break))
    return regions


def _chunks(lines: Sequence[Line]) -> Iterator[tuple[list[Line], bool, bool]]:
    """Runs of lines without a blank one, whether a <TABLE> is open around them, and whether a page began before."""
    chunk: list[Line] = []
    inside = tagged = after_break = False
    for line in lines:
        kind = line.kind
        if kind in (TEXT, RULE):
            if not chunk:
                tagged = inside
            chunk.append(line)
            continue
        if chunk:
            yield chunk, tagged, after_break
            chunk, after_break = [], False
        if kind == BREAK:
            after_break = True
        elif kind == TAG:
            inside = _inside(line.text, inside=inside)
    if chunk:
        yield chunk, tagged, after_break


def _inside(tags: str, *, inside: bool) -> bool:
    if "/TABLE" in tags:
        return False
    return inside or "<TABLE>" in tags


def _tabular(chunk: Sequence[Line]) -> bool:
    text = [line.text[line.indent :] for line in chunk if line.kind == TEXT]
    wide = sum([1 for t in text if "   " in t or _LEADERS in t])
    if wide > TABULAR_SHARE * len(text):
        return True
    figures = sum([1 for t in text if "  " in t and _FIGURES.search(t)])
    return figures > TABULAR_SHARE * len(text)


def _prose(chunk: Sequence[Line]) -> bool:
    if not chunk:
        return False
    ends = [len(line.text) for line in chunk]
    longest = max(ends)
    if len(chunk) == 1:
        return longest >= FULL_WIDTH or bool(_SENTENCE_END.search(chunk[0].text) and longest > FULL_WIDTH // 2)
    least = LONG_SHARE * max(longest, FULL_WIDTH)
    return sum([1 for end in ends[:-1] if end >= least]) >= LONG_SHARE * (len(chunk) - 1)
