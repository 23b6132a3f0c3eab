"""What was set aside takes its place: a filing's folder appears whole, below the destination and nowhere else.

    DEST/ledger.sqlite                    what became of every filing (`ledger`)
    DEST/<CIK>/<accession number>/        the outputs of a filing
    DEST/unnumbered/ab/cd/<name>-<hash>/  of one that has no such numbers
    DEST/parquet/                         all filings in one data set (`parquet`)
    DEST/assets/                          the style sheet that pages link, where they do
    DEST/.aside/<run>/                    what is not in its place yet; swept when the next run begins

Only the client publishes, one filing after the other, so that two filings never write to one folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

_ASIDE: Final = ".aside"


def prepare(dest: Path) -> Path:
    """Make the folder where a run sets its outputs aside."""
    own = dest.absolute() / _ASIDE / os.urandom(4).hex()
    own.mkdir(parents=True)
    return own


def sweep(dest: Path) -> None:
    """Remove what was set aside and is not wanted any more."""
    shutil.rmtree(dest / _ASIDE, ignore_errors=True)


def publish(aside: str, dest: str, folder: str) -> None:
    """Move what was set aside to its folder; files of the same names there are replaced."""
    # Paths are strings here: this is done for every filing, and pathlib would take most of its time.
    place = dest
    for part in folder.split("/")[:-1]:
        # One by one: a destination that has vanished is not made again.
        place = f"{place}/{part}"
        with suppress(FileExistsError):
            os.mkdir(place)
    target = f"{dest}/{folder}"
    with suppress(OSError):
        os.rename(aside, target)
        return
    # Not new, or not possible: then the error comes from here.
    with suppress(FileExistsError):
        os.mkdir(target)
    for file in sorted(os.listdir(aside)):
        os.replace(f"{aside}/{file}", f"{target}/{file}")
    os.rmdir(aside)


def remove(dest: Path, paths: Iterable[str]) -> None:
    """Remove outputs, and folders that are empty then."""
    for path in paths:
        with suppress(OSError):
            (dest / path).unlink()
            (dest / path).parent.rmdir()
