"""What people are told: a bar at a terminal, lines elsewhere, and a summary."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from tests.bulk.conftest import COMMAND, Archive, filing, linux

from retypeset.bulk import display
from retypeset.bulk.members import members
from retypeset.bulk.sources import Request, find
from retypeset.bulk.tasks import Task

CONTROL = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


def _at_a_terminal(*words: str) -> bytes:
    """What a terminal is shown of a run."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "120", "LINES": "30"}
    with subprocess.Popen([*COMMAND, *words], stdout=theirs, stderr=theirs, env=environment) as run:
        os.close(theirs)
        said = b""
        while True:
            try:
                piece = os.read(ours, 1 << 16)
            except OSError:  # what Linux says at the end
                break
            if not piece:
                break
            said += piece
        assert run.wait(60) in (0, 1)
    os.close(ours)
    return said


def test_a_terminal_is_shown_a_bar(folder: Path, dest: Path) -> None:
    linux()
    for n in range(10, 40):
        (folder / f"{n}.txt").write_bytes(filing(n))
    (folder / "2.txt").write_bytes(b"\0\xff" * 4000)
    said = _at_a_terminal(str(folder), "-o", str(dest), "--jobs", "1")
    assert b"\x1b[" in said
    plain = CONTROL.sub(b"", said).decode()
    assert "filings/s, " in plain
    assert "100%" in plain
    assert re.search(r"0:00:\d\d", plain)
    assert f"{folder}/2.txt: error: " in plain.replace("\r\n", "")
    assert "10-Q    32       0" in re.sub(" +", "    ", plain) or re.search(r"10-Q +32 +0", plain)


def test_elsewhere_lines_are_said_now_and_then(archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_EVERY", 0.0)
    said = archive(folder).stderr
    assert re.search(r"^\d filings, 0 failed; [\d.]+ filings/s, [\d.]+ MB/s$", said, re.MULTILINE)
    assert "\x1b" not in said


def test_rich_is_imported_where_a_bar_is_shown_only(folder: Path, dest: Path) -> None:
    code = "import sys, retypeset.cli as c\ntry: c.commands.main()\nfinally: print('rich' in sys.modules)"
    command = [sys.executable, "-c", code, "archive", str(folder), "-o", str(dest)]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "False\n"


@pytest.mark.parametrize("name", ["feed.tar", "feed.tar.gz"])
def test_the_bar_reaches_its_end_in_an_archive(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with tarfile.open(path, "w:gz" if name.endswith("gz") else "w") as feed:
        for n in range(50):
            (tmp_path / f"{n}.txt").write_bytes(os.urandom(20_000))
            feed.add(tmp_path / f"{n}.txt", f"{n}.txt")
    (source,) = find(Request((str(path),)))
    weights = [task.weight for task in members(source, Request(()), lambda _: False) if isinstance(task, Task)]
    assert len(weights) == 50
    assert 0.9 * source.size < sum(weights) <= source.size
    assert max(weights) < 0.2 * source.size


def test_what_a_filing_says_cannot_steer_the_terminal(archive: Archive, folder: Path) -> None:
    (folder / "1.txt").write_bytes(filing(1, form="10-Q\x9b2J\x1b[2J"))
    (folder / "b\x1b[2J.txt").write_bytes(b"\0\xff" * 4000)
    said = archive(folder, code=1).stderr
    assert "\x1b" not in said
    assert "\x9b" not in said
