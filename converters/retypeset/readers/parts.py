"""Lines -> parts: headers, documents and what is loose between them, by the tags around them.

    tags      found wherever they stand, in a line of their own or glued to text; the armour counts as a tag
    parts     the file from its first to its last character, without a gap
    cuts      the tags, and what they say of a document, are taken out; their columns are left blank
    lines     every line that is left belongs to one part; where several have text on it, to the first of them

What a part holds is the business of `envelope`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, takewhile, zip_longest
from typing import Final, Literal, NamedTuple, TypeAlias

from ..model import Furniture, Range
from .decode import Decoded

Kind: TypeAlias = Literal["header", "document", "loose"]

_TAG: Final = re.compile(
    r"<(/?)(SEC-DOCUMENT|IMS-DOCUMENT|SEC-HEADER|IMS-HEADER|SUBMISSION|DOCUMENT|TYPE|SEQUENCE|FILENAME|DESCRIPTION|TEXT)>"
)
_ABOUT: Final = frozenset({"TYPE", "SEQUENCE", "FILENAME", "DESCRIPTION"})
_WHOLE: Final = frozenset({"SEC-DOCUMENT", "IMS-DOCUMENT"})
_HEADERS: Final = frozenset({"SEC-HEADER", "IMS-HEADER", "SUBMISSION"})
_ARMOUR: Final = "armour"
_ENDS_HEADER: Final = frozenset({*_HEADERS, *_WHOLE, "DOCUMENT", _ARMOUR})
_ENDS_DOCUMENT: Final = frozenset({*_WHOLE, "SUBMISSION", "DOCUMENT", _ARMOUR})
# Their value is the name and date of a file: `<SEC-HEADER>0000000000-97-000012.hdr.sgml : 19970512`.
_OF_A_FILE: Final = frozenset({"SEC-HEADER", "IMS-HEADER", *_WHOLE})
_AFTER_TYPE: Final = frozenset({"SEQUENCE", "FILENAME", "DESCRIPTION", "TEXT"})
# How many lines a wrapped description, or a tag unknown to us, may put between the last tag and <TEXT>.
MOST_WRAPPED: Final = 10


class Place(NamedTuple):
    line: int
    column: int


class Tag(NamedTuple):
    """A tag, or lines of armour. Its value runs on to the next tag, or to the end of the line."""

    start: Place
    end: Place
    name: str
    closing: bool = False
    value: Place = Place(0, 0)


class _Cut(NamedTuple):
    """What is taken out of the lines: a piece of furniture for each of them, or one for all together."""

    start: Place
    end: Place
    together: bool = False


class About(NamedTuple):
    """What a document says of itself, where its body begins, and whether <TEXT> stands there."""

    values: dict[str, str]
    end: Place
    opened: bool


class Part(NamedTuple):
    """A run of the file and its tags; a document's and a header's first tag opens it, and its last one closes it where
    `closed` says so."""

    kind: Kind
    tags: list[Tag]
    start: Place
    end: Place
    closed: bool = False
    about: About | None = None


def part(decoded: Decoded) -> tuple[list[tuple[Part, Range]], list[Furniture]]:
    """Part a decoded file; return each part with its lines (last < first: none), and the envelope around them.

    What the envelope has in lines that belong to a part is taken out of `decoded.lines`.
    """
    lines = decoded.lines
    parts = list(_parts(_tags(decoded), lines))
    furniture = _take_out([cut for part in parts for cut in _cuts(part)], lines)
    spans = [(part.about.end if part.about else part.start, part.end) for part in parts]
    return list(zip(parts, _share(spans, lines), strict=True)), furniture


# ---------------------------------------------------------------- lines -> tags -> parts


def _tags(decoded: Decoded) -> list[Tag]:
    """Find the tags and the armour in their order; what looks like a tag in the armour is none."""
    lines = decoded.lines
    armour = [
        Tag(Place(a.lines.first, a.column), Place(a.lines.last, len(lines[a.lines.last - 1])), _ARMOUR)
        for a in decoded.armour
    ]
    tags: list[Tag] = []
    for tag in sorted([*armour, *_matches(lines)]):
        if not tags or tag.start >= tags[-1].end:
            tags.append(tag)
    nowhere = Tag(Place(len(lines) + 1, 0), Place(len(lines) + 1, 0), "")
    return [
        tag._replace(value=min(following.start, Place(tag.end.line, len(lines[tag.end.line - 1]))))
        for tag, following in pairwise([*tags, nowhere])
    ]


def _matches(lines: Sequence[str]) -> Iterator[Tag]:
    """Search all lines at once: few of them hold a tag."""
    text = "\n".join(lines)
    line, begin, at = 1, 0, 0
    for match in _TAG.finditer(text):
        start, end = match.span()
        if passed := text.count("\n", at, start):
            line += passed
            begin = text.rindex("\n", at, start) + 1
        at = start
        yield Tag(Place(line, start - begin), Place(line, end - begin), match[2], bool(match[1]))


def _parts(tags: Sequence[Tag], lines: Sequence[str]) -> Iterator[Part]:
    """Part the file at its tags, from its first to its last character, without a gap."""
    last = Place(len(lines), len(lines[-1]))
    here = Place(1, 0)
    loose: list[Tag] = []
    at = 0
    while at < len(tags):
        tag = tags[at]
        kind = _kind(tags, at)
        at += 1
        if kind is None:
            loose += [tag] if tag.name == "TEXT" else []
            continue
        yield Part("loose", loose, here, tag.start)
        here, loose = tag.start, [tag]
        if kind != "loose":
            stop = next((i for i in range(at, len(tags)) if _ends(kind, tags[i])), len(tags))
            closed = stop < len(tags) and _closes(kind, tags[stop])
            own = tags[at - 1 : stop + closed]
            here = last if stop == len(tags) else tags[stop].end if closed else tags[stop].start
            about = _about(own, lines) if kind == "document" else None
            yield Part(kind, list(own), tag.start, here, closed, about)
            loose = []
            at = stop + closed
    yield Part("loose", loose, here, last)


def _kind(tags: Sequence[Tag], at: int) -> Kind | None:
    """What begins at this tag, outside of headers and documents; None: nothing does."""
    tag = tags[at]
    if tag.name == "TEXT" or tag.name in _ABOUT:
        return "document" if _begins_without_tag(tags, at) else None
    if tag.closing or tag.name in _WHOLE or tag.name == _ARMOUR:
        return "loose"
    return "header" if tag.name in _HEADERS else "document"


def _begins_without_tag(tags: Sequence[Tag], at: int) -> bool:
    """Does <TYPE> begin a document that lost its <DOCUMENT>? What it says of itself goes on in the next line."""
    tag, after = tags[at], tags[at + 1] if at + 1 < len(tags) else tags[at]
    in_next_line = tag.start.column == 0 and after.start == (tag.start.line + 1, 0)
    return tag.name == "TYPE" and after.name in _AFTER_TYPE and in_next_line and not (tag.closing or after.closing)


def _ends(kind: Kind, tag: Tag) -> bool:
    if kind == "header":
        return tag.name in _ENDS_HEADER
    return tag.name in _ENDS_DOCUMENT or (tag.name in _HEADERS and not tag.closing)


def _closes(kind: Kind, tag: Tag) -> bool:
    return tag.closing and (tag.name in _HEADERS if kind == "header" else tag.name == "DOCUMENT")


def _about(tags: Sequence[Tag], lines: Sequence[str]) -> About:
    """Read what a document says of itself, and find where its body begins: at <TEXT>, or where its tags stop."""
    known: list[Tag] = []
    line = tags[0].start.line
    for tag in tags[tags[0].name == "DOCUMENT" :]:
        if tag.closing or tag.start.line > line + MOST_WRAPPED or tag.name not in (*_ABOUT, "TEXT"):
            break
        if tag.name == "TEXT":
            return About(_values([*known, tag], lines), tag.end, opened=True)
        known.append(tag)
        line = tag.start.line
    known = _unbroken(known, tags[0].start.line)
    return About(_values(known, lines), known[-1].value if known else tags[0].end, opened=False)


def _unbroken(known: Sequence[Tag], line: int) -> list[Tag]:
    """The tags that follow each other line by line, none of them twice: without <TEXT> the others may be text."""
    kept: dict[str, Tag] = {}
    for tag in known:
        if tag.start.line > line + 1 or tag.name in kept:
            break
        kept[tag.name] = tag
        line = tag.start.line
    return list(kept.values())


def _values(tags: Sequence[Tag], lines: Sequence[str]) -> dict[str, str]:
    """What stands behind each tag, the first time it stands there; a description may be wrapped over lines."""
    values: dict[str, str] = {}
    for tag, following in zip_longest(tags, tags[1:]):
        line = tag.end.line
        said = [lines[line - 1][tag.end.column : tag.value.column]]
        if tag.name == "DESCRIPTION" and following:
            said += takewhile(lambda text: "<" not in text, lines[line : following.start.line - 1])
        values.setdefault(tag.name, " ".join(text.strip() for text in said if text.strip()))
    return values


# ---------------------------------------------------------------- what is taken out, and whose the rest is


def _cuts(part: Part) -> Iterator[_Cut]:
    """What belongs to the envelope in a part: its tags, and what the tags of files and documents say."""
    if part.about:
        yield _Cut(part.start, part.about.end)
        for tag in part.tags:
            if tag.start >= part.about.end and tag.name not in _ABOUT:
                yield _Cut(tag.start, tag.end)
    else:
        last = len(part.tags) - 1
        for i, tag in enumerate(part.tags):
            if part.kind == "loose" or i == 0 or (i == last and part.closed):
                whole = tag.name in _OF_A_FILE and not tag.closing
                yield _Cut(tag.start, tag.value if whole else tag.end, tag.name == _ARMOUR)


def _take_out(cuts: Sequence[_Cut], lines: list[str]) -> list[Furniture]:
    """Leave the columns of all cuts blank; return what stood there."""
    furniture: list[Furniture] = []
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (first, start), (last, end), together in cuts:
        columns = {
            n: (start if n == first else 0, end if n == last else len(lines[n - 1])) for n in range(first, last + 1)
        }
        texts = {n: lines[n - 1][a:b] for n, (a, b) in columns.items()}
        if together:
            furniture.append(Furniture("envelope", "\n".join(texts.values()), Range(first, last)))
        else:
            furniture += [Furniture("envelope", text, Range(n, n)) for n, text in texts.items() if text.strip()]
        for n, where in columns.items():
            taken[n].append(where)
    for n, pieces in taken.items():
        lines[n - 1] = _blanked(lines[n - 1], pieces)
    return furniture


def _blanked(line: str, pieces: Iterable[tuple[int, int]]) -> str:
    out, at = [], 0
    for start, end in sorted(pieces):
        out += [line[at:start], " " * (end - start)]
        at = end
    return "".join([*out, line[at:]]).rstrip()


def _share(spans: Iterable[tuple[Place, Place]], lines: Sequence[str]) -> Iterator[Range]:
    """Give each span its lines (last < first: none). A line that holds text of several belongs to the first of them."""
    owned = 0
    for start, end in spans:
        first, last = start.line, end.line
        if first == last:
            first += not lines[first - 1][start.column : end.column].strip()
        else:
            first += not lines[first - 1][start.column :].strip()
            last -= not lines[last - 1][: end.column].strip()
        first = max(first, owned + 1)
        owned = last if first <= last else owned
        yield Range(first, max(last, first - 1))
