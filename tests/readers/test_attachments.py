"""`readers.attachments`: uuencoded files and HTML bodies, their bytes, and what only looks like them."""

from __future__ import annotations

import binascii
import io
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import retypeset
from retypeset.model import Attachment, Preformatted, Range, Submission

GIF = b"GIF89a" + bytes(range(256)) + b"\0" * 100
HTML = "<html><head><title>Report</title></head>\n<body>\n<p>The year</p>\n<p>was good.</p>\n</body></html>"


def uuencode(data: bytes, name: str = "map.gif", *, blanks: bool = False, check: str = "") -> str:
    """Encode as the programs of the time did: zeros as blanks or as `, and a check sum behind each line or none."""
    lines = [
        binascii.b2a_uu(data[at : at + 45], backtick=not blanks).decode().removesuffix("\n") + check
        for at in range(0, len(data), 45)
    ]
    return "\n".join([f"begin 644 {name}", *lines, " " if blanks else "`", "end"])


def filing(*bodies: str) -> bytes:
    documents = [
        f"<DOCUMENT>\n<TYPE>EX-{n}\n<SEQUENCE>{n}\n<TEXT>\n{body}\n</TEXT>\n</DOCUMENT>\n"
        for n, body in enumerate(bodies, 1)
    ]
    return "".join(documents).encode()


def read(data: bytes) -> Submission:
    """Read, and see that nothing is lost and every attachment's bytes are to be had."""
    submission = retypeset.read(data)
    assert list(retypeset.check(submission, data)) == []
    for attachment in submission.attachments:
        held = retypeset.attachment_data(attachment, data)
        assert (len(held), sha256(held).hexdigest()) == (attachment.size, attachment.sha256)
    return submission


def codes(submission: Submission) -> list[str]:
    return [note.code for document in submission.documents for note in document.notes]


def text_of(submission: Submission) -> str:
    return retypeset.to_json(submission).decode()


# ---------------------------------------------------------------- uuencode


@pytest.mark.parametrize("blanks", [False, True])
@pytest.mark.parametrize("stripped", [False, True])
@pytest.mark.parametrize("check", ["", "X", "#!"])
def test_every_way_to_write_it(blanks: bool, stripped: bool, check: str) -> None:
    body = uuencode(GIF, blanks=blanks, check=check)
    if stripped:
        body = "\n".join(line.rstrip() for line in body.split("\n"))
    data = filing(body)
    submission = read(data)
    (attachment,) = submission.attachments
    assert attachment == Attachment(
        "map.gif", "image/gif", len(GIF), sha256(GIF).hexdigest(), "uuencode", 1, Range(5, 5 + body.count("\n"))
    )
    assert retypeset.attachment_data(attachment, data) == GIF
    assert submission.documents[0].blocks == ()
    assert codes(submission) == []


@given(st.binary(min_size=1, max_size=300), st.booleans())
def test_any_bytes_come_back(content: bytes, blanks: bool) -> None:
    data = filing(uuencode(content, "a", blanks=blanks))
    held = [retypeset.attachment_data(a, data) for a in read(data).attachments]
    assert held == [content]


def test_lines_padded_with_blanks_to_eighty_columns() -> None:
    data = filing("\n".join(line.ljust(80) for line in uuencode(GIF).split("\n")))
    assert [a.size for a in read(data).attachments] == [len(GIF)]


def test_several_files_and_text_in_one_body() -> None:
    body = f"Before.\n\n{uuencode(GIF)}\n\nBetween.\n\n{uuencode(b'%PDF-1.2 ', 'terms of sale.pdf')}\nBehind."
    submission = read(filing(body))
    assert [(a.name, a.media_type, a.document) for a in submission.attachments] == [
        ("map.gif", "image/gif", 1),
        ("terms of sale.pdf", "application/pdf", 1),
    ]
    told = text_of(submission)
    assert all(word in told for word in ("Before.", "Between.", "Behind."))


def test_each_attachment_knows_its_document() -> None:
    submission = read(filing("Text.", uuencode(GIF), uuencode(b"BM...", "logo.bmp")))
    assert [(a.name, a.document) for a in submission.attachments] == [("map.gif", 2), ("logo.bmp", 3)]


