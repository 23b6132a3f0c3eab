"""Header lines -> fields in order, and typed access to the common ones.

Three dialects and their wreckage:

    sec, ims   KEY:<tabs>VALUE      nested by indentation (`FILER:` / `COMPANY DATA:` / `CENTRAL INDEX KEY:`)
    tags       <KEY>VALUE           nested by closing tags (`<FILER>` ... `</FILER>`)
    bare       as sec, but the tags around it were lost

A line that is none of this is kept as a field without a name, and noted. What begins and ends a header is the business
of `envelope`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Final, Literal, TypeAlias

from ..model import Address, Field, Filer, FormerName, Furniture, Header, Note, Range

Dialect: TypeAlias = Literal["sec", "ims", "tags", "bare", "none"]
_Numbered: TypeAlias = Sequence[tuple[int, str]]

KEY_VALUE: Final = re.compile(r"( *)([A-Z][A-Z0-9 .,&/()'#-]*):(?: (.*)|$)")
_TAG_VALUE: Final = re.compile(r"( *)<([A-Z][A-Z0-9-]*)>(.*)")
_TAG: Final = re.compile(r"<(/?)([A-Z][A-Z0-9-]*)>")
_CLOSING: Final = re.compile(r" *</([A-Z][A-Z0-9-]*)>\s*$")
# Three levels are in use (FILER, COMPANY DATA, field); what claims to stand deeper than this is put at this level.
MOST_NESTED: Final = 12
_DATE: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})\b")
_COUNT: Final = re.compile(r"[0-9]{1,9}")
_SIC: Final = re.compile(r"(.*)\[([0-9]*)\]?$")

_NAMES: Final = {  # our names for what the dialects call differently
    "ACCESSION-NUMBER": "ACCESSION NUMBER",
    "TYPE": "CONFORMED SUBMISSION TYPE",
    "PUBLIC-DOCUMENT-COUNT": "PUBLIC DOCUMENT COUNT",
    "PERIOD": "CONFORMED PERIOD OF REPORT",
    "FILING-DATE": "FILED AS OF DATE",
    "ITEMS": "ITEM INFORMATION",
    "CONFORMED-NAME": "COMPANY CONFORMED NAME",
    "CIK": "CENTRAL INDEX KEY",
    "ASSIGNED-SIC": "STANDARD INDUSTRIAL CLASSIFICATION",
    "IRS-NUMBER": "IRS NUMBER",
    "STATE-OF-INCORPORATION": "STATE OF INCORPORATION",
    "FISCAL-YEAR-END": "FISCAL YEAR END",
    "FILE-NUMBER": "SEC FILE NUMBER",
    "BUSINESS-ADDRESS": "BUSINESS ADDRESS",
    "MAIL-ADDRESS": "MAIL ADDRESS",
    "STREET1": "STREET 1",
    "STREET2": "STREET 2",
    "PHONE": "BUSINESS PHONE",
    "FORMER-COMPANY": "FORMER COMPANY",
    "FORMER-NAME": "FORMER COMPANY",
    "FORMER NAME": "FORMER COMPANY",
    "FORMER-CONFORMED-NAME": "FORMER CONFORMED NAME",
    "DATE-CHANGED": "DATE OF NAME CHANGE",
    "COMPANY-DATA": "COMPANY DATA",
    "OWNER-DATA": "OWNER DATA",
    "ISSUER-DATA": "ISSUER DATA",
}
_FILER_DATA: Final = frozenset({"COMPANY DATA", "OWNER DATA", "ISSUER DATA"})


class _Open:
    """A field under construction: its children are not known yet."""

    def __init__(self, name: str, value: str, line: int, indent: int) -> None:
        self.name, self.value, self.first, self.last, self.indent = name, value, line, line, indent
        self.below: list[_Open] = []

    def close(self) -> Field:
        return Field(self.name, self.value, Range(self.first, self.last), tuple(f.close() for f in self.below))


def fields(numbered: _Numbered, dialect: Dialect, notes: list[Note]) -> tuple[Field, ...]:
    """Read the numbered lines of a header, without its opening and closing tags, into nested fields."""
    root = _Open("", "", 0, -1)
    put = _by_tags if dialect == "tags" else _by_indent
    put(numbered, root, notes)
    return tuple(f.close() for f in root.below)


def closings(numbered: _Numbered, dialect: Dialect) -> list[Furniture]:
    """Find what ends a group and is no field: `</FILER>`; in `KEY: VALUE` lines only where it stands alone."""
    return [
        Furniture("envelope", match[0], Range(n, n))
        for n, line in numbered
        if "</" in line and (dialect == "tags" or _CLOSING.match(line))
        for match in _TAG.finditer(line)
        if match[1]
    ]


def _by_indent(numbered: _Numbered, root: _Open, notes: list[Note]) -> None:
    stack = [latest := root]
    for n, raw in numbered:
        line = raw
        if line.startswith("]") and "[" in latest.value:
            # In the year 2000 the industry code was followed by a line feed: `[3571` / `]   IRS NUMBER: ...`
            latest.value += "]"
            latest.last = n
            line = " " + line[1:]
        if closing := _CLOSING.match(line):
            _pop(stack, closing[1].replace("-", " "))
            continue
        if not line.strip():
            continue
        match = KEY_VALUE.match(line) or _TAG_VALUE.match(line)
        value = (match[3] or "").strip() if match else ""
        latest = _Open(match[2], value, n, len(match[1])) if match else _unknown(n, line, notes)
        while stack[-1].indent >= latest.indent:
            stack.pop()
        stack[-1].below.append(latest)
        if len(stack) < MOST_NESTED:
            stack.append(latest)


def _by_tags(numbered: _Numbered, root: _Open, notes: list[Note]) -> None:
    groups = {m[2] for _, line in numbered for m in _TAG.finditer(line) if m[1]}
    stack = [root]
    for n, line in numbered:
        tags = list(_TAG.finditer(line))
        edges = [*(tag.start() for tag in tags), len(line)]
        if line[: edges[0]].strip():
            stack[-1].below.append(_unknown(n, line[: edges[0]], notes))
        for tag, end in zip(tags, edges[1:], strict=True):
            value = line[tag.end() : end].strip()
            if tag[1]:
                _pop(stack, tag[2])
                if value:
                    stack[-1].below.append(_unknown(n, value, notes))
                continue
            field = _Open(tag[2], value, n, 0)
            stack[-1].below.append(field)
            if tag[2] in groups and not value and len(stack) < MOST_NESTED:
                stack.append(field)


def _pop(stack: list[_Open], name: str) -> None:
    """Close the innermost open group of this name, and what is open in it."""
    if any(f.name == name for f in stack):
        while stack.pop().name != name:
            pass


def _unknown(n: int, line: str, notes: list[Note]) -> _Open:
    notes.append(Note("header", f"header line not understood, kept as it is: {line.strip()[:60]!r}", Range(n, n)))
    return _Open("", line.strip(), n, len(line) - len(line.lstrip()))


# ---------------------------------------------------------------- typed access


def header(dialect: Dialect, fields: tuple[Field, ...]) -> Header:
    """Build the typed header from its fields."""
    top = _first_values(fields)
    count = top("PUBLIC DOCUMENT COUNT")
    return Header(
        dialect,
        accession_number=top("ACCESSION NUMBER"),
        form=top("CONFORMED SUBMISSION TYPE"),
        filed=_date(top("FILED AS OF DATE")),
        period=_date(top("CONFORMED PERIOD OF REPORT")),
        document_count=int(count) if _COUNT.fullmatch(count) else None,
        items=tuple(f.value for f in fields if _name(f) == "ITEM INFORMATION" and f.value),
        filers=tuple(_filers(fields)),
        fields=fields,
    )


def _name(field: Field) -> str:
    return _NAMES.get(field.name, field.name)


def _first_values(fields: Iterable[Field]) -> Callable[[str], str]:
    """The first value of each name among these fields, as a function that answers "" for a name not there."""
    values: dict[str, str] = {}
    for f in fields:
        values.setdefault(_name(f), f.value)
    return lambda name: values.get(name, "")


def _date(value: str) -> str:
    match = _DATE.match(value)
    try:
        return str(date(*map(int, match.groups()))) if match else value
    except ValueError:  # 00000000, 19990229
        return value


def walk(fields: Iterable[Field]) -> Iterator[Field]:
    """Every field among these and below them, in order."""
    for f in fields:
        yield f
        yield from walk(f.fields)


def _filers(fields: Iterable[Field]) -> Iterator[Filer]:
    """Every group that holds company or owner data is a party, wherever it stands."""
    for f in fields:
        if any(_name(below) in _FILER_DATA for below in f.fields):
            yield _filer(f)
        else:
            yield from _filers(f.fields)


def _filer(group: Field) -> Filer:
    below = list(walk(group.fields))
    parts = {"BUSINESS ADDRESS", "MAIL ADDRESS", "FORMER COMPANY"}
    inside = {id(f) for part in below if _name(part) in parts for f in part.fields}
    get = _first_values([f for f in below if id(f) not in inside])
    industry = get("STANDARD INDUSTRIAL CLASSIFICATION")
    match = _SIC.match(industry)
    return Filer(
        role=group.name.replace("-", " ").lower(),
        name=get("COMPANY CONFORMED NAME"),
        cik=get("CENTRAL INDEX KEY"),
        sic=match[2] if match else industry if industry.isdecimal() else "",
        industry=match[1].strip() if match else "" if industry.isdecimal() else industry,
        irs_number=get("IRS NUMBER"),
        state_of_incorporation=get("STATE OF INCORPORATION"),
        fiscal_year_end=get("FISCAL YEAR END"),
        file_number=get("SEC FILE NUMBER"),
        addresses=tuple(_address(f) for f in below if _name(f).endswith(" ADDRESS")),
        former_names=tuple(_former(f) for f in below if _name(f) == "FORMER COMPANY"),
    )


def _address(group: Field) -> Address:
    get = _first_values(group.fields)
    return Address(
        kind=_name(group).removesuffix(" ADDRESS").lower(),
        street1=get("STREET 1"),
        street2=get("STREET 2"),
        city=get("CITY"),
        state=get("STATE"),
        zip=get("ZIP"),
        phone=get("BUSINESS PHONE"),
    )


def _former(group: Field) -> FormerName:
    get = _first_values(group.fields)
    return FormerName(get("FORMER CONFORMED NAME"), _date(get("DATE OF NAME CHANGE")))
