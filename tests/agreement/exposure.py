"""Rechallenge as an exposure that comes with time, on the Stanford heart transplants."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import counting_process, delayed_entry, exposure, landmark
from rechallenge.estimates.plans import CLASSES
from rechallenge.estimates.rows import Row
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings

FOLDER: Final = Path(__file__).parents[1] / "reference" / "exposure"
SETTINGS: Final = StatisticsSettings(
    covariates=(Covariate(name="sex", reference="0"),), exposure_landmarks_months=(1.0, 3.0), few_events=5
)
Difference = tuple[str, str, float]


def transplants() -> pd.DataFrame:
    """The transplants as if they were rechallenges: acceptance is progression; `sex` stands for earlier surgery."""
    own = pd.read_csv(FOLDER / "jasa.csv", dtype={"patient_id": str})
    start = pd.Timestamp("1970-01-01")
    waited = pd.to_timedelta(own["exposed_days"], unit="D")
    return own.assign(
        entry_days=0.0, first_ici_start=start, days_to_progression=0.0, rechallenge_start=start + waited,
        sex=own["surgery"].astype(str), resistance=own["surgery"].map({0: "acquired", 1: "primary"}),
    )  # fmt: skip


def differences() -> Iterator[Difference]:
    """Yield quantity, data set, and the largest relative difference from R."""
    answers = json.loads((FOLDER / "answers.json").read_text(encoding="utf-8"))
    yield from _published(answers["published"])
    frame, expected = transplants(), answers["own"]
    rows = exposure.exposure(frame, SETTINGS, DefinitionSettings().resolved().progression_pattern).rows
    yield from _cox(rows, exposure.NAIVE, exposure.EXPOSURE, expected["naive"], 0)
    yield "exposure: log-rank, naive", "jasa", _relative(_of(rows, exposure.NAIVE, "chi2"), expected["naive_logrank"])
    for level, name in ((exposure.EVER, "ever"), (exposure.NEVER, "never")):
        own = _row(rows, exposure.NAIVE, "median", level=level)
        yield "exposure: medians", "jasa", _months(own, expected["naive_median"][name])
    yield from _cox(rows, exposure.TIME_DEPENDENT, exposure.EXPOSURE, expected["time_dependent"], 0)
    for place, term in enumerate((exposure.EXPOSURE, "sex")):
        yield from _cox(rows, exposure.ADJUSTED, term, expected["adjusted"], place)
    yield "exposure: Mantel-Byar", "jasa", _relative(_of(rows, exposure.MANTEL_BYAR, "chi2"), expected["mantel_byar"])
    begins = _of(rows, exposure.SIMON_MAKUCH, "starts") * DAYS_PER_MONTH
    yield "exposure: Simon-Makuch", "jasa", _relative(begins, expected["begins"])
    for level, name in ((exposure.EVER, "exposed"), (exposure.NEVER, "unexposed")):
        own = _row(rows, exposure.SIMON_MAKUCH, "median", level=level)
        yield "exposure: Simon-Makuch", "jasa", _months(own, expected[name]["median"])
        for place, month in enumerate(SETTINGS.landmarks_months):
            own = _row(rows, exposure.SIMON_MAKUCH, "survival", level=level, at=month)
            for ours, theirs in ((own.estimate, "surv"), (own.lower, "lower"), (own.upper, "upper")):
                yield "exposure: Simon-Makuch", "jasa", _relative(ours, expected[name][theirs][place])
    yield from _landmarks(frame, expected)
    yield from _delayed(frame, answers["delayed"])


def _published(expected: dict[str, Any]) -> Iterator[Difference]:
    heart = pd.read_csv(FOLDER / "heart.csv")
    start, stop, event = (heart[name].to_numpy("float64") for name in ("start", "stop", "event"))
    for name, columns in (("unadjusted", ["transplant"]), ("adjusted", ["transplant", "age", "year", "surgery"])):
        fit = counting_process.fit(start, stop, event, heart[columns].to_numpy("float64"))
        answers = expected[name]
        for quantity, ours in (("coef", fit.coef), ("se", fit.std_error), ("p", fit.p)):
            theirs = np.atleast_1d(answers[quantity])
            yield "exposure: time-dependent Cox", "heart", float(np.max(np.abs(ours / theirs - 1)))
        statistic = _relative(fit.likelihood_ratio.chi2, answers["likelihood_ratio"])
        yield "exposure: time-dependent Cox", "heart", statistic
    test = counting_process.log_rank(start, stop, event, heart["transplant"].to_numpy(object))
    yield "exposure: Mantel-Byar", "heart", _relative(test.chi2, expected["mantel_byar"])


def _landmarks(frame: pd.DataFrame, expected: dict[str, Any]) -> Iterator[Difference]:
    rows = tuple(landmark.rows(exposure.with_exposure(frame), SETTINGS))
    for month, name in ((1.0, "landmark_1"), (3.0, "landmark_3")):
        own, answers = [row for row in rows if row.at == month], expected[name]
        yield from _cox(own, landmark.LANDMARK, landmark.BY_THEN, answers["cox"], 0)
        yield "exposure: landmark", "jasa", _relative(_of(own, landmark.LANDMARK, "chi2"), answers["logrank"])
        for place, level in enumerate((landmark.NO, landmark.YES)):
            median = _row(own, landmark.LANDMARK, "median", level=level).estimate * DAYS_PER_MONTH
            yield "exposure: landmark", "jasa", _relative(median, answers["median"][place])
        n = sum(_row(own, landmark.LANDMARK, "n", level=level).estimate for level in (landmark.NO, landmark.YES))
        yield "exposure: landmark", "jasa", _relative(n, answers["n"])


def _delayed(frame: pd.DataFrame, expected: dict[str, Any]) -> Iterator[Difference]:
    own = frame[frame["exposed_days"] < frame["days"]].assign(entry_days=lambda rows: rows["exposed_days"])
    rows = tuple(delayed_entry.rows(own, SETTINGS, CLASSES))
    for model, name in ((delayed_entry.ENTERED, "median"), (delayed_entry.IGNORED, "naive")):
        row = next(row for row in rows if row.model == model and row.statistic == "median" and row.term == "overall")
        yield "delayed entry: median", "jasa", _months(row, expected[name])
    yield from _cox(rows, delayed_entry.CHECK, delayed_entry.ENTRY, expected["entry"], 0)
    yield from _cox(rows, delayed_entry.ENTERED, "resistance", expected["surgery"], 0)
    yield "delayed entry: log-rank", "jasa", _relative(_of(rows, delayed_entry.ENTERED, "chi2"), expected["logrank"])


def _cox(rows: Any, model: str, term: str, expected: dict[str, Any], place: int) -> Iterator[Difference]:
    title = {delayed_entry.CHECK: "delayed entry: Cox", delayed_entry.ENTERED: "delayed entry: Cox"}.get(
        model, {exposure.NAIVE: "exposure: naive Cox", landmark.LANDMARK: "exposure: landmark"}.get(model, "")
    )
    for statistic, name in (("coef", "coef"), ("se", "se")):
        own = _row(rows, model, statistic, term=term)
        theirs = float(np.atleast_1d(expected[name])[place])
        yield title or "exposure: time-dependent Cox", "jasa", _relative(own.estimate, theirs)
        if statistic == "coef":
            p = float(np.atleast_1d(expected["p"])[place])
            yield title or "exposure: time-dependent Cox", "jasa", _relative(own.p, p)


def _row(rows: Any, model: str, statistic: str, *, term: str = "", level: str = "", at: float | None = None) -> Row:
    return next(
        row
        for row in rows
        if (row.model, row.statistic) == (model, statistic)
        and (not term or row.term == term)
        and (not level or row.level == level)
        and (at is None or row.at == at)
    )


def _of(rows: Any, model: str, statistic: str) -> float:
    return _row(rows, model, statistic).estimate


def _months(row: Row, days: list[float | None]) -> float:
    ours = (row.estimate, row.lower, row.upper)
    return max(_relative(value * DAYS_PER_MONTH, day) for value, day in zip(ours, days, strict=True))


def _relative(ours: float, theirs: float | None) -> float:
    if theirs is None or np.isnan(ours):
        return 0.0 if theirs is None and np.isnan(ours) else float("inf")
    return abs(ours - theirs) / max(abs(theirs), 1e-12)
