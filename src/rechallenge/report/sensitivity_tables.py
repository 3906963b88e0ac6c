"""The sensitivity set beside the main analysis: one row per scenario."""

from typing import Any, Final

import pandas as pd

from rechallenge.language import N_, tr
from rechallenge.report import words
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.results import (
    CONFIDENCE,
    KAPLAN_MEIER,
    LOG_RANK,
    MULTIVARIABLE,
    comparison_words,
    p_of_test,
)
from rechallenge.report.sentences import literal
from rechallenge.report.sheets import Row, Sheet, one, with_interval, without_empty_columns
from rechallenge.robustness.scenarios import IMPUTED

KEY: Final = {"endpoint": "PFS", "population": "rechallenge"}
TERMS: Final = ("resistance", "progression_pattern", "interval_treatment")
NOTE: Final = N_(
    "Each row changes one assumption and repeats the whole analysis; scenarios whose settings are those of the main "
    "analysis are left out. In a row equal to the main analysis the assumption concerns none of its patients. "
    "Agreement between the rows is a description, not evidence."
)

IMPUTED_NOTE: Final = N_(
    "The row with imputed patterns keeps the patients whose pattern is unknown: it is imputed "
    "{settings.statistics.imputations} times and the models are pooled by Rubin's rules. It has no medians, since "
    "classes differ between the imputations."
)


def scenarios(estimates: pd.DataFrame) -> list[str]:
    """Return the analyses of the sensitivity set, in the order of the results."""
    return [name for name in dict.fromkeys(estimates["analysis"]) if name.startswith(words.SENSITIVITY_SET)]


def medians_table(estimates: pd.DataFrame, numbers: Numbers) -> Sheet | None:
    """Return patients and medians of PFS by class, per scenario, with log-rank P; None without a sensitivity set."""
    analyses = ["main", *scenarios(estimates)]
    own = estimates[estimates["analysis"].isin(analyses) & (estimates["model"] == KAPLAN_MEIER)]
    own = own[(own["endpoint"] == KEY["endpoint"]) & (own["population"] == KEY["population"])]
    own = own[(own["statistic"] == "median") & own["term"].isin(TERMS)]
    columns: list[tuple[str, str]] = []
    head = ["", tr("Patients")]
    for term in TERMS:
        levels = words.ordered(term, list(dict.fromkeys(own.loc[own["term"] == term, "level"])))
        columns += [*((term, level) for level in levels), *([(term, "")] if levels else [])]
        head += [*(_head(term, level) for level in levels), *(["P"] if levels else [])]
    rows = []
    for name in analyses if columns and len(analyses) > 1 else []:
        overall = name_of({**KEY, "analysis": name, "model": KAPLAN_MEIER, "term": "overall", "statistic": "median"})
        cells = [one(f"{overall}.n", numbers), *(_median(name, term, level, numbers) for term, level in columns)]
        if any(cell.startswith("{") for cell in cells):
            rows.append(Row(literal(words.analysis(name)), tuple(cells)))
    caption = tr(
        "Sensitivity set: median PFS from rechallenge, months, with {confidence} CI and log-rank P",
        confidence=CONFIDENCE,
    )
    sheet = Sheet("sensitivity-medians", caption, tuple(head), tuple(rows), (NOTE,))
    return without_empty_columns(sheet) if len(rows) > 1 else None


def _head(term: str, level: str) -> str:
    if term == "interval_treatment":
        return {"true": tr("With interval treatment"), "false": tr("Without")}.get(level, level)
    return words.level(term, level).removesuffix("-progression").removesuffix(" progression")


def _median(analysis: str, term: str, level: str, numbers: Numbers) -> str:
    key: dict[str, Any] = {**KEY, "analysis": analysis, "term": term}
    if level:
        return with_interval(name_of({**key, "model": KAPLAN_MEIER, "level": level, "statistic": "median"}), numbers)
    return one(p_of_test(numbers, **key, model=LOG_RANK), numbers)


def hazards_table(estimates: pd.DataFrame, numbers: Numbers) -> Sheet | None:
    """Return the hazard ratios of the multivariable model per scenario; None without a sensitivity set."""
    analyses = ["main", *scenarios(estimates)]
    own = estimates[estimates["analysis"].isin(analyses) & (estimates["model"] == MULTIVARIABLE)]
    own = own[(own["endpoint"] == KEY["endpoint"]) & (own["population"] == KEY["population"])]
    own = own[(own["statistic"] == "hr") & own["term"].isin(TERMS)]
    effects = list(dict.fromkeys(zip(own["term"], own["level"], own["reference"], strict=True)))
    head = ["", tr("Patients"), tr("Events")]
    for term, level, reference in effects:
        head += [tr("{comparison_words}, HR (CI)", comparison_words=comparison_words(term, level, reference, {})), "P"]
    rows = []
    for name in analyses if effects and len(analyses) > 1 else []:
        model = {**KEY, "analysis": name, "model": MULTIVARIABLE}
        cells = [one(name_of({**model, "statistic": statistic}), numbers) for statistic in ("n", "events")]
        for term, level, reference in effects:
            hr = name_of({**model, "term": term, "level": level, "reference": reference, "statistic": "hr"})
            cells += [with_interval(hr, numbers), one(f"{hr}.p", numbers)]
        rows.append(Row(literal(words.analysis(name)), tuple(cells)))
    caption = tr(
        "Sensitivity set: hazard ratios for PFS in the multivariable model, with {confidence} CI", confidence=CONFIDENCE
    )
    notes = (NOTE, *([IMPUTED_NOTE] if f"{words.SENSITIVITY_SET}{IMPUTED}" in analyses else []))
    sheet = Sheet("sensitivity-hazards", caption, tuple(head), tuple(rows), notes)
    return without_empty_columns(sheet) if len(rows) > 1 else None
