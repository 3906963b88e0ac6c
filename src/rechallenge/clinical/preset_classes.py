"""Who changes class under another preset, and who would with another scan date.

The class of each progressed patient under every preset of resistance and of the progression pattern, and the
patients so close to a preset's cutoff that a scan a few days earlier or later could have changed their class.
"""

from typing import Final, TypeVar

import pandas as pd

from rechallenge.clinical.progression_pattern import classify_pattern
from rechallenge.clinical.resistance import classify_resistance
from rechallenge.settings.classes import PatternSettings, ResistanceSettings
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.tables import TEXT

P = TypeVar("P", ResistanceSettings, PatternSettings)
# The dimensions, with the presets of each in the order of the settings.
PRESETS: Final = {
    "resistance": tuple(ResistanceSettings.PRESETS),
    "progression_pattern": tuple(PatternSettings.PRESETS),
}
BOUNDARY_COLUMNS: Final = (
    "patient_id", "eligible", "preset", "limit", "cutoff_days", "days", "distance", "class", "class_on_other_side",
)  # fmt: skip
# The limit that stands for six months in a preset, and the days that are compared with it.
_CLOCKS: Final = {"progression": "days_to_progression", "last_dose": "exposure_days"}
_WINDOW: Final = ("window_after_last_dose_days", "days_since_last_dose")


def column_of(dimension: str, preset: str) -> str:
    """Return the column of the classes under a preset: `resistance.sitc_2020`."""
    return f"{dimension}.{preset}"


def under_preset(settings: P, preset: str) -> P:
    """Return resolved settings with another preset: what a preset owns is that preset's, what they share stays."""
    if preset == settings.preset:
        return settings
    return settings.model_copy(update={**settings.PRESETS[preset], "preset": preset})


def preset_classes(rows: pd.DataFrame, cohort: pd.DataFrame, definitions: DefinitionSettings) -> pd.DataFrame:
    """Return the progressed patients (`in_progressed`), sorted, with one column of classes per dimension and preset.

    `rows` are those of `classify.classifiable`, `cohort` and `definitions` (resolved) the ones that they were made
    with. Columns patient_id, eligible and `column_of` each. The column of the study's own preset holds its own
    classes, with whatever it sets otherwise than the preset; the other presets are as they are published.
    `eligible` is the cohort's: a patient whom one preset leaves without a class, and the study then excludes, is
    still compared.
    """
    progressed = _progressed(rows, cohort)
    found = progressed[["patient_id", "eligible"]].copy()
    for preset in PRESETS["resistance"]:
        own = classify_resistance(progressed, under_preset(definitions.resistance, preset))["resistance"]
        found[column_of("resistance", preset)] = own
    for preset in PRESETS["progression_pattern"]:
        pattern = classify_pattern(progressed, under_preset(definitions.progression_pattern, preset))
        found[column_of("progression_pattern", preset)] = pattern
    return found


def boundary_patients(
    rows: pd.DataFrame, cohort: pd.DataFrame, definitions: DefinitionSettings, boundary_days: int
) -> pd.DataFrame:
    """Return the progressed patients at most `boundary_days` from the cutoff of a preset of resistance.

    Arguments as for `preset_classes`. One row per preset and patient, columns BOUNDARY_COLUMNS: `limit` is the
    setting compared (`cutoff_days`; for schoenfeld_2021, which has no other, the window after the last dose),
    `distance` is days minus cutoff, and `class_on_other_side` the class that the patient would have beyond the
    cutoff - the same where the response decides. A last dose that is not on record is near nothing.
    """
    progressed = _progressed(rows, cohort)
    found = []
    for preset in PRESETS["resistance"]:
        own = under_preset(definitions.resistance, preset)
        limit, clock = _limit(own)
        value = getattr(own, limit)
        if value == "none":
            continue
        days = progressed[clock].astype("float64")
        if clock != "days_to_progression":
            days = days.mask(progressed["first_ici_end_imputed"])
        near = (days - value).abs() <= boundary_days
        close = progressed[near]
        # The patient's own time is moved, not the cutoff, which other parts of a definition may look at too.
        classes = classify_resistance(close, own)["resistance"]
        before, beyond = (
            classify_resistance(close.assign(**{clock: float(value) + side}), own)["resistance"] for side in (-1.0, 1.0)
        )
        found.append(
            close[["patient_id", "eligible"]].assign(
                preset=preset,
                limit=limit,
                cutoff_days=float(value),
                days=days[near],
                distance=days[near] - value,
                class_on_other_side=before.where(classes == beyond, beyond),
                **{"class": classes},
            )
        )
    table = pd.concat(found, ignore_index=True)[list(BOUNDARY_COLUMNS)]
    return table.astype(dict.fromkeys(("patient_id", "preset", "limit", "class", "class_on_other_side"), TEXT))


def _progressed(rows: pd.DataFrame, cohort: pd.DataFrame) -> pd.DataFrame:
    ids = cohort.loc[cohort["in_progressed"].astype(bool), "patient_id"]
    return rows[rows["patient_id"].isin(ids)].reset_index(drop=True)


def _limit(settings: ResistanceSettings) -> tuple[str, str]:
    if settings.preset == "schoenfeld_2021":
        return _WINDOW
    return "cutoff_days", _CLOCKS[settings.clock or "progression"]
