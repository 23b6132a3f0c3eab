"""The heads of a table: lines above its body -> rows of head cells with spans.

Lines stacked over one column are one head. A head over several columns spans them: it covers them, or a rule under it
does, or it stands in the middle over them while the line below has a head for each [overlap of words in neighbouring
lines: Kieninger, T-Recs].
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from msgspec import Struct

from ..model import Cell, Range, Row
from .amounts import Part
from .columns import Column
from .dates import DAY_OF_MONTH, YEAR
from .figures import EMPTY
from .lines import RULE, Line

_PIECE: Final = re.compile(r"\S+")
# A head covers a column where it stands over so many characters of it, or this share of a narrow one.
COVERS: Final = 3
COVERS_SHARE: Final = 0.5
# How far, in columns of type, the middle of a spanning head may be from the middle of what it spans.
OFF_CENTRE: Final = 6
# How far two heads over each other may be out of line, in columns of type.
MIDDLE: Final = 2

# So many dashes beside words are drawn.
DRAWN: Final = 5

# The columns a head stands over, first to last, and its words.
Placed: TypeAlias = tuple[int, int, Part]
# Where a column begins and ends, and how much of it a head must cover.
Extents: TypeAlias = Sequence[tuple[int, int, float]]


class _Head(Struct, gc=False):
    """A head under construction: its columns, first to last, its text, and the lines it stands on (0-based order)."""

    first: int
    last: int
    text: str
    top: int
    bottom: int
    ruled: bool = False


def head_rows(lines: Sequence[Line], parts: Sequence[Sequence[Part]], columns: Sequence[Column]) -> list[Row]:
    """Build the head rows of a table with these columns from the lines above its body, rules among them.

    `parts` are the parts of each line; those of rules are found here.
    """
    ruled = [line.kind == RULE for line in lines]
    if all(ruled):
        return []
    parts = [_drawn(line.text) if rule else _days(own) for line, own, rule in zip(lines, parts, ruled, strict=True)]
    extents = _extents([own for own, rule in zip(parts, ruled, strict=True) if rule], columns)
    beside = [() if rule else _beside(line.text, extents) for line, rule in zip(lines, ruled, strict=True)]
    rules = _rules(parts, ruled, beside)
    placed: list[list[Placed]] = [[] for _ in lines]
    said = [n for n, rule in enumerate(ruled) if not rule]
    for above, n, below in zip([-1, *said], said, [*said[1:], -1], strict=False):
        most = max(parts[below], parts[said[-1]], key=len) if below >= 0 else ()
        wrapped = any(_stacked(parts[n], parts[m]) for m in (above, below) if m >= 0 and abs(m - n) == 1)
        placed[n] = _place(parts[n], rules[n], extents, most, wrapped=wrapped)
    _agree(placed)
    heads: list[_Head] = []
    for n, own in enumerate(parts):
        _rule(heads, own if ruled[n] else beside[n], extents, n)
        for first, last, part in placed[n]:
            _stack(heads, first, last, part.text, n)
    return _rows(heads, len(columns), (Range(lines[0].number, lines[-1].number),))


def _rules(
    parts: Sequence[Sequence[Part]], ruled: Sequence[bool], beside: Sequence[Sequence[Part]]
) -> list[Sequence[Part]]:
    """For each line, the rules below it: right below, below a line that leaves them free, or beside the words below;
    and the rule over the middle of which the line below and this one stand."""
    rules: list[Sequence[Part]] = [()] * len(parts)
    free: list[Part] = []
    for n in range(len(parts) - 2, -1, -1):
        own, below = parts[n], parts[n + 1]
        free = [] if ruled[n + 1] else [*beside[n + 1], *[r for r in free if not any(_meets(p, r) for p in below)]]
        if ruled[n + 1]:
            rules[n] = below
        elif n + 2 < len(parts) and ruled[n + 2] and len(own) > 1 and len(parts[n + 2]) > 1:
            rules[n] = [r for r in parts[n + 2] if not any(_meets(p, r) for p in below)]
        else:
            rules[n] = [r for r in free if any(_meets(p, r) for p in own)] + _stacked_on(rules[n + 1], own, below)
    return rules


def _stacked_on(rules: Sequence[Part], own: Sequence[Part], below: Sequence[Part]) -> list[Part]:
    """The rules that a line and the one below it stand in the middle over, where it does not span all that is there."""
    if len(own) == 1 and len(below) > 2:
        middle = own[0].start + own[0].end
        if any(abs(middle - part.start - below[-1].end) <= 2 * OFF_CENTRE for part in below[:2]):
            return []
    return [r for r in rules if all(any(_in_middle(p, r) for p in line) for line in (own, below))]


def _meets(part: Part, other: Part) -> bool:
    return part.start < other.end and part.end > other.start


def _days(parts: Sequence[Part]) -> Sequence[Part]:
    """The parts of a line, with days one blank apart told apart: `June 28, June 30,`."""
    out: list[Part] = []
    for part in parts:
        days = list(DAY_OF_MONTH.finditer(part.text)) if part.text.count(",") > 1 else []
        if len(days) > 1 and not DAY_OF_MONTH.sub("", part.text).strip():
            out += [Part(part.start + m.start(), part.start + m.end(), m[0], amount=False) for m in days]
        else:
            out.append(part)
    return out


def _drawn(rule: str) -> list[Part]:
    """The pieces of a rule; one blank parts them."""
    return [Part(m.start(), m.end(), m[0], amount=False) for m in _PIECE.finditer(rule)]


def _beside(text: str, extents: Extents) -> list[Part]:
    """The rules that stand beside the words of a line, over several columns."""
    if "---" not in text and "===" not in text:
        return []
    rules = [rule for rule in _drawn(text) if len(rule.text) >= DRAWN and not rule.text.strip("-=")]
    return [rule for rule in rules if len(_under(rule.start, rule.end, extents)) > 1]


def _agree(placed: Sequence[list[Placed]]) -> None:
    """Let a head that stands in the middle over, or alone under, a spanning one span the same columns."""
    for n in range(len(placed) - 2, -1, -1):
        for i, (first, last, part) in enumerate(placed[n]):
            for a, b, below in placed[n + 1]:
                if not (a <= first > 0 and last <= b > a):
                    continue
                alone = not any(a <= x[1] and x[0] <= b for x in placed[n] if x[2] is not part)
                flush = alone and (part.start == below.start or part.end == below.end)
                if flush or ((alone or first == last) and _in_middle(part, below)):
                    placed[n][i] = (a, b, part)
    for above, own in pairwise(placed):
        for a, b, over in above:
            under = [i for i, (first, last, _) in enumerate(own) if first <= b and last >= a]
            if b > a and len(under) == 1 and own[under[0]][0] > 0 and _in_middle(own[under[0]][2], over):
                own[under[0]] = (a, b, own[under[0]][2])


def _in_middle(part: Part, other: Part) -> bool:
    return abs(part.start + part.end - other.start - other.end) <= 2 * MIDDLE


def _extents(rules: Sequence[Sequence[Part]], columns: Sequence[Column]) -> Extents:
    """The columns' extents, widened by rules that stand over one of them only."""
    extents = [(c.start, c.end) for c in columns]
    for rule in rules:
        for part in rule:
            start, end = part.start, part.end
            met = [n for n, (a, b) in enumerate(extents) if start < b and end > a]
            if len(met) == 1:
                a, b = extents[met[0]]
                extents[met[0]] = (min(a, start), max(b, end))
    return [(a, b, min(COVERS, COVERS_SHARE * (b - a))) for a, b in extents]


