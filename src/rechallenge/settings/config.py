"""The whole study file: what a user may write, and its defaults."""

from datetime import date
from typing import Any, Final, Literal

from pydantic import Field, field_validator, model_validator

from rechallenge.errors import UserError
from rechallenge.settings.base import Settings
from rechallenge.settings.choices import choice_problems
from rechallenge.settings.definitions import AnalysisDefinitions, DefinitionSettings
from rechallenge.settings.limits import LimitSettings
from rechallenge.settings.refresh import RefreshSettings
from rechallenge.settings.release import ReleaseSettings
from rechallenge.settings.statistics import StatisticsSettings

MAIN: Final = "main"
DEFAULT_CHOICES: Final[dict[str, tuple[bool | int | float | str, ...]]] = {
    "resistance.preset": (
        "index_inclusive", "index_literal", "sitc_2020", "sitc_applied", "sitc_combination", "schoenfeld_2021",
    ),
    "progression_pattern.preset": ("index", "hosoya_2021", "heo_2021", "eortc", "esmo_2018"),
    "interval_treatment.preset": ("systemic", "systemic_or_local"),
    "endpoints.preset": ("primary", "new_therapy_event", "new_therapy_ignored", "fda_2007", "rwpfs"),
    "re_exposure.preset": ("index", "gobbini_2020"),
    "dates.imputation": ("middle", "earliest", "latest"),
    "model": ("unadjusted", "adjusted"),
}  # fmt: skip


class ExtractSettings(Settings):
    """Where the raw data are and how they are read."""

    path: str = Field(description="The extract: a file or a folder, relative to the study file.")
    source: str = Field(
        description="A mapping in config/sources/ by name, or the path of one, relative to the study file."
    )
    sha256: str | None = Field(None, description="Expected SHA-256 of the extract; a different one stops ingest.")
    limits: LimitSettings = LimitSettings()


class Window(Settings):
    """Calendar window, both ends included."""

    start: date = Field(description="First day of the window.")
    end: date = Field(description="Last day of the window.")

    @model_validator(mode="after")
    def _ordered(self) -> "Window":
        if self.end < self.start:
            raise ValueError(f"the window ends ({self.end}) before it starts ({self.start})")
        return self


class StudySettings(Settings):
    """The study's frame in time."""

    title: str = Field(
        "Immune-checkpoint-inhibitor rechallenge in advanced NSCLC", description="Title of report and manuscript."
    )
    description: str = Field(
        "", description="What the data are, in a sentence or two, printed at the head of the report."
    )
    cutoff: date = Field(description="Data cut-off: later events are censored at it.")
    window: Window = Field(description="First ICI and rechallenge must start inside it, both ends included.")
    simulated: bool = Field(False, description="The extract is simulated; report and figures say so.")

    @model_validator(mode="after")
    def _cut_off_in_time(self) -> "StudySettings":
        if self.cutoff < self.window.start:
            raise ValueError(f"the data cut-off ({self.cutoff}) lies before the window starts ({self.window.start})")
        return self


class DateSettings(Settings):
    """Dates of which only the month or the year is known."""

    imputation: Literal["middle", "earliest", "latest"] = Field(
        "middle",
        description="Which day of the possible ones is taken, after bounding by what is known (birth, start, death, last contact).",
    )


class ValidationSettings(Settings):
    """What happens to violations."""

    waivers: str | None = Field(
        None,
        description="CSV of reviewed exceptions (rule, patient_id, table, source_file, source_row, reason, who, when), relative to the study file.",
    )
    set_aside: tuple[str, ...] = Field(
        (), description="Rule ids whose rows are set aside (counted and listed) instead of stopping the study."
    )


class SpecificationSettings(Settings):
    """The specification curve: every combination of these choices is run."""

    enabled: bool = Field(True, description="Whether the specification curve is made.")
    choices: dict[str, tuple[bool | int | float | str, ...]] = Field(
        default_factory=lambda: dict(DEFAULT_CHOICES),
        description="The choices by the setting that they vary (`section.setting` of `definitions`, `dates.imputation`, or `model`: unadjusted, adjusted); every combination is one specification.",
    )


class SensitivitySettings(Settings):
    """The sensitivity set of the report."""

    enabled: bool = Field(True, description="Whether the sensitivity set is made.")
    imputations: int = Field(20, ge=2, description="Imputed data sets for missing lesion counts.")


