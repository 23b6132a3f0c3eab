"""Where a cell or a text refers to a footnote: what the readers look for above a note is what the writers link.

A footnote has a mark, and the cells have it behind their words and figures: `(1)`, `(a)`, `*`, `**`, `+`, `{1}`, `1/`.
Several may share brackets: `(1,2)`. A mark at the head of a cell counts its rows, and a lone `(2)` is a figure below
nil: neither refers to anything, nor does what names a part of something, as in `Item 14(a)`.

In running text marks are seldom and brackets many: there a mark stands right behind a word or the end of its clause, or
apart from it at the end of all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from .model import Cell

MARK: Final = (
    r"\((?:\d{1,2}|[A-Za-z]{1,2}|[ivx]{3,5})\)|\*{1,4}(?:\(?\d{1,2}\))?|\+{1,3}|\{\w{1,2}\}|#{1,2}|[†‡]|<F\d{1,2}>"
)
"""A mark as a pattern, but for `1/` and `a/`, which need an eye on what stands beside them."""

BEHIND_FIGURE: Final = r"\(\w{1,2}\)|\{\w\}|\*{1,3}"
"""What may be a mark behind a figure, or at the head of a note below it, and is no part of the number."""

_BRACKETS: Final = r"\((?:\w{1,2}, ?){1,6}\w{1,2}\)"
_REFERENCE: Final = re.compile(rf"(?=[(*+{{#†‡<])(?:{MARK}|{_BRACKETS})")
# The same, and `1/`: a search for what begins with a digit or letter costs more.
_WITH_SLASHES: Final = re.compile(rf"{MARK}|{_BRACKETS}|(?<![\d/])(?:\d{{1,2}}|\b[a-z])/(?![\w/])")
_ONE_OF_SEVERAL: Final = re.compile(r"\w{1,2}")
_CITED: Final = re.compile(r"(?:\b(?:Item|Section|Sec|Rule|Article|Exhibit|Part|Paragraph)s?\b|§)", re.IGNORECASE)
# Behind a word or its stop: `Claims1/`, `shares,(1)`, `("Company"*)`. An `A+` is a rating, `holder(s)` are several.
_IN_TEXT: Final = re.compile(
    r"(?<=[^\s(\[*#])(?:(?:\*{1,4}|#{1,2}|[†‡]|(?<=[a-z\d.,;)])\+{1,3})(?![\w*#+])|\{\w{1,2}\})"
    r"|(?<=[a-zA-Z.,;:)\"'])\d{1,2}/(?![\w/])"
    r"|(?:(?<=[a-zA-Z.,;:%])|(?<=\S[\"']))\((?!s\))(?:\d{1,2}|[a-zA-Z]|[ivx]{2,5})\)(?!\w)"
    r"|(?<=\S )(?:\*{1,4}|(?<=[.;] )\((?:\d{1,2}|[a-z]|[ivx]{2,5})\))$"
)
# So far before its bracket stands the word that says of what it names a part.
CITED_WITHIN: Final = 24


class Reference(NamedTuple):
    """A mark in a text: the columns it stands at, start (included) to end (excluded), and the mark in full."""

    start: int
    end: int
    mark: str


def references(cell: Cell) -> Iterator[Reference]:
    """The marks in a cell that may refer to a footnote, in order.

    >>> [r.mark for r in references(Cell("Net income* (1,a)"))], list(references(Cell("(2)", number="-2")))
    (['*', '(1)', '(a)'], [])
    """
    text = cell.text
    for match in (_WITH_SLASHES if "/" in text else _REFERENCE).finditer(text):
        start, end = match.span()
        mark = match[0]
        enclosed = mark[0] == "(" or mark[-1] == "/"
        if enclosed and not _behind_words(cell, start, end):
            continue
        if "," in mark:
            for one in _ONE_OF_SEVERAL.finditer(text, start, end):
                yield Reference(*one.span(), f"({one[0]})")
        else:
            yield Reference(start, end, mark)


def text_references(text: str) -> Iterator[Reference]:
    """The marks in running text that may refer to a footnote, in order.

    >>> [r.mark for r in text_references('Claims1/ of the "Company"* under Rule 12(b), 1,000 shares.(2)')]
    ['1/', '*', '(2)']
    """
    for match in _IN_TEXT.finditer(text):
        start, end = match.span()
        if match[0][0] != "(" or not _CITED.search(text, max(0, start - CITED_WITHIN), start):
            yield Reference(start, end, match[0])


def refers(text: str, mark: str) -> bool:
    """Does running text refer to the footnote with this mark? Most texts do not hold it: to find that out is cheap."""
    at = text.find(mark)
    while at >= 0:
        match = _IN_TEXT.match(text, at)
        if match and match[0] == mark and not (mark[0] == "(" and _CITED.search(text, max(0, at - CITED_WITHIN), at)):
            return True
        at = text.find(mark, at + 1)
    return False


def _behind_words(cell: Cell, start: int, end: int) -> bool:
    """Does a mark stand behind the words or figures of its cell, or alone where no figure can be meant?"""
    before = cell.text[:start].strip(" $")
    if not before:
        return end == len(cell.text) and not start and cell.number is None
    return not _CITED.search(before[-CITED_WITHIN:])
