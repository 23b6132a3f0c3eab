"""What a table is called and what its figures are counted in: the titles above it and its own heads say so.

    CONSOLIDATED STATEMENTS OF INCOME          the caption of the table below: the title right above it
    (In thousands, except per share amounts)   its unit; both lines stay blocks of their own

A unit is looked for in the label's head, in a head over all columns, in the first row, in the titles right above, and
at the end of the paragraph that leads to the table, in this order. It reaches over tables that follow without a word
between, and over `(continued)`; no further, for a wrong unit is a wrong fact. What holds for one column only
(`Shares (in millions)`) stays its head's.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ..model import Block, Furniture, Heading, Lines, List, Paragraph, Table
from .lines import ends_sentence

_SCALE: Final = (
    r"(?:(?:thousands|millions|billions|hundreds)\b|(?:thousand|million|billion) [A-Z]{3}\b"
    r"|(?:whole |U\.?S\.? )?dollars\b|percent\b|\$?'?000'?s?\b)"
)
_BRACKETS: Final = re.compile(r"\((?:[^()]++|\([^()]*+\))*+\)")
# What brackets say: `(In thousands)`, `(Millions of dollars)`, `($000)`, `(000's omitted)`.
_IN_BRACKETS: Final = re.compile(
    rf"\b(?:in|to) (?:[A-Z]{{3}} )?{_SCALE}|[( ](?:thousands|millions|billions) of\b"
    r"|^\((?:thousands|millions|billions)\b|^\(\$?'?000'?s?\b",
    re.IGNORECASE,
)
# What a line says without brackets: `Dollars in millions, except per share data`.
_ALONE: Final = re.compile(
    r"(?:unaudited[,;] )?"
    r"(?:(?:all )?(?:(?:U\.?S\.? )?(?:\$|dollars?|EUR|euros?|shares?|options|amounts?|figures|and|data|tabular) ){0,4}"
    rf"(?:are |is )?(?:stated |expressed |presented |shown |reported |rounded )?(?:in|to(?: the nearest)?) {_SCALE}"
    r"|(?:thousands|millions|billions) of (?:U\.?S\.? )?[a-z]{3,10}|\$?'?000'?s?(?: omitted)?)"
    r"(?: \([^()]{1,80}\)|(?: of|,|;| except\b| unless\b| and\b)[^()]{0,80}+(?:\([^()]{1,20}\)[^()]{0,80}+)?)?"
    r"(?= /| (?:19|20)\d\d|[.:]?$)",
    re.IGNORECASE,
)
_CONTINUED: Final = re.compile(r"\bcont(?:inued|'?d)\b", re.IGNORECASE)
# Units are said in so many characters; what is looked at of a text is its end.
LONGEST: Final = 120
LAST: Final = 400
# So many titles above a table, one over the other, speak of it; a paragraph of so many words may be one.
TITLES: Final = 3
TITLE_WORDS: Final = 14

Title: TypeAlias = Heading | Lines | Paragraph


class _Said(Struct):
    """What was said of the last table: its title, its unit, and whether the unit stood above it."""

    caption: str = ""
    unit: str = ""
    above: bool = False


def with_captions(blocks: Sequence[Block], furniture: Sequence[Furniture]) -> tuple[Block, ...]:
    """Tell each table what it is called and what its figures are counted in.

    A statement that goes on over pages has its titles printed afresh on each: these are among the furniture.
    """
    repeated = sorted([(f.lines.first, f.text) for f in furniture if f.kind == "head"])
    out = list(blocks)
    said = _Said()
    for n in [n for n, block in enumerate(out) if isinstance(block, Table)]:
        table = out[n]
        assert isinstance(table, Table)
        titles = _titles(out, n)
        lead = out[n - len(titles) - 1] if n > len(titles) else None
        before = lead.lines[-1].last if lead is not None else 0
        between = repeated[bisect(repeated, (before, "")) : bisect(repeated, (table.lines[0].first, ""))]
        said = _said_of(table, lead, titles, "\n".join([text.strip() for _, text in between]), said)
        if said.caption or said.unit:
            out[n] = replace(table, caption=said.caption, unit=said.unit)
    return tuple(out)


def _said_of(table: Table, lead: Block | None, titles: Sequence[Title], again: str, last: _Said) -> _Said:
    """What is said of a table: in itself, above it, or of the table before it that it goes on with.

    `lead` is the block above its titles; `again` are titles above it that were taken for furniture.
    """
    own = _own_unit(table)
    caption = _caption(titles)
    unit = own or next(filter(None, (_unit_in(title.text) for title in reversed(titles))), "")
    if not unit and (unit := _unit_in(again)):
        return _Said(caption or _without_units(again), unit, above=True)
    if not titles and isinstance(lead, Table) and not lead.footnotes:
        if table.head and (again or not last.above):
            return _Said("", unit)
        return _Said(last.caption, unit or last.unit, last.above and not own)
    unit = unit or (_unit_of_lead(lead) if len(titles) < TITLES else "")
    if not unit and any(_CONTINUED.search(title.text) for title in titles) and _same(caption, last.caption):
        unit = last.unit
    return _Said(caption, unit, above=bool(unit and not own))


# ---------------------------------------------------------------- captions


def _titles(blocks: Sequence[Block], n: int) -> list[Title]:
    """The titles right above block n, in order: headings, lines, and paragraphs of a few words."""
    titles: list[Title] = []
    for block in reversed(blocks[max(n - TITLES, 0) : n]):
        if not isinstance(block, Heading | Lines | Paragraph):
            break
        if isinstance(block, Paragraph) and not _is_short(block):
            break
        titles.append(block)
    return titles[::-1]


def _is_short(paragraph: Paragraph) -> bool:
    text = paragraph.text
    if len(text) > LONGEST or text.count(" ") >= TITLE_WORDS:
        return False
    return text[:1] == "(" or not ends_sentence(text)


def _caption(titles: Sequence[Title]) -> str:
    """The title nearest to the table: a heading before any other line; what says only the unit is none."""
    named = [t for t in titles if _without_units(t.text)]
    nearest = next((t for t in reversed(named) if isinstance(t, Heading)), named[-1] if named else None)
    return _without_units(nearest.text) if nearest else ""


def _without_units(text: str) -> str:
    """The lines of a title that say more than the unit."""
    return "\n".join([line for line in text.split("\n") if not _is_remark(line)])


def _is_remark(line: str) -> bool:
    """Does a line say nothing but a unit, or something else in brackets: `(Unaudited)`?"""
    return bool(_BRACKETS.fullmatch(line) or _unit_alone(line))


def _same(caption: str, other: str) -> bool:
    def plain(text: str) -> str:
        return "".join(filter(str.isalnum, _CONTINUED.sub("", text))).casefold()

    return bool(caption) and plain(caption) == plain(other)


# ---------------------------------------------------------------- units


def _own_unit(table: Table) -> str:
    """What the heads of a table or its first row say for all its figures."""
    labels = [row.cells[0].text for row in table.head if row.cells]
    if unit := _unit_in(" ".join(labels)) or next(filter(None, map(_unit_alone, filter(None, labels))), ""):
        return unit
    for n, row in enumerate(table.head):
        filled = [cell for cell in row.cells[1:] if cell.text]
        over_all = len(filled) == 1 and (not n or filled[0].colspan >= len(table.columns) - 1)
        if over_all and (unit := _unit_alone(filled[0].text.strip("-–— "))):
            return unit
    if table.body and table.body[0].cells:
        return _unit_alone(table.body[0].cells[0].text)
    return ""


def _unit_in(text: str) -> str:
    """The unit that a title or head says somewhere."""
    if len(text) > LAST or not _counts(text):
        return ""
    flat = text.replace("\n", " ")
    return _bracketed(flat) or _unit_alone(flat) or next(filter(None, map(_unit_alone, text.split("\n"))), "")


def _unit_alone(text: str) -> str:
    """The unit where a text says nothing else."""
    if len(text) > LONGEST or not _counts(text):
        return ""
    if text[0] == "(":
        return text if _BRACKETS.fullmatch(text) and _IN_BRACKETS.search(text) else ""
    match = _ALONE.match(text)
    return match[0].strip() if match else ""


def _counts(text: str) -> bool:
    """Is there a word in a text without which nothing is said of a unit?"""
    small = text.lower()
    return "illion" in small or "thousand" in small or "000" in small or "dollar" in small or "percent" in small


def _bracketed(text: str) -> str:
    """The unit that brackets in a text say."""
    if "(" in text:
        for match in _BRACKETS.finditer(text):
            if len(match[0]) <= LONGEST and _IN_BRACKETS.search(match[0]):
                return match[0]
    return ""


def _unit_of_lead(block: Block | None) -> str:
    """The unit that the end of the paragraph above a table says: `... were as follows (in thousands):`."""
    match block:
        case Paragraph(text=text):
            sentence = text[-LAST:].rstrip(" .:").rpartition(". ")[2]
            if sentence[-1:] == ")" or text[-1:] == ":":
                return _bracketed(sentence)
            return _unit_alone(sentence)
        case List(items=items) if items and items[-1].blocks:
            return _unit_of_lead(items[-1].blocks[-1])
        case _:
            return ""