class ReportSettings(Settings):
    """Words and files of the report."""

    published: tuple[str, ...] = Field(
        ("index_study",), description="Files of config/published/ set beside this study's results."
    )
    style: Literal["default", "nejm", "jama", "lancet"] = Field(
        "default",
        description="How numbers are printed: P values, intervals, decimals and percentages, as the journal asks.",
    )
    language: Literal["en", "zh_CN"] = Field(
        "en",
        description="Words of the report, its tables and figures: English or Chinese. The manuscript draft is English.",
    )
    templates: str | None = Field(
        None,
        description="Folder of the study's own manuscript templates, relative to the study file (see docs/manuscript.md).",
    )
    main_figures: tuple[str, ...] = Field(
        (
            "km_pfs_resistance", "km_pfs_progression_pattern", "km_pfs_interval_treatment", "km_os_resistance",
            "forest_pfs",
        ),
        description="Figures of the manuscript after the flow of patients, by file name, as far as they were drawn; the others are in its supplement.",
    )  # fmt: skip
    percentages: Literal["nearest", "adding_up"] = Field(
        "nearest",
        description="Percentages of the classes of one variable: each to the nearest (Table 1 says where they do not add "
        "up), or so that they add up to 100 as printed (largest remainders).",
    )


class FigureSettings(Settings):
    """How figures are made for a journal."""

    columns: Literal["one", "two"] = Field(
        "two", description="Width of the figures: one (84 mm) or two (174 mm) columns of a journal's page."
    )
    tiff_dpi: Literal[300, 600] = Field(300, description="Dots per inch of the TIFF files; PNG has 300.")
    smallest_group: int = Field(
        5,
        ge=1,
        description="Fewest patients for a node of the figure of treatments, or a pattern of missing data, of its own; smaller ones are joined as other.",
    )


class AnalysisSettings(Settings):
    """A further analysis: the main one with some definitions changed."""

    title: str = Field("", description="Words for the report; the name of the analysis where empty.")
    definitions: AnalysisDefinitions = Field(
        AnalysisDefinitions(), description="The definitions that differ; each value not stated is the main analysis's."
    )
    dates: DateSettings | None = Field(None, description="How partial dates are read, where it differs.")


class StudyConfig(Settings):
    """A study file."""

    extract: ExtractSettings
    study: StudySettings
    dates: DateSettings = DateSettings()
    validation: ValidationSettings = ValidationSettings()
    definitions: DefinitionSettings = DefinitionSettings()
    analyses: dict[str, AnalysisSettings] = Field(default_factory=dict, description="Further analyses by name.")
    statistics: StatisticsSettings = StatisticsSettings()
    specifications: SpecificationSettings = SpecificationSettings()
    sensitivity: SensitivitySettings = SensitivitySettings()
    report: ReportSettings = ReportSettings()
    figures: FigureSettings = FigureSettings()
    release: ReleaseSettings = ReleaseSettings()
    # No result depends on it: left out of what steps are given, what is hashed and what is recorded.
    refresh: RefreshSettings = Field(default_factory=RefreshSettings, exclude=True)

    @field_validator("analyses")
    @classmethod
    def _names(cls, analyses: dict[str, AnalysisSettings]) -> dict[str, AnalysisSettings]:
        for name in analyses:
            if name == MAIN or not name.replace("_", "").isalnum() or not name.isascii():
                raise ValueError(f'"{name}" cannot name an analysis: use letters, digits and _, and not "main"')
        return analyses


def read_config(values: dict[str, Any], where: str) -> StudyConfig:
    """Return the typed study of a parsed study file; raises UserError with every mistake in it."""
    if not values:
        raise UserError(f"{where}: the study file is empty.")
    config = StudyConfig.read(values, where)
    problems = choice_problems(config.specifications.choices, config.definitions, DateSettings)
    if problems:
        raise UserError([f"{where}: {problem}" for problem in problems])
    return config


def definitions_of(config: StudyConfig, analysis: str) -> DefinitionSettings:
    """Return the definitions that the main analysis or a further one really uses, presets resolved.

    A further analysis has each value that it states, and the main one's for the rest.
    """
    if analysis == MAIN:
        return config.definitions.resolved()
    return config.definitions.overlaid(config.analyses[analysis].definitions).resolved()


def dates_of(config: StudyConfig, analysis: str) -> DateSettings:
    """Return how partial dates are read in the main analysis or in a further one."""
    own = None if analysis == MAIN else config.analyses[analysis].dates
    return own or config.dates


def used_settings(config: StudyConfig) -> dict[str, Any]:
    """Return the study file as plain values, with the definitions that each analysis really uses."""
    plain = config.plain()
    plain["definitions"] = definitions_of(config, MAIN).plain()
    plain["analyses"] = {name: {"definitions": definitions_of(config, name).plain()} for name in config.analyses}
    return plain
