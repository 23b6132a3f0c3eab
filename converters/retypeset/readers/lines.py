"""Body -> lines with the facts that all later stages share, found in one pass: the inner loop.

A line knows its number, its text without blanks at the end, its indent, and what kind of line it is:

    BLANK   nothing                      RULE   drawn: dashes, equals signs, underscores
    TAG     layout tags only (<TABLE>)   BREAK  a page break: <PAGE>, with or without a number, or a form feed
    TEXT    everything else

Tags glued to text are taken out of it, their columns left blank so that nothing moves; what was taken out goes on the
list of furniture. What the text means is no business of this module.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from ..model import Furniture, Range, Ranges

BLANK, TEXT, RULE, TAG, BREAK = range(5)

# What is counted above a line as blank lines where a page begins; there are never so many else.
NEW_PAGE: Final = 9
_RULE_CHARS: Final = " -=_~."
_STOPS: Final = (".", ":", ";", "?", "!")
_CLOSING: Final = "\"')]"
# What the last character of a sentence may be.
ENDS: Final = frozenset((*_STOPS, *_CLOSING))
_PAGE: Final = re.compile(r"</?PAGE(?: +\d{1,5})?>", re.IGNORECASE)
_PAGE_ALONE: Final = re.compile(r"\s*(?:</?PAGE(?: +\d{1,5})?>\s*){1,8}(?:(?:Page )?-?\d{1,5}-?\s*)?$", re.IGNORECASE)
_LAYOUT: Final = re.compile(r"</?(?:TABLE|CAPTION|S|C|FN|F\d{1,3}|HTML|BODY|DIV|PRE)>|</LEGEND>", re.IGNORECASE)
_BROKEN_TAG: Final = re.compile(
    r"\s*(?:</?(?:TABLE|CAPTION|TEXT|DOCUMENT)|/(?:TABLE|CAPTION)>?|\[/?FN\])$", re.IGNORECASE
)
_BROKEN_PAGE: Final = re.compile(r"\s*(?:</?PAGE|/?PAGE>)$", re.IGNORECASE)
_HYPHEN: Final = re.compile(r"(?<=[^\W_])-\n\s*(?=\w)")
# A tag that lost its brackets is on a line no longer than this.
_BROKEN_LENGTH: Final = 16
# What all of these begin with; other tags are text: those of a financial data schedule, `<F1>` apart.
_KNOWN: Final = re.compile(
    r"<(?:/?(?:PAGE|TABLE|CAPTION|TEXT|DOCUMENT|S>|C>|F|HTML>|BODY>|DIV>|PRE>)|/LEGEND>)", re.IGNORECASE
)


# Words that call for more words: what ends in one of them goes on.
CONNECTORS: Final = "of|and|or|the|for|to|in|on|with|by|a|an|from|as|at"
# The last letters of these, of `under`, `net` and `per`, and the signs that do as much.
CONNECTS: Final = frozenset("fdreonhyamstFDREONHYAMST,&-")


class Line(Struct, frozen=True, gc=False):
    """One line of a body. `number` is 1-based in the source, 0 for blank lines; `indent` is where its text begins."""

    number: int
    text: str
    indent: int
    kind: int


_NOTHING: Final = Line(0, "", 0, BLANK)


def scan(texts: Sequence[str], first: int, furniture: list[Furniture]) -> list[Line]:
    """Read the lines of a body; `first` is the source line of the first of them.

    Furniture taken out of lines that keep other text, and lines that are tags or breaks and nothing else, are added to
    `furniture`.
    """
    out: list[Line] = []
    add = out.append
    number = first - 1
    for raw in texts:
        number += 1
        text = raw.rstrip()
        if not text:
            add(_NOTHING if "\f" not in raw else _feed(number, furniture))
            continue
        broken = len(text) <= _BROKEN_LENGTH and (text[0] in "/[P" or "/TABLE" in text)
        if broken or ("<" in text and _KNOWN.search(text)) or "\f" in text:
            out += _tagged(number, text, furniture)
            continue
        indent = 0 if "!" <= text[0] <= "~" else len(text) - len(text.lstrip())
        drawn = text[indent] in _RULE_CHARS and not text.strip(_RULE_CHARS) and len(text) - indent > 1
        add(Line(number, text, indent, RULE if drawn else TEXT))
    return out


def _feed(number: int, furniture: list[Furniture]) -> Line:
    furniture.append(Furniture("break", "\f", Range(number, number)))
    return Line(number, "", 0, BREAK)


def _tagged(number: int, text: str, furniture: list[Furniture]) -> list[Line]:
    """Read a line that may hold tags: breaks before its text, the text, breaks behind it."""
    where = Range(number, number)
    if _BROKEN_TAG.match(text):
        furniture.append(Furniture("tag", text, where))
        return [Line(number, "</TABLE>" if "TABLE" in text.upper() else "", 0, TAG)]
    if _PAGE_ALONE.match(text) or _BROKEN_PAGE.match(text):
        furniture.append(Furniture("break", text, where))
        return [Line(number, text, 0, BREAK)]
    before = after = 0
    if "\f" in text:
        before, after = text.startswith("\f"), not text.startswith("\f")
        furniture.append(Furniture("break", "\f", where))
        text = text.replace("\f", " ").rstrip()
    if "<" in text:
        found = list(_PAGE.finditer(text))
        furniture += [Furniture("break", m[0], where) for m in found]
        before = before or any(m.start() == 0 for m in found)
        after = after or any(m.start() > 0 for m in found)
        text = _PAGE.sub(blank, text)
    tags = list(_LAYOUT.finditer(text))
    text = _LAYOUT.sub(blank, text)
    text = text.rstrip()
    if tags and not text:
        furniture.append(Furniture("tag", " ".join(m[0] for m in tags), where))
        middle = [Line(number, " ".join(m[0].upper() for m in tags), 0, TAG)]
    else:
        furniture += [Furniture("tag", m[0], where) for m in tags]
        opening = [m[0].upper() for m in tags if m[0][1] != "/"]
        closing = [m[0].upper() for m in tags if m[0][1] == "/"]
        middle = [
            *([Line(number, " ".join(opening), 0, TAG)] if opening else []),
            *([_plain(number, text)] if text else []),
            *([Line(number, " ".join(closing), 0, TAG)] if closing else []),
        ]
    page = Line(number, "<PAGE>", 0, BREAK)
    return [*([page] if before else []), *middle, *([page] if after else [])]


def blank(match: re.Match[str]) -> str:
    """Blanks as wide as what was found."""
    return " " * len(match[0])


def _plain(number: int, text: str) -> Line:
    indent = len(text) - len(text.lstrip())
    return Line(number, text, indent, TEXT if text.strip(_RULE_CHARS) or len(text) - indent < 2 else RULE)


def ends_sentence(text: str) -> bool:
    """Does a line end as sentences do, quotes and brackets aside?"""
    return text[-1] in _STOPS or (text[-1] in _CLOSING and text.rstrip(_CLOSING)[-1:] in _STOPS)


def join(texts: Sequence[str]) -> str:
    """Join the lines of a paragraph into one string with single blanks."""
    if len(texts) == 1:
        return " ".join(texts[0].split())
    text = "\n".join(texts)
    if "-\n" in text:
        text = _HYPHEN.sub("-", text)
    return " ".join(text.split())


def rules(lines: Sequence[Line]) -> list[Furniture]:
    """The rules among these lines, as furniture."""
    return [Furniture("rule", r.text, Range(r.number, r.number)) for r in lines if r.kind == RULE]


def ranges(lines: Sequence[Line]) -> Ranges:
    """The runs of source lines that these lines make, over gaps of lines that are not among them."""
    first, last = lines[0].number, lines[-1].number
    if last - first == len(lines) - 1:
        return (Range(first, last),)  # most have no gap: their numbers rise
    out: list[Range] = []
    last = first
    for line in lines[1:]:
        if line.number != last + 1:
            out.append(Range(first, last))
            first = line.number
        last = line.number
    out.append(Range(first, last))
    return tuple(out)


class Unit(Struct, gc=False):
    """Lines that run on. `ruled`: a rule stands right above; `underlined`: one under the last line, as long as it;
    `boxed`: one above and one below."""

    lines: list[Line]
    underlined: bool = False
    boxed: bool = False
    ruled: bool = False

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def last(self) -> Line:
        return self.lines[-1]

    @property
    def text(self) -> str:
        return join([line.text for line in self.lines])
