"""The columns of a table: gutters that its rows share, never the positions of <C> tags.

They are what is left between the gutters common to the parts of the rows (`amounts`). A part that touches several
columns is given out word by word: figures go where their right edge belongs, words stay together.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from .amounts import CLOSE, SIGN, STRONG, WORD, Part, before_mark, is_figure

# A figure behind one of these belongs to the words: `6.1% to 14.0%`.
_CALLING: Final = frozenset(("to", "from"))
# A column that so few rows fill may be a slip of its neighbour, if hardly a blank stands between them.
SLIP_SHARE: Final = 0.2
SLIP_GAP: Final = 2
# Words that end a label far from it stand in no more rows than this share.
LABEL_SHARE: Final = 0.5
# Words of a label stand at most so many blanks apart.
STRETCHED: Final = 4
# So many rows with a word at the same place, two blanks behind the label, make a column.
A_COLUMN: Final = 3
# Where there are more figures than this, one alone makes no column.
A_FEW: Final = 6
# So many rows, as a share, may run over a gutter before it is none.
MOST_OVER: Final = 0.12
# Words begin with a column where they do in this share of the rows that stand over it.
FLUSH: Final = 0.5
# A figure's right edge may stand this far from that of its column (a bracket, a per cent sign, a mark).
RIGHT_EDGE: Final = 3


class Column(Struct, frozen=True, gc=False):
    """The extent of a column, whether figures stand in it, and whether words begin where it does (`flush`)."""

    start: int
    end: int
    figures: bool
    flush: bool = False


def find_columns(rows: Sequence[Sequence[Part]]) -> list[Column]:
    """Find the columns of these rows; rows of one part say nothing and are passed over.

    Words that begin a row are its label: they may run over the gutter, and make the first column, up to the second.
    """
    several = [row for row in _whole_labels(_with_labels(rows)) if len(row) > 1]
    if not several:
        return []
    labels = [row[0] for row in several if not row[0].amount]
    counts = sorted([len(row) - (not row[0].amount) for row in several], reverse=True)
    enough = max(2, len(several) // 5) if len(several) > 3 else 1
    expected = counts[enough - 1]
    parts = list(chain.from_iterable([row if row[0].amount else row[1:] for row in several]))
    words = [part for part in parts if not part.amount]
    if words and len(words) < len(parts):
        over_several = _over_several(words, [part for part in parts if part.amount])
        parts = [part for part in parts if id(part) not in over_several] if over_several else parts
    cover = _cover(parts)
    best: list[tuple[int, int]] = []
    fewest = len(several)
    for over in range(int(MOST_OVER * len(several)) + 1):
        found = _between_gutters(cover, over)
        if len(found) > len(best):
            best, fewest = found, _met_twice(several, found)
        if len(found) >= expected and not fewest:
            break
    runs = _without_labels(several, _without_slips(several, best, cover))
    stub = [label for label in labels if label.start < runs[0][0]]
    if stub:
        runs.insert(0, (min([p.start for p in stub]), min(max([p.end for p in stub]), runs[0][0])))
    return _with_figures(parts, runs, max(len(cover), runs[0][1]), rows)


def _with_labels(rows: Sequence[Sequence[Part]]) -> list[Sequence[Part]]:
    """The rows, with a figure that begins one taken for the end of a label, where most rows have labels over it."""
    labels = [row[0] for row in rows if not row[0].amount]
    starts, ends = sorted([p.start for p in labels]), sorted([p.end for p in labels])
    out: list[Sequence[Part]] = []
    for row in rows:
        first = row[0]
        if len(row) > 1 and first.amount:
            beyond = len(ends) - bisect_right(ends, first.end + RIGHT_EDGE)
            behind = len(starts) - bisect_left(starts, first.end)
            if 2 * (beyond - behind) > len(rows):
                row = [replace(first, amount=False), *row[1:]]  # noqa: PLW2901
        out.append(row)
    return out


def _met_twice(rows: Sequence[Sequence[Part]], runs: Sequence[tuple[int, int]]) -> int:
    """How many rows have a figure and another part in one run?"""
    starts = [a for a, _ in runs]
    twice = 0
    for row in rows:
        for a, b in pairwise(row):
            if b.amount and b.start >= starts[0] and bisect_right(starts, a.start) == bisect_right(starts, b.start):
                twice += 1
                break
    return twice


def _whole_labels(rows: Sequence[Sequence[Part]]) -> list[Sequence[Part]]:
    """The rows, with labels put together that two blanks had parted by chance: no column begins there."""
    second = Counter([row[1].start for row in rows if len(row) > 1 and not row[1].amount])
    ends = sorted([row[0].end for row in rows if not row[0].amount])
    long = ends[len(ends) * 2 // 3] if ends else 0
    out: list[Sequence[Part]] = []
    for row in rows:
        whole = row
        while len(whole) > 2 and not (whole[0].amount or whole[1].amount):
            a, b = whole[:2]
            gap = b.start - a.end
            if (second[b.start] >= A_COLUMN and not (gap == CLOSE and a.text[0] == "(")) or not (
                gap == CLOSE or (gap <= STRETCHED and b.end <= long)
            ):
                break
            whole = [Part(a.start, b.end, f"{a.text}{' ' * gap}{b.text}", amount=False), *whole[2:]]
        out.append(whole)
    return out


def _over_several(words: Sequence[Part], amounts: Sequence[Part]) -> set[int]:
    """Words that stand over several columns of figures, as a remark does: they say nothing of the gutters."""
    runs = _between_gutters([*_cover(amounts), 0], over=len(amounts) > A_FEW)
    starts, ends = [a for a, _ in runs], [b for _, b in runs]
    return {id(part) for part in words if bisect_left(starts, part.end) - bisect_right(ends, part.start) > 1}


def _cover(parts: Sequence[Part]) -> list[int]:
    """How many parts, each of another row, stand at each column of type; the mark of a note is not counted."""
    ends = [part.end if part.text[-1] != ")" else before_mark(part) for part in parts]
    change = [0] * (max(ends) + 2)
    for part in parts:
        change[part.start] += 1
    for end in ends:
        change[end] -= 1
    return list(accumulate(change))


def part_columns(columns: Sequence[Column], rows: Sequence[Sequence[Part]]) -> list[Column]:
    """Part the columns in which rows have several figures, where the fewest figures stand in the way."""
    out: list[Column] = []
    for column in columns:
        own = [[p for p in row if p.amount and column.start <= (p.start + p.end) // 2 < column.end] for row in rows]
        out += _parted(column, [figures for figures in own if figures])
    return out


def _parted(column: Column, rows: Sequence[Sequence[Part]]) -> list[Column]:
    pairs = [pair for row in rows for pair in pairwise(row)]
    if not pairs:
        return [column]
    every = [part for row in rows for part in row]

    def merit(cut: int) -> int:
        return sum([a.end <= cut <= b.start for a, b in pairs]) - 2 * sum([p.start < cut < p.end for p in every])

    cut = max(sorted({b.start for _, b in pairs}), key=merit)
    left = [[p for p in row if (p.start + p.end) // 2 < cut] for row in rows]
    right = [[p for p in row if (p.start + p.end) // 2 >= cut] for row in rows]
    end = max([p.end for row in left for p in row if p.end <= cut])
    return [
        *_parted(Column(column.start, end, figures=True), [row for row in left if row]),
        *_parted(Column(cut, column.end, figures=True), [row for row in right if row]),
    ]


def part_at_heads(
    columns: Sequence[Column], rows: Sequence[Sequence[Part]], heads: Sequence[Sequence[Part]]
) -> list[Column]:
    """Part columns of words one blank apart where heads begin over each other, and a word in most rows."""
    pairs = [pair for own in heads for pair in pairwise(own)]
    out: list[Column] = []
    for column in columns:
        if column.figures or not pairs:
            out.append(column)
            continue
        over = Counter([b.start for a, b in pairs if a.end > column.start < b.start - 1 and b.start < column.end])
        edges = {start + off for start, lines in over.items() if lines > 1 for off in (-1, 0, 1)}
        for cut in sorted(edges):
            own = [p for row in rows for p in row if p.start < cut < p.end and p.end > column.start]
            parted = [p.text[cut - p.start - 1] == " " != p.text[cut - p.start] for p in own]
            if sum(parted) >= max(A_COLUMN, (1 - MOST_OVER) * len(own), LABEL_SHARE * len(rows)):
                out.append(Column(column.start, cut - 1, figures=False, flush=column.flush))
                column = replace(column, start=cut, flush=True)  # noqa: PLW2901
        out.append(column)
    return out


def with_empty_labels(columns: list[Column], heads: Sequence[Sequence[Part]]) -> list[Column]:
    """The columns, and one for labels that no row has, where a word stands left of the head of the first column."""
    last = heads[-1] if heads else ()
    if not columns or len(last) < 2 or last[0].end >= columns[0].start or not last[0].text.isalpha():
        return columns
    if last[1].start >= columns[0].end or last[1].end <= columns[0].start:
        return columns
    return [Column(last[0].start, last[0].end, figures=False), *columns]


def _between_gutters(cover: Sequence[int], over: int) -> list[tuple[int, int]]:
    """The runs of columns that more than `over` rows cover."""
    runs: list[tuple[int, int]] = []
    start = -1
    for column, covered in enumerate(cover):
        if covered > over:
            if start < 0:
                start = column
        elif start >= 0:
            runs.append((start, column))
            start = -1
    return runs


def _without_slips(
    rows: Sequence[Sequence[Part]], runs: Sequence[tuple[int, int]], cover: Sequence[int]
) -> list[tuple[int, int]]:
    """Join a column that few rows fill to the neighbour hardly apart from it, if no row fills both."""
    out = list(runs[:1])
    few = max(1, SLIP_SHARE * len(rows))
    for run in runs[1:]:
        before = out[-1]
        a, b = before[0], run[1]
        # The most rows at one of its columns are the least that fill a run: most runs need no closer look.
        if run[0] - before[1] <= SLIP_GAP and (max(cover[a : before[1]]) <= few or max(cover[run[0] : b]) <= few):
            fill = [{n for n, row in enumerate(rows) if _meets(row, r)} for r in (before, run)]
            if not fill[0] & fill[1] and min(map(len, fill)) <= few:
                out[-1] = (a, b)
                continue
        out.append(run)
    return out


def _without_labels(rows: Sequence[Sequence[Part]], runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leave out words that stand before the figures in some rows, where as many labels run over them: they end one."""
    out = list(runs)
    few = LABEL_SHARE * len(rows)
    while len(out) > 1:
        a, b = out[0]
        own = [part for row in rows for part in row[1:] if part.start < b and part.end > a]
        over = sum([not row[0].amount and row[0].end > a for row in rows])
        if not own or len(own) > few or over < len(own) or any(part.amount for part in own):
            break
        behind = [part.amount for row in rows for part in row[1:] if part.end > out[1][0]]
        if 2 * sum(behind) <= len(behind):
            break  # a table of words
        del out[0]
    return out


