"""The HTML page: what it is made of, that no character of the model is lost on it, and what a user may change."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from retypeset.model import (
    Attachment,
    Block,
    Cell,
    Column,
    Document,
    Filer,
    Footnote,
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
    Row,
    Source,
    Submission,
    Table,
)
from retypeset.notes import RetypesetError, TemplateError
from retypeset.resources import resource
from retypeset.writers import html

from .said import solid, texts

HOSTILE = "<script>alert(1)</script> {{ 7 * 7 }} {% raw %} &lt; &amp; <!-- </section> ]]> 'a' \"b\""


def at(first: int, last: int | None = None) -> tuple[Range, ...]:
    return (Range(first, last or first),)


def document(*blocks: Block, pages: tuple[Page, ...] = (), sequence: int = 1, notes: tuple[Note, ...] = ()) -> Document:
    return Document("10-K", sequence, "d10k.txt", "ANNUAL REPORT", Range(1, 99), blocks, pages=pages, notes=notes)


def submission(
    *documents: Document, notes: tuple[Note, ...] = (), attachments: tuple[Attachment, ...] = ()
) -> Submission:
    filers = (Filer("filer", "SAMPLE & SONS INC", cik="0000000042"),)
    header = Header("sec", "0000000000-97-000001", "10-K", "1997-03-31", "1996-12-31", filers=filers)
    return Submission(Source("a.txt", 1234, "ab" * 32, "ascii", 99), header, documents, attachments, (), notes)


def main_of(*blocks: Block, pages: tuple[Page, ...] = ()) -> str:
    """The blocks of a submission of one document, as written."""
    page = html.write(submission(document(*blocks, pages=pages)))
    return (
        page.partition("</header>\n")[2].partition("<main")[2].partition("</header>\n")[2].partition("\n</section>")[0]
    )


STATEMENT = Table(
    columns=(Column(), Column("right"), Column("right")),
    head=(
        Row((Cell("", rowspan=2), Cell("Year ended", colspan=2)), at(40)),
        Row((Cell("1996"), Cell("1995")), at(41)),
    ),
    body=(
        Row((Cell("Costs:"), Cell(""), Cell("")), at(42), "section"),
        Row((Cell("Labour (1)", rowspan=2), Cell("1,234", number="1234"), Cell("--", nil=True)), at(43), level=1),
        Row((Cell("(5)", number="-5"), Cell("7", number="7")), at(44), level=9),
        Row((Cell("Total"), Cell("1,229", number="1229"), Cell("7", number="7")), at(45, 46), "total"),
    ),
    lines=at(38, 46),
    caption="STATEMENT OF COSTS\nAnytown",
    unit="(in thousands)",
    footnotes=(Footnote("(1)", "Restated.", at(48)),),
)

EVERYTHING: tuple[Block, ...] = (
    Heading("PART I", 1, at(3)),
    Heading("Item 7A. Risk", 2, at(4), "7A"),
    Paragraph("Running text.", (Range(5, 9), Range(12, 12))),
    List(
        (
            ListItem("(a)", (Paragraph("First.", at(14)), Paragraph("Further.", at(15))), at(14, 15)),
            ListItem("(b)", (List((ListItem("o", (Paragraph("Nested.", at(16)),), at(16)),), at(16)),), at(16)),
        ),
        at(14, 16),
    ),
    Lines("1 Example Street\nAnytown", at(20, 21), "center"),
    Lines("Date: May 1", at(22), "right"),
    Preformatted("\n  a   b\n  c   d", at(24, 26)),
    STATEMENT,
)


class Reader(HTMLParser):
    """Reads a page back: elements with their attributes, whether they nest, and the text that was filed."""

    VOID = frozenset({"br", "meta", "col"})
    OWN = frozenset({"header", "nav", "aside", "footer", "title", "style"})

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.filed: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)
        if "main" in self._open and not self.OWN & set(self._open):
            self.filed.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.OWN & set(self._open):
            self.text += data

    def values(self, name: str) -> list[str]:
        return [value for _, attributes in self.elements if (value := attributes.get(name)) is not None]


# ---------------------------------------------------------------- the page


def test_the_page_is_whole_and_says_what_it_is() -> None:
    page = html.write(submission(document(*EVERYTHING)))
    assert page.startswith('<!doctype html>\n<html lang="en">\n')
    assert "<title>SAMPLE &amp; SONS INC: Form 10-K, filed 1997-03-31</title>" in page
    assert resource("styles", "screen.css") in page
    title_block = page[page.index("<header") : page.index("</header>")]
    for said in ("10-K", "1997-03-31", "1996-12-31", "0000000000-97-000001", "CIK 0000000042"):
        assert f">{said}</dd>" in title_block or f", {said}</dd>" in title_block


def test_a_page_may_link_its_style_sheet() -> None:
    page = html.write(submission(document(*EVERYTHING)), stylesheet='a/"b".css', style="p { color: red }")
    assert '<link rel="stylesheet" href="a/&#34;b&#34;.css">' in page
    assert resource("styles", "screen.css") not in page
    assert page.count("<style>") == 1
    assert "p { color: red }" in page


def test_no_url_leads_out_of_the_page() -> None:
    reader = Reader(html.write(submission(document(*EVERYTHING))))
    assert reader.values("href")
    assert all(link.startswith("#") for link in reader.values("href"))
    assert not reader.values("src")
    assert not re.search(r"url\(|@import|https?:", html.write(submission(document(*EVERYTHING))))


def test_a_section_for_each_document_named_in_a_header_of_its_own() -> None:
    page = html.write(submission(document(Paragraph("One.", at(2))), document(Paragraph("Two.", at(3)), sequence=2)))
    assert '<section id="document-1" aria-label="10-K" data-lines="1-99">' in page
    assert '<section id="document-2"' in page
    assert "Document 2 · d10k.txt · ANNUAL REPORT" in page
    assert Reader(page).text.split() == ["One.", "Two."]


def test_a_bare_document_has_a_page_too() -> None:
    bare = Document("", 0, "", "", Range(1, 1), (Paragraph("Text.", at(1)),))
    page = html.write(Submission(Source("", 5, "00" * 32, "ascii", 1), Header("none"), (bare,)))
    assert "<title>Filing</title>" in page
    assert "<nav" not in page
    assert Reader(page).text.split() == ["Text."]


def test_no_document_at_all() -> None:
    assert "<main" in html.write(submission())


def test_contents_link_documents_and_headings() -> None:
    reader = Reader(html.write(submission(document(*EVERYTHING), document(*EVERYTHING, sequence=2))))
    ids = reader.values("id")
    assert len(ids) == len(set(ids))
    links = [link[1:] for link in reader.values("href")]
    assert set(links) <= set(ids)
    assert links[1:7] == ["document-1", "part-i", "item-7a", "document-2", "part-i-2", "item-7a-2"]


def test_a_document_that_is_an_attachment_says_so() -> None:
    files = tuple(Attachment(name, "image/jpeg", 9, "cd" * 32, "uuencode", 2, Range(60, 80)) for name in ("a.jpg", ""))
    page = html.write(submission(document(Paragraph("One.", at(2))), document(sequence=2), attachments=files))
    first, second = page.split("<section ")[1:]
    assert "Kept as an attachment" not in first
    assert "Kept as an attachment: a.jpg</p>\n<p class" in second
    assert "Kept as an attachment: without a name</p>" in second
    assert Reader(page).text.split() == ["One."]


def test_folders_of_the_source_are_not_published() -> None:
    source = Source("C:/users/someone/in\\box/a.txt", 5, "00" * 32, "ascii", 1)
    page = html.write(Submission(source, Header("none"), ()))
    assert "<title>a.txt</title>" in page
    assert "Made from a.txt:" in page
    assert "someone" not in page


def test_attachments_and_notes_stand_aside() -> None:
    file = Attachment("logo.jpg", "image/jpeg", 4321, "cd" * 32, "uuencode", 1, Range(60, 80))
    noted = document(Paragraph("Text.", at(2)), notes=(Note("unclosed", "</TEXT> is missing.", Range(99, 99)),))
    page = html.write(submission(noted, notes=(Note("tabs", "Tabs."),), attachments=(file,)))
    aside = page[page.index("<aside") : page.index("</aside>")]
    assert '<li data-lines="60-80"><b>logo.jpg</b> image/jpeg, 4,321 bytes' in aside
    assert "<code>tabs</code> Tabs.</li>" in aside
    assert "<code>unclosed</code> &lt;/TEXT&gt; is missing. <small>(10-K, line 99)</small>" in aside
    assert Reader(page).text.split() == ["Text."]


# ---------------------------------------------------------------- blocks


def test_everything_of_the_model_is_on_the_page_and_nothing_else() -> None:
    reader = Reader(html.write(submission(document(*EVERYTHING))))
    assert solid(reader.text) == solid("".join(texts(EVERYTHING)))


def test_every_block_item_and_row_knows_its_lines() -> None:
    blocks = {"section", "p", "h2", "h3", "ul", "li", "pre", "table", "tr"}
    reader = Reader(html.write(submission(document(*EVERYTHING))))
    found = [(tag, attributes.get("data-lines")) for tag, attributes in reader.filed if tag in blocks]
    assert {tag for tag, _ in found} == blocks
    assert all(lines and re.fullmatch(r"\d+(-\d+)?(,\d+(-\d+)?)*", lines) for _, lines in found)
    assert ("p", "5-9,12") in found
    assert ("tr", "45-46") in found


@pytest.mark.parametrize(("level", "tag"), [(0, "h2"), (1, "h2"), (3, "h4"), (5, "h6"), (9, "h6")])
def test_headings_begin_below_the_title_of_the_page(level: int, tag: str) -> None:
    written = main_of(Heading("A & B", level, at(3))).replace(' aria-level="2"', "")
    assert written == f'<{tag} id="a-b" data-lines="3">A &amp; B</{tag}>'


def test_who_hears_the_headings_skips_no_level() -> None:
    levels = (3, 1, 4, 4, 2, 5, 6, 7, 8, 9, 1)
    written = main_of(*(Heading("A & B", level, at(3)) for level in levels))
    found = re.findall(r'<h(\d) id="[^"]*"(?: aria-level="(\d)")?', written)
    assert "".join(shown for shown, _ in found) == "42553666662"
    assert "".join(heard or shown for shown, heard in found) == "22333456782"


def test_a_heading_without_letters_has_an_id() -> None:
    assert 'id="heading"' in main_of(Heading("§ —", 1, at(3)))


def test_a_heading_cannot_take_an_id_of_the_page() -> None:
    assert 'id="contents-2"' in main_of(Heading("Contents", 1, at(3)))


def test_the_lines_of_lines_are_parted() -> None:
    assert main_of(Lines("a\n\nb", at(3, 5))) == '<p class="lines" data-lines="3-5">a<br>\n<br>\nb</p>'
    assert main_of(Lines("a", at(3), "right")) == '<p class="lines right" data-lines="3">a<br></p>'


def test_typed_text_keeps_its_blanks_its_first_line_feed_and_its_width() -> None:
    written = main_of(Preformatted("\n  a  b\n" + 100 * "c", at(3, 5)))
    assert written.startswith('<pre data-lines="3-5" class="wide" style="--columns:100" tabindex="0">\n\n  a  b\nccc')


def test_the_marker_stands_in_the_item_before_its_text() -> None:
    item = ListItem("(a)", (Paragraph("Text.", at(3)), Paragraph("More.", at(4))), at(3, 4))
    assert main_of(List((item,), at(3, 4))) == (
        '<ul class="items" data-lines="3-4">\n'
        '<li data-lines="3-4"><span class="marker">(a)</span> <span data-lines="3">Text.</span>\n'
        '<p data-lines="4">More.</p></li>\n</ul>'
    )


def test_an_item_of_lines_and_one_without_marker() -> None:
    items = (ListItem("(b)", (Lines("a\nb", at(3, 4)),), at(3, 4)), ListItem("", (Paragraph("c", at(5)),), at(5)))
    written = main_of(List(items, at(3, 5)))
    assert '<span class="marker">(b)</span> a<br>\nb</li>' in written
    assert '<li class="unmarked" data-lines="5">c</li>' in written


# ---------------------------------------------------------------- tables


def test_a_table_has_a_name_head_scopes_and_kinds_of_rows() -> None:
    written = main_of(STATEMENT)
    for part in (
        '<table data-lines="38-46" aria-label="STATEMENT OF COSTS Anytown">\n<colgroup>',
        '<td rowspan="2"></td><th scope="col" class="center" colspan="2">Year ended</th>',
        '<tr data-lines="41"><th scope="col" class="right">1996</th><th scope="col" class="right">1995</th></tr>',
        '<tr class="section" data-lines="42"><th scope="row">Costs:</th><td></td><td></td></tr>',
        '<th scope="row" rowspan="2">Labour <a id="reference-48" href="#note-48" role="doc-noteref">(1)</a></th>'
        '<td class="right">1,234</td><td class="right">--</td>',
        '<tr class="level-6" data-lines="44"><td class="right">(5)</td><td class="right">7</td></tr>',
        '<tr class="total" data-lines="45-46"><th scope="row">Total</th>',
        '</table>\n</div>\n<p id="note-48" class="footnote" data-lines="48">'
        '<a href="#reference-48" role="doc-backlink" class="marker">(1)</a> Restated.</p>',
    ):
        assert part in written


def test_the_full_name_of_a_tag_is_its_title() -> None:
    table = Table((Column(),), (), (Row((Cell("<CASH>", name='Cash "and" items'),), at(1)),), at(1))
    assert '<td title="Cash &quot;and&quot; items">&lt;CASH&gt;</td>' in main_of(table)


def test_column_widths_come_from_the_text() -> None:
    columns = (Column(), Column("right"))
    rows = (Row((Cell("x" * 200), Cell("1,234,567,890", number="1234567890")), at(4)),)
    head = (Row((Cell("Name"), Cell("Thousands of dollars")), at(3)),)
    written = main_of(Table(columns, head, rows, at(3, 4)))
    assert "--characters:53" in written
    assert '<colgroup><col style="--width:71.7%"><col style="--width:28.3%"></colgroup>' in written


def test_what_only_repeats_the_text_is_not_written_again() -> None:
    heading = Heading("Costs & wages", 1, at(2))
    written = main_of(heading, replace(STATEMENT, caption="Costs & wages", unit="(in thousands)"))
    assert 'aria-labelledby="costs-wages"' in written
    assert written.count("Costs &amp; wages") == 1
    assert "in thousands" not in written


def noted(text: str, *marks: str) -> Table:
    """A table of one cell, and a note for each mark."""
    notes = tuple(Footnote(mark, "Note.", at(n)) for n, mark in enumerate(marks, 8))
    return Table((Column(),), (), (Row((Cell(text),), at(7)),), at(7), footnotes=notes)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Sales*", 'Sales<a id="reference-8" href="#note-8" role="doc-noteref">*</a>'),
        ("Sales**", "Sales**"),
        ("(a) Sales", "(a) Sales"),
        ("Sales (b)", "Sales (b)"),
        (
            "<Sales> (a) (a,*)",
            '&lt;Sales&gt; <a id="reference-9" href="#note-9" role="doc-noteref">(a)</a> (a,'
            '<a id="reference-8" href="#note-8" role="doc-noteref">*</a>)',
        ),
        (
            "Sales (a,b)(a)",
            'Sales (<a id="reference-9" href="#note-9" role="doc-noteref">a</a>,b)'
            '<a href="#note-9" role="doc-noteref">(a)</a>',
        ),
    ],
)
def test_cells_lead_to_footnotes(text: str, cell: str) -> None:
    assert f"<td>{cell}</td>" in main_of(noted(text, "*", "(a)"))


def test_texts_lead_to_footnotes() -> None:
    notes = (
        Footnote("*", "Of 1996.", at(4), referred=at(1) + at(2, 3)),
        Footnote("*", "Filed.", at(8), referred=at(7)),
    )
    item = ListItem("1.", (Paragraph("Bylaws*", at(7)), notes[1]), at(7, 8))
    written = main_of(Heading("Sales*", 1, at(1)), Paragraph("A* B*", at(2, 3)), notes[0], List((item,), at(7, 8)))
    assert 'Sales<a id="reference-4" href="#note-4" role="doc-noteref">*</a></h2>' in written
    assert written.count('<a href="#note-4" role="doc-noteref">*</a>') == 2
    assert '<p id="note-4" class="footnote" data-lines="4"><a href="#reference-4" role="doc-backlink"' in written
    assert 'Bylaws<a id="reference-8" href="#note-8" role="doc-noteref">*</a>' in written


def test_text_that_no_footnote_names_is_no_link() -> None:
    written = main_of(Paragraph("A* B(1)", at(1)), Footnote("*", "Of 1996.", at(4), referred=at(3)))
    assert "A* B(1)</p>" in written
    assert '<p id="note-4" class="footnote" data-lines="4"><span class="marker">*</span> Of 1996.</p>' in written


def test_tables_in_a_row_share_the_footnotes_below_the_last() -> None:
    written = main_of(noted("Sales (1)"), noted("Costs (1)", "(1)"), Paragraph("Text.", at(9)), noted("Wages (1)"))
    assert written.count('href="#note-8"') == 2
    assert written.count('id="reference-8"') == 1
    assert "<td>Wages (1)</td>" in written


def test_a_footnote_that_no_cell_names_is_no_link() -> None:
    written = main_of(noted("Sales", "(1)", ""))
    assert '<p id="note-8" class="footnote" data-lines="8"><span class="marker">(1)</span> Note.</p>' in written
    assert '<p class="footnote" data-lines="9">Note.</p>' in written


def test_a_mark_that_stood_close_to_its_note_stays_there() -> None:
    table = replace(noted("Sales"), footnotes=(Footnote("*", "Restated.", at(8), apart=False),))
    assert '<span class="marker">*</span>Restated.</p>' in main_of(table)


def test_a_note_may_have_several_marks() -> None:
    written = main_of(noted("1,204<F2>", "<F1> <F2>"))
    assert '1,204<a id="reference-8" href="#note-8" role="doc-noteref">&lt;F2&gt;</a>' in written
    assert '<a href="#reference-8" role="doc-backlink" class="marker">&lt;F1&gt; &lt;F2&gt;</a> Note.</p>' in written


def test_equal_footnotes_have_ids_of_their_own() -> None:
    table = noted("Sales (1)", "(1)", "(1)")
    ids = Reader(html.write(submission(document(table, table)))).values("id")
    assert len(ids) == len(set(ids))


def test_a_row_of_one_cell_is_no_row_of_heads() -> None:
    row = Row((Cell("Assets", colspan=2),), at(3), "section")
    assert '<td colspan="2">Assets</td>' in main_of(Table((Column(), Column()), (), (row,), at(3)))


def test_a_table_that_is_not_to_be_trusted_is_shown_as_it_was_filed() -> None:
    written = main_of(replace(noted("Sales (1)", "(1)"), confidence=0.5, text="a <  b"))
    assert '<pre data-lines="7" style="--columns:6" tabindex="0">a &lt;  b</pre>\n<p id="note-8"' in written
    assert "<table" not in written


# ---------------------------------------------------------------- pages of the original


def test_a_page_is_marked_before_the_first_thing_that_begins_on_it() -> None:
    items = tuple(ListItem("o", (Paragraph(f"i{n}", at(n)),), at(n)) for n in (10, 12))
    rows = tuple(Row((Cell(f"r{n}"), Cell("b")), at(n)) for n in (20, 22))
    blocks = (Paragraph("p", at(1, 5)), List(items, at(10, 12)), Table((Column(), Column()), (), rows, at(20, 22)))
    starts = (("1", 1), ("2", 3), ("3", 11), ("F-4", 21), ("", 30), ("6", 31))
    written = main_of(*blocks, pages=tuple(Page(label, line) for label, line in starts))
    order = re.findall(r'id="(page-[^"]+)"|[> ](p|i10|i12|r20|r22)<', written)
    assert [a or b for a, b in order] == [
        *("page-1", "p", "page-2", "i10", "page-3", "i12"),
        *("r20", "page-f-4", "r22", "page-at-line-30", "page-6"),
    ]
    assert '<li data-lines="12"><a id="page-3"' in written
    assert '<th scope="row"><a id="page-f-4"' in written


def test_labels_of_pages_are_not_words_of_the_text_and_their_ids_are_unique() -> None:
    one = document(Paragraph("p", at(5)), pages=(Page("77", 2), Page("77", 3)))
    reader = Reader(html.write(submission(one, one)))
    assert reader.text.split() == ["p", "p"]
    assert reader.values("data-label") == ["77"] * 4
    assert [id_ for id_ in reader.values("id") if id_.startswith("page")] == [
        "page-77",
        *(f"page-77-{n}" for n in (2, 3, 4)),
    ]


def test_a_label_cannot_break_out_of_its_attribute() -> None:
    reader = Reader(html.write(submission(document(Paragraph("p", at(5)), pages=(Page('"><b>', 2),)))))
    assert reader.values("data-label") == ['"><b>']


# ---------------------------------------------------------------- any text


def hostile_blocks(text: str) -> tuple[Block, ...]:
    row = Row((Cell(text), Cell(text)), at(3))
    return (
        Heading(text, 1, at(3), text),
        Paragraph(text, at(3)),
        Lines(text, at(3)),
        Preformatted(text, at(3)),
        List((ListItem(text, (Paragraph(text, at(3)), Lines(text, at(3))), at(3)),), at(3)),
        Table((Column(), Column()), (row,), (row,), at(3), text, "", (Footnote(text, text, at(3)),)),
        Footnote(text, text, at(3), referred=at(3)),
    )


def test_markup_in_a_filing_is_text() -> None:
    blocks = hostile_blocks(HOSTILE)
    filing = Document(HOSTILE, 1, HOSTILE, HOSTILE, Range(1, 9), blocks, notes=(Note("tabs", HOSTILE),))
    page = html.write(submission(filing))
    assert "<script" not in page
    assert "49" not in page.partition("<main")[2].partition("</main>")[0]
    assert solid(Reader(page).text) == solid("".join(texts(blocks)))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=40))
def test_any_text_comes_back(text: str) -> None:
    blocks = hostile_blocks(text)
    assert solid(Reader(html.write(submission(document(*blocks)))).text) == solid("".join(texts(blocks)))


# ---------------------------------------------------------------- templates and styles of the user


def test_a_template_takes_the_place_of_ours() -> None:
    own = "<p>{{ title }}</p>{% for section in sections %}{{ section.html }}{% endfor %}{{ submission.source.name }}"
    page = html.write(submission(document(Paragraph("<x>", at(3)))), template=own)
    title = "<p>SAMPLE &amp; SONS INC: Form 10-K, filed 1997-03-31</p>"
    assert page == f'{title}<p data-lines="3">&lt;x&gt;</p>a.txt'


def test_a_template_may_extend_ours() -> None:
    own = '{% extends "document.html.j2" %}{% block footer %}<footer>Ours</footer>{% endblock %}'
    page = html.write(submission(document(Paragraph("x", at(3)))), template=own)
    assert "<footer>Ours</footer>" in page
    assert "Made from" not in page
    assert "<main" in page


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("a\n{% for %}", "line 2 of the template: "),
        ("a\n\n{{ nothing }}", "line 3 of the template: 'nothing' is undefined"),
        ("a\n{{ 1 / 0 }}", "line 2 of the template: division by zero"),
        ("{{ title.nothing }}", "line 1 of the template: "),
        ("\n{% include 'absent.html' %}", "line 2 of the template: .*absent.html"),
        ("{% include '../pyproject.toml' %}", "line 1 of the template: "),
        ("{{ ''.__class__.__mro__ }}", "line 1 of the template: .*unsafe"),
    ],
)
def test_a_template_that_cannot_be_used_is_told_with_its_line(template: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        html.write(submission(document()), template=template)


def test_a_style_follows_ours() -> None:
    page = html.write(submission(document()), style="p { color: red }")
    assert page.index(resource("styles", "screen.css")) < page.index("p { color: red }") < page.index("</head>")


def test_a_style_is_a_style() -> None:
    with pytest.raises(TemplateError, match="</style"):
        html.write(submission(document()), style="p {}</STYLE><script>")


# ---------------------------------------------------------------- resources


@pytest.mark.parametrize("name", ["absent.css", "../pyproject.toml", "", ".", "/etc/passwd"])
def test_only_what_is_shipped_is_found(name: str) -> None:
    with pytest.raises(RetypesetError, match="is not among the files of this installation"):
        resource("styles", name)


def test_jinja2_is_not_imported_before_a_page_is_written() -> None:
    code = "import sys, retypeset.writers.html; sys.exit('jinja2' in sys.modules or 'markupsafe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ---------------------------------------------------------------- time


def test_ten_thousand_headings_of_one_name_and_as_many_pages() -> None:
    headings = tuple(Heading("Continued", 1, at(n)) for n in range(1, 10_001))
    pages = tuple(Page("1", n) for n in range(1, 10_001))
    start = time.process_time()
    page = html.write(submission(document(*headings, pages=pages)))
    assert 'id="continued-10000"' in page
    assert time.process_time() - start < 5
