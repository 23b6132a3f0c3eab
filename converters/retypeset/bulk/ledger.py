"""The ledger: what became of every filing, in one SQLite file that outlives whatever happens to the run.

A row for each filing (`filings`), for each file that was written (`outputs`), and for each source that was gone through
to its end (`sources`). A filing is settled where its bytes, this version and the wanted formats are those of its row;
whether the bytes may have changed is told by the stamp of its source, and where that is another one, by their hash.

The client alone writes. A run holds a lock on the destination, which ends with its process however that ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import retypeset

from ..notes import OutputError, RetypesetError
from .publish import sweep
from .sources import Source
from .tasks import Result, replacing

NAME: Final = "ledger.sqlite"
PENDING: Final = "pending"
_LOCK: Final = ".lock"
_SCHEMA: Final = 1

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS filings (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,             -- the file, or its URL
    member TEXT NOT NULL,             -- the filing's name inside it; empty where it is the only one
    stamp TEXT NOT NULL,              -- size and time of the source
    state TEXT NOT NULL,              -- done, failed, passed
    reason TEXT NOT NULL, error TEXT NOT NULL,
    size INTEGER NOT NULL, sha256 TEXT NOT NULL,
    accession TEXT NOT NULL, form TEXT NOT NULL, company TEXT NOT NULL, cik TEXT NOT NULL,
    filed TEXT NOT NULL, period TEXT NOT NULL,
    version TEXT NOT NULL,            -- of Retypeset
    formats TEXT NOT NULL,            -- ,json,md,
    folder TEXT NOT NULL,             -- of its outputs, below the destination
    documents INTEGER NOT NULL, blocks INTEGER NOT NULL, tables INTEGER NOT NULL,
    notes TEXT NOT NULL,              -- {code: count}
    seconds REAL NOT NULL, finished TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    part TEXT NOT NULL DEFAULT '',    -- of the data set that has its rows; "pending": not merged yet
    UNIQUE (source, member)
);
CREATE INDEX IF NOT EXISTS filings_folder ON filings (folder);
CREATE INDEX IF NOT EXISTS filings_state ON filings (state, form);
CREATE INDEX IF NOT EXISTS filings_part ON filings (part) WHERE part <> '';
CREATE TABLE IF NOT EXISTS dropped (   -- rows of parts that are out of date
    part TEXT NOT NULL, year TEXT NOT NULL, form TEXT NOT NULL, filing INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS outputs (
    filing INTEGER NOT NULL REFERENCES filings (id),
    name TEXT NOT NULL, format TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,
    PRIMARY KEY (filing, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sources (
    name TEXT PRIMARY KEY, stamp TEXT NOT NULL, members INTEGER NOT NULL
) WITHOUT ROWID;
"""

# A filing by its name, or the several submissions in it: `$` comes after `#`.
_SAME: Final = "source = :source AND (member = :member OR member > :member || '#' AND member < :member || '$')"

_KEPT: Final = (
    *("source", "member", "stamp", "state", "reason", "error", "size", "sha256"),
    *("accession", "form", "company", "cik", "filed", "period", "version", "formats", "folder"),
    *("documents", "blocks", "tables", "notes", "seconds", "finished", "attempts"),
)
_UPSERT: Final = (
    f"INSERT INTO filings ({', '.join(_KEPT)}) VALUES ({', '.join(f':{name}' for name in _KEPT)}) "  # noqa: S608 - names of ours
    f"ON CONFLICT (source, member) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _KEPT[2:-1])}, "
    "attempts = attempts + 1 RETURNING id"
)


class Wanted(NamedTuple):
    """What a run wants of each filing; what was settled for another run may not be for this one."""

    formats: tuple[str, ...]
    forms: tuple[str, ...] = ()
    retry_failed: bool = False


class Settled(NamedTuple):
    """Of how many filings of a source nothing need be done, and how many of these had failed."""

    filings: int = 0
    failed: int = 0


