"""numbers.json: every number that report and manuscript print, by a readable, stable name.

A template never computes and never formats: it asks for a name. Each entry holds `text` (as printed), `raw`
(the value, or [lower, upper] of an interval) and `estimate_id`: the row of estimates.csv it comes from, or, for
what is not an estimate, its file and key ("attrition.csv#advanced/excluded", "settings#statistics/confidence").

Names of estimates are their key columns in lower case joined by dots, without the main analysis's name and
without "kaplan_meier": `pfs.rechallenge.resistance.acquired.median`. To the name of a row are added, where the
row has them, `.ci` (interval), `.p`, `.n` and `.events`.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import pandas as pd

from rechallenge import formatting as f
from rechallenge.files import number_text
from rechallenge.language import tr
from rechallenge.results import KEYS, prepared, records

Number = dict[str, Any]
Numbers = dict[str, Number]

_COUNTS: Final = {
    "n", "events", "censored", "missing", "at_risk", "deaths", "parameters", "df", "dropped", "left_out", "moved",
    "class_changes", "specifications", "fitted", "compared", "equal", "different", "rechallenged_later",
    "imputed", "ph_failing", "bootstraps_fitted", "allocations", "permutations", "split_months",
}  # fmt: skip
_PERCENTS: Final = {
    "percent", "orr", "dcr", "agreement", "ratio_above", "same_sign", "small_p", "same_sign_and_small_p",
    "missing_information",
}  # fmt: skip
_TIMES: Final = {"median", "q1", "q3", "mean", "min", "max", "rmst", "rmst_difference", "median_symmetric"}
# The median of a ratio whose curve may never fall to one half.
_RATIO_MEDIAN: Final = "ratio_median"
_RATIOS: Final = {
    "hr", "odds_ratio", "rmst_ratio", "hr_median", "hr_min", "hr_max", "hr_q1", "hr_q3", "shift", "leave_one_out_hr",
    "observed_expected", "shr", "weibull_hr", "ratio_of_hazard_ratios", "hr_ratio", _RATIO_MEDIAN,
}  # fmt: skip
_SHARES: Final = {"survival", "cumulative_incidence", "predicted_survival", "observed_survival", "power"}
_TWO_DECIMALS: Final = {
    "chi2", "concordance", "coef", "se", "rho", "smd", "wald_f", "largest_dfbetas", "concordance_apparent",
    "concordance_optimism", "concordance_corrected", "calibration_slope",
}  # fmt: skip
_ONE_DECIMAL: Final = {"epv", "events_per_variable", "person_months", "waited_months", "rate", "starts", "median_width"}
# Ratios of a fitted model, whose likelihood may have hardly a maximum.
FITTED_RATIOS: Final = {"hr", "shr", "weibull_hr", "hr_ratio"}
_CURVE_SHARES: Final = {"survival", "cumulative_incidence", "observed_survival", "ratio_above"}
_WITH_INTERVALS: Final = {"kaplan_meier", "cumulative_incidence", "validation", "pfs_ratio"}
_FOLLOW_UP: Final = "reverse_kaplan_meier"
# Before the name of an estimate that a public release withholds.
WITHHELD: Final = "withheld:"
# Statistics to whose names nothing is added: they are a count or a P value themselves.
_ALONE: Final = _COUNTS | {"p", "ph_p"}


def name_of(key: Mapping[str, Any]) -> str:
    """Return the name of an estimate from its key columns (`at` a number, absent keys empty)."""
    parts: list[str] = []
    for column in KEYS:
        value = key.get(column, "")
        if column == "at":
            value = (
                ""
                if value in ("", None) or (isinstance(value, float) and math.isnan(value))
                else f"at_{number_text(float(value))}"
            )
        if value in ("", None):
            continue
        if (column, value) in (("analysis", "main"), ("model", "kaplan_meier")):
            continue
        parts.append(f"vs_{value}" if column == "reference" else str(value))
    return ".".join(part.strip().lower().replace(" ", "_") for part in parts)


def text_of(
    statistic: str,
    value: float | None,
    *,
    endpoint: str = "",
    model: str = "",
    term: str = "",
    denominator: float | None = None,
) -> str:
    """Return a value as printed, by its statistic; times of an endpoint are months, those of Table 1 plain."""
    if statistic in _COUNTS:
        return f.count(value)
    if statistic in _PERCENTS:
        return f.percent(value, denominator)
    if statistic in _SHARES:
        return f.percent(None if f.missing(value) else 100 * float(value), denominator)  # type: ignore[arg-type]
    if statistic in ("p", "ph_p", "probability") or statistic.endswith("_p"):
        return f.p_value(value)
    if statistic == "median_difference_median":
        return f.fixed(value, 1)
    if statistic == _RATIO_MEDIAN and f.missing(value):
        return f.NOT_REACHED
    if statistic.startswith("detectable_"):
        return f.detectable(value)
    if statistic in _RATIOS:
        return f.ratio(value)
    if statistic in _TWO_DECIMALS or statistic.endswith("_chi2"):
        return f.fixed(value, 2)
    if statistic in _ONE_DECIMAL:
        return f.fixed(value, 1)
    if statistic in _TIMES and endpoint and not model.startswith("table1"):
        return f.months(value)
    return f.fixed(value, 1) if term.startswith("months_") else f.plain(value)


def from_estimates(
    estimates: pd.DataFrame, *, adding_up: bool = False, withheld: Mapping[str, Mapping[str, str]] | None = None
) -> Numbers:
    """Return the numbers of estimates.csv (see the module's docstring); raises ValueError on two equal names.

    `adding_up` rounds the percentages of classes that make a whole so that they add up to 100. `withheld` says, by
    estimate_id and column (estimate, n, events), what a public release prints instead of a number: counts and
    percentages keep their name, what else is withheld has the name "withheld:" before its own.
    """
    frame, withheld = prepared(estimates), withheld or {}
    whole = _percents_that_add_up(frame) if adding_up else {}
    found: Numbers = {}
    for row in records(frame):
        name, key = name_of(row), str(row["estimate_id"])
        own = _of_row(name, key, row, key in withheld) | _withheld(name, key, row["statistic"], withheld.get(key, {}))
        if key in whole and name in own:
            own[name]["text"] = whole[key]
        twice = next((item for item in own if item in found), None)
        if twice:
            raise ValueError(f"two estimates share the name {twice}: {found[twice]['estimate_id']} and {key}")
        found.update(own)
    return found


def _percents_that_add_up(frame: pd.DataFrame) -> dict[str, str]:
    """Return the printed percentages, by estimate_id, of classes that make a whole."""
    own = frame[frame["statistic"].eq("percent") & frame["level"].ne("")]
    found: dict[str, str] = {}
    for _, parts in own.groupby(list(KEYS[:5]), sort=False):
        counts = parts["estimate"] * parts["n"] / 100
        if counts.notna().all() and parts["n"].nunique() == 1 and abs(counts.sum() - parts["n"].iloc[0]) < 1e-6:
            found |= dict(zip(parts["estimate_id"], f.percents(counts.round().tolist()), strict=True))
    return found


def _withheld(name: str, key: str, statistic: str, said: Mapping[str, str]) -> Numbers:
    """The entries of what is withheld of a row; `raw` is NaN."""
    entries: Numbers = {}
    for column, text in said.items():
        if column != "estimate":
            if statistic not in _ALONE:
                entries[f"{name}.{column}"] = number(text, math.nan, key)
        elif statistic in _COUNTS | _PERCENTS:
            entries[name] = number(text, math.nan, key)
        else:
            entries[f"{WITHHELD}{name}"] = number(text, math.nan, key)
    return entries


def _of_row(name: str, key: str, row: Mapping[str, Any], withheld: bool) -> Numbers:
    statistic = row["statistic"]
    if statistic == "not_fitted":
        return {}

    def text(value: float | None) -> str:
        return text_of(
            statistic, value, endpoint=row["endpoint"], model=row["model"], term=row["term"], denominator=row["n"]
        )

    entries: Numbers = {}
    reached = statistic in {*_TIMES, _RATIO_MEDIAN} and row["endpoint"] and row["n"] > 0 and not withheld
    if not f.missing(row["estimate"]) or reached:
        entries[name] = number(text(row["estimate"]), row["estimate"], key)
    if statistic in FITTED_RATIOS and name in entries and not f.estimable_ratio(*_values(row)):
        entries[name]["text"] = f.NOT_ESTIMABLE
    elif name in entries or not (f.missing(row["lower"]) and f.missing(row["upper"])):
        said = _interval(row, text)
        if said:
            entries[f"{name}.ci"] = number(said, _bounds(row), key)
    if statistic == "n" and row["level"] and row["model"].startswith("cox") and not f.missing(row["events"]):
        # The events of a class tell whether a hazard ratio leans on few of them.
        entries[f"{name}.events"] = number(f.count(row["events"]), row["events"], key)
    if statistic in _ALONE:
        return entries
    if not f.missing(row["p"]):
        entries[f"{name}.p"] = number(f.p_value(row["p"]), row["p"], key)
    for column in ("n", "events"):
        if not f.missing(row[column]):
            entries[f"{name}.{column}"] = number(f.count(row[column]), row[column], key)
    return entries


def _values(row: Mapping[str, Any]) -> tuple[float, float, float]:
    return row["estimate"], row["lower"], row["upper"]


def _bounds(row: Mapping[str, Any]) -> list[float | None]:
    both = f.missing(row["lower"]) and f.missing(row["upper"])
    return [None, None] if both else [row["lower"], row["upper"]]


def _interval(row: Mapping[str, Any], text: Callable[[float | None], str]) -> str:
    """The interval of a row as printed; empty where there is none and none is expected."""
    statistic, without = row["statistic"], f.missing(row["lower"]) and f.missing(row["upper"])
    if statistic in ("median", _RATIO_MEDIAN) and row["endpoint"] and not row["model"].startswith("table1"):
        # In reverse Kaplan-Meier the event is the end of follow-up, which those with an event of the endpoint lack.
        events = row["n"] - row["events"] if row["model"] == _FOLLOW_UP else row["events"]
        return (
            "" if without and statistic == _RATIO_MEDIAN else f.reached_interval(text, *_values(row), row["n"], events)
        )
    if statistic in _CURVE_SHARES and (not without or row["model"].partition("|")[0] in _WITH_INTERVALS):
        return f.share_interval(*(text(bound) for bound in (row["lower"], row["upper"])))
    return "" if without else f.interval(text(row["lower"]), text(row["upper"]))


def number(text: str, raw: Any, estimate_id: str) -> Number:
    """Return one entry of numbers.json."""
    return {"text": text, "raw": raw, "estimate_id": estimate_id}


def from_attrition(
    attrition: pd.DataFrame, estimate_ids: Iterable[str] = (), withheld: Mapping[str, Mapping[str, str]] | None = None
) -> Numbers:
    """Return `flow.<criterion>.excluded|remaining|not_evaluable` of attrition.csv.

    Where estimates hold the same count ("main/attrition/nsclc/excluded") it bears that estimate_id, and is withheld
    where that row is (see `from_estimates`).
    """
    known, withheld = set(estimate_ids), withheld or {}
    found: Numbers = {}
    for row in attrition.to_dict("records"):
        criterion = str(row["criterion"])
        for column in ("excluded", "remaining", "not_evaluable"):
            estimate_id = f"main/attrition/{criterion}/{column}"
            if estimate_id in withheld:
                said = withheld[estimate_id]["estimate"]
                found[f"flow.{criterion}.{column}"] = number(said, math.nan, estimate_id)
            elif column in row and not pd.isna(row[column]):
                value = int(row[column])
                source = estimate_id if estimate_id in known else f"attrition.csv#{criterion}/{column}"
                found[f"flow.{criterion}.{column}"] = number(f.count(value), value, source)
    return found


def from_row_account(account: pd.DataFrame, withheld: Mapping[str, Mapping[str, str]] | None = None) -> Numbers:
    """Return `rows.<table>.<column>` of row_account.csv and the totals `rows.all.<column>`.

    `withheld` says by table and column what is printed instead of a number; a total with a withheld part is withheld.
    """
    withheld = withheld or {}
    columns = [name for name in ("rows_read", "duplicates_merged", "set_aside", "used") if name in account.columns]
    found: Numbers = {}
    for row in account.to_dict("records"):
        for column in columns:
            said = withheld.get(str(row["table"]), {}).get(column)
            found[f"rows.{row['table']}.{column}"] = number(
                said or f.count(row[column]), row[column], f"row_account.csv#{row['table']}/{column}"
            )
    for column in columns:
        value = account[column].sum(skipna=False)
        said = tr(f.WITHHELD) if pd.isna(value) else f.count(value)
        found[f"rows.all.{column}"] = number(said, value, f"row_account.csv#sum/{column}")
    return found


def from_files(files: Iterable[Mapping[str, Any]], *, public: bool = False) -> Numbers:
    """Return `files.<position>.rows` of the files that ingest read, and `files.count`.

    A public release does not say how many rows a file has: the account of rows might be read from it.
    """
    listed = list(files)
    found: Numbers = {"files.count": number(str(len(listed)), len(listed), "ingest.json#files")}
    for position, item in enumerate(listed):
        rows = int(item["rows"])
        said, raw = (tr(f.WITHHELD), math.nan) if public else (f.count(rows), rows)
        found[f"files.{position}.rows"] = number(said, raw, f"ingest.json#files/{position}/rows")
    return found


def from_settings(values: Mapping[str, Any], prefix: str = "settings") -> Numbers:
    """Return the numeric settings of a study file by their dotted path: `settings.statistics.confidence`."""
    found: Numbers = {}
    for key, value in values.items():
        path = f"{prefix}.{key}"
        if isinstance(value, Mapping):
            found.update(from_settings(value, path))
        elif isinstance(value, (list, tuple)):
            for position, item in enumerate(value):
                found.update(from_settings({str(position): item}, path))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found[path] = number(f.setting(value), value, path.replace(".", "#", 1).replace(".", "/"))
            if path.endswith(("confidence", "statistics.power")):
                found[f"{path}.percent"] = number(f"{f.setting(100 * value)}%", value, found[path]["estimate_id"])
            if path.endswith("confidence"):
                alpha = 1 - value
                found[f"{path}.alpha"] = number(f"{f.setting(100 * alpha)}%", alpha, found[path]["estimate_id"])
    return found


class _Book(dict[str, Number]):
    """Numbers by name; what is withheld answers to its own name too, though it is not `in` the book."""

    def __missing__(self, name: str) -> Number:
        withheld = f"{WITHHELD}{name}"
        if withheld not in self:
            raise KeyError(name)
        return self[withheld]


def together(*parts: Numbers) -> Numbers:
    """Join numbers from several places; raises ValueError where a name occurs twice."""
    joined: Numbers = {}
    for part in parts:
        twice = sorted(joined.keys() & part.keys())
        if twice:
            raise ValueError(f"the same name from two places: {', '.join(twice[:5])}")
        joined.update(part)
    return _Book(sorted(joined.items()))
