"""Small frames like those of the statistics, made by hand for the figures' tests."""

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from rechallenge.figures import style


def curve(
    times: list[float],
    events: list[int],
    *,
    endpoint: str = "PFS",
    population: str = "rechallenge",
    term: str = "overall",
    level: str = "",
) -> pd.DataFrame:
    """Kaplan-Meier rows of one group (Greenwood, interval `log`), one per distinct time and one at time 0."""
    frame = pd.DataFrame({"time": times, "event": events}).sort_values("time")
    distinct = sorted({0.0, *frame["time"].astype(float)})
    survival, variance, rows = 1.0, 0.0, []
    for time in distinct:
        at_risk = int((frame["time"] >= time).sum())
        died = int(frame.loc[frame["time"] == time, "event"].sum())
        censored = int((frame["time"] == time).sum()) - died
        if died:
            survival *= 1 - died / at_risk
            variance += died / (at_risk * (at_risk - died)) if at_risk > died else np.nan
        half = 1.959964 * np.sqrt(variance)
        lower, upper = survival * np.exp(-half), min(1.0, survival * np.exp(half)) if half == half else np.nan
        rows.append((time, survival, lower, upper, at_risk, died, censored))
    names = ["time_months", "survival", "lower", "upper", "at_risk", "events", "censored"]
    table = pd.DataFrame(rows, columns=names)
    keys = {"analysis": "main", "endpoint": endpoint, "population": population, "term": term, "level": level}
    return table.assign(**keys)[[*keys, *names]]


def cohort(n: int, scale: float, seed: int, censoring: float = 20.0) -> tuple[list[float], list[int]]:
    """Times in months and events of n patients, exponential with independent censoring."""
    random = np.random.default_rng(seed)
    event_time, censor_time = random.exponential(scale, n), random.uniform(2, censoring, n)
    times = np.ceil(np.minimum(event_time, censor_time) * 30.4375) / 30.4375
    return list(times), list((event_time <= censor_time).astype(int))


def estimate(
    model: str,
    statistic: str,
    *,
    endpoint: str = "PFS",
    population: str = "rechallenge",
    term: str = "overall",
    level: str = "",
    reference: str = "",
    estimate: float = np.nan,
    lower: float = np.nan,
    upper: float = np.nan,
    p: float = np.nan,
    n: float = np.nan,
    events: float = np.nan,
    method: str = "",
    confidence: float = 0.95,
) -> dict[str, object]:
    """One row of the results table."""
    return {
        "estimate_id": "/".join(filter(None, (endpoint, population, model, term, level, reference, statistic))),
        "analysis": "main",
        "endpoint": endpoint,
        "population": population,
        "model": model,
        "term": term,
        "level": level,
        "reference": reference,
        "statistic": statistic,
        "at": np.nan,
        "estimate": estimate,
        "lower": lower,
        "upper": upper,
        "confidence": confidence,
        "method": method,
        "p": p,
        "n": n,
        "events": events,
    }


# In print, at the size of the figure.
SMALLEST_POINTS = 6.0


def collisions(figure: Figure) -> list[str]:
    """Texts that overlap, are cut off by the edge of the figure, or are too small to be printed."""
    style.set_fonts(figure)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    shown = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in shown]
    page = figure.bbox
    found = [
        f"{text} is cut off"
        for text, box in boxes
        if box.x0 < page.x0 - 1 or box.x1 > page.x1 + 1 or box.y0 < page.y0 - 1 or box.y1 > page.y1 + 1
    ]
    found += [f"{text.get_text()} is too small" for text in shown if text.get_fontsize() < SMALLEST_POINTS]
    for at, (text, box) in enumerate(boxes):
        for other, beside in boxes[at + 1 :]:
            across = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            down = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            if across > 1 and down > 0.35 * min(box.height, beside.height):
                found.append(f"{text} covers {other}")
    return found


def cox_rows() -> list[dict[str, object]]:
    """Rows of both Cox models of rechallenge PFS: one covariate with a reference, one number."""
    method = "Cox, Efron ties, Wald interval"
    multivariable = {"n": 38, "events": 33, "method": method}
    univariable = {"n": 40, "events": 35, "method": method}
    of = {"term": "resistance", "level": "primary", "reference": "acquired"}
    return [
        estimate("cox_multivariable", "hr", **of, estimate=2.9, lower=1.4, upper=6.0, p=0.004, **multivariable),
        estimate("cox_multivariable", "hr", term="age", estimate=1.1, lower=0.8, upper=1.6, p=0.5, **multivariable),
        estimate("cox_univariable", "hr", **of, estimate=2.6, lower=1.3, upper=5.4, p=0.008, **univariable),
    ]


def patients(*rows: tuple[str, str, int, int, int, int, bool, int, bool]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Classified patients and their endpoints.

    A row: patient, resistance, days from the first ICI to its last dose, to progression and to rechallenge, days of
    rechallenge PFS, whether it is a progression, days of OS, whether it is a death.
    """
    start = pd.Timestamp("2019-01-01")
    frame = pd.DataFrame(
        rows, columns=["patient_id", "resistance", "last", "pd", "again", "pfs", "progressed", "os", "died"]
    )
    day = {name: start + pd.to_timedelta(frame[name], unit="D") for name in ("last", "pd", "again")}
    classified = pd.DataFrame(
        {
            "patient_id": frame["patient_id"],
            "eligible": True,
            "resistance": frame["resistance"],
            "first_ici_drug": "nivolumab",
            "first_ici_start": start,
            "first_ici_end": day["last"],
            "first_ici_progression": day["pd"],
            "rechallenge_start": day["again"],
            "same_ici": "true",
            "rechallenge_type": "chemotherapy",
            "interval_treatment": ["true" if at % 2 else "false" for at in range(len(frame))],
        }
    )
    endpoints = []
    for endpoint, days, event, kind in (("PFS", "pfs", "progressed", "progression"), ("OS", "os", "died", "death")):
        part = frame[["patient_id"]].assign(analysis="main", population="rechallenge", endpoint=endpoint)
        part["months"] = frame[days] / 30.4375
        part["event"] = frame[event].astype(int)
        part["event_type"] = [kind if happened else None for happened in frame[event]]
        endpoints.append(part)
    return classified, pd.concat(endpoints, ignore_index=True)
