"""Settings from rows of treatment to the first ICI, index progression and re-exposure."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal, get_args

from pydantic import Field, NonNegativeInt, field_validator

from rechallenge.settings.base import PresetSettings, Settings

Criterion = Literal[
    "nsclc",
    "advanced",
    "ici_treated",
    "no_prior_ici",
    "first_ici_monotherapy",
    "first_ici_in_window",
    "index_progression",
    "rechallenged",
    "rechallenge_in_window",
    "minimum_data",
]
CRITERIA: Final[tuple[Criterion, ...]] = get_args(Criterion)
Kind = Literal["rechallenge", "resumption", "switch"]


class EpisodeSettings(Settings):
    """From rows of treatment to regimens and the first ICI."""

    combination_window_days: int = Field(
        28,
        ge=0,
        description="A drug that starts within this many days of an ICI's first dose, before or after, belongs to its regimen.",
    )
    exposure_gap_days: int = Field(
        28, ge=0, description="Rows of one non-ICI drug at most this many days apart are one exposure."
    )
    continuation_gap_days: int = Field(
        84,
        ge=0,
        description="The same ICI restarted at most this many days after its last dose is treatment beyond progression, not rechallenge.",
    )
    late_progression_days: int = Field(
        84, ge=0, description="Index progression more than this many days after the last dose is flagged."
    )
    monotherapy_overlap: Literal["until_index_progression", "whole_exposure"] = Field(
        "until_index_progression",
        description="Over which part of the first ICI exposure another antineoplastic undoes monotherapy; drugs added on or after index progression are treatment beyond progression.",
    )


class ProgressionSettings(PresetSettings):
    """Which records are a progression: of index progression, of the pattern and of every endpoint.

    RECIST 1.1 (Eisenhauer 2009) and iRECIST (Seymour 2017).
    """

    preset: Literal["recist_1_1", "irecist", "recist_1_1_confirmed"] = Field(
        "recist_1_1",
        description="recist_1_1: PD, iUPD and iCPD count when they are first recorded. irecist: PD and iUPD count once confirmed (iCPD, or progression again within the confirmation window), dated at the first. recist_1_1_confirmed: PD counts when progression is recorded again at least confirmation_min_days later.",
    )
    confirmation: Literal["none", "required"] | None = Field(
        None, description="Whether a progression must be confirmed; the preset's own by default."
    )
    confirmation_min_days: int = Field(28, ge=0, description="Fewest days from a progression to its confirmation.")
    confirmation_max_days: NonNegativeInt | Literal["none"] | None = Field(
        None, description="Most days from a progression to its confirmation; the preset's own by default (iRECIST 56)."
    )
    unconfirmed: Literal["ignored", "counts_unless_better"] = Field(
        "ignored",
        description="What becomes of a progression that was not confirmed where confirmation is required. ignored: it is none. counts_unless_better: it counts unless an evaluable assessment without progression follows before the next systemic therapy, as where nobody looked again.",
    )
    clinical: Literal["counts", "ignored"] = Field(
        "counts", description="Whether progression by clinical judgement, without imaging, counts."
    )

    PRESETS: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "recist_1_1": {"confirmation": "none", "confirmation_max_days": "none"},
        "irecist": {"confirmation": "required", "confirmation_max_days": 56},
        "recist_1_1_confirmed": {"confirmation": "required", "confirmation_max_days": "none"},
    }


class LesionSettings(Settings):
    """Response and progression from measured lesions, by RECIST 1.1 (Eisenhauer 2009, section 4.3)."""

    use: Literal["where_available", "never"] = Field(
        "where_available",
        description="where_available: where lesions were measured after the start of a regimen, response, progression and the count of progressing lesions are derived from them and replace what was reported of that day. never: the lesions table is not used.",
    )
    partial_response_percent: float = Field(
        30, gt=0, le=100, description="Least decrease of the sum of diameters from baseline that is a partial response."
    )
    progression_percent: float = Field(
        20, gt=0, description="Least increase of the sum of diameters from its nadir that is progression."
    )
    progression_mm: float = Field(
        5,
        ge=0,
        description="Least absolute increase of the sum of diameters from its nadir that is progression, in mm.",
    )
    normal_node_mm: float = Field(10, ge=0, description="A lymph node with a short axis below this is normal, in mm.")
    baseline_days: int = Field(
        42, ge=0, description="Measurements at most this many days before the start of a regimen can be its baseline."
    )


class ReExposureSettings(PresetSettings):
    """Which later ICI counts as rechallenge."""

    preset: Literal["index", "gobbini_2020", "wjog9616l", "justeau_2025", "any_re_exposure"] = Field(
        "index",
        description="index: any later ICI-containing regimen after progression on the first (index study). gobbini_2020: at least 84 days after the last dose. wjog9616l: at least 60 days. justeau_2025: only after systemic therapy in between (ESME's rechallenge). any_re_exposure: progression before it is not required.",
    )
    minimum_gap_days: int | None = Field(
        None,
        ge=0,
        description="Least number of days without an ICI before a rechallenge, from the last dose; the preset's own by default (index 0, gobbini_2020 84, wjog9616l 60). The same ICI also needs more than episodes.continuation_gap_days.",
    )
    progression_required: bool | None = Field(
        None,
        description="Whether index progression must precede it; the preset's own by default (true, but for any_re_exposure).",
    )
    kinds: tuple[Kind, ...] | None = Field(
        None, description="Kinds of re-exposure that count; the preset's own by default (all, but for justeau_2025)."
    )
    agents: Literal["any", "same", "different", "different_class"] = Field(
        "any", description="Whether any ICI counts, only the same, only another one, or only one of another class."
    )

    PRESETS: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "index": {"minimum_gap_days": 0, "progression_required": True, "kinds": get_args(Kind)},
        "gobbini_2020": {"minimum_gap_days": 84, "progression_required": True, "kinds": get_args(Kind)},
        "wjog9616l": {"minimum_gap_days": 60, "progression_required": True, "kinds": get_args(Kind)},
        "justeau_2025": {"minimum_gap_days": 0, "progression_required": True, "kinds": ("rechallenge",)},
        "any_re_exposure": {"minimum_gap_days": 0, "progression_required": False, "kinds": get_args(Kind)},
    }


class EligibilitySettings(Settings):
    """Who is in. The order of `criteria` is the order of the flow diagram."""

    criteria: tuple[Criterion, ...] = Field(
        CRITERIA, description="Criteria, in order. A study may leave some out; the ids are fixed."
    )
    accept_undivided_stage_iii: bool = Field(
        False, description="Count an undivided stage III as advanced; by default it is not evaluable."
    )
    minimum_date_precision: Literal["day", "month", "year"] = Field(
        "month", description="Coarsest precision of the three key dates that counts as dated."
    )

    @field_validator("criteria")
    @classmethod
    def _once(cls, criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        if len(set(criteria)) < len(criteria):
            raise ValueError("each criterion may stand once")
        if "ici_treated" not in criteria:
            raise ValueError('"ici_treated" cannot be left out: every population begins with it')
        return criteria
