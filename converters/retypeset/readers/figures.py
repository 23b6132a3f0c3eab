"""The number a cell states: sign, decimal places, unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from ..model import Cell
from ..references import BEHIND_FIGURE

# Three expressions, each for what those before it left: four figures in five are plain, most others usual.
_PLAIN: Final = re.compile(r"\d{1,3}(?:,\d{3})*(?:\.\d+)?|\d+(?:\.\d+)?")
_USUAL: Final = re.compile(r"(\$ ?|\()?(\d{1,3}(?:,\d{3})*(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(\)| ?%)?")
_NUMBER: Final = re.compile(
    r"(?P<open>\()?\s?(?P<unit>[$£¥])?\s?(?P<minus>[(-])?\s?(?P<unit2>[$£¥])?\s?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)?(?P<part>\.\d+)?(?: (?P<over>\d{1,2})/(?P<under>\d{1,3}))?"
    r"\s?(?P<percent>%)?\s?\)?\s?(?P<percent2>%)?"
    rf"(?:\s?(?:{BEHIND_FIGURE}|[a-z+#]))?"
)
_NIL: Final = re.compile(r"[$£]?\s?(?:-{1,3}|[–—]|-0-|nil|none)\s?%?", re.IGNORECASE)
_DIGITS: Final = frozenset("0123456789")
_NIL_STARTS: Final = frozenset("$£-–—nN")
_STARTS: Final = _DIGITS | _NIL_STARTS | frozenset("(.¥")
_ENDS: Final = frozenset(")%}*-–—+#")
# Cells come again, page after page and year after year: of those that are not plain in 109 filings, three in five.
REMEMBERED: Final = 4096


class Figure(NamedTuple):
    """A number as a decimal string ("-1234.5"), None where there is none; its unit ("%", "$"); whether it is a dash."""

    number: str | None
    unit: str
    nil: bool


NONE: Final = Figure(None, "", nil=False)
NIL: Final = Figure(None, "", nil=True)


def figure(text: str) -> Figure:
    """Read the number that a cell states, and nothing but that.

    >>> figure("(1,234)").number, figure("$ 12.5%").unit, figure("47 1/2").number, figure("--").nil
    ('-1234', '%', '47.5', True)
    """
    first = text[:1]
    if not first or (first not in _STARTS and not first.isdigit()):
        return NONE
    if match := _USUAL.fullmatch(text):
        before, value, after = match.groups("")
        value = value.replace(",", "")
        value = f"0{value}" if value[0] == "." else value
        return Figure(
            f"-{value}" if before == "(" else value, "%" if after[-1:] == "%" else before[:1].strip("("), False
        )
    if not (text[-1].isdigit() or text[-1] in _ENDS or text[-1].isalpha()):
        return NONE
    if first in _NIL_STARTS and _NIL.fullmatch(text):
        return NIL
    match = _NUMBER.fullmatch(text)
    return _stated(match) if match and (match["whole"] or match["part"]) else NONE


def _stated(match: re.Match[str]) -> Figure:
    """The number of a match of the widest expression."""
    value = (match["whole"] or "0").replace(",", "") + (match["part"] or "")
    if match["over"]:
        under = int(match["under"])
        if not under or match["part"]:
            return NONE
        value = f"{int(value) + int(match['over']) / under:.6f}".rstrip("0").rstrip(".")
    negative = match["open"] or match["minus"]
    unit = match["percent"] or match["percent2"] or match["unit"] or match["unit2"] or ""
    return Figure(f"-{value}" if negative else value, unit, nil=False)


EMPTY: Final = Cell("")


def cells_of(texts: Sequence[str]) -> list[Cell]:
    """Make cells of their pieces, which blanks or line feeds part, each with the number it states."""
    plain = _PLAIN.fullmatch
    return [
        EMPTY if not text else Cell(text, 1, 1, text.replace(",", "")) if plain(text) else _cell(text) for text in texts
    ]


@lru_cache(maxsize=REMEMBERED)
def _cell(text: str) -> Cell:
    text = " ".join(text.split())
    number, unit, nil = figure(text)
    return Cell(text, 1, 1, number, unit, nil)
