"""`convert --to csv`: one file for each table and one of all figures, in a folder; the figures alone elsewhere."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import retypeset
from retypeset.conversion import csv_files

if TYPE_CHECKING:
    from tests.cli.conftest import Run

TABLES = {"1-10-Q-table-1.csv", "2-EX-27-table-1.csv", "facts.csv"}


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_folder_gets_a_file_for_each_table_and_one_for_all(run: Run, path: Path, tmp_path: Path) -> None:
    done = run("convert", "--to", "csv", path, "-o", f"{tmp_path}/out/")
    assert done.exit_code == 0
    folder = tmp_path / "out" / path.stem
    assert _names(folder) == TABLES
    assert (folder / "1-10-Q-table-1.csv").read_text().splitlines()[1] == "Cash,1204,998"
    facts = list(csv.DictReader(StringIO((folder / "facts.csv").read_text())))
    assert {(fact["row"], fact["value"], fact["multiplier"]) for fact in facts} >= {
        ("Cash", "1204", "1"),
        ("Total assets", "4619", "1000"),
    }


def test_without_a_folder_the_figures_go_where_they_are_sent(run: Run, path: Path, tmp_path: Path) -> None:
    done = run("convert", "--to", "csv", path)
    facts = retypeset.to_csv(retypeset.read(path))
    assert done.stdout == facts
    assert run("convert", path, "-o", tmp_path / "filing.csv").exit_code == 0
    assert (tmp_path / "filing.csv").read_text() == facts
    retypeset.convert(path, tmp_path / "library.csv")
    assert (tmp_path / "library.csv").read_text() == facts


def test_other_formats_stand_beside_the_folder(run: Run, path: Path, tmp_path: Path) -> None:
    assert run("convert", "--to", "csv,json", path, "-o", f"{tmp_path}/out/").exit_code == 0
    assert _names(tmp_path / "out") == {path.stem, f"{path.stem}.json"}
    assert _names(tmp_path / "out" / path.stem) == TABLES


def test_split_puts_all_into_one_folder(run: Run, path: Path, tmp_path: Path) -> None:
    assert run("convert", "--split", "--to", "md,csv", path, "-o", f"{tmp_path}/out/").exit_code == 0
    folder = tmp_path / "out" / path.stem
    assert _names(folder) == TABLES | {"1-10-Q.md", "2-EX-27.md", "3-EX-99.md", "works-map.gif"}


def test_several_inputs_need_a_folder(run: Run, path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("text\n")
    done = run("convert", "--to", "csv", path, other)
    assert done.exit_code == 2
    assert run("convert", "--to", "csv", path, other, "-o", tmp_path / "all.csv").exit_code == 2
    assert run("convert", "--to", "csv", path, other, "-o", f"{tmp_path}/out/").exit_code == 0
    assert _names(tmp_path / "out" / "other") == {"facts.csv"}
    assert (tmp_path / "out" / "other" / "facts.csv").read_text().count("\n") == 1


def test_a_folder_that_cannot_be_made_leaves_nothing_behind(run: Run, path: Path, tmp_path: Path) -> None:
    (tmp_path / path.stem).write_text("in the way")
    done = run("convert", "--to", "csv,md", path, "-o", f"{tmp_path}/")
    assert done.exit_code == 1
    assert "choose another folder" in done.stderr
    assert _names(tmp_path) == {path.stem, "in"}


def test_an_input_that_is_named_like_the_facts_is_never_overwritten(run: Run, filing: str, tmp_path: Path) -> None:
    source = tmp_path / "filing" / "facts.csv"
    source.parent.mkdir()
    source.write_text(filing)
    link = tmp_path / "filing.txt"
    link.symlink_to(source)
    assert run("convert", "--to", "csv", link, "-o", f"{tmp_path}/").exit_code == 2
    assert source.read_text() == filing


def test_files_of_one_name_are_numbered() -> None:
    document = "<DOCUMENT>\n<TYPE>EX-27\n<SEQUENCE>2\n<TEXT>\n<ARTICLE> 5\n<CASH> 1\n<SALES> 2\n</TEXT>\n</DOCUMENT>\n"
    submission = retypeset.read((document * 2).encode())
    assert set(csv_files(submission)) == {"facts.csv", "2-EX-27-table-1.csv", "2-EX-27-2-table-1.csv"}