class Before(NamedTuple):
    """What was written for a filing when it was done before: its row, the folder, the names by format."""

    row: int
    folder: str
    formats: str
    same: bool
    outputs: tuple[tuple[str, str], ...]

    def replaced(self, formats: tuple[str, ...]) -> list[str]:
        """The outputs that are out of date once these formats are written: all where bytes or version are others."""
        old = replacing(formats)
        return [name for name, form in self.outputs if not self.same or form in old]


class Row(NamedTuple):
    """A filing of the data set: its number, the year it was filed in, its form."""

    id: int
    year: str
    form: str


class Ledger:
    """The ledger of a run; one at a time on a destination."""

    def __init__(self, dest: Path, wanted: Wanted) -> None:
        """Open the ledger in `dest` or begin it. Raises RetypesetError where another run holds it."""
        self._formats = wanted.formats
        self._lock = _locked(dest)
        # Whatever a run that was killed has left behind: it may be what fills the disk.
        sweep(dest)
        try:
            self._db = sqlite3.connect(dest / NAME, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            found = self._db.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, _SCHEMA):
                raise RetypesetError(
                    f"{dest / NAME} was written by another version of Retypeset: choose another folder"
                )
            self._db.executescript(_TABLES)
            self._db.execute(f"PRAGMA user_version = {_SCHEMA}")
        except sqlite3.Error as error:
            raise OutputError(f"{dest / NAME} cannot be used: {error}") from error
        self._settled = _settled(wanted)

    def close(self) -> None:
        """Let others have the destination."""
        self._db.close()
        os.close(self._lock)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write all that is recorded inside, or nothing."""
        # Not by hand: where the disk is full SQLite may have rolled back itself, and would refuse to do so again.
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield

    # ------------------------------------------------------------ asking

    def settled(self, source: Source) -> Settled | None:
        """Tell how many filings of a source are settled; None where not all are, or it was never gone through."""
        members, settled, failed = self._db.execute(
            f"SELECT max(members), total({self._settled}), total(state = 'failed') "  # noqa: S608
            "FROM sources JOIN filings ON source = name AND filings.stamp = sources.stamp "
            "WHERE name = :source AND sources.stamp = :stamp",
            {"source": source.name, "stamp": source.stamp},
        ).fetchone()
        return Settled(members, int(failed)) if members is not None and members == settled else None

    def member(self, source: Source, member: str) -> Settled | None:
        """Tell the same of one member of an archive."""
        count, settled, failed = self._db.execute(
            f"SELECT count(*), total(stamp = :stamp AND {self._settled}), total(state = 'failed') "  # noqa: S608
            f"FROM filings WHERE {_SAME}",
            {"source": source.name, "member": member, "stamp": source.stamp},
        ).fetchone()
        return Settled(count, int(failed)) if count and count == settled else None

    def known(self, source: str, member: str) -> dict[str, str]:
        """The hashes of what was done of a file or member, as it is wanted now, by the names of the filings in it."""
        rows = self._db.execute(
            f"SELECT member, sha256 FROM filings WHERE {_SAME} AND state = 'done' AND {self._settled}",  # noqa: S608
            {"source": source, "member": member},
        )
        return dict(rows.fetchall())

    def taken(self, folder: str, result: Result) -> bool:
        """Whether a folder holds the outputs of another filing, one of other bytes."""
        found = self._db.execute(
            "SELECT 1 FROM filings WHERE folder = ? AND sha256 <> ? AND NOT (source = ? AND member = ?) LIMIT 1",
            (folder, result.sha256, result.source, result.member),
        )
        return found.fetchone() is not None

    def before(self, result: Result) -> Before | None:
        """What was written for this filing before."""
        row = self._db.execute(
            "SELECT id, folder, formats, sha256, version FROM filings WHERE source = ? AND member = ?",
            (result.source, result.member),
        ).fetchone()
        if not row:
            return None
        same = (row[3], row[4]) == (result.sha256, retypeset.__version__)
        outputs = self._db.execute("SELECT name, format FROM outputs WHERE filing = ?", row[:1]).fetchall()
        return Before(row[0], row[1], row[2], same, tuple(outputs))

    def shared(self, folder: str) -> bool:
        """Whether any filing has its outputs in a folder."""
        return self._db.execute("SELECT 1 FROM filings WHERE folder = ? LIMIT 1", (folder,)).fetchone() is not None

    # ------------------------------------------------------------ writing

    def add(self, result: Result, folder: str, before: Before | None) -> int:
        """Record what became of a filing whose outputs stand in `folder`; give its number."""
        if result.state == "unchanged":
            self._db.execute(
                "UPDATE filings SET stamp = ? WHERE source = ? AND member = ?",
                (result.stamp, result.source, result.member),
            )
            return before.row if before else 0
        formats = {*self._formats}
        if before and before.same and result.state == "done":
            formats |= {*before.formats.strip(",").split(",")} - {""} - replacing(formats)
        values: dict[str, Any] = {name: getattr(result, name) for name in _KEPT if hasattr(result, name)}
        values |= {
            "folder": folder if result.state == "done" or not before else before.folder,
            "version": retypeset.__version__,
            "formats": f",{','.join(sorted(formats))},",
            "notes": json.dumps(result.notes, sort_keys=True),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "attempts": 1,
        }
        row: int = self._db.execute(_UPSERT, values).fetchone()[0]
        if result.state == "done":
            old = before.replaced(self._formats) if before else ()
            self._db.executemany("DELETE FROM outputs WHERE filing = ? AND name = ?", [(row, name) for name in old])
            self._db.executemany(
                "INSERT INTO outputs VALUES (?, ?, ?, ?, ?)",
                [(row, one.name, one.format, one.size, one.sha256) for one in result.outputs],
            )
        return row

    def finish(self, source: str, stamp: str, members: int) -> None:
        """Record that a source was gone through to its end."""
        self._db.execute("INSERT OR REPLACE INTO sources VALUES (?, ?, ?)", (source, stamp, members))

    # ------------------------------------------------------------ the data set (`parquet`)

    def pend(self, row: int, before: tuple[str, Row] | None) -> None:
        """Record that a filing's rows are to be merged, and that a part has older ones of it."""
        if before and before[0] not in ("", PENDING):
            part, old = before
            self._db.execute("INSERT INTO dropped VALUES (?, ?, ?, ?)", (part, old.year, old.form, old.id))
        self._db.execute("UPDATE filings SET part = ? WHERE id = ?", (PENDING, row))

    def part(self, result: Result) -> tuple[str, Row] | None:
        """The part that has a filing's rows, and where it is."""
        row = self._db.execute(
            "SELECT part, id, substr(filed, 1, 4), form FROM filings WHERE source = ? AND member = ?",
            (result.source, result.member),
        ).fetchone()
        return (row[0], Row(*row[1:])) if row else None

    def pending(self) -> int:
        """How many filings are to be merged."""
        count: int = self._db.execute("SELECT count(*) FROM filings WHERE part = ?", (PENDING,)).fetchone()[0]
        return count

    def unmerged(self) -> Iterator[Row]:
        """The filings to be merged, by year and form."""
        query = "SELECT id, substr(filed, 1, 4) AS year, form FROM filings WHERE part = ? ORDER BY year, form, id"
        for row in self._db.execute(query, (PENDING,)):
            yield Row(*row)

    def parts(self) -> set[str]:
        """The parts that hold rows."""
        known = self._db.execute("SELECT DISTINCT part FROM filings UNION SELECT part FROM dropped")
        return {part for (part,) in known} - {"", PENDING}

    def merged(self, part: str) -> None:
        """Record that all that was pending is in this part."""
        self._db.execute("UPDATE filings SET part = ? WHERE part = ?", (part, PENDING))

    def dropped(self) -> list[tuple[str, str, str, list[int]]]:
        """Parts that hold rows out of date: the part, year, form, and the filings."""
        found = self._db.execute("SELECT part, year, form, json_group_array(filing) FROM dropped GROUP BY 1, 2, 3")
        return [(part, year, form, json.loads(filings)) for part, year, form, filings in found]

    def forget_dropped(self, part: str, year: str, form: str) -> None:
        """Record that a part is in step again."""
        self._db.execute("DELETE FROM dropped WHERE part = ? AND year = ? AND form = ?", (part, year, form))


