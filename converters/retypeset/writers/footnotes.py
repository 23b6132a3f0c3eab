"""Footnotes on the page: cells and texts lead to their notes, and each note back to the first that names it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape

from ..model import Block, Cell, Footnote, List, Ranges, Table
from ..notes import spans
from ..references import Reference, references, text_references


def notes_ahead(blocks: Sequence[Block]) -> list[Sequence[Footnote]]:
    """The footnotes each block can refer to: a table's own, or those below the tables that follow it."""
    ahead: list[Sequence[Footnote]] = []
    notes: Sequence[Footnote] = ()
    for block in reversed(blocks):
        notes = (block.footnotes or notes) if isinstance(block, Table) else ()
        ahead.append(notes)
    return ahead[::-1]


class Linked:
    """The footnotes of a table, or of tables that share them. `new_id` gives an id like the one wished."""

    def __init__(self, notes: Sequence[Footnote], new_id: Callable[[str], str]) -> None:
        self._new_id = new_id
        self._notes: dict[str, str] = {}  # the id of the note of each mark
        self._places: dict[str, int] = {}
        self._first: dict[str, str] = {}  # the id of the first reference to it
        self._written: set[str] = set()
        for note in sorted(notes, key=lambda note: " " in note.marker):
            id_ = ""
            for mark in note.marker.split():  # one note may have several: `<F1> <F2>`
                if mark not in self._notes:
                    self._places[mark] = note.lines[0].first if note.lines else 0
                    id_ = id_ or new_id(f"note-{self._places[mark]}")
                    self._notes[mark] = id_

    def cell(self, cell: Cell) -> str:
        """The HTML of a cell's text, its references made links."""
        return _marked(cell.text, references(cell) if self._notes else (), (self,))

    def note(self, note: Footnote, lines: str) -> str:
        """The HTML of a note below its table; `lines` names its source lines."""
        kind = f'class="footnote" data-lines="{lines}"'
        text = escape(note.text, quote=False)
        if not note.marker:
            return f"<p {kind}>{text}</p>"
        marks = note.marker.split()
        marker = f'class="marker">{escape(note.marker, quote=False)}'
        back = next((self._first[mark] for mark in marks if mark in self._first), "")
        marker = f'<a href="#{back}" role="doc-backlink" {marker}</a>' if back else f"<span {marker}</span>"
        ids = [self._notes[mark] for mark in marks if mark in self._notes]
        if ids and ids[0] not in self._written:
            self._written.add(ids[0])
            kind = f'id="{ids[0]}" {kind}'
        return f"<p {kind}>{marker}{' ' if note.apart else ''}{text}</p>"

    def link(self, mark: str, text: str) -> str:
        """The HTML of a reference; "" where no note has this mark."""
        if mark not in self._notes:
            return ""
        own = ""
        if mark not in self._first:
            self._first[mark] = self._new_id(f"reference-{self._places[mark]}")
            own = f' id="{self._first[mark]}"'
        return f'<a{own} href="#{self._notes[mark]}" role="doc-noteref">{escape(text, quote=False)}</a>'


class LinkedText:
    """The footnotes of the text of a document, by the lines that refer to them."""

    def __init__(self, blocks: Iterable[Block], new_id: Callable[[str], str]) -> None:
        self._new_id = new_id
        self._notes: dict[int, Linked] = {}  # by the first line of each note
        places: list[tuple[int, Linked]] = []
        for note in _text_notes(blocks):
            linked = self._notes[note.lines[0].first] = Linked((note,), new_id)
            places += [(where.first, linked) for where in note.referred]
        places.sort(key=lambda place: place[0])
        self._lines = [line for line, _ in places]
        self._linked = [linked for _, linked in places]

    def text(self, text: str, lines: Ranges) -> str:
        """The HTML of a text that stands on these lines, its references made links."""
        linked = [
            self._linked[n]
            for first, last in lines
            for n in range(bisect_left(self._lines, first), bisect_left(self._lines, last + 1))
        ]
        return _marked(text, text_references(text) if linked else (), linked)

    def note(self, note: Footnote) -> str:
        """The HTML of a note."""
        linked = (self._notes.get(note.lines[0].first) if note.lines else None) or Linked((), self._new_id)
        return linked.note(note, spans(note.lines))


def _text_notes(blocks: Iterable[Block]) -> Iterator[Footnote]:
    for block in blocks:
        if isinstance(block, List):
            for item in block.items:
                yield from _text_notes(item.blocks)
        elif isinstance(block, Footnote) and block.lines:
            yield block


def _marked(text: str, references: Iterable[Reference], linked: Sequence[Linked]) -> str:
    """The HTML of a text; each reference leads to the first note that has its mark."""
    parts: list[str] = []
    at = 0
    for start, end, mark in references:
        link = next(filter(None, (one.link(mark, text[start:end]) for one in linked)), "")
        if link:
            parts += [escape(text[at:start], quote=False), link]
            at = end
    return "".join([*parts, escape(text[at:], quote=False)])
