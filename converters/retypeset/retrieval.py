"""Submission -> passages: each block by itself, with all that a retrieval pipeline wants to know of it.

A passage is a block of a document: a heading, a paragraph, a list, a table. It says whose filing it is from, below
which headings and in which Item it stands, on which page and on which source lines. What passages there are, and in
which order, is decided here; how they are written is the business of `writers.jsonl`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, assert_never

from msgspec import Struct

from .facts import Record, records
from .items import places
from .model import Block, Document, Footnote, Heading, Lines, List, Paragraph, Preformatted, Ranges, Submission, Table

PASSAGES_VERSION: Final = "1"

_INDENT: Final = "  "


class Passage(Struct, frozen=True):
    """A block of a document, by itself.

    `id` is the accession number (or else the source's name, or its digest), the position of the document and that of
    the block in it. `text` is plain text; a table's has a line for each row, its cells parted by ` | `, below its title
    and unit. `path` holds the headings above, `page` the label of the page it begins on, `lines` the source lines, from
    1. Of a table `markdown` is a pipe table and `records` are its figures; else they are None. `company` and `cik` are
    the first filer's.
    """

    id: str
    type: str
    text: str
    path: tuple[str, ...]
    part: str
    item: str
    page: str
    lines: Ranges
    markdown: str | None
    records: tuple[Record, ...] | None
    document: int
    document_type: str
    form: str
    filed: str
    period: str
    company: str
    cik: str
    accession_number: str
    source: str
    schema: str = PASSAGES_VERSION


def passages(submission: Submission) -> Iterator[Passage]:
    """Give the blocks of a submission one by one, each as a passage that can be understood by itself.

    >>> from retypeset.model import Header, Range, Source
    >>> where = (Range(1, 1),)
    >>> blocks = (Heading("Item 1. Business", 2, where, "1"), Paragraph("We sell bearings.", where))
    >>> document = Document("10-K", 1, "", "", Range(1, 1), blocks)
    >>> filed = Submission(Source("a.txt", 1, "", "ascii", 1), Header("none"), (document,))
    >>> [(p.id, p.item, p.path, p.text) for p in passages(filed)][1:]
    [('a.txt/1/2', '1', ('Item 1. Business',), 'We sell bearings.')]
    """
    header, source = submission.header, submission.source
    name = header.accession_number or source.name or source.sha256
    filer = next(iter(header.filers), None)
    for n, document in enumerate(submission.documents, 1):
        located = zip(document.blocks, places(document.blocks), _labels(document), strict=True)
        for m, (block, place, page) in enumerate(located, 1):
            table = block if isinstance(block, Table) else None
            yield Passage(
                id=f"{name}/{n}/{m}",
                type=str(block.__struct_config__.tag),
                text=text_of(block),
                path=place.path,
                part=place.part,
                item=place.item,
                page=page,
                lines=block.lines,
                markdown=_markdown(table) if table else None,
                records=records(table) if table else None,
                document=n,
                document_type=document.type,
                form=header.form,
                filed=header.filed,
                period=header.period,
                company=filer.name if filer else "",
                cik=filer.cik if filer else "",
                accession_number=header.accession_number,
                source=source.name,
            )


def text_of(block: Block) -> str:
    """Write a block as plain text."""
    match block:
        case Heading() | Paragraph() | Lines() | Preformatted():
            return block.text
        case Footnote():
            return f"{block.marker}{' ' if block.apart else ''}{block.text}".strip()
        case List(items=items):
            written = []
            for item in items:
                inner = "\n".join(map(text_of, item.blocks)).replace("\n", f"\n{_INDENT}")
                written.append(" ".join(filter(None, (item.marker, inner))))
            return "\n".join(written)
        case Table():
            rows = (" | ".join(cell.text for cell in row.cells if cell.text) for row in (*block.head, *block.body))
            notes = map(text_of, block.footnotes)
            return "\n".join(filter(None, (block.caption, block.unit, *([block.text] if block.text else rows), *notes)))
        case _:
            assert_never(block)


def _markdown(table: Table) -> str:
    from .writers.markdown import blocks  # noqa: PLC0415  (costs start-up time)

    return blocks((table,), tables="pipe")


def _labels(document: Document) -> Iterator[str]:
    """The label of the page that each block begins on."""
    waiting = list(reversed(document.pages))
    label = ""
    for block in document.blocks:
        while block.lines and waiting and waiting[-1].line <= block.lines[0].first:
            label = waiting.pop().label
        yield label
