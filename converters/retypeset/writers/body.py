"""Blocks of a document -> HTML, by a match over the closed union.

A filing which contains `<script>`, `{{ }}` or `&lt;` comes out as the text it is. Every block names its source lines
(`data-lines`), every page of the filing has its anchor, every heading its id. The page around the documents is the
business of `html`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from html import escape as escape_all
from typing import Final, NamedTuple, assert_never

from ..contents import contents
from ..grid import placed
from ..model import (
    Align,
    Block,
    Cell,
    Document,
    Footnote,
    Heading,
    Lines,
    List,
    ListItem,
    Page,
    Paragraph,
    Preformatted,
    Ranges,
    Row,
    Table,
)
from ..notes import spans
from .footnotes import Linked, LinkedText, notes_ahead

# HTML has no heading below h6.
_DEEPEST: Final = 6
# The styles indent row labels up to here.
_DEEPEST_ROW: Final = 6
# Characters after which a column of words is wrapped rather than widened: of 1,084 row labels three in four have 32 or
# fewer.
_LONGEST_LABEL: Final = 36
# Characters: what a column takes at least, and what stands between two.
_NARROWEST: Final = 4
_GUTTER: Final = 2
# Characters of a row: so many stand in the column of text on paper, so many across the page; beyond, it is turned. Of
# 910 tables 28 % are wider than the column, 0.7 % than the page. A table of so few rows is kept on one page (70 %).
_COLUMN: Final = 68
_ACROSS: Final = 120
_SHORT: Final = 12
# Characters of a typed line that stand in the column of text.
_TYPED_COLUMN: Final = 80
_SLUG_LENGTH: Final = 48
_NOT_IN_SLUG: Final = re.compile(r"[^a-z0-9]+")


class Entry(NamedTuple):
    """A line of the contents: a heading, its level from 1, and the id it has on the page."""

    id: str
    text: str
    level: int


class Ids:
    """Hands out ids that are unique on the page."""

    def __init__(self) -> None:
        self._used = {"contents", "main", "notes", "attachments"}
        self._count: dict[str, int] = {}

    def new(self, wish: str) -> str:
        """Give `wish`, or `wish-2`, `wish-3`... where it is taken."""
        count = self._count.get(wish, 0) + 1
        id_ = wish if count == 1 else f"{wish}-{count}"
        while id_ in self._used:
            count += 1
            id_ = f"{wish}-{count}"
        self._count[wish] = count
        self._used.add(id_)
        return id_

    def page(self, page: Page) -> str:
        """Give the id of a page of the filing."""
        return self.new(f"page-{_slug(page.label)}" if page.label else f"page-at-line-{page.line}")


def _escape(text: str) -> str:
    return escape_all(text, quote=False)


def _broken(html: str) -> str:
    """Lines parted by `<br>`; one at the end of a single line says, without showing, that the line ends there."""
    return html.replace("\n", "<br>\n") if "\n" in html else f"{html}<br>"


def _slug(text: str) -> str:
    return _NOT_IN_SLUG.sub("-", text[:_SLUG_LENGTH].lower()).strip("-") or "heading"


class Body:
    """Writes the blocks of one document, gathers its headings and sets the anchors of its pages."""

    def __init__(self, document: Document, ids: Ids, *, tagged: bool = False) -> None:
        self._tagged = tagged
        self.headings: list[Entry] = []
        self._above: list[tuple[int, int]] = []  # level and rank of the last heading and of those it stands below
        self._ids = ids
        self._linked: Linked | None = None
        self._pages = iter(document.pages)
        # Headings that the contents page names have their ids first: its rows come before them.
        entries = contents(document)
        self._named = {heading.lines[0].first: self._id(heading) for heading in entries.values()}
        self._entries = {line: self._named[heading.lines[0].first] for line, heading in entries.items()}
        self._page = next(self._pages, None)
        self._text = LinkedText(document.blocks, ids.new)

    def write(self, blocks: Sequence[Block]) -> str:
        body = [self._block(block, notes) for block, notes in zip(blocks, notes_ahead(blocks), strict=True)]
        body.append(self._anchors(sys.maxsize))
        return "\n".join(filter(None, body))

    def _anchors(self, line: int) -> str:
        """The anchors of the pages that begin up to this line and have none yet."""
        anchors = ""
        while self._page is not None and self._page.line <= line:
            label = self._page.label
            id_ = self._ids.page(self._page)
            said = escape_all(label)
            role = f' role="doc-pagebreak" title="Page {said}" data-label="{said}"' if label else ""
            anchors += f'<a id="{id_}" class="page"{role}></a>'
            self._page = next(self._pages, None)
        return anchors

    def _block(self, block: Block, notes: Sequence[Footnote] = ()) -> str:
        """The HTML of a block, after the anchors of the pages that begin before it.

        `notes` are the footnotes that a table can refer to, where it can refer to others than its own.
        """
        anchors = self._anchors(block.lines[0].first) if block.lines else ""
        match block:
            case Paragraph(text=text, lines=lines):
                html = f'<p data-lines="{spans(lines)}">{self._text.text(text, lines)}</p>'
            case Preformatted():
                html = _preformatted(block.text, block.lines)
            case Lines():
                kind = "lines" if block.align == "left" else f"lines {block.align}"
                text = _broken(self._text.text(block.text, block.lines))
                html = f'<p class="{kind}" data-lines="{spans(block.lines)}">{text}</p>'
            case Heading():
                html = self._heading(block)
            case List(items=items, lines=lines):
                inner = "\n".join(map(self._item, items))
                html = f'<ul class="items" data-lines="{spans(lines)}">\n{inner}\n</ul>'
            case Table():
                return self._table(block, notes or block.footnotes, anchors)
            case Footnote():
                html = self._text.note(block)
            case _:
                assert_never(block)
        return f"{anchors}\n{html}" if anchors else html

    def _heading(self, heading: Heading) -> str:
        id_ = (self._named.get(heading.lines[0].first) if heading.lines else None) or self._id(heading)
        self.headings.append(Entry(id_, heading.text, heading.level))
        text = self._text.text(heading.text, heading.lines)
        shown, heard = min(max(heading.level, 1) + 1, _DEEPEST), self._rank(heading.level)
        if self._tagged:  # a PDF has no other level than that of the tag
            shown = heard = min(heard, _DEEPEST)
        level = "" if heard == shown else f' aria-level="{heard}"'
        return f'<h{shown} id="{id_}"{level} data-lines="{spans(heading.lines)}">{text}</h{shown}>'

    def _rank(self, level: int) -> int:
        """How deep a heading stands below others, from 2, the title of the page being above all of them.

        Filings skip levels, from a title to a small heading, and begin with one; those who hear the page must not.
        """
        while self._above and self._above[-1][0] > level:
            self._above.pop()
        over, rank = self._above[-1] if self._above else (level - 1, 1)
        if over < level:
            rank += 1
            self._above.append((level, rank))
        return rank

    def _id(self, heading: Heading) -> str:
        return self._ids.new(f"item-{_slug(heading.item)}" if heading.item else _slug(heading.text))

    def _item(self, item: ListItem) -> str:
        """One item. Its first text stands beside the marker, in no block of its own that would begin a new line."""
        lines = spans(item.lines)
        parts = [self._anchors(item.lines[0].first) if item.lines else ""]
        if item.marker:
            parts.append(f'<span class="marker">{_escape(item.marker)}</span> ')
        rest = item.blocks
        if rest and isinstance(rest[0], Paragraph | Lines):
            first, rest = rest[0], rest[1:]
            text = self._text.text(first.text, first.lines)
            text = text if isinstance(first, Paragraph) else _broken(text)
            own = spans(first.lines)
            parts.append(text if own == lines else f'<span data-lines="{own}">{text}</span>')
        parts += [f"\n{self._block(block)}" for block in rest]
        kind = "" if item.marker else ' class="unmarked"'
        return f'<li{kind} data-lines="{lines}">{"".join(parts)}</li>'

    # ------------------------------------------------------------ tables

    def _table(self, table: Table, notes: Sequence[Footnote], anchors: str) -> str:
        """A table and its footnotes; where the cells are not to be trusted, its text stands for them."""
        linked = self._linked or Linked(notes, self._ids.new)
        parts = (
            [anchors, _preformatted(table.text, table.lines)] if table.text else [self._grid(table, linked, anchors)]
        )
        for note in table.footnotes:
            anchors = self._anchors(note.lines[0].first) if note.lines else ""
            parts += [anchors, linked.note(note, spans(note.lines))]
        self._linked = linked if notes and not table.footnotes else None
        return "\n".join(filter(None, parts))

    def _grid(self, table: Table, linked: Linked, anchors: str) -> str:
        # Its anchors stand inside: nothing parts two tables of one page.
        lines = spans(table.lines)
        aligns = [column.align for column in table.columns]
        widths = _widths(table)
        total = sum(widths)
        kind = " ".join(["table", *_shape(table, total)])
        sizes = f"--characters:{total};--stub:{widths[0] if widths else 0}"
        columns = "".join(f'<col style="--width:{100 * width / total:.1f}%">' for width in widths)
        parts = [
            f'<div class="{kind}" role="group" aria-label="Table, lines {lines}" tabindex="0" style="{sizes}">',
            anchors,
            f'<table data-lines="{lines}"{self._called(table)}>',
            f"<colgroup>{columns}</colgroup>" if columns else "",
            self._rows("thead", table.head, aligns, linked),
            self._rows("tbody", table.body, aligns, linked),
            "</table>\n</div>",
        ]
        return "\n".join(filter(None, parts))

    def _called(self, table: Table) -> str:
        """The title of a table, for those to whom the page is read: it stands above, mostly as the last heading."""
        title = " ".join(table.caption.split())
        if self.headings and self.headings[-1].text == title:
            return f' aria-labelledby="{self.headings[-1].id}"'
        return f' aria-label="{escape_all(title)}"' if title else ""

    def _rows(self, group: str, rows: Sequence[Row], aligns: Sequence[Align], linked: Linked) -> str:
        if not rows:
            return ""
        body = "\n".join(self._row(row, starts, aligns, linked, head=group == "thead") for row, starts in placed(rows))
        return f"<{group}>\n{body}\n</{group}>"

    def _row(self, row: Row, starts: Sequence[int], aligns: Sequence[Align], linked: Linked, *, head: bool) -> str:
        anchors = self._anchors(row.lines[0].first) if row.lines and row.cells else ""
        kinds: list[str] = [] if row.kind == "data" else [row.kind]
        if row.level > 0:
            kinds.append(f"level-{min(row.level, _DEEPEST_ROW)}")
        kind = f' class="{" ".join(kinds)}"' if kinds else ""
        # PDF/UA asks that every cell has a head; on a page an empty head would be a fault.
        labelled = not head and (self._tagged or (len(row.cells) > 1 and row.cells[0].number is None))
        entry = self._entries.get(row.lines[0].first, "") if row.lines and not head else ""
        named = max(row.cells, key=lambda cell: len(cell.text), default=None) if entry else None
        cells = []
        for n, (cell, start) in enumerate(zip(row.cells, starts, strict=True)):
            align = "center" if head and cell.colspan > 1 else aligns[start] if start < len(aligns) else "left"
            scope = "col" if head else "row" if labelled and n == 0 else ""
            html = linked.cell(cell)
            if cell is named and "<a " not in html:
                html = f'<a href="#{entry}">{html}</a>'
            tag = "th" if scope and (cell.text or self._tagged) else "td"
            cells.append(_cell(cell, tag, align, scope, (anchors if n == 0 else "") + html))
        return f'<tr{kind} data-lines="{spans(row.lines)}">{"".join(cells)}</tr>'


def _preformatted(text: str, lines: Ranges) -> str:
    columns = max(map(len, text.split("\n")))
    # HTML drops a line feed that directly follows <pre>
    lead = "\n" if text.startswith("\n") else ""
    kind = ' class="wide"' if columns > _TYPED_COLUMN else ""
    style = f'{kind} style="--columns:{columns}" tabindex="0"'
    return f'<pre data-lines="{spans(lines)}"{style}>{lead}{_escape(text)}</pre>'


def _shape(table: Table, characters: int) -> Iterator[str]:
    """The class names by which the styles know how much room a table needs."""
    if all(column.align != "right" for column in table.columns):
        yield "words"
    if characters > _COLUMN:
        yield "wide" if characters <= _ACROSS else "widest"
    if len(table.body) <= _SHORT:
        yield "short"


def _cell(cell: Cell, tag: str, align: Align, scope: str, html: str) -> str:
    attributes = f' scope="{scope}"' if tag == "th" else ""
    if align != "left" and cell.text:
        attributes += f' class="{align}"'
    if cell.colspan > 1:
        attributes += f' colspan="{cell.colspan}"'
    if cell.rowspan > 1:
        attributes += f' rowspan="{cell.rowspan}"'
    if cell.name:
        attributes += f' title="{escape_all(cell.name)}"'
    return f"<{tag}{attributes}>{html}</{tag}>"


def _widths(table: Table) -> list[int]:
    """How many characters each column asks for: figures as they are, words up to a measure, headings word by word."""
    widths = [_NARROWEST] * len(table.columns)
    for head, rows in ((True, table.head), (False, table.body)):
        for row, starts in placed(rows):
            for cell, start in zip(row.cells, starts, strict=True):
                if cell.colspan == 1 and start < len(widths):
                    widths[start] = max(widths[start], _width(cell, head))
    return [width + _GUTTER for width in widths]


def _width(cell: Cell, head: bool) -> int:
    if head:
        return max(map(len, cell.text.split()), default=0)
    return len(cell.text) if cell.number is not None else min(len(cell.text), _LONGEST_LABEL)
