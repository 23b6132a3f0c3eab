"""Sources and what is inside them: folders, archives, packed files, several submissions; broken and hostile ones."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retypeset.bulk import members as members_module
from retypeset.bulk.members import Left, members, split
from retypeset.bulk.sources import Request, Source, find, opened
from retypeset.bulk.tasks import Result, Task

TEXT = b"A letter to the holders.\n"
FEED = b"<SUBMISSION>\n<TYPE>8-K\n%d\n</SUBMISSION>\n"
MAILED = (
    b"-----BEGIN PRIVACY-ENHANCED MESSAGE-----\nkey\n\n<SEC-DOCUMENT>a\n%d\n</SEC-DOCUMENT>\n"
    b"-----END PRIVACY-ENHANCED MESSAGE-----\n"
)


def _inside(path: Path, *include: str) -> list[Task | Result]:
    (source,) = find(Request((str(path),)))
    found = members(source, Request((), include=include), lambda _: False)
    return [one for one in found if not isinstance(one, Left)]


def _texts(path: Path, *include: str) -> dict[str, bytes | str]:
    """What is inside a file by its name: bytes, or the reason of the failure."""
    return {one.member: one.reason if isinstance(one, Result) else one.data or b"" for one in _inside(path, *include)}


def _tar(path: Path, files: dict[str, bytes], *more: tarfile.TarInfo) -> Path:
    packed = path.suffix in (".gz", ".tgz")
    with tarfile.open(path, "w:gz") if packed else tarfile.open(path, "w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        for entry in more:
            archive.addfile(entry)
    return path


def _entry(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry


# ---------------------------------------------------------------- sources


def _names(tmp_path: Path, *names: str, include: tuple[str, ...] = (), avoid: Path | None = None) -> list[str]:
    found = find(Request(tuple(str(tmp_path / name) for name in names), (), include, avoid))
    return [str(Path(source.name).relative_to(tmp_path)) for source in found]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b/2.txt", "a/1.txt", "a/deep/0009999999-97-000001", "a/f.nc", "a/x.tar", "a/1.txt.gz"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(TEXT)
    for name in ("a/.hidden.txt", "a/master.idx", "a/page.html", "a/list.idx.gz"):
        (tmp_path / name).write_bytes(TEXT)
    return tmp_path


def test_a_folder_is_walked_in_order_and_gives_what_looks_like_filings(tree: Path) -> None:
    assert _names(tree, "a") == ["a/1.txt", "a/1.txt.gz", "a/deep/0009999999-97-000001", "a/f.nc", "a/x.tar"]


def test_a_link_to_a_folder_is_not_followed_and_the_destination_is_not_read(tree: Path) -> None:
    (tree / "b" / "round").symlink_to(tree, target_is_directory=True)
    assert _names(tree, "b") == ["b/2.txt"]
    assert _names(tree, "b", avoid=tree / "b") == []


def test_a_link_that_leads_nowhere_is_missing_and_the_rest_is_found(tree: Path) -> None:
    (tree / "b" / "1.txt").symlink_to("1.txt")
    (tree / "b" / "3.txt").symlink_to("gone.txt")
    found = [*find(Request((str(tree / "b"),)))]
    assert [(Path(source.name).name, bool(source.error)) for source in found] == [
        ("1.txt", True),
        ("2.txt", False),
        ("3.txt", True),
    ]


def test_patterns_and_what_is_named_itself(tree: Path) -> None:
    assert _names(tree, "*/*.txt") == ["a/1.txt", "b/2.txt"]
    assert _names(tree, "a/page.html") == ["a/page.html"]
    assert _names(tree, "a", include=("*.html", "deep/*")) == ["a/page.html", "a/x.tar"]
    (missing,) = find(Request((str(tree / "*.none"),)))
    assert missing.error


def test_a_list_names_sources_a_line_each(tree: Path) -> None:
    names = tree / "names"
    names.write_text(f"{tree}/b/2.txt\r\n\n{tree}/a/f.nc\n{tree}/missing.txt")
    found = [*find(Request((), (names,)))]
    assert [(Path(source.name).name, bool(source.error)) for source in found] == [
        ("2.txt", False),
        ("f.nc", False),
        ("missing.txt", True),
    ]


def test_a_name_that_is_not_utf_8_can_be_read(tmp_path: Path) -> None:
    path = bytes(tmp_path) + b"/caf\xe9.txt"
    with open(path, "wb") as file:
        file.write(TEXT)
    (source,) = find(Request((str(tmp_path),)))
    assert source.name.endswith(r"caf\xe9.txt")
    with opened(source.path, source.url) as file:
        assert file.read() == TEXT


def test_urls_are_read_through_fsspec(tree: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    (source,) = find(Request((f"file://{tree}/b",)))
    assert (source.url, source.size) == (f"file://{tree}/b/2.txt", len(TEXT))
    (task,) = members(source, Request(()), lambda _: False)
    assert isinstance(task, Task)
    assert (task.data, task.url) == (None, source.url)
    with fsspec.open("memory://bulk/0.txt", "wb") as file:
        file.write(TEXT)
    (source,) = find(Request(("memory://bulk",)))
    # Another process has another memory: it is read here.
    (task,) = members(source, Request(()), lambda _: False)
    assert isinstance(task, Task)
    assert task.data == TEXT
    (missing,) = find(Request(("memory://nowhere.txt",)))
    assert missing.error


def test_the_stamp_changes_with_the_file(tree: Path) -> None:
    (before,) = find(Request((f"file://{tree}/b",)))
    (here,) = find(Request((str(tree / "b"),)))
    (tree / "b" / "2.txt").write_bytes(TEXT + b"more")
    assert [source.stamp for source in find(Request((f"file://{tree}/b",)))] != [before.stamp]
    assert [source.stamp for source in find(Request((str(tree / "b"),)))] != [here.stamp]


# ---------------------------------------------------------------- what is inside


def test_a_plain_file_is_left_to_the_worker(tree: Path) -> None:
    (task,) = _inside(tree / "b" / "2.txt")
    assert isinstance(task, Task)
    assert (task.member, task.data, task.size) == ("", None, len(TEXT))


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_packed_files(tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / f"1.txt.{suffix}"
    path.write_bytes(pack(TEXT))
    assert _texts(path) == {"": TEXT}
    path.write_bytes(pack(TEXT)[:-6])
    assert _texts(path) == {"": "archive"}


def _compressed(data: bytes) -> bytes:
    """What compress(1) makes of a short text that repeats nothing: codes of nine bits."""
    bits = sum(byte << 9 * n for n, byte in enumerate(data))
    return b"\x1f\x9d\x90" + bits.to_bytes((9 * len(data) + 7) // 8, "little")


def test_files_of_compress(tmp_path: Path) -> None:
    pytest.importorskip("uncompresspy")
    path = tmp_path / "1.txt.Z"
    path.write_bytes(_compressed(TEXT))
    assert _texts(path) == {"": TEXT}
    path.write_bytes(b"no such thing")
    assert _texts(path) == {"": "archive"}


@pytest.mark.parametrize("name", ["feed.tar", "19970512.nc.tar.gz", "feed.tgz"])
def test_tars(tmp_path: Path, name: str) -> None:
    path = _tar(tmp_path / name, {"./1.nc": FEED % 1, "in/2.txt": TEXT, "in/readme.idx": b"x"})
    assert _texts(path) == {"./1.nc": FEED % 1, "in/2.txt": TEXT}
    assert _texts(path, "*.idx") == {"in/readme.idx": b"x"}


def test_zips_and_their_broken_members(tmp_path: Path) -> None:
    path = tmp_path / "feed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.txt", TEXT)
        archive.writestr("2.txt", TEXT * 2)
        archive.writestr("3.txt", TEXT * 3)
        link = zipfile.ZipInfo("4.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    data = path.read_bytes()
    path.write_bytes(data.replace(TEXT * 2, TEXT.upper() * 2, 1))
    assert _texts(path) == {"1.txt": TEXT, "2.txt": "archive", "3.txt": TEXT * 3, "4.txt": "archive"}
    path.write_bytes(data[:-30])
    assert _texts(path) == {"": "archive"}


def test_links_devices_and_inner_archives_are_failures_and_the_rest_goes_on(tmp_path: Path) -> None:
    more = [
        _entry("link.txt", tarfile.SYMTYPE, "/etc/passwd"),
        _entry("hard.txt", tarfile.LNKTYPE, "1.txt"),
        _entry("null.txt", tarfile.CHRTYPE),
        _entry("pipe.txt", tarfile.FIFOTYPE),
        _entry("folder.txt", tarfile.DIRTYPE),
        _entry("inner.zip", tarfile.REGTYPE),
        _entry("../../last.txt", tarfile.REGTYPE),
    ]
    path = _tar(tmp_path / "feed.tar", {"1.txt": TEXT}, *more)
    refused = dict.fromkeys(["link.txt", "hard.txt", "null.txt", "pipe.txt", "inner.zip"], "archive")
    assert _texts(path) == {"1.txt": TEXT, **refused, "../../last.txt": b""}


def test_a_file_that_is_all_holes_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "feed.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name in ("holes.txt", "1.txt"):
            entry = tarfile.TarInfo(name)
            entry.size = len(TEXT)
            if name == "holes.txt":
                entry.pax_headers = {
                    "GNU.sparse.map": f"0,{len(TEXT)},{1 << 50},0",
                    "GNU.sparse.size": f"{1 << 50}",
                    "GNU.sparse.name": name,
                }
            archive.addfile(entry, io.BytesIO(TEXT))
    assert _texts(path) == {"holes.txt": "archive", "1.txt": TEXT}


def test_a_tar_that_breaks_off_says_so(tmp_path: Path) -> None:
    path = _tar(tmp_path / "feed.tar", {f"{n}.txt": TEXT for n in range(4)})
    data = path.read_bytes()
    assert len(_texts(path)) == 4
    for broken in (
        data[: 2 * 1024],  # at the end of a member: tarfile takes that for the end of the archive
        data[: 2 * 1024 + 300],  # in a header
        data[: 2 * 1024 + 514],  # in a member
        data[: 2 * 1024] + b"\xff" * 512 + data[2 * 1024 + 512 :],  # a header that is none
    ):
        path.write_bytes(broken)
        texts = _texts(path)
        assert texts.pop("") == "archive"
        assert texts == {"0.txt": TEXT, "1.txt": TEXT}
    packed = path.with_suffix(".tar.gz")
    packed.write_bytes(gzip.compress(data)[:-40])
    assert _texts(packed).pop("") == "archive"
    packed.write_bytes(b"\x1f\x8b" + b"x" * 100)
    assert _texts(packed) == {"": "archive"}


def test_a_name_that_fills_the_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "feed.tar"
    entry = _entry("x", tarfile.GNUTYPE_LONGNAME)
    entry.size = 1 << 32
    path.write_bytes(entry.tobuf() + TEXT.ljust(512, b"\0"))
    (failure,) = _inside(path)
    assert isinstance(failure, Result)
    assert "a name of 4,294,967,296 bytes" in failure.error


# ---------------------------------------------------------------- several, and too large


@pytest.mark.parametrize("form", [FEED, MAILED, MAILED.replace(b"\n", b"\r\n")])
def test_submissions_that_follow_each_other_are_parted(form: bytes) -> None:
    pieces = [form % n for n in range(3)]
    assert split(b"".join(pieces)) == pieces


def test_a_submission_that_quotes_another_is_one() -> None:
    outer = b"<SEC-DOCUMENT>a\n<DOCUMENT>\n%s</DOCUMENT>\n</SEC-DOCUMENT>\n" % (FEED % 1)
    assert split(outer) == [outer]
    assert split(outer + outer) == [outer, outer]


def test_real_filings_are_one_each(filings: tuple[Path, ...]) -> None:
    assert [path.name for path in filings if len(split(path.read_bytes())) != 1] == []


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let no filing be larger than a few kilobytes."""
    monkeypatch.setattr(members_module, "LARGEST", 4096)
    monkeypatch.setattr(members_module, "_PIECE", 1000)
    return 4096


