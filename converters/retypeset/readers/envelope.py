"""Lines -> header, documents and what stands around them.

    [armour]
    <SEC-DOCUMENT> <SEC-HEADER> KEY: VALUE ... </SEC-HEADER>    or IMS-; or <SUBMISSION> <KEY>VALUE ...; or nothing
    <DOCUMENT> <TYPE>x <SEQUENCE>n [<FILENAME>x] [<DESCRIPTION>x] <TEXT> body </TEXT> </DOCUMENT>   ...
    </SEC-DOCUMENT>
    [armour]

Any part may be missing, doubled, glued to its neighbour or cut off; what is found there decides, not the first line.
Every line ends up in the header, in the envelope, in an attachment or in the body of a document. What a body says is no
business of this module.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from ..model import Attachment, Field, Furniture, Header, Note, Range
from . import attachments, header
from .decode import Decoded

_TAG: Final = re.compile(
    r"<(/?)(SEC-DOCUMENT|IMS-DOCUMENT|SEC-HEADER|IMS-HEADER|SUBMISSION|DOCUMENT|TYPE|SEQUENCE|FILENAME|DESCRIPTION|TEXT)>"
)
_ABOUT: Final = ("TYPE", "SEQUENCE", "FILENAME", "DESCRIPTION")
_BARE_HEADER: Final = re.compile(r"(?:ACCESSION NUMBER|CONFORMED SUBMISSION TYPE): ")
_FILE_LINE: Final = re.compile(r"\S+\.(?:txt|hdr\.sgml) : \d{8}\s*$")
_BARE_TYPE: Final = re.compile(r"(?:EX-|GRAPHIC$|COVER$)[A-Z0-9.()\-]{0,16}\s*$")
# How many lines of text may stand before a header that lost its tags.
BARE_HEADER_WITHIN: Final = 12


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


class _Tag(Struct, frozen=True):
    line: int
    start: int
    end: int
    name: str
    closing: bool


class _Parts:
    """The walk over the tags: which lines are whose."""

    def __init__(self, decoded: Decoded) -> None:
        self.lines = decoded.lines
        self.furniture = [
            Furniture("envelope", "\n".join(self.lines[a - 1 : b]), Range(a, b)) for a, b in decoded.armour
        ]
        self.notes: list[Note] = []
        self.headers: list[tuple[header.Dialect, tuple[Field, ...], Range]] = []
        self.bodies: list[Body] = []

    def take(self, first: int, last: int) -> None:
        """Put whole lines on the list of the envelope."""
        self.furniture += [
            Furniture("envelope", text, Range(n, n))
            for n, text in enumerate(self.lines[first - 1 : last], first)
            if text.strip() and (not self.furniture or self.furniture[-1].lines != (n, n))
        ]

    def cut(self, tag: _Tag) -> None:
        """Take one tag out of its line; what else the line holds stays where it is."""
        line = self.lines[tag.line - 1]
        text = line[tag.start : tag.end]
        self.furniture.append(Furniture("envelope", text, Range(tag.line, tag.line)))
        self.lines[tag.line - 1] = (line[: tag.start] + " " * len(text) + line[tag.end :]).rstrip()


def open_envelope(decoded: Decoded) -> Envelope:
    """Part a decoded file into header, documents and envelope. Tags glued to text are taken out of `decoded.lines`."""
    parts = _Parts(decoded)
    armour = [(a, b) for a, b in decoded.armour]
    free_from = 1
    tags = list(_tags(decoded.lines))
    at = 0
    while at < len(tags):
        tag = tags[at]
        if tag.name == "DOCUMENT" and not tag.closing:
            _loose(parts, free_from, tag.line - 1, armour)
            at, free_from = _document(parts, tags, at, armour)
        elif tag.name in ("SEC-HEADER", "IMS-HEADER", "SUBMISSION") and not tag.closing:
            _loose(parts, free_from, tag.line - 1, armour)
            at, free_from = _header(parts, tags, at, armour)
        else:
            if tag.name in ("SEC-DOCUMENT", "IMS-DOCUMENT", "SUBMISSION", "DOCUMENT", "SEC-HEADER", "IMS-HEADER"):
                _loose(parts, free_from, tag.line - 1, armour)
                whole = tag.name.endswith("-DOCUMENT") and not tag.closing
                _leave(parts, tag, whole=whole)
                free_from = tag.line if decoded.lines[tag.line - 1].strip() and not whole else tag.line + 1
            at += 1
    _loose(parts, free_from, len(decoded.lines), armour)
    return _finish(parts)


def _leave(parts: _Parts, tag: _Tag, *, whole: bool) -> None:
    if whole:
        parts.take(tag.line, tag.line)
    else:
        parts.cut(tag)


def _tags(lines: list[str]) -> Iterator[_Tag]:
    for n, line in enumerate(lines, 1):
        if "<" in line:
            for m in _TAG.finditer(line):
                yield _Tag(n, m.start(), m.end(), m[2], bool(m[1]))


# ---------------------------------------------------------------- header


def _header(parts: _Parts, tags: list[_Tag], at: int, armour: list[tuple[int, int]]) -> tuple[int, int]:
    """Read from an opening header tag to its closing tag, or to the first document; return the next tag and line."""
    opening = tags[at]
    dialect: header.Dialect = {"SEC-HEADER": "sec", "IMS-HEADER": "ims"}.get(opening.name, "tags")  # type: ignore[assignment]  # keys and values are the literals
    end = len(parts.lines)
    nxt = at + 1
    closed = False
    while nxt < len(tags):
        tag = tags[nxt]
        if (tag.closing and tag.name == opening.name) or tag.name == "DOCUMENT":
            closed = tag.closing or dialect == "tags"
            end = tag.line - 1
            break
        if not tag.closing and tag.name in ("SEC-DOCUMENT", "IMS-DOCUMENT"):
            end = tag.line - 1
            break
        nxt += 1
    last = next((a - 1 for a, _ in armour if opening.line < a <= end), end)
    parts.take(opening.line, opening.line)
    if not closed:
        parts.notes.append(Note("unclosed", f"<{opening.name}> is not closed", Range(opening.line, opening.line)))
    _add_header(parts, dialect, opening.line + 1, last)
    if nxt < len(tags) and tags[nxt].closing and tags[nxt].name == opening.name:
        parts.cut(tags[nxt])
        line = tags[nxt].line
        return nxt + 1, line if parts.lines[line - 1].strip() else line + 1
    return nxt, last + 1


def _add_header(parts: _Parts, dialect: header.Dialect, first: int, last: int) -> None:
    numbered = list(enumerate(parts.lines[first - 1 : last], first))
    parts.furniture += [Furniture("envelope", line, Range(n, n)) for n, line in numbered if header.CLOSING.match(line)]
    fields = header.fields(numbered, dialect, parts.notes)
    parts.headers.append((dialect, fields, Range(first, last)))


def _bare_header(parts: _Parts, first: int, last: int) -> int:
    """Read a header that lost its tags from the top of lines first..last; return the first line after it."""
    lines = parts.lines
    filled = (n for n in range(first, last + 1) if lines[n - 1].strip())
    start = next(
        (n for n, _ in zip(filled, range(BARE_HEADER_WITHIN), strict=False) if _BARE_HEADER.match(lines[n - 1])), 0
    )
    if not start or not all(_FILE_LINE.match(lines[n - 1]) for n in range(first, start) if lines[n - 1].strip()):
        return first
    end = start
    for n in range(start, last + 1):
        if header.KEY_VALUE.match(lines[n - 1].replace("]", " ", 1)):
            end = n
        elif lines[n - 1].strip():
            break
    parts.take(first, start - 1)
    _add_header(parts, "bare", start, end)
    return end + 1


# ---------------------------------------------------------------- documents


def _document(parts: _Parts, tags: list[_Tag], at: int, armour: list[tuple[int, int]]) -> tuple[int, int]:
    """Read one document from its opening tag; return the next tag to look at and the first line after it."""
    opening = tags[at]
    end, nxt, closed = len(parts.lines), len(tags), False
    for i in range(at + 1, len(tags)):
        if tags[i].name == "DOCUMENT" or tags[i].name in ("SEC-DOCUMENT", "IMS-DOCUMENT", "SUBMISSION"):
            closed = tags[i].name == "DOCUMENT" and tags[i].closing
            end, nxt = (tags[i].line if closed else tags[i].line - 1), (i + 1 if closed else i)
            break
    cut_at = next((a - 1 for a, _ in armour if opening.line < a <= end), end)
    if cut_at < end:
        closed = False
    end = cut_at
    body = Body(lines=Range(opening.line, end))
    if not closed:
        body.notes.append(
            Note("unclosed", "</DOCUMENT> is missing: the document ends where the next part begins", Range(end, end))
        )
    parts.cut(opening)
    _about(parts, body, [t for t in tags[at + 1 : nxt] if t.line <= end])
    parts.bodies.append(body)
    return nxt, end + 1


def _about(parts: _Parts, body: Body, tags: list[_Tag]) -> None:
    """Read what a document says of itself, and find where its body begins and ends."""
    opened = next((t for t in tags if t.name == "TEXT" and not t.closing), None)
    first = body.lines.first
    seen: dict[str, str] = {}
    line = first
    for tag in tags:
        if tag is opened:
            break
        if tag.name in _ABOUT and not tag.closing and tag.name not in seen and (opened or tag.line <= line + 1):
            seen[tag.name] = parts.lines[tag.line - 1][tag.end :].strip()
            line = tag.line
    if opened:
        line = opened.line
        body.text = Range(line + 1, body.lines.last)
        if "DESCRIPTION" in seen:
            seen["DESCRIPTION"] += _continued(parts, body, line)
        parts.take(first, line - 1)
        parts.cut(opened)
        if parts.lines[line - 1].strip():
            body.text = Range(line, body.lines.last)
    else:
        parts.take(first, line)
        body.text = Range(line + 1, body.lines.last)
        body.notes.append(
            Note("unclosed", "<TEXT> is missing: the body begins after the last known tag", Range(line, line))
        )
    for tag in tags:
        if tag.line >= body.text.first and tag is not opened and tag.name not in _ABOUT:
            _close(parts, body, tag)
    if opened and not any(t.name == "TEXT" and t.closing for t in tags):
        body.notes.append(
            Note(
                "unclosed",
                "</TEXT> is missing: the body ends with the document",
                Range(body.lines.last, body.lines.last),
            )
        )
    sequence = seen.get("SEQUENCE", "")
    body.type, body.filename = seen.get("TYPE", ""), seen.get("FILENAME", "")
    body.description, body.sequence = seen.get("DESCRIPTION", ""), int(sequence) if sequence.isdecimal() else 0


def _continued(parts: _Parts, body: Body, text_line: int) -> str:
    """The rest of a description that was wrapped over lines."""
    start = next(n for n in range(body.lines.first, text_line) if "<DESCRIPTION>" in parts.lines[n - 1])
    rest = []
    for n in range(start + 1, text_line):
        if "<" in parts.lines[n - 1]:
            break
        rest.append(parts.lines[n - 1].strip())
    return "".join(" " + text for text in rest if text)


def _close(parts: _Parts, body: Body, tag: _Tag) -> None:
    if tag.name == "TEXT" and not tag.closing:
        body.notes.append(Note("doubled", "<TEXT> is opened again inside the body", Range(tag.line, tag.line)))
    if tag.name == "TEXT" and tag.closing:
        after = next((n for n in range(tag.line + 1, body.lines.last) if parts.lines[n - 1].strip()), 0)
        if after:
            body.notes.append(Note("stray", "text follows </TEXT>: it was kept in this document", Range(after, after)))
    parts.cut(tag)


# ---------------------------------------------------------------- what stands outside


def _loose(parts: _Parts, first: int, last: int, armour: list[tuple[int, int]]) -> None:
    """Take in lines outside of all tags: a header that lost its tags, documents that lost theirs, stray text."""
    for a, b in _between(first, last, armour):
        start = a if parts.headers or parts.bodies else _bare_header(parts, a, b)
        for body in _bare_documents(parts, start, b):
            _trim(parts, body)
            if body.text.first <= body.text.last or body.type:
                parts.bodies.append(body)


def _between(first: int, last: int, armour: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for a, b in armour:
        if first <= a <= last:
            if first < a:
                yield first, a - 1
            first = b + 1
    if first <= last:
        yield first, last


def _bare_documents(parts: _Parts, first: int, last: int) -> Iterator[Body]:
    """Part text that lost its tags where `<TYPE>`, `<SEQUENCE>` left two lines: a known type over the next number."""
    lines = parts.lines
    form = parts.headers[0][1] if parts.headers and parts.headers[0][0] == "bare" else ()
    name = next((f.value for f in form if f.name == "CONFORMED SUBMISSION TYPE"), None)
    starts: list[int] = []
    if name is not None:
        for n in range(first, last):
            line = lines[n - 1]
            number = str(len(starts) + 1) if not starts else None
            if (line.rstrip() == name and lines[n].rstrip() == number) or (
                starts and line[:1] in "EGC" and _BARE_TYPE.match(line) and _follows(lines, starts[-1], n)
            ):
                starts.append(n)
    if not starts or any(lines[n - 1].strip() for n in range(first, starts[0])):
        starts = [first, *starts]
    for a, b in zip(starts, [*[n - 1 for n in starts[1:]], last], strict=True):
        yield _bare_document(parts, a, b, tagged=name is not None and lines[a - 1 : a] != [] and _numbered(lines, a))


def _numbered(lines: list[str], n: int) -> bool:
    return n < len(lines) and lines[n].strip().isdecimal() and len(lines[n].strip()) <= 3 and lines[n][:1] != " "


def _follows(lines: list[str], before: int, n: int) -> bool:
    """Is the number under line n greater than that under line `before`, by one or a few lost between?"""
    if not (_numbered(lines, n) and _numbered(lines, before)):
        return False
    return 0 < int(lines[n]) - int(lines[before]) <= 9


def _bare_document(parts: _Parts, first: int, last: int, *, tagged: bool) -> Body:
    body = Body(lines=Range(first, last), text=Range(first, last))
    if tagged:
        body.type, body.sequence = parts.lines[first - 1].strip(), int(parts.lines[first])
        body.text = Range(first + 2, last)
        parts.take(first, first + 1)
    return body


def _trim(parts: _Parts, body: Body) -> None:
    """Narrow a body to its filled lines."""
    first, last = body.text
    while first <= last and not parts.lines[first - 1].strip():
        first += 1
    while last >= first and not parts.lines[last - 1].strip():
        last -= 1
    if not body.type:
        body.lines = Range(first, last)
    body.text = Range(first, last)


# ---------------------------------------------------------------- the whole


def _finish(parts: _Parts) -> Envelope:
    head = _one_header(parts)
    tagged = any(b.type for b in parts.bodies)
    for n, body in enumerate(parts.bodies, 1):
        if not body.type:
            code, message = (
                ("stray", "text outside of all documents was kept as one")
                if tagged or parts.headers
                else ("bare", "there is no envelope: the file was read as one document")
            )
            body.notes.append(Note(code, message, body.lines))
        body.attachments, body.verbatim = attachments.find(parts.lines, body.text, body.filename, n, body.notes)
    count = head.document_count
    found = sum(1 for b in parts.bodies if b.type)
    if count is not None and count != found:
        parts.notes.append(Note("count", f"the header states {count} documents, {found} were found"))
    parts.furniture.sort(key=lambda f: f.lines)
    return Envelope(head, parts.bodies, parts.furniture, parts.notes)


def _one_header(parts: _Parts) -> Header:
    """Join the headers: one that says the same again goes to the envelope, word for word."""
    if not parts.headers:
        return Header("none")
    dialect, fields, _ = parts.headers[0]
    for _, more, lines in parts.headers[1:]:
        parts.notes.append(Note("doubled", "the header stands twice", lines))
        if _said(more) - _said(fields):
            fields += more
        else:
            parts.take(*lines)
    return header.header(dialect, fields)


def _said(fields: tuple[Field, ...]) -> Counter[tuple[str, str]]:
    said: Counter[tuple[str, str]] = Counter()
    for f in fields:
        said[f.name, f.value] += 1
        said += _said(f.fields)
    return said
