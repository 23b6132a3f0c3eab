"""Lines -> the running text, and what was printed afresh on every page: breaks, folios, running heads and feet.

    folio   a line that is a page number and nothing else (`12`, `- 12 -`, `F-3`, `Page 3 of 9`, `iv`) at a page's edge,
            where a neighbouring page bears the number it lets expect, or where it plainly stands apart
    foot    a line at the foot of a page whose shape (digits as 9, blanks squeezed) stands at the foot of a neighbouring
            page, with a number that moves on as the pages do [Lin 2002; Dejean and Meunier]
    head    lines at the head of a page that stood at the head of one of the two pages before, or that say
            `(Continued)`; unless a new title follows them: then they are part of that title. Where they cut a
            sentence in two, those that the pages behind repeat
    mark    `* * *`, `#####` standing alone

Else the first occurrence of a head is content, and so is whatever is doubtful: a line removed wrongly is the worst
error of this stage. Breaks stay in the stream as lines of kind BREAK without text, so that later stages may join a
sentence over them; a folio in the middle of a document that has no breaks becomes one.
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
_CONTINUED: Final = re.compile(r"\bcont(?:inued|inuation|'d|\.)?\s?[)\].]{0,3}\s*$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d+")
_MARK: Final = re.compile(r"\s*(?:(?:\*\s*){3,40}|#{2,40})\s*")
# The same of the kinds of lines, one byte a line: breaks; what is on a page; text without text right above, and below.
_BREAKS: Final = re.compile(bytes([BREAK]))
_HELD: Final = re.compile(b"[^%c%c]" % (BLANK, BREAK))
_TOPS: Final = re.compile(b"(?<!%c)%c" % (TEXT, TEXT))
_ALONE: Final = re.compile(b"(?<!%c)%c(?!%c)" % (TEXT, TEXT, TEXT))
_FILLED: Final = bytes([kind in (TEXT, RULE) for kind in range(256)])
_ROMAN: Final = {"i": 1, "v": 5, "x": 10, "l": 50}
# How many filled lines from a page's edge a folio may stand.
REACH: Final = 2
# Neighbours at this distance, in pages, may vouch for a folio (a page without one may stand between).
NEIGHBOURS: Final = 3
# A head is looked for among so many filled lines.
HEAD_ZONE: Final = 8
# A number in the middle of the page stands no further left than this; figures of a first column do.
CENTRED: Final = 20
# The sentence that a folio cuts in two goes on within so many lines.
CUT: Final = 40
# A line of prose is at least so wide.
PROSE: Final = 40
# A line with so many longer words in small letters is of a sentence.
A_SENTENCE: Final = 3
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
    # One byte a line: bytes are searched much faster than lines. The blank at the end stands before the first, too.
    kinds = bytes([*[line.kind for line in lines], BLANK])
    breaks = [m.start() for m in _BREAKS.finditer(kinds)]
    alone = [m.start() for m in _ALONE.finditer(kinds)]
    marks = _marks(lines, kinds, breaks)
    pages = _filled(kinds, breaks, marks)
    folios = _folios(lines, kinds, pages)
    if breaks:
        for f in folios.values():
            pages[f.page].remove(f.index)
        feet = _feet(lines, kinds, pages)
        heads = _heads(lines, kinds, [p[:-1] if p and p[-1] in feet else p for p in pages])
    else:
        folios |= {f.index: f for f in _unbroken(lines, kinds, alone)}
        feet, heads = _unbroken_feet(lines, alone), iter(())
    taken = dict.fromkeys(marks, "mark") | dict.fromkeys(feet, "foot") | dict.fromkeys(heads, "head")
    stay = list(lines)
    for i, kind in (taken | dict.fromkeys(folios, "folio")).items():
        number = lines[i].number
        furniture.append(Furniture(kind, lines[i].text, Range(number, number)))  # type: ignore[arg-type]  # literals all
        stay[i] = Line(number, "", 0, BREAK if i in folios and not breaks else BLANK)
    return stay, tuple(_pages(lines, kinds, breaks, feet | {i: f.label for i, f in folios.items()}))


def _marks(lines: Sequence[Line], kinds: bytes, breaks: Sequence[int]) -> list[int]:
    """End marks, which stand apart, below a blank line or in the middle, and a `PAGE` that lost its brackets."""
    tops = [m.start() for m in _TOPS.finditer(kinds)]
    centred = [i for i, line in enumerate(lines) if line.indent >= CENTRED and line.kind == TEXT]
    marked = {i for i in (*tops, *centred) if lines[i].text[-1] in "*#" and _MARK.fullmatch(lines[i].text)}
    drawn = {i for i in marked if lines[i].indent < CENTRED and kinds[i + 1] == TEXT and " " not in lines[i].text}
    return [*(i - 1 for i in breaks if i and lines[i - 1].text == "PAGE"), *sorted(marked - drawn)]


def _apart(kinds: bytes, i: int) -> bool:
    return kinds[i - 1] != TEXT and kinds[i + 1] != TEXT


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
                yield _folio(i, page, match, apart=_apart(kinds, i))
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
    """Folios of a document without page breaks: numbers standing apart that count on, or that cut a sentence in two."""
    found = [
        _folio(i, 0, match, apart=True)
        for i in alone
        if (lines[i].indent >= CENTRED or lines[i].text[lines[i].indent] in "-(pP")
        and (_PLAIN_NUMBER.fullmatch(lines[i].text) or _PAGE_OF.fullmatch(lines[i].text))
        and (match := _FOLIO.fullmatch(lines[i].text))
    ]
    values: dict[int, list[int]] = {}
    for f in found:
        values.setdefault(f.value, []).append(lines[f.index].number)
    for f in found:
        at = lines[f.index].number
        counted = any(n - at in PAGE_LENGTH for n in values.get(f.value + 1, ())[:NEIGHBOURS]) or any(
            at - n in PAGE_LENGTH for n in values.get(f.value - 1, ())[:NEIGHBOURS]
        )
        if counted or _PAGE_OF.fullmatch(lines[f.index].text) or _cuts(lines, kinds, f.index):
            yield f


def _cuts(lines: Sequence[Line], kinds: bytes, i: int) -> bool:
    before, after = kinds.rfind(TEXT, max(0, i - CUT + 1), i), kinds.find(TEXT, i + 1, i + CUT)
    if before < 0 or after < 0:
        return False
    return not ends_sentence(lines[before].text) and lines[before].indent < CENTRED and lines[after].indent < CENTRED


# ---------------------------------------------------------------- feet and heads


def _shape(text: str) -> str:
    return _NUMBER.sub("9", " ".join(text.split())).upper()


def _feet(lines: Sequence[Line], kinds: bytes, pages: Sequence[Sequence[int]]) -> dict[int, str]:
    """Last lines of pages that differ from their neighbours' by a number that counts on; with that number."""
    shapes: dict[str, list[tuple[int, int, list[int]]]] = {}
    for page, indices in enumerate(pages):
        if not indices or kinds[indices[-1]] != TEXT:
            continue
        text = lines[indices[-1]].text
        numbers = [int(n) for n in _NUMBER.findall(text) if len(n) <= 4]
        if numbers and len(text.split()) <= 14 and not (ends_sentence(text) and text.lstrip()[0].islower()):
            shapes.setdefault(_shape(text), []).append((page, indices[-1], numbers))
    feet: dict[int, str] = {}
    for same in shapes.values():
        for (p, i, a), (q, j, b) in pairwise(same):
            if 0 < q - p <= NEIGHBOURS and len(a) == len(b):
                moved = [n for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
                if len(moved) == 1 and 0 < b[moved[0]] - a[moved[0]] <= NEIGHBOURS:
                    feet[i], feet[j] = str(a[moved[0]]), str(b[moved[0]])
    return feet


def _unbroken_feet(lines: Sequence[Line], alone: Sequence[int]) -> dict[int, str]:
    """The same in a document without page breaks: lines that stand apart, a page's length from each other."""
    shapes: dict[str, list[tuple[int, str]]] = {}
    for i in alone:
        line = lines[i]
        numbered = line.text[-1].isdecimal() or line.text[line.indent].isdecimal()
        if numbered and _short(line) and (match := _NUMBERED.match(line.text)):
            shapes.setdefault(_shape(line.text), []).append((i, match[1] or match[2]))
    feet: dict[int, str] = {}
    for same in shapes.values():
        for (i, a), (j, b) in pairwise(same):
            if lines[j].number - lines[i].number in PAGE_LENGTH and int(a) < int(b):
                pairs = zip(_NUMBER.findall(lines[i].text), _NUMBER.findall(lines[j].text), strict=True)
                if sum([x != y for x, y in pairs]) == 1:  # in rows of a table other figures change as well
                    feet[i], feet[j] = a, b
    heads = [i for i, line in enumerate(lines) if line.kind == TEXT and line.text[line.indent] in "pP"]
    return feet | {i: match[1] for i in heads if (match := _PAGE_OF_HEAD.match(lines[i].text))}


def _heads(lines: Sequence[Line], kinds: bytes, pages: Sequence[Sequence[int]]) -> Iterator[int]:
    """Lines at the head of pages that are repeated from the pages before, or cut a sentence and are repeated later."""
    filled = [indices for indices in pages if any(kinds[i] == TEXT for i in indices[:HEAD_ZONE])]
    zones = [[i for i in indices[:HEAD_ZONE] if kinds[i] == TEXT] for indices in filled]
    heads = [[lines[i] for i in zone] for zone in zones]
    cutting: set[str] = set()  # the shapes of those in columns that cut a sentence: these are no heads of tables
    for n, zone in enumerate(zones):
        if n or filled[0] is not pages[0]:
            count = _repeated(heads[n], heads[max(0, n - 2) : n], whole=len(zone) == len(filled[n]))
            if not count and n:
                count = _cutting(lines[filled[n - 1][-1]], heads[n], heads[n + 1 : n + 3])
                count = count or _alone_in_sentence(lines[filled[n - 1][-1]], heads[n], kinds, zone)
                cutting.update(_shape(line.text) for line in heads[n][:count] if _columns(line))
            while cutting and count < len(zone) and _shape(heads[n][count].text) in cutting:
                count += 1
            yield from zone[:count]


def _repeated(zone: Sequence[Line], before: Sequence[Sequence[Line]], *, whole: bool) -> int:
    """How much of a page's head was there before: all down to the last `(Continued)`, and what stood there last time.

    Where a new title follows, what stands above belongs to it and is content.
    """
    continued = max([n for n, line in enumerate(zone, 1) if _is_continued(line)], default=0)
    if not all(_short(line) for line in zone[:continued]):
        continued = 0
    count = continued
    while count < len(zone) and not _columns(zone[count]):
        if not any(_alike(zone[count], line) for head in before for line in head[max(0, count - 1) : count + 2]):
            break
        if _is_sentence(zone[count]) or (count and _ends_sentence_of(zone[count - 1], zone[count])):
            return continued
        count += 1
    if 0 < count < len(zone) and zone[count].number == zone[count - 1].number + 1:
        last = zone[count - 1]
        if _small_words(last.text) >= A_SENTENCE and _goes_on(last, zone[count]):
            return continued  # a sentence that stands alike on both pages
    title = _is_title(zone[count], zone[count + 1 :]) if count < len(zone) else whole and count < 2
    return continued if title else count


def _is_title(line: Line, below: Sequence[Line]) -> bool:
    """Is a line below a head a title, and not a sentence that goes on over the page, set in?"""
    if line.indent < 10 or not _short(line) or _columns(line):
        return False
    prose = len(line.text) - line.indent >= PROSE and bool(below) and below[0].indent == line.indent
    return not line.text[line.indent].islower() and not prose


def _cutting(last: Line, zone: Sequence[Line], after: Sequence[Sequence[Line]]) -> int:
    """How much of a page's head stands in the middle of a sentence, and is there on the pages behind again."""
    count = 0
    while count < len(zone) and any(_alike(zone[count], line) for head in after for line in head[: count + 2]):
        count += 1
    return count if count < len(zone) and _goes_on(last, zone[count]) and all(map(_short, zone[:count])) else 0


def _alone_in_sentence(last: Line, zone: Sequence[Line], kinds: bytes, places: Sequence[int]) -> int:
    """The same of a line that is on this page only: it stands apart, in capitals, and the sentence keeps its margin."""
    if len(zone) < 2 or not _apart(kinds, places[0]) or abs(zone[1].indent - last.indent) > 1:
        return 0
    capitals = zone[0].text.upper() == zone[0].text and not _columns(zone[0])
    return int(capitals and _short(zone[0]) and _goes_on(last, zone[1]))


def _ends_sentence_of(last: Line, line: Line) -> bool:
    """Does a sentence end in a line that began in the one right above?"""
    begun = len(last.text) - last.indent >= PROSE and not ends_sentence(last.text) and not _columns(last)
    return begun and line.number == last.number + 1 and line.text[-1] in ".:;"


def _goes_on(last: Line, line: Line) -> bool:
    """Does the sentence of a page's last line go on in a line of the next page?"""
    if len(last.text) - last.indent < PROSE or ends_sentence(last.text) or _columns(last):
        return False
    return line.text[line.indent].islower()


def _alike(line: Line, other: Line) -> bool:
    """Have two lines the same shape? Most differ in the number of their words."""
    return len(line.text.split()) == len(other.text.split()) and _shape(line.text) == _shape(other.text)


def _is_continued(line: Line) -> bool:
    """Does a title end in `(Continued)`? Bare and in small letters the word may be a sentence's."""
    match = _CONTINUED.search(line.text) if "cont" in line.text.lower() and _short(line) else None
    if not match:
        return False
    before = line.text[: match.start()].rstrip()
    if not before or before[-1] in "(-[,:." or match[0][0] == "C":
        return True
    return not _small_words(before) and not before.split()[-1][0].islower()


def _small_words(text: str) -> int:
    return sum([len(word) > 3 and word[0].islower() for word in text.split()])


def _is_sentence(line: Line) -> bool:
    return ends_sentence(line.text) and _small_words(line.text) >= A_SENTENCE


def _short(line: Line) -> bool:
    return len(line.text.split()) <= 14


def _columns(line: Line) -> bool:
    """Has a line columns? The heads of a table are the table's."""
    return line.text.find("   ", line.indent) >= 0


def _pages(lines: Sequence[Line], kinds: bytes, breaks: Sequence[int], labels: dict[int, str]) -> Iterator[Page]:
    """The pages that hold anything; a folio at a page's head or foot names it."""
    labelled = sorted(labels)
    for a, b in pairwise([-1, *(breaks or labelled), len(lines)]):
        first = _HELD.search(kinds, a + 1, b + 1)
        if first:
            n = bisect_left(labelled, a + 1)
            label = labels[labelled[n]] if n < len(labelled) and labelled[n] <= b else ""
            yield Page(label, lines[first.start()].number)
