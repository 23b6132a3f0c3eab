"""Dates as heads, rows and labels have them: years, days of a month, days in figures."""

from __future__ import annotations

import re
from typing import Final

YEAR: Final = re.compile(r"(?:19|20)\d\d\*?(?:\(\w\))?")
# What every year begins with.
CENTURIES: Final = frozenset(("19", "20"))
# `Dec. 31,`: what may follow is the year.
MONTH_AND_DAY: Final = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d{1,2},?"
DAY_OF_MONTH: Final = re.compile(MONTH_AND_DAY)

_DATE: Final = re.compile(rf"(?:{MONTH_AND_DAY})?\s?(?:(?:19|20)\d\d)?\*?", re.IGNORECASE)
_DATE_STARTS: Final = frozenset("12JFMASOND")
_IN_FIGURES: Final = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}")
# A day in figures, `6/30/94`, has so many strokes.
_STROKES: Final = 2


def is_date(text: str) -> bool:
    """Is a part of a line a year, a day of a month, or both?"""
    return text[0] in _DATE_STARTS and bool(YEAR.fullmatch(text) or _DATE.fullmatch(text))


def is_day(text: str) -> bool:
    """Is an amount a day in figures: `6/30/94`?"""
    return text.count("/") == _STROKES and _IN_FIGURES.fullmatch(text) is not None