def _stacked(parts: Sequence[Part], others: Sequence[Part]) -> bool:
    """Do the words of a line stand in the middle over those of another, one by one, as wrapped heads do?"""
    if len(parts) != len(others) or YEAR.fullmatch(parts[-1].text):
        return False
    return all(_in_middle(a, b) for a, b in zip(parts, others, strict=True) if a.start > 0 < b.start)


def _place(
    parts: Sequence[Part], ruled: Sequence[Part], extents: Extents, below: Sequence[Part], *, wrapped: bool
) -> list[Placed]:
    """Say which columns each part of a head line stands over. `below` is the line with most heads below it; `wrapped`
    says that its heads go on there, or began above."""
    over = len(parts) == 1 and len(extents) > 2 and ruled and ruled[0].start >= extents[1][0] - OFF_CENTRE
    if over and (len(ruled) == 1 or parts[0].start < extents[1][0] - OFF_CENTRE):
        covers = _under(ruled[0].start, ruled[-1].end, extents)
        if len(covers) > 1:  # at the margin, but with a rule over the columns
            return [(covers[0], covers[-1], parts[0])]
    margin = min(extents[0][1], extents[1][0] - 1)
    spans = _grouped([p for p in parts if p.start >= margin], extents, below, wrapped=wrapped)
    alone = len(parts) - len(spans)
    placed: list[Placed] = []
    for n, part in enumerate(parts):
        if n >= alone:
            placed.append((*spans[n - alone], part))
            continue
        start, end = part.start, part.end
        under = next((r for r in ruled if r.start <= start + 2 and r.end >= end - 2), None) if ruled else None
        covers = _covered(under.start, under.end, extents) if under is not None else []
        if len(covers) == 1 or (len(covers) == len(extents) and len(parts) > 1):
            covers = []  # a rule over the whole table says nothing of one head
        covers = covers or _covered(start, end, extents)
        covers = _without_label(covers, start, extents)
        if len(covers) > 1 and under is None and (words := _word_by_word(part, extents, below)):
            placed += words
        elif covers:
            placed.append((covers[0], covers[-1], part))
        else:
            nearest = _nearest((start + end) / 2, extents)
            placed.append((nearest, nearest, part))
    return placed


