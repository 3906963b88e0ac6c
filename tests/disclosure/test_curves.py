"""Curves of a public release: few readable rows in, the steps out."""

import numpy as np
import pandas as pd

from rechallenge.disclosure.counted import counted
from rechallenge.disclosure.curves import at_risk_records, protect_curves, protect_incidence, protect_specifications
from rechallenge.disclosure.suppression import suppressed
from rechallenge.settings.release import ReleaseSettings

PUBLIC = ReleaseSettings(level="public", smallest_count=3)
KEYS = {"analysis": "main", "endpoint": "PFS", "population": "rechallenge", "term": "overall", "level": ""}


def curve(times: list[float], events: list[int], **keys: str) -> pd.DataFrame:
    """Kaplan-Meier of one patient per time, from the start on."""
    at_risk = [len(times), *range(len(times), 0, -1)]
    survival = np.cumprod([1.0, *(1 - event / n for event, n in zip(events, at_risk[1:], strict=True))])
    return pd.DataFrame(
        {
            **KEYS, **keys, "time_months": [0.0, *times], "survival": survival, "lower": survival / 2,
            "upper": 1.0, "at_risk": at_risk, "events": [0, *events], "censored": [0, *(1 - event for event in events)],
        }
    )  # fmt: skip


def protected(curves: pd.DataFrame, release: ReleaseSettings = PUBLIC) -> pd.DataFrame:
    found = counted(at_risk_records(curves, release))
    why = suppressed(found.cells(), found.sums, release.smallest_count)
    return protect_curves(curves, found, why, release)


def test_one_point_per_month_as_far_as_three_are_at_risk() -> None:
    """At risk at 3 months are those whose time is 3.0 or later: 3; at 4 months 2, where the curve has ended."""
    made = protected(curve([0.4, 1.6, 2.2, 3.0, 4.5, 6.1], [1, 1, 0, 1, 1, 0]))
    assert made["time_months"].tolist() == [0, 1, 2, 3]
    assert made["at_risk"].tolist() == [6, 5, 4, 3]
    assert made["survival"].tolist() == [1, 0.833, 0.667, 0.444]
    assert made[["events", "censored"]].isna().all(axis=None)


def test_points_are_as_far_apart_as_the_setting_says() -> None:
    made = protected(
        curve([0.4, 1.6, 2.2, 3.0, 4.5, 6.1], [1, 1, 0, 1, 1, 0]), PUBLIC.model_copy(update={"curve_step_months": 3})
    )
    assert made["time_months"].tolist() == [0, 3]


def test_a_group_of_two_and_one_with_two_events_have_no_curve() -> None:
    few = curve([1.0, 2.0], [1, 1], term="resistance", level="primary")
    censored = curve([1.0, 2.0, 3.0, 4.0, 5.0], [1, 0, 1, 0, 0], term="resistance", level="acquired")
    whole = curve([1.0, 1.1, 2.0, 2.1, 3.0, 4.0, 5.0], [1, 1, 1, 1, 1, 1, 0])
    assert set(protected(pd.concat([whole, few, censored]))["term"]) == {"overall"}


def test_other_analyses_have_none() -> None:
    assert protected(curve([1.0, 2.0, 3.0, 4.0], [1, 1, 1, 0], analysis="literal")).empty


def test_numbers_at_risk_of_two_classes_do_not_give_a_small_one_back() -> None:
    """At 3 months 6 are at risk in all, 4 and 2 by class: of the 4, or the 6, one is not told either."""
    acquired = curve([0.5, 3.1, 4.0, 5.0, 6.0], [1, 1, 1, 1, 1], term="resistance", level="acquired")
    primary = curve([0.6, 1.7, 2.7, 3.5, 4.5], [1, 1, 1, 1, 1], term="resistance", level="primary")
    times = sorted([*acquired["time_months"][1:], *primary["time_months"][1:]])
    curves = pd.concat([curve(times, [1] * 10), acquired, primary], ignore_index=True)
    made = protected(curves)
    at_three = made[made["time_months"].eq(3)].set_index("level")["at_risk"]
    # The class of two has ended; of three numbers that add up, one could be had from the others.
    assert at_three.isna().sum() == 1
    assert "primary" not in at_three.index


def test_incidence_goes_in_steps_and_ends_with_the_numbers_at_risk() -> None:
    rows = [(0.0, 0.0, 6), (0.4, 0.17, 6), (2.2, 0.33, 4), (5.0, 0.5, 2)]
    frame = pd.DataFrame(rows, columns=["time_months", "incidence", "at_risk"]).assign(
        **KEYS, cause="progression", lower=np.nan, upper=np.nan
    )
    made = protect_incidence(frame, counted([]), {}, PUBLIC)
    assert made[["time_months", "incidence"]].to_numpy().tolist() == [[0, 0], [1, 0.17], [2, 0.17]]


def test_specifications_tell_no_count() -> None:
    frame = pd.DataFrame(
        {
            "id": ["s1"], "n": [41], "events": [33], "left_out": [0], "hr": [3.480024221], "lower": [1.5944],
            "upper": [7.6], "p": [0.00156], "median_difference": [-5.979466], "logrank_p": [0.00105],
            "reason": ["4 events, fewer than the declared minimum of 5."],
        }
    )  # fmt: skip
    made = protect_specifications(frame).iloc[0]
    assert made[["n", "events", "left_out"]].isna().all()
    assert made["hr"] == 3.48
    assert made["reason"] == "few events, fewer than the declared minimum of 5."
