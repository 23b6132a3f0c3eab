"""Weights of lines -> runs: the parting into tables and text that is best, and what is mended in it.

How a line is weighed is the business of `regions`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from msgspec import Struct

from .amounts import is_counted, parts_of
from .lines import TEXT, Line, ends_sentence
from .markers import marker_of
from .weights import PROSE, WIDEST, Span

# A line that was filled in takes up no more lines, rules among them.
FILLED: Final = 2
# The most such a line weighs: one figure, and the tag above its table.
MOST_FILLED: Final = 2.0
# The label of a row between tables takes up no more lines, with no more blank ones above each.
LABELS: Final = 4
APART: Final = 2
# What stands over the numbers of a contents page, from so far left of them on, and so many lines above at the most.
PAGE_HEAD: Final = re.compile(r"(?:page|page no\.?|page number)s?", re.IGNORECASE)
OVER_NUMBER: Final = 8
CONTENTS: Final = 8
# Where a line alone, among so many, is parted by no wider gap, it is text that was set wide: `Washington, D.C.  20549`.
LONE: Final = 6
LONE_GAP: Final = 2
# A cell goes on no further right of where it begins; so far in, with a capital, too.
HANGING: Final = 3
FAR_IN: Final = 12
# Heads stand at least so far apart.
HEAD_GAP: Final = 3

# Where a run begins, and whether it is a table.
Run: TypeAlias = tuple[int, bool]


class Weighed(Struct):
    """The lines that hold anything, what speaks for each, and what a change of state costs right before it.

    What few lines have is kept by the line's place: `parts`, where gaps part it into two or more; `stubs`, where the
    first figure of such a line begins; `tags`, the tags above it. `loose` are the places of the lines whose weight may
    depend on their neighbours: those with parts, and those that neither words nor figures settle.
    """

    lines: list[Line]
    weights: list[float]
    costs: list[float]
    blanks: list[int]
    parts: dict[int, list[Span]]
    stubs: dict[int, int]
    tags: dict[int, str]
    loose: list[int]


def runs_of(weighed: Weighed) -> list[Run]:
    """Part the lines into runs of tables and of text, by turns."""
    runs = _with_labels(_joined(_best(weighed.weights, weighed.costs), weighed), weighed)
    return _without_filled(_with_cells(runs, weighed), weighed)


def _joined(runs: Sequence[Run], weighed: Weighed) -> list[Run]:
    """The runs, but a few lines between two tables are rows where they lead to the end of one."""
    lines, blanks = weighed.lines, weighed.blanks
    out: list[Run] = []
    for start, table in runs:
        before = out[-1][0] if out else 0
        if table and before and max(blanks[before:start]) <= APART and _is_label(weighed, before, start):
            leads_in = marker_of(lines[before]) and any(blanks[before + 1 : start])  # to items: it stays text
            if not leads_in:
                out.pop()
                continue
        out.append((start, table))
    return out


def _with_labels(runs: Sequence[Run], weighed: Weighed) -> list[Run]:
    """The runs, but a table begins with its heads, and with the label in the midst of which it seemed to begin."""
    lines, blanks = weighed.lines, weighed.blanks
    out: list[Run] = list(runs[:1])
    for (start, table), (end, _) in pairwise([*runs[1:], (len(lines), False)]):
        before = out[-1][0]
        begin = start
        rows = [line for line in lines[start : min(end, start + FILLED + 1)] if line.kind == TEXT] if table else []
        if len(rows) > 1 and lines[start].text[lines[start].indent].islower():
            label = next((i for i in range(start - 1, before, -1) if blanks[i]), before)
            begin = label if _is_label(weighed, label, start) else start
        elif table:
            begin = _page_head(weighed, before, _heads(weighed, before, start))
        if begin == before:
            out.pop()
        out.append((begin, table))
    return out


def _with_cells(runs: Sequence[Run], weighed: Weighed) -> list[Run]:
    """The runs, but a table ends with the whole of its last cells: lines go on where one of them begins."""
    out: list[Run] = list(runs[:1])
    for (start, table), (end, _) in pairwise([*runs[1:], (len(weighed.lines), False)]):
        begin = start if table else _cell_end(weighed, out[-1][0], start, end)
        if begin < end:
            out.append((begin, table))
    return out


def _cell_end(weighed: Weighed, first: int, start: int, end: int) -> int:
    """Where the last cell of a table ends that began at `first` and seemed to end above `start`."""
    lines, blanks = weighed.lines, weighed.blanks
    line = lines[start]
    if blanks[start] or line.kind != TEXT or (line.indent < FAR_IN and not line.text[line.indent].islower()):
        return start
    if ends_sentence(lines[start - 1].text):
        return start
    cells: Sequence[int] = ()
    for row in range(start - 1, first - 1, -1):
        starts = [part.start for part in parts_of(lines[row].text)[1:]]
        if any(begin <= line.indent <= begin + HANGING for begin in starts):
            cells = starts
            break
        if blanks[row]:
            return start
    if not cells:
        return start
    until = next((begin for begin in cells if begin > line.indent), WIDEST)
    begin = start
    while start < end and not blanks[start] and lines[start].kind == TEXT and lines[start].indent == line.indent:
        if len(lines[start].text) >= until:
            return begin
        start += 1
    return start


def _heads(weighed: Weighed, before: int, start: int) -> int:
    """Where the heads begin that stand right above a table which begins with figures; `start` if there are none."""
    lines, blanks = weighed.lines, weighed.blanks
    row = next((line for line in lines[start : start + FILLED] if line.kind == TEXT), lines[start])
    if blanks[start] > 1 or start in weighed.tags or max(len(row.text), len(lines[start - 1].text)) > WIDEST:
        return start
    figures = [part for part in parts_of(row.text)[1:] if is_counted(part)]
    heads = parts_of(lines[start - 1].text) if figures else []
    if len(heads) < 2 or any(map(is_counted, heads)) or any(b.start - a.end < HEAD_GAP for a, b in pairwise(heads)):
        return start
    if heads[-1].start >= figures[-1].end or heads[-1].end <= figures[-1].start:
        return start
    begin = start - 1
    while begin > before and not blanks[begin] and start - begin < LABELS:
        above = lines[begin - 1]
        if above.indent < heads[0].start and (weighed.weights[begin - 1] <= PROSE or "   " not in above.text.strip()):
            break
        begin -= 1
    return begin


def _page_head(weighed: Weighed, before: int, start: int) -> int:
    """Where `Page` stands above the first entry of a contents page that has a number; `start` if it does not.

    The entries between, `PART I` and what has parts of its own, have no number.
    """
    lines = weighed.lines
    row = next((i for i in range(start, min(start + FILLED, len(lines))) if i in weighed.stubs), None)
    if row is None or ".." not in lines[row].text:
        return start
    for i in range(start - 1, max(before, start - CONTENTS) - 1, -1):
        if lines[i].indent >= weighed.stubs[row] - OVER_NUMBER and PAGE_HEAD.fullmatch(lines[i].text, lines[i].indent):
            return i
    return start


def _is_label(weighed: Weighed, start: int, end: int) -> bool:
    """Do the lines from `start` on lead to a row at `end`: no blank line between, and none reaches its figures?"""
    lines = weighed.lines
    if end - start > LABELS or weighed.blanks[end] or lines[end].kind != TEXT:
        return False
    if any(len(line.text) > WIDEST for line in lines[start : end + 1]):
        return False
    if weighed.weights[start] <= PROSE and end - start > 1 and lines[start].indent > lines[start + 1].indent:
        return False  # a paragraph
    figures = [part.end for part in parts_of(lines[end].text)[1:] if is_counted(part)]
    return bool(figures) and all(
        len(line.text) <= figures[0] or any(map(is_counted, parts_of(line.text)[1:])) for line in lines[start:end]
    )


def _best(weights: Sequence[float], costs: Sequence[float]) -> list[Run]:
    """The runs whose weights less the costs of changing are greatest: where each begins, and whether it is a table.

    `text` and `table` are the best sums of all ways that end in that state. Where one is ahead of the other by more
    than a change costs, both ways come through it: all lines up to there are decided, and no way back need be kept.
    """
    runs: list[Run] = []
    text, table = 0.0, -1.0
    state: bool | None = None
    since = 0  # the first line that is not decided yet
    for i, (weight, cost) in enumerate(zip(weights, costs, strict=True)):
        if table < text - cost:
            table = text - cost
            if state is not False and i:
                state = False
                runs.append((since, state))
            since = i
        elif table - cost > text:
            text = table - cost
            if not state:
                state = True
                runs.append((since, state))
            since = i
        text -= weight
        table += weight
    if weights and state is not (table > text):
        runs.append((since, table > text))
    return runs


def _is_lone(weighed: Weighed, start: int, end: int) -> bool:
    """Is there but one line in parts among titles and rules, and is it parted by no wide gap and no leaders?"""
    if end - start > LONE:
        return False
    rows = [i for i in range(start, end) if i in weighed.parts or i in weighed.stubs]
    if len(rows) != 1 or any(i in weighed.tags for i in range(start, end)):
        return False
    text = weighed.lines[rows[0]].text
    return " " * (LONE_GAP + 1) not in text.strip() and ".." not in text


def _is_open(weighed: Weighed, start: int, end: int) -> bool:
    """Are a line or two with blanks to be filled in part of the paragraph that goes on below?"""
    lines = weighed.lines
    if end - start > FILLED or end == len(lines) or weighed.blanks[end] or lines[end].kind != TEXT:
        return False
    if any(i in weighed.tags or lines[i].kind != TEXT for i in range(start, end)):
        return False
    if any(is_counted(part) for line in lines[start:end] for part in parts_of(line.text)):
        return False
    below = lines[end]
    margin = min([line.indent for line in lines[start:end]])
    return below.text[below.indent].islower() and below.indent <= margin and not ends_sentence(lines[end - 1].text)


def _without_filled(runs: Sequence[Run], weighed: Weighed) -> list[Run]:
    """The runs, but a figure that ends a sentence of the text above is text: a form was filled in."""
    lines, blanks = weighed.lines, weighed.blanks
    out: list[Run] = []
    for (start, table), (end, _) in pairwise([*runs, (len(lines), False)]):
        own = [i for i in range(start, end) if lines[i].kind == TEXT] if table and end - start <= FILLED else []
        filled = (
            len(own) == 1
            and start > 0
            and not blanks[start]
            and lines[start - 1].kind == TEXT
            and not ends_sentence(lines[start - 1].text)
            and lines[start].kind == TEXT
            and weighed.weights[start] <= MOST_FILLED
            and not lines[start].text[lines[start].indent].isupper()
        )
        filled = filled or (table and (_is_lone(weighed, start, end) or _is_open(weighed, start, end)))
        if not out or out[-1][1] is not (table and not filled):
            out.append((start, table and not filled))
    return out
