"""Which endpoints are estimated, and which classes are always shown."""

import pandas as pd

from rechallenge.estimates.plans import PLANS, class_order, groups, plans_of, shown_classes


def test_own_endpoints_of_a_study_follow_and_have_no_models() -> None:
    adtte = pd.DataFrame(
        {
            "endpoint": ["PFS", "time_to_scan", "time_to_scan", "wait"],
            "population": ["rechallenge", "rechallenge", "rechallenge", "first_ici"],
        }
    )
    own = plans_of(adtte)[len(PLANS) :]
    assert [(plan.endpoint, plan.population, plan.compare, plan.models) for plan in own] == [
        ("time_to_scan", "rechallenge", ("resistance",), False),
        ("wait", "first_ici", (), False),
    ]


def test_the_classes_of_a_preset_without_primary_resistance() -> None:
    assert shown_classes("index_inclusive")["resistance"] == ("acquired", "primary")
    assert shown_classes("schoenfeld_2021")["resistance"] == ("acquired", "not_acquired")


def test_further_classes_follow_and_what_is_no_class_does_not() -> None:
    levels = pd.Series(["late_progression", "primary", "unclassified", "not_evaluable", None], dtype=object)
    shown = shown_classes("sitc_2020")
    assert list(class_order("resistance", levels, shown)) == ["acquired", "primary", "late_progression"]


def test_classes_are_crossed_within_every_shown_class() -> None:
    (plan,) = [plan for plan in PLANS if plan.crossed]
    frame = pd.DataFrame(
        {
            "resistance": ["acquired", "not_acquired"],
            "progression_pattern": ["oligo", "systemic"],
            "interval_treatment": ["true", "false"],
        }
    )
    terms = {term for term, _, _ in groups(frame, plan, shown_classes("schoenfeld_2021"))}
    assert "progression_pattern|resistance=not_acquired" in terms
    assert "resistance|progression_pattern=oligo" in terms
    assert not [term for term in terms if "primary" in term]
