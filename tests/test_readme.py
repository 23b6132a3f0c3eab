"""The README says what is true: its code runs, its output is what comes out, and it names all that there is.

What the README must look like for that:

    ```python     runs, in a folder that holds `examples/`; a ```text block right below it is what it prints
    ```console    every line after `$ ` runs in bash and ends well; lines below a command, where there are any, are what
                  it says on standard output and standard error; `...` stands for anything
    comments      above a block: `<!-- file: NAME -->` puts it into that folder, `<!-- source: FILING FIRST-LAST -->`
                  and `<!-- result: FILING -->` say where the excerpt comes from; `<!-- notes -->` stands above the
                  table of note codes
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

import retypeset
from retypeset import notes
from retypeset.cli import commands

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
TOKENS = MarkdownIt("commonmark").enable("table").parse(README.read_text("utf-8"))

COMMENT = re.compile(r"<!-- ([a-z]+)(?:: (.*))? -->\n?")
OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")
PACKAGE = re.compile(r"^(?:PACKAGES := |apt-get install )(.*)$", re.MULTILINE)
ONLY_FOR_TESTS = {"poppler-utils", "groff-base"}

SECONDS = 120
CHECKER = doctest.OutputChecker()


class Block(NamedTuple):
    """A fenced block: its language, its text, the line it begins on, and the comment above it, if any."""

    language: str
    text: str
    line: int
    about: str = ""
    said: str = ""


def _blocks() -> Iterator[Block]:
    above = Token("", "", 0)
    for token in TOKENS:
        if token.type == "fence":
            found = COMMENT.fullmatch(above.content) if above.type == "html_block" else None
            about, said = (found[1], found[2] or "") if found else ("", "")
            yield Block(token.info, token.content, (token.map or [0])[0] + 1, about, said)
        above = token


def _of(language: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == language]


def _id(block: Block) -> str:
    return f"line {block.line}"


BLOCKS = list(_blocks())
SPANS = {child.content for token in TOKENS for child in token.children or () if child.type == "code_inline"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the blocks run: the filings of `examples/` and the files that the README shows."""
    (tmp_path / "examples").mkdir()
    for path in (ROOT / "examples").glob("*.txt"):
        shutil.copy(path, tmp_path / "examples")
    for block in BLOCKS:
        if block.about == "file":
            (tmp_path / block.said).write_text(block.text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ---------------------------------------------------------------- what runs


def test_there_is_something_to_run() -> None:
    assert len(_of("python")) >= 3
    assert sum(len(_commands(block)) for block in _of("console")) >= 8
    assert {block.language for block in BLOCKS} <= {"python", "console", "sh", "text", "markdown", "jinja", "css"}


@pytest.mark.parametrize("block", _of("python"), ids=_id)
def test_python_runs_and_prints_what_stands_below(
    block: Block, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(block.text, f"README.md:{block.line}", "exec"), {"__name__": "__main__"})
    below = BLOCKS[BLOCKS.index(block) + 1]
    adjoins = below.language == "text" and below.line == block.line + block.text.count("\n") + 2
    assert capsys.readouterr().out == (below.text if adjoins else "")


def _commands(block: Block) -> list[tuple[str, str]]:
    """Each command of a console block, with what the README says that it says."""
    assert block.text.startswith("$ "), _id(block)
    parts = f"\n{block.text}".split("\n$ ")[1:]
    return [(command, said) for command, _, said in (part.partition("\n") for part in parts)]


@pytest.mark.parametrize("block", _of("console"), ids=_id)
def test_commands_end_well_and_say_what_stands_below(block: Block, folder: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("platform: there is no bash")
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    for command, said in _commands(block):
        done = subprocess.run(
            [bash, "-c", command],
            env=environment,
            check=False,
            timeout=SECONDS,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        if said.strip():
            assert CHECKER.check_output(said.rstrip() + "\n", done.stdout, doctest.ELLIPSIS), (
                f"{command}\n{done.stdout}"
            )


def test_own_template_and_style_reach_the_page() -> None:
    shown = {block.language: block.text for block in BLOCKS if block.about == "file"}
    assert set(shown) == {"jinja", "css"}
    submission = retypeset.read(ROOT / "examples" / "harrow-10k-1994.txt")
    page = retypeset.to_html(submission, template=shown["jinja"], style=shown["css"])
    assert f"Filed {submission.header.filed}." in page
    assert shown["css"].strip() in page


# ---------------------------------------------------------------- what is quoted


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.about == "source"], ids=_id)
def test_a_source_is_quoted_as_filed(block: Block) -> None:
    filing, where = block.said.split()
    first, last = map(int, where.split("-"))
    lines = (ROOT / "examples" / f"{filing}.txt").read_text("ascii").splitlines()[first - 1 : last]
    assert _trimmed(block.text) == [line.rstrip() for line in lines]


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.about == "result"], ids=_id)
def test_a_result_is_what_comes_out(block: Block) -> None:
    markdown = retypeset.to_markdown(retypeset.read(ROOT / "examples" / f"{block.said}.txt"))
    # Inside a list item a block is indented: what is compared begins at the margin.
    found = "\n".join(line.strip() for line in markdown.splitlines())
    assert "\n" + "\n".join(_trimmed(block.text)) + "\n" in found


