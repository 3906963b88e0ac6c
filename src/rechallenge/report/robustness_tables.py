"""How much the definitions matter: other presets, patients near a cutoff, the specification curve."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from rechallenge import words as shared
from rechallenge.language import N_, tr
from rechallenge.punctuation import separated
from rechallenge.report import words
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.results import MULTIVARIABLE
from rechallenge.report.sentences import literal
from rechallenge.report.sheets import EMPTY, Row, Sheet, if_known, one, with_interval, without_empty_columns
from rechallenge.results import records

CONCORDANCE: Final = "preset_concordance"
BOUNDARY: Final = "boundary"
CURVE: Final = "specification_curve"
LESIONS: Final = "lesion_agreement"
DIMENSIONS: Final = ("resistance", "progression_pattern")
EFFECTS: Final = ("resistance", "progression_pattern", "interval_treatment")
# What must be known of a preset before its moves are read.
NOTES: Final = {
    "schoenfeld_2021": (
        N_("Schoenfeld defines no primary class: from primary to not acquired is a change of word, not of finding.")
    ),
    "index_at_rechallenge": (
        N_(
            "Read at progression on rechallenge, the pattern conditions on the outcome; it is shown for reproduction only."
        )
    ),
}
# What a hazard ratio compares, as the caption of its column.
CONTRASTS: Final = {
    "resistance": N_("Resistance: primary vs acquired"),
    "progression_pattern": N_("Progression pattern: systemic vs oligo"),
    "interval_treatment": N_("Interval treatment: with vs without"),
}


def _stem(**key: str) -> str:
    return name_of({"population": "rechallenge", **key})


def _main(estimates: pd.DataFrame, model: str) -> pd.DataFrame:
    return estimates[(estimates["analysis"] == "main") & (estimates["model"] == model)]


def concordance_tables(estimates: pd.DataFrame, numbers: Numbers) -> list[Sheet]:
    """Return per dimension how many patients change class under each other preset, and from which to which."""
    own = _main(estimates, CONCORDANCE)
    sheets = []
    for dimension in DIMENSIONS:
        found = own[(own["term"] == dimension) & (own["statistic"] == "moved")]
        main = str(found["reference"].iloc[0]) if len(found) else ""
        rows = [
            Row(shared.preset_words(dimension, preset), _concordance_cells(own, dimension, preset, main, numbers))
            for preset in dict.fromkeys(found["level"])
        ]
        if rows:
            said = shared.preset_words(dimension, main)
            caption = tr(
                "{term}: who is in another class than under the study's preset ({said})",
                term=words.term(dimension),
                said=said,
            )
            head = (
                tr("Preset"),
                tr("Progressed: another class"),
                tr("Same class"),
                tr("Rechallenge set: another class"),
                tr("Same class"),
                tr("Moves in the rechallenge set"),
            )
            notes = tuple(note for preset, note in NOTES.items() if preset in set(found["level"]))
            sheet = Sheet(f"concordance-{dimension}", caption, head, tuple(rows), notes, prose=True)
            sheets.append(without_empty_columns(sheet))
    return sheets


def _concordance_cells(own: pd.DataFrame, dimension: str, preset: str, main: str, numbers: Numbers) -> tuple[str, ...]:
    cells: list[str] = []
    for population in ("progressed", "rechallenge"):
        key = {"population": population, "model": CONCORDANCE, "term": dimension, "level": preset, "reference": main}
        cells += [one(_stem(**key, statistic=statistic), numbers) for statistic in ("moved", "agreement")]
    moves = own[(own["term"] == dimension) & (own["statistic"] == "n") & (own["population"] == "rechallenge")]
    moves = moves[moves["level"].str.startswith(f"{preset}=")]
    said = []
    for row in records(moves):
        before, after = row["reference"].partition("=")[2], row["level"].partition("=")[2]
        if before != after:
            both = tr("{before} to {after}", before=_class(dimension, before), after=_class(dimension, after))
            said.append(f"{{{name_of(row)}}}\u00a0{literal(both)}")
    return (*cells, separated(said) or EMPTY)


def _class(dimension: str, name: str) -> str:
    said = shared.level_words(dimension, name).lower()
    return (
        said.removesuffix("-progression").removesuffix(" progression") if dimension == "progression_pattern" else said
    )


def boundary_table(estimates: pd.DataFrame, numbers: Numbers) -> Sheet | None:
    """Return how many patients lie near the cutoff of each preset of resistance, or None where it was not counted."""
    own = _main(estimates, BOUNDARY)
    presets = dict.fromkeys(own.loc[own["statistic"] == "n", "level"])
    rows = []
    for preset in presets:
        cells: list[str] = []
        for population in ("progressed", "rechallenge"):
            key = {"population": population, "model": BOUNDARY, "term": "resistance", "level": preset}
            near, changed = (_stem(**key, statistic=statistic) for statistic in ("n", "class_changes"))
            cells += [one(near, numbers), one(changed, numbers)]
        rows.append(Row(shared.preset_words("resistance", preset), tuple(cells)))
    if not rows:
        return None
    near = "settings.statistics.boundary_days"
    within = if_known(tr("within {{near}} days of", near=near), near, numbers=numbers)
    head = (
        tr("Preset"),
        tr("Progressed"),
        tr("of them another class beyond it"),
        tr("Rechallenge set"),
        tr("of them another class beyond it"),
    )
    caption = tr(
        "Boundary patients: {ending} the cutoff of a preset of resistance",
        ending=tr("near") if within == EMPTY else within,
    )
    note = tr("A scan a few days earlier or later could have put them on the other side of the cutoff.")
    return without_empty_columns(Sheet("boundary", caption, head, tuple(rows), (note,)))


def curve_table(estimates: pd.DataFrame, numbers: Numbers) -> Sheet | None:
    """Return the summary of the specification curve, one column per effect, or None where there is none."""
    effects = _effects(estimates, "specifications")
    if not effects:
        return None

    def cell(effect: str, pattern: str) -> str:
        stem = _curve(effect)
        names = [f"{stem}.{part}" for part in pattern.split("|")]
        if not all(name in numbers for name in names):
            return EMPTY
        return (
            f"{{{names[0]}}}" if len(names) == 1 else tr("{{names}} to {{names_2}}", names=names[0], names_2=names[1])
        )

    lines = (
        (tr("Specifications"), "specifications"),
        (tr("With a hazard ratio"), "fitted"),
        (tr("Median hazard ratio"), "hr_median"),
        (tr("Quartiles"), "hr_q1|hr_q3"),
        (tr("Smallest to largest"), "hr_min|hr_max"),
        (tr("On the same side of one as the main analysis"), "same_sign"),
        (tr("Small P value"), "small_p"),
        (tr("Both"), "same_sign_and_small_p"),
        (tr("Median difference in median PFS, months"), "median_difference_median"),
    )
    main = tuple(with_interval(_main_hazard(estimates, effect), numbers) for effect in effects)
    rows = (
        Row(tr("Main analysis, multivariable hazard ratio (CI)"), main),
        *(Row(label, tuple(cell(effect, pattern) for effect in effects)) for label, pattern in lines),
    )
    head = ("", *(CONTRASTS.get(effect, words.term(effect)) for effect in effects))
    notes = (
        tr(
            "Each specification is one combination of the choices below. The share of small P values is descriptive, never "
            "evidence: all specifications share the same patients. Difference: first class minus second. Definitions that "
            "know no primary class compare those not acquired instead. A P value is small below one minus the confidence "
            "level of the study."
        ),
    )
    return Sheet("specification-curve", tr("Specification curve of PFS from rechallenge"), head, rows, notes)


def _main_hazard(estimates: pd.DataFrame, effect: str) -> str:
    """The name of the hazard ratio of an effect in the declared model of the main analysis, or an empty text."""
    own = _main(estimates, MULTIVARIABLE)
    own = own[(own["endpoint"] == "PFS") & (own["statistic"] == "hr") & (own["term"] == effect)]
    return next((name_of(row) for row in records(own)), "")


def shift_table(estimates: pd.DataFrame, numbers: Numbers) -> Sheet | None:
    """Return how far each choice moves the hazard ratios, or None where there is no curve."""
    effects = _effects(estimates, "shift")
    own = _main(estimates, CURVE)
    choices = dict.fromkeys(own.loc[own["statistic"] == "shift", "level"])
    rows = tuple(
        Row(shared.choice_words(key), tuple(one(_curve(effect, key, "shift"), numbers) for effect in effects))
        for key in choices
    )
    if not rows:
        return None
    head = (tr("Choice"), *(CONTRASTS.get(effect, words.term(effect)) for effect in effects))
    note = tr(
        "How many times the hazard ratio changes between the extreme values of a choice, as a geometric mean over all "
        "other choices. A choice without a number does not change that effect."
    )
    return Sheet("choices", tr("How far each choice moves the hazard ratio"), head, rows, (note,))


@dataclass(frozen=True)
class Lever:
    """The choice that moves an effect most: its term, words for both, and the name of its shift."""

    term: str
    effect: str
    choice: str
    name: str


def levers(estimates: pd.DataFrame, numbers: Numbers) -> list[Lever]:
    """Return, per effect, the choice that moves its hazard ratio most."""
    found = []
    own = _main(estimates, CURVE)
    for effect in _effects(estimates, "shift"):
        shifts = own[(own["term"] == effect) & (own["statistic"] == "shift") & own["estimate"].notna()]
        if len(shifts):
            key = str(shifts.loc[shifts["estimate"].idxmax(), "level"])
            found.append(
                Lever(effect, words.lower_first(words.term(effect)), words.choice(key), _curve(effect, key, "shift"))
            )
    return [lever for lever in found if lever.name in numbers]


def _curve(effect: str, level: str = "", statistic: str = "") -> str:
    return _stem(endpoint="PFS", model=CURVE, term=effect, level=level, statistic=statistic)


def _effects(estimates: pd.DataFrame, statistic: str) -> list[str]:
    own = _main(estimates, CURVE)
    there = list(dict.fromkeys(own.loc[own["statistic"] == statistic, "term"]))
    return [*(effect for effect in EFFECTS if effect in there), *(name for name in there if name not in EFFECTS)]


def lesion_table(estimates: pd.DataFrame, numbers: Numbers) -> Sheet | None:
    """Return the reported responses beside those from measured lesions, or None where none were compared."""
    own = _main(estimates, LESIONS)
    compared = f"{LESIONS}.compared"
    if compared not in numbers or not numbers[compared]["raw"]:
        return None
    rows = [
        Row(tr("Assessments with measured lesions that were compared"), (f"{{{compared}}}",)),
        Row(tr("Same response"), (one(f"{LESIONS}.equal", numbers),)),
        Row(tr("Another response"), (one(f"{LESIONS}.different", numbers),)),
    ]
    for row in records(own[own["statistic"] == "n"]):
        reported, _, derived = row["level"].partition("=>")
        if reported != derived:
            label = tr(
                "Reported {level}, measured {level_2}",
                level=words.level("best_response", reported),
                level_2=words.level("best_response", derived),
            )
            rows.append(Row(label, (f"{{{name_of(row)}}}",), "level"))
    note = tr(
        "Where they differ, the measured lesions are used; a reported progression stands where they are not evaluable."
    )
    caption = tr("Reported responses and those derived from measured lesions")
    return Sheet("lesion-agreement", caption, ("", tr("Assessments")), tuple(rows), (note,))
