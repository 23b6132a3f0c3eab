"""Standard output and standard error: bytes out whole, lines out clean, and no traceback when the reader hangs up.

Only `cli` and `plan` speak through this module; nothing below them prints.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Final, NoReturn

import click

from .notes import OutputError, RetypesetError

# What a shell says of a program that was ended by SIGPIPE: 128 and the number of the signal.
BROKEN_PIPE: Final = 141


def shown(text: str) -> str:
    r"""Escape whatever could steer a terminal: control characters, marks of direction, halves of characters.

    >>> shown("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def say(*lines: str) -> None:
    """Write lines to standard error, cleaned."""
    if not lines:
        return
    try:
        click.echo("\n".join(shown(line) for line in lines), err=True)
    except BrokenPipeError:
        hang_up()


def emit(data: bytes) -> None:
    """Write bytes to standard output. Raises OutputError where they cannot be written."""
    if sys.stdout is None:
        raise OutputError("standard output is closed: name a file with -o")
    rest = memoryview(data)
    try:
        while rest:
            # With PYTHONUNBUFFERED a write to a pipe may take a part only, and say so by its result.
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        hang_up()
    except OSError as error:
        silence()
        raise OutputError(f"standard output cannot be written: {error.strerror}") from error


def take_in() -> bytes:
    """Read standard input to its end. Raises RetypesetError where there is none."""
    if sys.stdin is None:
        raise RetypesetError("standard input is closed: name a file")
    return sys.stdin.buffer.read()


def hang_up() -> NoReturn:
    """End quietly, as a program does whose output nobody reads any more (`| head`)."""
    silence()
    sys.exit(BROKEN_PIPE)


def silence() -> None:
    """Let what is still buffered run into nothing, or the interpreter complains of it when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr) if _broken() else (sys.stdout,):
        with suppress(OSError, ValueError, AttributeError):
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _broken() -> bool:
    return isinstance(sys.exc_info()[1], BrokenPipeError)
