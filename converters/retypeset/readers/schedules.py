"""Financial data schedules (EX-27): a tag and its values a line, a grammar of their own.

    <ARTICLE> 5
    <LEGEND>
    THIS SCHEDULE CONTAINS SUMMARY FINANCIAL INFORMATION ...        paragraphs before the table
    </LEGEND>
    <PERIOD-TYPE>             6-MOS        12-MOS
    <CASH>                    1,344<F1>     2,482                   a row: the tag, then one value a column
    <FN>
    <F1> INCLUDES RESTRICTED CASH.                                  a footnote of the table
    </FN>

Where a line has fewer values than others, which columns they belong to is told by where they stand. The tags are kept
as filed; what they are short for (`tags`) is noted beside them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from ..model import Cell, Column, Footnote, Furniture, Range, Row, Table
from ..schedules import MARK
from ..tags import KNOWN, full_name
from .figures import cells_of
from .lines import BLANK, TAG, TEXT, Line, blank, join, ranges, rules
from .prose import Element, Piece

_TAGGED: Final = re.compile(r"\s*(<[A-Z][A-Z0-9&-]{1,40}>)\s*(\S.*)?$", re.IGNORECASE)
_VALUE: Final = re.compile(r"(?:\$ +)?\S+(?: \S+)*")
# What is said once for all columns has one value, whatever stands beside it.
_ONCE: Final = re.compile(r"<(?:ARTICLE|MULTIPLIER|CURRENCY|NAME|CIK|SERIES|NUMBER|RESTATED)>", re.IGNORECASE)
_LEGEND: Final = re.compile(r"\s*<LEGEND>", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"\s*<ARTICLE>", re.IGNORECASE)
_MARK: Final = re.compile(MARK, re.IGNORECASE)
_MARKS: Final = re.compile(rf"\s*((?:{MARK}\s*)+)", re.IGNORECASE)
# So many tagged lines make a schedule.
FEWEST: Final = 3
# So many lines without a tag may stand between two with one: of a value that was wrapped, of the legend.
WRAPPED: Final = 2
LEGEND: Final = 20
# The notes begin within so many lines of the last value.
NEAR: Final = 12


# ---------------------------------------------------------------- finding


def schedules(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Find the schedules in a body: the place of the first line of each, and the place behind its last."""
    run: list[int] = []
    untagged = 0
    articles = 0
    for i, line in enumerate(lines):
        if line.kind != TEXT:
            continue
        if line.text[line.indent] != "<" or not _TAGGED.match(line.text):
            untagged += 1
            continue
        article = _ARTICLE.match(line.text) is not None
        far = untagged > (LEGEND if run and _LEGEND.match(lines[run[-1]].text) else WRAPPED)
        if run and (far or (article and articles)):
            if _is_schedule(lines, run):
                yield run[0], _end(lines, run[-1] + 1)
            run, articles = [], 0
        articles += article
        run.append(i)
        untagged = 0
    if _is_schedule(lines, run):
        yield run[0], _end(lines, run[-1] + 1)


def _is_schedule(lines: Sequence[Line], run: Sequence[int]) -> bool:
    """Are there lines enough, and among their tags one that a schedule has? Lines of HTML begin with tags too."""
    return len(run) >= FEWEST and any(
        match[1].strip("<>").upper() in KNOWN for i in run if (match := _TAGGED.match(lines[i].text))
    )


def _end(lines: Sequence[Line], end: int) -> int:
    """The place behind the notes that follow the last value at `end`; `end` itself where there are none."""
    start = next((i for i in range(end, min(end + NEAR, len(lines))) if lines[i].kind in (TAG, TEXT)), end)
    if start == len(lines) or lines[start].kind != TAG or not ("<FN>" in lines[start].text or _begins(lines[start])):
        return end
    last = end
    gap = False
    for i in range(start, len(lines)):
        line = lines[i]
        if line.kind == TAG and ("</FN>" in line.text or "TABLE>" in line.text):
            return i
        if line.kind == TEXT and (_TAGGED.match(line.text) or (gap and not _closed(lines, i))):
            return last
        gap = line.kind == BLANK or (gap and not _begins(line))
        last = i + 1 if line.kind == TEXT else last
    return last


def _begins(line: Line) -> bool:
    return line.kind == TAG and _MARK.search(line.text) is not None


def _closed(lines: Sequence[Line], i: int) -> bool:
    """Does a closing tag follow soon, so that lines behind a blank one still belong to the notes?"""
    tags = (line.text for line in lines[i : i + LEGEND] if line.kind == TAG)
    return next((tag for tag in tags if "FN>" in tag or "TABLE>" in tag), "").startswith("</FN>")


# ---------------------------------------------------------------- reading


class _Row(Struct):
    """A row in the making: its tag and where the values begin in the first of its lines."""

    lines: list[Line]
    tag: str
    start: int

    def values(self) -> list[tuple[int, str]]:
        """The values, with their marks, and where they end without them."""
        text = self.lines[0].text
        if _ONCE.match(self.tag):
            return [(len(text), text[self.start :])] if text[self.start :] else []
        found = _VALUE.finditer(text, self.start)
        return [(m.start() + len(_MARK.sub("", m[0]).rstrip()), m[0]) for m in found]


class _Parts(Struct):
    """A schedule taken apart: rows, paragraphs of the legend, what else stands between, notes."""

    rows: list[_Row] = []
    legend: list[list[Line]] = []
    beside: list[Line] = []
    notes: list[list[Line]] = []


