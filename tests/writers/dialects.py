"""What other readers of Markdown make of a text, as its leaves: each title, paragraph, cell and item with its words.

cmark-gfm is GitHub's own reader; pandoc has one for GitHub's Markdown. Both write HTML, which is read here; a tag that
the writer never means (emphasis, code, strikethrough, mathematics, a task's box) is refused.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any
from unicodedata import normalize

_BLANKS = re.compile(r"[ \t]*\n[ \t]*|[ \t]+")
_BLOCKS = {
    "p",
    "li",
    "ul",
    "table",
    "td",
    "th",
    "tr",
    "thead",
    "tbody",
    "colgroup",
    "pre",
    *(f"h{n}" for n in range(1, 7)),
}
_INLINE = {"br", "code", "a", "col"}

Leaf = tuple[str, str]


def cmark(markdown: str) -> list[Leaf]:
    """Read Markdown as GitHub does."""
    from cmarkgfm import github_flavored_markdown_to_html
    from cmarkgfm.cmark import Options

    return _read(github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES))


def pandoc(markdown: str) -> list[Leaf]:
    """Read Markdown as pandoc reads GitHub's."""
    return _read(run_pandoc(markdown, "--from=gfm", "--to=html", "--wrap=preserve", "--preserve-tabs"))


def run_pandoc(text: str, *options: str) -> str:
    """Run the pandoc of `pypandoc_binary`."""
    import pypandoc

    command = [pypandoc.get_pandoc_path(), *options]
    return subprocess.run(command, input=text, capture_output=True, check=True, encoding="utf-8").stdout


def leaves(found: Iterable[Any]) -> Iterator[Leaf]:
    """The leaves of what `read` of `test_markdown` gives."""
    for block in found:
        match block:
            case ("heading", level, text):
                yield f"h{level}", text
            case ("paragraph" | "lines", text):
                yield "p", text
            case ("preformatted", text):
                yield "pre", text
            case ("list", _, items):
                for item in items:
                    yield "li", ""
                    yield from leaves(item)
            case ("pipes", _, rows):
                yield from (("cell", text) for row in rows for text in row)
            case ("grid", *groups):
                yield from (("cell", cell[1]) for rows in groups for row in rows for cell in row)


def said(found: Iterable[Leaf]) -> list[Leaf]:
    """The leaves that say something, runs of blanks as one, letters composed: readers differ in those."""
    flat = (
        (kind, text.rstrip("\n") if kind == "pre" else _BLANKS.sub(_one, text).strip(" \n")) for kind, text in found
    )
    return [(kind, normalize("NFC", text)) for kind, text in flat if text or kind == "li"]


def _one(blanks: re.Match[str]) -> str:
    return "\n" if "\n" in blanks[0] else " "


def _read(html: str) -> list[Leaf]:
    reader = _Html()
    reader.feed(html)
    reader.close()
    return reader.found


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Leaf] = []
        self._kind = "p"
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _BLOCKS or ((tag == "code") <= (self._kind == "pre") and tag in _INLINE), f"<{tag}> was not meant"
        if tag in _BLOCKS:
            self._end("cell" if tag in {"td", "th"} else tag if tag in {"pre"} or tag[0] == "h" else "p")
            if tag == "li":
                self.found.append(("li", ""))
        elif tag == "br":
            self._text += "\v"

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end("p")

    def handle_data(self, data: str) -> None:
        self._text += data

    def _end(self, following: str) -> None:
        if self._kind == "pre":
            self.found.append(("pre", self._text.removesuffix("\n")))
        elif text := self._text.strip(" \t\n"):
            # A line feed after a break is the source's, one anywhere else is a blank.
            self.found.append((self._kind, text.replace("\v\n", "\v").replace("\n", " ").replace("\v", "\n")))
        self._kind, self._text = following, ""
