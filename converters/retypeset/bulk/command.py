"""The command `retypeset archive`: arguments in, exit code out. All that works is imported when it is called."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ..conversion import FORMATS, unwritable
from ..notes import OutputError
from ..plan import FilePath
from ..terminal import emit, say, shown, take_in

if TYPE_CHECKING:
    from .engine import Engine
    from .ledger import Ledger
    from .run import Order, Run

PARQUET: Final = "parquet"
INTERRUPTED: Final = 130
NOTHING: Final = (
    "no filings were found: of folders and archives *.txt, *.nc, *.corr01 and names without a suffix are taken, "
    "with --include what fits it"
)
_TIMEOUT: Final = 900.0


def _parts(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for value in values for part in value.split(",") if part.strip()))


def _formats(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(name.lower() for name in _parts(ctx, option, values))
    for name in names:
        if name not in (*FORMATS, PARQUET):
            raise click.BadParameter(f"{shown(name)!r} is none of {', '.join((*FORMATS, PARQUET))}.")
    return names or ("md",)


@click.command(
    epilog="""
    \b
    Examples:
      retypeset archive filings/ -o out/ --to md,json
      retypeset archive feed/*.nc.tar.gz -o out/ --forms 10-K,10-Q
      retypeset archive s3://bucket/edgar/ -o out/ --engine dask --scheduler tcp://head:8786
      find /data -name '*.txt' | retypeset archive --from - -o out/
      retypeset archive --status out/

    Exit codes: 0 all is done; 1 a filing failed, now or before (the others are done), or the run stopped; 2 wrong
    usage (nothing was done); 130 interrupted. The same command again goes on where a run ended.
    """
)
@click.argument("sources", nargs=-1, type=FilePath(), metavar="SOURCE...")
@click.option(
    "-o", "--output", "dest", type=FilePath(path_type=Path), metavar="DEST", help="The folder of the archive."
)
@click.option(
    "--to",
    "formats",
    multiple=True,
    callback=_formats,
    metavar=f"{'|'.join(FORMATS)}|{PARQUET}",
    help="The formats, md by default: with commas, or repeated.",
)
@click.option(
    "--from",
    "lists",
    multiple=True,
    type=FilePath(allow_dash=True),
    metavar="FILE",
    help="A file that names sources, a line each; - for standard input.",
)
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Worker processes; by default one for each core.")
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", help="Where the work is done.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler; without it, Dask works on this machine.")
@click.option("--store", metavar="URL", help="Put the outputs there instead; DEST has the ledger alone.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Do so many filings at most.")
@click.option("--include", multiple=True, metavar="GLOB", help="Only filings whose name or path fits; may be repeated.")
@click.option("--forms", multiple=True, callback=_parts, metavar="FORM,...", help="Only filings of these forms.")
@click.option("--assets", is_flag=True, help="Let the pages of html link one style sheet, in DEST/assets.")
@click.option("--retry-failed", is_flag=True, help="Try again what failed before.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=_TIMEOUT,
    show_default=True,
    metavar="S",
    help="Seconds that a filing may take.",
)
@click.option(
    "--memory", type=click.IntRange(64), metavar="MB", help="Memory that a worker may take; no limit by default."
)
@click.option("--quiet", is_flag=True, help="Say only what stops the run.")
@click.option("--log-json", is_flag=True, help="A line of JSON for each filing, on standard output.")
@click.option("--status", type=FilePath(path_type=Path), metavar="DEST", help="Show what an archive holds.")
@click.option("--failures", type=FilePath(path_type=Path), metavar="DEST", help="List what failed in an archive.")
@click.option("--export", type=FilePath(path_type=Path), metavar="DEST", help="Print an archive's ledger as CSV.")
@click.pass_context
def archive(  # noqa: PLR0913  (click hands over one argument for each option)
    ctx: click.Context,
    *,
    sources: tuple[str, ...],
    dest: Path | None,
    formats: tuple[str, ...],
    lists: tuple[str, ...],
    jobs: int | None,
    engine: str,
    scheduler: str | None,
    store: str | None,
    limit: int | None,
    include: tuple[str, ...],
    forms: tuple[str, ...],
    assets: bool,
    retry_failed: bool,
    timeout: float,
    memory: int | None,
    quiet: bool,
    log_json: bool,
    status: Path | None,
    failures: Path | None,
    export: Path | None,
) -> None:
    """Convert archives of filings in bulk, and keep a ledger of them.

    SOURCE is a file, a folder with all that is below it, a pattern, or a URL; files may be packed (.gz, .bz2, .xz, .Z),
    archives (.zip, .tar, .tar.gz, the daily feeds of EDGAR), or hold several submissions one after the other. What was
    done before is not done again, unless its bytes, the version or the formats are other ones.
    """
    if status or failures or export:
        _tell(status, failures, export)
        return
    if dest is None or not (sources or lists):
        raise click.UsageError("Name the sources, and with -o the folder of the archive.")
    if any(os.path.realpath(source) == os.path.realpath(dest) for source in sources):
        raise click.UsageError(
            f"{shown(str(dest))} is both a source and the folder of the archive: name another folder."
        )
    if scheduler and engine != "dask":
        raise click.UsageError("--scheduler goes with --engine dask.")
    if store and (assets or PARQUET in formats):
        raise click.UsageError(f"{'--assets' if assets else PARQUET} is written to DEST: it does not go with --store.")
    if assets and "html" not in formats:
        raise click.UsageError("--assets is for html: ask for it with --to.")
    from .ledger import Ledger, Wanted  # noqa: PLC0415  (each call of the program would pay for it)
    from .run import Order  # noqa: PLC0415
    from .sources import Request  # noqa: PLC0415
    from .tasks import LINKED, Limits, Plan  # noqa: PLC0415

    if PARQUET in formats:
        from .parquet import pyarrow  # noqa: PLC0415

        pyarrow()
    formats = tuple(sorted(LINKED if assets and form == "html" else form for form in formats))
    forms = tuple(form.upper() for form in forms)
    with _spooled(lists) as files:
        request = Request(sources, files, include, dest)
        order = Order(request, Plan(formats, forms, store=store or ""), Limits(timeout, memory), dest, limit)
        try:
            dest.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(unwritable(dest, error)) from error
        ledger = Ledger(dest, Wanted(formats, forms, retry_failed))
        try:
            code = _run(order, ledger, _engine(engine, scheduler, jobs), quiet=quiet, log_json=log_json)
        finally:
            ledger.close()
    ctx.exit(code)


@contextmanager
def _spooled(lists: tuple[str, ...]) -> Iterator[tuple[Path, ...]]:
    """The files that name sources; standard input becomes one, for it is gone through twice."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name in lists:
            path = Path(name)
            if name == "-":
                path = Path(folder, "stdin")
                path.write_bytes(take_in())
            elif not path.is_file():
                raise click.UsageError(f"{shown(name)} is no file.")
            files.append(path)
        yield tuple(files)


def _engine(name: str, scheduler: str | None, jobs: int | None) -> Engine:
    from .engine import dask, local  # noqa: PLC0415

    return dask(scheduler, jobs) if name == "dask" else local(jobs)


def _run(order: Order, ledger: Ledger, engine: Engine, *, quiet: bool, log_json: bool) -> int:
    """Do the work, and say what came of it; the exit code."""
    from .display import display, summary  # noqa: PLC0415
    from .ledger import reading  # noqa: PLC0415
    from .run import Run  # noqa: PLC0415

    try:
        with display(order.request, quiet=quiet, log_json=log_json) as shows:
            run = Run(order, engine, ledger, shows)
            with _interrupts(run):
                run.work()
    except BaseException:
        engine.kill()
        raise
    engine.close()
    if not (quiet or shows.filings or shows.before or run.ending):
        say(NOTHING)
    elif not quiet and not log_json:
        with reading(order.dest) as db:
            say("", *summary(db), "", shows.said())
        if shows.failed or shows.failed_before:
            say(f"what failed is listed by: retypeset archive --failures {order.dest}")
    if run.ending:
        say("interrupted: the same command goes on")
        return INTERRUPTED
    return 1 if shows.failed or shows.failed_before else 0


@contextmanager
def _interrupts(run: Run) -> Iterator[None]:
    """Let the first Ctrl-C (or SIGTERM) end the run when what was begun is done, and the second one at once."""

    def interrupt(_number: int, _frame: object) -> None:
        if run.ending:
            raise KeyboardInterrupt
        run.end()
        say("what was begun is being finished; Ctrl-C again stops at once")

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tell(status: Path | None, failed: Path | None, export: Path | None) -> None:
    """Answer a question about an archive, on standard output."""
    from .display import summary  # noqa: PLC0415
    from .ledger import exported, failures, reading  # noqa: PLC0415

    if status:
        with reading(status) as db:
            emit("".join(f"{shown(line)}\n" for line in summary(db)).encode())
    if failed:
        with reading(failed) as db:
            for failure in failures(db):
                emit(f"{shown(failure.name)}: {failure.reason}: {shown(failure.error)}\n".encode())
    if export:
        import csv  # noqa: PLC0415
        import io  # noqa: PLC0415

        with reading(export) as db:
            for row in exported(db):
                line = io.StringIO()
                csv.writer(line).writerow(row)
                emit(line.getvalue().encode())
