"""Looks after one worker process: gives it tasks, takes its results, ends it when it hangs, replaces it when it died.

A thread that runs `run_batch` has a worker to itself, here or on a machine of a cluster. What happens to the worker
happens to one filing: it is reported as a failure with its reason and the next worker goes on behind it.

Nothing here asks for `max_tasks_per_child` of an executor, with which a pool of processes hangs: workers are replaced
here, by count.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from typing import Final

import msgspec

from ..notes import DEBUG, RetypesetError
from .members import numbered
from .tasks import Count, Limits, Plan, Result, Task, failure
from .worker import NO_MEMORY

_TASKS: Final = 1000
"""Tasks after which a worker is replaced, so that nothing piles up in it."""

_START: Final = 120.0
"""Seconds that a worker has to start, on a busy machine too."""

_PATIENCE: Final = 10.0
"""Seconds that a worker has to end by itself."""

_idle: list[_Worker] = []
_all: set[_Worker] = set()
_lock: Final = threading.Lock()
stopping: Final = threading.Event()
"""Set where no further task is to be begun in this process."""


class Interrupted(Exception):  # noqa: N818 - what was begun is not at fault
    """All workers are being ended."""


def run_batch(tasks: Sequence[Task], plan: Plan, limits: Limits) -> list[list[Result]]:
    """Do tasks one after the other; give the results of each that was finished, in the order of the tasks.

    Where a result says `stop`, or the run is at its end, the tasks behind it are not begun.
    """
    worker = _take(plan, limits)
    answers: list[list[Result]] = []
    try:
        for task in tasks:
            if stopping.is_set():
                break
            try:
                answers.append(list(worker.run(task)))
            except Interrupted:
                break
            if any(result.state == "stop" for result in answers[-1]):
                break
    finally:
        with _lock:
            _idle.append(worker)
    return answers


def kill_all() -> None:
    """End every worker of this process at once."""
    stopping.set()
    with _lock:
        for worker in _all:
            worker.kill()


def close_all() -> None:
    """Let the workers of this process end, and wait for it."""
    with _lock:
        for worker in _idle:
            worker.close()
            _all.discard(worker)
        _idle.clear()


def _take(plan: Plan, limits: Limits) -> _Worker:
    with _lock:
        for worker in _idle:
            if worker.plan == plan and worker.limits == limits:
                _idle.remove(worker)
                return worker
        worker = _Worker(plan, limits)
        _all.add(worker)
        return worker


class _Worker:
    """A process that may be replaced by another at any time."""

    def __init__(self, plan: Plan, limits: Limits) -> None:
        self.plan, self.limits = plan, limits
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._tasks = 0

    def run(self, task: Task) -> Iterator[Result]:
        """Do one task, with as many workers as it takes. Raises Interrupted where all are to end."""
        count, done = 0, task.skip
        while not count or done < count:
            reason = error = ""
            try:
                for answer in self._ask(msgspec.structs.replace(task, skip=done)):
                    if isinstance(answer, Count):
                        count = answer.count
                    else:
                        yield answer
                        done += 1
            except TimeoutError:
                reason, error = "timeout", f"it took longer than {self.limits.timeout:g} seconds"
                self.kill()
            except (EOFError, ConnectionError):
                reason, error = self._died()
            if not reason:
                return
            self.close()
            if stopping.is_set():
                raise Interrupted
            done += 1
            yield failure(task, reason, error, numbered(task.member, done, count))
            count = count or 1  # it came to grief before it was read

    def _ask(self, task: Task) -> Iterator[Count | Result]:
        connection = self._send(task)
        left = 1
        while left:
            answer = self._receive(connection)
            left = answer.count - task.skip if isinstance(answer, Count) else left - 1
            yield answer

    def _receive(self, connection: Connection) -> Count | Result:
        if not connection.poll(self.limits.timeout):
            raise TimeoutError
        answer: Count | Result = _decode(connection.recv_bytes())
        return answer

    def _send(self, task: Task) -> Connection:
        data = msgspec.msgpack.encode(task)
        if self._connection and self._tasks < _TASKS:
            self._tasks += 1
            with suppress(ConnectionError):  # it had nothing to do for a while and ended
                self._connection.send_bytes(data)
                return self._connection
        self.close()
        connection = self._start()
        connection.send_bytes(data)
        self._tasks = 1
        return connection

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        command = [sys.executable, "-m", f"{__package__}.worker", str(theirs.fileno())]
        command += [str(self.limits.memory or 0), msgspec.json.encode(self.plan).decode()]
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get(DEBUG) else subprocess.DEVNULL,
            process_group=0,  # an interrupt at the terminal is for the client alone
        )
        theirs.close()
        self._connection = ours
        try:
            if not ours.poll(_START):
                raise RetypesetError("no worker can be started here: it does not answer")
            ours.recv_bytes()
        except EOFError as error:
            if stopping.is_set():
                raise
            raise RetypesetError(f"no worker can be started here: {self._died()[1]}") from error
        return ours

    def _died(self) -> tuple[str, str]:
        """Say what a worker died of that closed its connection."""
        assert self._process
        try:
            code = self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        if code == NO_MEMORY:
            return "memory", f"it needs more than {self.limits.memory} MB of memory"
        if code < 0:
            more = "; there may have been too little memory" if code == -signal.SIGKILL else ""
            return "crash", f"the worker was ended by {signal.Signals(-code).name}{more}"
        return "crash", f"the worker ended with exit code {code}"

    def kill(self) -> None:
        """End the process at once."""
        if self._process:
            self._process.kill()

    def close(self) -> None:
        """Let the process end by itself, or end it."""
        if self._connection:
            self._connection.close()
            self._connection = None
        if self._process:
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


_decode: Final = msgspec.msgpack.Decoder(Count | Result).decode
