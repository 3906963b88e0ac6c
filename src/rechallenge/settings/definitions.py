"""The clinical definitions of a study. Each value is documented with its meaning; `docs/definitions.md` cites sources."""

from pydantic import field_validator

from rechallenge.settings.base import PresetSettings, Settings
from rechallenge.settings.classes import (
    IntervalTreatmentSettings,
    PatternSettings,
    ResistanceSettings,
    ResponseSettings,
)
from rechallenge.settings.endpoints import EndpointSettings
from rechallenge.settings.exposure import (
    EligibilitySettings,
    EpisodeSettings,
    LesionSettings,
    ProgressionSettings,
    ReExposureSettings,
)


class DefinitionSettings(Settings):
    """All definitions of a study."""

    episodes: EpisodeSettings = EpisodeSettings()
    progression: ProgressionSettings = ProgressionSettings()
    lesions: LesionSettings = LesionSettings()
    re_exposure: ReExposureSettings = ReExposureSettings()
    eligibility: EligibilitySettings = EligibilitySettings()
    response: ResponseSettings = ResponseSettings()
    resistance: ResistanceSettings = ResistanceSettings()
    progression_pattern: PatternSettings = PatternSettings()
    interval_treatment: IntervalTreatmentSettings = IntervalTreatmentSettings()
    endpoints: EndpointSettings = EndpointSettings()

    @field_validator("progression_pattern")
    @classmethod
    def _something_is_counted(cls, pattern: PatternSettings) -> PatternSettings:
        # Not in the section itself: a further analysis may state a part of it, and the main one the rest.
        used = pattern.resolved()
        if used.oligo_max_lesions == "none" and used.oligo_max_organs == "none":
            raise ValueError("neither lesions nor organs have a largest number; one of them needs one")
        return pattern

    @field_validator("progression")
    @classmethod
    def _can_be_confirmed(cls, progression: ProgressionSettings) -> ProgressionSettings:
        used = progression.resolved()
        latest = used.confirmation_max_days
        if isinstance(latest, int) and latest < used.confirmation_min_days:
            raise ValueError(
                f"nothing can be confirmed: confirmation_min_days ({used.confirmation_min_days}) lies after "
                f"confirmation_max_days ({latest})"
            )
        return progression

    @field_validator("endpoints")
    @classmethod
    def _interruptions_have_a_limit(cls, endpoints: EndpointSettings) -> EndpointSettings:
        used = endpoints.resolved()
        limits = {
            "missed_assessments": "missed_assessments",
            "visit_gap": "visit_gap_days",
            "death_window": "death_window_days",
        }
        for name, own in used.own.items():
            for rule in own.interrupted_by:
                if rule in limits and getattr(used, limits[rule]) in (None, "none"):
                    raise ValueError(
                        f'the endpoint "{name}" is interrupted by {rule}, but endpoints.{limits[rule]} is none; '
                        "give it a number of days or take the rule out"
                    )
        return endpoints

    def resolved(self) -> "DefinitionSettings":
        """Return the definitions with every value that was not stated filled in from its section's preset."""
        sections = {name: getattr(self, name) for name in type(self).model_fields}
        return self.model_copy(
            update={
                name: section.resolved() for name, section in sections.items() if isinstance(section, PresetSettings)
            }
        )

    def overlaid(self, other: "AnalysisDefinitions") -> "DefinitionSettings":
        """Return these definitions with each value that `other` states in its place; neither is resolved.

        Raises UserError where the values of the two do not go together.
        """
        changed = {}
        for name in other.model_fields_set:
            section: Settings | None = getattr(other, name)
            if section is not None:
                stated = {field: getattr(section, field) for field in section.model_fields_set}
                changed[name] = getattr(self, name).model_copy(update=stated)
        together = self.model_copy(update=changed)
        return DefinitionSettings.read(together.plain(), "definitions")


class AnalysisDefinitions(Settings):
    """What a further analysis may define otherwise than the main one; what it leaves out is the main one's."""

    episodes: EpisodeSettings | None = None
    progression: ProgressionSettings | None = None
    lesions: LesionSettings | None = None
    re_exposure: ReExposureSettings | None = None
    eligibility: EligibilitySettings | None = None
    response: ResponseSettings | None = None
    resistance: ResistanceSettings | None = None
    progression_pattern: PatternSettings | None = None
    interval_treatment: IntervalTreatmentSettings | None = None
    endpoints: EndpointSettings | None = None
