"""The proof for HTML pages: what their lines say without markup, and texts that share lines.

A page may have a whole table on one line, or several paragraphs; that is no breach. So the texts that have lines in
common, an island, are proved together: their characters are those of the lines, and each text that is not a table
stands there in its order.

This module shares no code with `readers.markup`, which takes pages apart for the reader. Scripts and style sheets are
text here, for the reader lists them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import accumulate
from string import ascii_letters

from msgspec import Struct

from .model import Note, Range, Ranges

_OPENS = frozenset(ascii_letters + "/!?")
# How many characters a note quotes.
QUOTED = 30


class Leaf(Struct, frozen=True, gc=False):
    """What a run of lines became: its text, and whether that has the order of the page."""

    text: str
    lines: Ranges
    ordered: bool


def said(lines: Sequence[str]) -> list[str]:
    """What the lines of a page say: markup taken out, entities decoded.

    Markup is a comment, or what stands from a `<` before a letter, `/`, `!` or `?` to the next `>`. What is not closed
    is text.

    >>> said(["<p>Sales &amp; <b", "class=x>costs</b><!-- of", "<p> all --> of 5 < 6"])
    ['Sales & ', 'costs', ' of 5 < 6']
    """
    text = "\n".join(lines)
    last_tag, last_comment = text.rfind(">"), text.rfind("-->")
    first, *pieces = text.split("<")
    out = [first]
    at = len(first)  # where the `<` before the piece stands
    closing = ""  # what ends the markup we are in
    for piece in pieces:
        if not closing and piece[:1] in _OPENS:
            if at + 2 < last_comment + 1 and piece.startswith("!--"):
                closing = "-->"
            elif at < last_tag:
                closing = ">"
        if not closing:
            out.append("<" + piece)
        else:
            markup, closed, text = piece.partition(closing)
            # Line feeds stay, so that lines stay lines; a NUL parts what the markup parted.
            out.append("\0" + "\n" * markup.count("\n") + text if "\n" in markup else "\0" + text)
            closing = "" if closed else closing
        at += 1 + len(piece)
    # A line without an entity needs no look at its pieces.
    return [
        "".join([unescape(piece) if "&" in piece else piece for piece in line.split("\0")])
        if "&" in line
        else line.replace("\0", "")
        for line in "".join(out).split("\n")
    ]


def breaches(leaves: Sequence[Leaf], texts: Sequence[bytes], source: Sequence[bytes]) -> Iterator[Note]:
    """Prove the texts of pages against their lines; return a note for each breach.

    `texts` are those of the leaves, `source` those of all lines as pages say them; both without blanks.
    """
    page = _Page(source)
    for lines, members in _islands(leaves, len(source)):
        where = Range(lines[0].first, lines[-1].last)
        want, have = b"".join([page.slice(a, b) for a, b in lines]), b"".join([texts[n] for n in members])
        if want != have and (counts := (_count(want), _count(have))) and counts[0] != counts[1]:
            lost, found = ("".join(sorted((a - b).elements()))[:QUOTED] for a, b in (counts, counts[::-1]))
            message = f"the blocks lack {lost!r} of what their lines say, and say {found!r} that they do not"
            yield Note("conservation", message, where)
            continue
        for n in members:
            if leaves[n].ordered and not page.says(texts[n], leaves[n].lines):
                message = f"the source does not say {texts[n][:QUOTED].decode('utf-8', 'replace')!r} in this order"
                yield Note("conservation", message, Range(leaves[n].lines[0].first, leaves[n].lines[-1].last))


class _Page:
    """All lines as one string, and how far it was read."""

    def __init__(self, source: Sequence[bytes]) -> None:
        self.whole = b"".join(source)
        self.ends = [0, *accumulate(map(len, source))]
        self.read = 0

    def slice(self, first: int, last: int) -> bytes:
        return self.whole[self.ends[first - 1] : self.ends[last]]

    def says(self, text: bytes, lines: Ranges) -> bool:
        """Do these lines say a text in its order? It is looked for behind what was read, then from their beginning."""
        start, end = self.ends[lines[0].first - 1], self.ends[lines[0].last]
        if len(lines) == 1:
            at = self.whole.find(text, max(start, self.read), end)
            at = self.whole.find(text, start, end) if at < 0 else at
            if at >= 0:
                self.read = max(self.read, at + len(text))
                return True
        # Something was taken out of its midst: what was printed on every page.
        own = b"".join([self.slice(a, b) for a, b in lines])
        at = 0
        for n in range(len(text)):
            at = own.find(text[n : n + 1], at) + 1
            if not at:
                return False
        return True


def _count(text: bytes) -> Counter[str]:
    return Counter(text.decode("utf-8", "replace"))


def _islands(leaves: Sequence[Leaf], count: int) -> Iterator[tuple[list[Range], list[int]]]:
    """The lines that are linked by leaves which have several of them, and these leaves, in order."""
    spans = sorted(
        (first, last, n) for n, leaf in enumerate(leaves) for first, last in leaf.lines if 0 < first <= last <= count
    )
    runs: list[Range] = []  # lines that overlap
    parent: list[int] = []
    of: dict[int, int] = {}  # the last run of each leaf

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = run = parent[parent[run]]
        return run

    for first, last, n in spans:
        if runs and first <= runs[-1].last:
            runs[-1] = Range(runs[-1].first, max(runs[-1].last, last))
        else:
            parent.append(len(runs))
            runs.append(Range(first, last))
        if n in of:
            parent[root(len(runs) - 1)] = root(of[n])
        of[n] = len(runs) - 1
    islands: dict[int, tuple[list[Range], list[int]]] = {}
    for run, lines in enumerate(runs):
        islands.setdefault(root(run), ([], []))[0].append(lines)
    for n in sorted(of):
        islands[root(of[n])][1].append(n)
    yield from islands.values()
