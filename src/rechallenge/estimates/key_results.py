"""The results that a sensitivity analysis is judged by: how many, which classes, PFS after rechallenge."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from rechallenge.estimates import counts, kaplan_meier, logrank, rechallenge_models
from rechallenge.estimates.plans import KEY_PLAN, comparisons, groups, shown_classes
from rechallenge.estimates.rows import Row, placed
from rechallenge.estimates.times import classes_of, time_to_event
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings

CURVES: Final = ("n", "events", "median")
MODEL: Final = ("n", "events", "dropped", "hr", "not_fitted")


def key_results(
    classified: pd.DataFrame,
    adtte: pd.DataFrame,
    cohort: pd.DataFrame,
    settings: StatisticsSettings,
    definitions: DefinitionSettings,
) -> Iterator[Row]:
    """Return the reduced set of rows of one analysis, under the keys that `run.estimate` gives them.

    Sizes of the populations, classes of those rechallenged; of PFS the medians overall and by resistance,
    progression pattern and interval treatment, the log-rank tests, and the hazard ratios of the declared model.
    Frames and `definitions` (resolved) as for `run.estimate`.
    """
    yield from counts.population_counts(cohort, classified)
    eligible = classified[classified["eligible"].astype(bool)]
    shown = shown_classes(definitions.resistance.preset)
    for name in shown if len(eligible) else ():
        own = placed(counts.class_counts(eligible[name], shown[name]), term=name)
        yield from placed(own, population="rechallenge")
    frame = time_to_event(adtte, classified, KEY_PLAN.endpoint, KEY_PLAN.population).frame
    if not len(frame):
        return
    keys = {"endpoint": KEY_PLAN.endpoint, "population": KEY_PLAN.population}
    interval, confidence = settings.km_interval, settings.confidence
    for term, level, patients in groups(frame, KEY_PLAN, shown):
        curve = kaplan_meier.rows(patients, interval=interval, confidence=confidence, landmarks=())
        chosen = (row for row in curve if row.statistic in CURVES)
        yield from placed(chosen, **keys, model="kaplan_meier", term=term, level=level)
    for term, column, patients in comparisons(frame, KEY_PLAN, shown):
        test = logrank.rows(patients, classes_of(patients[column]))
        yield from placed(test, **keys, model="log_rank", term=term)
    model = rechallenge_models.multivariable(frame, settings, definitions.progression_pattern)
    yield from placed((row for row in model if row.statistic in MODEL), **keys)
