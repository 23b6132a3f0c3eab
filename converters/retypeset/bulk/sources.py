"""What was named -> files: folders walked, globs and lists spelled out, on this machine or behind a URL.

    filing.txt  filings/  '1997/*/*.txt'  feed/19970512.nc.tar.gz  s3://bucket/edgar/1997/

Files come one by one, in the order of their names, and are not opened here; what is inside of them is the business of
`members`. Of a folder those are taken whose names look like filings or archives (`kind`), but no hidden ones, and no
link to a folder is followed. What was named itself is taken whatever its name.
"""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager
from fnmatch import fnmatch
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, Literal, NamedTuple, cast

from ..notes import RetypesetError

Kind = Literal["tar", "zip", "packed", "plain"]

_URL: Final = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_ARCHIVES: Final[tuple[tuple[Kind, tuple[str, ...]], ...]] = (
    ("tar", (".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.z")),
    ("zip", (".zip",)),
    ("packed", (".gz", ".bz2", ".xz", ".z")),
)
# `.nc` is what the daily feed calls a submission, `.corr01` its correction.
_FILING: Final = re.compile(r"(?:[^.]+|.*\.(?:txt|nc|corr\d*))", re.IGNORECASE)
# What the file systems behind fsspec call the sign that a file has changed, the best first.
_MARKS: Final = ("ETag", "etag", "md5", "checksum", "mtime", "LastModified", "last_modified", "updated", "created")

_PIECE: Final = 1 << 20


class Source(NamedTuple):
    """A file: what the ledger calls it, its size in bytes, and a `stamp` that changes when it does.

    It stands at `path`, as the operating system spells it, or behind `url`. `error` says why it cannot be read.
    """

    name: str
    size: int = 0
    stamp: str = ""
    path: bytes = b""
    url: str = ""
    error: str = ""


class Request(NamedTuple):
    """What was asked for: names, files that hold names (a line each), and patterns that filings must fit.

    `avoid` is the folder that the output goes to, which is never read.
    """

    names: tuple[str, ...]
    lists: tuple[Path, ...] = ()
    include: tuple[str, ...] = ()
    avoid: Path | None = None

    def wants(self, name: str) -> bool:
        """Whether a filing of that name fits one of the patterns, where there are any."""
        return not self.include or any(fnmatch(name, p) or fnmatch(name.rpartition("/")[2], p) for p in self.include)


def kind(name: str) -> Kind:
    """Tell by a file's name how filings are in it.

    >>> kind("19970512.nc.tar.gz"), kind("0000999999-97-000001.txt.Z")
    ('tar', 'packed')
    """
    small = name.lower()
    return next((kind for kind, suffixes in _ARCHIVES if small.endswith(suffixes)), "plain")


def is_filing(name: str) -> bool:
    """Tell by a file's name whether it may be a filing; folders and archives hold other things too.

    >>> [is_filing(name) for name in ("feed/0000999999-97-000001.nc", "0000999999-97-000001", "master.idx", ".txt")]
    [True, True, False, False]
    """
    base = name.rpartition("/")[2]
    return not base.startswith(".") and bool(_FILING.fullmatch(base))


def find(request: Request) -> Iterator[Source]:
    """Give every file that was asked for; what was named but is not there has an `error`."""
    for name in request.names:
        yield from _named(name, request)
    for path in request.lists:
        with path.open("rb") as lines:
            for line in lines:
                if name := os.fsdecode(line.rstrip(b"\r\n")):
                    yield from _named(name, request)


def opened(path: bytes, url: str) -> AbstractContextManager[BinaryIO]:
    """Open a file of a source for reading bytes. Raises RetypesetError where what a URL needs is not installed."""
    if path:
        return open(path, "rb")
    fsspec = remote()
    try:
        return cast(AbstractContextManager[BinaryIO], fsspec.open(url, "rb"))
    except (ImportError, ValueError) as error:
        raise RetypesetError(f"{url} cannot be opened: {error}") from error


