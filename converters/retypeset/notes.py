"""Errors, which stop the work, the codes of notes, which ride along with it, and how both name lines.

A library never prints: what went wrong is raised as a `RetypesetError`, whatever else a reader of the output should
know is a `model.Note` with one of `CODES`.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .model import Range, Ranges  # `--version` needs no model


class RetypesetError(Exception):
    """The work cannot go on. The message says what, where, and what to do."""


class DecodeError(RetypesetError):
    """The input is not text."""


class OutputError(RetypesetError):
    """The output cannot be written."""


class ItemError(RetypesetError):
    """The Item asked for is none, or is not in the filing."""


class TemplateError(RetypesetError):
    """A template or style given by the user cannot be used."""


LOSS: Final = frozenset({"partition", "conservation"})
"""The codes that say that a promise was broken: `--strict` turns them into exit code 1."""

CODES: Final = {
    # decode
    "encoding": "The bytes are neither ASCII nor UTF-8; the encoding is a judgement.",
    "control": "Control characters were taken out.",
    "armour": "The armour of a privacy-enhanced message was taken off.",
    "tabs": "Tabs were replaced by blanks, to the next multiple of eight columns.",
    # envelope
    "bare": "There is no envelope: the whole file is one document.",
    "header": "A line of the header is not understood.",
    "doubled": "The header stands twice.",
    "unclosed": "A closing tag is missing.",
    "stray": "Text stands outside of all documents.",
    "count": "The header states another number of documents.",
    "uuencode": "A uuencoded file is broken; its text was kept.",
    # tables
    "table": "Tables could not be read with confidence and are shown as they were filed.",
    # proof
    "partition": "A source line belongs to nothing, or to two blocks.",
    "conservation": "The characters of a block are not those of its lines.",
}


DEBUG: Final = "RETYPESET_DEBUG"
"""The variable of the environment that asks for more words on faults of ours."""


def internal(error: Exception) -> str:
    """Name a fault of ours by class and place; its own message may quote the filing, and is left to the traceback."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f" at {PurePath(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""
    name = type(error).__name__
    return f"internal error ({name}{where}); please report it with the filing ({DEBUG}=1 shows more)"


def spans(ranges: Ranges) -> str:
    """Name source lines, from 1, in one word: `12-14,20`."""
    return ",".join([f"{first}-{last}" if last != first else f"{first}" for first, last in ranges])


def place(lines: Range) -> str:
    """Name source lines in words: `line 12`, `lines 12-14`."""
    return f"{'line' if lines.first == lines.last else 'lines'} {spans((lines,))}"
