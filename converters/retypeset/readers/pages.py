"""Lines -> the running text, and what was printed afresh on every page: breaks, folios, running heads and feet.

    folio   a line that is a page number and nothing else (`12`, `- 12 -`, `F-3`, `Page 3 of 9`, `iv`) at a page's edge,
            where a neighbouring page bears the number it lets expect, or where it plainly stands apart
    head    and foot: what `running` finds to be printed on every page
    mark    `* * *`, `#####` standing alone

Breaks stay in the stream as lines of kind BREAK without text, so that later stages may join a sentence over them; a
folio in the middle of a document that has no breaks becomes one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import compress, pairwise
from typing import Final

from msgspec import Struct

from ..model import Furniture, Page, Range
from .lines import BLANK, BREAK, RULE, TEXT, Line, ends_sentence
from .running import (
    COUNTED,
    NEIGHBOURS,
    PAGE_LENGTH,
    apart,
    continued_heads,
    counted_feet,
    cutting_feet,
    goes_on,
    running_heads,
    unbroken_feet,
)

_FOLIO: Final = re.compile(
    r"\W{0,80}(?:page\s{0,4})?"
    r"((?:[A-Z]{1,4}|[IVXL]{1,7})\s?-\s?(?:\d{1,3}\s?-\s?)?)?"
    r"(\d{1,4}|(?-i:[ivxlIVXL]{1,7}))"
    r"(?:\s{1,3}of\s{1,3}\d{1,4}(?:\s{1,3}pages)?)?\W{0,80}",
    re.IGNORECASE,
)
_PLAIN_NUMBER: Final = re.compile(r"\s*[-(]?\s?\d{1,3}\s?[-)]?")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_PAGE_OF: Final = re.compile(r"\s*page\s{1,4}\d{1,4}\s{1,3}of\s{1,3}\d{1,4}(?:\s{1,3}pages)?\s*", re.IGNORECASE)
_MARK: Final = re.compile(r"\s*(?:(?:\*\s*){3,40}|#{2,40})\s*")
_MARK_ENDS: Final = frozenset("*#")
# The same of the kinds of lines, one byte a line: breaks; what is on a page; text without text right above and below.
_BREAKS: Final = re.compile(bytes([BREAK]))
_HELD: Final = re.compile(b"[^%c%c]" % (BLANK, BREAK))
_ALONE: Final = re.compile(b"(?<!%c)%c(?!%c)" % (TEXT, TEXT, TEXT))
_FILLED: Final = bytes([kind in (TEXT, RULE) for kind in range(256)])
_ROMAN: Final = {"i": 1, "v": 5, "x": 10, "l": 50}
# How many filled lines from a page's edge a folio may stand.
REACH: Final = 2
# A number in the middle of the page stands no further left than this; figures of a first column do.
CENTRED: Final = 20
# A number with its dashes or brackets is no longer.
CLOSE: Final = 7
# Then they need stand no page's length apart: tables make pages short and long.
ANY_LENGTH: Final = range(10, 131)
# The sentence that a folio cuts in two goes on within so many lines.
CUT: Final = 40


class _Folio(Struct, frozen=True):
    page: int  # the page it is printed on, from 0
    index: int  # its place among the lines
    label: str
    series: str
    value: int
    apart: bool  # a blank line, a break or the document's end stands on both sides


def part_pages(lines: Sequence[Line], furniture: list[Furniture]) -> tuple[list[Line], tuple[Page, ...]]:
    """Take what is printed on every page out of the running text; return what stays, and the pages with their labels.

    `furniture` receives what was taken out.
    """
    # One byte a line: bytes are searched much faster than lines. The blank at the end stands before the first, too.
    kinds = bytes([*[line.kind for line in lines], BLANK])
    breaks = [m.start() for m in _BREAKS.finditer(kinds)]
    marks = _marks(lines, kinds, breaks)
    pages = _filled(kinds, breaks, marks)
    folios = _folios(lines, kinds, pages)
    if breaks:
        for f in folios.values():
            pages[f.page].remove(f.index)
        feet = counted_feet(lines, kinds, pages)
        pages = [[i for i in page if i not in feet] for page in pages] if feet else pages
        feet |= dict.fromkeys(cutting_feet(lines, kinds, pages), "")
        heads = running_heads(lines, kinds, [[i for i in page if i not in feet] for page in pages] if feet else pages)
    else:
        alone = [m.start() for m in _ALONE.finditer(kinds)]
        folios |= {f.index: f for f in _unbroken(lines, kinds, alone)}
        feet = unbroken_feet(lines, alone)
        cut = _filled(kinds, sorted(folios), marks) if folios else []
        heads = continued_heads(lines, kinds, [[i for i in page if i not in folios and i not in feet] for page in cut])
    taken = dict.fromkeys(marks, "mark") | dict.fromkeys(feet, "foot") | dict.fromkeys(heads, "head")
    labels = {i: label for i, label in feet.items() if label} | {i: f.label for i, f in folios.items()}
    stay = list(lines)
    for i, kind in (taken | dict.fromkeys(folios, "folio")).items():
        number = lines[i].number
        furniture.append(Furniture(kind, lines[i].text, Range(number, number)))  # type: ignore[arg-type]  # literals all
        stay[i] = Line(number, "", 0, BREAK if i in labels and not breaks else BLANK)
    return stay, tuple(_pages(lines, kinds, breaks, labels))


def _marks(lines: Sequence[Line], kinds: bytes, breaks: Sequence[int]) -> list[int]:
    """End marks, which stand apart, below a blank line or in the middle, and a `PAGE` that lost its brackets."""
    ended = [i for i, line in enumerate(lines) if line.text[-1:] in _MARK_ENDS and line.kind == TEXT]
    high = [i for i in ended if kinds[i - 1] != TEXT or lines[i].indent >= CENTRED]
    marked = {i for i in high if _MARK.fullmatch(lines[i].text)}
    drawn = {i for i in marked if lines[i].indent < CENTRED and kinds[i + 1] == TEXT and " " not in lines[i].text}
    return [*(i - 1 for i in breaks if i and lines[i - 1].text == "PAGE"), *sorted(marked - drawn)]


def _filled(kinds: bytes, breaks: Sequence[int], marks: Sequence[int]) -> list[list[int]]:
    """The lines of each page that hold anything but marks."""
    chosen = bytearray(kinds.translate(_FILLED))
    for i in marks:
        chosen[i] = False
    filled = list(compress(range(len(chosen)), chosen))
    cuts = [0, *[bisect_left(filled, i) for i in breaks], len(filled)]
    return [filled[a:b] for a, b in pairwise(cuts)]


# ---------------------------------------------------------------- folios


def _folios(lines: Sequence[Line], kinds: bytes, pages: Sequence[Sequence[int]]) -> dict[int, _Folio]:
    """The folios at the edges of pages, by their place."""
    found = [f for page, indices in enumerate(pages) for f in _candidates(lines, kinds, indices, page)]
    by_page: dict[int, list[_Folio]] = {}
    for f in found:
        by_page.setdefault(f.page, []).append(f)
    return {f.index: f for f in found if _vouched(f, by_page) or _plain(f, lines)}


def _candidates(lines: Sequence[Line], kinds: bytes, indices: Sequence[int], page: int) -> Iterator[_Folio]:
    """The folios that may stand at the foot and at the head of one page."""
    for edge in (indices[: -REACH - 1 : -1], indices[:REACH]):
        for i in edge:
            match = _FOLIO.fullmatch(lines[i].text) if kinds[i] == TEXT else None
            if match:
                yield _folio(i, page, match, apart=apart(kinds, i))
                break


def _folio(i: int, page: int, match: re.Match[str], *, apart: bool) -> _Folio:
    series = (match[1] or "").replace(" ", "").upper()
    digits = match[2]
    value = int(digits) if digits.isdecimal() else _roman(digits.lower())
    label = (match[1] or "").replace(" ", "") + digits
    return _Folio(page, i, label, series if digits.isdecimal() else series + "roman", value, apart)


def _roman(text: str) -> int:
    values = [_ROMAN[c] for c in text]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _vouched(folio: _Folio, by_page: dict[int, list[_Folio]]) -> bool:
    """Does a neighbouring page carry the number that this one lets expect?"""
    return any(
        other.series == folio.series
        and 0 < (other.value - folio.value) * (1 if other.page > folio.page else -1) <= NEIGHBOURS
        for page in range(folio.page - NEIGHBOURS, folio.page + NEIGHBOURS + 1)
        if page != folio.page
        for other in by_page.get(page, ())
    )


def _plain(folio: _Folio, lines: Sequence[Line]) -> bool:
    """Does it stand apart, and is it drawn as page numbers are: in the middle, or with a dash, a bracket, a letter?"""
    text = lines[folio.index].text.strip()
    if _YEAR.fullmatch(text):
        return False
    if not folio.apart:
        dashed = text[0] == "-" and text[-1] == "-" and len(text) > 2
        return dashed or bool(_PAGE_OF.fullmatch(text)) or _under_prose(lines, folio.index)
    return lines[folio.index].indent >= CENTRED or not text.isalnum()


def _under_prose(lines: Sequence[Line], i: int) -> bool:
    """Does a number in the middle stand right under a full line of words and right before a page break?"""
    if lines[i].indent < CENTRED or not 0 < i < len(lines) - 1 or lines[i + 1].kind != BREAK:
        return False
    above = lines[i - 1].text
    return len(above) >= 50 and "    " not in above.strip()


def _unbroken(lines: Sequence[Line], kinds: bytes, alone: Sequence[int]) -> Iterator[_Folio]:
    """Folios of a document without page breaks: numbers standing apart that count on, or that cut a sentence in two;
    numbers close to the text, or at its margin, that do both, and those that go on counting where one does."""
    set_apart = {
        i
        for i in alone
        if (lines[i].indent >= CENTRED or lines[i].text[lines[i].indent] in "-(pP")
        and (_PLAIN_NUMBER.fullmatch(lines[i].text) or _PAGE_OF.fullmatch(lines[i].text))
    }
    close = {
        i
        for i, line in enumerate(lines)
        if len(line.text) - line.indent <= CLOSE and _PLAIN_NUMBER.fullmatch(line.text) and i not in set_apart
    }
    found = [
        _folio(i, 0, match, apart=i in set_apart)
        for i in sorted(set_apart | close)
        if (match := _FOLIO.fullmatch(lines[i].text))
    ]
    counted = {f.index for run in _counted(found, lines, PAGE_LENGTH) if len(run) > 1 for f in run}
    for run in _counted(found, lines, ANY_LENGTH):
        halves = [_around(lines, kinds, f.index) for f in run]
        sure = len(run) >= COUNTED and any(goes_on(*half) for half in halves if half)
        for f, half in zip(run, halves, strict=True):
            if not f.apart:
                own = f.index in counted and half is not None and goes_on(*half)
            else:
                text = lines[f.index].text
                own = f.index in counted or (half is not None and _cuts(*half)) or bool(_PAGE_OF.fullmatch(text))
            if sure or own:
                yield f


def _counted(folios: Sequence[_Folio], lines: Sequence[Line], length: range) -> list[list[_Folio]]:
    """Runs of numbers of which each is by one more than one that stands a page's length above it."""
    runs: list[list[_Folio]] = []
    standing: dict[int, list[tuple[int, list[_Folio]]]] = {}
    for f in folios:
        at = lines[f.index].number
        known = standing.setdefault(f.value - 1, [])
        n = bisect_left(known, at - length[-1], key=lambda stood: stood[0])
        if n < len(known) and at - known[n][0] in length:
            run = known[n][1]
        else:
            run = []
            runs.append(run)
        run.append(f)
        standing.setdefault(f.value, []).append((at, run))
    return runs


def _around(lines: Sequence[Line], kinds: bytes, i: int) -> tuple[Line, Line] | None:
    """The lines of text right before and behind a line, if both are near."""
    before, after = kinds.rfind(TEXT, max(0, i - CUT + 1), i), kinds.find(TEXT, i + 1, i + CUT)
    return (lines[before], lines[after]) if before >= 0 <= after else None


def _cuts(before: Line, after: Line) -> bool:
    return not ends_sentence(before.text) and before.indent < CENTRED and after.indent < CENTRED


def _pages(lines: Sequence[Line], kinds: bytes, breaks: Sequence[int], labels: dict[int, str]) -> Iterator[Page]:
    """The pages that hold anything; a folio at a page's head or foot names it."""
    labelled = sorted(labels)
    for a, b in pairwise([-1, *(breaks or labelled), len(lines)]):
        first = _HELD.search(kinds, a + 1, b + 1)
        if first:
            n = bisect_left(labelled, a + 1)
            label = labels[labelled[n]] if n < len(labelled) and labelled[n] <= b else ""
            yield Page(label, lines[first.start()].number)
