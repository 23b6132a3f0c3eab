"""The data set: rows, partitions, row groups, and that it keeps in step whatever happens."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.bulk.conftest import TABLE, Archive, accession, filing, outputs, rows

import retypeset
from retypeset.bulk import parquet

pytest.importorskip("pyarrow", reason="pyarrow is not installed")


def _rows(dest: Path, kind: str) -> list[dict[str, Any]]:
    import pyarrow.dataset

    table = pyarrow.dataset.dataset(dest / "parquet" / kind, partitioning="hive").to_table()
    found: list[dict[str, Any]] = table.sort_by([("accession", "ascending"), ("line", "ascending")]).to_pylist()
    return found


def test_blocks_and_facts_are_rows_by_year_and_form(archive: Archive, folder: Path, dest: Path) -> None:
    (folder / "4.txt").write_bytes(filing(4, form="SC 13D/A"))
    archive(folder, "--to", "parquet,md")
    submission = retypeset.read(folder / "1.txt")
    (table,) = retypeset.tables(submission)
    facts = [row for row in _rows(dest, "facts") if row["accession"] == accession(1)]
    assert [(r["row"], r["columns"], r["text"], r["value"], r["line"]) for r in facts] == [
        ([*r.row], [*r.columns], r.text, r.value, r.line) for r in retypeset.records(table)
    ]
    assert facts[0]["number"] == float(facts[0]["value"])
    blocks = _rows(dest, "blocks")
    assert {(row["year"], row["form"]) for row in blocks} == {(1997, "10-Q"), (1997, "SC 13D/A")}
    assert (blocks[0]["kind"], blocks[0]["text"]) == (
        "paragraph",
        "Orders for painted tins rose in each month of the quarter.",
    )
    assert (blocks[0]["company"], blocks[0]["filed"], blocks[0]["type"]) == (
        "HARROW LANE TINWORKS INC",
        "1997-05-12",
        "10-Q",
    )
    parts = [name for name in outputs(dest) if name.startswith("parquet")]
    assert [name.rpartition("/")[0] for name in parts] == [
        f"parquet/{kind}/year=1997/form={form}" for kind in ("blocks", "facts") for form in ("10-Q", "SC%2013D%2FA")
    ]
    assert len(outputs(dest)) == 4 + 4


def test_a_filing_that_says_no_year_and_no_form_has_its_place(archive: Archive, tmp_path: Path, dest: Path) -> None:
    (tmp_path / "letter.txt").write_bytes(TABLE.encode())
    archive(tmp_path / "letter.txt", "--to", "parquet")
    assert [(row["year"], row["form"]) for row in _rows(dest, "blocks")] == [(0, "-")] * 2


def test_a_filing_that_is_done_again_stands_there_once(archive: Archive, folder: Path, dest: Path) -> None:
    archive(folder, "--to", "parquet")
    before = {row["accession"]: row["text"] for row in _rows(dest, "blocks")}
    (folder / "2.txt").write_bytes(filing(2, body="     Another text."))
    (folder / "3.txt").write_bytes(filing(3, form="8-K"))
    archive(folder, "--to", "parquet")
    after = _rows(dest, "blocks")
    assert [row["text"] for row in after if row["accession"] == accession(2)] == ["Another text."]
    assert [row["form"] for row in after if row["accession"] == accession(3)] == ["8-K", "8-K"]
    assert [row["accession"] for row in _rows(dest, "facts")].count(accession(1)) == 6
    assert {row["accession"] for row in after} == before.keys()
    assert not [*(dest / "parquet" / ".pending").iterdir()]


def test_a_run_that_was_killed_leaves_no_rows_twice(archive: Archive, folder: Path, dest: Path) -> None:
    archive(folder, "--to", "parquet")
    # As if it had been killed when the parts were in their places and the ledger did not know of them yet.
    db = sqlite3.connect(dest / "ledger.sqlite")
    db.execute("UPDATE filings SET stamp = '', version = '0'")
    db.commit()
    db.close()
    stray = dest / "parquet" / "blocks" / "year=1997" / "form=10-Q" / "0123456789ab.parquet"
    stray.write_bytes(b"cut")
    archive(folder, "--to", "parquet")
    assert not stray.exists()
    assert len(_rows(dest, "facts")) == 3 * 6


def test_groups_of_rows_have_a_sensible_size(
    archive: Archive, folder: Path, dest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow.parquet

    monkeypatch.setattr(parquet, "_ROWS", 8)
    archive(folder, "--to", "parquet")
    (part,) = (dest / "parquet" / "facts").rglob("*.parquet")
    with pyarrow.parquet.ParquetFile(part) as file:
        sizes = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert sum(sizes) == 18
    assert max(sizes) <= 8
    assert {row["part"] for row in rows(dest)} == {part.stem}


def test_every_column_is_described() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "archives.md").read_text("utf-8")
    names = {name for schema in parquet._schemas().values() for name in schema.names} | {"filing", "year", "form"}
    assert sorted(name for name in names if f"`{name}`" not in page) == []
