"""Tables -> records: each figure with the labels of its row, the headings of its column, its unit and its multiplier.

    (In thousands)          December 31,
                          1996      1995
    Current assets:
      Cash             $ 1,204   $   998    row ("Current assets:", "Cash"), columns ("December 31,", "1996"),
                                            value "1204", unit "$", multiplier 1000

    row          the section rows above and the labels that the row is set in under, then its own label
    columns      the headings from the spanning ones down
    multiplier   what the label says ("(in thousands)"), else the heading, else the table; see `records` for exceptions

What a table says is read from the model as it is; nothing here looks at the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from .grid import PARTED, headings_over, placed
from .items import all_blocks
from .model import Document, Row, Submission, Table
from .notes import RetypesetError
from .schedules import schedule, tag_of
from .tags import HEADER, is_scaled

_POWERS: Final = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_SCALE: Final = re.compile(
    r"\b(hundred|thousand|million|billion)s\b|\bin (thousand|million|billion)\b"
    r"|(?<![\d.,])000(?P<more>,000)?(?![.,]?\d)",
    re.IGNORECASE,
)
# `20 %-owned` and `8 percent notes` name a thing whose amount is stated; a share stands without a figure before it.
_PERCENT: Final = re.compile(r"(?<!\d)(?<!\d )(?:%|\bper ?cent)", re.IGNORECASE)
_EACH: Final = re.compile(
    r"\bper\b(?! ?cent)|\bratios?\b|\bnumber of\b|\bemployees\b"
    r"|\b(?:market|stock|share|closing|exercise|average) prices?\b",
    re.IGNORECASE,
)
_SHARES_EXCEPTED: Final = re.compile(r"\bexcept\b(?:[^)]*[ ,])??(?<!per )(?<!per common )shares?\b", re.IGNORECASE)
# What adds up the rows above often stands further in than they do: it is no part of the last of them.
_RESULT: Final = re.compile(
    r"(?:totals?|sub-?totals?|net|gross|balances?)\b|.*\b(?:end of|provided by|used (?:by|for|in))\b", re.IGNORECASE
)
_SHARES: Final = re.compile(r"\bshares\b", re.IGNORECASE)
# `(Dollars in millions, shares in thousands)`, but not `(dollars and shares in millions)`.
_SHARES_IN: Final = re.compile(
    r"(?<!and )\bshares?(?: data| amounts)?(?: are)? in (hundred|thousand|million|billion)s?\b", re.IGNORECASE
)


class Record(Struct, frozen=True):
    """A cell of a table with all that says what it means.

    `text` is the cell as printed, `value` the number it states as a decimal string (None where it states none), `nil`
    true where a dash says that there is nothing. `unit` is "%" or a currency sign, or empty. The value stands for
    itself times `multiplier`. `tag` is the tag of a financial data schedule, without brackets. `line` is the source
    line, from 1, on which the row begins (0 where the row knows none).
    """

    row: tuple[str, ...]
    columns: tuple[str, ...]
    text: str
    value: str | None
    unit: str
    multiplier: int
    nil: bool
    line: int
    tag: str = ""


def tables(source: Document | Submission) -> tuple[Table, ...]:
    """Every table of a document or a submission in order, those inside list items too."""
    documents = source.documents if isinstance(source, Submission) else (source,)
    return tuple(b for document in documents for b in all_blocks(document.blocks) if isinstance(b, Table))


def records(table: Table) -> tuple[Record, ...]:
    """Give a record for each cell that is not empty, but for the labels, row by row.

    The multiplier is that of the nearest statement: the row's label, the column's heading, the head of the labels, the
    table's unit or caption; 1 where none of these says any. Not multiplied are

    - percentages: cells with the sign, rows and columns that say "%" or "percent" (not "8% notes", which are amounts);
    - what is said of each thing: "per share" and any other "per", ratios, prices of shares;
    - counts: "number of", "employees", and rows of shares where the table excepts them ("except share data"); those
      may have a multiplier of their own ("dollars in millions, shares in thousands");
    - cells that state no number; of a financial data schedule also what `Schedule` says and amounts per share.

    A table whose cells are not to be trusted (`Table.text`) gives none. The rows of a financial data schedule are named
    by the full names of their tags; its columns are headed by the type and the end of their period.

    >>> from retypeset.model import Cell, Column, Range, Row
    >>> where = (Range(7, 7),)
    >>> head = Row((Cell(""), Cell("1996")), where)
    >>> body = Row((Cell("Net loss (in millions)"), Cell("(12)", number="-12")), where)
    >>> [(r.columns, r.value, r.multiplier) for r in records(Table((Column(), Column()), (head,), (body,), where))]
    [(('1996',), '-12', 1000000)]
    """
    return tuple(record for _, _, record in _cells(table))


def multiplier(text: str) -> int | None:
    """Tell by what figures are to be multiplied, as a unit or a heading says it; None where it says nothing of it.

    >>> [multiplier(text) for text in ("(In thousands, except per share data)", "$000,000", "(000's omitted)", "1,000")]
    [1000, 1000000, 1000, None]
    """
    match = _SCALE.search(text)
    if not match:
        return None
    if word := match[1] or match[2]:
        return _POWERS[word.lower()]
    return 1_000_000 if match["more"] else 1_000


def headings(table: Table) -> list[tuple[str, ...]]:
    """The headings over each column, those that span it first; of a schedule the type and the end of its period."""
    if stated := schedule(table):
        return [(), *(tuple(filter(None, (period.type, period.end))) for period in stated.periods)]
    return headings_over(table.head, len(table.columns))


def to_pandas(table: Table) -> Any:
    """Make a `pandas.DataFrame` of a table: a row for each row of figures, a column for each column of the table.

    The index holds the labels as in `Record.row`, parted by " / "; the columns are named likewise by their headings. A
    column of nothing but figures is float64 as printed, not multiplied, with NaN for empty cells and dashes; any other
    holds the cells as printed. `DataFrame.attrs` has the table's `caption`, `unit` and `multiplier`.

    Raises RetypesetError where pandas is not installed.
    """
    try:
        import pandas  # noqa: PLC0415 - an optional library, imported when it is asked for
    except ImportError as error:
        raise RetypesetError("this needs pandas: pip install 'retypeset[pandas]'") from error
    found = list(_cells(table))
    labels: dict[int, str] = {}
    columns: dict[int, dict[int, Record]] = {n: {} for n in range(1, len(table.columns))}
    for n, column, record in found:
        labels[n] = PARTED.join(record.row)
        columns.setdefault(column, {})[n] = record
    values = {n: _values(cells, list(labels)) for n, cells in columns.items()}
    frame = pandas.DataFrame(values, index=list(labels.values()))
    headed = headings(table)
    frame.columns = pandas.Index([PARTED.join(headed[n]) if n < len(headed) else "" for n in columns])
    frame.attrs = {"caption": table.caption, "unit": table.unit, "multiplier": _table_multiplier(table)}
    return frame


def _values(cells: dict[int, Record], rows: list[int]) -> list[float | str | None]:
    """The values of a column; the cells as printed where one of them states neither a number nor nil."""
    if all(record.nil or record.value is not None for record in cells.values()):
        return [float(cells[n].value or "nan") if n in cells else float("nan") for n in rows]
    return [cells[n].text if n in cells else None for n in rows]


# ---------------------------------------------------------------- cells


def _cells(table: Table) -> Iterator[tuple[int, int, Record]]:
    """The records of a table, each with the place of its row in the body and of its column."""
    if table.text:
        return
    stated = schedule(table)
    headed = headings(table)
    general = _table_multiplier(table)
    of_columns = [multiplier(" ".join(heading)) for heading in headed]
    about = " ".join(_said(table))
    shares_excepted = _SHARES_EXCEPTED.search(about) is not None
    shares_in = _SHARES_IN.search(about)
    of_shares = _POWERS[shares_in[1].lower()] if shares_in else general
    for n, (path, row, starts) in enumerate(_labelled(table)):
        tag = tag_of(row.cells[0]) if stated and row.cells else ""
        if tag in HEADER:
            continue
        label = " ".join(path)
        own = multiplier(path[-1]) if path else None
        line = row.lines[0].first if row.lines else 0
        for cell, column in zip(row.cells, starts, strict=True):
            if not column or not cell.text:
                continue
            heading = headed[column] if column < len(headed) else ()
            said = f"{label} {' '.join(heading)}"
            unit = cell.unit or ("%" if cell.number is not None and _PERCENT.search(said) else "")
            scale = own or (of_columns[column] if column < len(of_columns) else None)
            scale = scale or (of_shares if _SHARES.search(said) else general)
            if cell.number is None or unit == "%" or _stands_for_itself(tag, said, shares_excepted):
                scale = 1
            yield n, column, Record(path, heading, cell.text, cell.number, unit, scale, cell.nil, line, tag)


def _stands_for_itself(tag: str, said: str, shares_excepted: bool) -> bool:
    """Are figures of which this is said not multiplied?"""
    if tag:
        return not is_scaled(tag)
    return _EACH.search(said) is not None or (shares_excepted and _SHARES.search(said) is not None)


def _table_multiplier(table: Table) -> int:
    """What holds for the whole table: what it says of itself, or all headings alike."""
    if stated := schedule(table):
        return stated.multiplier
    found = [by for text in _said(table) if (by := multiplier(_SHARES_IN.sub("", text)))]
    of_columns = {multiplier(" ".join(heading)) for heading in headings(table)[1:]}
    return next(iter(found or (of_columns if len(of_columns) == 1 else ())), None) or 1


def _said(table: Table) -> Iterator[str]:
    """Where a table says its unit: there, over its labels, or in its caption."""
    yield table.unit
    for row, starts in placed(table.head):
        for cell, start in zip(row.cells, starts, strict=True):
            if cell.text and start == 0:
                yield cell.text
    yield table.caption


# ---------------------------------------------------------------- labels


class _Above(Struct):
    """A label that rows may stand under: `level` as it is, `under` as it counts. `rows`: some stand under it; `set_in`:
    some are set in below it; `closed`: its total has passed; `raised`: it turned out to stand above what follows."""

    label: str
    level: int
    under: int
    section: bool
    rows: bool = False
    set_in: bool = False
    closed: bool = False
    raised: bool = False


def _labelled(table: Table) -> Iterator[tuple[tuple[str, ...], Row, list[int]]]:
    """The rows of the body that have figures or words beside their label, each with its path of labels.

    A section holds the rows set in below it, or those at its own margin down to their total. A heading in the middle
    of the page, over one at the margin, stands above that one.
    """
    above: list[_Above] = []
    for row, starts in placed(table.body):
        label = row.cells[0].text if row.cells and starts[0] == 0 else ""
        name = (row.cells[0].name or label) if label else ""
        if row.kind == "section":
            _open(above, name, row.level)
            continue
        if label:
            _leave(above, row.level, row.kind == "total")
        part = bool(label) and row.kind != "total" and not _RESULT.match(label)
        path = [x.label for x in above if x.section or (part and x.level < row.level)]
        yield (tuple([*path, name] if name else path), row, starts)
        if row.kind == "total":
            for x in above:
                x.closed = x.closed or (x.under == row.level and not x.set_in)
        elif label:
            above.append(_Above(name, row.level, row.level, section=False))


def _open(above: list[_Above], label: str, level: int) -> None:
    """Begin a section."""
    _raise(above, level, level - 1)
    same = (n for n, x in enumerate(above) if x.raised and x.rows and x.level == level and _alike(x.label, label))
    del above[next(same, len(above)) :]
    while above and above[-1].under >= level:
        above.pop()
    above.append(_Above(label, level, level, section=True))


def _alike(one: str, other: str) -> bool:
    return one.isupper() == other.isupper()


def _leave(above: list[_Above], level: int, total: bool) -> None:
    """Leave the labels that a row at this level does not stand under."""
    _raise(above, level + 1, level)
    while above and not _holds(above[-1], level):
        above.pop()
    for x in above:
        x.rows = True
        x.set_in = x.set_in or (not total and x.under < level)


def _raise(above: list[_Above], level: int, under: int) -> None:
    """Set the headings that nothing stands under yet above what follows at this level, in the place of those before."""
    fresh = len(above)
    while fresh and above[fresh - 1].section and not above[fresh - 1].rows:
        fresh -= 1
    if not any(x.under >= level for x in above[fresh:]):
        return
    for x in above[fresh:]:
        x.under, x.raised = min(x.under, under), True
    above[:fresh] = [x for x in above[:fresh] if x.under < level and not x.raised]


def _holds(x: _Above, level: int) -> bool:
    return x.under < level or (x.section and x.under == level and not (x.set_in or x.closed))
