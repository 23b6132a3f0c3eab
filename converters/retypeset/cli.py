"""The command line: arguments in, exit code out.

What is asked for is worked out first (`plan`); then each input is converted for itself, and one that fails does not
stop the others. Output goes to files or standard output, notes and errors to standard error, a line each (`terminal`).

Only click is imported here besides these; all else is imported when it is called for, since every call pays for it.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

import click

import retypeset

from .assets import Sheet, sheet
from .bulk.command import archive
from .conversion import FORMATS, Settings, csv_files, format_of, render, split, write_files
from .notes import DEBUG, LOSS, RetypesetError, internal
from .plan import STDIN, Destination, FilePath, Input, as_input, check, check_assets, destination, expand
from .terminal import emit, say, shown, silence, take_in

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from .model import Submission
    from .writers.markdown import Tables

FAILED: Final = 1
# What a shell says of a program that was ended by SIGINT: 128 and the number of the signal.
INTERRUPTED: Final = 130


class Job(NamedTuple):
    """What a call of `convert` asks for; `sources` must not be overwritten, `sheet` is what pages are to link."""

    formats: tuple[str, ...]
    where: Destination
    split: bool
    strict: bool
    item: str | None
    settings: Settings
    attach: bool
    sheet: Sheet | None
    sources: list[Path]


def _read_formats(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    names = dict.fromkeys(part.strip().lower() for value in values for part in value.split(","))
    for name in names:
        if name not in FORMATS:
            raise click.BadParameter(f"{shown(name)!r} is none of {', '.join(FORMATS)}.")
    return tuple(names)


def _complete_formats(_ctx: click.Context, _option: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem  # noqa: PLC0415  (needed while completing only)

    done, comma, begun = incomplete.rpartition(",")
    return [CompletionItem(f"{done}{comma}{name}") for name in FORMATS if name.startswith(begun)]


# ---------------------------------------------------------------- commands


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""
    \b
    Examples:
      retypeset convert filing.txt > filing.md
      retypeset inspect filing.txt

    \b
    Completion of commands, options and file names: put into the start-up file
    of bash (zsh and fish: their name in its place)
      eval "$(_RETYPESET_COMPLETE=bash_source retypeset)"

    A fault of ours is reported in one line; RETYPESET_DEBUG=1 in the environment shows the traceback.
    """,
)
@click.version_option(retypeset.__version__, message="%(prog)s %(version)s")
def commands() -> None:
    """Rebuild the documents in legacy fixed-width EDGAR text filings."""


