"""The elements of an HTML page -> lines as a typist would have set them: centred, set in, a blank line between.

So what reads typed text can read them. Pages end where the page says so, at rules where it never does, and below
numbers that count on. What becomes of the lines is the business of `html`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from ..model import Furniture, Range
from .cells import Element, Sheet, SheetRow
from .lines import BLANK, BREAK, RULE, TAG, TEXT, Line, scan
from .nodes import Break, Run, Typed

# How wide the sheet is, in columns of type: what is centred stands in the middle of it.
WIDTH: Final = 100
# So many plain breaks, and no rule is taken for one.
ENOUGH_BREAKS: Final = 2
# A link that stands at the head of so many pages says nothing on any.
ENOUGH_LINKS: Final = 3
_FOLIO: Final = re.compile(r"\s*-?\s?([A-Z]-?)?(\d{1,3})\s?-?")
_PAGE: Final = re.compile(r"</?PAGE>", re.IGNORECASE)

Source: TypeAlias = Run | Typed | SheetRow
"""What a line was set from."""


class Typist:
    """Lines as a typist would have set them, where each stands in the source, and what each was set from."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.places: list[Range] = []
        self.of: dict[int, Source] = {}
        self.furniture: list[Furniture] = []

    @property
    def texts(self) -> list[str]:
        """The text of each line, in the order of their numbers."""
        texts = [""] * len(self.places)
        for line in self.lines:
            if line.number and line.text:
                texts[line.number - 1] = line.text
        return texts

    def type(self, all_elements: Sequence[Element]) -> None:
        """Set the elements of a page."""
        plain = sum(isinstance(e, Break) and e.plain for e in all_elements)
        links = _links_on_top(all_elements)
        folios = _folios(all_elements)
        for n, element in enumerate(all_elements):
            if n in links:
                assert isinstance(element, Run)
                self._take("head", element)
                continue
            match element:
                case Run():
                    self._run(element)
                case Typed():
                    self._typed(element)
                case Sheet():
                    self._blank()
                    for row in element.rows:
                        self._add(row, row.text, row.lines, TEXT if row.cells else RULE)
                    self._blank()
                case Break():
                    if element.plain or plain < ENOUGH_BREAKS:
                        self._break(Range(element.line, element.line))
            if n in folios:
                self._break(self.places[-1])

    def _number(self, where: Range) -> int:
        self.places.append(where)
        return len(self.places)

    def _break(self, where: Range) -> None:
        self.lines.append(Line(self._number(where), "", 0, BREAK))

    def _take(self, kind: Literal["break", "head"], run: Run) -> None:
        number = self._number(run.lines)
        self.furniture.append(Furniture(kind, run.text, Range(number, number)))

    def _blank(self) -> None:
        self.lines.append(Line(0, "", 0, BLANK))

    def _add(self, source: Source, text: str, where: Range, kind: int = TEXT) -> None:
        number = self._number(where)
        self.of[number] = source
        self.lines.append(Line(number, text, len(text) - len(text.lstrip()), kind))

    def _run(self, run: Run) -> None:
        if run.gap:
            self._blank()
        if _PAGE.fullmatch(run.text):
            self._take("break", run)
            self._break(run.lines)
            return
        room = WIDTH - len(run.text)
        indent = run.indent
        if run.align == "center":
            indent = max(room // 2, 0)
        elif run.align == "right":
            indent = max(room, 0)
        self._add(run, " " * indent + run.text, run.lines)

    def _typed(self, typed: Typed) -> None:
        if typed.tag:
            self.lines.append(Line(self._number(typed.lines), typed.text, 0, TAG))
            return
        number = self._number(typed.lines)
        made = scan([typed.text], number, self.furniture)
        self.lines += made
        self.of[number] = typed


def _links_on_top(all_elements: Sequence[Element]) -> set[int]:
    """Where a link within the page stands at the head of its pages, always the same: `Table of Contents`."""
    tops: dict[str, list[int]] = {}
    broken = True
    for n, element in enumerate(all_elements):
        if isinstance(element, Run) and broken and element.link:
            tops.setdefault(element.text, []).append(n)
        broken = isinstance(element, Break)
    return {n for same in tops.values() if len(same) >= ENOUGH_LINKS for n in same}


def _folios(all_elements: Sequence[Element]) -> set[int]:
    """Where numbers that stand alone count on from one to the next: pages end there, break or no break."""
    found: list[tuple[int, str, int]] = []
    for n, element in enumerate(all_elements):
        if isinstance(element, Run | Typed) and (match := _FOLIO.fullmatch(element.text)):
            found.append((n, match[1], int(match[2])))
    out: set[int] = set()
    for (n, series, value), (m, other, following) in pairwise(found):
        if series == other and following == value + 1:
            out.update((n, m))
    return out
