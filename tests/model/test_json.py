"""The JSON is the model: every value comes back equal, the published schema describes it, and nothing else is read."""

from __future__ import annotations

import json
from typing import Any, TypeVar, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from retypeset.model import (
    Address,
    Attachment,
    Block,
    Cell,
    Column,
    Document,
    Field,
    Filer,
    Footnote,
    FormerName,
    Furniture,
    Header,
    Heading,
    Lines,
    List,
    ListItem,
    Note,
    Page,
    Paragraph,
    Preformatted,
    Range,
    Row,
    Source,
    Submission,
    Table,
)
from retypeset.notes import CODES, RetypesetError
from retypeset.writers.json import read, schema, write

texts = st.text(max_size=8)
numbers = st.integers(min_value=0, max_value=2**53)
line_ranges = st.builds(Range, numbers, numbers)
ranges = st.lists(line_ranges, max_size=2).map(tuple)
aligns = st.sampled_from(["left", "center", "right"])
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str)


T = TypeVar("T")


def several(one: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(one, max_size=2).map(tuple)


# ---------------------------------------------------------------- every node of the model

notes = st.builds(Note, st.sampled_from(sorted(CODES)), texts, st.none() | line_ranges)

cells = st.builds(Cell, texts, numbers, numbers, st.none() | decimals, texts, st.booleans())
rows = st.builds(Row, several(cells), ranges, st.sampled_from(["data", "section", "total"]), numbers)
tables = st.builds(
    Table,
    columns=several(st.builds(Column, aligns)),
    head=several(rows),
    body=several(rows),
    lines=ranges,
    caption=texts,
    unit=texts,
    footnotes=several(st.builds(Footnote, texts, texts, ranges)),
    confidence=st.floats(0, 1),
    text=texts,
)
leaves: st.SearchStrategy[Block] = st.one_of(
    st.builds(Heading, texts, numbers, ranges, texts),
    st.builds(Paragraph, texts, ranges),
    st.builds(Lines, texts, ranges, aligns),
    st.builds(Preformatted, texts, ranges),
    st.builds(Footnote, texts, texts, ranges, st.booleans(), ranges),
    tables,
)


def _lists(blocks: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    return st.builds(List, several(st.builds(ListItem, texts, several(blocks), ranges)), ranges)


blocks = st.recursive(leaves, _lists, max_leaves=4)

furniture_kinds = ["break", "folio", "head", "foot", "tag", "rule", "mark", "hyphen", "envelope"]
furniture = st.builds(Furniture, st.sampled_from(furniture_kinds), texts, line_ranges)
documents = st.builds(
    Document,
    texts,
    numbers,
    texts,
    texts,
    line_ranges,
    blocks=several(blocks),
    furniture=several(furniture),
    pages=several(st.builds(Page, texts, numbers)),
    notes=several(notes),
)

plain_fields = st.builds(Field, texts, texts, line_ranges)
fields = st.recursive(
    plain_fields, lambda inner: st.builds(Field, texts, texts, line_ranges, several(inner)), max_leaves=4
)
addresses = st.builds(Address, st.sampled_from(["business", "mail"]), texts, texts, texts, texts, texts, texts)
filers = st.builds(
    Filer,
    role=texts,
    name=texts,
    cik=texts,
    fiscal_year_end=texts,
    addresses=several(addresses),
    former_names=several(st.builds(FormerName, texts, texts)),
)
headers = st.builds(
    Header,
    st.sampled_from(["sec", "ims", "tags", "bare", "none"]),
    accession_number=texts,
    form=texts,
    document_count=st.none() | numbers,
    items=several(texts),
    filers=several(filers),
    fields=several(fields),
)
attachments = st.builds(
    Attachment, texts, texts, numbers, digests, st.sampled_from(["uuencode", "text"]), numbers, line_ranges
)
submissions = st.builds(
    Submission,
    st.builds(Source, texts, numbers, digests, texts, numbers),
    headers,
    several(documents),
    several(attachments),
    several(furniture),
    several(notes),
)


def _holding(block: Block) -> Submission:
    document = Document("10-K", 1, "", "", Range(1, 9), blocks=(block,))
    return Submission(Source("a.txt", 0, "0" * 64, "ascii", 9), Header("none"), (document,))


# ---------------------------------------------------------------- there and back


@given(submissions)
def test_comes_back_equal(submission: Submission) -> None:
    data = write(submission)
    assert read(data) == read(data.decode("utf-8")) == submission
    assert b"\n" not in data


@given(blocks)
def test_every_block_comes_back_as_its_own_kind(block: Block) -> None:
    (back,) = read(write(_holding(block))).documents[0].blocks
    assert type(back) is type(block)


# ---------------------------------------------------------------- the schema

VALIDATOR = Draft202012Validator(schema())


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


@given(submissions)
def test_schema_describes_what_is_written(submission: Submission) -> None:
    VALIDATOR.validate(json.loads(write(submission)))


def test_schema_names_every_kind_of_block() -> None:
    named = schema()["$defs"]["Document"]["properties"]["blocks"]["items"]["discriminator"]["mapping"]
    kinds = {kind.__struct_config__.tag for kind in get_args(Block)}
    assert set(named) == kinds == {"heading", "paragraph", "list", "lines", "table", "footnote", "preformatted"}


def _damaged(path: tuple[str | int, ...], value: object) -> Any:
    """A submission with one paragraph, in JSON, where what stands at `path` is `value`."""
    whole = json.loads(write(_holding(Paragraph("a", (Range(1, 1),)))))
    place = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return whole


DAMAGES: list[tuple[tuple[str | int, ...], object]] = [
    (("documents",), None),
    (("source", "size"), "big"),
    (("header", "dialect"), "klingon"),
    (("documents", 0, "blocks", 0, "kind"), "poem"),
    (("documents", 0, "blocks", 0, "text"), 1),
    (("documents", 0, "blocks", 0, "lines"), [[1]]),
    (("documents", 0, "blocks", 0, "lines"), [[1, 2, 3]]),
]


@pytest.mark.parametrize(("path", "value"), DAMAGES)
def test_reader_and_schema_refuse_the_same(path: tuple[str | int, ...], value: object) -> None:
    damaged = _damaged(path, value)
    assert not VALIDATOR.is_valid(damaged)
    with pytest.raises(RetypesetError, match="not a submission in JSON"):
        read(json.dumps(damaged))


# ---------------------------------------------------------------- what is no submission


@given(st.binary())
def test_refuses_bytes(data: bytes) -> None:
    with pytest.raises(RetypesetError):
        read(data)


@given(st.text(st.characters()))
def test_refuses_text(data: str) -> None:
    with pytest.raises(RetypesetError):
        read(data)


@given(submissions, st.data())
def test_refuses_what_was_cut(submission: Submission, data: st.DataObject) -> None:
    whole = write(submission)
    with pytest.raises(RetypesetError):
        read(whole[: data.draw(st.integers(0, len(whole) - 1))])


NESTING = 100_000
NESTED = b'{"kind":"list","lines":[],"items":[{"marker":"","lines":[],"blocks":['


@pytest.mark.parametrize(
    "data",
    [
        b"[" * NESTING,
        write(_holding(Paragraph("@", ()))).replace(b'{"kind":"paragraph"', NESTED * NESTING + b'{"kind":"paragraph"'),
        b'"\xff"',
        "\ud800",
        b"NaN",
        b"{}",
    ],
    ids=["brackets", "lists in lists", "no utf-8", "half a surrogate", "nan", "empty"],
)
def test_refuses_what_is_hard_to_refuse(data: bytes | str) -> None:
    with pytest.raises(RetypesetError):
        read(data)
