"""Bodies that are not fixed-width text: uuencoded files and HTML. Kept as attachments, decoded on request."""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from ..model import Attachment, Note, Range
from ..notes import RetypesetError
from .decode import decode
from .source import SourceLike, load

_BEGIN: Final = re.compile(r"begin [0-7]{3,4} (\S.*)")
_HTML: Final = re.compile(r"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_MARKUP: Final = re.compile(r"</?(?:p|br|td|tr|font|b|i|u|center|hr|li|pre)\b[^<>]*>", re.IGNORECASE)
# A plain text filing wrapped into <html><body><div> has none of these elements; HTML has one on most lines.
LEAST_MARKUP: Final = 0.02

_MAGIC: Final = (
    (b"GIF8", "image/gif"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n", "image/png"),
    (b"%PDF", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
)


def attachment_data(attachment: Attachment, source: SourceLike) -> bytes:
    """Take the bytes of an attachment from the source it was read from.

    Raises RetypesetError where the source is another one: its bytes do not have the attachment's sha256.
    """
    data = _data(attachment, decode(load(source).data).lines)
    if data is None:
        raise RetypesetError(f"{attachment.name}: this is not the source the attachment was read from")
    return data


def _data(attachment: Attachment, lines: Sequence[str]) -> bytes | None:
    """The bytes of an attachment, or None where these are not the lines it was read from."""
    own = lines[attachment.lines.first - 1 : attachment.lines.last]
    data = _uudecode(own) if attachment.encoding == "uuencode" else _text(own)
    return data if data is not None and hashlib.sha256(data).hexdigest() == attachment.sha256 else None


def violations(attachments: Sequence[Attachment], lines: Sequence[str]) -> Iterator[Note]:
    """Check that the lines of each attachment still hold its bytes."""
    for a in attachments:
        if _data(a, lines) is None:
            yield Note("conservation", f"the bytes of attachment {a.name!r} are not those of its lines", a.lines)


def find(
    lines: Sequence[str], body: Range, name: str, document: int, notes: list[Note]
) -> tuple[list[Attachment], list[Range]]:
    """Find the attachments of a body: the whole of it where it is HTML, else each uuencoded file in it.

    `lines` are those of the whole source; `name` is the document's own file name, if any; `document` is its position.
    Returns the attachments, and the ranges of files that could not be decoded.
    """
    text = lines[body.first - 1 : body.last]
    if _is_html(text):
        first = next(n for n, line in enumerate(text, body.first) if line.strip())
        last = next(n for n in range(body.last, 0, -1) if lines[n - 1].strip())
        where = Range(first, last)
        message = "the body is HTML, which is not read yet: kept as an attachment"
        notes.append(Note("attachment", message, where))
        html = _text(lines[first - 1 : last])
        return [_attachment(name or f"document-{document}.htm", html, "text", document, where)], []
    found: list[Attachment] = []
    broken: list[Range] = []
    done = 0
    for n in [n for n, line in enumerate(text, body.first) if line[:6] == "begin "]:
        if n > done and (match := _BEGIN.match(lines[n - 1])):
            where = Range(n, _end(lines, n, body.last))
            done = where.last
            data = _uudecode(lines[n - 1 : done])
            if data is None:
                notes.append(Note("uuencode", f"the uuencoded file {match[1]!r} is broken: its text was kept", where))
                broken.append(where)
            else:
                found.append(_attachment(match[1].strip(), data, "uuencode", document, where))
    return found, broken


def _end(lines: Sequence[str], first: int, last: int) -> int:
    """The line of `end`; where it is missing, the last filled line before a blank one."""
    end = first
    for n in range(first + 1, last + 1):
        line = lines[n - 1].rstrip()
        if line == "end":
            return n
        if line:
            end = n
    return end


def _is_html(text: Sequence[str]) -> bool:
    first = next((line for line in text if line.strip()), "")
    if not _HTML.match(first):
        return False
    filled = [line for line in text if line.strip()]
    marked = sum(1 for line in filled if "<" in line and _MARKUP.search(line))
    return marked >= LEAST_MARKUP * len(filled)


def _uudecode(lines: Sequence[str]) -> bytes | None:
    """Decode `begin` ... `end`; None where there is no end, or a line that is not what it says it is."""
    if not lines or lines[-1].rstrip() != "end":
        return None
    out = []
    for raw in lines[1:-1]:
        line = raw.rstrip()
        if not line:
            continue
        size = (ord(line[0]) - 32) & 63
        try:  # some encoders write a check sum behind the data: it is cut off
            out.append(binascii.a2b_uu(line[: (size * 4 + 5) // 3]))
        except (binascii.Error, ValueError):
            return None
    return b"".join(out)


def _text(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8")


def _media_type(data: bytes) -> str:
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), "application/octet-stream")


def _attachment(
    name: str, data: bytes, encoding: Literal["uuencode", "text"], document: int, lines: Range
) -> Attachment:
    media_type = _media_type(data) if encoding == "uuencode" else "text/html"
    return Attachment(name, media_type, len(data), hashlib.sha256(data).hexdigest(), encoding, document, lines)
