"""Pieces and tables -> blocks: sentences joined over pages, signatures gathered, titles given levels.

The level of a title is the rank of its look among the looks of this document: PART above ITEM, capitals in the middle
above capitals at the margin, those above words with capitals. Only the order of levels means something. How items
nest is the business of `lists`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from ..model import Align, Block, Furniture, Heading, Lines, Paragraph, Table
from .footnotes import footnote, with_footnotes, with_text_notes
from .hyphens import Hyphens
from .lines import NEW_PAGE, Line, ends_sentence, ranges
from .lists import hangs, nest
from .markers import marker_of
from .prose import Element, Piece
from .titles import is_centred, is_row
from .units import INDENT, fits

RANKS: Final = {
    "form": 1,
    "part": 2,
    "article": 2,
    "chapter": 2,
    "schedule": 3,
    "appendix": 3,
    "annex": 3,
    "item": 4,
    "section": 4,
    "signatures": 4,
    "caps-centred": 4,
    "boxed": 4,
    "lettered": 5,
    "note": 5,
    "caps-underlined": 5,
    "centred": 6,
    "caps": 6,
    "exhibit": 7,
    "underlined": 7,
    "numbered": 8,
    "titled": 8,
}
_PROSE: Final = frozenset(("paragraph", "item", "footnote"))
_DIVISIONS: Final = frozenset(("part", "item"))
_NUMBERED: Final = frozenset(("numbered", "lettered"))
_COUNTED: Final = frozenset(("numbered", "lettered", "note"))
# Titles that nothing but their look tells.
_SET: Final = frozenset(("caps-centred", "centred", "caps", "titled", "underlined", "caps-underlined", "boxed"))
_SIGNATURE: Final = re.compile(r"/s/|\bBy:?\s|\bBy:?$", re.IGNORECASE)
_FOOTNOTE: Final = re.compile(r"\*|\(\d|\+|\{\d")
_COMPANY: Final = re.compile(
    r"\b(?:INC|CORP|CORPORATION|COMPANY|CO|LTD|LLC|L\.?P|PLC|TRUST|SUBSIDIARY|SUBSIDIARIES)\b\.?$", re.IGNORECASE
)
# What stands in brackets below a field of a cover that is no name.
_CAPTION: Final = re.compile(
    r"[(\[](?:state|province|jurisdiction|title of|address|zip|i\.?\s?r\.?\s?s|commission file|cusip|area code)\b",
    re.IGNORECASE,
)
_ITEM: Final = re.compile(r"item\s+(\d{1,2}(?:\.\d\d)?[A-Z]?)\b(?!\()", re.IGNORECASE)
# A line that a blank one cuts off in the middle of a sentence is at least so long.
LONG: Final = 50
# One line of more characters was not typed, but set in HTML.
LONG_LINE: Final = 100
# Footnotes at the foot of a page that may stand between the halves of a sentence.
FOOTNOTES: Final = 4
# A document sets its paragraphs in where so many do, and this share of all.
ENOUGH_INDENTED: Final = 4
INDENTED: Final = 0.8


def outline(parts: Sequence[Element], edge: int, furniture: list[Furniture]) -> tuple[Block, ...]:
    """Make the blocks of a document of its pieces, in order; hyphens that are dropped go on the list of furniture."""
    parts = with_footnotes(list(_back_matter(_listed(_filled(list(_signatures(_joined(with_text_notes(parts)))))))))
    levels = _levels(parts)
    setter = _Setter(levels, edge, furniture, parts)
    blocks: list[Block] = []
    items: list[Piece] = []
    for part in parts:
        piece = part if isinstance(part, Piece) else None
        if piece and (piece.kind == "item" or (items and (piece.kind == "footnote" or _hangs(piece, items)))):
            items.append(piece)
            continue
        if items:
            blocks += setter.listed(items)
            items = []
        if piece and piece.kind == "footnote" and blocks and isinstance(table := blocks[-1], Table):
            blocks[-1] = replace(table, footnotes=(*table.footnotes, footnote(piece, setter.join(piece.lines))))
        else:
            blocks.append(part if not isinstance(part, Piece) else setter.block(part))
    return (*blocks, *setter.listed(items))


def _hangs(part: Piece, items: Sequence[Piece]) -> bool:
    """Does a paragraph go on with the last of these items, over the footnotes of its page?"""
    last = next(item for item in reversed(items) if item.kind != "footnote")
    return part.kind == "paragraph" and hangs(part, last)


def _joined(parts: Sequence[Element]) -> list[Element]:
    """Join the halves of what a page break cut in two."""
    out: list[Element] = []
    indented = _is_indented(parts)
    for part in parts:
        if isinstance(part, Piece) and part.kind == "paragraph" and part.blanks:
            before = _open_before(out) if part.blanks == NEW_PAGE else _cut_before(out, part)
            if before is None and indented and part.blanks == NEW_PAGE:
                before = _full_before(out, part)
            if before is not None and not _starts_afresh(before, part):
                before.lines = before.lines + part.lines
                continue
        out.append(part)
    return out


def _open_before(out: Sequence[Element]) -> Piece | None:
    """The last paragraph or item before the break whose sentence has no end, over footnotes at the foot of its page."""
    for part in out[: -FOOTNOTES - 2 : -1]:
        if isinstance(part, Piece) and part.kind == "footnote":
            continue
        if not isinstance(part, Piece) or part.kind not in ("paragraph", "item"):
            return None
        if not ends_sentence(part.lines[-1].text) and _is_long(part.lines):
            return part
        if not (part.kind == "item" and _FOOTNOTE.match(part.marker)):
            return None
    return None


def _is_long(lines: Sequence[Line]) -> bool:
    """Has a paragraph several lines, or is it as long? Those of HTML pages have one."""
    return len(lines) > 1 or len(lines[0].text) > LONG_LINE


def _is_indented(parts: Sequence[Element]) -> bool:
    """Are the first lines of this document's paragraphs set in?"""
    prose = [p.lines for p in parts if isinstance(p, Piece) and p.kind == "paragraph" and len(p.lines) > 1]
    set_in = sum([1 for lines in prose if lines[0].indent - lines[1].indent in INDENT])
    return set_in >= ENOUGH_INDENTED and set_in >= INDENTED * len(prose)


