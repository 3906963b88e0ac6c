"""Everything that report and manuscript are made from, gathered once: the frames, the numbers, the tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import Any, Final

import pandas as pd

from rechallenge import words as shared
from rechallenge.language import tr
from rechallenge.punctuation import listed
from rechallenge.report import (
    comparison_tables,
    endpoint_tables,
    folds,
    further_results,
    further_sentences,
    interaction_sentences,
    limits,
    model_check_tables,
    quality,
    result_sentences,
    results,
    robustness_tables,
    sensitivity_tables,
    subgroup_tables,
    time_tables,
    words,
)
from rechallenge.report import numbers as n
from rechallenge.report import published as pub
from rechallenge.report.constants import constants
from rechallenge.report.progression_table import progression_table
from rechallenge.report.sentences import literal
from rechallenge.report.sheets import Sheet
from rechallenge.report.table_one import table_one
from rechallenge.report.withheld import from_disclosure, nothing, nothing_to_tell, table, texts
from rechallenge.results import prepared
from rechallenge.robustness.scenarios import IMPUTED
from rechallenge.settings.config import MAIN, StudyConfig, definitions_of, used_settings

# Rows that count patients or give a reason, and are there where nothing could be estimated too.
_NO_ESTIMATE: Final = ("not_fitted", "n", "events", "dropped", "left_out", "parameters", "events_per_variable")


@dataclass(frozen=True)
class StudyData:
    """The shareable side of a study.

    `attrition` and `row_account` are the frames of those files, `findings` the numbers of findings of the checks
    (`validation.finding_counts`), `source` is ingest.json (`files`: name, sha256, rows; `declares`), `versions` what
    the report prints under versions and hashes. `withheld` names the numbers that a public release leaves out
    (`disclosure.release`), `disclosure` is disclosure.csv.
    """

    config: StudyConfig
    estimates: pd.DataFrame
    attrition: pd.DataFrame
    row_account: pd.DataFrame
    findings: pd.DataFrame
    source: Mapping[str, Any]
    published: dict[str, pub.Published]
    versions: Mapping[str, Any] = field(default_factory=dict)
    rule_meanings: Mapping[str, str] = field(default_factory=dict)
    withheld: pd.DataFrame = field(default_factory=nothing)
    disclosure: pd.DataFrame = field(default_factory=nothing_to_tell)

    @cached_property
    def tidy(self) -> pd.DataFrame:
        return prepared(self.estimates)

    @cached_property
    def numbers(self) -> n.Numbers:
        """numbers.json of the study."""
        return n.together(
            n.from_estimates(
                self.estimates,
                adding_up=self.config.report.percentages == "adding_up",
                withheld=self._withheld("estimates.csv"),
            ),
            n.from_attrition(self.attrition, self.tidy["estimate_id"], self._withheld("estimates.csv")),
            n.from_row_account(self.row_account, self._withheld("row_account.csv")),
            n.from_files(self.files, public=self.config.release.public),
            n.from_settings(used_settings(self.config)),
            quality.from_quality(self.findings, self._withheld("findings.csv")),
            pub.from_published(self.published),
            from_disclosure(self.disclosure),
            constants(),
        )

    def _withheld(self, file: str) -> dict[str, dict[str, str]]:
        return texts(self.withheld, file, self.config.release.smallest_count)

    @property
    def mapping_name(self) -> str:
        """The name of the source mapping, without the folders where it lies."""
        return str(self.source.get("mapping") or PurePath(self.config.extract.source).name)

    def resistance_name(self, level: str) -> str:
        """The stem of the counts of a class of resistance in the rechallenge set."""
        stems = [
            n.name_of({"population": "rechallenge", "model": model, "term": "resistance", "level": level})
            for model in ("", "table1")
        ]
        return next((stem for stem in stems if f"{stem}.n" in self.numbers), stems[0])

    @cached_property
    def limits(self) -> list[str]:
        return limits.sentences(self)

    @property
    def version_rows(self) -> list[tuple[str, str]]:
        """Versions and hashes as (label, text), nested ones with their path, in a stable order."""
        return _flat(self.versions)

    @property
    def files(self) -> list[Mapping[str, Any]]:
        """The files that ingest read, by name."""
        listed = self.source.get("files", [])
        if isinstance(listed, Mapping):
            listed = [{"name": name, **values} for name, values in listed.items()]
        files = sorted(listed, key=lambda item: str(item["name"]))
        if not self.public:
            return files
        # The name of a file may be that of a hospital or a patient.
        return [{**item, "name": tr("file {number}", number=at)} for at, item in enumerate(files, start=1)]

    def declared(self, name: str) -> bool:
        """Tell whether the source declares something about itself (`simulated`, `progression_dates_only`)."""
        declares = self.source.get("declares", self.source.get("declarations", {}))
        return bool(declares.get(name, False)) if isinstance(declares, Mapping) else name in declares

    @property
    def simulated(self) -> bool:
        return self.config.study.simulated or self.declared("simulated")

    @property
    def labels(self) -> dict[str, str]:
        """The study's own words for covariates."""
        return {item.name: literal(item.label) for item in self.config.statistics.covariates if item.label}

    @property
    def titles(self) -> dict[str, str]:
        """The titles of the further analyses."""
        return {name: literal(item.title) for name, item in self.config.analyses.items() if item.title}

    @property
    def classes(self) -> list[str]:
        """The classes of resistance that occur in the rechallenge set, in order; acquired and primary first."""
        levels = words.ordered("resistance", list(shared.LEVELS["resistance"]))
        names = {level: f"{self.resistance_name(level)}.n" for level in levels}
        return [level for level, name in names.items() if name in self.numbers and self.numbers[name]["raw"]]

    @property
    def pattern_at_rechallenge(self) -> bool:
        """Whether the progression pattern is read at progression on the rechallenge, after the time "
        "that it would explain."""
        return definitions_of(self.config, MAIN).progression_pattern.measured_at == "rechallenge_progression"

    @property
    def progression_required(self) -> bool:
        """Whether only an ICI given after progression on the first one is a rechallenge."""
        return definitions_of(self.config, MAIN).re_exposure.progression_required is not False

    @property
    def left_out(self) -> str:
        """The name of the number of patients of the rechallenge set whom the analysis leaves out; empty without any."""
        name = "rechallenge.analysis_exclusion.unclassified_resistance.n"
        return name if name in self.numbers and self.numbers[name]["raw"] else ""

    @property
    def without_class(self) -> str:
        """The name of the number of analysed patients without a class of resistance; empty without any."""
        name = "rechallenge.resistance.missing"
        return name if name in self.numbers and self.numbers[name]["raw"] else ""

    @property
    def rechallenged(self) -> int:
        """How many patients are in the rechallenge set."""
        remaining = self.attrition["remaining"]
        # A number that is withheld is not zero.
        return int(remaining.fillna(1).iloc[-1]) if len(remaining) else 0

    @cached_property
    def table_one(self) -> Sheet | None:
        return table_one(self.estimates, self.numbers, self.labels)

    @property
    def public(self) -> bool:
        """Whether this is a public release, which withholds small counts."""
        return self.config.release.public

    @cached_property
    def withheld_table(self) -> Sheet:
        return table(self.numbers)

    @cached_property
    def survival_tables(self) -> list[Sheet]:
        return results.survival_tables(self.tidy, self.numbers, self.labels)

    def survival_sentences(self, endpoint: str, population: str) -> list[str]:
        """Return the sentences of the medians of an endpoint, of all and by class."""
        hidden = ("progression_pattern",) if self.pattern_at_rechallenge and population == "rechallenge" else ()
        found = result_sentences.survival_sentences(self.tidy, self.numbers, endpoint, population, hidden)
        if hidden and found and endpoint == "PFS":
            found.append(
                tr(
                    "By progression pattern no medians are compared: the pattern is read at progression "
                    "on the rechallenge, "
                    "so that it is part of the outcome."
                )
            )
        return found

    def sentence(self, endpoint: str, population: str, term: str = "overall") -> str:
        """Return the sentence of a median, or of the medians of the classes of `term`; empty where there is none."""
        if term == "overall":
            return result_sentences.median_sentence(endpoint, population, self.numbers) or ""
        return result_sentences.comparison_sentence(endpoint, population, term, self.numbers) or ""

    def median_words(self, name: str) -> str:
        """Return a median with its interval, or that it was not reached, as it stands in a sentence."""
        return result_sentences.median(name, self.numbers)

    def hazard_sentences(self, endpoint: str) -> list[str]:
        """Return the sentences of the multivariable model of an endpoint after rechallenge."""
        return result_sentences.hazard_sentences(self.tidy, self.numbers, self.labels, endpoint)

    @cached_property
    def validation_sentence(self) -> str:
        return further_sentences.validation(self.numbers)

    @cached_property
    def exposure_sentences(self) -> list[str]:
        return further_sentences.exposure(self.numbers)

    @cached_property
    def dating_sentences(self) -> list[str]:
        """What ended PFS from rechallenge, and how its median hangs on the dates of progression."""
        return [
            line for line in (further_sentences.causes(self.numbers), further_sentences.dating(self.numbers)) if line
        ]

    @cached_property
    def progression_table(self) -> Sheet | None:
        return progression_table(self.numbers)

    @cached_property
    def cox_tables(self) -> list[Sheet]:
        return results.cox_tables(self.tidy, self.numbers, self.labels)

    @cached_property
    def comparison_tables(self) -> list[Sheet]:
        return comparison_tables.tables(self.tidy, self.numbers, self.labels)

    @cached_property
    def model_check_tables(self) -> list[Sheet]:
        return model_check_tables.tables(self.tidy, self.numbers, self.labels)

    @cached_property
    def subgroup_tables(self) -> list[Sheet]:
        subgroups = {item.name: literal(item.label) for item in self.config.statistics.subgroups if item.label}
        return subgroup_tables.tables(self.tidy, self.numbers, {**subgroups, **self.labels})

    @cached_property
    def interaction_sentences(self) -> list[str]:
        return interaction_sentences.sentences(self.tidy, self.numbers)

    @cached_property
    def time_tables(self) -> list[Sheet]:
        return time_tables.tables(self.tidy, self.numbers, self.labels)

    @cached_property
    def sensitivity_tables(self) -> list[Sheet]:
        return results.sensitivity_tables(self.tidy, self.numbers, self.labels)

    @cached_property
    def analyses_table(self) -> Sheet | None:
        return further_results.analyses_table(self.tidy, self.numbers, self.titles)

    @cached_property
    def endpoint_tables(self) -> list[Sheet]:
        """Further endpoints, response, PFS ratio: those that there are."""
        found = (
            endpoint_tables.response_table(self.tidy, self.numbers),
            endpoint_tables.further_endpoints_table(self.tidy, self.numbers),
            endpoint_tables.ratio_table(self.tidy, self.numbers, self.labels),
        )
        return [sheet for sheet in found if sheet is not None]

    @cached_property
    def concordance_tables(self) -> list[Sheet]:
        return robustness_tables.concordance_tables(self.tidy, self.numbers)

    @cached_property
    def boundary_table(self) -> Sheet | None:
        return robustness_tables.boundary_table(self.tidy, self.numbers)

    @cached_property
    def curve_tables(self) -> list[Sheet]:
        found = (
            robustness_tables.curve_table(self.tidy, self.numbers),
            robustness_tables.shift_table(self.tidy, self.numbers),
        )
        return [sheet for sheet in found if sheet is not None]

    @cached_property
    def levers(self) -> list[robustness_tables.Lever]:
        return robustness_tables.levers(self.tidy, self.numbers)

    @cached_property
    def sensitivity_set(self) -> list[Sheet]:
        found = (
            sensitivity_tables.medians_table(self.tidy, self.numbers),
            sensitivity_tables.hazards_table(self.tidy, self.numbers),
        )
        return [sheet for sheet in found if sheet is not None]

    @cached_property
    def sections(self) -> dict[str, folds.Section]:
        """The tables of the sections that fold some of them away, by section."""
        return {
            "survival": folds.survival(self),
            "models": folds.models(self),
            "checks": folds.model_checks(self),
            "subgroups": folds.subgroups(self),
            "over_time": folds.over_time(self),
            "sensitivity": folds.sensitivity(self),
        }

    @property
    def scenarios(self) -> list[str]:
        """The analyses of the sensitivity set."""
        return sensitivity_tables.scenarios(self.tidy)

    @cached_property
    def _computed(self) -> frozenset[str]:
        """The models of the main analysis that have an estimate, without what follows a bar ("gray|death")."""
        own = self.tidy[(self.tidy["analysis"] == "main") & ~self.tidy["statistic"].isin(_NO_ESTIMATE)]
        return frozenset(model.partition("|")[0] for model in own["model"])

    def computed(self, *models: str) -> bool:
        """Tell whether the main analysis holds an estimate of any of these models."""
        return any(model in self._computed for model in models)

    @property
    def imputed_scenario(self) -> bool:
        """Whether the sensitivity set ends with imputed progression patterns."""
        return bool(self.scenarios) and self.scenarios[-1] == f"{words.SENSITIVITY_SET}{IMPUTED}"

    @property
    def robust(self) -> bool:
        """Whether anything says how much the definitions matter."""
        return bool(self.concordance_tables or self.boundary_table or self.curve_tables or self.sensitivity_set)

    @cached_property
    def lesion_table(self) -> Sheet | None:
        return robustness_tables.lesion_table(self.tidy, self.numbers)

    @cached_property
    def safety_table(self) -> Sheet | None:
        return further_results.safety_table(self.numbers)

    @cached_property
    def not_fitted(self) -> list[further_results.Missing]:
        return further_results.not_fitted(self.tidy, self.labels, self.titles)

    @property
    def flow_rows(self) -> list[dict[str, str]]:
        """The rows of the flow as a table (for readers who cannot see the diagram)."""
        return [{"criterion": str(name), "label": words.criterion(str(name))} for name in self.attrition["criterion"]]


def _flat(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key in sorted(values):
        value, label = values[key], f"{prefix}{key}"
        if isinstance(value, Mapping):
            rows += _flat(value, f"{label} ")
        elif isinstance(value, (list, tuple)):
            rows.append((label, listed(value)))
        elif value not in (None, ""):
            rows.append((label, str(value)))
    return rows
