"""Bad input: each is a clear error or a whole conversion, never a traceback and never a loss."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from click.testing import Result

import retypeset
from retypeset.model import Submission

Run = Callable[..., Result]

NOBODY = 65534
LONG_LINE = 50_000_000
SHORTER_LINE = 2_000_000
MARKED_LINES = 128_000
MOST_SECONDS = 20
MOST_BYTES = 1.5e9
# A process that would run for ever is ended by the kernel, a little above what is allowed.
LIMITED = f"import resource; resource.setrlimit(resource.RLIMIT_CPU, ({MOST_SECONDS + 2}, {MOST_SECONDS + 4}))"

_WORD = re.compile(r"\w+")
# The names of tags are no words of the filing; the last one may be cut.
_TAG = re.compile(r"</?[A-Z][A-Z0-9-]*>|</?[A-Z-]*$")


def _error(result: Result, name: object) -> str:
    """The one line that says what went wrong."""
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"{name}: error: ")
    assert "internal" not in line
    return line.removeprefix(f"{name}: error: ")


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text))


def _kept(submission: Submission, lines: list[str]) -> Counter[str]:
    """Every word of the JSON, and those of the lines that are kept as attachments."""
    told = msgspec.to_builtins(submission)
    texts: list[str] = []
    waiting = [told]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, str):
            texts.append(value)
        elif isinstance(value, int):
            texts.append(str(value))
    for attachment in submission.attachments:
        texts += lines[attachment.lines.first - 1 : attachment.lines.last]
    return sum(map(_words, texts), Counter())


def _prove(text: str) -> Submission:
    """Read a text, and show that it is all there."""
    data = text.encode("latin-1")
    submission = retypeset.read(data)
    assert list(retypeset.check(submission, data)) == []
    assert not _words(_TAG.sub(" ", text)) - _kept(submission, text.splitlines())
    for write in (retypeset.to_markdown, retypeset.to_html, retypeset.to_json):
        assert write(submission)
    return submission


# ---------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b" \r\n\t\n",
        b"\x00" * 512,
        b"\x1a",
    ],
)
def test_an_empty_file(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "empty.txt"
    path.write_bytes(content)
    assert "empty" in _error(run("convert", path, "-o", tmp_path / "out.md"), path)
    assert "empty" in _error(run("convert", "-", stdin=content), "stdin")
    assert [file.name for file in tmp_path.iterdir()] == ["empty.txt"]


def test_a_folder_where_a_file_is_meant(run: Run, tmp_path: Path) -> None:
    with pytest.raises(retypeset.RetypesetError, match="folder"):
        retypeset.read(tmp_path)
    assert "folder" in _error(run("inspect", tmp_path), tmp_path)
    assert "holds no filings" in _error(run("convert", tmp_path, "-o", f"{tmp_path}/out/"), tmp_path)
    assert not (tmp_path / "out").exists()


def test_a_missing_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "missing.txt"
    assert _error(run("convert", path), path) == "there is no such file"
    assert _error(run("convert", path / "deeper"), path / "deeper") == "there is no such file"


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Work as a user whom permissions concern; root is above them."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_file_that_may_not_be_read(run: Run, open_folder: Path, filing: str) -> None:
    path, readable = open_folder / "secret.txt", open_folder / "open.txt"
    for file in (path, readable):
        file.write_text(filing)
    assert run("convert", path).exit_code == 0  # all modules are loaded before the user changes
    path.chmod(0)
    with _as_nobody():
        assert run("convert", readable).exit_code == 0
        assert _error(run("convert", path), path) == "cannot be read: Permission denied"


def test_a_folder_that_may_not_be_listed(run: Run, open_folder: Path) -> None:
    folder = open_folder / "secret"
    folder.mkdir(mode=0o311)
    with _as_nobody():
        result = run("convert", folder, "-o", open_folder / "out")
    assert _error(result, folder) == "the folder cannot be read: Permission denied"


def test_a_link_that_leads_nowhere_but_to_itself(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "loop.txt"
    path.symlink_to(path)
    assert "Too many levels of symbolic links" in _error(run("convert", path), path)


@pytest.mark.parametrize("target", ["nowhere.txt", "loop.txt"])
def test_a_link_that_leads_nowhere_is_a_missing_filing_and_the_rest_goes_on(
    run: Run, path: Path, tmp_path: Path, target: str
) -> None:
    (path.parent / "loop.txt").symlink_to(target)
    done = run("convert", path.parent, "-o", tmp_path / "out")
    assert done.exit_code == 1
    assert f"{path.parent / 'loop.txt'}: error: " in done.stderr
    assert [file.name for file in (tmp_path / "out").iterdir()] == [f"{path.name.removesuffix('.txt')}.md"]


def _tar(text: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        info = tarfile.TarInfo("filing.txt")
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text))
    return packed.getvalue()


def _zip(text: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("filing.txt", text)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("pack", "name"),
    [
        (gzip.compress, "a gzip file"),
        (bz2.compress, "a bzip2 file"),
        (lzma.compress, "an xz file"),
        (_zip, "a zip archive"),
        (_tar, "a tar archive"),
    ],
)
def test_a_packed_file_is_called_by_its_name(
    run: Run, tmp_path: Path, filing: str, pack: Callable[[bytes], bytes], name: str
) -> None:
    path = tmp_path / "filing.txt"
    path.write_bytes(pack(filing.encode() + random.Random(1997).randbytes(3000).hex().encode()))
    said = f"not text: this is {name}: unpack it first, or let `retypeset archive` read it as it stands"
    assert _error(run("convert", path), path) == said


def test_a_pdf_is_called_by_its_name(run: Run, path: Path, tmp_path: Path) -> None:
    target = tmp_path / "filing.pdf"
    assert run("convert", path, "-o", target).exit_code == 0
    assert _error(run("inspect", target), target).startswith("not text: this is a PDF; ")


def test_random_bytes_are_not_text(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "noise.txt"
    path.write_bytes(random.Random(1997).randbytes(200_000))
    assert _error(run("convert", path, "-o", tmp_path / "out.md"), path).startswith("not text: ")
    assert [file.name for file in tmp_path.iterdir()] == ["noise.txt"]


# ---------------------------------------------------------------- what is broken but text


def test_a_submission_cut_anywhere_is_kept_whole(filing: str) -> None:
    lines = filing.splitlines(keepends=True)
    cuts = range(1, len(lines) + 1)
    assert len(cuts) > 80
    for cut in cuts:
        _prove("".join(lines[:cut]))


def test_a_submission_cut_within_a_line_is_kept_whole(filing: str) -> None:
    for cut in range(1, len(filing), 97):
        _prove(filing[:cut])


def test_a_submission_whose_beginning_is_lost_is_kept_whole(filing: str) -> None:
    lines = filing.splitlines(keepends=True)
    for cut in range(0, len(lines), 10):
        _prove("".join(lines[cut:]))


@pytest.mark.parametrize("tag", ["</TEXT>", "</DOCUMENT>", "<TEXT>", "</SEC-HEADER>", "<DOCUMENT>", "</TABLE>"])
def test_a_submission_without_a_tag_is_kept_whole(run: Run, path: Path, filing: str, tag: str) -> None:
    text = filing.replace(f"{tag}\n", "")
    assert text != filing
    _prove(text)
    path.write_text(text)
    result = run("convert", path, "--strict")
    assert result.exit_code == 0
    assert "expects to keep until the autumn." in result.stdout


def test_all_closing_tags_of_texts_removed_is_a_note_for_each(run: Run, path: Path, filing: str) -> None:
    path.write_text(filing.replace("</TEXT>\n", ""))
    result = run("convert", path)
    assert len(re.findall(r":\d+: unclosed: ", result.stderr)) == 3


def test_an_apostrophe_of_windows_and_an_end_of_file_mark(run: Run, path: Path, filing: str) -> None:
    data = filing.replace("the company", "the company\x92s board").encode("latin-1") + b"\x1a"
    path.write_bytes(data)
    submission = retypeset.read(data)
    assert list(retypeset.check(submission, data)) == []
    result = run("convert", path, "--strict")
    assert result.exit_code == 0
    assert "the company’s board" in result.stdout
    assert "\x1a" not in result.stdout
    assert f"{path}: encoding: " in result.stderr
    assert re.search(r":\d+: control: ", result.stderr)


@pytest.mark.parametrize(
    "unit",
    [
        "<PAGE>",
        "<S> ",
        "&<",
        "\f",
        "a\t",
        "....  ",
        "- ",
    ],
)
def test_a_line_of_nothing_but_marks_takes_time_in_proportion(path: Path, unit: str) -> None:
    """What takes time as the square of a line's length would take minutes here."""
    path.write_text("The line that follows is odd.\n" + unit * (SHORTER_LINE // len(unit)) + "\nThe end of it.\n")
    code = f"{LIMITED}; import sys, retypeset; retypeset.to_markdown(retypeset.read(sys.argv[1]))"
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 0


def test_marked_lines_without_end_take_time_in_proportion(path: Path) -> None:
    """Each of them may begin the footnotes of the text, and each run of single lines asks what follows it."""
    path.write_text(MARKED_LINES * "* A note on what was said above, that goes on.\n\n")
    code = f"{LIMITED}; import sys, retypeset; retypeset.read(sys.argv[1])"
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 0


@pytest.mark.parametrize("unit", ["1,234   ", "1 -  2  ", "12  1/2   ", "a,  b  ", "/s/  A  "])
def test_a_line_that_no_row_can_be_parts_a_table(path: Path, unit: str) -> None:
    """Not even a tag makes it one: what is done for a row takes more time than such a line may take."""
    rows = "Cash     1,204    998\nStock    2,204    887\n"
    path.write_text(f"<TABLE>\n<S>  <C>  <C>\n{rows}{unit * (SHORTER_LINE // len(unit))}\n{rows}</TABLE>\n")
    code = (
        f"{LIMITED}; import sys, retypeset; blocks = retypeset.read(sys.argv[1]).documents[0].blocks; "
        "print(*(type(block).__name__ for block in blocks))"
    )
    process = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert process.stdout.split() == ["Table", "Paragraph", "Table"]


@pytest.mark.parametrize("unit", ["x", "word ", "1,234   "])
def test_one_line_of_fifty_megabytes(tmp_path: Path, unit: str) -> None:
    path, target = tmp_path / "long.txt", tmp_path / "long.md"
    path.write_text(unit * (LONG_LINE // len(unit)))
    code = f"{LIMITED}; from retypeset.cli import main; main()"
    words = [sys.executable, "-c", code, "convert", str(path), "-o", str(target)]
    process = subprocess.Popen(words, stderr=subprocess.PIPE)
    assert process.stderr
    said = process.stderr.read().decode()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said[:1000]
    assert "partition" not in said
    assert "conservation" not in said
    assert usage.ru_utime + usage.ru_stime < MOST_SECONDS
    assert usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) < MOST_BYTES
    assert target.exists()
    path.unlink()
    target.unlink()


# ---------------------------------------------------------------- what cannot be written


def _tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("extra", [["--to", "md,html"], ["--split"], ["--to", "pdf"]])
def test_a_folder_below_a_file_cannot_be_made(run: Run, path: Path, tmp_path: Path, extra: list[str]) -> None:
    (tmp_path / "file").write_text("old")
    before = _tree(tmp_path)
    result = run("convert", path, *extra, "-o", f"{tmp_path / 'file' / 'new'}/")
    assert result.exit_code == 1
    line = result.stderr.splitlines()[-1]
    assert line.startswith(f"{path}: error: cannot write {tmp_path}/file/new/")
    assert line.endswith("Not a directory; a part of the path is a file: choose another folder")
    assert _tree(tmp_path) == before


def test_a_place_where_nobody_can_make_a_file(run: Run, path: Path) -> None:
    if not Path("/proc/self").exists():
        pytest.skip("platform: there is no /proc")
    result = run("convert", path, "-o", "/proc/retypeset.md")
    assert result.exit_code == 1
    assert f"{path}: error: cannot write /proc/retypeset.md: " in result.stderr
    assert run("convert", path, "-o", "/proc/retypeset/new/").exit_code == 1


def test_a_folder_that_may_not_be_written(run: Run, open_folder: Path, filing: str) -> None:
    path, target = open_folder / "open.txt", open_folder / "out"
    path.write_text(filing)
    target.mkdir(mode=0o555)
    assert run("convert", path, "-o", open_folder / "first.md").exit_code == 0
    before = _tree(open_folder)
    with _as_nobody():
        for place in (f"{target}/a.md", f"{target}/new/deeper/", f"{target}/"):
            result = run("convert", path, "-o", place)
            assert result.exit_code == 1
            assert "Permission denied; choose a folder that you may write to" in result.stderr
    assert _tree(open_folder) == before


def test_an_output_that_is_a_folder_already(run: Run, path: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / f"{path.stem}.html"
    target.mkdir(parents=True)
    before = _tree(tmp_path)
    result = run("convert", path, "--to", "md,html", "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert f"cannot write {target}: Is a directory" in result.stderr
    assert _tree(tmp_path) == before
