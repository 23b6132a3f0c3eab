"""What `writers.markdown` writes, a CommonMark parser reads back: the same blocks, the same text, the same cells.

The reader below turns the tokens of markdown-it-py into plain tuples and refuses every token that the writer never
means: emphasis, links, inline code, thematic breaks. `check` lays them beside the model.
"""

from __future__ import annotations

import doctest
from collections.abc import Callable, Iterable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from tests.writers.dialects import cmark, leaves, pandoc, said

import retypeset
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
    Page,
    Paragraph,
    Preformatted,
    Range,
    Row,
    Source,
    Submission,
    Table,
)
from retypeset.writers import escaping
from retypeset.writers.markdown import blocks, write
from retypeset.writers.markdown_tables import WIDEST

if TYPE_CHECKING:
    from tests.conftest import Case

AT = (Range(1, 1),)
# Every extension that could misread a filing is at work.
PARSER = MarkdownIt("commonmark", {"maxNesting": 1000}).enable(["table", "strikethrough"])
PARSER.use(front_matter_plugin).use(footnote_plugin)

Read = tuple[Any, ...]


# ---------------------------------------------------------------- the reader


def read(text: str) -> list[Read]:
    """Read Markdown into tuples whose first member is the kind of block."""
    return [_block(node) for node in _tree(text)]


def _tree(text: str) -> list[SyntaxTreeNode]:
    # Blocks alone never stand on the first line of a file, where a list of dashes would be taken for front matter.
    return SyntaxTreeNode(PARSER.parse(text if text.startswith("---\n") else f"\n{text}")).children


def _block(node: SyntaxTreeNode) -> Read:
    match node.type:
        case "heading":
            return ("heading", int(node.tag[1:]), _text(node))
        case "paragraph":
            text = _text(node)
            return ("lines" if "\n" in text else "paragraph", text)
        case "fence":
            assert node.info == ""
            return ("preformatted", node.content.removesuffix("\n"))
        case "bullet_list":
            return (
                "list",
                node.children[0].markup,
                [[_block(part) for part in item.children] for item in node.children],
            )
        case "table":
            rows = [row for part in node.children for row in part.children]
            aligns = [str(cell.attrs.get("style", "")).removeprefix("text-align:") for cell in rows[0].children]
            return ("pipes", aligns, [[_text(cell) for cell in row.children] for row in rows])
        case "html_block":
            return ("grid", *_Grid(node.content).groups)
        case other:
            raise AssertionError(f"{other} was not meant: {node.pretty()}")


def _text(node: SyntaxTreeNode) -> str:
    parts = []
    for inline in node.children:
        for child in inline.children:
            assert child.type in {"text", "hardbreak"}, f"{child.type} was not meant in {inline.content!r}"
            parts.append("\n" if child.type == "hardbreak" else child.content)
    return "".join(parts)


