"""Specifications -> the table of their effects: the work of one shard."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import cast

import pandas as pd

from rechallenge.clinical.progression_pattern import CONDITIONS_ON_OUTCOME, conditions_on_outcome
from rechallenge.robustness.curve import NUMBERS, PLACE, columns
from rechallenge.robustness.derivation import Derivations
from rechallenge.robustness.effects import Effect, contrast, effect
from rechallenge.robustness.specifications import PATTERN, Specification
from rechallenge.settings.choices import MODEL, MODELS, Choices, value_text
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings
from rechallenge.sources.imputation import Method


def run(
    specifications: Sequence[Specification],
    derivations: Derivations,
    main: DefinitionSettings,
    imputation: Method,
    statistics: StatisticsSettings,
    choices: Choices,
) -> pd.DataFrame:
    """Return one row per specification, in their order: `place`, then the columns `curve.columns(choices)`.

    `main` are the definitions of the main analysis as the study states them, `imputation` its reading of partial dates.
    """
    records = []
    for one in specifications:
        definitions = one.definitions(main)
        method = cast(Method, one.imputation or imputation)
        found = _effect(one, definitions, method, derivations, statistics)
        chosen = {key: value_text(value) for key, value in one.choices.items()}
        own = {PLACE: one.place, "id": one.id, "effect": one.effect, "main": one.main}
        records.append(own | chosen | {MODEL: one.model} | asdict(found))
    table = pd.DataFrame.from_records(records, columns=[PLACE, *columns(choices)])
    return table.astype({PLACE: "int64", "main": bool, **dict.fromkeys(NUMBERS, "float64")})


def _effect(
    one: Specification,
    definitions: DefinitionSettings,
    imputation: Method,
    derivations: Derivations,
    statistics: StatisticsSettings,
) -> Effect:
    at_outcome = conditions_on_outcome(definitions.progression_pattern)
    declared = statistics.covariates if one.model == MODELS[1] else ()
    others = [item for item in declared if item.name != one.effect]
    # A pattern that is read at the outcome is a baseline covariate of no model.
    adjusting = [item for item in others if not (item.name == PATTERN and at_outcome)]
    compared = contrast(one.effect, definitions)
    own = Covariate(name=one.effect, reference=compared[1])
    patients = derivations.patients(definitions, imputation, [own, *adjusting])
    if one.effect == PATTERN and at_outcome:
        return Effect(0, 0, len(patients.days), reason=CONDITIONS_ON_OUTCOME)
    return effect(
        patients.days, patients.event, patients.columns[one.effect], compared,
        [patients.columns[item.name] for item in adjusting],
        confidence=statistics.confidence, minimum_events=statistics.minimum_events,
    )  # fmt: skip
