"""What passes between the processes of a run: small, flat, and the same by pipe or over the network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

State = Literal["done", "failed", "passed", "unchanged", "stop"]
"""done; failed, for a `Reason`; passed over, since its form is not asked for; unchanged since it was done last; or
stop: it is not the filing that is at fault, and the run cannot go on."""

LINKED: Final = "html+assets"
"""The format of pages that link their style sheet, which stands once in an archive."""

_RIVALS: Final = {"html": LINKED, LINKED: "html"}

REASONS: Final = {
    "archive": "the archive, or the filing's place in it, is broken",
    "crash": "the worker process died",
    "error": "the filing cannot be read, or there is a fault in Retypeset",
    "memory": "more memory than --memory allows",
    "size": "larger than any filing should be",
    "source": "the file is missing or cannot be read",
    "timeout": "longer than --timeout allows",
}
"""Why a filing failed, in a word and in a sentence."""


class Limits(Struct, frozen=True):
    """What one filing may take: `timeout` in seconds, `memory` in megabytes; None: as much as there is."""

    timeout: float | None = None
    memory: int | None = None


class Plan(Struct, frozen=True):
    """What is wanted of every filing of a run.

    `forms` empty means all. Outputs are set aside in `aside`, a folder of this run; where `store` is the URL of a file
    system instead, they go to their places there at once.
    """

    formats: tuple[str, ...]
    forms: tuple[str, ...] = ()
    aside: str = ""
    store: str = ""


class Task(Struct, frozen=True):
    """A file, or a filing of an archive, to be done; several submissions in it make several results.

    `source` and `member` are what the ledger calls it. It is read from `path` (as the operating system spells it) or
    `url` where `data` is None. `known` has the hashes, by member, of what was done before and need not be done again;
    the first `skip` submissions have been dealt with. `weight` is how many bytes of the source are behind us with it.
    """

    source: str
    member: str
    stamp: str
    size: int
    path: bytes = b""
    url: str = ""
    data: bytes | None = None
    known: dict[str, str] = {}
    skip: int = 0
    weight: int = 0


class Output(Struct, frozen=True):
    """A file that was written: its name in the filing's folder, its size in bytes and its hash."""

    name: str
    format: str
    size: int
    sha256: str


class Result(Struct, frozen=True, tag="result"):
    """What became of a submission.

    `folder` is where its outputs belong, below the destination; they are in `aside`. `seconds` is the time it took.
    """

    source: str
    member: str
    stamp: str
    state: State
    size: int = 0
    sha256: str = ""
    reason: str = ""
    error: str = ""
    accession: str = ""
    form: str = ""
    company: str = ""
    cik: str = ""
    filed: str = ""
    period: str = ""
    folder: str = ""
    aside: str = ""
    outputs: tuple[Output, ...] = ()
    documents: int = 0
    blocks: int = 0
    tables: int = 0
    notes: dict[str, int] = {}
    seconds: float = 0.0


class Count(Struct, frozen=True, tag="count"):
    """So many submissions are in a task: what a worker says of it before it answers with results."""

    count: int


def replacing(formats: Iterable[str]) -> set[str]:
    """The formats whose files make way for those of these: a page has its style inside or links it, not both."""
    return {other for form in formats for other in (form, _RIVALS.get(form, form))}


def failure(task: Task, reason: str, error: str, member: str | None = None) -> Result:
    """Say that a task came to nothing."""
    if reason not in REASONS:
        raise ValueError(reason)
    name = task.member if member is None else member
    return Result(task.source, name, task.stamp, "failed", task.size, reason=reason, error=error)
