"""`proof`: what is whole passes, and every change to it is found, with its code and its line."""

from __future__ import annotations

import ast
import binascii
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import retypeset
from retypeset import proof, shared
from retypeset.model import (
    Block,
    Cell,
    Column,
    Document,
    Field,
    Footnote,
    Furniture,
    Header,
    Heading,
    Lines,
    List,
    ListItem,
    Note,
    Paragraph,
    Preformatted,
    Range,
    Ranges,
    Row,
    Source,
    Submission,
    Table,
)
from retypeset.notes import LOSS
from retypeset.proof import violations

T = TypeVar("T")

PICTURE = binascii.b2a_uu(b"GIF89a picture", backtick=True).decode().strip()
SOURCE = f"""\
<SEC-DOCUMENT>0009999999-97-000012.txt : 19970512
<SEC-HEADER>0009999999-97-000012.hdr.sgml : 19970512
FORM:		10-Q
FILER:
	COMPANY DATA:
		NAME:	HARROW LANE TINWORKS INC [3411
]		CITY:	MILLBROOK
</FILER>
</SEC-HEADER>
<DOCUMENT>
<TYPE>10-Q
<TEXT>
       1. THE QUARTER
The works ran on two shifts <PAGE>
                      -2-
and shall do so - until - the autumn-
(a) The lease of
the works.
(b) The yard.
Tins      $ 1,204   998
<S> sold      1,000   900
----------------------
          $ 2,204 1,898
(1) Unaudited.
By: A. Tinsmith
      Chairman
begin 644 map.gif
{PICTURE}
`
end
* * *
</TEXT>
</DOCUMENT>
</SEC-DOCUMENT>
"""


def at(*numbers: int) -> Ranges:
    return tuple(Range(n, n) for n in numbers)


def row(n: int, *texts: str) -> Row:
    return Row(tuple(map(Cell, texts)), at(n))


BLOCKS: tuple[Block, ...] = (
    Heading("1. THE QUARTER", 1, at(13)),
    Paragraph("The works ran on two shifts and shall do so - until - the autumn", at(14, 16)),
    List(
        (
            ListItem("(a)", (Paragraph("The lease of the works.", (Range(17, 18),)),), (Range(17, 18),)),
            ListItem("(b)", (Paragraph("The yard.", at(19)),), at(19)),
        ),
        (Range(17, 19),),
    ),
    Table(
        (Column(), Column("right"), Column("right")),
        (),
        (row(20, "Tins", "$ 1,204", "998"), row(21, "sold", "1,000", "900"), row(23, "", "$ 2,204", "1,898")),
        (Range(20, 21), Range(23, 23)),
        footnotes=(Footnote("(1)", "Unaudited.", at(24)),),
    ),
    Lines("By: A. Tinsmith\nChairman", (Range(25, 26),)),
)
FURNITURE = (
    Furniture("break", "<PAGE>", Range(14, 14)),
    Furniture("folio", "                      -2-", Range(15, 15)),
    Furniture("hyphen", "-", Range(16, 16)),
    Furniture("tag", "<S>", Range(21, 21)),
    Furniture("rule", "----------------------", Range(22, 22)),
    Furniture("mark", "* * *", Range(31, 31)),
)


def _whole() -> Submission:
    """What a careful reader makes of the source; the envelope is that of `read`."""
    found = retypeset.read(SOURCE.encode())
    (document,) = found.documents
    whole = msgspec.structs.replace(document, blocks=BLOCKS, furniture=FURNITURE)
    return msgspec.structs.replace(found, documents=(whole,))


WHOLE = _whole()


def check(submission: Submission) -> list[tuple[str, int | None]]:
    """The code and the first line of each breach."""
    return [(note.code, note.lines and note.lines.first) for note in retypeset.check(submission, SOURCE.encode())]


def test_what_is_whole_passes() -> None:
    assert check(WHOLE) == []
    assert len(WHOLE.header.fields) == 2
    assert [a.name for a in WHOLE.attachments] == ["map.gif"]


# ---------------------------------------------------------------- changes


def without(items: tuple[T, ...], at: int) -> tuple[T, ...]:
    return (*items[:at], *items[at + 1 :])


def replaced(items: tuple[T, ...], at: int, /, **changes: object) -> tuple[T, ...]:
    item: Any = items[at]
    return (*items[:at], msgspec.structs.replace(item, **changes), *items[at + 1 :])


def document(**changes: object) -> Submission:
    return msgspec.structs.replace(WHOLE, documents=replaced(WHOLE.documents, 0, **changes))


def blocks(index: int, **changes: object) -> Submission:
    return document(blocks=replaced(BLOCKS, index, **changes))


