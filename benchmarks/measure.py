"""One measurement, in a process of its own: what it cost to turn some filings into one format.

Run by bench.py, which also says what the figures mean: `measure.py FORMAT OUT FILE...` prints one line of JSON: CPU
seconds, and bytes. PDF files are kept in the folder OUT for their pages to be counted.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import retypeset
from retypeset.model import Submission

WRITERS = {"md": "to_markdown", "html": "to_html", "json": "to_json", "pdf": "to_pdf"}
KIBIBYTE = 1024  # ru_maxrss is in KiB on Linux
WARM_UP = b"A line of text.\n"


def main() -> None:
    form, out, *names = sys.argv[1:]
    write: Callable[[Submission], str | bytes] = getattr(retypeset, WRITERS[form])
    # What is imported on first use belongs to start-up, which bench.py measures apart.
    write(retypeset.read(WARM_UP))
    idle = _peak()
    size = written = refused = 0
    reading = writing = 0.0
    for name in names:
        start = time.process_time()
        data = Path(name).read_bytes()
        try:
            submission = retypeset.read(data, name=name)
            read = time.process_time()
            result = write(submission)
        except retypeset.RetypesetError:
            refused += 1
            continue
        writing += time.process_time() - read
        reading += read - start
        size += len(data)
        written += len(result)
        if isinstance(result, bytes) and form == "pdf":
            (Path(out) / f"{Path(name).stem}.pdf").write_bytes(result)
    figures = {"reading": reading, "writing": writing, "size": size, "written": written, "refused": refused}
    print(json.dumps({**figures, "idle": idle, "peak": _peak()}))


def _peak() -> int:
    """The most memory this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIBIBYTE


if __name__ == "__main__":
    main()
