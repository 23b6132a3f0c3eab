"""How far the cells of a table are to be trusted, and what becomes of those that are not."""

from __future__ import annotations

import pytest

import retypeset
from retypeset.model import Cell, Row, Table
from retypeset.readers.confidence import TRUSTED, confidence
from retypeset.readers.figures import cells_of


def table(head: str, *body: str) -> Table:
    """A table of these rows, their cells parted by bars."""
    heads = (Row(tuple(Cell(text.strip()) for text in head.split("|")), ()),) if head else ()
    rows = (Row((Cell(label), *cells_of(others)), ()) for label, *others in map(_cells, body))
    return Table((), heads, tuple(rows), ())


def _cells(row: str) -> list[str]:
    return [text.strip() for text in row.split("|")]


@pytest.mark.parametrize(
    "bad",
    [
        table("", "ended | August | 2, | 1998, | and | is | included"),
        table("", "(in thousands) were | $7,517, | $5,002 | and | $3,712, | respectively."),
        table("", "which the Company leases from | its chairman for | ten years"),
        table("", "6,466,518 3,762,821 581,490 | By self", "TOTAL | 11,366,937 ($4,210)"),
        table("| 1996 1995 1994", "Net sales | 1,204 998 877"),
        table("The lease of the works | " + "runs for ten years and " * 9, "*"),
    ],
)
def test_what_was_cut_or_run_together_is_not_trusted(bad: Table) -> None:
    assert confidence(bad) < TRUSTED


@pytest.mark.parametrize(
    "good",
    [
        table("| 1996 | 1995", "Net sales | $ 1,204 | $ 998", "Cost of | (877) | --"),
        table("Name of | Shares owned by", "A. Tinsmith | 12,345 (1) (2)", "Example Trust, | 47 1/2"),
        table("", "Part I - Financial Statements, and | 1 - 12", "Telephone: | (101) 555-0100"),
        table("", "Term | the day on which the lease ends", "Rent | to be agreed"),
        table("Item | Page", "Legal proceedings | 12 | none"),
        table(""),
    ],
)
def test_what_was_read_well_is_trusted(good: Table) -> None:
    assert confidence(good) == 1


PAGE = """\
The table below shows what the Company sold and earned in the last
years, and should be read with the statements that follow it in this
report. Management believes that cash on hand, together with what the
line of credit leaves, will be sufficient to meet the needs.

   Rent    of    $1,204,   $1,118   and    $998   in   1996,   1995
          -------------------------------------------------
   Tax     of    $2,310,   $2,004   and    $877   in   1996,   1995

The Company has two plants, of which one is leased for ten years with an
option to buy it, and the other is owned and free of any mortgage.
"""


def test_a_table_that_is_not_trusted_keeps_its_text_beside_its_cells() -> None:
    submission = retypeset.read(PAGE.encode())
    (document,) = submission.documents
    (found,) = [block for block in document.blocks if isinstance(block, Table)]
    assert found.confidence < TRUSTED
    assert found.body[0].cells[0].text == "Rent"
    assert found.text.split("\n") == PAGE.split("\n")[5:8]
    assert submission.notes == ()
    (note,) = [note for note in document.notes if note.code == "table"]
    assert note.message == "a table could not be read with confidence and is shown as it was filed: lines 6-8"
    assert note.lines == (6, 8)


def test_many_tables_are_one_note() -> None:
    (document,) = retypeset.read((PAGE * 7).encode()).documents
    (note,) = [note for note in document.notes if note.code == "table"]
    assert note.message.startswith("7 tables could not be read with confidence and are shown as they were filed: lines")
    assert note.message.endswith("39-41, 50-52 and 2 more")


def test_what_a_page_break_put_into_a_table_is_not_its_text() -> None:
    page = PAGE.replace("          ----------", "\n                                 2\n\n<PAGE>\n          ----------")
    (document,) = retypeset.read(page.encode()).documents
    (found,) = [block for block in document.blocks if isinstance(block, Table)]
    assert "PAGE" not in found.text
    assert "                 2" not in found.text
    assert "-----" in found.text
