"""`readers.header`: the fields of a header in order, and typed access to the common ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

import retypeset
from retypeset.model import Address, Field, Filer, FormerName, Header, Note
from retypeset.readers.header import MOST_NESTED, Dialect, closings, fields, header, walk

if TYPE_CHECKING:
    from tests.conftest import Case


def _numbered(text: str) -> list[tuple[int, str]]:
    return list(enumerate(text.expandtabs(8).split("\n"), 1))


def _told(found: tuple[Field, ...], indent: str = "") -> Iterator[str]:
    for f in found:
        first, last = f.lines
        where = f"({first}-{last})" if last > first else f"({first})"
        yield f"{indent}{f.name}: {f.value} {where}" if f.value else f"{indent}{f.name} {where}"
        yield from _told(f.fields, indent + "  ")


@pytest.mark.cases("header/fields", 9)
def test_fields(case: Case) -> None:
    dialects: dict[str, Dialect] = {"sec": "sec", "tags": "tags", "bare": "bare"}
    dialect = dialects[case.title.partition(":")[0]]
    notes: list[Note] = []
    numbered = _numbered(case.given)
    told = [
        *_told(fields(numbered, dialect, notes)),
        *(f"closing {f.text} ({f.lines.first})" for f in closings(numbered, dialect)),
        *(f"note {note.code} {note.lines.first}" for note in notes if note.lines),
    ]
    assert "\n".join(told) == case.expected


def _header(text: str, dialect: Dialect = "sec") -> Header:
    notes: list[Note] = []
    return header(dialect, fields(_numbered(text), dialect, notes))


SEC = """\
ACCESSION NUMBER:		0009999999-97-000012
CONFORMED SUBMISSION TYPE:	SC 13D/A
PUBLIC DOCUMENT COUNT:		2
CONFORMED PERIOD OF REPORT:	19970331
ITEM INFORMATION:		Other events
ITEM INFORMATION:		Financial statements and exhibits
FILED AS OF DATE:		19970512
SUBJECT COMPANY:
	COMPANY DATA:
		COMPANY CONFORMED NAME:			HARROW LANE TINWORKS INC
		CENTRAL INDEX KEY:			0009999999
		STANDARD INDUSTRIAL CLASSIFICATION:	METAL CANS [3411]
		IRS NUMBER:				340000999
		STATE OF INCORPORATION:			OH
		FISCAL YEAR END:			1231
	FILING VALUES:
		SEC FILE NUMBER:	005-99999
	BUSINESS ADDRESS:
		STREET 1:		7 HARROW LANE
		STREET 2:		STE 2
		CITY:			MILLBROOK
		STATE:			OH
		ZIP:			43999
		BUSINESS PHONE:		4195550142
	MAIL ADDRESS:
		STREET 1:		PO BOX 77
	FORMER COMPANY:
		FORMER CONFORMED NAME:	HARROW PEWTER CO
		DATE OF NAME CHANGE:	19870615
	FORMER COMPANY:
		FORMER CONFORMED NAME:	HARROW & PELL
		DATE OF NAME CHANGE:	UNKNOWN
FILED BY:
	COMPANY DATA:
		COMPANY CONFORMED NAME:			PELL A J
		STANDARD INDUSTRIAL CLASSIFICATION:	3411
