"""`retypeset.conversion`: formats, parts, safe names, and writing that is whole."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import retypeset
from retypeset import conversion
from retypeset.conversion import FORMATS, convert, format_of, parts, render, safe_name, split, write_files
from retypeset.model import Attachment, Document, Header, Paragraph, Range, Source, Submission
from retypeset.notes import OutputError, RetypesetError, TemplateError


def _submission(*types: str, attachments: tuple[Attachment, ...] = ()) -> Submission:
    documents = tuple(
        Document(kind, number, "", "", Range(number, number), (Paragraph(f"Text {number}.", (Range(number, number),)),))
        for number, kind in enumerate(types, 1)
    )
    return Submission(Source("x", 1, "", "ascii", len(types)), Header("none"), documents, attachments)


def _listed(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# ---------------------------------------------------------------- formats


def test_each_format_is_named_by_its_first_suffix() -> None:
    assert list(FORMATS) == ["md", "html", "pdf", "json", "jsonl", "pandoc", "csv"]
    assert all(form.suffixes[0] == f".{name}" for name, form in FORMATS.items())


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.md", "md"), ("a.b.HTM", "html"), ("a.pdf", "pdf"), ("x/json", None), ("a.txt", None), (".md", None)],
)
def test_a_name_says_its_format_by_its_suffix(name: str, form: str | None) -> None:
    assert format_of(name) == form


def test_render_is_what_the_public_writers_write() -> None:
    submission = _submission("10-K")
    assert render(submission, "md") == retypeset.to_markdown(submission).encode()
    assert render(submission, "html") == retypeset.to_html(submission).encode()
    assert render(submission, "json") == retypeset.to_json(submission)
    assert render(submission, "pdf").startswith(b"%PDF-")


# ---------------------------------------------------------------- convert


def test_convert_writes_the_target_and_returns_the_submission(path: Path, tmp_path: Path) -> None:
    submission = convert(path, tmp_path / "new" / "filing.json")
    assert retypeset.from_json((tmp_path / "new" / "filing.json").read_bytes()) == submission
    assert submission == retypeset.read(path)


def test_convert_takes_bytes_and_open_files(path: Path, tmp_path: Path) -> None:
    convert(path, tmp_path / "a.md")
    convert(path.read_bytes(), str(tmp_path / "b.md"))
    convert(io.BytesIO(path.read_bytes()), tmp_path / "c", to="md")
    assert (tmp_path / "a.md").read_bytes() == (tmp_path / "b.md").read_bytes() == (tmp_path / "c").read_bytes()


def test_convert_passes_template_and_style_on(path: Path, tmp_path: Path) -> None:
    convert(path, tmp_path / "a.html", style="p { color: rebeccapurple }")
    assert "rebeccapurple" in (tmp_path / "a.html").read_text()
    with pytest.raises(TemplateError):
        convert(path, tmp_path / "b.html", template="{% if %}")
    assert not (tmp_path / "b.html").exists()


def test_convert_takes_what_the_command_takes(path: Path, tmp_path: Path) -> None:
    style = "p { color: rebeccapurple }"
    submission = convert(path, tmp_path / "a.html", style=style, assets=True)
    [sheet] = (tmp_path / "assets").iterdir()
    assert sheet.read_text("utf-8") == retypeset.stylesheet(style)
    link = f"assets/{sheet.name}"
    assert (tmp_path / "a.html").read_text("utf-8") == retypeset.to_html(submission, stylesheet=link)

    convert(path, tmp_path / "a.md", tables="html", front_matter=False, provenance=True)
    markdown = retypeset.to_markdown(submission, tables="html", front_matter=False, provenance=True)
    assert (tmp_path / "a.md").read_text("utf-8") == markdown

    part = retypeset.excerpt(submission, "1")
    assert convert(path, tmp_path / "b.json", item="1") == submission
    assert retypeset.from_json((tmp_path / "b.json").read_bytes()) == part
    with pytest.raises(RetypesetError):
        convert(path, tmp_path / "c.json", item="99")
    assert not (tmp_path / "c.json").exists()


def test_convert_attaches_the_source_to_a_pdf(path: Path, tmp_path: Path) -> None:
    submission = convert(io.BytesIO(path.read_bytes()), tmp_path / "a.pdf", attach_source=True)
    assert (tmp_path / "a.pdf").read_bytes() == retypeset.to_pdf(submission, source=path.read_bytes())
    assert (tmp_path / "a.pdf").read_bytes() != retypeset.to_pdf(submission)


@pytest.mark.parametrize(("name", "to"), [("a.txt", None), ("a", None), ("a.md", "docx")])
def test_convert_says_how_to_name_a_format(path: Path, tmp_path: Path, name: str, to: str | None) -> None:
    with pytest.raises(
        OutputError, match=r"end the name in one of \.md \.html \.pdf \.json \.jsonl \.pandoc \.csv, or say to="
    ):
        convert(path, tmp_path / name, to=to)
    assert not (tmp_path / name).exists()


def test_convert_never_overwrites_its_source(path: Path, filing: str) -> None:
    link = path.with_name("link.md")
    link.symlink_to(path)
    with pytest.raises(OutputError, match="is an input"):
        convert(path, link)
    with pytest.raises(OutputError, match="is an input"):
        convert(str(path), path, to="md")
    assert path.read_text() == filing


def test_convert_leaves_nothing_where_the_source_is_missing(tmp_path: Path) -> None:
    with pytest.raises(RetypesetError, match="no such file"):
        convert(tmp_path / "missing.txt", tmp_path / "new" / "a.md")
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- parts


def test_the_parts_are_named_by_sequence_and_type_and_keep_their_attachments() -> None:
    def file(name: str, document: int) -> Attachment:
        return Attachment(name, "image/gif", 1, "", "uuencode", document, Range(1, 1))

    whole = _submission("10-K405/A", "", "EX-99", attachments=(file("a", 3), file("b", 1), file("c", 3)))
    found = dict(parts(whole))
    assert list(found) == ["1-10-K405-A", "2-document", "3-EX-99"]
    assert [part.documents for part in found.values()] == [(document,) for document in whole.documents]
    assert found["1-10-K405-A"].attachments == (file("b", 1),)
    assert found["2-document"].attachments == ()
    assert found["3-EX-99"].attachments == (file("a", 1), file("c", 1))


def test_a_submission_without_documents_is_one_part() -> None:
    whole = _submission()
    assert list(parts(whole)) == [("0-submission", whole)]


def test_documents_of_one_name_get_names_of_their_own_in_capitals_or_not() -> None:
    documents = tuple(
        Document(kind, 1, "", "", Range(number, number))
        for number, kind in enumerate(["Ex-1", "EX-1", "ex-1", "ex-1-2"])
    )
    whole = Submission(Source("x", 1, "", "ascii", 4), Header("none"), documents)
    names = [name for name, _ in parts(whole)]
    assert names == ["1-Ex-1", "1-EX-1-2", "1-ex-1-3", "1-ex-1-2-2"]


def test_thousands_of_documents_of_one_name_take_time_in_proportion() -> None:
    names = conversion._Names()
    assert len({names.take("1-EX-99").lower() for _ in range(100_000)}) == 100_000


def test_an_attachment_never_takes_the_name_of_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["1-10-k.MD", "../../etc/passwd", "..", "LOGO.GIF", "logo.gif", "C:\\works\\plan.gif"]
    attachments = tuple(Attachment(name, "", 1, "", "text", 1, Range(1, 1)) for name in names)
    monkeypatch.setattr(retypeset, "attachment_data", lambda attachment, source: attachment.name.encode() + source)
    files = split(_submission("10-K", attachments=attachments), ["md"], b"!")
    assert list(files) == [
        "1-10-K.md",
        "1-10-k-2.MD",
        "etc-passwd",
        "attachment",
        "LOGO.GIF",
        "logo-2.gif",
        "C-works-plan.gif",
    ]
    assert [*files.values()][1:] == [f"{name}!".encode() for name in names]


def test_split_takes_the_bytes_of_an_attachment_from_the_source(path: Path, picture: bytes) -> None:
    files = split(retypeset.read(path), ["md"], path)
    assert hashlib.sha256(files["works-map.gif"]).digest() == hashlib.sha256(picture).digest()


@given(st.text() | st.text("./\\-_ aA"))
def test_a_safe_name_is_a_plain_file_name_whatever_it_is_made_of(text: str) -> None:
    name = safe_name(text, "fallback")
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
    assert name == os.path.basename(name)
    assert not name.startswith((".", "-"))
    assert not name.endswith((".", "-"))
    assert 0 < len(name) <= 100


def test_a_long_name_keeps_its_suffix() -> None:
    assert safe_name("a" * 500 + ".gif", "x") == "a" * 96 + ".gif"
    assert safe_name("a" * 500, "x") == "a" * 100


# ---------------------------------------------------------------- writing


def test_files_are_written_with_their_folders_and_the_rights_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_files({tmp_path / "a" / "b" / "x": b"1", tmp_path / "a" / "y": b"2"})
    assert (tmp_path / "a" / "b" / "x").read_bytes() == b"1"
    assert _listed(tmp_path / "a" / "b") == {"x": b"1"}
    assert (tmp_path / "a" / "y").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_nothing_is_left_where_one_file_of_several_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    (tmp_path / "taken").mkdir()
    files = {tmp_path / "new" / "x": b"1", tmp_path / "old": b"2", tmp_path / "taken": b"3"}
    with pytest.raises(OutputError, match=r"cannot write .*taken: Is a directory; a folder of that name is in the way"):
        write_files(files)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old", "taken"]
    assert (tmp_path / "old").read_bytes() == b"old"


@pytest.mark.parametrize("moment", ["open", "replace"])
@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_nothing_half_written_is_left_when_the_work_breaks_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, fault: BaseException
) -> None:
    def fail(*_arguments: object) -> None:
        raise fault

    if moment == "replace":
        monkeypatch.setattr(os, "replace", fail)
    else:
        real = Path.open

        def half(path: Path, mode: str) -> object:
            with real(path, mode) as file:
                file.write(b"hal")
            raise fault

        monkeypatch.setattr(Path, "open", half)
    expected = OutputError if isinstance(fault, OSError) else KeyboardInterrupt
    with pytest.raises(expected, match="make room on the disk" if isinstance(fault, OSError) else None):
        write_files({tmp_path / "new" / "deep" / "x": b"half", tmp_path / "y": b"half"})
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_no_disk_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="choose a shorter name"):
        write_files({tmp_path / "new" / ("x" * 300): b"1"})
    with pytest.raises(OutputError, match="cannot write"):
        write_files({tmp_path / "new" / "a\0b": b"1"})
    assert list(tmp_path.iterdir()) == []
