"""The columns of a table: gutters that its rows share, never the positions of <C> tags.

A row is taken apart at gaps of two and more blanks; figures that stand one blank apart are parted, a currency sign and
a per cent sign stay with their figure. The columns are what is left between the gutters common to the rows. A part that
touches several columns is given out word by word: figures go where their right edge belongs, words stay together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from .regions import segments

STRONG: Final = re.compile(r"[$(<+-]{0,3}\d[\d,]*(?:\.\d+)?[)%]{0,2}|[$(]{0,2}\.\d+[)%]{0,2}|-{1,3}")
_WORD: Final = re.compile(r"\S+")
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:;.")
_SIGN: Final = frozenset(("$", "($", "(", "£"))
_AFTER: Final = frozenset(("%", ")", ")%", "%)"))
# A column that so few rows fill may be a slip of its neighbour, if hardly a blank stands between them.
SLIP_SHARE: Final = 0.2
SLIP_GAP: Final = 2
# So many rows, as a share, may run over a gutter before it is none.
MOST_OVER: Final = 0.12
# A figure's right edge may stand this far from that of its column (a bracket, a per cent sign, a mark).
RIGHT_EDGE: Final = 3


class Part(NamedTuple):
    """A piece of a line: columns start (included) to end (excluded), 0-based, and its text."""

    start: int
    end: int
    text: str


class Column(NamedTuple):
    """The extent of a column, and whether figures stand in it."""

    start: int
    end: int
    figures: bool


def parts_of(text: str) -> list[Part]:
    """Take a line apart where two blanks and more stand, and between figures."""
    parts: list[Part] = []
    for a, b in segments(text):
        piece = text[a:b]
        words = piece.split(" ") if " " in piece else ()
        if (
            words
            and piece[-1] not in _LETTERS
            and sum(1 for w in words if STRONG.fullmatch(w) and any(c.isdigit() for c in w)) >= 2
            and all(STRONG.fullmatch(w) or w in _SIGN or w in _AFTER for w in words)
        ):
            parts += _figures(text, a, b)
        else:
            parts.append(Part(a, b, piece))
    return _signs(parts, text)


def _figures(text: str, a: int, b: int) -> list[Part]:
    return [Part(m.start(), m.end(), m[0]) for m in _WORD.finditer(text, a, b)]


def _signs(parts: Sequence[Part], text: str) -> list[Part]:
    """Put signs that stand alone to their figure: `$` to the one behind, `%` and `)` to the one before."""
    out: list[Part] = []
    for part in parts:
        if out and _belong(out[-1], part):
            before = out.pop()
            out.append(Part(before.start, part.end, text[before.start : part.end]))
        else:
            out.append(part)
    return out


def _belong(before: Part, part: Part) -> bool:
    if before.text in _SIGN:
        return is_figure(part.text)
    return part.text in _AFTER and part.start - before.end <= 3 and is_figure(before.text)


def is_figure(text: str) -> bool:
    """Does a part state an amount, or stand for one?"""
    return text[0] in _AMOUNT_STARTS and _AMOUNT.fullmatch(text) is not None


_AMOUNT_STARTS: Final = frozenset("$(<+£-–—.0123456789*XxNn")
_AMOUNT: Final = re.compile(
    r"[$(<+£-]{0,3}\s{0,12}[$(]?\s{0,12}\.?\d[\d,./]*(?: \d{1,2}/\d{1,3})?\s?\)?\s{0,3}%?\)?"
    r"(?:\s?(?:\(\w{1,2}\)|\{\w\}|\*{1,3}|[a-z]))?|[$]?\s{0,12}[-–—]{1,3}|-0-|N/?[AM]|\*{1,2}|X",
    re.IGNORECASE,
)


def find_columns(rows: Sequence[Sequence[Part]]) -> list[Column]:
    """Find the columns of these rows; rows of one part say nothing and are passed over."""
    several = [row for row in rows if len(row) > 1]
    if not several:
        return []
    counts = Counter(len(row) for row in several)
    enough = max(2, len(several) // 5) if len(several) > 3 else 1
    expected = max((n for n in counts if sum(c for m, c in counts.items() if m >= n) >= enough), default=2)
    best: list[tuple[int, int]] = []
    for over in range(int(MOST_OVER * len(several)) + 1):
        found = _between_gutters(several, over)
        if len(found) > len(best):
            best = found
        if len(found) >= expected:
            break
    return [Column(a, b, _mostly_figures(several, a, b)) for a, b in _without_slips(several, best)]


def _between_gutters(rows: Sequence[Sequence[Part]], over: int) -> list[tuple[int, int]]:
    """The runs of columns that more than `over` rows cover."""
    width = max(row[-1].end for row in rows) + 1
    change = [0] * (width + 1)
    for row in rows:
        for part in row:
            change[part.start] += 1
            change[part.end] -= 1
    runs: list[tuple[int, int]] = []
    covered, start = 0, -1
    for column in range(width + 1):
        covered += change[column]
        if covered > over and start < 0:
            start = column
        elif covered <= over and start >= 0:
            runs.append((start, column))
            start = -1
    return runs


def _without_slips(rows: Sequence[Sequence[Part]], runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join a column that few rows fill to the neighbour hardly apart from it, if no row fills both."""
    out = list(runs[:1])
    for run in runs[1:]:
        before = out[-1]
        if run[0] - before[1] <= SLIP_GAP:
            fill = [{n for n, row in enumerate(rows) if any(_meets(p, r) for p in row)} for r in (before, run)]
            if not fill[0] & fill[1] and min(map(len, fill)) <= max(1, SLIP_SHARE * len(rows)):
                out[-1] = (before[0], run[1])
                continue
        out.append(run)
    return out


