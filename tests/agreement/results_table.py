"""The results table of ten known data sets: their times go through the same functions, in days, as a study's."""

import json
import math
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import follow_up, kaplan_meier, logrank, models
from rechallenge.estimates.rows import Row
from rechallenge.estimates.times import rounded
from rechallenge.settings.statistics import Covariate
from tests.agreement.compare import REFERENCE, Difference, distance

INTERVALS: Final[tuple[kaplan_meier.Interval, ...]] = ("log", "log-log", "plain")
NOT_COVARIATES: Final = ("time", "event", "group", "strata", "entry", "cluster")
CONFIDENCE: Final = 0.95
Named = tuple[str, float]


def differences() -> Iterator[Difference]:
    for path in sorted(REFERENCE.glob("*.csv")):
        answers = json.loads((REFERENCE / "r" / f"{path.stem}.json").read_text(encoding="utf-8"))
        for quantity, difference in of_data_set(pd.read_csv(path), answers):
            yield f"results table, {quantity}", path.stem, difference


def of_data_set(data: pd.DataFrame, answers: dict[str, Any]) -> Iterator[Named]:
    """Yield the name of each quantity and how far the results table is from R, for one data set.

    A value that only one of the two has is infinitely far. Times of `data` are months; they go through the
    same functions, in days, as a study's.
    """
    frame = pd.DataFrame(
        {
            "days": rounded(data["time"] * DAYS_PER_MONTH),
            "event": (data["event"] == 1).astype(int),
            "any": (data["event"] > 0).astype(int),
            "entry_days": 0.0,
            "group": data["group"].astype(str),
        }
    ).join(data.drop(columns=list(NOT_COVARIATES), errors="ignore"))
    yield from _curves(frame, answers["km"], answers["meta"]["times"], "")
    late = frame.assign(entry_days=rounded(data["entry"] * DAYS_PER_MONTH))
    yield from _curves(late, answers["km_truncated"], answers["meta"]["times"], ", delayed entry")
    test = logrank.rows(frame, frame["group"])
    yield from _pair("log-rank: chi-square", _value(test, "chi2").estimate, answers["logrank"]["logrank"]["chisq"])
    yield from _pair("log-rank: P", _value(test, "p").estimate, answers["logrank"]["logrank"]["p"])
    names = [name for name in data.columns if name not in NOT_COVARIATES]
    yield from _model(frame, names, answers["cox"]["efron"], "Cox")
    for name in names:
        yield from _model(frame, [name], answers["cox"]["univariable"][name], "Cox, univariable")


def _curves(frame: pd.DataFrame, answers: dict[str, Any], times: list[float], suffix: str) -> Iterator[Named]:
    for group, expected in answers.items():
        own = frame if group == "overall" else frame[frame["group"] == group.removeprefix("group=")]
        for interval in INTERVALS:
            rows = kaplan_meier.rows(own, interval=interval, confidence=CONFIDENCE, landmarks=tuple(times))
            yield from _quantiles(rows, expected[interval], suffix)
            yield from _landmarks(rows, own, expected[interval]["at"], interval, suffix)
            if not suffix:
                yield from _follow_up(own, expected["followup_reverse_km"][interval], interval)
        if not suffix:
            symmetric, spss = _value(rows, "median_symmetric"), expected["spss"]
            for ours, name in ((symmetric.estimate, ""), (symmetric.lower, "_lower"), (symmetric.upper, "_upper")):
                yield from _pair("symmetric median and interval", ours, spss[f"median{name}"])


def _quantiles(rows: tuple[Row, ...], expected: dict[str, Any], suffix: str) -> Iterator[Named]:
    for statistic, name, limits in (("q1", "q25", "q25_"), ("median", "median", ""), ("q3", "q75", "q75_")):
        row = _value(rows, statistic)
        yield from _pair(f"Kaplan-Meier: median and quartiles{suffix}", row.estimate, expected[name])
        for ours, bound in ((row.lower, "lower"), (row.upper, "upper")):
            yield from _pair(f"Kaplan-Meier: limits of median and quartiles{suffix}", ours, expected[limits + bound])


