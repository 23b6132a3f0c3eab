"""What stands before the documents of a submission in Markdown: front matter, title, contents, attachments.

Front matter is YAML between two lines of `---`, as site generators, pandoc and GitHub read it. Every string in it is
written as JSON writes it, which YAML reads the same: no form, date or number is taken for anything else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

import msgspec

from ..model import Attachment, Document, Filer, Header, Submission
from .escaping import escape, escape_start, escape_title

NAMES_IN_TITLE: Final = 3
"""A title of more names is not read: the first stands for them. The facts below it list them all."""

# To YAML these end a line, to JSON they do not.
_BREAKS: Final = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}
_OF_LISTS: Final = ("addresses", "former_names")


def front(submission: Submission, *, yaml: bool) -> str:
    """Write what stands before the first document; empty where the file says nothing of itself."""
    facts = list(_facts(submission.header))
    documents = submission.documents
    if not (facts or submission.attachments or len(documents) > 1 or any(_stated(document) for document in documents)):
        return ""
    title = title_of(submission.header)
    parts = [f"# {_title(title)}"]
    if yaml:
        parts.insert(0, "\n".join(("---", *_yaml(submission.header, title), "---")))
    elif facts:
        parts.append("\n".join(f"- **{name}:** {_inline(value)}" for name, value in facts))
    if len(documents) > 1:
        entries = (
            f"{position}. {escape_start(_entry(document, position))}" for position, document in enumerate(documents, 1)
        )
        parts += ["## Contents", "\n".join(entries)]
    if submission.attachments:
        parts += ["## Attachments", "\n".join(f"- {escape_start(_attached(file))}" for file in submission.attachments)]
    return "\n\n".join(parts)


def entry_title(document: Document, position: int) -> str:
    """What a document is called: its type and description, or its number, from 1."""
    return _stated(document) or f"Document {position}"


def title_of(header: Header) -> str:
    """What a submission is called: the names of its filers, or its form."""
    names = _names(header)
    if len(names) > NAMES_IN_TITLE:
        return f"{names[0]} and {len(names) - 1} others"
    return "; ".join(names) or (f"Form {header.form}" if header.form else "Submission")


def _names(header: Header) -> list[str]:
    return list(dict.fromkeys(filer.name for filer in header.filers if filer.name))


# ---------------------------------------------------------------- front matter


def _yaml(header: Header, title: str) -> Iterator[str]:
    yield f"title: {_quoted(title)}"
    facts = (
        ("form", header.form),
        ("filed", header.filed),
        ("period", header.period),
        ("accession_number", header.accession_number),
    )
    yield from (f"{name}: {_quoted(value)}" for name, value in facts if value)
    if header.items:
        yield f"items: [{', '.join(map(_quoted, header.items))}]"
    if header.filers:
        yield "filers:"
        for filer in header.filers:
            yield from _mapping(filer)


def _mapping(filer: Filer) -> Iterator[str]:
    """What is stated of a filer, but for its addresses and former names."""
    stated = [(name, value) for name, value in msgspec.structs.asdict(filer).items() if value and name not in _OF_LISTS]
    for n, (name, value) in enumerate(stated):
        yield f"  {' ' if n else '-'} {name}: {_quoted(value)}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).translate(_BREAKS)


# ---------------------------------------------------------------- title, facts, contents


def _inline(text: str) -> str:
    return escape(text.replace("\n", " ").strip())


def _title(text: str) -> str:
    return escape_title(text.replace("\n", " ").strip())


def _facts(header: Header) -> Iterator[tuple[str, str]]:
    facts = (
        ("Form", header.form),
        ("Filed", header.filed),
        ("Period", header.period),
        ("Accession number", header.accession_number),
    )
    yield from ((name, value) for name, value in facts if value)
    for filer in header.filers:
        number = f"CIK {filer.cik}" if filer.cik else ""
        if stated := ", ".join(filter(None, (filer.name, number))):
            yield filer.role.capitalize() or "Filer", stated


def _stated(document: Document) -> str:
    """What a document says that it is: its type and description, each once."""
    return ": ".join(dict.fromkeys(filter(None, (document.type, document.description))))


def _entry(document: Document, position: int) -> str:
    name = f" ({document.filename})" if document.filename else ""
    return _inline(entry_title(document, position) + name)


def _attached(file: Attachment) -> str:
    name = file.name or "unnamed"
    return _inline(f"{name}: {file.media_type}, {file.size:,} bytes, in document {file.document}")
