"""Draw every figure of a study and write it where it may lie, with a manifest that says what each one shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from rechallenge import formatting, words
from rechallenge.figures import (
    captions,
    flow,
    flow_figure,
    lesion_change,
    missing_data,
    model_checks,
    output,
    over_time,
    results,
    style,
    subgroups,
    treatment_course,
)
from rechallenge.figures.drawn import Drawn, Given
from rechallenge.figures.forest import forest_data, forest_figure
from rechallenge.figures.preset_concordance import concordance_data, concordance_figure
from rechallenge.figures.released_curves import released_curves
from rechallenge.figures.specification_curve import specification_data, specification_figure
from rechallenge.figures.survival import Survival, in_steps, survival_data, survival_figure
from rechallenge.figures.swimmer import MOST_PATIENTS, swimmer_data, swimmer_figure
from rechallenge.files import write_json
from rechallenge.language import ENGLISH, N_, in_language, language, tr
from rechallenge.punctuation import paragraph
from rechallenge.settings.config import FigureSettings
from rechallenge.settings.release import ReleaseSettings

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
# Where a figure belongs, by the start of its name; the report puts it there.
SECTIONS: Final[dict[str, str]] = {
    "flow": "patients",
    treatment_course.NAME: "patients",
    missing_data.NAME: "patients",
    SWIMMER: "patients",
    lesion_change.WATERFALL: "patients",
    lesion_change.SPIDER: "patients",
    "km_": "survival",
    "forest_": "models",
    "subgroups_": "subgroups",
    "model_check_": "model_checks",
    "over_time_": "over_time",
    "preset_concordance_": "concordance",
    "specification_curve_": "specifications",
}
_NOBODY: Final = {
    "first_ici": N_("No patient of the extract had a first ICI monotherapy in the study window."),
    "rechallenge": N_("No patient of the extract was rechallenged."),
}
_WITHHELD: Final = N_("Withheld: a public release tells no small count, and none from which one follows.")
_NO_CLASS: Final = N_("No patient of the set has a known class.")


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
    settings: FigureSettings | None = None,
    simulated: bool = False,
    labels: Mapping[str, str] | None = None,
    attrition: pd.DataFrame | None = None,
    course: pd.DataFrame | None = None,
    target_changes: pd.DataFrame | None = None,
    specifications: pd.DataFrame | None = None,
    incidence: pd.DataFrame | None = None,
    residuals: pd.DataFrame | None = None,
) -> None:
    """Write all figures of the main analysis, in every format, and `manifest.json` in both folders.

    The SVG of a figure that stands in the page itself, the flow of patients, lies beside `shareable_dir`.
    Survival curves as SVG and PDF, from which each event time can be read, are shareable only when
    `release.vector_survival_curves` says so, figures with a bar per patient only when
    `release.per_patient_figures` does, figures that count patients themselves not in a public release; else they go to
    `private_dir`. `labels` are the study's own words for
    covariates, `attrition` the table of who was excluded, `course` the courses of treatment, `target_changes`
    those of `clinical.recist_change`, `specifications` the table of the specification curve, `incidence` the curves of
    competing events, `residuals` those of the models. A figure that cannot be drawn is listed with the reason under
    `not_drawn`.
    """
    shareable, private = Folder(Path(shareable_dir)), Folder(Path(private_dir))
    settings = settings or FigureSettings()
    width_mm, smallest = style.WIDTHS[settings.columns], settings.smallest_group
    note = str(captions.SIMULATED).rstrip(".。") if simulated else ""
    table = results.tidy(estimates)
    with style.look():
        usable, remarks = _drawable(labels or {})
        given = Given(table, curves, incidence, residuals, usable, width_mm, note, in_steps=release.public)

        def figures() -> list[Drawn]:
            nobody = str(_NOBODY["rechallenge"])
            return [
                flow_figure.drawn(attrition, _classes(classified, attrition, table, release), width_mm, note),
                treatment_course.drawn(classified, course, smallest, width_mm, note, nobody),
                missing_data.drawn(classified, usable, smallest, width_mm, note, _NOBODY["first_ici"]),
                *(_survival(name, curves, table, usable, width_mm, note) for name in SURVIVAL),
                *(_forest(name, table, usable, width_mm, note) for name in FOREST),
                *subgroups.figures(given),
                *model_checks.figures(given),
                *over_time.figures(given),
                *(_concordance(name, table, width_mm, note) for name in CONCORDANCE),
                *(_specifications(name, specifications, table, width_mm, note) for name in SPECIFICATIONS),
                _swimmer(classified, adtte, course, width_mm, note),
                *lesion_change.drawn(target_changes, classified, width_mm, note),
            ]

        english = _english_words(figures)
        for figure in figures():
            _place(figure, release, settings.tiff_dpi, shareable, private, english.get(figure.name))
    for folder in (shareable, private):
        folder.path.mkdir(parents=True, exist_ok=True)
        content = {"figures": folder.figures, "not_drawn": folder.not_drawn, "remarks": remarks}
        write_json(content, folder.path / MANIFEST)


def _english_words(figures: Callable[[], list[Drawn]]) -> dict[str, captions.Words]:
    """The English words of the figures by name, for the manuscript draft; none where they are English anyway."""
    if language() == ENGLISH:
        return {}
    with in_language(ENGLISH):
        return {figure.name: figure.words for figure in figures() if figure.words is not None}


def _classes(
    classified: pd.DataFrame, attrition: pd.DataFrame | None, table: pd.DataFrame, release: ReleaseSettings
) -> dict[str, int]:
    """The last boxes of the flow; none without the flow, where nobody was rechallenged, or one of them is withheld."""
    if attrition is None or attrition.empty or not attrition["remaining"].iloc[-1]:
        return {}
    counts = flow.class_counts(classified)
    keys = {"analysis": "main", "population": "rechallenge", "model": "", "term": "resistance", "statistic": "n"}
    told = sorted(row.estimate for row in results.rows(table, **keys) if row.estimate != 0)
    return {} if release.public and told != sorted(counts.values()) else counts


def _drawable(labels: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the labels that this machine's fonts can draw, and a sentence for each that they cannot."""
    usable, remarks = {}, []
    for name, label in labels.items():
        lacking = style.undrawable(label)
        if lacking:
            remarks.append(
                tr(
                    'The label "{label}" of {name} is not drawn: no installed font has "{lacking}". Install one, Noto Sans CJK for example, and draw the figures again.',
                    label=label,
                    name=name,
                    lacking=lacking,
                )
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
    draw = partial(survival_figure, data, width_mm, note)
    return Drawn(name, text.title, draw, text, vector_reveals_times=True, curves=_interactive(data))


def _interactive(data: Survival) -> Mapping[str, Any] | None:
    """The steps for the page; the curves of a public release are drawn and no more."""
    return None if any(in_steps(group.curve) for group in data.groups) else released_curves(data)


def _forest(name: str, table: pd.DataFrame, labels: Mapping[str, str], width_mm: float, note: str) -> Drawn:
    data = forest_data(table, *FOREST[name], labels)
    if not data.covariates:
        title = tr("Hazard ratios for {endpoint_words}", endpoint_words=words.endpoint_words(FOREST[name][0]))
        return Drawn(
            name, title, reason=paragraph(data.not_fitted) or tr("No Cox model was fitted: no patients or events.")
        )
    text = captions.forest_words(data, bool(note))
    return Drawn(name, text.title, lambda: forest_figure(data, width_mm, note), text)


def _concordance(name: str, table: pd.DataFrame, width_mm: float, note: str) -> Drawn:
    population, term = CONCORDANCE[name]
    keys = {"analysis": "main", "model": "preset_concordance", "population": population, "term": term}
    if any(formatting.missing(row.estimate) for row in results.rows(table, **keys, statistic="n")):
        return Drawn(name, captions.concordance_title(term), reason=_WITHHELD)
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
        return Drawn(
            name, title, reason=tr("The study does not make the specification curve (specifications.enabled).")
        )
    data = specification_data(specifications, table, effect)
    if data is None:
        reasons = specifications.loc[specifications["effect"].eq(effect), "reason"].value_counts()
        return Drawn(
            name, title, reason=tr("No specification has a hazard ratio. Most often: {part}", part=reasons.index[0])
        )
    text = captions.specification_words(data, bool(note))
    return Drawn(name, text.title, lambda: specification_figure(data, width_mm, note), text)


def _swimmer(
    classified: pd.DataFrame, adtte: pd.DataFrame, course: pd.DataFrame | None, width_mm: float, note: str
) -> Drawn:
    data = swimmer_data(classified, adtte, course)
    title = tr("Course of each rechallenged patient from the first ICI")
    if not data.n:
        return Drawn(SWIMMER, title, reason=_NOBODY["rechallenge"], per_patient=True)
    if data.n > MOST_PATIENTS:
        reason = tr(
            "{n} bars cannot be told apart on one page; the most is {most_patients}.",
            n=data.n,
            most_patients=MOST_PATIENTS,
        )
        return Drawn(SWIMMER, title, reason=reason, per_patient=True)
    text = captions.swimmer_words(data, bool(note))
    return Drawn(SWIMMER, title, lambda: swimmer_figure(data, width_mm, note), text, per_patient=True)


def _section(name: str) -> str:
    return next(section for start, section in SECTIONS.items() if name.startswith(start))


def _place(
    figure: Drawn,
    release: ReleaseSettings,
    tiff_dpi: int,
    shareable: Folder,
    private: Folder,
    english: captions.Words | None,
) -> None:
    """Render a figure and write each format into the folder where it may lie."""
    for folder in (shareable, private):
        output.remove(folder.path, figure.name)
    kept = (figure.per_patient and not release.per_patient_figures) or (figure.own_counts and release.public)
    whole = private if kept else shareable
    section = _section(figure.name)
    if figure.draw is None or figure.words is None:
        left_out = {"name": figure.name, "section": section, "title": figure.title, "reason": figure.reason}
        whole.not_drawn.append(left_out)
        return
    drawing = figure.draw()
    width, height = (round(float(inches) * style.MM_PER_INCH, 1) for inches in drawing.get_size_inches())
    formats = output.JOURNAL if figure.inline else (*output.FORMATS, output.PAGE)
    made = output.rendered(drawing, figure.words.title, formats, tiff_dpi)
    if figure.inline:
        svg = output.inline_svg(drawing, figure.name, figure.words.title, figure.words.alt)
        (whole.path.parent / f"{figure.name}.svg").write_bytes(svg)
    kept_back = figure.vector_reveals_times and not release.vector_survival_curves
    vector = private if kept_back else whole
    parts = [(whole, output.RASTER), (vector, output.VECTOR)] if kept_back else [(whole, output.FORMATS)]
    for folder, kinds in parts:
        files = output.write({kind: made[kind] for kind in kinds if kind in made}, folder.path, figure.name)
        page = _page(figure, made, folder) if folder is whole else None
        entry: dict[str, Any] = {
            "name": figure.name,
            "section": section,
            "title": figure.words.title,
            "caption": figure.words.caption,
            "alt": figure.words.alt,
            "files": files,
            "page": page,
            "width_mm": width,
            "height_mm": height,
        }
        if english is not None:
            entry["english"] = {"title": english.title, "caption": english.caption, "alt": english.alt}
        if figure.curves is not None and folder is whole and not kept_back:
            entry["curves"] = figure.curves
        folder.figures.append(entry)


def _page(figure: Drawn, made: dict[str, bytes], folder: Folder) -> dict[str, Any] | None:
    """The picture for report.html: its file and its size in pixels."""
    if figure.inline:
        return None
    width, height = output.page_size(made)
    return {"file": output.write_page(made, folder.path, figure.name), "width": width, "height": height}
