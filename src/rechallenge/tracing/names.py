"""From what somebody typed to one number: a name of numbers.json, an estimate_id, or a part of one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from rechallenge.errors import UserError
from rechallenge.settings.config import MAIN

# What is added to the name of a row for its interval, P value and sizes (report.numbers).
PARTS: Final = {".ci": "confidence interval", ".p": "P value", ".n": "patients", ".events": "events"}
_LISTED: Final = 12
_CLOSE_ENOUGH: Final = 60


@dataclass(frozen=True)
class Printed:
    """A number as it was asked for: its name and text where it is printed, and where it comes from.

    `source` is an estimate_id, or the file and key of what is no estimate ("settings#statistics/confidence"). `part`
    says in words what of the row is printed, where it is not the estimate itself.
    """

    name: str
    text: str
    raw: Any
    source: str
    part: str = ""


def find(asked: str, numbers: Mapping[str, Mapping[str, Any]], estimates: pd.DataFrame) -> Printed:
    """Return the number that `asked` names, in numbers.json or as an estimate_id, in any case.

    Some words of a name are enough where one number has them all; of several, that of the main analysis is meant.
    Raises UserError with the names that fit, or with the nearest ones.
    """
    printed = {str(own["estimate_id"]) for own in numbers.values()}
    unprinted = [name for name in estimates["estimate_id"] if name not in printed]
    known = [*numbers, *estimates["estimate_id"]]
    wanted = asked.strip()
    by_case = {name.casefold(): name for name in reversed(known)}
    name = wanted if wanted in set(known) else by_case.get(wanted.casefold())
    if name is not None:
        return _printed(name, numbers)
    rows = _rows([*numbers, *unprinted], numbers)
    words = _words(wanted)
    fitting = _fitting(words, rows)
    for chosen in (fitting, _of_main(fitting, rows, estimates)):
        if len(chosen) == 1:
            return _printed(chosen[0], numbers)
    if fitting:
        said = f'{len(fitting)} numbers have "{asked}" in their names'
        raise UserError([f"{said}{_first(fitting)}:", *_with_text(fitting, numbers)])
    near = _fitting(_corrected(words, rows), rows)
    said = f'There is no number "{asked}" in numbers.json, and no such estimate_id in estimates.csv.'
    raise UserError([f"{said} Nearest{_first(near)}:", *_with_text(near, numbers)] if near else said)


def _rows(names: list[str], numbers: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the source of each row by its shortest name: the parts of a row, and the row itself, are one number."""
    shortest: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (name not in numbers, len(name), name)):
        shortest.setdefault(str(numbers[name]["estimate_id"]) if name in numbers else name, name)
    return {name: source for source, name in shortest.items()}


def _words(name: str) -> list[str]:
    """Return the words of a name, in lower case: "median", "vs", ">=65"."""
    return [word for word in re.split(r"[\s./|*=_]+", name.casefold()) if word]


def _fitting(words: list[str], rows: Mapping[str, str]) -> list[str]:
    """Return the names that have all the words as words of theirs, else as parts of them; the shortest first."""
    if not words:
        return []
    whole = [name for name, source in rows.items() if set(words) <= {*_words(name), *_words(source)}]
    return whole or [name for name in rows if all(word in name.casefold() for word in words)]


def _of_main(names: list[str], rows: Mapping[str, str], estimates: pd.DataFrame) -> list[str]:
    main = set(estimates.loc[estimates["analysis"] == MAIN, "estimate_id"])
    return [name for name in names if rows[name] in main]


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


def _printed(name: str, numbers: Mapping[str, Mapping[str, Any]]) -> Printed:
    if name in numbers:
        own = numbers[name]
        of = next((part for part in PARTS if name.endswith(part)), "")
        # A name that ends so is a part only where the row has its name without the ending.
        part = PARTS[of] if of and not str(own["estimate_id"]).endswith(of.replace(".", "/")) else ""
        return Printed(name, str(own["text"]), own["raw"], str(own["estimate_id"]), part)
    of_row = [other for other, own in numbers.items() if own["estimate_id"] == name]
    if of_row:
        first = min(of_row, key=len)
        return _printed(first, numbers)
    return Printed("", "", None, name)
