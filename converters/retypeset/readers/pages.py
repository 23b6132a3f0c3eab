"""Lines -> the running text, and what was printed afresh on every page: breaks, folios, running heads and feet.

    folio   a line that is a page number and nothing else (`12`, `- 12 -`, `F-3`, `Page 3 of 9`, `iv`) at a page's edge,
            where a neighbouring page bears the number it lets expect, or where it plainly stands apart
    foot    a line at the foot of a page whose shape (digits as 9, blanks squeezed) stands at the foot of a neighbouring
            page, with a number that moves on as the pages do [Lin 2002; Dejean and Meunier]
    head    lines at the head of a page that stood at the head of one of the two pages before, or that say
            `(Continued)`; unless a new title follows them: then they are part of that title
    mark    `* * *`, `#####` standing alone

The first occurrence of a head is content, and so is whatever is doubtful: a line removed wrongly is the worst error of
this stage. Breaks stay in the stream as lines of kind BREAK without text, so that later stages may join a sentence over
them; a folio in the middle of a document that has no breaks becomes one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

from ..model import Furniture, Page, Range
from .lines import BLANK, BREAK, RULE, TAG, TEXT, Line, ends_sentence

_FOLIO: Final = re.compile(
    r"\W{0,80}(?:page\s{0,4})?"
    r"((?:[A-Z]{1,4}|[IVXL]{1,7})\s?-\s?(?:\d{1,3}\s?-\s?)?)?"
    r"(\d{1,4}|[ivxl]{1,7})"
    r"(?:\s{1,3}of\s{1,3}\d{1,4}(?:\s{1,3}pages)?)?\W{0,80}",
    re.IGNORECASE,
)
_PLAIN_NUMBER: Final = re.compile(r"\s*[-(]?\s?\d{1,3}\s?[-)]?")
_PAGE_OF: Final = re.compile(r"\s*page\s{1,4}\d{1,4}\s{1,3}of\s{1,3}\d{1,4}(?:\s{1,3}pages)?\s*", re.IGNORECASE)
_PAGE_OF_HEAD: Final = re.compile(r"\s*page:?\s{1,12}(\d{1,4})\s{1,3}of\s{1,3}\d{1,4}\b", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"\s*(\d{1,3}) {1,20}\D.*|.*\D {1,20}(\d{1,3})$")
_CONTINUED: Final = re.compile(r"[\s,(\[–—-]*\bcont(?:inued|inuation|'d|\.)?\s?[)\].]{0,3}\s*$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d+")
_MARK: Final = re.compile(r"\s*(?:(?:\*\s*){3,40}|#{2,40})\s*")
_ROMAN: Final = {"i": 1, "v": 5, "x": 10, "l": 50}
# How many filled lines from a page's edge a folio may stand.
REACH: Final = 2
# Neighbours at this distance, in pages, may vouch for a folio (a page without one may stand between).
NEIGHBOURS: Final = 3
# A head is looked for among so many filled lines.
HEAD_ZONE: Final = 8
# A number in the middle of the page stands no further left than this; figures of a first column do.
CENTRED: Final = 20
# Folios of a document without breaks stand this many lines apart.
PAGE_LENGTH: Final = range(30, 91)


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
    marks = {i for i, line in enumerate(lines) if line.kind == TEXT and _is_mark(lines, i)}
    breaks = [i for i, line in enumerate(lines) if line.kind == BREAK]
    edges = [-1, *breaks, len(lines)]
    pages = [
        [i for i in range(a + 1, b) if lines[i].kind in (TEXT, RULE) and i not in marks] for a, b in pairwise(edges)
    ]
    found = [f for page, indices in enumerate(pages) for f in _candidates(lines, indices, page)]
    by_page: dict[int, list[_Folio]] = {}
    for f in found:
        by_page.setdefault(f.page, []).append(f)
    folios = {f.index: f for f in found if _vouched(f, by_page) or _plain(f, lines)}
    if not breaks:
        folios |= {f.index: f for f in _unbroken(lines)}
    pages = [[i for i in indices if i not in folios] for indices in pages]
    feet = _feet(lines, pages) if breaks else _unbroken_feet(lines)
    heads = _heads(lines, [[i for i in indices if i not in feet] for indices in pages]) if breaks else set()
    kinds = dict.fromkeys(marks, "mark") | dict.fromkeys(feet, "foot") | dict.fromkeys(heads, "head")
    kinds |= dict.fromkeys(folios, "folio")
    for i, kind in kinds.items():
        where = Range(lines[i].number, lines[i].number)
        furniture.append(Furniture(kind, lines[i].text, where))  # type: ignore[arg-type]  # the values are the literals
    labels = feet | {i: f.label for i, f in folios.items()}
    return list(_stay(lines, kinds, folios, broken=bool(breaks))), tuple(_pages(lines, breaks, labels))


def _is_mark(lines: Sequence[Line], i: int) -> bool:
    text = lines[i].text
    if text == "PAGE":
        return i + 1 < len(lines) and lines[i + 1].kind == BREAK
    return (
        text[lines[i].indent] in "*#"
        and bool(_MARK.fullmatch(text))
        and (lines[i].indent >= CENTRED or _apart(lines, i))
    )


def _apart(lines: Sequence[Line], i: int) -> bool:
    return all(not 0 <= j < len(lines) or lines[j].kind in (BLANK, BREAK, TAG, RULE) for j in (i - 1, i + 1))


def _stay(lines: Sequence[Line], kinds: dict[int, str], folios: dict[int, _Folio], *, broken: bool) -> Iterator[Line]:
    for i, line in enumerate(lines):
        if i not in kinds:
            yield line
        elif i in folios and not broken:
            yield Line(line.number, "", 0, BREAK)
        else:
            yield Line(line.number, "", 0, BLANK)


# ---------------------------------------------------------------- folios


def _candidates(lines: Sequence[Line], indices: Sequence[int], page: int) -> Iterator[_Folio]:
    """The folios that may stand at the foot and at the head of one page."""
    for edge in (indices[-REACH:][::-1], indices[:REACH]):
        for i in edge:
            match = _FOLIO.fullmatch(lines[i].text) if lines[i].kind == TEXT else None
            if match:
                yield _folio(lines, i, page, match)
                break


def _folio(lines: Sequence[Line], i: int, page: int, match: re.Match[str]) -> _Folio:
    series = (match[1] or "").replace(" ", "").upper()
    digits = match[2]
    value = int(digits) if digits.isdecimal() else _roman(digits.lower())
    label = (match[1] or "").replace(" ", "") + digits
    return _Folio(page, i, label, series if digits.isdecimal() else series + "roman", value, _apart(lines, i))


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


def _unbroken(lines: Sequence[Line]) -> Iterator[_Folio]:
    """Folios of a document without page breaks: numbers standing apart that count on, or that cut a sentence in two."""
    alone = [
        _folio(lines, i, 0, match)
        for i, line in enumerate(lines)
        if line.kind == TEXT
        and (line.indent >= CENTRED or line.text[line.indent] in "-(pP")
        and (_PLAIN_NUMBER.fullmatch(line.text) or _PAGE_OF.fullmatch(line.text))
        and (match := _FOLIO.fullmatch(line.text))
        and _apart(lines, i)
    ]
    values: dict[int, list[int]] = {}
    for f in alone:
        values.setdefault(f.value, []).append(lines[f.index].number)
    for f in alone:
        at = lines[f.index].number
        counted = any(n - at in PAGE_LENGTH for n in values.get(f.value + 1, ())[:NEIGHBOURS]) or any(
            at - n in PAGE_LENGTH for n in values.get(f.value - 1, ())[:NEIGHBOURS]
        )
        if counted or _PAGE_OF.fullmatch(lines[f.index].text) or _cuts(lines, f.index):
            yield f


def _cuts(lines: Sequence[Line], i: int) -> bool:
    before = next((lines[j] for j in range(i - 1, max(-1, i - 40), -1) if lines[j].kind == TEXT), None)
    after = next((lines[j] for j in range(i + 1, min(len(lines), i + 40)) if lines[j].kind == TEXT), None)
    if before is None or after is None:
        return False
    return not ends_sentence(before.text) and before.indent < CENTRED and after.indent < CENTRED


# ---------------------------------------------------------------- feet and heads


def _shape(text: str) -> str:
    return _NUMBER.sub("9", " ".join(text.split())).upper()


def _feet(lines: Sequence[Line], pages: Sequence[Sequence[int]]) -> dict[int, str]:
    """Last lines of pages that differ from their neighbours' by a number that counts on; with that number."""
    shapes: dict[str, list[tuple[int, int, list[int]]]] = {}
    for page, indices in enumerate(pages):
        for i in indices[-1:]:
            text = lines[i].text
            numbers = [int(n) for n in _NUMBER.findall(text) if len(n) <= 4]
            if numbers and lines[i].kind == TEXT and len(text.split()) <= 14:
                shapes.setdefault(_shape(text), []).append((page, i, numbers))
    feet: dict[int, str] = {}
    for same in shapes.values():
        for (p, i, a), (q, j, b) in pairwise(same):
            if 0 < q - p <= NEIGHBOURS and len(a) == len(b):
                moved = [n for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
                if len(moved) == 1 and 0 < b[moved[0]] - a[moved[0]] <= NEIGHBOURS:
                    feet[i], feet[j] = str(a[moved[0]]), str(b[moved[0]])
    return feet


def _unbroken_feet(lines: Sequence[Line]) -> dict[int, str]:
    """The same in a document without page breaks: lines that stand apart, a page's length from each other."""
    shapes: dict[str, list[tuple[int, str]]] = {}
    for i, line in enumerate(lines):
        if line.kind == TEXT and _apart(lines, i) and _short(line) and (match := _NUMBERED.match(line.text)):
            shapes.setdefault(_shape(line.text), []).append((i, match[1] or match[2]))
    feet: dict[int, str] = {}
    for same in shapes.values():
        for (i, a), (j, b) in pairwise(same):
            if lines[j].number - lines[i].number in PAGE_LENGTH and int(a) < int(b):
                feet[i], feet[j] = a, b
    return feet | {
        i: match[1]
        for i, line in enumerate(lines)
        if line.kind == TEXT and line.text[line.indent] in "pP" and (match := _PAGE_OF_HEAD.match(line.text))
    }


def _heads(lines: Sequence[Line], pages: Sequence[Sequence[int]]) -> set[int]:
    """Lines at the head of pages that are repeated from the pages before."""
    heads: set[int] = set()
    before: list[list[str]] = [[], []]
    for page, indices in enumerate(pages):
        zone = [i for i in indices[:HEAD_ZONE] if lines[i].kind == TEXT]
        shapes = [_shape(lines[i].text) for i in zone]
        if page and zone:
            heads.update(_repeated(lines, zone, shapes, before[-2:], whole=len(zone) == len(indices)))
        if zone:
            before.append(shapes)
    return heads


def _repeated(
    lines: Sequence[Line], zone: Sequence[int], shapes: Sequence[str], before: Sequence[Sequence[str]], *, whole: bool
) -> Iterator[int]:
    """What of a page's head was there before: all down to the last `(Continued)`, and what the page before has there.

    Where a new title follows, what stands above belongs to it and is content.
    """
    continued = max((n for n, i in enumerate(zone, 1) if _is_continued(lines, i)), default=0)
    if not all(_short(lines[i]) for i in zone[:continued]):
        continued = 0
    count = continued
    while count < len(zone) and not _columns(lines[zone[count]]):
        if not any(shapes[count] in head[max(0, count - 1) : count + 2] for head in before):
            break
        count += 1
    follows = lines[zone[count]] if count < len(zone) else None
    title = follows.indent >= 10 and _short(follows) and not _columns(follows) if follows is not None else whole
    yield from zone[: continued if title else count]


def _is_continued(lines: Sequence[Line], i: int) -> bool:
    return bool(_CONTINUED.search(lines[i].text)) and _short(lines[i])


def _short(line: Line) -> bool:
    return len(line.text.split()) <= 14


def _columns(line: Line) -> bool:
    """Has a line columns? The heads of a table are the table's."""
    return "   " in line.text[line.indent :]


def _pages(lines: Sequence[Line], breaks: Sequence[int], labels: dict[int, str]) -> Iterator[Page]:
    """The pages that hold anything; a folio at a page's head or foot names it."""
    edges = [-1, *(breaks or sorted(labels)), len(lines)]
    for a, b in pairwise(edges):
        inside = range(a + 1, min(b + 1, len(lines)))
        first = next((lines[i].number for i in inside if lines[i].kind not in (BLANK, BREAK)), 0)
        if first:
            yield Page(next((labels[i] for i in inside if i in labels), ""), first)
