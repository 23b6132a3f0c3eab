"""Two typesetters of tables: tbl with groff, on pages, and a typist who counts columns.

Both are given the same lines of cells. tbl decides itself how wide columns are and where figures stand in them; the
typist does what word processors of the era did with tab stops: signs at a column's left edge, brackets beyond its right
one, heads in the middle or flush right.
"""

from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from tests.readers.specimen import COMMAND, ESCAPES, PAGE
from tests.readers.tabular import Row, Specimen, Table

# The widths of prose and of tables.
NARROW = 72
WIDE = 132


class _Line(NamedTuple):
    """A line to be set: cells, each over the columns `spans` says, of a head or the body; a rule; or a blank line."""

    kind: Literal["head", "body", "rule", "over", "blank"]
    cells: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()


def _lines(table: Table) -> Iterator[_Line]:
    """The lines of a table: heads from the top to the bottom, then the rows, wrapped."""
    spanners = [head for head in table.heads if head.last > head.first]
    single = [head for head in table.heads if head.last == head.first]
    if spanners:
        spans = tuple((head.first, head.last) for head in spanners)
        yield _Line("head", tuple(head.lines[0] for head in spanners), spans)
        if spanners[0].ruled:
            yield _Line("rule", ("-",) * len(spans), spans)
    columns = tuple((n, n) for n in range(1, table.columns + 1))
    depth = max(len(head.lines) for head in single)
    for at in range(depth):
        begun = [head for head in single if depth - at <= len(head.lines)]
        cells = {head.first: head.lines[at - depth] for head in begun}
        yield _Line("head", tuple(cells.get(n, "") for n in range(table.columns + 1)), ((0, 0), *columns))
    if table.under:
        yield _Line("over") if table.under == "all" else _Line("rule", ("-",) * table.columns, columns)
    for row in table.rows:
        if row.above:
            yield _Line("blank") if row.above == " " else _Line("rule", (row.above,) * table.columns, columns)
        yield from _wrapped(table, row)
    if table.foot:
        yield _Line("rule", (table.foot,) * table.columns, columns)


def _wrapped(table: Table, row: Row) -> Iterator[_Line]:
    indent = "  " * row.level
    labels = textwrap.wrap(row.label, table.stub - 4, initial_indent=indent, subsequent_indent=indent + "  ") or [""]
    at = 0 if table.figures_first else len(labels) - 1
    for n, label in enumerate(labels):
        led = table.leaders and n == at and row.figures and label and len(label) + 4 < table.stub
        figures = [figure.text for figure in row.figures] if n == at and row.figures else [""] * table.columns
        yield _Line("body", (f"{label} ".ljust(table.stub, ".") if led else label, *figures))


def typeset(specimen: Specimen) -> str:
    """Set a specimen and return its lines."""
    return _by_groff(specimen) if specimen.pages else _by_typist(specimen)


# ---------------------------------------------------------------- tbl and groff


def _by_groff(specimen: Specimen) -> str:
    out = [PAGE.format(width=NARROW, hyphenated=0, head="", folio="-%-", adjust="l")]
    for n, prose in enumerate(specimen.prose):
        out += [".sp", ".ne 2", ".ti 3", prose.translate(ESCAPES)]
        if n < len(specimen.tables):
            out += [".sp", f".ll {WIDE}n", *_tbl(specimen.tables[n]), f".ll {NARROW}n"]
    done = subprocess.run((*COMMAND, "-t"), input="\n".join(out) + "\n", capture_output=True, text=True, check=True)
    assert done.stderr == "", done.stderr
    return done.stdout.replace("\f", "<PAGE>\n")


def _tbl(table: Table) -> Iterator[str]:
    """A table in the language of tbl: a format for each line of the heads, and one for the body."""
    head = "c" if table.aligned == "centre" else "r"
    body = "n" if table.aligned == "centre" else "r"
    formats: list[str] = []
    rows: list[str] = []
    lines = list(_lines(table))
    first = next(n for n, line in enumerate(lines) if line.kind == "body")
    for n, line in enumerate(lines):
        if n == first and table.tagged:
            rows.append("|".join(["<S>", *["<C>"] * table.columns]))
            formats.append(_format(["l", *["c"] * table.columns], table.gutter))
        match line.kind:
            case "over":
                rows.append("_")
            case "blank":
                rows.append("")
            case "body":
                rows.append("|".join(_escaped(cell) for cell in line.cells))
            case "rule" if n > first:
                rows.append("|".join(["", *(mark * 8 for mark in line.cells)]))
            case _:
                kinds = ["l", *["s"] * table.columns]
                for a, b in line.spans[line.spans[0] == (0, 0) :]:
                    kinds[a] = head if a == b else "c"
                formats.append(_format(kinds, table.gutter))
                cells = ["\\_"] * len(line.cells) if line.kind == "rule" else [_escaped(cell) for cell in line.cells]
                rows.append("|".join(cells if line.spans[0] == (0, 0) else ["", *cells]))
    if table.tagged:
        yield from (".nf", "<TABLE>", "<CAPTION>", ".fi")
    yield from (".TS", "tab(|);", *formats, _format(["l", *[body] * table.columns], table.gutter) + ".", *rows, ".TE")
    if table.tagged:
        yield from (".nf", "</TABLE>", ".fi")