"""

TAGS = """\
<ACCESSION-NUMBER>0009999999-97-000012
<TYPE>SC 13D/A
<PUBLIC-DOCUMENT-COUNT>2
<PERIOD>19970331
<ITEMS>Other events
<ITEMS>Financial statements and exhibits
<FILING-DATE>19970512
<SUBJECT-COMPANY>
<COMPANY-DATA>
<CONFORMED-NAME>HARROW LANE TINWORKS INC
<CIK>0009999999
<ASSIGNED-SIC>3411
<IRS-NUMBER>340000999
<STATE-OF-INCORPORATION>OH
<FISCAL-YEAR-END>1231
</COMPANY-DATA>
<FILING-VALUES>
<FILE-NUMBER>005-99999
</FILING-VALUES>
<BUSINESS-ADDRESS>
<STREET1>7 HARROW LANE
<STREET2>STE 2
<CITY>MILLBROOK
<STATE>OH
<ZIP>43999
<PHONE>4195550142
</BUSINESS-ADDRESS>
<MAIL-ADDRESS>
<STREET1>PO BOX 77
</MAIL-ADDRESS>
<FORMER-COMPANY>
<FORMER-CONFORMED-NAME>HARROW PEWTER CO
<DATE-CHANGED>19870615
</FORMER-COMPANY>
<FORMER-NAME>
<FORMER-CONFORMED-NAME>HARROW & PELL
<DATE-CHANGED>UNKNOWN
</FORMER-NAME>
</SUBJECT-COMPANY>
<FILED-BY>
<COMPANY-DATA>
<CONFORMED-NAME>PELL A J
<ASSIGNED-SIC>3411
</COMPANY-DATA>
</FILED-BY>
"""


@pytest.mark.parametrize(("dialect", "text"), [("sec", SEC), ("tags", TAGS)])
def test_both_dialects_say_the_same(dialect: Dialect, text: str) -> None:
    found = _header(text, dialect)
    assert found.dialect == dialect
    assert (found.accession_number, found.form, found.document_count) == ("0009999999-97-000012", "SC 13D/A", 2)
    assert (found.filed, found.period) == ("1997-05-12", "1997-03-31")
    assert found.items == ("Other events", "Financial statements and exhibits")
    company, person = found.filers
    assert company == Filer(
        role="subject company",
        name="HARROW LANE TINWORKS INC",
        cik="0009999999",
        sic="3411",
        industry="METAL CANS" if dialect == "sec" else "",
        irs_number="340000999",
        state_of_incorporation="OH",
        fiscal_year_end="1231",
        file_number="005-99999",
        addresses=(
            Address("business", "7 HARROW LANE", "STE 2", "MILLBROOK", "OH", "43999", "4195550142"),
            Address("mail", "PO BOX 77"),
        ),
        former_names=(FormerName("HARROW PEWTER CO", "1987-06-15"), FormerName("HARROW & PELL", "UNKNOWN")),
    )
    assert (person.role, person.name, person.sic, person.industry) == ("filed by", "PELL A J", "3411", "")


def test_reporting_owners_are_parties() -> None:
    found = _header("REPORTING-OWNER:\n\tOWNER DATA:\n\t\tCOMPANY CONFORMED NAME:\tPELL A J\n")
    assert [(f.role, f.name) for f in found.filers] == [("reporting owner", "PELL A J")]


@pytest.mark.parametrize(
    ("filed", "expected"),
    [
        ("19970512", "1997-05-12"),
        ("19990229", "19990229"),
        ("00000000", "00000000"),
        ("MAY 1997", "MAY 1997"),
        ("", ""),
    ],
)
def test_a_date_is_iso_or_as_filed(filed: str, expected: str) -> None:
    assert _header(f"FILED AS OF DATE: {filed}").filed == expected


@pytest.mark.parametrize(("stated", "count"), [("3", 3), ("", None), ("TWO", None), ("9" * 5000, None), ("²", None)])
def test_a_count_is_a_number_or_not_stated(stated: str, count: int | None) -> None:
    assert _header(f"PUBLIC DOCUMENT COUNT: {stated}").document_count == count


@pytest.mark.parametrize(
    ("stated", "industry", "sic"),
    [
        ("METAL CANS [3411]", "METAL CANS", "3411"),
        ("METAL CANS [3411", "METAL CANS", "3411"),
        ("METAL CANS []", "METAL CANS", ""),
        ("[] UNKNOWN [0000]", "[] UNKNOWN", "0000"),
        ("METAL CANS", "METAL CANS", ""),
        ("3411", "", "3411"),
    ],
)
def test_industry_and_its_code(stated: str, industry: str, sic: str) -> None:
    (filer,) = _header(f"FILER:\n\tCOMPANY DATA:\n\t\tSTANDARD INDUSTRIAL CLASSIFICATION:\t{stated}\n").filers
    assert (filer.industry, filer.sic) == (industry, sic)


DEEP = 3000


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("sec", "\n".join(f"{' ' * n}NAME: {n}" for n in range(DEEP))),
        ("tags", "<A>\n" * DEEP + "</A>\n" * DEEP),
    ],
)
def test_nesting_without_end_is_cut_short_and_every_field_kept(dialect: Dialect, text: str) -> None:
    found = _header(text, dialect).fields
    assert sum(1 for _ in walk(found)) == DEEP
    depth = 0
    while found:
        depth, found = depth + 1, found[0].fields
    assert depth <= MOST_NESTED


def test_the_header_of_a_submission_is_written_with_every_field() -> None:
    data = f"<SEC-HEADER>\n{SEC}</SEC-HEADER>\n".encode()
    submission = retypeset.read(data)
    assert submission.header == _header_of_lines_from(2)
    assert retypeset.from_json(retypeset.to_json(submission)) == submission


def _header_of_lines_from(first: int) -> Header:
    notes: list[Note] = []
    numbered = list(enumerate(SEC.expandtabs(8).removesuffix("\n").split("\n"), first))
    return header("sec", fields(numbered, "sec", notes))
