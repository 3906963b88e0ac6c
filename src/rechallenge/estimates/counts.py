"""Counts: patients per population, per class, and of the attrition."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from rechallenge.estimates.rows import Row
from rechallenge.estimates.times import levels_of

POPULATIONS: Final = ("first_ici", "progressed", "rechallenge")


def population_counts(cohort: pd.DataFrame, classified: pd.DataFrame) -> tuple[Row, ...]:
    """Return the number of patients of the extract and of each population, and who is left out of the analysis.

    Columns of `cohort`: in_first_ici, in_progressed (true or false); of `classified`: eligible, which is the
    rechallenge set of this analysis, and analysis_exclusion, why a patient of the cohort's set is not in it.
    """
    flags = {"first_ici": "in_first_ici", "progressed": "in_progressed"}
    sizes = {"extract": len(cohort)} | {name: int(cohort[flag].sum()) for name, flag in flags.items()}
    sizes["rechallenge"] = int(classified["eligible"].astype(bool).sum())
    found = [Row("n", float(n), n=float(n), population=name, term="overall") for name, n in sizes.items()]
    excluded = levels_of(classified["analysis_exclusion"]).value_counts().sort_index()
    for reason, n in excluded.items():
        found.append(Row("n", float(n), population="rechallenge", term="analysis_exclusion", level=str(reason)))
    return tuple(found)


def attrition_counts(attrition: pd.DataFrame) -> tuple[Row, ...]:
    """Return excluded, remaining and not_evaluable of each step of the attrition (term "attrition")."""
    found = []
    for step in attrition.to_dict("records"):
        for statistic in ("excluded", "remaining", "not_evaluable"):
            value = step.get(statistic)
            if value is not None and not pd.isna(value):
                found.append(Row(statistic, float(value), term="attrition", level=str(step["criterion"])))
    return tuple(found)


def class_counts(values: pd.Series, order: Sequence[str] = ()) -> tuple[Row, ...]:
    """Return n and percent of each class, and `missing`; `order` names classes that count even when empty.

    Percentages are of all patients, those without a class included.
    """
    levels = levels_of(values)
    n = float(len(levels))
    classes = [*order, *sorted(set(levels.dropna()) - set(order))]
    found = []
    for level in classes:
        count = float((levels == level).sum())
        found.append(Row("n", count, n=n, level=level))
        if n:
            found.append(Row("percent", 100 * count / n, n=n, level=level, method="of all patients"))
    return (*found, Row("missing", float(levels.isna().sum()), n=n))
