"""Leaders: the dots that lead the eye from a label to its figure."""

from __future__ import annotations

import re
from typing import Final

from .lines import blank

# Three dots and more, three and more with blanks between, two after a blank or dot or before a figure, one between
# blanks. The first dot stands before the alternatives: so the search goes from dot to dot. Three before a small letter
# leave words out: they lead nowhere.
LEADERS: Final = re.compile(
    r"\.(?! \. \. {1,3}[a-z])"
    r"(?:\.{2,}| (?:\. ){2,}\.?|(?<=[ .]\.)\.(?= )|(?<= \.)(?=  )|\.(?= +\$ {0,12}\d|  +[($]{0,2}[\d-]))"
)


def has_leaders(text: str) -> bool:
    """May there be leaders in a line? Three searches for a string decide before the expression is tried."""
    return ".." in text or ". ." in text or " . " in text


def without_leaders(text: str) -> str:
    """The line with blanks for its leaders: nothing moves."""
    return LEADERS.sub(blank, text) if has_leaders(text) else text
