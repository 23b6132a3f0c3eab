"""An HTML page -> blocks: its runs of text and tables, as the reader of typed text would have found them.

    page -> tokens -> flow -> elements -> lines -> pages -> pieces, tables -> outline -> captions -> confidence

The elements of a page get lines, as a typist would have set them (`typist`). So what holds for typed text holds here,
too: folios and running heads are found by `pages`, titles get their level from `outline`, a <pre> is read by `regions`
and its followers. In the end the lines become those of the source (`places`); several blocks may have one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from ..model import Block, Furniture, List, ListItem, Note, Page, Paragraph, Range
from .captions import with_captions
from .cells import SheetRow, elements
from .confidence import doubts, with_confidence
from .flow import flow
from .lines import BREAK, NEW_PAGE, RULE, TAG, TEXT, Line, Unit, ends_sentence
from .markers import marker_of
from .markup import tokens
from .nodes import Run, Typed
from .outline import outline
from .pages import part_pages
from .places import Places
from .prose import Element as Part
from .prose import Piece, set_text, short_lines
from .regions import Region, part_regions, right_edge
from .sheets import NumberedRow, set_sheet
from .tables import set_table
from .titles import title_style
from .typist import WIDTH, Source, Typist
from .units import connected

# A run of more characters is prose, whatever stands beside it; lines of a stack have no more.
PROSE: Final = 90
# Lines of typed text that were given line breaks one by one are mostly longer than this, and none than the second.
WRAPPED: Final = 50
WRAPPED_MOST: Final = 100
# Looks that a plain run may have by chance.
_BY_LOOK: Final = frozenset(("titled", "centred", "numbered"))
# What <h1> to <h6> look like where their words do not say.
_TITLED: Final = ("", "caps-centred", "caps-centred", "caps", "underlined", "underlined", "underlined")
# A box to check: what stands beside it is no title.
_BOX: Final = re.compile(r"\[\s?[xX]?\s?\]")


class Read(Struct):
    """What a page was read into."""

    blocks: tuple[Block, ...]
    furniture: list[Furniture]
    pages: tuple[Page, ...]
    notes: list[Note]


def read_page(lines: Sequence[str], first: int) -> Read:
    """Read an HTML page; `first` is the source line of the first of its lines."""
    unseen: list[Furniture] = []
    filled: list[int] = []
    items = flow(tokens("\n".join(lines), first), unseen, filled)
    sheet = Typist()
    sheet.type(list(elements(items)))
    furniture = sheet.furniture
    running, pages = part_pages(sheet.lines, furniture)
    parts = list(_parts(running, sheet.of, furniture))
    places = Places(sheet.places, filled)
    blocks = with_captions(outline(parts, WIDTH, furniture), furniture)
    blocks = tuple(map(places.block, with_confidence(blocks, sheet.texts, furniture)))
    taken = sorted([*unseen, *map(places.furniture, furniture)], key=lambda f: f.lines)
    return Read(blocks, taken, tuple(map(places.page, pages)), doubts(blocks))


# ---------------------------------------------------------------- pieces


def _parts(lines: Sequence[Line], of: dict[int, Source], furniture: list[Furniture]) -> Iterator[Part]:
    """Read the lines: stretches of typed lines, of rows, and of runs."""
    edge = right_edge([line for line in lines if isinstance(of.get(line.number), Typed)])
    blanks = 1
    for kind, stretch in _stretches(lines, of):
        if kind is Typed:
            yield from _typed_parts(stretch, edge, furniture)
        elif kind is SheetRow:
            yield from _row_parts(stretch, of, furniture)
        elif kind is Run:
            yield from _run_parts(stretch, of, blanks)
        blanks = max([NEW_PAGE if line.kind == BREAK else 1 for line in stretch if line.kind != TEXT], default=0)


def _stretches(lines: Sequence[Line], of: dict[int, Source]) -> Iterator[tuple[type | None, list[Line]]]:
    """Stretches of lines of one kind, with the blank lines and breaks within, and of such lines between."""
    stretch: list[Line] = []
    between: list[Line] = []
    kind: type | None = None
    for line in lines:
        own = Typed if line.kind == TAG else type(of[line.number]) if line.kind in (TEXT, RULE) else None
        if own is None:
            between.append(line)
            # A table ends where its rows do.
            if kind is SheetRow and not line.number:
                yield kind, stretch
                stretch, kind = [], None
            continue
        if own is kind:
            stretch += between
        else:
            if stretch:
                yield kind, stretch
            if between:
                yield None, between
            stretch, kind = [], own
        between = []
        stretch.append(line)
    if stretch:
        yield kind, stretch


def _row_parts(lines: Sequence[Line], of: dict[int, Source], furniture: list[Furniture]) -> Iterator[Part]:
    rows = [
        NumberedRow(line.number, row)
        for line in lines
        if line.kind in (TEXT, RULE) and isinstance(row := of.get(line.number), SheetRow)
    ]
    table = set_sheet(rows, furniture)
    if table is not None:
        yield table
    elif lines_of := [Line(own.number, own.row.text, 0, TEXT) for own in rows if own.row.cells]:
        yield Piece("lines", lines_of)


def _typed_parts(lines: list[Line], edge: int, furniture: list[Furniture]) -> Iterator[Part]:
    for region in part_regions(lines, edge):
        yield from set_table(region, edge, furniture) if region.table else set_text(region, edge, furniture)


class _Set(Struct):
    """A run on its line, and how many blank lines stand above it."""

    line: Line
    run: Run
    blanks: int


def _run_parts(lines: Sequence[Line], of: dict[int, Source], blanks: int) -> Iterator[Part]:
    """Read runs of text; `blanks` stand above the first of them."""
    runs: list[_Set] = []
    for line in lines:
        source = of.get(line.number)
        if line.kind == TEXT and isinstance(source, Run):
            runs.append(_Set(line, source, blanks))
            blanks = 0
        else:
            blanks = NEW_PAGE if line.kind == BREAK else max(blanks, 1)
    at = 0
    while at < len(runs):
        end = at + 1
        if runs[at].run.item[0]:
            while end < len(runs) and runs[end].run.item[0]:
                end += 1
            yield _list(runs[at:end])
        else:
            while end < len(runs) and not runs[end].blanks and not runs[end].run.item[0]:
                end += 1
            while end < len(runs) and _is_wrapped_title(runs[end - 1], runs[end]):
                end += 1
            pieces = list(_group(runs[at:end]))
            pieces[0].blanks = runs[at].blanks
            yield from pieces
        at = end


def _list(runs: Sequence[_Set]) -> List:
    """The list that these runs are the items of; a deeper one is inside the item before it."""
    stack: list[tuple[int, int, list[Block], list[ListItem]]] = []  # depth, item, its blocks, the items before it

    def close(depth: int) -> None:
        while stack and stack[-1][0] > depth:
            _, _, blocks, items = stack.pop()
            items.append(_item(blocks))
            if stack:
                stack[-1][2].append(_listed(items))
            else:
                done.extend(items)

    done: list[ListItem] = []
    for own in runs:
        depth, item = own.run.item
        close(depth)
        where = (Range(own.line.number, own.line.number),)
        block = Paragraph(own.run.text, where)
        if stack and stack[-1][0] == depth and stack[-1][1] == item:
            stack[-1][2].append(block)
        elif stack and stack[-1][0] == depth:
            _, _, blocks, items = stack.pop()
            stack.append((depth, item, [block], [*items, _item(blocks)]))
        else:
            stack.append((depth, item, [block], []))
    close(0)
    return _listed(done)


def _item(blocks: Sequence[Block]) -> ListItem:
    return ListItem("", tuple(blocks), tuple(where for block in blocks for where in block.lines))


def _listed(items: Sequence[ListItem]) -> List:
    return List(tuple(items), tuple(where for item in items for where in item.lines))


def _group(runs: Sequence[_Set]) -> Iterator[Piece]:
    """Read runs that only line breaks part."""
    if len(runs) > 2 and _is_wrapped(runs):
        edge = max([len(own.line.text) for own in runs])
        yield from set_text(Region(False, [own.line for own in runs], [0] * len(runs), {}), edge, [])
        return
    at = 0
    while at < len(runs):
        end = at + 1
        if _is_short(runs[at]):
            while end < len(runs) and _is_short(runs[end]):
                end += 1
            if end - at == 1:
                yield _single(runs[at])
            else:
                units = [Unit([own.line], underlined=own.run.strong) for own in runs[at:end]]
                yield from short_lines(units, WIDTH, followed=end < len(runs))
        else:
            yield _prose(runs[at])
        at = end


def _is_wrapped_title(above: _Set, below: _Set) -> bool:
    """Does a line in the middle, which calls for more words, go on in the next one?"""
    return (
        above.run.align == below.run.align == "center"
        and _is_short(above)
        and _is_short(below)
        and connected(above.run.text)
        and not below.run.item[0]
    )


def _is_short(own: _Set) -> bool:
    return len(own.run.text) <= PROSE


def _is_wrapped(runs: Sequence[_Set]) -> bool:
    """Are these the lines of typed text: most of them long, none too long, in the midst of sentences?"""
    texts = [own.run.text for own in runs]
    if max(map(len, texts)) > WRAPPED_MOST:
        return False
    return sum([len(text) >= WRAPPED and not ends_sentence(text) for text in texts[:-1]]) > 0.5 * (len(texts) - 1)


def _single(own: _Set) -> Piece:
    """A short run that stands alone: a title, a line in the middle, an item, a paragraph."""
    line, run = own.line, own.run
    style = _style(own)
    if style:
        return Piece("heading", [line], style=style)
    if run.align == "center":
        return Piece("lines", [line])
    return _prose(own)


def _style(own: _Set) -> str:
    """What a title looks like; "" where this is none: what is neither strong nor in capitals must say so."""
    run = own.run
    if (connected(run.text) and not run.level) or _BOX.search(run.text):
        return ""
    style = title_style(Unit([own.line]), WIDTH)
    if run.level and not style:
        return _TITLED[run.level]
    if run.strong and style in ("", "titled"):
        return title_style(Unit([own.line], underlined=True), WIDTH)
    return style if run.strong or run.level or style not in _BY_LOOK else ""


def _prose(own: _Set) -> Piece:
    marker = marker_of(own.line)
    return Piece("item" if marker else "paragraph", [own.line], marker)
