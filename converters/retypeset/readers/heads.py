"""The heads of a table: lines above its body -> rows of head cells with spans.

Lines stacked over one column are one head. A head over several columns spans them: it covers them, or a rule under it
does, or it stands in the middle over them while the line below has a head for each [overlap of words in neighbouring
lines: Kieninger, T-Recs].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from ..model import Cell, Range, Row
from .columns import Column, Part, parts_of
from .lines import RULE, Line

# A head covers a column where it stands over so many characters of it, or this share of a narrow one.
COVERS: Final = 3
COVERS_SHARE: Final = 0.5
# How far, in columns of type, the middle of a spanning head may be from the middle of what it spans.
OFF_CENTRE: Final = 6


class _Head(Struct):
    """A head under construction: its columns, first to last, its text, and the lines it stands on (0-based order)."""

    first: int
    last: int
    texts: list[str]
    top: int
    bottom: int
    ruled: bool = False


def head_rows(lines: Sequence[Line], columns: Sequence[Column]) -> list[Row]:
    """Build the head rows of a table with these columns from the lines above its body, rules among them."""
    if not any(line.kind != RULE for line in lines):
        return []
    extents = _extents(lines, columns)
    heads: list[_Head] = []
    for n, line in enumerate(lines):
        if line.kind == RULE:
            _rule(heads, line, extents, n)
            continue
        rule = next((r for r in lines[n + 1 : n + 2] if r.kind == RULE), None)
        for first, last, text in _place(line, rule, extents, _below(lines, n)):
            _stack(heads, first, last, text, n)
    return _rows(heads, len(columns), lines)


def _extents(lines: Sequence[Line], columns: Sequence[Column]) -> list[tuple[int, int]]:
    """The columns' extents, widened by rules that stand over one of them only."""
    extents = [(c.start, c.end) for c in columns]
    for line in lines:
        if line.kind == RULE:
            for part in parts_of(line.text.replace(".", "-")):
                met = [n for n, (a, b) in enumerate(extents) if part.start < b and part.end > a]
                if len(met) == 1:
                    a, b = extents[met[0]]
                    extents[met[0]] = (min(a, part.start), max(b, part.end))
    return extents


def _below(lines: Sequence[Line], n: int) -> list[Part]:
    """The parts of the next line of words."""
    following = next((line for line in lines[n + 1 :] if line.kind != RULE), None)
    return parts_of(following.text) if following is not None else []


def _place(
    line: Line, rule: Line | None, extents: Sequence[tuple[int, int]], below: Sequence[Part]
) -> list[tuple[int, int, str]]:
    """Say which columns each part of a head line stands over."""
    parts = parts_of(line.text)
    placed: list[tuple[int, int, str]] = []
    ruled = parts_of(rule.text.replace(".", "-")) if rule is not None else []
    over = [p for p in parts if p.start >= extents[0][1] or len(extents) == 1 or p.start > (extents[1][0] - 2)]
    groups = _grouped(over, extents, below)
    for part in parts:
        if part in groups:
            first, last = groups[part]
            placed.append((first, last, part.text))
            continue
        under = next((r for r in ruled if r.start <= part.start + 2 and r.end >= part.end - 2), None)
        covers = _covered(under, extents) if under is not None and len(_covered(under, extents)) > 1 else []
        if len(covers) == len(extents) and len(parts) > 1:
            covers = []  # a rule over the whole table says nothing of one head
        covers = covers or _covered(part, extents)
        if len(covers) > 1 and under is None and (words := _word_by_word(part, extents)):
            placed += words
        elif covers:
            placed.append((covers[0], covers[-1], part.text))
        else:
            n = _nearest(part, extents)
            placed.append((n, n, part.text))
    return placed


def _covered(part: Part, extents: Sequence[tuple[int, int]]) -> list[int]:
    covered = []
    for n, (a, b) in enumerate(extents):
        overlap = min(part.end, b) - max(part.start, a)
        if overlap >= min(COVERS, COVERS_SHARE * (b - a)) and overlap > 0:
            covered.append(n)
    return covered


def _nearest(part: Part, extents: Sequence[tuple[int, int]]) -> int:
    middle = (part.start + part.end) / 2
    return min(range(len(extents)), key=lambda n: max(extents[n][0] - middle, middle - extents[n][1]))


