"""The proof that nothing was lost: partition and conservation, computed from the model and the source lines alone.

    partition     each source line that is not blank belongs to the header, the envelope, an attachment, a block or the
                  furniture; to one of them only, but for furniture that was taken out of a line which a block keeps
    conservation  the non-blank characters of a block's lines, less the furniture taken out of them, are the
                  characters of its text, in order; those of the furniture are the characters of its lines

The cells of a table need not stand in the order of the page: of them the characters are counted. An HTML page, which
is an attachment, too, is proved by what it says without its markup (`shared`). The proof shares no code with the stages
that read, so that it cannot share their mistakes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, compress, count
from operator import gt
from typing import NamedTuple, assert_never

from .model import (
    Attachment,
    Block,
    Field,
    Footnote,
    Furniture,
    Heading,
    Lines,
    List,
    Note,
    Paragraph,
    Preformatted,
    Range,
    Ranges,
    Submission,
    Table,
)
from .shared import Leaf, breaches, said

_ASCII_BLANKS = b" \t\n\v\f\r\x1c\x1d\x1e\x1f"
_OTHER_BLANKS = (
    "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_AROUND_NAMES = b"<>:"
# How many bytes of both sides a note quotes.
QUOTED = 30


def violations(submission: Submission, lines: Sequence[str]) -> list[Note]:
    """Check a submission against the decoded lines of its source; return a note for each breach."""
    fields = submission.header.fields
    leaves: list[Leaf] = []
    for document in submission.documents:
        for block in document.blocks:
            _gather(block, "", leaves)
    furniture = [*submission.envelope, *(f for d in submission.documents for f in d.furniture)]
    pages = _Pages(submission.attachments, len(lines))
    shared_leaves: list[Leaf] = []
    if pages.any:
        lines = pages.said(lines)
        shared_leaves = [
            *(leaf for leaf in leaves if pages.have(leaf.lines)),
            *(
                Leaf(f.text, (f.lines,), ordered=True)
                for f in furniture
                if f.kind != "envelope" and pages.have((f.lines,))
            ),
        ]
        leaves = [leaf for leaf in leaves if not pages.have(leaf.lines)]
        furniture = [f for f in furniture if not pages.have((f.lines,))]
    source = _solid(lines)
    claims = _Claims(source)
    claims.whole([lines for leaf in leaves for lines in leaf.lines], "two blocks")
    claims.whole([a.lines for a in submission.attachments if not _is_page(a)], "an attachment and something else")
    claims.whole(_field_lines(fields), "the header and something else")
    rest = claims.furniture(furniture)
    claims.shared([lines for leaf in shared_leaves for lines in leaf.lines])
    return [
        *claims.notes,
        *_leaves_conserved(leaves, rest),
        *breaches(shared_leaves, _solid([leaf.text for leaf in shared_leaves]), source),
        *_header_conserved(fields, rest),
        *claims.left(lines),
    ]


def _is_page(attachment: Attachment) -> bool:
    return attachment.encoding == "text"


class _Pages:
    """The HTML pages of a submission, which are attachments and documents at once."""

    def __init__(self, attachments: Iterable[Attachment], count: int) -> None:
        self.lines = [Range(max(a.lines.first, 1), min(a.lines.last, count)) for a in attachments if _is_page(a)]
        self.lines = [lines for lines in self.lines if lines.first <= lines.last]
        self.mark = bytearray(count + 1)
        for first, last in self.lines:
            self.mark[first : last + 1] = b"\1" * (last - first + 1)
        self.any = bool(self.lines)

    def have(self, ranges: Ranges) -> bool:
        """Do these lines begin in a page?"""
        return bool(ranges) and 0 < ranges[0].first < len(self.mark) and bool(self.mark[ranges[0].first])

    def said(self, lines: Sequence[str]) -> list[str]:
        """The lines, those of pages without their markup."""
        out = list(lines)
        for first, last in self.lines:
            out[first - 1 : last] = said(lines[first - 1 : last])
        return out


# ---------------------------------------------------------------- the texts of the model


def _gather(block: Block, marker: str, leaves: list[Leaf]) -> None:
    """Add the blocks inside a block that hold text themselves; the first of an item has the item's marker before it."""
    match block:
        case Heading(text=text) | Paragraph(text=text) | Lines(text=text) | Preformatted(text=text):
            leaves.append(Leaf(marker + text, block.lines, ordered=True))
        case Table():
            cells = [cell.text for row in (*block.head, *block.body) for cell in row.cells]
            leaves.append(Leaf("".join([marker, *cells]), block.lines, ordered=False))
            for note in block.footnotes:
                _gather(note, "", leaves)
        case Footnote():
            leaves.append(Leaf(marker + block.marker + block.text, block.lines, ordered=True))
        case List(items=items):
            for item in items:
                marker += item.marker
                for inner in item.blocks or (Lines("", item.lines),):
                    _gather(inner, marker, leaves)
                    marker = ""
        case _:
            assert_never(block)


