"""Is a unit of lines a title, and what does it look like?

A title is known by its words (`ITEM 7`, `ARTICLE II`, `SIGNATURES`) or by how it is set: in capitals, underlined,
boxed, centred, with a capital at each word that matters. Which level its look stands for is the business of `outline`.
"""

from __future__ import annotations

import re
from typing import Final

from .lines import Line, Unit, ends_sentence
from .markers import marker_of

LABEL: Final = re.compile(
    r"(?:PART|ITEM|ARTICLE|SECTION|NOTE|SCHEDULE|APPENDIX|ANNEX|CHAPTER)\s+[\dIVXA-Z]",
    re.IGNORECASE,
)
_LABEL_STARTS: Final = frozenset("PIASNCpiasnc")
_EXHIBIT: Final = re.compile(r"EXHIBIT\s+(?:\d[\w.()-]*|[A-Z](?:-\d+)?)", re.IGNORECASE)
_FORM: Final = re.compile(
    r"(?:FORM\s+[\dA-Z][\w/-]*(?:\s\w+)?|SCHEDULE\s+(?:1[34][A-Z]|TO)\S*)",
    re.IGNORECASE,
)
# Titles of the form that have no number but the rank of an Item: General Instruction G(3) of Form 10-K.
_BACK_MATTER: Final = re.compile(
    r"SIGNATURES?|EXHIBIT INDEX|INDEX (?:TO|OF) EXHIBITS"
    r"|EXECUTIVE OFFICERS OF (?:THE )?(?:REGISTRANT|COMPANY|CORPORATION)",
    re.IGNORECASE,
)
_SIGNED: Final = re.compile(
    r"/s/|\b(?:By|BY):|^\s*(?:By|BY)(?:\s{2,}|\s*_|\s*$)"
    r"|^\s*(?:Date|Dated|Name|Title|Its|Contact|Attest|Tel|Telephone|Phone|Fax|DATE|DATED|NAME|TITLE)\s?:"
)
_DATE: Final = re.compile(
    r"(?:Dated?:?\s+)?(?:(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"\s+\d{1,2},?\s+\d{4}|\d{1,2}/\d{1,2}/\d{2,4})\.?",
    re.IGNORECASE,
)
_DATED: Final = re.compile(r"(?:For the|As of|Dated)\s.*\d{4}$", re.IGNORECASE)
_ZIP: Final = re.compile(r"\b\d{5}(?:-\d{4})?\s*$|\(\d{3}\)\s?\d{3}-\d{4}|\b\d{3}[-/]\d{3}-\d{4}")
_VALUED: Final = re.compile(r"[a-zA-Z)]\s?: +\S|\b(?:No\.?|Number|NO\.?|NUMBER)\s*:?\s*[\dA-Z]*\d")
_ADDRESSED: Final = re.compile(r"(?:(?:Dear|Gentlemen|Ladies|To|Re)\b.{0,60}:|To\s(?:the|our|all)\s.*)", re.IGNORECASE)
# What stands below a title, and is none: `None.`, `Not applicable`, `See accompanying notes to financial statements`.
_ANSWER: Final = re.compile(
    r"(?:none|not\sapplicable|n/a|inapplicable)\.?|see\s(?:the\s)?(?:accompanying\s)?notes?\b.*", re.IGNORECASE
)
# The rows of the cover of Schedules 13D and 13G, with their numbers or without.
_ROW: Final = re.compile(
    r"(?:\(?\d{1,2}[.)]{0,2}\s{1,8})?(?:names? of reporting|check (?:the appropriate )?box if|sec use only"
    r"|sources? of funds|citizenship or place of org|(?:sole|shared) (?:voting|dispositive) power"
    r"|aggregate amount benef|percent of class rep|types? of reporting person"
    r"|\(?(?:s\.?s\.? or )?i\.?r\.?s\.? identification no)",
    re.IGNORECASE,
)
# What is filled in or ticked is a field of a form: `Yes [X]  No [ ]`, `For the transition period from ____ to ____`.
_TICKED: Final = re.compile(r"[\[|/] ?[xX_]? ?[\]|/](?:\W|$)")
_FILLED: Final = re.compile(r"__.*[a-zA-Z].*__|__ +(?:to|no|yes)\b|\b(?:from|yes|no) +__", re.IGNORECASE)
_SMALL: Final = frozenset(
    "a an and as at but by for from in into its of on or per than the to under upon versus vs with within "  # noqa: SIM905
    "without".split()
)
_LETTERS: Final = re.compile(r"(?:[^A-Za-z]*+[A-Za-z]){3}")
_DIGIT: Final = re.compile(r"\d")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'’-]*")
# A title is no longer than this.
TITLE_WORDS: Final = 18
# Nor one that is known by nothing but the capitals of its words than this.
TITLED_WORDS: Final = 14