def _covered(start: int, end: int, extents: Extents) -> list[int]:
    """The columns that a piece from `start` to `end` stands over."""
    return [
        n
        for n, (a, b, enough) in enumerate(extents)
        if start < b and a < end and (b if b < end else end) - (a if a > start else start) >= enough
    ]


def _under(start: int, end: int, extents: Extents) -> list[int]:
    """The columns that a rule from `start` to `end` stands over."""
    return _without_label(_covered(start, end, extents), start, extents)


def _without_label(covers: list[int], start: int, extents: Extents) -> list[int]:
    """These columns without that of the labels, which is not spanned with others by what begins behind its margin."""
    return covers[1:] if len(covers) > 1 and covers[0] == 0 and start > extents[0][0] + 2 else covers


def _nearest(middle: float, extents: Extents) -> int:
    away = [max(a - middle, middle - b) for a, b, _ in extents]
    return away.index(min(away))


def _word_by_word(part: Part, extents: Extents, below: Sequence[Part]) -> list[Placed]:
    """Give heads that stand one blank apart to their columns: only where each word stands over one, in order."""
    if " " not in part.text:
        return []
    placed: list[Placed] = []
    start = part.start
    for word in part.text.split(" "):
        end = start + len(word)
        covers = _covered(start, end, extents)
        if len(covers) != 1:
            return []
        if placed and placed[-1][0] == covers[0]:
            before = placed[-1][2]
            joined = part.text[before.start - part.start : end - part.start]
            placed[-1] = (covers[0], covers[0], Part(before.start, end, joined, amount=False))
        else:
            placed.append((covers[0], covers[0], Part(start, end, word, amount=False)))
        start = end + 1
    last = not any(b.start < part.end and b.end > part.start for b in below)
    counted = all(any(c.isdigit() for c in head.text) for _, _, head in placed)
    return placed if len(placed) > 1 and (counted or last) else []


