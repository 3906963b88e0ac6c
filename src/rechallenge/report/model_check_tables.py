"""Checks of the Cox models as tables: single patients, remedies, functional form, validation, calibration."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pandas as pd

from rechallenge.language import N_, tr
from rechallenge.punctuation import listed, then
from rechallenge.report import words
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.results import CONFIDENCE, comparison_words, endpoints_in
from rechallenge.report.sheets import Row, Sheet, one, with_interval, without_empty_columns
from rechallenge.results import KEYS, records

INFLUENCE: Final = "influence"
VALIDATION: Final = "validation"
FUNCTIONAL_FORM: Final = "functional_form"
MULTIVARIABLE: Final = "cox_multivariable"
CALIBRATION_GROUPS: Final = {
    "": N_("All patients"),
    "lowest third": N_("Lowest third of the predicted risk"),
    "middle third": N_("Middle third"),
    "highest third": N_("Highest third"),
    "lower half": N_("Lower half of the predicted risk"),
    "upper half": N_("Upper half"),
}
UNTIL: Final = N_("until {settings.statistics.time_split_months} months")
AFTER: Final = N_("after {settings.statistics.time_split_months} months")


def tables(estimates: pd.DataFrame, numbers: Numbers, labels: Mapping[str, str]) -> list[Sheet]:
    """Return the tables of each endpoint of which the declared model was checked."""
    sheets: list[Sheet] = []
    for endpoint, population in endpoints_in(estimates, VALIDATION):
        own = estimates[
            (estimates["analysis"] == "main")
            & (estimates["endpoint"] == endpoint)
            & (estimates["population"] == population)
        ]
        given = _Given(own, {"endpoint": endpoint, "population": population}, numbers, labels)
        for table in (_influence, _remedies, _functional_form, _validation, _calibration):
            sheets += table(given)
    return sheets


class _Given:
    """The rows of one endpoint and population, and the words around them."""

    def __init__(self, rows: pd.DataFrame, key: Mapping[str, str], numbers: Numbers, labels: Mapping[str, str]) -> None:
        self.rows, self.key, self.numbers, self.labels = rows, key, numbers, labels

    def name(self, **key: Any) -> str:
        return name_of({**self.key, **key})

    def one(self, **key: Any) -> str:
        return one(self.name(**key), self.numbers)

    def range(self, **key: Any) -> str:
        return one(f"{self.name(**key)}.ci", self.numbers)

    def sheet(
        self, about: str, caption: str, head: tuple[str, ...], rows: list[Row], notes: tuple[str, ...] = ()
    ) -> Sheet:
        said = then(caption, words.endpoint(self.key["endpoint"]))
        return Sheet(f"checks-{about}-{self.key['endpoint'].lower()}", said, head, tuple(rows), notes)

    def of(self, model: str, statistic: str) -> list[dict[str, Any]]:
        return records(self.rows[(self.rows["model"] == model) & (self.rows["statistic"] == statistic)])


def _effect(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: row[name] for name in ("term", "level", "reference")}


def _influence(given: _Given) -> Iterator[Sheet]:
    """Per coefficient: PH, hazard ratio, how far the most influential patient moves it."""
    rows = []
    for row in given.of(INFLUENCE, "leave_one_out_hr"):
        key = _effect(row)
        rows.append(
            Row(
                comparison_words(row["term"], row["level"], row["reference"], given.labels),
                (
                    with_interval(given.name(model=MULTIVARIABLE, statistic="hr", **key), given.numbers),
                    given.range(model=INFLUENCE, statistic="leave_one_out_hr", **key),
                    given.range(model=INFLUENCE, statistic="leave_one_out_p", **key),
                    given.one(model=INFLUENCE, statistic="largest_dfbetas", **key),
                    given.one(model=MULTIVARIABLE, statistic="ph_p", **key),
                ),
            )
        )
    if not rows:
        return
    head = (
        "",
        tr("HR (CI)"),
        tr("HR without one patient"),
        tr("P without one patient"),
        tr("Largest dfbetas"),
        tr("PH test P"),
    )
    first = given.of(INFLUENCE, "leave_one_out_hr")[0]
    sizes = given.name(model=INFLUENCE, statistic="leave_one_out_hr", **_effect(first))
    notes = (
        tr(
            "The model of all declared covariates, {{sizes}.n} patients, {{sizes}.events} events, with {confidence} CI. Without one patient: lowest to highest when patients are left out in turn. Dfbetas: how far a patient moves the log hazard ratio, in its standard errors. PH test: scaled Schoenfeld residuals.",
            sizes=sizes,
            confidence=CONFIDENCE,
        ),
        tr("Without some patients the model has no finite estimate; the ranges are of the other fits.")
        if any("no finite estimate" in row["method"] for row in given.of(INFLUENCE, "leave_one_out_hr"))
        else "",
        _verdict(given),
    )
    yield given.sheet(
        "influence", tr("Single patients and proportional hazards"), head, rows, tuple(filter(None, notes))
    )


def _verdict(given: _Given) -> str:
    failing = given.of(MULTIVARIABLE, "ph_failing_p")
    limit = tr("P below {settings.statistics.proportional_hazards_alpha}")
    if not failing:
        return tr(
            "Proportional hazards: no covariate has {limit}, so no other model was fitted. With few events the test misses much: it does not show that hazards are proportional.",
            limit=limit,
        )
    names = listed(words.lower_first(words.term(row["term"], given.labels)) for row in failing)
    return tr(
        "Proportional hazards: {limit} for {names}. Done: hazard ratios before and after {settings.statistics.time_split_months} months, and a model stratified by the covariate (next table); restricted means, which need no proportional hazards, stand with the comparisons of classes.",
        limit=limit,
        names=names,
    )


def _remedies(given: _Given) -> Iterator[Sheet]:
    rows: list[Row] = []
    for failing in given.of(MULTIVARIABLE, "ph_failing_p"):
        term = failing["term"]
        heading = words.term(term, given.labels)
        split = [
            _remedy_row(given, row, _period(row["level"]))
            for row in given.of(f"cox_time_split|{term}", "hr")
            if row["term"] == term
        ]
        if split:
            test = given.name(model=f"cox_time_split|{term}", term=term, statistic="time_split_chi2")
            differ = one(f"{test}.p", given.numbers)
            rows.append(Row(tr("{heading}: before and after", heading=heading), ("", "", "", differ), "group"))
            rows += split
        stratified = [_remedy_row(given, row, "") for row in given.of(f"cox_stratified|{term}", "hr")]
        if stratified:
            rows.append(Row(tr("Stratified by {words}", words=words.lower_first(heading)), ("",) * 4, "group"))
            rows += stratified
        means = list(_restricted_means(given, term))
        if means:
            rows += [
                Row(tr("{heading}: difference of restricted means, months", heading=heading), ("",) * 4, "group"),
                *means,
            ]
    if rows:
        head = ("", tr("Period"), tr("HR, or difference (CI)"), "P", tr("P of the change"))
        notes = (
            tr(
                "Other covariates of the model as declared. P of the change: likelihood-ratio test of one hazard ratio "
                "against two."
            ),
        )
        yield without_empty_columns(
            given.sheet("remedies", tr("Where hazards are not proportional"), head, rows, notes)
        )


def _restricted_means(given: _Given, term: str) -> Iterator[Row]:
    """The differences that stand among the comparisons of classes, here again beside the hazard ratios."""
    own = given.rows[(given.rows["statistic"] == "rmst_difference") & (given.rows["term"] == term)]
    for row in records(own):
        name = name_of({column: row[column] for column in KEYS})
        label = comparison_words(term, row["level"], row["reference"], given.labels)
        yield Row(label, ("", with_interval(name, given.numbers), one(f"{name}.p", given.numbers), ""), "level")


def _period(level: str) -> str:
    return UNTIL if "until " in level else AFTER if "after " in level else ""


def _remedy_row(given: _Given, row: Mapping[str, Any], period: str) -> Row:
    name = given.name(model=row["model"], statistic="hr", **_effect(row))
    level = row["level"]
    if period:
        level = level.partition(" until ")[0] if period == UNTIL else level.partition(" after ")[0]
        level = "" if level.startswith(("until ", "after ")) else level
    label = comparison_words(row["term"], level, row["reference"], given.labels)
    cells = (period, with_interval(name, given.numbers), one(f"{name}.p", given.numbers), "")
    return Row(label, cells, "level")


def _functional_form(given: _Given) -> Iterator[Sheet]:
    rows = [
        Row(
            words.term(row["term"], given.labels),
            (
                given.one(model=FUNCTIONAL_FORM, term=row["term"], statistic="spline_chi2"),
                one(f"{given.name(model=FUNCTIONAL_FORM, term=row['term'], statistic='spline_chi2')}.p", given.numbers),
            ),
        )
        for row in given.of(FUNCTIONAL_FORM, "spline_chi2")
    ]
    if rows:
        note = tr("Likelihood-ratio test of a restricted cubic spline with three knots against a straight line.")
        yield given.sheet("form", tr("Numbers as straight lines"), ("", tr("Chi-square"), "P"), rows, (note,))


def _validation(given: _Given) -> Iterator[Sheet]:
    wanted: dict[str, Callable[[str], str]] = {
        "concordance_apparent": lambda name: one(name, given.numbers),
        "concordance_optimism": lambda name: one(name, given.numbers),
        "concordance_corrected": lambda name: one(name, given.numbers),
        "calibration_slope": lambda name: one(name, given.numbers),
    }
    labels = {
        "concordance_apparent": tr("Concordance, apparent"),
        "concordance_optimism": tr("Optimism of the concordance"),
        "concordance_corrected": tr("Concordance, corrected for optimism"),
        "calibration_slope": tr("Calibration slope, corrected for optimism"),
    }
    rows = [
        Row(labels[statistic], (cell(given.name(model=VALIDATION, statistic=statistic)),))
        for statistic, cell in wanted.items()
        if given.name(model=VALIDATION, statistic=statistic) in given.numbers
    ]
    fitted = given.name(model=VALIDATION, statistic="bootstraps_fitted")
    notes: tuple[str, ...] = ()
    if fitted in given.numbers:
        notes = (
            tr(
                "Bootstrap: {{fitted}} of {settings.statistics.bootstraps} samples had a finite estimate; the model was refitted in each, with Firth's penalty where the ordinary model had none. A slope below one: predictions are too extreme for new patients.",
                fitted=fitted,
            ),
        )
    if any("Firth" in row["method"] for row in given.of(VALIDATION, "concordance_apparent")):
        notes = (tr("The model is Firth's penalised one, since the ordinary has no finite estimate."), *notes)
    yield given.sheet("validation", tr("How well the model predicts"), ("", tr("Value")), rows, notes)


def _calibration(given: _Given) -> Iterator[Sheet]:
    rows = []
    for row in given.of(VALIDATION, "predicted_survival"):
        key = {"model": VALIDATION, "level": row["level"], "at": row["at"]}
        predicted = given.name(statistic="predicted_survival", **key)
        observed = given.name(statistic="observed_survival", **key)
        cells = (
            one(f"{predicted}.n", given.numbers),
            one(f"{predicted}.events", given.numbers),
            one(predicted, given.numbers),
            with_interval(observed, given.numbers),
        )
        rows.append(Row(CALIBRATION_GROUPS.get(row["level"], row["level"]), cells, "level" if row["level"] else "data"))
    if not rows:
        return
    head = ("", tr("Patients"), tr("Events"), tr("Predicted survival"), tr("Observed survival (CI)"))
    at = {"model": VALIDATION, "at": given.of(VALIDATION, "predicted_survival")[0]["at"]}
    ratio = given.name(statistic="observed_expected", **at)
    notes = (
        tr("Observed over expected events: {with_interval}.", with_interval=with_interval(ratio, given.numbers)),
        tr(
            "Observed: Kaplan-Meier. Not corrected for optimism: the predictions are for the patients to "
            "whom the model was fitted."
        ),
    )
    caption = tr("Calibration at {settings.statistics.calibration_months} months")
    yield given.sheet("calibration", caption, head, rows, notes)
