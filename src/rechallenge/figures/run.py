"""Draw every figure of a study and write it where it may lie, with a manifest that says what each one shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from rechallenge import words
from rechallenge.figures import captions, model_checks, output, over_time, results, style, subgroups
from rechallenge.figures.drawn import Drawn, Given
from rechallenge.figures.forest import forest_data, forest_figure
from rechallenge.figures.preset_concordance import concordance_data, concordance_figure
from rechallenge.figures.specification_curve import specification_data, specification_figure
from rechallenge.figures.survival import survival_data, survival_figure
from rechallenge.figures.swimmer import MOST_PATIENTS, swimmer_data, swimmer_figure
from rechallenge.files import write_json
from rechallenge.settings.config import ReleaseSettings

MANIFEST: Final = "manifest.json"
# name -> endpoint, population, covariate
SURVIVAL: Final[dict[str, tuple[str, str, str]]] = {
    "km_pfs_resistance": ("PFS", "rechallenge", "resistance"),
    "km_pfs_progression_pattern": ("PFS", "rechallenge", "progression_pattern"),
    "km_pfs_interval_treatment": ("PFS", "rechallenge", "interval_treatment"),
    "km_pfs_pattern_within_acquired": ("PFS", "rechallenge", "progression_pattern|resistance=acquired"),
    "km_os_overall": ("OS", "rechallenge", "overall"),
    "km_os_resistance": ("OS", "rechallenge", "resistance"),
    "km_os1_overall": ("OS1", "first_ici", "overall"),
    "km_pfs1_overall": ("PFS1", "first_ici", "overall"),
    "km_pfs1_resistance": ("PFS1", "rechallenge", "resistance"),
}
FOREST: Final[dict[str, tuple[str, str]]] = {
    "forest_pfs": ("PFS", "rechallenge"),
    "forest_os": ("OS", "rechallenge"),
}
# name -> population, classes
CONCORDANCE: Final[dict[str, tuple[str, str]]] = {
    "preset_concordance_resistance": ("rechallenge", "resistance"),
    "preset_concordance_progression_pattern": ("rechallenge", "progression_pattern"),
}
# name -> covariate
SPECIFICATIONS: Final[dict[str, str]] = {
    "specification_curve_resistance": "resistance",
    "specification_curve_progression_pattern": "progression_pattern",
    "specification_curve_interval_treatment": "interval_treatment",
}
SWIMMER: Final = "swimmer"
_NOBODY: Final = {
    "first_ici": "No patient of the extract had a first ICI monotherapy in the study window.",
    "rechallenge": "No patient of the extract was rechallenged.",
}
_NO_CLASS: Final = "No patient of the set has a known class."


@dataclass
class Folder:
    """What one folder's manifest says."""

    path: Path
    figures: list[dict[str, Any]] = field(default_factory=list)
    not_drawn: list[dict[str, str]] = field(default_factory=list)


def draw_all(
    curves: pd.DataFrame,
    estimates: pd.DataFrame,
    classified: pd.DataFrame,
    adtte: pd.DataFrame,
    release: ReleaseSettings,
    shareable_dir: str | Path,
    private_dir: str | Path,
    *,
    simulated: bool = False,
    labels: Mapping[str, str] | None = None,
    specifications: pd.DataFrame | None = None,
    incidence: pd.DataFrame | None = None,
    residuals: pd.DataFrame | None = None,
    width_mm: float = style.TWO_COLUMNS_MM,
) -> None:
    """Write all figures of the main analysis, in every format, and `manifest.json` in both folders.

    Survival curves as SVG and PDF, from which each event time can be read, are shareable only when
    `release.vector_survival_curves` says so, figures with a bar per patient only when
    `release.per_patient_figures` does; else they go to `private_dir`. `labels` are the study's own words for
    covariates, `specifications` the table of the specification curve, `incidence` the curves of competing events,
    `residuals` those of the models. A figure that cannot be drawn is listed with
    the reason under `not_drawn`.
    """
    shareable, private = Folder(Path(shareable_dir)), Folder(Path(private_dir))
    note = captions.SIMULATED.removesuffix(".") if simulated else ""
    table = results.tidy(estimates)
    with style.look():
        usable, remarks = _drawable(labels or {})
        given = Given(table, curves, incidence, residuals, usable, width_mm, note)
        figures = [
            *(_survival(name, curves, table, usable, width_mm, note) for name in SURVIVAL),
            *(_forest(name, table, usable, width_mm, note) for name in FOREST),
            *subgroups.figures(given),
            *model_checks.figures(given),
            *over_time.figures(given),
            *(_concordance(name, table, width_mm, note) for name in CONCORDANCE),
            *(_specifications(name, specifications, table, width_mm, note) for name in SPECIFICATIONS),
            _swimmer(classified, adtte, width_mm, note),
        ]
        for figure in figures:
            _place(figure, release, shareable, private)
    for folder in (shareable, private):
        folder.path.mkdir(parents=True, exist_ok=True)
        content = {"figures": folder.figures, "not_drawn": folder.not_drawn, "remarks": remarks}
        write_json(content, folder.path / MANIFEST)


