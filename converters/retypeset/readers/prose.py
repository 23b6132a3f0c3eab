"""Regions -> blocks: un-justify, join lines and sentences over page breaks, part paragraphs.

A hyphen at a line's end is kept and joined without a blank (`long-` + `term`): filers were told to switch automatic
hyphenation off, and under two lines in a hundred end in one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ..model import Block, Lines, Paragraph, Preformatted, Range, Ranges
from .lines import Line
from .regions import LINES, PROSE, TABULAR, Region

_HYPHEN: Final = re.compile(r"(?<=\w)-\n\s*(?=\w)")
_SENTENCE_END: Final = re.compile(r"[.:;?!][\"')\]]*$")
# The first line of a paragraph is set in by this many columns; more is another layout.
INDENT: Final = range(2, 18)


def set_blocks(regions: Sequence[Region]) -> tuple[Block, ...]:
    """Make a block of each region, or of each paragraph of it."""
    blocks: list[Block] = []
    pending: list[Line] = []
    for region in regions:
        if pending and not (region.kind == PROSE and region.after_break and _goes_on(pending[-1], region.lines[0])):
            blocks.append(_paragraph(pending))
            pending = []
        if region.kind == PROSE:
            *whole, last = _paragraphs(pending + region.lines)
            blocks += [_paragraph(lines) for lines in whole]
            pending = last
        elif region.kind == TABULAR:
            blocks.append(_preformatted(region.lines))
        elif region.kind == LINES:
            blocks.append(_lines(region.lines))
    if pending:
        blocks.append(_paragraph(pending))
    return tuple(blocks)


def _goes_on(last: Line, first: Line) -> bool:
    """Does a sentence that a page break cut go on here? It has no end before the break and no capital after it."""
    return not _SENTENCE_END.search(last.text) and first.text[first.indent].islower()


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Part lines where one is set in after a line that ends a sentence."""
    margin = min((line.indent for line in lines[1:]), default=lines[0].indent)
    start = 0
    for i in range(1, len(lines)):
        if (
            lines[i].indent - margin in INDENT
            and lines[i - 1].indent <= lines[i].indent
            and (
                _SENTENCE_END.search(lines[i - 1].text)
                and (i + 1 == len(lines) or lines[i + 1].indent < lines[i].indent)
            )
        ):
            yield list(lines[start:i])
            start = i
    yield list(lines[start:])


def _paragraph(lines: Sequence[Line]) -> Paragraph:
    return Paragraph(join([line.text for line in lines]), ranges(lines))


def join(texts: Sequence[str]) -> str:
    """Join the lines of a paragraph into one string with single blanks."""
    if len(texts) == 1:
        return " ".join(texts[0].split())
    text = "\n".join(texts)
    if "-\n" in text:
        text = _HYPHEN.sub("-", text)
    return " ".join(text.split())


def _lines(lines: Sequence[Line]) -> Lines:
    texts = [" ".join(line.text.split()) for line in lines]
    centred = len({line.indent + len(line.text) for line in lines}) < len(lines) and lines[0].indent > 0
    return Lines("\n".join(texts), ranges(lines), "center" if centred or _centred(lines) else "left")


def _centred(lines: Sequence[Line]) -> bool:
    """Do the middles of the lines stand within two columns of each other, with different indents?"""
    middles = [line.indent + len(line.text) for line in lines]
    return min(line.indent for line in lines) >= 4 and max(middles) - min(middles) <= 4


def _preformatted(lines: Sequence[Line]) -> Preformatted:
    out: list[str] = []
    number = lines[0].number
    for line in lines:
        out += [""] * min(1, line.number - number - 1)
        out.append(line.text)
        number = line.number
    return Preformatted("\n".join(out), ranges(lines))


def preformatted(lines: Sequence[str], where: Range) -> Preformatted:
    """Keep these source lines as they are."""
    return Preformatted("\n".join(line.rstrip() for line in lines[where.first - 1 : where.last]), (where,))


def ranges(lines: Sequence[Line]) -> Ranges:
    """The runs of source lines that these lines make, over gaps of lines that are not among them."""
    out: list[Range] = []
    first = last = lines[0].number
    for line in lines[1:]:
        if line.number != last + 1:
            out.append(Range(first, last))
            first = line.number
        last = line.number
    out.append(Range(first, last))
    return tuple(out)
