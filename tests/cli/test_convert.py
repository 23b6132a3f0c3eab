"""`retypeset convert`: what goes where, what is refused, what is said, and the exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import Result

import retypeset
from retypeset.conversion import FORMATS
from retypeset.model import Note, Range, Submission

Run = Callable[..., Result]

STEM = "0009999999-97-000012.2-ex-3.a"
SENTENCE = "expects to keep until the autumn."


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _with_notes(monkeypatch: pytest.MonkeyPatch, *notes: Note) -> None:
    """Let the reader find these notes besides its own."""
    real = retypeset.read

    def read(source: str | Path | bytes, *, name: str = "") -> Submission:
        submission = real(source, name=name)
        return msgspec.structs.replace(submission, notes=(*submission.notes, *notes))

    monkeypatch.setattr(retypeset, "read", read)


# ---------------------------------------------------------------- where the output goes


def test_one_input_goes_to_standard_output_as_markdown(run: Run, path: Path) -> None:
    result = run("convert", path)
    assert result.exit_code == 0
    assert result.stdout == retypeset.to_markdown(retypeset.read(path, name=path.name))
    assert _files(path.parent) == [path.name]


@pytest.mark.parametrize("name", ["html", "json"])
def test_to_chooses_the_format_on_standard_output(run: Run, path: Path, name: str) -> None:
    result = run("convert", path, "--to", name)
    assert result.exit_code == 0
    assert result.stdout.lstrip().startswith({"html": "<!doctype html>", "json": "{"}[name])


def test_standard_input_is_read_where_the_name_is_a_dash(run: Run, path: Path, filing: str, tmp_path: Path) -> None:
    assert run("convert", "-", stdin=filing).stdout == run("convert", path).stdout
    result = run("convert", "-", "-o", tmp_path / "out", "--to", "json", stdin=filing)
    assert result.exit_code == 0
    assert json.loads((tmp_path / "out" / "stdin.json").read_text())["source"]["name"] == "stdin"


@pytest.mark.parametrize("suffix", ["md", "markdown", "html", "HTM", "pdf", "json"])
def test_the_suffix_of_the_file_says_the_format(run: Run, path: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"page.{suffix}"
    result = run("convert", path, "-o", target)
    assert (result.exit_code, result.stdout) == (0, "")
    start = {"m": b"", "h": b"<!doctype html>", "p": b"%PDF-", "j": b'{"source"'}[suffix[0].lower()]
    assert target.read_bytes().startswith(start)
    assert target.stat().st_size > 1000


def test_a_folder_that_exists_or_ends_in_a_slash_takes_the_stem_without_txt(
    run: Run, path: Path, tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "page.html").mkdir()
    assert run("convert", path, "-o", tmp_path / "there").exit_code == 0
    assert run("convert", path, "-o", f"{tmp_path}/new/inner/", "--to", "html").exit_code == 0
    assert run("convert", path, "-o", tmp_path / "page.html").exit_code == 0
    assert run("convert", path, "-o", tmp_path / "plain", "--to", "md").exit_code == 0
    assert [*_files(tmp_path)] == [
        f"in/{path.name}",
        f"new/inner/{STEM}.html",
        f"page.html/{STEM}.md",
        f"plain/{STEM}.md",
        f"there/{STEM}.md",
    ]


def test_the_gold_is_scored_with_this_line(run: Run, path: Path, tmp_path: Path) -> None:
    other = path.with_name("0009999999-97-000012.2-ex-3.b.txt")
    other.write_text("A letter to the holders of shares.\n")
    result = run("convert", "--to", "html", "-o", tmp_path / "OUT.d", path, other)
    assert result.exit_code == 0
    assert _files(tmp_path / "OUT.d") == [f"{STEM}.html", "0009999999-97-000012.2-ex-3.b.html"]


def test_an_item_alone_is_written_where_it_is_asked_for(run: Run, path: Path) -> None:
    result = run("convert", "--item", "1", path)
    assert result.exit_code == 0
    assert "FINANCIAL STATEMENTS" in result.stdout
    assert SENTENCE in run("convert", path).stdout
    assert result.stdout == retypeset.to_markdown(retypeset.excerpt(retypeset.read(path, name=path.name), "1"))


def test_an_item_that_is_not_there_fails_this_input_only(run: Run, path: Path) -> None:
    result = run("convert", "--item", "12", path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{path}: error: no Item 12 was found; found were: 1" in result.stderr


def test_only_txt_is_cut_off_a_name(run: Run, path: Path, tmp_path: Path) -> None:
    names = ["a.TXT", "b.nc", "c.2", "d"]
    inputs = [path.rename(path.with_name("a.TXT"))]
    inputs += [inputs[0].with_name(name) for name in names[1:]]
    for given in inputs[1:]:
        given.write_text("A letter to the holders of shares.\n")
    assert run("convert", *inputs, "-o", tmp_path / "out").exit_code == 0
    assert _files(tmp_path / "out") == ["a.md", "b.nc.md", "c.2.md", "d.md"]


def test_a_folder_gives_its_text_files_and_no_others(run: Run, path: Path, tmp_path: Path) -> None:
    folder = path.parent
    for name in ["b.TXT", "a", ".hidden.txt", "notes.pdf", "inner/c.txt"]:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("A letter to the holders of shares.\n")
    result = run("convert", folder, "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert _files(tmp_path / "out") == [f"{STEM}.md", "a.md", "b.md"]
    assert [line.split(":")[0] for line in result.stderr.splitlines() if ": bare:" in line] == [
        str(folder / "a"),
        str(folder / "b.TXT"),
    ]


def test_several_formats_are_repeated_or_parted_by_commas(run: Run, path: Path, tmp_path: Path) -> None:
    result = run("convert", path, "--to", "md,JSON", "--to", "html", "--to", "md", "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert _files(tmp_path / "out") == [f"{STEM}.html", f"{STEM}.json", f"{STEM}.md"]


def test_a_file_that_stands_there_is_replaced_through_a_link(run: Run, path: Path, tmp_path: Path) -> None:
    (tmp_path / "real.md").write_text("old")
    (tmp_path / "link.md").symlink_to("real.md")
    assert run("convert", path, "-o", tmp_path / "link.md").exit_code == 0
    assert (tmp_path / "link.md").is_symlink()
    assert SENTENCE in (tmp_path / "real.md").read_text()
    assert len(_files(tmp_path)) == 3


def test_a_device_is_written_to_and_not_replaced(run: Run, path: Path) -> None:
    result = run("convert", path, "-o", "/dev/null", "--to", "html")
    assert result.exit_code == 0
    assert Path("/dev/null").is_char_device()


def test_a_template_and_a_style_of_ones_own(run: Run, path: Path, tmp_path: Path) -> None:
    template, style = tmp_path / "own.j2", tmp_path / "own.css"
    template.write_text("<!doctype html><title>mine</title>")
    style.write_text("p { color: rebeccapurple }")
    mine = run("convert", path, "--to", "html", "--template", template)
    assert mine.stdout.startswith("<!doctype html><title>mine</title>")
    assert "rebeccapurple" in run("convert", path, "--to", "html", "--style", style).stdout


def test_the_filing_itself_is_in_the_pdf(run: Run, path: Path, tmp_path: Path) -> None:
    program = shutil.which("pdfdetach")
    if program is None:
        pytest.skip("pdfdetach is missing: apt-get install poppler-utils")
    assert run("convert", path, "-o", tmp_path / "a.pdf", "--attach-source").exit_code == 0
    subprocess.run([program, "-saveall", "-o", tmp_path, tmp_path / "a.pdf"], check=True)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    refused = run("convert", path, "--to", "html", "--attach-source")
    assert refused.exit_code == 2
    assert "--attach-source is for pdf" in refused.stderr


def test_a_broken_template_is_an_error_of_that_file(run: Run, path: Path, tmp_path: Path) -> None:
    template = tmp_path / "own.j2"
    template.write_text("<p>\n{% if %}")
    result = run("convert", path, "--to", "html", "--template", template)
    assert result.exit_code == 1
    assert f"{path}: error: " in result.stderr
    assert "internal" not in result.stderr


def test_a_template_that_is_not_there_is_named(run: Run, path: Path, tmp_path: Path) -> None:
    template = tmp_path / "own.j2"
    template.write_text('\n{% extends "base.html" %}')
    said = run("convert", path, "--to", "html", "--template", template).stderr.splitlines()[-1]
    assert said.startswith(f"{path}: error: line 2 of the template: there is no template 'base.html'; ")


# ---------------------------------------------------------------- the parts of a submission


def test_split_writes_each_document_and_each_attachment(run: Run, path: Path, tmp_path: Path, picture: bytes) -> None:
    result = run("convert", "--split", "--to", "md,json", path, "-o", tmp_path / "out")
    assert result.exit_code == 0
    folder = tmp_path / "out" / STEM
    names = ["1-10-Q", "2-EX-27", "3-EX-99"]
    assert _files(tmp_path / "out") == sorted(
        [f"{STEM}/{name}.{form}" for name in names for form in ("md", "json")] + [f"{STEM}/works-map.gif"]
    )
    assert (folder / "works-map.gif").read_bytes() == picture
    assert SENTENCE in (folder / "1-10-Q.md").read_text()
    assert SENTENCE not in (folder / "2-EX-27.md").read_text()
    part = retypeset.from_json((folder / "3-EX-99.json").read_bytes())
    assert [document.type for document in part.documents] == ["EX-99"]
    assert [attachment.document for attachment in part.attachments] == [1]


def test_split_takes_the_attachments_of_standard_input(run: Run, filing: str, tmp_path: Path, picture: bytes) -> None:
    assert run("convert", "--split", "-", "-o", tmp_path, stdin=filing).exit_code == 0
    assert (tmp_path / "stdin" / "works-map.gif").read_bytes() == picture


# ---------------------------------------------------------------- wrong usage


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["IN", "--to", "docx"],
        ["IN", "--to", "md,"],
        ["IN", "--to", "pdf"],
        ["IN", "--to", "md", "--to", "html"],
        ["IN", "--to", "md,html", "-o", "OUT.md"],
        ["IN", "--to", "html", "-o", "OUT.md"],
        ["IN", "--split"],
        ["IN", "--split", "-o", "OUT.md"],
        ["IN", "IN"],
        ["IN", "IN", "-o", "OUT/"],
        ["IN", "DIR", "-o", "OUT.md"],
        ["DIR"],
        ["IN", "-o", "OUT.txt"],
        ["IN", "-o", "IN"],
        ["IN", "--style", "IN"],
        ["IN", "--to", "html", "--style", "MISSING"],
        ["IN", "--to", "html", "--template", "DIR"],
        ["-", "-", "-o", "OUT/"],
        ["IN", "--frobnicate"],
        ["IN", "-o", ""],
        [""],
        ["IN", "--item", "seven"],
    ],
)
def test_wrong_usage_is_exit_code_2_and_nothing_is_done(
    run: Run, path: Path, tmp_path: Path, arguments: list[str], filing: str
) -> None:
    places = {"IN": str(path), "DIR": str(path.parent), "MISSING": str(tmp_path / "missing")}
    words = [places.get(word, word.replace("OUT", f"{tmp_path}/OUT")) for word in arguments]
    result = run("convert", *words, stdin=filing)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr
    assert "Traceback" not in result.stderr
    assert _files(tmp_path) == [f"in/{path.name}"]
    assert path.read_text() == filing


def test_two_inputs_of_one_stem_are_refused_in_capitals_too(run: Run, path: Path, tmp_path: Path) -> None:
    other = tmp_path / path.name.upper()
    other.write_text("A letter to the holders of shares.\n")
    result = run("convert", path, other, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert f"{path} and {other} would become the same file" in result.stderr
    assert not (tmp_path / "out").exists()


def test_an_input_that_is_given_twice_is_called_so(run: Run, path: Path, tmp_path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path.parent)
    for other in (path, path.parent, link / path.name):
        result = run("convert", path, other, "-o", tmp_path / "out")
        assert result.exit_code == 2
        assert "is given twice." in result.stderr


def test_an_input_is_never_overwritten(run: Run, path: Path, filing: str) -> None:
    source = path.rename(path.with_name("filing.md"))
    assert run("convert", source, "-o", source).exit_code == 2
    other = source.with_name("filing")
    other.write_text("A letter to the holders of shares.\n")
    assert run("convert", other, source, "-o", source.parent).exit_code == 2
    template = source.with_name("page.html")
    template.write_text("<p>")
    assert run("convert", source, "-o", template, "--template", template).exit_code == 2
    assert (source.read_text(), template.read_text()) == (filing, "<p>")


# ---------------------------------------------------------------- what is said


def test_notes_are_said_with_file_line_code_and_sentence(run: Run, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_notes(monkeypatch, Note("header", "a line is odd", Range(7, 9)), Note("encoding", "read as cp1252"))
    result = run("convert", path)
    assert result.exit_code == 0
    said = result.stderr.splitlines()
    assert f"{path}:7: header: a line is odd" in said
    assert said.index(f"{path}: encoding: read as cp1252") < said.index(f"{path}:7: header: a line is odd")


@pytest.mark.parametrize("code", ["partition", "conservation"])
def test_strict_fails_where_the_proof_failed_and_writes_all_the_same(
    run: Run, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    assert run("convert", path, "--strict").exit_code == 0
    _with_notes(monkeypatch, Note(code, "two words are gone", Range(30, 30)))
    assert run("convert", path).exit_code == 0
    result = run("convert", path, "--strict", "-o", tmp_path / "out.md")
    assert result.exit_code == 1
    assert f"{path}:30: {code}: two words are gone" in result.stderr
    assert f"{path}: error: the proof failed in 1 places" in result.stderr
    assert SENTENCE in (tmp_path / "out.md").read_text()


def test_an_input_that_fails_does_not_stop_the_others(run: Run, path: Path, tmp_path: Path) -> None:
    result = run("convert", tmp_path / "missing.txt", path, path.parent / "none", "-o", tmp_path / "out")
    assert result.exit_code == 1
    errors = [line for line in result.stderr.splitlines() if ": error: " in line]
    assert errors == [
        f"{tmp_path / 'missing.txt'}: error: there is no such file",
        f"{path.parent / 'none'}: error: there is no such file",
    ]
    assert _files(tmp_path / "out") == [f"{STEM}.md"]


def test_an_unexpected_exception_is_one_line_and_the_others_go_on(
    run: Run, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = path.with_name("other.txt")
    other.write_text("A letter to the holders of shares.\n")
    real = retypeset.to_markdown

    def write(submission: Submission, **more: Any) -> str:
        if submission.source.name == path.name:
            raise LookupError("words of the filing")
        return real(submission, **more)

    monkeypatch.setattr(retypeset, "to_markdown", write)
    result = run("convert", path, other, "-o", tmp_path / "out")
    assert result.exit_code == 1
    (error,) = (line for line in result.stderr.splitlines() if "error" in line)
    assert error.startswith(f"{path}: error: internal error (LookupError at test_convert.py:")
    assert "please report" in error
    assert "words of the filing" not in result.stderr
    assert _files(tmp_path / "out") == ["other.md"]
    monkeypatch.setenv("RETYPESET_DEBUG", "1")
    assert "LookupError: words of the filing" in run("convert", path).stderr


def test_the_control_characters_of_a_name_do_not_reach_the_terminal(run: Run, path: Path, tmp_path: Path) -> None:
    hostile = path.rename(path.with_name("a\x1b[2J\n\u202e\x9bb.txt"))
    missing = path.with_name("\x1b]0;gone\x07")
    result = run("convert", hostile, missing, "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert not set("\x1b\x07\x9b\u202e") & set(result.output)
    assert r"a\x1b[2J\n\u202e\x9bb.txt: tabs: " in result.stderr
    assert r"\x1b]0;gone\x07: error: there is no such file" in result.stderr
    assert run("convert", hostile, hostile, "-o", tmp_path / "out").exit_code == 2
    assert SENTENCE in (tmp_path / "out" / "a\x1b[2J\n\u202e\x9bb.md").read_text()


def test_a_name_that_is_no_text_is_converted(run: Run, path: Path, tmp_path: Path) -> None:
    odd = os.fsdecode(os.fsencode(path.parent) + b"/t\xfcr.txt")
    path.rename(odd)
    result = run("convert", odd, "-o", tmp_path / "out", "--to", "md,html,json")
    assert result.exit_code == 0
    assert sorted(os.listdir(os.fsencode(tmp_path / "out"))) == [b"t\xfcr.html", b"t\xfcr.json", b"t\xfcr.md"]


# ---------------------------------------------------------------- help


@pytest.mark.parametrize("command", [[], ["convert"], ["inspect"], ["schema"]])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_has_help_with_examples(run: Run, command: list[str], option: str) -> None:
    result = run(*command, option)
    assert result.exit_code == 0
    assert "Example" in result.stdout
    assert "  retypeset " in result.stdout


def test_the_help_names_every_format(run: Run) -> None:
    assert "--to " + "|".join(FORMATS) in run("convert", "--help").stdout


def test_the_version(run: Run) -> None:
    result = run("--version")
    assert (result.exit_code, result.stdout.split()[-1]) == (0, retypeset.__version__)


# ---------------------------------------------------------------- linked styles


def _linked(page: Path) -> Path:
    """The style sheet that a page links; nothing is inlined."""
    text = page.read_text("utf-8")
    assert "<style>" not in text
    [link] = re.findall(r'<link rel="stylesheet" href="([^"]*)">', text)
    return Path(page.parent, str(link)).resolve()


def test_assets_of_several_inputs_are_one_sheet_which_their_pages_link(run: Run, path: Path, tmp_path: Path) -> None:
    other = shutil.copy(path, path.with_name("other.txt"))
    out = tmp_path / "out"
    assert run("convert", path, other, "--assets", "--to", "html,md", "-o", f"{out}/").exit_code == 0
    [sheet] = (out / "assets").iterdir()
    assert {_linked(out / f"{STEM}.html"), _linked(out / "other.html")} == {sheet}
    assert sheet.read_text("utf-8") == retypeset.stylesheet()
    assert len(_files(out)) == 5


def test_assets_of_parts_stand_above_their_folder(run: Run, path: Path, tmp_path: Path) -> None:
    assert run("convert", path, "--assets", "--split", "--to", "html", "-o", f"{tmp_path}/").exit_code == 0
    [sheet] = (tmp_path / "assets").iterdir()
    pages = list((tmp_path / STEM).glob("*.html"))
    assert len(pages) == 3
    assert {_linked(page) for page in pages} == {sheet}


def test_assets_stand_beside_a_single_file_and_hold_the_style_of_the_user(run: Run, path: Path, tmp_path: Path) -> None:
    style = tmp_path / "own.css"
    style.write_text("p { color: rebeccapurple }")
    target = tmp_path / "new" / "page.html"
    assert run("convert", path, "--assets", "--style", style, "-o", target).exit_code == 0
    sheet = _linked(target)
    assert sheet.parent == tmp_path / "new" / "assets"
    assert sheet.read_text("utf-8") == retypeset.stylesheet("p { color: rebeccapurple }")
    assert "rebeccapurple" not in target.read_text("utf-8")
    # Pages of another style keep theirs.
    assert run("convert", path, "--assets", "-o", target).exit_code == 0
    assert _linked(target) != sheet
    assert sheet.is_file()


def test_assets_that_are_there_are_left_and_damaged_ones_mended(run: Run, path: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    run("convert", path, "--assets", "-o", page)
    sheet = _linked(page)
    os.utime(sheet, (0, 0))
    run("convert", path, "--assets", "-o", page)
    assert sheet.stat().st_mtime == 0
    sheet.write_text("half")
    run("convert", path, "--assets", "-o", page)
    assert sheet.read_text("utf-8") == retypeset.stylesheet()


def test_assets_that_cannot_be_written_leave_no_page(run: Run, path: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "assets").write_text("a file in the way")
    result = run("convert", path, "--assets", "--to", "html", "-o", out)
    assert result.exit_code == 1
    assert "choose another folder" in result.stderr
    assert _files(out) == ["assets"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "html"], "name a file or a folder with -o"),
        (["--to", "html", "-o", "-"], "name a file or a folder with -o"),
        (["--to", "html", "-o", os.devnull], "name a file or a folder with -o"),
        (["--to", "md,pdf", "-o", "out/"], "--assets is for html"),
        (["-o", "page.md"], "--assets is for html"),
    ],
)
def test_assets_need_a_page_and_a_place(run: Run, path: Path, tmp_path: Path, words: list[str], said: str) -> None:
    words = [f"{tmp_path}/{word}" if word[-1] == "/" or word == "page.md" else word for word in words]
    result = run("convert", path, "--assets", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert _files(tmp_path) == [f"in/{path.name}"]


def test_no_input_takes_the_folder_of_the_assets(run: Run, path: Path, tmp_path: Path) -> None:
    source = path.rename(path.with_name("Assets.txt"))
    result = run("convert", source, "--assets", "--split", "--to", "html", "-o", f"{tmp_path}/out/")
    assert result.exit_code == 2
    assert "give it another name" in result.stderr
