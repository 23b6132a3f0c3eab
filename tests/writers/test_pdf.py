"""The PDF: it holds the text, it is the same twice, it fetches nothing and prints nothing."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
import zlib
from functools import cache
from pathlib import Path

import pytest

from retypeset.model import (
    Block,
    Cell,
    Column,
    Document,
    Filer,
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
from retypeset.notes import OutputError, TemplateError
from retypeset.writers import pdf

WIDEST_TYPED = 132
PROSE = "The Company makes fasteners & adhesives, {{ 7 * 7 }} of them, and sells <none> of them abroad. "


def at(first: int, last: int | None = None) -> tuple[Range, ...]:
    return (Range(first, last or first),)


def filing() -> Submission:
    figures = tuple(
        Row((Cell(f"Segment {n}"), *(Cell(f"{n * k:,}", number=f"{n * k}") for k in (12_345, 1_234_567))), at(n + 40))
        for n in range(1, 90)
    )
    head = (Row((Cell(""), Cell("1996"), Cell("1995")), at(40)),)
    table = Table(
        (Column(), Column("right"), Column("right")), head, figures, at(40, 140), "SEGMENTS", "(in thousands)"
    )
    blocks: tuple[Block, ...] = (
        Heading("Item 1. Business", 1, at(3), "1"),
        Paragraph(PROSE * 3, at(4, 9)),
        List((ListItem("(a)", (Paragraph("Exhibits filed.", at(10)),), at(10)),), at(10)),
        Lines("1 Example Street\nAnytown", at(12, 13), "right"),
        table,
        Preformatted("Cash" + ".".rjust(WIDEST_TYPED - 9, ".") + "1,234\n" + "z" * WIDEST_TYPED, at(150, 151)),
    )
    documents = (
        Document("10-K", 1, "", "", Range(1, 160), blocks),
        Document("EX-27", 2, "", "", Range(161, 170), (Preformatted("<CASH>   12", at(165)),)),
    )
    header = Header("sec", "0000000000-97-000001", "10-K", "1997-03-31", filers=(Filer("filer", "SAMPLE & SONS INC"),))
    return Submission(Source("a.txt", 9, "ab" * 32, "ascii", 170), header, documents)


@cache
def written() -> bytes:
    return pdf.write(filing())


def poppler(program: str, *arguments: str, data: bytes, folder: Path) -> str:
    """What a program of poppler-utils says of a PDF; without the program the test is skipped, but fails in CI."""
    if shutil.which(program) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{program} is missing: apt-get install poppler-utils")
        pytest.skip(f"{program} is missing: apt-get install poppler-utils")
    file = folder / "out.pdf"
    file.write_bytes(data)
    to = ["-"] if program == "pdftotext" else []
    return subprocess.run([program, *arguments, file, *to], check=True, capture_output=True, text=True).stdout


def test_it_is_a_pdf() -> None:
    assert written().startswith(b"%PDF-")
    assert written().rstrip().endswith(b"%%EOF")


def test_every_word_of_the_filing_is_in_its_text(tmp_path: Path) -> None:
    text = poppler("pdftotext", "-raw", data=written(), folder=tmp_path)
    said = " ".join(text.split())
    for part in (
        "Item 1. Business",
        PROSE.strip(),
        "(a) Exhibits filed.",
        "1 Example Street Anytown",
        "1996 1995 Segment 1 12,345 1,234,567 Segment 2",
        "Segment 89 1,098,705 109,876,463",
        "<CASH>",
    ):
        assert part in said


def test_the_head_of_a_table_stands_on_every_page_of_it(tmp_path: Path) -> None:
    pages = poppler("pdftotext", "-raw", data=written(), folder=tmp_path).split("\f")
    long = [page for page in pages if page.count("Segment ") > 1]
    assert len(long) > 1
    assert all("1996 1995" in page for page in long)


def test_typed_text_of_132_columns_is_neither_cut_nor_wrapped(tmp_path: Path) -> None:
    text = poppler("pdftotext", "-raw", data=written(), folder=tmp_path)
    lines = text.splitlines()
    assert "z" * WIDEST_TYPED in lines
    assert "Cash" + "." * (WIDEST_TYPED - 9) + "1,234" in lines


def test_heads_folios_and_contents(tmp_path: Path) -> None:
    pages = poppler("pdftotext", "-layout", data=written(), folder=tmp_path).rstrip("\f").split("\f")
    for number, page in enumerate(pages, 1):
        assert page.rstrip().endswith(f"{number} of {len(pages)}")
        assert ("SAMPLE & SONS INC, Form 10-K" in page) == (number > 1)
    contents = [line.split() for line in pages[0].splitlines()]
    assert ["Item", "1.", "Business", "2"] in contents
    assert ["EX-27", f"{len(pages)}"] in contents


def test_it_says_what_it_is(tmp_path: Path) -> None:
    info = poppler("pdfinfo", data=written(), folder=tmp_path)
    assert "SAMPLE & SONS INC: Form 10-K, filed 1997-03-31" in info
    assert "CreationDate" not in info
    streams = re.findall(rb"stream\n(.*?)\nendstream", written(), re.DOTALL)
    assert any(b"/Lang (en)" in zlib.decompress(stream) for stream in streams if stream.startswith(b"x"))


def test_the_same_filing_gives_the_same_bytes() -> None:
    assert pdf.write(filing()) == written()


def test_our_styles_raise_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        pdf.write(filing())
    assert [record.getMessage() for record in caplog.records] == []


def test_what_weasyprint_says_of_a_style_is_logged_not_printed(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert pdf.write(filing(), style="p { colour: red }").startswith(b"%PDF-")
    assert any("colour" in record.getMessage() for record in caplog.records)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "asking",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://localhost/x.png">',
        '<img src="data:image/png;base64,AAAA">',
        '<link rel="stylesheet" href="https://localhost/x.css">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<object data="file:///etc/passwd"></object>',
        '<embed src="ftp://localhost/x">',
        '<base href="file:///etc/"><img src="passwd">',
        '<p style="background: url(file:///etc/passwd)">x',
        '<style>@import "file:///etc/passwd";</style>',
        "<style>@font-face { font-family: X; src: url(file:///etc/passwd) } p { font-family: X }</style><p>x",
        '<svg width="9" height="9"><image href="file:///etc/passwd" width="9" height="9"/></svg>',
    ],
)
def test_a_template_that_asks_for_a_url_is_refused(asking: str) -> None:
    with pytest.raises(TemplateError, match="nothing is fetched"):
        pdf.write(filing(), template=f"<!doctype html><html><body>{asking}</body></html>")


def test_a_style_that_asks_for_a_url_is_refused() -> None:
    with pytest.raises(TemplateError, match="file:///etc/passwd: nothing is fetched"):
        pdf.write(filing(), style="body { background: url(file:///etc/passwd) }")


def test_a_name_without_a_scheme_leads_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    assert pdf.write(filing(), template='<img src="/etc/passwd">x').startswith(b"%PDF-")
    assert any("/etc/passwd" in record.getMessage() for record in caplog.records)


def test_without_weasyprint_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(OutputError, match="apt-get install libpango"):
        pdf.write(filing())


def test_weasyprint_is_not_imported_before_a_pdf_is_written() -> None:
    code = "import sys, retypeset.writers.pdf; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