def _settled(wanted: Wanted) -> str:
    """The condition under which a row needs nothing done. Its words are ours or quoted."""
    formats = " AND ".join(f"formats LIKE '%,{name},%'" for name in wanted.formats)
    states = [f"state = 'done' AND {formats}"]
    if wanted.forms:
        forms = ", ".join("'" + form.replace("'", "''") + "'" for form in wanted.forms)
        states.append(f"state = 'passed' AND upper(form) NOT IN ({forms})")
    if not wanted.retry_failed:
        states.append(f"state = 'failed' AND {formats}")
    return f"(version = '{retypeset.__version__}' AND ({' OR '.join(states)}))"


def _locked(dest: Path) -> int:
    try:
        lock = os.open(dest / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise OutputError(f"{dest} cannot be written to: {error.strerror}; choose another folder") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        who = os.read(lock, 200).decode("utf-8", "replace").strip()
        os.close(lock)
        raise RetypesetError(f"another run is at work in {dest} ({who}): wait for its end, or end it") from error
    os.ftruncate(lock, 0)
    os.write(lock, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
    return lock


# ---------------------------------------------------------------- for readers


class Counted(NamedTuple):
    """Filings of one form and state."""

    form: str
    state: str
    filings: int
    size: int
    seconds: float


class Failure(NamedTuple):
    """A filing that failed."""

    name: str
    reason: str
    error: str


@contextmanager
def reading(dest: Path) -> Iterator[sqlite3.Connection]:
    """Open the ledger of a destination for reading, while a run is at work too. Raises RetypesetError without one."""
    path = dest / NAME
    if not path.is_file():
        raise RetypesetError(f"{dest} holds no ledger: no archive was made there")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            yield db
    except sqlite3.Error as error:
        raise RetypesetError(f"{path} cannot be read: {error}") from error


def counted(db: sqlite3.Connection) -> list[Counted]:
    """Count filings by form and state, the most frequent form first."""
    rows = db.execute(
        "SELECT form, state, count(*), total(size), total(seconds) FROM filings GROUP BY form, state "
        "ORDER BY sum(count(*)) OVER (PARTITION BY form) DESC, form, state"
    )
    return [Counted(*row) for row in rows]


def noted(db: sqlite3.Connection) -> list[tuple[str, int, int]]:
    """The codes of notes, how many filings have one, and how many there are; the most frequent first."""
    rows = db.execute(
        "SELECT key, count(*), sum(value) FROM filings, json_each(filings.notes) GROUP BY key ORDER BY 2 DESC, 1"
    )
    return rows.fetchall()


def failures(db: sqlite3.Connection) -> Iterator[Failure]:
    """Every filing that failed, in the order of the names."""
    rows = db.execute(
        "SELECT source, member, reason, error FROM filings WHERE state = 'failed' ORDER BY source, member"
    )
    for source, member, reason, error in rows:
        yield Failure(named(source, member), reason, error)


def exported(db: sqlite3.Connection) -> Iterator[Sequence[object]]:
    """Every row of the ledger with its outputs, the names of the columns first; for a spreadsheet."""
    rows = db.execute(
        "SELECT filings.*, (SELECT json_group_object(name, sha256) FROM outputs WHERE filing = id) AS outputs "
        "FROM filings ORDER BY source, member"
    )
    yield [column[0] for column in rows.description]
    yield from rows


def named(source: str, member: str) -> str:
    """A filing in one word.

    >>> named("feed.tar", "a.nc"), named("all.txt", "#2"), named("a.txt", "")
    ('feed.tar:a.nc', 'all.txt#2', 'a.txt')
    """
    return f"{source}:{member}" if member and not member.startswith("#") else f"{source}{member}"
