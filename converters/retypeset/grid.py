"""Where the cells of a table stand: rows with their spans laid out over the columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .model import Row


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
