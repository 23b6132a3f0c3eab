r"""Submission -> GitHub Flavored Markdown, escaped so that a CommonMark parser reads back the same blocks and text.

The frame is what this writer adds, and it is easy to tell from what was filed: blocks never hold a thematic break, so
the first `---` behind the front matter ends the front (title, facts, contents, attachments), and each `---` is followed
by the heading of one document and then by its blocks. A file with nothing to say about itself has no frame, and so no
`---`.

    ---
    title: "NAME OF THE FILER"             front matter: YAML; without it the facts stand below the title
    form: "10-K"
    ---
    # NAME OF THE FILER                    front = [front matter] title [facts] [contents] [attachments]
                                           frame = front document*
    ---                                    document = "---" heading block*
    ## 10-K: ANNUAL REPORT
    ### PART I

How a block is written, and what Markdown cannot say of it:

    Heading        # text                  deeper than six becomes six
    Paragraph      one line                blanks at both ends go
    Lines          hard breaks: a\         alignment is lost, blanks at both ends of a line go; one line alone
                                           reads back as a paragraph
    List           - (a) text              the marker as filed opens the text; `-`, `*` and `+` are bullets of
                                           Markdown itself and stay that
    Preformatted   fenced code             nothing is lost
    Table          pipe table, or <table>  <table> where cells span or the head has several rows (`Tables` says
                                           otherwise); labels are set in by their level in the source of pipe tables
                   fenced code             where the table holds its own text: its cells are not to be trusted
    Footnote       (1) text                a paragraph, marked as filed. The footnotes of GFM would be numbered afresh,
                                           moved to the end of all, and left out where nothing names them

With `provenance` a comment before each block names its source lines, `<!-- lines 12-14,20 -->`, and one before the
first block of a page names the page, with an anchor: `<!-- page 3 --><a id="page-3"></a>`. In a list the comments stand
in its items.

Text is taken to be free of carriage returns and NUL, which `readers.decode` takes out. A block without a character of
its own is not written. The layout of the output is decided here; what a table or a list is, is not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias, assert_never

from msgspec.structs import replace

from ..model import (
    Block,
    Footnote,
    Heading,
    Lines,
    List,
    ListItem,
    Page,
    Paragraph,
    Preformatted,
    Submission,
    Table,
)
from ..notes import spans
from .body import Ids
from .escaping import escape, escape_lines, escape_start, escape_title
from .markdown_front import entry_title, front
from .markdown_tables import grid, is_plain, pipes

Tables: TypeAlias = Literal["auto", "pipe", "html"]
"""How tables are written: as pipe tables where these say all that the table says, or all of them in one way."""

DEEPEST: Final = 6
"""The deepest heading of Markdown."""

SHIFT: Final = 2
"""How far the headings of a document are moved down: title and document headings stand above them."""

BULLETS: Final = ("-", "*", "+")

_LINE_TO_INDENT: Final = re.compile(r"\n(?!\n)")
_BACKTICKS: Final = re.compile(r"`+")
_HYPHENS: Final = re.compile("--+")


def write(
    submission: Submission, *, tables: Tables = "auto", front_matter: bool = True, provenance: bool = False
) -> str:
    """Write a submission as GFM Markdown.

    Args:
        submission: what was read.
        tables: "pipe" writes every table as a pipe table, headings of several rows in one; "html" every one in HTML.
        front_matter: put what the filing says of itself into YAML at the top; else it is a list below the title.
        provenance: put the source lines before each block, and the page before its first, as comments.

    Returns:
        Text that ends in one line feed; see the head of this module for how to tell frame from content.
    """
    opening = front(submission, yaml=front_matter)
    ids = Ids()
    parts = [opening] if opening else []
    for position, document in enumerate(submission.documents, 1):
        if opening:
            parts += ["---", f"## {escape_title(entry_title(document, position))}"]
        body = _Body(SHIFT if opening else 0, tables, ids if provenance else None, document.pages)
        parts += body.write(document.blocks)
    return "\n\n".join(parts) + "\n"


def blocks(content: Iterable[Block], shift: int = 0, *, tables: Tables = "auto") -> str:
    """Write blocks without any frame, parted by blank lines, without a line feed at the end.

    `shift` is added to the level of every heading.
    """
    return "\n\n".join(_Body(shift, tables).write(content))


def _inline(text: str) -> str:
    return escape(text.replace("\n", " ").strip())


def _note(note: Footnote) -> str:
    return escape_start(_inline(f"{note.marker}{' ' if note.apart else ''}{note.text}"))


def _fence(text: str) -> str:
    if not text.strip():
        return ""
    longest = max(map(len, _BACKTICKS.findall(text)), default=0) if "```" in text else 0
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


class _Body:
    """Writes the blocks of one document. `ids` names its pages; without them no block says where it comes from."""

    def __init__(self, shift: int, tables: Tables, ids: Ids | None = None, pages: Sequence[Page] = ()) -> None:
        self._shift = shift
        self._tables = tables
        self._ids = ids
        self._pages = list(reversed(pages))

    def write(self, content: Iterable[Block]) -> list[str]:
        """Write each block that has a character; the page comments behind the last block stand for themselves."""
        written = self._blocks(content)
        rest = self._page_comments(sys.maxsize)
        return [*written, "\n".join(rest)] if rest else written

    def _blocks(self, content: Iterable[Block]) -> list[str]:
        written = []
        bullet = ""
        for block in content:
            # Two lists in a row with the same bullet would read as one.
            after, bullet = bullet, _bullet(block, bullet)
            if text := self._block(block, bullet):
                written.append(text)
            else:
                bullet = after
        return written

    def _block(self, block: Block, bullet: str) -> str:
        match block:
            case Paragraph(text=text):
                written = escape_start(_inline(text))
            case Heading(text=text, level=level):
                title = escape_title(text.replace("\n", " ").strip())
                written = f"{'#' * min(level + self._shift, DEEPEST)} {title}" if title else ""
            case Lines(text=text):
                written = escape_lines(text)
            case List(items=items):
                return self._list(items, bullet)
            case Preformatted(text=text):
                written = _fence(text)
            case Table():
                written = self._table(block)
            case Footnote():
                written = _note(block)
            case _:
                assert_never(block)
        return "\n".join((*self._comments(block), written)) if written else ""

    # ------------------------------------------------------------ where a block comes from

    def _comments(self, block: Block) -> list[str]:
        if self._ids is None or not block.lines:
            return []
        return [*self._page_comments(block.lines[0].first), f"<!-- lines {spans(block.lines)} -->"]

    def _page_comments(self, line: int) -> list[str]:
        """Name the pages that begin up to this line and were not named yet, each with its anchor."""
        comments = []
        while self._ids and self._pages and self._pages[-1].line <= line:
            page = self._pages.pop()
            label = f"page {page.label}" if page.label else f"page at line {page.line}"
            # No comment may hold `--`, nor its own end.
            said = _HYPHENS.sub("-", label).replace(">", " ").strip("-")
            comments.append(f'<!-- {said} --><a id="{self._ids.page(page)}"></a>')
        return comments

    # ------------------------------------------------------------ lists and tables

    def _list(self, items: Iterable[ListItem], bullet: str) -> str:
        written = [
            f"{bullet} " + _LINE_TO_INDENT.sub("\n  ", text)
            for text in (self._item(item, bullet) for item in items)
            if text
        ]
        return ("\n\n" if any("\n\n" in text for text in written) else "\n").join(written)

    def _item(self, item: ListItem, bullet: str) -> str:
        """Write the blocks of an item, its marker first; empty where it has neither."""
        written = self._blocks(item.blocks) if item.marker == bullet else []
        if not written:
            written = self._blocks(_led(item))
        match item.blocks:
            case (List(),) | (Paragraph() | Lines(), List()):
                tight = len(written) == 2 and "\n\n" not in written[1]
            case _:
                tight = False
        return ("\n" if tight else "\n\n").join(written)

    def _table(self, table: Table) -> str:
        filled = any(cell.text.strip() for row in (*table.head, *table.body) for cell in row.cells)
        piped = is_plain(table) if self._tables == "auto" else self._tables == "pipe"
        parts = [
            _fence(table.text) or ((pipes(table) if piped else grid(table)) if filled else ""),
            *map(_note, table.footnotes),
        ]
        return "\n\n".join(filter(None, parts))


def _bullet(block: Block, taken: str) -> str:
    """Choose the bullet of a list that follows a list with the bullet `taken`; empty for other blocks."""
    if not isinstance(block, List):
        return ""
    filed = block.items[0].marker if block.items else ""
    free = [bullet for bullet in BULLETS if bullet != taken]
    return filed if filed in free else free[0]


def _led(item: ListItem) -> tuple[Block, ...]:
    """Write the marker of an item into its text."""
    match item.blocks:
        case _ if not item.marker.strip():
            return item.blocks
        case ((Paragraph() | Heading() | Lines()) as first, *rest):
            return (replace(first, text=f"{item.marker} {first.text.strip()}"), *rest)
        case _:
            return (Paragraph(item.marker, item.lines), *item.blocks)
