"""What a study's policy makes of a comparison: for each kind of drift, whether it fails, warns or is let pass."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from rechallenge.refresh.causes import CODE, LIBRARIES, SETTINGS, Difference
from rechallenge.refresh.history import counts_by_rule
from rechallenge.settings.refresh import Drift, RefreshPolicy

# Drifts that are no finding about a patient: by their cause.
OF_CAUSES: Final = {"settings_changed": SETTINGS, "code_changed": CODE, "libraries_changed": LIBRARIES}


@dataclass(frozen=True)
class Verdict:
    """A drift that was found: its key in `refresh.policy`, what the policy says, and how many of what.

    `rules` are the rules behind it with their findings and patients; of causes, `names` are the things that differ.
    """

    policy: str
    action: Drift
    rules: tuple[tuple[str, int, int], ...] = ()
    names: tuple[str, ...] = ()


def verdicts(found: pd.DataFrame, causes: Iterable[Difference], policy: RefreshPolicy) -> list[Verdict]:
    """Return the drifts that occur, in the order of the settings; those that the policy ignores too.

    `found` are the findings of `history.history`, `causes` those of `causes.differences`.
    """
    rules = counts_by_rule(found)
    names = {key: tuple(item.name for item in causes if item.cause == cause) for key, cause in OF_CAUSES.items()}
    made = []
    for key in RefreshPolicy.model_fields:
        action: Drift = getattr(policy, key)
        own = tuple((item.rule.id, rows, patients) for item, rows, patients in rules if item.policy == key)
        if own or names.get(key):
            made.append(Verdict(key, action, own, names.get(key, ())))
    return made


def failing(made: Iterable[Verdict]) -> list[Verdict]:
    """Return the drifts that fail the comparison."""
    return [item for item in made if item.action == "fail"]