def _meets(part: Part, run: tuple[int, int]) -> bool:
    return part.start < run[1] and part.end > run[0]


def _mostly_figures(rows: Sequence[Sequence[Part]], a: int, b: int) -> bool:
    own = [is_figure(part.text) for row in rows for part in row if part.start >= a and part.end <= b]
    return sum(own) > 0.5 * len(own)


# ---------------------------------------------------------------- giving out


class Layout:
    """Columns with the way from a column of type to the column of the table: -1 in a gutter."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.at = [-1] * (columns[-1].end + 1)
        for n, c in enumerate(columns):
            self.at[c.start : c.end] = [n] * (c.end - c.start)

    def give_out(self, parts: Sequence[Part]) -> list[list[Part]] | None:
        """Give the parts of a row to the columns; None where two figures would share a cell."""
        cells: list[list[Part]] = [[] for _ in self.columns]
        at, wide = self.at, len(self.at)
        for part in parts:
            first = at[part.start] if part.end < wide else -1
            if first >= 0 and first == at[part.end - 1]:
                cells[first].append(part)
                continue
            met = [n for n, c in enumerate(self.columns) if part.start < c.end and part.end > c.start]
            if len(met) == 1:
                cells[met[0]].append(part)
            elif not met:
                cells[_nearest(part, self.columns)].append(part)
            else:
                for n, piece in _by_words(part, self.columns, met):
                    cells[n].append(piece)
        for n, cell in enumerate(cells):
            if len(cell) > 1 and self.columns[n].figures and sum(1 for p in cell if is_figure(p.text)) > 1:
                return None
        return cells


def _nearest(part: Part, columns: Sequence[Column]) -> int:
    def distance(n: int) -> int:
        return max(columns[n].start - part.end, part.start - columns[n].end)

    return min(range(len(columns)), key=distance)


def _by_words(part: Part, columns: Sequence[Column], met: Sequence[int]) -> list[tuple[int, Part]]:
    """Part a piece that touches several columns: figures at its end go to theirs, the words before stay together."""
    words = [Part(part.start + m.start(), part.start + m.end(), m[0]) for m in _WORD.finditer(part.text)]
    given: list[tuple[int, Part]] = []
    end = len(words)
    while end > 1:
        word = words[end - 1]
        n = next((n for n in met[::-1] if abs(columns[n].end - word.end) <= RIGHT_EDGE and columns[n].figures), None)
        if n is None or not STRONG.fullmatch(word.text) or any(n == m for m, _ in given):
            break
        end -= 1
        if words[end - 1].text in _SIGN:
            end -= 1
            word = Part(words[end].start, word.end, part.text[words[end].start - part.start : word.end - part.start])
        given.insert(0, (n, word))
    if end:
        last = words[end - 1].end
        given.insert(0, (met[0], Part(part.start, last, part.text[: last - part.start])))
    return given
