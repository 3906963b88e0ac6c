"""The figures of the demo: every one fits its column in print, in each language; the flow stands beside them."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from matplotlib.text import Text

from rechallenge.figures import run, subgroups
from rechallenge.figures.drawn import Drawn
from rechallenge.files import read_parquet
from rechallenge.language import MARKS, PSEUDO, in_language
from rechallenge.method_words import reason
from rechallenge.results import read_result
from rechallenge.settings.config import FigureSettings
from rechallenge.settings.release import ReleaseSettings
from tests.e2e.runs import CHECKOUT, jobs, snakemake
from tests.figures.helpers import collisions

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

# What the demo, with its 41 rechallenged patients and no measured lesions, cannot show.
NOT_DRAWN = {
    "model_check_martingale_os", "model_check_martingale_pfs", "model_check_schoenfeld_os", "spider", "waterfall",
}  # fmt: skip


@pytest.fixture(scope="module")
def results(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The figures of the finished demo drawn again in Chinese, in one column, with fine TIFF files: one step."""
    config = yaml.safe_load((CHECKOUT / "config" / "config.yaml").read_text(encoding="utf-8"))
    config["extract"]["path"] = str(CHECKOUT / "data" / "demo")
    config["validation"]["waivers"] = str(CHECKOUT / "config" / "waivers_demo.csv")
    config["report"] = config.get("report", {}) | {"language": "zh_CN"}
    config["figures"] |= {"columns": "one", "tiff_dpi": 600}
    folder = tmp_path_factory.mktemp("figures")
    (folder / "study.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    shutil.copytree(demo / "results", folder / "results")
    shutil.copytree(demo / ".snakemake" / "metadata", folder / ".snakemake" / "metadata")
    made = snakemake(folder / "study.yaml", folder, "results/shareable/flow.svg")
    assert made.returncode == 0, made.stdout
    assert jobs(made) == {"figures"}
    return folder / "results"


def drawn_again(
    results: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, look_at: Callable[[Drawn], None], columns: Any = "two"
) -> None:
    """Hand every figure to `look_at` instead of writing it."""
    monkeypatch.setattr(run, "_place", lambda figure, *_: look_at(figure))
    shareable, private = results / "shareable", results / "private"
    run.draw_all(
        read_result("curves", private / "curves.csv"),
        read_result("estimates", shareable / "estimates.csv"),
        read_result("classified", private / "classified.csv"),
        read_result("adtte", private / "adtte.csv"),
        ReleaseSettings(),
        folder / "shareable",
        folder / "private",
        settings=FigureSettings(columns=columns),
        simulated=True,
        attrition=read_result("attrition", shareable / "attrition.csv"),
        course=read_parquet(private / "course.parquet"),
        specifications=read_result("specification_curve", shareable / "specification_curve.csv"),
        incidence=read_result("incidence", private / "incidence.csv"),
        residuals=read_result("residuals", private / "model_residuals.csv"),
    )


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("columns", ["one", "two"])
def test_no_text_of_a_figure_is_small_cut_off_or_covered(
    results: Path, columns: Any, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[str, list[str]] = {}

    def look_at(figure: Drawn) -> None:
        if figure.draw is not None:
            found[figure.name] = collisions(figure.draw())

    with in_language(language):
        drawn_again(results, tmp_path, monkeypatch, look_at, columns)

    assert {name: faults for name, faults in found.items() if faults} == {}
    assert {*run.SURVIVAL, *run.FOREST, *run.CONCORDANCE, *run.SPECIFICATIONS, *subgroups.FIGURES} <= set(found)


# Names that no language changes.
NAMES = {"PD-L1", "EORTC", "EGFR", "ALK", "ECOG"}
MARKED = re.compile(f"{MARKS[0]}[^{''.join(MARKS)}]*{MARKS[1]}")
WORD = re.compile(r"[A-Za-z]{2,}")


def without_marked(text: str) -> str:
    while MARKED.search(text):
        text = MARKED.sub("", text)
    return text


def test_no_word_of_a_figure_misses_the_catalogue(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimates = read_result("estimates", results / "shareable" / "estimates.csv")
    methods = sorted(set(estimates["method"].dropna()))
    with in_language(PSEUDO):
        reasons = [reason(method) for method in methods]
    missed: list[tuple[str, str]] = []

    def look_at(figure: Drawn) -> None:
        said = [figure.title, figure.reason]
        if figure.words is not None:
            said += [figure.words.title, figure.words.caption, figure.words.alt]
        for text in map(without_marked, said):
            missed.extend([(figure.name, text)] if WORD.search(text) else [])
        shown = figure.draw().findobj(Text) if figure.draw is not None else []
        for text in {text.get_text() for text in shown} - NAMES:
            # A line of a text that was wrapped may have neither mark.
            known = any(mark in text for mark in MARKS) or any(text in reason for reason in reasons)
            missed.extend([(figure.name, text)] if WORD.search(text) and not known else [])

    with in_language(PSEUDO):
        drawn_again(results, tmp_path, monkeypatch, look_at)

    assert missed == []


def test_the_step_draws_all_that_the_demo_can_show(results: Path) -> None:
    manifest = json.loads((results / "shareable" / "figures" / "manifest.json").read_text(encoding="utf-8"))
    assert {figure["name"] for figure in manifest["not_drawn"]} == NOT_DRAWN
    assert max(figure["width_mm"] for figure in manifest["figures"]) == 84
    assert all(figure["english"]["title"].isascii() for figure in manifest["figures"])


def test_the_flow_is_drawn_once_and_its_svg_stands_beside_the_figures(results: Path) -> None:
    shareable = results / "shareable"
    assert {path.name for path in shareable.rglob("flow.*")} == {"flow.svg", "flow.pdf", "flow.png", "flow.tiff"}
    texts = "".join(ElementTree.fromstring((shareable / "flow.svg").read_bytes()).itertext())
    remaining = read_result("attrition", shareable / "attrition.csv")["remaining"]
    assert f"n = {remaining.iloc[0]}" in texts
    assert f"再挑战集：n = {remaining.iloc[-1]}" in texts
