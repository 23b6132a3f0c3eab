"""What holds for the project as a whole: its entries, its public names, its notes, its lock, and its way of testing."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import retypeset
from retypeset import notes

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "converters" / "retypeset"

ENTRIES = (
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "pyproject.toml",
    "requirements-dev.lock",
    ".ci/run",
    ".gitignore",
    "converters/retypeset",
    "templates",
    "styles",
    "tests",
    "examples",
    "benchmarks/bench.py",
)

MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home|Users)/")
NAME = re.compile(r"[A-Za-z0-9._-]+")
SEPARATORS = re.compile(r"[._-]+")
PINNED = re.compile(r"([a-z0-9.-]+)==[^ ]+(?: ; [^\\]+)? \\")
HASH = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}(?: \\)?")


@pytest.mark.parametrize("entry", ENTRIES)
def test_entry_stands(entry: str) -> None:
    assert (ROOT / entry).exists()


def test_integration_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text("ascii").rstrip().endswith("\nmake test")


def test_changelog_knows_the_version() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
    entries = [line for line in lines if line.startswith("## ")]
    assert any(retypeset.__version__ in NAME.findall(entry) for entry in entries)


@pytest.mark.parametrize("name", retypeset.__all__)
def test_public_name_resolves_and_is_documented(name: str) -> None:
    value = getattr(retypeset, name)
    assert name == "__version__" or (value.__doc__ or "").strip()


def test_public_names_are_those_that_can_be_loaded() -> None:
    assert sorted(retypeset.__all__) == sorted({*retypeset._WHERE, "__version__"})


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = retypeset.nothing


# ---------------------------------------------------------------- notes


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name != "notes.py":
            yield path, ast.parse(path.read_text("utf-8"), str(path))


def _note_codes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "Note":
            codes = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "code")]
            for code in codes:
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield code.lineno, code.value


def test_every_note_has_a_known_code() -> None:
    unknown = [
        f"{path.name}:{line}: {code}"
        for path, tree in _trees()
        for line, code in _note_codes(tree)
        if code not in notes.CODES
    ]
    assert unknown == []


def test_every_code_is_used() -> None:
    strings = {
        node.value
        for _, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted(set(notes.CODES) - strings) == []


def test_losses_are_codes() -> None:
    assert set(notes.CODES) >= notes.LOSS


# ---------------------------------------------------------------- files


def test_no_file_names_a_path_of_one_machine() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("no git checkout: which files are the project's is not known")
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode("utf-8").split("\0")
    paths = [ROOT / name for name in names if name and (ROOT / name).is_file()]
    assert paths
    found = [str(path) for path in paths if MACHINE_PATH.search(path.read_text("latin-1"))]
    assert found == []


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def _bare(requirement: str) -> str:
    name = NAME.match(requirement)
    assert name
    return SEPARATORS.sub("-", name[0]).lower()


def test_lock_pins_what_the_project_asks_for() -> None:
    project = _project()
    wanted = {_bare(text) for text in (*project["project"]["dependencies"], *project["dependency-groups"]["dev"])}
    pinned = set(PINNED.findall((ROOT / "requirements-dev.lock").read_text("ascii")))
    assert sorted(wanted - pinned) == []


def test_lock_holds_names_and_hashes_and_no_registry() -> None:
    lines = (ROOT / "requirements-dev.lock").read_text("ascii").splitlines()
    odd = [line for line in lines if not (line.startswith("#") or PINNED.fullmatch(line) or HASH.fullmatch(line))]
    assert odd == []


def test_make_installs_the_programs_that_tests_skip_without() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "tests" / "browser").glob("*.py"))]
    needed = {
        f"{name}:{package}" for text in texts for name, package in re.findall(r'needed\("(.+?)", "(.+?)"\)', text)
    }
    installed = re.search(r"^TOOLS := (.*)$", makefile, re.MULTILINE)
    assert installed
    assert needed == set(installed[1].split())


# ---------------------------------------------------------------- the benchmark


@pytest.mark.parametrize("form", ["md", "html", "json", "pdf"])
def test_benchmark_measures(tmp_path: Path, form: str) -> None:
    filing, empty = tmp_path / "filing.txt", tmp_path / "empty.txt"
    filing.write_bytes(b"     A sentence that was filed.\n")
    empty.write_bytes(b"")
    measure = ROOT / "benchmarks" / "measure.py"
    command: list[str | Path] = [sys.executable, measure, form, tmp_path, filing, empty]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert (told["size"], told["refused"]) == (filing.stat().st_size, 1)
    assert told["written"] > 0
    assert told["reading"] > 0
    assert told["peak"] >= told["idle"] > 0
    assert (tmp_path / "filing.pdf").exists() == (form == "pdf")


# ---------------------------------------------------------------- skips

SKIPPING = """
import pytest

def test_passes():
    pass

def test_skips():
    pytest.skip({reason!r})
"""


def _pytest(folder: Path, reason: str, *, ci: bool) -> subprocess.CompletedProcess[str]:
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    (folder / "test_skipping.py").write_text(SKIPPING.format(reason=reason), "utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | ({"CI": "true"} if ci else {})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("reason", "ci", "code"),
    [("no filings here", False, 0), ("no filings here", True, 1), ("platform: not here", True, 0)],
)
def test_skips_are_told_and_refused(tmp_path: Path, reason: str, ci: bool, code: int) -> None:
    outcome = _pytest(tmp_path, reason, ci=ci)
    assert outcome.returncode == code, outcome.stdout
    assert reason in outcome.stdout
    assert "1 passed" in outcome.stdout
