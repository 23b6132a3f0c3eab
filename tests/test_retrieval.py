"""Passages: every block of a filing by itself, and all that a retrieval pipeline wants to know of it."""

from __future__ import annotations

import doctest
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import retypeset
from retypeset import retrieval
from retypeset.items import places
from retypeset.model import Document, Heading, List, ListItem, Paragraph, Range, Submission, Table
from retypeset.notes import RetypesetError
from retypeset.retrieval import Passage, text_of
from retypeset.writers import jsonl

from .conftest import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.txt"))
AT = (Range(1, 1),)


@pytest.fixture(scope="module")
def annual() -> tuple[Passage, ...]:
    return tuple(retypeset.passages(retypeset.read(ROOT / "examples" / "harrow-10k-1994.txt")))


def test_every_block_is_a_passage_in_order() -> None:
    for path in EXAMPLES:
        submission = retypeset.read(path)
        found = list(retypeset.passages(submission))
        assert [p.lines for p in found] == [b.lines for d in submission.documents for b in d.blocks]
        assert len({p.id for p in found}) == len(found)


def test_a_passage_says_where_it_stands_and_whose_it_is(annual: tuple[Passage, ...]) -> None:
    (found,) = (p for p in annual if p.text.startswith("PACKAGING PAPERS."))
    assert (found.type, found.part, found.item, found.page) == ("paragraph", "I", "1", "3")
    assert found.path == ("HARROW VALE PAPER COMPANY", "PART I", "Item 1. Business", "Products")
    assert found.lines == (Range(222, 223), Range(229, 229))
    assert (found.company, found.form, found.period) == ("HARROW VALE PAPER CO", "10-K", "1993-12-31")
    assert (found.markdown, found.records) == (None, None)


def test_a_table_has_markdown_and_records(annual: tuple[Passage, ...]) -> None:
    found = next(p for p in annual if p.type == "table" and "Specialty papers" in p.text)
    assert found.markdown is not None
    assert found.markdown.split("\n")[2].startswith("| Printing and writing papers")
    assert found.records
    assert (found.records[0].row, found.records[0].value) == (("Printing and writing papers",), "118254")
    assert "Specialty papers | $ 52,771" in found.text or "Specialty papers | 52,771" in found.text


def test_places_agree_with_sections() -> None:
    for path in EXAMPLES:
        for document in retypeset.read(path).documents:
            located = dict(zip((id(block) for block in document.blocks), places(document.blocks), strict=True))
            for section in retypeset.sections(document):
                assert located[id(section.heading)].path == section.path
                if section.heading.item:
                    assert {located[id(block)].item for block in section.blocks} <= {section.heading.item}


def test_an_item_ends_at_the_signatures() -> None:
    blocks = (
        Heading("PART II", 1, AT),
        Heading("Item 6. Exhibits", 2, AT, "6"),
        Heading("(a) Exhibits", 1, AT),
        Paragraph("x", AT),
        Heading("SIGNATURES", 1, AT),
        Paragraph("y", AT),
    )
    assert [(p.part, p.item) for p in places(blocks)] == [("II", ""), *[("II", "6")] * 3, *[("II", "")] * 2]


def test_a_list_keeps_its_markers_and_nesting() -> None:
    inner = List((ListItem("(i)", (Paragraph("one", AT),), AT), ListItem("", (Paragraph("two", AT),), AT)), AT)
    outer = List((ListItem("(a)", (Paragraph("x", AT), inner), AT), ListItem("(b)", (), AT)), AT)
    assert text_of(outer) == "(a) x\n  (i) one\n  two\n(b)"


# ---------------------------------------------------------------- JSON Lines, and the schemas


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_lines_are_what_the_schema_says_and_all_alike(path: Path) -> None:
    data = retypeset.to_jsonl(retypeset.read(path))
    lines = [json.loads(line) for line in data.decode("utf-8").removesuffix("\n").split("\n")]
    validator = Draft202012Validator(jsonl.schema())
    for line in lines:
        validator.validate(line)
        assert list(line) == list(Passage.__struct_fields__)
    assert data == retypeset.to_jsonl(retypeset.read(path))


def test_no_text_of_a_filing_is_missing_from_its_lines(filings: tuple[Path, ...]) -> None:
    for path in filings[::10]:
        submission = retypeset.read(path)
        found = list(retypeset.passages(submission))
        words = sum(len(p.text.split()) for p in found)
        assert words >= sum(_words(document) for document in submission.documents), path.name


def _words(document: Document) -> int:
    return sum(
        sum(len(cell.text.split()) for row in (*b.head, *b.body) for cell in row.cells)
        if isinstance(b, Table) and not b.text
        else len(b.text.split())
        for b in document.blocks
        if not isinstance(b, List)
    )


@pytest.mark.parametrize(("name", "made"), [("submission", retypeset.schema()), ("passage", jsonl.schema())])
def test_the_schema_is_published(name: str, made: dict[str, object]) -> None:
    published = ROOT / "docs" / f"{name}.schema.json"
    assert json.loads(published.read_text("utf-8")) == json.loads(json.dumps(made)), (
        f"retypeset schema > docs/{published.name}"
    )


def test_schemas_name_their_version() -> None:
    assert retypeset.schema()["$id"] == "urn:retypeset:submission:1"
    assert jsonl.schema()["$id"] == "urn:retypeset:passage:1"


def test_json_of_another_version_is_refused() -> None:
    data = retypeset.to_json(retypeset.read(EXAMPLES[0])).replace(b'"schema":"1"', b'"schema":"0"')
    with pytest.raises(RetypesetError, match="schema '0'"):
        retypeset.from_json(data)


def test_json_has_its_keys_in_the_order_of_the_model() -> None:
    data = retypeset.to_json(retypeset.read(EXAMPLES[0]))
    assert list(json.loads(data)) == list(Submission.__struct_fields__)
    assert retypeset.to_json(retypeset.from_json(data)) == data


def test_docstrings_are_true() -> None:
    assert doctest.testmod(retrieval).failed == 0
