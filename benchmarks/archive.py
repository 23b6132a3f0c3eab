"""What archives in bulk cost: many filings made from the examples, with one process and with two, and once more.

    archive.py [--filings N] [--to FORMATS] [--brief]

Each filing is an example under an accession number of its own; with --brief only its header and last document, which
leaves little to do but what an archive costs by itself. Measured are the wall time with one and with two worker
processes, what of the CPU time is the client's (sources, scheduling, ledger, names), the client's memory after a short
run and after the long one, and how long it takes to find that all of it is done. Run by bench.py with few filings.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
ACCESSION = re.compile(rb"\d{10}-\d\d-\d{6}")
DOCUMENT = b"<DOCUMENT>"
FOLDER = 1000  # filings in a folder
MEGABYTE = 10**6
SHORT = 25  # a run of so many times less filings: what the client's memory is compared with

# Run in a process of its own: the CPU seconds and the memory of the client, and the CPU seconds of its workers.
CLIENT = """
import resource, sys
from retypeset.cli import commands
try:
    commands.main(sys.argv[1:], standalone_mode=False)
finally:
    own, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(own.ru_utime + own.ru_stime, workers.ru_utime + workers.ru_stime, own.ru_maxrss)
"""


class Cost(NamedTuple):
    """Seconds of the clock, CPU seconds of the client and of its workers, bytes of the client's memory."""

    wall: float
    client: float
    workers: float
    peak: int


def make(folder: Path, count: int, *, brief: bool) -> int:
    """Write so many filings; give the bytes of all."""
    examples = [path.read_bytes() for path in sorted((ROOT / "examples").glob("*.txt"))]
    if brief:
        examples = [data[: data.index(DOCUMENT)] + data[data.rindex(DOCUMENT) :] for data in examples]
    size = 0
    for n in range(count):
        number = f"{9_000_000_000 + n // 1_000_000:010}-97-{n % 1_000_000:06}".encode()
        data = ACCESSION.sub(number, examples[n % len(examples)])
        inner = folder / f"{n // FOLDER:04}"
        inner.mkdir(exist_ok=True)
        (inner / f"{n:07}.txt").write_bytes(data)
        size += len(data)
    return size


def run(folder: Path, dest: Path, formats: str, jobs: int, *more: str) -> Cost:
    """Make an archive."""
    words = ["archive", str(folder), "-o", str(dest), "--to", formats, "--jobs", str(jobs), "--quiet", *more]
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", CLIENT, *words], check=True, stdout=subprocess.PIPE, text=True)
    client, workers, peak = done.stdout.split()
    return Cost(time.monotonic() - start, float(client), float(workers), int(peak) * 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure archives in bulk.")
    parser.add_argument("--filings", type=int, default=50_000, help="how many (%(default)s)")
    parser.add_argument("--to", default="md", help="formats parted by commas (%(default)s)")
    parser.add_argument("--brief", action="store_true", help="take the last document of an example alone")
    parser.add_argument("--folder", type=Path, help="where to work; it needs room for all of it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        _measure(Path(name), arguments.filings, arguments.to, brief=arguments.brief)


def _measure(place: Path, count: int, formats: str, *, brief: bool) -> None:
    folder, few = place / "filings", max(count // SHORT, 1)
    folder.mkdir()
    size = make(folder, count, brief=brief)
    print(f"\nArchives in bulk: {count:,} filings of {size / MEGABYTE:,.0f} MB to {formats}\n", flush=True)
    one = run(folder, place / "one", formats, 1, "--limit", str(few))
    two = run(folder, place / "short", formats, 2, "--limit", str(few))
    times = one.wall / two.wall
    print(
        f"  {few:,} filings, one process: {one.wall:.1f} s; two: {two.wall:.1f} s, {times:.2f} times as fast",
        flush=True,
    )
    whole = run(folder, place / "two", formats, 2)
    share = whole.client / (whole.client + whole.workers)
    print(f"  all, two processes: {whole.wall:.1f} s, {count / whole.wall:.1f} filings/s", flush=True)
    each = whole.client / count * 1000
    print(f"  client: {whole.client:.1f} CPU s, {each:.2f} ms a filing; workers: {whole.workers:.1f} CPU s")
    print(f"  share of the client: {share:.1%} of the CPU time, {whole.client / whole.wall:.1%} of the time")
    print(
        f"  memory of the client: {two.peak / MEGABYTE:.1f} MB after {few:,}, {whole.peak / MEGABYTE:.1f} MB after all"
    )
    again = run(folder, place / "two", formats, 2)
    print(f"  all of it once more, with nothing to do: {again.wall:.1f} s, {again.client:.1f} CPU s")
    ledger = (place / "two" / "ledger.sqlite").stat().st_size
    print(f"  ledger: {ledger / MEGABYTE:.1f} MB, {ledger / count:,.0f} bytes a filing")
    print(f"  load of the machine: {os.getloadavg()[0]:.1f}, cores: {os.cpu_count()}")


if __name__ == "__main__":
    main()
