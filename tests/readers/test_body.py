"""The stages between envelope and blocks: pages, regions, prose, hyphens, outline, tables and schedules.

What a case shows: the text of a document without an envelope, or of one `<DOCUMENT>`; the blocks in Markdown. The prose
of every case is wide enough to tell how wide the page is, for the reader measures it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import retypeset
from retypeset.model import Table
from retypeset.notes import LOSS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Case


def _check(case: Case) -> None:
    submission = retypeset.read(case.data)
    notes = [*submission.notes, *(note for document in submission.documents for note in document.notes)]
    assert [note for note in notes if note.code in LOSS] == []
    assert _body(retypeset.to_markdown(submission)) == case.expected


def _body(markdown: str) -> str:
    """Drop the frame, which a file without an envelope does not have: title, `---`, heading of the document."""
    front, rule, document = markdown.partition("\n---\n\n")
    return (document.partition("\n\n")[2] if rule else front).strip("\n")


@pytest.mark.cases("body/pages", 18)
def test_pages(case: Case) -> None:
    _check(case)


@pytest.mark.cases("body/prose", 14)
def test_prose(case: Case) -> None:
    _check(case)


@pytest.mark.cases("body/titles", 15)
def test_titles(case: Case) -> None:
    _check(case)


@pytest.mark.cases("body/lists", 12)
def test_lists(case: Case) -> None:
    _check(case)


@pytest.mark.cases("body/lines", 13)
def test_lines(case: Case) -> None:
    _check(case)


@pytest.mark.cases("body/tables", 34)
def test_tables(case: Case) -> None:
    _check(case)


@pytest.mark.cases("body/captions", 19)
def test_captions(case: Case) -> None:
    """What belongs to each table besides its cells, a line each; tables are parted by blank lines."""
    submission = retypeset.read(case.data)
    assert submission.notes == ()
    tables = [block for block in submission.documents[0].blocks if isinstance(block, Table)]
    assert "\n\n".join("\n".join(_annexes(table)) or "(none)" for table in tables) == case.expected


def _annexes(table: Table) -> Iterator[str]:
    yield from (f"{name}: {said}" for name, said in (("caption", table.caption), ("unit", table.unit)) if said)
    for note in table.footnotes:
        yield f"note: {note.marker}{' ' if note.apart else ''}{note.text}"


@pytest.mark.cases("body/schedules", 12)
def test_schedules(case: Case) -> None:
    _check(case)
