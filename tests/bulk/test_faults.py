"""What goes wrong: workers that die, hang or want too much memory, a client that is killed, full disks, interrupts."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner
from tests.bulk.conftest import (
    COMMAND,
    Archive,
    accession,
    filing,
    linux,
    long_filing,
    outputs,
    rows,
    states,
    until,
    workers,
)

import retypeset
from retypeset.bulk import keeper
from retypeset.bulk.engine import local
from retypeset.bulk.ledger import Ledger
from retypeset.bulk.tasks import Limits, Plan, Task
from retypeset.cli import commands

Begun: TypeAlias = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def slow(folder: Path) -> Path:
    """Three filings, of which the second takes seconds."""
    linux()
    (folder / "2.txt").write_bytes(long_filing(2, 8))
    return folder


def _at_work(run: subprocess.Popen[str]) -> int:
    """The worker of a run, when it has done the first filing and is at the long one."""

    def busy() -> int:
        for pid in workers(run.pid):
            ticks = sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
            if ticks > 0.9 * os.sysconf("SC_CLK_TCK"):
                return pid
        return 0

    found: int = until(busy)
    return found


# ---------------------------------------------------------------- workers


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_filing_whose_worker_dies_is_a_failure_and_the_rest_goes_on(
    begun: Begun, slow: Path, dest: Path, number: signal.Signals
) -> None:
    with begun(slow) as run:
        os.kill(_at_work(run), number)
        _, said = run.communicate(timeout=60)
    assert run.returncode == 1
    assert states(dest) == {"1.txt": "done", "2.txt": "failed", "3.txt": "done"}
    assert (rows(dest)[1]["reason"], number.name in rows(dest)[1]["error"]) == ("crash", True)
    assert f"2.txt: error: the worker was ended by {number.name}" in said
    assert outputs(dest) == [f"9999999/{accession(n)}/{accession(n)}.md" for n in (1, 3)]


def test_a_filing_that_hangs_is_ended_and_the_rest_goes_on(begun: Begun, slow: Path, dest: Path) -> None:
    with begun(slow, "--timeout", "3") as run:
        os.kill(_at_work(run), signal.SIGSTOP)
        run.communicate(timeout=60)
    assert run.returncode == 1
    assert states(dest) == {"1.txt": "done", "2.txt": "failed", "3.txt": "done"}
    assert (rows(dest)[1]["reason"], rows(dest)[1]["error"]) == ("timeout", "it took longer than 3 seconds")


def test_a_filing_that_wants_too_much_memory_is_a_failure(archive: Archive, folder: Path, dest: Path) -> None:
    linux()
    (folder / "2.txt").write_bytes(filing(2, body="     A line of its own.\n\n" * 400_000))
    archive(folder, "--memory", "64", code=1)
    assert states(dest) == {"1.txt": "done", "2.txt": "failed", "3.txt": "done"}
    assert (rows(dest)[1]["reason"], rows(dest)[1]["error"]) == ("memory", "it needs more than 64 MB of memory")


def test_one_of_several_submissions_in_a_file_comes_to_grief(archive: Archive, folder: Path, dest: Path) -> None:
    linux()
    large = filing(2, body="     A line of its own.\n\n" * 400_000)
    (folder / "1.txt").write_bytes(filing(4) + large + filing(5))
    archive(folder / "1.txt", "--memory", "100", code=1)
    assert states(dest) == {"#1": "done", "#2": "failed", "#3": "done"}


def test_a_worker_is_replaced_by_count_and_when_it_went_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    linux()
    monkeypatch.setattr(keeper, "_TASKS", 2)
    path = tmp_path / "1.txt"
    path.write_bytes(filing())
    task = Task(str(path), "", "", 0, bytes(path))
    engine = local(1)
    pids: list[int] = []
    try:
        for _ in range(5):
            ((result,),) = engine.submit([task], Plan(("md",), aside=str(tmp_path)), Limits()).result()
            assert result.state == "done"
            pids += workers(os.getpid())
        assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [2, 2, 1]
        os.kill(pids[-1], signal.SIGKILL)
        until(lambda: Path(f"/proc/{pids[-1]}/stat").read_text().rpartition(")")[2].split()[0] == "Z")
        ((result,),) = engine.submit([task], Plan(("md",), aside=str(tmp_path)), Limits()).result()
        assert result.state == "done"
    finally:
        engine.close()
    assert workers(os.getpid()) == []


# ---------------------------------------------------------------- the client


def test_a_client_that_is_killed_loses_what_was_in_flight_and_goes_on(begun: Begun, slow: Path, dest: Path) -> None:
    for n in range(10, 60):
        (slow / f"0{n}.txt").write_bytes(filing(n))
    with begun(slow) as run:
        _at_work(run)
        until(lambda: len(rows(dest)) >= 32)
        run.kill()
        run.communicate(timeout=60)
    done = {row["source"] for row in rows(dest)}
    assert 32 <= len(done) < 53
    with begun(slow) as run:
        run.communicate(timeout=60)
    assert run.returncode == 0
    assert set(states(dest).values()) == {"done"}
    assert len(states(dest)) == 53
    assert {row["attempts"] for row in rows(dest)} == {1}
    assert len(outputs(dest)) == 53


def test_a_worker_ends_when_its_client_is_gone(begun: Begun, slow: Path) -> None:
    with begun(slow) as run:
        pid = _at_work(run)
        run.kill()
    until(lambda: not Path(f"/proc/{pid}").exists() or b"bulk" not in Path(f"/proc/{pid}/cmdline").read_bytes())


def test_two_runs_at_once_are_refused(begun: Begun, slow: Path, dest: Path) -> None:
    with begun(slow) as run:
        _at_work(run)
        done = CliRunner().invoke(commands, ["archive", str(slow), "-o", str(dest)])
        assert isinstance(done.exception, retypeset.RetypesetError)
        assert f"another run is at work in {dest} (process {run.pid} on " in str(done.exception)
        # Questions are answered all the same.
        assert CliRunner().invoke(commands, ["archive", "--status", str(dest)]).exit_code == 0
        run.communicate(timeout=60)
    assert run.returncode == 0


def test_an_interrupt_lets_what_was_begun_be_finished(begun: Begun, slow: Path, dest: Path) -> None:
    with begun(slow) as run:
        _at_work(run)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "what was begun is being finished" in said
    assert "interrupted: the same command goes on" in said
    assert "Traceback" not in said
    assert states(dest) == {"1.txt": "done", "2.txt": "done"}


def test_a_second_interrupt_stops_at_once(begun: Begun, slow: Path, dest: Path) -> None:
    (slow / "2.txt").write_bytes(long_filing(2, 60))
    with begun(slow) as run:
        pid = _at_work(run)
        for _ in range(2):
            run.send_signal(signal.SIGINT)
            time.sleep(0.5)  # two signals at once are one
        _, said = run.communicate(timeout=10)
    assert run.returncode == 130
    assert "Traceback" not in said
    until(lambda: not Path(f"/proc/{pid}").exists())
    assert "2.txt" not in states(dest)


def test_a_destination_that_vanishes_stops_the_run(begun: Begun, slow: Path, dest: Path) -> None:
    with begun(slow) as run:
        _at_work(run)
        dest.rename(dest.with_name("moved"))
        _, said = run.communicate(timeout=60)
    assert run.returncode == 1
    assert "error: " in said
    assert "Traceback" not in said
    assert not dest.exists()
    dest.with_name("moved").rename(dest)
    with begun(slow) as run:
        run.communicate(timeout=60)
    assert run.returncode == 0
    assert set(states(dest).values()) == {"done"}


def test_a_full_disk_stops_the_run_and_it_goes_on_when_there_is_room(begun: Begun, slow: Path, dest: Path) -> None:
    # No file may be larger than a megabyte: what a full disk says, a file system of its own would say with ENOSPC.
    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    with begun(slow, preexec_fn=full) as run:
        _, said = run.communicate(timeout=60)
    assert run.returncode == 1
    assert "error: the outputs cannot be written: File too large" in said
    assert "failed" not in states(dest).values()
    assert not (dest / f"9999999/{accession(2)}").exists()
    with begun(slow) as run:
        run.communicate(timeout=60)
    assert run.returncode == 0
    assert set(states(dest).values()) == {"done"}
    assert len(outputs(dest)) == 3


def test_a_ledger_that_is_full_stops_the_run_and_says_so(
    archive: Archive, folder: Path, dest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = Ledger.__init__

    def begin(ledger: Ledger, *words: Any) -> None:
        began(ledger, *words)
        ledger._db.execute("PRAGMA max_page_count = 1")  # no less than there are: it cannot grow

    (folder / "2.txt").write_bytes(filing(2).replace(b"TINWORKS", b"T" * 100_000))
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "__init__", begin)
        with pytest.raises(retypeset.RetypesetError, match=r"the run stopped: database or disk is full; "):
            archive(folder)
    assert rows(dest) == []
    archive(folder)
    assert set(states(dest).values()) == {"done"}
    assert len(outputs(dest)) == 3


def test_a_real_full_disk(folder: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("platform: only root can make a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("platform: no small disk can be made here")
    try:
        (folder / "2.txt").write_bytes(long_filing(2, 3))
        command = [*COMMAND, str(folder), "-o", str(small)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1
        assert "No space left on device" in done.stderr or "disk is full" in done.stderr
        (folder / "2.txt").write_bytes(filing(2))
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert set(states(small).values()) == {"done"}
    finally:
        subprocess.run(["umount", str(small)], check=False)
