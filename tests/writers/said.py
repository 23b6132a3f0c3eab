"""What a model says, in the order in which a page shows it: what every writer has to say too."""

from __future__ import annotations

from collections.abc import Iterator

from retypeset.model import Block, Footnote, List, Table


def texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Every text of the model, in the order in which a page shows it."""
    for block in blocks:
        match block:
            case List():
                for item in block.items:
                    yield item.marker
                    yield from texts(item.blocks)
            case Table():
                yield from (cell.text for row in (*block.head, *block.body) for cell in row.cells)
                yield from (part for note in block.footnotes for part in (note.marker, note.text))
            case Footnote():
                yield from (block.marker, block.text)
            case _:
                yield block.text


def solid(text: str) -> str:
    return "".join(text.split())
