"""PFS as intervals: Turnbull's curve and Weibull models, on a made-up cohort and the breast cosmesis data."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import interval_censored as ic
from rechallenge.estimates.plans import CLASSES
from rechallenge.estimates.rows import Row
from rechallenge.settings.statistics import StatisticsSettings
from tests.agreement.competing_events import PLAN
from tests.agreement.exposure import _relative

FOLDER: Final = Path(__file__).parents[1] / "reference" / "interval_censored"


def cosmesis() -> pd.DataFrame:
    """Months between which breast retraction appeared, after radiotherapy (Finkelstein and Wolfe 1985)."""
    own = pd.read_csv(FOLDER / "breast_cosmesis.csv")
    return own.assign(upper=own["upper"].fillna(np.inf))


def differences() -> Iterator[tuple[str, str, float]]:
    """Yield quantity, data set, and the difference from R: of curves absolute, else relative."""
    answers = json.loads((FOLDER / "answers.json").read_text(encoding="utf-8"))
    frame = pd.read_csv(FOLDER / "pfs.csv", dtype={"patient_id": str, "days": float}).assign(entry_days=0.0)
    curve = ic.turnbull(*ic.bounds(frame))
    yield "interval-censored: Turnbull's curve", "pfs", _apart(curve, answers["interval"]["curve"])
    own = cosmesis()
    curve = ic.turnbull(own["lower"].to_numpy("float64"), own["upper"].to_numpy("float64"))
    yield "interval-censored: Turnbull's curve", "breast cosmesis", _apart(curve, answers["cosmesis"]["radiotherapy"])
    rows = tuple(ic.rows(frame, PLAN, StatisticsSettings(), CLASSES))
    median = _row(rows, ic.INTERVAL, "median", term="overall").estimate * DAYS_PER_MONTH
    theirs = answers["interval"]["curve"]["survfit_median"]
    yield "interval-censored: median of the curve", "pfs", _relative(median, theirs)
    for model, name in ((ic.INTERVAL, "interval"), (ic.MIDPOINT, "midpoint"), (ic.RIGHT_END, "right_end")):
        expected = answers[name]
        row = _row(rows, model, "weibull_hr")
        hazard = expected["hazard"]
        yield "interval-censored: Weibull hazard ratio", "pfs", _relative(np.log(row.estimate), hazard["log_hazard"])
        error = np.log(row.upper / row.lower) / (2 * 1.959963984540054)
        yield "interval-censored: Weibull standard error", "pfs", _relative(error, hazard["se"])
        if name == "interval":
            continue
        yield (
            "interval-censored: Cox, other dating",
            "pfs",
            _relative(_row(rows, model, "coef").estimate, expected["cox"]["coef"]),
        )
        middle = _row(rows, model, "median", term="overall")
        for ours, day in zip((middle.estimate, middle.lower, middle.upper), expected["median"], strict=True):
            yield "interval-censored: median, other dating", "pfs", _relative(ours * DAYS_PER_MONTH, day)


def _apart(curve: ic.Turnbull, expected: dict[str, Any]) -> float:
    """The largest distance where R's curve is defined by all of its mass up to then."""
    steps = np.concatenate([[1.0], curve.survival])
    ours = steps[np.searchsorted(curve.upper, np.asarray(expected["times"], dtype="float64"), side="right")]
    return float(np.abs(ours - np.asarray(expected["exact"], dtype="float64")).max())


def _row(rows: tuple[Row, ...], model: str, statistic: str, *, term: str = "resistance") -> Row:
    return next(row for row in rows if (row.model, row.statistic, row.term) == (model, statistic, term))
