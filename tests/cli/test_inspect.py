"""`retypeset inspect` and `retypeset schema`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import Result

import retypeset
from retypeset import inspection
from retypeset.model import (
    Attachment,
    Document,
    Filer,
    Furniture,
    Header,
    Heading,
    Lines,
    List,
    ListItem,
    Note,
    Page,
    Paragraph,
    Preformatted,
    Range,
    Source,
    Submission,
    Table,
)

Run = Callable[..., Result]

ROWS = (
    ("", "1997", "1996"),
    ("", "------", "------"),
    ("Cash", "1,204", "998"),
    ("Stock", "3,415", "3,307"),
    ("", "------", "------"),
    ("Total current assets", "4,619", "4,305"),
    ("Land", "700", "700"),
    ("", "------", "------"),
    ("Total assets", "5,319", "5,050"),
)

_LINE = (Range(5, 5),)
_ITEM = ListItem("(a)", (Paragraph("x", _LINE), List((ListItem("", (Lines("x", _LINE),), _LINE),), _LINE)), _LINE)

SUBMISSION = Submission(
    Source("works.txt", 12_345, "ab" * 32, "ascii", 678),
    Header(
        "sec",
        "0009999999-97-000012",
        "8-K",
        "1997-05-12",
        document_count=2,
        items=("5",),
        filers=(Filer("filer", "HARROW LANE TINWORKS INC", "0009999999", "3411"), Filer("filed by", "A\x1b[2JB")),
    ),
    (
        Document(
            "8-K",
            1,
            "works.txt",
            "CURRENT REPORT",
            Range(20, 600),
            (Heading("x", 1, _LINE), List((_ITEM,), _LINE), Table((), (), (), _LINE), Preformatted("x", _LINE)),
            (Furniture("folio", "1", Range(30, 30)), Furniture("break", "", Range(31, 31))),
            (Page("", 20), Page("1", 31), Page("F-3", 90)),
            (Note("table", "odd columns", Range(40, 50)),),
        ),
    ),
    (Attachment("map.gif", "image/gif", 4321, "cd" * 32, "uuencode", 1, Range(60, 99)),),
    (Furniture("envelope", "<SEC-DOCUMENT>", Range(1, 1)),),
    (Note("count", "the header states 2 documents"), Note("tabs", "3 tabs", Range(45, 45))),
)


def test_people_are_told_what_a_filing_holds() -> None:
    assert list(inspection.report(SUBMISSION)) == [
        "source          works.txt  12,345 bytes, 678 lines, ascii",
        "sha256          " + "ab" * 32,
        "form            8-K",
        "accession       0009999999-97-000012",
        "filed           1997-05-12",
        "period          -",
        "item            5",
        "filer           HARROW LANE TINWORKS INC  (CIK 0009999999, SIC 3411)",
        "filed by        A\x1b[2JB",
        "header          dialect sec, 0 fields",
        "documents       1; the header states 2",
        "envelope        1 envelope",
        "",
        "document 1      8-K  works.txt  CURRENT REPORT",
        "  place         lines 20-600",
        "  pages         3, 2 of them labelled 1 to F-3",
        "  blocks        1 heading, 1 lines, 2 list, 1 paragraph, 1 preformatted, 1 table",
        "  furniture     1 break, 1 folio",
        "",
        "attachment      map.gif  image/gif, 4,321 bytes, document 1, lines 60-99",
        "",
        "notes           3",
        "  -             count: the header states 2 documents",
        "  40            table: odd columns",
        "  45            tabs: 3 tabs",
    ]


def test_programs_are_told_the_same() -> None:
    told = json.loads(msgspec.json.encode(inspection.overview(SUBMISSION)))
    assert told["counts"] == {
        "documents": 1,
        "attachments": 1,
        "pages": 3,
        "blocks": {"heading": 1, "lines": 1, "list": 2, "paragraph": 1, "preformatted": 1, "table": 1},
        "furniture": {"break": 1, "folio": 1},
        "sums": {"hold": 0, "fail": 0},
        "notes": {"count": 1, "table": 1, "tabs": 1},
    }
    assert told["header"] == json.loads(msgspec.json.encode(SUBMISSION.header))
    (document,) = told["documents"]
    assert document["pages"][2] == {"label": "F-3", "line": 90}
    assert document["lines"] == [20, 600]
    assert told["attachments"][0]["name"] == "map.gif"
    assert told["envelope"] == {"envelope": 1}


def test_the_command_shows_a_file_and_standard_input(run: Run, path: Path, filing: str) -> None:
    result = run("inspect", path)
    assert result.exit_code == 0
    assert "HARROW LANE TINWORKS INC" in result.stdout
    assert "attachment      ../works map.gif  image/gif, 262 bytes" in result.stdout
    piped = run("inspect", "-", stdin=filing)
    assert piped.stdout == result.stdout.replace(path.name, "stdin")
    told = json.loads(run("inspect", "--json", path).stdout)
    assert (told["counts"]["documents"], told["counts"]["attachments"]) == (3, 1)
    assert told["header"]["form"] == "10-Q"


def test_no_control_character_of_a_filing_reaches_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retypeset, "read", lambda source, name: SUBMISSION)
    assert r"A\x1b[2JB" in run("inspect", "works.txt").stdout


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_a_file_that_cannot_be_read_is_an_error(run: Run, tmp_path: Path, option: list[str]) -> None:
    for bad in (tmp_path / "missing", tmp_path):
        result = run("inspect", bad, *option)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith(f"{bad}: error: ")
        assert result.stderr.count("\n") == 1
    assert run("inspect").exit_code == 2


def test_the_schema_is_that_of_the_library(run: Run) -> None:
    result = run("schema")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads(json.dumps(retypeset.schema()))
    assert "Submission" in json.loads(result.stdout)["$defs"]


def test_sums_and_amounts_are_told_to_people_and_programs(run: Run, tmp_path: Path) -> None:
    rows = "".join(f"{label:<24}{a:>12}{b:>12}\n" for label, a, b in ROWS)
    schedule = "<ARTICLE> 5\n<CASH> 1,204\n<TOTAL-ASSETS> 5,319\n<SALES> 9,999\n"
    path = tmp_path / "filing.txt"
    path.write_text(
        f"<DOCUMENT>\n<TYPE>10-Q\n<SEQUENCE>1\n<TEXT>\n{rows}</TEXT>\n</DOCUMENT>\n"
        f"<DOCUMENT>\n<TYPE>EX-27\n<SEQUENCE>2\n<TEXT>\n{schedule}</TEXT>\n</DOCUMENT>\n"
    )
    said = run("inspect", path).stdout
    assert "  sums          1 hold, 1 fail\n" in said
    assert "    13          Total assets: column 3 says 5050, the rows from line 10 add up to 5005\n" in said
    assert (
        "schedule        2 of 3 amounts found in the tables\n  23            Net sales of tangible products: 9,999\n"
        in said
    )
    told = json.loads(run("inspect", "--json", path).stdout)
    assert told["counts"]["sums"] == {"hold": 1, "fail": 1}
    assert [fail["fails"] for fail in told["documents"][0]["sums"]["fail"]] == [[[2, "5050", "5005"]]]
    assert (told["amounts"]["found"], [record["tag"] for record in told["amounts"]["missing"]]) == (2, ["SALES"])
