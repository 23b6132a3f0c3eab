r"""Submission -> GitHub Flavored Markdown, escaped so that a CommonMark parser reads back the same blocks and text.

The frame is what this writer adds, and it is easy to tell from what was filed: blocks never hold a thematic break, so
the first `---` ends the front (title, facts, contents, attachments), and each `---` is followed by the heading of one
document and then by its blocks. A file with nothing to say about itself has no frame, and so no `---`.

    # NAME OF THE FILER                      front = title [facts] [contents] [attachments]
    - **Form:** 10-K
                                             frame = front document*
    ---                                      document = "---" heading block*
    ## 10-K: ANNUAL REPORT
    ### PART I

How a block is written, and what Markdown cannot say of it:

    Heading        # text                    deeper than six becomes six
    Paragraph      one line                  blanks at both ends go
    Lines          hard breaks: a\           alignment is lost, blanks at both ends of a line go; one line alone
                                             reads back as a paragraph
    List           - (a) text                the marker as filed opens the text; `-`, `*` and `+` are bullets of
                                             Markdown itself and stay that
    Preformatted   fenced code               nothing is lost
    Table          pipe table, or <table>    <table> where cells span or the head has several rows; the indentation
                                             of labels is lost
                   fenced code               where the table holds its own text: its cells are not to be trusted
    Footnote       (1) text                  a paragraph; nothing links it with what refers to it

Text is taken to be free of carriage returns and NUL, which `readers.decode` takes out. A block without a character of
its own is not written. The layout of the output is decided here; what a table or a list is, is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape as escape_html
from typing import Final, TypeAlias, assert_never

from msgspec.structs import replace

from ..grid import placed
from ..model import (
    Align,
    Attachment,
    Block,
    Cell,
    Document,
    Footnote,
    Header,
    Heading,
    Lines,
    List,
    ListItem,
    Paragraph,
    Preformatted,
    Row,
    Submission,
    Table,
)

DEEPEST: Final = 6
"""The deepest heading of Markdown."""

SHIFT: Final = 2
"""How far the headings of a document are moved down: title and document headings stand above them."""

NAMES_IN_TITLE: Final = 3
"""A title of more names is not read: the first stands for them. The facts below it list them all."""

WIDEST: Final = 160
"""Pipe tables up to this width have their columns set flush in the source. Filed tables have up to 134 columns, to
which bars and escapes are added; padding wider ones would only multiply blanks."""

BULLETS: Final = ("-", "*", "+")

_ESCAPES: Final = tuple((char, "\\" + char) for char in "\\`*_[]<>~|$^")
_ENTITY: Final = re.compile(r"&(?=#?[0-9A-Za-z]{1,32};)")
_START: Final = re.compile(r"(?=[-+#=:])|[0-9]{1,9}(?=[.)](?:\s|\Z))")
_START_CHARS: Final = frozenset("-+#=:0123456789")
_LINE_TO_INDENT: Final = re.compile(r"\n(?!\n)")
_BACKTICKS: Final = re.compile(r"`+")

_RULER: Final[dict[Align, tuple[str, str, str]]] = {
    "left": (":", "-", "<"),
    "center": (":", ":", "^"),
    "right": ("-", ":", ">"),
}

_Span: TypeAlias = tuple[Cell, Align]


def write(submission: Submission) -> str:
    """Write a submission as GFM Markdown.

    Returns text that ends in one line feed; see the head of this module for how to tell frame from content.
    """
    front = _front(submission)
    if not front:
        return "\n\n".join(filter(None, (blocks(document.blocks) for document in submission.documents))) + "\n"
    parts = [front]
    for position, document in enumerate(submission.documents, 1):
        parts += ["---", f"## {_title(_label(document, position))}"]
        parts += _blocks(document.blocks, SHIFT)
    return "\n\n".join(parts) + "\n"


def blocks(content: Iterable[Block], shift: int = 0) -> str:
    """Write blocks without any frame, parted by blank lines, without a line feed at the end.

    `shift` is added to the level of every heading.
    """
    return "\n\n".join(_blocks(content, shift))


def escape(text: str) -> str:
    """Escape what Markdown would read as inline markup, anywhere in a text.

    >>> print(escape("$1,234* in R&D, see &sect; [1]"))
    \\$1,234\\* in R&D, see \\&sect; \\[1\\]
    """
    # Searches at memory speed: 1.0 ns a character; one regular expression took 5.1, str.translate 4.5 (38 with a hit).
    for char, escaped in _ESCAPES:
        if char in text:
            text = text.replace(char, escaped)
    return _ENTITY.sub(r"\\&", text) if "&" in text else text


# ---------------------------------------------------------------- blocks


def _blocks(content: Iterable[Block], shift: int) -> list[str]:
    written = []
    bullet = ""
    for block in content:
        # Two lists in a row with the same bullet would read as one.
        after, bullet = bullet, _bullet(block, bullet)
        text = _block(block, shift, bullet)
        if text:
            written.append(text)
        else:
            bullet = after
    return written


def _block(block: Block, shift: int, bullet: str) -> str:
    match block:
        case Paragraph(text=text):
            return _start(_inline(text))
        case Heading(text=text, level=level):
            return f"{'#' * min(level + shift, DEEPEST)} {_title(text)}" if text.strip() else ""
        case Lines(text=text):
            return _lines(text)
        case List(items=items):
            return _list(items, bullet, shift)
        case Preformatted(text=text):
            return _fence(text)
        case Table():
            return _table(block)
        case Footnote():
            return _note(block)
        case _:
            assert_never(block)


def _lines(text: str) -> str:
    return "\\\n".join([_start(line.strip()) for line in escape(text).strip().split("\n")])


def _inline(text: str) -> str:
    return escape(text.replace("\n", " ").strip())


def _start(text: str) -> str:
    """Escape what Markdown would read as the start of a block, at the start of an escaped line."""
    if text[:1] not in _START_CHARS:
        return text
    found = _START.match(text)
    return f"{text[: found.end()]}\\{text[found.end() :]}" if found else text


def _title(text: str) -> str:
    escaped = _inline(text)
    return f"{escaped[:-1]}\\#" if escaped.endswith("#") else escaped


def _fence(text: str) -> str:
    if not text.strip():
        return ""
    longest = max(map(len, _BACKTICKS.findall(text)), default=0) if "```" in text else 0
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


# ---------------------------------------------------------------- lists


def _bullet(block: Block, taken: str) -> str:
    """Choose the bullet of a list that follows a list with the bullet `taken`; empty for other blocks."""
    if not isinstance(block, List):
        return ""
    filed = block.items[0].marker if block.items else ""
    free = [bullet for bullet in BULLETS if bullet != taken]
    return filed if filed in free else free[0]


def _list(items: Iterable[ListItem], bullet: str, shift: int) -> str:
    written = [
        f"{bullet} " + _LINE_TO_INDENT.sub("\n  ", text)
        for text in (_item(item, bullet, shift) for item in items)
        if text
    ]
    return ("\n\n" if any("\n\n" in text for text in written) else "\n").join(written)


def _item(item: ListItem, bullet: str, shift: int) -> str:
    """Write the blocks of an item, its marker first; empty where it has neither."""
    written = _blocks(item.blocks, shift) if item.marker == bullet else []
    if not written:
        written = _blocks(_led(item), shift)
    match item.blocks:
        case (List(),) | (Paragraph() | Lines(), List()):
            tight = len(written) == 2 and "\n\n" not in written[1]
        case _:
            tight = False
    return ("\n" if tight else "\n\n").join(written)


def _led(item: ListItem) -> tuple[Block, ...]:
    """Write the marker of an item into its text."""
    match item.blocks:
        case _ if not item.marker.strip():
            return item.blocks
        case ((Paragraph() | Heading() | Lines()) as first, *rest):
            return (replace(first, text=f"{item.marker} {first.text.strip()}"), *rest)
        case _:
            return (Paragraph(item.marker, item.lines), *item.blocks)


# ---------------------------------------------------------------- tables


def _table(table: Table) -> str:
    rows = (*table.head, *table.body)
    filled = any(cell.text.strip() for row in rows for cell in row.cells)
    plain = len(table.head) <= 1 and all(cell.colspan == cell.rowspan == 1 for row in rows for cell in row.cells)
    parts = [
        _fence(table.text) or ((_pipes(table) if plain else _grid(table)) if filled else ""),
        *map(_note, table.footnotes),
    ]
    return "\n\n".join(filter(None, parts))


def _note(note: Footnote) -> str:
    return _start(_inline(f"{note.marker}{' ' if note.apart else ''}{note.text}"))


def _pipes(table: Table) -> str:
    rows = [_escaped(row) for row in (*(table.head or (Row((), ()),)), *table.body)]
    count = max(len(table.columns), *map(len, rows))
    for row in rows:
        row.extend([""] * (count - len(row)))
    widths = [max(3, *map(len, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + 3 * count > WIDEST:
        widths = [3] * count
    rulers = [_RULER[align] for align in _aligned(table, count)]
    line = "| " + " | ".join(f"{{:{ruler[2]}{width}}}" for ruler, width in zip(rulers, widths, strict=True)) + " |"
    head, *body = [line.format(*row) for row in rows]
    delimiters = (f"{left}{'-' * (width - 2)}{right}" for (left, right, _), width in zip(rulers, widths, strict=True))
    return "\n".join((head, f"| {' | '.join(delimiters)} |", *body))


def _escaped(row: Row) -> list[str]:
    return escape(_joined(row.cells)).split("\n") if row.cells else []


def _joined(cells: Iterable[Cell]) -> str:
    """The texts of cells, one a line: cells are short and escaping costs by the call, so that a row is one call."""
    return "\n".join([cell.text.replace("\n", " ").strip() for cell in cells])


def _aligned(table: Table, count: int) -> list[Align]:
    stated: list[Align] = [column.align for column in table.columns]
    return stated + ["left"] * (count - len(stated))


def _grid(table: Table) -> str:
    """Write a table in HTML: no blank line may stand in it, for that would end it."""
    lines = ["<table>"]
    for name, rows, tag in (("thead", table.head, "th"), ("tbody", table.body, "td")):
        if rows:
            lines += [f"<{name}>", *(_grid_row(row, tag) for row in _placed(table, rows)), f"</{name}>"]
    return "\n".join((*lines, "</table>"))


def _grid_row(row: Sequence[_Span], tag: str) -> str:
    texts = escape_html(_joined(cell for cell, _ in row), quote=False).split("\n")
    cells = (f"<{_opened(cell, align, tag)}>{text}</{tag}>" for (cell, align), text in zip(row, texts, strict=False))
    return f"<tr>{''.join(cells)}</tr>"


def _opened(cell: Cell, align: Align, tag: str) -> str:
    if cell.colspan > 1:
        tag += f' colspan="{cell.colspan}"'
    if cell.rowspan > 1:
        tag += f' rowspan="{cell.rowspan}"'
    # Heads are centred by every reader of HTML, body cells stand left.
    return tag if align == "left" or tag.startswith("th") else f'{tag} align="{align}"'


def _placed(table: Table, rows: Sequence[Row]) -> Iterator[list[_Span]]:
    """Give each cell the alignment of the column it starts in."""
    aligned = dict(enumerate(column.align for column in table.columns))
    for row, starts in placed(rows):
        yield [(cell, aligned.get(start, "left")) for cell, start in zip(row.cells, starts, strict=True)]


# ---------------------------------------------------------------- the frame


def _front(submission: Submission) -> str:
    """Write what stands before the first document; empty where the file says nothing of itself."""
    facts = list(_facts(submission.header))
    documents = submission.documents
    if not (facts or submission.attachments or len(documents) > 1 or any(_stated(document) for document in documents)):
        return ""
    parts = [f"# {_title(_name(submission.header))}"]
    if facts:
        parts.append("\n".join(f"- **{name}:** {_inline(value)}" for name, value in facts))
    if len(documents) > 1:
        entries = (f"{position}. {_entry(document, position)}" for position, document in enumerate(documents, 1))
        parts += ["## Contents", "\n".join(entries)]
    if submission.attachments:
        parts += ["## Attachments", "\n".join(f"- {_attached(file)}" for file in submission.attachments)]
    return "\n\n".join(parts)


def _name(header: Header) -> str:
    names = _names(header)
    if len(names) > NAMES_IN_TITLE:
        return f"{names[0]} and {len(names) - 1} others"
    return "; ".join(names) or (f"Form {header.form}" if header.form else "Submission")


def _names(header: Header) -> list[str]:
    return list(dict.fromkeys(filer.name for filer in header.filers if filer.name))


def _facts(header: Header) -> Iterator[tuple[str, str]]:
    facts = (
        ("Form", header.form),
        ("Filed", header.filed),
        ("Period", header.period),
        ("Accession number", header.accession_number),
    )
    yield from ((name, value) for name, value in facts if value)
    for filer in header.filers:
        number = f"CIK {filer.cik}" if filer.cik else ""
        if stated := ", ".join(filter(None, (filer.name, number))):
            yield filer.role.capitalize() or "Filer", stated


def _label(document: Document, position: int) -> str:
    return _stated(document) or f"Document {position}"


def _stated(document: Document) -> str:
    """What a document says that it is: its type and description, each once."""
    return ": ".join(dict.fromkeys(filter(None, (document.type, document.description))))


def _entry(document: Document, position: int) -> str:
    name = f" ({document.filename})" if document.filename else ""
    return _inline(_label(document, position) + name)


def _attached(file: Attachment) -> str:
    name = file.name or "unnamed"
    return _inline(f"{name}: {file.media_type}, {file.size:,} bytes, in document {file.document}")