class _Grid(HTMLParser):
    """The rows of an HTML table: head and body, each cell as (tag, text, colspan, rowspan, align)."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.groups: tuple[list[Any], list[Any]] = ([], [])
        self._cell: list[Any] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"thead", "tbody"}:
            self._rows = self.groups[tag == "tbody"]
        elif tag == "tr":
            self._rows.append([])
        elif tag in {"th", "td"}:
            stated = dict(attrs)
            spans = [int(stated.get(name) or 1) for name in ("colspan", "rowspan")]
            self._cell = [tag, "", *spans, stated.get("align", "left")]
        else:
            assert tag == "table"

    def handle_data(self, data: str) -> None:
        if self._cell:
            self._cell[1] += data
        else:
            assert not data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag in {"th", "td"}:
            self._rows[-1].append(tuple(self._cell))
            self._cell = []


# ---------------------------------------------------------------- what the model says must be read


def check(found: list[Read], content: Iterable[Block], shift: int = 0) -> None:
    """Fail unless `found` is what `content` says, block by block, and nothing else."""
    rest = iter(found)
    for block in content:
        if isinstance(block, List):
            items = [item for item in block.items if _says(item)]
            if items:
                kind, bullet, parts = next(rest)
                assert (kind, len(parts)) == ("list", len(items))
                for part, item in zip(parts, items, strict=True):
                    _check_item(part, bullet, item, shift)
        else:
            for expected in _expected(block, shift):
                assert next(rest) == expected
    assert list(rest) == []


def _check_item(part: list[Read], bullet: str, item: ListItem, shift: int) -> None:
    """The marker is the bullet itself, or it opens the text of the item."""
    is_bullet = item.marker == bullet and any(map(_says, item.blocks))
    if is_bullet or not item.marker.strip():
        check(part, item.blocks, shift)
    else:
        kind, *level, text = part[0]
        marker = item.marker.strip()
        assert text.startswith(marker)
        if text == marker:
            check(part[1:], item.blocks, shift)
        else:
            said = text.removeprefix(marker + " ")
            check(
                [("lines" if "\n" in said else kind if kind != "lines" else "paragraph", *level, said), *part[1:]],
                item.blocks,
                shift,
            )


def _says(node: Block | ListItem) -> bool:
    """A block without a character of its own is not written."""
    match node:
        case ListItem():
            return bool(node.marker.strip()) or any(map(_says, node.blocks))
        case List():
            return any(map(_says, node.items))
        case _:
            return next(_expected(node, 0), None) is not None


def _expected(block: Block, shift: int) -> Iterator[Read]:
    match block:
        case Table():
            yield from _expected_table(block)
        case Preformatted(text=text):
            if text.strip():
                yield ("preformatted", text)
        case Heading(text=text, level=level):
            if text.strip():
                yield ("heading", min(level + shift, 6), _one_line(text))
        case Lines(text=text):
            yield from _paragraph(_all_lines(text))
        case Paragraph(text=text):
            yield from _paragraph(_one_line(text))
        case Footnote():
            yield from _noted(block)
        case List():
            raise AssertionError("lists are compared by check")


def _expected_table(table: Table) -> Iterator[Read]:
    rows = [*table.head, *table.body]
    if table.text.strip():
        yield ("preformatted", table.text)
    elif any(cell.text.strip() for row in rows for cell in row.cells):
        spans = any(cell.colspan > 1 or cell.rowspan > 1 for row in rows for cell in row.cells)
        yield _expected_grid(table) if spans or len(table.head) > 1 else _expected_pipes(table)
    for note in table.footnotes:
        yield from _noted(note)


def _noted(note: Footnote) -> Iterator[Read]:
    yield from _paragraph(_one_line(f"{note.marker}{' ' if note.apart else ''}{note.text}"))


def _expected_pipes(table: Table) -> Read:
    rows = [[_one_line(cell.text) for cell in row.cells] for row in [*(table.head or [Row((), AT)]), *table.body]]
    count = max(len(table.columns), *map(len, rows))
    aligns = [column.align for column in table.columns] + ["left"] * (count - len(table.columns))
    return ("pipes", aligns, [row + [""] * (count - len(row)) for row in rows])


def _expected_grid(table: Table) -> Read:
    return (
        "grid",
        *([_grid_row(table, row, tag) for row in rows] for rows, tag in ((table.head, "th"), (table.body, "td"))),
    )


def _grid_row(table: Table, row: Row, tag: str) -> list[Read]:
    """Alignment is that of the cell's column; the tables made here have no rowspan in their bodies."""
    cells: list[Read] = []
    at = 0
    for cell in row.cells:
        align = table.columns[at].align if tag == "td" and at < len(table.columns) else "left"
        cells.append((tag, _one_line(cell.text), cell.colspan, cell.rowspan, align))
        at += cell.colspan
    return cells


def _paragraph(text: str) -> Iterator[Read]:
    if text:
        yield ("lines" if "\n" in text else "paragraph", text)


def _all_lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def _one_line(text: str) -> str:
    return text.replace("\n", " ").strip()


# ---------------------------------------------------------------- nasty blocks

