"""The sections of a document, the Items of its form, and a filing cut down to one of them."""

from __future__ import annotations

import pytest

import retypeset
from retypeset.model import Document, Heading, Submission
from retypeset.notes import ItemError

from .conftest import ROOT

ANNUAL = ROOT / "examples" / "harrow-10k-1994.txt"
QUARTERLY = ROOT / "examples" / "calloway-10q-1997.txt"
CURRENT = ROOT / "examples" / "brightwater-8k-1996.txt"


@pytest.fixture(scope="module")
def annual() -> Submission:
    return retypeset.read(ANNUAL)


@pytest.fixture(scope="module")
def quarterly() -> Submission:
    return retypeset.read(QUARTERLY)


def _first_line(heading: Heading) -> int:
    return heading.lines[0].first


@pytest.mark.parametrize(
    ("number", "line", "title"),
    [
        ("1", 175, "Item 1. Business"),
        ("2", 311, "Item 2. Properties"),
        ("3", 334, "Item 3. Legal Proceedings"),
        ("4", 350, "Item 4. Submission of Matters to a Vote of Security Holders"),
        ("6", 432, "Item 6. Selected Financial Data"),
        ("7", 457, "Item 7. Management's Discussion and Analysis of Financial Condition and Results of Operations"),
        ("8", 513, "Item 8. Financial Statements and Supplementary Data"),
    ],
)
def test_an_item_is_found_where_it_stands_and_not_in_the_contents(
    annual: Submission, number: str, line: int, title: str
) -> None:
    section = retypeset.item(annual.documents[0], number)
    assert section is not None
    assert (_first_line(section.heading), section.heading.text) == (line, title)
    assert section.blocks


def test_an_item_ends_where_the_next_begins(annual: Submission) -> None:
    section = retypeset.item(annual.documents[0], "2")
    assert section is not None
    assert section.blocks[0].lines[0].first > 311
    assert section.blocks[-1].lines[-1].last < 334


def test_the_part_tells_two_items_of_one_number_apart(quarterly: Submission) -> None:
    report = quarterly.documents[0]
    lines = []
    for part in ("I", "II", ""):
        section = retypeset.item(report, "1", part=part)
        assert section is not None
        lines.append(_first_line(section.heading))
    assert lines == [153, 674, 153]


def test_what_is_not_there_is_not_found(annual: Submission) -> None:
    assert retypeset.item(annual.documents[0], "7A") is None
    assert retypeset.sections(Document("10-K", 1, "", "", annual.documents[0].lines)) == ()


def test_sections_lie_within_each_other(annual: Submission) -> None:
    found = retypeset.sections(annual.documents[0])
    headings = [b for b in annual.documents[0].blocks if isinstance(b, Heading)]
    assert [s.heading for s in found] == headings
    for section in found:
        if section.path:
            above = next(s for s in reversed(found[: found.index(section)]) if s.heading.text == section.path[-1])
            assert above.heading.level < section.heading.level
        if not (section.heading.item or section.heading.text.startswith("PART ")):
            assert all(not isinstance(b, Heading) or b.level > section.heading.level for b in section.blocks)


def test_an_item_goes_on_below_the_headings_of_its_statements(annual: Submission) -> None:
    section = retypeset.item(annual.documents[0], "8")
    assert section is not None
    inner = [b.text for b in section.blocks if isinstance(b, Heading)]
    assert inner.count("HARROW VALE PAPER COMPANY AND SUBSIDIARIES") == 4
    assert inner[-1] == "Note 6. Quarterly Results (Unaudited)"


def test_a_section_knows_its_part(quarterly: Submission) -> None:
    parts = {s.heading.item: s.part for s in retypeset.sections(quarterly.documents[0]) if s.heading.item in ("2", "6")}
    assert parts == {"2": "I", "6": "II"}


@pytest.mark.parametrize(("address", "first", "last"), [("II.1", 674, 687), ("i.2", 549, 672), (" 6 ", 701, 740)])
def test_an_excerpt_holds_the_item_and_nothing_else(quarterly: Submission, address: str, first: int, last: int) -> None:
    (document,) = retypeset.excerpt(quarterly, address).documents
    lines = [r for block in document.blocks for r in block.lines]
    assert lines[0].first == first
    assert lines[-1].last <= last
    assert all(first <= f.lines.first <= last for f in document.furniture)
    assert document.pages[0].line <= first
    assert all(page.line <= last for page in document.pages)


def test_an_item_whose_title_stands_again_is_one() -> None:
    prose = "The business of the Company is set out in the pages that follow this one.\n"
    text = (
        f"Item 7.  Management's Discussion\n\n{prose}\nItem 7.  Management's Discussion\n\n{prose}\n"
        f"Item 14(a)(2)  Schedules\n\n{prose}\nItem 8.  Financial Statements\n\n{prose}"
    )
    (document,) = retypeset.read(text.encode()).documents
    section = retypeset.item(document, "7")
    assert section is not None
    assert [b.lines[0].first for b in section.blocks] == [3, 5, 7, 9, 11]
    assert retypeset.item(document, "14") is None


def test_the_items_of_a_current_report() -> None:
    submission = retypeset.read(CURRENT)
    (document,) = retypeset.excerpt(submission, "5").documents
    assert document.blocks[0].lines[0].first == 119
    assert document.blocks[-1].lines[-1].last < 201


@pytest.mark.parametrize("address", ["", "seven", "7-A", "V.1", "123"])
def test_what_names_no_item_is_refused(annual: Submission, address: str) -> None:
    with pytest.raises(ItemError, match="names no Item"):
        retypeset.excerpt(annual, address)


def test_a_missing_item_is_an_error_that_says_what_there_is(quarterly: Submission) -> None:
    with pytest.raises(ItemError, match=r"no Item 7A was found; found were: .*I\.1, I\.2, II\.1, II\.4, II\.6"):
        retypeset.excerpt(quarterly, "7A")
