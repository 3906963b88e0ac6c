"""Settings of the endpoints: presets of PFS, and a study's own endpoints."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

from pydantic import Field, PositiveInt, field_validator

from rechallenge.settings.base import PresetSettings, Settings

BUILT_IN: Final = ("PFS", "PFS1", "OS", "OS1", "TTF", "TTF1", "TTNT", "TTNT1", "DOR", "DOR1", "PPS")
# Where a clock can start; each is a date of the course.
Start = Literal["first_ici", "rechallenge", "index_progression", "first_ici_response", "rechallenge_response"]
# Rules of `rechallenge.clinical.events`.
EventName = Literal["progression", "death", "new_therapy", "treatment_stop"]
InterruptionName = Literal["new_therapy", "missed_assessments", "visit_gap", "death_window"]
CensoringName = Literal["last_adequate_assessment", "last_contact", "treatment_ongoing", "start", "cutoff"]


class OwnEndpoint(Settings):
    """An endpoint that a study defines itself: start, events, censoring."""

    label: str = Field(description="Words for the report, in lower case: time from ... to ...")
    start: Start = Field("rechallenge", description="The day on which the clock starts.")
    events: tuple[EventName, ...] = Field(
        min_length=1, description="Events, in the order in which they win a tie; the earliest ends the time."
    )
    interrupted_by: tuple[InterruptionName, ...] = Field(
        (), description="What ends the observation before an event: the patient is then censored as of that day."
    )
    censored_at: tuple[CensoringName, ...] = Field(
        ("last_contact",),
        min_length=1,
        description="Where a patient without event is censored: the first that has a date.",
    )


class EndpointSettings(PresetSettings):
    """Events and censoring of the endpoints."""

    preset: Literal[
        "primary", "new_therapy_event", "new_therapy_ignored", "imaging_only", "missed_assessments", "death_window",
        "fda_2007", "rwpfs", "genie_bpc",
    ] = Field(
        "primary",
        description="primary: PFS censors at the last adequate assessment, new therapy censors. new_therapy_event, new_therapy_ignored: new therapy before progression is an event, or is ignored. imaging_only: clinical progression is no event. missed_assessments: an event after two missed assessments is censored at the last one before. death_window: a death long after the last assessment is censored there. fda_2007: imaging only, missed assessments and new therapy censor (FDA 2007, Appendix 3). rwpfs: a gap between visits and a late death censor (real-world PFS). genie_bpc: the registry's own rule (next regimen censors, death only without one).",
    )  # fmt: skip
    new_therapy: Literal["censor", "event", "ignore"] | None = Field(
        None,
        description="New systemic therapy before progression censors PFS at the last adequate assessment on or before it, is an event, or is ignored; the preset's own by default.",
    )
    clinical_progression: Literal["event", "ignored"] | None = Field(
        None, description="Whether progression by clinical judgement is a PFS event; the preset's own by default."
    )
    missed_assessments: PositiveInt | Literal["none"] | None = Field(
        None,
        description="An event after this many missed assessments in a row is censored at the last adequate assessment before them; the preset's own by default (2 for missed_assessments and fda_2007, else none).",
    )
    assessment_interval_days: int = Field(
        56, gt=0, description="Expected days between assessments, by which missed ones are counted."
    )
    death_window_days: PositiveInt | Literal["none"] | None = Field(
        None,
        description="A death more than this many days after the last adequate assessment is censored there; the preset's own by default (112 for death_window, 90 for rwpfs, else none).",
    )
    visit_gap_days: PositiveInt | Literal["none"] | None = Field(
        None,
        description="More than this many days between two visits (the start, assessments) end the observation at the first of the two; the preset's own by default (90 for rwpfs, else none).",
    )
    genie_reading: Literal["i", "m", "i_or_m", "i_and_m"] = Field(
        "i_or_m",
        description="Whose word counts under genie_bpc: imaging (i), the oncologist's notes (m), either, or both at the later date.",
    )
    own: dict[str, OwnEndpoint] = Field(
        default_factory=dict,
        description="Endpoints of the study's own by name: label, start, events, interrupted_by, censored_at.",
    )

    @field_validator("own")
    @classmethod
    def _names(cls, own: dict[str, OwnEndpoint]) -> dict[str, OwnEndpoint]:
        for name in own:
            if name.upper() in BUILT_IN:
                raise ValueError(f'"{name}" is an endpoint already; give your own another name')
            if not name.replace("_", "").isalnum() or not name.isascii():
                raise ValueError(f'"{name}" cannot name an endpoint: use letters, digits and _')
        return own

    PRESETS: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        name: {
            "new_therapy": "censor", "clinical_progression": "event", "missed_assessments": "none",
            "death_window_days": "none", "visit_gap_days": "none", **changed,
        }
        for name, changed in dict[str, dict[str, Any]]({
            "primary": {},
            "new_therapy_event": {"new_therapy": "event"},
            "new_therapy_ignored": {"new_therapy": "ignore"},
            "imaging_only": {"clinical_progression": "ignored"},
            "missed_assessments": {"missed_assessments": 2},
            "death_window": {"death_window_days": 112},
            "fda_2007": {"clinical_progression": "ignored", "missed_assessments": 2},
            "rwpfs": {"death_window_days": 90, "visit_gap_days": 90},
            "genie_bpc": {},
        }).items()
    }  # fmt: skip
