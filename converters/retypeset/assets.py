"""The style sheet beside the pages, for pages that link it: what it says, what it is called, where it stands.

Its name holds the hash of its text. So pages of another version, or with another style of the user's, keep the sheet
that they were written for, and one that stands there already is the right one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = "assets"
"""Where the sheet stands, below the folder of the outputs."""

_HASH: Final = 12


class Sheet(NamedTuple):
    """A style sheet: its place below the folder of the outputs, and its bytes."""

    name: str
    data: bytes

    def link(self, depth: int = 0) -> str:
        """How a page leads to it that stands so many folders below that of the outputs."""
        return "../" * depth + self.name

    def files(self, folder: Path) -> dict[Path, bytes]:
        """What is to be written where the outputs stand in `folder`: nothing where the sheet is there already."""
        path = folder / self.name
        try:
            there = path.read_bytes() == self.data
        except OSError:
            there = False
        return {} if there else {path: self.data}


def sheet(style: str | None = None) -> Sheet:
    """Give the sheet of the pages; `style` is the text of one that follows ours."""
    import hashlib  # noqa: PLC0415  (the command line must not pay for it at its start)

    data = stylesheet(style).encode()
    return Sheet(f"{FOLDER}/retypeset-{hashlib.sha256(data).hexdigest()[:_HASH]}.css", data)


def stylesheet(style: str | None = None) -> str:
    """Give the text of the style sheet of the HTML pages, for pages that link it (`to_html(..., stylesheet=...)`).

    `style` is the text of a style sheet that follows ours and so prevails.
    """
    from .resources import resource  # noqa: PLC0415  (likewise)

    ours = resource("styles", "screen.css")
    return f"{ours}\n{style}" if style else ours
