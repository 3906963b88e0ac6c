"""Settings of the classes: best response, resistance, progression pattern, interval treatment."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt

from rechallenge.settings.base import PresetSettings, Settings

SIX_MONTHS_DAYS: Final = 182.625
SIX_WEEKS_DAYS: Final = 42
TWELVE_WEEKS_DAYS: Final = 84.0
# Presets of resistance that define acquired resistance only: everything else is not_acquired.
WITHOUT_PRIMARY: Final = ("schoenfeld_2021",)


class ResponseSettings(Settings):
    """Best overall response (RECIST 1.1, Eisenhauer 2009, section 4.4)."""

    stable_disease_days: int = Field(
        42, ge=0, description="SD earlier than this many days after the start is not evaluable (NE)."
    )
    objective_responses: tuple[Literal["CR", "PR"], ...] = Field(
        ("CR", "PR"), description="Responses that count as objective response."
    )
    confirmation: Literal["none", "required"] = Field(
        "none",
        description="Whether CR and PR must be seen again at least confirmation_days later; an unconfirmed one is SD where SD would have been evaluable.",
    )
    confirmation_days: int = Field(28, ge=0, description="Fewest days from a response to its confirmation.")


class ResistanceSettings(PresetSettings):
    """Primary or acquired resistance to the first ICI."""

    preset: Literal[
        "index_inclusive", "index_literal", "sitc_2020", "sitc_applied", "sitc_combination", "schoenfeld_2021"
    ] = Field(
        "index_inclusive",
        description="index_inclusive: acquired = response OR at least the cutoff, else primary. index_literal: primary = no response AND below the cutoff, acquired = response AND above it, else unclassified. sitc_2020, sitc_applied, sitc_combination: the criteria of the SITC task forces. schoenfeld_2021: acquired = objective response and progression within the window after the last dose, else not_acquired.",
    )
    cutoff_days: float | None = Field(
        None, gt=0, description="Six months, in days; the preset's own by default (182.625; sitc_applied 180)."
    )
    boundary: Literal[">=", ">"] | None = Field(
        None,
        description="Operator of the acquired side; the preset's own by default (>= for index_inclusive and sitc_applied, else >).",
    )
    clock: Literal["progression", "last_dose"] | None = Field(
        None,
        description="What the cutoff is compared with: days from the first dose to index progression, or to the last dose (at most index progression). The preset's own by default (progression).",
    )
    minimum_exposure_days: int | None = Field(
        None,
        ge=0,
        description="Shorter treatment than this, first to last dose, is not evaluable; the preset's own by default (sitc_2020 and sitc_combination 42, else 0).",
    )
    confirmation: Literal["none", "required"] | None = Field(
        None,
        description="Whether index progression must be seen again at least progression.confirmation_min_days later (or be clinical, or followed by death within them: rapid deterioration); the preset's own by default (required for sitc_2020).",
    )
    window_after_last_dose_days: NonNegativeFloat | Literal["none"] | None = Field(
        None,
        description="Progression later than this after the last dose is a class apart (late_progression), or not acquired under schoenfeld_2021; the preset's own by default (sitc_2020 and sitc_applied 84, schoenfeld_2021 182.625, else none).",
    )
    unclassified: Literal["own_group", "exclude", "primary", "acquired"] = Field(
        "own_group",
        description="What becomes of progressed patients without a class: a group of their own, left out of the rechallenge set of the analysis, or counted as primary or acquired. They are always counted in the flow.",
    )

    PRESETS: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "index_inclusive": {
            "cutoff_days": SIX_MONTHS_DAYS, "boundary": ">=", "clock": "progression", "minimum_exposure_days": 0,
            "confirmation": "none", "window_after_last_dose_days": "none",
        },
        "index_literal": {
            "cutoff_days": SIX_MONTHS_DAYS, "boundary": ">", "clock": "progression", "minimum_exposure_days": 0,
            "confirmation": "none", "window_after_last_dose_days": "none",
        },
        "sitc_2020": {
            "cutoff_days": SIX_MONTHS_DAYS, "boundary": ">", "clock": "progression",
            "minimum_exposure_days": SIX_WEEKS_DAYS, "confirmation": "required",
            "window_after_last_dose_days": TWELVE_WEEKS_DAYS,
        },
        "sitc_applied": {
            "cutoff_days": 180, "boundary": ">=", "clock": "progression", "minimum_exposure_days": 0,
            "confirmation": "none", "window_after_last_dose_days": TWELVE_WEEKS_DAYS,
        },
        "sitc_combination": {
            "cutoff_days": SIX_MONTHS_DAYS, "boundary": ">", "clock": "progression",
            "minimum_exposure_days": SIX_WEEKS_DAYS, "confirmation": "none", "window_after_last_dose_days": "none",
        },
        "schoenfeld_2021": {
            "cutoff_days": SIX_MONTHS_DAYS, "boundary": ">", "clock": "progression", "minimum_exposure_days": 0,
            "confirmation": "none", "window_after_last_dose_days": SIX_MONTHS_DAYS,
        },
    }  # fmt: skip


class PatternSettings(PresetSettings):
    """Oligo- or systemic progression."""

    preset: Literal["index", "hosoya_2021", "heo_2021", "eortc", "esmo_2018", "index_at_rechallenge"] = Field(
        "index",
        description="index: oligo at most 2 progressing lesions. hosoya_2021: at most 5 lesions. heo_2021: 1 or 2 organs. eortc: at most 5 lesions in at most 3 organs. esmo_2018: at most 3 lesions. index_at_rechallenge: as index, but counted at progression on the rechallenge, which conditions on the outcome; for reproduction only.",
    )
    oligo_max_lesions: NonNegativeInt | Literal["none"] | None = Field(
        None,
        description="Largest number of growing and new lesions, together, that is oligo-progression; the preset's own by default.",
    )
    oligo_max_organs: NonNegativeInt | Literal["none"] | None = Field(
        None, description="Largest number of progressing organs that is oligo-progression; the preset's own by default."
    )
    measured_at: Literal["index_progression", "rechallenge_progression"] | None = Field(
        None, description="At which progression lesions are counted; the preset's own by default (index progression)."
    )
    missing_count: Literal["unknown", "oligo", "systemic"] = Field(
        "unknown",
        description="The class of a count that is missing or does not decide: unknown; oligo and systemic are the best and worst case of a sensitivity analysis.",
    )

    PRESETS: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "index": {"oligo_max_lesions": 2, "oligo_max_organs": "none", "measured_at": "index_progression"},
        "hosoya_2021": {"oligo_max_lesions": 5, "oligo_max_organs": "none", "measured_at": "index_progression"},
        "heo_2021": {"oligo_max_lesions": "none", "oligo_max_organs": 2, "measured_at": "index_progression"},
        "eortc": {"oligo_max_lesions": 5, "oligo_max_organs": 3, "measured_at": "index_progression"},
        "esmo_2018": {"oligo_max_lesions": 3, "oligo_max_organs": "none", "measured_at": "index_progression"},
        "index_at_rechallenge": {
            "oligo_max_lesions": 2, "oligo_max_organs": "none", "measured_at": "rechallenge_progression",
        },
    }  # fmt: skip


class IntervalTreatmentSettings(Settings):
    """Systemic non-ICI therapy between the last dose of the first ICI and rechallenge."""

    preset: Literal["systemic", "systemic_or_local"] = Field(
        "systemic",
        description="systemic: non-ICI antineoplastics only. systemic_or_local: radiotherapy, surgery and ablation count too.",
    )