def take(file: IO[bytes], most: int) -> bytes:
    """Read no more than so many bytes, and hold no more than there are: `read(most)` makes room for all of them."""
    pieces: list[bytes] = []
    while most > 0 and (piece := file.read(min(most, _PIECE))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


def remote() -> Any:
    """The library that reads and writes URLs. Raises RetypesetError where it is not installed."""
    try:
        import fsspec  # noqa: PLC0415 - an optional library, imported when it is asked for
    except ImportError as error:
        raise RetypesetError("URLs need fsspec: pip install 'retypeset[remote]'") from error
    return fsspec


def is_url(name: str) -> bool:
    """Whether a name is a URL and no path."""
    return bool(_URL.match(name))


# ---------------------------------------------------------------- this machine


def _named(name: str, request: Request) -> Iterator[Source]:
    if is_url(name):
        yield from _behind(name, request)
    elif os.path.isdir(name):
        yield from _walk(os.path.abspath(os.fsencode(name)), request)
    elif not os.path.exists(name) and glob.has_magic(name):
        found = sorted(glob.glob(name, recursive=True))
        if not found:
            yield Source(shown(os.fsencode(name)), error="nothing fits this pattern")
        for one in found:
            yield from _named(one, request)
    else:
        yield _file(os.path.abspath(os.fsencode(name)))


def _walk(folder: bytes, request: Request) -> Iterator[Source]:
    if request.avoid and os.path.realpath(folder) == os.path.realpath(os.fsencode(request.avoid)):
        return
    try:
        with os.scandir(folder) as entries:
            inside = sorted((entry.name, entry.is_dir(follow_symlinks=False), _may_be_file(entry)) for entry in entries)
    except OSError as error:
        yield Source(shown(folder), error=f"the folder cannot be read: {error.strerror}")
        return
    for name, is_folder, is_file in inside:
        path = os.path.join(folder, name)
        if name.startswith(b"."):
            continue
        if is_folder:
            yield from _walk(path, request)
        elif is_file and _taken(shown(path), request):
            yield _file(path)


def _may_be_file(entry: os.DirEntry[bytes]) -> bool:
    """Whether this is a file; a link that leads nowhere is one that is missing, and will be reported."""
    return (entry.is_symlink() and not os.path.exists(entry.path)) or entry.is_file()


def _taken(name: str, request: Request) -> bool:
    how = kind(name)
    if how in ("tar", "zip"):
        return True
    bare = name.rpartition(".")[0] if how == "packed" else name
    return request.wants(name) or request.wants(bare) if request.include else is_filing(bare)


def _file(path: bytes) -> Source:
    name = shown(path)
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        return Source(name, path=path, error=getattr(error, "strerror", None) or str(error))
    if not stat.S_ISREG(status.st_mode):
        return Source(name, path=path, error="this is no file")
    return Source(name, status.st_size, f"{status.st_size}-{status.st_mtime_ns}", path)


def shown(path: bytes) -> str:
    """A path as text: what is not UTF-8 in it is escaped."""
    return path.decode("utf-8", "backslashreplace")


# ---------------------------------------------------------------- elsewhere


def _behind(url: str, request: Request) -> Iterator[Source]:
    fsspec = remote()
    try:
        system, root = fsspec.core.url_to_fs(url)
        if glob.has_magic(root):
            found = system.glob(root, detail=True)
        elif system.isdir(root):
            found = {name: info for name, info in system.find(root, detail=True).items() if _taken(name, request)}
        else:
            found = {root: system.info(root)}
    except (OSError, ImportError, ValueError) as error:
        yield Source(url, url=url, error=str(error) or type(error).__name__)
        return
    if not found:
        yield Source(url, url=url, error="there are no filings here")
    for name, info in sorted(found.items()):
        if info.get("type") != "directory":
            size = info.get("size") or 0
            mark = next((info[key] for key in _MARKS if info.get(key)), "")
            full = system.unstrip_protocol(name)
            yield Source(full, size, f"{size}-{mark}", url=full)
