"""Who changes class under another preset, and who would with another scan date.

The class of each progressed patient under every preset of resistance and of the progression pattern, and the
patients so close to a preset's cutoff that a scan a few days earlier or later could have changed their class.
"""

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final, TypeVar

import numpy as np
import pandas as pd

from rechallenge.clinical.classify import classify
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


def columns() -> list[str]:
    """Return the columns of `preset_classes`, in order."""
    return ["patient_id", "eligible", *(column_of(name, preset) for name in PRESETS for preset in PRESETS[name])]


def under_preset(settings: P, preset: str) -> P:
    """Return resolved settings with another preset: what a preset owns is that preset's, what they share stays."""
    if preset == settings.preset:
        return settings
    return settings.model_copy(update={**settings.PRESETS[preset], "preset": preset})


def preset_classes(
    course: pd.DataFrame,
    cohort: pd.DataFrame,
    patients: pd.DataFrame,
    treatments: pd.DataFrame,
    assessments: pd.DataFrame,
    definitions: DefinitionSettings,
    cutoff: pd.Timestamp,
    *,
    progression_dates_only: bool,
) -> pd.DataFrame:
    """Return the progressed patients (`in_progressed`), sorted, with one column of classes per dimension and preset.

    Columns `columns()`. `definitions` are resolved: the column of the study's own preset holds its own classes,
    with whatever it sets otherwise than the preset; the other presets are as they are published. `eligible` is
    the cohort's: a patient whom one preset leaves without a class, and the study then excludes, is still compared.
    """
    whole = _Progressed.of(course, cohort, patients, treatments, assessments, cutoff, progression_dates_only)
    found = whole.members
    # Resistance does not depend on the pattern, nor the pattern on resistance: one pass serves a preset of each.
    for resistance, pattern in zip_longest(*PRESETS.values()):
        used = definitions.model_copy(
            update={
                "resistance": under_preset(definitions.resistance, resistance or definitions.resistance.preset),
                "progression_pattern": under_preset(
                    definitions.progression_pattern, pattern or definitions.progression_pattern.preset
                ),
            }
        )
        classified = whole.classified(used)
        for dimension, preset in (("resistance", resistance), ("progression_pattern", pattern)):
            if preset:
                found[column_of(dimension, preset)] = classified[dimension].to_numpy()
    return found[columns()].astype(dict.fromkeys(columns()[2:], TEXT))


def boundary_patients(
    course: pd.DataFrame,
    cohort: pd.DataFrame,
    patients: pd.DataFrame,
    treatments: pd.DataFrame,
    assessments: pd.DataFrame,
    definitions: DefinitionSettings,
    cutoff: pd.Timestamp,
    *,
    progression_dates_only: bool,
    boundary_days: int,
) -> pd.DataFrame:
    """Return the progressed patients at most `boundary_days` from the cutoff of a preset of resistance.

    One row per preset and patient, columns BOUNDARY_COLUMNS: `limit` is the setting compared (`cutoff_days`; the
    window after the last dose for schoenfeld_2021, which has no other), `distance` is days minus cutoff, and
    `class_on_other_side` the class that the patient would have beyond the cutoff - the same where the response
    decides. `definitions` are resolved.
    """
    whole = _Progressed.of(course, cohort, patients, treatments, assessments, cutoff, progression_dates_only)
    found = []
    for preset in PRESETS["resistance"]:
        own = under_preset(definitions.resistance, preset)
        limit, clock = _limit(own)
        value = getattr(own, limit)
        if value == "none":
            continue
        classified = whole.classified(definitions.model_copy(update={"resistance": own}))
        distance = classified[clock].astype("float64") - float(value)
        near = (distance.abs() <= boundary_days).to_numpy()
        rows = classified.loc[near, ["patient_id", "resistance"]].reset_index(drop=True)
        # With the cutoff moved past all of them, down and then up, each is once on either side.
        close = whole.only(rows["patient_id"])
        sides = [
            close.classified(definitions.model_copy(update={"resistance": own.model_copy(update={limit: moved})}))
            for moved in (float(value) - 2 * boundary_days - 1, float(value) + 2 * boundary_days + 1)
        ]
        beyond, before = (side["resistance"].to_numpy() for side in sides)
        found.append(
            rows.assign(
                eligible=close.members["eligible"].to_numpy(),
                preset=preset,
                limit=limit,
                cutoff_days=float(value),
                days=distance[near].to_numpy() + float(value),
                distance=distance[near].to_numpy(),
                class_on_other_side=np.where(rows["resistance"].to_numpy() == beyond, before, beyond),
            ).rename(columns={"resistance": "class"})
        )
    rows = pd.concat(found, ignore_index=True)[list(BOUNDARY_COLUMNS)]
    texts = ("patient_id", "preset", "limit", "class", "class_on_other_side")
    return rows.astype(dict.fromkeys(texts, TEXT) | {"eligible": bool})


def _limit(settings: ResistanceSettings) -> tuple[str, str]:
    if settings.preset == "schoenfeld_2021":
        return _WINDOW
    return "cutoff_days", _CLOCKS[settings.clock or "progression"]


@dataclass(frozen=True)
class _Progressed:
    """What `classify` needs of those who progressed on the first ICI, sorted by patient."""

    course: pd.DataFrame
    cohort: pd.DataFrame
    patients: pd.DataFrame
    treatments: pd.DataFrame
    assessments: pd.DataFrame
    cutoff: pd.Timestamp
    progression_dates_only: bool

    @classmethod
    def of(
        cls,
        course: pd.DataFrame,
        cohort: pd.DataFrame,
        patients: pd.DataFrame,
        treatments: pd.DataFrame,
        assessments: pd.DataFrame,
        cutoff: pd.Timestamp,
        progression_dates_only: bool,
    ) -> "_Progressed":
        everyone = cls(course, cohort, patients, treatments, assessments, cutoff, progression_dates_only)
        return everyone.only(cohort.loc[cohort["in_progressed"].astype(bool), "patient_id"])

    def only(self, ids: pd.Series) -> "_Progressed":
        """Return the same of these patients only."""
        frames = {name: getattr(self, name) for name in ("course", "cohort", "patients", "treatments", "assessments")}
        return replace(self, **{name: frame[frame["patient_id"].isin(ids)] for name, frame in frames.items()})

    @property
    def members(self) -> pd.DataFrame:
        """patient_id and eligible, in the order of `classified`."""
        own = self.cohort.sort_values("patient_id", kind="stable")[["patient_id", "eligible"]]
        return own.reset_index(drop=True)

    def classified(self, definitions: DefinitionSettings) -> pd.DataFrame:
        return classify(
            self.course, self.cohort, self.patients, self.treatments, self.assessments, definitions, self.cutoff,
            progression_dates_only=self.progression_dates_only,
        )  # fmt: skip
