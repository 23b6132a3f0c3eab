"""A run: sources to members, members to batches, batches to the engine, results to their places and the ledger.

The client holds no more than the batches that are under way: what was found is forgotten when it is handed on, what was
done when the ledger has it. Each batch of results is recorded in one transaction, after its outputs took their places;
a client that is killed in between loses what was in flight and nothing else.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from msgspec.structs import replace

from ..assets import sheet
from ..conversion import write_files
from ..notes import OutputError, RetypesetError, internal
from . import keeper
from .engine import Engine
from .ledger import Before, Ledger
from .members import Left, members
from .parquet import gather, merge
from .publish import prepare, publish, remove, sweep
from .sources import Request, Source, find
from .tasks import LINKED, Limits, Plan, Result, Task, failure
from .work import PARQUET, aside_of

# A batch is small, for what is in flight is lost when the client is killed; large enough for a cluster to be kept busy.
_BATCH_TASKS: Final = 16
_BATCH_BYTES: Final = 1 << 20

_MERGE: Final = 50_000
"""Filings after which the data set is brought in step: each time adds a file for every year and form."""

_ATTENTION: Final = 1.0
"""Seconds after which a run that waits looks up."""


class Order(NamedTuple):
    """What is to be done, where, and within which limits; `most` is how many filings at most."""

    request: Request
    plan: Plan
    limits: Limits
    dest: Path
    most: int | None = None


class Watcher(Protocol):
    """Who is told how a run goes."""

    def settled(self, filings: int, failed: int, size: int) -> None:
        """Of a source, so many filings need nothing done; so many of these had failed before."""

    def result(self, result: Result) -> None:
        """A filing was dealt with."""

    def moved(self, size: int) -> None:
        """Of the sources' bytes, so many more are behind us."""


class Stopped(RetypesetError):  # noqa: N818 - it is no filing's error
    """The run cannot go on; what was done stands in the ledger."""