@commands.command(
    epilog="""
    \b
    Examples:
      retypeset convert filing.txt                   Markdown on standard output
      retypeset convert filing.txt -o filing.pdf     a file; its suffix says the format
      retypeset convert --to html,json -o out *.txt  out/<stem>.html and out/<stem>.json
      retypeset convert filings/ -o out/             every filing of a folder
      retypeset convert --split filing.txt -o out/   out/filing/1-10-K.md, ...
      retypeset convert --item 7 filing.txt          one Item of the form
      retypeset convert --to csv filing.txt -o out/  out/filing/facts.csv and a file for each table
      zcat filing.txt.gz | retypeset convert - --to html > filing.html

    Exit codes: 0 all were converted; 1 an input failed (the others were converted), or --strict complained;
    2 wrong usage (nothing was done).
    """
)
@click.argument("inputs", nargs=-1, required=True, type=FilePath(allow_dash=True), metavar="INPUT...")
@click.option(
    "-o",
    "--output",
    type=FilePath(allow_dash=True),
    metavar="OUT",
    help="A file, if its name ends in the suffix of a format; else a folder, which is made if need be.",
)
@click.option(
    "--to",
    "formats",
    multiple=True,
    callback=_read_formats,
    shell_complete=_complete_formats,
    metavar="|".join(FORMATS),
    help="The format, md by default; several: repeat it or use commas.",
)
@click.option("--split", "parted", is_flag=True, help="A file for each document and attachment, in OUT/<stem>/.")
@click.option("--strict", is_flag=True, help="Exit with 1 where text was lost; the output is written all the same.")
@click.option("--item", metavar="ITEM", help="Only this Item of the form: 7, 7A, 2.02 or, with its Part, II.1.")
@click.option("--template", type=FilePath(), metavar="FILE", help="Jinja2 template for html and pdf, for ours.")
@click.option("--style", type=FilePath(), metavar="FILE", help="Style sheet for html and pdf, after ours.")
@click.option("--assets", is_flag=True, help="Put the styles of html into a file beside it, in the folder assets.")
@click.option("--attach-source", "attach", is_flag=True, help="Put the filing itself into the pdf, as an attachment.")
@click.option(
    "--md-tables",
    type=click.Choice(("auto", "pipe", "html")),
    default="auto",
    help="Tables in md: all as pipe tables, all in HTML, or in HTML those that have spans (auto, the default).",
)
@click.option("--no-front-matter", is_flag=True, help="No YAML at the top of md; a list below the title instead.")
@click.option("--provenance", is_flag=True, help="Pages and source lines in md, as comments before each block.")
@click.pass_context
def convert(  # noqa: PLR0913  (click hands over one argument for each option)
    ctx: click.Context,
    *,
    inputs: tuple[str, ...],
    output: str | None,
    formats: tuple[str, ...],
    parted: bool,
    strict: bool,
    item: str | None,
    template: str | None,
    style: str | None,
    assets: bool,
    attach: bool,
    md_tables: Tables,
    no_front_matter: bool,
    provenance: bool,
) -> None:
    """Convert filings to Markdown, HTML, PDF, JSON, JSON Lines or CSV.

    INPUT is a file, - for standard input, or a folder: the files in it that are named *.txt or have no suffix, in the
    order of their names; hidden files and inner folders are left alone. A single file goes to standard output unless
    -o says where to (PDF needs it); all else goes to OUT/<stem>.<format>, the stem being the name without .txt. CSV
    holds the tables only: all their figures, one a line, with OUT/<stem>/ for a folder a file for each table too. An
    input is never overwritten.

    What one should know of a filing is said on standard error as FILE:LINE: CODE: SENTENCE.
    """
    given, problems = expand(inputs)
    several = len(inputs) > 1 or len(formats) > 1 or parted or any(map(os.path.isdir, inputs))
    where = destination(output, formats, several=several)
    formats = formats or ((format_of(where.file) if where.file else None) or "md",)
    own = [Path(name) for name in (template, style) if name is not None]
    check(given, formats, where, own=own)
    if attach and "pdf" not in formats:
        raise click.UsageError("--attach-source is for pdf: ask for one with --to.")
    if assets:
        check_assets(given, formats, where)
    if item is not None:
        _check_item(item)
    sources = [*own, *(one.path for one in given if one.path)]
    settings = Settings(_text(template), _text(style), md_tables, not no_front_matter, provenance)
    linked = sheet(settings.style) if assets else None
    if linked:
        settings = settings._replace(stylesheet=linked.link(depth=1 if parted else 0))
    job = Job(formats, where, parted, strict, item, settings, attach, linked, sources)
    say(*problems)
    done = [_convert(job, one) for one in given]
    if problems or not all(done):
        ctx.exit(FAILED)


@commands.command(
    epilog="""
    \b
    Examples:
      retypeset inspect filing.txt
      retypeset inspect --json filing.txt | jq .counts
    """
)
@click.argument("source", type=FilePath(allow_dash=True), metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="The same for programs, in one line of JSON.")
@click.pass_context
def inspect(ctx: click.Context, source: str, *, as_json: bool) -> None:
    """Show what a filing holds.

    That is its header, documents, pages, furniture and notes, and how many of each. FILE may be - for standard input.
    """
    given = as_input(source)
    with _reported(given) as outcome:
        from .inspection import overview, report  # noqa: PLC0415  (costs start-up time)

        submission = _read(given, _source(given))
        if as_json:
            import msgspec  # noqa: PLC0415  (costs start-up time)

            emit(msgspec.json.encode(overview(submission)) + b"\n")
        else:
            emit("".join(f"{shown(line)}\n" for line in report(submission)).encode())
    if outcome.failed:
        ctx.exit(FAILED)


@commands.command(
    epilog="""
    \b
    Example:
      retypeset schema > retypeset.schema.json
    """
)
@click.option("--lines", is_flag=True, help="That of a line of what `convert --to jsonl` writes.")
def schema(*, lines: bool) -> None:
    """Print the JSON Schema of what `convert --to json` writes."""
    import json  # noqa: PLC0415  (costs start-up time)

    from .writers import jsonl  # noqa: PLC0415  (costs start-up time)

    emit(f"{json.dumps(jsonl.schema() if lines else retypeset.schema(), indent=2)}\n".encode())


commands.add_command(archive)


# ---------------------------------------------------------------- the work on one input


