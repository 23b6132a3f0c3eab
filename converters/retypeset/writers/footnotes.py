"""Footnotes on the page: the cells of a table lead to its notes, and each note back to the first cell that names it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from ..model import Block, Cell, Footnote, Table
from ..references import references


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
        text = cell.text
        if not self._notes:
            return escape(text, quote=False)
        parts: list[str] = []
        at = 0
        for start, end, mark in references(cell):
            if mark in self._notes:
                parts += [escape(text[at:start], quote=False), self._link(mark, text[start:end])]
                at = end
        return "".join([*parts, escape(text[at:], quote=False)])

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

    def _link(self, mark: str, text: str) -> str:
        own = ""
        if mark not in self._first:
            self._first[mark] = self._new_id(f"reference-{self._places[mark]}")
            own = f' id="{self._first[mark]}"'
        return f'<a{own} href="#{self._notes[mark]}" role="doc-noteref">{escape(text, quote=False)}</a>'
