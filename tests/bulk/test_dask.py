"""A Dask cluster: a real scheduler and two real workers, of which one is killed in the midst of a run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.bulk.conftest import PAGE, accession, filing, linux, outputs, rows, states, until, workers

from retypeset.bulk import engine
from retypeset.notes import RetypesetError

pytest.importorskip("distributed", reason="Dask is not installed")

FILINGS = 60


class Cluster(NamedTuple):
    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler and two workers, each a process of its own."""
    linux()
    told = tmp_path / "scheduler.json"
    module = [sys.executable, "-m"]
    quiet = ["--no-dashboard"]
    begun: list[subprocess.Popen[bytes]] = []

    def begin(*words: str) -> subprocess.Popen[bytes]:
        begun.append(subprocess.Popen([*module, *words, *quiet], cwd=tmp_path, stderr=subprocess.DEVNULL))
        return begun[-1]

    try:
        begin("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told))
        address = until(lambda: told.exists() and told.read_text() and json.loads(told.read_text())["address"], 60)
        worker = (
            "distributed.cli.dask_worker",
            address,
            "--nthreads",
            "1",
            "--no-nanny",
            "--local-directory",
            str(tmp_path),
        )
        yield Cluster(address, [begin(*worker), begin(*worker)])
    finally:
        for process in begun:
            process.kill()
            process.wait()


def test_every_filing_is_done_once_though_a_worker_is_killed(
    cluster: Cluster, tmp_path: Path, dest: Path, begun: Callable[..., subprocess.Popen[str]]
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(FILINGS):
        (folder / f"{n:02}.txt").write_bytes(filing(n, body=PAGE * 1200))
    with begun(folder, "--engine", "dask", "--scheduler", cluster.address, "--log-json") as run:
        killed, other = cluster.workers
        # Both are at it: their own worker processes convert.
        until(lambda: workers(killed.pid) and workers(other.pid), 60)
        until(lambda: (dest / "ledger.sqlite").exists() and rows(dest), 60)
        os.kill(killed.pid, signal.SIGKILL)
        out, said = run.communicate(timeout=120)
    assert run.returncode == 0, said
    events = [json.loads(line) for line in out.splitlines()]
    assert sorted(Path(event["source"]).name for event in events if event["event"] == "filing") == [
        f"{n:02}.txt" for n in range(FILINGS)
    ]
    assert set(states(dest).values()) == {"done"}
    assert [row["attempts"] for row in rows(dest)] == [1] * FILINGS
    assert outputs(dest) == [f"9999999/{accession(n)}/{accession(n)}.md" for n in range(FILINGS)]


def test_a_filing_that_kills_its_worker_is_a_failure_on_a_cluster_too(
    cluster: Cluster, folder: Path, dest: Path, begun: Callable[..., subprocess.Popen[str]]
) -> None:
    (folder / "2.txt").write_bytes(filing(2, body="     A line of its own.\n\n" * 400_000))
    with begun(folder, "--engine", "dask", "--scheduler", cluster.address, "--memory", "64") as run:
        _, said = run.communicate(timeout=120)
    assert run.returncode == 1, said
    assert states(dest) == {"1.txt": "done", "2.txt": "failed", "3.txt": "done"}
    assert [worker.poll() for worker in cluster.workers] == [None, None]


def test_a_cluster_that_does_not_answer_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_START", 1)
    with pytest.raises(RetypesetError, match=r"the cluster tcp://127\.0\.0\.1:9 does not answer: "):
        engine.dask("tcp://127.0.0.1:9", None)
