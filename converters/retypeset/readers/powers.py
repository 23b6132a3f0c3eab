"""The box of voting powers on the cover page of a Schedule 13D or 13G -> a table.

The schedule prescribes it [17 CFR 240.13d-101 and 13d-102]: four numbered rows at the right, each a power and the
shares it is over, and at the left one label for all of them, set in words down the side:

                     5    SOLE VOTING POWER
     NUMBER OF
      SHARES              318,750
   BENEFICIALLY      6    SHARED VOTING POWER
     OWNED BY             912,400

No other table is read down its label and across its rows at once. So the box is found by its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ..model import Column, Furniture, Range, Row, Table
from .figures import cells_of
from .lines import BLANK, RULE, TEXT, Line, ranges, rules

_POWER: Final = re.compile(
    r"(?:\(?\d{1,2}[.)]{0,2}\s+)?(SOLE|SHARED?)\s+(VOTING|DISPOSITIVE|INVESTMENT)\s+POWERS?\b:?", re.IGNORECASE
)
# Every schedule has them in this order.
_POWERS: Final = ("SOLEV", "SHAREV", "SOLED", "SHARED")
# The label: `Number of shares (units) beneficially owned by each (the) reporting person(s) with`.
_LABEL: Final = frozenset("NUMBER OF SHARES UNITS BENEFICIALLY OWNED BY EACH THE REPORTING PERSON PERSONS WITH".split())  # noqa: SIM905
_LAST: Final = "WITH"
_RULE: Final = re.compile(r"[-_=]{4,}|(?<=\|)[-_=]+(?=\|)")
# The box has no more lines than this, blank ones too; its label begins so few above the first power.
MOST: Final = 40
ABOVE: Final = 4
# The numbers of the four rows begin so close to one column, and the answers no further left of it.
EDGE: Final = 3


def boxes(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Where boxes of voting powers begin and end (behind their last line) in the lines of a body."""
    end = 0
    for i, line in enumerate(lines):
        if i >= end and line.kind == TEXT and ("VOTING" in line.text or "Voting" in line.text):
            found = _box(lines, i, end)
            if found:
                start, end = found
                yield start, end


def box(lines: Sequence[Line], furniture: list[Furniture]) -> Table:
    """The table of a box: its label as a section, a row for each power; most lines belong to both. What is drawn goes
    on the list of furniture."""
    furniture += rules(lines)
    edge = min(_columns(lines))
    own: list[Line] = []
    label: list[str] = []
    labelled: list[Line] = []
    powers: list[tuple[str, list[str], list[Line]]] = []
    for line in lines:
        if line.kind != TEXT:
            continue
        left, right = _halves(line, edge, furniture)
        if left or right:
            own.append(line)
        if left:
            label.append(left)
            labelled.append(line)
        power = _POWER.match(right)
        if power:
            powers.append((power[0], [right[power.end() :]], [line]))
        elif right:
            powers[-1][1].append(right)
            powers[-1][2].append(line)
    rows = [Row(tuple(cells_of([" ".join(label), ""])), ranges(labelled), "section")]
    rows += [
        Row(tuple(cells_of([power, " ".join(answer).strip()])), ranges(where), "data", 1)
        for power, answer, where in powers
    ]
    return Table((Column(), Column("right")), (), tuple(rows), ranges(own))


def _halves(line: Line, edge: int, furniture: list[Furniture]) -> tuple[str, str]:
    """What stands left and right of the edge, without rules and bars."""
    where = Range(line.number, line.number)
    furniture += [Furniture("rule", rule, where) for rule in _RULE.findall(line.text)]
    furniture += [Furniture("rule", "|", where)] * line.text.count("|")
    text = _undrawn(line.text)
    return text[:edge].strip(), text[edge:].strip()


def _box(lines: Sequence[Line], first: int, after: int) -> tuple[int, int] | None:
    """The box whose first power may stand on this line."""
    found = [i for i in range(first, min(first + MOST, len(lines))) if _power(lines[i])][: len(_POWERS)]
    names = tuple([_power(lines[i]) for i in found])
    if names != _POWERS or found[0] != first:
        return None
    columns = _columns([lines[i] for i in found])
    edge = min(columns)
    if max(columns) - edge > EDGE or edge < EDGE:
        return None
    start = first
    for i in range(first - 1, max(after, first - ABOVE) - 1, -1):
        if lines[i].kind == TEXT and not _is_label(lines[i].text):
            break
        start = i if lines[i].kind == TEXT else start
    said: set[str] = set()
    for i in range(start, found[-1] + 1):
        if not _reads_on(lines[i], edge, said):
            return None
    end = _end(lines, found[-1] + 1, edge, said)
    return (start, end) if {"NUMBER", "BENEFICIALLY"} <= said else None


def _end(lines: Sequence[Line], begin: int, edge: int, said: set[str]) -> int:
    """Behind the last line of a box whose last power stands above `begin`: its label ends, its answer is given."""
    end = begin
    answered = _POWER.sub("", _undrawn(lines[begin - 1].text)[edge:]).strip() != ""
    for i in range(begin, min(begin + MOST, len(lines))):
        line = lines[i]
        done = answered and _LAST in said
        if line.kind == BLANK or (line.kind == RULE and line.indent >= edge - EDGE):
            if done:
                break
            continue
        right = _undrawn(line.text)[edge:].strip()
        if line.kind != TEXT or not _reads_on(line, edge, said) or (done and right):
            break
        answered = answered or right != ""
        end = i + 1
    return end


def _reads_on(line: Line, edge: int, said: set[str]) -> bool:
    """Is there nothing left of the edge but words of the label? They are added to those said before."""
    if line.kind in (BLANK, RULE):
        return line.kind == BLANK or line.indent >= edge - EDGE
    left = _undrawn(line.text)[:edge]
    if line.kind != TEXT or not _is_label(left):
        return False
    said.update(_words(left))
    return True


def _is_label(text: str) -> bool:
    return all(word in _LABEL for word in _words(text))


def _words(text: str) -> list[str]:
    return _undrawn(text).upper().replace(":", " ").split()


def _undrawn(text: str) -> str:
    """A line with blanks for what is drawn."""
    return _RULE.sub(lambda match: " " * len(match[0]), text).replace("|", " ")


def _power(line: Line) -> str:
    """Which power a line names, "" for none: `SOLEV`, `SHARED`."""
    match = _POWER.search(_undrawn(line.text)) if line.kind == TEXT else None
    return (match[1][:5].rstrip("Dd") + match[2][0].replace("I", "D")).upper() if match else ""


def _columns(lines: Sequence[Line]) -> list[int]:
    """The columns that the numbers of the powers begin at."""
    return [match.start() for line in lines if line.kind == TEXT and (match := _POWER.search(_undrawn(line.text)))]
