"""The PDF: it holds the text, it is the same twice, it fetches nothing and prints nothing."""

from __future__ import annotations

import gc
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
from msgspec.structs import replace

from retypeset import read
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
    Page,
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

from .said import solid, texts

WIDEST_TYPED = 132
MARGIN = 56  # points
PROSE = "The Company makes fasteners & adhesives, {{ 7 * 7 }} of them, and sells <none> of them abroad. "


def at(first: int, last: int | None = None) -> tuple[Range, ...]:
    return (Range(first, last or first),)


def document(*blocks: Block) -> Document:
    return Document("10-K", 1, "", "", Range(1, 160), blocks)


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
        document(*blocks),
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
    for line in (
        "Title: SAMPLE & SONS INC: Form 10-K, filed 1997-03-31",
        "Author: SAMPLE & SONS INC",
        "Subject: Form 10-K of SAMPLE & SONS INC, filed with the SEC on 1997-03-31, accession number 0000",
        "Keywords: Form 10-K",
        "Tagged: yes",
    ):
        assert line in " ".join(info.split())
    assert re.search(r"CreationDate: +Mon Mar 31 .*1997", info)
    streams = re.findall(rb"stream\n(.*?)\nendstream", written(), re.DOTALL)
    assert any(b"/Lang (en)" in zlib.decompress(stream) for stream in streams if stream.startswith(b"x"))


SOURCE = b"-----BEGIN\r\n\x92 as filed\x00"


@cache
def with_source() -> bytes:
    return pdf.write(filing(), source=SOURCE)


def test_the_text_that_was_filed_is_attached(tmp_path: Path) -> None:
    assert poppler("pdfdetach", "-list", data=written(), folder=tmp_path).startswith("0 embedded files")
    poppler("pdfdetach", "-saveall", "-o", f"{tmp_path}", data=with_source(), folder=tmp_path)
    assert (tmp_path / "a.txt").read_bytes() == SOURCE
    assert pdf.write(filing(), source=SOURCE) == with_source()


def failures(data: bytes) -> list[str]:
    """The rules of PDF/UA-1 that a PDF breaks."""
    import page

    report = page.validate_pdf_bytes(data, profile="ua1")
    assert report.is_compliant == (not report.failures)
    return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]


EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.txt"))


@cache
def example(path: Path) -> tuple[Submission, bytes]:
    submission = read(path)
    return submission, pdf.write(submission)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_readers_aloud_are_served(path: Path) -> None:
    assert failures(example(path)[1]) == []


def test_readers_aloud_are_served_with_the_source_and_odd_tables() -> None:
    assert failures(with_source()) == []
    figures = tuple(Row(tuple(Cell(text) for text in row), at(n)) for n, row in enumerate(("ab", ["", "c"], "1d"), 3))
    spanned = Row((Cell("x", rowspan=2), Cell("y")), at(7)), Row((Cell("z"),), at(8))
    head = Row((Cell(""), Cell("")), at(2))
    columns = (Column(), Column("right"))
    tables = (Table(columns, (), figures, at(3, 5)), Table(columns, (head,), spanned, at(7, 8)))
    assert failures(pdf.write(replace(filing(), documents=(document(*tables),)))) == []


def body_of(data: bytes, folder: Path) -> str:
    """The text of a PDF, less what stands outside of the text: running heads, folios, labels of pages."""
    # Points: the page without its upper and lower margin, and from 1 mm left of the text.
    area = ["-x", "54", "-y", "60", "-W", "800", "-H", "675"]
    return poppler("pdftotext", "-raw", *area, data=data, folder=folder)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_text_of_the_pdf_is_the_text_of_the_model(path: Path, tmp_path: Path) -> None:
    submission, data = example(path)
    found = solid(body_of(data, tmp_path))
    at = found.index(solid(submission.header.filers[0].name))
    said = [solid(text) for document in submission.documents for text in texts(document.blocks)]
    assert len(said) > 100
    assert [text for text in said if text not in found[at:]] == []


def test_labels_of_the_original_pages_stand_in_the_margin(tmp_path: Path) -> None:
    blocks = (Paragraph(PROSE, at(3)), Paragraph(PROSE, at(9)))
    labelled = replace(document(*blocks), pages=(Page("F-17", 8),))
    data = pdf.write(replace(filing(), documents=(labelled,)))
    margin = ["-x", "0", "-y", "0", "-W", "160", "-H", "800", "-r", "72", "-l", "1"]
    assert "F-17" in poppler("pdftotext", *margin, data=data, folder=tmp_path).split()


def wide(columns: int) -> Table:
    row = Row((Cell("Region"), *(Cell("1,234,567,890", number="1234567890") for _ in range(columns))), at(3))
    return Table((Column(), *[Column("right")] * columns), (), (row,) * 3, at(3, 5))


def test_tables_fit_or_stand_on_a_page_that_is_turned(tmp_path: Path) -> None:
    blocks = tuple(block for n in (2, 6, 9) for block in (wide(n), Paragraph(PROSE, at(9))))
    data = pdf.write(replace(filing(), documents=(document(*blocks),)))
    pages = poppler("pdftotext", "-bbox", data=data, folder=tmp_path).split("<page ")[1:]
    count, turned = 0, []
    for page in pages:
        width, height = map(float, re.findall(r'(?:width|height)="([\d.]+)"', page)[:2])
        turned.append(width > height)
        figures = re.findall(r'xMin="([\d.]+)" .*?xMax="([\d.]+)" .*?>1,234', page)
        assert all(float(left) > MARGIN and float(right) < width - MARGIN for left, right in figures)
        count += len(figures)
    assert turned == [False, True, False]
    assert count == 3 * (2 + 6 + 9)


def test_the_fonts_are_looked_up_once_for_a_batch() -> None:
    pdf.write(filing())
    before = pdf._fonts.cache_info()
    pdf.write(filing())
    pdf.write(filing(), style="p { color: red }")
    after = pdf._fonts.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 1)


def test_the_pace_of_collections_is_as_before() -> None:
    before = gc.get_threshold()
    pdf.write(filing())
    assert gc.get_threshold() == before


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