def test_tags_glued_to_the_file() -> None:
    data = filing("x").replace(b"<TEXT>\nx\n</TEXT>", b"<TEXT>" + uuencode(GIF).encode() + b"</TEXT>")
    (attachment,) = read(data).attachments
    assert retypeset.attachment_data(attachment, data) == GIF


def test_in_armour_dashes_were_escaped() -> None:
    content = bytes(13) * 40
    body = "\n".join(
        f"- {line}" if line.startswith("-") else line
        for line in [
            "begin 644 a.bin",
            *(binascii.b2a_uu(content[n : n + 13], backtick=True).decode().strip() for n in range(0, 520, 13)),
            "end",
        ]
    )
    assert "\n- -" in body
    armoured = b"-----BEGIN PRIVACY-ENHANCED MESSAGE-----\nProc-Type: 2001,MIC-CLEAR\n\n" + filing(body)
    (attachment,) = read(armoured).attachments
    assert retypeset.attachment_data(attachment, armoured) == content


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (GIF, "image/gif"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"%PDF-1.3", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"II*\0", "image/tiff"),
        (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
        (b"plain words", "application/octet-stream"),
    ],
)
def test_the_media_type_is_that_of_the_bytes(content: bytes, media_type: str) -> None:
    (attachment,) = read(filing(uuencode(content, "picture.gif"))).attachments
    assert attachment.media_type == media_type


# ---------------------------------------------------------------- uuencode that is broken, or none


def _kept(submission: Submission) -> list[str]:
    return [b.text for d in submission.documents for b in d.blocks if isinstance(b, Preformatted)]


def test_without_its_end_the_text_is_kept() -> None:
    body = uuencode(GIF).removesuffix("\nend")
    submission = read(filing(body))
    assert submission.attachments == ()
    assert codes(submission) == ["uuencode"]
    assert _kept(submission) == [body]


def test_without_its_end_the_text_behind_it_is_still_read() -> None:
    lines = uuencode(GIF).split("\n")[:4]
    submission = read(filing("\n".join([*lines, "", "The report goes on here, in plain words."])))
    assert codes(submission) == ["uuencode"]
    assert _kept(submission) == ["\n".join(lines)]
    assert "The report goes on here, in plain words." in text_of(submission)


def test_a_damaged_line_breaks_the_file_up_to_its_end() -> None:
    lines = uuencode(GIF).split("\n")
    lines[2] = lines[2].lower()
    submission = read(filing("\n".join(lines)))
    assert codes(submission) == ["uuencode"]
    assert _kept(submission) == ["\n".join(lines)]


def test_a_broken_file_does_not_spoil_the_next() -> None:
    broken = "\n".join(uuencode(GIF, "one.gif").split("\n")[:4])
    submission = read(filing(f"{broken}\n{uuencode(GIF, 'two.gif')}"))
    assert [a.name for a in submission.attachments] == ["two.gif"]
    assert codes(submission) == ["uuencode"]
    (note,) = submission.documents[0].notes
    assert "'one.gif'" in note.message
    assert note.lines == Range(5, 8)


@pytest.mark.parametrize(
    "prose",
    [
        "The pilot plant is to\nbegin 644 days after the closing, and the works\nend\nwith it.",
        "begin 644 tests",
        "begin 644 tests\n\nof the system.",
        "begin the year\nwith a loss, and\nend",
        "We shall begin 1999 as we ended it.",
    ],
)
def test_prose_is_no_file(prose: str) -> None:
    submission = read(filing(prose))
    assert submission.attachments == ()
    assert codes(submission) == []
    assert _kept(submission) == []


# ---------------------------------------------------------------- HTML


def test_a_body_of_html_is_kept_as_it_is() -> None:
    data = filing(HTML).replace(b"<TEXT>", b"<FILENAME>report.htm\n<TEXT>")
    submission = read(data)
    (attachment,) = submission.attachments
    assert (attachment.name, attachment.media_type, attachment.encoding) == ("report.htm", "text/html", "text")
    assert attachment.lines == Range(6, 10)
    assert retypeset.attachment_data(attachment, data).decode() == HTML + "\n"
    assert codes(submission) == []


