"""Lines that the reader of HTML pages counted -> the lines of the source that they came from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import assert_never

from msgspec.structs import replace

from ..model import (
    Block,
    Footnote,
    Furniture,
    Heading,
    Lines,
    List,
    ListItem,
    Page,
    Paragraph,
    Preformatted,
    Range,
    Ranges,
    Row,
    Table,
)


class Places:
    """Where each line, counted from 1, stands in the source. `filled` are the source lines that hold text, in order."""

    def __init__(self, places: Sequence[Range], filled: Sequence[int]) -> None:
        self.places, self.filled = places, filled

    def ranges(self, ranges: Iterable[Range]) -> Ranges:
        """The source lines of these lines, as one run where no other text stands between."""
        found = sorted([self.places[n - 1] for first, last in ranges for n in range(first, last + 1)])
        out = found[:1]
        for where in found[1:]:
            last = out[-1].last
            if where.first <= last + 1 or bisect_left(self.filled, last + 1) == bisect_left(self.filled, where.first):
                out[-1] = Range(out[-1].first, max(last, where.last))
            else:
                out.append(where)
        return tuple(out)

    def furniture(self, furniture: Furniture) -> Furniture:
        (where,) = self.ranges((furniture.lines,))
        return replace(furniture, lines=where)

    def page(self, page: Page) -> Page:
        return replace(page, line=self.places[page.line - 1].first)

    def block(self, block: Block) -> Block:
        where = self.ranges(block.lines)
        match block:
            case Heading() | Paragraph() | Lines() | Preformatted():
                return replace(block, lines=where)
            case List():
                return replace(block, lines=where, items=tuple(map(self._item, block.items)))
            case Footnote():
                return self._footnote(block)
            case Table():
                return replace(
                    block,
                    lines=where,
                    head=tuple(map(self._row, block.head)),
                    body=tuple(map(self._row, block.body)),
                    footnotes=tuple(map(self._footnote, block.footnotes)),
                )
            case _:
                assert_never(block)

    def _item(self, item: ListItem) -> ListItem:
        return replace(item, lines=self.ranges(item.lines), blocks=tuple(map(self.block, item.blocks)))

    def _row(self, row: Row) -> Row:
        return replace(row, lines=self.ranges(row.lines))

    def _footnote(self, note: Footnote) -> Footnote:
        return replace(note, lines=self.ranges(note.lines), referred=self.ranges(note.referred))