def furniture(index: int, **changes: object) -> Submission:
    return document(furniture=replaced(FURNITURE, index, **changes))


def header(fields: tuple[Field, ...]) -> Submission:
    return msgspec.structs.replace(WHOLE, header=msgspec.structs.replace(WHOLE.header, fields=fields))


def attachment(**changes: object) -> Submission:
    return msgspec.structs.replace(WHOLE, attachments=replaced(WHOLE.attachments, 0, **changes))


TABLE: Any = BLOCKS[3]
ITEMS: Any = BLOCKS[2]
FIELDS = WHOLE.header.fields
PARAGRAPH = "The works ran on two shifts and shall do so - until - the autumn"

CHANGES: dict[str, tuple[Submission, list[tuple[str, int | None]]]] = {
    "a block is dropped": (document(blocks=without(BLOCKS, 0)), [("partition", 13)]),
    "a block of two lines is dropped": (document(blocks=without(BLOCKS, 4)), [("partition", 25), ("partition", 26)]),
    "a block stands twice": (document(blocks=(*BLOCKS, BLOCKS[0])), [("partition", 13)]),
    "blocks change places": (document(blocks=BLOCKS[::-1]), []),
    "a word is dropped": (blocks(1, text=PARAGRAPH.replace("two ", "")), [("conservation", 14)]),
    "a word in the second line is dropped": (blocks(1, text=PARAGRAPH.replace("so", "")), [("conservation", 16)]),
    "the last word is dropped": (blocks(1, text=PARAGRAPH.removesuffix("the autumn")), [("conservation", 16)]),
    "a word is added": (blocks(1, text=PARAGRAPH + " of 1998"), [("conservation", 16)]),
    "a word stands twice": (blocks(1, text=PARAGRAPH.replace("ran", "ran ran")), [("conservation", 14)]),
    "two characters are swapped": (blocks(1, text=PARAGRAPH.replace("works", "wokrs")), [("conservation", 14)]),
    "two lines are swapped": (blocks(4, text="Chairman\nBy: A. Tinsmith"), [("conservation", 25)]),
    "one character is another": (blocks(0, text="1. THE QUARTEB"), [("conservation", 13)]),
    "a capital is small": (blocks(0, text="1. The QUARTER"), [("conservation", 13)]),
    "blanks are others": (blocks(0, text=" 1.\u00a0THE\n\n QUARTER\u2003"), []),
    "a NUL is added": (blocks(0, text="1. THE\0 QUARTER"), [("conservation", 13)]),
    "half a surrogate is added": (blocks(0, text="1. THE \udc92QUARTER"), [("conservation", 13)]),
    "all text is dropped": (blocks(0, text=""), [("conservation", 13)]),
    "a block forgets a line": (blocks(1, lines=at(14)), [("conservation", 16), ("conservation", 14)]),
    "a block takes another's line": (blocks(0, lines=at(13, 14)), [("partition", 14), ("conservation", 14)]),
    "a block has no lines": (blocks(0, lines=()), [("conservation", None), ("partition", 13)]),
    "a block stands outside": (
        blocks(0, lines=at(99)),
        [("partition", None), ("conservation", None), ("partition", 13)],
    ),
    "a block stands before all": (
        blocks(0, lines=(Range(-5, 0),)),
        [("partition", None), ("conservation", None), ("partition", 13)],
    ),
    "a block ends before it begins": (
        blocks(0, lines=(Range(13, 12),)),
        [("partition", None), ("conservation", None), ("partition", 13)],
    ),
    "a block is invented": (document(blocks=(*BLOCKS, Paragraph("And more.", ()))), [("conservation", None)]),
    "an item is dropped": (blocks(2, items=ITEMS.items[:1]), [("partition", 19)]),
    "a marker is another": (blocks(2, items=replaced(ITEMS.items, 1, marker="(c)")), [("conservation", 19)]),
    "the text of an item is another": (
        blocks(2, items=replaced(ITEMS.items, 0, blocks=(Paragraph("The lease of works.", (Range(17, 18),)),))),
        [("conservation", 18)],
    ),
    "an item is empty": (blocks(2, items=replaced(ITEMS.items, 1, blocks=())), [("conservation", 19)]),
    "a row is dropped": (blocks(3, body=TABLE.body[1:]), [("conservation", 20)]),
    "a figure is another": (
        blocks(3, body=(row(20, "Tins", "$ 1,205", "998"), *TABLE.body[1:])),
        [("conservation", 20)],
    ),
    "a footnote is dropped": (blocks(3, footnotes=()), [("partition", 24)]),
    "a footnote is another": (blocks(3, footnotes=(Footnote("(1)", "Audited.", at(24)),)), [("conservation", 24)]),
    "a footnote stands in the table too": (
        blocks(3, lines=(Range(20, 21), Range(23, 24))),
        [("partition", 24), ("conservation", 20)],
    ),
    "a table says what stands above it": (blocks(3, caption="THE QUARTER", unit="(in thousands)"), []),
    "cells change places": (blocks(3, body=(row(20, "998", "Tins", "$ 1,204"), *TABLE.body[1:])), []),
    "the folio is dropped": (document(furniture=without(FURNITURE, 1)), [("partition", 15)]),
    "the rule is dropped": (document(furniture=without(FURNITURE, 4)), [("partition", 22)]),
    "the mark is dropped": (document(furniture=without(FURNITURE, 5)), [("partition", 31)]),
    "a break beside text is dropped": (document(furniture=without(FURNITURE, 0)), [("conservation", 14)]),
    "a hyphen beside text is dropped": (document(furniture=without(FURNITURE, 2)), [("conservation", 16)]),
    "a tag in a table is dropped": (document(furniture=without(FURNITURE, 3)), [("conservation", 20)]),
    "a folio is another": (furniture(1, text="-3-"), [("conservation", 15)]),
    "characters of a folio are swapped": (furniture(1, text="2--"), [("conservation", 15)]),
    "a folio stands twice": (document(furniture=(*FURNITURE, FURNITURE[1])), [("conservation", 15)]),
    "a break beside text is another": (furniture(0, text="<PAGF>"), [("conservation", 14), ("conservation", 14)]),
    "a break beside text stands twice": (document(furniture=(*FURNITURE, FURNITURE[0])), [("conservation", 14)]),
    "furniture is invented beside text": (
        document(furniture=(*FURNITURE, Furniture("tag", "<C>", Range(13, 13)))),
        [("conservation", 13)],
    ),
    "furniture takes text that a block keeps": (
        document(furniture=(*FURNITURE, Furniture("tag", "THE", Range(13, 13)))),
        [("conservation", 13)],
    ),
    "furniture is invented on blank lines": (
        document(furniture=(*FURNITURE, Furniture("tag", "<C>", Range(99, 99)))),
        [("partition", None), ("conservation", 99)],
    ),
    "furniture covers a block": (
        document(furniture=(*FURNITURE, Furniture("head", "1. THE QUARTER\nThe works", Range(13, 14)))),
        [("partition", 13), ("conservation", 13)],
    ),
    "a line of the envelope is dropped": (
        msgspec.structs.replace(WHOLE, envelope=WHOLE.envelope[1:]),
        [("partition", 1)],
    ),
    "a value of the header is another": (header(replaced(FIELDS, 0, value="10-K")), [("conservation", 3)]),
    "a name in the header is another": (header(replaced(FIELDS, 0, name="FROM")), [("conservation", 3)]),
    "a field is dropped": (header(FIELDS[1:]), [("partition", 3)]),
    "a group loses what is below it": (
        header(replaced(FIELDS, 1, fields=())),
        [("partition", 5), ("partition", 6), ("partition", 7)],
    ),
    "fields change places": (header(FIELDS[::-1]), [("conservation", 7), ("partition", 3)]),
    "a field stands twice": (header((*FIELDS, FIELDS[0])), [("conservation", 7)]),
    "the header claims a line of the text": (
        header((*FIELDS, Field("", "", Range(13, 13)))),
        [("partition", 13), ("conservation", 13)],
    ),
    "all fields stand nowhere": (
        header((Field("FORM", "10-Q", Range(0, -1)),)),
        [("conservation", None), *(("partition", n) for n in range(3, 8))],
    ),
    "an attachment is dropped": (
        msgspec.structs.replace(WHOLE, attachments=()),
        [("partition", n) for n in range(27, 31)],
    ),
    "an attachment's digest is another": (attachment(sha256="0" * 64), [("conservation", 27)]),
    "an attachment's size is another": (attachment(size=1), [("conservation", 27)]),
    "an attachment ends too soon": (attachment(lines=Range(27, 29)), [("partition", 30), ("conservation", 27)]),
    "an attachment takes a line of the text": (
        attachment(lines=Range(26, 30)),
        [("partition", 26), ("conservation", 26)],
    ),
    "all documents are dropped": (
        msgspec.structs.replace(WHOLE, documents=()),
        [("partition", n) for n in (*range(13, 27), 31)],
    ),
}


