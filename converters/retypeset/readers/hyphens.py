"""What a hyphen at a line's end means in this document: part of the word, or the typesetter's.

Filers were told to switch automatic hyphenation off, and under two lines in a hundred end in a hyphen: it is kept and
joined without a blank (`long-` + `term`). Where a document hyphenates throughout, the hyphen is dropped unless the
document's own words say otherwise (right in 361 of 379 on pages with known answers); where it hyphenates seldom, only
what parts a word that stands whole elsewhere, and leaves a half that is no word (`employ-` + `ees`). What is dropped is
furniture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

from ..model import Furniture, Range
from .lines import Line, join

# More lines than this, as a share, end in a hyphen only where a machine put them there.
HYPHENATED: Final = 0.06
# A document of fewer lines says nothing of its habit.
ENOUGH_LINES: Final = 40
# So many words are looked for in the text; before more are, it is parted into its words, which costs as much.
LOOKED_FOR: Final = 24

_END: Final = re.compile(r"([^\W\d_]+)-$")
_BEGIN: Final = re.compile(r"[^\W\d_]+")
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# What parts words in ASCII.
_APART: Final = dict.fromkeys([code for code in range(128) if not chr(code).isalpha() and chr(code) != "-"], " ")


def _words(text: str) -> frozenset[str]:
    """All words of a text; in ASCII without a search for each, which costs three times as much."""
    if not text.isascii():
        return frozenset(_WORD.findall(text))
    pieces = set(text.translate(_APART).split())
    return frozenset(word for piece in pieces for word in (_WORD.findall(piece) if "-" in piece else (piece,)))


class Hyphens:
    """The habit of a document, learnt from its paragraphs."""

    def __init__(self, paragraphs: Iterable[Sequence[Line]]) -> None:
        runs = [lines for lines in paragraphs if len(lines) > 1]
        ended = sum([1 for lines in runs for line in lines[:-1] if line.text[-1] == "-"])
        total = sum(map(len, runs)) - len(runs)
        self.drops = total >= ENOUGH_LINES and ended > HYPHENATED * total
        self.runs = runs if ended else []
        self.asked = 0

    @cached_property
    def _text(self) -> str:
        return "\n".join([line.text for lines in self.runs for line in lines]).lower()

    @cached_property
    def _words(self) -> frozenset[str]:
        return _words(self._text)

    def _stands(self, word: str) -> bool:
        """Does the document say a word? Few are asked for, and most stand nowhere."""
        self.asked += 1
        return (self.asked > LOOKED_FOR or word in self._text) and word in self._words

    def join(self, lines: Sequence[Line], furniture: list[Furniture]) -> str:
        """Join lines into one string with single blanks; a hyphen that is dropped goes on the list of furniture."""
        texts = [line.text for line in lines]
        if not self.runs or "-\n" not in "\n".join(texts):
            return join(texts)
        out = texts[:1]
        for line, text in zip(lines, texts[1:], strict=False):
            before, after = out[-1], text.lstrip()
            if before[-1] != "-" or not before[-2:-1].isalnum() or not (after[0].isalnum() or after[0] == "_"):
                out.append(text)
            elif self._dropped(before, after):
                furniture.append(Furniture("hyphen", "-", Range(line.number, line.number)))
                out[-1] = before[:-1] + after
            else:
                out[-1] = before + after
        return " ".join(" ".join(out).split())

    def _dropped(self, before: str, after: str) -> bool:
        left, right = _END.search(before), _BEGIN.match(after)
        if not left or not right:
            return False
        a, b = left[1].lower(), right[0].lower()
        if not self._stands(a + b):
            return self.drops and not self._stands(f"{a}-{b}")
        if self.drops:
            return True
        return not self._stands(f"{a}-{b}") and not (self._stands(a) and self._stands(b))
