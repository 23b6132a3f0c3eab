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

import codecs
import re
from itertools import islice
from typing import Final, NamedTuple

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
_A_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# What is no text, by its first bytes; a tar says so further on.
_PACKED: Final = {
    b"\x1f\x8b": "a gzip file",
    b"\x1f\x9d": "a file of compress",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ\0": "an xz file",
    b"PK\x03\x04": "a zip archive",
}
_TAR: Final = slice(257, 262), b"ustar"
_PDF: Final = b"%PDF-"
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ENCODINGS: Final = ("cp1252", "mac_roman", "cp437", "cp850")
_CHARDET_NAMES: Final = {"windows-1252": "cp1252", "macroman": "mac_roman", "ibm437": "cp437", "ibm850": "cp850"}
_NOT_ASCII: Final = re.compile("[^\x00-\x7f]")
_C1: Final = re.compile("[\x80-\x9f]")
_STRAY_BYTE: Final = re.compile("[\udc80-\udcff]")
_BEGIN: Final = "-----BEGIN PRIVACY-ENHANCED MESSAGE-----"
_END: Final = "-----END PRIVACY-ENHANCED MESSAGE-----"
_ESCAPED_TWICE: Final = "- - --"
_ARMOUR_LINE: Final = re.compile(r" \S+\s*$|[A-Za-z-]+:")
_QUOTES: Final = frozenset("’‘“”")
_SIGNS: Final = frozenset("–—•§®©™¢£¥€°½¼¾¶·…†‡±×¨¹²³ªº«»")
_DRAWN: Final = frozenset(map(chr, range(0x2500, 0x25A0)))


class Armour(NamedTuple):
    """Lines of armour; its last one may be glued to text, which ends before `column`."""

    lines: Range
    column: int = 0


class Decoded(Struct, frozen=True):
    """The lines of a file without their ends, the encoding they were read in, and which of them are armour."""

    lines: list[str]
    encoding: str
    armour: tuple[Armour, ...]
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
    armour = _unarmour(lines, notes) if _BEGIN in text else ()
    return Decoded(lines, encoding, armour, tuple(notes))


# ---------------------------------------------------------------- bytes -> text


def _text(data: bytes, notes: list[Note]) -> tuple[str, str]:
    if data.startswith(_UTF16_MARKS):
        return _text(_from_utf16(data), notes)[0], "utf-16"
    clean = _without_control(data, notes)
    if clean.isascii():
        return clean.decode("ascii"), "ascii"
    clean = clean.removeprefix(codecs.BOM_UTF8)
    text = _utf8(clean, notes)
    return (text, "utf-8") if text is not None else _legacy(clean, notes)


def _from_utf16(data: bytes) -> bytes:
    try:
        return data.decode("utf-16").encode("utf-8")
    except UnicodeDecodeError as error:
        raise DecodeError(f"not text: begins like UTF-16 but breaks off at byte {error.start:,}") from error


def _without_control(data: bytes, notes: list[Note]) -> bytes:
    clean = data.translate(None, _CONTROL)
    gone = len(data) - len(clean)
    if gone - data.count(0) > max(FEW_CONTROL, MOST_CONTROL * len(data)) or (gone and _is_tar(data)):
        raise DecodeError(f"not text: {_no_text(data, gone)}")
    if gone and (first := _A_CONTROL.search(data)):
        line = _unix(data[: first.start()].decode("latin-1")).count("\n") + 1
        notes.append(Note("control", f"{gone:,} stray control characters were taken out", Range(line, line)))
    return clean


def _is_tar(data: bytes) -> bool:
    where, mark = _TAR
    return data[where] == mark


def _no_text(data: bytes, controls: int) -> str:
    """Say what it is in the place of text, and what to do."""
    packed = "a tar archive" if _is_tar(data) else next((_PACKED[m] for m in _PACKED if data.startswith(m)), "")
    if packed:
        return f"this is {packed}: unpack it first, or let `retypeset archive` read it as it stands"
    found = "this is a PDF" if data.startswith(_PDF) else f"{controls:,} of {len(data):,} bytes are control characters"
    return f"{found}; give the filing as the plain text that EDGAR holds"


def _utf8(data: bytes, notes: list[Note]) -> str | None:
    """Decode UTF-8, or answer None where it is none.

    Where most of what stands outside ASCII is UTF-8, the file was cut within a character, or a byte strayed into it.
    Controls U+0080-9F were cp1252 punctuation that was read as Latin-1 and stored as UTF-8.
    """
    text = data.decode("utf-8", "surrogateescape")
    strays = len(_STRAY_BYTE.findall(text))
    if 2 * strays >= len(_NOT_ASCII.findall(text)) > 0:
        return None
    if strays:
        notes.append(Note("encoding", f"{strays:,} bytes that are no UTF-8 were read as Windows-1252"))
        text = _STRAY_BYTE.sub(lambda m: _read(bytes([ord(m[0]) - 0xDC00]), "cp1252"), text)
    elif _C1.search(text):
        mended = _C1.sub(lambda m: _read(m[0].encode("latin-1"), "cp1252"), text)
        if count := len(_C1.findall(text)) - len(_C1.findall(mended)):
            notes.append(Note("encoding", f"{count:,} C1 control characters were read as Windows-1252 punctuation"))
        text = mended
    return text


