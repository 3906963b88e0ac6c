"""The finished study in a run folder, as far as tracing reads it."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd

from rechallenge.errors import UserError
from rechallenge.files import read_canonical, read_parquet
from rechallenge.provenance import file_digest
from rechallenge.report.numbers import name_of
from rechallenge.results import prepared, read_result, records
from rechallenge.robustness.scenarios import SCENARIOS
from rechallenge.settings.config import MAIN, StudyConfig, definitions_of, read_config
from rechallenge.tables import TABLES
from rechallenge.tracing.analysis import Analysis, light

_RECORD: Final = "private/provenance.json"
# What is looked at when asking whether the results are still those of the record.
_RECORDED: Final = (
    "private/estimates.csv",
    "shareable/estimates.csv",
    "shareable/numbers.json",
    "private/cohort.csv",
    "private/classified.csv",
    "private/adtte.csv",
    "private/course.parquet",
)


def open_run(folder: Path) -> "RunFolder":
    """Return the finished study of a run folder; raises UserError where there is none."""
    results = folder / "results"
    missing = [name for name in (_RECORD, *_RECORDED) if not (results / name).is_file()]
    if missing:
        raise UserError(
            f"There is no finished study in {folder.resolve()}: results/{missing[0]} is not there. "
            "Run the study first, or name its run folder with --run."
        )
    record = json.loads((results / _RECORD).read_text(encoding="utf-8"))
    return RunFolder(results, record, read_config(record["settings"]["values"], "provenance.json"))


class RunFolder:
    """The results of a study; tables are read when they are asked for. `record` is provenance.json."""

    def __init__(self, results: Path, record: dict[str, Any], config: StudyConfig) -> None:
        self.results, self.record, self.config = results, record, config
        self._analyses: dict[str, Analysis] = {}

    @cached_property
    def numbers(self) -> dict[str, dict[str, Any]]:
        """Return numbers.json."""
        text = (self.results / "shareable" / "numbers.json").read_text(encoding="utf-8")
        found: dict[str, dict[str, Any]] = json.loads(text)
        return found

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """Return estimates.csv as it was computed, whatever of it may be shared."""
        return read_result("estimates", self.results / "private" / "estimates.csv")

    @cached_property
    def released_estimates(self) -> pd.DataFrame:
        """Return estimates.csv as it is shared."""
        return read_result("estimates", self.results / "shareable" / "estimates.csv")

    @cached_property
    def names(self) -> dict[str, str]:
        """Return the name of each row of estimates.csv, printed or not, by its estimate_id."""
        rows = prepared(self.estimates)
        return dict(zip(rows["estimate_id"], map(name_of, records(rows)), strict=True))

    @cached_property
    def violations(self) -> pd.DataFrame:
        """Return violations.csv."""
        return read_result("violations", self.results / "private" / "violations.csv")

    def changed(self) -> list[str]:
        """Return the results that are no longer those of provenance.json."""
        recorded = self.record["outputs"]
        return [name for name in _RECORDED if recorded.get(name) != file_digest(self.results / name)]

    def table(self, name: str) -> pd.DataFrame:
        """Return the accepted rows of a canonical table."""
        return read_canonical(self.results / "private" / "accepted", name)

    def every_table(self) -> dict[str, pd.DataFrame]:
        """Return the accepted rows of all canonical tables."""
        return {name: self.table(name) for name in TABLES}

    @cached_property
    def main_course(self) -> pd.DataFrame:
        """Return the courses of the main analysis, one patient a row."""
        return read_parquet(self.results / "private" / "course.parquet")

    def analysis(self, name: str) -> Analysis:
        """Return the tables and definitions of the main analysis, a further one, or a scenario."""
        if name not in self._analyses:
            self._analyses[name] = self._analysis(name)
        return self._analyses[name]

    def _analysis(self, name: str) -> Analysis:
        private = self.results / "private"
        definitions = definitions_of(self.config, name if name in self.config.analyses else MAIN)
        scenario = next((item for item in SCENARIOS if item.analysis == name), None)
        home = private / "sensitivity" if scenario is not None else private
        if name in self.config.analyses:
            home = private / "analyses" / name
        tables = [read_result(table, home / f"{table}.csv") for table in ("cohort", "classified", "adtte")]
        if scenario is not None:
            # All scenarios are in one file.
            tables = [table[table["analysis"] == name].reset_index(drop=True) for table in tables]
            definitions = scenario.definitions(definitions)
        cohort, classified, adtte = map(light, tables)
        main = name == MAIN
        return Analysis(
            name=name,
            cohort=cohort,
            classified=classified,
            adtte=adtte,
            settings=self.config.statistics,
            definitions=definitions,
            course=None if scenario is not None else light(read_parquet(home / "course.parquet")),
            assessments=None if scenario is not None else read_parquet(home / "evaluated_assessments.parquet"),
            adverse_events=self.table("adverse_events"),
            preset_classes=read_result("preset_classes", private / "preset_classes.csv") if main else None,
            boundary=read_result("boundary_patients", private / "boundary_patients.csv") if main else None,
        )
