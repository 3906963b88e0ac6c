"""Log-rank tests, Cox models and curves of the patients of all sites, from the risk sets that sites give.

The partial likelihood, the log-rank test and the Kaplan-Meier curve depend on the patients through nothing but who is
at risk and who has an event, by pattern of covariates, at the times of events. So patients are made up who give the
same risk sets, and what is computed for them is, to the last digit that R and a computer share, what would be computed
for the real ones. Sites that tell all times can be pooled as one cohort; those that tell the days of events only
can be strata of one model.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.special import ndtr

from rechallenge.errors import UserError
from rechallenge.estimates import fast_cox, kaplan_meier
from rechallenge.estimates.counting_process import hazard_rows
from rechallenge.estimates.design import design
from rechallenge.estimates.risk_sets import COLUMNS, KEYS
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.estimates.weighted_logrank import weighted_log_rank
from rechallenge.settings.statistics import Covariate, StatisticsSettings

SITE: Final = "site"
ONE_COHORT: Final = "one cohort"
BY_SITE: Final = "stratified by site"
ONE_STAGE: Final = "pooled from risk sets"
COX: Final = "cox_"
KAPLAN_MEIER: Final = "kaplan_meier"


def problems(sets: pd.DataFrame, site: str) -> list[str]:
    """Return a sentence for everything that no cohort of patients could give; columns those of `COLUMNS`."""
    lacking = [name for name in COLUMNS if name not in sets.columns]
    if lacking:
        return [f"{site}: risk_sets.csv has no column {', '.join(lacking)}. Ask the site for the file as it was made."]
    numbers = sets[["days", "at_risk", "events"]].astype("float64")
    wrong = numbers.isna().any(axis=1) | (numbers < 0).any(axis=1) | (numbers["events"] > numbers["at_risk"])
    wrong |= (numbers[["at_risk", "events"]] % 1 != 0).any(axis=1)
    wrong |= sets.duplicated([*KEYS, "pattern", "days"])
    ordered = sets[~wrong].sort_values([*KEYS, "pattern", "days"], kind="stable")
    groups = ordered.groupby([*KEYS, "pattern"], dropna=False, sort=False)
    left = ordered["events"] + ordered["censored"].fillna(0)
    over = ordered["at_risk"] - left - groups["at_risk"].shift(-1).fillna(0)
    # Where every time is told, whoever leaves is counted; else some leave between the days.
    impossible = (over < 0) | (ordered["censored"].notna() & (over != 0))
    places = sorted({*sets.index[wrong], *ordered.index[impossible]})
    return [
        f"{site}: risk_sets.csv, line {place + 2}: {sets.at[place, 'at_risk']:g} at risk and "
        f"{sets.at[place, 'events']:g} events on day {sets.at[place, 'days']:g} do not fit the lines of the same "
        "pattern. Ask the site for the file as it was made."
        for place in places[:5]
    ]


def tells_all_times(sets: pd.DataFrame) -> bool:
    """Tell whether a site's risk sets have every time at which anybody leaves."""
    return bool(sets["censored"].notna().all())


def patients(sets: pd.DataFrame) -> pd.DataFrame:
    """Return made-up patients who give the risk sets of one comparison of one site: `days`, `event`, covariates.

    Where only days of events are told, whoever leaves between two of them is censored on the earlier one, which gives
    the same risk sets on the days of events of this site, and those of no other site.
    """
    found = []
    for pattern, rows in sets.assign(pattern=sets["pattern"].fillna("")).groupby("pattern", sort=True):
        ordered = rows.sort_values("days", kind="stable")
        at_risk, events, days = (ordered[name].to_numpy("float64") for name in ("at_risk", "events", "days"))
        censored = at_risk - events - np.append(at_risk[1:], 0.0)
        times = np.concatenate([np.repeat(days, events.astype(int)), np.repeat(days, censored.astype(int))])
        event = np.repeat([1, 0], [int(events.sum()), int(censored.sum())])
        found.append(pd.DataFrame({"days": times, "event": event, **_levels(str(pattern))}))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame({"days": [], "event": []})


def _levels(pattern: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in pattern.split("|")) if pattern else {}


