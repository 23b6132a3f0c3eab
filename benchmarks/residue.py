"""Rows of tables that are left in the text: source lines with figures in columns that no table holds.

Run by bench.py: `residue.py FILE...` prints one line of JSON. A line counts where two figures and more stand on it,
each two blanks and more behind what is before it, and two of them end where figures of a line nearby end. Justified
text has such gaps, too: figures with words between them, or with a bracket that does not close, are not counted. What
such a line became is looked up in the model; no module of the readers says what a figure or a column is. Lines of a
block that was kept as it was typed, in a document whose note `table` says so, were not lost silently: they are
counted apart.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Final

import retypeset
from retypeset.items import all_blocks
from retypeset.model import Document, Heading, Paragraph, Preformatted
from retypeset.readers.decode import decode

FIGURE: Final = re.compile(r"(?:(?<=  )|(?<=  \$)|(?<=  \$ )|(?<=  \())[($]{0,2}\d[\d,]*(?:\.\d+)?(?=[)%]{0,2}(?: |$))")
WORD: Final = re.compile(r"[a-z]{3}")
# So many lines apart, lines may be rows of one table.
NEAR: Final = 3
# So many figures make a row, as many in line with others a row of a table.
ENOUGH: Final = 2


def ends_of(line: str) -> set[int]:
    """Where the figures of a line end, but those that words part from all others, and brackets that stay open."""
    found: set[int] = set()
    closed = [
        m for m in FIGURE.finditer(line) if "(" not in line[m.start() - 1 : m.end()] or line.find(")", m.end()) >= 0
    ]
    for a, b in pairwise(closed):
        if not WORD.search(line, a.end(), b.start()):
            found |= {a.end(), b.end()}
    return found


def rows(lines: Sequence[str]) -> Iterator[int]:
    """The numbers (from 1) of the lines that look like rows of a table."""
    ends = [ends_of(line.rstrip()) if "  " in line else set() for line in lines]
    for n, own in enumerate(ends):
        if len(own) >= ENOUGH:
            near = [*ends[max(0, n - NEAR) : n], *ends[n + 1 : n + 1 + NEAR]]
            if any(len(own & other) >= ENOUGH for other in near):
                yield n + 1


def residue(document: Document, found: set[int]) -> tuple[int, int]:
    """How many of the lines `found` are text in this document, and how many of these a note covers."""
    told = any(note.code == "table" for note in document.notes)
    left: set[int] = set()
    covered: set[int] = set()
    for block in all_blocks(document.blocks):
        if isinstance(block, Paragraph | Heading | Preformatted):
            own = found.intersection(chain.from_iterable(range(first, last + 1) for first, last in block.lines))
            left |= own
            covered |= own if told and isinstance(block, Preformatted) else set()
    return len(left), len(covered)


def main() -> None:
    counts = []
    lines = 0
    for path in map(Path, sys.argv[1:]):
        data = path.read_bytes()
        try:
            documents = retypeset.read(data, name=path.name).documents
        except retypeset.RetypesetError:
            continue
        found = set(rows(decode(data).lines))
        lines += len(found)
        each = [residue(document, found) for document in documents]
        counts.append((path.name, sum(left for left, _ in each), sum(covered for _, covered in each)))
    print(json.dumps({"counts": counts, "lines": lines}))


if __name__ == "__main__":
    main()
