"""Lines -> header, documents and what stands around them.

    [armour]
    <SEC-DOCUMENT> <SEC-HEADER> KEY: VALUE ... </SEC-HEADER>    or IMS-; or <SUBMISSION> <KEY>VALUE ...; or nothing
    <DOCUMENT> <TYPE>x <SEQUENCE>n [<FILENAME>x] [<DESCRIPTION>x] <TEXT> body </TEXT> </DOCUMENT>   ...
    </SEC-DOCUMENT>
    [armour]

Any part may be missing, doubled, glued to its neighbour or cut off; what is found there decides, not the first line.
The tags part the file (`parts`); what lost its tags is found by its lines (`untagged`). Every line ends up in the
header, in the envelope, in an attachment or in the body of a document. What a body says is no business of this module.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from ..model import Attachment, Field, Furniture, Header, Note, Range
from . import attachments, header, untagged
from .decode import Decoded
from .parts import About, Part, Place, part

_DIALECTS: Final[dict[str, header.Dialect]] = {"SEC-HEADER": "sec", "IMS-HEADER": "ims", "SUBMISSION": "tags"}
_NUMBER: Final = re.compile(r"[0-9]{1,9}")


class Body(Struct):
    """A document as the envelope delivers it. `lines` is all of it, `text` its body (last < first: none)."""

    type: str = ""
    sequence: int = 0
    filename: str = ""
    description: str = ""
    lines: Range = Range(1, 0)
    text: Range = Range(1, 0)
    attachments: list[Attachment] = []
    verbatim: list[Range] = []
    notes: list[Note] = []


class Envelope(Struct):
    """What `open_envelope` found."""

    header: Header
    bodies: list[Body]
    furniture: list[Furniture]
    notes: list[Note]


class _Head(NamedTuple):
    dialect: header.Dialect
    fields: tuple[Field, ...]
    closings: list[Furniture]
    lines: Range


class _Found:
    """What the parts hold, as it is read from the lines that are left to them."""

    def __init__(self, lines: list[str], furniture: list[Furniture]) -> None:
        self.lines, self.furniture = lines, furniture
        self.notes: list[Note] = []
        self.heads: list[_Head] = []
        self.bodies: list[Body] = []
        self.strays: list[Body] = []

    def numbered(self, where: Range) -> list[tuple[int, str]]:
        return list(enumerate(self.lines[where.first - 1 : where.last], where.first))

    def whole(self, where: Range) -> None:
        """Put whole lines on the list of the envelope."""
        self.furniture += [Furniture("envelope", text, Range(n, n)) for n, text in self.numbered(where) if text.strip()]


def open_envelope(decoded: Decoded) -> Envelope:
    """Part a decoded file into header, documents and envelope. Tags glued to text are taken out of `decoded.lines`."""
    original = list(decoded.lines)
    parts, furniture = part(decoded)
    found = _Found(decoded.lines, furniture)
    for run, where in parts:
        if run.about:
            found.bodies.append(_body(run, run.about, where, decoded.lines))
        elif run.kind == "header":
            _header(found, run, where)
        else:
            _loose(found, where)
    return _finish(found, original)


# ---------------------------------------------------------------- the parts


def _header(found: _Found, run: Part, where: Range) -> None:
    opening = run.tags[0]
    dialect = _DIALECTS[opening.name]
    if not run.closed and dialect != "tags":
        line = opening.start.line
        found.notes.append(Note("unclosed", f"<{opening.name}> is not closed", Range(line, line)))
    _add_header(found, dialect, where)


def _add_header(found: _Found, dialect: header.Dialect, where: Range) -> None:
    numbered = found.numbered(where)
    fields = header.fields(numbered, dialect, found.notes)
    found.heads.append(_Head(dialect, fields, header.closings(numbered, dialect), where))


def _body(run: Part, about: About, where: Range, lines: Sequence[str]) -> Body:
    last = run.end.line if run.closed else max(run.end.line - 1, about.end.line, where.last)
    number = about.values.get("SEQUENCE", "")
    return Body(
        about.values.get("TYPE", ""),
        int(number) if _NUMBER.fullmatch(number) else 0,
        about.values.get("FILENAME", ""),
        about.values.get("DESCRIPTION", ""),
        Range(run.start.line, last),
        where,
        notes=list(_damage(run, about, where, last, lines)),
    )


def _damage(run: Part, about: About, where: Range, last: int, lines: Sequence[str]) -> Iterator[Note]:
    """Say which tags of a document are missing, doubled, or at the wrong place."""
    begin = run.start.line
    body = [tag for tag in run.tags if tag.name == "TEXT" and tag.start >= about.end]
    if run.tags[0].name != "DOCUMENT":
        yield Note("unclosed", "<DOCUMENT> is missing: the document begins with <TYPE>", Range(begin, begin))
    if not run.closed:
        message = "</DOCUMENT> is missing: the document ends where the next part begins"
        yield Note("unclosed", message, Range(last, last))
    if not about.opened:
        line = about.end.line
        yield Note("unclosed", "<TEXT> is missing: the body begins after the last known tag", Range(line, line))
    for tag in body:
        if not tag.closing:
            line = tag.start.line
            yield Note("doubled", "<TEXT> is opened again inside the body", Range(line, line))
    end = next((tag.end for tag in body if tag.closing), None)
    if end and (after := _filled_after(end, where.last, lines)):
        yield Note("stray", "text follows </TEXT>: it was kept in this document", Range(after, after))
    if about.opened and not end:
        yield Note("unclosed", "</TEXT> is missing: the body ends with the document", Range(last, last))


def _filled_after(place: Place, last: int, lines: Sequence[str]) -> int:
    """The first line up to `last` that holds text behind this place; 0 where there is none."""
    if place.line <= last and lines[place.line - 1][place.column :].strip():
        return place.line
    return next((n for n in range(place.line + 1, last + 1) if lines[n - 1].strip()), 0)


def _loose(found: _Found, where: Range) -> None:
    """Take in what stands outside of all tags: a header that lost its tags, documents that lost theirs, stray text."""
    if not found.heads and not found.bodies and (lines := untagged.find_header(found.lines, where)):
        found.whole(Range(where.first, lines.first - 1))
        _add_header(found, "bare", lines)
        where = Range(lines.last + 1, where.last)
    form = None
    if found.heads and found.heads[0].dialect == "bare":
        form = next((f.value for f in found.heads[0].fields if f.name == "CONFORMED SUBMISSION TYPE"), None)
    for document in untagged.documents(found.lines, where, form):
        found.whole(Range(document.lines.first, document.text.first - 1))
        body = Body(document.type, document.sequence, lines=document.lines, text=document.text)
        found.bodies.append(body)
        if not document.type:
            found.strays.append(body)


# ---------------------------------------------------------------- the whole


def _finish(found: _Found, original: Sequence[str]) -> Envelope:
    head = _one_header(found)
    tagged = len(found.bodies) - len(found.strays)
    for stray in found.strays:
        if tagged or found.heads:
            stray.notes.append(Note("stray", "text outside of all documents was kept as one", stray.lines))
        else:
            message = "there is no envelope: the file was read as one document"
            stray.notes.append(Note("bare", message, stray.lines))
    for n, body in enumerate(found.bodies, 1):
        held = attachments.find(found.lines, original, body.text, body.filename, n)
        body.attachments, body.verbatim = held.attachments, held.broken
        body.notes += held.notes
    if head.document_count not in (None, tagged):
        message = f"the header states {head.document_count} documents, {tagged} were found"
        found.notes.append(Note("count", message))
    found.furniture.sort(key=lambda f: f.lines)
    return Envelope(head, found.bodies, found.furniture, found.notes)


def _one_header(found: _Found) -> Header:
    """Join the headers: one that says the same again goes to the envelope, word for word."""
    if not found.heads:
        return Header("none")
    first, *more = found.heads
    fields = list(first.fields)
    said = _said(fields)
    found.furniture += first.closings
    for head in more:
        found.notes.append(Note("doubled", "the header stands twice", head.lines))
        again = _said(head.fields)
        if any(count > said[field] for field, count in again.items()):
            fields += head.fields
            said.update(again)
            found.furniture += head.closings
        else:
            found.whole(head.lines)
    return header.header(first.dialect, tuple(fields))


def _said(fields: Iterable[Field]) -> Counter[tuple[str, str]]:
    return Counter((f.name, f.value) for f in header.walk(fields))
