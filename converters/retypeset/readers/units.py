"""Lines of text -> units: lines that run on.

The question that parts them is whether the next word would have fitted on the line (METHODS: right in 95 of 100,
justified or ragged): where it would, the line was ended on purpose. What re-wrapping parted is mended; prose is parted
once more where a line is set in after a full stop and where an item begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from .lines import RULE, TEXT, Line, Unit, ends_sentence
from .markers import marker_of
from .regions import Region
from .titles import LABEL, is_caps, title_like

_ABBREVIATED: Final = re.compile(
    r"(?:\b[A-Z]\.|\b(?:Inc|Corp|Co|Ltd|No|Nos|Mr|Mrs|Ms|Dr|Messrs|St|vs|Sec|Art|Jr|Sr)\.)$"
)
CONNECTS: Final = re.compile(r"(?:of|and|or|the|for|to|in|on|with|by|under|from|as|at|&)\b", re.IGNORECASE)
CONNECTED: Final = re.compile(
    r"(?:\b(?:of|and|or|the|for|to|in|on|with|by|a|an|under|from|as|at)|[,&-])$",
    re.IGNORECASE,
)
_LABELLED: Final = re.compile(rf"{LABEL.pattern}\S* {{1,8}}(?=\S)", re.IGNORECASE)
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


def single_spaced(region: Region) -> list[int]:
    """The blank lines above each line, those of double-spaced text taken away.

    Four and more single lines in a row with one blank line between, most of them full, are double-spaced.
    """
    blanks = list(region.blanks)
    lines = region.lines
    start = edge = 0
    for i in range(1, len(lines) + 1):
        if i < len(lines) and blanks[i] == 1 and lines[i].kind == TEXT:
            continue
        run = range(start + 1, i)
        if len(run) >= 3:
            edge = max([len(line.text) for line in lines[start:i]])
        full = sum([1 for k in run if not fits(lines[k - 1], lines[k], edge)]) if len(run) >= 3 else 0
        if len(run) >= 3 and full >= 0.6 * len(run):
            for k in run:
                closed = ends_sentence(lines[k - 1].text)
                set_in = closed and lines[k].indent > lines[k - 1].indent + 1
                ended = closed and fits(lines[k - 1], lines[k], edge)
                close = k == start + 1 and start > 0 and not region.blanks[start]
                blanks[k] = 1 if set_in or ended or close else 0
        start = i
    return blanks


def chunks(lines: Sequence[Line], blanks: Sequence[int]) -> Iterator[tuple[list[Line], int]]:
    start = 0
    for i in range(1, len(lines) + 1):
        if i == len(lines) or blanks[i]:
            yield list(lines[start:i]), blanks[start]
            start = i


def fits(line: Line, following: Line, edge: int) -> bool:
    """Would the first word of the following line have fitted on this one?"""
    text = following.text
    end = text.find(" ", following.indent)
    word = (end if end >= 0 else len(text)) - following.indent
    return len(line.text) + 1 + word + SLACK <= edge


def _local_edge(lines: Sequence[Line], edge: int) -> int:
    """The right edge of these lines where they show one of their own, else that of the document."""
    if len(lines) < 3:
        return edge
    ends = [len(line.text) for line in lines[:-1]]
    longest = max(ends)
    near = sum(1 for end in ends if end >= longest - RAGGED)
    width = longest - min(line.indent for line in lines)
    return (
        longest
        if near >= 0.7 * len(ends) and width >= (OWN_WIDTH if len(ends) > 2 else OWN_WIDTH_OF_TWO)
        else max(edge, longest)
    )


def units_of(chunk: Sequence[Line], edge: int) -> Iterator[Unit]:
    """Part a chunk where a line was ended on purpose, and at rules."""
    text = [line for line in chunk if line.kind == TEXT]
    if not text:
        return
    edge = _local_edge(text, edge)
    stack = _is_stack(text, edge)
    unit: list[Line] = []
    rule_above = False
    for i, line in enumerate(chunk):
        if line.kind == RULE:
            if unit:
                yield Unit(unit, _underlines(line, unit[-1]), boxed=rule_above, ruled=rule_above)
                unit = []
            rule_above = True
            continue
        remark = len(unit) == 1 and _is_remark(line) and not marker_of(unit[0])
        if unit and (stack or remark or fits(unit[-1], line, edge)):
            yield Unit(unit, ruled=rule_above)
            unit = []
            rule_above = False
        unit.append(line)
        if i + 1 == len(chunk):
            yield Unit(unit, boxed=rule_above and len(unit) == 1, ruled=rule_above)


def _is_stack(lines: Sequence[Line], edge: int) -> bool:
    """Do the lines stand over each other in the middle or at the right, each as wide as it happens to be?"""
    indents = [line.indent for line in lines]
    if min(indents) >= RIGHT_SHARE * edge:
        return True
    if len(lines) < 2 or min(indents) < 8 or max(indents) - min(indents) < 2:
        return False
    middles = [line.indent + len(line.text) for line in lines]
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
    out: list[Unit] = []
    for unit in units:
        if out and not out[-1].underlined and not out[-1].boxed and _goes_on(out[-1], unit):
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
    if last[-1] in ";," or _ABBREVIATED.search(last):
        return long and len(unit.lines) > 1 and (starts.islower() or not starts.isalpha() or last[-1] not in ";,")
    if ends_sentence(last):
        return False
    if starts.islower() or (CONNECTS.match(first.text, first.indent) and len(unit.lines) == 1 and is_caps(last)):
        return long
    return long and not title_like(following) and CONNECTED.search(last) is not None


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
            if _begins(lines, start, i):
                yield Unit(lines[start:i], boxed=unit.boxed and start == 0, ruled=unit.ruled and start == 0)
                start = i
        yield Unit(lines[start:], unit.underlined, unit.boxed and start == 0, unit.ruled and start == 0)


def _begins(lines: Sequence[Line], start: int, i: int) -> bool:
    line, before = lines[i], lines[i - 1]
    ended = ends_sentence(before.text) and not _ABBREVIATED.search(before.text)
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
