"""Pandoc reads what `writers.pandoc` writes: the same text, lists that count, tables with their spans."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ROOT
from tests.writers.dialects import run_pandoc

import retypeset
from retypeset.model import (
    Block,
    Cell,
    Column,
    Document,
    Footnote,
    Header,
    Heading,
    Lines,
    List,
    ListItem,
    Paragraph,
    Preformatted,
    Range,
    Row,
    Source,
    Submission,
    Table,
)
from retypeset.writers.pandoc import write

EXAMPLES = sorted((ROOT / "examples").glob("*.txt"))
AT = (Range(3, 4), Range(7, 7))


def _submission(*blocks: Block) -> Submission:
    document = Document("10-K", 1, "", "", Range(1, 9), blocks)
    return Submission(Source("a.txt", 1, "0", "ascii", 9), Header("none"), (document,))


def _html(*blocks: Block) -> str:
    return run_pandoc(write(_submission(*blocks)).decode(), "-f", "json", "-t", "html", "--wrap=none")


def _items(*markers: str) -> List:
    return List(tuple(ListItem(marker, (Paragraph("x", AT),), AT) for marker in markers), AT)


def test_every_block() -> None:
    html = _html(
        Heading("Item 1.", 9, AT),
        Paragraph("*a* <b> & $c$", AT),
        Lines("one\ntwo", AT),
        Preformatted("a  b\n c", AT),
    )
    assert html == (
        '<h6 data-lines="3-4,7">Item 1.</h6>\n<p>*a* &lt;b&gt; &amp; $c$</p>\n'
        '<div class="line-block">one<br />\ntwo</div>\n<pre data-lines="3-4,7"><code>a  b\n c</code></pre>\n'
    )


@pytest.mark.parametrize(
    ("markers", "opened"),
    [
        (("1.", "2."), '<ol type="1">'),
        (("(3)", "(4)"), '<ol start="3" type="1">'),
        (("(a)", "(b)"), '<ol type="a">'),
        (("(h)", "(i)", "(j)"), '<ol start="8" type="a">'),
        (("(i)", "(ii)"), '<ol type="i">'),
        (("(v)",), '<ol start="22" type="a">'),
        (("1.", "3."), "<ul>"),
        (("1.", "2)"), "<ul>"),
        (("-", "-"), "<ul>"),
    ],
)
def test_lists_count_as_filed(markers: tuple[str, ...], opened: str) -> None:
    html = _html(_items(*markers))
    assert html.startswith(opened)
    assert ("<p>x" in html) == (opened != "<ul>" or markers[0] == "-")


def test_tables_keep_heads_spans_alignment_and_notes() -> None:
    head = (Row((Cell(""), Cell("Year", colspan=2)), AT), Row((Cell(""), Cell("1996"), Cell("1995")), AT))
    body = (Row((Cell("Net (1)"), Cell("12"), Cell("(3)")), AT),)
    columns = (Column(), Column("right"), Column("right"))
    html = _html(Table(columns, head, body, AT, footnotes=(Footnote("(1)", "Restated.", AT),)))
    assert '<table data-lines="3-4,7">' in html
    assert '<th colspan="2" style="text-align: right;">Year</th>' in html
    assert '<td style="text-align: right;">(3)</td>' in html
    assert html.endswith("</table>\n<p>(1) Restated.</p>\n")
    assert _html(Table(columns, head, body, AT, text="as  filed")).startswith("<pre")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_text_of_an_example_is_all_there(path: Path) -> None:
    submission = retypeset.read(path)
    made = run_pandoc(write(submission).decode(), "-f", "json", "-t", "json")
    assert json.loads(made)["pandoc-api-version"][:2] == [1, 23]
    assert _words(json.loads(made)["blocks"]) == _words(json.loads(write(submission))["blocks"])
    plain = " ".join(run_pandoc(write(submission).decode(), "-f", "json", "-t", "plain", "--wrap=none").split())
    for document in submission.documents:
        for block in document.blocks:
            if isinstance(block, Heading | Paragraph):
                assert " ".join(block.text.split()) in plain


def _words(node: Any) -> list[str]:
    if isinstance(node, list):
        return [word for inner in node for word in _words(inner)]
    if isinstance(node, dict):
        return [node["c"]] if node.get("t") == "Str" else [word for inner in node.values() for word in _words(inner)]
    return []


@pytest.mark.parametrize("form", ["docx", "epub", "odt", "latex"])
def test_pandoc_makes_what_people_open(form: str, tmp_path: Path) -> None:
    target = tmp_path / f"filing.{form}"
    run_pandoc(write(retypeset.read(EXAMPLES[0])).decode(), "-f", "json", "-t", form, "-s", "-o", str(target))
    data = target.read_bytes()
    if form == "latex":
        assert rb"\begin{longtable}" in data
    else:
        assert zipfile.ZipFile(BytesIO(data)).testzip() is None
