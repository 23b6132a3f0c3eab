"""The documents of other libraries, made with the real libraries."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import pytest

import retypeset
from retypeset.model import Submission, Table
from retypeset.notes import RetypesetError
from retypeset.retrieval import Passage

from .conftest import ROOT

pytestmark = pytest.mark.filterwarnings("ignore")  # what other libraries warn of while they are imported is theirs


@pytest.fixture(scope="module")
def submission() -> Submission:
    return retypeset.read(ROOT / "examples" / "calloway-10q-1997.txt")


@pytest.fixture(scope="module")
def passages(submission: Submission) -> list[Passage]:
    return list(retypeset.passages(submission))


def _check(passages: list[Passage], found: list[tuple[str | None, str | None, dict[str, Any]]]) -> None:
    assert [(key, text) for key, text, _ in found] == [(p.id, p.markdown or p.text) for p in passages]
    for (_, _, more), passage in zip(found, passages, strict=True):
        assert more["path"] == " > ".join(passage.path)
        assert (more["page"], more["item"], more["form"]) == (passage.page, passage.item, "10-Q")
        assert all(isinstance(value, str | int) for value in more.values())


def test_langchain(submission: Submission, passages: list[Passage]) -> None:
    from langchain_core.documents import Document

    made = retypeset.to_langchain(submission)
    assert all(isinstance(one, Document) for one in made)
    _check(passages, [(one.id, one.page_content, one.metadata) for one in made])


def test_llama_index(submission: Submission, passages: list[Passage]) -> None:
    from llama_index.core.schema import TextNode

    made = retypeset.to_llama_index(submission)
    assert all(isinstance(one, TextNode) for one in made)
    _check(passages, [(one.node_id, one.text, one.metadata) for one in made])


def test_haystack(submission: Submission, passages: list[Passage]) -> None:
    from haystack import Document

    made = retypeset.to_haystack(submission)
    assert all(isinstance(one, Document) for one in made)
    _check(passages, [(one.id, one.content, one.meta) for one in made])


def test_docling(submission: Submission) -> None:
    from docling_core.types.doc.document import DoclingDocument

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = retypeset.to_docling(submission)
        assert DoclingDocument.model_validate_json(made.model_dump_json()) == made
    tables = [b for d in submission.documents for b in d.blocks if isinstance(b, Table) and not b.text]
    assert len(made.tables) == len(tables)
    for found, table in zip(made.tables, tables, strict=True):
        filed = [cell.text for row in (*table.head, *table.body) for cell in row.cells]
        assert [cell.text for cell in found.data.table_cells] == filed
        assert (found.data.num_rows, found.data.num_cols) == (len(table.head) + len(table.body), len(table.columns))
    written = made.export_to_markdown()
    assert "Less accumulated depreciation" in written


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("to_langchain", "langchain_core.documents"),
        ("to_llama_index", "llama_index.core.schema"),
        ("to_haystack", "haystack"),
        ("to_docling", "docling_core.types.doc.document"),
    ],
)
def test_what_is_missing_is_named(
    name: str, package: str, submission: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(RetypesetError, match=r"pip install 'retypeset\["):
        getattr(retypeset, name)(submission)
