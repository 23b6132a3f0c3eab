"""Pages set by groff, whose text is known: nearly every paragraph, item and title of them is read as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import Phase, given, settings
from tests.readers.specimen import Specimen, specimens, typeset

import retypeset
from retypeset.model import Block, Heading, List, Paragraph
from retypeset.notes import LOSS

# What cannot be told: a head that stands on one page only, a page that ends with a sentence and a full line.
SHARE = 0.98
ENOUGH = 2000


def _texts(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        match block:
            case List():
                for item in block.items:
                    first, *others = item.blocks
                    assert isinstance(first, Paragraph)
                    yield "item", f"{item.marker} {first.text}"
                    yield from _texts(others)
            case Heading():
                yield "heading", block.text
            case Paragraph():
                yield "paragraph", block.text
            case _:
                pass


def _wrong(specimen: Specimen) -> list[str]:
    submission = retypeset.read(typeset(specimen).encode("ascii"))
    assert [note for note in submission.notes if note.code in LOSS] == []
    found = {text for document in submission.documents for text in _texts(document.blocks)}
    wanted = [(block.kind, f"{block.label} {block.text}".lstrip()) for block in specimen.blocks]
    return [f"{kind} {text}" for kind, text in wanted if (kind, text) not in found]


@pytest.mark.usefixtures("groff")
def test_specimens_are_read_as_they_were_written() -> None:
    total = 0
    wrong: list[str] = []

    @settings(max_examples=150, derandomize=True, database=None, phases=[Phase.generate])
    @given(specimens())
    def read(specimen: Specimen) -> None:
        nonlocal total
        total += len(specimen.blocks)
        shape = specimen[:-1]
        wrong.extend(f"{shape} {line}" for line in _wrong(specimen))

    read()
    assert total >= ENOUGH
    assert len(wrong) <= (1 - SHARE) * total, f"{len(wrong)} of {total} wrong, among them:\n" + "\n".join(wrong[:40])