class _Open:
    """A source that is not finished: tasks that are out, filings that were in it, bytes that are behind us."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.out = 0
        self.filings = 0
        self.behind = 0
        self.ended = False
        self.whole = True


class Run:
    """One run, from its first source to its last result."""

    def __init__(self, order: Order, engine: Engine, ledger: Ledger, watcher: Watcher) -> None:
        self._order, self._engine, self._ledger, self._watcher = order, engine, ledger, watcher
        self._aside = prepare(order.dest)
        self._plan = replace(order.plan, aside=str(self._aside))
        self._pending: dict[Future[list[list[Result]]], tuple[Task, ...]] = {}
        self._again: deque[Task] = deque()
        self._open: dict[str, _Open] = {}
        self._batch: list[Task] = []
        self._bytes = 0
        self._begun = 0
        self._merge_at = _MERGE
        self.counts: Counter[str] = Counter()
        self.ending = False

    def end(self) -> None:
        """Begin nothing more, and end when what was begun is done."""
        # Called by the handler of a signal, in the midst of anything: it only leaves word.
        self.ending = True
        keeper.stopping.set()

    def work(self) -> None:
        """Do all that was ordered. Raises Stopped where the outputs or the ledger cannot be written."""
        try:
            if LINKED in self._plan.formats:
                write_files(sheet().files(self._order.dest))
            for source in find(self._order.request):
                if self.ending or self._enough():
                    break
                self._source(source)
            self._send()
            while self._pending or (self._again and not self.ending):
                self._collect()
            self._merge()
        except (OSError, sqlite3.Error, OutputError) as error:
            said = getattr(error, "strerror", None) or str(error)
            raise Stopped(
                f"the run stopped: {said}; what was done is in the ledger, the same command goes on"
            ) from error
        sweep(self._order.dest)

    # ------------------------------------------------------------ out

    def _source(self, source: Source) -> None:
        if source.name in self._open:
            return
        if settled := self._ledger.settled(source):
            self._watcher.settled(settled.filings, settled.failed, source.size)
            return
        place = self._open[source.name] = _Open(source)
        for found in self._members(place):
            if self.ending or self._enough():
                place.whole = False
                break
            if isinstance(found, Result):
                place.filings += 1
                with self._ledger.writing():
                    self._record(found)
            else:
                place.out += 1
                self._task(found)
        place.ended = True
        self._finish(place)

    def _members(self, place: _Open) -> Iterator[Task | Result]:
        source = place.source
        for found in members(source, self._order.request, lambda name: self._is_settled(place, name)):
            if not isinstance(found, Left):
                yield found
            elif not found.settled:
                place.whole = place.whole and not self._order.request.include

    def _is_settled(self, place: _Open, member: str) -> bool:
        if settled := self._ledger.member(place.source, member):
            place.filings += settled.filings
            self._watcher.settled(settled.filings, settled.failed, 0)
        return settled is not None

    def _enough(self) -> bool:
        return self._order.most is not None and self._begun >= self._order.most

    def _task(self, task: Task) -> None:
        self._begun += 1
        self._batch.append(replace(task, known=self._ledger.known(task.source, task.member)))
        self._bytes += task.size
        if len(self._batch) >= _BATCH_TASKS or self._bytes >= _BATCH_BYTES:
            self._send()

    def _send(self) -> None:
        batch, self._batch, self._bytes = tuple(self._batch), [], 0
        while len(self._pending) >= self._engine.width:
            self._collect()
        if batch and not self.ending:
            self._submit(batch)

    def _submit(self, batch: tuple[Task, ...]) -> None:
        self._pending[self._engine.submit(batch, self._plan, self._order.limits)] = batch

    # ------------------------------------------------------------ back

    def _collect(self) -> None:
        """Wait for a batch, and record what has come back."""
        while self._again and len(self._pending) < self._engine.width and not self.ending:
            self._submit((self._again.popleft(),))
        if self.ending:
            self._pending = {future: batch for future, batch in self._pending.items() if not future.cancel()}
        for future in wait(self._pending, timeout=_ATTENTION, return_when=FIRST_COMPLETED).done:
            batch = self._pending.pop(future)
            try:
                answers = future.result()
            except self._engine.lost as error:
                answers = self._lost(batch, error)
            except RetypesetError as error:
                raise Stopped(str(error)) from error
            except Exception as error:
                raise Stopped(f"the engine failed: {internal(error)}: {error}") from error
            self._take_in(batch, answers)

    def _lost(self, batch: tuple[Task, ...], error: Exception) -> list[list[Result]]:
        """A worker of the cluster died with a batch, again and again: find out which of its filings it was."""
        if len(batch) == 1:
            return [[failure(batch[0], "crash", f"the workers of the cluster died with it ({type(error).__name__})")]]
        self._again += batch
        return []

    def _take_in(self, batch: tuple[Task, ...], answers: list[list[Result]]) -> None:
        with self._ledger.writing():
            for task, results in zip(batch, answers, strict=False):
                for result in results:
                    if result.state == "stop":
                        raise Stopped(result.error)
                    self._record(result)
                place = self._open[task.source]
                place.filings += len(results)
                place.out -= 1
                place.behind += task.weight
                self._watcher.moved(task.weight)
                self._finish(place)
        if self.counts["done"] >= self._merge_at:
            self._merge()

    def _merge(self) -> None:
        if PARQUET in self._plan.formats:
            merge(self._order.dest, self._ledger)
        self._merge_at = self.counts["done"] + _MERGE

    def _record(self, result: Result) -> None:
        before, part, folder = self._ledger.before(result), self._ledger.part(result), result.folder
        if result.state == "done":
            if before and before.same and before.folder:
                folder = before.folder
            elif self._ledger.taken(folder, result):
                folder = aside_of(folder, result.sha256)
        row = self._ledger.add(result, folder, before)
        if result.state == "done" and result.aside:
            aside = f"{self._aside}/{result.aside}"
            if PARQUET in self._plan.formats:
                gather(self._order.dest, Path(aside), row)
                self._ledger.pend(row, part)
            if result.outputs:
                publish(aside, str(self._order.dest), folder)
            else:
                os.rmdir(aside)
        if before and result.state == "done" and not self._order.plan.store:
            self._remove(before, result, folder)
        self.counts[result.state] += 1
        self._watcher.result(result)

    def _remove(self, before: Before, result: Result, folder: str) -> None:
        """Remove outputs that are out of date, unless they are another filing's too."""
        old = set(before.replaced(self._order.plan.formats))
        if folder == before.folder:
            old -= {one.name for one in result.outputs}
        elif self._ledger.shared(before.folder):
            return
        remove(self._order.dest, sorted(f"{before.folder}/{name}" for name in old))

    def _finish(self, place: _Open) -> None:
        """Forget a source that has nothing out any more."""
        if not place.ended or place.out:
            return
        del self._open[place.source.name]
        self._watcher.moved(place.source.size - place.behind)
        if place.whole and not self.ending:
            self._ledger.finish(place.source.name, place.source.stamp, place.filings)
