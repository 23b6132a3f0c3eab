"""`readers.envelope`: header, documents and what stands around them, in filings whole and damaged.

What a case shows: the header's dialect and its fields; each document with its type, number, file name, description and
lines, and the lines of its body; the lines that hold something of the envelope; the notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import process_time
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import retypeset
from retypeset.model import Field, Note, Range, Submission
from retypeset.notes import CODES
from retypeset.proof import violations
from retypeset.readers.decode import decode
from retypeset.readers.envelope import Body, Envelope, open_envelope
from retypeset.shared import said

if TYPE_CHECKING:
    from tests.conftest import Case


def _read(data: bytes) -> tuple[Envelope, list[str], tuple[Note, ...]]:
    decoded = decode(data)
    envelope = open_envelope(decoded)
    return envelope, decoded.lines, decoded.notes


def _told(envelope: Envelope, lines: list[str]) -> Iterator[str]:
    if envelope.header.dialect != "none":
        yield f"header {envelope.header.dialect}"
        yield from _fields(envelope.header.fields, "  ")
    for body in envelope.bodies:
        yield " ".join(_about(body))
        for n in range(body.text.first, body.text.last + 1):
            if lines[n - 1].strip():
                yield f"  {n} |{lines[n - 1]}"
    if envelope.furniture:
        yield "envelope " + " ".join(map(_span, dict.fromkeys(f.lines for f in envelope.furniture)))
    for note in [*envelope.notes, *(note for body in envelope.bodies for note in body.notes)]:
        assert note.code in CODES
        yield f"note {note.code}" + (f" {_span(note.lines)}" if note.lines else "")


def _fields(fields: tuple[Field, ...], indent: str) -> Iterator[str]:
    for f in fields:
        yield f"{indent}{f.name}: {f.value}".rstrip()
        yield from _fields(f.fields, indent + "  ")


def _about(body: Body) -> Iterator[str]:
    yield "document"
    if body.type or body.sequence:
        yield f"{body.type} {body.sequence}"
    yield from filter(None, (body.filename, body.description and repr(body.description)))
    yield f"({_span(body.lines)})"


def _span(lines: Range) -> str:
    return str(lines.first) if lines.first == lines.last else f"{lines.first}-{lines.last}"


def _check(case: Case) -> None:
    envelope, lines, _ = _read(case.data)
    assert "\n".join(_told(envelope, lines)) == case.expected
    assert list(retypeset.check(retypeset.read(case.data), case.data)) == []


@pytest.mark.cases("envelope/whole", 7)
def test_whole(case: Case) -> None:
    _check(case)


@pytest.mark.cases("envelope/damaged", 18)
def test_damaged(case: Case) -> None:
    _check(case)


@pytest.mark.cases("envelope/glued", 10)
def test_glued(case: Case) -> None:
    _check(case)


@pytest.mark.cases("envelope/untagged", 8)
def test_untagged(case: Case) -> None:
    _check(case)


def test_columns_do_not_move_where_a_tag_is_taken_out() -> None:
    _, lines, _ = _read(b"<DOCUMENT>\n<TYPE>10-K\n<TEXT>12     34   </TEXT>  56\n</DOCUMENT>\n")
    assert lines == ["", "", "      12     34            56", ""]


def test_messages_name_what_is_wrong() -> None:
    envelope, _, _ = _read(b"<SEC-HEADER>\nPUBLIC DOCUMENT COUNT: 3\n<DOCUMENT>\n<TYPE>10-K\n<SEQUENCE>1\nText\n")
    assert [note.message for note in envelope.notes] == [
        "<SEC-HEADER> is not closed",
        "the header states 3 documents, 1 were found",
    ]
    assert [note.message.partition(":")[0] for note in envelope.bodies[0].notes] == [
        "</DOCUMENT> is missing",
        "<TEXT> is missing",
    ]


# ---------------------------------------------------------------- any text at all

TAGS = [
    f"<{slash}{name}>"
    for name in ("SEC-DOCUMENT", "IMS-DOCUMENT", "SEC-HEADER", "IMS-HEADER", "SUBMISSION", "DOCUMENT", "TEXT", "FILER")
    for slash in ("", "/")
]
SAID = [
    "<TYPE>10-K",
    "<TYPE>",
    "<SEQUENCE>1",
    "<FILENAME>a.txt",
    "<DESCRIPTION>all of it",
    "<PAGE>",
    "<TABLE>",
    "<S> <C>",
]
TEXTS = [
    "running text that goes on over the line's end",
    "FILER:",
    "\tCOMPANY DATA:",
    "ACCESSION NUMBER:\t\t0000000000-97-000001",
    "CONFORMED SUBMISSION TYPE: 10-K",
    "STANDARD INDUSTRIAL CLASSIFICATION: TINWARE [3411",
    "]   IRS NUMBER: 5",
    "10-K",
    "EX-27",
    "1",
    "2",
    "begin 644 a.gif",
    "#0V%T",
    "`",
    "end",
    "<html>",
    "<p>page</p>",
    "</html>",
    "- dash",
    "- - --",
    "-----BEGIN PRIVACY-ENHANCED MESSAGE-----",
    "-----END PRIVACY-ENHANCED MESSAGE-----",
    "Proc-Type: 2001,MIC-CLEAR",
    "\f",
    "-----",
    "Net sales   $ 1,234   5,678",
    "(a)  an item",
    "é’\u2028",
]
PIECES = st.sampled_from(TAGS) | st.sampled_from(SAID) | st.sampled_from(TEXTS) | st.text(max_size=5)
ROWS = st.lists(PIECES, max_size=3).map("".join) | st.sampled_from(["", " ", "    "])
FILES = st.lists(ROWS, max_size=25).map("\n".join)


@given(FILES)
@example("<SEC-DOCUMENT>\n<html><p>page</p>")
@settings(max_examples=400)
def test_any_text_is_shared_out_without_rest(text: str) -> None:
    """Header, envelope and bodies have each character once: each body is one block here."""
    data = f"x\n{text}\n".encode("utf-8", "surrogatepass").replace(b"\xed", b"?")
    decoded = decode(data)
    source = list(decoded.lines)
    envelope = open_envelope(decoded)
    for body in envelope.bodies:
        assert body.lines.first <= body.text.first
        assert body.text.last <= body.lines.last
    assert violations(_as_submission(envelope, decoded.lines), source) == []


def _as_submission(envelope: Envelope, lines: list[str]) -> Submission:
    from retypeset.model import Document, Preformatted, Source

    documents = []
    for body in envelope.bodies:
        held = {n for a in body.attachments for n in range(a.lines.first, a.lines.last + 1)}
        pages = [a.lines for a in body.attachments if a.encoding == "text"]  # a page is a document, too
        blocks = [
            Preformatted(lines[n - 1], (Range(n, n),))
            for n in range(body.text.first, body.text.last + 1)
            if n not in held
        ]
        blocks += [Preformatted("\n".join(said(lines[page.first - 1 : page.last])), (page,)) for page in pages]
        documents.append(Document(body.type, body.sequence, "", "", body.lines, tuple(blocks)))
    attachments = tuple(a for body in envelope.bodies for a in body.attachments)
    source = Source("", 0, "", "", len(lines))
    return Submission(source, envelope.header, tuple(documents), attachments, tuple(envelope.furniture))


@given(FILES)
@example("\u0131")  # capitals of these letters are an I and an S, so that regular expressions may take them for some
@example("\u0130\n\u017f")
@settings(max_examples=300)
def test_any_text_is_read_without_loss(text: str) -> None:
    data = f"x\n{text}\n".encode("utf-8", "surrogatepass").replace(b"\xed", b"?")
    submission = retypeset.read(data)
    assert list(retypeset.check(submission, data)) == []
    assert not {"partition", "conservation"} & {note.code for note in submission.notes}
    assert retypeset.from_json(retypeset.to_json(submission)) == submission


# ---------------------------------------------------------------- linear time

UNITS = [
    *TAGS,
    "<DOCUMENT><TYPE>%d<TEXT>",
    "x<DOCUMENT><TYPE>%d<TEXT>",
    "<DOCUMENT>\n",
    "</TEXT>\n",
    "<TYPE>\n<SEQUENCE>\n",
    "begin 644 x\nM\n",
    "-----BEGIN PRIVACY-ENHANCED MESSAGE-----\n\n",
    "<SUBMISSION>\n<A>%d\n",
    "<SUBMISSION><A><B></B>",
    "<SEC-HEADER>\nNAME: %d\n",
    "<SEC-HEADER>\nNAME: [",
    "STANDARD INDUSTRIAL CLASSIFICATION: [ 1",
]


@pytest.mark.parametrize("unit", UNITS)
def test_time_is_linear_whatever_is_repeated(unit: str) -> None:
    """A quarter of a megabyte takes less than two seconds where time is linear, and minutes where it is not."""
    data = "".join(unit.replace("%d", str(n)) for n in range(250_000 // len(unit))).encode()
    begun = process_time()
    decoded = decode(b"The first line.\n" + data + b"\nThe last line.\n")
    source = list(decoded.lines)
    envelope = open_envelope(decoded)
    violations(_as_submission(envelope, decoded.lines), source)
    assert process_time() - begun < 15
