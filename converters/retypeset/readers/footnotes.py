"""Pieces below a table -> its footnotes: what begins with a mark that the table refers to.

    Net income (a)        1,204      998            the table refers to (a) and *
    Per share *             .62      .51
    (a) After an extraordinary gain.                these go with it
    * Restated.
    (b) The Company has two plants.                 this stays in the text

Tables that follow each other without a word between share the notes below the last of them. What refers to a note is
told by `references`; how a note is joined is the business of `outline`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import Final

from ..model import Cell, Table
from ..references import MARK, references
from .lines import Line, ends_sentence
from .prose import Element, Piece

_NOTE: Final = re.compile(rf"({MARK}|(?:\d{{1,2}}|[a-z])/(?= ))")
# So many titles above a table may hold a mark, each of no more lines.
TITLES: Final = 3
TITLE_LINES: Final = 3
# A second paragraph of a note is set in by so many columns at most.
HANGING: Final = 8
# Notes of which less than this share is referred to are a list of its own.
REFERRED: Final = 0.5


def with_footnotes(parts: Sequence[Element]) -> list[Element]:
    """Make footnotes of the pieces right below a table that it refers to; one that holds several is parted."""
    out: list[Element] = []
    at = 0
    while at < len(parts):
        out.append(parts[at])
        at += 1
        if isinstance(out[-1], Table):
            run = _run(parts, at)
            count = _referred(run, _marks(out)) if run else 0
            out += chain.from_iterable(run[:count])
            at += count
    return out


def mark_of(line: Line) -> str:
    """The mark of a footnote that a line begins with, or ""; something must follow it.

    >>> mark_of(Line(1, "  (1) Restated.", 2, 1)), mark_of(Line(2, "*Unaudited", 0, 1)), mark_of(Line(3, "(1)", 0, 1))
    ('(1)', '*', '')
    """
    match = _NOTE.match(line.text, line.indent)
    return match[1] if match and match.end() < len(line.text) else ""


def _run(parts: Sequence[Element], at: int) -> list[list[Piece]]:
    """The pieces from `at` on that may be footnotes, each as the notes it holds; a mark that comes again ends them."""
    run: list[list[Piece]] = []
    seen: set[str] = set()
    last: Piece | None = None
    for n in range(at, len(parts)):
        part = parts[n]
        if not isinstance(part, Piece):
            break
        notes = _parted(part)
        marks = [note.marker for note in notes]
        if notes and len(set(marks)) == len(marks) and seen.isdisjoint(marks):
            seen.update(marks)
            last = notes[-1]
        elif notes:
            return run[:-1] if last is not None and marks[0] == last.marker else run  # bullets
        elif last is None or not _hangs(part, last.lines[0]):
            break
        elif ends_sentence(last.lines[-1].text):
            notes = [_note(part.lines)]  # a second paragraph
        else:
            last.lines += part.lines
        run.append(notes)
    return run


def _hangs(piece: Piece, note: Line) -> bool:
    """Is this a paragraph set a little further in than the first line of a note?"""
    indents = [line.indent - note.indent for line in piece.lines]
    return piece.kind == "paragraph" and min(indents) > 0 and max(indents) <= HANGING


def _parted(piece: Piece) -> list[Piece]:
    """The notes that a piece holds: lines have one for each mark, anything else is one."""
    lines = piece.lines
    if not mark_of(lines[0]):
        return []
    starts = [n for n, line in enumerate(lines) if mark_of(line)] if piece.kind == "lines" else [0]
    return [_note(lines[a:b]) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]


def _note(lines: list[Line]) -> Piece:
    return Piece("footnote", lines, mark_of(lines[0]))


def _referred(run: Sequence[Sequence[Piece]], marks: set[str]) -> int:
    """How many pieces of a run are the table's: down to the last that is referred to, if most before it are."""
    count = held = found = 0
    for n, notes in enumerate(run, 1):
        own = [note.marker for note in notes if note.marker]
        held += len(own)
        known = len(marks.intersection(own))
        found += known
        if (known and found >= REFERRED * held) or (not notes and count == n - 1):
            count = n
    return count if found else 0


def _marks(above: Sequence[Element]) -> set[str]:
    """The marks in a table, in those right above it, and in the titles above them; the table is the last of `above`."""
    marks: set[str] = set()
    n = len(above) - 1
    while n >= 0 and isinstance(table := above[n], Table):
        marks.update(r.mark for row in (*table.head, *table.body) for cell in row.cells for r in references(cell))
        n -= 1
    for title in above[max(n + 1 - TITLES, 0) : n + 1]:
        if isinstance(title, Piece) and title.kind not in ("item", "footnote") and len(title.lines) <= TITLE_LINES:
            marks.update(r.mark for line in title.lines for r in references(Cell(line.text.strip())))
    return marks
