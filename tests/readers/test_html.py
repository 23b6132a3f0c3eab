"""HTML pages: what they are read into, that nothing of them is lost, and that no page stops the reader.

What a case shows: a page without an envelope; its blocks in Markdown.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
import tinyhtml5
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import retypeset
from retypeset.model import Block, Heading, List, Paragraph, Range, Submission, Table
from retypeset.notes import LOSS
from retypeset.shared import said

if TYPE_CHECKING:
    from tests.conftest import Case

FIRST = "<html><body>"
# Seconds of CPU that such a page may take: a quiet machine needs one for most.
PATIENCE = 8.0


def _read(page: str) -> Submission:
    """Read a page, and see that nothing is lost and that its bytes are to be had."""
    data = page.encode()
    submission = retypeset.read(data)
    assert list(retypeset.check(submission, data)) == []
    for attachment in submission.attachments:
        assert len(retypeset.attachment_data(attachment, data)) == attachment.size
    return submission


def _blocks(page: str) -> tuple[Block, ...]:
    (document,) = _read(page).documents
    return document.blocks


def _tables(page: str) -> list[Table]:
    return list(retypeset.tables(_read(page)))


@pytest.mark.cases("html/pages", 18)
def test_pages(case: Case) -> None:
    submission = _read(case.data.decode())
    assert [note for note in submission.notes if note.code in LOSS] == []
    front, rule, document = retypeset.to_markdown(submission, front_matter=False).partition("\n---\n\n")
    assert (document.partition("\n\n")[2] if rule else front).strip("\n") == case.expected


# ---------------------------------------------------------------- where things stand


def test_every_block_knows_its_lines() -> None:
    page = (
        f"{FIRST}\n<h1>\nReport</h1><p>One\n<b\nclass=x>two</b></p><p>three</p>\n<!-- no\nwords -->\n<ul><li>four</ul>"
    )
    assert _blocks(page) == (
        Heading("Report", 1, (Range(3, 3),)),
        Paragraph("One two", (Range(3, 5),)),
        Paragraph("three", (Range(5, 5),)),
        _blocks(page)[3],
    )
    assert isinstance(_blocks(page)[3], List)
    assert _blocks(page)[3].lines == (Range(8, 8),)


def test_rows_know_their_lines_and_figures_their_line() -> None:
    page = f"{FIRST}<table>\n<tr><td></td>\n<td>2001</td></tr>\n<tr>\n<td>Tons</td>\n<td>$</td>\n<td>(1,204</td><td>)"
    page += "</td>\n</tr>\n<tr><td>Men</td><td>\n\n88</td></tr></table>"
    (table,) = _tables(page)
    assert [row.lines for row in (*table.head, *table.body)] == [(Range(3, 3),), (Range(5, 7),), (Range(9, 11),)]
    assert table.lines == (Range(3, 11),)
    assert [(r.row, r.columns, r.text, r.value, r.line) for r in retypeset.records(table)] == [
        (("Tons",), ("2001",), "$ (1,204)", "-1204", 5),
        (("Men",), ("2001",), "88", "88", 9),
    ]


def test_what_is_not_shown_is_listed() -> None:
    page = "<html><head><title>Harrow 10-K</title><style>b {}</style></head><p>Text.<script>run(1)</script></p></html>"
    (document,) = _read(page).documents
    assert [(f.kind, f.text) for f in document.furniture] == [
        ("unseen", "Harrow 10-K"),
        ("unseen", "b {}"),
        ("unseen", "run(1)"),
    ]
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["Text."]


def test_items_and_amounts_of_a_page_are_found() -> None:
    page = (
        f"{FIRST}<p><b>Item 1. Business</b></p><p>Paper is made.</p><p><b>Item 2. Properties</b></p><p>Two mills.</p>"
    )
    (document,) = _read(page).documents
    section = retypeset.item(document, "2")
    assert section is not None
    assert [block.text for block in section.blocks if isinstance(block, Paragraph)] == ["Two mills."]


# ---------------------------------------------------------------- the proof

PAGE = f"""{FIRST}
<p>One two</p><p>three &amp; four</p>
<table><tr><td>Tons</td><td>12</td></tr><tr><td>Men</td><td>8</td></tr></table></body>"""


def _breaches(change: dict[str, object], n: int) -> list[tuple[str, Range | None]]:
    submission = _read(PAGE)
    (document,) = submission.documents
    blocks = list(document.blocks)
    blocks[n] = replace(blocks[n], **change)
    return [
        (note.code, note.lines)
        for note in retypeset.check(
            replace(submission, documents=(replace(document, blocks=tuple(blocks)),)), PAGE.encode()
        )
    ]


@pytest.mark.parametrize(
    ("n", "change"),
    [
        (0, {"text": "One tow"}),
        (0, {"text": "One"}),
        (0, {"text": "One two more"}),
        (1, {"text": "three & f our!"}),
        (1, {"text": "three &amp; four"}),
        (1, {"lines": (Range(3, 3),)}),
        (2, {"body": ()}),
    ],
)
def test_a_change_is_found(n: int, change: dict[str, object]) -> None:
    found = _breaches(change, n)
    assert {code for code, _ in found} <= LOSS
    assert found


def test_a_block_that_is_missing_is_found_with_its_line() -> None:
    submission = _read(PAGE)
    (document,) = submission.documents
    for n, line in ((0, 2), (2, 3)):
        blocks = (*document.blocks[:n], *document.blocks[n + 1 :])
        (note,) = retypeset.check(replace(submission, documents=(replace(document, blocks=blocks),)), PAGE.encode())
        assert note.lines == Range(line, line)


def test_lines_that_are_not_there_are_a_breach() -> None:
    assert ("partition", None) in _breaches({"lines": (Range(2, 99),)}, 0)


# ---------------------------------------------------------------- any page

TAGS = "p div b i u font table tr td th ul ol li h1 h3 br hr center blockquote sup a span pre"
_TAG = st.builds(
    lambda name, form: form.format(name),
    st.sampled_from(TAGS.split()),
    st.sampled_from(["<{}>", "</{}>", "<{} align=center>", '<{}\ncolspan="2" rowspan=3>', "<{} style='display:none'>"]),
)
_WORDS = st.sampled_from(
    [
        "Net sales",
        " 1,204 ",
        "$",
        "(98",
        ")",
        "%",
        "&nbsp;",
        "\n",
        "\n\n",
        "&#146;s",
        "&amp",
        "<",
        "2001",
        "----",
        "Item 1.",
        "(a) ",
    ]
)
_COMMENT = st.sampled_from(["<!-- x -->", "<!-- <p>\n -->", "<!doctype html>", "<?xml ?>"])


@given(st.lists(st.one_of(_TAG, _WORDS, _WORDS, _COMMENT), max_size=60))
def test_nothing_is_lost_whatever_the_nesting(pieces: list[str]) -> None:
    submission = _read(f"{FIRST}{''.join(pieces)}")
    assert [note for note in submission.notes if note.code in LOSS] == []


@given(st.lists(st.one_of(_TAG, _WORDS, _WORDS, _COMMENT), max_size=60))
def test_the_proof_hears_what_a_browser_hears(pieces: list[str]) -> None:
    page = f"{FIRST}{''.join(pieces)}<p>"  # which closes what a `<` may have begun: a browser drops it, we do not
    tree = tinyhtml5.parse(page, namespace_html_elements=False)
    heard = [text for e in tree.iter() for text in ((e.text if isinstance(e.tag, str) else None), e.tail) if text]
    assert Counter("".join("".join(heard).split())) == Counter("".join("".join(said(page.split("\n"))).split()))


@given(st.text(st.sampled_from("<>!-/?abpt&#;1 \n\"'="), max_size=80))
def test_no_string_stops_the_reader(text: str) -> None:
    _read(f"{FIRST}<p>x</p>{text}")


# ---------------------------------------------------------------- pages that mean harm


@pytest.mark.parametrize(
    "piece",
    [
        "<table><tr><td>",
        "<div>",
        "<b>",
        "<ul><li>",
        "<p>1",
        "</div>",
        "<!-- ",
        "<script>",
        "<a ",
        "<",
        "&",
        "<td>1",
        "<td colspan=99 rowspan=99>1",
        "<tr><td>a<td>1",
        "x<br>",
        "<pre>\n",
        "<li>a",
        "<hr>",
        "<span style='font-weight:bold'>x",
        "<p style='" + "a" * 50,
        "1 ",
        "<p>12</p><hr>",
    ],
)
def test_the_time_grows_with_the_page_and_no_faster(piece: str) -> None:
    page = FIRST + "<p>one</p>\n<table><tr><td>" + piece * (150_000 // len(piece))
    start = time.process_time()
    submission = retypeset.read(page.encode())
    assert time.process_time() - start < PATIENCE
    assert [note for note in submission.notes if note.code in LOSS] == []
