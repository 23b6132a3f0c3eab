"""The invented filings of `examples/` are what EDGAR would have held, and name nobody who exists.

Only the sources are looked at here, with nothing of the package: what becomes of them is tested elsewhere.
"""

from __future__ import annotations

import binascii
import re
from pathlib import Path
from typing import Final

import pytest

EXAMPLES: Final = Path(__file__).resolve().parent.parent / "examples"
FILINGS: Final = tuple(sorted(EXAMPLES.glob("*.txt")))
ARMOURED: Final = ("brightwater-8k-1996", "calloway-10q-1997", "harrow-10k-1994")
PLAIN: Final = ("merrimont-sc13g-2001",)

WIDTH: Final = 80
"""What the EDGAR manual allowed for text; tables might reach 132 columns."""

JUSTIFIED_EDGE: Final = 72
ESCAPE: Final = "- "
BEGIN: Final = "-----BEGIN PRIVACY-ENHANCED MESSAGE-----"
END: Final = "-----END PRIVACY-ENHANCED MESSAGE-----"

INVENTED: Final = {
    "BRIGHTWATER FLOW CONTROLS INC /OH/",
    "CALLOWAY RIDGE BEARING CORP",
    "HARROW VALE PAPER CO",
    "LARKSPUR TELEMETRY CORP",
    "MERRIMONT ADVISERS INC",
}
INVENTED_WORDS: Final = frozenset(
    {
        "amberly",
        "brantry",
        "brightwater",
        "calloway",
        "harrow",
        "kettle",
        "larkspur",
        "merrimont",
        "stadler-wynn",
        "tarleton",
        "sallow",
    }
)

CONFORMED_NAME: Final = re.compile(r"^(?:\t+COMPANY CONFORMED NAME:\t+|<CONFORMED-NAME>)(.+)$", re.MULTILINE)
CIK: Final = re.compile(r"(?:CENTRAL INDEX KEY:\t+|<CIK>)(\d+)")
PHONE: Final = re.compile(r"\(\d{3}\) (\d{3}-\d{4})|(?:BUSINESS PHONE:\t+|<PHONE>)\d{3}(\d{7})")
MAIL_DOMAIN: Final = re.compile(r"@([\w.-]+)")
COUNT: Final = re.compile(r"(?:PUBLIC DOCUMENT COUNT:\t+|<PUBLIC-DOCUMENT-COUNT>)(\d+)")
COMPANY: Final = re.compile(
    r"((?:[A-Z&][\w&'-]* ){1,6}[A-Z][\w'-]*),? (?:Inc\.|INC\.|Corporation|CORPORATION|Ltd\.|L\.P\.)"
)
DATUM: Final = re.compile(r"^<([A-Z&-]+)> +([\d,.]+)", re.MULTILINE)
SPREAD: Final = re.compile(r"\w  ?\w+  \w")
BODY: Final = re.compile(r"^<TEXT>$(.*?)^</TEXT>$", re.MULTILINE | re.DOTALL)


def source(stem: str) -> str:
    return (EXAMPLES / f"{stem}.txt").read_bytes().decode("ascii")


def content(stem: str) -> str:
    """Return the message without its armour, dash escapes undone (RFC 1421, 4.3.2.4)."""
    text = source(stem)
    if stem in PLAIN:
        return text
    inside = text.split("\n\n", 1)[1].removesuffix(END + "\n")
    return "".join(line.removeprefix(ESCAPE) for line in inside.splitlines(keepends=True))


def bodies(stem: str) -> list[str]:
    return BODY.findall(content(stem))


def test_the_four_filings_are_there() -> None:
    assert [path.stem for path in FILINGS] == sorted(ARMOURED + PLAIN)


@pytest.mark.parametrize("path", FILINGS, ids=lambda path: path.stem)
def test_bytes_are_printable_ascii_tabs_and_line_feeds(path: Path) -> None:
    data = path.read_bytes()
    assert set(data) <= {9, 10, *range(32, 127)}
    assert data.endswith(b"\n")


