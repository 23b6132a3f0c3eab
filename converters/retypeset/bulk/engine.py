"""Hands batches of tasks to keepers: threads of this process, or a cluster. Any `concurrent.futures.Executor` will do.

    local    a thread for each job, which looks after a worker process
    dask     the threads of a Dask cluster, on this machine or many, each of which does the same there

What a run needs to know of an engine is how many batches it takes at a time, and what it means when a batch is lost.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, Final

import retypeset

from ..notes import RetypesetError
from . import keeper
from .keeper import run_batch
from .tasks import Limits, Plan, Result, Task

Batch = Sequence[Task]

_AHEAD: Final = 2
"""Batches that wait for each that is being done, so that nobody waits for the client."""

_RETRIES: Final = 2
_START: Final = 60
"""Seconds that a cluster has to answer."""


class Engine:
    """An executor and what belongs to it."""

    def __init__(
        self,
        executor: Executor,
        slots: int,
        *,
        close: Callable[[], None],
        kill: Callable[[], None],
        lost: tuple[type[Exception], ...] = (),
    ) -> None:
        """Take an executor that does so many batches at a time.

        `close` is called when all is done, `kill` to end at once; `lost` are the errors of a batch whose worker was
        lost, rather than the whole cluster.
        """
        self.slots, self.lost = slots, lost
        self._executor, self._close, self._kill = executor, close, kill

    @property
    def width(self) -> int:
        """How many batches may be under way or waiting."""
        return self.slots * (1 + _AHEAD)

    def submit(self, batch: Batch, plan: Plan, limits: Limits) -> Future[list[list[Result]]]:
        """Have a batch done."""
        return self._executor.submit(run_batch, batch, plan, limits)

    def close(self) -> None:
        """End when all is done."""
        self._executor.shutdown()
        self._close()

    def kill(self) -> None:
        """End at once."""
        self._kill()
        self._executor.shutdown(wait=False, cancel_futures=True)


def local(jobs: int | None) -> Engine:
    """So many worker processes on this machine, by default one for each core that this process may use."""
    jobs = jobs or cores()
    keeper.stopping.clear()
    return Engine(ThreadPoolExecutor(jobs, "keeper"), jobs, close=keeper.close_all, kill=keeper.kill_all)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def dask(address: str | None, jobs: int | None) -> Engine:
    """The workers of a Dask scheduler, or without an address a cluster of `jobs` processes on this machine.

    Raises RetypesetError where Dask is missing or does not answer, or the workers have not this version of Retypeset.
    """
    try:
        import distributed as untyped  # noqa: PLC0415 - an optional library
    except ImportError as error:
        raise RetypesetError("--engine dask needs Dask: pip install 'retypeset[cluster]'") from error
    distributed: Any = untyped
    cluster: Any = None
    try:
        if not address:
            cluster = distributed.LocalCluster(n_workers=jobs or cores(), threads_per_worker=1, dashboard_address=None)
        client = distributed.Client(address or cluster, timeout=_START, set_as_default=False)
        client.wait_for_workers(1, timeout=_START)
        _same_version(client)
        slots = sum(client.nthreads().values())
    except (OSError, ValueError, TimeoutError) as error:
        raise RetypesetError(f"the cluster {address or ''} does not answer: {error}") from error

    def close() -> None:
        client.close()
        if cluster:
            cluster.close()

    # Not pure: what was done is not to be kept. What was begun on a worker that died is begun again on another.
    executor = client.get_executor(pure=False, retries=_RETRIES)
    return Engine(executor, slots, close=close, kill=close, lost=(distributed.KilledWorker,))


def _same_version(client: Any) -> None:
    for worker, version in client.run(_version).items():
        if version != retypeset.__version__:
            raise RetypesetError(
                f"worker {worker} has Retypeset {version}, not {retypeset.__version__}: install the same"
            )


def _version() -> str:
    return retypeset.__version__