@pytest.mark.parametrize("title", CHANGES)
def test_a_change_is_found(title: str) -> None:
    changed, expected = CHANGES[title]
    assert check(changed) == expected


def test_the_message_says_what_and_quotes_both_sides() -> None:
    notes = retypeset.check(blocks(1, text=PARAGRAPH.replace("two", "six")), SOURCE.encode())
    assert [note.message for note in notes] == [
        "the source says 'twoshifts' where the output says 'sixshiftsandshalldoso-until-th'"
    ]
    notes = retypeset.check(blocks(3, body=(row(20, "Tims", "$ 1,204", "998"), *TABLE.body[1:])), SOURCE.encode())
    assert [note.message for note in notes] == [
        "the table lacks 'n' of what its lines say, and says 'm' that they do not"
    ]


def test_read_says_itself_what_check_would_say(monkeypatch: pytest.MonkeyPatch) -> None:
    from retypeset import readers

    monkeypatch.setattr(readers, "outline", lambda *_: ())
    submission = readers.read(b"The only line.\n")
    assert [note.code for note in submission.notes] == ["partition"]
    assert {note.code for note in submission.notes} <= LOSS


def test_which_of_several_signs_was_taken_does_not_matter() -> None:
    """`a-b-` less a hyphen is `a-b` as well as `ab-`."""
    for text in ("a-b", "ab-"):
        document = Document("", 0, "", "", Range(1, 1), (Paragraph(text, at(1)),), FURNITURE[2:3])
        (hyphen,) = replaced(document.furniture, 0, lines=Range(1, 1))
        whole = msgspec.structs.replace(document, furniture=(hyphen,))
        assert _violations((whole,), ["a-b-"]) == []
        assert _violations((msgspec.structs.replace(whole, blocks=(Paragraph("ab", at(1)),)),), ["a-b-"]) != []


