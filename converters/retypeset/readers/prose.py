"""Text regions -> pieces: paragraphs un-justified and joined, list items, lines whose breaks carry meaning, titles.

A unit of several lines is prose; units of one line are titles, lines, or a paragraph's stray end, and what stands
around them tells which. Where a unit ends is the business of `units`, what a title looks like that of `titles`, which
level it has that of `outline`, how items nest that of `lists`, what a hyphen at a line's end means that of `hyphens`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, starmap
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from ..model import Furniture, List, Preformatted, Ranges, Table
from .lines import Line, Unit, rules
from .markers import marker_of
from .regions import Region
from .titles import is_centred, is_signed, title_like, title_style
from .units import GOES_ON, RIGHT_SHARE, chunks, connected, mend, single_spaced, split_prose, units_of

Kind = Literal["heading", "paragraph", "item", "lines", "footnote"]

_PERIOD: Final = re.compile(r"for the .*\b(?:ended|period|year)\b", re.IGNORECASE)
# So many lines in the middle over each other are a cover, not a title.
COVER: Final = 5
# A gap as wide as this parts a column of lines at the right, which is no wider than that, from what stands left of it.
STACK_GAP: Final = " " * 12
STACK_WIDTH: Final = 32


class Piece(Struct, gc=False):
    """A block in the making. `style` is what a title looks like: see `outline`. `referred` are the lines that refer to
    a footnote of the text."""

    kind: Kind
    lines: list[Line]
    marker: str = ""
    style: str = ""
    blanks: int = 0
    referred: Ranges = ()


Element: TypeAlias = Piece | Table | Preformatted | List
"""What a region is read into: tables are done, and the lists of HTML pages; pieces wait for the outline."""


def set_text(region: Region, edge: int, furniture: list[Furniture]) -> list[Piece]:
    """Read a text region into pieces; rules go on the list of furniture. `edge` is the column that full lines reach."""
    furniture += rules(region.lines)
    blanks = single_spaced(region)
    pieces: list[Piece] = []
    for chunk, above in chunks(region.lines, blanks):
        made = list(_read_chunk(chunk, edge))
        if made:
            made[0].blanks = above
            pieces += made
    return pieces


def _read_chunk(chunk: Sequence[Line], edge: int) -> Iterator[Piece]:
    units = list(split_prose(mend(units_of(chunk, edge))))
    at = 0
    while at < len(units):
        unit = units[at]
        caption = units[at + 1] if at + 1 < len(units) else None
        if (
            caption is not None
            and caption.ruled
            and caption.first.text[caption.first.indent] == "("
            and len(unit.lines) < 3
        ):
            yield _lines([unit, caption])
            at += 2
        elif len(unit.lines) == 1 or title_like(unit):
            run = at + 1
            while run < len(units) and len(units[run].lines) == 1 and _beside(units[run - 1], units[run]):
                run += 1
            yield from short_lines(units[at:run], edge, followed=run < len(units))
            at = run
        else:
            yield _lines([unit]) if _is_stacked(unit) else _prose(unit)
            at += 1


def _is_stacked(unit: Unit) -> bool:
    """Do lines stand in a narrow column at the right, and something else far left of the first of them?

    FOR IMMEDIATE RELEASE                       Contact: A. N. Other
                                                         (212) 555-0100
    """
    first, *rest = unit.lines
    if STACK_GAP not in first.text:
        return False
    _, gap, right = first.text.strip().partition(STACK_GAP)
    start = len(first.text) - len(right.lstrip())
    if not gap or STACK_GAP in right.strip() or marker_of(first):
        return False
    set_in = all(line.indent >= start for line in rest)
    return set_in and max(len(line.text) for line in unit.lines) - start <= STACK_WIDTH


def _beside(unit: Unit, following: Unit) -> bool:
    """Do two lines belong to one stack: set alike, or both in the middle?"""
    a, b = unit.first, following.first
    if "*" in (a.text[a.indent], b.text[b.indent]):
        return False
    if following.ruled and b.text[b.indent] != "(" and not is_signed(a.text):
        return False
    return abs(a.indent - b.indent) <= 24 or abs(a.indent + len(a.text) - b.indent - len(b.text)) <= 6


def short_lines(units: Sequence[Unit], edge: int, *, followed: bool) -> Iterator[Piece]:
    """Read a run of single lines: titles, items, lines. `followed`: more units stand right below."""
    if len(units) == 1:
        (unit,) = units
        style = "" if connected(unit.last.text) else title_style(unit, edge)
        yield Piece("heading", unit.lines, style=style) if style else _prose(unit)
        return
    if any(is_signed(u.first.text) for u in units):
        yield _lines(units)
        return
    cover = len(units) >= COVER and all(is_centred(u.first, edge) for u in units)
    if cover or (min(u.first.indent for u in units) >= RIGHT_SHARE * edge and not followed):
        yield _lines(units)
        return
    marked = sum(1 for u in units if marker_of(u.first))
    if marked > 1:
        yield from map(_prose, units)
        return
    styles = [title_style(u, edge, stacked=marked > 0) for u in units]
    if not all(styles):
        over = bool(styles[0]) and not any(styles[1:]) and (followed or _is_sentence(units[-1])) and len(units) == 2
        title = followed and bool(styles[0]) and len(units) - sum(map(bool, styles)) <= 1
        if marked:
            yield from map(_prose, units)
            return
        if not over and not title and not _half_titles(units, styles):
            yield _lines(units)
            return
    if set(styles) == {"titled"} and not any(starmap(_wraps, pairwise(units))):
        yield _lines(units)
        return
    at = 0
    while at < len(units):
        run = at + 1
        while run < len(units) and styles[at] and styles[run] and _wraps(units[run - 1], units[run]):
            run += 1
        lines = [line for u in units[at:run] for line in u.lines]
        if styles[at]:
            yield Piece("heading", lines, style=styles[at])
        else:
            yield _prose(Unit(lines))
        at = run


def _is_sentence(unit: Unit) -> bool:
    text = unit.last.text
    return text[-1] in ".:" and len(text.split()) >= 6


def _half_titles(units: Sequence[Unit], styles: Sequence[str]) -> bool:
    """A stack of titles with a remark in brackets among them: `(in millions)`."""
    return all(style or u.text.startswith("(") for u, style in zip(units, styles, strict=True)) and bool(styles[0])


def _wraps(unit: Unit, following: Unit) -> bool:
    """Is one title wrapped over these lines?"""
    a, b = unit.last.text, following.first.text[following.first.indent :]
    if following.first.text[following.first.indent] == "(" or _PERIOD.match(b):
        return False
    return connected(a) or GOES_ON.match(b) is not None


def _lines(units: Sequence[Unit]) -> Piece:
    return Piece("lines", [line for u in units for line in u.lines])


def _prose(unit: Unit) -> Piece:
    marker = marker_of(unit.first)
    return Piece("item" if marker else "paragraph", unit.lines, marker)
