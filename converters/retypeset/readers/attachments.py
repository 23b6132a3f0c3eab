"""Bodies that are not fixed-width text: uuencoded files and HTML pages. Kept as attachments, decoded on request.

What a page says is read by `html`; as an attachment it can be had as it was filed.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from ..model import Attachment, Note, Range
from ..notes import RetypesetError
from .decode import decode
from .source import SourceLike, load

_BEGIN: Final = re.compile(r" *begin [0-7]{3,4} (\S.*)")
_DATA: Final = re.compile(r"[ -`]{1,88}")
# On the last line a closing tag may be glued to the end of the file.
_END: Final = re.compile(r"end\s*(?:<|$)")
_HTML: Final = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_HTML_END: Final = re.compile(r"</html\s*>", re.IGNORECASE)
_MARKUP: Final = re.compile(r"</?(?:p|br|td|tr|font|b|i|u|center|hr|li)\b[^<>]*>", re.IGNORECASE)
_COMMENT: Final = re.compile(r"\s*(?:<!--(?:[^-]|-(?!->))*-->\s*)?")
# A plain text filing wrapped into <html><body><div> or <pre> has none of these elements; HTML has one on most lines.
LEAST_MARKUP: Final = 0.02
# Share of lines between `begin` and `end` that must be data; a file with damaged lines has more, text in capitals less.
LEAST_DATA: Final = 0.5
# Behind the data of a line stand up to two characters of padding, and of a check sum that some encoders write.
MOST_BEHIND: Final = 4

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
    data = _uudecode(own) if attachment.encoding == "uuencode" else _html(own)
    same = data is not None and (len(data), _digest(data)) == (attachment.size, attachment.sha256)
    return data if same else None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def violations(attachments: Sequence[Attachment], lines: Sequence[str]) -> Iterator[Note]:
    """Check that the lines of each attachment still hold its bytes."""
    for a in attachments:
        if _data(a, lines) is None:
            yield Note("conservation", f"the bytes of attachment {a.name!r} are not those of its lines", a.lines)


class Found(NamedTuple):
    """The attachments of a body, the lines of files that could not be decoded, and what there is to say of it."""

    attachments: list[Attachment]
    broken: list[Range]
    notes: list[Note]


def find(lines: Sequence[str], source: Sequence[str], body: Range, name: str, document: int) -> Found:
    """Find the attachments of a body: the whole of it where it is HTML, else each uuencoded file in it.

    `lines` are those of the whole file without its envelope, `source` with it; `name` is the document's own file name,
    if any; `document` is its position.
    """
    if where := _page(lines, body):
        data = _html(source[where.first - 1 : where.last])
        return Found([_attachment(name or f"document-{document}.htm", data, "text", document, where)], [], [])
    found = Found([], [], [])
    for where, called in _uuencoded(lines, body):
        decoded = _uudecode(source[where.first - 1 : where.last])
        if decoded is None:
            found.broken.append(where)
            found.notes.append(Note("uuencode", f"the uuencoded file {called!r} is broken: its text was kept", where))
        else:
            found.attachments.append(_attachment(called, decoded, "uuencode", document, where))
    return found


# ---------------------------------------------------------------- uuencode


def _uuencoded(lines: Sequence[str], body: Range) -> Iterator[tuple[Range, str]]:
    """Find each uuencoded file, whole or broken, and its name.

    A line `begin 644 name` over a line of data begins one. It ends with `end` where all between is data but for a few
    lines that were damaged; else where the data stops.
    """
    text = lines[body.first - 1 : body.last]
    if "begin " not in "\n".join(text):  # asked of all lines at once, as few bodies say so anywhere
        return
    begins = [
        (n, match) for n, line in enumerate(text, body.first) if "begin " in line and (match := _BEGIN.match(line))
    ]
    ends = [n for n, line in enumerate(text, body.first) if line.rstrip() == "end"] if begins else []
    for i, (n, match) in enumerate(begins):
        limit = begins[i + 1][0] if i + 1 < len(begins) else body.last + 1
        if n + 1 < limit and lines[n].strip() and _is_data(lines[n]):
            yield Range(n, _last(lines, n, limit, ends)), match[1].strip()


def _last(lines: Sequence[str], begin: int, limit: int, ends: Sequence[int]) -> int:
    at = bisect_right(ends, begin)
    if at < len(ends) and ends[at] < limit:
        data = sum(map(_is_data, lines[begin : ends[at] - 1]))
        if data > LEAST_DATA * (ends[at] - 1 - begin):
            return ends[at]
    last = next((n for n in range(begin + 1, limit) if not _is_data(lines[n - 1])), limit) - 1
    while not lines[last - 1].strip():
        last -= 1
    return last


def _is_data(line: str) -> bool:
    """Can this line be one of a uuencoded file? Blanks at its end may be lost, or the whole line: blanks are zeros."""
    line = line.rstrip()
    return not line or (_DATA.fullmatch(line) is not None and len(line) <= _length(line) + MOST_BEHIND)


def _length(line: str) -> int:
    """How many characters a line of data has by its own word: its first one counts bytes, three to four characters."""
    return (((ord(line[0]) - 32) & 63) * 4 + 5) // 3


def _uudecode(lines: Sequence[str]) -> bytes | None:
    """Decode `begin` ... `end`; None where there is no end, or a line that is not what it says it is."""
    if not lines or not _END.match(lines[-1]):
        return None
    out = []
    for raw in lines[1:-1]:
        line = raw.rstrip()
        if not line:
            continue
        try:
            out.append(binascii.a2b_uu(line[: _length(line)]))
        except (binascii.Error, ValueError):
            return None
    return b"".join(out)


# ---------------------------------------------------------------- HTML


def _page(lines: Sequence[str], body: Range) -> Range | None:
    """The filled lines of a body that is HTML; None where it is something else."""
    first = next((n for n in range(body.first, body.last + 1) if lines[n - 1].strip()), 0)
    page = first  # a comment may stand above the page
    while first and page < body.last and _COMMENT.fullmatch(lines[page - 1]):
        page += 1
    if not first or not _HTML.match(lines[page - 1].lstrip()):
        return None
    filled = [n for n in range(first, body.last + 1) if lines[n - 1].strip()]
    marked = len([n for n in filled if "<" in lines[n - 1] and _MARKUP.search(lines[n - 1])])
    return Range(first, filled[-1]) if marked >= LEAST_MARKUP * len(filled) else None


def _html(lines: Sequence[str]) -> bytes:
    """The page in these lines: tags of the envelope may be glued to its first and its last line."""
    if not lines:
        return b""
    first, last = _HTML.search(lines[0]), _HTML_END.search(lines[-1])
    text = "\n".join(lines)
    begin = first.start() if first else 0
    end = len(text) - len(lines[-1]) + last.end() if last else len(text)
    return (text[begin:end] + "\n").encode("utf-8", "surrogatepass")


# ---------------------------------------------------------------- the attachment


def _media_type(data: bytes) -> str:
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), "application/octet-stream")


def _attachment(
    name: str, data: bytes, encoding: Literal["uuencode", "text"], document: int, lines: Range
) -> Attachment:
    media_type = _media_type(data) if encoding == "uuencode" else "text/html"
    return Attachment(name, media_type, len(data), _digest(data), encoding, document, lines)