def schedule(
    lines: Sequence[Line], source: Sequence[str], furniture: list[Furniture], marked: set[Range]
) -> list[Element]:
    """Read the lines of a schedule: its legend as paragraphs, then a table of a tag and its values a row.

    `source` has the lines of the whole file, from which the marks of footnotes are taken back; lines that have any are
    added to `marked`. Rules and the tag of the legend go on the list of furniture.
    """
    furniture += rules(lines)
    parts = _taken_apart(_with_marks(lines, source, marked), furniture)
    before = [Piece("lines", [line]) for line in parts.beside]
    before += [Piece("paragraph", group) for group in parts.legend]
    if not parts.rows:
        return [*before, *(Piece("paragraph", group) for group in parts.notes)]
    article = next((text for row in parts.rows if _ARTICLE.match(row.tag) for _, text in row.values()), "")
    values = [row.values() for row in parts.rows]
    width = max(map(len, values))
    full = [[end for end, _ in v] for v in values if len(v) == width]
    ends = [sum(column) / len(column) for column in zip(*full, strict=True)] or [0.0] * width
    body = [
        Row((_label(row.tag, article), *_cells(v, ends)), ranges(row.lines))
        for v, row in zip(values, parts.rows, strict=True)
    ]
    table = Table(
        (Column("left"), *[Column("right")] * width),
        (),
        tuple(body),
        ranges([line for row in parts.rows for line in row.lines]),
        footnotes=tuple(map(_footnote, parts.notes)),
    )
    return [*before, table]


def _with_marks(lines: Sequence[Line], source: Sequence[str], marked: set[Range]) -> Iterator[Line]:
    """The lines with the marks of footnotes back in their places, where these were taken out with the layout tags."""
    texts = {line.number for line in lines if line.kind == TEXT}
    marks = {line.number for line in lines if line.kind == TAG and _MARK.search(line.text)}
    for line in lines:
        alone = line.kind == TAG and line.number not in texts and _MARKS.fullmatch(source[line.number - 1].strip())
        if line.number in marks and (line.kind == TEXT or alone):
            raw = source[line.number - 1].rstrip()
            text = raw if alone else "".join(_woven(raw, line.text))
            marked.add(Range(line.number, line.number))
            yield _line(line.number, text)
        elif line.kind != TAG or line.number not in marks:
            yield line


def _line(number: int, text: str) -> Line:
    return Line(number, text, len(text) - len(text.lstrip()), TEXT)


def _woven(raw: str, text: str) -> Iterator[str]:
    """A line as it was left when its tags were taken out, with the marks among them."""
    at = 0
    for mark in _MARK.finditer(raw):
        yield text[at : mark.start()].ljust(mark.start() - at)
        yield mark[0]
        at = mark.end()
    yield text[at:]


def _taken_apart(lines: Iterator[Line], furniture: list[Furniture]) -> _Parts:
    parts = _Parts()
    legend = noted = False
    fresh = True
    for line in lines:
        if line.kind == TAG:
            legend = legend and "</LEGEND>" not in line.text
            noted = noted or "<FN>" in line.text
        if line.kind != TEXT:
            fresh = fresh or line.kind == BLANK
            continue
        marks = _MARKS.match(line.text)
        match = None if marks else _TAGGED.match(line.text)
        if match and _LEGEND.match(match[1]):
            furniture.append(Furniture("tag", match[1], Range(line.number, line.number)))
            legend = True
            if match[2]:
                parts.legend.append([_line(line.number, _LEGEND.sub(blank, line.text, count=1))])
        elif match:
            legend = False
            parts.rows.append(_Row([line], match[1], match.start(2) if match[2] else len(line.text)))
        elif legend:
            _add(parts.legend, line, fresh)
        elif noted or marks:
            noted = True
            _add(parts.notes, line, fresh=bool(marks) or not parts.notes)
        elif fresh:
            parts.beside.append(line)
        else:
            parts.rows.append(_Row([line], "", line.indent))
        fresh = False
    return parts


def _add(groups: list[list[Line]], line: Line, fresh: bool) -> None:
    if fresh or not groups:
        groups.append([])
    groups[-1].append(line)


def _label(tag: str, article: str) -> Cell:
    name = full_name(tag.strip("<>"), _MARK.sub("", article).strip()) if tag else ""
    return Cell(tag, name=name)


def _cells(values: Sequence[tuple[int, str]], ends: Sequence[float]) -> list[Cell]:
    texts = [""] * len(ends)
    free = 0
    for left, (end, text) in zip(range(len(values), 0, -1), values, strict=True):
        # The values that are left need a column each.
        columns = range(free, len(ends) - left + 1)
        n = min(columns, key=lambda n: abs(ends[n] - end)) if len(values) < len(ends) else free
        texts[n] = text
        free = n + 1
    plain = cells_of([_MARK.sub("", text).rstrip() for text in texts])
    return [replace(cell, text=text) if "<" in text else cell for cell, text in zip(plain, texts, strict=True)]


def _footnote(lines: Sequence[Line]) -> Footnote:
    text = join([line.text for line in lines])
    marks = _MARKS.match(text)
    marker = marks[1].rstrip() if marks else ""
    return Footnote(marker, text[marks.end() :] if marks else text, ranges(lines))


def without_marks(furniture: Sequence[Furniture], marked: Collection[Range]) -> list[Furniture]:
    """The furniture less the marks of footnotes that schedules have kept, on the lines that `marked` names."""
    return [f for f in furniture if not (f.lines in marked and f.kind == "tag" and _MARKS.fullmatch(f.text))]
