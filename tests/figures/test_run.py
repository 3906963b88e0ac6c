"""All figures of a study: where each file lies, what the manifests say, and equal bytes."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from rechallenge.figures import lesion_change, missing_data, over_time, run, style, subgroups, treatment_course
from rechallenge.language import in_language
from rechallenge.settings.config import FigureSettings
from rechallenge.settings.release import ReleaseSettings
from tests.figures.helpers import cohort, cox_rows, curve, estimate, patients

INTERNAL = ReleaseSettings(level="internal")

PATIENTS = patients(
    ("CANARY-1", "primary", 60, 61, 90, 30, True, 200, True),
    ("CANARY-2", "acquired", 200, 210, 300, 100, True, 300, False),
)
PATIENTS_FIGURES = {"flow", treatment_course.NAME, missing_data.NAME}
EVERYTHING = {
    *PATIENTS_FIGURES,
    *run.SURVIVAL,
    *run.FOREST,
    *subgroups.FIGURES,
    *run.CONCORDANCE,
    *run.SPECIFICATIONS,
    *over_time.NAMES,
}


def study() -> tuple[pd.DataFrame, pd.DataFrame]:
    groups = [("primary", *cohort(18, 3, 1)), ("acquired", *cohort(22, 8, 2))]
    curves = pd.concat([curve(times, events, term="resistance", level=level) for level, times, events in groups])
    medians = [
        estimate("kaplan_meier", "median", term="resistance", level=level, estimate=3, n=len(times), events=sum(events))
        for level, times, events in groups
    ]
    return curves, pd.DataFrame([*medians, *cox_rows()])


def draw(folder: Path, release: ReleaseSettings, **further: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    run.draw_all(*study(), *PATIENTS, release, folder / "shareable", folder / "private", **further)
    return tuple(json.loads((folder / name / run.MANIFEST).read_text()) for name in ("shareable", "private"))  # type: ignore[return-value]


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], dict[str, Any]]:
    """A study drawn once under the default release settings, with its two manifests."""
    folder = tmp_path_factory.mktemp("default")
    return folder, *draw(folder, INTERNAL, simulated=True)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def formats(name: str, *kinds: str) -> set[str]:
    return {f"{name}.{kind}" for kind in kinds}


def test_by_default_curves_are_shared_as_pixels_only_and_bars_of_patients_not_at_all(
    default: tuple[Path, dict[str, Any], dict[str, Any]],
) -> None:
    folder, shared, kept = default
    expected = formats("km_pfs_resistance", "png", "tiff") | formats("forest_pfs", "svg", "pdf", "png", "tiff")
    pages = {"page/km_pfs_resistance.webp", "page/forest_pfs.webp"}
    assert files(folder / "shareable") == expected | pages | {"manifest.json"}
    kept_back = formats("km_pfs_resistance", "svg", "pdf") | formats("swimmer", "svg", "pdf", "png", "tiff")
    assert files(folder / "private") == kept_back | {"page/swimmer.webp", "manifest.json"}
    for manifest, name in ((shared, "shareable"), (kept, "private")):
        named = {file for figure in manifest["figures"] for file in figure["files"]}
        light = {figure["page"]["file"] for figure in manifest["figures"] if figure["page"]}
        assert named | light | {"manifest.json"} == files(folder / name)


def released(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    manifest = json.loads((folder / "shareable" / "manifest.json").read_text(encoding="utf-8"))
    return [(figure["name"], figure) for figure in manifest["figures"]]


def test_a_release_is_an_explicit_choice_and_can_be_withdrawn(tmp_path: Path) -> None:
    everything = ReleaseSettings(level="internal", vector_survival_curves=True, per_patient_figures=True)
    draw(tmp_path, everything)
    assert {"km_pfs_resistance.svg", "swimmer.pdf"} <= files(tmp_path / "shareable")
    assert files(tmp_path / "private") == {"manifest.json"}
    assert [name for name, figure in released(tmp_path) if "curves" in figure] == ["km_pfs_resistance"]
    draw(tmp_path, INTERNAL)
    withdrawn = {"km_pfs_resistance.svg", "swimmer.pdf", "page/swimmer.webp"}
    assert not withdrawn & files(tmp_path / "shareable")
    assert [name for name, figure in released(tmp_path) if "curves" in figure] == []


def test_each_figure_has_title_caption_and_alternative_and_none_names_a_patient(
    default: tuple[Path, dict[str, Any], dict[str, Any]],
) -> None:
    folder, shared, kept = default
    for figure in shared["figures"] + kept["figures"]:
        keys = {"name", "section", "title", "caption", "alt", "files", "page", "width_mm", "height_mm"}
        assert set(figure) == keys
        assert "Simulated data." in figure["caption"]
        assert any(character.isdigit() for character in figure["alt"])
    for path in folder.rglob("*.*"):
        content = path.read_bytes()
        assert b"CANARY" not in content
        assert b"2019-" not in content


def test_what_cannot_be_drawn_is_listed_with_the_reason(default: tuple[Path, dict[str, Any], dict[str, Any]]) -> None:
    _, shared, kept = default
    reasons = {item["name"]: item["reason"] for item in shared["not_drawn"]}
    # Checks of models have figures of their own, with tests of their own.
    reasons = {name: reason for name, reason in reasons.items() if not name.startswith("model_check_")}
    assert set(reasons) == EVERYTHING - {"km_pfs_resistance", "forest_pfs"}
    assert reasons["forest_os"] == "No Cox model was fitted: no patients or events."
    assert reasons["km_pfs_interval_treatment"] == "No patient of the set has a known class."
    assert reasons["km_os_overall"] == "No patient of the extract was rechallenged."
    titles = {item["name"]: item["title"] for item in shared["not_drawn"]}
    assert titles["km_os_overall"] == "Overall survival from the start of rechallenge"
    assert titles["km_pfs_pattern_within_acquired"].endswith("by progression pattern, resistance: acquired")
    assert all(reasons.values())
    kept_names = {item["name"] for item in kept["not_drawn"] if not item["name"].startswith("model_check_")}
    assert kept_names == {lesion_change.WATERFALL, lesion_change.SPIDER}


def test_nobody_at_all_is_no_crash(tmp_path: Path) -> None:
    curves, estimates = study()
    classified, adtte = PATIENTS
    nothing = (frame.iloc[:0] for frame in (curves, estimates, classified, adtte))
    run.draw_all(*nothing, INTERNAL, tmp_path / "s", tmp_path / "p")
    shared = json.loads((tmp_path / "s" / run.MANIFEST).read_text())
    assert shared["figures"] == []
    drawn_not = {item["name"] for item in shared["not_drawn"] if not item["name"].startswith("model_check_")}
    assert drawn_not == EVERYTHING
    kept = json.loads((tmp_path / "p" / run.MANIFEST).read_text())
    reasons = {item["name"]: item["reason"] for item in kept["not_drawn"]}
    assert reasons["swimmer"] == "No patient of the extract was rechallenged."
    assert reasons["waterfall"] == lesion_change.NO_LESIONS


def test_columns_and_small_groups_are_settings(tmp_path: Path) -> None:
    shared, _ = draw(tmp_path, INTERNAL, settings=FigureSettings(columns="one", smallest_group=1))
    assert {figure["width_mm"] for figure in shared["figures"]} == {style.ONE_COLUMN_MM}
    assert {figure["name"] for figure in shared["figures"]} >= {"treatment_course", "forest_pfs"}


def test_every_figure_has_a_section() -> None:
    assert {run._section(name) for name in EVERYTHING} == set(run.SECTIONS.values()) - {"model_checks"}


def test_a_label_that_no_font_can_draw_is_left_out_and_said(tmp_path: Path) -> None:
    shared, _ = draw(tmp_path, INTERNAL, labels={"resistance": "\U000f0000", "age": "Age, per 10 years"})
    assert "of resistance is not drawn" in shared["remarks"][0]
    found = {figure["name"]: figure for figure in shared["figures"]}
    assert "by resistance" in found["km_pfs_resistance"]["title"]
    assert "Age, per 10 years" in found["forest_pfs"]["alt"]


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    def digests(name: str, hash_seed: str, **place: str) -> dict[str, str]:
        code = (
            "import sys; from pathlib import Path; from tests.figures.test_run import draw; "
            "from tests.figures.test_run import INTERNAL; draw(Path(sys.argv[1]), INTERNAL)"
        )
        root = Path(__file__).parents[2]
        target = tmp_path / name
        subprocess.run(
            [sys.executable, "-c", code, str(target)],
            check=True,
            cwd=root,
            env=os.environ | {"PYTHONHASHSEED": hash_seed} | place,
        )
        return {
            str(path.relative_to(target)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(target.rglob("*.*"))
        }

    first, second = digests("first", "1"), digests("second", "4711", TZ="Asia/Shanghai", LC_ALL="C", LANG="C")
    assert len(first) == 17
    assert first == second


def test_in_chinese_the_figures_are_drawn_and_keep_their_english_words_for_the_manuscript(tmp_path: Path) -> None:
    with in_language("zh_CN"):
        draw(tmp_path, INTERNAL)

    (curve,) = [figure for name, figure in released(tmp_path) if name == "km_pfs_resistance"]
    assert curve["title"] == "自再挑战开始起的无进展生存期，按耐药"
    assert "Progression-free survival from the start of rechallenge by resistance" in curve["english"]["caption"]
    assert not re.search("[\u4e00-\u9fff]", " ".join(curve["english"].values()))


def test_a_public_release_keeps_figures_that_count_patients_themselves(tmp_path: Path) -> None:
    """Their counts are in no table, so that nobody decided which of them may be told."""
    shared, kept = draw(tmp_path, ReleaseSettings(level="public"), settings=FigureSettings(smallest_group=1))
    assert "treatment_course" not in {figure["name"] for figure in shared["figures"]}
    assert "treatment_course" in {figure["name"] for figure in kept["figures"]}
