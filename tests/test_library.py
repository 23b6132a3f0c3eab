"""The library in the hands of others: what `read` takes, threads, pickles, and what an editor is told of it."""

from __future__ import annotations

import gc
import io
import os
import pickle
import pydoc
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import weasyprint

import retypeset

from .conftest import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.txt"))
FILING = EXAMPLES[0]


@pytest.mark.parametrize("take", [str, Path, Path.read_bytes, lambda path: io.BytesIO(path.read_bytes())])
def test_a_source_is_a_path_bytes_or_an_open_file(take: Callable[[Path], Any]) -> None:
    assert retypeset.read(take(FILING), name="a") == retypeset.read(FILING.read_bytes(), name="a")


@pytest.mark.parametrize("take", [bytes, bytearray, memoryview])
def test_bytes_may_be_bytes_of_any_kind(take: Callable[[bytes], Any]) -> None:
    data = FILING.read_bytes()
    assert retypeset.read(take(data)) == retypeset.read(data)


def test_an_open_file_says_its_name() -> None:
    with FILING.open("rb") as file:
        assert retypeset.read(file).source.name == FILING.name


def test_what_is_no_source_is_called_so() -> None:
    with FILING.open(encoding="ascii") as file, pytest.raises(retypeset.RetypesetError, match="mode 'rb'"):
        retypeset.read(file)  # type: ignore[arg-type]
    with pytest.raises(retypeset.RetypesetError, match=r"text where a path is wanted: give its bytes, text\.encode"):
        retypeset.read(FILING.read_text("ascii"))
    with pytest.raises(TypeError, match="a path, bytes or a file open for bytes is wanted, not list"):
        retypeset.read([FILING])  # type: ignore[arg-type]


def test_a_path_may_hold_a_line_feed(tmp_path: Path) -> None:
    path = tmp_path / "a\nb.txt"
    path.write_bytes(FILING.read_bytes())
    assert retypeset.read(os.fspath(path)).source.name == path.name


def _everything(path: Path) -> tuple[object, ...]:
    submission = retypeset.read(path)
    writers: tuple[Callable[[Any], object], ...] = (
        *(retypeset.to_json, retypeset.to_markdown, retypeset.to_html),
        *(retypeset.to_jsonl, retypeset.to_csv, retypeset.to_pandoc),
    )
    return (submission, *(write(submission) for write in writers))


def test_threads_give_what_one_after_the_other_gives() -> None:
    paths = EXAMPLES * 5
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(_everything, paths)) == [_everything(path) for path in EXAMPLES] * 5


def test_one_pdf_is_set_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pango shares its fonts among the documents of a process, and corrupts its lists where two threads set one."""
    at_work = threading.Lock()

    class Document:
        def __init__(self, **_: object) -> None: ...

        def write_pdf(self, **_: object) -> bytes:
            if not at_work.acquire(blocking=False):
                return b"together"
            time.sleep(0.02)
            at_work.release()
            return b"alone"

    submission = retypeset.read(FILING)
    retypeset.to_pdf(submission)  # what is loaded once is loaded
    monkeypatch.setattr(weasyprint, "HTML", Document)
    pace = gc.get_threshold()
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(retypeset.to_pdf, [submission] * 8)) == {b"alone"}
    assert gc.get_threshold() == pace


def test_a_submission_goes_through_pickle() -> None:
    submission = retypeset.read(FILING)
    assert pickle.loads(pickle.dumps(submission)) == submission


def test_help_shows_every_public_name() -> None:
    said = pydoc.plain(pydoc.render_doc(retypeset))
    assert [name for name in retypeset.__all__ if name not in said] == ["__version__"]
    assert "to_markdown(submission)" in said.partition("PACKAGE CONTENTS")[0]
    assert {*retypeset.__all__} <= {*dir(retypeset)}