def _format(kinds: Sequence[str], gutter: int) -> str:
    return " ".join(kind if kind == "s" or n == len(kinds) - 1 else f"{kind}{gutter}" for n, kind in enumerate(kinds))


def _escaped(cell: str) -> str:
    """A cell for tbl; blanks before a label stay, and what looks like a rule is text."""
    label = cell.lstrip()
    text = "\\ " * (len(cell) - len(label)) + label.translate(ESCAPES)
    return f"\\&{text}" if text[:1] in ".-_=" else text


# ---------------------------------------------------------------- a typist


def _by_typist(specimen: Specimen) -> str:
    out: list[str] = []
    for n, prose in enumerate(specimen.prose):
        out += [*textwrap.wrap(prose, NARROW, initial_indent="   "), ""]
        if n < len(specimen.tables):
            out += [*_typed(specimen.tables[n]), ""]
    return "\n".join(out) + "\n"


def _typed(table: Table) -> Iterator[str]:
    lines = list(_lines(table))
    places = _places(table, lines)
    if table.tagged:
        yield "<TABLE>"
        yield "<CAPTION>"
    begun = False
    for line in lines:
        if line.kind == "body" and not begun:
            begun = True
            if table.tagged:
                yield _placed([(0, "<S>"), *((start, "<C>") for start, _ in places[1:])])
        match line.kind:
            case "blank":
                yield ""
            case "over":
                yield "-" * places[-1][1]
            case "body":
                figures = zip(line.cells[1:], places[1:], strict=True)
                yield _placed([(0, line.cells[0]), *(_figure_at(table, *figure) for figure in figures)])
            case "rule":
                yield _placed([(places[a][0], mark * (places[b][1] - places[a][0])) for mark, (a, b) in _spanned(line)])
            case "head":
                yield _placed([_head_at(table, text, places[a : b + 1], own=a) for text, (a, b) in _spanned(line)])
    if table.tagged:
        yield "</TABLE>"


def _spanned(line: _Line) -> Iterator[tuple[str, tuple[int, int]]]:
    return zip(line.cells, line.spans, strict=True)


def _places(table: Table, lines: Sequence[_Line]) -> list[tuple[int, int]]:
    """Where each column begins and ends: wide enough for its figures, its head, and its share of a spanner."""
    widths = [max(table.stub, *(len(line.cells[0]) for line in lines if line.kind == "body"))]
    for n in range(1, table.columns + 1):
        figures = [len(line.cells[n].rstrip(")%")) + 1 + 3 * table.signs_apart for line in lines if line.kind == "body"]
        heads = [len(text) for line in lines if line.kind == "head" for text, own in _spanned(line) if own == (n, n)]
        widths.append(max(*figures, *heads))
    for line in lines:
        for text, (a, b) in _spanned(line) if line.kind == "head" else ():
            while a < b and len(text) > sum(widths[a : b + 1]) + table.gutter * (b - a):
                widths[a : b + 1] = [width + 1 for width in widths[a : b + 1]]
    ends = [sum(widths[: n + 1]) + table.gutter * n for n in range(len(widths))]
    return [(end - width, end) for end, width in zip(ends, widths, strict=True)]


def _figure_at(table: Table, text: str, place: tuple[int, int]) -> tuple[int, str]:
    """Set a figure: its last digit stands before the column's last place, which is for a bracket or a sign."""
    start, end = place
    after = len(text) - len(text.rstrip(")%"))
    if table.signs_apart and text[:1] == "$":
        return start, "$" + text[1:].rjust(end - 2 - start + after)
    return end - 1 + after - len(text), text


def _head_at(table: Table, text: str, places: Sequence[tuple[int, int]], own: int) -> tuple[int, str]:
    """Set a head over its columns, the first of which is `own`."""
    start, end = places[0][0], places[-1][1]
    if not own:
        return 0, text
    if table.aligned == "centre" or len(places) > 1:
        return start + (end - start - len(text)) // 2, text
    return end - len(text), text


def _placed(pieces: Sequence[tuple[int, str]]) -> str:
    line = ""
    for start, text in pieces:
        line = line.ljust(start) + text if text else line
    return line
