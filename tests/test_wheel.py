"""The wheel works where there is no checkout: built, installed into a fresh environment, and asked for HTML and PDF."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

FILING = b"""<DOCUMENT>
<TYPE>10-Q
<SEQUENCE>1
<TEXT>
                          QUARTERLY REPORT

     The company makes weather vanes, and the second quarter was a windy one: orders
rose in every region but one.

<PAGE>
     Nothing else came to pass.
</TEXT>
</DOCUMENT>
"""


# What a type checker must see in a project that uses ours.
USER = """
from pathlib import Path
from typing import assert_type

import retypeset
from retypeset.model import Submission, Table


def figures(path: Path) -> list[retypeset.Record]:
    submission = retypeset.read(path)
    assert_type(submission, Submission)
    assert_type(retypeset.to_markdown(submission, tables="pipe"), str)
    assert_type(retypeset.to_pdf(submission), bytes)
    assert_type(retypeset.item(submission.documents[0], "7"), retypeset.Section | None)
    return [record for table in retypeset.tables(submission) for record in retypeset.records(table)]


def kinds(submission: Submission) -> list[str]:
    return [type(block).__name__ for block in submission.documents[0].blocks if not isinstance(block, Table)]
"""


def _run(command: Sequence[str | Path], folder: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    outcome = subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True, encoding="utf-8"
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], ROOT)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that holds the wheel.

    Its dependencies are those of the environment under test, named in a .pth file; .pth files in a folder that is so
    named are not read, which keeps the editable install out.
    """
    home = tmp_path_factory.mktemp("elsewhere") / "environment"
    venv.create(home, with_pip=False, symlinks=True)
    commands = home / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(commands / "python")]
    _run([*pip, "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index", wheel], home)
    paths = {"base": str(home), "platbase": str(home)}
    own = Path(sysconfig.get_path("purelib", vars=paths))
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return commands


def test_wheel_holds_the_package_and_what_it_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {path for kind in ("templates", "styles") for path in (ROOT / kind).iterdir() if path.is_file()}
    assert {path.parent.name for path in shipped} == {"templates", "styles"}
    sources = set((ROOT / "converters").rglob("*.py"))
    expected = {f"retypeset/{path.relative_to(ROOT)}" for path in shipped}
    expected |= {str(path.relative_to(ROOT / "converters")) for path in sources} | {"retypeset/py.typed"}
    assert sorted(expected - names) == []
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    (package, record) = sorted(tops)
    assert (package, record.endswith(".dist-info")) == ("retypeset", True)


def test_package_comes_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    place = Path(_run([installed / "python", "-c", "import retypeset; print(retypeset.__file__)"], tmp_path).strip())
    assert place.is_relative_to(installed.parent)


def test_wheel_converts_to_html(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "filing.txt").write_bytes(FILING)
    _run([installed / "retypeset", "convert", "filing.txt", "-o", "filing.html"], tmp_path)
    page = (tmp_path / "filing.html").read_text("utf-8")
    assert "the second quarter was a windy one: orders rose in every region but one." in page
    assert "<style" in page


def test_wheel_converts_to_pdf(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "filing.txt").write_bytes(FILING)
    _run([installed / "retypeset", "convert", "filing.txt", "-o", "filing.pdf"], tmp_path)
    text = _run(["pdftotext", "filing.pdf", "-"], tmp_path)
    assert "the second quarter was a windy one" in " ".join(text.split())


def test_wheel_tells_its_types(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(USER)
    # What the loaders of other libraries give is those libraries' affair, and takes mypy most of its time.
    (tmp_path / "mypy.ini").write_text(
        "[mypy]\nstrict = true\n"
        "[mypy-docling_core.*,haystack.*,langchain_core.*,llama_index.*]\nfollow_imports = skip\n"
    )
    (tmp_path / "wrong.py").write_text("import retypeset\n\nretypeset.read(12)\n")
    with pytest.raises(AssertionError, match=r"wrong\.py:3: error: .*incompatible type(?s:.*)Found 1 error in 1 file"):
        _run([installed / "python", "-m", "mypy", "user.py", "wrong.py"], tmp_path)
