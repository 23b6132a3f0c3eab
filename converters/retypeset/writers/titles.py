"""Which blocks are the caption of a table: those right above it that say nothing but its title and its unit.

A table's `caption` and `unit` repeat what stands elsewhere, mostly right above it (of 1,966 tables with either,
in three of four). Those blocks can be set as its caption, where they are; a title further off is not moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..model import Block, Heading, Lines, Paragraph, Table

# Titles above a table that are looked at: as many as the reader takes a caption from, and the unit.
_MOST: Final = 4


def titles_above(blocks: Sequence[Block]) -> list[int]:
    """Count for each block the titles right above it: for tables that show cells, 0 for all else.

    >>> from retypeset.model import Range
    >>> at = (Range(1, 1),)
    >>> table = Table((), (), (), at, caption="COSTS", unit="(In thousands)")
    >>> titles_above([Paragraph("Text.", at), Heading("COSTS", 1, at), Paragraph("(In thousands)", at), table])
    [0, 0, 0, 2]
    """
    return [_titles(blocks, n, block) if isinstance(block, Table) else 0 for n, block in enumerate(blocks)]


def _titles(blocks: Sequence[Block], at: int, table: Table) -> int:
    said = {table.unit, *table.caption.split("\n")} - {""}
    count = 0
    while said and not table.text and count < min(_MOST, at) and _is_title(blocks[at - count - 1], said):
        count += 1
    return count


def _is_title(block: Block, said: set[str]) -> bool:
    return isinstance(block, Heading | Lines | Paragraph) and said.issuperset(block.text.split("\n"))
