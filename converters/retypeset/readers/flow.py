"""Tags and texts of an HTML page -> what follows each other on it: runs of text, typed lines, breaks, grids.

Tag soup is read as browsers read it, as far as it matters here: a cell ends where the next begins, what is bold in a
cell ends with it, a closing tag without an opening one says nothing. There is no tree and no recursion, so that depth
costs nothing. What is a title, a list, or a table of figures is the business of `html` and `cells`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from ..model import Align, Furniture, Range
from .markup import Tag, Text
from .nodes import Break, Cell, Grid, Item, Run, Typed
from .styles import ALIGNED, LENGTH, columns_of, is_strong, span_of, style_of

_TITLES: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LISTS: Final = frozenset(("ul", "ol", "dir", "menu"))
# What has a blank line above and below it, and what begins a line and nothing more.
_APART: Final = frozenset(("p", "blockquote", "pre", "dl", "form", "fieldset", "address", "caption")) | _TITLES | _LISTS
_OWN_LINE: Final = frozenset(
    ("div", "center", "li", "dt", "dd", "body", "html", "head", "option", "thead", "tbody", "tfoot")
)
_BLOCKS: Final = _APART | _OWN_LINE
_SET_IN: Final = frozenset(("blockquote", "dd")) | _LISTS
_BOLD: Final = frozenset(("b", "strong", "th", "u", "i", "em")) | _TITLES
_INLINE: Final = frozenset(("span", "font"))
_CELLS: Final = frozenset(("td", "th"))
# Tags of fixed-width tables, which mean as much in a <pre>.
_TYPED: Final = frozenset(("table", "caption", "s", "c", "fn"))
_CONTROL: Final = re.compile(r"[^\S ]")
_BLANKS: Final = re.compile(r"[^\S\xa0]+")
# A list, a quotation is set in by so many columns; nothing by more than the second.
INDENT: Final = 4
MOST_INDENT: Final = 24
# Tables within tables are read down to this depth; further down their rows are rows of the one above.
DEEPEST: Final = 6
# A rule that is no page break takes up less than this share of the width.
SHORT_RULE: Final = 50


class _Open(Struct, gc=False):
    """A block that is open: what holds for the text in it."""

    name: str
    align: Align
    indent: int
    strong: bool


class _Scope(Struct, gc=False):
    """What begins afresh in a cell: open blocks, inline tags, and the text that is being read."""

    items: list[Item]
    align: Align = "left"
    blocks: list[_Open] = []
    counts: dict[str, int] = {}
    inline: list[tuple[str, bool]] = []
    strong: int = 0
    lists: list[int] = []
    item: int = 0
    gap: bool = True


class _Table(Struct):
    grid: Grid
    outer: _Scope
    ignored: int = 0


def flow(page: Iterable[Tag | Text], furniture: list[Furniture], filled: list[int]) -> list[Item]:
    """Read a page. What it does not show goes on the list of furniture, lines that hold text on that of `filled`."""
    reader = _Reader(furniture, filled)
    for token in page:
        if isinstance(token, Text):
            reader.text(token)
        elif token.closing:
            reader.close(token)
        elif token.name:
            reader.open(token)
    return reader.finish()


class _Reader:
    def __init__(self, furniture: list[Furniture], filled: list[int]) -> None:
        self.furniture, self.filled = furniture, filled
        self.scope = _new([])
        self.tables: list[_Table] = []
        self.chunks: list[str] = []
        self.first = self.last = 0
        self.plain = False  # is any of the text not strong?
        self.typed = 0  # depth of <pre>
        self.typed_tables = 0
        self.hidden: list[str] = []
        self.items = 0
        self.raised = False
        self.link = self.linked = False  # are we in a link; does the text begin in one?

    def finish(self) -> list[Item]:
        self.flush()
        while self.tables:
            self._end_table()
        return self.scope.items

    # ------------------------------------------------------------ text

    def text(self, token: Text) -> None:
        text = token.text
        solid = not text.isspace()
        if solid and (not self.filled or self.filled[-1] != token.line):
            self.filled.append(token.line)
        if token.unseen or self.hidden:
            if solid:
                self.furniture.append(Furniture("unseen", text.strip(), Range(token.line, token.line)))
            return
        if self.typed:
            self._typed(token)
            return
        if solid:
            if not self.first:
                self.first, self.linked = token.line, self.link
            self.last = token.line
            self.plain = self.plain or not self.scope.strong
            if self.raised and self.chunks and text[:1].isalnum():
                self.chunks.append(" ")  # the mark of a note is no digit of the figure before it
        self.raised = False
        self.chunks.append(text)

    def _typed(self, token: Text) -> None:
        """Add a piece of a line that was typed."""
        self.chunks.append(token.text)
        self.first, self.last = self.first or token.line, token.line
        if token.text[-1] == "\n":
            self._end_typed(token.line)

    def _end_typed(self, line: int) -> None:
        text = _CONTROL.sub(" ", "".join(self.chunks)).rstrip()
        self.scope.items.append(Typed(text, Range(self.first or line, line)))
        self.chunks, self.first = [], 0

    def flush(self, *, gap: bool = False) -> None:
        """End the text that is being read; `gap`: a blank line follows."""
        scope = self.scope
        if self.typed:
            if self.chunks and not "".join(self.chunks).isspace():
                self._end_typed(self.last)
            self.chunks, self.first = [], 0
            return
        if not self.chunks:
            scope.gap = scope.gap or gap
            return
        if self.first:
            text = "".join(self.chunks)
            text = " ".join(text.split()) if text.isascii() else _BLANKS.sub(" ", text).strip(" ")
            bare = text.lstrip("\xa0 ")
            lead = text[: len(text) - len(bare)].count("\xa0")
            block = scope.blocks[-1] if scope.blocks else None
            align, indent = (block.align, block.indent) if block else (scope.align, 0)
            levels = [int(b.name[1]) for b in scope.blocks[-3:] if b.name in _TITLES]
            scope.items.append(
                Run(
                    bare.replace("\xa0", " ").rstrip(),
                    Range(self.first, self.last),
                    align,
                    min(indent + lead, MOST_INDENT),
                    scope.gap,
                    not self.plain,
                    levels[-1] if levels else 0,
                    (len(scope.lists), scope.item) if scope.lists and scope.item else (0, 0),
                    self.linked,
                )
            )
            scope.gap = gap
        else:
            scope.gap = scope.gap or gap or "\xa0" in "".join(self.chunks)
        self.chunks, self.first, self.plain, self.linked = [], 0, False, False

    # ------------------------------------------------------------ tags

    def open(self, tag: Tag) -> None:
        name = tag.name
        if self.hidden:
            if name == self.hidden[0]:
                self.hidden.append(name)
            return
        styled = "style" in tag.source or "STYLE" in tag.source or "Style" in tag.source
        low = tag.source.lower() if styled else ""
        if styled and "page-break-" in low and "avoid" not in low:
            self._break(tag.line, plain=True)
        if styled and "display" in low and style_of(tag).get("display") == "none" and name not in ("br", "hr", "img"):
            self.flush()
            self.hidden = [name]
            return
        if self.typed and name in _TYPED:
            self.flush()
            self.typed_tables += name == "table"
            self.scope.items.append(Typed(f"<{name.upper()}>", Range(tag.line, tag.line), tag=True))
        elif name == "br":
            self._line_break(tag)
        elif name == "page":
            self._break(tag.line, plain=True)
        elif name == "hr":
            self._rule(tag)
        elif name == "table":
            self._table(tag)
        elif name == "tr" or name in _CELLS:
            self._row_or_cell(tag)
        elif name in _BLOCKS:
            self._block(tag)
        elif name in _BOLD or name in _INLINE:
            strong = name in _BOLD or (styled and is_strong(style_of(tag)))
            if strong or name in _INLINE:
                self.scope.inline.append((name, strong))
                self.scope.strong += strong
                self.scope.counts[name] = self.scope.counts.get(name, 0) + 1
        elif name == "sup":
            self.raised = True
        if name == "a":
            self.link = '"#' in tag.source or "=#" in tag.source

    def close(self, tag: Tag) -> None:
        name, scope = tag.name, self.scope
        if self.hidden:
            if name == self.hidden[0]:
                self.hidden.pop()
            return
        if name == "a":
            self.link = False
        if self.typed and name in _TYPED and (name != "table" or self.typed_tables or not self.tables):
            self.flush()
            self.typed_tables -= name == "table"
            self.scope.items.append(Typed(f"</{name.upper()}>", Range(tag.line, tag.line), tag=True))
        elif name == "table":
            self._close_table()
        elif name in _CELLS or name == "tr":
            if self.tables:
                self.flush(gap=True)
                self._end_cell()
                if name == "tr" and self.tables[-1].grid.rows and self.tables[-1].grid.rows[-1]:
                    self.tables[-1].grid.rows.append([])
        elif name in _BLOCKS:
            self._close_block(name)
        elif scope.counts.get(name):
            while scope.inline:
                other, strong = scope.inline.pop()
                scope.strong -= strong
                scope.counts[other] -= 1
                if other == name:
                    break

    def _line_break(self, tag: Tag) -> None:
        if self.typed:
            self._end_typed(tag.line)
            return
        self.flush(gap=not self.first)

    def _break(self, line: int, *, plain: bool) -> None:
        self.flush(gap=True)
        self.scope.items.append(Break(line, plain))

    def _rule(self, tag: Tag) -> None:
        width = LENGTH.match(tag.attributes.get("width", "100%"))
        share = float(width[1]) if width and width[2] == "%" else 100.0 if width and float(width[1]) > 300 else 0.0
        self.flush(gap=True)
        if self.tables or share >= SHORT_RULE:
            self.scope.items.append(Break(tag.line, plain=False))

    # ------------------------------------------------------------ blocks

    def _block(self, tag: Tag) -> None:
        name, scope = tag.name, self.scope
        self.flush(gap=name in _APART)
        if name == "pre":
            self.typed += 1
        if scope.blocks and scope.blocks[-1].name == "p":
            self._pop()  # a paragraph ends where the next block begins
        if name == "li":
            self.items += 1
            scope.item = self.items
            while scope.blocks and scope.blocks[-1].name == "li":
                self._pop()
        over = scope.blocks[-1] if scope.blocks else _Open("", scope.align, 0, strong=False)
        align, indent, strong = over.align, over.indent, name in _BOLD
        if name == "center":
            align = "center"
        elif len(tag.source) > len(name) + 2:
            said = tag.attributes
            align = ALIGNED.get(said.get("align", ""), align)
            if "style" in said:
                style = style_of(tag)
                align = ALIGNED.get(style.get("text-align", ""), align)
                strong = strong or is_strong(style)
                indent += sum([columns_of(style.get(side, "")) for side in ("margin-left", "padding-left")])
        if name in _SET_IN:
            indent += INDENT
        if name in _LISTS:
            scope.lists.append(scope.item)
            scope.item = 0
        scope.blocks.append(_Open(name, align, min(indent, MOST_INDENT), strong))
        scope.counts[name] = scope.counts.get(name, 0) + 1
        scope.strong += strong

    def _close_block(self, name: str) -> None:
        self.flush(gap=name in _APART)
        scope = self.scope
        if scope.counts.get(name):
            while scope.blocks and self._pop() != name:
                pass

    def _pop(self) -> str:
        scope = self.scope
        block = scope.blocks.pop()
        scope.counts[block.name] -= 1
        scope.strong -= block.strong
        if block.name in _LISTS:
            scope.item = scope.lists.pop()
        elif block.name == "pre":
            self.typed = max(0, self.typed - 1)
        return block.name

    # ------------------------------------------------------------ tables

    def _table(self, tag: Tag) -> None:
        self.flush(gap=True)
        if len(self.tables) >= DEEPEST:
            self.tables[-1].ignored += 1
            return
        self.tables.append(_Table(Grid([[]], tag.line), self.scope))
        self.scope = _new([])

    def _row_or_cell(self, tag: Tag) -> None:
        self.flush(gap=True)
        if not self.tables:
            return
        self._end_cell()
        grid = self.tables[-1].grid
        if tag.name == "tr":
            if grid.rows[-1]:
                grid.rows.append([])
            return
        said = tag.attributes
        cell = Cell(span_of(said.get("colspan", "")), span_of(said.get("rowspan", "")), tag.name == "th", [])
        grid.rows[-1].append(cell)
        self.scope = _new(cell.items)
        style = style_of(tag) if "style" in said else {}
        self.scope.align = ALIGNED.get(style.get("text-align", said.get("align", "")), "left")
        self.scope.strong = int(tag.name == "th" or is_strong(style))

    def _end_cell(self) -> None:
        """End the open cell; what stands outside of all cells gets one."""
        self.typed = self.typed_tables = 0
        grid = self.tables[-1].grid
        scope, row = self.scope, grid.rows[-1]
        if not (row and row[-1].items is scope.items):
            if scope.items:
                grid.rows += [[Cell(1, 1, head=False, items=scope.items)], []]
            elif not scope.counts:
                return  # nothing was opened since the last cell
        self.scope = _new([])

    def _close_table(self) -> None:
        self.flush(gap=True)
        if not self.tables:
            return
        if self.tables[-1].ignored:
            self.tables[-1].ignored -= 1
            return
        self._end_table()

    def _end_table(self) -> None:
        self._end_cell()
        table = self.tables.pop()
        self.scope = table.outer
        self.scope.items.append(table.grid)
        self.scope.gap = True


def _new(items: list[Item]) -> _Scope:
    return _Scope(items, blocks=[], counts={}, inline=[], lists=[])
