"""Table regions -> tables."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Preformatted, Range
from .prose import ranges
from .regions import Region


def set_table(region: Region) -> Preformatted:
    """Keep a table region as it was typed."""
    out: list[str] = []
    for line, blanks in zip(region.lines, region.blanks, strict=True):
        out += [""] * (1 if blanks and out else 0)
        out.append(line.text)
    return Preformatted("\n".join(out), ranges(region.lines))


def preformatted(lines: Sequence[str], where: Range) -> Preformatted:
    """Keep these source lines as they are."""
    return Preformatted("\n".join(line.rstrip() for line in lines[where.first - 1 : where.last]), (where,))
