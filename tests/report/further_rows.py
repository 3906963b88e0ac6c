"""Rows of the invented study on response, further endpoints, and how much the definitions matter."""

from collections.abc import Iterator
from dataclasses import replace

from rechallenge.estimates.rows import NAN, Row, placed

AGAIN = {"population": "rechallenge"}
MAIN_PRESET = {"resistance": "index_inclusive", "progression_pattern": "index"}
# preset -> (progressed: moved, agreement), (rechallenge: moved, agreement), moves of the rechallenge set
OTHER_PRESETS = {
    "resistance": {
        "index_literal": ((41, 65.8), (12, 70.0), {("acquired", "unclassified"): 9, ("primary", "unclassified"): 3}),
        "sitc_2020": (
            (55, 54.2),
            (16, 60.0),
            {("acquired", "late_progression"): 4, ("acquired", "unclassified"): 7, ("primary", "not_evaluable"): 5},
        ),
        "schoenfeld_2021": ((90, 25.0), (29, 27.5), {("acquired", "not_acquired"): 11, ("primary", "no_class"): 18}),
    },
    "progression_pattern": {
        "hosoya_2021": ((30, 75.0), (9, 77.5), {("systemic", "oligo"): 9}),
        "heo_2021": ((52, 56.7), (18, 55.0), {("systemic", "unknown"): 8, ("oligo", "unknown"): 10}),
    },
}  # fmt: skip
CURVE = {
    "resistance": (1440, 1120, 2.1, 0.71, 5.9, 1.5, 2.9, 94.3, 41.2, 40.0, 2.4),
    "progression_pattern": (1440, 1300, 1.6, 0.4, 4.4, 1.2, 2.2, 81.0, 22.5, 22.5, 1.1),
    "interval_treatment": (1440, 1440, 0.7, 0.3, 1.4, 0.6, 0.9, 88.8, 12.0, 11.9, -1.2),
}
SHIFTS = {
    "resistance": {"resistance.preset": 1.83, "endpoints.preset": 1.31, "model": 1.12},
    "progression_pattern": {"progression_pattern.preset": 2.24, "endpoints.preset": 1.4, "model": 1.2},
    "interval_treatment": {"re_exposure.preset": 1.5, "endpoints.preset": 1.9, "model": 1.05},
}
SCENARIOS = {
    "sensitivity_dates_earliest": (40, 2.31, 0.031),
    "sensitivity_lesions_worst_case": (40, 2.6, 0.019),
    "sensitivity_unclassified_excluded": (37, 2.9, 0.012),
    "sensitivity_confirmed_progression": (21, 1.7, 0.2),
}


def response_rows() -> Iterator[Row]:
    """Response rates and best responses of the three sets, and of rechallenge by resistance."""
    for keys, n, controlled, responders in (
        ({"population": "first_ici"}, 160.0, 88.0, 41.0),
        ({"population": "rechallenge", "endpoint": "first_ici"}, 40.0, 28.0, 11.0),
        (AGAIN, 40.0, 19.0, 3.0),
    ):
        own = {**keys, "term": "overall", "n": n}
        yield from _rates(responders, controlled, **own)
        counts = {"CR": 1.0, "PR": responders - 1, "SD": controlled - responders, "PD": n - controlled - 4, "NE": 3.0}
        for level, count in {**counts, "unknown": 1.0}.items():
            yield Row("n", count, model="best_response", level=level, **own)
            yield Row("percent", 100 * count / n, model="best_response", level=level, **own)
    for level, n, responders, controlled in (("acquired", 22.0, 3.0, 13.0), ("primary", 18.0, 0.0, 6.0)):
        yield from _rates(responders, controlled, **AGAIN, term="resistance", level=level, n=n)
        own = {**AGAIN, "model": f"best_response|resistance={level}", "term": "overall", "n": n}
        yield Row("n", responders, level="PR", **own)
        yield Row("percent", 100 * responders / n, level="PR", **own)


