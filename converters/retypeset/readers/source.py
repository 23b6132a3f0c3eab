"""Where bytes come from: a path, bytes, or an open file."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

from ..notes import RetypesetError

SourceLike: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO


class Loaded(NamedTuple):
    """The bytes of a source and the name to call it by."""

    data: bytes
    name: str


def load(source: SourceLike) -> Loaded:
    """Read a source whole. A `str` is a path, never text.

    Raises RetypesetError where it is missing, a folder, or cannot be read, TypeError where it is nothing to read from.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return Loaded(bytes(source), "")
    if isinstance(source, str) and "\n" in source and not os.path.exists(source):
        raise RetypesetError("this is text where a path is wanted: give its bytes, text.encode()")
    if isinstance(source, str | os.PathLike):
        return Loaded(_read(Path(source).read_bytes), _called(source))
    if isinstance(source, io.TextIOBase):
        raise RetypesetError("the file is open in text mode: open it with mode 'rb', its bytes are wanted")
    if not hasattr(source, "read"):
        raise TypeError(f"a path, bytes or a file open for bytes is wanted, not {type(source).__name__}")
    name = getattr(source, "name", "")  # a number where the file was opened by its descriptor
    return Loaded(_read(source.read), _called(name) if isinstance(name, str | bytes) else "")


def _called(path: str | bytes | os.PathLike[str]) -> str:
    """The name of a file as text that can be written; bytes that are no UTF-8 were let in as half surrogates."""
    return os.fsencode(os.path.basename(path)).decode("utf-8", "replace")


def _read(read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except FileNotFoundError:
        raise RetypesetError("there is no such file") from None
    except IsADirectoryError:
        raise RetypesetError("this is a folder: name a file in it") from None
    except OSError as error:
        raise RetypesetError(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the path
        raise RetypesetError(f"not the name of a file: {error}") from error
