"""What all tests share: the real filings beside the project, and the rule that nothing is skipped in silence.

Outside continuous integration a test may be skipped, and the summary says why. Where the variable CI is set, a
skip is a failure unless its reason begins with one of `ALLOWED`.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no fault of the code: time is judged where it is measured, not by hypothesis.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

IN_CI = bool(os.environ.get("CI"))

ALLOWED = (
    "platform: ",  # what is tested does not exist on this operating system
    "root: ",  # the test is about permissions, and root is above them
)

ROOT = Path(__file__).resolve().parents[1]


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