def _rates(responders: float, controlled: float, **keys: object) -> Iterator[Row]:
    own = {"model": "response_rate", "confidence": 0.95, "method": "Clopper-Pearson", **keys}
    n = float(own["n"])
    for statistic, count in (("orr", responders), ("dcr", controlled)):
        share = 100 * count / n
        yield Row(statistic, share, max(share - 11.5, 0), share + 12.5, events=count, **own)


def ratio_rows() -> Iterator[Row]:
    """The PFS ratio overall and by resistance; of the second class the median is not reached."""
    for term, level, n, median, above in (
        ("overall", "", 40.0, 0.62, 22.5),
        ("resistance", "acquired", 22.0, 0.55, 14.0),
        ("resistance", "primary", 18.0, NAN, NAN),
    ):
        own = {**AGAIN, "endpoint": "PFS", "model": "pfs_ratio", "term": term, "level": level, "n": n, "events": n - 4}
        yield Row("n", n, **own)
        yield Row("ratio_median", median, 0.41, NAN, confidence=0.95, **own)
        yield Row("ratio_above", above, above - 10, above + 14, at=1.33, confidence=0.95, **own)


def concordance_rows() -> Iterator[Row]:
    """Moves between presets, and patients near a cutoff."""
    for term, presets in OTHER_PRESETS.items():
        main = MAIN_PRESET[term]
        for preset, (early, again, moves) in presets.items():
            for population, n, (moved, agreement) in (("progressed", 120.0, early), ("rechallenge", 40.0, again)):
                own = {"model": "preset_concordance", "population": population, "term": term, "n": n}
                yield Row("moved", float(moved), level=preset, reference=main, **own)
                yield Row("agreement", agreement, level=preset, reference=main, **own)
            for (before, after), count in moves.items():
                own = {**AGAIN, "model": "preset_concordance", "term": term, "n": 40.0}
                yield Row("n", float(count), level=f"{preset}={after}", reference=f"{main}={before}", **own)
    for preset, near in (("index_inclusive", 9.0), ("sitc_applied", 11.0)):
        for population, part in (("progressed", 1.0), ("rechallenge", 1 / 3)):
            own = {"model": "boundary", "population": population, "term": "resistance", "level": preset}
            yield Row("n", round(near * part), n=40.0, **own)
            yield Row("class_changes", round(near * part) - 1.0, n=round(near * part), **own)


def curve_rows() -> Iterator[Row]:
    """The specification curve of the three effects."""
    names = (
        "specifications", "fitted", "hr_median", "hr_min", "hr_max", "hr_q1", "hr_q3", "same_sign", "small_p",
        "same_sign_and_small_p", "median_difference_median",
    )  # fmt: skip
    own = {**AGAIN, "endpoint": "PFS", "model": "specification_curve"}
    for term, values in CURVE.items():
        for statistic, value in zip(names, values, strict=True):
            yield Row(statistic, float(value), n=1440.0, term=term, **own)
        for key, shift in SHIFTS[term].items():
            yield Row("shift", shift, n=90.0, term=term, level=key, **own)


def lesion_rows() -> Iterator[Row]:
    """Measured lesions against reports."""
    for statistic, value in (("compared", 211.0), ("equal", 198.0), ("different", 13.0)):
        yield Row(statistic, value, model="lesion_agreement")
    for level, value in (("PD=>SD", 8.0), ("SD=>PR", 5.0), ("SD=>SD", 198.0)):
        yield Row("n", value, model="lesion_agreement", level=level)


def scenario_rows(main: list[Row]) -> Iterator[Row]:
    """The rows of the main analysis under each scenario, with other numbers."""
    kept = [
        row
        for row in main
        if row.population == "rechallenge"
        and (row.endpoint, row.model) in {("PFS", "kaplan_meier"), ("PFS", "log_rank"), ("PFS", "cox_multivariable")}
        and row.statistic in ("median", "p", "hr", "n", "events")
    ]
    for analysis, (n, ratio, p) in SCENARIOS.items():
        changed = (
            replace(row, estimate=ratio, p=p, n=float(n))
            if row.statistic == "hr"
            else replace(row, n=float(n), estimate=float(n) if row.statistic == "n" else row.estimate)
            for row in kept
        )
        yield from placed(changed, analysis=analysis)