def _meets(row: Sequence[Part], run: tuple[int, int]) -> bool:
    a, b = run
    return any(part.start < b and part.end > a for part in row)


def _with_figures(
    parts: Sequence[Part], runs: Sequence[tuple[int, int]], width: int, rows: Sequence[Sequence[Part]]
) -> list[Column]:
    """The columns of these extents: one has figures where they are most of the parts that stand inside it."""
    at = _positions(runs, width)
    ends = [b for _, b in runs]
    score = [0] * len(runs)
    for part in parts:
        n = at[part.start]
        if n >= 0 and part.end <= ends[n]:
            score[n] += 1 if part.amount else -1
    flush = _flush([a for a, _ in runs], rows)
    return [Column(a, b, score[n] > 0, score[n] <= 0 and flush[n]) for n, (a, b) in enumerate(runs)]


def _flush(starts: Sequence[int], rows: Sequence[Sequence[Part]]) -> list[bool]:
    """For each column, by where it begins: do words begin there in most parts that stand over that place?"""
    over, begun = [0] * len(starts), [0] * len(starts)
    for part in chain.from_iterable(rows):
        for n in range(bisect_left(starts, part.start), bisect_left(starts, part.end)):
            over[n] += 1
            begun[n] += starts[n] == part.start or part.text[starts[n] - part.start - 1] == " "
    return [b >= FLUSH * n for b, n in zip(begun, over, strict=True)]


