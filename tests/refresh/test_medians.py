"""Why a median moved: each part recomputed, and the parts add up."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from rechallenge.refresh.groups import Members
from rechallenge.refresh.medians import decompositions
from rechallenge.refresh.sentences import account, change
from rechallenge.refresh.sets import AnalysisSets
from rechallenge.refresh.snapshot import Snapshot
from rechallenge.refresh.told import view
from rechallenge.settings.statistics import StatisticsSettings

MONTH = 30.4375
ID = "main/PFS/rechallenge/kaplan_meier/overall/median"


def study(times, median=None, term="overall", level="", resistance=None, interval=(math.nan, math.nan)):
    """A study of rechallenge PFS: (months, event) by patient; the median that was printed."""
    resistance = resistance or {}
    patients = pd.DataFrame(
        [
            {
                "analysis": "main", "patient_key": key, "excluded_by": "", "first_ici": True, "progressed": True,
                "rechallenge": True, "resistance": resistance.get(key, "primary"),
            }
            for key in times
        ]
    )  # fmt: skip
    rows = [
        {
            "analysis": "main", "population": "rechallenge", "endpoint": "PFS", "patient_key": key,
            "days": months * MONTH, "entry_days": 0.0, "event": float(event), "event_type": "",
        }
        for key, (months, event) in times.items()
    ]  # fmt: skip
    own = [row for row in rows if not level or resistance.get(row["patient_key"], "primary") == level]
    estimates = pd.DataFrame(
        [
            {
                "estimate_id": ID, "analysis": "main", "endpoint": "PFS", "population": "rechallenge",
                "model": "kaplan_meier", "term": term, "level": level, "statistic": "median",
                "estimate": math.nan if median is None else float(median), "lower": interval[0], "upper": interval[1],
                "n": float(len(own)), "events": sum(row["event"] for row in own),
            }
        ]
    )  # fmt: skip
    none = pd.DataFrame()
    sets = AnalysisSets([frozenset(row["patient_key"] for row in own)], {ID: (0, -1)})
    return Snapshot(pd.Timestamp("2021-12-31"), {}, patients, pd.DataFrame(rows), sets, none, estimates, none, {}, {})


def found(old, new):
    return decompositions(
        Members(old), Members(new), old.estimates, new.estimates, StatisticsSettings(), "main"
    )  # fmt: skip


def steps(old, new):
    (one,) = found(old, new)
    return [(step.name, step.patients, round(step.median, 6), round(step.alone, 6)) for step in one.steps]


OLD = {"a": (1, 1), "b": (2, 1), "c": (3, 1), "d": (4, 0), "e": (5, 1)}


def test_nothing_moved_is_not_told():
    assert found(study(OLD, 3), study(OLD, 3)) == []


def test_only_new_patients():
    """Three more with late events: 3 of 8 are gone by month 3, the fourth event comes at month 5."""
    new = {**OLD, "f": (7, 1), "g": (8, 1), "h": (9, 1)}
    # After month 3: 5/8; d is censored at 4; at 5: 5/8 x 3/4 = 0.47.
    assert steps(study(OLD, 3), study(new, 5)) == [("entered", 3, 5, 5)]


def test_only_patients_who_left():
    new = {key: OLD[key] for key in ("b", "c", "e")}
    assert steps(study(OLD, 3), study(new, 3)) == [("left", 2, 3, 3)]
    assert steps(study(OLD, 3), study({key: OLD[key] for key in ("a", "b")}, 1.5)) == [("left", 3, 1.5, 1.5)]


def test_only_longer_follow_up():
    """d, censored at 4, has an event at 9: the curve falls to a half at 3 as before; c alone would have moved it."""
    assert steps(study({**OLD, "c": (3, 0)}, 5), study({**OLD, "c": (6, 1)}, 5)) == [("followed", 1, 5, 5)]


def test_corrected_history_goes_before_those_who_enter():
    new = {**OLD, "c": (2.5, 1), "f": (9, 1), "g": (9, 1), "h": (9, 1)}
    names = [(name, patients) for name, patients, _, _ in steps(study(OLD, 3), study(new, 5))]
    assert names == [("corrected", 1), ("entered", 3)]


def test_every_part_at_once_adds_up_to_the_whole():
    old = study({"a": (1, 1), "b": (2, 1), "c": (3, 1), "d": (4, 0), "x": (9, 1)}, 3)
    new = study({"a": (1, 1), "b": (2.5, 1), "c": (3, 1), "d": (8, 1), "f": (6, 1), "g": (7, 1)}, 4.5)
    (one,) = found(old, new)
    assert [step.name for step in one.steps] == ["left", "corrected", "entered", "followed"]
    assert one.steps[-1].median == pytest.approx(one.now)
    told = account(one, view(private=True, smallest=5))
    changes = [float(part.change.replace("−", "-").replace("±", "")) for part in told.parts]
    assert sum(changes) == pytest.approx(float(told.now) - float(told.before))


def test_what_another_method_makes_of_the_same_patients_is_a_step_of_its_own():
    """The release printed 3.4 for the patients whose median is 3 today."""
    new = {**OLD, "f": (7, 1), "g": (8, 1), "h": (9, 1)}
    assert steps(study(OLD, 3.4), study(new, 5)) == [("method", 5, 3, 3), ("entered", 3, 5, 5)]


def test_whom_other_definitions_put_out_of_the_old_set_are_part_of_the_method():
    """Run again under today's definitions, d and e are not in the old set: 3 becomes 2, then f enters."""
    again = study({key: OLD[key] for key in ("a", "b", "c")}, 2)
    old, new = study(OLD, 3), study({**{key: OLD[key] for key in ("a", "b", "c")}, "f": (9, 1)}, 2.5)
    (one,) = decompositions(
        Members(old), Members(new), old.estimates, new.estimates, StatisticsSettings(), "main", again=Members(again)
    )
    assert (one.n_before, one.n_now) == (5, 4)
    assert [(step.name, step.patients, round(step.median, 6)) for step in one.steps] == [
        ("method", 5, 2),
        ("entered", 1, 2.5),
    ]
    told = account(one, view(private=True, smallest=5))
    # Alone, too, the part is made to the old set under today's definitions, whose median is 2.
    assert [(part.change, part.alone) for part in told.parts] == [("−1.0", "−1.0"), ("+0.5", "+0.5")]


