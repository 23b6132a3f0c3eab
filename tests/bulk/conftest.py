"""What the tests of archives share: small filings, the command as a process, and the rows of a ledger."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

from retypeset.cli import commands

Archive: TypeAlias = Callable[..., Result]

COMMAND = (sys.executable, "-c", "from retypeset.cli import main; main()", "archive")

_FILING = """\
<SEC-DOCUMENT>{accession}.txt : 19970512
<SEC-HEADER>{accession}.hdr.sgml : 19970512
ACCESSION NUMBER:		{accession}
CONFORMED SUBMISSION TYPE:	{form}
PUBLIC DOCUMENT COUNT:		1
CONFORMED PERIOD OF REPORT:	19970331
FILED AS OF DATE:		19970512

FILER:

	COMPANY DATA:
		COMPANY CONFORMED NAME:			HARROW LANE TINWORKS INC
		CENTRAL INDEX KEY:			{cik:010}
</SEC-HEADER>
<DOCUMENT>
<TYPE>{form}
<SEQUENCE>1
<TEXT>
{body}
</TEXT>
</DOCUMENT>
</SEC-DOCUMENT>
"""

TABLE = """\
     Orders for painted tins rose in each month of the quarter.

                                   March 31,     December 31,
                                     1997            1996
                                  ---------       ---------
Cash                              $   1,204       $     998
Receivables                           3,415           3,307
                                  ---------       ---------
Total                             $   4,619       $   4,305
                                  =========       =========
"""
PAGE = "     The works at Millbrook ran on two shifts from the middle of February, which the\ncompany keeps up.\n\n"


def accession(n: int) -> str:
    """The n-th accession number."""
    return f"0009999999-97-{n:06}"


def filing(n: int = 1, *, form: str = "10-Q", body: str = TABLE, cik: int = 9999999) -> bytes:
    """The n-th filing of an invented company."""
    return _FILING.format(accession=accession(n), form=form, body=body, cik=cik).encode()


def long_filing(n: int = 1, megabytes: float = 4) -> bytes:
    """A filing that takes seconds."""
    return filing(n, body=PAGE * int(megabytes * 1e6 / len(PAGE)))


def rows(dest: Path, query: str = "SELECT * FROM filings ORDER BY source, member") -> list[dict[str, Any]]:
    """Rows of the ledger by the names of their columns."""
    db = sqlite3.connect(dest / "ledger.sqlite")
    db.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in db.execute(query)]
    finally:
        db.close()


def states(dest: Path) -> dict[str, str]:
    """The state of each filing by the last part of its name, or its member."""
    return {row["member"] or Path(row["source"]).name: row["state"] for row in rows(dest)}


def outputs(dest: Path) -> list[str]:
    """The files of the archive, but for the ledger and the lock."""
    own = ("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", ".lock")
    return sorted(str(p.relative_to(dest)) for p in dest.rglob("*") if p.is_file() and p.name not in own)


def until(true: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)
    return found


def workers(pid: int) -> list[int]:
    """The worker processes of a run."""
    children = [child for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]
    return [int(child) for child in children if b"bulk.worker" in Path(f"/proc/{child}/cmdline").read_bytes()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three filings."""
    folder = tmp_path / "filings"
    folder.mkdir()
    for n in (1, 2, 3):
        (folder / f"{n}.txt").write_bytes(filing(n))
    return folder


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def archive(dest: Path) -> Archive:
    """Call `retypeset archive ... -o DEST --jobs 1` in this process; the workers are processes all the same."""

    def call(*words: object, code: int = 0, stdin: str | None = None, jobs: int = 1) -> Result:
        command = ["archive", *map(str, words), "-o", str(dest), "--jobs", str(jobs)]
        done = CliRunner().invoke(commands, command, stdin, catch_exceptions=False)
        assert done.exit_code == code, done.stderr
        return done

    return call


@pytest.fixture
def begun(dest: Path) -> Callable[..., subprocess.Popen[str]]:
    """Begin the same and do not wait for it."""

    def call(*words: object, jobs: int = 1, **options: Any) -> subprocess.Popen[str]:
        command = [*COMMAND, *map(str, words), "-o", str(dest), "--jobs", str(jobs)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    return call


def linux() -> None:
    """What looks into /proc is for Linux."""
    if not os.path.isdir("/proc/self/task"):
        pytest.skip("platform: there is no /proc")
