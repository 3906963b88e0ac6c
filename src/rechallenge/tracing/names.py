"""From what somebody typed to one number: a name of numbers.json, an estimate_id, or a part of one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rechallenge.errors import UserError
from rechallenge.settings.config import MAIN

# What is added to the name of a row for its interval, P value and sizes (report.numbers).
PARTS: Final = {".ci": "confidence interval", ".p": "P value", ".n": "patients", ".events": "events"}
_LISTED: Final = 12
_CLOSE_ENOUGH: Final = 60


@dataclass(frozen=True)
class Printed:
    """A number as it was asked for: its name, its text where report or manuscript print it, and where it comes from.

    `source` is an estimate_id, or the file and key of what is no estimate ("settings#statistics/confidence"). `part`
    says in words what of the row is printed, where it is not the estimate itself.
    """

    name: str
    text: str
    raw: Any
    source: str
    part: str = ""


def find(asked: str, numbers: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> Printed:
    """Return the number that `asked` names, in numbers.json or by its row of estimates.csv, in any case.

    `names` are the names of all rows of estimates.csv by their estimate_id (`report.numbers.name_of`). Some words of a
    name are enough where one number has them all; of several, that of the main analysis is meant. Raises UserError with
    the names that fit, or with the nearest ones.
    """
    printed = {str(own["estimate_id"]) for own in numbers.values()}
    # The parts of a row, and the row itself, are one number: its shortest name stands for it.
    rows = {name: row for row, name in names.items() if row not in printed}
    shortest: dict[str, str] = {}
    for name in sorted(numbers, key=lambda name: (len(name), name)):
        shortest.setdefault(str(numbers[name]["estimate_id"]), name)
    rows = {**{name: row for row, name in shortest.items()}, **rows}
    wanted = asked.strip()
    every = [*numbers, *rows, *names]
    by_case = {name.casefold(): name for name in reversed(every)}
    exact = wanted if wanted in set(every) else by_case.get(wanted.casefold())
    if exact is not None:
        known = exact in numbers or exact in rows
        return _printed(exact if known else next(own for own, row in rows.items() if row == exact), numbers, rows)
    words = _words(wanted)
    fitting = _fitting(words, rows)
    for chosen in (fitting, [name for name in fitting if rows[name].startswith(f"{MAIN}/")]):
        if len(chosen) == 1:
            return _printed(chosen[0], numbers, rows)
    if fitting:
        said = f'{len(fitting)} numbers have "{asked}" in their names'
        raise UserError([f"{said}{_first(fitting)}:", *_with_text(fitting, numbers)])
    near = _fitting(_corrected(words, rows), rows)
    said = f'There is no number "{asked}" in numbers.json, and no such row in estimates.csv.'
    raise UserError([f"{said} Nearest{_first(near)}:", *_with_text(near, numbers)] if near else said)


def _words(name: str) -> list[str]:
    """Return the words of a name, in lower case: "median", "vs", ">=65"."""
    return [word for word in re.split(r"[\s./|*=_]+", name.casefold()) if word]


def _fitting(words: list[str], rows: Mapping[str, str]) -> list[str]:
    """Return the names that have all the words as words of theirs, else as parts of them; the shortest first."""
    if not words:
        return []
    whole = [name for name, source in rows.items() if set(words) <= {*_words(name), *_words(source)}]
    fitting = whole or [name for name in rows if all(word in name.casefold() for word in words)]
    return sorted(fitting, key=lambda name: (len(name), name))


def _corrected(words: list[str], rows: Mapping[str, str]) -> list[str]:
    """Return each word, or the most similar one that occurs in a name, or nothing."""
    from rapidfuzz import fuzz, process

    known = sorted({word for name, source in rows.items() for word in (*_words(name), *_words(source))})
    found = (process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=_CLOSE_ENOUGH) for word in words)
    return [str(match[0]) for match in found if match is not None]


def _first(names: list[str]) -> str:
    return f"; the first {_LISTED}" if len(names) > _LISTED else ""


def _with_text(names: list[str], numbers: Mapping[str, Mapping[str, Any]]) -> list[str]:
    shown = names[:_LISTED]
    return [f"  {name} = {numbers[name]['text']}" if name in numbers else f"  {name}" for name in shown]


def _printed(name: str, numbers: Mapping[str, Mapping[str, Any]], rows: Mapping[str, str]) -> Printed:
    if name not in numbers:
        return Printed(name, "", None, rows[name])
    own = numbers[name]
    of = next((part for part in PARTS if name.endswith(part)), "")
    # A name that ends so is a part only where the row's own statistic is another.
    part = PARTS[of] if of and not str(own["estimate_id"]).endswith(of.replace(".", "/")) else ""
    return Printed(name, str(own["text"]), own["raw"], str(own["estimate_id"]), part)
