"""Submission -> the JSON of pandoc's own model (pandoc-types 1.23), from which pandoc makes docx, epub, odt and LaTeX.

    retypeset convert --to pandoc filing.txt | pandoc -f json -o filing.docx

    Heading        Header               below the heading of its document, no deeper than six
    Paragraph      Para
    Lines          LineBlock
    List           OrderedList          where the markers count on in a style that pandoc has: 1. 1) (1) a. (a) i. (i)
                   BulletList           else; a marker that is no bullet opens the text of its item
    Footnote       Para                 marked as filed
    Table          Table                with its spans and head rows; its footnotes are paragraphs below it
                   CodeBlock            where the table holds its own text: its cells are not to be trusted
    Preformatted   CodeBlock

Headings, tables and code know their source lines (`data-lines`); pandoc gives paragraphs and lists no attributes. What
the header says of title, company, form and dates is metadata.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, assert_never

import msgspec

from ..model import (
    Align,
    Block,
    Cell,
    Footnote,
    Heading,
    Lines,
    List,
    ListItem,
    Paragraph,
    Preformatted,
    Ranges,
    Row,
    Submission,
    Table,
)
from ..notes import spans
from ..retrieval import text_of
from .markdown import BULLETS, DEEPEST
from .markdown_front import entry_title, title_of

API_VERSION: Final = (1, 23, 1)

Node = dict[str, Any]

_BLANKS: Final = re.compile(r"\s+")
_MARKER: Final = re.compile(r"(\(?)(\d{1,3}|[a-z]+)([.)])")
_NO_ATTRIBUTES: Final = ["", [], []]
_ALIGNED: Final[dict[Align, str]] = {"left": "AlignLeft", "center": "AlignCenter", "right": "AlignRight"}
_DELIMITERS: Final = {("", "."): "Period", ("", ")"): "OneParen", ("(", ")"): "TwoParens"}
_ROMAN: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
_LETTERS: Final = tuple("abcdefghijklmnopqrstuvwxyz")


def write(submission: Submission) -> bytes:
    """Write a submission as pandoc's JSON, in UTF-8."""
    documents = submission.documents
    blocks: list[Node] = []
    framed = len(documents) > 1
    for position, document in enumerate(documents, 1):
        if framed:
            blocks.append(_node("Header", [1, ["", [], []], _inlines(entry_title(document, position))]))
        blocks += _blocks(document.blocks, shift=1 if framed else 0)
    return msgspec.json.encode({"pandoc-api-version": API_VERSION, "meta": _meta(submission), "blocks": blocks})


def _meta(submission: Submission) -> Node:
    header = submission.header
    facts = {
        "title": title_of(header),
        "date": header.filed,
        "form": header.form,
        "period": header.period,
        "accession-number": header.accession_number,
    }
    return {name: _node("MetaInlines", _inlines(value)) for name, value in facts.items() if value}


def _node(kind: str, content: Any = None) -> Node:
    return {"t": kind} if content is None else {"t": kind, "c": content}


def _from(lines: Ranges) -> list[Any]:
    return ["", [], [["data-lines", spans(lines)]] if lines else []]


def _inlines(text: str) -> list[Node]:
    """The words of a text, and what parts them."""
    inlines: list[Node] = []
    for word in _BLANKS.split(text.strip()):
        inlines += [_node("Str", word), _node("Space")]
    return inlines[:-1] if text.strip() else []


# ---------------------------------------------------------------- blocks


def _blocks(content: Iterable[Block], shift: int) -> list[Node]:
    return [node for block in content for node in _block(block, shift)]


def _block(block: Block, shift: int) -> list[Node]:
    match block:
        case Heading(text=text, level=level, lines=lines):
            return [_node("Header", [min(level + shift, DEEPEST), _from(lines), _inlines(text)])]
        case Paragraph(text=text):
            return [_node("Para", _inlines(text))]
        case Lines(text=text):
            return [_node("LineBlock", [_inlines(line) for line in text.split("\n")])]
        case Preformatted(text=text, lines=lines):
            return [_node("CodeBlock", [_from(lines), text])]
        case List(items=items):
            return [_list(items, shift)]
        case Table():
            return [_table(block), *(node for note in block.footnotes for node in _block(note, shift))]
        case Footnote():
            return [_node("Para", _inlines(text_of(block)))]
        case _:
            assert_never(block)


def _list(items: Sequence[ListItem], shift: int) -> Node:
    if counted := _counted([item.marker for item in items]):
        return _node("OrderedList", [counted, [_blocks(item.blocks, shift) for item in items]])
    return _node("BulletList", [_item(item, shift) for item in items])


def _item(item: ListItem, shift: int) -> list[Node]:
    """The blocks of an item, a marker that is no bullet at the head of its text."""
    blocks = _blocks(item.blocks, shift)
    if item.marker.strip() in ("", "o", "•", *BULLETS):
        return blocks
    marker = _inlines(item.marker)
    if blocks and blocks[0]["t"] == "Para":
        return [_node("Para", [*marker, _node("Space"), *blocks[0]["c"]]), *blocks[1:]]
    return [_node("Para", marker), *blocks]


def _counted(markers: Sequence[str]) -> list[Any] | None:
    """The first number, style and delimiter of markers that count on; None where they do not, or in no style known."""
    found = [_MARKER.fullmatch(marker) for marker in markers]
    if not found or not all(found):
        return None
    signs = {(match[1], match[3]) for match in found if match}
    delimiter = _DELIMITERS.get(next(iter(signs))) if len(signs) == 1 else None
    counters = [match[2] for match in found if match]
    if delimiter is None:
        return None
    if all(map(str.isdecimal, counters)):
        styles = [("Decimal", tuple(map(str, range(1000))), 0)]
    else:
        styles = [("LowerRoman", _ROMAN, 1), ("LowerAlpha", _LETTERS, 1)]
        if len(counters) == 1 and counters != ["i"]:
            styles.reverse()  # a lone (c) or (v) is a letter
    for style, numerals, first in styles:
        if counters[0] in numerals:
            start = numerals.index(counters[0])
            if tuple(counters) == numerals[start : start + len(counters)]:
                return [start + first, _node(style), _node(delimiter)]
    return None


# ---------------------------------------------------------------- tables


def _table(table: Table) -> Node:
    if table.text:
        return _node("CodeBlock", [_from(table.lines), table.text])
    columns = [[_node(_ALIGNED[column.align]), _node("ColWidthDefault")] for column in table.columns]
    body = [_NO_ATTRIBUTES, 0, [], _rows(table.body)]
    head, foot = [_NO_ATTRIBUTES, _rows(table.head)], [_NO_ATTRIBUTES, []]
    return _node("Table", [_from(table.lines), [None, []], columns, head, [body], foot])


def _rows(rows: Iterable[Row]) -> list[Any]:
    return [[_from(row.lines), list(map(_cell, row.cells))] for row in rows]


def _cell(cell: Cell) -> list[Any]:
    text = [_node("Plain", _inlines(cell.text))] if cell.text.strip() else []
    return [_NO_ATTRIBUTES, _node("AlignDefault"), cell.rowspan, cell.colspan, text]
