"""When drugs were first approved: a treatment before that day is worth a look."""

import os
from pathlib import Path
from typing import Any, Final

import pandas as pd
import yaml

from rechallenge.errors import UserError, nearest

ANYWHERE: Final = "anywhere"
MARKS: Final = ("a", "b")


def read_approvals(path: str | os.PathLike[str], place: str = ANYWHERE) -> dict[str, pd.Timestamp]:
    """Return the first day on which each drug can have been approved in `place`.

    `anywhere` takes the earliest entry of a drug. In a named place a drug without an entry of its own cannot
    have been approved before the first of its `classes` there. Raises UserError for a malformed file or an
    unknown place.
    """
    content = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
    entries = content.get("approvals", [])
    problems = [problem for entry in entries for problem in _problems(entry, str(path))]
    if problems:
        raise UserError(problems)
    places = sorted({entry["place"] for entry in entries})
    if place != ANYWHERE and place not in places:
        raise UserError(f'{path}: no approvals are listed for "{place}".{nearest(place, [ANYWHERE, *places])}')
    first: dict[str, pd.Timestamp] = {}
    for entry in entries:
        day = pd.Timestamp(str(entry["first"]))
        first[entry["drug"]] = min(day, first.get(entry["drug"], day))
    if place == ANYWHERE:
        return dict(sorted(first.items()))
    there = {entry["drug"]: pd.Timestamp(str(entry["first"])) for entry in entries if entry["place"] == place}
    floors = {drug: max(day, _floor(content, place, drug)) for drug, day in first.items()}
    return dict(sorted((floors | there).items()))


def _floor(content: dict[str, Any], place: str, drug: str) -> pd.Timestamp:
    for rule in content.get("first_of_group", []):
        if rule["place"] == place and drug in rule["drugs"]:
            return pd.Timestamp(str(rule["first"]))
    return pd.Timestamp.min


def _problems(entry: dict[str, Any], where: str) -> list[str]:
    missing = [name for name in ("drug", "place", "first", "mark") if not entry.get(name)]
    if missing:
        return [f"{where}: the approval of {entry.get('drug', 'a drug')} lacks {', '.join(missing)}."]
    if entry["mark"] not in MARKS:
        return [f'{where}: the mark of {entry["drug"]} is "{entry["mark"]}"; it must be one of {", ".join(MARKS)}.']
    try:
        pd.Timestamp(str(entry["first"]))
    except ValueError:
        return [f'{where}: "{entry["first"]}" ({entry["drug"]}) is not YYYY, YYYY-MM or YYYY-MM-DD.']
    return []