def _walk(fields: Iterable[Field]) -> Iterator[Field]:
    for f in fields:
        yield f
        yield from _walk(f.fields)


def _field_lines(fields: Iterable[Field]) -> Iterator[Range]:
    """The lines of the fields; where a value is wrapped into the line of the next field, each line once."""
    last = 0
    for f in _walk(fields):
        first = max(f.lines.first, last + 1)
        if first <= f.lines.last:
            yield Range(first, f.lines.last)
        last = max(last, f.lines.last)


def _solid(texts: Sequence[str]) -> list[bytes]:
    """The non-blank characters of each text, in UTF-8: of all texts at once, which is much faster than one by one."""
    whole = "\0".join(texts)
    if not whole.isascii():
        for blank in _OTHER_BLANKS:  # each by itself: str.translate looks at every character in Python
            if blank in whole:  # which is found out much faster than by replacing nothing
                whole = whole.replace(blank, "")
    solid = whole.encode("utf-8", "surrogatepass").translate(None, _ASCII_BLANKS).split(b"\0") if texts else []
    if len(solid) > len(texts):  # no decoded line holds a NUL, but a text that somebody changed may
        return _solid([text.replace("\0", "\ufffd") for text in texts])
    return solid


def _quoted(solid: bytes, at: int = 0) -> str:
    return repr(solid[at : at + QUOTED].decode("utf-8", "replace"))


class _Rest(NamedTuple):
    """What is left of each line less the furniture taken out of it, and of some lines a second reading."""

    lines: list[bytes]
    late: dict[int, bytes]

    def readings(self, n: int) -> tuple[bytes, ...]:
        return (self.lines[n - 1], self.late[n]) if n in self.late else (self.lines[n - 1],)

    def numbers(self, ranges: Iterable[Range]) -> Iterator[int]:
        """The numbers of the lines in these ranges, as far as there are such lines."""
        for first, last in ranges:
            yield from range(max(first, 1), min(last, len(self.lines)) + 1)


# ---------------------------------------------------------------- partition


class _Claims:
    """Which lines are spoken for: a byte a line; `last` is the last of them."""

    def __init__(self, source: Sequence[bytes]) -> None:
        self.source = source
        self.mark = bytearray(len(source) + 1)
        self.last = 0
        self.notes: list[Note] = []

    def whole(self, ranges: Iterable[Range], twice: str) -> None:
        mark, end = self.mark, len(self.mark)
        for first, last in ranges:
            if not 0 < first <= last < end:
                self.notes.append(Note("partition", f"lines {first}-{last} are not in the source"))
                continue
            # Most ranges come in order: behind the last line nobody has spoken for any.
            if first <= self.last and (at := mark.find(1, first, last + 1)) >= 0:
                self.notes.append(Note("partition", f"line {at} belongs to {twice}", Range(at, at)))
            mark[first : last + 1] = b"\1" * (last - first + 1)
            if last > self.last:  # noqa: PLR1730  # max() would cost as much as all of this
                self.last = last

    def shared(self, ranges: Iterable[Range]) -> None:
        """Claim lines of pages, which may belong to several."""
        for first, last in ranges:
            if 0 < first <= last < len(self.mark):
                self.mark[first : last + 1] = b"\1" * (last - first + 1)
            else:
                self.notes.append(Note("partition", f"lines {first}-{last} are not in the source"))

    def furniture(self, furniture: Sequence[Furniture]) -> _Rest:
        """Claim the lines of furniture; return what it leaves of lines that something else keeps."""
        found: dict[Range, list[bytes]] = {}
        for f, text in zip(furniture, _solid([f.text for f in furniture]), strict=True):
            found.setdefault(f.lines, []).append(text)
        kept = bytes(self.mark)
        rest = _Rest(list(self.source), {})
        for where, texts in found.items():
            n, last = where
            if n != last or not 0 < n < len(kept) or not kept[n]:
                self._alone(where, texts)
                continue
            early, late = _without(self.source[n - 1], texts)
            if len(early) + sum(map(len, texts)) != len(self.source[n - 1]):
                self._invented(where, b"".join(texts))
            rest.lines[n - 1] = early
            if late != early:
                rest.late[n] = late
        return rest

    def _alone(self, where: Range, texts: Sequence[bytes]) -> None:
        """Claim lines that are furniture and nothing else: mostly one that nobody has claimed."""
        n, last = where
        if n == last and 0 < n < len(self.mark) and not self.mark[n] and [self.source[n - 1]] == texts:
            self.mark[n] = 1
            self.last = max(self.last, n)
            return
        self.whole((where,), "furniture and something else")
        said, source = b"".join(texts), b"".join(self.source[max(where.first - 1, 0) : max(where.last, 0)])
        if said != source and (len(said) != len(source) or all(_without(source, texts))):
            self._invented(where, said)

    def _invented(self, where: Range, said: bytes) -> None:
        message = f"furniture {_quoted(said)} is not what the source says there"
        self.notes.append(Note("conservation", message, where))

    def left(self, lines: Sequence[str]) -> Iterator[Note]:
        for n in compress(count(1), map(gt, map(bool, self.source), self.mark[1:])):
            message = f"line {n} belongs to nothing: {lines[n - 1].strip()[:60]!r}"
            yield Note("partition", message, Range(n, n))