def _full_before(out: Sequence[Element], part: Piece) -> Piece | None:
    """The paragraph before the break whose last line is full, where what follows is not set in as paragraphs are."""
    before = out[-1] if out else None
    if not isinstance(before, Piece) or before.kind not in ("paragraph", "item"):
        return None
    if min(len(before.lines), len(part.lines)) < 2:
        return None
    first, last = part.lines[0], before.lines[-1]
    if {line.indent for line in (*before.lines[1:], *part.lines)} != {first.indent}:
        return None
    if not ends_sentence(part.lines[-1].text) or (last.text[-1] == "." and first.text[first.indent].islower()):
        return None
    edge = max([len(line.text) for line in before.lines])
    return before if last.text[-1] != ":" and not fits(last, first, edge) else None


def _cut_before(out: Sequence[Element], part: Piece) -> Piece | None:
    """The paragraph before a blank line that stands in the middle of a sentence."""
    before = out[-1] if out else None
    if not isinstance(before, Piece) or before.kind not in ("paragraph", "item") or part.blanks > 1:
        return None
    last, first = before.lines[-1].text, part.lines[0]
    long = len(last) - before.lines[-1].indent >= LONG
    return before if long and not ends_sentence(last) and first.text[first.indent].islower() else None


def _starts_afresh(before: Piece, after: Piece) -> bool:
    first = after.lines[0]
    starts = first.text[first.indent]
    if starts.islower():
        return False
    margin = min(line.indent for line in before.lines[1:] or before.lines)
    return first.indent - margin > 1


