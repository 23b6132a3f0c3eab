"""Print what Retypeset costs and how well it reads: speed, memory, pages of PDF, growth, the gold, EX-27, Items, and
rows of tables left in the text.

Every measurement runs in a process of its own (measure.py), one after the other, and counts CPU seconds: other work on
the machine disturbs it little. Start-up is what an interpreter and the imports cost before the first byte is read, and
stands apart; megabytes are those of the filings, 10**6 bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
COMMAND = Path(sys.executable).with_name("retypeset")
MEASURE = Path(__file__).with_name("measure.py")
ITEMS = Path(__file__).with_name("items.py")
RESIDUE = Path(__file__).with_name("residue.py")

FORMATS = ("md", "html", "json", "pdf")
MEGABYTE = 10**6

MEMORY_FILES = 3  # the largest filings: they decide how much memory a machine needs
PDF_FILES = 3
PDF_LARGEST = 250_000  # bytes: some hundred pages, seconds rather than minutes a file
STARTS = 5
GROWTH_SIZE = 5 * MEGABYTE
ARCHIVED = 1_000  # filings of an archive: enough to see what one costs
GROWTH_ROUNDS = 3  # the least of them counts: noise only ever adds

CPU_MODEL = re.compile(r"^model name\s*: (.*)$", re.MULTILINE)
PDF_PAGES = re.compile(r"^Pages: +(\d+)$", re.MULTILINE)


class Figures(NamedTuple):
    """What measure.py says: CPU in seconds, sizes and memory in bytes."""

    reading: float
    writing: float
    size: int
    written: int
    refused: int
    idle: int
    peak: int

    @property
    def cpu(self) -> float:
        """The whole way, in seconds."""
        return self.reading + self.writing

    @property
    def rate(self) -> float:
        """Megabytes of filings a CPU second."""
        return self.size / MEGABYTE / self.cpu if self.cpu else 0.0


def measure(form: str, paths: Sequence[Path], out: Path) -> Figures:
    """Run one measurement of `paths` in a process of its own."""
    command = [sys.executable, str(MEASURE), form, str(out), *map(str, paths)]
    return Figures(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


def cpu_of(command: Sequence[str | Path], *, runs: int = 1) -> float:
    """The least CPU seconds that `command` took, its children included."""
    return min(_cpu_once(command) for _ in range(runs))


def _cpu_once(command: Sequence[str | Path]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


# ---------------------------------------------------------------- the tables


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print an aligned table: the first column to the left, the others to the right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    print(f"\n{title}\n")
    for row in (head, ["-" * width for width in widths], *rows):
        first, *others = (
            cell.rjust(width) if n else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  " + "  ".join((first, *others)).rstrip())


def machine() -> str:
    """The machine in one line."""
    try:
        model = CPU_MODEL.search(Path("/proc/cpuinfo").read_text("utf-8"))
    except OSError:
        model = None
    name = model[1] if model else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def start_up(formats: Sequence[str], folder: Path) -> None:
    """Start-up: `--version`, and a file of one line in each format."""
    line = folder / "line.txt"
    line.write_bytes(b"One line.\n")
    python = [sys.executable, "-c", "pass"]
    rows = [["bare Python", f"{cpu_of(python, runs=STARTS):.3f}"]]
    rows.append(["retypeset --version", f"{cpu_of([COMMAND, '--version'], runs=STARTS):.3f}"])
    for name in formats:
        convert: list[str | Path] = [COMMAND, "convert", line, "-o", folder / f"line.{name}"]
        rows.append([f"one line to {name}", f"{cpu_of(convert, runs=STARTS):.3f}"])
    show("Start-up, CPU seconds", ["", "CPU s"], rows)


def speed(formats: Sequence[str], paths: Sequence[Path], folder: Path) -> None:
    """CPU seconds and megabytes a CPU second over all of `paths`."""
    rows = []
    for form in formats:
        figures = measure(form, paths, folder)
        costs = [f"{cost:.2f}" for cost in (figures.reading, figures.writing, figures.rate)]
        rows.append([form, *costs, f"{figures.written / MEGABYTE:.1f}", str(figures.refused)])
    size = sum(path.stat().st_size for path in paths)
    title = f"Speed over {len(paths)} filings of {size / MEGABYTE:.1f} MB, CPU seconds, start-up apart"
    show(title, ["", "reading", "writing", "MB/s", "MB written", "refused"], rows)


def memory(formats: Sequence[str], paths: Sequence[Path], folder: Path) -> None:
    """Peak memory for each of the largest filings, above that of an idle process."""
    largest = sorted(paths, key=lambda path: path.stat().st_size)[-MEMORY_FILES:]
    rows = []
    for form in formats:
        for path in largest:
            figures = measure(form, [path], folder)
            ratio = (figures.peak - figures.idle) / path.stat().st_size
            sizes = [figures.size, figures.idle, figures.peak]
            rows.append([form, *(f"{size / MEGABYTE:.1f}" for size in sizes), f"{ratio:.1f}"])
    show(f"Peak memory, {len(largest)} largest filings", ["", "MB read", "idle MB", "peak MB", "times input"], rows)


def pages(paths: Sequence[Path], folder: Path) -> None:
    """Pages of PDF a CPU second, for a few filings of ordinary size."""
    fitting = sorted(
        (path for path in paths if path.stat().st_size <= PDF_LARGEST), key=lambda path: path.stat().st_size
    )
    rows = []
    for path in fitting[-PDF_FILES:]:
        figures = measure("pdf", [path], folder)
        info = subprocess.run(["pdfinfo", folder / f"{path.stem}.pdf"], check=True, capture_output=True, text=True)
        found = PDF_PAGES.search(info.stdout)
        count = int(found[1]) if found else 0
        sizes = [f"{size / MEGABYTE:.2f}" for size in (figures.size, figures.written, figures.peak)]
        rows.append([path.stem[:40], *sizes, str(count), f"{figures.writing:.1f}", f"{count / figures.writing:.1f}"])
    show("PDF", ["", "MB read", "MB written", "peak MB", "pages", "CPU s", "pages/s"], rows)


# ---------------------------------------------------------------- growth

WORDS = (
    "the company its and revenues of increased in fiscal year net interest agreement shall be notes due under credit "
    "facility certain other operations subject to quarter ended percent plan of holders such shares common"
)
VOCABULARY = tuple(WORDS.split())


def synthetic(size: int) -> bytes:
    """Text of at least `size` bytes in the manner of the era: prose, a table and a folio on every page."""
    dice = random.Random(size)
    pieces: list[str] = []
    length = page = 0
    while length < size:
        page += 1
        piece = "\n".join((*_prose(dice), *_table(dice), "", f"{page:>40}", "<PAGE>", ""))
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces).encode("ascii")


def _prose(dice: random.Random) -> Iterator[str]:
    for _ in range(4):
        line = "     " + dice.choice(VOCABULARY).capitalize()
        for _ in range(dice.randint(40, 90)):
            word = dice.choice(VOCABULARY)
            if len(line) + len(word) >= 72:
                yield line
                line = word
            else:
                line += " " + word
        yield line + "."
        yield ""


def _table(dice: random.Random) -> Iterator[str]:
    yield f"{'':40}{'1997':>12}{'1996':>12}"
    yield f"{'':40}{'-------':>12}{'-------':>12}"
    for _ in range(12):
        label = f"{dice.choice(VOCABULARY).capitalize()} {dice.choice(VOCABULARY)}".ljust(40, ".")
        yield f"{label}{dice.randint(1, 99999):>12,}{dice.randint(1, 99999):>12,}"


def growth(formats: Sequence[str], folder: Path) -> None:
    """Twice the text, twice the time: the ratio should be close to 2."""
    paths = [folder / "once.txt", folder / "twice.txt"]
    for path, factor in zip(paths, (1, 2), strict=True):
        path.write_bytes(synthetic(GROWTH_SIZE * factor))
    rows = []
    for form in formats:
        rounds = [[measure(form, [path], folder).cpu for path in paths] for _ in range(GROWTH_ROUNDS)]
        once, twice = map(min, zip(*rounds, strict=True))
        rows.append([form, f"{once:.2f}", f"{twice:.2f}", f"{twice / once:.2f}"])
    megabytes = GROWTH_SIZE // MEGABYTE
    show("Growth on synthetic text, CPU seconds", ["", f"{megabytes} MB", f"{2 * megabytes} MB", "ratio"], rows)


# ---------------------------------------------------------------- accuracy


def accuracy(gold: Path, folder: Path) -> None:
    """The figures of score.py for the documents that were annotated by hand."""
    texts = sorted((gold / "dev").glob("*.txt"))
    convert: list[str | Path] = [COMMAND, "convert", "--to", "html", "-o", folder / "gold", *texts]
    cpu = cpu_of(convert)
    print(f"\nAccuracy on {len(texts)} annotated documents, converted in {cpu:.1f} CPU seconds\n", flush=True)
    subprocess.run([sys.executable, gold / "score.py", gold / "dev", folder / "gold"], check=True)


def amounts(gold: Path, paths: Sequence[Path], folder: Path) -> None:
    """The figures of ex27.py: amounts of financial data schedules that stand in the tables of their filings."""
    filings, out = folder / "schedules", folder / "tables"
    filings.mkdir()
    for path in paths:
        (filings / path.name).symlink_to(path.resolve())
    convert: list[str | Path] = [COMMAND, "convert", "--to", "html", "-o", out, *paths]
    subprocess.run(convert, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # some are refused
    print("\nAmounts of financial data schedules (EX-27) in the tables of their filings\n", flush=True)
    subprocess.run([sys.executable, gold / "ex27.py", filings, out], check=True)


def residue(paths: Sequence[Path]) -> None:
    """The rows of tables that residue.py found in the text, filing by filing."""
    said = json.loads(subprocess.run([sys.executable, RESIDUE, *paths], check=True, stdout=subprocess.PIPE).stdout)
    rows = [[name[:40], str(left), str(noted)] for name, left, noted in said["counts"] if left]
    left, noted = (sum(count[n] for count in said["counts"]) for n in (1, 2))
    total = [f"all {len(said['counts'])} filings", str(left), str(noted)]
    show(f"Rows of figures left in the text, of {said['lines']}", ["", "left", "with a note"], [*rows, total])


def items(paths: Sequence[Path]) -> None:
    """The Items of the form that items.py found in the annual and quarterly reports, and those it did not."""
    result = subprocess.run([sys.executable, ITEMS, *paths], check=True, stdout=subprocess.PIPE)
    said = json.loads(result.stdout)
    if not said["rows"]:
        return
    show("Items of the form", ["", "form", "found", "named, not found"], said["rows"])
    share = f", {said['found'] / said['named']:.1%}" if said["named"] else ""
    print(f"\n  {len(said['rows'])} filings, {said['named']} Items named, {said['found']} of these found{share}")


def archives() -> None:
    """The figures of archive.py, with few filings."""
    command: list[str | Path] = [sys.executable, Path(__file__).with_name("archive.py"), "--filings", str(ARCHIVED)]
    sys.stdout.flush()
    subprocess.run(command, check=True)


# ---------------------------------------------------------------- the command line


def _arguments() -> argparse.Namespace:
    default = SHARED / "filings" if (SHARED / "filings").is_dir() else ROOT / "examples"
    parser = argparse.ArgumentParser(description="Measure speed, memory and accuracy.")
    parser.add_argument("folder", nargs="?", type=Path, default=default, help="the filings (*.txt) to measure with")
    parser.add_argument("--formats", default=",".join(FORMATS), help="formats parted by commas (%(default)s)")
    parser.add_argument("--limit", type=int, help="take the first so many filings")
    arguments = parser.parse_args()
    arguments.formats = arguments.formats.split(",")
    if not set(arguments.formats) <= set(FORMATS):
        parser.error(f"formats are {', '.join(FORMATS)}")
    arguments.paths = sorted(arguments.folder.glob("*.txt"))[: arguments.limit]
    if not arguments.paths:
        parser.error(f"{arguments.folder} holds no *.txt")
    return arguments


def main() -> None:
    arguments = _arguments()
    quick = [form for form in arguments.formats if form != "pdf"]
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start_up(arguments.formats, folder)
        speed(quick, arguments.paths, folder)
        memory(quick, arguments.paths, folder)
        if "pdf" in arguments.formats:
            pages(arguments.paths, folder)
        growth(quick, folder)
        if (SHARED / "gold" / "dev").is_dir():
            accuracy(SHARED / "gold", folder)
            amounts(SHARED / "gold", arguments.paths, folder)
    archives()
    residue(arguments.paths)
    items(arguments.paths)


if __name__ == "__main__":
    main()
