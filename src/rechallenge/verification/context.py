"""What the recipes share: the settings of an analysis as R writes them, identifiers, and groups of patients."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import Covariate, StatisticsSettings
from rechallenge.verification import r_text as r


@dataclass(frozen=True)
class Context:
    """What a recipe needs beside the rows: the settings, the analysis's definitions, its numeric columns."""

    settings: StatisticsSettings
    definitions: DefinitionSettings
    numbers: frozenset[str]

    @property
    def confidence(self) -> str:
        return r.number(self.settings.confidence)

    @property
    def interval(self) -> str:
        return r.text(self.settings.km_interval)

    @property
    def landmarks(self) -> list[float]:
        """The times of survival probabilities, in order: R's summary() sorts them."""
        return sorted(self.settings.landmarks_months)

    def covariates(self, declared: Sequence[Covariate]) -> str:
        """Return covariates as a list of R: a reference, or the units of a number."""
        chosen: dict[str, str | float] = {}
        for item in declared:
            number = item.name in self.numbers and item.reference is None
            chosen[item.name] = float(item.unit) if number else item.reference or ""
        return r.named_list(chosen)


Recipe = Callable[[pd.DataFrame, Context], Iterator[str]]


def within_prefix(row: pd.Series) -> str:
    """Return the beginning of the identifiers of all models of an endpoint and population."""
    keys = [str(row[name]) for name in ("analysis", "endpoint", "population")]
    return r.text("/".join(part for part in keys if part))


def prefix_of(row: pd.Series, *parts: str) -> str:
    """Return the beginning of the identifiers of a model's rows, further parts added."""
    keys = [str(row[name]) for name in ("analysis", "endpoint", "population", "model")]
    return r.text("/".join(part for part in (*keys, *parts) if part).replace(" ", "_"))


def subset(term: str, level: str) -> str:
    """Return the R expression of the patients of a group: "progression_pattern|resistance=acquired", "oligo"."""
    column, _, within = term.partition("|")
    conditions: dict[str, str | float] = {}
    if within:
        other, _, value = within.partition("=")
        conditions[other] = value
    if level:
        conditions[column] = level
    said = ", ".join(f"{r.name(key)} = {r.text(str(value))}" for key, value in conditions.items())
    return f"where(d, {said})" if said else "d"


def groups_of(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the pairs of term and level that occur, in order."""
    return list(dict.fromkeys(zip(rows["term"], rows["level"], strict=True)))
