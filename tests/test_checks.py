"""Checks of arithmetic: totals that are the sum of the rows above them, amounts of schedules in the tables."""

from __future__ import annotations

import pytest

import retypeset
from retypeset.model import Cell, Column, Range, Row, Table

PROSE = """
     The statements that follow were prepared without audit. In the opinion of
management they hold every adjustment that a fair view of the quarter calls for.

"""

BALANCE = """\
                                  1997            1996
                               ---------       ---------
Cash                           $   1,204       $     998
Stock                              3,415           3,307
Less allowance                       115              --
                               ---------       ---------
Total current assets               4,504           4,305
Land                                 700             700
                               ---------       ---------
                               $   5,204       $   {0}
                               =========       =========
"""

SCHEDULE = """\
<ARTICLE> 5
<MULTIPLIER> 1,000
<CASH>                                           1,204
<TOTAL-ASSETS>                                   5,204
<SALES>                                          9,999
<COMMON>                                            12
<EPS-PRIMARY>                                   12.345
"""


def _document(text: str) -> str:
    return f"<DOCUMENT>\n<TYPE>10-Q\n<SEQUENCE>1\n<TEXT>\n{PROSE}{text}</TEXT>\n</DOCUMENT>\n"


def _sums(text: str) -> list[tuple[str, tuple[int, ...], tuple[tuple[int, str, str], ...]]]:
    (document,) = retypeset.read(_document(text).encode()).documents
    return [(found.label, found.holds, found.fails) for found in retypeset.sums(document)]


def _table(*rows: tuple[str, ...]) -> Table:
    where = (Range(1, 1),)
    body = tuple(
        Row(
            (Cell(label), *(Cell(n, number=n or None) for n in numbers)), where, "total" if "Total" in label else "data"
        )
        for label, *numbers in rows
    )
    return Table((Column(),) * len(rows[0]), (), body, where)


def test_totals_stand_for_their_rows_in_the_totals_below() -> None:
    assert _sums(BALANCE.format("5,005")) == [("Total current assets", (1, 2), ()), ("", (1, 2), ())]


def test_a_column_that_adds_up_elsewhere_fails_where_it_does_not() -> None:
    assert _sums(BALANCE.format("5,050")) == [("Total current assets", (1, 2), ()), ("", (1,), ((2, "5050", "5005"),))]


def test_a_sum_names_its_lines() -> None:
    (document,) = retypeset.read(_document(BALANCE.format("5,050")).encode()).documents
    source = _document(BALANCE.format("5,050")).split("\n")
    first, last = (found.lines for found in retypeset.sums(document))
    assert source[first.first - 1].startswith("Cash")
    assert source[last.last - 1].split() == ["$", "5,204", "$", "5,050"]


def test_a_column_that_never_adds_up_does_not_fail() -> None:
    table = _table(("a", "120", "9.5"), ("b", "204", "8.5"), ("Total", "324", "9.1"))
    assert [(found.holds, found.fails) for found in retypeset.sums(table)] == [((1,), ())]


def test_sums_of_rounded_figures_may_be_rounded() -> None:
    rows = (("a", "120", "120"), ("b", "204", "203"), ("Total", "324", "324"))
    more = (("c", "100", "100"), ("d", "100", "100"), ("Total", "200", "200"))
    assert [found.fails for found in retypeset.sums(_table(*rows, *more))] == [(), ()]


@pytest.mark.parametrize(
    "rows",
    [
        (("a", "1"), ("b", "2"), ("Total", "3")),
        (("a", "120"), ("Total", "120")),
        (("a", "120"), ("b", "204"), ("Total", "325")),
        (("Total", "325"),),
        (("a", "120"), ("b", "204"), ("c", "324")),
    ],
)
def test_what_is_no_sum_is_not_counted(rows: tuple[tuple[str, ...], ...]) -> None:
    assert retypeset.sums(_table(*rows)) == ()


def test_amounts_are_looked_for_whatever_the_unit_of_the_table() -> None:
    filing = _document(BALANCE.format("5,005")) + f"<DOCUMENT>\n<TYPE>EX-27\n<TEXT>\n{SCHEDULE}</TEXT>\n</DOCUMENT>\n"
    found = retypeset.amounts(retypeset.read(filing.encode()))
    assert [record.tag for record in found.found] == ["CASH", "TOTAL-ASSETS"]
    assert [record.tag for record in found.missing] == ["SALES"]


def test_a_filing_without_schedules_states_no_amounts() -> None:
    found = retypeset.amounts(retypeset.read(_document(BALANCE.format("5,005")).encode()))
    assert (found.found, found.missing) == ((), ())
