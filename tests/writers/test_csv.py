"""CSV: one table, or all figures of a submission; what a spreadsheet would compute is text."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import retypeset
from retypeset.model import Cell, Column, Range, Row, Table
from retypeset.writers.csv import FACTS

WHERE = (Range(3, 3),)


def _table(*rows: tuple[Cell, ...], head: tuple[tuple[Cell, ...], ...] = ()) -> Table:
    width = sum(cell.colspan for cell in rows[0])
    return Table(
        (Column(),) * width,
        tuple(Row(row, WHERE) for row in head),
        tuple(Row(row, WHERE) for row in rows),
        WHERE,
    )


def _read(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text)))


def test_a_table_is_its_headings_and_its_rows() -> None:
    table = _table(
        (Cell("Assets:"), Cell(""), Cell("")),
        (Cell("Cash, net"), Cell("$ (1,234)", number="-1234"), Cell("--", nil=True)),
        head=((Cell(""), Cell("Year", colspan=2)), (Cell(""), Cell("1996"), Cell("1995"))),
    )
    assert retypeset.to_csv(table) == ',Year / 1996,Year / 1995\nAssets:,,\n"Cash, net",-1234,--\n'


def test_cells_that_span_keep_the_columns_behind_them_in_place() -> None:
    table = _table(
        (Cell("a", colspan=2), Cell("b", rowspan=2)),
        (Cell("c"), Cell("d")),
    )
    assert _read(retypeset.to_csv(table)) == [["a", "", "b"], ["c", "d", ""]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(A1)", "-2+3", '=HYPERLINK("x")', "-0-"])
def test_what_a_spreadsheet_would_compute_is_text(text: str) -> None:
    assert _read(retypeset.to_csv(_table((Cell("a"), Cell(text))))) == [["a", f"'{text}"]]


@pytest.mark.parametrize("text", ["--", "-", "1 = 2", "a+b", ""])
def test_other_text_is_as_printed(text: str) -> None:
    assert _read(retypeset.to_csv(_table((Cell("a"), Cell(text))))) == [["a", text]]


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r")), min_size=2, max_size=2)))
def test_every_table_reads_back(rows: list[list[str]]) -> None:
    table = _table(*((Cell(a), Cell(b)) for a, b in [["a", "b"], *rows]))
    read = _read(retypeset.to_csv(table))
    assert [[cell.removeprefix("'") for cell in row] for row in read[1:]] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]


def test_the_facts_name_document_table_and_line() -> None:
    submission = retypeset.read(b"text\n")
    table = _table((Cell("Cash"), Cell("1,234", number="1234"), Cell("--", nil=True)))
    document = replace(submission.documents[0], type="10-K", blocks=(table, replace(table, caption="Two\nlines")))
    rows = _read(retypeset.to_csv(replace(submission, documents=(document, document))))
    assert rows[0] == list(FACTS)
    facts = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [(f["document"], f["table"], f["caption"]) for f in facts[::2]] == [
        ("1", "1", ""),
        ("1", "2", "Two lines"),
        ("2", "1", ""),
        ("2", "2", "Two lines"),
    ]
    one, nil = facts[:2]
    assert (one["type"], one["row"], one["text"], one["value"], one["nil"], one["line"]) == (
        "10-K",
        "Cash",
        "1,234",
        "1234",
        "",
        "3",
    )
    assert (nil["text"], nil["value"], nil["nil"]) == ("--", "", "true")


def test_a_submission_without_tables_has_no_facts() -> None:
    assert _read(retypeset.to_csv(retypeset.read(b"text\n"))) == [list(FACTS)]
