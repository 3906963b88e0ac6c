"""The specifications: every combination of the choices that matters to an effect.

A specification is an effect and a value of each choice that can change it. The unadjusted effect of resistance is the
same whatever the definition of the pattern, so combinations that differ in nothing else are one specification.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final

from rechallenge.errors import UserError
from rechallenge.settings.choices import IMPUTATION, MODEL, MODELS, Choices, Value, value_text
from rechallenge.settings.definitions import DefinitionSettings

PATTERN: Final = "progression_pattern"
EFFECTS: Final = ("resistance", PATTERN, "interval_treatment")
# What the courses are made of, in the order of the work: the slowest first.
COURSE: Final = ("episodes", "progression", "lesions", "re_exposure")
# What the set of patients and their times are made of: these choices matter to every effect.
SHARED: Final = ("dates", *COURSE, "eligibility", "endpoints")
# Columns of the classified patients -> the sections of definitions, beside the shared ones, that they come from.
SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "resistance": ("resistance", "response"),
    "resistance_reason": ("resistance", "response"),
    "best_response": ("response",),
    "rechallenge_best_response": ("response",),
    "progression_pattern": ("progression_pattern",),
    "interval_treatment": ("interval_treatment",),
}
# A model that the study does not vary is the one it declares.
DECLARED_MODEL: Final = "adjusted"


@dataclass(frozen=True)
class Specification:
    """An effect under a value of every choice that can change it; `main`: every value is the main analysis's.

    `place` is its place among all, from 1.
    """

    place: int
    effect: str
    choices: Mapping[str, Value]
    main: bool

    @property
    def model(self) -> str:
        return str(self.choices.get(MODEL, DECLARED_MODEL))

    @cached_property
    def id(self) -> str:
        """A name that depends on the effect and the choices alone, not on what else is run."""
        content = {"effect": self.effect, "model": self.model, "choices": dict(self.choices)}
        return f"s{hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:10]}"

    @property
    def imputation(self) -> str | None:
        """How partial dates are read, where that is a choice."""
        value = self.choices.get(IMPUTATION)
        return None if value is None else str(value)

    def definitions(self, main: DefinitionSettings) -> DefinitionSettings:
        """Return the definitions of this specification, presets resolved; `main` are those of the study file."""
        changed: dict[str, dict[str, Value]] = {}
        for key, value in self.choices.items():
            section, _, name = key.partition(".")
            if key not in (MODEL, IMPUTATION):
                changed.setdefault(section, {})[name] = value
        sections = {section: getattr(main, section).model_copy(update=values) for section, values in changed.items()}
        return main.model_copy(update=sections).resolved()


def specifications(
    choices: Choices, main: DefinitionSettings, imputation: str, covariates: Sequence[str]
) -> list[Specification]:
    """Return every specification: by effect, then in the order of the choices and their values.

    `main` are the definitions of the main analysis as the study states them, `imputation` its reading of partial
    dates, `covariates` the declared ones of the adjusted model. Raises UserError where the covariates do not allow one.
    """
    used = main.resolved()
    excludes = "exclude" in (used.resistance.unclassified, *choices.get("resistance.unclassified", ()))
    found: list[Specification] = []
    for effect in EFFECTS:
        for model in choices.get(MODEL, (DECLARED_MODEL,)):
            columns = (effect, *covariates) if model == MODELS[1] else (effect,)
            # Patients without a class of resistance are left out of the whole analysis.
            columns = ("resistance", *columns) if excludes else columns
            sections = {*SHARED, *(section for column in columns for section in SECTIONS.get(column, ()))}
            of_model = {**choices, **({MODEL: (model,)} if MODEL in choices else {})}
            relevant = {
                key: values for key, values in of_model.items() if key == MODEL or key.partition(".")[0] in sections
            }
            for values in product(*relevant.values()):
                chosen = dict(zip(relevant, values, strict=True))
                found.append(Specification(len(found) + 1, effect, chosen, _is_main(chosen, used, imputation)))
    if len({specification.id for specification in found}) < len(found):
        raise RuntimeError("two specifications have the same identifier")
    return found


def _is_main(chosen: Mapping[str, Value], main: DefinitionSettings, imputation: str) -> bool:
    """Both models of the main definitions are the main analysis: its report has both."""
    for key, value in chosen.items():
        section, _, name = key.partition(".")
        if key == MODEL:
            continue
        stated = imputation if key == IMPUTATION else getattr(getattr(main, section), name)
        if value_text(value) != value_text(stated):
            return False
    return True


def shard(specifications: Sequence[Specification], choices: Choices, number: int, of: int) -> list[Specification]:
    """Return the specifications of one shard of several (from 1), in the order in which the work is least.

    Specifications that share courses, then a set of patients, then times to event stand together.
    """
    if not 1 <= number <= of:
        raise UserError(f"There is no shard {number} of {of}.")
    shared = sorted((key for key in choices if _section(key) in SHARED), key=lambda key: SHARED.index(_section(key)))
    rank = {key: {value: place for place, value in enumerate(choices[key])} for key in shared}
    ordered = sorted(specifications, key=lambda one: [rank[key][one.choices[key]] for key in shared])
    ends = [len(ordered) * part // of for part in range(of + 1)]
    return ordered[ends[number - 1] : ends[number]]


def _section(key: str) -> str:
    return key.partition(".")[0]
