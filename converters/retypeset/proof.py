"""The proof that nothing was lost: partition and conservation, computed from the model and the source lines alone.

    partition     each source line that is not blank belongs to the header, the envelope, an attachment, a block or the
                  furniture; to one of them only, but for furniture that was taken out of a line which a block keeps
    conservation  the non-blank characters of a block's lines, less the furniture taken out of them, are the
                  characters of its text, in order; those of the furniture are the characters of its lines

The proof shares no code with the stages that read, so that it cannot share their mistakes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, assert_never

from .model import (
    Block,
    Field,
    Furniture,
    Header,
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

_PUNCTUATION = str.maketrans("", "", "<>:")


def text_of(block: Block) -> str:
    """The text of a block as the source has it: markers, cells and footnotes in the order of the page."""
    match block:
        case Heading(text=text) | Paragraph(text=text) | Lines(text=text) | Preformatted(text=text):
            return text
        case List(items=items):
            return "\n".join("\n".join((i.marker, *map(text_of, i.blocks))) for i in items)
        case Table():
            return "\n".join(_table_texts(block))
        case _:
            assert_never(block)


class _Leaf(NamedTuple):
    """What a run of lines became: its text, and whether that has the order of the page."""

    text: str
    lines: Ranges
    ordered: bool


def _leaves(block: Block, marker: str = "") -> Iterator[_Leaf]:
    """The blocks inside a block that hold text themselves; the first of an item with the item's marker."""
    if isinstance(block, List):
        for item in block.items:
            for n, inner in enumerate(item.blocks):
                yield from _leaves(inner, item.marker if n == 0 else "")
    else:
        yield _Leaf(marker + text_of(block), block.lines, not isinstance(block, Table))


def _table_texts(table: Table) -> Iterator[str]:
    yield table.caption
    yield table.unit
    for row in (*table.head, *table.body):
        yield from (cell.text for cell in row.cells)
    for note in table.footnotes:
        yield note.marker
        yield note.text


def violations(submission: Submission, lines: Sequence[str]) -> list[Note]:
    """Check a submission against the decoded lines of its source; return a note for each breach."""
    notes: list[Note] = []
    claimed = _Claims(lines, notes)
    leaves = [leaf for document in submission.documents for block in document.blocks for leaf in _leaves(block)]
    for leaf in leaves:
        claimed.whole(leaf.lines, "two blocks")
    for attachment in submission.attachments:
        claimed.whole((attachment.lines,), "an attachment and something else")
    claimed.whole(tuple(_header_ranges(submission.header.fields)), "the header and something else")
    taken = claimed.furniture([*submission.envelope, *(f for d in submission.documents for f in d.furniture)])
    for leaf in leaves:
        _conserved(leaf, lines, taken, notes)
    _header_conserved(submission.header, lines, notes)
    notes += claimed.left()
    return notes


# ---------------------------------------------------------------- partition


class _Claims:
    """Which lines are spoken for: a byte a line."""

    def __init__(self, lines: Sequence[str], notes: list[Note]) -> None:
        self.lines, self.notes = lines, notes
        self.mark = bytearray(len(lines) + 1)

    def whole(self, ranges: Ranges, twice: str) -> None:
        for first, last in ranges:
            if not 1 <= first <= last <= len(self.lines):
                self.notes.append(Note("partition", f"lines {first}-{last} are not in the source", None))
                continue
            at = self.mark.find(1, first, last + 1)
            if at >= 0:
                self.notes.append(Note("partition", f"line {at} belongs to {twice}", Range(at, at)))
            self.mark[first : last + 1] = b"\1" * (last - first + 1)

    def furniture(self, furniture: Iterable[Furniture]) -> dict[int, list[str]]:
        """Claim the lines of furniture; return what was taken out of lines that something else keeps."""
        taken: dict[int, list[str]] = defaultdict(list)
        alone: dict[Range, list[str]] = defaultdict(list)
        for f in furniture:
            if f.lines.first == f.lines.last and self.mark[f.lines.first]:
                taken[f.lines.first].append(f.text)
            else:
                alone[f.lines].append(f.text)
        for where, texts in alone.items():
            self.whole((where,), "furniture and something else")
            source = squeeze("".join(self.lines[where.first - 1 : where.last]))
            if squeeze("".join(texts)) != source and Counter(squeeze("".join(texts))) != Counter(source):
                message = f"furniture {texts[0][:40]!r} is not what the line says: {source[:40]!r}"
                self.notes.append(Note("conservation", message, where))
        return taken

    def left(self) -> Iterator[Note]:
        for n, line in enumerate(self.lines, 1):
            if not self.mark[n] and line and not line.isspace():
                yield Note("partition", f"line {n} belongs to nothing: {line.strip()[:60]!r}", Range(n, n))


# ---------------------------------------------------------------- conservation


def squeeze(text: str) -> str:
    """The non-blank characters of a text."""
    return "".join(text.split())


def _conserved(leaf: _Leaf, lines: Sequence[str], taken: dict[int, list[str]], notes: list[Note]) -> None:
    source = "".join(["".join(lines[first - 1 : last]) for first, last in leaf.lines])
    want, have = squeeze(source), squeeze(leaf.text)
    if want == have:
        return
    want = "".join(_less(lines, leaf.lines, taken))
    if want != have and (leaf.ordered or Counter(want) != Counter(have)):
        at = next((i for i, (a, b) in enumerate(zip(want, have, strict=False)) if a != b), min(len(want), len(have)))
        message = f"the source says {want[at : at + 30]!r} where the output says {have[at : at + 30]!r}"
        notes.append(Note("conservation", message, Range(leaf.lines[0].first, leaf.lines[-1].last)))


def _less(lines: Sequence[str], ranges: Ranges, taken: dict[int, list[str]]) -> Iterator[str]:
    """The characters of these lines less the furniture taken out of them."""
    for first, last in ranges:
        for n in range(first, last + 1):
            text = squeeze(lines[n - 1])
            for part in taken.get(n, ()):
                text = text.replace(squeeze(part), "", 1)
            yield text


def _header_ranges(fields: Iterable[Field]) -> Iterator[Range]:
    """The lines of the fields; where a value is wrapped into the line of the next field, each line once."""
    last = 0
    for f in _walk(fields):
        first = max(f.lines.first, last + 1)
        if first <= f.lines.last:
            yield Range(first, f.lines.last)
        last = max(last, f.lines.last)


def _walk(fields: Iterable[Field]) -> Iterator[Field]:
    for f in fields:
        yield f
        yield from _walk(f.fields)


def _header_conserved(header: Header, lines: Sequence[str], notes: list[Note]) -> None:
    """The fields in order say what the header's lines say, but for the colons and brackets around their names."""
    ranges = list(_header_ranges(header.fields))
    source = squeeze("".join("".join(lines[first - 1 : last]) for first, last in ranges)).translate(_PUNCTUATION)
    said = squeeze("".join(f.name + f.value for f in _walk(header.fields))).translate(_PUNCTUATION)
    if source != said:
        at = next(
            (i for i, (a, b) in enumerate(zip(source, said, strict=False)) if a != b), min(len(source), len(said))
        )
        message = f"the header says {source[at : at + 30]!r} where its fields say {said[at : at + 30]!r}"
        notes.append(Note("conservation", message, Range(ranges[0].first, ranges[-1].last)))
