"""README and `docs/` say what is true: their code runs, its output is what comes out, and they name all that there is.

What these pages must look like for that:

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
from typing import NamedTuple, get_args, get_type_hints

import click
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

import retypeset
from retypeset import model, notes
from retypeset.cli import commands

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))
TOKENS = {page: MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8")) for page in PAGES}

COMMENT = re.compile(r"<!-- ([a-z]+)(?:: (.*))? -->\n?")
OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")
PACKAGE = re.compile(r"^(?:PACKAGES := |apt-get install )(.*)$", re.MULTILINE)
ONLY_FOR_TESTS = {"poppler-utils", "groff-base"}

SECONDS = 120
CHECKER = doctest.OutputChecker()


class Block(NamedTuple):
    """A fenced block: its page, its language, its text, the line it begins on, and the comment above it, if any."""

    page: Path
    language: str
    text: str
    line: int
    about: str = ""
    said: str = ""


def _blocks() -> Iterator[Block]:
    above = Token("", "", 0)
    for page, token in ((page, token) for page, tokens in TOKENS.items() for token in tokens):
        if token.type == "fence":
            found = COMMENT.fullmatch(above.content) if above.type == "html_block" else None
            about, said = (found[1], found[2] or "") if found else ("", "")
            yield Block(page, token.info, token.content, (token.map or [0])[0] + 1, about, said)
        above = token


def _of(language: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == language]


def _id(block: Block) -> str:
    return f"{block.page.name}:{block.line}"


BLOCKS = list(_blocks())


def _spans(tokens: Sequence[Token]) -> set[str]:
    return {child.content for token in tokens for child in token.children or () if child.type == "code_inline"}


def _titles(page: Path) -> list[str]:
    tokens = TOKENS[page]
    return [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]


SPANS = set().union(*map(_spans, TOKENS.values()))


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
    exec(compile(block.text, _id(block), "exec"), {"__name__": "__main__"})
    below = next(
        (b for b in BLOCKS if b.page == block.page and b.line == block.line + block.text.count("\n") + 2), None
    )
    adjoins = below is not None and below.language == "text"
    assert capsys.readouterr().out == (below.text if below and adjoins else "")


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
    assert page != retypeset.to_html(submission)


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


def _section(command: str) -> list[Token]:
    """What the page of the command line says of a command."""
    tokens = TOKENS[ROOT / "docs" / "command-line.md"]
    starts = [n for n, token in enumerate(tokens) if token.type == "heading_open"]
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        if f"{tokens[start + 1].content.strip('`')} ".startswith(f"retypeset {command} "):
            return tokens[start:end]
    return []


@pytest.mark.parametrize("command", sorted(commands.commands))
def test_every_command_has_its_section_and_every_option_its_place_there(command: str) -> None:
    section = _section(command)
    assert section
    own = set(_options()[command]) - {"-h", "--help"}
    assert sorted(own - _spans(section)) == []
    cells = [section[n + 1] for n, token in enumerate(section) if token.type == "td_open"]
    explained = {word for cell in cells if cell.content.startswith("`-") for word in _spans([cell])}
    assert sorted({word for word in explained if word[0] == "-"} - own) == []


def test_every_option_is_explained_and_none_is_invented() -> None:
    known = {word for words in _options().values() for word in words}
    assert sorted(known - SPANS) == []
    properties = set(re.findall(r"--[a-z]+(?=:)", (ROOT / "styles" / "screen.css").read_text("utf-8")))
    used = {word for text in (*SPANS, *(block.text for block in _of("console"))) for word in OPTION.findall(text)}
    assert sorted(used - known - properties) == []


def test_every_public_function_is_named() -> None:
    named = {span.partition("(")[0] for span in SPANS}
    assert sorted({*retypeset.__all__} - named - {"__version__"}) == []


def test_every_note_is_explained_in_the_words_of_the_code() -> None:
    rows = "".join(f"| `{code}` | {meaning} |\n" for code, meaning in notes.CODES.items())
    table = f"<!-- notes -->\n| Code | Meaning |\n| :-- | :-- |\n{rows}\n"
    assert table in (ROOT / "docs" / "model.md").read_text("utf-8"), f"the table of notes should be:\n\n{table}"


def test_the_packages_for_pdf_are_those_that_make_installs() -> None:
    texts = [(ROOT / "Makefile").read_text("utf-8"), README.read_text("utf-8")]
    installed, named = (set(found[1].split()) for found in map(PACKAGE.search, texts) if found)
    assert named == installed - ONLY_FOR_TESTS


# ---------------------------------------------------------------- links


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    children = [child for token in TOKENS[page] for child in token.children or ()]
    targets = [str(child.attrs["href"]) for child in children if child.type == "link_open"]
    dead = [target for target in targets if not _stands(page, *target.partition("#")[::2])]
    assert dead == []


def _stands(page: Path, target: str, anchor: str) -> bool:
    path = (page.parent / target).resolve() if target else page
    return path.is_file() and (not anchor or anchor in map(_slug, _titles(path)))


# ---------------------------------------------------------------- the model and the site


def test_every_node_and_every_kind_of_furniture_is_described() -> None:
    nodes = {
        name for name, value in vars(model).items() if isinstance(value, type) and value.__module__ == model.__name__
    }
    kinds = set(get_args(get_type_hints(model.Furniture)["kind"]))
    assert sorted((nodes | kinds) - _spans(TOKENS[ROOT / "docs" / "model.md"])) == []


def test_every_block_of_the_template_and_every_property_of_the_style_is_described() -> None:
    blocks = re.findall(r"{% block (\w+)", (ROOT / "templates" / "document.html.j2").read_text("utf-8"))
    properties = re.findall(r"^  (--[a-z]+):", (ROOT / "styles" / "screen.css").read_text("utf-8"), re.MULTILINE)
    assert blocks
    assert properties
    assert sorted({*blocks, *properties} - _spans(TOKENS[ROOT / "docs" / "theming.md"])) == []


@pytest.fixture(scope="module")
def pages() -> str:
    """The pages of all examples."""
    paths = sorted((ROOT / "examples").glob("*.txt"))
    return "".join(retypeset.to_html(retypeset.read(path)) for path in paths)


def test_every_class_of_the_page_is_described(pages: str) -> None:
    named = _spans(TOKENS[ROOT / "docs" / "theming.md"])
    named |= {f"level-{n}" for n in range(1, 7)}  # `level-1` to `level-6`
    used = {name for names in re.findall(r'\sclass="([^"]*)"', pages) for name in names.split()}
    assert {"title-block", "lines", "items", "table", "total", "right", "about"} <= used
    assert sorted(used - named) == []


def test_the_site_is_built_and_fetches_nothing(tmp_path: Path) -> None:
    pytest.importorskip("properdocs", reason="properdocs is not installed: make docs installs it")
    config = ROOT / "docs" / "config" / "properdocs.yml"
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "properdocs",
        "build",
        "--strict",
        "--config-file",
        config,
        "--site-dir",
        tmp_path,
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    pages = sorted(tmp_path.glob("*.html"))
    assert {page.stem for page in pages} >= {page.stem for page in PAGES[1:]}
    fetched = re.compile(r"<(?:script|link|img)\b[^>]*(?:src|href)=.(?:https?:)?//")
    assert [page.name for page in pages if fetched.search(page.read_text("utf-8"))] == []
    for schema in (ROOT / "docs").glob("*.schema.json"):
        assert (tmp_path / schema.name).read_bytes() == schema.read_bytes()
