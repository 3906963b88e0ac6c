"""Rechallenge as an exposure that comes with time, among all who progressed on the first ICI.

Who is rechallenged has lived until then: counted as rechallenged from progression on, that waiting counts as a
benefit of rechallenge (immortal-time bias; Suissa, Am J Epidemiol 2008). Here everybody is unexposed until the
rechallenge and exposed after it, beside the naive comparison of those ever with those never rechallenged.

Rules of one day: an event on the day of the rechallenge belongs to the unexposed time. A rechallenge on or before the
day of progression exposes from the end of that day on, one after the last day under observation not at all. An event on
the day of progression counts, so that the first row of everybody starts a day before it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import counting_process, cox, kaplan_meier, logrank, models, rechallenge_models, time_split
from rechallenge.estimates.chi_square import ChiSquare
from rechallenge.estimates.design import Coefficient, design
from rechallenge.estimates.rows import Counts, Row, not_fitted, placed
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings

EXPOSURE: Final = "rechallenged"
EVER, NEVER = "true", "false"
NAIVE: Final = "exposure_naive"
TIME_DEPENDENT: Final = "exposure_time_dependent"
ADJUSTED: Final = "exposure_adjusted"
MANTEL_BYAR: Final = "exposure_mantel_byar"
SIMON_MAKUCH: Final = "exposure_simon_makuch"
BIAS: Final = "immortal_time_bias"
# The day before the clock starts: rows begin there, so that an event on day 0 has somebody at risk.
BEFORE: Final = -1.0
# What is settled at progression. ECOG and age are those of rechallenge where there was one, and treatment after
# progression is part of what is compared.
KNOWN_AT_PROGRESSION: Final = frozenset(
    {
        "resistance", "progression_pattern", "progressing_lesions", "progressing_organs", "best_response",
        "days_to_progression", "months_to_progression", "exposure_days", "first_ici_drug", "first_ici_line", "sex",
        "smoking", "histology", "histology_group", "stage", "pd_l1_tps", "pd_l1_group", "egfr", "alk",
        "brain_metastasis", "liver_metastasis", "bone_metastasis", "site",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Exposure:
    """The rows of the results table, and the curves of `kaplan_meier.CURVE_COLUMNS` (term: the model)."""

    rows: tuple[Row, ...]
    curves: pd.DataFrame


def with_exposure(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the patients with `exposed_days` (progression to rechallenge, missing without one) and EXPOSURE.

    `frame` has days, event and the classified patients' first_ici_start, days_to_progression, rechallenge_start. Any
    rechallenge counts, also of a patient who is not in the rechallenge set: what keeps somebody out of it (missing
    follow-up, for one) is known later than the exposure. One that comes after the last day under observation does not.
    """
    waited = (frame["rechallenge_start"] - frame["first_ici_start"]).dt.days - frame["days_to_progression"]
    waited = waited.astype("float64").clip(lower=0).round(8)
    seen = waited.where(waited <= frame["days"])
    return frame.assign(exposed_days=seen, **{EXPOSURE: np.where(seen.notna(), EVER, NEVER)})


