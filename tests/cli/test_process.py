"""The command as a process of its own: start-up, pipes, interrupts, closed and full outputs, completion."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import retypeset

# CPU seconds; measured 0.11.
START_UP = 0.2
HEAVY = ("weasyprint", "chardet", "rich", "jinja2", "markdown_it", "msgspec")

COMMAND = (sys.executable, "-m", "retypeset")
# The same, and then a last line on standard error that names what of HEAVY was imported.
WATCHED = (
    sys.executable,
    "-c",
    "import atexit, sys\n"
    f"atexit.register(lambda: print(*[m for m in {HEAVY} if m in sys.modules], file=sys.stderr))\n"
    "from retypeset.cli import main\n"
    "main()",
)


def _run(*arguments: object, command: tuple[str, ...] = COMMAND, **options: object) -> subprocess.CompletedProcess[str]:
    words = [*command, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120, **options)  # type: ignore[call-overload,no-any-return]  # options of many types


def _imported(*arguments: object) -> list[str]:
    done = _run(*arguments, command=WATCHED)
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()[-1].split()


def test_the_version_is_there_at_once() -> None:
    spent = []
    for _ in range(3):
        process = subprocess.Popen([*COMMAND, "--version"], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        spent.append(usage.ru_utime + usage.ru_stime)
    assert min(spent) < START_UP


def test_nothing_heavy_is_imported_unless_it_is_used(path: Path, tmp_path: Path) -> None:
    assert _imported("--version") == []
    assert _imported("convert", "--help") == []
    assert _imported("archive", "--help") == []
    assert _imported("convert", path, "--to", "json") == ["msgspec"]
    assert _imported("convert", path, "--to", "md") == ["msgspec"]
    assert _imported("inspect", path) == ["msgspec"]
    assert _imported("convert", path, "--to", "html") == ["jinja2", "msgspec"]
    assert "weasyprint" in _imported("convert", path, "-o", tmp_path / "a.pdf")


def test_the_command_is_installed(path: Path) -> None:
    done = _run("--version", command=(str(Path(sys.executable).with_name("retypeset")),))
    assert (done.returncode, done.stdout) == (0, f"retypeset {retypeset.__version__}\n")
    for module in ("retypeset", "retypeset.cli"):
        bare = _run(command=(sys.executable, "-m", module))
        assert bare.returncode == 2
        assert "Usage: retypeset" in bare.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_hangs_up_ends_the_work_without_a_word(path: Path, unbuffered: str) -> None:
    path.write_text("A letter to the holders of shares of the works, and more of it.\n\n" * 20_000)
    process = subprocess.Popen(
        [*COMMAND, "convert", str(path), "--to", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )
    assert process.stdout
    assert process.stdout.read(10) == b'{"source":'
    process.stdout.close()
    assert process.stderr
    assert b"Traceback" not in (said := process.stderr.read())
    assert b"Error" not in said
    process.stderr.close()
    assert process.wait(60) == 128 + signal.SIGPIPE


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_all_of_it_goes_through_a_slow_pipe(path: Path, unbuffered: str) -> None:
    path.write_text("A letter to the holders of shares of the works, and more of it.\n\n" * 20_000)
    done = _run("convert", path, "--to", "json", env={**os.environ, "PYTHONUNBUFFERED": unbuffered})
    assert done.returncode == 0
    assert done.stdout.encode() == retypeset.to_json(retypeset.read(path, name=path.name))


def test_a_reader_of_the_notes_that_hangs_up_ends_the_work_too(path: Path, tmp_path: Path) -> None:
    end, start = os.pipe()
    os.close(end)
    target = tmp_path / "out.md"
    words = [*COMMAND, "convert", str(path), str(path.with_name("none")), "-o", str(tmp_path / "out")]
    process = subprocess.run(words, stderr=start, check=False, timeout=60)
    os.close(start)
    assert process.returncode == 128 + signal.SIGPIPE
    assert not target.exists()


def test_an_interrupt_is_exit_code_130_without_a_traceback(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    words = [*COMMAND, "convert", str(pipe), "-o", str(tmp_path / "out.md")]
    # What runs in the background of a shell ignores the signal, and so would its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process, pipe.open("wb"):
        # The pipe opens here when the command opens it there: it stands in the midst of reading.
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.strip() == ""
    assert not (tmp_path / "out.md").exists()


def test_an_interrupt_while_the_program_is_loaded_is_the_same() -> None:
    code = (
        "import sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'click':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from retypeset.__main__ import main\n"
        "main()"
    )
    done = _run("--version", command=(sys.executable, "-c", code))
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_full_disk_behind_standard_output_is_an_error_in_one_line(path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("platform: there is no /dev/full")
    for words in (["convert", str(path)], ["--version"], ["schema"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([*COMMAND, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 1
        assert "No space left on device" in done.stderr
        assert ": error: " in done.stderr
        assert "Traceback" not in done.stderr
        assert "ignored" not in done.stderr


@pytest.mark.parametrize("redirection", [">&-", "<&-", "2>&-"])
def test_closed_streams_are_no_fault_of_ours(path: Path, redirection: str) -> None:
    given = "-" if redirection == "<&-" else path
    done = _run(command=("sh", "-c", f'"$@" {redirection}', "sh", *COMMAND, "convert", str(given)))
    assert done.returncode == (0 if redirection == "2>&-" else 1)
    assert "Traceback" not in done.stderr
    assert "internal" not in done.stderr


def test_what_click_quotes_is_cleaned() -> None:
    done = _run("convert", "x", "--\x1b[2J")
    assert done.returncode == 2
    assert "Usage: retypeset convert" in done.stderr
    assert r"\x1b[2J" in done.stderr
    assert "\x1b" not in done.stderr


def test_the_shell_completes_formats_after_a_comma() -> None:
    environment = {
        **os.environ,
        "_RETYPESET_COMPLETE": "bash_complete",
        "COMP_WORDS": "retypeset convert --to md,",
        "COMP_CWORD": "3",
    }
    done = _run(env=environment)
    formats = ("md", "html", "pdf", "json", "jsonl", "pandoc", "csv")
    assert done.stdout.split() == [f"plain,md,{name}" for name in formats]
    environment |= {"COMP_WORDS": "retypeset con", "COMP_CWORD": "1"}
    assert _run(env=environment).stdout.split() == ["plain,convert"]
