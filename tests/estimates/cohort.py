"""A small made-up cohort, and the reference data sets with R's answers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rechallenge.dates import DAYS_PER_MONTH

REFERENCE = Path(__file__).parents[1] / "reference"
DATA_SETS = tuple(sorted(path.stem for path in REFERENCE.glob("*.csv")))


def reference(name: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a reference data set and R's answers (tests/reference/reference.R)."""
    answers = json.loads((REFERENCE / "r" / f"{name}.json").read_text(encoding="utf-8"))
    return pd.read_csv(REFERENCE / f"{name}.csv"), answers


def made_up_cohort(n: int, seed: int = 7) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return classified, adtte and cohort of `n` rechallenged patients and as many who were not."""
    rng = np.random.default_rng(seed)
    size, again = 2 * n, np.arange(2 * n) < n
    ids = [f"P{number:05d}" for number in range(size)]
    resistance = rng.choice(["primary", "acquired"], size)
    pattern = rng.choice(["oligo", "systemic", "unknown"], size, p=[0.5, 0.4, 0.1])
    interval = rng.choice(["true", "false"], size)
    best_again = np.random.default_rng(seed).choice(["PR", "SD", "PD", "NE"], size)
    start = pd.Timestamp("2019-01-01") + pd.to_timedelta(rng.integers(0, 600, size), unit="D")
    gap = rng.integers(60, 500, size)
    text = lambda values: pd.Series(np.where(again, values, None), dtype=object)  # noqa: E731
    classified = pd.DataFrame(
        {
            "patient_id": ids,
            "eligible": again,
            "first_ici_drug": rng.choice(["nivolumab", "sintilimab"], size),
            "first_ici_start": start,
            "days_to_progression": gap,
            "months_to_progression": gap / DAYS_PER_MONTH,
            "best_response": rng.choice(["PR", "SD", "PD"], size),
            "rechallenge_best_response": text(best_again),
            "analysis_exclusion": None,
            "resistance": resistance,
            "progression_pattern": pattern,
            "interval_treatment": text(interval),
            "rechallenge_start": pd.Series(start + pd.to_timedelta(gap, unit="D")).where(again),
            "rechallenge_kind": text("rechallenge"),
            "rechallenge_type": text(rng.choice(["monotherapy", "chemotherapy", "anti_angiogenic"], size)),
            "age": rng.integers(40, 95, size).astype(float),
            "sex": rng.choice(["male", "female"], size),
            "smoking": rng.choice(["ever", "never", None], size),
            "ecog": rng.choice([0.0, 1.0, 2.0], size),
            "ecog_1_or_more": rng.choice(["true", "false"], size),
            "histology_group": rng.choice(["squamous", "non_squamous"], size),
            "pd_l1_group": rng.choice(["<1%", "1-49%", ">=50%", None], size),
            "brain_metastasis": np.random.default_rng(seed + 1).choice(["yes", "no", None], size, p=[0.2, 0.7, 0.1]),
            "liver_metastasis": np.random.default_rng(seed + 2).choice(["yes", "no"], size, p=[0.2, 0.8]),
            "local_therapy_at_progression": rng.choice(["true", "false"], size),
        }
    )
    rate = np.exp(1.0 * (resistance == "primary") + 0.8 * (pattern == "systemic") - 0.4 * (interval == "true"))
    follow = rng.integers(100, 900, size)
    pfs = np.ceil(rng.exponential(200 / rate))
    os = pfs + np.ceil(rng.exponential(300, size))
    parts = []
    for endpoint, population, true, entry, chosen in (
        ("PFS", "rechallenge", pfs, 0 * gap, again),
        ("OS", "rechallenge", os, 0 * gap, again),
        ("TTNT", "rechallenge", np.ceil(1.2 * pfs), 0 * gap, again),
        ("PFS1", "rechallenge", gap, 0 * gap, again),
        ("OS1", "rechallenge", os + gap, gap, again),
        ("PFS1", "first_ici", gap, 0 * gap, ~again | again),
        ("OS1", "first_ici", os + gap, 0 * gap, ~again | again),
        ("DOR1", "first_ici", gap - 50, 0 * gap, ~again | again),
    ):
        days = np.minimum(true, follow + entry)
        part = pd.DataFrame(
            {
                "analysis": "main",
                "population": population,
                "patient_id": ids,
                "endpoint": endpoint,
                "days": days.astype(float),
                "months": days / DAYS_PER_MONTH,
                "entry_days": entry.astype(float),
                "event": (true <= follow + entry).astype(int),
            }
        )
        parts.append(part[chosen])
    adtte = pd.concat(parts, ignore_index=True)
    cohort = pd.DataFrame({"patient_id": ids, "in_first_ici": True, "in_progressed": True, "eligible": again})
    return classified, adtte, cohort


ATTRITION = pd.DataFrame(
    {
        "step": [0, 1, 2],
        "criterion": ["extract", "nsclc", "minimum_data"],
        "excluded": [0, 5, 40],
        "remaining": [85, 80, 40],
        "not_evaluable": [0, 1, 0],
    }
)
