"""What follows each other on an HTML page: what `flow` writes and its followers read.

Run     the text between two line breaks of the page, with its look
Typed   a line of a <pre>, blanks and all
Break   a rule, or what begins a new page
Grid    a table as it is marked up: rows of cells, which hold all of these
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from ..model import Align, Range


class Run(Struct, gc=False):
    """A text: single blanks, but each `&nbsp;` is one. `gap`: a blank line stands above it.

    `strong`: all of it is bold, underlined or in italics; `link`: it leads to a place on the page. `level` is that of
    <h1> to <h6>, else 0; `item` the list item it is in, as a depth and a number that no other has, else (0, 0).
    """

    text: str
    lines: Range
    align: Align
    indent: int
    gap: bool
    strong: bool = False
    level: int = 0
    item: tuple[int, int] = (0, 0)
    link: bool = False


class Typed(Struct, gc=False):
    """A line of a <pre>. `tag`: it is the tag of a fixed-width table."""

    text: str
    lines: Range
    tag: bool = False


class Break(Struct, gc=False):
    """A rule, or what plainly begins a new page."""

    line: int
    plain: bool


class Cell(Struct, gc=False):
    """A cell as it is marked up."""

    colspan: int
    rowspan: int
    head: bool
    items: list[Item]


class Grid(Struct, gc=False):
    """A table as it is marked up."""

    rows: list[list[Cell]]
    line: int


Item: TypeAlias = Run | Typed | Break | Grid