def one_stage(
    sites: Mapping[str, pd.DataFrame], settings: StatisticsSettings, covariates: Mapping[str, Covariate]
) -> Iterator[Row]:
    """Yield what the sites that gave risk sets have together; `sites` are their risk sets by name.

    `covariates` are the declared ones by name. Of each comparison that two sites gave: log-rank test, Cox model or
    median, of those that tell all times as one cohort, and of all that gave it stratified by site. `term` and `level`
    are as in estimates.csv; `method` says which sites.
    """
    joined = [sets.assign(**{SITE: name}) for name, sets in sites.items()]
    if not joined:
        return
    everything = pd.concat(joined, ignore_index=True)
    everything["term"] = everything["term"].fillna("")
    for keys, own in everything.groupby(list(KEYS), sort=False):
        endpoint, population, model, term = map(str, keys)
        for way in (ONE_COHORT, BY_SITE):
            given = [
                (name, sets) for name, sets in own.groupby(SITE, sort=False) if way == BY_SITE or tells_all_times(sets)
            ]
            if len(given) < 2:
                continue
            frame = pd.concat([patients(sets).assign(**{SITE: str(name)}) for name, sets in given], ignore_index=True)
            for row in _of_way(frame, model, term, way, settings, covariates):
                yield replace(row, endpoint=endpoint, population=population, term=row.term or term)


def _of_way(
    frame: pd.DataFrame,
    model: str,
    term: str,
    way: str,
    settings: StatisticsSettings,
    covariates: Mapping[str, Covariate],
) -> Iterator[Row]:
    names = list(dict.fromkeys(frame[SITE]))
    counts: Counts = {"n": float(len(frame)), "events": float(frame["event"].sum())}
    said = f"{ONE_STAGE}, {way}: {', '.join(names)}"
    name = f"{model}|{way.replace(' ', '_')}"
    if model == KAPLAN_MEIER:
        if way == ONE_COHORT:
            yield from placed(_curve(frame, settings, said), model=name)
    elif model.startswith(COX):
        declared = [covariates.get(each, Covariate(name=each)) for each in _covariates(frame)]
        yield from placed(_cox(frame, declared, way, settings, said, counts), model=name)
    else:
        column = term.partition("|")[0]
        yield from placed(_log_rank(frame, column, way, said, counts), model=name)
        if way == ONE_COHORT:
            for level, own in frame.groupby(column, sort=True):
                yield from placed(
                    _curve(own, settings, said), model=name.replace(model, KAPLAN_MEIER, 1), level=str(level)
                )


def _curve(frame: pd.DataFrame, settings: StatisticsSettings, said: str) -> Iterator[Row]:
    own = kaplan_meier.rows(
        frame.assign(entry_days=0.0), interval=settings.km_interval, confidence=settings.confidence,
        landmarks=settings.landmarks_months,
    )  # fmt: skip
    return (replace(row, method="; ".join(filter(None, (row.method, said)))) for row in own)


def _covariates(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if name not in ("days", "event", SITE)]


def _arrays(frame: pd.DataFrame) -> tuple[Any, Any]:
    return frame["days"].to_numpy("float64"), frame["event"].to_numpy("float64")


def _log_rank(frame: pd.DataFrame, column: str, way: str, said: str, counts: Counts) -> Iterator[Row]:
    strata = frame[SITE].to_numpy(object) if way == BY_SITE else None
    time, event = _arrays(frame)
    if not counts["events"] or frame[column].nunique() < 2:
        yield not_fitted("Not compared: there are not two classes, or no event.", **counts)
        return
    test = weighted_log_rank(time, event, frame[column].to_numpy(object), strata=strata)
    if np.isnan(test.p):
        yield not_fitted("Not compared: at no time of an event were patients of two classes at risk.", **counts)
        return
    method = f"log-rank test, {test.df + 1} groups; {said}"
    yield Row("chi2", test.chi2, p=test.p, method=method, **counts)
    yield Row("p", test.p, p=test.p, method=method, **counts)


def _cox(
    frame: pd.DataFrame,
    covariates: Sequence[Covariate],
    way: str,
    settings: StatisticsSettings,
    said: str,
    counts: Counts,
) -> Iterator[Row]:
    made = design(frame, covariates, settings.minimum_events)
    if made.problem:
        yield not_fitted(made.problem, **counts)
        return
    strata = frame[SITE].to_numpy(object) if way == BY_SITE else None
    try:
        fit = fast_cox.fit(*_arrays(frame), made.x.to_numpy("float64"), strata=strata)
    except fast_cox.NoMaximum:
        yield not_fitted("Not fitted: the estimates are not finite (separation).", **counts)
        return
    method = f"Cox, Efron ties, Wald interval; {said}"
    for which, coef, error in zip(made.coefficients, fit.coef, fit.std_error, strict=True):
        p = float(2 * ndtr(-abs(coef / error)))
        own = hazard_rows(float(coef), float(error), p, settings.confidence, method, counts)
        yield from placed(own, term=which.term, level=which.level, reference=which.reference)


def checked(sites: Mapping[str, pd.DataFrame]) -> None:
    """Raise UserError with everything in the sites' risk sets that no patients could give."""
    found = [sentence for name, sets in sites.items() for sentence in problems(sets, name)]
    if found:
        raise UserError(found)