class _Outcome:
    """Whether the work on an input came to grief."""

    failed = False


@contextmanager
def _reported(given: Input) -> Iterator[_Outcome]:
    """Turn what goes wrong in the work on one input into a line on standard error."""
    outcome = _Outcome()
    try:
        yield outcome
    except RetypesetError as error:
        outcome.failed = True
        say(f"{given.name}: error: {error}")
    except Exception as error:
        # Whatever it is, the other inputs are still to be converted.
        outcome.failed = True
        say(f"{given.name}: error: {internal(error)}")
        if os.environ.get(DEBUG):
            import traceback  # noqa: PLC0415  (for the makers of the program only)

            say(*"".join(traceback.format_exception(error)).splitlines())


def _convert(job: Job, given: Input) -> bool:
    """Convert one input and say what there is to say; True where all is well."""
    with _reported(given) as outcome:
        source = _source(given)
        submission = _read(given, source)
        losses = _say_notes(given, submission)
        if job.item is not None:
            submission = retypeset.excerpt(submission, job.item)
        if job.attach:
            filed = source if isinstance(source, bytes) else source.read_bytes()
            job = job._replace(settings=job.settings._replace(source=filed))
        _write(job, given, submission, source)
        if losses and job.strict:
            outcome.failed = True
            say(f"{given.name}: error: the proof failed in {losses:,} places, named above (--strict)")
    return not outcome.failed


def _source(given: Input) -> Path | bytes:
    """Take in what can be read only once; a file stays a path."""
    if given.path is None:
        return take_in()
    if os.path.exists(given.path) and not os.path.isfile(given.path) and not os.path.isdir(given.path):
        return given.path.read_bytes()
    return given.path


def _read(given: Input, source: Path | bytes) -> Submission:
    # The name alone: what is published must not tell in which folder it was made.
    return retypeset.read(source, name=shown(given.path.name) if given.path else STDIN)


def _say_notes(given: Input, submission: Submission) -> int:
    from .inspection import notes  # noqa: PLC0415  (costs start-up time)

    found = notes(submission)
    where = [f"{given.name}:{note.lines.first}" if note.lines else given.name for note in found]
    say(*(f"{place}: {note.code}: {note.message}" for place, note in zip(where, found, strict=True)))
    return sum(1 for note in found if note.code in LOSS)


def _write(job: Job, given: Input, submission: Submission, source: Path | bytes) -> None:
    if job.split and job.where.folder:
        folder = job.where.folder / given.stem
        parts = split(submission, job.formats, source, job.settings)
        _write_files(job, {folder / name: data for name, data in parts.items()}, job.where.folder)
        return
    several = [name for name in job.formats if job.where.folder and FORMATS[name].several]
    single = [name for name in job.formats if name not in several]
    rendered = {name: render(submission, name, job.settings) for name in single}
    targets = job.where.targets(given, single)
    if not (targets or several):
        emit(rendered[single[0]])
        return
    files = {targets[name]: data for name, data in rendered.items()}
    if several and job.where.folder:
        files |= {job.where.folder / given.stem / name: data for name, data in csv_files(submission).items()}
    _write_files(job, files, job.where.folder or targets[single[0]].parent)


def _write_files(job: Job, files: dict[Path, bytes], folder: Path) -> None:
    """Write the files of an input; what they link stands in this folder before they do."""
    linked = job.sheet.files(folder) if job.sheet else {}
    write_files(linked | files, sources=job.sources)


def _check_item(item: str) -> None:
    from .items import addressed  # noqa: PLC0415  (costs start-up time)

    try:
        addressed(item)
    except RetypesetError as error:
        raise click.UsageError(f"--item: {error}.") from error


def _text(path: str | None) -> str | None:
    if path is None:
        return None
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise click.UsageError(f"{shown(path)} cannot be read: {reason}.") from error


# ---------------------------------------------------------------- the program


def main() -> NoReturn:
    """Run the command line and end with its exit code."""
    try:
        code = commands.main(prog_name="retypeset", standalone_mode=False)
    except click.ClickException as error:
        # click quotes arguments as they came: its words are cleaned too.
        words = io.StringIO()
        error.show(words)
        say(*words.getvalue().splitlines())
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except (RetypesetError, OSError) as error:
        # Help, version or schema had nowhere to go; what fails on an input is reported with its name.
        silence()
        say(f"retypeset: error: {error}")
        code = FAILED
    sys.exit(code or 0)


if __name__ == "__main__":
    main()