def _grouped(parts: Sequence[Part], extents: Extents, below: Sequence[Part], *, wrapped: bool) -> list[tuple[int, int]]:
    """Heads fewer than columns, each in the middle over as many: what each spans."""
    figures = len(extents) - 1
    if not parts or len(parts) >= figures or figures % len(parts):
        return []
    if len(parts) == 1:
        part = parts[0]
        if part.text[0] == "(" and " " in part.text:  # what holds for all figures: `(in thousands)`
            return [(1, figures)]
        years = [b for b in below if b.start >= extents[0][1]]
        counted = len(years) == figures and all(YEAR.fullmatch(b.text) for b in years)
        if len(_covered(part.start, part.end, extents)) == 1 and not counted:
            return []
    if len(below) <= len(parts):
        return []
    size = figures // len(parts)
    spans: list[tuple[int, int]] = []
    for n, part in enumerate(parts):
        first, last = 1 + n * size, n * size + size
        middle = (extents[first][0] + extents[last][1]) / 2
        off = abs((part.start + part.end) / 2 - middle)
        one = min([abs(part.start + part.end - a - b) / 2 for a, b, _ in extents[first : last + 1]])
        if off > OFF_CENTRE or (wrapped and one + MIDDLE < off):  # rather in the middle over one of them
            return []
        spans.append((first, last))
    return spans


def _stack(heads: list[_Head], first: int, last: int, text: str, n: int) -> None:
    """Put a text under the head of the same columns, if no rule stands between, else begin a head."""
    for head in reversed(heads):
        if head.ruled:
            if head.first <= last and head.last >= first:
                break
        elif head.first == first and head.last == last:
            head.text = f"{head.text} {text}"
            head.bottom = n
            return
    heads.append(_Head(first, last, text, n, n))


def _rule(heads: list[_Head], rule: Sequence[Part], extents: Extents, n: int) -> None:
    for part in rule:
        if covers := _under(part.start, part.end, extents):
            for head in heads:
                if head.bottom < n and head.first >= covers[0] and head.last <= covers[-1]:
                    head.ruled = True


def _rows(heads: Sequence[_Head], width: int, where: tuple[Range, ...]) -> list[Row]:
    """Lay the heads out in rows: a head stands in the lowest row that the heads above and below it leave."""
    heads = sorted(heads, key=lambda h: (h.top, h.first))
    levels = _levels(heads, width)
    rows = []
    for level in range(max(levels) + 1):
        cells = _cells([head for head, own in zip(heads, levels, strict=True) if own == level], width)
        if any(c.text for c in cells):
            rows.append(Row(tuple(cells), where))
    return rows


def _levels(heads: Sequence[_Head], width: int) -> list[int]:
    """The row of each head, for heads in the order of their first lines."""
    if heads[0].top == heads[-1].top:
        return [0] * len(heads)
    over: list[list[int]] = [[] for _ in range(width)]  # the heads of each column
    levels: list[int] = []
    for i, head in enumerate(heads):
        columns = over[head.first : head.last + 1]
        levels.append(max([levels[j] + 1 for own in columns for j in own if heads[j].top < head.top], default=0))
        for own in columns:
            own.append(i)
    depth = max(levels)
    for i in range(len(heads) - 1, -1, -1):  # heads of one column sink to the row of their neighbours
        if heads[i].first == heads[i].last:
            level = levels[i]
            below = [levels[j] for j in over[heads[i].first] if levels[j] > level]
            levels[i] = min(below, default=depth + 1) - 1
    return levels


def _cells(heads: Sequence[_Head], width: int) -> list[Cell]:
    """The cells of one row of heads."""
    cells: list[Cell] = []
    column = 0
    for head in sorted(heads, key=lambda h: h.first):
        text = " ".join(head.text.split())
        if head.first < column:  # two heads in one place: neither may be lost
            text, last = f"{cells[-1].text} {text}", max(column - 1, head.last)
            first = column - cells[-1].colspan
            cells[-1] = Cell(text, colspan=last - first + 1)
        else:
            last = head.last
            cells += [EMPTY] * (head.first - column)
            cells.append(Cell(text, colspan=last - head.first + 1))
        column = last + 1
    cells += [EMPTY] * (width - column)
    return cells
