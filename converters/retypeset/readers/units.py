"""Lines of text -> units: lines that run on.

The question that parts them is whether the next word would have fitted on the line (METHODS: right in 95 of 100,
justified or ragged): where it would, the line was ended on purpose. What re-wrapping parted is mended; prose is parted
once more where a line is set in after a full stop and where an item begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from .lines import CONNECTORS, CONNECTS, ENDS, RULE, TEXT, Line, Unit, ends_sentence
from .markers import begins_with_word, marker_of
from .regions import Region
from .titles import LABEL, is_caps, title_like

# The first line of a paragraph is set in by no more.
SET_IN: Final = 8
_ABBREVIATED: Final = re.compile(
    r"(?:\b[A-Z]\.|\b(?:Inc|Corp|Co|Ltd|No|Nos|Mr|Mrs|Ms|Dr|Messrs|St|vs|Sec|Art|Jr|Sr)\.)$"
)
GOES_ON: Final = re.compile(r"(?:of|and|or|the|for|to|in|on|with|by|under|from|as|at|&)\b", re.IGNORECASE)
_CONNECTED: Final = re.compile(rf"(?:\b(?:{CONNECTORS}|under)|[,&-])$", re.IGNORECASE)
_LABELLED: Final = re.compile(rf"{LABEL.pattern}\S* {{1,8}}(?=\S)", re.IGNORECASE)
# How long the longest of those words is, and of what is abbreviated.
_CONNECTED_LENGTH: Final = 5
_ABBREVIATED_LENGTH: Final = 7
# Three lines and more with one blank line above each.
_DOUBLE: Final = re.compile(b"\1{3,}")
# The first line of a paragraph is set in by this many columns; more is another layout.
INDENT: Final = range(2, 18)
# A gap this large at the line's end says that the next word was not left off for want of room.
SLACK: Final = 1
# Lines of a block of text end within so many columns of its right edge.
RAGGED: Final = 14
# Lines show a right edge of their own where they are this wide; two lines prove less than three.
OWN_WIDTH: Final = 38
OWN_WIDTH_OF_TWO: Final = 48
# Lines that begin further right than this share of the width are a block of their own: address, signature, contact.
RIGHT_SHARE: Final = 0.42


def connected(text: str) -> bool:
    """Does a line end in a word or sign that calls for more words?"""
    return text[-1] in CONNECTS and _CONNECTED.search(text, max(0, len(text) - _CONNECTED_LENGTH)) is not None


def _abbreviated(text: str) -> bool:
    return text[-1] == "." and _ABBREVIATED.search(text, max(0, len(text) - _ABBREVIATED_LENGTH)) is not None


def single_spaced(region: Region) -> list[int]:
    """The blank lines above each line, those of double-spaced text taken away.

    Four and more single lines in a row with one blank line between, most of them full and set alike, are double-spaced.
    """
    blanks = list(region.blanks)
    lines = region.lines
    # One byte a line: bytes are searched much faster than lines.
    above = bytes([n if line.kind == TEXT else 0 for n, line in zip(blanks, lines, strict=True)])
    for match in _DOUBLE.finditer(above):
        start, end = max(match.start() - 1, 0), match.end()
        run = range(start + 1, end)
        if len(run) < 3:
            continue
        edge = max([len(line.text) for line in lines[start:end]])
        full = sum([1 for k in run if not fits(lines[k - 1], lines[k], edge)])
        prose = sum([1 for a, b in pairwise(lines[start:end]) if _alike(a, b)])
        if min(full, prose) >= 0.6 * len(run):
            for k in run:
                closed = ends_sentence(lines[k - 1].text)
                set_in = closed and lines[k].indent > lines[k - 1].indent + 1
                ended = closed and fits(lines[k - 1], lines[k], edge)
                close = k == start + 1 and start > 0 and not region.blanks[start]
                blanks[k] = 1 if set_in or ended or close else 0
    return blanks


def _alike(line: Line, following: Line) -> bool:
    """Are two lines set as those of a paragraph are, and not each in the middle?"""
    return abs(line.indent - following.indent) <= SET_IN


def chunks(lines: Sequence[Line], blanks: Sequence[int]) -> Iterator[tuple[Sequence[Line], int]]:
    starts = [i for i, above in enumerate(blanks) if above or not i]
    for start, end in pairwise([*starts, len(lines)]):
        yield lines[start:end], blanks[start]


def fits(line: Line, following: Line, edge: int) -> bool:
    """Would the first word of the following line have fitted on this one?"""
    room = edge - SLACK - 1 - len(line.text)
    if room <= 0:
        return False
    end = following.text.find(" ", following.indent)
    return (end if end >= 0 else len(following.text)) - following.indent <= room


def _local_edge(indents: Sequence[int], ends: Sequence[int], edge: int) -> int:
    """The right edge of lines that begin and end at these columns where they show one of their own, else that of the
    document."""
    if len(ends) < 3:
        return edge
    ends = ends[:-1]
    longest = max(ends)
    near = len([end for end in ends if end >= longest - RAGGED])
    width = longest - min(indents)
    return (
        longest
        if near >= 0.7 * len(ends) and width >= (OWN_WIDTH if len(ends) > 2 else OWN_WIDTH_OF_TWO)
        else max(edge, longest)
    )


def units_of(chunk: Sequence[Line], edge: int) -> list[Unit]:
    """Part a chunk where a line was ended on purpose, and at rules."""
    if len(chunk) == 1:
        return [Unit([chunk[0]])] if chunk[0].kind == TEXT else []
    rules = [i for i, line in enumerate(chunk) if line.kind == RULE]
    text = [line for line in chunk if line.kind == TEXT] if rules else chunk
    if not text:
        return []
    indents, ends = [line.indent for line in text], [len(line.text) for line in text]
    edge = _local_edge(indents, ends, edge)
    stack = _is_stack(indents, ends, edge)
    if not rules:
        return _ended(chunk, edge, stack=stack)
    units: list[Unit] = []
    for above, below in pairwise([-1, *rules, len(chunk)]):
        if below - above < 2:
            continue
        made = _ended(chunk[above + 1 : below], edge, stack=stack)
        made[0].ruled = above >= 0
        if below < len(chunk):
            made[-1].underlined = _underlines(chunk[below], made[-1].last)
        made[-1].boxed = above >= 0 and len(made) == 1 and (below < len(chunk) or len(made[-1].lines) == 1)
        units += made
    return units


def _ended(lines: Sequence[Line], edge: int, *, stack: bool) -> list[Unit]:
    """Part lines without rules among them where one was ended on purpose: each line of a stack was."""
    units: list[Unit] = []
    start = 0
    for i in range(1, len(lines)):
        remark = i == start + 1 and _is_remark(lines[i]) and not marker_of(lines[start])
        if stack or remark or fits(lines[i - 1], lines[i], edge):
            units.append(Unit(list(lines[start:i])))
            start = i
    units.append(Unit(list(lines[start:])))
    return units


def _is_stack(indents: Sequence[int], ends: Sequence[int], edge: int) -> bool:
    """Do lines that begin and end at these columns stand over each other in the middle or at the right, each as wide as
    it happens to be?"""
    least = min(indents)
    if least >= RIGHT_SHARE * edge:
        return True
    if len(indents) < 2 or least < 8 or max(indents) - least < 2:
        return False
    middles = [indent + end for indent, end in zip(indents, ends, strict=True)]
    return max(middles) - min(middles) <= 6


def _is_remark(line: Line) -> bool:
    """Is the whole line in brackets: `(Address of principal executive offices)`?"""
    text = line.text
    return text[line.indent] == "(" and text[-1] == ")" and text.find(")", 0, -1) < 0 and text.count(" ") < 40


def _underlines(rule: Line, line: Line) -> bool:
    length, under = len(line.text) - line.indent, len(rule.text) - rule.indent
    return abs(rule.indent - line.indent) <= 3 and 0.5 * length <= under <= 1.6 * length + 4


def mend(units: Sequence[Unit]) -> list[Unit]:
    """Join what re-wrapping parted: prose without an end goes on in the next unit at the same margin."""
    out = list(units[:1])
    for unit in units[1:]:
        if not out[-1].underlined and not out[-1].boxed and _goes_on(out[-1], unit):
            out[-1] = Unit(out[-1].lines + unit.lines, unit.underlined, ruled=out[-1].ruled)
        else:
            out.append(unit)
    return out


def _goes_on(unit: Unit, following: Unit) -> bool:
    """Was a sentence parted by re-wrapping: no end before, none begun after, at the same margin?"""
    last, first = unit.last.text, following.first
    starts = first.text[first.indent]
    if marker_of(first):
        return len(unit.lines) > 1 and first.indent == unit.last.indent > unit.first.indent and last[-1] not in ".:;?!"
    if starts == "(" and len(unit.lines) == 1:
        return False
    if len(unit.lines) == 1 and _hangs(unit.first, first):
        return True
    level = abs(first.indent - unit.last.indent) <= 2 or (len(unit.lines) == 1 and first.indent < unit.first.indent)
    hanging = len(unit.lines) == 1 and bool(marker_of(unit.first))
    if not (level or hanging):
        return False
    long = len(unit.lines) > 1 or len(last) - unit.last.indent >= 40 or hanging
    if last[-1] in ";," or _abbreviated(last):
        return long and len(unit.lines) > 1 and (starts.islower() or not starts.isalpha() or last[-1] not in ";,")
    if ends_sentence(last):
        return False
    if starts.islower() or (GOES_ON.match(first.text, first.indent) and len(unit.lines) == 1 and is_caps(last)):
        return long
    return long and not title_like(following) and connected(last)


def _hangs(title: Line, line: Line) -> bool:
    """Does a line stand below the words of a labelled title: `Item 7.  Management's / Discussion`?"""
    match = _LABELLED.match(title.text, title.indent)
    return match is not None and abs(line.indent - match.end()) <= 1 and not ends_sentence(title.text)


def _hangs_on(item: Line, line: Line) -> bool:
    """Does a line stand below the words that follow the marker of an item, or between them and the marker?"""
    marker = marker_of(item)
    end = item.indent + len(marker)
    return bool(marker) and item.indent < line.indent <= len(item.text) - len(item.text[end:].lstrip())


def split_prose(units: Sequence[Unit]) -> Iterator[Unit]:
    """Part prose where a line is set in after a full stop, and where an item begins."""
    for unit in units:
        start = 0
        lines = unit.lines
        for i in range(1, len(lines)):
            # Most lines go on: the one before has no end, and they begin with a word.
            if (lines[i - 1].text[-1] in ENDS or not begins_with_word(lines[i])) and _begins(lines, start, i):
                yield Unit(lines[start:i], boxed=unit.boxed and start == 0, ruled=unit.ruled and start == 0)
                start = i
        if start:
            yield Unit(lines[start:], unit.underlined)
        else:
            yield unit


def _begins(lines: Sequence[Line], start: int, i: int) -> bool:
    line, before = lines[i], lines[i - 1]
    ended = ends_sentence(before.text) and not _abbreviated(before.text)
    if marker := marker_of(line):
        own = marker_of(lines[start])
        if len(marker) == 2 and marker[0].isalpha() and marker[1] == "." and not own:
            return False  # an initial: `E. / I. du Pont`
        hanging = i + 1 < len(lines) and lines[i + 1].indent > line.indent
        if own and line.indent == lines[start].indent and (ended or hanging or before.indent > line.indent):
            return True
        return ended and (line.indent > before.indent or hanging or before.indent > line.indent)
    if not ended or (i == start + 1 and before.text[-1] != ":" and _hangs_on(before, line)):
        return False
    if line.indent - before.indent in INDENT:
        after = lines[i + 1].indent if i + 1 < len(lines) else before.indent
        return after < line.indent or after == before.indent
    return i - start >= 2 and before.indent - line.indent >= 3 and before.indent == lines[i - 2].indent