def title_style(unit: Unit, edge: int, *, stacked: bool = False) -> str:
    """What a title looks like, or "" where this is none: a word for its rank (`outline.RANKS`)."""
    text = unit.text
    count = text.count(" ") + 1
    if count > TITLE_WORDS + 7 or text[0].islower() or text[-1] in ",;" or not _LETTERS.match(text):
        return ""
    # Most titles have no digit: one search for any saves four for what has some.
    digits = _DIGIT.search(text) is not None
    if (
        (text[0] in "([" and text[-1] in ")]")
        or text[0] == "*"
        or is_signed(text)
        or (text[0] in "NnIiSs" and _ANSWER.fullmatch(text))
        or is_field(text)
        or is_row(text)
        or (digits and (_DATE.fullmatch(text) or _ZIP.search(text)))
    ):
        return ""
    caps = is_caps(text)
    titled = not caps and _is_titled(text)  # nobody asks it of capitals
    if _FORM.fullmatch(text):
        return "form"
    if _BACK_MATTER.fullmatch(text):
        return "signatures"
    if match := LABEL.match(text):
        sentence = text[-1] in ".:" and not caps and not titled and count > 3
        if not sentence:
            return match[0].split()[0].lower()
    if _EXHIBIT.fullmatch(text):
        return "exhibit"
    if (
        ((digits or ":" in text) and _VALUED.search(text))
        or (_ADDRESSED.fullmatch(text) and not (caps and text[-1] != ":"))
        or (digits and not caps and _DATED.match(text))
    ):
        return ""
    marker = marker_of(unit.first)
    if marker:
        if stacked or marker[0] in "[/*+•->{" or marker == "o":
            return ""
        titled = not caps and _is_titled(text[len(marker) :].strip())
    return _look(unit, text, edge, titled=titled, marked=bool(marker))


def _look(unit: Unit, text: str, edge: int, *, titled: bool, marked: bool) -> str:
    caps = is_caps(text)
    words = text.count(" ") + 1
    if ends_sentence(text) and not (caps and text[-1] in ".:") and not (text[-1] == ":" and titled and 2 <= words <= 8):
        return ""
    if words > TITLE_WORDS:
        return ""
    if unit.underlined:
        return "caps-underlined" if caps else "underlined"
    if unit.boxed and (caps or titled):
        return "boxed"
    if marked and (caps or (titled and words <= TITLED_WORDS and len(text) <= 0.8 * edge)):
        return "lettered" if caps else "numbered"
    centred = all(is_centred(line, edge) for line in unit.lines)
    if caps:
        return "caps-centred" if centred else "caps"
    if not titled or words > TITLED_WORDS:
        return ""
    if centred:
        return "centred"
    return "titled" if not marked and len(text) <= edge + 2 and unit.first.indent <= 30 else ""


def title_like(unit: Unit) -> bool:
    if len(unit.lines) > 4:
        return False
    line, at = unit.first.text, unit.first.indent
    if line[at] not in _LABEL_STARTS and not unit.underlined and line.isascii() and line.upper() != line:
        return False  # most prose is: to join its lines is not needed
    text = unit.text
    if text.count(" ") >= TITLE_WORDS + 8:
        return False
    labelled = LABEL.match(text) and (not ends_sentence(text) or (text[-1] == "." and _is_titled(text)))
    return is_caps(text) or bool(labelled) or unit.underlined


def is_signed(text: str) -> bool:
    """Does a line bear a signature, or a field of its block? Strings that must stand there are asked for first."""
    return (":" in text or "/s/" in text or "By" in text or "BY" in text) and _SIGNED.search(text) is not None


def is_row(text: str) -> bool:
    """Is a line a row of the cover of Schedule 13D or 13G, `4.  Citizenship or Place of Organization`?"""
    return _ROW.match(text) is not None


def is_field(text: str) -> bool:
    """Are there boxes to tick in a line, or blanks to fill with what the words between them ask for?"""
    boxed = ("[" in text or "|" in text or "/" in text) and _TICKED.search(text) is not None
    return boxed or ("__" in text and _FILLED.search(text) is not None)


def is_caps(text: str) -> bool:
    # Where all is ASCII, isupper says the same and stops at the first small letter.
    return (text.isupper() if text.isascii() else text.upper() == text) and _LETTERS.match(text) is not None


def _is_titled(text: str) -> bool:
    """Do the words that matter begin with capitals?"""
    words = [w for w in _WORD.findall(text) if w.lower() not in _SMALL]
    return bool(words) and words[0][0].isupper() and sum([w[0].isupper() for w in words]) >= 0.7 * len(words)


def is_centred(line: Line, edge: int) -> bool:
    """Does a line stand in the middle of the column from 0 to `edge`?"""
    left, right = line.indent, edge - len(line.text)
    return left >= 8 and abs(left - right) <= max(6, 0.12 * edge)