def _positions(runs: Sequence[tuple[int, int]], width: int) -> list[int]:
    """The way from a column of type to the column of the table: -1 in a gutter."""
    at = [-1] * (width + 1)
    for n, (a, b) in enumerate(runs):
        at[a:b] = [n] * (b - a)
    return at


# ---------------------------------------------------------------- giving out


class Layout:
    """Columns, and rows given out to them. `width` is the number of columns of type that the lines take up."""

    def __init__(self, columns: Sequence[Column], width: int) -> None:
        self.columns = columns
        self.at = _positions([(c.start, c.end) for c in columns], max(width, columns[-1].end))
        self.empty = [""] * len(columns)
        self.bits = [1 << n if c.figures else 0 for n, c in enumerate(columns)]

    def give_out(self, parts: Sequence[Part]) -> tuple[list[str], bool] | None:
        """Give the parts of a row to the columns: the text of each cell, its pieces parted by line feeds, and whether
        there are figures behind the first column that belong there. None where two figures would share a cell."""
        cells = self.empty.copy()
        at, bits = self.at, self.bits
        amounts = 0  # the columns of figures that have one, a bit each
        for part in parts:
            n = at[part.start]
            if n < 0 or n != at[part.end - 1]:
                given = self._between(part)
            elif cells[n]:
                given = ((n, part),)
            else:
                cells[n] = part.text
                if part.amount:
                    amounts |= bits[n]
                continue
            for n, piece in given:
                cells[n] = f"{cells[n]}\n{piece.text}" if cells[n] else piece.text
                if piece.amount:
                    if amounts & bits[n]:
                        return None
                    amounts |= bits[n]
        return cells, amounts > 1

    def _between(self, part: Part) -> Sequence[tuple[int, Part]]:
        """Give out a part that does not stand inside one column."""
        met = [n for n, c in enumerate(self.columns) if part.start < c.end and part.end > c.start]
        if len(met) > 1:
            if part.amount and all(self.columns[n].figures for n in met):
                end = before_mark(part)
                return ((min(met, key=lambda n: abs(self.columns[n].end - end)), part),)
            return _by_words(part, self.columns, met)
        return ((met[0] if met else _nearest(part, self.columns), part),)


