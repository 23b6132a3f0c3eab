"""What the attributes of a tag say of its look: alignment, width, weight, spans."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from ..model import Align
from .markup import REMEMBERED, Tag

ALIGNED: Final[dict[str, Align]] = {
    "center": "center",
    "middle": "center",
    "right": "right",
    "left": "left",
    "justify": "left",
}
_STYLE: Final = re.compile(
    r"(text-align|margin-left|padding-left|font-weight|text-decoration|font-style|display)\s*:\s*([^;]{1,40})"
)
LENGTH: Final = re.compile(r"(\d{1,3}(?:\.\d{1,9})?)\s*(px|pt|em|%|in)?")
# How many columns of type a unit of length is.
COLUMNS: Final = {"px": 0.12, "pt": 0.16, "em": 2.0, "%": 1.0, "in": 12.0, "": 0.12}
# Spans of more columns or rows than this are slips.
MOST_SPANNED: Final = 100


def style_of(tag: Tag) -> Mapping[str, str]:
    return _style(tag.attributes.get("style", ""))


@lru_cache(maxsize=REMEMBERED)
def _style(said: str) -> Mapping[str, str]:
    return {name: value.strip() for name, value in _STYLE.findall(said)}


def is_strong(style: Mapping[str, str]) -> bool:
    weight = style.get("font-weight", "")
    return (
        weight[:4] == "bold"
        or weight[:3] in ("600", "700", "800", "900")
        or "underline" in style.get("text-decoration", "")
        or style.get("font-style") == "italic"
    )


def columns_of(length: str) -> int:
    match = LENGTH.match(length)
    return round(float(match[1]) * COLUMNS[match[2] or ""]) if match else 0


def span_of(value: str) -> int:
    return (
        min(max(int(value), 1), MOST_SPANNED) if value[:4].isdecimal() and value.isdecimal() and len(value) < 7 else 1
    )
