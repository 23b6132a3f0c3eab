"""Bytes -> lines of text: encodings, line ends, tabs, stray control characters, and the armour of mailed filings.

In the order of the work:

    bytes   control characters out; is it text at all?
    text    ASCII, else strict UTF-8, else a judgement among the encodings of the era
    lines   CRLF, CR and LF all end a line; tabs become blanks to the next multiple of eight columns
    armour  privacy-enhanced mail (RFC 1421) put `- ` before every line that began with a dash: undone, inside armour

Every change is counted and reported as a note. A form feed stays: it is a page break (`pages`). What the lines say is
no business of this module.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from ..model import Note, Range
from ..notes import DecodeError

TAB: Final = 8
# Of the 109 filings at hand none holds one control character in a thousand; random bytes hold one in nine, compressed
# files about as many.
MOST_CONTROL: Final = 0.03
# A short file may hold that many of them all the same; NUL does not count, files were padded with it.
FEW_CONTROL: Final = 64
# Share of bytes above 0x7F beyond which what is no UTF-8 is not the English of a filing either.
MOST_HIGH: Final = 0.3
# How many characters outside ASCII are looked at to judge an encoding.
ENOUGH: Final = 20_000

_CONTROL: Final = bytes(b for b in [*range(0x20), 0x7F] if b not in b"\t\n\r\f")
_ENCODINGS: Final = ("cp1252", "mac_roman", "cp437", "cp850")
_CHARDET_NAMES: Final = {"windows-1252": "cp1252", "macroman": "mac_roman", "ibm437": "cp437", "ibm850": "cp850"}
_C1: Final = re.compile("[\x80-\x9f]")
_BEGIN: Final = "-----BEGIN PRIVACY-ENHANCED MESSAGE-----"
_END: Final = "-----END PRIVACY-ENHANCED MESSAGE-----"
_ARMOUR_LINE: Final = re.compile(r" |[A-Za-z-]+:")
_ESCAPED_TWICE: Final = re.compile(r"- --")
_QUOTES: Final = frozenset("’‘“”")
_SIGNS: Final = frozenset("–—•§®©™¢£¥€°½¼¾¶·…†‡±×¨¹²³ªº«»")


class Decoded(Struct, frozen=True):
    """The lines of a file without their ends, the encoding they were read in, and which of them are armour."""

    lines: list[str]
    encoding: str
    armour: tuple[Range, ...]
    notes: tuple[Note, ...]


def decode(data: bytes) -> Decoded:
    """Decode the bytes of a file into lines.

    Raises DecodeError where there is nothing, or no text.
    """
    notes: list[Note] = []
    text, encoding = _text(data, notes)
    if not text or text.isspace():
        raise DecodeError("the file is empty: there is nothing to convert")
    lines = _lines(text, notes)
    armour = _unarmour(lines, notes)
    return Decoded(lines, encoding, armour, tuple(notes))


# ---------------------------------------------------------------- bytes -> text


def _text(data: bytes, notes: list[Note]) -> tuple[str, str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _utf16(data), "utf-16"
    clean = data.translate(None, _CONTROL)
    gone = len(data) - len(clean)
    if gone - data.count(0) > max(FEW_CONTROL, MOST_CONTROL * len(data)):
        raise DecodeError(
            f"not text: {gone:,} of {len(data):,} bytes are control characters; "
            "give the filing as the plain text that EDGAR holds (an archive must be unpacked first)"
        )
    if gone:
        first = next(n for n, line in enumerate(data.splitlines(), 1) if line.translate(None, _CONTROL) != line)
        notes.append(Note("control", f"{gone:,} stray control characters were taken out", Range(first, first)))
    if clean.isascii():
        return clean.decode("ascii"), "ascii"
    try:
        return _c1(clean.decode("utf-8-sig"), notes), "utf-8"
    except UnicodeDecodeError:
        return _legacy(clean, notes)


def _utf16(data: bytes) -> str:
    try:
        return data.decode("utf-16").translate(dict.fromkeys(_CONTROL))
    except UnicodeDecodeError as error:
        raise DecodeError(f"not text: begins like UTF-16 but breaks off at byte {error.start:,}") from error


def _c1(text: str, notes: list[Note]) -> str:
    """Mend what was read as Latin-1 and stored as UTF-8: the controls U+0080-9F were cp1252 punctuation."""
    mended, count = _C1.subn(lambda m: m[0].encode("latin-1").decode("cp1252", "replace"), text)
    if not count or "\ufffd" in mended:
        return text
    notes.append(Note("encoding", f"{count:,} C1 control characters were read as Windows-1252 punctuation"))
    return mended


def _legacy(data: bytes, notes: list[Note]) -> tuple[str, str]:
    high = data.translate(None, bytes(range(0x80)))
    if len(high) > MOST_HIGH * len(data):
        raise DecodeError(f"not text: {len(high):,} of {len(data):,} bytes are outside ASCII and they are no UTF-8")
    import chardet  # noqa: PLC0415  (most filings are ASCII and never need it)

    guess = chardet.detect(data, max_bytes=len(data), prefer_superset=True, include_encodings=_ENCODINGS)
    name = str(guess["encoding"] or "").lower()
    first = _CHARDET_NAMES.get(name, name)
    candidates = dict.fromkeys(("cp1252", first) if first in _ENCODINGS else ("cp1252",)) | dict.fromkeys(_ENCODINGS)
    encoding = max(candidates, key=lambda name: (_plausible(data, name), name == first))
    text = _read(data, encoding)
    notes.append(Note("encoding", f"neither ASCII nor UTF-8: read as {encoding} ({len(high):,} characters)"))
    return text, encoding


def _read(data: bytes, encoding: str) -> str:
    """Decode without losing a byte: what an encoding leaves undefined becomes the C1 control of that number."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return "".join(
            part.decode(encoding) if _defined(part, encoding) else part.decode("latin-1")
            for part in re.split(rb"([\x81\x8d\x8f\x90\x9d])", data)
        )


