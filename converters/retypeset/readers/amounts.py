"""A line of a table taken apart: its label, its words and its amounts.

It is parted at gaps of two and more blanks and between figures that stand one blank apart; a currency sign and a per
cent sign stay with their figure, a fraction and the end of a range with what they go on from. Which column a part
belongs to is the business of `columns`, what number it states that of `figures`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from ..references import BEHIND_FIGURE
from .dates import CENTURIES, YEAR, is_day
from .leaders import LEADERS, without_leaders

STRONG: Final = re.compile(r"[$(<+-]{0,3}\d(?:[\d,]*\d)?(?:\.\d+)?[)%]{0,2}|[$(]{0,2}\.\d+[)%]{0,2}|-{1,3}")
_AMOUNT: Final = re.compile(
    r"[$(<+£-]{0,3}\s{0,12}[$(]?\s{0,12}\.?\d[\d,./]*(?: {1,4}\d{1,2}/\d{1,3})?\s?\)?\s{0,3}%?\)?"
    rf"(?:\s?(?:{BEHIND_FIGURE}|[a-z]))?"
    r"|[$]?\s{0,12}[-–—]{1,3}|[$+]?\s{0,12}-0-|N/?[AM]|\*{1,2}|X",
    re.IGNORECASE,
)
# `3.3%-7.0%`, `$17.58 to $36.75`, `6 - 9`: a range is one figure; `60077-1076` and `33-43189` are numbers of something.
_RANGE: Final = re.compile(
    r"[$-]?\s{0,12}(?:\d[\d,]*(?:\.\d+%?|%)|\d[\d,]*(?=\s|-\$))(?:[-–]|\s{1,2}(?:[-–]|to)\s{1,2})[$-]?\s?\d[\d,]*(?:\.\d+)?%?"
)
# What goes on with the figure before it: `58  1/2`, `13.83 -  29.80`, `1989  -  1994`.
_GOES_ON: Final = re.compile(
    r"\d {1,4}\d{1,2}/(?:2|4|8|16|32|64)(?![\d/])|\d (?:-|to) {1,2}\$? ?\d|\b(?:19|20)\d\d {2}- {2}(?:19|20)\d\d\b"
)
# `54 3/4 45 3/4`: figures with fractions, one blank apart.
_WITH_FRACTION: Final = re.compile(r"\$?\d[\d,]*(?: \d{1,2}/\d{1,2})?(?=\s|\Z)")
_FRACTION: Final = re.compile(r"\d \d{1,2}/\d{1,2} \$?\d|\d \$?\d+ \d{1,2}/\d{1,2}$")
_MARKED: Final = re.compile(r"([$(-]{0,3}\s{0,12}[\d,.-]+[)%]{0,2}) ?(?:\(\w{1,2}\))+$")
_MARK: Final = re.compile(r"\(\d\)")
_GAP: Final = re.compile(r"  +")
_WIDE_GAP: Final = re.compile(r"\s\s+|[^\S ]")
WORD: Final = re.compile(r"\S+")
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:;.")
_DIGITS: Final = frozenset("0123456789")
# What begins with a digit and holds nothing else is an amount.
_FIGURE: Final = "0123456789,./"
_AMOUNT_STARTS: Final = frozenset("$(<+£-–—.0123456789*XxNn")
_STARTS: Final = _AMOUNT_STARTS | frozenset("%)")
_SIGNED: Final = frozenset(("/s/", "/S/"))
SIGN: Final = frozenset(("$", "($", "(", "£", "+"))
_AFTER: Final = frozenset(("%", ")", ")%", "%)"))
_SIGNS: Final = SIGN | _AFTER
# Parts so close may be one: stretched words, and the name of one who signs behind `/s/`.
CLOSE: Final = 2
# So many words in a row, two blanks apart, were stretched.
MANY_WORDS: Final = 3
# `%` and `)` stand at most so many blanks behind their figure.
AFTER_GAP: Final = 3


class Part(Struct, frozen=True, gc=False):
    """A piece of a line: columns start (included) to end (excluded), 0-based, its text, and whether it is an amount."""

    start: int
    end: int
    text: str
    amount: bool


def parts_of(text: str) -> list[Part]:
    """Take a line apart where two blanks and more stand, leaders counted as blanks, and between figures."""
    typed = text
    text = without_leaders(text).rstrip() if "." in text else text
    stripped = text.lstrip()
    at = len(text) - len(stripped)
    if text.isascii():
        if "  " not in stripped and stripped[:1] not in _STARTS:
            return [Part(at, len(text), stripped, False)] if stripped else []
        pieces = _GAP.split(stripped)
    else:  # there are other blanks
        pieces = _WIDE_GAP.split(stripped)
    if " $" in text:  # the sign of the figure behind the gap
        pieces = [p for piece in pieces for p in (_without_sign(piece) if piece[-2:] == " $" else (piece,))]
    parts: list[Part] = []
    add = parts.append
    signs = False
    close = 0
    end = at
    find = text.find
    for piece in pieces:
        at = find(piece, end)
        close += at - end == CLOSE
        end = at + len(piece)
        first = piece[0]
        if first in _DIGITS and not piece.strip(_FIGURE):
            add(Part(at, end, piece, True))
        elif first not in _STARTS:
            add(Part(at, end, piece, False))
        elif "/" in piece and _FRACTION.search(piece) and not _WITH_FRACTION.sub("", piece).strip():
            parts += [Part(at + m.start(), at + m.end(), m[0], amount=True) for m in _WITH_FRACTION.finditer(piece)]
        elif " " in piece and not _RANGE.fullmatch(piece) and _several_figures(piece):
            parts += [Part(at + m.start(), at + m.end(), m[0], is_figure(m[0])) for m in WORD.finditer(piece)]
            signs = True
        else:
            signs = signs or piece in _SIGNS
            add(Part(at, end, piece, is_figure(piece)))
    if len(parts) > 1 and ("/" in text or " -" in text or " to " in text):
        parts = _joined(parts, text)
    if signs:
        parts = _signs(parts, text)
    if close >= MANY_WORDS - 1:
        parts = _closed_up(parts, text)
    if "/s/" in text or "/S/" in text:
        parts = _signatures(parts, text)
    if len(parts) > 1 and parts[0].amount and _is_label(parts[0], typed):
        parts[0] = replace(parts[0], amount=False)
    return parts


def _is_label(first: Part, typed: str) -> bool:
    """Is an amount that begins a line a label: a range with figures behind it, or what leaders lead from?"""
    return _RANGE.fullmatch(first.text) is not None or LEADERS.match(typed, first.end) is not None


def _closed_up(parts: Sequence[Part], text: str) -> list[Part]:
    """The parts, with runs of words put together that two blanks part throughout: the line was stretched."""
    out: list[Part] = []
    first = 0
    for n in range(1, len(parts) + 1):
        if n < len(parts) and parts[n].start - parts[n - 1].end == CLOSE and " " not in parts[n].text:
            continue
        run = parts[first:n]
        words = [part.text for part in run]
        running = any(word[0].islower() or word[-1] == "," for word in words[:-1]) and not all(p.amount for p in run)
        if len(run) >= MANY_WORDS and running and " " not in words[0]:
            run = [Part(run[0].start, run[-1].end, text[run[0].start : run[-1].end], amount=False)]
        out += run
        first = n
    return out


def _signatures(parts: Sequence[Part], text: str) -> list[Part]:
    """The parts, with the name that follows a `/s/` put to it, and what stands before: `*By:  /s/  ANN HALL`."""
    out: list[Part] = []
    for part in parts:
        before = out[-1].text if out else ""
        named = ("/s/" in before or "/S/" in before) and part.start - out[-1].end == CLOSE
        if before[-3:] in _SIGNED or named or (part.text[:3] in _SIGNED and before[-1:] == ":"):
            start = out.pop().start
            out.append(Part(start, part.end, text[start : part.end], amount=False))
        else:
            out.append(part)
    return out


def _joined(parts: list[Part], text: str) -> list[Part]:
    """The parts, with fractions and ranges put together that gaps had parted."""
    bridges = [m.span() for m in _GOES_ON.finditer(text)]
    if not bridges:
        return parts
    out = parts[:1]
    at = 0  # the first bridge that reaches as far as the part
    for part in parts[1:]:
        before = out[-1]
        while at < len(bridges) and bridges[at][1] <= part.start:
            at += 1
        if at < len(bridges) and bridges[at][0] < before.end:
            whole = text[before.start : part.end]
            out[-1] = Part(before.start, part.end, whole, is_figure(whole))
        else:
            out.append(part)
    return out


def _without_sign(piece: str) -> tuple[str, str]:
    return piece[:-2].rstrip(), "$"


def _several_figures(piece: str) -> bool:
    """Does a piece hold two figures and more, and nothing else?"""
    if piece[-1] in _LETTERS:
        return False
    figures = 0
    words = piece.split(" ")
    for word in words:
        if STRONG.fullmatch(word) or _RANGE.fullmatch(word):
            figures += bool(word.strip("-"))
        elif word not in _SIGNS:
            return False
    return figures >= 2 and not (len(words) == 2 and _MARK.fullmatch(words[1]))  # a figure and its note


def _signs(parts: Sequence[Part], text: str) -> list[Part]:
    """Put signs that stand alone to their figure: `$` to the one behind, `%` and `)` to the one before."""
    out: list[Part] = []
    for part in parts:
        if out and _belong(out[-1], part):
            start = out.pop().start
            joined = text[start : part.end]
            out.append(Part(start, part.end, joined, is_figure(joined)))
        else:
            out.append(part)
    return out


def _belong(before: Part, part: Part) -> bool:
    if before.text in SIGN:
        return part.amount
    return before.amount and part.text in _AFTER and part.start - before.end <= AFTER_GAP


def is_figure(text: str) -> bool:
    """Does a part state an amount, or stand for one?"""
    first = text[0]
    if first in "$(" and text[1:2] in _DIGITS and not text[1 : -1 if text[-1] == ")" else None].strip(_FIGURE):
        return True
    return first in _AMOUNT_STARTS and (_AMOUNT.fullmatch(text) or _RANGE.fullmatch(text)) is not None


def is_counted(part: Part) -> bool:
    """Does a part state an amount that is neither a year nor a day?"""
    said = part.text
    if not part.amount or ("/" in said and is_day(said)):
        return False
    return said[:2] not in CENTURIES or not YEAR.fullmatch(said)  # a year begins like one


def before_mark(part: Part) -> int:
    """Where a figure ends that the mark of a note follows: `3,921 (a)`, `(3%)(a)`."""
    marked = _MARKED.match(part.text) if part.amount else None
    return part.start + marked.end(1) if marked else part.end
