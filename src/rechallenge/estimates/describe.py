"""Table 1: the patients of a population, in all and by resistance.

Model `table1` is the column of all patients and of the tests, `table1|resistance=primary` that of a class. Per
numeric variable a row `median` (with q1 and q3 as rows of their own), per level of a categorical one rows `n` and
`percent` (of the patients with a value), per variable a row `missing`, and one row `p`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from rechallenge.estimates.comparisons import Comparison, compare_counts, compare_numbers
from rechallenge.estimates.rows import Row, not_fitted, placed
from rechallenge.estimates.times import NO_CLASS, levels_of

MODEL: Final = "table1"


@dataclass(frozen=True)
class Variable:
    """A line of Table 1: a column of the classified patients, and whether it needs a rechallenge to exist.

    What `defines` resistance is not tested between its classes.
    """

    name: str
    kind: Literal["number", "category"] = "category"
    rechallenge: bool = False
    defines: bool = False


VARIABLES: Final = (
    Variable("age", "number"),
    Variable("sex"),
    Variable("smoking"),
    Variable("ecog"),
    Variable("histology"),
    Variable("histology_group"),
    Variable("stage"),
    Variable("pd_l1_group"),
    Variable("egfr"),
    Variable("alk"),
    Variable("brain_metastasis"),
    Variable("liver_metastasis"),
    Variable("bone_metastasis"),
    Variable("first_ici_drug"),
    Variable("first_ici_line"),
    Variable("best_response", defines=True),
    Variable("months_to_progression", "number", defines=True),
    Variable("resistance"),
    Variable("progression_pattern"),
    Variable("treated_beyond_progression"),
    Variable("local_therapy_at_progression"),
    Variable("interval_treatment", rechallenge=True),
    Variable("rechallenge_kind", rechallenge=True),
    Variable("rechallenge_type", rechallenge=True),
    Variable("same_ici", rechallenge=True),
)


def table_one(
    frame: pd.DataFrame,
    variables: Sequence[Variable] = VARIABLES,
    *,
    by: str = "resistance",
    order: Sequence[str] = (),
    test: bool = True,
    seed: int,
    oldest_age: int,
) -> tuple[Row, ...]:
    """Return Table 1 of the classified patients in `frame`, in all and by the classes of the column `by`.

    `order` names classes that get a column even when empty. Patients of no class ("unclassified", "unknown",
    missing) are in the column of all patients; named ones also have a column, but take no part in tests. Values
    that are missing are counted in a line of their own and take no part in percentages or tests. `by` itself is
    not tested: it defines the columns; what it is made of has a row `not_fitted`. Ages above
    `oldest_age` enter as one year more.
    """
    if "age" in frame.columns:
        frame = frame.assign(age=frame["age"].astype("float64").clip(upper=oldest_age + 1))
    present = [variable for variable in variables if variable.name in frame.columns]
    groups = levels_of(frame[by])
    found = sorted(set(groups.dropna()) - set(order))
    columns = [*order, *found]
    # Every level has a line in every column: a count of none is a result.
    levels = {
        variable.name: sorted(set(_values(frame, variable).dropna()))
        for variable in present
        if variable.kind == "category"
    }
    rows = list(_column(frame, present, levels, MODEL, oldest_age))
    for level in columns:
        rows += _column(frame[groups == level], present, levels, f"{MODEL}|{by}={level}", oldest_age)
    compared = [level for level in columns if level not in NO_CLASS and (groups == level).any()]
    if test and len(compared) == 2:
        first, second = (frame[groups == level] for level in compared)
        for variable in present:
            if variable.defines:
                said = f"Not tested: {variable.name} is part of the definition of {by}."
                rows.append(not_fitted(said, n=float(len(first) + len(second)), model=MODEL, term=variable.name))
                continue
            result = None if variable.name == by else _compare(first, second, variable, seed)
            if result is not None:
                n = float(_values(first, variable).notna().sum() + _values(second, variable).notna().sum())
                rows.append(Row("p", result.p, p=result.p, n=n, method=result.method, model=MODEL, term=variable.name))
    return tuple(rows)


def _values(frame: pd.DataFrame, variable: Variable) -> pd.Series:
    if variable.kind == "category":
        return levels_of(frame[variable.name])
    return frame[variable.name].astype("float64")


def _column(
    frame: pd.DataFrame,
    variables: Sequence[Variable],
    levels: Mapping[str, Sequence[str]],
    model: str,
    oldest_age: int,
) -> Iterator[Row]:
    yield Row("n", float(len(frame)), n=float(len(frame)), model=model, term="patients")
    for variable in variables:
        values = _values(frame, variable)
        known = values.dropna()
        numeric = variable.kind == "number"
        own = _number(known, variable.name, oldest_age) if numeric else _category(known, levels[variable.name])
        yield from placed(own, model=model, term=variable.name)
        yield Row("missing", float(values.isna().sum()), n=float(len(frame)), model=model, term=variable.name)


def _number(known: pd.Series, name: str, oldest_age: int) -> Iterator[Row]:
    n = float(len(known))
    quartiles = np.quantile(known, (0.25, 0.5, 0.75)) if len(known) else np.full(3, np.nan)
    low, middle, high = (float(value) for value in quartiles)
    method = "median [first to third quartile]"
    if name == "age":
        method += f", ages over {oldest_age} as {oldest_age + 1}"
    yield Row("median", middle, n=n, method=method)
    yield Row("q1", low, n=n, method=method)
    yield Row("q3", high, n=n, method=method)


def _category(known: pd.Series, levels: Sequence[str]) -> Iterator[Row]:
    n = float(len(known))
    for level in levels:
        count = float((known == level).sum())
        yield Row("n", count, n=n, level=str(level))
        if n:
            yield Row("percent", 100 * count / n, n=n, level=str(level), method="of patients with a value")


def _compare(first: pd.DataFrame, second: pd.DataFrame, variable: Variable, seed: int) -> Comparison | None:
    groups = [_values(frame, variable).dropna() for frame in (first, second)]
    if variable.kind == "number":
        return compare_numbers(*(group.to_numpy("float64") for group in groups))
    # A class that is "not known" is as good as missing in a test.
    groups = [group[~group.isin(NO_CLASS)] for group in groups]
    counts = pd.concat([group.value_counts() for group in groups], axis=1).fillna(0).sort_index()
    return compare_counts(counts.to_numpy("int64"), seed)
