"""Text regions -> pieces: paragraphs un-justified and joined, list items, lines whose breaks carry meaning, titles.

The question that parts paragraphs is whether the next word would have fitted on the line (METHODS: right in 95 of 100,
justified or ragged): where it would, the line was ended on purpose. Lines that follow each other without such an end
make a unit. A unit of several lines is prose; units of one line are titles, lines, or a paragraph's stray end, and what
stands around them tells which.

Which level a title has and how items nest is the business of `outline`, what a hyphen at a line's end means that of
`hyphens`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from msgspec import Struct

from ..model import Furniture, Range, Ranges
from .lines import RULE, TEXT, Line, ends_sentence
from .regions import MARKER, Region

Kind = Literal["heading", "paragraph", "item", "lines"]

_HYPHEN: Final = re.compile(r"(?<=[^\W_])-\n\s*(?=\w)")
_LABEL: Final = re.compile(
    r"(?:PART|ITEM|ARTICLE|SECTION|NOTE|SCHEDULE|APPENDIX|ANNEX|CHAPTER)\s+[\dIVXA-Z]",
    re.IGNORECASE,
)
_EXHIBIT: Final = re.compile(r"EXHIBIT\s+(?:\d[\w.()-]*|[A-Z](?:-\d+)?)", re.IGNORECASE)
_FORM: Final = re.compile(
    r"(?:FORM\s+[\dA-Z][\w/-]*(?:\s\w+)?|SCHEDULE\s+(?:1[34][A-Z]|TO)\S*)",
    re.IGNORECASE,
)
_BACK_MATTER: Final = re.compile(r"SIGNATURES?|EXHIBIT INDEX|INDEX (?:TO|OF) EXHIBITS", re.IGNORECASE)
_SIGNED: Final = re.compile(
    r"/s/|\b(?:By|BY):|^\s*(?:By|BY)(?:\s{2,}|\s*_|\s*$)"
    r"|^\s*(?:Date|Dated|Name|Title|Its|Contact|Attest|Tel|Telephone|Phone|Fax|DATE|DATED|NAME|TITLE)\s?:"
)
_DATE: Final = re.compile(
    r"(?:Dated?:?\s+)?(?:(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"\s+\d{1,2},?\s+\d{4}|\d{1,2}/\d{1,2}/\d{2,4})\.?",
    re.IGNORECASE,
)
_DATED: Final = re.compile(r"(?:For the|As of|Dated)\s.*\d{4}$", re.IGNORECASE)
_PERIOD: Final = re.compile(r"for the .*\b(?:ended|period|year)\b", re.IGNORECASE)
_ZIP: Final = re.compile(r"\b\d{5}(?:-\d{4})?\s*$|\(\d{3}\)\s?\d{3}-\d{4}|\b\d{3}[-/]\d{3}-\d{4}")
_VALUED: Final = re.compile(r"[a-zA-Z)]\s?: +\S|\b(?:No\.?|Number|NO\.?|NUMBER)\s*:?\s*[\dA-Z]*\d")
_ADDRESSED: Final = re.compile(r"(?:Dear|Gentlemen|Ladies|To|Re)\b.{0,60}:", re.IGNORECASE)
_ABBREVIATED: Final = re.compile(
    r"(?:\b[A-Z]\.|\b(?:Inc|Corp|Co|Ltd|No|Nos|Mr|Mrs|Ms|Dr|Messrs|St|vs|Sec|Art|Jr|Sr)\.)$"
)
_CONNECTED: Final = re.compile(
    r"(?:\b(?:of|and|or|the|for|to|in|on|with|by|a|an|under|from|as|at)|[,&-])$",
    re.IGNORECASE,
)
_CONNECTS: Final = re.compile(r"(?:of|and|or|the|for|to|in|on|with|by|under|from|as|at|&)\b", re.IGNORECASE)
_SMALL: Final = frozenset(
    (
        *(
            "a",
            "an",
            "and",
            "as",
            "at",
            "but",
            "by",
            "for",
            "from",
            "in",
            "into",
            "its",
            "of",
            "on",
            "or",
            "per",
        ),
        *(
            "than",
            "the",
            "to",
            "under",
            "upon",
            "versus",
            "vs",
            "with",
            "within",
            "without",
        ),
    )
)
_LETTERS: Final = re.compile(r"[A-Za-z]")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'’-]*")

# The first line of a paragraph is set in by this many columns; more is another layout.
INDENT: Final = range(2, 18)
# A gap this large at the line's end says that the next word was not left off for want of room.
SLACK: Final = 1
# Lines of a block of text end within so many columns of its right edge.
RAGGED: Final = 14
# Lines that begin further right than this share of the width are a block of their own: address, signature, contact.
RIGHT_SHARE: Final = 0.42
# So many lines in the middle over each other are a cover, not a title.
COVER: Final = 5
# A title is no longer than this.
TITLE_WORDS: Final = 18


class Piece(Struct):
    """A block in the making. `style` is what a title looks like: see `outline`."""

    kind: Kind
    lines: list[Line]
    marker: str = ""
    style: str = ""
    blanks: int = 0


class _Unit(Struct):
    """Lines that run on. `ruled`: a rule stands right above; `underlined`: one under the last line, as long as it;
    `boxed`: one above and one below."""

    lines: list[Line]
    underlined: bool = False
    boxed: bool = False
    ruled: bool = False

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def last(self) -> Line:
        return self.lines[-1]


def set_text(region: Region, edge: int, furniture: list[Furniture]) -> list[Piece]:
    """Read a text region into pieces; rules go on the list of furniture. `edge` is the column that full lines reach."""
    furniture += [Furniture("rule", r.text, Range(r.number, r.number)) for r in region.lines if r.kind == RULE]
    blanks = _single_spaced(region)
    pieces: list[Piece] = []
    for chunk, above in _chunks(region.lines, blanks):
        made = list(_read_chunk(chunk, edge))
        if made:
            made[0].blanks = above
            pieces += made
    return pieces


# ---------------------------------------------------------------- chunks


def _single_spaced(region: Region) -> list[int]:
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
        full = sum([1 for k in run if not _fits(lines[k - 1], lines[k], edge)]) if len(run) >= 3 else 0
        if len(run) >= 3 and full >= 0.6 * len(run):
            for k in run:
                closed = ends_sentence(lines[k - 1].text)
                set_in = closed and lines[k].indent > lines[k - 1].indent + 1
                ended = closed and _fits(lines[k - 1], lines[k], edge)
                close = k == start + 1 and start > 0 and not region.blanks[start]
                blanks[k] = 1 if set_in or ended or close else 0
        start = i
    return blanks


def _chunks(lines: Sequence[Line], blanks: Sequence[int]) -> Iterator[tuple[list[Line], int]]:
    start = 0
    for i in range(1, len(lines) + 1):
        if i == len(lines) or blanks[i]:
            yield list(lines[start:i]), blanks[start]
            start = i


def _fits(line: Line, following: Line, edge: int) -> bool:
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
    return longest if near >= 0.7 * len(ends) and width >= 38 else max(edge, longest)


# ---------------------------------------------------------------- units


def _units(chunk: Sequence[Line], edge: int) -> Iterator[_Unit]:
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
                yield _Unit(unit, _underlines(line, unit[-1]), boxed=rule_above, ruled=rule_above)
                unit = []
            rule_above = True
            continue
        remark = len(unit) == 1 and _is_remark(line) and not marker_of(unit[0])
        if unit and (stack or remark or _fits(unit[-1], line, edge)):
            yield _Unit(unit, ruled=rule_above)
            unit = []
            rule_above = False
        unit.append(line)
        if i + 1 == len(chunk):
            yield _Unit(unit, boxed=rule_above and len(unit) == 1, ruled=rule_above)


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


def _read_chunk(chunk: Sequence[Line], edge: int) -> Iterator[Piece]:
    units = list(_units(chunk, edge))
    units = list(_split_prose(_mend(units)))
    at = 0
    while at < len(units):
        unit = units[at]
        caption = units[at + 1] if at + 1 < len(units) else None
        if (
            caption is not None
            and caption.ruled
            and caption.first.text[caption.first.indent] == "("
            and len(unit.lines) < 3
        ):
            yield _lines([unit, caption])
            at += 2
        elif len(unit.lines) == 1 or _title_like(unit):
            run = at + 1
            while run < len(units) and len(units[run].lines) == 1 and _beside(units[run - 1], units[run]):
                run += 1
            yield from _short(units[at:run], edge, then=units[run:])
            at = run
        else:
            yield _prose(unit)
            at += 1


def _mend(units: Sequence[_Unit]) -> list[_Unit]:
    """Join what re-wrapping parted: prose without an end goes on in the next unit at the same margin."""
    out: list[_Unit] = []
    for unit in units:
        if out and not out[-1].underlined and not out[-1].boxed and _goes_on(out[-1], unit):
            out[-1] = _Unit(out[-1].lines + unit.lines, unit.underlined, ruled=out[-1].ruled)
        else:
            out.append(unit)
    return out


def _goes_on(unit: _Unit, following: _Unit) -> bool:
    """Was a sentence parted by re-wrapping: no end before, none begun after, at the same margin?"""
    last, first = unit.last.text, following.first
    starts = first.text[first.indent]
    if marker_of(first):
        return len(unit.lines) > 1 and first.indent == unit.last.indent > unit.first.indent and last[-1] not in ".:;?!"
    if starts == "(" and len(unit.lines) == 1:
        return False
    level = abs(first.indent - unit.last.indent) <= 2 or (len(unit.lines) == 1 and first.indent < unit.first.indent)
    hanging = len(unit.lines) == 1 and bool(marker_of(unit.first))
    if not (level or hanging):
        return False
    long = len(unit.lines) > 1 or len(last) - unit.last.indent >= 40 or hanging
    if last[-1] in ";," or _ABBREVIATED.search(last):
        return long and len(unit.lines) > 1 and (starts.islower() or not starts.isalpha() or last[-1] not in ";,")
    if ends_sentence(last):
        return False
    if starts.islower() or (_CONNECTS.match(first.text, first.indent) and len(unit.lines) == 1 and _is_caps(last)):
        return long
    return long and not _title_like(following) and _CONNECTED.search(last) is not None


def _split_prose(units: Sequence[_Unit]) -> Iterator[_Unit]:
    """Part prose where a line is set in after a full stop, and where an item begins."""
    for unit in units:
        start = 0
        lines = unit.lines
        for i in range(1, len(lines)):
            if _begins(lines, start, i):
                yield _Unit(lines[start:i], boxed=unit.boxed and start == 0, ruled=unit.ruled and start == 0)
                start = i
        yield _Unit(lines[start:], unit.underlined, unit.boxed and start == 0, unit.ruled and start == 0)


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
    if not ended:
        return False
    if line.indent - before.indent in INDENT:
        after = lines[i + 1].indent if i + 1 < len(lines) else before.indent
        return after < line.indent or after == before.indent
    return i - start >= 2 and before.indent - line.indent >= 3 and before.indent == lines[i - 2].indent


def marker_of(line: Line) -> str:
    """The marker a line begins with, or "": `(a)`, `1.`, `o`, `[X]`; something must follow it."""
    text, at = line.text, line.indent
    first, second = text[at], text[at + 1 : at + 2]
    roman = first in "ivxIVX" and second in "ivxIVX"
    if first.isalpha() and second.isalpha() and not roman and text[at : at + 4] not in _LABELS:
        return ""
    match = _MARKED.match(text, at)
    if not match:
        return ""
    marker = match[1] or match[2]
    if len(marker) == 5 and marker[1:4].isdigit():
        return ""  # `(425) 882-8080`
    if marker[0] in "INSEA" and len(marker) > 3 and marker[1].isalpha():
        apart = marker[-1] == ":" or text[match.end(1) : match.end(1) + 2] == "  "
        return marker if marker[:4].upper() in ("NOTE", "EXHI") and apart else ""
    if marker in ("o", "-", "--", "•", "*", "**", "***", "+", "++", "+++"):
        return marker if marker != "o" or text[match.end(1) : match.end(1) + 2] == "  " else ""
    return marker


_LABELS: Final = frozenset(("Note", "NOTE", "Exhi", "EXHI"))
_MARKED: Final = re.compile(rf"({MARKER.pattern})\s+\S|(\d{{1,3}}(?:\.\d{{1,2}})?) {{2,}}[A-Z]")


# ---------------------------------------------------------------- short units


def _beside(unit: _Unit, following: _Unit) -> bool:
    """Do two lines belong to one stack: set alike, or both in the middle?"""
    a, b = unit.first, following.first
    if (following.ruled and b.text[b.indent] != "(") or "*" in (a.text[a.indent], b.text[b.indent]):
        return False
    return abs(a.indent - b.indent) <= 24 or abs(a.indent + len(a.text) - b.indent - len(b.text)) <= 6


def _title_like(unit: _Unit) -> bool:
    text = _joined(unit)
    if len(unit.lines) > 4 or len(text.split()) > TITLE_WORDS + 8:
        return False
    return _is_caps(text) or (bool(_LABEL.match(text)) and not ends_sentence(text)) or unit.underlined


def _joined(unit: _Unit) -> str:
    return join([line.text for line in unit.lines])


def _is_caps(text: str) -> bool:
    return text.upper() == text and len(_LETTERS.findall(text)) >= 3


def _short(units: Sequence[_Unit], edge: int, *, then: Sequence[_Unit]) -> Iterator[Piece]:
    """Read a run of single lines: titles, items, lines."""
    if len(units) > 1 and any(_SIGNED.search(u.first.text) for u in units):
        yield _lines(units)
        return
    cover = len(units) >= COVER and all(is_centred(u.first, edge) for u in units)
    if cover or (len(units) > 1 and min(u.first.indent for u in units) >= RIGHT_SHARE * edge and not then):
        yield _lines(units)
        return
    marked = sum(1 for u in units if marker_of(u.first))
    if marked > 1:
        yield from map(_prose, units)
        return
    styles = [title_style(u, edge, stacked=marked > 0 and len(units) > 1) for u in units]
    if len(units) == 1 and _CONNECTED.search(units[0].last.text):
        styles = [""]
    if len(units) > 1 and not all(styles):
        over = bool(styles[0]) and not any(styles[1:]) and (bool(then) or _is_sentence(units[-1])) and len(units) == 2
        title = bool(then) and bool(styles[0]) and len(units) - sum(map(bool, styles)) <= 1
        if marked:
            yield from map(_prose, units)
            return
        if not over and not title and not _half_titles(units, styles):
            yield _lines(units)
            return
    at = 0
    while at < len(units):
        run = at + 1
        while run < len(units) and styles[at] and styles[run] and _wraps(units[run - 1], units[run]):
            run += 1
        lines = [line for u in units[at:run] for line in u.lines]
        if styles[at]:
            yield Piece("heading", lines, style=styles[at])
        else:
            yield _prose(_Unit(lines))
        at = run


def _is_sentence(unit: _Unit) -> bool:
    text = unit.last.text
    return text[-1] in ".:" and len(text.split()) >= 6


def _half_titles(units: Sequence[_Unit], styles: Sequence[str]) -> bool:
    """A stack of titles with a remark in brackets among them: `(in millions)`."""
    return all(style or _joined(u).startswith("(") for u, style in zip(units, styles, strict=True)) and bool(styles[0])


def _wraps(unit: _Unit, following: _Unit) -> bool:
    """Is one title wrapped over these lines?"""
    a, b = unit.last.text, following.first.text[following.first.indent :]
    if following.first.text[following.first.indent] == "(" or _PERIOD.match(b):
        return False
    return bool(_CONNECTED.search(a) or _CONNECTS.match(b))


def _lines(units: Sequence[_Unit]) -> Piece:
    return Piece("lines", [line for u in units for line in u.lines])


def _prose(unit: _Unit) -> Piece:
    marker = marker_of(unit.first)
    return Piece("item" if marker else "paragraph", unit.lines, marker)


# ---------------------------------------------------------------- titles


def title_style(unit: _Unit, edge: int, *, stacked: bool = False) -> str:
    """What a title looks like, or "" where this is none: a word for its rank (`outline.RANKS`)."""
    text = _joined(unit)
    words = text.split()
    if len(words) > TITLE_WORDS + 7 or text[0].islower() or text[-1] in ",;" or len(_LETTERS.findall(text)) < 3:
        return ""
    if (
        (text[0] in "([" and text[-1] in ")]")
        or text[0] == "*"
        or _SIGNED.search(text)
        or _DATE.fullmatch(text)
        or _ZIP.search(text)
    ):
        return ""
    caps, titled = _is_caps(text), _is_titled(text)
    if _FORM.fullmatch(text):
        return "form"
    if _BACK_MATTER.fullmatch(text):
        return "signatures"
    if match := _LABEL.match(text):
        sentence = text[-1] in ".:" and not caps and not titled and len(words) > 3
        if not sentence and len(words) <= TITLE_WORDS + 7:
            return match[0].split()[0].lower()
    if _EXHIBIT.fullmatch(text):
        return "exhibit"
    if _VALUED.search(text) or _ADDRESSED.fullmatch(text) or (_DATED.match(text) and not caps):
        return ""
    marker = marker_of(unit.first)
    if marker:
        if stacked or marker[0] in "[/*+•->{" or marker == "o":
            return ""
        titled = _is_titled(text[len(marker) :].strip())
    return _look(unit, text, edge, titled=titled)


def _look(unit: _Unit, text: str, edge: int, *, titled: bool) -> str:
    words = len(text.split())
    caps, marked = _is_caps(text), bool(marker_of(unit.first))
    ends = text[-1] in ".:" or ends_sentence(text)
    if ends and not (caps and text[-1] in ".:") and not (text[-1] == ":" and titled and 2 <= words <= 8):
        return ""
    if words > TITLE_WORDS:
        return ""
    if unit.underlined:
        return "caps-underlined" if caps else "underlined"
    if unit.boxed and (caps or titled):
        return "boxed"
    if marked and (caps or (titled and words <= 14 and len(text) <= 0.8 * edge)):
        return "lettered" if caps else "numbered"
    centred = all(is_centred(line, edge) for line in unit.lines)
    if caps:
        return "caps-centred" if centred else "caps"
    if not titled or words > 14:
        return ""
    if centred:
        return "centred"
    return "titled" if not marked and len(text) <= edge + 2 and unit.first.indent <= 30 else ""


def _is_titled(text: str) -> bool:
    """Do the words that matter begin with capitals?"""
    words = [w for w in _WORD.findall(text) if w.lower() not in _SMALL]
    return bool(words) and words[0][0].isupper() and sum(w[0].isupper() for w in words) >= 0.7 * len(words)


def is_centred(line: Line, edge: int) -> bool:
    """Does a line stand in the middle of the column from 0 to `edge`?"""
    left, right = line.indent, edge - len(line.text)
    return left >= 8 and abs(left - right) <= max(6, 0.12 * edge)


# ---------------------------------------------------------------- joining


def join(texts: Sequence[str]) -> str:
    """Join the lines of a paragraph into one string with single blanks."""
    if len(texts) == 1:
        return " ".join(texts[0].split())
    text = "\n".join(texts)
    if "-\n" in text:
        text = _HYPHEN.sub("-", text)
    return " ".join(text.split())


def ranges(lines: Sequence[Line]) -> Ranges:
    """The runs of source lines that these lines make, over gaps of lines that are not among them."""
    out: list[Range] = []
    first = last = lines[0].number
    for line in lines[1:]:
        if line.number != last + 1:
            out.append(Range(first, last))
            first = line.number
        last = line.number
    out.append(Range(first, last))
    return tuple(out)