def _landmarks(
    rows: tuple[Row, ...], frame: pd.DataFrame, expected: dict[str, Any], interval: kaplan_meier.Interval, suffix: str
) -> Iterator[Named]:
    curve = kaplan_meier.curve_of(frame, interval, CONFIDENCE)
    for place, month in enumerate(expected["time"]):
        row = _value(rows, "survival", month)
        at_risk = _value(rows, "at_risk", month).estimate
        yield from _pair(f"Kaplan-Meier: number at risk{suffix}", at_risk, expected["n_risk"][place])
        if math.isnan(row.estimate):  # beyond the last time, where R was told to extend the curve
            continue
        error = kaplan_meier.survival_at(curve, pd.Series([month * DAYS_PER_MONTH]).to_numpy())["std_error"].iloc[0]
        yield from _pair(f"Kaplan-Meier: S(t){suffix}", row.estimate, expected["surv"][place])
        yield from _pair(f"Kaplan-Meier: standard error{suffix}", float(error), expected["se"][place])
        for ours, bound in ((row.lower, "lower"), (row.upper, "upper")):
            yield from _pair(f"Kaplan-Meier: {interval} limits{suffix}", ours, expected[bound][place])


def _follow_up(frame: pd.DataFrame, expected: dict[str, Any], interval: kaplan_meier.Interval) -> Iterator[Named]:
    # In the data with competing risks any event ends follow-up.
    (row,) = follow_up.rows(frame.assign(event=frame["any"]), interval=interval, confidence=CONFIDENCE)
    for ours, name in ((row.estimate, "median"), (row.lower, "lower"), (row.upper, "upper")):
        yield from _pair("reverse Kaplan-Meier: median and limits", ours, expected[name])


def _model(frame: pd.DataFrame, names: list[str], expected: dict[str, Any], title: str) -> Iterator[Named]:
    covariates = [Covariate(name=name) for name in names]
    rows = models.model_rows(frame, covariates, confidence=CONFIDENCE, minimum_events=1)
    terms = expected["terms"]
    for place, name in enumerate(terms["term"]):
        own = tuple(row for row in rows if row.term == name)
        hr = _value(own, "hr")
        yield from _pair(f"{title}: coefficient", _value(own, "coef").estimate, terms["coef"][place])
        yield from _pair(f"{title}: standard error", _value(own, "se").estimate, terms["se"][place])
        yield from _pair(f"{title}: hazard ratio", hr.estimate, terms["hr"][place])
        yield from _pair(f"{title}: limits of the hazard ratio", hr.lower, terms["lower"][place])
        yield from _pair(f"{title}: limits of the hazard ratio", hr.upper, terms["upper"][place])
        yield from _pair(f"{title}: P", hr.p, terms["p"][place])
    for statistic, name in (("likelihood_ratio_chi2", "lr"), ("wald_chi2", "wald"), ("score_chi2", "score")):
        if name in expected:
            row = _value(rows, statistic)
            yield from _pair(f"{title}: {name} test, chi-square", row.estimate, expected[name]["chisq"])
            yield from _pair(f"{title}: {name} test, P", row.p, expected[name]["p"])
    share = _value(rows, "concordance")
    yield from _pair(f"{title}: concordance", share.estimate, expected["concordance"])
    if "concordance_se" in expected:
        z = 1.959963984540054
        upper = min(1.0, expected["concordance"] + z * expected["concordance_se"])
        yield from _pair(f"{title}: upper limit of the concordance", share.upper, upper)
        proportional = expected["zph"]["km"]
        for place, name in enumerate(proportional["term"]):
            own = tuple(row for row in rows if row.term == ("global" if name == "GLOBAL" else name))
            which = "cox.zph, GLOBAL" if name == "GLOBAL" else "cox.zph"
            yield from _pair(f"{which}: chi-square", _value(own, "ph_chi2").estimate, proportional["chisq"][place])
            yield from _pair(f"{which}: P", _value(own, "ph_p").estimate, proportional["p"][place])


def _value(rows: tuple[Row, ...], statistic: str, at: float | None = None) -> Row:
    return next(row for row in rows if row.statistic == statistic and (at is None or row.at == at))


def _pair(name: str, ours: float, theirs: float | None) -> Iterator[Named]:
    yield name, distance([ours], [theirs])