def _signatures(parts: Sequence[Element]) -> Iterator[Element]:
    """Put the company's name over a signature, set as far in, into the signature's lines."""
    held: Piece | None = None
    for part in parts:
        if held is not None and isinstance(part, Piece) and _signs(part):
            yield Piece("lines", held.lines + part.lines, blanks=held.blanks)
            held = None
            continue
        if held is not None:
            yield held
            held = None
        if isinstance(part, Piece) and part.kind in ("heading", "lines", "paragraph") and part.lines[0].indent >= 25:
            held = part
        else:
            yield part
    if held is not None:
        yield held


def _signs(piece: Piece) -> bool:
    first = piece.lines[0]
    return piece.kind in ("lines", "paragraph") and first.indent >= 20 and bool(_SIGNATURE.search(first.text))


def _filled(parts: list[Element]) -> list[Element]:
    """What was filled in is no title: over `(State of incorporation)`, below a row of Schedule 13D or 13G."""
    for a, b in pairwise(parts):
        if not (isinstance(a, Piece) and isinstance(b, Piece)):
            continue
        if a.kind == "heading" and a.style in _SET and b.kind != "heading" and _CAPTION.match(b.lines[0].text.lstrip()):
            a.kind = "paragraph"
        elif b.kind == "heading" and b.style in _SET and is_row(a.lines[0].text.lstrip()):
            b.kind = "paragraph"
    return parts


def _listed(parts: list[Element]) -> list[Element]:
    """Numbered titles that follow each other with nothing between are the items of a list."""
    for a, b in pairwise(parts):
        if isinstance(a, Piece) and isinstance(b, Piece) and {a.style, b.style} <= _NUMBERED:
            for piece in (a, b):
                piece.kind, piece.marker = "item", marker_of(piece.lines[0])
    return parts


def _back_matter(parts: Sequence[Element]) -> Iterator[Element]:
    """What stands under SIGNATURES and looks like a title is a name or an office."""
    inside = False
    for part in parts:
        if isinstance(part, Piece) and part.kind == "heading":
            if part.style == "signatures":
                inside = part.lines[0].text.strip().upper().startswith("SIGNATURE")
            elif inside and part.style in ("titled", "centred", "caps"):
                part.kind = "lines"
            else:
                inside = False
        yield part


# ---------------------------------------------------------------- levels


def _levels(parts: Sequence[Element]) -> dict[int, int]:
    """The level of each title, by the line it begins on: the ranks of this document's titles counted without gaps.

    A title right under another of the same look stands below it. What is set like an Item but stands before the first
    Part is of the rank of Parts; so are the titles of a cover, between the form's name and the first Part or Item. The
    name of a company ranks with that of the form on a cover, and above what is set alike in a document without Items;
    so does the number of an exhibit that opens the document, or follows the signatures.
    """
    ranks: dict[int, float] = {}
    parted = False
    styles = [p.style for p in parts if isinstance(p, Piece) and p.kind == "heading"]
    part_follows = "part" in styles
    first = next((style for style in styles if style in _DIVISIONS), "")
    below = _numbered_below(parts)
    cover = False
    signed = False
    above: Piece | None = None
    for part in parts:
        if not isinstance(part, Piece) or part.kind != "heading":
            above = None
            continue
        text = " ".join(part.lines[-1].text.split())
        parted = parted or part.style == "part"
        rank: float = below.get(part.style, RANKS[part.style])
        if part.style == "caps-centred" and part_follows and not parted:
            rank = RANKS["part"]
        cover = bool(first) and part.style not in _DIVISIONS and (cover or part.style == "form")
        if cover and part.style != "form":
            rank = min(rank, RANKS[first])
        if part.style == "caps-centred" and _COMPANY.search(text):
            over = not first and (above is None or above.style == "exhibit")
            rank = RANKS["form"] if cover else rank - 0.5 if over else rank
        elif part.style == "exhibit" and (signed or not ranks):
            rank = RANKS["form"]
        elif part.style == "caps" and text[-1] == ":":
            rank += 0.5
        signed = signed or (part.style == "signatures" and text.upper().startswith("SIGN"))
        stacked = above is not None and int(ranks[above.lines[0].number]) == rank
        if above is not None and stacked and part.style not in _DIVISIONS and rank > RANKS["form"]:
            rank = rank + 0.5 if part.blanks else ranks[above.lines[0].number]
        ranks[part.lines[0].number] = rank
        above = part
    depth = _depths(list(ranks.values()), form=styles.count("form") == 1)
    return {line: depth[rank] for line, rank in ranks.items()}


