"""Several rows for one thing: conflicting rows (identical ones are merged before any rule runs)."""

from collections.abc import Iterable

import pandas as pd

from rechallenge.tables import TABLES, TEXT, stored_names
from rechallenge.validation.extract import Extract, shown
from rechallenge.validation.model import Hit, rule

# A key column that may be empty: an assessment without a basis is still one assessment of that day.
_MAY_BE_EMPTY = ("basis",)


def _same_key(frame: pd.DataFrame, table: str, *, exact: bool) -> pd.Series:
    """Rows that share a complete key, whose dates are all exact (`exact`) or not."""
    key = TABLES[table].key
    complete = frame[[name for name in key if name not in _MAY_BE_EMPTY]].notna().all(axis=1)
    imprecise = pd.Series(False, index=frame.index)
    for name in key:
        if f"{name}_precision" in frame:
            imprecise |= frame[f"{name}_precision"].isin(["month", "year"])
    rows = frame[complete & (~imprecise if exact else imprecise)]
    same = rows.duplicated(list(key), keep=False)
    return pd.Series(frame.index.isin(rows.index[same]), index=frame.index)


def _differences(frame: pd.DataFrame, table: str, where: pd.Series) -> pd.Series:
    """The columns in which the rows of one key differ, with this row's values."""
    rows = frame[where]
    key = list(TABLES[table].key)
    content = [name for name in stored_names(table) if name not in (*key, "source_file", "source_row")]
    groups = rows.groupby(key, dropna=False, sort=False)
    different = groups[content].nunique(dropna=False).iloc[groups.ngroup().to_numpy()] > 1
    text = pd.Series("", index=rows.index, dtype=TEXT)
    for name in content:
        differs = different[name].to_numpy()
        # Where the date or count itself differs, its precision or qualifier adds nothing.
        base = name.removesuffix("_precision").removesuffix("_qualifier")
        if base != name and base in different:
            differs = differs & ~different[base].to_numpy()
        if differs.any() and not name.endswith("_raw"):
            text = text.mask(differs, text + ", " + name + " " + shown(rows, name).fillna("empty"))
    return text.str.removeprefix(", ").reindex(frame.index)


def _conflict(extract: Extract, table: str, *, exact: bool) -> Iterable[Hit]:
    frame = extract[table]
    where = _same_key(frame, table, exact=exact)
    if where.any():
        date = next((name for name in TABLES[table].key if name in TABLES[table].dates), TABLES[table].key[0])
        yield Hit(table, where, date, compared={"this row:": _differences(frame, table, where)})


@rule(
    "error",
    "The patient has several rows that do not agree",
    "Correct the extract to one row per patient; no row is chosen for you.",
    waivable=False,
)
def patient_conflicting(extract: Extract) -> Iterable[Hit]:
    yield from _conflict(extract, "patients", exact=True)


@rule(
    "error",
    "Several rows describe the same treatment, assessment, lesion or event and do not agree",
    "Correct the extract to the right row; no row is chosen for you.",
)
def duplicate_conflicting(extract: Extract) -> Iterable[Hit]:
    for table in TABLES:
        if table != "patients":
            yield from _conflict(extract, table, exact=True)


@rule(
    "warning",
    "Several rows fall in the same month or year and do not agree; they may be one record or several",
    "Find the days in the source record; until then the rows count as several.",
)
def duplicate_imprecise(extract: Extract) -> Iterable[Hit]:
    for table in TABLES:
        if table != "patients":
            yield from _conflict(extract, table, exact=False)


@rule(
    "warning",
    "Assessments of one day give different responses",
    "Check them; imaging is taken before clinical judgement.",
)
def responses_differ_on_a_day(extract: Extract) -> Iterable[Hit]:
    frame = extract["assessments"]
    exact = ~frame["assessment_date_precision"].isin(["month", "year"])
    rows = frame[exact & frame["assessment_date"].notna() & frame["response"].notna() & frame["patient_id"].notna()]
    day = ["patient_id", "assessment_date"]
    # Rows of one basis are conflicting duplicates and reported as such.
    several = rows[rows.duplicated(day, keep=False) & ~rows.duplicated([*day, "basis"], keep=False)]
    responses = several.groupby(day, sort=False)["response"].transform("nunique")
    where = pd.Series(frame.index.isin(several.index[responses > 1]), index=frame.index)
    yield Hit("assessments", where, "response", beside=("assessment_date", "basis"))


CHECKS = (patient_conflicting, duplicate_conflicting, duplicate_imprecise, responses_differ_on_a_day)
