"""A worker process: takes tasks from its keeper, one after the other, and answers with results.

    python -m retypeset.bulk.worker DESCRIPTOR MEMORY PLAN

It ends when its keeper is gone, or when there was nothing to do for a while. Whatever kills it, one filing at most is
the worse for it.
"""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection
from typing import Final

NO_MEMORY: Final = 77
"""The exit code of a worker that ran out of memory."""

READY: Final = b"ready"
"""What a worker says when it has started."""

_IDLE: Final = 60.0
"""Seconds without a task after which a worker ends: its keeper starts another when one is wanted."""


def main() -> None:
    """Work until there is nothing more to do."""
    descriptor, memory, plan = sys.argv[1:]
    if int(memory):
        import resource  # noqa: PLC0415  (not on every platform)

        # What the process holds of its own, not the libraries and the address space it has mapped.
        limit = int(memory) << 20
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    try:
        _serve(Connection(int(descriptor)), plan.encode())
    except (EOFError, ConnectionError):
        return
    except MemoryError:
        sys.exit(NO_MEMORY)


def _serve(connection: Connection, told: bytes) -> None:
    import msgspec  # noqa: PLC0415  (after the limit was set)

    from .tasks import Plan, Task  # noqa: PLC0415
    from .work import results  # noqa: PLC0415

    plan = msgspec.json.decode(told, type=Plan)
    encode = msgspec.msgpack.Encoder().encode
    decode = msgspec.msgpack.Decoder(Task).decode
    connection.send_bytes(READY)
    while connection.poll(_IDLE):
        for answer in results(decode(connection.recv_bytes()), plan):
            connection.send_bytes(encode(answer))


if __name__ == "__main__":
    main()
