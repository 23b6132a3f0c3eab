"""Lines that lost their tags -> where a header stands, and where documents begin.

Some files kept what the tags said and lost the tags:

    0000000000-97-000012.txt : 19970512      <SEC-DOCUMENT>
    ACCESSION NUMBER: ...                     the header, told by its `KEY: VALUE` lines
    10-Q                                      <TYPE>, told by what the header says
    1                                         <SEQUENCE>
    EX-27                                     <TYPE> of the next document, told by its form
    2                                         over the next number

What has tags is the business of `envelope`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Final, NamedTuple

from ..model import Range
from .header import KEY_VALUE

_HEADER: Final = re.compile(r"(?:ACCESSION NUMBER|CONFORMED SUBMISSION TYPE): ")
_FILE: Final = re.compile(r"\S+\.(?:txt|hdr\.sgml) : [0-9]{8}\s*$")
_TYPE: Final = re.compile(r"(?:EX-|GRAPHIC$|COVER$)[A-Z0-9.()\-]{0,16}\s*$")
_SEQUENCE: Final = re.compile(r"[0-9]{1,3}\s*$")
# How many filled lines may stand before a header.
WITHIN: Final = 12
# How many documents between two that were found may have lost their number too.
MOST_LOST: Final = 8


class Found(NamedTuple):
    """A document: `lines` is all of it, `text` its body. Stray text has no type."""

    type: str
    sequence: int
    lines: Range
    text: Range


def find_header(lines: Sequence[str], where: Range) -> Range | None:
    """Find a header at the top of these lines; only the names of files may stand before it."""
    start = 0
    for n in islice(_filled(lines, where), WITHIN):
        if _HEADER.match(lines[n - 1]):
            start = n
            break
        if not _FILE.match(lines[n - 1]):
            return None
    if not start:
        return None
    end = start
    for n in _filled(lines, Range(start, where.last)):
        if not KEY_VALUE.match(lines[n - 1].replace("]", " ", 1)):
            break
        end = n
    return Range(start, end)


def documents(lines: Sequence[str], where: Range, form: str | None) -> Iterator[Found]:
    """Part these lines where a document's type stands over its number; `form` is the type of the first one.

    What stands before the first of them is stray text; where `form` is not known, all is.
    """
    starts = list(_starts(lines, where, form)) if form else []
    before = _trimmed(lines, Range(where.first, starts[0] - 1 if starts else where.last))
    if before.first <= before.last:
        yield Found("", 0, before, before)
    for first, following in pairwise([*starts, where.last + 1]):
        text = _trimmed(lines, Range(first + 2, following - 1))
        yield Found(lines[first - 1].strip(), int(lines[first]), Range(first, following - 1), text)


def _starts(lines: Sequence[str], where: Range, form: str) -> Iterator[int]:
    number = 0
    for n in range(where.first, where.last):
        line = lines[n - 1]
        if line.rstrip() == form if not number else line[:1] in "EGC" and _TYPE.match(line):
            following = int(lines[n]) if _SEQUENCE.match(lines[n]) else 0
            if number < following <= (number + MOST_LOST + 1 if number else 1):
                number = following
                yield n


def _filled(lines: Sequence[str], where: Range) -> Iterator[int]:
    return (n for n in range(where.first, where.last + 1) if lines[n - 1].strip())


def _trimmed(lines: Sequence[str], where: Range) -> Range:
    """Narrow a range to its filled lines; last < first where there are none."""
    first, last = where
    while first <= last and not lines[first - 1].strip():
        first += 1
    while last >= first and not lines[last - 1].strip():
        last -= 1
    return Range(first, last)
