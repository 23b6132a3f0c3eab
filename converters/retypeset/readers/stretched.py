"""Words of one cell that were stretched apart -> one part.

    10.A.28  Employment  Agreement  dated March  4,  1996,  between
             Registrant and Ann Hall.

No column begins between words whose blanks are spread over them as stretching does it (`justified`), if the line above
or below begins under the first of them and runs on where they have gaps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from .amounts import CLOSE, WORD, Part, is_counted, is_figure
from .columns import A_COLUMN
from .indexes import numbers_head
from .justified import STOPS, WIDEST, is_stretched
from .leaders import LEADERS
from .markers import ENTRY
from .regions import Region
from .titles import LABEL

# What a cell of stretched words has at least, and the share of them that begin with a letter.
FEWEST_WORDS: Final = 3
WORDY: Final = 0.5
# So many small words beside a label run on, whatever hangs below.
RUNNING: Final = 2
# So many lines above the first row with amounts may be heads, which are as wide as their columns.
HEADS: Final = 8
# The figures of so many lines above and below tell where labels end.
AROUND: Final = 3
NOWHERE: Final = 10**6
# A mark stands alone behind the words.
MARKS: Final = frozenset(("*", "**"))
# No head of a column is one blank apart from so many others.
HEADED: Final = 4
# Figures that no line beside has a part over stand behind a cell, so many at the most.
MOST_FIGURES: Final = 8
# A part begins a column where it stands so many blanks behind the one before.
WIDE: Final = 3
FAR: Final = 6


def whole_cells(region: Region, parts: Sequence[list[Part]]) -> list[list[Part]]:
    """The parts of each line, with stretched words put together."""
    columns = Counter([part.start for own in parts for part in own[1:]])
    parts = _closed_labels(region, parts, columns)
    first = next((n for n, own in enumerate(parts) if any(map(is_counted, own[1:]))), 0)
    out: list[list[Part]] = []
    for n, own in enumerate(parts):
        if not first - HEADS <= n < first - 1 and len(own) > 1 and not all(part.amount for part in own):
            beside = [m for m in _beside(region, n) if parts[m]]
            if beside:
                text = region.lines[n].text
                own = _put_together(own, text, [(region.lines[m].text, parts[m]) for m in beside], columns)  # noqa: PLW2901
        out.append(own)
    return out


def _closed_labels(region: Region, parts: Sequence[list[Part]], columns: Counter[int]) -> list[list[Part]]:
    """The parts of each line, with labels put together that a gap of two blanks had parted.

    Left of the figures of the lines around, no column begins behind a full stop, nor where a label goes on to its
    figures on the next line.
    """
    stubs = [next((part.start for part in own[1:] if part.amount), NOWHERE) for own in parts]
    out: list[list[Part]] = []
    for n, own in enumerate(parts):
        whole = own
        if len(own) > 1 and own[1].start - own[0].end == CLOSE and not own[0].amount and not LABEL.match(own[0].text):
            edge = min([*stubs[max(0, n - AROUND) : n], *stubs[n + 1 : n + AROUND + 1]], default=NOWHERE)
            leads = n + 1 < len(parts) and not region.blanks[n + 1] and any(map(is_counted, parts[n + 1][1:]))
            while len(whole) > 1 and edge < NOWHERE:
                a, b = whole[:2]
                if b.start - a.end != CLOSE or columns[b.start] >= A_COLUMN or b.end >= edge:
                    break
                if a.text[-1] not in STOPS and (own[-1].end >= edge or not leads):
                    break
                whole = [Part(a.start, b.end, f"{a.text}  {b.text}", amount=False), *whole[2:]]
        out.append(whole)
    return out


def _beside(region: Region, n: int) -> Iterator[int]:
    """The lines right above and below line n."""
    if n and not region.blanks[n]:
        yield n - 1
    if n + 1 < len(region.lines) and not region.blanks[n + 1]:
        yield n + 1


def _put_together(
    own: list[Part], text: str, beside: Sequence[tuple[str, list[Part]]], columns: Counter[int]
) -> list[Part]:
    if any("  " in part.text for part in own):
        far = _begun(beside, FAR)
        own = [piece for part in own for piece in _parted(part, far)]
    if text.isascii() and min([b.start - a.end for a, b in pairwise(own)]) > WIDEST:
        return own  # no gap is so narrow that words were stretched by it
    begun = _begun(beside, WIDE)
    hanging = {parts[0].start for _, parts in beside}
    out: list[Part] = []
    at = 0
    while at < len(own):
        end = at + 1
        if own[at].start in begun:
            hangs = at > 0 and own[at].start in hanging
            while end < len(own) and own[end].start not in begun and (hangs or columns[own[end].start] < A_COLUMN):
                end += 1
            ends = range(end, max(at + 1, end - MOST_FIGURES), -1)
            whole = (n for n in ends if any(_is_one(own[at:n], text, *other, hangs=hangs) for other in beside))
            end = next(whole, at + 1)
        first, last = own[at].start, own[end - 1].end
        out.append(own[at] if end == at + 1 else Part(first, last, text[first:last], amount=False))
        at = end
    return out


def _begun(beside: Sequence[tuple[str, list[Part]]], gap: int) -> set[int]:
    """Where parts begin on the lines beside, behind a gap so wide."""
    return {part.start for text, parts in beside for part in parts if not text[part.start - gap : part.start].strip()}


def _parted(part: Part, begun: set[int]) -> list[Part]:
    """A part, taken apart where a gap stands in it before what begins a part on the line beside."""
    if part.amount or part.text.count("  ") < FEWEST_WORDS:
        return [part]
    cuts = [at for at in sorted(begun) if part.start + 1 < at < part.end and part.text[: at - part.start][-2:] == "  "]
    cuts = [at for at in cuts if part.text[at - part.start] != " "]
    pieces: list[Part] = []
    for a, b in pairwise([part.start, *cuts, part.end]):
        text = part.text[a - part.start : b - part.start].rstrip()
        pieces.append(Part(a, a + len(text), text, is_figure(text)))
    return pieces if cuts else [part]


def _is_one(run: Sequence[Part], text: str, beside: str, parts: Sequence[Part], *, hangs: bool) -> bool:
    """Are these parts one cell, by the line beside them? That may begin under them where they hang beside a label."""
    first, last = run[0].start, run[-1].end
    under = next((part for part in parts if part.start == first), None)
    if under is None or not is_stretched(text, first, last) or run[-1].text in MARKS:
        return False
    led = LEADERS.match(beside, under.end)
    reach = led.end() if led else under.end
    whole = (hangs and under.end >= last) or (len(run) >= HEADED and reach > run[-1].start)
    if not whole and all(_begins_word(beside, part.start) for part in run[1:]):
        return False  # heads of columns one blank apart
    flush = next((part.end for part in parts if part.end == last), under.end)
    words = WORD.findall(text, first, last)
    if len(words) < FEWEST_WORDS or not _run_on(words) or not _are_words([*words, *WORD.findall(beside, first, flush)]):
        return False
    if reach > run[1].start or (hangs and under is parts[-1] and sum([word[0].islower() for word in words]) >= RUNNING):
        return True
    return flush == last and is_stretched(beside, first, last) and _run_on(WORD.findall(beside, first, last))


def _begins_word(text: str, at: int) -> bool:
    return text[at : at + 1] > " " and text[at - 1] == " "


def _run_on(words: Sequence[str]) -> bool:
    """Do words run on, as no heads of columns do?"""
    return any(word[0].islower() for word in words[1:]) or any(
        word[-1] == "," and word[-2:-1].isalpha() for word in words[:-1]
    )


def _are_words(words: Sequence[str]) -> bool:
    return sum([word[0].isalpha() for word in words]) >= WORDY * len(words)


def _goes_on(before: Part, part: Part) -> bool:
    """Do words go on two blanks behind others?"""
    return part.start - before.end == CLOSE and " " in before.text


def index_parts(parts: Sequence[list[Part]], heads: int) -> list[list[Part]]:
    """The parts of each line of an index (`indexes`), the first so many lines its heads: `Exhibit  No.` together."""
    above = list(parts[:heads])
    for n, own in enumerate(above):
        if numbers_head([part.text for part in own]) > 1:
            above[n] = [Part(own[0].start, own[1].end, f"{own[0].text} {own[1].text}", amount=False), *own[2:]]
    return [*above, *_entry_parts(parts[heads:])]


def _entry_parts(parts: Sequence[list[Part]]) -> list[list[Part]]:
    """The parts of the entries: no amount but the page, and words two blanks apart together, where not several entries
    have a part in the same place."""
    columns = Counter([part.start for own in parts for part in own[1:]])
    out: list[list[Part]] = []
    for own in parts:
        page = next((part for part in own[:0:-1] if part.amount and part.text.isdigit()), None)
        words = own[1:] if own and ENTRY.fullmatch(own[0].text) else own
        whole = [replace(part, amount=False) for part in own[: len(own) - len(words)]]
        first = len(whole)
        for part in words:
            if part is page:
                whole.append(part)
            elif len(whole) > first and _goes_on(whole[-1], part) and columns[part.start] < A_COLUMN:
                before = whole.pop()
                whole.append(Part(before.start, part.end, f"{before.text}  {part.text}", amount=False))
            else:
                whole.append(replace(part, amount=False))
        out.append(whole)
    return out


def with_numbers(parts: Sequence[list[Part]]) -> list[list[Part]]:
    """The parts of each line of an index, the number of the entry before those that go on with it."""
    out: list[list[Part]] = []
    number: list[Part] = []
    column = 0
    for own in parts:
        if len(own) > 1 and ENTRY.fullmatch(own[0].text):
            number, column = own[:1], own[1].start
        out.append([*number, *own] if number and own[0].start >= column else own)
    return out
