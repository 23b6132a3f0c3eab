"""Items -> lists: nested by the series of their markers, `(a)` in `1.`, `(i)` in `(a)`.

What is an item is told by `prose` and `markers`; here is told which items stand side by side and which inside another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ..model import Block, List, ListItem, Paragraph
from .footnotes import footnote
from .lines import ranges
from .prose import Piece

_ROMAN: Final = re.compile(r"[ivx]+", re.IGNORECASE)
# What a marker has beside its letter or number.
_BRACKETS: Final = "().:[]{}"
# What a check box begins with.
_BOXES: Final = "[/"


def hangs(piece: Piece, item: Piece) -> bool:
    """Is a paragraph without a marker set as far in as the text of the item before it?"""
    first = item.lines[0]
    if item.kind != "item":
        return piece.lines[0].indent >= first.indent > 0
    body = first.text.find(" ", first.indent)
    column = len(first.text) - len(first.text[body:].lstrip()) if body > 0 else first.indent + 2
    hang = item.lines[1].indent if len(item.lines) > 1 else column
    return hang > first.indent and all(line.indent >= min(hang, column) for line in piece.lines)


def _kind(marker: str, before: Sequence[str]) -> str:
    """The series a marker belongs to: its brackets, and whether it counts in letters, roman or arabic numbers."""
    if marker[0] in _BOXES:
        return marker[0]  # ticked or not
    core = marker.strip(_BRACKETS)
    shape = marker.replace(core, "#", 1) if core else marker
    if not core or not core[0].isalnum():
        return marker[0]
    if core[0].isdigit():
        return shape + "1" * (core.count(".") + 1)
    case = "a" if core.islower() else "A"
    if _ROMAN.fullmatch(core):
        letter = shape + case
        last = {"i": "h", "v": "u", "x": "w"}.get(core.lower())
        if not (letter in before and last and len(core) == 1 and letter + last in before):
            return shape + ("i" if case == "a" else "I")
    return shape + case


def nest(pieces: Sequence[tuple[Piece, str]]) -> List:
    """Nest items, each with its text, by the series of their markers: open ones go on, new ones open inside."""
    root: list[_Open] = []
    stack: list[tuple[str, list[_Open], str]] = []
    for piece, text in pieces:
        if piece.kind != "item":
            block = footnote(piece, text) if piece.kind == "footnote" else Paragraph(text, ranges(piece.lines))
            stack[-1][1][-1].blocks.append(block)
            stack[-1][1][-1].lines.extend(piece.lines)
            continue
        known = [s for s, _, _ in stack] + [s + last for s, _, last in stack]
        series = _kind(piece.marker, known)
        core = piece.marker.strip(_BRACKETS).lower()
        depth = next((n for n, (s, _, _) in enumerate(stack) if s == series), None)
        if depth is None:
            siblings: list[_Open] = root
            if stack and piece.lines[0].indent >= stack[-1][1][-1].lines[0].indent - 1:
                siblings = []
                stack[-1][1][-1].blocks.append(siblings)
            else:
                while stack and piece.lines[0].indent < stack[-1][1][-1].lines[0].indent:
                    stack.pop()
                siblings = stack[-1][1] if stack else root
                if stack:
                    stack.pop()
            stack.append((series, siblings, core))
        else:
            siblings = stack[depth][1]
            del stack[depth:]
            stack.append((series, siblings, core))
        siblings.append(_Open(piece, text))
    return _close(root)


class _Open:
    """An item under construction."""

    def __init__(self, piece: Piece, text: str) -> None:
        self.marker = piece.marker
        self.lines = list(piece.lines)
        self.blocks: list[Block | list[_Open]] = [Paragraph(text[len(piece.marker) :].lstrip(), ranges(piece.lines))]

    def close(self) -> ListItem:
        blocks = tuple(_close(b) if isinstance(b, list) else b for b in self.blocks)
        where = blocks[0].lines if len(blocks) == 1 else tuple(sorted([r for b in blocks for r in b.lines]))
        return ListItem(self.marker, blocks, where)


def _close(items: Sequence[_Open]) -> List:
    closed = tuple(item.close() for item in items)
    return List(closed, tuple(r for item in closed for r in item.lines))