def counting_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows (entry_days, days] of the frame of `with_exposure`, with `exposed` 0 or 1 and the event at their end.

    A patient who was rechallenged has two rows, unless nothing follows the day of the rechallenge.
    """
    changed = (frame["exposed_days"] < frame["days"]).to_numpy(bool)
    before = frame.assign(
        entry_days=BEFORE,
        days=frame["days"].astype("float64").where(~changed, frame["exposed_days"]),
        event=frame["event"].where(~changed, 0),
        exposed=0.0,
    )
    after = frame[changed].assign(entry_days=frame.loc[changed, "exposed_days"], exposed=1.0)
    return pd.concat([before, after], ignore_index=True)


def known_at_progression(
    covariates: Sequence[Covariate], pattern: PatternSettings
) -> tuple[tuple[Covariate, ...], tuple[str, ...]]:
    """Return the declared covariates that are known at progression, and the names of the others."""
    usable = rechallenge_models.usable(covariates, pattern)
    known = tuple(covariate for covariate in usable if covariate.name in KNOWN_AT_PROGRESSION)
    return known, tuple(covariate.name for covariate in covariates if covariate not in known)


def exposure(frame: pd.DataFrame, settings: StatisticsSettings, pattern: PatternSettings) -> Exposure:
    """Return everything about rechallenge as an exposure; `frame` is that of PPS in `progressed`."""
    if not len(frame):
        return Exposure((not_fitted("Not compared: nobody progressed.", model=NAIVE, term=EXPOSURE),), pd.DataFrame())
    marked = with_exposure(frame)
    split = counting_rows(marked)
    naive = list(placed(_naive(marked, settings), model=NAIVE))
    crude = list(placed(_time_dependent(split, (), settings), model=TIME_DEPENDENT))
    known, left = known_at_progression(settings.covariates, pattern)
    adjusted = list(placed(_adjusted(split, marked, known, left, settings), model=ADJUSTED))
    adjusted += _by_period(adjusted, split, known, settings, ADJUSTED)
    crude += _by_period(crude, split, (), settings, TIME_DEPENDENT)
    said = placed(_mantel_byar(split), model=MANTEL_BYAR, term=EXPOSURE)
    simon, curves = _simon_makuch(split, settings)
    rows = [*naive, *crude, *adjusted, *said, *simon, *placed(_bias(naive, crude, marked), model=BIAS, term=EXPOSURE)]
    return Exposure(tuple(rows), pd.concat([_naive_curves(marked, settings), curves], ignore_index=True))


def _levels(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for level in (EVER, NEVER):
        yield level, frame[frame[EXPOSURE] == level]


def _naive(frame: pd.DataFrame, settings: StatisticsSettings) -> Iterator[Row]:
    """Those ever against those never rechallenged, both from progression on, as if that were known then."""
    interval, confidence = settings.km_interval, settings.confidence
    for level, patients in _levels(frame):
        own = kaplan_meier.rows(patients, interval=interval, confidence=confidence, landmarks=settings.landmarks_months)
        yield from placed(own, term=EXPOSURE, level=level)
    test = logrank.rows(frame, frame[EXPOSURE])
    yield from placed((row for row in test if row.statistic != "left_out"), term=EXPOSURE)
    fitted = models.model_rows(
        frame,
        [Covariate(name=EXPOSURE, reference=NEVER)],
        confidence=confidence,
        minimum_events=settings.minimum_events,
    )
    wanted = ("hr", "coef", "se", "ph_chi2", "ph_p")
    yield from (row for row in fitted if row.statistic in wanted and row.term == EXPOSURE)
    yield from (
        not_fitted(row.method, term=EXPOSURE, level="cox", n=row.n, events=row.events)
        for row in fitted
        if row.statistic == "not_fitted"
    )


def _states(split: pd.DataFrame) -> Iterator[Row]:
    """Patients, deaths and person-time of each state."""
    for level, exposed in ((EVER, 1.0), (NEVER, 0.0)):
        own = split[split["exposed"] == exposed]
        months = float((own["days"] - own["entry_days"].clip(lower=0)).sum()) / DAYS_PER_MONTH
        counts: Counts = {"n": float(len(own)), "events": float(own["event"].sum())}
        said = "patients who were ever in this state; their deaths in it"
        yield Row("n", float(len(own)), term=EXPOSURE, level=level, method=said, **counts)
        yield Row("events", counts["events"], term=EXPOSURE, level=level, method=said, **counts)
        yield Row("person_months", months, term=EXPOSURE, level=level, method="time under observation", **counts)
        if months:
            rate = 100 * counts["events"] / months
            yield Row("rate", rate, term=EXPOSURE, level=level, method="deaths per 100 person-months", **counts)


def _time_dependent(
    split: pd.DataFrame, covariates: Sequence[Covariate], settings: StatisticsSettings, method: str = ""
) -> Iterator[Row]:
    """The Cox model of the exposure so far, with covariates of progression; rows of `counting_rows`."""
    if not covariates:
        yield from _states(split)
    events = split["event"].sum()
    counts: Counts = {"n": float(split["patient_id"].nunique()), "events": float(events)}
    problem = _problem(split, settings.minimum_events, len(covariates))
    declared = design(split, covariates, 0) if covariates else None
    problem = problem or (declared.problem if declared is not None else "")
    if problem:
        yield not_fitted(problem, term=EXPOSURE, **counts)
        return
    x = split[["exposed"]].to_numpy("float64")
    x = x if declared is None else np.hstack([x, declared.x.to_numpy("float64")])
    try:
        fit = counting_process.fit(*counting_process.columns(split), x)
    except cox.NotFitted as reason:
        yield not_fitted(str(reason), term=EXPOSURE, **counts)
        return
    keys = [(EXPOSURE, EVER, NEVER)]
    keys += [] if declared is None else [(key.term, key.level, key.reference) for key in declared.coefficients]
    said = method or counting_process.COX
    for (term, level, reference), coef, error, p in zip(keys, fit.coef, fit.std_error, fit.p, strict=True):
        own = counting_process.hazard_rows(coef, error, p, settings.confidence, said, counts)
        yield from placed(own, term=term, level=level, reference=reference)
    proportional = models.proportional_rows(fit.ph[0], counts)
    yield from placed(proportional, term=EXPOSURE, level=EVER, reference=NEVER)
    test = fit.likelihood_ratio
    said = f"likelihood-ratio test, {test.df} degree{'s' if test.df > 1 else ''} of freedom"
    yield Row("likelihood_ratio_chi2", test.chi2, p=test.p, method=said, **counts)


def _by_period(
    found: Sequence[Row], split: pd.DataFrame, covariates: Sequence[Covariate], settings: StatisticsSettings, model: str
) -> Iterator[Row]:
    """The exposure until and after a time since progression, where the hazards of the model `found` fail the test.

    The declared time of other models may lie before any rechallenge: that in the middle of the deaths is used.
    """
    if not time_split.needed(found, settings.proportional_hazards_alpha):
        return
    coefficients = [Coefficient(EXPOSURE, EVER, NEVER)]
    chosen, x = split, split[["exposed"]].to_numpy("float64")
    if covariates:
        declared = design(split, covariates, 0)
        chosen, x = declared.frame, np.hstack([declared.frame[["exposed"]], declared.x]).astype("float64")
        coefficients += declared.coefficients
    counts: Counts = {"n": float(chosen["patient_id"].nunique()), "events": float(chosen["event"].sum())}
    given = time_split.CountingRows(*counting_process.columns(chosen), x)
    months = time_split.middle_month(given.stop, given.event)
    rows = time_split.rows(given, coefficients, [0], months=months, confidence=settings.confidence, counts=counts)
    own = (row for row in rows if row.statistic == "not_fitted" or row.term == EXPOSURE)
    yield from placed(own, model=f"{model}_{time_split.SPLIT}", term=EXPOSURE)


def _problem(split: pd.DataFrame, minimum_events: int, covariates: int = 0) -> str:
    """Why no hazard ratio can be given, or an empty text."""
    events = int(split["event"].sum())
    if events < minimum_events:
        return f"Not fitted: {events} events, fewer than the declared minimum of {minimum_events}."
    if not (split["exposed"] == 1).any():
        return "Not fitted: nobody was under observation after a rechallenge."
    for exposed, said in ((1.0, "after rechallenge"), (0.0, "before or without rechallenge")):
        if not split.loc[split["exposed"] == exposed, "event"].any():
            return f"Not fitted: there was no death {said}, so the hazard ratio has no finite estimate."
    return "" if events > 1 + covariates else f"Not fitted: {events} events for {1 + covariates} coefficients."


def _adjusted(
    split: pd.DataFrame,
    frame: pd.DataFrame,
    known: Sequence[Covariate],
    left: Sequence[str],
    settings: StatisticsSettings,
) -> Iterator[Row]:
    """The exposure adjusted for the declared covariates that are known at progression, on complete cases."""
    outside = f"; not known at progression or part of what follows it, so left out: {', '.join(left)}" if left else ""
    if not known:
        yield not_fitted(f"Not fitted: no declared covariate is known at progression{outside}.", term=EXPOSURE)
        return
    names = [covariate.name for covariate in known]
    complete = design(frame, known, 0).frame["patient_id"]
    chosen = split[split["patient_id"].isin(complete)].reset_index(drop=True)
    counts: Counts = {"n": float(len(complete)), "events": float(chosen["event"].sum())}
    method = f"{counting_process.COX}; adjusted for {', '.join(names)}{outside}"
    yield Row("n", counts["n"], method=method, **counts)
    dropped = float(len(frame) - len(complete))
    yield Row("dropped", dropped, method="without all covariates: left out of the model", **counts)
    yield from _time_dependent(chosen, known, settings, method)


def _mantel_byar(split: pd.DataFrame) -> Iterator[Row]:
    start, stop, event = counting_process.columns(split)
    counts: Counts = {"n": float(split["patient_id"].nunique()), "events": float(event.sum())}
    test = ChiSquare(np.nan, 0, np.nan)
    if event.any():
        test = counting_process.log_rank(start, stop, event, split["exposed"].to_numpy(object))
    if np.isnan(test.p):
        said = "Not compared: at no death were patients at risk both before (or without) and after rechallenge."
        yield not_fitted(said, **counts)
        return
    method = "Mantel-Byar test: log-rank with exposure so far, patients at risk in both states, hypergeometric variance"
    yield Row("chi2", test.chi2, p=test.p, method=method, **counts)
    yield Row("p", test.p, p=test.p, method=method, **counts)


def _simon_makuch(split: pd.DataFrame, settings: StatisticsSettings) -> tuple[list[Row], pd.DataFrame]:
    """Curves of both states from the first day on which enough patients are under observation after rechallenge.

    With one or two at risk, a single death would take the curve of the exposed near 0 for good.
    """
    exposed = split[split["exposed"] == 1]
    begins = curves_begin(exposed, settings.few_events)
    rows: list[Row] = []
    curves: list[pd.DataFrame] = []
    if begins is None:
        said = "Not drawn: nobody was under observation after a rechallenge."
        return [not_fitted(said, model=SIMON_MAKUCH, term=EXPOSURE)], pd.DataFrame()
    rows.append(Row("starts", begins / DAYS_PER_MONTH, n=float(len(exposed)), method=_starts_words(settings)))
    for level, state in ((EVER, 1.0), (NEVER, 0.0)):
        own = split[(split["exposed"] == state) & (split["days"] > begins)]
        own = own.assign(entry_days=own["entry_days"].clip(lower=begins if begins else BEFORE))
        rows += placed(_curve_rows(own, settings), level=level)
        curves.append(curve_steps(own, settings, begins).assign(term=SIMON_MAKUCH, level=level))
    return list(placed(rows, model=SIMON_MAKUCH, term=EXPOSURE)), pd.concat(curves, ignore_index=True)


def _starts_words(settings: StatisticsSettings) -> str:
    return (
        "Simon and Makuch (1984): exposed enter at rechallenge (delayed entry), the others are censored there; both "
        f"curves start on the first day with {settings.few_events} exposed under observation, or as many as there "
        "ever were"
    )


def curves_begin(exposed: pd.DataFrame, enough: int) -> float | None:
    """The first day of rechallenge on which `enough` patients are under observation after it, or the most."""
    if not len(exposed):
        return None
    start, stop, _ = counting_process.columns(exposed)
    days = np.unique(start)
    under = np.searchsorted(np.sort(start), days, side="right") - np.searchsorted(np.sort(stop), days, side="right")
    return float(days[np.argmax(under >= min(enough, under.max()))])


def _curve_rows(own: pd.DataFrame, settings: StatisticsSettings) -> Iterator[Row]:
    """Median and survival of one Simon-Makuch curve, from progression on."""
    found = kaplan_meier.rows(
        own.assign(entry_days=own["entry_days"].clip(lower=0)),
        interval=settings.km_interval,
        confidence=settings.confidence,
        landmarks=settings.landmarks_months,
    )
    yield from (row for row in found if row.statistic in ("n", "events", "median", "survival"))


def curve_steps(own: pd.DataFrame, settings: StatisticsSettings, begins: float = 0.0) -> pd.DataFrame:
    """Return the steps of a curve with delayed entry, and a row per whole month with the number at risk there."""
    if not len(own):
        return pd.DataFrame()
    start, stop, event = counting_process.columns(own)
    curve = kaplan_meier.kaplan_meier(
        stop, event, np.clip(start, 0.0, None), interval=settings.km_interval, confidence=settings.confidence
    )
    whole = np.arange(np.ceil(begins / DAYS_PER_MONTH), np.floor(stop.max() / DAYS_PER_MONTH) + 1) * DAYS_PER_MONTH
    times = np.unique(np.concatenate([[begins], curve.time, whole]))
    at = kaplan_meier.survival_at(curve, times)
    steps = pd.DataFrame({"time": curve.time, "events": curve.events, "censored": curve.censored}).set_index("time")
    counted = steps.reindex(times).fillna(0.0)
    return pd.DataFrame(
        {
            "time_months": times / DAYS_PER_MONTH,
            "survival": at["survival"].to_numpy(),
            "lower": at["lower"].to_numpy(),
            "upper": at["upper"].to_numpy(),
            "at_risk": counting_process.numbers_at_risk(start, stop, times),
            "events": counted["events"].to_numpy(),
            "censored": counted["censored"].to_numpy(),
        }
    )


def _naive_curves(frame: pd.DataFrame, settings: StatisticsSettings) -> pd.DataFrame:
    own = [
        curve_steps(patients.assign(entry_days=0.0), settings).assign(term=NAIVE, level=level)
        for level, patients in _levels(frame)
    ]
    return pd.concat(own, ignore_index=True)


def _bias(naive: list[Row], crude: list[Row], frame: pd.DataFrame) -> Iterator[Row]:
    """How many times the hazard ratio changes when waiting is no longer counted as exposure, and how much waiting."""
    ever = frame[frame[EXPOSURE] == EVER]
    counts: Counts = {"n": float(len(ever)), "events": float(ever["event"].sum())}
    waited = float(ever["exposed_days"].sum()) / DAYS_PER_MONTH
    method = "months from progression to rechallenge, all patients together: nobody could die in them and be exposed"
    yield Row("waited_months", waited, method=method, **counts)
    followed = float(ever["days"].sum()) / DAYS_PER_MONTH
    if followed:
        said = "waiting, in percent of the time from progression of those ever rechallenged"
        yield Row("percent", 100 * waited / followed, method=said, **counts)
    ratios = [next((row.estimate for row in rows if row.statistic == "hr"), np.nan) for rows in (crude, naive)]
    if np.isfinite(ratios).all():
        said = "time-dependent over naive hazard ratio; above 1: the naive comparison favours rechallenge by that much"
        yield Row("ratio_of_hazard_ratios", ratios[0] / ratios[1], method=said, **counts)
    else:
        yield not_fitted("Not compared: one of the two hazard ratios has no estimate.", **counts)
