"""A file -> the filings inside it: archives, packed files, several submissions one after the other.

    plain    read by the worker, whole, if it is no larger than a filing may be
    packed   unpacked here, as a stream
    tar      read here from end to end, as a stream: a daily feed is never unpacked to the disk
    zip      read here, member by member

Archives come from others. Nothing is ever written by a name of theirs; a link, a device, an archive in an archive, a
broken or an outsized member is one failure, and the rest goes on. No more than `LARGEST` bytes of anything are held.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import IO, Any, BinaryIO, Final, NamedTuple, cast

from msgspec.structs import replace

from ..notes import RetypesetError
from .sources import Request, Source, is_filing, kind, opened, take
from .tasks import Result, Task, failure

LARGEST: Final = 256 << 20
"""Bytes of a filing: ten times the largest that EDGAR took in those years."""

_PIECE: Final = LARGEST // 4
# The names and attributes that an archive gives to a member: kilobytes.
_LARGEST_NAME: Final = 1 << 20
_LONG_NAMES: Final = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
_LINK: Final = 0o120000

# What begins a submission and what ends one. The end parts them, for a filing may quote the beginning of another.
_EDGE: Final = re.compile(
    rb"^(?:(?P<start>-----BEGIN PRIVACY-ENHANCED MESSAGE-----|<(?:SEC|IMS)-DOCUMENT>|<SUBMISSION>)"
    rb"|</(?:(?:SEC|IMS)-DOCUMENT|SUBMISSION)>|-----END PRIVACY-ENHANCED MESSAGE-----)",
    re.MULTILINE,
)

_LONGEST_EDGE: Final = 60

# RuntimeError: a member of a zip is encrypted; NotImplementedError: it is packed in a way that is not known here.
_BROKEN: Final = (
    *(OSError, EOFError, ValueError, RuntimeError, NotImplementedError),
    *(lzma.LZMAError, zlib.error, tarfile.TarError, zipfile.BadZipFile),
)
_TOO_LARGE: Final = f"it is larger than {LARGEST >> 20} MB"

_OPENERS: Final[Mapping[str, Callable[[IO[bytes]], AbstractContextManager[IO[bytes]]]]] = {
    "gz": lambda file: cast(AbstractContextManager[IO[bytes]], gzip.GzipFile(fileobj=file)),
    "tgz": lambda file: cast(AbstractContextManager[IO[bytes]], gzip.GzipFile(fileobj=file)),
    "bz2": lambda file: cast(AbstractContextManager[IO[bytes]], bz2.BZ2File(file)),
    "xz": lambda file: cast(AbstractContextManager[IO[bytes]], lzma.LZMAFile(file)),  # noqa: SIM115 - by the caller
}

Settled = Callable[[str], bool]


class Left(NamedTuple):
    """A filing that needs nothing done: it was `settled` before, or was not asked for."""

    settled: bool


Found = Task | Result | Left


def split(data: bytes) -> list[bytes]:
    """Part submissions that follow each other; one that lacks its closing tag stays with the next.

    >>> split(b"<SUBMISSION>\\n<SUBMISSION>\\n</SUBMISSION>\\n<SUBMISSION>\\n")
    [b'<SUBMISSION>\\n<SUBMISSION>\\n</SUBMISSION>\\n', b'<SUBMISSION>\\n']
    """
    cuts = [0]
    closed = False
    for edge in _EDGE.finditer(data):
        if edge["start"] and closed:
            cuts.append(edge.start())
        closed = not edge["start"]
    return [data[a:b] for a, b in zip(cuts, [*cuts[1:], len(data)], strict=True)] if len(cuts) > 1 else [data]


def numbered(member: str, n: int, count: int) -> str:
    """Name the n-th of several submissions (from 1), or the only one.

    >>> numbered("feed/a.txt", 2, 3), numbered("feed/a.txt", 1, 1)
    ('feed/a.txt#2', 'feed/a.txt')
    """
    return f"{member}#{n}" if count > 1 else member


def members(source: Source, request: Request, settled: Settled) -> Iterator[Found]:
    """Give a task for each filing in a file; where it cannot be had, the failure. Nothing of it is raised."""
    whole = Task(source.name, "", source.stamp, source.size, source.path, source.url, weight=source.size)
    if source.error:
        yield failure(whole, "source", source.error)
        return
    how = kind(source.name)
    if how == "plain" and source.size <= LARGEST and not source.url.startswith("memory:"):
        yield whole
        return
    count = behind = 0
    try:
        with opened(source.path, source.url) as file:
            for found in _inside(how, whole, file, request, settled):
                count += 1
                if isinstance(found, Task):
                    # How far the file is read: packed as it is, that is all that is known of what is still to come.
                    position = min(file.tell(), source.size)
                    found = replace(found, weight=max(position - behind, 0))  # noqa: PLW2901
                    behind = max(position, behind)
                yield found
    except _BROKEN as error:
        after = f" after {count:,} members" if count and how != "plain" else ""
        yield failure(whole, "archive", f"the file is broken{after}: {_said(error)}")
    except (RetypesetError, ImportError) as error:
        yield failure(whole, "source", str(error))


def _inside(how: str, whole: Task, file: BinaryIO, request: Request, settled: Settled) -> Iterator[Found]:
    if how == "tar":
        with _unpacked(whole.source, file) as stream:
            yield from _tar(whole, stream, request, settled)
    elif how == "zip":
        with zipfile.ZipFile(file) as archive:
            yield from _zip(whole, archive, request, settled)
    else:
        with _unpacked(whole.source, file) as stream:
            yield from _stream(whole, "", stream)


def _unpacked(name: str, file: BinaryIO) -> AbstractContextManager[IO[bytes]]:
    """Open what is packed by the suffix of its name; without one of these suffixes it is read as it is."""
    suffix = name.lower().rpartition(".")[2]
    if suffix == "z":
        try:
            import uncompresspy  # noqa: PLC0415 - an optional library
        except ImportError as error:
            raise RetypesetError("files named .Z need uncompresspy: pip install 'retypeset[compress]'") from error
        return cast(AbstractContextManager[IO[bytes]], uncompresspy.open(file, save_checkpoints=False))
    opener = _OPENERS.get(suffix)
    return opener(file) if opener else file


# ---------------------------------------------------------------- archives


class _Entry(tarfile.TarInfo):
    """A header that is broken is an error, wherever it stands: tarfile takes it for the end of the archive."""

    @classmethod
    def fromtarfile(cls, tar: tarfile.TarFile) -> tarfile.TarInfo:  # type: ignore[override]
        try:
            return super().fromtarfile(tar)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError, tarfile.EmptyHeaderError) as error:  # type: ignore[attr-defined]
            raise tarfile.ReadError(f"{error} at byte {tar.offset:,}") from error

    @classmethod
    def frombuf(cls, buf: Any, encoding: str, errors: str) -> tarfile.TarInfo:  # type: ignore[override]
        entry = super().frombuf(buf, encoding, errors)
        if entry.type in _LONG_NAMES and entry.size > _LARGEST_NAME:
            raise tarfile.ReadError(f"a name of {entry.size:,} bytes")
        return entry


def _tar(whole: Task, stream: IO[bytes], request: Request, settled: Settled) -> Iterator[Found]:
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Entry, errorlevel=1) as archive:
        for entry in archive:
            # A million members would all be kept.
            archive.members = []  # type: ignore[attr-defined]
            if entry.isdir():
                continue
            # Of a sparse file the archive states the holes only: some bytes would be read as terabytes.
            why = "a file with holes is not read" if entry.issparse() else _refused(entry.name, regular=entry.isreg())
            if why:
                yield from _refusal(whole, entry.name, why, request)
            elif left := _left(entry.name, request, settled):
                yield left
            elif held := archive.extractfile(entry):
                yield from _stream(whole, entry.name, held)


def _zip(whole: Task, archive: zipfile.ZipFile, request: Request, settled: Settled) -> Iterator[Found]:
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        if why := _refused(entry.filename, regular=(entry.external_attr >> 16) & 0o170000 != _LINK):
            yield from _refusal(whole, entry.filename, why, request)
        elif left := _left(entry.filename, request, settled):
            yield left
        else:
            try:
                with archive.open(entry) as held:
                    yield from _stream(whole, entry.filename, held)
            except _BROKEN as error:
                yield failure(whole, "archive", f"the member is broken: {_said(error)}", _member(entry.filename))


def _refused(name: str, *, regular: bool) -> str:
    if not regular:
        return "a link or a device is not followed"
    return "an archive inside an archive is not opened" if kind(name) != "plain" else ""


def _refusal(whole: Task, name: str, why: str, request: Request) -> Iterator[Found]:
    if request.wants(name):
        yield failure(whole, "archive", why, _member(name))
    else:
        yield Left(settled=False)


def _left(name: str, request: Request, settled: Settled) -> Left | None:
    if not request.wants(name) or not (request.include or is_filing(name)):
        return Left(settled=False)
    return Left(settled=True) if settled(_member(name)) else None


def _member(name: str) -> str:
    """A member's name as the ledger can hold it."""
    return name.encode("utf-8", "backslashreplace").decode()