def test_a_bomb_is_one_failure_and_never_held(tmp_path: Path, small: int) -> None:
    path = tmp_path / "feed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.txt", b" " * 10_000_000)
        archive.writestr("2.txt", TEXT)
    assert _texts(path) == {"1.txt#1": "size", "2.txt": TEXT}
    packed = tmp_path / "1.txt.gz"
    packed.write_bytes(gzip.compress(b" " * 10_000_000))
    assert _texts(packed) == {"#1": "size"}


@pytest.mark.parametrize("large", [0, 4, 8])
def test_a_file_of_any_length_is_parted_as_it_is_read(tmp_path: Path, small: int, large: int) -> None:
    pieces = [FEED % n + b"\n" * (small if n == large else 300) for n in range(9)]
    path = tmp_path / "all.txt"
    path.write_bytes(b"".join(pieces))
    expected: dict[str, bytes | str] = {f"#{n + 1}": piece for n, piece in enumerate(pieces)}
    expected[f"#{large + 1}"] = "size"
    assert _texts(path) == expected


def test_what_is_settled_is_not_read(tmp_path: Path) -> None:
    path = _tar(tmp_path / "feed.tar", {"1.txt": TEXT, "2.txt": TEXT})
    (source,) = find(Request((str(path),)))
    found = [*members(source, Request(()), lambda name: name == "1.txt")]
    assert found[0] == Left(settled=True)
    assert isinstance(found[1], Task)
    assert len(found) == 2


def test_nothing_that_is_found_raises(tmp_path: Path) -> None:
    def reasons() -> Iterator[str]:
        for name in ("x.tar", "x.zip", "x.gz", "x.tar.gz", "x.bz2", "x.xz", "x.tar.xz"):
            for data in (
                b"",
                b"\0" * 2000,
                struct.pack("<I", 0x04034B50) + b"\xff" * 100,
                b"\x1f\x8b\x08\0" + b"\xff" * 60,
            ):
                (tmp_path / name).write_bytes(data)
                for found in _inside(tmp_path / name):
                    yield found.reason if isinstance(found, Result) else "task"

    assert set(reasons()) <= {"archive", "task"}
    assert [one.reason for one in members(Source("x", error="gone"), Request(()), bool) if isinstance(one, Result)] == [
        "source"
    ]
