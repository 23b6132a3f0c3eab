"""Specimens of tables, described by their heads and rows: what every cell says is known beforehand.

`typesetters` sets them. A specimen is drawn by hypothesis, which chooses its shape; the words come from lists.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Literal, NamedTuple

from hypothesis import strategies as st
from tests.readers.specimen import WORDS

Align = Literal["centre", "right"]

_NOUNS = """
sales revenues costs expenses inventories receivables payables borrowings taxes dividends earnings interest goodwill
equipment buildings land leases deposits reserves securities investments premiums royalties fees wages pensions
""".split()  # noqa: SIM905
_QUALIFIERS = """
net gross deferred accrued current other domestic foreign prepaid accumulated unrealised long-term short-term average
estimated consolidated operating commercial industrial
""".split()  # noqa: SIM905
_AFTER = ("and", "of", "on", "for", "less", "from", "including", "net of")
_SECTIONS = ("Current assets:", "Current liabilities:", "OPERATING ACTIVITIES", "Costs and expenses:", "Other data:")
_HEADS = (
    ("Amount",),
    ("Shares",),
    ("Cost",),
    ("Number", "of Shares"),
    ("Fair", "Value"),
    ("Average", "Balance"),
    ("Net", "Sales"),
    ("Per", "Share"),
    ("Estimated", "Useful", "Life"),
    ("Balance at", "End of", "Period"),
    ("Charged", "to Costs"),
    ("Weighted", "Average", "Price"),
)
_PERCENT = (("Percent",), ("Percent", "of Sales"), ("Annual", "Rate"), ("Increase",))
_SPANNERS = (
    "Year Ended December 31,",
    "Three Months Ended",
    "As Reported",
    "Nine Months Ended",
    "Domestic",
    "At June 30,",
)
_CORNERS = ("", "", "", "(In thousands)", "Description")

# More columns than this are set close, so that a table is no wider than a page was.
MANY = 5


class Figure(NamedTuple):
    """What a cell says, and the number that it states, if any."""

    text: str
    number: str | None = None


class Head(NamedTuple):
    """A head over the columns `first` to `last`, of one line or several, and whether a rule stands under it."""

    first: int
    last: int
    lines: tuple[str, ...]
    ruled: bool = False


class Row(NamedTuple):
    """A row: its label (empty for a sum without words), its figures (none for the head of a section), and its setting.

    `above` are the rule (`-`, `=`) or the blank line that part it from the row before it.
    """

    label: str
    figures: tuple[Figure, ...]
    level: int = 0
    above: Literal["", " ", "-", "="] = ""


class Table(NamedTuple):
    """A table of `columns` columns of figures, behind one of labels, and how it is to be set.

    `under` is the rule under the heads: one under each, one under all, or none. Labels longer than `stub` are wrapped;
    `figures_first` says that the figures stand on the first line of such a label. `foot` is the rule below all.
    """

    columns: int
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    tagged: bool
    stub: int
    gutter: int
    aligned: Align
    leaders: bool
    figures_first: bool
    signs_apart: bool
    under: Literal["each", "all", ""]
    foot: Literal["", "-", "="]


class Specimen(NamedTuple):
    """Tables, each with a paragraph above and below; `pages` says that tbl and groff set them, on pages."""

    pages: bool
    prose: tuple[str, ...]
    tables: tuple[Table, ...]


# ---------------------------------------------------------------- drawing


@st.composite
def specimens(draw: st.DrawFn) -> Specimen:
    """Draw a specimen of three to five tables."""
    chance = random.Random(draw(st.integers(0, 2**32 - 1)))
    counts = draw(st.lists(st.integers(1, 7), min_size=3, max_size=5))
    tables = tuple(
        _table(chance, count, tagged=draw(st.booleans()), under=draw(st.sampled_from(("each", "all", ""))))
        for count in counts
    )
    return Specimen(draw(st.booleans()), tuple(_prose(chance) for _ in range(len(tables) + 1)), tables)


def _prose(chance: random.Random) -> str:
    words = [chance.choice(WORDS) for _ in range(chance.randint(30, 70))]
    return " ".join((chance.choice(WORDS).capitalize(), *words)) + "."


def _table(chance: random.Random, count: int, *, tagged: bool, under: Literal["each", "all", ""]) -> Table:
    heads, percents = _heads(chance, count)
    many = count > MANY
    return Table(
        columns=count,
        heads=tuple(heads),
        rows=tuple(_rows(chance, count, percents)),
        tagged=tagged,
        stub=chance.randint(24, 30 if many else 40),
        gutter=chance.randint(2, 2 if many else 4),
        aligned=chance.choice(("centre", "right")),
        leaders=chance.random() < 0.3,
        figures_first=chance.random() < 0.2,
        signs_apart=chance.random() < 0.5,
        under=under,
        foot=chance.choice(("", "-", "=", "=")),
    )


def _heads(chance: random.Random, count: int) -> tuple[list[Head], frozenset[int]]:
    """Heads of a table and the columns of per cents."""
    columns = range(1, count + 1)
    group = chance.choice([n for n in (count, 2, 3) if n > 1 and not count % n] or [1])
    spanned = group > 1 and chance.random() < 0.5
    percents: frozenset[int] = frozenset()
    heads: list[Head] = []
    year = chance.randint(1993, 2004)
    if chance.random() < 0.6:
        dated = not spanned and chance.random() < 0.3
        first = ("December 31,",) if dated else ()
        years = [str(year - (n - 1) % (group if spanned else count)) for n in columns]
        heads += [Head(n, n, (*first, text)) for n, text in zip(columns, years, strict=True)]
    else:
        percents = frozenset([n for n in columns if chance.random() < 0.25])
        for n in columns:
            lines = chance.choice(_PERCENT if n in percents else _HEADS)
            heads.append(Head(n, n, lines))
    if spanned:
        ruled = chance.random() < 0.7
        names = chance.sample(_SPANNERS, count // group)
        heads += [Head(n * group + 1, (n + 1) * group, (name,), ruled) for n, name in enumerate(names)]
    corner = chance.choice(_CORNERS)
    if corner:
        heads.append(Head(0, 0, (corner,)))
    return heads, percents


def _rows(chance: random.Random, count: int, percents: frozenset[int]) -> Iterator[Row]:
    most = chance.choice((900, 90_000, 9_000_000))
    used: set[str] = set()

    def label() -> str:
        while (text := _label(chance)) in used:
            pass
        used.add(text)
        return text

    signed = chance.random() < 0.6
    for section in chance.sample(("", *_SECTIONS), chance.randint(1, 3)):
        level = 0
        if section:
            yield Row(section, (), 0, " " if used else "")
            level = chance.choice((1, 1, 0))
        for n in range(chance.randint(2, 5)):
            sign = signed and len(used) == 0
            blank: Literal["", " "] = " " if n and chance.random() < 0.1 else ""
            yield Row(label(), _figures(chance, count, percents, most, sign=sign), level, blank)
        if chance.random() < 0.6:
            text = chance.choice(("", f"Total {label().lower()}", f"Total {label().lower()}"))
            yield Row(text, _figures(chance, count, percents, most, sign=False, whole=True), level, "-")
    if chance.random() < 0.5:
        yield Row(
            label(), _figures(chance, count, percents, most, sign=signed, whole=True), 0, chance.choice((" ", "-"))
        )


def _label(chance: random.Random) -> str:
    words = [chance.choice(_QUALIFIERS), chance.choice(_NOUNS)]
    while chance.random() < 0.35:
        words += [chance.choice(_AFTER), chance.choice(_QUALIFIERS), chance.choice(_NOUNS)]
    return " ".join(words).capitalize()


def _figures(
    chance: random.Random, count: int, percents: frozenset[int], most: int, *, sign: bool, whole: bool = False
) -> tuple[Figure, ...]:
    return tuple(_figure(chance, most, percent=n in percents, sign=sign, whole=whole) for n in range(1, count + 1))


def _figure(chance: random.Random, most: int, *, percent: bool, sign: bool, whole: bool) -> Figure:
    kind = 1.0 if whole else chance.random()
    if kind < 0.08:
        return Figure(chance.choice(("-", "--")))
    negative = kind < 0.2
    value = f"{chance.randint(1, 999) / 10:.1f}" if percent else f"{chance.randint(1, most):,}"
    number = f"{'-' if negative else ''}{value.replace(',', '')}"
    text = f"{'$' if sign and not percent else ''}{f'({value})' if negative else value}{'%' if percent else ''}"
    return Figure(text, number)
