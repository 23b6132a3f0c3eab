"""Where bytes come from: a path, bytes, or an open file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

from ..notes import RetypesetError

SourceLike: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO


class Loaded(NamedTuple):
    """The bytes of a source and the name to call it by."""

    data: bytes
    name: str


def load(source: SourceLike) -> Loaded:
    """Read a source whole. A `str` is a path, never text.

    Raises RetypesetError where it is missing, a folder, or cannot be read.
    """
    if isinstance(source, bytes):
        return Loaded(source, "")
    if isinstance(source, str | os.PathLike):
        return Loaded(_read(Path(source)), Path(source).name)
    data = source.read()
    if not isinstance(data, bytes):
        raise RetypesetError("the file is open in text mode: open it with mode 'rb', its bytes are wanted")
    return Loaded(data, Path(str(getattr(source, "name", ""))).name)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise RetypesetError("there is no such file") from None
    except IsADirectoryError:
        raise RetypesetError("this is a folder; give a file, or let the command line walk the folder") from None
    except OSError as error:
        raise RetypesetError(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the path
        raise RetypesetError(f"not the name of a file: {error}") from error
