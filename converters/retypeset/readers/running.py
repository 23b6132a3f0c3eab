"""Running heads and feet: which lines at the edges of pages are printed on every page, and which are content.

    foot    a line at the foot of a page whose shape (digits as 9, blanks squeezed) stands at the foot of a neighbouring
            page, with a number that moves on as the pages do [Lin 2002; Dejean and Meunier]; or one or two lines
            without a number that cut a sentence in two and stand at the foot of a neighbouring page as well
    head    lines at the head of a page that stood at the head of one of the two pages before, or that say
            `(Continued)`; unless a new title follows them: then they are part of that title. Where they cut a
            sentence in two, those that the pages behind repeat

Else the first occurrence of a head is content, and so is whatever is doubtful: a line removed wrongly is the worst
error of this stage. Folios, and what becomes of the lines, are the business of `pages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from .lines import RULE, TEXT, Line, ends_sentence

_PAGE_OF_HEAD: Final = re.compile(r"\s*page:?\s{1,12}(\d{1,4})\s{1,3}of\s{1,3}\d{1,4}\b", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"\s*(\d{1,3}) {1,20}\D.*|.*\D {1,20}(\d{1,3})$")
_PAGE_OF_TITLE: Final = re.compile(r"\(page (?:[2-9]|\d\d) of \d{1,2}\)\s*$", re.IGNORECASE)
_CONTINUED: Final = re.compile(r"\bcon(?:t(?:inued|inuation|'d|\.)?|'t|'d)\s?\.?[)\].]{0,3}\s*$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d+")
# Neighbours at this distance, in pages, may vouch for a folio (a page without one may stand between).
NEIGHBOURS: Final = 3
# What is repeated stands on one of so many pages before, or behind: left and right pages may have heads of their own.
BESIDE: Final = 2
# A line is compared with those of a few pages before and behind.
REMEMBERED: Final = 1024
# The number of a page has no more digits.
DIGITS: Final = 4
# What counts on in a document without page breaks has no more.
LONGEST_NUMBER: Final = 3
# A head is looked for among so many filled lines.
HEAD_ZONE: Final = 8
# No running head or foot has more words.
HEAD_WORDS: Final = 14
# The rule that underlines a number is no longer.
UNDERLINE: Final = 6
# A line of prose is at least so wide.
PROSE: Final = 40
# A line with so many words in small letters, each of more letters than this, is of a sentence.
A_SENTENCE: Final = 3
SHORT_WORD: Final = 3
# Of so many words, so many that go on counting are no titles: `ARTICLE 1`, `Pool 1` have less.
COUNTED: Final = 4
COUNTED_WORDS: Final = 6
# Folios of a document without breaks stand this many lines apart.
PAGE_LENGTH: Final = range(30, 91)


def apart(kinds: bytes, i: int) -> bool:
    return kinds[i - 1] != TEXT and kinds[i + 1] != TEXT


@lru_cache(maxsize=REMEMBERED)
def _shape(text: str) -> str:
    return _NUMBER.sub("9", " ".join(text.split())).upper()


def counted_feet(lines: Sequence[Line], kinds: bytes, pages: Sequence[Sequence[int]]) -> dict[int, str]:
    """Last lines of pages that differ from their neighbours' by a number that counts on; with that number."""
    shapes: dict[str, list[tuple[int, int, list[int]]]] = {}
    for page, indices in enumerate(pages):
        last = _last(lines, kinds, indices)
        if last < 0:
            continue
        text = lines[last].text
        numbers = [int(n) for n in _NUMBER.findall(text) if len(n) <= DIGITS]
        if numbers and len(text.split()) <= HEAD_WORDS and not (ends_sentence(text) and text.lstrip()[0].islower()):
            shapes.setdefault(_shape(text), []).append((page, last, numbers))
    feet: dict[int, str] = {}
    for same in shapes.values():
        for (p, i, a), (q, j, b) in pairwise(same):
            if 0 < q - p <= NEIGHBOURS and len(a) == len(b):
                moved = [n for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
                if len(moved) == 1 and 0 < b[moved[0]] - a[moved[0]] <= NEIGHBOURS:
                    feet[i], feet[j] = str(a[moved[0]]), str(b[moved[0]])
    return feet


def _last(lines: Sequence[Line], kinds: bytes, indices: Sequence[int]) -> int:
    """The last line of a page, over the rule that underlines its number; -1 where a longer rule ends it."""
    if not indices:
        return -1
    last = indices[-1]
    if kinds[last] == RULE and len(indices) > 1 and len(lines[last].text) - lines[last].indent <= UNDERLINE:
        last = indices[-2]
    return last if kinds[last] == TEXT else -1


def cutting_feet(lines: Sequence[Line], kinds: bytes, pages: Sequence[Sequence[int]]) -> Iterator[int]:
    """Last lines of pages that stand apart and cut a sentence, where a neighbouring page ends with the same lines."""
    feet = [_foot(lines, kinds, indices) for indices in pages]
    shapes = [tuple(_shape(lines[i].text) for i in foot) for foot in feet]
    cutting: set[tuple[str, ...]] = set()
    for page, foot in enumerate(feet[:-1]):
        near = (*shapes[max(0, page - BESIDE) : page], *shapes[page + 1 : page + 1 + BESIDE])
        below = pages[page + 1]
        if not foot or shapes[page] not in near or len(pages[page]) == len(foot) or not below:
            continue
        if goes_on(lines[pages[page][-len(foot) - 1]], lines[below[0]]):
            cutting.add(shapes[page])
    for foot, shape in zip(feet, shapes, strict=True):
        if foot and shape in cutting:
            yield from foot


def _foot(lines: Sequence[Line], kinds: bytes, indices: Sequence[int]) -> Sequence[int]:
    """The last lines of a page, at most two and short, below a blank line; none where a rule ends it."""
    for count in (1, 2):
        if len(indices) <= count or kinds[indices[-count]] != TEXT or not _short(lines[indices[-count]]):
            return ()
        if kinds[indices[-count] - 1] != TEXT:
            return indices[-count:]
    return ()


def unbroken_feet(lines: Sequence[Line], alone: Sequence[int]) -> dict[int, str]:
    """The same in a document without page breaks: lines that stand apart, a page's length from each other; or many of
    several words that go on counting, for tables make pages long and short."""
    shapes: dict[str, list[tuple[int, str]]] = {}
    for i in alone:
        line = lines[i]
        if not (line.text[-1].isdecimal() or line.text[line.indent].isdecimal()):
            continue
        words = line.text.split()
        numbered = len(words) <= HEAD_WORDS and min(len(words[0]), len(words[-1])) <= LONGEST_NUMBER
        if numbered and (match := _NUMBERED.match(line.text)):
            shapes.setdefault(_shape(line.text), []).append((i, match[1] or match[2]))
    feet: dict[int, str] = {}
    for same in shapes.values():
        run: list[tuple[int, str]] = []
        for (i, a), (j, b) in pairwise(same):
            pairs = zip(_NUMBER.findall(lines[i].text), _NUMBER.findall(lines[j].text), strict=True)
            moved = int(a) < int(b) and sum([x != y for x, y in pairs]) == 1  # in rows of a table other figures, too
            if moved and lines[j].number - lines[i].number in PAGE_LENGTH:
                feet[i], feet[j] = a, b
            if not moved or int(b) - int(a) > BESIDE or len(lines[i].text.split()) < COUNTED_WORDS:
                run = []
                continue
            run = run or [(i, a)]
            run.append((j, b))
            if len(run) >= COUNTED:
                feet.update(run[-COUNTED:])
    heads = {
        i: match[1]
        for i, line in enumerate(lines)
        if line.kind == TEXT and line.text[line.indent] in "pP" and (match := _PAGE_OF_HEAD.match(line.text))
    }
    return feet | dict.fromkeys(_over_folios(lines, list(heads)), "") | heads


def _over_folios(lines: Sequence[Line], heads: Sequence[int]) -> Iterator[int]:
    """The lines right over `Page 2 of 4` with a date or number, where a neighbouring page has one of that shape."""
    shapes = [_shape(lines[i - 1].text) if i and lines[i - 1].kind == TEXT else "" for i in heads]
    for n, shape in enumerate(shapes):
        near = (*shapes[max(0, n - NEIGHBOURS) : n], *shapes[n + 1 : n + 1 + NEIGHBOURS])
        if "9" in shape and shape in near and _short(lines[heads[n] - 1]):
            yield heads[n] - 1


def running_heads(lines: Sequence[Line], kinds: bytes, pages: Sequence[Sequence[int]]) -> Iterator[int]:
    """Lines at the head of pages that are repeated from the pages before, or cut a sentence and are repeated later."""
    filled = [indices for indices in pages if any(kinds[i] == TEXT for i in indices[:HEAD_ZONE])]
    zones = [_zone(kinds, indices) for indices in filled]
    heads = [[lines[i] for i in zone] for zone in zones]
    cutting: set[str] = set()  # the shapes of those in columns that cut a sentence: these are no heads of tables
    for n, zone in enumerate(zones):
        if n or filled[0] is not pages[0]:
            ruled = _over_rule(kinds, filled[n][:HEAD_ZONE])
            count = _repeated(heads[n], heads[max(0, n - BESIDE) : n], whole=len(zone) == len(filled[n]), ruled=ruled)
            if not count and n:
                count = _cutting(lines[filled[n - 1][-1]], heads[n], heads[n + 1 : n + 1 + BESIDE])
                count = count or _alone_in_sentence(lines[filled[n - 1][-1]], heads[n], kinds, zone)
                cutting.update(_shape(line.text) for line in heads[n][:count] if _columns(line))
            while cutting and count < len(zone) and _shape(heads[n][count].text) in cutting:
                count += 1
            yield from zone[:count]


def continued_heads(lines: Sequence[Line], kinds: bytes, pages: Sequence[Sequence[int]]) -> Iterator[int]:
    """The same of a document whose pages are known by their folios alone: only what says `(Continued)`."""
    for indices in pages[1:]:
        zone = _zone(kinds, indices)
        yield from zone[: _continued([lines[i] for i in zone])]


def _zone(kinds: bytes, indices: Sequence[int]) -> list[int]:
    return [i for i in indices[:HEAD_ZONE] if kinds[i] == TEXT]


def _continued(zone: Sequence[Line]) -> int:
    """How many lines of a page's head stand down to the last `(Continued)`."""
    continued = max([n for n, line in enumerate(zone, 1) if _is_continued(line)], default=0)
    return continued if all(_short(line) for line in zone[:continued]) else 0


def _over_rule(kinds: bytes, indices: Sequence[int]) -> int:
    """How many lines of text stand over the first rule below the first of them."""
    count = 0
    for i in indices:
        if kinds[i] == TEXT:
            count += 1
        elif count:
            break
    return count


def _repeated(zone: Sequence[Line], before: Sequence[Sequence[Line]], *, whole: bool, ruled: int) -> int:
    """How much of a page's head was there before: all down to the last `(Continued)`, and what stood there last time.

    Where a new title follows, what stands above belongs to it and is content. `ruled`: so many stand over a rule.
    """
    count = continued = _continued(zone)
    while count < len(zone) and (not _columns(zone[count]) or _PAGE_OF_TITLE.search(zone[count].text)):
        if not any(_alike(zone[count], line) for head in before for line in head[max(0, count - 1) : count + 2]):
            break
        if count >= ruled and any(map(_columns, zone[count : count + 3])):
            break  # the heads of a table's columns
        if _is_sentence(zone[count]) or (count and _ends_sentence_of(zone[count - 1], zone[count])):
            return continued
        count += 1
    if 0 < count < len(zone) and zone[count].number == zone[count - 1].number + 1:
        last = zone[count - 1]
        if _small_words(last.text) >= A_SENTENCE and goes_on(last, zone[count]):
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
    return count if count < len(zone) and goes_on(last, zone[count]) and all(map(_short, zone[:count])) else 0


def _alone_in_sentence(last: Line, zone: Sequence[Line], kinds: bytes, places: Sequence[int]) -> int:
    """The same of a line that is on this page only: it stands apart, in capitals, and the sentence keeps its margin."""
    if len(zone) < 2 or not apart(kinds, places[0]) or abs(zone[1].indent - last.indent) > 1:
        return 0
    capitals = zone[0].text.upper() == zone[0].text and not _columns(zone[0])
    return int(capitals and _short(zone[0]) and goes_on(last, zone[1]))


def _ends_sentence_of(last: Line, line: Line) -> bool:
    """Does a sentence end in a line that began in the one right above?"""
    begun = len(last.text) - last.indent >= PROSE and not ends_sentence(last.text) and not _columns(last)
    return begun and line.number == last.number + 1 and line.text[-1] in ".:;"


def goes_on(last: Line, line: Line) -> bool:
    """Does the sentence of a page's last line go on in a line of the next page?"""
    if len(last.text) - last.indent < PROSE or ends_sentence(last.text) or _columns(last):
        return False
    return line.text[line.indent].islower()


def _alike(line: Line, other: Line) -> bool:
    return _shape(line.text) == _shape(other.text)


def _is_continued(line: Line) -> bool:
    """Does a title end in `(Continued)`? Bare and in small letters the word may be a sentence's."""
    match = _CONTINUED.search(line.text) if "con" in line.text.lower() and _short(line) else None
    if not match:
        return False
    before = line.text[: match.start()].rstrip()
    if not before or before[-1] in "(-[,:." or match[0][0] == "C":
        return True
    return not _small_words(before) and not before.split()[-1][0].islower()


def _small_words(text: str) -> int:
    return sum([len(word) > SHORT_WORD and word[0].islower() for word in text.split()])


def _is_sentence(line: Line) -> bool:
    return ends_sentence(line.text) and _small_words(line.text) >= A_SENTENCE


def _short(line: Line) -> bool:
    return len(line.text.split()) <= HEAD_WORDS


def _columns(line: Line) -> bool:
    """Has a line columns? The heads of a table are the table's."""
    return line.text.find("   ", line.indent) >= 0
