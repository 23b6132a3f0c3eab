"""What a submission holds, at a glance: what `retypeset inspect` says, for people and for programs.

Counts and names only; the text itself is the business of the writers. Nothing is printed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from .checks import Sum, amounts, sums
from .items import all_blocks
from .model import Block, Document, Filer, Furniture, Note, Page, Submission
from .notes import place


def overview(submission: Submission) -> dict[str, Any]:
    """Sum up a submission in values that JSON knows; the names are those of the model.

    Blocks and furniture are counted by kind, the blocks inside lists too; pages, notes, header and attachments are
    given whole. `sums` are the totals that add up and those that do not, `amounts` what a financial data schedule
    states and whether a table says it too (`checks`). `counts` adds up what the documents hold.
    """
    documents = [_document(document) for document in submission.documents]
    stated = amounts(submission)
    return {
        "source": msgspec.to_builtins(submission.source),
        "header": msgspec.to_builtins(submission.header),
        "documents": documents,
        "attachments": msgspec.to_builtins(submission.attachments),
        "envelope": _kinds(submission.envelope),
        "amounts": {"found": len(stated.found), "missing": msgspec.to_builtins(stated.missing)},
        "notes": msgspec.to_builtins(submission.notes),
        "counts": {
            "documents": len(documents),
            "attachments": len(submission.attachments),
            "pages": sum(len(document.pages) for document in submission.documents),
            "blocks": _sum(document["blocks"] for document in documents),
            "furniture": _sum(document["furniture"] for document in documents),
            "sums": {
                "hold": sum(document["sums"]["hold"] for document in documents),
                "fail": sum(len(document["sums"]["fail"]) for document in documents),
            },
            "notes": dict(Counter(note.code for note in notes(submission))),
        },
    }


def notes(submission: Submission) -> list[Note]:
    """Gather the notes of a submission and its documents in the order of the source, those of the whole file first."""
    gathered = [*submission.notes, *(note for document in submission.documents for note in document.notes)]
    return sorted(gathered, key=lambda note: note.lines.first if note.lines else 0)


def _document(document: Document) -> dict[str, Any]:
    found = sums(document)
    fail = [sum_ for sum_ in found if sum_.fails]
    return {
        "type": document.type,
        "sequence": document.sequence,
        "filename": document.filename,
        "description": document.description,
        "lines": document.lines,
        "pages": msgspec.to_builtins(document.pages),
        "blocks": _kinds(all_blocks(document.blocks)),
        "furniture": _kinds(document.furniture),
        "sums": {"hold": len(found) - len(fail), "fail": msgspec.to_builtins(fail)},
        "notes": msgspec.to_builtins(document.notes),
    }


def _kinds(things: Iterable[Block | Furniture]) -> dict[str, int]:
    found = Counter(thing.kind if isinstance(thing, Furniture) else type(thing).__name__.lower() for thing in things)
    return dict(sorted(found.items()))


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))


# ---------------------------------------------------------------- for people


def report(submission: Submission) -> Iterator[str]:
    """Say the same in lines that people read. Text of the filing is in them as it stands: clean it for a terminal."""
    source, header = submission.source, submission.header
    yield _entry("source", f"{source.name}  {source.size:,} bytes, {source.lines:,} lines, {source.encoding}")
    yield _entry("sha256", source.sha256)
    yield _entry("form", header.form)
    yield _entry("accession", header.accession_number)
    yield _entry("filed", header.filed)
    yield _entry("period", header.period)
    yield from (_entry("item", item) for item in header.items)
    yield from (_entry(filer.role, _filer(filer)) for filer in header.filers)
    yield _entry("header", f"dialect {header.dialect}, {_plural(_count_fields(header.fields), 'field')}")
    stated = "" if header.document_count is None else f"; the header states {header.document_count}"
    yield _entry("documents", f"{len(submission.documents)}{stated}")
    if submission.envelope:
        yield _entry("envelope", _counted(_kinds(submission.envelope)))
    for document in submission.documents:
        yield ""
        yield from _about(document)
    yield from _amounts(submission)
    yield from _attachments(submission)
    yield from _notes(notes(submission))


def _entry(name: str, value: str) -> str:
    return f"{name:<16}{value or '-'}"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _counted(kinds: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())


def _count_fields(fields: Sequence[Any]) -> int:
    return sum(1 + _count_fields(field.fields) for field in fields)


def _filer(filer: Filer) -> str:
    stated = {"CIK": filer.cik, "SIC": filer.sic, "file number": filer.file_number}
    facts = ", ".join(f"{name} {value}" for name, value in stated.items() if value)
    return f"{filer.name}  ({facts})" if facts else filer.name


def _about(document: Document) -> Iterator[str]:
    named = "  ".join(part for part in (document.type, document.filename, document.description) if part)
    yield _entry(f"document {document.sequence}", named)
    yield _entry("  place", place(document.lines))
    yield _entry("  pages", _pages(document.pages))
    yield _entry("  blocks", _counted(_kinds(all_blocks(document.blocks))))
    yield _entry("  furniture", _counted(_kinds(document.furniture)))
    yield from _sums(sums(document))


def _sums(found: Sequence[Sum]) -> Iterator[str]:
    if not found:
        return
    fail = [sum_ for sum_ in found if sum_.fails]
    yield _entry("  sums", f"{len(found) - len(fail):,} hold, {len(fail):,} fail")
    for sum_ in fail:
        for column, stated, added in sum_.fails:
            label = f"{sum_.label}: " if sum_.label else ""
            said = f"column {column + 1} says {stated}, the rows from line {sum_.lines.first} add up to {added}"
            yield _entry(f"    {sum_.lines.last}", f"{label}{said}")


def _amounts(submission: Submission) -> Iterator[str]:
    stated = amounts(submission)
    count = len(stated.found) + len(stated.missing)
    if not count:
        return
    yield ""
    yield _entry("schedule", f"{len(stated.found):,} of {_plural(count, 'amount')} found in the tables")
    for record in stated.missing:
        yield _entry(f"  {record.line}", f"{record.row[-1]}: {record.text}")


def _pages(pages: Sequence[Page]) -> str:
    labels = [page.label for page in pages if page.label]
    if not labels:
        return f"{len(pages):,}"
    return f"{len(pages):,}, {len(labels):,} of them labelled {labels[0]} to {labels[-1]}"


def _attachments(submission: Submission) -> Iterator[str]:
    if submission.attachments:
        yield ""
    for attachment in submission.attachments:
        where = f"document {attachment.document}, {place(attachment.lines)}"
        yield _entry("attachment", f"{attachment.name}  {attachment.media_type}, {attachment.size:,} bytes, {where}")


def _notes(found: Sequence[Note]) -> Iterator[str]:
    yield ""
    yield _entry("notes", f"{len(found):,}" if found else "none")
    for note in found:
        yield _entry(f"  {note.lines.first if note.lines else '-'}", f"{note.code}: {note.message}")