def test_html_without_a_file_name_is_named_for_its_document() -> None:
    submission = read(filing("Text.", f'\n\n<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 3.2//EN">\n{HTML}\n\n'))
    assert [a.name for a in submission.attachments] == ["document-2.htm"]


def test_a_comment_may_stand_above_html() -> None:
    data = filing("Text.", f"\n<!-- saved from url=(0022)http://harrow.example -->\n\n{HTML}\n")
    submission = read(data)
    assert [a.name for a in submission.attachments] == ["document-2.htm"]
    assert retypeset.attachment_data(submission.attachments[0], data).endswith(f"{HTML}\n".encode())


def test_tags_glued_to_html_are_no_part_of_it() -> None:
    data = filing("x").replace(b"<TEXT>\nx\n</TEXT>\n</DOCUMENT>", f"<TEXT>{HTML}</TEXT></DOCUMENT>".encode())
    (attachment,) = read(data).attachments
    assert retypeset.attachment_data(attachment, data).decode() == HTML + "\n"


def test_html_of_one_line() -> None:
    page = "<HTML><P>The year was good.</P></HTML>"
    data = filing("x").replace(b"<TEXT>\nx\n</TEXT>", f"<TEXT>{page}</TEXT>".encode())
    (attachment,) = read(data).attachments
    assert retypeset.attachment_data(attachment, data).decode() == page + "\n"


@pytest.mark.parametrize(
    "around", [("<html><body><div>", "</div></body></html>"), ("<HTML><BODY><PRE>", "</PRE></BODY></HTML>")]
)
def test_plain_text_wrapped_into_html_is_text(around: tuple[str, str]) -> None:
    first, last = around
    submission = read(filing(f"{first}\n\n     The year was good.\n\n<PAGE>\n\n     So is the next.\n\n{last}"))
    assert submission.attachments == ()
    assert "The year was good." in text_of(submission)
    assert [f.kind for f in submission.documents[0].furniture if "body" in f.text.lower()] != []


def test_html_spoken_of_in_text_is_text() -> None:
    submission = read(filing("The page begins with <html> and <p>ends</p> so."))
    assert submission.attachments == ()


def test_html_that_is_no_ascii_comes_back_in_utf8() -> None:
    data = filing(HTML).replace(b"was good", b"was good at the company\x92s caf\xe9")
    (attachment,) = read(data).attachments
    assert "company’s café".encode() in retypeset.attachment_data(attachment, data)


# ---------------------------------------------------------------- where the bytes are taken from


def test_bytes_are_taken_from_a_path_from_bytes_and_from_a_file(tmp_path: Path) -> None:
    data = filing(uuencode(GIF))
    path = tmp_path / "filing.txt"
    path.write_bytes(data)
    (attachment,) = retypeset.read(path).attachments
    with path.open("rb") as file:
        for source in (path, str(path), data, io.BytesIO(data), file):
            assert retypeset.attachment_data(attachment, source) == GIF


@pytest.mark.parametrize(
    "other",
    [filing(uuencode(GIF[:-1])), filing(uuencode(GIF[::-1])), b"short\n", filing(HTML), filing("x" + "\n" * 50)],
)
def test_another_source_is_refused(other: bytes) -> None:
    for body in (uuencode(GIF), HTML + "\n" * 9 + "<p>more</p>"):
        (attachment,) = retypeset.read(filing(body)).attachments
        with pytest.raises(retypeset.RetypesetError, match="not the source the attachment was read from"):
            retypeset.attachment_data(attachment, other)


def test_a_changed_attachment_is_refused() -> None:
    data = filing(uuencode(GIF))
    (attachment,) = retypeset.read(data).attachments
    changes: list[dict[str, object]] = [
        {"sha256": "0" * 64},
        {"size": 1},
        {"encoding": "text"},
        {"lines": Range(5, 6)},
        {"lines": Range(0, 0)},
        {"lines": Range(900, 901)},
    ]
    for change in changes:
        with pytest.raises(retypeset.RetypesetError, match="not the source"):
            retypeset.attachment_data(msgspec.structs.replace(attachment, **change), data)
