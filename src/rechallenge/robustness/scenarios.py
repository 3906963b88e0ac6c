"""The sensitivity set: scenarios that each change one assumption of the main analysis."""

from dataclasses import dataclass, field
from typing import Final

from rechallenge.language import N_
from rechallenge.settings.classes import PatternSettings, ResistanceSettings
from rechallenge.settings.definitions import AnalysisDefinitions, DefinitionSettings
from rechallenge.settings.exposure import ProgressionSettings
from rechallenge.sources.imputation import Method

# The scenario that changes no definition, but fills in what is missing (rechallenge.estimates.imputed).
IMPUTED: Final = "lesions_imputed"
IMPUTED_TITLE: Final = N_("Missing progression patterns imputed (multiple imputation)")


@dataclass(frozen=True)
class Scenario:
    """One change of the main analysis: some definitions, or how partial dates are read."""

    name: str
    title: str
    changes: AnalysisDefinitions = field(default_factory=AnalysisDefinitions)
    dates: Method | None = None

    @property
    def analysis(self) -> str:
        """The analysis under which its rows stand in the results table."""
        return analysis_of(self.name)

    def definitions(self, main: DefinitionSettings) -> DefinitionSettings:
        """Return the main definitions with the changes, resolved."""
        return main.overlaid(self.changes).resolved()


def _unclassified(kind: str) -> AnalysisDefinitions:
    return AnalysisDefinitions(resistance=ResistanceSettings.model_validate({"unclassified": kind}))


def _missing_count(kind: str) -> AnalysisDefinitions:
    return AnalysisDefinitions(progression_pattern=PatternSettings.model_validate({"missing_count": kind}))


SCENARIOS: Final = (
    Scenario("dates_earliest", N_("Partial dates as early as they can be"), dates="earliest"),
    Scenario("dates_middle", N_("Partial dates in the middle of what they can be"), dates="middle"),
    Scenario("dates_latest", N_("Partial dates as late as they can be"), dates="latest"),
    Scenario("lesions_best_case", N_("Missing lesion counts as oligo-progression"), _missing_count("oligo")),
    Scenario("lesions_worst_case", N_("Missing lesion counts as systemic progression"), _missing_count("systemic")),
    Scenario("unclassified_primary", N_("Unclassified resistance counted as primary"), _unclassified("primary")),
    Scenario("unclassified_acquired", N_("Unclassified resistance counted as acquired"), _unclassified("acquired")),
    Scenario("unclassified_excluded", N_("Unclassified resistance left out"), _unclassified("exclude")),
    Scenario(
        "confirmed_progression",
        N_("Progression counts only when confirmed at least four weeks later"),
        # What the preset decides is stated as open: a value of the main analysis must not survive.
        AnalysisDefinitions(
            progression=ProgressionSettings(
                preset="recist_1_1_confirmed",
                confirmation=None,
                confirmation_min_days=28,
                confirmation_max_days=None,
                unconfirmed="ignored",
            )
        ),
    ),
    Scenario(
        "clinical_ignored",
        N_("Progression by clinical judgement alone does not count"),
        AnalysisDefinitions(progression=ProgressionSettings(clinical="ignored")),
    ),
)


def analysis_of(scenario: str) -> str:
    """Return the name of the analysis of a scenario: `sensitivity_<scenario>`."""
    return f"sensitivity_{scenario}"


def titles() -> dict[str, str]:
    """Return the words for every analysis of the sensitivity set."""
    return {scenario.analysis: scenario.title for scenario in SCENARIOS} | {analysis_of(IMPUTED): IMPUTED_TITLE}


def scenarios_for(main: DefinitionSettings, dates: Method) -> tuple[Scenario, ...]:
    """Return the scenarios that differ from a main analysis of these definitions and reading of partial dates."""
    used = main.resolved()
    return tuple(
        scenario for scenario in SCENARIOS if (scenario.dates or dates) != dates or scenario.definitions(main) != used
    )
