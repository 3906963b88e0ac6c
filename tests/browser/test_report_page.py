"""The report in a real browser: accessible, quiet, readable on a phone and on paper; each number says where it is from.

Needs Debian's Chromium (or Chrome) on the path; without one these tests are skipped, and pytest's summary says so.
"""

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from rechallenge.report.figures import Figures
from rechallenge.report.page import render_page
from rechallenge.report.study_data import StudyData
from tests.report.studies import FLOW, TEMPLATES

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NUMBER = '[data-number="pfs.rechallenge.overall.median.ci"]'

if not CHROMIUM:
    warnings.warn("No Chromium on the path: NOTHING of the report was tested in a browser.", stacklevel=1)
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on the path: the report was not tested in a browser")


@pytest.fixture(scope="module")
def file(study: StudyData, figures: Figures, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render_page(study, flow=FLOW, figures=figures, templates=TEMPLATES), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as client:
        started = client.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1300, "height": 900}) as context:
        own = context.new_page()
        own.goto(file.as_uri())
        yield own


# Each pair of a scheme, a width and scripts or none occurs.
@pytest.mark.parametrize(
    ("scheme", "width", "scripts"),
    [("light", 1400, True), ("light", 360, False), ("dark", 1400, False), ("dark", 360, True)],
)
def test_nothing_violates_wcag_2_2_aa(browser: Browser, file: Path, scheme: str, width: int, scripts: bool) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # axe is a script of the test, which the page's own policy would refuse. Without scripts the page is what it was.
    with browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        bypass_csp=True,  # type: ignore[arg-type]
    ) as context:
        page = context.new_page()
        if not scripts:
            (file.parent / "without.html").write_text(without_script(file), encoding="utf-8")
        page.goto((file if scripts else file.parent / "without.html").as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def without_script(file: Path) -> str:
    before, _, _ = file.read_text(encoding="utf-8").rpartition("<script>")
    return before + "</body></html>"


def test_the_page_asks_for_nothing_and_says_nothing_to_the_console(browser: Browser, file: Path) -> None:
    with browser.new_context() as context:
        page, said, asked = context.new_page(), [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        assert said == []
        assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]


def test_a_script_that_was_planted_does_not_run(page: Page) -> None:
    page.evaluate("""() => {
        const planted = document.createElement("div");
        planted.innerHTML = "<b onclick='window.ran = true'>click</b>";
        document.querySelector("main").prepend(planted);
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
    }""")
    page.locator("b", has_text="click").first.click()
    assert page.evaluate("window.ran === undefined")


def test_a_number_says_its_name_row_and_method_under_the_pointer(page: Page) -> None:
    page.locator(NUMBER).first.hover()
    said = page.locator("#source").inner_text()
    assert "Number: pfs.rechallenge.overall.median.ci" in said
    assert "Row of estimates.csv: main/PFS/rechallenge/kaplan_meier/overall/median" in said
    assert "Method: " in said
    page.keyboard.press("Escape")
    assert page.locator("#source").is_hidden()


def test_a_tap_shows_it_and_a_tap_elsewhere_hides_it(browser: Browser, file: Path) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        page.locator(NUMBER).first.tap()
        box = page.locator("#source").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        page.locator("h1").tap()
        assert page.locator("#source").is_hidden()


def test_numbers_are_stops_of_the_tab_key_only_on_demand(page: Page) -> None:
    assert page.locator(".n[tabindex]").count() == 0
    page.locator("#focus-numbers").click()
    page.locator(NUMBER).first.focus()
    assert "Number: pfs.rechallenge.overall.median.ci" in page.locator("#source").inner_text()
    page.locator("#focus-numbers").click()
    assert page.locator(".n[tabindex]").count() == 0


def test_on_paper_folds_are_open_and_no_picture_is_larger_than_the_page(page: Page) -> None:
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
    page.emulate_media(media="print")
    # A4 less its margins, at 96 points of CSS an inch.
    page.set_viewport_size({"width": 680, "height": 990})
    heights = page.evaluate("[...document.querySelectorAll('figure')].map(one => one.getBoundingClientRect().height)")
    assert heights
    assert max(heights) <= 990


def test_the_contents_mark_the_section_that_is_read(page: Page) -> None:
    page.evaluate("document.querySelector('#models').scrollIntoView()")
    # Not a function that waits: the page's own policy forbids it to be evaluated there.
    expect(page.locator("nav.contents a[aria-current]")).to_have_attribute("href", "#models")
    assert page.locator("nav.contents a[aria-current]").count() == 1