def _defined(part: bytes, encoding: str) -> bool:
    try:
        part.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _plausible(data: bytes, encoding: str) -> int:
    """Say how well the characters outside ASCII fit among their neighbours when read in this encoding.

    chardet reads a lone apostrophe 0x92 as cp437 (an accented capital in mid-word); letters belong between letters of
    their own case, quotes beside words, drawing characters in runs.
    """
    score = 0
    for n, match in enumerate(re.finditer(rb"[\x80-\xff]", data)):
        if n >= ENOUGH:
            break
        at = match.start()
        before, char, after = (_read(data[i : i + 1], encoding) if i >= 0 else "" for i in (at - 1, at, at + 1))
        score += _fits(before, char, after)
    return score


def _fits(before: str, char: str, after: str) -> int:
    if char in _QUOTES:
        return 3 if before.isalpha() or after.isalpha() else 1
    if char in _SIGNS or char == "\xa0":
        return 2
    if char.isalpha():
        if char.isupper() and before.islower():
            return -2
        return 2 if before.isalpha() or after.isalpha() else -1
    return 1 if char in (before, after) and "\u2500" <= char <= "\u259f" else -3


# ---------------------------------------------------------------- text -> lines


def _lines(text: str, notes: list[Note]) -> list[str]:
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    tabs = text.count("\t")
    if tabs:
        notes.append(Note("tabs", f"{tabs:,} tabs were replaced by blanks, to the next multiple of {TAB} columns"))
        text = text.expandtabs(TAB)
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def _unarmour(lines: list[str], notes: list[Note]) -> tuple[Range, ...]:
    """Undo the dash escapes between the armour's lines, in place; return the ranges of the armour itself.

    The closing line may be glued to the last line of the text, or missing from a file that was cut.
    """
    armour: list[Range] = []
    escapes = 0
    inside = False
    for n in [n for n, line in enumerate(lines, 1) if line[:1] == "-"]:
        line = lines[n - 1]
        if line.startswith(_BEGIN):
            armour.append(Range(n, _armour_end(lines, n)))
            inside = True
        elif inside and line.startswith(_END):
            armour.append(Range(n, n))
            inside = False
        elif inside and line.startswith("- "):
            lines[n - 1] = line[4:] if line.startswith("- - -") and _ESCAPED_TWICE.match(line, 2) else line[2:]
            escapes += 1
    if armour:
        said = f"; {escapes:,} dash escapes were undone" if escapes else ""
        notes.append(Note("armour", f"the armour of a privacy-enhanced message was taken off{said}", armour[0]))
    return tuple(armour)


def _armour_end(lines: list[str], first: int) -> int:
    """The last line of the armour's own header; a blank line ends it, if one was left."""
    last = first
    while last < len(lines) and _ARMOUR_LINE.match(lines[last]):
        last += 1
    return last
