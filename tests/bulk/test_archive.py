"""The command from end to end: where outputs go, what the ledger says, what a second run does, what is told."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import sqlite3
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.bulk.conftest import Archive, accession, filing, outputs, rows, states

import retypeset
from retypeset.cli import commands

ONE = f"9999999/{accession(1)}"


def _ask(option: str, dest: Path) -> str:
    done = CliRunner().invoke(commands, ["archive", option, str(dest)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


# ---------------------------------------------------------------- outputs


def test_outputs_stand_by_cik_and_accession_number(archive: Archive, folder: Path, dest: Path) -> None:
    archive(folder, "--to", "md,json,csv")
    assert outputs(dest) == sorted(
        f"9999999/{accession(n)}/{name}"
        for n in (1, 2, 3)
        for name in (f"{accession(n)}.md", f"{accession(n)}.json", "facts.csv", "1-10-Q-table-1.csv")
    )
    submission = retypeset.read(folder / "1.txt")
    assert (dest / ONE / f"{accession(1)}.md").read_text() == retypeset.to_markdown(submission)
    assert (dest / ONE / f"{accession(1)}.json").read_bytes() == retypeset.to_json(submission)


def test_the_ledger_says_what_each_filing_is(archive: Archive, folder: Path, dest: Path) -> None:
    archive(folder, "--to", "md,json")
    row = rows(dest)[0]
    data = (folder / "1.txt").read_bytes()
    assert (row["source"], row["member"], row["state"]) == (str(folder / "1.txt"), "", "done")
    assert (row["size"], row["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert (row["accession"], row["form"], row["cik"]) == (accession(1), "10-Q", "0009999999")
    assert (row["company"], row["filed"], row["period"]) == ("HARROW LANE TINWORKS INC", "1997-05-12", "1997-03-31")
    assert (row["documents"], row["tables"], row["attempts"], row["error"]) == (1, 1, 1, "")
    assert row["blocks"] >= 2
    assert row["seconds"] > 0
    assert json.loads(row["notes"]) == {"tabs": 1}
    written = rows(dest, "SELECT * FROM outputs WHERE filing = 1")
    assert {one["name"] for one in written} == {f"{accession(1)}.md", f"{accession(1)}.json"}
    for one in written:
        content = (dest / ONE / one["name"]).read_bytes()
        assert (one["size"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("number", ["../../../out-of-here", "/etc/x", "0009999999-97-00000१", "a\x00b"])
def test_nothing_is_written_outside_whatever_a_filing_says(archive: Archive, tmp_path: Path, number: str) -> None:
    data = filing().decode().replace(accession(1), number).replace("<SEQUENCE>", "<FILENAME>../../../x.txt\n<SEQUENCE>")
    inside = tmp_path / "in" / "feed.tar"
    inside.parent.mkdir()
    with tarfile.open(inside, "w") as archive_file:
        entry = tarfile.TarInfo("../../../evil/x%2f..txt")
        entry.size = len(data.encode())
        archive_file.addfile(entry, io.BytesIO(data.encode()))
    archive(inside, "--to", "md,csv")
    dest = tmp_path / "out"
    made = {p for p in tmp_path.rglob("*") if p.is_file()} - {inside}
    assert all(dest in path.parents for path in made)
    assert all(name.startswith("unnumbered/") for name in outputs(dest))
    assert len(outputs(dest)) == 3


def test_a_filing_without_numbers_is_found_by_its_hash(archive: Archive, tmp_path: Path, dest: Path) -> None:
    data = b"     A letter to the holders of shares.\n"
    (tmp_path / "letter.txt").write_bytes(data)
    archive(tmp_path / "letter.txt")
    sha256 = hashlib.sha256(data).hexdigest()
    name = f"letter.txt-{sha256[:12]}"
    assert outputs(dest) == [f"unnumbered/{sha256[:2]}/{sha256[2:4]}/{name}/{name}.md"]


def test_two_filings_of_one_number_stand_side_by_side(archive: Archive, folder: Path, dest: Path) -> None:
    other = filing(1, body="     Another text under the same number.")
    (folder / "4.txt").write_bytes(other)
    (folder / "5.txt").write_bytes(filing(1))
    archive(folder)
    apart = f"{ONE}-{hashlib.sha256(other).hexdigest()[:12]}"
    assert [row["folder"] for row in rows(dest)][3:] == [apart, ONE]
    assert "Another text" in (dest / apart / f"{accession(1)}.md").read_text()
    assert "painted tins" in (dest / ONE / f"{accession(1)}.md").read_text()


def test_several_submissions_and_archives_in_one_run(archive: Archive, tmp_path: Path, dest: Path) -> None:
    (tmp_path / "all.txt").write_bytes(filing(1) + filing(2))
    with tarfile.open(tmp_path / "19970512.nc.tar.gz", "w:gz") as feed:
        for n in (3, 4):
            entry = tarfile.TarInfo(f"{accession(n)}.nc")
            entry.size = len(filing(n))
            feed.addfile(entry, io.BytesIO(filing(n)))
        link = tarfile.TarInfo("0.nc")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        feed.addfile(link)
    done = archive(tmp_path / "all.txt", tmp_path / "19970512.nc.tar.gz", code=1)
    assert states(dest) == {
        "#1": "done",
        "#2": "done",
        "0.nc": "failed",
        f"{accession(3)}.nc": "done",
        f"{accession(4)}.nc": "done",
    }
    assert "19970512.nc.tar.gz:0.nc: error: a link or a device is not followed" in done.stderr
    assert (
        "5 settled before, 1 of which failed"
        in archive(tmp_path / "all.txt", tmp_path / "19970512.nc.tar.gz", code=1).stderr
    )
    assert [row["attempts"] for row in rows(dest)] == [1] * 5


# ---------------------------------------------------------------- a second run


def _attempts(dest: Path) -> list[int]:
    return [row["attempts"] for row in rows(dest)]


def test_a_second_run_does_only_what_is_new_or_changed(archive: Archive, folder: Path, dest: Path) -> None:
    archive(folder, "--to", "csv")
    assert "3 settled before" in archive(folder, "--to", "csv").stderr
    assert _attempts(dest) == [1, 1, 1]
    (folder / "2.txt").write_bytes(filing(2, body="     No table is left."))
    os.utime(folder / "3.txt", (1, 1))
    (folder / "4.txt").write_bytes(filing(4))
    assert "1 settled before" in archive(folder, "--to", "csv").stderr
    assert _attempts(dest) == [1, 2, 1, 1]
    # The table is gone, and its file with it; what was only touched was read, and found to be the same.
    assert [name for name in outputs(dest) if accession(2) in name] == [f"9999999/{accession(2)}/facts.csv"]
    assert "4 settled before" in archive(folder, "--to", "csv").stderr


def test_another_format_is_added_and_another_version_does_all_again(archive: Archive, folder: Path, dest: Path) -> None:
    archive(folder, "--to", "md")
    archive(folder, "--to", "json")
    assert _attempts(dest) == [2, 2, 2]
    assert {row["formats"] for row in rows(dest)} == {",json,md,"}
    assert len(outputs(dest)) == len(rows(dest, "SELECT * FROM outputs")) == 6
    archive(folder, "--to", "md,json")
    assert _attempts(dest) == [2, 2, 2]
    db = sqlite3.connect(dest / "ledger.sqlite")
    db.execute("UPDATE filings SET version = '0.0.1' WHERE id = 2")
    db.commit()
    db.close()
    archive(folder, "--to", "md,json")
    assert _attempts(dest) == [2, 3, 2]


def test_pages_link_one_sheet_where_that_is_asked_for(
    archive: Archive, folder: Path, tmp_path: Path, dest: Path
) -> None:
    (folder / "letter.txt").write_text("A letter to the holders of shares of the works.\n")

    def pages() -> dict[str, str]:
        paths = sorted(dest.rglob("*.html"))
        return {str(path.relative_to(dest)): path.read_text() for path in paths}

    archive(folder, "--to", "html,md")
    inside = pages()
    assert len(inside) == 4
    assert "4 filings, 0 failed" in archive(folder, "--to", "html", "--assets").stderr
    linked = pages()
    assert linked.keys() == inside.keys()
    (sheet,) = (dest / "assets").iterdir()
    assert sheet.read_text() == retypeset.stylesheet()
    for name, page in linked.items():
        assert "<style" not in page
        (link,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page)
        assert (dest / name).parent.joinpath(link).resolve() == sheet.resolve()
    assert {row["formats"] for row in rows(dest)} == {",html+assets,md,"}
    assert "4 settled before" in archive(folder, "--to", "html,md", "--assets").stderr
    archive(folder, "--to", "html")
    assert pages() == inside
    assert {row["formats"] for row in rows(dest)} == {",html,md,"}


def test_a_source_that_moves_to_another_number_takes_its_outputs_along(
    archive: Archive, folder: Path, dest: Path
) -> None:
    archive(folder)
    (folder / "3.txt").write_bytes(filing(7))
    archive(folder)
    assert outputs(dest) == [f"9999999/{accession(n)}/{accession(n)}.md" for n in (1, 2, 7)]


def test_limit_include_and_forms(archive: Archive, folder: Path, dest: Path) -> None:
    (folder / "4.txt").write_bytes(filing(4, form="8-K"))
    archive(folder, "--limit", "1")
    assert states(dest) == {"1.txt": "done"}
    archive(folder, "--include", "[13].*")
    assert states(dest) == {"1.txt": "done", "3.txt": "done"}
    archive(folder, "--forms", "8-k,10-K")
    assert states(dest) == {"1.txt": "done", "2.txt": "passed", "3.txt": "done", "4.txt": "done"}
    assert "4 settled before" in archive(folder, "--forms", "8-K").stderr
    archive(folder)
    assert set(states(dest).values()) == {"done"}


def test_a_list_from_standard_input(archive: Archive, folder: Path, dest: Path) -> None:
    archive("--from", "-", stdin=f"{folder}/2.txt\n{folder}/3.txt\n")
    assert states(dest) == {"2.txt": "done", "3.txt": "done"}


def test_what_failed_is_tried_again_when_that_is_asked_for(archive: Archive, folder: Path, dest: Path) -> None:
    (folder / "2.txt").write_bytes(bytes(range(256)) * 40)
    done = archive(folder, folder / "none.txt", code=1)
    assert f"{folder}/2.txt: error: " in done.stderr
    assert f"{folder}/none.txt: error: No such file or directory" in done.stderr
    assert states(dest) == {"1.txt": "done", "2.txt": "failed", "3.txt": "done", "none.txt": "failed"}
    archive(folder, folder / "none.txt", code=1)
    assert _attempts(dest) == [1, 1, 1, 1]
    (folder / "none.txt").write_bytes(filing(5))
    archive(folder, "--retry-failed", code=1)
    assert {row["source"][-8:]: row["attempts"] for row in rows(dest)}["ngs/2.txt"[-8:]] == 2
    assert states(dest)["none.txt"] == "done"


def test_outputs_behind_a_url(archive: Archive, folder: Path, dest: Path, tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    store = tmp_path / "store"
    archive(f"file://{folder}", "--store", f"file://{store}")
    assert outputs(dest) == []
    (written,) = (store / "9999999").glob(f"{accession(2)}-*/{accession(2)}-*.md")
    assert "painted tins" in written.read_text()
    assert rows(dest)[1]["folder"] == str(written.parent.relative_to(store))


# ---------------------------------------------------------------- what is told


def test_status_failures_and_export(archive: Archive, folder: Path, dest: Path) -> None:
    (folder / "2.txt").write_bytes(b"\0\xff" * 4000)
    (folder / "4.txt").write_bytes(filing(4, form="8-K", body="A letter."))
    done = archive(folder, code=1)
    told = _ask("--status", dest)
    assert told in done.stderr
    lines = [line.split() for line in told.splitlines()]
    assert ["form", "done", "failed"] in lines
    assert ["10-Q", "2", "0"] in lines
    assert ["all", "3", "1"] in lines
    assert ["tabs", "3", "3"] in lines
    assert f"retypeset archive --failures {dest}" in done.stderr
    assert _ask("--failures", dest).startswith(f"{folder}/2.txt: error: ")
    table = [*csv.DictReader(io.StringIO(_ask("--export", dest)))]
    assert [row["state"] for row in table] == ["done", "failed", "done", "done"]
    assert json.loads(table[0]["outputs"]).keys() == {f"{accession(1)}.md"}


def test_json_for_programs_and_quiet(archive: Archive, folder: Path, dest: Path) -> None:
    done = archive(folder, "--log-json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events] == ["filing"] * 3 + ["end"]
    assert (events[0]["source"], events[0]["state"]) == (str(folder / "1.txt"), "done")
    assert (events[3]["filings"], events[3]["failed"]) == (3, 0)
    assert done.stderr == ""
    (folder / "1.txt").write_bytes(b"\0\xff" * 4000)
    done = archive(folder, "--quiet", code=1)
    assert (done.stdout, done.stderr) == ("", "")


def test_wrong_usage_leaves_nothing_behind(tmp_path: Path, folder: Path) -> None:
    dest = tmp_path / "out"
    for words in (
        [],
        [str(folder)],
        ["-o", str(dest)],
        [str(folder), "-o", str(dest), "--to", "doc"],
        [str(folder), "-o", str(dest), "--scheduler", "tcp://x"],
        [str(folder), "-o", str(dest), "--from", str(tmp_path / "none")],
        [str(folder), "-o", str(dest), "--to", "parquet", "--store", "file:///x"],
        [str(folder), "-o", str(dest), "--to", "html", "--assets", "--store", "file:///x"],
        [str(folder), "-o", str(dest), "--assets"],
        [str(folder), "-o", ""],
        ["", "-o", str(dest)],
        [str(folder), "-o", f"{folder}/../{folder.name}"],
    ):
        assert CliRunner().invoke(commands, ["archive", *words]).exit_code == 2
    assert not dest.exists()
    assert [path.name for path in sorted(folder.iterdir())] == ["1.txt", "2.txt", "3.txt"]


def test_a_file_where_the_folder_of_the_archive_should_be(archive: Archive, folder: Path, dest: Path) -> None:
    dest.write_text("old")
    with pytest.raises(retypeset.RetypesetError, match=r"cannot write .*: File exists; .* choose another folder"):
        archive(folder)
    assert dest.read_text() == "old"


def test_where_nothing_is_found_it_is_said_what_would_be(archive: Archive, folder: Path) -> None:
    assert "no filings were found: " in archive(folder, "--include", "*.none").stderr
    assert "1 filing, 0 failed; " in archive(folder / "1.txt").stderr
    assert "no filings" not in archive(folder / "1.txt").stderr


def test_a_folder_without_a_ledger_has_nothing_to_tell(tmp_path: Path) -> None:
    with pytest.raises(retypeset.RetypesetError, match="holds no ledger"):
        _ask("--status", tmp_path)


def test_every_real_filing_is_done(archive: Archive, filings: tuple[Path, ...], dest: Path) -> None:
    # The smaller half: all of them in all formats are a matter of minutes.
    small = sorted(filings, key=lambda path: path.stat().st_size)[: len(filings) // 3]
    archive(*small, "--to", "md,json", jobs=2)
    assert set(states(dest).values()) == {"done"}
    assert len(states(dest)) == len(small)