# ---------------------------------------------------------------- streams


def _stream(whole: Task, name: str, stream: IO[bytes]) -> Iterator[Found]:
    """Read a stream to its end: one task, or where it is longer than any filing, one for each submission in it."""
    member = _member(name)
    data = take(stream, LARGEST + 1)
    if len(data) <= LARGEST:
        yield _task(whole, member, data)
        return
    for n, piece in enumerate(_pieces(data, stream), 1):
        if piece is None:
            yield failure(whole, "size", _TOO_LARGE, numbered(member, n, 2))
        else:
            yield _task(whole, numbered(member, n, 2), piece)


def _task(whole: Task, member: str, data: bytes) -> Task:
    return Task(whole.source, member, whole.stamp, len(data), data=data)


def _pieces(data: bytes, stream: IO[bytes]) -> Iterator[bytes | None]:
    """The submissions in a stream of any length, None for one that is too large to be held."""
    outsized = False
    while True:
        *ended, rest = split(data)
        for piece in ended:
            yield None if outsized or len(piece) > LARGEST else piece
            outsized = False
        if len(rest) > LARGEST:
            outsized, rest = True, _remains(rest)
        piece = take(stream, _PIECE)
        if not piece:
            yield None if outsized else rest
            return
        data = rest + piece


def _remains(rest: bytes) -> bytes:
    """All that must be known of a submission too large to be held: whether it was closed, and the line it is cut in."""
    edges = [*_EDGE.finditer(rest)]
    closed = b"</SUBMISSION>\n" if edges and not edges[-1]["start"] else b""
    line = rest[rest.rfind(b"\n") + 1 :]
    return closed + (line if len(line) < _LONGEST_EDGE else b"-")


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__
