"""Where the cells of a table stand: rows with their spans laid out over the columns, and what heads each column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from .model import Row

PARTED: Final = " / "
"""What parts the headings and labels of a path where it is one string."""


def placed(rows: Iterable[Row]) -> Iterator[tuple[Row, list[int]]]:
    """Each row with the columns, from 0, at which its cells begin; cells that reach down from above are counted in."""
    below: dict[int, int] = {}
    for row in rows:
        covered, below = below, {column: left - 1 for column, left in below.items() if left > 1}
        starts, at = [], 0
        for cell in row.cells:
            while at in covered:
                at += 1
            starts.append(at)
            if cell.rowspan > 1:
                below.update(dict.fromkeys(range(at, at + cell.colspan), cell.rowspan - 1))
            at += cell.colspan
        yield row, starts


def headings_over(head: Iterable[Row], width: int) -> list[tuple[str, ...]]:
    """The headings over each of so many columns, those that span it first."""
    found: list[list[str]] = [[] for _ in range(width)]
    for row, starts in placed(head):
        for cell, start in zip(row.cells, starts, strict=True):
            for over in found[start : start + cell.colspan] if cell.text else ():
                if over[-1:] != [cell.text]:
                    over.append(cell.text)
    return [tuple(over) for over in found]
