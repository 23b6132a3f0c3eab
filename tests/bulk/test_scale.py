"""What a client costs by itself: with an engine that does nothing, so that all that is left is its own."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest
from tests.bulk.conftest import Archive, rows

from retypeset.bulk import run as run_module
from retypeset.bulk.display import Display
from retypeset.bulk.engine import Engine
from retypeset.bulk.ledger import Ledger, Wanted
from retypeset.bulk.run import Order, Run
from retypeset.bulk.sources import Request, Source
from retypeset.bulk.tasks import Limits, Output, Plan, Result, Task

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY = 1_000, 6_000
KEPT = 1 << 20


class Idle(Executor):
    """An executor that says that all is done."""

    def submit(self, _call: Callable[..., Any], /, *arguments: Any, **_more: Any) -> Future[Any]:
        batch: tuple[Task, ...] = arguments[0]
        future: Future[Any] = Future()
        future.set_result([[_done(task)] for task in batch])
        return future


def _done(task: Task) -> Result:
    output = Output("a.md", "md", 10, 64 * "0")
    return Result(task.source, "", task.stamp, "done", 10, f"{task.source:>064}", folder=task.source, outputs=(output,))


def _cost(dest: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, float]:
    """The bytes that a run over so many filings holds at the most, and its CPU seconds."""

    def find(_request: Request) -> Iterator[Source]:
        return (Source(f"{n}.txt", 10, "stamp", b"x") for n in range(count))

    monkeypatch.setattr(run_module, "find", find)
    dest.mkdir()
    ledger = Ledger(dest, Wanted(("md",)))
    engine = Engine(Idle(), 2, close=lambda: None, kill=lambda: None)
    tracemalloc.start()
    begun = time.process_time()
    Run(Order(Request(()), Plan(("md",)), Limits(), dest), engine, ledger, Display()).work()
    spent = time.process_time() - begun
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    ledger.close()
    assert rows(dest, "SELECT count(*) AS n FROM filings WHERE state = 'done'") == [{"n": count}]
    return peak, spent


def test_any_executor_will_do_and_the_memory_of_the_client_does_not_grow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, _ = _cost(tmp_path / "few", FEW, monkeypatch)
    many, spent = _cost(tmp_path / "many", MANY, monkeypatch)
    assert many < few + KEPT
    # A filing of 30 kB takes a worker some 15 ms; this is measured with the tracing of memory, which doubles it.
    assert spent / MANY < 0.003


def test_what_is_settled_is_passed_over_fast(archive: Archive, folder: Path, dest: Path) -> None:
    archive(folder)
    many = [folder / f"more-{n}.txt" for n in range(5_000)]
    for path in many:
        path.touch()
    db = sqlite3.connect(dest / "ledger.sqlite")
    columns = [name for (name,) in db.execute("SELECT name FROM pragma_table_info('filings')")][3:]
    for path in many:
        stamp = f"0-{path.stat().st_mtime_ns}"
        names, values = ", ".join(columns), ", ".join(["?", *columns[1:]])
        query = f"INSERT INTO filings (source, member, {names}) SELECT ?, '', {values} FROM filings WHERE id = 1"
        db.execute(query, (str(path), stamp))
        db.execute("INSERT INTO sources VALUES (?, ?, 1)", (str(path), stamp))
    db.commit()
    db.close()
    begun = time.process_time()
    assert "5,003 settled before" in archive(folder).stderr
    # A tenth of the 50,000 filings for which ten seconds are allowed.
    assert time.process_time() - begun < 1.0


def test_the_benchmark_measures(tmp_path: Path) -> None:
    benchmark = ROOT / "benchmarks" / "archive.py"
    command: list[str | Path] = [sys.executable, benchmark, "--filings", "4", "--brief", "--folder", tmp_path]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "all, two processes: " in said
    assert "with nothing to do: " in said
