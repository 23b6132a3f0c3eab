"""The stages between envelope and blocks: pages, regions, prose, hyphens, outline, tables and schedules.

What a case shows: the text of a document without an envelope, or of one `<DOCUMENT>`; the blocks in Markdown. The prose
of every case is wide enough to tell how wide the page is, for the reader measures it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import retypeset
from retypeset.model import Block, Footnote, List, Paragraph, Table
from retypeset.notes import LOSS, spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.conftest import Case


def _check(case: Case) -> None:
    submission = retypeset.read(case.data)
    notes = [*submission.notes, *(note for document in submission.documents for note in document.notes)]
    assert [note for note in notes if note.code in LOSS] == []
    assert _body(retypeset.to_markdown(submission, front_matter=False)) == case.expected


def _body(markdown: str) -> str:
    """Drop the frame, which a file without an envelope does not have: title, `---`, heading of the document."""
    front, rule, document = markdown.partition("\n---\n\n")
    return (document.partition("\n\n")[2] if rule else front).strip("\n")


@pytest.mark.cases("body/pages", 21)
def test_pages(case: Case) -> None:
    _check(case)


@pytest.mark.cases("body/prose", 15)
def test_prose(case: Case) -> None:
    _check(case)


@pytest.mark.cases("body/titles", 20)
def test_titles(case: Case) -> None:
    _check(case)


@pytest.mark.cases("body/lists", 12)
def test_lists(case: Case) -> None:
    _check(case)


@pytest.mark.cases("body/lines", 18)
def test_lines(case: Case) -> None:
    _check(case)


@pytest.mark.cases("body/tables", 68)
def test_tables(case: Case) -> None:
    _check(case)


@pytest.mark.cases("body/powers", 4)
def test_powers(case: Case) -> None:
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


@pytest.mark.cases("body/footnotes", 4)
def test_footnotes(case: Case) -> None:
    """Blocks, a line each: what they are, their lines, and what they say."""
    submission = retypeset.read(case.data)
    assert submission.notes == ()
    assert "\n".join(_named(submission.documents[0].blocks)) == case.expected


def _named(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case List(items=items):
                yield "list"
                for item in items:
                    first, *rest = _named(item.blocks)
                    yield from (f"  {said}" for said in (first.replace("paragraph", item.marker), *rest))
            case Paragraph(text=text, lines=lines):
                yield f"paragraph {spans(lines)}: {text}"
            case Footnote():
                referred = f" (referred to in {spans(block.referred)})"
                yield f"footnote {spans(block.lines)}: {block.marker} {block.text}{referred}"
            case _:
                yield type(block).__name__


@pytest.mark.cases("body/schedules", 12)
def test_schedules(case: Case) -> None:
    _check(case)