def _word_by_word(part: Part, extents: Sequence[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """Give heads that stand one blank apart to their columns: only where each word stands over one, in order."""
    words: list[Part] = []
    at = part.start
    for text in part.text.split(" "):
        words.append(Part(at, at + len(text), text))
        at += len(text) + 1
    placed: list[tuple[int, int, str]] = []
    for word in words:
        covers = _covered(word, extents)
        if len(covers) != 1:
            return []
        if placed and placed[-1][0] == covers[0]:
            placed[-1] = (covers[0], covers[0], f"{placed[-1][2]} {word.text}")
        else:
            placed.append((covers[0], covers[0], word.text))
    counted = len(placed) > 1 and all(any(c.isdigit() for c in text) for _, _, text in placed)
    return placed if counted else []


def _grouped(
    parts: Sequence[Part], extents: Sequence[tuple[int, int]], below: Sequence[Part]
) -> dict[Part, tuple[int, int]]:
    """Heads fewer than columns, each in the middle over as many: what each spans."""
    figures = range(1, len(extents))
    if not parts or len(parts) >= len(figures) or len(figures) % len(parts) or len(below) <= len(parts):
        return {}
    size = len(figures) // len(parts)
    spans: dict[Part, tuple[int, int]] = {}
    for n, part in enumerate(parts):
        first, last = 1 + n * size, n * size + size
        middle = (extents[first][0] + extents[last][1]) / 2
        if abs((part.start + part.end) / 2 - middle) > OFF_CENTRE:
            return {}
        spans[part] = (first, last)
    return spans


def _stack(heads: list[_Head], first: int, last: int, text: str, n: int) -> None:
    """Put a text under the head of the same columns, if no rule stands between, else begin a head."""
    for head in reversed(heads):
        if head.first == first and head.last == last and not head.ruled:
            head.texts.append(text)
            head.bottom = n
            return
        if head.first <= last and head.last >= first and head.ruled:
            break
    heads.append(_Head(first, last, [text], n, n))


def _rule(heads: list[_Head], line: Line, extents: Sequence[tuple[int, int]], n: int) -> None:
    for part in parts_of(line.text.replace(".", "-")):
        covers = _covered(part, extents)
        for head in heads:
            if covers and head.bottom < n and head.first >= covers[0] and head.last <= covers[-1]:
                head.ruled = True


def _rows(heads: Sequence[_Head], width: int, lines: Sequence[Line]) -> list[Row]:
    """Lay the heads out in rows: a head stands in the lowest row that the heads above and below it leave."""
    levels: dict[int, int] = {}
    order = sorted(range(len(heads)), key=lambda i: (heads[i].top, heads[i].first))
    for i in order:
        above = [j for j in levels if _overlap(heads[i], heads[j]) and heads[j].top < heads[i].top]
        levels[i] = max((levels[j] + 1 for j in above), default=0)
    depth = max(levels.values(), default=0)
    for i in reversed(order):  # heads of one column sink to the row of their neighbours
        below = [levels[j] for j in levels if j != i and _overlap(heads[i], heads[j]) and levels[j] > levels[i]]
        if heads[i].first == heads[i].last:
            levels[i] = min(below, default=depth + 1) - 1
    where = (Range(lines[0].number, lines[-1].number),)
    rows = []
    for level in range(depth + 1):
        cells: list[Cell] = []
        own = sorted((heads[i] for i in levels if levels[i] == level), key=lambda h: h.first)
        column = 0
        for head in own:
            text = " ".join(" ".join(head.texts).split())
            if head.first < column:  # two heads in one place: neither may be lost
                text, last = f"{cells[-1].text} {text}", max(column - 1, head.last)
                first = column - cells[-1].colspan
                cells[-1] = Cell(text, colspan=last - first + 1)
            else:
                last = head.last
                cells += [Cell("")] * (head.first - column)
                cells.append(Cell(text, colspan=last - head.first + 1))
            column = last + 1
        cells += [Cell("")] * (width - column)
        if any(c.text for c in cells):
            rows.append(Row(tuple(cells), where))
    return rows


def _overlap(a: _Head, b: _Head) -> bool:
    return a.first <= b.last and b.first <= a.last
