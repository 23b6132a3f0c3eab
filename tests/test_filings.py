"""Every real filing and every annotated document is read whole: the promise, kept on all of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import retypeset
from retypeset.model import Document, Submission, Table
from retypeset.notes import LOSS
from retypeset.readers.decode import decode

_ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DIGITS = re.compile(r"\d+")
FEWEST_WITH_HEADER = 100
FEWEST_ROWS = 10_000
FEWEST_RECORDS = 100_000
FEWEST_SUMS = 3_000
FEWEST_SCHEDULES = 45


def _prove(path: Path) -> Submission:
    submission = retypeset.read(path)
    notes = [*submission.notes, *(note for document in submission.documents for note in document.notes)]
    assert [note for note in notes if note.code in LOSS] == [], path.name
    assert list(retypeset.check(submission, path)) == [], path.name
    assert retypeset.from_json(retypeset.to_json(submission)) == submission, path.name
    assert retypeset.to_markdown(submission), path.name
    assert retypeset.to_html(submission), path.name
    return submission


def _header_is_typed(submission: Submission, path: Path) -> None:
    header = submission.header
    assert _ACCESSION.fullmatch(header.accession_number), path.name
    assert header.form, path.name
    assert _ISO_DATE.fullmatch(header.filed), path.name
    assert header.filers, path.name
    assert all(filer.name and filer.cik for filer in header.filers), path.name
    if named := _ACCESSION.match(path.name):
        assert header.accession_number == named[0], path.name
    assert header.document_count == sum(1 for document in submission.documents if document.type), path.name
    assert "count" not in {note.code for note in submission.notes}, path.name


def test_every_filing_is_read_whole(filings: tuple[Path, ...]) -> None:
    with_header = 0
    for path in filings:
        submission = _prove(path)
        if submission.header.dialect != "none":
            with_header += 1
            _header_is_typed(submission, path)
    assert with_header >= FEWEST_WITH_HEADER


def test_every_annotated_document_is_read_whole(gold: tuple[Path, ...]) -> None:
    for path in gold:
        submission = _prove(path)
        assert submission.header.dialect == "none", path.name
        assert [document.type for document in submission.documents] == [""], path.name


def test_every_attachment_of_a_filing_can_be_taken_out(filings: tuple[Path, ...]) -> None:
    found = 0
    for path in filings:
        data = path.read_bytes()
        if b"\nbegin " in data or b"<html" in data.lower():
            for attachment in retypeset.read(data).attachments:
                found += 1
                assert len(retypeset.attachment_data(attachment, data)) == attachment.size, path.name
    assert found


def test_no_figure_of_a_table_is_cut_or_joined(filings: tuple[Path, ...], gold: tuple[Path, ...]) -> None:
    rows = 0
    for path in (*filings, *gold):
        data = path.read_bytes()
        lines = decode(data).lines
        submission = retypeset.read(data)
        pages = {a.document for a in submission.attachments if a.encoding == "text"}  # rows may share a line of HTML
        for n, document in enumerate(submission.documents, 1):
            if n not in pages:
                rows += _every_row_has_the_digits_of_its_lines(document, lines, path)
    assert rows >= FEWEST_ROWS


def _every_row_has_the_digits_of_its_lines(document: Document, lines: list[str], path: Path) -> int:
    tags: dict[int, str] = defaultdict(str)
    for piece in document.furniture:
        if piece.kind == "tag":
            tags[piece.lines.first] += piece.text
    tables = [block for block in document.blocks if isinstance(block, Table)]
    for table in tables:
        for filed, texts in _apart(table):
            given = Counter(group for n in filed for group in _DIGITS.findall(lines[n - 1]))
            taken = Counter(group for n in filed for group in _DIGITS.findall(tags[n]))
            shown = Counter(group for text in texts for group in _DIGITS.findall(text))
            assert shown == given - taken, f"{path.name}, lines {sorted(filed)}"
    return sum(len(table.body) for table in tables)


def _apart(table: Table) -> list[tuple[set[int], list[str]]]:
    """The lines and texts of the rows; those of rows that share a line, as a label down the side does, at once."""
    held: dict[int, tuple[set[int], list[str]]] = {}
    for row in table.body:
        filed = {n for where in row.lines for n in range(where.first, where.last + 1)}
        texts = [cell.text for cell in row.cells]
        for other, said in {id(held[n]): held[n] for n in filed if n in held}.values():
            filed, texts = filed | other, [*said, *texts]
        held.update(dict.fromkeys(filed, (filed, texts)))
    return list({id(group): group for group in held.values()}.values())


def test_the_figures_of_the_filings_are_records_and_add_up(filings: tuple[Path, ...]) -> None:
    sums: Counter[bool] = Counter()
    amounts: Counter[str] = Counter()
    records = schedules = 0
    for path in filings:
        submission = retypeset.read(path)
        for table in retypeset.tables(submission):
            found = retypeset.records(table)
            records += len(found)
            lines = {n for where in table.lines for n in range(where.first, where.last + 1)}
            assert all(record.line in lines for record in found), path.name
            if stated := retypeset.schedule(table):
                schedules += 1
                assert all(period.end for period in stated.periods), path.name
                assert all(record.row[-1] != record.tag for record in found), path.name
        for document in submission.documents:
            sums.update(bool(found.fails) for found in retypeset.sums(document))
        stated_amounts = retypeset.amounts(submission)
        amounts.update(found=len(stated_amounts.found), missing=len(stated_amounts.missing))
    assert records >= FEWEST_RECORDS
    assert schedules >= FEWEST_SCHEDULES
    assert sums[False] >= FEWEST_SUMS
    assert sums[True] <= sums.total() / 100
    assert amounts["found"] >= 0.8 * amounts.total()