def _drawable(labels: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the labels that this machine's fonts can draw, and a sentence for each that they cannot."""
    usable, remarks = {}, []
    for name, label in labels.items():
        lacking = style.undrawable(label)
        if lacking:
            remarks.append(
                f'The label "{label}" of {name} is not drawn: no installed font has "{lacking}". '
                "Install one, Noto Sans CJK for example, and draw the figures again."
            )
        else:
            usable[name] = label
    return usable, remarks


def _survival(
    name: str, curves: pd.DataFrame, table: pd.DataFrame, labels: Mapping[str, str], width_mm: float, note: str
) -> Drawn:
    endpoint, population, term = SURVIVAL[name]
    data = survival_data(curves, table, endpoint, population, term, labels)
    if data is None:
        title = captions.survival_title(endpoint, population, term, words.term_words(term.partition("|")[0], labels))
        anyone = (curves["endpoint"].eq(endpoint) & curves["population"].eq(population)).any()
        return Drawn(name, title, reason=_NO_CLASS if anyone else _NOBODY[population])
    text = captions.survival_words(data, bool(note))
    return Drawn(name, text.title, lambda: survival_figure(data, width_mm, note), text, vector_reveals_times=True)


def _forest(name: str, table: pd.DataFrame, labels: Mapping[str, str], width_mm: float, note: str) -> Drawn:
    data = forest_data(table, *FOREST[name], labels)
    if not data.covariates:
        title = f"Hazard ratios for {words.endpoint_words(FOREST[name][0])}"
        return Drawn(name, title, reason=" ".join(data.not_fitted) or "No Cox model was fitted: no patients or events.")
    text = captions.forest_words(data, bool(note))
    return Drawn(name, text.title, lambda: forest_figure(data, width_mm, note), text)


def _concordance(name: str, table: pd.DataFrame, width_mm: float, note: str) -> Drawn:
    population, term = CONCORDANCE[name]
    data = concordance_data(table, population, term)
    if data is None:
        return Drawn(name, captions.concordance_title(term), reason=_NOBODY[population])
    text = captions.concordance_words(data, bool(note))
    return Drawn(name, text.title, lambda: concordance_figure(data, width_mm, note), text)


def _specifications(
    name: str, specifications: pd.DataFrame | None, table: pd.DataFrame, width_mm: float, note: str
) -> Drawn:
    effect = SPECIFICATIONS[name]
    title = captions.specification_title(effect)
    if specifications is None or effect not in set(specifications["effect"]):
        return Drawn(name, title, reason="The study does not make the specification curve (specifications.enabled).")
    data = specification_data(specifications, table, effect)
    if data is None:
        reasons = specifications.loc[specifications["effect"].eq(effect), "reason"].value_counts()
        return Drawn(name, title, reason=f"No specification has a hazard ratio. Most often: {reasons.index[0]}")
    text = captions.specification_words(data, bool(note))
    return Drawn(name, text.title, lambda: specification_figure(data, width_mm, note), text)


def _swimmer(classified: pd.DataFrame, adtte: pd.DataFrame, width_mm: float, note: str) -> Drawn:
    data = swimmer_data(classified, adtte)
    title = "Course of each rechallenged patient from the first ICI"
    if not data.n:
        return Drawn(SWIMMER, title, reason=_NOBODY["rechallenge"], per_patient=True)
    if data.n > MOST_PATIENTS:
        reason = f"{data.n} bars cannot be told apart on one page; the most is {MOST_PATIENTS}."
        return Drawn(SWIMMER, title, reason=reason, per_patient=True)
    text = captions.swimmer_words(data, bool(note))
    return Drawn(SWIMMER, title, lambda: swimmer_figure(data, width_mm, note), text, per_patient=True)


def _place(figure: Drawn, release: ReleaseSettings, shareable: Folder, private: Folder) -> None:
    """Render a figure and write each format into the folder where it may lie."""
    for folder in (shareable, private):
        output.remove(folder.path, figure.name)
    whole = private if figure.per_patient and not release.per_patient_figures else shareable
    if figure.draw is None or figure.words is None:
        whole.not_drawn.append({"name": figure.name, "title": figure.title, "reason": figure.reason})
        return
    made = output.rendered(figure.draw(), figure.words.title)
    kept_back = figure.vector_reveals_times and not release.vector_survival_curves
    vector = private if kept_back else whole
    parts = [(whole, output.RASTER), (vector, output.VECTOR)] if kept_back else [(whole, output.FORMATS)]
    for folder, formats in parts:
        files = output.write({kind: made[kind] for kind in formats}, folder.path, figure.name)
        entry = {
            "name": figure.name,
            "title": figure.words.title,
            "caption": figure.words.caption,
            "alt": figure.words.alt,
            "files": files,
        }
        folder.figures.append(entry)