@pytest.mark.parametrize("stem", ARMOURED + PLAIN)
def test_no_body_is_wider_than_the_manual_allowed(stem: str) -> None:
    wide = [line for body in bodies(stem) for line in body.splitlines() if len(line.expandtabs(8)) > WIDTH]
    assert wide == []


@pytest.mark.parametrize("stem", ARMOURED)
def test_every_dash_at_the_margin_is_escaped_once_inside_the_armour(stem: str) -> None:
    first, *inside, last = source(stem).splitlines()
    assert (first, last) == (BEGIN, END)
    dashed = [line for line in inside if line.startswith("-")]
    assert dashed
    assert all(line.startswith(ESCAPE + "-") and not line.startswith(ESCAPE * 2 + "-") for line in dashed)


@pytest.mark.parametrize("stem", PLAIN)
def test_without_armour_nothing_is_escaped(stem: str) -> None:
    lines = source(stem).splitlines()
    assert lines[0] == "<SUBMISSION>"
    assert any(line.startswith("---") for line in lines)
    assert not any(line.startswith(ESCAPE) for line in lines)


@pytest.mark.parametrize("stem", ARMOURED + PLAIN)
def test_the_header_counts_the_documents(stem: str) -> None:
    text = content(stem)
    counts = COUNT.findall(text)
    assert [int(count) for count in counts] == [text.count("<DOCUMENT>\n")]
    assert text.count("<DOCUMENT>\n") == text.count("</DOCUMENT>\n") == len(bodies(stem))


def test_filers_are_invented_and_their_numbers_too() -> None:
    everything = "\n".join(content(path.stem) for path in FILINGS)
    assert set(CONFORMED_NAME.findall(everything)) == INVENTED
    assert all(cik.startswith("00099999") and len(cik) == 10 for cik in CIK.findall(everything))
    numbers = ["".join(found).replace("-", "") for found in PHONE.findall(everything)]
    assert numbers
    assert all(number.startswith("55501") for number in numbers)


@pytest.mark.parametrize("stem", ARMOURED + PLAIN)
def test_companies_and_mail_addresses_in_the_text_do_not_exist(stem: str) -> None:
    text = " ".join(" ".join(bodies(stem)).split())
    companies = COMPANY.findall(text)
    assert companies
    assert [name for name in companies if not any(word in name.lower() for word in INVENTED_WORDS)] == []
    assert all(domain.endswith(".example") for domain in MAIL_DOMAIN.findall(text))


def test_the_financial_data_schedule_states_what_the_statements_state() -> None:
    statements, schedule = bodies("calloway-10q-1997")
    data = dict(DATUM.findall(schedule))
    assert "<MULTIPLIER> 1,000\n" in schedule
    assert data["TOTAL-ASSETS"] == data["TOTAL-LIABILITY-AND-EQUITY"]
    derived = {"ARTICLE", "MULTIPLIER", "OTHER-SE"}
    figures = {tag: value for tag, value in data.items() if value != "0" and tag not in derived}
    assert len(figures) > 20
    assert [tag for tag, value in figures.items() if not re.search(rf"(?<!\d){re.escape(value)}\b", statements)] == []


def test_the_press_release_is_justified_to_one_edge() -> None:
    lines = [line for body in bodies("brightwater-8k-1996") for line in body.splitlines()]
    spread = [line for line in lines if SPREAD.search(line)]
    flush = [line for line in spread if len(line) == JUSTIFIED_EDGE]
    assert len(flush) > 60


def test_the_uuencoded_graphic_is_a_gif_of_24_by_16() -> None:
    lines = bodies("harrow-10k-1994")[2].strip().splitlines()
    assert lines[0] == "begin 644 logo.gif"
    assert lines[-2:] == ["`", "end"]
    data = b"".join(binascii.a2b_uu(line) for line in lines[1:-2])
    assert data[:6] == b"GIF89a"
    assert (int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")) == (24, 16)
    assert data.endswith(b"\x3b")
    assert any(line.startswith("-") for line in lines)
