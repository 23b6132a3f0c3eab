"""The markers that items and numbered titles begin with: `(a)`, `1.`, `iv)`, `o`, `[X]`, `Note 3:`."""

from __future__ import annotations

import re
from string import ascii_letters
from typing import Final

from .lines import Line

MARKER: Final = re.compile(
    r"(?:\([a-zA-Z]\)(?:\(\d{1,2}\)|\d{1,2}\.)|\(?(?:[a-zA-Z]|[ivxIVX]{1,5}|\d{1,3})\)|\d{1,3}\.(?:\d{1,3}\.?)*|[a-zA-Z]\.|[IVXivx]{1,5}\."
    r"|o|\*{1,3}|-{1,2}|•|>|\+{1,3}|\{\d\}|\[ ?[xX_]? ?\]|/ ?[xX]? ?/"
    r"|(?:Item|ITEM|Note|NOTE|Section|SECTION|Exhibit|EXHIBIT|Article|ARTICLE)\s\w[\w.()-]{0,8}:?)"
)
# The number of an exhibit: `10(f)`, `10.A.28`, `99.1*`, `Exhibit 4`.
ENTRY: Final = re.compile(r"[*+]{0,2}\(?(?:exhibit\s+)?\d{1,3}[\w.()*+/-]{0,16}(?:\s\(\d\))?[*+]{0,2}", re.IGNORECASE)
# Two letters that no marker begins with: but for roman numbers, `Note` and `Exhibit`, all pairs are.
_WORDS: Final = frozenset(
    a + b for a in ascii_letters for b in ascii_letters if a not in "ivxIVX" or b not in "ivxIVX"
) - {"No", "NO", "Ex", "EX"}
_LABELS: Final = frozenset(("Note", "NOTE", "Exhi", "EXHI"))
_MARKED: Final = re.compile(rf"({MARKER.pattern})\s+\S|(\d{{1,3}}(?:\.\d{{1,2}})?) {{2,}}[A-Z]")


def begins_with_word(line: Line) -> bool:
    """Does a line plainly begin with a word? Then it has no marker; of other lines this says nothing."""
    return line.text[line.indent : line.indent + 2] in _WORDS


def marker_of(line: Line) -> str:
    """The marker a line begins with, or "": `(a)`, `1.`, `o`, `[X]`; something must follow it."""
    text, at = line.text, line.indent
    if begins_with_word(line):
        return ""
    first, second = text[at], text[at + 1 : at + 2]
    roman = first in "ivxIVX" and second in "ivxIVX"
    if first.isalpha() and second.isalpha() and not roman and text[at : at + 4] not in _LABELS:
        return ""
    match = _MARKED.match(text, at)
    if not match:
        return ""
    marker = match[1] or match[2]
    if match[2] and " " in text[match.end() :] and len(text[at:].split("  ")) == text.count(" ", at) // 2 + 1:
        return ""  # `450  Fifth  Street`: every blank of the line is doubled
    if len(marker) == 5 and marker[1:4].isdigit():
        return ""  # `(425) 882-8080`
    if marker[0] in "INSEA" and len(marker) > 3 and marker[1].isalpha():
        apart = marker[-1] == ":" or text[match.end(1) : match.end(1) + 2] == "  "
        return marker if marker[:4].upper() in ("NOTE", "EXHI") and apart else ""
    if marker in ("o", "-", "--", "•", "*", "**", "***", "+", "++", "+++"):
        return marker if marker != "o" or text[match.end(1) : match.end(1) + 2] == "  " else ""
    return marker