def _violations(documents: tuple[Document, ...], lines: list[str]) -> list[Note]:
    return violations(Submission(Source("", 0, "", "", len(lines)), Header("none"), documents), lines)


# ---------------------------------------------------------------- any change at all

SOLID = st.characters(exclude_categories=["Z", "C"])
LINE = st.text(SOLID, min_size=1, max_size=6)
ROWS = st.lists(LINE, min_size=1, max_size=6)


def _typed(lines: list[str]) -> tuple[Document, ...]:
    block = Preformatted("\n".join(lines), (Range(1, len(lines)),))
    return (Document("", 0, "", "", Range(1, len(lines)), (block,)),)


@given(ROWS, ROWS)
def test_a_text_is_that_of_its_lines_or_it_is_not(source: list[str], told: list[str]) -> None:
    assert _violations(_typed(source), source) == []
    block = Preformatted("\n".join(told), (Range(1, len(source)),))
    document = Document("", 0, "", "", Range(1, len(source)), (block,))
    assert (_violations((document,), source) == []) == ("".join(told) == "".join(source))


@given(ROWS, st.data())
def test_a_character_lost_is_found_in_its_line(lines: list[str], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(lines) - 1))
    i = data.draw(st.integers(0, len(lines[n]) - 1))
    shown = [*lines]
    shown[n] = lines[n][:i] + lines[n][i + 1 :]
    (document,) = _typed(lines)
    block = Preformatted("\n".join(shown), (Range(1, len(lines)),))
    (note,) = _violations((msgspec.structs.replace(document, blocks=(block,)),), lines)
    assert note.code == "conservation"
    assert note.lines
    assert note.lines.first >= n + 1
    where = "".join(lines[: note.lines.first - 1])
    assert "".join(shown).startswith(where)


NUMBERS = st.integers(-3, 40)
RANGES = st.builds(Range, NUMBERS, NUMBERS)


@given(st.data())
@settings(max_examples=200)
def test_no_numbers_of_lines_stop_the_proof(data: st.DataObject) -> None:
    """A submission may come from anywhere: where lines are wrong, that is what the notes say."""

    def wrong(item: Any) -> Any:
        return msgspec.structs.replace(item, lines=data.draw(RANGES))

    moved = msgspec.structs.replace(
        document(
            blocks=tuple(msgspec.structs.replace(b, lines=(data.draw(RANGES),)) for b in BLOCKS),
            furniture=tuple(map(wrong, FURNITURE)),
        ),
        attachments=tuple(map(wrong, WHOLE.attachments)),
        envelope=tuple(map(wrong, WHOLE.envelope[:3])),
        header=msgspec.structs.replace(WHOLE.header, fields=tuple(map(wrong, FIELDS))),
    )
    found = retypeset.check(moved, SOURCE.encode())
    assert {note.code for note in found} <= LOSS
    assert found


def test_the_proof_shares_no_code_with_the_readers() -> None:
    assert set(_imports(Path(proof.__file__))) == {"model", "shared"}
    assert set(_imports(Path(shared.__file__))) == {"model"}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield node.module or ""
