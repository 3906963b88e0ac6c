"""What a clinical rule is: a named function over the whole extract that points at rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pandas as pd

from rechallenge.findings import Rule, Severity
from rechallenge.validation.extract import Extract


@dataclass(frozen=True)
class Hit:
    """Rows of one table that break a rule.

    `where` is a boolean series over the table (None: the table as a whole). `column` is the column to look at.
    The message is the rule's meaning followed by the cells of the same row (`beside`), of the patient's row
    (`patient`) and computed values (`compared`), unless `message` gives the sentence itself.
    """

    table: str
    where: pd.Series | None
    column: str
    beside: tuple[str, ...] = ()
    patient: tuple[str, ...] = ()
    compared: dict[str, pd.Series] = field(default_factory=dict)
    message: pd.Series | str | None = None


@dataclass(frozen=True)
class Check:
    """A rule with the function that finds its rows. `waivable` is False where later steps could not go on.

    `movable` is False where there is no row that could be set aside.
    """

    rule: Rule
    find: Callable[[Extract], Iterable[Hit]]
    waivable: bool = True
    movable: bool = True


def rule(
    severity: Severity, meaning: str, action: str, *, waivable: bool = True, movable: bool = True
) -> Callable[[Callable[[Extract], Iterable[Hit]]], Check]:
    """Make a rule of a function; its name is the rule's id."""

    def register(find: Callable[[Extract], Iterable[Hit]]) -> Check:
        return Check(Rule(find.__name__, severity, meaning, action), find, waivable, movable)

    return register
