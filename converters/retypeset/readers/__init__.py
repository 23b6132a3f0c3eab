"""The stages, in the order of the data.

bytes -> decode -> envelope -> lines -> pages -> schedules, powers, regions -> prose, tables -> footnotes, outline ->
captions -> confidence. HTML pages have stages of their own before the outline: see `html`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from ..model import (
    Block,
    Document,
    Furniture,
    Header,
    Note,
    Page,
    Range,
    Source,
    Submission,
)
from ..proof import violations
from . import attachments
from .captions import with_captions
from .confidence import doubts, with_confidence
from .decode import Decoded, decode
from .envelope import Body, open_envelope
from .html import read_page
from .lines import Line, scan
from .outline import outline
from .pages import part_pages
from .powers import box, boxes
from .prose import Element, set_text
from .regions import part_regions, right_edge
from .schedules import schedule, schedules, without_marks
from .source import SourceLike, load
from .tables import preformatted, set_table


def read(source: SourceLike, *, name: str = "") -> Submission:
    """Read a filing: a path, its bytes, or a file open for reading bytes.

    `name` is what the source is called in `Submission.source`; a path or file has its own. The proof that nothing was
    lost (`retypeset.check`) is part of the work; a violation is among `Submission.notes`.

    Raises RetypesetError where the source cannot be read or is no text.
    """
    data, called = load(source)
    decoded = decode(data)
    original = list(decoded.lines)
    envelope = open_envelope(decoded)
    submission = Submission(
        _source(data, name or called, decoded),
        envelope.header,
        tuple(_document(decoded.lines, body) for body in envelope.bodies),
        tuple(a for body in envelope.bodies for a in body.attachments),
        tuple(envelope.furniture),
        (*decoded.notes, *envelope.notes),
    )
    return msgspec.structs.replace(submission, notes=(*submission.notes, *_proof(submission, original)))


def read_header(source: SourceLike) -> Header:
    """Read no more of a filing than its header: what it says of itself. Raises what `read` raises."""
    return open_envelope(decode(load(source).data)).header


def check(submission: Submission, source: SourceLike) -> tuple[Note, ...]:
    """Prove that a submission holds all that its source says; return a note for each breach, none where all holds.

    Two invariants (`proof`): each source line belongs to one thing (`partition`), and the characters of each thing are
    those of its lines (`conservation`). `read` has done this already; `check` does it for a submission from elsewhere,
    or one that was changed.

    Raises RetypesetError where the source cannot be read.
    """
    return tuple(_proof(submission, decode(load(source).data).lines))


def _proof(submission: Submission, lines: Sequence[str]) -> list[Note]:
    return [
        *violations(submission, lines),
        *attachments.violations(submission.attachments, lines),
    ]


def _source(data: bytes, name: str, decoded: Decoded) -> Source:
    return Source(
        name,
        len(data),
        hashlib.sha256(data).hexdigest(),
        decoded.encoding,
        len(decoded.lines),
    )


def _document(lines: list[str], body: Body) -> Document:
    page = next((a.lines for a in body.attachments if a.encoding == "text"), None)
    if page:
        read = read_page(lines[page.first - 1 : page.last], page.first)
        return _made(body, read.blocks, read.furniture, read.pages, read.notes)
    furniture: list[Furniture] = []
    running, pages = part_pages(scan(_running_text(lines, body), body.text.first, furniture), furniture)
    edge = right_edge(running)
    parts: list[Element] = []
    done = 0
    marked: set[Range] = set()
    for start, end in schedules(running):
        parts += _parts(running[done:start], edge, furniture)
        parts += schedule(running[start:end], lines, furniture, marked)
        done = end
    if marked:
        furniture = without_marks(furniture, marked)
    parts += _parts(running[done:], edge, furniture)
    blocks = with_captions(outline(parts, edge, furniture), furniture)
    blocks = with_confidence(blocks, lines, furniture)
    notes = doubts(blocks)
    for where in body.verbatim:
        blocks = _insert(blocks, preformatted(lines, where))
    return _made(body, blocks, furniture, pages, notes)


def _made(
    body: Body,
    blocks: tuple[Block, ...],
    furniture: Sequence[Furniture],
    pages: tuple[Page, ...],
    notes: Sequence[Note],
) -> Document:
    return Document(
        body.type,
        body.sequence,
        body.filename,
        body.description,
        body.lines,
        blocks,
        tuple(sorted(furniture, key=lambda f: f.lines)),
        pages,
        (*body.notes, *notes),
    )


def _parts(lines: list[Line], edge: int, furniture: list[Furniture]) -> Iterator[Element]:
    done = 0
    for start, end in boxes(lines):
        yield from _regions(lines[done:start], edge, furniture)
        yield box(lines[start:end], furniture)
        done = end
    yield from _regions(lines[done:], edge, furniture)


def _regions(lines: list[Line], edge: int, furniture: list[Furniture]) -> Iterator[Element]:
    for region in part_regions(lines, edge):
        yield from set_table(region, edge, furniture) if region.table else set_text(region, edge, furniture)


def _running_text(lines: list[str], body: Body) -> list[str]:
    """The lines of a body, blank where an attachment or something kept as it is has them."""
    texts = lines[body.text.first - 1 : body.text.last]
    for first, last in (*(a.lines for a in body.attachments), *body.verbatim):
        texts[first - body.text.first : last - body.text.first + 1] = [""] * (last - first + 1)
    return texts


def _insert(blocks: tuple[Block, ...], block: Block) -> tuple[Block, ...]:
    at = next((i for i, b in enumerate(blocks) if b.lines > block.lines), len(blocks))
    return (*blocks[:at], block, *blocks[at:])