def _legacy(data: bytes, notes: list[Note]) -> tuple[str, str]:
    high = len(data.translate(None, bytes(range(0x80))))
    if high > MOST_HIGH * len(data):
        raise DecodeError(f"not text: {high:,} of {len(data):,} bytes are outside ASCII and they are no UTF-8")
    import chardet  # noqa: PLC0415  (most filings are ASCII and never need it)

    guess = chardet.detect(data, max_bytes=len(data), prefer_superset=True, include_encodings=_ENCODINGS)
    guessed = str(guess["encoding"] or "").lower()
    guessed = _CHARDET_NAMES.get(guessed, guessed)
    readings = {name: _read(data, name) for name in _ENCODINGS}
    encoding = max(_ENCODINGS, key=lambda name: (_plausible(readings[name]), name == guessed))
    notes.append(Note("encoding", f"neither ASCII nor UTF-8: read as {encoding} ({high:,} characters)"))
    return readings[encoding], encoding


def _read(data: bytes, encoding: str) -> str:
    """Decode without losing a byte: what an encoding leaves undefined becomes the C1 control of that number."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        defined = {b: bytes([b]).decode(encoding, "replace") for b in range(0x80, 0x100)}
        return data.decode("latin-1").translate({b: c for b, c in defined.items() if c != "\ufffd"})


def _plausible(text: str) -> int:
    """Say how well the characters outside ASCII fit among their neighbours.

    chardet reads a lone apostrophe 0x92 as cp437 (an accented capital in mid-word); letters belong between letters of
    their own case, quotes beside words, drawing characters in runs.
    """
    found = islice(_NOT_ASCII.finditer(text), ENOUGH)
    return sum(_fits(text[max(m.start() - 1, 0) : m.start()], m[0], text[m.end() : m.end() + 1]) for m in found)


def _fits(before: str, char: str, after: str) -> int:
    beside = before.isalpha() + after.isalpha()
    if char in _QUOTES:
        return 2 + beside
    if char in _SIGNS or char == "\xa0":
        return 2
    if char.isalpha():
        if char.isupper() and before.islower():
            return -2
        return 2 if beside else -2 if char.isupper() else -1
    if char in _DRAWN:
        return 3 if before in _DRAWN or after in _DRAWN else -1
    return -3


# ---------------------------------------------------------------- text -> lines


def _lines(text: str, notes: list[Note]) -> list[str]:
    lines = _unix(text).split("\n")
    if not lines[-1]:
        lines.pop()
    if tabs := text.count("\t"):
        notes.append(Note("tabs", f"{tabs:,} tabs were replaced by blanks, to the next multiple of {TAB} columns"))
        lines = [line.expandtabs(TAB) if "\t" in line else line for line in lines]
    return lines


def _unix(text: str) -> str:
    """Make every line end in a line feed; a file sent twice as text ends its lines in CR CR LF."""
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _unarmour(lines: list[str], notes: list[Note]) -> tuple[Armour, ...]:
    """Undo the dash escapes between the armour's lines, in place; return where the armour itself stands.

    Its closing line may be glued to the last line of the text, or missing from a file that was cut.
    """
    armour: list[Armour] = []
    escapes = 0
    inside = False
    for n in [n for n, line in enumerate(lines, 1) if line[:1] == "-"]:
        line = lines[n - 1]
        if line.startswith(_BEGIN):
            armour += _glued_end(lines, armour[-1].lines.last, n - 1) if inside else []
            armour.append(Armour(Range(n, _armour_end(lines, n))))
            inside = True
        elif inside and line.startswith(_END):
            armour.append(Armour(Range(n, n)))
            inside = False
        elif inside and line.startswith("- "):
            lines[n - 1] = line[4:] if line.startswith(_ESCAPED_TWICE) else line[2:]
            escapes += 1
    armour += _glued_end(lines, armour[-1].lines.last, len(lines)) if inside else []
    if armour:
        said = f"; {escapes:,} dash escapes were undone" if escapes else ""
        notes.append(Note("armour", f"the armour of a privacy-enhanced message was taken off{said}", armour[0].lines))
    return tuple(armour)


def _armour_end(lines: list[str], first: int) -> int:
    """The last line of the armour's own header; a blank line ends it, if one was left."""
    last = first
    while last < len(lines) and _ARMOUR_LINE.match(lines[last]):
        last += 1
    return last


def _glued_end(lines: list[str], after: int, last: int) -> list[Armour]:
    """Find the armour's end behind the text of the last filled line, between lines `after` and `last`."""
    while last > after and not lines[last - 1].strip():
        last -= 1
    column = lines[last - 1].find(_END, 1) if last > after else 0
    return [Armour(Range(last, last), column)] if column > 0 else []
