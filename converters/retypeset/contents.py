"""Which entry of a contents page names which heading.

A contents page is a table that stands before what it names: its rows, less their page numbers, are the texts of
headings further on, in the same order. An Item is found by its number too, for its title may be worded another way.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from .model import Document, Heading, Row, Table

_NOT_IN_KEY: Final = re.compile(r"[\W_]+")
_ITEM: Final = re.compile(r"item\s*(\d{1,2}(?:\.\d\d)?[a-z]?)\b", re.IGNORECASE)
_PAGE: Final = re.compile(r"(?:page\s)?\W*(?:[A-Z]{1,3}-)?(?:\d{1,4}|[ivxl]{1,6})\W*", re.IGNORECASE)
# A table with fewer entries that name a heading is none, nor one in which less than this share of the rows does.
FEWEST: Final = 3
SHARE: Final = 0.4
# A contents page stands among the first blocks of its document: so many tables are looked at.
TABLES: Final = 8


def contents(document: Document) -> dict[int, Heading]:
    """Say for each row of a contents page, by its first source line, which heading it names.

    >>> from retypeset.model import Cell, Column, Paragraph, Range
    >>> def at(line): return (Range(line, line),)
    >>> rows = tuple(Row((Cell(f"Item {n}. {title}"), Cell(f"{n}")), at(n))
    ...              for n, title in enumerate(("Business", "Properties", "Legal Proceedings"), 1))
    >>> headings = [Heading(row.cells[0].text, 1, at(n), str(n - 3)) for n, row in enumerate(rows, 4)]
    >>> blocks = (Table((Column(), Column("right")), (), rows, (Range(1, 3),)), *headings)
    >>> found = contents(Document("10-K", 1, "", "", Range(1, 6), blocks))
    >>> {line: heading.lines[0].first for line, heading in found.items()}
    {1: 4, 2: 5, 3: 6}
    """
    tables = [(n, block) for n, block in enumerate(document.blocks) if isinstance(block, Table)]
    found: dict[int, Heading] = {}
    for n, table in islice(tables, TABLES):
        entries = dict(
            _entries(table.body, [b for b in document.blocks[n + 1 :] if isinstance(b, Heading) and b.lines])
        )
        if len(entries) >= FEWEST and len(entries) >= SHARE * len(table.body):
            found |= entries
    return found


def _entries(rows: Sequence[Row], headings: Sequence[Heading]) -> Iterator[tuple[int, Heading]]:
    """The headings that rows name, each behind the one before."""
    places: dict[str, list[int]] = {}
    for n, heading in enumerate(headings):
        places.setdefault(_key(heading.text), []).append(n)
        if heading.item:
            places.setdefault(f"item {heading.item}", []).append(n)
    done = -1
    for row in rows:
        text = " ".join(cell.text for cell in row.cells if not _PAGE.fullmatch(cell.text))
        item = _ITEM.match(text)
        for key in (_key(text), f"item {item[1].upper()}" if item else ""):
            named = places.get(key, []) if key else []
            at = bisect_right(named, done)
            if at < len(named) and row.lines:
                done = named[at]
                yield row.lines[0].first, headings[done]
                break


def _key(text: str) -> str:
    return _NOT_IN_KEY.sub("", text).lower()
