"""An HTML page -> tags and texts, each with its line: the lexer.

    <name attributes>  </name>  <!doctype ...>     a tag: from `<` before a letter, `/`, `!` or `?` to the next `>`
    <!-- ... -->                                   a comment, left out
    <script> ... </script>                         text that the page does not show; so <style> and <title>
    everything else                                text, entities decoded (`&#146;` is what cp1252 has there)

What is not closed is text: no page is swallowed by a slip of the pen. No parser that is well kept tells where a text
stands, which we must know (lxml and selectolax know at best where an element begins); html.parser does, but there are
pages that take it the square of their length. Building a tree is no business of ours either: see `flow`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import unescape
from typing import Final

from msgspec import Struct

_TAG: Final = re.compile(r"<(?:(/?)([a-zA-Z][a-zA-Z0-9]*+)|[/!?])[^>]*+>")
_ENDS: Final = {name: re.compile(f"</{name}(?![a-z0-9])", re.IGNORECASE) for name in ("script", "style", "title")}
_ATTRIBUTE: Final = re.compile(
    r"([a-z-]{2,20})\s{0,9}=\s{0,9}(?:\"([^\"]{0,999})|'([^']{0,999})|([^\s\"'>]{1,99}))", re.IGNORECASE
)
_NO_ATTRIBUTES: Final[Mapping[str, str]] = {}
# A page has few tags that differ, and few short texts with entities: most are `&nbsp;`.
REMEMBERED: Final = 1024
SHORT: Final = 32


class Tag(Struct, frozen=True, gc=False):
    """A tag: its name in small letters, empty for what is none (`<!doctype>`), its source, and its line."""

    name: str
    closing: bool
    source: str
    line: int

    @property
    def attributes(self) -> Mapping[str, str]:
        """The attributes by name, all in small letters; of several with one name the first."""
        return _attributes(self.source) if "=" in self.source else _NO_ATTRIBUTES


@lru_cache(maxsize=REMEMBERED)
def _attributes(source: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(source.lower()):
        found.setdefault(name, "".join(values).strip())
    return found


class Text(Struct, frozen=True, gc=False):
    """A piece of text on one line, entities decoded. `unseen`: it is of a script, a style sheet or the title."""

    text: str
    line: int
    unseen: bool = False


def tokens(page: str, first: int) -> Iterator[Tag | Text]:
    """Take a page apart; `first` is its first line."""
    line, at = first, 0
    end = page.rfind(">") + 1  # behind it nothing is closed
    last_comment = page.rfind("-->")
    last_end = {name: max((m.start() for m in ends.finditer(page)), default=-1) for name, ends in _ENDS.items()}
    unseen = ""  # the element we are in that is not part of the page
    while match := _TAG.search(page, at, end):
        start, stop = match.span()
        if start > at:
            text = page[at:start]
            if text == "\n":
                yield Text(text, line, bool(unseen))
                line += 1
            elif "\n" in text:
                yield from _texts(text, line, unseen=bool(unseen))
                line += text.count("\n")
            else:
                yield Text(_decoded(text) if "&" in text else text, line, bool(unseen))
        at = stop
        source, slash, name = match.group(0, 1, 2)
        if name is None and start + 2 <= last_comment and source[:4] == "<!--":
            at = page.find("-->", start + 2) + 3
        else:
            closing, name = bool(slash), (name or "").lower()
            if not unseen:
                yield Tag(name, closing, source, line)
                if last_end.get(name, -1) > start and not closing:
                    unseen = name
            elif closing and name == unseen:
                unseen = ""
        if at != stop or "\n" in source:
            line += page.count("\n", start, at)
    yield from _texts(page[at:], line, unseen=bool(unseen))


def _decoded(text: str) -> str:
    return _short_decoded(text) if len(text) <= SHORT else unescape(text)


_short_decoded: Final = lru_cache(maxsize=REMEMBERED)(unescape)


def _texts(text: str, line: int, *, unseen: bool = False) -> Iterator[Text]:
    """The pieces of a text, line by line: blank ones are a line's end, and part words like one."""
    pieces = text.split("\n")
    for n, piece in enumerate(pieces):
        own = _decoded(piece) if "&" in piece else piece
        if n < len(pieces) - 1:
            own += "\n"
        if own:
            yield Text(own, line + n, unseen)
