"""Tables set by tbl, and by a typist who counts columns: nearly every cell of them is read as it was set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TypeAlias

import pytest
from hypothesis import Phase, given, settings
from tests.readers.tabular import Specimen, Table, specimens
from tests.readers.typesetters import typeset

import retypeset
from retypeset import model
from retypeset.notes import LOSS

SHARE = 0.98
ENOUGH = 15_000

# What a cell says, and the number it states; a head also the columns it stands over.
Cell: TypeAlias = tuple[str, str | None]
Head: TypeAlias = tuple[str, int, int]


def _heads(table: model.Table) -> Iterator[Head]:
    for row in table.head:
        column = 0
        for cell in row.cells:
            if cell.text:
                yield cell.text, column, column + cell.colspan - 1
            column += cell.colspan


def _said(cell: model.Cell) -> Cell:
    return cell.text.replace("$ ", "$"), cell.number


def _wanted(table: Table) -> Iterator[tuple[Cell, ...]]:
    for row in table.rows:
        figures: Sequence[Cell] = row.figures or [("", None)] * table.columns
        yield (row.label, None), *((text, number) for text, number in figures)


def _wrong(table: Table, found: model.Table | None) -> list[str]:
    """The cells of a table that were not read, and those that were and are not there."""
    heads = {(" ".join(head.lines), head.first, head.last) for head in table.heads}
    wrong = [f"head {head}" for head in sorted(heads ^ set(_heads(found) if found else ()))]
    rows = list(_wanted(table))
    read = [tuple(_said(cell) for cell in row.cells) for row in found.body] if found else []
    for tag, a, b, c, d in SequenceMatcher(None, rows, read, autojunk=False).get_opcodes():
        if tag == "replace" and b - a == d - c:
            pairs = [pair for row in zip(rows[a:b], read[c:d], strict=True) for pair in zip_longest(*row)]
            wrong += [f"{own} read as {other}" for own, other in pairs if own != other]
        elif tag != "equal":
            wrong += [f"row of {cell}" for row in (*rows[a:b], *read[c:d]) for cell in row if cell[0]]
    return wrong


def _count(table: Table) -> int:
    return len(table.heads) + sum(bool(row.label) + len(row.figures) for row in table.rows)


def _tables(specimen: Specimen) -> Sequence[model.Table]:
    submission = retypeset.read(typeset(specimen).encode("ascii"))
    assert [note for note in submission.notes if note.code in LOSS] == []
    return retypeset.tables(submission)


@pytest.mark.usefixtures("groff")
def test_tables_are_read_cell_for_cell() -> None:
    total = 0
    wrong: list[str] = []

    @settings(max_examples=120, derandomize=True, database=None, phases=[Phase.generate])
    @given(specimens())
    def read(specimen: Specimen) -> None:
        nonlocal total
        found = _tables(specimen)
        wrong.extend(["a table too many"] * (len(found) - len(specimen.tables)))
        for n, table in enumerate(specimen.tables):
            total += _count(table)
            own = found[n] if n < len(found) else None
            wrong.extend(f"{table.columns} columns, {table[3:]}: {line}" for line in _wrong(table, own))

    read()
    assert total >= ENOUGH
    assert len(wrong) <= (1 - SHARE) * total, f"{len(wrong)} of {total} wrong, among them:\n" + "\n".join(wrong[:40])
