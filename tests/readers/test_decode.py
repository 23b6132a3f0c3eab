"""`readers.decode`: what a filing's bytes say, and what is no text at all."""

from __future__ import annotations

import gzip
import io
import random
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import retypeset
from retypeset.notes import CODES, DecodeError, RetypesetError
from retypeset.readers.decode import FEW_CONTROL, TAB, Armour, decode
from retypeset.readers.source import load

if TYPE_CHECKING:
    from tests.conftest import Case

_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]")


def _shown(text: str) -> str:
    """Write what cannot be seen as in Python."""
    return _UNSEEN.sub(lambda m: "\\f" if m[0] == "\f" else repr(m[0])[1:-1], text)


@pytest.mark.cases("decode/lines", 25)
def test_lines(case: Case) -> None:
    decoded = decode(case.data)
    notes = [note.code + (f" {note.lines.first}" if note.lines else "") for note in decoded.notes]
    told = "\n".join(["; ".join([decoded.encoding, *notes]), *map(_shown, decoded.lines)])
    assert told.strip("\n") == case.expected


def _place(armour: Armour) -> str:
    (first, last), column = armour
    return f"{first}-{last} from column {column}" if column else f"{first}-{last}"


@pytest.mark.cases("decode/armour", 9)
def test_armour(case: Case) -> None:
    decoded = decode(case.data)
    message = next((note.message for note in decoded.notes if note.code == "armour"), "")
    escapes = re.findall("[0-9]+ dash escapes", message)
    places = ", ".join(map(_place, decoded.armour)) or "none"
    assert "\n".join(["; ".join([places, *escapes]), *decoded.lines]).strip("\n") == case.expected


def test_notes_count_what_was_done() -> None:
    notes = {note.code: note.message for note in decode(b"a\tb\tc\n\x00\x00\x1a\x92s plan\n").notes}
    assert notes["tabs"] == "2 tabs were replaced by blanks, to the next multiple of 8 columns"
    assert notes["control"] == "3 stray control characters were taken out"
    assert notes["encoding"].endswith("read as cp1252 (1 characters)")
    assert set(notes) <= set(CODES)


@pytest.mark.parametrize(
    "data", [b"", b"\n", b" \r\n\t\n", b"\0" * 9000, b"\x1a", b"\xff\xfe", b"\xef\xbb\xbf", "\u00a0\u2003\n".encode()]
)
def test_nothing_is_no_text(data: bytes) -> None:
    with pytest.raises(DecodeError, match="the file is empty"):
        decode(data)


NOISE = random.Random(1997).randbytes(200_000)


@pytest.mark.parametrize(
    "data",
    [
        NOISE,
        NOISE[:500],
        gzip.compress(NOISE),
        b"\xff\xfe" + NOISE,
        b"\xfe\xffa",
        b"GIF89a" + NOISE[:4000],
        "Ведомости о доходах".encode("cp1251"),
        b"\x01" * (FEW_CONTROL + 1) + b"text",
    ],
    ids=["noise", "short noise", "gzip", "noise marked UTF-16", "UTF-16 of odd length", "gif", "cyrillic", "controls"],
)
def test_what_is_no_text(data: bytes) -> None:
    with pytest.raises(DecodeError, match=r"^not text: "):
        decode(data)


def test_few_control_characters_in_a_short_file() -> None:
    assert decode(b"\x01" * FEW_CONTROL + b"text").lines == ["text"]


def test_padding_with_nul_is_no_reason_to_refuse() -> None:
    assert decode(b"One line\n" + b"\0" * 9000).lines == ["One line"]


def test_an_accent_at_the_end_of_a_long_file_is_seen() -> None:
    decoded = decode(b"plain text\n" * 50_000 + b"the company\x92s plan\n")
    assert decoded.lines[-1] == "the company’s plan"


LINES = st.lists(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])), min_size=1)


@given(LINES, st.sampled_from(["\n", "\r\n", "\r", "\r\r\n"]))
def test_line_ends_do_not_matter(lines: list[str], end: str) -> None:
    text = "".join(line + end for line in ["x", *lines])
    assert decode(text.encode()).lines == ["x", *lines]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), st.sampled_from(["utf-8", "utf-16"]))
def test_unicode_comes_back(text: str, encoding: str) -> None:
    decoded = decode(f"x{text}".encode(encoding))
    assert decoded.lines == [f"x{text}".removeprefix("\ufeff")]


@given(st.lists(st.text("ab\t"), min_size=1))
def test_tabs_as_python_has_them(lines: list[str]) -> None:
    assert decode("\n".join(["x", *lines, "x"]).encode()).lines == ["x", *(line.expandtabs(TAB) for line in lines), "x"]


def _printable(characters: Iterable[int]) -> bytes:
    return bytes(c for c in characters if 0x21 <= c <= 0x7E)


@given(st.binary(max_size=400))
def test_no_plain_character_is_lost_or_moved(data: bytes) -> None:
    data = b"The first line of the filing\n" * 40 + data
    try:
        decoded = decode(data)
    except DecodeError:
        return
    assert _printable(map(ord, "".join(decoded.lines))) == _printable(data)


def test_chardet_is_not_loaded_for_plain_text() -> None:
    code = "import sys, retypeset; retypeset.read(b'plain'); assert 'chardet' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ---------------------------------------------------------------- where bytes come from


def test_sources_are_paths_bytes_and_files(tmp_path: Path) -> None:
    path = tmp_path / "a b.txt"
    path.write_bytes(b"text")
    assert load(b"text") == (b"text", "")
    assert load(path) == load(str(path)) == (b"text", "a b.txt")
    assert load(io.BytesIO(b"text")) == (b"text", "")
    with path.open("rb") as file:
        assert load(file) == (b"text", "a b.txt")
        with open(file.fileno(), "rb", closefd=False) as again:
            assert load(again).name == ""


def test_a_name_that_is_no_utf8_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "caf\udce9.txt"
    try:
        path.write_bytes(b"text")
    except OSError:
        pytest.skip("platform: file names must be UTF-8 here")
    submission = retypeset.read(path)
    assert submission.source.name == "caf\ufffd.txt"
    assert retypeset.from_json(retypeset.to_json(submission)) == submission
    assert "\ufffd" in retypeset.to_html(submission)
    assert retypeset.to_markdown(submission).encode()


def test_a_file_open_for_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x92")
    with path.open(encoding="ascii") as file, pytest.raises(RetypesetError, match="mode 'rb'"):
        load(file)  # type: ignore[arg-type]  # this is the mistake


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    sources: list[tuple[str | Path, str]] = [
        (tmp_path / "none.txt", "no such file"),
        (tmp_path, "a folder"),
        (f"{tmp_path}/\0", "not the name of a file"),
        ("x" * 5000, "too long"),
    ]
    for source, reason in sources:
        with pytest.raises(RetypesetError, match=reason):
            load(source)
