"""What people and programs are told of a run: progress while it lasts, a summary at its end.

    at a terminal    a bar (rich, imported only then) with rates, time left and failures
    elsewhere        a line now and then
    --log-json       a line of JSON on standard output for each filing, and one at the end
    --quiet          nothing but what stops the run

Failures are said as they come, a line each. What a filing says of itself is cleaned for the terminal (`terminal`).
"""

from __future__ import annotations

import sqlite3
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from ..terminal import emit, say, shown
from .ledger import counted, named, noted
from .sources import Request, find, is_url
from .tasks import REASONS, Result

_EVERY: Final = 10.0
"""Seconds between two lines of progress."""

_MEGABYTE: Final = 10**6
_NOTES: Final = 10
_FORMS: Final = 20


class Display:
    """Counts what happens and says nothing: what `--quiet` shows, and what the others build on."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self.filings = self.failed = self.before = self.failed_before = 0
        self._bytes = self._behind = 0

    def __enter__(self) -> Display:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def settled(self, filings: int, failed: int, size: int) -> None:
        """So many filings need nothing done."""
        self.before += filings
        self.failed_before += failed
        self.moved(size)

    def result(self, result: Result) -> None:
        """A filing was dealt with."""
        self.filings += 1
        self._bytes += result.size
        if result.state == "failed":
            self.failed += 1

    def moved(self, size: int) -> None:
        """So many more bytes of the sources are behind us."""
        self._behind += size

    def end(self) -> None:
        """The run is over."""

    def said(self) -> str:
        """The run in a line."""
        seconds = max(time.monotonic() - self._start, 0.001)
        rates = f"{self.filings / seconds:,.1f} filings/s, {self._bytes / _MEGABYTE / seconds:,.2f} MB/s"
        noun = "filing" if self.filings == 1 else "filings"
        parts = [f"{self.filings:,} {noun}, {self.failed:,} failed", rates]
        if self.before:
            failed = f", {self.failed_before:,} of which failed" if self.failed_before else ""
            parts.append(f"{self.before:,} settled before{failed}")
        return "; ".join(parts)


class Lines(Display):
    """A line now and then, and one for each failure."""

    def __init__(self) -> None:
        super().__init__()
        self._next = self._start + _EVERY

    def result(self, result: Result) -> None:
        """Say it where it failed."""
        super().result(result)
        if result.state == "failed":
            self.tell(f"{named(result.source, result.member)}: error: {result.error}")

    def moved(self, size: int) -> None:
        """Say how far the run is, where that is due."""
        super().moved(size)
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _EVERY
            self.progress()

    def progress(self) -> None:
        """Say how far the run is."""
        self.tell(self.said())

    def tell(self, line: str) -> None:
        """Say a line."""
        say(line)


class Json(Lines):
    """Events for programs, a line of JSON each."""

    def result(self, result: Result) -> None:
        """Tell all of it."""
        Display.result(self, result)
        event = msgspec.to_builtins(result)
        event = {"event": "filing", **{name: event[name] for name in event if name not in ("type", "aside")}}
        self._emit(event)

    def progress(self) -> None:
        """Tell how far the run is."""
        self._emit({"event": "progress", **self._figures()})

    def end(self) -> None:
        """Tell what it came to."""
        self._emit({"event": "end", **self._figures()})

    def _figures(self) -> dict[str, Any]:
        seconds = round(time.monotonic() - self._start, 3)
        return {
            "filings": self.filings,
            "failed": self.failed,
            "settled": self.before,
            "bytes": self._bytes,
            "seconds": seconds,
        }

    def _emit(self, event: dict[str, Any]) -> None:
        emit(msgspec.json.encode(event) + b"\n")


class Bar(Lines):
    """A bar at a terminal. How much there is to do is found out beside the work, by a second walk over the sources."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        from rich.console import Console  # noqa: PLC0415  (imported when it is shown)
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

        columns = (
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
        )
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task("", total=None)
        self._progress.start()
        threading.Thread(target=self._measure, args=(request,), daemon=True).start()

    def moved(self, size: int) -> None:
        """Move the bar."""
        self._behind += size
        self._progress.update(self._task, completed=self._behind, description=self.said())

    def tell(self, line: str) -> None:
        """Say a line above the bar."""
        self._progress.console.print(shown(line), markup=False, highlight=False, soft_wrap=True)

    def end(self) -> None:
        """Take the bar away."""
        self._progress.stop()

    def _measure(self, request: Request) -> None:
        if not any(map(is_url, request.names)):
            self._progress.update(self._task, total=sum(source.size for source in find(request)))


def display(request: Request, *, quiet: bool, log_json: bool) -> Display:
    """Choose what is shown."""
    if log_json:
        return Json()
    if quiet:
        return Display()
    return Bar(request) if sys.stderr is not None and sys.stderr.isatty() else Lines()


# ---------------------------------------------------------------- summaries


def summary(db: sqlite3.Connection) -> Iterator[str]:
    """Say what a ledger holds: filings by form and state, failures by reason, the most frequent notes."""
    rows = counted(db)
    states = sorted({row.state for row in rows})
    count = {(row.form, row.state): row.filings for row in rows}
    forms = [*dict.fromkeys(row.form for row in rows)]
    table = [[form or "-", *(f"{count.get((form, state), 0):,}" for state in states)] for form in forms[:_FORMS]]
    if len(forms) > _FORMS:
        rest = [sum(count.get((form, state), 0) for form in forms[_FORMS:]) for state in states]
        table.append([f"{len(forms) - _FORMS:,} other forms", *(f"{n:,}" for n in rest)])
    table.append(["all", *(f"{sum(row.filings for row in rows if row.state == state):,}" for state in states)])
    yield from _columns([["form", *states], *table])
    size, seconds = sum(row.size for row in rows), sum(row.seconds for row in rows)
    yield f"{size / _MEGABYTE:,.1f} MB, {seconds:,.1f} s of work"
    reasons = db.execute("SELECT reason, count(*) FROM filings WHERE state = 'failed' GROUP BY 1 ORDER BY 2 DESC, 1")
    if table := [[reason, f"{n:,}", REASONS.get(reason, "")] for reason, n in reasons]:
        yield ""
        yield from _columns([["failed", "filings", ""], *table])
    if table := [[code, f"{filings:,}", f"{total:,}"] for code, filings, total in noted(db)[:_NOTES]]:
        yield ""
        yield from _columns([["note", "filings", "notes"], *table])


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Set rows in columns, the first to the left, figures to the right, words behind them to the left again."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if not n or not rows[0][n] else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