def test_a_median_that_is_not_reached_has_no_difference():
    old, new = study({"a": (1, 1), "b": (2, 0), "c": (2, 0)}), study({"a": (1, 1), "b": (6, 1), "c": (6, 1)}, 6)
    (one,) = found(old, new)
    assert math.isnan(one.before)
    told = account(one, view(private=True, smallest=5))
    assert (told.before, told.now, told.change) == ("NR", "6.0", "–")
    assert told.answer == (
        "The median of progression-free survival from the start of rechallenge went from NR to 6.0 (months; NR: not "
        "reached): 3 patients with 3 events, instead of 3 with 1.",
    )


def test_within_a_class_who_changed_class_leaves_and_enters():
    primary, moved = {"a": "primary", "b": "primary"}, {"a": "primary", "b": "acquired"}
    times = {"a": (1, 1), "b": (5, 1)}
    old = study(times, 3, "resistance", "primary", primary)
    new = study(times, 1, "resistance", "primary", moved)
    assert steps(old, new) == [("left", 1, 1, 1)]


def test_a_group_whose_members_are_not_known_is_left_out():
    old, new = study(OLD, 3), study({**OLD, "f": (9, 1)}, 4)
    assert len(found(old, new)) == 1
    assert found(old, replace(new, sets=AnalysisSets([], {}))) == []


def test_each_line_is_the_set_after_its_step():
    """a leaves; c's event comes half a month earlier; f and g enter; d, censored at 4, has the event at 8."""
    old = study({"a": (1, 1), "b": (2, 1), "c": (3, 1), "d": (4, 0), "x": (9, 1)}, 3)
    new = study({"b": (2, 1), "c": (2.5, 1), "d": (8, 1), "x": (9, 1), "f": (6, 1), "g": (7, 0)}, 6)
    (one,) = found(old, new)
    told = account(one, view(private=True, smallest=5))
    assert [(part.words, part.n, part.events) for part in told.parts] == [
        ("1 patient left", "4", "3"),
        ("The history of 1 patient was corrected", "4", "3"),
        ("2 patients entered", "6", "4"),
        ("1 patient was followed up longer", "6", "5"),
    ]
    assert (told.n_before, told.events_before, told.n_now, told.events_now) == ("5", "4", "6", "5")
    assert told.change_by("entered") == told.parts[2].change
    assert told.change_by("method") == ""


def test_few_events_of_a_step_are_not_told_where_its_patients_are():
    """Five enter, four of them with the event: on the shareable side the step is told, its events are not."""
    new = {**OLD, **dict.fromkeys("fghi", (7, 1)), "j": (7, 0)}
    (one,) = found(study(OLD, 3), study(new, 5))
    shared, private = (account(one, view(private=side, smallest=5)) for side in (False, True))
    assert [(part.n, part.events) for part in shared.parts] == [("10", "")]
    assert [(part.n, part.events) for part in private.parts] == [("10", "8")]


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [((1.0, 6.0), (2.0, math.nan), True), ((1.0, 4.0), (2.0, 6.0), False), ((math.nan, math.nan), (2.0, 6.0), False)],
)
def test_a_move_inside_both_intervals_is_said_to_be(before, now, said):
    new = {**OLD, "f": (7, 1), "g": (8, 1), "h": (9, 1)}
    (one,) = found(study(OLD, 3, interval=before), study(new, 5, interval=now))
    answer = account(one, view(private=True, smallest=5)).answer
    assert any("lies in the 95% confidence interval of the other" in sentence for sentence in answer) == said


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [(4.37, 4.63, "+0.2"), (4.63, 4.67, "+0.1"), (5.0, 4.0, "−1.0"), (3.01, 2.99, "±0"), (math.nan, 2.0, "–")],
)
def test_differences_are_those_of_the_printed_medians(before, now, said):
    assert change(before, now) == said


def test_few_patients_are_not_told_on_the_shareable_side():
    new = {**OLD, "f": (7, 1), "g": (8, 1), "h": (9, 1)}
    (one,) = found(study(OLD, 3), study(new, 5))
    private, shared = (account(one, view(private=side, smallest=5)) for side in (True, False))
    assert private.answer[1] == "Step by step: 3 patients entered, +2.0."
    assert shared.parts == ()
    assert "fewer than 5 patients" in shared.answer[1]
    assert account(one, view(private=False, smallest=3)) == private
