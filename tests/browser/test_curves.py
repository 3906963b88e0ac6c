"""Interactive survival curves in a real browser: pointer, touch, keys, groups, bands; the picture elsewhere."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from rechallenge.figures.released_curves import MOST_STEPS, released_curves
from rechallenge.figures.survival import Group, Survival
from rechallenge.report.figures import Figures
from rechallenge.report.page import render_page
from rechallenge.report.study_data import StudyData
from tests.browser.test_report_page import CHROMIUM, WCAG, browser
from tests.report.studies import FLOW, TEMPLATES

__all__ = ["browser"]  # the fixture of the other tests of the page

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on the path: the curves were not tested in a browser")
STAGE = "#figure-km_pfs_resistance .stage"
# Four patients: events at 2 and 6 months, one censored at 4; the last is followed to 10.
STEPS = pd.DataFrame(
    {
        "time_months": [2.0, 4.0, 6.0, 10.0],
        "survival": [0.75, 0.75, 0.375, 0.375],
        "lower": [0.4, 0.4, 0.1, 0.1],
        "upper": [1.0, 1.0, 0.9, 0.9],
        "at_risk": [4, 3, 2, 1],
        "events": [1, 0, 1, 0],
        "censored": [0, 1, 0, 1],
    }
)


def survival(steps: pd.DataFrame = STEPS) -> Survival:
    groups = (
        Group("acquired", "Acquired", 0, steps, 4, 2, None),
        Group("primary", "Primary", 1, steps.iloc[:2], 3, 1, None),
    )
    return Survival("PFS", "rechallenge", "resistance", "Resistance", groups, None, None, ())


@pytest.fixture(scope="module")
def file(study: StudyData, figures: Figures, tmp_path_factory: pytest.TempPathFactory) -> Path:
    released = replace(figures, drawn=(replace(figures.drawn[0], curves=released_curves(survival())),))
    path = tmp_path_factory.mktemp("curves") / "report.html"
    path.write_text(render_page(study, flow=FLOW, figures=released, templates=TEMPLATES), encoding="utf-8")
    return path


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1300, "height": 900}) as context:
        own = context.new_page()
        own.goto(file.as_uri())
        yield own


def values(page: Page) -> list[list[str]]:
    rows = page.locator("#figure-km_pfs_resistance .values tbody tr:not([hidden])")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


def test_arrow_keys_give_the_values_at_a_month(page: Page) -> None:
    stage = page.locator(STAGE)
    stage.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")

    assert values(page) == [["Acquired", "38%", "10% – 90%", "2"], ["Primary", "–", "–", "0"]]
    assert stage.get_attribute("aria-valuetext") == (
        "At 6 months. Acquired: 38% (10% to 90%), 2 at risk. Primary: beyond the follow-up"
    )
    page.keyboard.press("Home")
    assert values(page)[0] == ["Acquired", "100%", "100% – 100%", "4"]
    page.keyboard.press("End")
    assert stage.get_attribute("aria-valuenow") == stage.get_attribute("aria-valuemax")


def test_pointer_and_touch_follow_the_curve(browser: Browser, file: Path) -> None:
    with browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        page.locator(STAGE).tap(position={"x": 150, "y": 80})
        tapped = page.locator(STAGE).get_attribute("aria-valuenow")
        assert 0 < float(tapped or 0) < 10
        page.locator(STAGE).hover(position={"x": 250, "y": 80})
        assert float(page.locator(STAGE).get_attribute("aria-valuenow") or 0) > float(tapped or 0)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        for box in page.locator(".controls button").all():
            assert (box.bounding_box() or {"height": 0})["height"] >= 44


def test_groups_and_bands_are_switched_by_buttons_that_say_their_state(page: Page) -> None:
    primary = page.get_by_role("button", name="Primary")
    primary.click()

    assert primary.get_attribute("aria-pressed") == "false"
    assert [row[0] for row in values(page)] == ["Acquired"]
    assert "Primary" not in (page.locator(STAGE).get_attribute("aria-valuetext") or "")
    page.get_by_role("button", name="Confidence bands").click()
    assert [page.locator(".stage .band").nth(place).is_visible() for place in (0, 1)] == [False, False]
    assert page.locator(".stage .curve").first.is_visible()


def test_the_picture_is_there_on_demand_on_paper_and_without_scripts(page: Page, browser: Browser, file: Path) -> None:
    picture = page.locator("#figure-km_pfs_resistance img")
    assert not picture.is_visible()
    page.get_by_role("button", name="Picture for print").click()
    assert picture.is_visible()
    page.get_by_role("button", name="Picture for print").click()
    page.emulate_media(media="print")
    assert picture.is_visible()
    assert not page.locator(STAGE).is_visible()
    with browser.new_context(java_script_enabled=False) as context:
        without = context.new_page()
        without.goto(file.as_uri())
        assert without.locator("#figure-km_pfs_resistance img").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_curves_violate_nothing_of_wcag(browser: Browser, file: Path, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with browser.new_context(color_scheme=scheme, bypass_csp=True) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(file.as_uri())
        page.get_by_role("button", name="Primary").click()
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []


def test_nothing_is_said_to_the_console(browser: Browser, file: Path) -> None:
    with browser.new_context() as context:
        page, said = context.new_page(), []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(file.as_uri())
        assert said == []


def test_without_released_curves_the_page_holds_no_steps(study: StudyData, figures: Figures) -> None:
    html = render_page(study, flow=FLOW, figures=figures, templates=TEMPLATES)

    assert 'id="curves"' not in html
    assert '"steps"' not in html


def test_curves_with_very_many_steps_are_pictures_only() -> None:
    many = pd.concat([STEPS] * (MOST_STEPS // len(STEPS) + 1), ignore_index=True)

    assert released_curves(survival(many)) is None
