"""The page in a browser: how it looks on a phone and on a desk, by keyboard, in the dark, on paper; what axe says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page

from .conftest import CHECKERS, DESK, EXAMPLES, PHONE, Open, needed

# Characters of the mean line of running text, and how far a line may be from it.
MEASURE = (60, 72)

# The widest run of text in each line of the paragraphs, in characters: all lines but the last of each.
LINES = """() => [...document.querySelectorAll('main p:not([class])')].flatMap(p => {
  const range = document.createRange(), lines = [], node = p.firstChild;
  if (!node || node.nodeType !== 3) return [];
  let top = null, count = 0;
  for (let n = 0; n < node.length; n++) {
    range.setStart(node, n); range.setEnd(node, n + 1);
    const box = range.getClientRects()[0];
    if (!box) continue;
    if (top !== null && box.top > top + 5) { lines.push(count); count = 0; }
    top = box.top; count++;
  }
  return lines;
})"""


def checker(name: str) -> Path:
    """A file of the packages of npm."""
    needed("npm", "npm")
    file = CHECKERS / name
    if not file.exists():
        pytest.skip(f"{file.name} is missing: npm ci --prefix tests/browser")
    return file


# What is filed may skip a level of headings: `aria-level`, which the checker does not heed here, says the one to hear.
SKIPPED = ".*skipping [0-9]+ heading levels?.*"


def test_the_pages_are_valid_html(folder: Path) -> None:
    java, jar = needed("java", "default-jre-headless"), checker("vnu-jar/build/dist/vnu.jar")
    options = ["--stdout", "--Werror", "--filterpattern", SKIPPED]
    command: list[str | Path] = [java, "-jar", jar, *options, *sorted(folder.glob("*.html"))]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


AXE = "() => axe.run().then(r => r.violations.map(v => `${v.id}: ${v.nodes[0].html}`))"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", ["brightwater-8k-1996", "merrimont-sc13g-2001", "wide"])
def test_axe_finds_nothing(opened: Open, name: str, size: tuple[int, int], dark: bool) -> None:
    page = opened(name, size, dark=dark, scripts=True)
    page.add_script_tag(path=checker("axe-core/axe.min.js"))
    assert page.evaluate(AXE) == []


@pytest.mark.parametrize("name", [*EXAMPLES, "wide"])
def test_on_a_phone_only_tables_and_typed_text_are_wider_than_the_page(opened: Open, name: str) -> None:
    page = opened(name, PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    wide = """() => [...document.querySelectorAll('body *')].filter(e =>
      e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.table, pre, .skip')).map(e => e.outerHTML)"""
    assert page.evaluate(wide) == []


def test_on_a_phone_a_wide_table_scrolls(opened: Open) -> None:
    page = opened("wide", PHONE)
    table = page.locator(".table")
    assert table.evaluate("e => e.scrollWidth > e.clientWidth + 100 && getComputedStyle(e).overflowX == 'auto'")
    table.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert table.evaluate("e => e.scrollLeft") > 0


def test_on_a_desk_the_contents_stand_beside_the_text_and_stay(opened: Open) -> None:
    page = opened("harrow-10k-1994")
    nav, main = page.locator("nav"), page.locator("main")
    page.evaluate("window.scrollTo(0, 3000)")
    beside, text = nav.bounding_box(), main.bounding_box()
    assert beside is not None
    assert text is not None
    assert beside["x"] + beside["width"] < text["x"]
    assert 0 <= beside["y"] < DESK[1] / 2


def test_lines_have_about_sixty_six_characters(opened: Open) -> None:
    lines = opened("harrow-10k-1994").evaluate(LINES)
    assert len(lines) > 100
    assert MEASURE[0] <= sum(lines) / len(lines) <= MEASURE[1]


def test_figures_stand_below_each_other(opened: Open) -> None:
    page = opened("wide")
    edges = """() => [...document.querySelectorAll('tbody tr')].map(row => [...row.cells].slice(1).map(cell => {
      const range = document.createRange(); range.selectNodeContents(cell);
      return Math.round(range.getBoundingClientRect().right) }).join())"""
    assert len(set(page.evaluate(edges))) == 1
    assert "tabular-nums" in page.locator("table").evaluate("e => getComputedStyle(e).fontVariantNumeric")
    total = page.locator("tr.total > *").first
    assert total.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"


def test_a_keyboard_reaches_the_text_at_once(opened: Open) -> None:
    page = opened("harrow-10k-1994")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    box = skip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert skip.evaluate("e => e === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def luminance(page: Page) -> float:
    """How light the ground of the page is: 0 to 1."""
    shown: float = page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0) / 765"
    )
    return shown


def test_it_is_dark_where_the_reader_asks_for_it(opened: Open) -> None:
    assert luminance(opened("wide")) > 0.9
    assert luminance(opened("wide", dark=True)) < 0.2


def test_on_paper_nothing_is_cut_off(opened: Open) -> None:
    page = opened("harrow-10k-1994", (720, 960), dark=True)
    page.emulate_media(media="print")
    assert luminance(page) > 0.9
    assert not page.locator("nav").is_visible()
    cut = "() => [...document.querySelectorAll('.table, pre')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    assert page.evaluate(cut) == 0


def test_labels_of_pages_stand_in_the_margin(opened: Open) -> None:
    page = opened("harrow-10k-1994")
    label = """e => ({said: getComputedStyle(e, '::before').content, at: getComputedStyle(e, '::before').position,
      right: getComputedStyle(e, '::before').right, text: e.textContent})"""
    assert page.locator("#page-3").evaluate(label) == {"said": '"3"', "at": "absolute", "right": "0px", "text": ""}
    page.goto(f"{page.url}#page-3")
    top = page.locator("#page-3").bounding_box()
    assert top is not None
    assert 0 <= top["y"] < DESK[1] / 2


def test_a_reference_leads_to_its_footnote_and_back(opened: Open) -> None:
    page = opened("calloway-10q-1997")
    reference = page.locator("[role=doc-noteref]").first
    reference.click()
    note = page.locator(":target")
    assert note.evaluate("e => e.className") == "footnote"
    note.locator("[role=doc-backlink]").click()
    assert page.locator(":target").evaluate("e => e.getAttribute('role')") == "doc-noteref"


def test_what_a_filing_says_is_never_run(opened: Open) -> None:
    page = opened("hostile", scripts=True)
    assert page.title() != "owned"
    assert page.locator("script").count() == 0
    text = page.locator("main").inner_text()
    assert '<script>document.title = "owned"</script>' in text
    assert "</section>, <!--, ]]>, &lt;b&gt;, {{ 7 * 7 }} and {% raw %}" in text