def _numbered_below(parts: Sequence[Element]) -> dict[str, float]:
    """The ranks of numbered titles that stand right under titles which else rank below them: `NOTES`, `1.  GENERAL`."""
    under: dict[str, list[int]] = {}
    over: set[str] = set()
    for a, b in pairwise(parts):
        if isinstance(a, Piece) and isinstance(b, Piece) and a.kind == b.kind == "heading":
            rank = RANKS[a.style]
            if b.style in _COUNTED and rank >= RANKS[b.style] and a.style not in _COUNTED:
                under.setdefault(b.style, []).append(rank)
            elif a.style in _COUNTED and a.style != b.style:
                over.add(a.style)
    return {style: max(ranks) + 0.25 for style, ranks in under.items() if style not in over}


def _depths(ranks: Sequence[float], *, form: bool) -> dict[float, int]:
    """The depth of each rank: one more than that of any higher rank it ever stood beside, and of the form's name."""
    beside: dict[float, set[float]] = {
        rank: {RANKS["form"]} if form and rank > RANKS["form"] else set() for rank in ranks
    }
    for a, b in pairwise(ranks):
        if a != b:
            beside[max(a, b)].add(min(a, b))
    depth: dict[float, int] = {}
    for rank in sorted(beside):
        depth[rank] = 1 + max((depth[higher] for higher in beside[rank]), default=0)
    return depth


class _Setter:
    """Makes blocks of pieces, with what holds for the whole document at hand."""

    def __init__(self, levels: dict[int, int], edge: int, furniture: list[Furniture], parts: Sequence[Element]) -> None:
        self.levels, self.edge, self.furniture = levels, edge, furniture
        self.hyphens = Hyphens(p.lines for p in parts if isinstance(p, Piece) and p.kind in _PROSE)

    def join(self, lines: Sequence[Line]) -> str:
        return self.hyphens.join(lines, self.furniture)

    def block(self, piece: Piece) -> Block:
        where = ranges(piece.lines)
        match piece.kind:
            case "heading":
                text = self.join(piece.lines)
                match = _ITEM.match(text)
                return Heading(text, self.levels[piece.lines[0].number], where, match[1].upper() if match else "")
            case "lines":
                text = "\n".join(" ".join(line.text.split()) for line in piece.lines)
                return Lines(text, where, _align(piece.lines, self.edge))
            case "footnote":
                return footnote(piece, self.join(piece.lines))
            case _:
                return Paragraph(self.join(piece.lines), where)

    def listed(self, pieces: Sequence[Piece]) -> Iterator[Block]:
        """The list of these items, and the footnotes that stand below the last of them."""
        count = len(pieces)
        while count and pieces[count - 1].kind == "footnote":
            count -= 1
        if count:
            yield nest([(piece, self.join(piece.lines)) for piece in pieces[:count]])
        yield from map(self.block, pieces[count:])


def _align(lines: Sequence[Line], edge: int) -> Align:
    if all(is_centred(line, edge) for line in lines):
        return "center"
    if min(line.indent for line in lines) >= 0.5 * edge:
        return "right"
    return "left"