# ---------------------------------------------------------------- conservation


def _leaves_conserved(leaves: Sequence[Leaf], rest: _Rest) -> Iterator[Note]:
    # One string of all lines, and where each ends: a run of lines is a slice of it.
    whole, end = b"".join(rest.lines), len(rest.lines)
    ends = [0, *accumulate(map(len, rest.lines))]
    for leaf, have in zip(leaves, _solid([leaf.text for leaf in leaves]), strict=True):
        want = b"".join(
            [
                whole[ends[a - 1] : ends[b]] if 0 < a <= b <= end else b"".join(rest.lines[max(a - 1, 0) : max(b, 0)])
                for a, b in leaf.lines
            ]
        )
        if want != have and leaf.ordered:
            yield from _compared({n: rest.readings(n) for n in rest.numbers(leaf.lines)}, have)
        elif want != have:
            yield from _counted(leaf, want, have)


def _counted(leaf: Leaf, want: bytes, have: bytes) -> Iterator[Note]:
    """Compare the characters of a table with those of its lines, whatever their order."""
    text, shows = want.decode("utf-8", "replace"), have.decode("utf-8", "replace")
    if len(text) == len(shows):  # what both end in, mostly the rows below the heads, need not be counted
        same = bisect_left(range(len(text)), True, key=lambda at: text[at:] == shows[at:])
        text, shows = text[:same], shows[:same]
    said, shown = Counter(text), Counter(shows)
    if said != shown:
        lost, found = (
            "".join(sorted((one - other).elements())).encode() for one, other in ((said, shown), (shown, said))
        )
        message = f"the table lacks {_quoted(lost)} of what its lines say, and says {_quoted(found)} that they do not"
        where = Range(leaf.lines[0].first, leaf.lines[-1].last) if leaf.lines else None
        yield Note("conservation", message, where)


def _header_conserved(fields: Sequence[Field], rest: _Rest) -> Iterator[Note]:
    """The fields in order say what the header's lines say, but for the colons and brackets around their names."""
    lines = {
        n: tuple(reading.translate(None, _AROUND_NAMES) for reading in rest.readings(n))
        for n in rest.numbers(_field_lines(fields))
    }
    (said,) = _solid(["".join([f.name + f.value for f in _walk(fields)])])
    yield from _compared(lines, said.translate(None, _AROUND_NAMES))


def _compared(lines: dict[int, tuple[bytes, ...]], have: bytes) -> Iterator[Note]:
    """Walk along lines, each in its possible readings, and text side by side; say where they part."""
    at = n = 0
    for n, readings in lines.items():
        fitting = next((reading for reading in readings if have.startswith(reading, at)), None)
        if fitting is None:
            want = readings[0]
            same = next((i for i in range(len(want)) if want[i : i + 1] != have[at + i : at + i + 1]), len(want))
            message = f"the source says {_quoted(want, same)} where the output says {_quoted(have, at + same)}"
            yield Note("conservation", message, Range(n, n))
            return
        at += len(fitting)
    if at < len(have):
        message = f"the output says {_quoted(have, at)} where the source says nothing"
        yield Note("conservation", message, Range(n, n) if n else None)


def _without(line: bytes, texts: Sequence[bytes]) -> tuple[bytes, bytes]:
    """A line less what was taken out of it: where that stands there more than once, the first times or the last."""
    if len(texts) == 1 and (at := line.find(texts[0])) == line.rfind(texts[0]) >= 0:
        kept = line[:at] + line[at + len(texts[0]) :]  # it stands there once
        return kept, kept
    early = _without_in_order(line, texts)
    late = _without_in_order(line[::-1], [text[::-1] for text in reversed(texts)])
    if early is not None and late is not None:
        return early, late[::-1]
    early = late = line
    for text, times in Counter(texts).items():
        if text:
            early = early.replace(text, b"", times)
            late = b"".join(late.rsplit(text, times))
    return early, late


def _without_in_order(line: bytes, texts: Iterable[bytes]) -> bytes | None:
    kept = []
    at = 0
    for text in texts:
        found = line.find(text, at)
        if found < 0:
            return None
        kept.append(line[at:found])
        at = found + len(text)
    return b"".join([*kept, line[at:]])
