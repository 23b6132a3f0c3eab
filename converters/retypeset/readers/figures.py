"""The number a cell states: sign, decimal places, unit."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_NUMBER: Final = re.compile(
    r"(?P<open>\()?\s?(?P<unit>[$£¥])?\s?(?P<minus>[(-])?\s?(?P<unit2>[$£¥])?\s?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)?(?P<part>\.\d+)?(?: (?P<over>\d{1,2})/(?P<under>\d{1,3}))?"
    r"\s?(?P<percent>%)?\s?\)?\s?(?P<percent2>%)?(?:\s?(?:\(\w{1,2}\)|\{\w\}|\*{1,3}|[a-z+#]))?"
)
_NIL: Final = re.compile(r"[$£]?\s?(?:-{1,3}|[–—]|-0-|nil|none)\s?%?", re.IGNORECASE)


class Figure(NamedTuple):
    """A number as a decimal string ("-1234.5"), None where there is none; its unit ("%", "$"); whether it is a dash."""

    number: str | None
    unit: str
    nil: bool


NONE: Final = Figure(None, "", nil=False)


def figure(text: str) -> Figure:
    """Read the number that a cell states, and nothing but that.

    >>> figure("(1,234)").number, figure("$ 12.5%").unit, figure("47 1/2").number, figure("--").nil
    ('-1234', '%', '47.5', True)
    """
    if not text or not (text[-1].isdigit() or text[-1] in ")%}*-–—+#" or text[-1].isalpha()):
        return NONE
    if _NIL.fullmatch(text):
        return Figure(None, "", nil=True)
    match = _NUMBER.fullmatch(text)
    if not match or not (match["whole"] or match["part"]):
        return NONE
    value = (match["whole"] or "0").replace(",", "") + (match["part"] or "")
    if match["over"]:
        under = int(match["under"])
        if not under or match["part"]:
            return NONE
        value = f"{int(value) + int(match['over']) / under:.6f}".rstrip("0").rstrip(".")
    negative = match["open"] or match["minus"]
    unit = match["percent"] or match["percent2"] or match["unit"] or match["unit2"] or ""
    return Figure(f"-{value}" if negative else value, unit, nil=False)