# In nasty.txt stands one fragment a line; those that cannot be seen in a file stand here.
CASES = Path(__file__).parents[1] / "cases/markdown"
VISIBLE = (CASES / "nasty.txt").read_text("utf-8").splitlines()
FRAGMENTS = (*VISIBLE, "\\\n", "\u00a0", "\u2028", "   ", "    x", "\t", "\tx", "x  ")
FREE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8)
PIECES = st.lists(st.sampled_from(FRAGMENTS) | FREE, max_size=5)
INLINE = st.tuples(st.sampled_from(("", " ", "  ")), PIECES).map(lambda made: made[0].join(made[1]))
MANY = st.lists(INLINE, max_size=5).map("\n".join)
MARKERS = st.sampled_from(("", "", "-", "*", "+", "o", "(a)", "1.", "12)", "(iv)", "#", "•", "[1]", "*-", " ", "A-1."))
ALIGNS = st.sampled_from(("left", "center", "right"))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Tables with and without spans, with rows that are too short or too long, with and without a head."""
    columns = draw(st.lists(st.builds(Column, ALIGNS), max_size=4))
    spanned = draw(st.booleans())
    spans = st.integers(1, 3) if spanned else st.just(1)
    row = st.lists(st.builds(Cell, INLINE, spans), max_size=5).map(lambda cells: Row(tuple(cells), AT))
    rows = st.lists(row, max_size=4).map(tuple)
    notes = st.lists(st.builds(Footnote, MARKERS, INLINE, st.just(AT), st.booleans()), max_size=2).map(tuple)
    return Table(
        tuple(columns),
        draw(st.lists(row, max_size=2).map(tuple)),
        draw(rows),
        AT,
        draw(INLINE),
        draw(INLINE),
        draw(notes),
    )


def _lists(content: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    item = st.builds(ListItem, MARKERS, st.lists(content, max_size=3).map(tuple), st.just(AT))
    return st.builds(List, st.lists(item, max_size=4).map(tuple), st.just(AT))


LEAVES: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, INLINE, st.just(AT)),
    st.builds(Heading, INLINE, st.integers(1, 8), st.just(AT)),
    st.builds(Lines, MANY, st.just(AT), ALIGNS),
    st.builds(Preformatted, MANY, st.just(AT)),
    st.builds(Footnote, MARKERS, INLINE, st.just(AT), st.booleans()),
    tables(),
)
BLOCKS = st.lists(st.recursive(LEAVES, lambda inner: _lists(inner | LEAVES), max_leaves=8), max_size=6)
FEW = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@SLOW
@given(BLOCKS)
def test_blocks_come_back(content: list[Block]) -> None:
    check(read(blocks(content)), content)


@SLOW
@given(st.lists(INLINE, min_size=1, max_size=6))
def test_text_comes_back_wherever_it_stands(texts: list[str]) -> None:
    content: list[Block] = [make(text) for text in texts for make in (paragraph, heading, lines, bulleted)]
    content.append(table([texts, texts]))
    check(read(blocks(content)), content)


def _everywhere(texts: Iterable[str]) -> list[Block]:
    content: list[Block] = []
    for text in texts:
        content += [
            paragraph(text),
            heading(text),
            lines(f"a\n{text}\n{text}"),
            bulleted(text),
            table([[text, text]] * 2),
        ]
    return content


@SLOW
@given(BLOCKS)
def test_github_reads_the_same(content: list[Block]) -> None:
    written = blocks(content)
    assert said(cmark(written)) == said(leaves(read(written)))


@FEW
@given(BLOCKS)
def test_pandoc_reads_the_same(content: list[Block]) -> None:
    written = blocks(content)
    assert said(pandoc(written)) == said(leaves(read(written)))


@pytest.mark.parametrize("reader", [cmark, pandoc])
def test_others_read_every_fragment_everywhere_the_same(reader: Callable[[str], list[tuple[str, str]]]) -> None:
    written = blocks(_everywhere(VISIBLE))
    assert said(reader(written)) == said(leaves(read(written)))


@SLOW
@given(BLOCKS, BLOCKS)
def test_frame_and_content_are_told_apart(first: list[Block], second: list[Block]) -> None:
    filed = submission(document(first, "10-K"), document(second, "EX-99", "---"))
    _, *written = unframed(write(filed))
    assert [head for head, _ in written] == [("heading", 2, "10-K"), ("heading", 2, "EX-99: ---")]
    for (_, found), content in zip(written, (first, second), strict=True):
        check(found, content, shift=2)


def paragraph(text: str) -> Paragraph:
    return Paragraph(text, AT)


def heading(text: str, level: int = 1) -> Heading:
    return Heading(text, level, AT)


def lines(text: str) -> Lines:
    return Lines(text, AT)


def bulleted(text: str) -> List:
    return List((item("o", paragraph(text)), item("", paragraph(text))), AT)


def item(marker: str, *content: Block) -> ListItem:
    return ListItem(marker, content, AT)


def table(rows: Sequence[Sequence[str | Cell]], head: int = 1, **more: Any) -> Table:
    made = [Row(tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row), AT) for row in rows]
    columns = more.pop("columns", tuple(Column() for _ in made[0].cells))
    return Table(columns, tuple(made[:head]), tuple(made[head:]), AT, **more)


# ---------------------------------------------------------------- traps, one by one


@pytest.mark.parametrize("text", VISIBLE)
def test_fragment_is_text_at_the_start_of_a_paragraph_a_line_an_item_and_a_cell(text: str) -> None:
    content: list[Block] = [
        paragraph(text),
        lines(f"a\n{text}\n{text}"),
        bulleted(text),
        table([[text, text], ["", text]]),
    ]
    check(read(blocks(content)), content)


@pytest.mark.cases("markdown/traps", 47)
def test_trap(case: Case) -> None:
    make: dict[str, Callable[[str], Block]] = {"paragraph": paragraph, "heading": heading, "lines": lines}
    content = make[case.title.partition(":")[0]](case.given)
    assert blocks([content]) == case.expected
    check(read(case.expected), [content])


def test_heading_is_moved_down_and_never_below_six() -> None:
    assert blocks([heading("a", 1), heading("b", 5)], shift=2) == "### a\n\n###### b"


@pytest.mark.parametrize(
    "content", [paragraph(" \n"), heading(" "), lines("\n \n"), Preformatted(" \n", AT), List((), AT)]
)
def test_block_without_a_character_is_not_written(content: Block) -> None:
    assert blocks([paragraph("a"), content, paragraph("b")]) == "a\n\nb"


@pytest.mark.parametrize(
    ("text", "fence"),
    [
        ("a  b\n\n   c ", "```"),
        ("```", "````"),
        ("a ````` b ```", "``````"),
        ("~~~", "```"),
        ("    x\n", "```"),
        ("`a`", "```"),
    ],
)
def test_preformatted(text: str, fence: str) -> None:
    written = blocks([Preformatted(text, AT)])
    assert written == f"{fence}\n{text}\n{fence}"
    assert read(written) == [("preformatted", text)]


def test_preformatted_in_an_item_keeps_its_blanks() -> None:
    content = [List((item("(a)", Preformatted("  a\n\n \n\tb\n", AT)), item("", Preformatted("c", AT))), AT)]
    assert read(blocks(content)) == [
        ("list", "-", [[("paragraph", "(a)"), ("preformatted", "  a\n\n \n\tb\n")], [("preformatted", "c")]])
    ]


# ---------------------------------------------------------------- lists


def test_marker_as_filed_opens_the_item() -> None:
    content = [List((item("(a)", paragraph("x")), item("1.", lines("y\n- z")), item("o"), item("#", heading("h"))), AT)]
    assert blocks([List((item("(a)", paragraph("  x ")),), AT)]) == "- (a) x"
    assert blocks(content) == "- (a) x\n- 1\\. y\\\n  \\- z\n- o\n- # # h"


def test_bullets_of_markdown_stay_bullets() -> None:
    assert blocks([List((item("*", paragraph("x")), item("*", paragraph("y"))), AT)]) == "* x\n* y"


def test_item_of_a_bullet_alone_keeps_it_as_text() -> None:
    written = blocks([List((item("-"), item("-", paragraph("x"))), AT)])
    assert written == "- \\-\n- x"


def test_two_lists_in_a_row_do_not_become_one() -> None:
    content = [List((item(marker, paragraph("x")),), AT) for marker in ("-", "-", "(a)")]
    written = blocks([content[0], paragraph(" "), *content[1:]])
    assert written == "- x\n\n* \\- x\n\n- (a) x"
    assert [found[0] for found in read(written)] == ["list"] * 3


def test_nested_lists_and_further_paragraphs_are_indented() -> None:
    inner = List((item("(i)", paragraph("one")), item("(ii)", paragraph("two"))), AT)
    tight = List((item("(a)", paragraph("x"), inner), item("(b)", inner)), AT)
    assert blocks([tight]) == "- (a) x\n  - (i) one\n  - (ii) two\n- (b)\n  - (i) one\n  - (ii) two"
    loose = List((item("(a)", paragraph("x"), paragraph("y"), inner), item("(b)", paragraph("z"))), AT)
    assert blocks([loose]) == "- (a) x\n\n  y\n\n  - (i) one\n  - (ii) two\n\n- (b) z"
    held = List((item("(a)", paragraph("x"), List((item("-", paragraph("y"), paragraph("z")),), AT)),), AT)
    assert blocks([held]) == "- (a) x\n\n  - y\n\n    z"
    check(read(blocks([tight, loose, held])), [tight, loose, held])


def test_lists_nested_deeper_than_the_preset_of_the_parser_come_back() -> None:
    content: Block = paragraph("deep")
    for marker in ("-", "(a)", "") * 12:
        content = List((item(marker, content),), AT)
    check(read(blocks([content])), [content])


# ---------------------------------------------------------------- tables


def test_table_without_spans_is_a_pipe_table() -> None:
    content = table(
        [["", "1996", "1995"], ["Net | sales", "$ 1,234", "(99)*"], ["Loss", "--", "1"]],
        columns=(Column(), Column("right"), Column("center")),
        caption="- SELECTED DATA",
        unit="in thousands",
        footnotes=(Footnote("*", "See note 1.", AT), Footnote("1.", "x", AT), Footnote("+", "y", AT, apart=False)),
    )
    assert blocks([content]) == "\n".join(
        (
            "|              |    1996 | 1995  |",
            "| :----------- | ------: | :---: |",
            "| Net \\| sales | $ 1,234 | (99)* |",
            "| Loss         |      -- |   1   |",
            "",
            "\\* See note 1.",
            "",
            "1\\. x",
            "",
            "+y",
        )
    )
    check(read(blocks([content])), [content])


def test_table_without_a_head_gets_an_empty_one() -> None:
    written = blocks([table([["a", "b"]], head=0)])
    assert written == "|     |     |\n| :-- | :-- |\n| a   | b   |"


def test_long_or_short_rows_lose_no_cell() -> None:
    content = Table(
        (Column("right"),), (Row((Cell("h"),), AT),), (Row((Cell("a"), Cell("b"), Cell("c")), AT), Row((), AT)), AT
    )
    assert read(blocks([content])) == [
        ("pipes", ["right", "left", "left"], [["h", "", ""], ["a", "b", "c"], ["", "", ""]])
    ]


def test_long_cells_stick_out_of_wide_tables_and_the_others_stay_flush() -> None:
    content = table([["", "b"], ["x" * WIDEST, "1"], ["a", "22"]], columns=(Column(), Column("right")))
    head, ruler, long, short = blocks([content]).split("\n")
    assert len(head) == len(ruler) == len(short) == WIDEST + 1
    assert long == f"| {'x' * WIDEST} |   1 |"
    check(read(blocks([content])), [content])


def test_a_very_wide_table_is_not_padded() -> None:
    content = table([["x" * 9] * WIDEST, ["a"] * WIDEST])
    assert blocks([content]).endswith("\n|" + " a   |" * WIDEST)


def test_labels_are_set_in_by_their_level_and_read_as_before() -> None:
    content = Table(
        (Column(), Column("right")),
        (),
        (Row((Cell("Assets:"), Cell("")), AT, "section"), Row((Cell("Cash"), Cell("1")), AT, level=2)),
        AT,
    )
    assert blocks([content]).split("\n")[2:] == ["| Assets:  |     |", "|     Cash |   1 |"]
    check(read(blocks([content])), [content])


SPANNED: list[list[str | Cell]] = [["", Cell("Year ended", colspan=2)], ["Sales", "1996", "1995"], ["Net", "1", "2"]]


def test_tables_are_all_piped_or_all_of_html_where_that_is_asked_for() -> None:
    spanned, plain = table(SPANNED, head=2), table([["a", "b"]])
    (kind, _, rows), _ = read(blocks([spanned, plain], tables="pipe"))
    assert (kind, rows) == ("pipes", [["Sales", "Year ended / 1996", "Year ended / 1995"], ["Net", "1", "2"]])
    assert [found[0] for found in read(blocks([spanned, plain], tables="html"))] == ["grid", "grid"]
    assert [found[0] for found in read(blocks([spanned, plain]))] == ["grid", "pipes"]


@SLOW
@given(tables())
def test_pipe_tables_keep_the_text_of_every_cell_of_the_body(content: Table) -> None:
    found = [block for block in read(blocks([content], tables="pipe")) if block[0] == "pipes"]
    filed = [_one_line(cell.text) for row in content.body for cell in row.cells]
    assert [text for _, _, rows in found for row in rows[1:] for text in row if text] == [t for t in filed if t]


def test_table_with_spans_is_html_without_a_blank_line() -> None:
    rows: list[list[str | Cell]] = [
        ["", Cell("Year\n\nended", colspan=2)],
        ["", "1996", "1995"],
        ['A & <b> "c"', "1", ""],
        [Cell("all", colspan=2), "2"],
    ]
    content = table(rows, head=2, columns=(Column(), Column("center"), Column("right")))
    assert blocks([content, paragraph("after")]) == (
        "<table>\n<thead>\n"
        '<tr><th></th><th colspan="2">Year  ended</th></tr>\n'
        "<tr><th></th><th>1996</th><th>1995</th></tr>\n"
        "</thead>\n<tbody>\n"
        '<tr><td>A &amp; &lt;b&gt; "c"</td><td align="center">1</td><td align="right"></td></tr>\n'
        '<tr><td colspan="2">all</td><td align="right">2</td></tr>\n'
        "</tbody>\n</table>\n\nafter"
    )
    check(read(blocks([content, paragraph("after")])), [content, paragraph("after")])


def test_table_with_two_head_rows_is_html() -> None:
    written = blocks([table([["", "1996"], ["", "(audited)"], ["a", "1"]], head=2)])
    assert written.startswith(
        "<table>\n<thead>\n<tr><th></th><th>1996</th></tr>\n<tr><th></th><th>(audited)</th></tr>\n</thead>"
    )


def test_row_without_cells_stays_a_row() -> None:
    content = Table((), (), (Row((), AT), Row((Cell("a", colspan=2),), AT)), AT)
    assert "\n<tr></tr>\n" in blocks([content])


def test_cells_below_a_cell_of_several_rows_keep_their_columns() -> None:
    rows: list[list[str | Cell]] = [
        [Cell("a", rowspan=2), "1", Cell("x", rowspan=3)],
        ["2"],
        ["b", "3"],
        ["c", "4", "y"],
    ]
    written = blocks([table(rows, head=0, columns=(Column("center"), Column("right"), Column()))])
    assert [[(cell[1], cell[4]) for cell in row] for row in read(written)[0][2]] == [
        [("a", "center"), ("1", "right"), ("x", "left")],
        [("2", "right")],
        [("b", "center"), ("3", "right")],
        [("c", "center"), ("4", "right"), ("y", "left")],
    ]


def test_table_whose_cells_are_not_to_be_trusted_is_shown_as_filed() -> None:
    filed = "Sales    1,234\nLoss       (12)"
    content = table([["Sales", "1,234"]], confidence=0.4, text=filed)
    assert read(blocks([content])) == [("preformatted", filed)]


def test_tables_in_items_come_back() -> None:
    pipes, grid = table([["a", "b"], ["c", "d"]]), table([[Cell("a", colspan=2)], ["c", "d"]])
    content: list[Block] = [
        List((item("(a)", pipes), item("", grid), item("", pipes, bulleted("x"))), AT),
        paragraph("after"),
    ]
    check(read(blocks(content)), content)


# ---------------------------------------------------------------- whole submissions


def document(content: Iterable[Block], kind: str = "", description: str = "", filename: str = "") -> Document:
    return Document(kind, 1, filename, description, Range(1, 9), tuple(content))


def submission(
    *documents: Document, header: Header | None = None, attachments: tuple[Attachment, ...] = ()
) -> Submission:
    return Submission(Source("a.txt", 1, "0", "ascii", 9), header or Header("none"), documents, attachments)


def unframed(text: str) -> list[Any]:
    """Split at the thematic breaks: the front as Markdown nodes, then each document as (heading, blocks)."""
    parts: list[list[SyntaxTreeNode]] = [[]]
    for node in _tree(text):
        if node.type == "hr":
            parts.append([])
        else:
            parts[-1].append(node)
    return [parts[0], *((_block(head), [_block(node) for node in rest]) for head, *rest in parts[1:])]


def test_whole_submission() -> None:
    header = Header(
        "sec",
        accession_number="0000000000-97-000001",
        form="10-K",
        filed="1997-03-31",
        period="1996-12-31",
        filers=(Filer("filer", name="ACME *WIDGETS* CORP", cik="0000000001"),),
    )
    filed = submission(
        document([heading("PART I"), paragraph("- x")], "10-K", "ANNUAL REPORT", "acme.txt"),
        document([paragraph("y")]),
        header=header,
        attachments=(Attachment("logo_1.gif", "image/gif", 12345, "0", "uuencode", 2, Range(5, 7)),),
    )
    assert write(filed).startswith(
        '---\ntitle: "ACME *WIDGETS* CORP"\nform: "10-K"\nfiled: "1997-03-31"\nperiod: "1996-12-31"\n'
        'accession_number: "0000000000-97-000001"\nfilers:\n'
        '  - role: "filer"\n    name: "ACME *WIDGETS* CORP"\n    cik: "0000000001"\n---\n\n'
        "# ACME \\*WIDGETS* CORP\n\n## Contents\n"
    )
    assert write(filed, front_matter=False) == (
        "# ACME \\*WIDGETS* CORP\n\n"
        "- **Form:** 10-K\n"
        "- **Filed:** 1997-03-31\n"
        "- **Period:** 1996-12-31\n"
        "- **Accession number:** 0000000000-97-000001\n"
        "- **Filer:** ACME \\*WIDGETS* CORP, CIK 0000000001\n\n"
        "## Contents\n\n"
        "1. 10-K: ANNUAL REPORT (acme.txt)\n"
        "2. Document 2\n\n"
        "## Attachments\n\n"
        "- logo_1.gif: image/gif, 12,345 bytes, in document 2\n\n"
        "---\n\n## 10-K: ANNUAL REPORT\n\n### PART I\n\n\\- x\n\n"
        "---\n\n## Document 2\n\ny\n"
    )


def test_only_what_is_stated_is_written() -> None:
    filed = submission(document([paragraph("x")], "8-K"), header=Header("tags", form="8-K"))
    assert write(filed, front_matter=False) == "# Form 8-K\n\n- **Form:** 8-K\n\n---\n\n## 8-K\n\nx\n"


def test_bare_text_has_no_frame() -> None:
    assert write(submission(document([heading("a"), paragraph("b")]))) == "# a\n\nb\n"
    assert write(submission(document([]))) == "\n"


def test_document_without_blocks_keeps_its_heading() -> None:
    filed = submission(document([], "EX-27", "EX-27"), document([], "GRAPHIC", "#"))
    _, *written = unframed(write(filed))
    assert written == [(("heading", 2, "EX-27"), []), (("heading", 2, "GRAPHIC: #"), [])]


def test_title_names_few_filers_and_the_facts_name_all() -> None:
    def titled(count: int) -> list[str]:
        filers = tuple(Filer("subject company", name=f"FUND {n}") for n in range(count))
        filed = submission(document([]), header=Header("sec", filers=filers))
        return write(filed, front_matter=False).split("\n")

    assert titled(2)[0] == "# FUND 0; FUND 1"
    assert titled(9)[0] == "# FUND 0 and 8 others"
    assert titled(9)[10] == "- **Subject company:** FUND 8"


def test_contents_and_attachments_are_escaped() -> None:
    named = Attachment("<b>.gif", "image/gif", 1, "0", "uuencode", 1, Range(1, 2))
    filed = submission(document([], "[1]"), document([], "", "*"), attachments=(named, named))
    front, *_ = unframed(write(filed))
    texts = [_text(part) for node in front for part in node.walk() if part.type in {"heading", "paragraph"}]
    entry = "<b>.gif: image/gif, 1 bytes, in document 1"
    assert texts == ["Submission", "Contents", "[1]", "*", "Attachments", entry, entry]


@given(
    st.builds(
        Header,
        st.just("sec"),
        *[FREE] * 4,
        items=st.lists(FREE.filter(bool), max_size=2).map(tuple),
        filers=st.lists(st.builds(Filer, *[FREE.filter(bool)] * 9), max_size=2).map(tuple),
    )
)
def test_front_matter_is_yaml_and_says_what_the_header_says(header: Header) -> None:
    filed = submission(document([paragraph("x")], "8-K"), header=header)
    opening, _, rest = write(filed).removeprefix("---\n").partition("\n---\n")
    found = yaml.safe_load(opening)
    stated = ("form", "filed", "period", "accession_number")
    assert {name: found.get(name, "") for name in stated} == {name: getattr(header, name) for name in stated}
    assert tuple(found.get("items", ())) == header.items
    assert [Filer(**filer) for filer in found.get("filers", ())] == [*header.filers]
    assert rest.endswith("\n\n---\n\n## 8-K\n\nx\n")


# ---------------------------------------------------------------- where it comes from


def test_provenance_names_pages_and_lines() -> None:
    content = (
        Heading("a", 1, (Range(1, 1),)),
        List((ListItem("(a)", (Paragraph("b", (Range(4, 5), Range(8, 8))),), (Range(4, 8),)),), (Range(4, 8),)),
        Table((), (), (Row((Cell("c"),), (Range(12, 12),)),), (Range(12, 12),)),
    )
    pages = (Page("", 1), Page("F-2", 7), Page("F-->", 12), Page("9", 20))
    filed = submission(Document("", 0, "", "", Range(1, 20), content, pages=pages))
    assert write(filed, provenance=True).split("\n") == [
        '<!-- page at line 1 --><a id="page-at-line-1"></a>',
        "<!-- lines 1 -->",
        "# a",
        "",
        "- <!-- lines 4-5,8 -->",
        "  (a) b",
        "",
        '<!-- page F-2 --><a id="page-f-2"></a>',
        '<!-- page F-  --><a id="page-f"></a>',
        "<!-- lines 12 -->",
        "|     |",
        "| :-- |",
        "| c   |",
        "",
        '<!-- page 9 --><a id="page-9"></a>',
        "",
    ]


@SLOW
@given(BLOCKS)
def test_provenance_changes_nothing_else(content: list[Block]) -> None:
    filed = submission(document(content))
    commented, plain = write(filed, provenance=True), write(filed)
    assert said(cmark(commented)) == said(cmark(plain))


# ---------------------------------------------------------------- real filings

EVERY = 12


def test_every_filing_comes_back(filings: tuple[Path, ...]) -> None:
    for n, path in enumerate(filings):
        filed = retypeset.read(path)
        written = write(filed)
        _, *parts = unframed(written) if written.startswith("---\n") else ([], ((), read(written)))
        assert len(parts) == len(filed.documents), path.name
        for (_, found), one in zip(parts, filed.documents, strict=True):
            check(found, one.blocks, shift=2 if parts[0][0] else 0)
        if n % EVERY == 0:
            body = "\n\n".join(blocks(one.blocks) for one in filed.documents)
            assert said(cmark(body)) == said(pandoc(body)) == said(leaves(read(body))), path.name


# ---------------------------------------------------------------- speed and doctests


@pytest.mark.parametrize(
    "content",
    [
        paragraph("&a" * 500_000),
        paragraph("1" * 1_000_000),
        lines("\\\n" * 300_000),
        Preformatted("`" * 1_000_000, AT),
        lines("- \n" * 300_000),
    ],
)
def test_hostile_text_takes_linear_time(content: Block) -> None:
    begun = process_time()
    assert blocks([content])
    assert process_time() - begun < 5, "a megabyte takes a fraction of a second where time is linear"


def test_docstrings_are_true() -> None:
    assert doctest.testmod(escaping).failed == 0
