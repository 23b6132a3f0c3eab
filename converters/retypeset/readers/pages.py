"""Lines -> the running text, and what was printed afresh on every page: breaks and folios.

A folio is a line that is nothing but a page number (`12`, `- 12 -`, `F-3`, `Page 3 of 9`, `iv`) and stands at the edge
of a page. It is taken out where its number agrees with that of a neighbouring page, or where it stands apart at the
foot of the page: a figure that is taken for a folio is lost, a folio that stays is only untidy.

Breaks stay in the stream as lines of kind BREAK without text, so that later stages may join a sentence over them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from ..model import Furniture, Page, Range
from .lines import BLANK, BREAK, RULE, TAG, Line

_FOLIO: Final = re.compile(
    r"[-–—~.\s(\[]{0,80}"
    r"(?:page\s{0,4})?"
    r"((?:[A-Z]{1,4}|[IVX]{1,6})\s?-\s?)?"
    r"(\d{1,4}|[ivxl]{1,7})"
    r"(?:\s{1,3}of\s{1,3}\d{1,4}(?:\s{1,3}pages)?)?"
    r"[-–—~.\s)\]]{0,80}$",
    re.IGNORECASE,
)
_ROMAN: Final = {"i": 1, "v": 5, "x": 10, "l": 50}
# How many filled lines from a page's edge a folio may stand.
REACH: Final = 2
# Neighbours at this distance, in pages, may vouch for a folio (a page without one may stand between).
NEIGHBOURS: Final = 3


class _Folio(Struct, frozen=True):
    page: int  # the page it is printed on, from 0
    index: int  # its place among the lines
    label: str
    series: str
    value: int
    apart: bool  # a blank line or the page's edge stands on both sides


def part_pages(lines: Sequence[Line], furniture: list[Furniture]) -> tuple[list[Line], tuple[Page, ...]]:
    """Take folios out of the running text; return what stays, and the pages with their labels."""
    breaks = [i for i, line in enumerate(lines) if line.kind == BREAK]
    edges = [0, *breaks, len(lines)]
    found = [f for page in range(len(edges) - 1) for f in _candidates(lines, edges[page], edges[page + 1], page)]
    folios = {f.index: f for f in found if len(breaks) and _vouched(f, found)}
    labels = {f.page: f.label for f in folios.values()}
    furniture += [Furniture("folio", lines[i].text, Range(lines[i].number, lines[i].number)) for i in folios]
    text = [line for i, line in enumerate(lines) if i not in folios]
    return text, tuple(_pages(lines, edges, labels))


def _candidates(lines: Sequence[Line], start: int, end: int, page: int) -> Iterator[_Folio]:
    """The folios that may stand at the foot and at the head of one page."""
    for indices in (range(end - 1, start - 1, -1), range(start, end)):
        seen = 0
        for i in indices:
            line = lines[i]
            if line.kind in (BLANK, BREAK, TAG):
                continue
            if line.kind != RULE and (match := _FOLIO.match(line.text)):
                yield _folio(lines, i, page, match)
                break
            seen += 1
            if seen >= REACH:
                break


def _folio(lines: Sequence[Line], i: int, page: int, match: re.Match[str]) -> _Folio:
    series = (match[1] or "").replace(" ", "").upper()
    digits = match[2]
    value = int(digits) if digits.isdecimal() else _roman(digits.lower())
    apart = all(
        not 0 <= j < len(lines) or lines[j].kind in (BLANK, BREAK, TAG) or lines[j].kind == RULE for j in (i - 1, i + 1)
    )
    label = (match[1] or "").strip() + digits
    return _Folio(page, i, label.replace(" ", ""), series if digits.isdecimal() else series + "roman", value, apart)


def _roman(text: str) -> int:
    values = [_ROMAN[c] for c in text]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _vouched(folio: _Folio, found: Sequence[_Folio]) -> bool:
    """Does a neighbouring page carry the number that this one lets expect?"""
    return any(
        other.page != folio.page
        and abs(other.page - folio.page) <= NEIGHBOURS
        and other.series == folio.series
        and other.value - folio.value == other.page - folio.page
        for other in found
    ) or (folio.apart and folio.value == folio.page + 1)


def _pages(lines: Sequence[Line], edges: Sequence[int], labels: dict[int, str]) -> Iterator[Page]:
    for page in range(len(edges) - 1):
        first = next(
            (line.number for line in lines[edges[page] : edges[page + 1]] if line.kind not in (BLANK, BREAK)), 0
        )
        if first:
            yield Page(labels.get(page, ""), first)
