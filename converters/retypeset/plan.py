"""What a call of `retypeset convert` asks for: which inputs, which formats, which files.

The plan is made before anything is read, so that wrong usage (`click.UsageError`) leaves nothing behind. Nothing is
read here but the names in a folder, and nothing is written.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import click

from .assets import FOLDER as ASSETS
from .conversion import FACTS_STEM, FORMATS, format_of
from .terminal import shown

STDIN: Final = "stdin"
_TEXT: Final = ".txt"


class FilePath(click.Path):
    """A path as an argument. An empty one is a variable of the shell that was not set, and not the folder we are in."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        if value == "":
            self.fail("the name is empty.", param, ctx)
        return super().convert(value, param, ctx)


class Input(NamedTuple):
    """A filing to convert: its path (None: standard input), and the name of its outputs before their suffix."""

    path: Path | None
    stem: str

    @property
    def name(self) -> str:
        """What messages call it."""
        return shown(str(self.path)) if self.path else STDIN


class Destination(NamedTuple):
    """A folder or one file; where both are None, standard output."""

    folder: Path | None = None
    file: Path | None = None

    def targets(self, given: Input, formats: Sequence[str]) -> dict[str, Path]:
        """Name the file that each format of an input goes to, the first where it makes several."""
        if self.file:
            return {formats[0]: self.file}
        if self.folder:
            several = self.folder / given.stem
            return {
                form: several / f"{FACTS_STEM}.{form}"
                if FORMATS[form].several
                else self.folder / f"{given.stem}.{form}"
                for form in formats
            }
        return {}


def expand(names: Sequence[str]) -> tuple[list[Input], list[str]]:
    """Turn arguments into inputs, a folder into its filings; the second list says what came to nothing."""
    inputs: list[Input] = []
    problems: list[str] = []
    for name in names:
        if name == "-" or not os.path.isdir(name):
            inputs.append(as_input(name))
            continue
        try:
            paths = sorted(path for path in Path(name).iterdir() if _is_filing(path))
        except OSError as error:
            problems.append(f"{shown(name)}: error: the folder cannot be read: {error.strerror}")
            continue
        if not paths:
            problems.append(f"{shown(name)}: error: the folder holds no filings (*{_TEXT}, or names without a suffix)")
        inputs += [as_input(str(path)) for path in paths]
    return inputs, problems


def as_input(name: str) -> Input:
    """Take an argument for a file, or for standard input where it is `-`."""
    if name == "-":
        return Input(None, STDIN)
    path = Path(name)
    # Only .txt is cut off: names hold dots, and 2-ex-3.a and 2-ex-3.b are not two forms of one file.
    stem = path.name[: -len(_TEXT)] if path.name.lower().endswith(_TEXT) else path.name
    return Input(path, stem or path.name)


def _is_filing(path: Path) -> bool:
    if path.name.startswith(".") or path.suffix.lower() not in ("", _TEXT):
        return False
    # A link that leads nowhere is a filing that is missing, and will be reported.
    return path.is_file() or (path.is_symlink() and not path.exists())


def destination(output: str | None, formats: Collection[str], *, several: bool) -> Destination:
    """Tell what OUT means. `several` files need a folder: many inputs, many formats, or the parts of one.

    A folder that exists, or a name that ends in a slash, is a folder. A name that ends in the suffix of a format is a
    file, and so is a device or a pipe. Any other name is that of a new folder, but for one that looks like a file's.
    """
    if output is None or output == "-":
        if several:
            raise click.UsageError("Several files are asked for: name a folder for them with -o.")
        if output is None and "pdf" in formats:
            raise click.UsageError("A PDF is not written to standard output: name a file with -o.")
        return Destination()
    path = Path(output)
    if os.path.isdir(output) or output.endswith(("/", os.sep)):
        return Destination(folder=path)
    exists = os.path.exists(output)
    if format_of(output) or (exists and not os.path.isfile(output)):
        if several:
            raise click.UsageError(f"Several files cannot go into {shown(output)}: name a folder with -o.")
        return Destination(file=path)
    if exists or (path.suffix and not several):
        suffixes = ", ".join(f".{name}" for name in FORMATS)
        message = f"{shown(output)} ends in none of {suffixes}, and is no folder: write a / behind a new folder's name."
        raise click.UsageError(message)
    return Destination(folder=path)


def check(inputs: Sequence[Input], formats: Sequence[str], where: Destination, *, own: Sequence[Path] = ()) -> None:
    """Refuse a plan that contradicts itself, or would write over an input or over one of our `own` files.

    Two inputs with one stem are refused rather than numbered: which of them got the number could not be told later.
    """
    named = format_of(where.file) if where.file else None
    if named and named not in formats:
        raise click.UsageError(f"--to {formats[0]} contradicts the name {shown(str(where.file))}.")
    if own and not any(FORMATS[name].styled for name in formats):
        raise click.UsageError("--template and --style are for html and pdf: ask for one with --to.")
    stems: dict[str, Input] = {}
    for given in inputs:
        # Names that differ in capitals only are one file on the usual disks of macOS and Windows.
        other = stems.setdefault(given.stem.lower(), given)
        if other is not given:
            if len({os.path.realpath(one.path or STDIN) for one in (other, given)}) == 1:
                raise click.UsageError(f"{given.name} is given twice.")
            message = f"{other.name} and {given.name} would become the same file: use another folder for one of them."
            raise click.UsageError(message)
    sources = {_identity(path) for path in (*(given.path for given in inputs), *own) if path} - {None}
    for given in inputs:
        for target in where.targets(given, formats).values():
            if _identity(target) in sources:
                raise click.UsageError(f"{shown(str(target))} is an input, which is never overwritten.")


def check_assets(inputs: Sequence[Input], formats: Sequence[str], where: Destination) -> None:
    """Refuse `--assets` where there are no pages, no place beside them, or where an input wants the same folder."""
    if "html" not in formats:
        raise click.UsageError("--assets is for html: ask for it with --to.")
    if not where.folder and not (where.file and (where.file.is_file() or not where.file.exists())):
        raise click.UsageError("--assets writes a file beside the page: name a file or a folder with -o.")
    for given in inputs:
        if given.stem.lower() == ASSETS:
            raise click.UsageError(f"{given.name} would stand among the {ASSETS}: give it another name.")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
