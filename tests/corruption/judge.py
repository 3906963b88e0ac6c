"""The judge: was the damage caught at its place, is it proven harmless, or was it missed?

Caught: a sentence that refuses the extract, or a finding that was not there before, names the place of the damage.
Harmless: nothing refused, and everything that the estimates are made of is identical to that of the undamaged extract
(the accepted tables, or else all that is derived from them).
Missed: everything else, a traceback above all.
"""

import re
import traceback
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from tests.corruption.damage import Damage, Mark
from tests.corruption.studies import Outcome, Study

Word = Literal["caught", "harmless", "missed"]


@dataclass(frozen=True)
class Verdict:
    """What became of a damage, and by which sentence or rule."""

    word: Word
    by: str


def judge(study: Study, damage: Damage) -> Verdict:
    """Run the damaged extract and say what became of the damage."""
    try:
        outcome = study.run(damage.files)
        if outcome.problems:
            return _refused(damage, outcome.problems)
        named = named_findings(study, damage, outcome)
        if len(named):
            return Verdict("caught", ", ".join(sorted(set(named["rule"]))))
        # Everything later is a pure function of these tables.
        if all(study.baseline.accepted[name].equals(frame) for name, frame in outcome.accepted.items()):
            return Verdict("harmless", "")
        different = [name for name, frame in study.baseline.results.items() if not frame.equals(outcome.results[name])]
    except Exception:
        return Verdict("missed", traceback.format_exc(limit=-3))
    if different:
        fresh = sorted(set(new_findings(study, damage, outcome)["rule"]))
        return Verdict("missed", f"other {', '.join(different)}; findings elsewhere: {', '.join(fresh) or 'none'}")
    return Verdict("harmless", "")


def _refused(damage: Damage, problems: list[str]) -> Verdict:
    right = [sentence for sentence in problems if any(_sentence_names(sentence, mark) for mark in damage.marks)]
    if right:
        return Verdict("caught", f"refused: {right[0]}")
    return Verdict("missed", f"refused without naming the place: {problems[0]}")


def _sentence_names(sentence: str, mark: Mark) -> bool:
    if mark.file not in sentence:
        return False
    numbers = {int(number) for number in re.findall(r"(?:rows?|lines?|[A-Z]{1,2}(?=\d))\s*(\d+)", sentence)}
    if mark.rows and not numbers & mark.rows:
        return False
    # A row that cannot be taken apart has no columns to name.
    return bool(mark.rows) or not mark.headers or any(header in sentence for header in mark.headers)


def new_findings(study: Study, damage: Damage, outcome: Outcome) -> pd.DataFrame:
    """The findings of the damaged extract that the undamaged one has not."""
    key = ["severity", "rule", "table", "source_file", "patient_id", "column", "value"]
    if not damage.moved:
        key.append("source_row")
    before, after = (_numbered(frame, key) for frame in (study.baseline.findings, outcome.findings))
    return outcome.findings[~after.isin(set(before)).to_numpy()]


def _numbered(found: pd.DataFrame, key: list[str]) -> pd.Series:
    """Each finding as one text; equal ones are numbered."""
    text = found[key].astype(str).agg("\x1f".join, axis=1) if len(found) else pd.Series(dtype=str)
    return text + "\x1f" + text.groupby(text).cumcount().astype(str)


def named_findings(study: Study, damage: Damage, outcome: Outcome) -> pd.DataFrame:
    """The new findings that name the place of the damage."""
    fresh = new_findings(study, damage, outcome)
    right = pd.Series(False, index=fresh.index)
    for mark in damage.marks:
        right |= _on_rows(fresh, mark) & _in_columns(fresh, mark, study)
    return fresh[right]


def _on_rows(found: pd.DataFrame, mark: Mark) -> pd.Series:
    in_file = found["source_file"].eq(mark.file).fillna(False).astype(bool)
    if not mark.rows:
        return in_file
    here = in_file & found["source_row"].isin(mark.rows)
    return here | found["patient_id"].isin(mark.patients)


def _in_columns(found: pd.DataFrame, mark: Mark, study: Study) -> pd.Series:
    """Findings on one of the columns, or whose message compares one of them."""
    if not mark.headers:
        return pd.Series(True, index=found.index)
    names = set(mark.headers).union(*(study.canonical(mark.file, header) for header in mark.headers))
    said = "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names))
    return found["column"].isin(names) | found["message"].astype(object).str.contains(said, regex=True, na=False)
