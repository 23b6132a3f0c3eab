"""What the checks of the page share: Chromium, driven by Playwright, and pages written from the examples.

Chromium, Java and the packages of npm are installed by `make test` where it runs as root; without them these tests are
skipped, but not in continuous integration. No page of these tests has a connection to the network.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

import retypeset

ROOT = Path(__file__).resolve().parents[2]
CHECKERS = Path(__file__).parent / "node_modules"
PHONE = (390, 844)
DESK = (1280, 900)

# One that is all prose and lists, one of statements and footnotes, and what no writer of filings would have typed.
EXAMPLES = ("brightwater-8k-1996", "calloway-10q-1997", "harrow-10k-1994", "merrimont-sc13g-2001")
HOSTILE = b"""\
<DOCUMENT>
<TYPE>10-K
<SEQUENCE>1
<TEXT>
                         <script>document.title = "owned"</script>

     A paragraph with </section>, <!--, ]]>, &lt;b&gt;, {{ 7 * 7 }} and {% raw %}; "quoted" & 'quoted'.

</TEXT>
</DOCUMENT>
"""

# Rows whose figures do not fit beside each other on a phone.
WIDE = (
    "<TABLE>\n<CAPTION>\nSALES BY REGION\n(In thousands)\n\n"
    + " " * 24
    + "".join(f"{year:>14}" for year in range(1989, 1997))
    + "\n<S>"
    + " " * 22
    + "<C>           " * 8
    + "\n"
    + "".join(
        f"{name:<24}" + "".join(f"{n * 1_234_567 * k:>14,}" for k in range(1, 9)) + "\n"
        for n, name in enumerate(("North America", "South America", "Europe", "Asia"), 1)
    )
    + f"{'Total':<24}"
    + "".join(f"{10 * 1_234_567 * k:>14,}" for k in range(1, 9))
    + "\n</TABLE>\n"
).encode()

Open: TypeAlias = Callable[..., Page]


def needed(program: str, package: str) -> str:
    """Where a program is; without it the test is skipped, and says what to install."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is missing: apt-get install {package}")
    return found


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a page for each example, and for the texts above."""
    made = tmp_path_factory.mktemp("pages")
    sources: dict[str, bytes | Path] = {name: ROOT / "examples" / f"{name}.txt" for name in EXAMPLES}
    for name, source in (sources | {"hostile": HOSTILE, "wide": WIDE}).items():
        (made / f"{name}.html").write_text(retypeset.to_html(retypeset.read(source)), "utf-8")
    return made


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    program = needed("chromium", "chromium")
    quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    # As root Chromium starts without its sandbox only.
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=[*quiet, *(["--no-sandbox"] if root else [])])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, folder: Path) -> Iterator[Open]:
    """Open a page at a size, in the light or the dark; scripts off, as the page promises to need none."""
    contexts = []

    def page(name: str, size: tuple[int, int] = DESK, *, dark: bool = False, scripts: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            offline=True,
        )
        contexts.append(context)
        shown = context.new_page()
        shown.goto((folder / f"{name}.html").as_uri())
        return shown

    yield page
    for context in contexts:
        context.close()
