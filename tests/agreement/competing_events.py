"""Competing events: incidences, tests and models, on a made-up cohort with ties and events on day 0."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pandas as pd

from rechallenge.estimates.competing_events import competing
from rechallenge.estimates.plans import CLASSES, Plan
from rechallenge.estimates.rows import Row
from rechallenge.settings.statistics import StatisticsSettings
from tests.agreement.exposure import _relative

FOLDER: Final = Path(__file__).parents[1] / "reference" / "competing"
PLAN: Final = Plan("PFS", "rechallenge", compare=("resistance",))


def differences() -> Iterator[tuple[str, str, float]]:
    """Yield quantity, data set, and the relative difference from R."""
    answers = json.loads((FOLDER / "answers.json").read_text(encoding="utf-8"))
    frame = pd.read_csv(FOLDER / "pfs.csv", dtype={"patient_id": str, "days": float}).assign(entry_days=0.0)
    for interval in ("log", "log-log", "plain"):
        rows = competing(frame, PLAN, StatisticsSettings(km_interval=interval), CLASSES).rows
        for group, expected in answers["curves"].items():
            for cause, at in expected[interval].items():
                own = _of(rows, f"cumulative_incidence|{cause}", "cumulative_incidence")
                own = [row for row in own if row.level == ("" if group == "overall" else group)]
                for place, row in enumerate(sorted(own, key=lambda row: row.at)):
                    quantity = "competing events: cumulative incidence"
                    yield quantity, "pfs", _relative(row.estimate, at["estimate"][place])
                    for ours, name in ((row.lower, "lower"), (row.upper, "upper")):
                        theirs = min(max(at[name][place], 0.0), 1.0)
                        yield f"{quantity}, {interval} limits", "pfs", _relative(ours, theirs)
    for cause in ("progression", "death"):
        (chi2,) = _of(rows, f"gray|{cause}", "chi2")
        yield "competing events: Gray's test", "pfs", _relative(chi2.estimate, answers["gray"][cause])
        for model, title in (("cause_specific", "cause-specific Cox"), ("fine_gray", "Fine-Gray")):
            for statistic in ("coef", "se"):
                (own_row,) = _of(rows, f"{model}|{cause}", statistic)
                theirs = answers[model][cause][statistic]
                quantity = f"competing events: {title}, {'standard error' if statistic == 'se' else 'coefficient'}"
                yield quantity, "pfs", _relative(own_row.estimate, theirs)


def _of(rows: tuple[Row, ...], model: str, statistic: str) -> list[Row]:
    return [row for row in rows if row.model == model and row.statistic == statistic]
