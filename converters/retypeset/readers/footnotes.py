"""Pieces below a table, or below text -> their footnotes: what begins with a mark that these refer to.

    Net income (a)        1,204      998            the table refers to (a) and *
    Per share *             .62      .51
    (a) After an extraordinary gain.                these go with it
    * Restated.
    (b) The Company has two plants.                 this stays in the text

Tables that follow each other without a word between share the notes below the last of them. A note of the text stands
at the foot of the page, or below the list it belongs to: bullets have one mark for all, clauses are counted on. What
refers to a note is told by `references`; how a note is joined is the business of `outline`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import Final

from ..model import Cell, Footnote, Range, Table
from ..references import MARK, references, refers
from .lines import NEW_PAGE, Line, ends_sentence, join, ranges
from .prose import Element, Piece

_NOTE: Final = re.compile(rf"({MARK}|(?:\d{{1,2}}|[a-z])/(?= ))")
# What a mark begins with: most lines begin with a capital.
_STARTS: Final = frozenset("(*+{#†‡<0123456789abcdefghijklmnopqrstuvwxyz")
# So many titles above a table may hold a mark, each of no more lines.
TITLES: Final = 3
TITLE_LINES: Final = 3
# A second paragraph of a note is set in by so many columns at most.
HANGING: Final = 8
# Notes of which less than this share is referred to are a list of its own.
REFERRED: Final = 0.5
# So many lines above its note, at most, text refers to it: a list of exhibits takes three pages.
REACH: Final = 180
# What has the same mark so few lines below is the next bullet.
BULLET: Final = 40
# What clauses begin with as well; the first of a series may stand anywhere, others at the foot of a page.
_ENCLOSED: Final = "("
_FIRST: Final = frozenset(("(1)", "(a)", "(A)", "(i)"))


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


def with_text_notes(parts: Sequence[Element]) -> list[Element]:
    """Make footnotes of the pieces that the text above refers to; one that holds several is parted.

    What stands right below a table is the table's, or nobody's.
    """
    out: list[Element] = []
    at = 0
    below_table = True
    while at < len(parts):
        part = parts[at]
        if isinstance(part, Piece):
            mark = mark_of(part.lines[0]) if part.kind != "heading" else ""
            below_table = below_table and mark != ""
        else:
            mark, below_table = "", isinstance(part, Table)
        count = 0
        if mark and not below_table and (run := _text_run(parts, at, mark)):
            places = _places(out, run, foot=_at_foot(parts, at + len(run)))
            count = _referred(run, set(places)) if places else 0
            for note in chain.from_iterable(run[:count]):
                note.referred = tuple(places.get(note.marker, ()))
                out.append(note)
        if not count:
            out.append(part)
        at += max(count, 1)
    return out


def _text_run(parts: Sequence[Element], at: int, mark: str) -> list[list[Piece]]:
    """The pieces from `at` on that may be notes of the text: no bullets, no clauses."""
    before = parts[at - 1]
    counted = mark[0] == _ENCLOSED and mark not in _FIRST
    if counted and isinstance(before, Piece) and before.kind == "item":
        return []
    run = _run(parts, at)
    run = run[: next((n for n in range(len(run)) if _is_heading(parts[at + n])), len(run))]
    if not run or (counted and not _at_foot(parts, at + len(run))):
        return []
    notes = list(chain.from_iterable(run))
    marks = {note.marker for note in notes}
    last = notes[-1].lines[-1].number
    for n in range(at + len(run), len(parts)):
        part = parts[n]
        if not isinstance(part, Piece) or part.blanks == NEW_PAGE or part.lines[0].number > last + BULLET:
            break
        if mark_of(part.lines[0]) in marks:
            return []
    return run


def _is_heading(part: Element) -> bool:
    return isinstance(part, Piece) and part.kind == "heading"


def _at_foot(parts: Sequence[Element], at: int) -> bool:
    """Does what stands at `at` begin a page, or is nothing there?"""
    part = parts[at] if at < len(parts) else None
    return part is None or (isinstance(part, Piece) and part.blanks == NEW_PAGE)


def _places(above: Sequence[Element], run: Sequence[Sequence[Piece]], *, foot: bool) -> dict[str, list[Range]]:
    """The lines of the text above that refer to each mark of a run: on its page where it stands at the foot of one and
    something there does, else as far as no other note has this mark."""
    marks = {note.marker for notes in run for note in notes if note.marker}
    least = run[0][0].lines[0].number - REACH
    places: dict[str, list[Range]] = {}
    for part in reversed(above):
        if not isinstance(part, Piece):
            continue
        if not marks or part.lines[0].number < least:
            break
        texts = [line.text for line in part.lines]
        text = " ".join(texts)
        if held := [mark for mark in marks if mark in text]:
            if (own := mark_of(part.lines[0]))[:1] != _ENCLOSED or part.kind == "footnote":
                marks.discard(own)
            text = join(texts)
            for mark in held:
                if mark in marks and refers(text, mark):
                    places[mark] = [*ranges(part.lines), *places.get(mark, ())]
        if foot and places and part.blanks == NEW_PAGE and part.kind != "item":
            break
    return places


def footnote(piece: Piece, text: str) -> Footnote:
    """The footnote of a piece; `text` is that of all its lines, joined."""
    said = text[len(piece.marker) :]
    apart = not piece.marker or said[:1] == " "
    return Footnote(piece.marker, said.lstrip(), ranges(piece.lines), apart, piece.referred)


def mark_of(line: Line) -> str:
    """The mark of a footnote that a line begins with, or ""; something must follow it.

    >>> mark_of(Line(1, "  (1) Restated.", 2, 1)), mark_of(Line(2, "*Unaudited", 0, 1)), mark_of(Line(3, "(1)", 0, 1))
    ('(1)', '*', '')
    """
    if line.text[line.indent : line.indent + 1] not in _STARTS:
        return ""
    match = _NOTE.match(line.text, line.indent)
    return match[1] if match and match.end() < len(line.text) else ""


def _run(parts: Sequence[Element], at: int) -> list[list[Piece]]:
    """The pieces from `at` on that may be footnotes, each as the notes it holds; a mark that comes again ends them."""
    run: list[list[Piece]] = []
    seen: set[str] = set()
    last: Piece | None = None
    for n in range(at, len(parts)):
        part = parts[n]
        if not isinstance(part, Piece) or part.kind == "footnote":
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
