"""What all tests share: the real filings beside the project, and the rule that nothing is skipped in silence.

A test marked `cases("markdown/traps", 20)` runs once for each case of `cases/markdown/traps.txt`, of which there must
be at least so many; it is given as `case`.

Outside continuous integration a test may be skipped, and the summary says why. Where the variable CI is set, a
skip is a failure unless its reason begins with one of `ALLOWED`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings

IN_CI = bool(os.environ.get("CI"))

# A busy machine is no fault of the code: time is judged where it is measured, not by hypothesis. In CI the examples
# are the same every time.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=IN_CI)
settings.load_profile("patient")

ALLOWED = (
    "platform: ",  # what is tested does not exist on this operating system
    "root: ",  # the test is about permissions, and root is above them
)

ROOT = Path(__file__).resolve().parents[1]

_CASE = re.compile(r"^== (.+)\n-- in\n((?:.*\n)*?)-- out\n((?:.*\n)*?)(?=^== |\Z)", re.MULTILINE)
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|([rtfn\\]))")
_ESCAPED = {"r": "\r", "t": "\t", "f": "\f", "n": "\n", "\\": "\\"}


class Case(NamedTuple):
    """One case: its title, the lines that go in, those that come out."""

    title: str
    given: str
    expected: str

    @property
    def data(self) -> bytes:
        """The bytes that go in; what a file of cases cannot show is written as in Python: `\\x92`, `\\r`, `\\f`."""
        text = _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else _ESCAPED[m[2]], self.given)
        return text.encode("latin-1")


def _cases(name: str, least: int) -> list[Case]:
    source = (ROOT / "tests" / "cases" / f"{name}.txt").read_text("utf-8")
    found = [
        Case(title, given.removesuffix("\n"), expected.strip("\n")) for title, given, expected in _CASE.findall(source)
    ]
    for mark in ("== ", "-- in\n", "-- out\n"):
        assert len(re.findall(f"^{mark}", source, re.MULTILINE)) == len(found), f"{name}: a case was not understood"
    assert len(found) >= least, f"{name}: {len(found)} cases where {least} are wanted"
    assert len({case.title for case in found}) == len(found), f"{name}: two cases have one title"
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test marked `cases` each of them."""
    if mark := metafunc.definition.get_closest_marker("cases"):
        found = _cases(*mark.args)
        metafunc.parametrize("case", found, ids=[case.title.replace(" ", "-")[:60] for case in found])


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real filings and hand-annotated ones that lies beside the project."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is absent: there are no real filings to read")
    return folder


@pytest.fixture(scope="session")
def filings(shared: Path) -> tuple[Path, ...]:
    """Every real submission, sorted by name."""
    return _texts(shared / "filings")


@pytest.fixture(scope="session")
def gold(shared: Path) -> tuple[Path, ...]:
    """Every document that was annotated by hand, sorted by name."""
    return _texts(shared / "gold" / "dev")


def _texts(folder: Path) -> tuple[Path, ...]:
    paths = tuple(sorted(folder.glob("*.txt")))
    assert paths, f"{folder} holds no text"
    return paths


def pytest_configure(config: pytest.Config) -> None:
    config.option.reportchars += "s"
    config.addinivalue_line("markers", "cases(name, least): run once for each case of a file, at least so many")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not hasattr(report, "wasxfail"):
        _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not (IN_CI and report.skipped and isinstance(report.longrepr, tuple)):
        return
    reason = report.longrepr[2].removeprefix("Skipped: ")
    if not reason.startswith(ALLOWED):
        report.outcome = "failed"
        report.longrepr = f"skipped, which continuous integration refuses: {reason}"
