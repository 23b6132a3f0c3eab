"""Questions about a document's outline: its sections, and the Items of the form.

The Items of a form are its own address system (Regulation S-K): "Item 7" of any 10-K is management's discussion. A
contents page names them too, and a running head may; the section asked for is the one that says most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from .model import Block, Document, Heading, List, Submission, Table
from .notes import ItemError

_ADDRESS: Final = re.compile(r"(?:(I{1,3}|IV)\.)?(\d{1,2}[A-Z]?|\d\.\d\d)", re.IGNORECASE)
_PART: Final = re.compile(r"part\s+(IV|I{1,3})\b", re.IGNORECASE)
_NEXT_PART: Final = re.compile(rf"{_PART.pattern}|signatures?\W*$", re.IGNORECASE)
_INSIDE: Final = re.compile(r"item\s+\d{1,2}[A-Z]?\(", re.IGNORECASE)
_NEXT_ITEM: Final = re.compile(rf"{_NEXT_PART.pattern}|items?\s", re.IGNORECASE)


class Section(Struct, frozen=True):
    """A heading and what stands below it, down to the next heading of its level or a higher one; the section of an
    Item or Part goes down to the next Item or Part, or to the signatures.

    `path` names the headings above it, from the top; `part` is the Part of the form it stands in ("II"), or empty.
    """

    heading: Heading
    path: tuple[str, ...]
    part: str
    blocks: tuple[Block, ...]


class Place(NamedTuple):
    """Where a block stands: the headings above it, from the top, the Part of the form and the Item, or empty."""

    path: tuple[str, ...]
    part: str
    item: str


def sections(document: Document) -> tuple[Section, ...]:
    """Every section of a document in order, an outer one before those inside it.

    >>> from retypeset.model import Document, Heading, Paragraph, Range
    >>> where = (Range(1, 1),)
    >>> blocks = (Heading("PART I", 1, where), Heading("Item 1. Business", 2, where, "1"), Paragraph("We sell.", where))
    >>> [s.heading.text for s in sections(Document("10-K", 1, "", "", Range(1, 3), blocks))]
    ['PART I', 'Item 1. Business']
    """
    return tuple(_sections(document.blocks))


def item(document: Document, number: str, *, part: str = "") -> Section | None:
    """The section of an Item of the form ("7", "7A", "2.02"), or None where the document has none.

    `part` ("I", "II") tells the two Items 1 of a quarterly report apart; without it the longer one is given.
    """
    found = [s for s in _sections(document.blocks) if s.heading.item == number.upper() and part.upper() in ("", s.part)]
    return max(found, key=_size, default=None)


def addressed(address: str) -> tuple[str, str]:
    """Take "II.1" apart into Part and Item; the Part may be empty. Raises ItemError where this names no Item.

    >>> addressed("II.1"), addressed("7a")
    (('II', '1'), ('', '7a'))
    """
    match = _ADDRESS.fullmatch(address.strip())
    if not match:
        raise ItemError(f"{address!r} names no Item: write 7, 7A, 2.02 or, with the Part, II.1")
    return match[1] or "", match[2]


def excerpt(submission: Submission, address: str) -> Submission:
    """Give the submission with nothing in it but an Item: "7", "7A", "2.02", or with its Part, "II.1".

    It is taken from the first document that has it. What is left is no whole any more: `check` will say so. Raises
    RetypesetError where `address` names no Item, or no document has that one.
    """
    part, number = addressed(address)
    for document in submission.documents:
        if found := item(document, number, part=part):
            blocks = (found.heading, *found.blocks)
            return replace(submission, documents=(_only(document, blocks),), attachments=(), envelope=())
    every = (s for d in submission.documents for s in _sections(d.blocks) if s.heading.item)
    known = dict.fromkeys(f"{s.part}.{s.heading.item}" if s.part else s.heading.item for s in every)
    raise ItemError(f"no Item {address.strip()} was found; found were: {', '.join(known) or 'none'}")


def _only(document: Document, blocks: tuple[Block, ...]) -> Document:
    first, last = blocks[0].lines[0].first, blocks[-1].lines[-1].last
    within = tuple(f for f in document.furniture if first <= f.lines.first <= last)
    before = sum(1 for page in document.pages if page.line <= first)
    pages = tuple(p for p in document.pages[max(before - 1, 0) :] if p.line <= last)
    return replace(document, blocks=blocks, furniture=within, pages=pages)


def all_blocks(blocks: Sequence[Block]) -> Iterator[Block]:
    """Every block in order, a list before those inside its items."""
    waiting = list(reversed(blocks))
    while waiting:
        block = waiting.pop()
        yield block
        if isinstance(block, List):
            waiting += [inner for item in reversed(block.items) for inner in reversed(item.blocks)]


def places(blocks: Sequence[Block]) -> Iterator[Place]:
    """Tell of each block of a document where it stands."""
    above: list[Heading] = []
    part = ""
    opened: Heading | None = None
    for block in blocks:
        if isinstance(block, Heading):
            while above and above[-1].level >= block.level:
                above.pop()
            if match := _PART.match(block.text):
                part = match[1].upper()
            if opened and _closes(block, opened):
                opened = None
            opened = opened or (block if block.item else None)
        yield Place(tuple(h.text for h in above), part, opened.item if opened else "")
        if isinstance(block, Heading):
            above.append(block)


def _sections(blocks: tuple[Block, ...]) -> Iterator[Section]:
    for start, (heading, place) in enumerate(zip(blocks, places(blocks), strict=True)):
        if not isinstance(heading, Heading):
            continue
        end = next((n for n in range(start + 1, len(blocks)) if _closes(blocks[n], heading)), len(blocks))
        yield Section(heading, place.path, place.part, blocks[start + 1 : end])


def _closes(block: Block, heading: Heading) -> bool:
    """Does a section end here? An Item or Part ends at the next one, whatever headings of statements stand between.

    The title of the Item may stand again at the head of a page, and what is named `Item 14(a)(2)` is a part of Item 14.
    """
    if not isinstance(block, Heading):
        return False
    if heading.item:
        again = block.text == heading.text or _INSIDE.match(block.text)
        return not again and bool(block.item or _NEXT_ITEM.match(block.text))
    if _PART.match(heading.text):
        return _NEXT_PART.match(block.text) is not None
    return block.level <= heading.level


def _size(section: Section) -> int:
    return sum(_weight(block) for block in section.blocks)


def _weight(block: Block) -> int:
    if isinstance(block, List):
        return sum(_weight(inner) for i in block.items for inner in i.blocks)
    if isinstance(block, Table):
        return sum(len(cell.text) for row in block.body for cell in row.cells)
    return len(block.text)
