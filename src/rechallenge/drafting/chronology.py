"""Whether proposed dates lie in their order: a start before its end, last contact after all else."""

from typing import Final

import pandas as pd

from rechallenge.drafting.date_formats import read_dates, source_names
from rechallenge.drafting.model import BlockDraft, Draft, Entry, Question
from rechallenge.drafting.sheets import View

# Errors of single rows are for the validation; more than this share of them is a mistaken column.
TOLERATED: Final = 0.1


def doubt_disordered(draft: Draft, views: dict[str, View]) -> None:
    """Turn a column of dates that contradicts its neighbour into a question; agreement is evidence."""
    patients = [block for block in draft.blocks if block.table == "patients"]
    for block in draft.blocks:
        if block.table == "treatments":
            _compare(draft, views, block, "start_date", block, "end_date")
    for block in patients:
        _compare(draft, views, block, "birth_date", block, "diagnosis_date")
        _compare(draft, views, block, "diagnosis_date", block, "last_contact_date")
        for other in draft.blocks:
            if other.table == "treatments" and other.file == block.file:
                _compare(draft, views, other, "start_date", block, "last_contact_date")


def _compare(
    draft: Draft, views: dict[str, View], first: BlockDraft, earlier: str, second: BlockDraft, later: str
) -> None:
    before, after = first.entry(earlier), second.entry(later)
    if before is None or after is None:
        return
    one, other = _one_column(before), _one_column(after)
    if one is None or other is None or first.file != second.file:
        return
    view = views[first.file]
    a, b = read_dates(draft, view, one), read_dates(draft, view, other)
    both = a.notna() & b.notna()
    if both.sum() < 3:
        return
    wrong = int((both & (a > b) & ~_same_month(a, b)).sum())
    if wrong > TOLERATED * both.sum():
        because = f"in {wrong} of {int(both.sum())} rows it lies before {earlier}"
        after.value = Question.of([other], because, or_nothing=later != "last_contact_date")
    elif first is second:
        after.evidence += f"; not before {earlier} in {int(both.sum()) - wrong} of {int(both.sum())} rows"


def _same_month(a: pd.Series, b: pd.Series) -> pd.Series:
    """Partial dates are read as their first day: within one year no order can be told from them."""
    return (a.dt.year == b.dt.year) & ((a.dt.day == 1) | (b.dt.day == 1))


def _one_column(entry: Entry) -> str | None:
    if isinstance(entry.value, Question) or (isinstance(entry.value, dict) and "age_at" in entry.value):
        return None
    names = source_names(entry.value)
    return names[0] if names else None