def _nearest(part: Part, columns: Sequence[Column]) -> int:
    def distance(n: int) -> int:
        return max(columns[n].start - part.end, part.start - columns[n].end)

    return min(range(len(columns)), key=distance)


def _by_words(part: Part, columns: Sequence[Column], met: Sequence[int]) -> list[tuple[int, Part]]:
    """Part a piece that touches several columns: figures at its end go to theirs, the words before stay together."""
    words = [(part.start + m.start(), part.start + m.end(), m[0]) for m in WORD.finditer(part.text)]
    given: list[tuple[int, Part]] = []
    end = len(words)
    while end > 1:
        first, last, text = words[end - 1]
        n = next((n for n in met[::-1] if abs(columns[n].end - last) <= RIGHT_EDGE and columns[n].figures), None)
        if n is None or not STRONG.fullmatch(text) or any(n == m for m, _ in given) or _is_said(part, first, text):
            break
        end -= 1
        if words[end - 1][2] in SIGN:
            end -= 1
            first = words[end][0]
        given.insert(0, (n, _piece(part, first, last)))
    if end:
        for i in range(end - 1, 0, -1):  # a word stands where a column of words begins
            n = next((n for n in met[1:] if _begins(columns[n], words[i][0], given, n)), None)
            if n is not None:
                given.insert(0, (n, _piece(part, words[i][0], words[end - 1][1])))
                end = i
        given.insert(0, (met[0], _piece(part, part.start, words[end - 1][1])))
    return given


def _is_said(part: Part, start: int, figure: str) -> bool:
    """Does a figure at the end of a label belong to its words: behind `to`, or in the brackets they open?"""
    words = part.text[: start - part.start].rstrip()
    return words.rpartition(" ")[2] in _CALLING or (
        ")" in figure and words.count("(") > words.count(")") and "(" not in figure
    )


def _begins(column: Column, start: int, given: Sequence[tuple[int, Part]], n: int) -> bool:
    return not column.figures and column.flush and column.start == start and all(n != m for m, _ in given)


def _piece(part: Part, start: int, end: int) -> Part:
    text = part.text[start - part.start : end - part.start]
    return Part(start, end, text, is_figure(text))
