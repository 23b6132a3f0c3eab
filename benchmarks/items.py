"""Which Items of the form were found in each annual and quarterly report, and which are named but were not found.

Run by bench.py: `items.py FILE...` prints one line of JSON. Named is an Item that stands at the beginning of a source
line, be it on the contents page or in running text: the share of those found is a floor.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

import retypeset
from retypeset.items import sections
from retypeset.model import Document, Heading
from retypeset.readers.decode import decode

Key: TypeAlias = tuple[str, str]  # the Part, empty but in a quarterly report, and the Item

FORM = re.compile(r"10-?[KQ]")
NAMED = re.compile(r"^\s*item\s+(\d+[A-Z]?)[.:\s-]", re.IGNORECASE)
PART = re.compile(r"^\s*part\s+(I{1,2})(?=\s*$|\s*[.:,\u2013-]|\s{2}|\s+[A-Z])", re.IGNORECASE)

# What a form asks for, in whichever year; an Item of a regulation ("Item 405 of Regulation S-K") is none of these.
LETTERED = ("1A", "1B", "1C", "7A", "8A", "8B", "9A", "9B", "9C")
ANNUAL = {("", item) for item in (*map(str, range(1, 17)), *LETTERED)}
QUARTERLY = {("I", item) for item in "1234"} | {("II", item) for item in ("1", "1A", "2", "3", "4", "5", "6")}


def main_document(documents: Iterable[Document]) -> Document | None:
    """The first document that is an annual or quarterly report."""
    return next((document for document in documents if FORM.match(document.type)), None)


def found_items(document: Document) -> set[Key]:
    """The Items that have a section with anything but headings in it."""
    whole = [s for s in sections(document) if s.heading.item and any(not isinstance(b, Heading) for b in s.blocks)]
    return {(section.part if _quarterly(document) else "", section.heading.item) for section in whole}


def named_items(document: Document, lines: Sequence[str]) -> set[Key]:
    """The Items the form asks for that stand at the beginning of a line, below the Part named last."""
    named: set[Key] = set()
    part = ""
    for line in lines[document.lines.first - 1 : document.lines.last]:
        if _quarterly(document) and (match := PART.match(line)):
            part = match[1].upper()
        elif match := NAMED.match(line):
            named.add((part, match[1].upper()))
    return named & (QUARTERLY if _quarterly(document) else ANNUAL)


def main() -> None:
    rows = []
    named_count = found_count = 0
    for path in map(Path, sys.argv[1:]):
        data = path.read_bytes()
        try:
            document = main_document(retypeset.read(data, name=path.name).documents)
        except retypeset.RetypesetError:
            continue
        if document is None or not document.blocks:  # none of the kind, or HTML, which is kept as it is
            continue
        found, named = found_items(document), named_items(document, decode(data).lines)
        rows.append([path.name, document.type, _compact(found), _compact(named - found)])
        named_count += len(named)
        found_count += len(named & found)
    print(json.dumps({"rows": rows, "named": named_count, "found": found_count}))


def _quarterly(document: Document) -> bool:
    return document.type.replace("-", "").startswith("10Q")


def _compact(items: Iterable[Key]) -> str:
    ordered = sorted(items, key=lambda key: (key[0], int(re.split(r"\D", key[1])[0]), key[1]))
    return " ".join(f"{part}.{item}" if part else item for part, item in ordered)


if __name__ == "__main__":
    main()