def test_every_source_has_its_result() -> None:
    quoted = [(block.about, block.said.split()[0]) for block in BLOCKS if block.about in ("source", "result")]
    assert quoted[::2] == [("source", filing) for _, filing in quoted[1::2]]
    assert quoted[1::2] == [("result", filing) for _, filing in quoted[::2]]
    assert quoted


def _trimmed(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


# ---------------------------------------------------------------- what is named


def _options() -> dict[str, Sequence[str]]:
    """The options of the program and of each command, by the command's name."""
    found: dict[str, Sequence[str]] = {}
    for name, command in {"retypeset": commands, **commands.commands}.items():
        context = click.Context(command, info_name=name, **commands.context_settings)
        found[name] = [word for parameter in command.get_params(context) for word in parameter.opts if word[0] == "-"]
    return found


@pytest.mark.parametrize("command", sorted(commands.commands))
def test_every_command_has_its_section(command: str) -> None:
    titles = [TOKENS[n + 1].content for n, token in enumerate(TOKENS) if token.type == "heading_open"]
    assert any(f"{title.strip('`')} ".startswith(f"retypeset {command} ") for title in titles)


def test_every_option_is_explained_and_none_is_invented() -> None:
    known = {word for words in _options().values() for word in words}
    assert sorted(known - SPANS) == []
    used = {word for text in (*SPANS, *(block.text for block in _of("console"))) for word in OPTION.findall(text)}
    assert sorted(used - known) == []


def test_every_public_function_is_named() -> None:
    named = {span.partition("(")[0] for span in SPANS}
    assert sorted({*retypeset.__all__} - named - {"__version__"}) == []


def test_every_note_is_explained_in_the_words_of_the_code() -> None:
    rows = "".join(f"| `{code}` | {meaning} |\n" for code, meaning in notes.CODES.items())
    table = f"<!-- notes -->\n| Code | Meaning |\n| :-- | :-- |\n{rows}\n"
    assert table in README.read_text("utf-8"), f"the table of notes should be:\n\n{table}"


def test_the_packages_for_pdf_are_those_that_make_installs() -> None:
    texts = [(ROOT / "Makefile").read_text("utf-8"), README.read_text("utf-8")]
    installed, named = (set(found[1].split()) for found in map(PACKAGE.search, texts) if found)
    assert named == installed - ONLY_FOR_TESTS


# ---------------------------------------------------------------- links


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


def test_links_lead_somewhere() -> None:
    children = [child for token in TOKENS for child in token.children or ()]
    targets = [str(child.attrs["href"]) for child in children if child.type == "link_open"]
    anchors = {_slug(TOKENS[n + 1].content) for n, token in enumerate(TOKENS) if token.type == "heading_open"}
    dead = [
        target
        for target in targets
        if not (target[1:] in anchors if target.startswith("#") else (ROOT / target).is_file())
    ]
    assert targets
    assert dead == []
