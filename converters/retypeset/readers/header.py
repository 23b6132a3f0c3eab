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
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal

from ..model import Address, Field, Filer, FormerName, Header, Note, Range

Dialect = Literal["sec", "ims", "tags", "bare", "none"]

KEY_VALUE: Final = re.compile(r"( *)([A-Z][A-Z0-9 .,&/()'#-]*):(?: (.*)|$)")
_TAG_VALUE: Final = re.compile(r"( *)<([A-Z][A-Z0-9-]*)>(.*)")
CLOSING: Final = re.compile(r" *</([A-Z][A-Z0-9-]*)>\s*$")
_DATE: Final = re.compile(r"(\d{4})(\d\d)(\d\d)\b")
_SIC: Final = re.compile(r"(.*?)\s*\[(\d*)\]?$")

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


def fields(numbered: Sequence[tuple[int, str]], dialect: Dialect, notes: list[Note]) -> tuple[Field, ...]:
    """Read the numbered lines of a header, without its opening and closing tags, into nested fields."""
    root = _Open("", "", 0, -1)
    put = _by_tags if dialect == "tags" else _by_indent
    put(numbered, root, notes)
    return tuple(f.close() for f in root.below)


def _by_indent(numbered: Sequence[tuple[int, str]], root: _Open, notes: list[Note]) -> None:
    stack = [root]
    for n, raw in numbered:
        line = raw
        if line.startswith("]") and "[" in stack[-1].value:
            # In the year 2000 the industry code was followed by a line feed: `[3571` / `]   IRS NUMBER: ...`
            stack[-1].value += "]"
            stack[-1].last = n
            line = " " + line[1:]
        if closing := CLOSING.match(line):
            _pop(stack, closing[1].replace("-", " "))
            continue
        match = KEY_VALUE.match(line) or _TAG_VALUE.match(line)
        if match:
            field = _Open(match[2], (match[3] or "").strip(), n, len(match[1]))
        elif line.strip():
            field = _unknown(n, line, notes)
        else:
            continue
        while stack[-1].indent >= field.indent:
            stack.pop()
        stack[-1].below.append(field)
        stack.append(field)


def _by_tags(numbered: Sequence[tuple[int, str]], root: _Open, notes: list[Note]) -> None:
    groups = {m[1] for _, line in numbered if (m := CLOSING.match(line))}
    stack = [root]
    for n, line in numbered:
        if match := CLOSING.match(line):
            _pop(stack, match[1])
            continue
        if match := _TAG_VALUE.match(line):
            field = _Open(match[2], match[3].strip(), n, 0)
            stack[-1].below.append(field)
            if match[2] in groups and not field.value:
                stack.append(field)
        elif line.strip():
            stack[-1].below.append(_unknown(n, line, notes))


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
        document_count=int(count) if count.isdecimal() else None,
        items=tuple(f.value for f in fields if _name(f) == "ITEM INFORMATION" and f.value),
        filers=tuple(_filers(fields)),
        fields=fields,
    )


def _name(field: Field) -> str:
    return _NAMES.get(field.name, field.name)


def _first_values(fields: Sequence[Field]) -> Callable[[str], str]:
    """The first value of each name among these fields, as a function that answers "" for a name not there."""
    values: dict[str, str] = {}
    for f in fields:
        values.setdefault(_name(f), f.value)
    return lambda name: values.get(name, "")


def _date(value: str) -> str:
    match = _DATE.match(value)
    return f"{match[1]}-{match[2]}-{match[3]}" if match else value


def _walk(field: Field) -> Iterator[Field]:
    yield field
    for f in field.fields:
        yield from _walk(f)


def _filers(fields: Sequence[Field]) -> Iterator[Filer]:
    """Every group that holds company or owner data is a party, wherever it stands."""
    for f in fields:
        if any(_name(below) in _FILER_DATA for below in f.fields):
            yield _filer(f)
        else:
            yield from _filers(f.fields)


def _filer(group: Field) -> Filer:
    below = list(_walk(group))[1:]
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
        industry=match[1] if match else "" if industry.isdecimal() else industry,
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
