"""Records: each figure of a table with the labels of its row, the headings of its column, its unit and multiplier.

What a case shows: lines of a table; the records of what is read from them, one a line:
row path | column path | value, unit, multiplier.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

import retypeset
from retypeset.facts import Record, multiplier
from retypeset.model import Cell, Column, List, ListItem, Range, Row, Table
from retypeset.notes import RetypesetError

if TYPE_CHECKING:
    from tests.conftest import Case

PROSE = """
     The statements that follow were prepared without audit. In the opinion of
management they hold every adjustment that a fair view of the quarter calls for.

"""
SMALL = """\
                1997     1996
               -----    -----
Cash           1,204      998
Stock          2,204    1,998
"""
WHERE = (Range(1, 1),)

SCHEDULE = b"""\
<ARTICLE> 9
<MULTIPLIER> 1,000
<CURRENCY> U.S. DOLLARS
<PERIOD-TYPE>                   6-MOS                   YEAR
<FISCAL-YEAR-END>                          JUN-30-1997             JUN-30-1996
<PERIOD-START>                             JUL-01-1996             JUL-01-1995
<PERIOD-END>                               DEC-31-1996             JUN-30-1996
<EXCHANGE-RATE>                                      1                       1
<CASH>                                           1,344<F1>               1,204
<WIDGETS>                                          411                     498
<NET-INCOME>                                      (76)                      27
<EPS-PRIMARY>                                     1.40                    1.38
<FN>
<F1> NET.
</FN>
"""


def _tables(text: str) -> tuple[Table, ...]:
    return retypeset.tables(retypeset.read((PROSE + text).encode()))


def _line(record: Record) -> str:
    value = "nil" if record.nil else record.value or f"({record.text})"
    stated = f"{value}{record.unit}" + (f" x{record.multiplier}" if record.multiplier > 1 else "")
    return " | ".join((" > ".join(record.row), " > ".join(record.columns), stated))


@pytest.mark.cases("records/paths", 5)
def test_paths_and_multipliers(case: Case) -> None:
    (table,) = _tables(case.given)
    assert "\n".join(map(_line, retypeset.records(table))) == case.expected


def test_a_record_knows_its_line_in_the_source() -> None:
    (table,) = _tables(SMALL)
    source = (PROSE + SMALL).split("\n")
    for record in retypeset.records(table):
        assert record.text in source[record.line - 1]


def test_a_table_that_is_not_to_be_trusted_gives_none() -> None:
    table = Table((Column(), Column()), (), (Row((Cell("a"), Cell("1", number="1")), WHERE),), WHERE)
    assert len(retypeset.records(table)) == 1
    assert retypeset.records(replace(table, text="a 1", confidence=0.5)) == ()


def test_tables_inside_lists_are_found_in_order() -> None:
    one, two = (Table((), (), (), (Range(n, n),)) for n in (1, 2))
    inner = List((ListItem("(a)", (two,), WHERE),), WHERE)
    submission = retypeset.read(b"text\n")
    document = replace(submission.documents[0], blocks=(one, List((ListItem("1.", (inner,), WHERE),), WHERE)))
    assert retypeset.tables(document) == (one, two)
    assert retypeset.tables(replace(submission, documents=(document, document))) == (one, two, one, two)


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("(Dollars in thousands, except per share)", 1000),
        ("In millions of dollars", 1_000_000),
        ("($000,000 omitted)", 1_000_000),
        ("(000 omitted)", 1000),
        ("(000's)", 1000),
        ("$ Billions", 1_000_000_000),
        ("1,000 shares", None),
        ("par value $1,000,000", None),
        ("Thousand Oaks", None),
        ("", None),
    ],
)
def test_a_unit_says_its_multiplier(text: str, by: int | None) -> None:
    assert multiplier(text) == by


@pytest.mark.parametrize(
    ("unit", "scales"),
    [
        ("(in thousands, except per share amounts)", [1000, 1000, 1]),
        ("(in thousands, except share and per share data)", [1000, 1, 1]),
        ("(in thousands except number of shares)", [1000, 1, 1]),
        ("(in thousands)", [1000, 1000, 1]),
        ("(dollars in millions, shares in thousands)", [1_000_000, 1000, 1]),
        ("(dollars and shares in thousands)", [1000, 1000, 1]),
        ("(share data in millions)", [1, 1_000_000, 1]),
        ("", [1, 1, 1]),
    ],
)
def test_shares_are_multiplied_unless_the_table_excepts_them(unit: str, scales: list[int]) -> None:
    labels = ("Net income", "Average shares outstanding", "Net income per share")
    body = tuple(Row((Cell(label), Cell("12", number="12")), WHERE) for label in labels)
    table = Table((Column(), Column()), (), body, WHERE, unit=unit)
    assert [record.multiplier for record in retypeset.records(table)] == scales


def test_the_nearest_statement_of_a_unit_holds() -> None:
    head = Row((Cell("(In thousands)"), Cell("1996"), Cell("Shares (millions)")), WHERE)
    body = tuple(
        Row((Cell(label), Cell("1", number="1"), Cell("2", number="2")), WHERE)
        for label in ("Sales", "Users (in billions)")
    )
    table = Table((Column(),) * 3, (head,), body, WHERE, unit="$ millions")
    found = [record.multiplier for record in retypeset.records(table)]
    assert found == [1_000_000, 1_000_000, 1_000_000_000, 1_000_000_000]
    assert [r.multiplier for r in retypeset.records(replace(table, unit=""))] == [1000, 1_000_000, 10**9, 10**9]


# ---------------------------------------------------------------- financial data schedules


def test_a_schedule_is_named_scaled_and_dated() -> None:
    (table,) = retypeset.tables(retypeset.read(SCHEDULE))
    found = retypeset.schedule(table)
    assert found is not None
    assert (found.article, found.multiplier, found.currency, found.exchange_rate) == ("9", 1000, "U.S. DOLLARS", "1")
    assert [(p.type, p.fiscal_year_end, p.start, p.end) for p in found.periods] == [
        ("6-MOS", "1997-06-30", "1996-07-01", "1996-12-31"),
        ("YEAR", "1996-06-30", "1995-07-01", "1996-06-30"),
    ]
    records = retypeset.records(table)
    assert [(r.tag, r.row, r.columns, r.value, r.multiplier) for r in records[:3]] == [
        ("CASH", ("Cash and due from banks",), ("6-MOS", "1996-12-31"), "1344", 1000),
        ("CASH", ("Cash and due from banks",), ("YEAR", "1996-06-30"), "1204", 1000),
        ("WIDGETS", ("WIDGETS",), ("6-MOS", "1996-12-31"), "411", 1000),
    ]
    assert records[0].text == "1,344<F1>"
    assert [(r.value, r.multiplier) for r in records[4:]] == [("-76", 1000), ("27", 1000), ("1.40", 1), ("1.38", 1)]


def test_an_ordinary_table_is_no_schedule() -> None:
    (table,) = _tables(SMALL)
    assert retypeset.schedule(table) is None


# ---------------------------------------------------------------- pandas


def test_pandas_has_figures_where_a_column_has_nothing_else() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is absent: it is optional, and not installed")
    (table,) = _tables(
        "                            1997       1996      Due\n"
        "                          -------    -------    ------\n"
        "Current assets:\n"
        "  Cash                    $ 1,204    $   998    1999\n"
        "  Receivables                 (15)        --    never\n"
    )
    frame = retypeset.to_pandas(table)
    assert list(frame.index) == ["Current assets: / Cash", "Current assets: / Receivables"]
    assert list(frame.columns) == ["1997", "1996", "Due"]
    assert frame["1997"].tolist() == [1204.0, -15.0]
    assert frame["1996"].dtype == "float64"
    assert pandas.isna(frame["1996"].iloc[1])
    assert frame["Due"].tolist() == ["1999", "never"]


def test_pandas_is_told_of_unit_and_multiplier() -> None:
    pytest.importorskip("pandas", reason="pandas is absent: it is optional, and not installed")
    body = (Row((Cell("Sales"), Cell("12", number="12")), WHERE),)
    table = Table((Column(), Column()), (), body, WHERE, caption="Results", unit="(in thousands)")
    assert retypeset.to_pandas(table).attrs == {"caption": "Results", "unit": "(in thousands)", "multiplier": 1000}
    (stated,) = retypeset.tables(retypeset.read(SCHEDULE))
    frame = retypeset.to_pandas(stated)
    assert frame.attrs["multiplier"] == 1000
    assert frame.loc["Net income or loss"].tolist() == [-76.0, 27.0]


def test_an_empty_table_is_an_empty_frame() -> None:
    pytest.importorskip("pandas", reason="pandas is absent: it is optional, and not installed")
    assert retypeset.to_pandas(Table((Column(), Column()), (), (), WHERE)).empty


def test_without_pandas_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(RetypesetError, match=r"pip install 'retypeset\[pandas\]'"):
        retypeset.to_pandas(Table((), (), (), WHERE))
