"""The date formats of a drafted mapping: what its date columns need, and the order of day and month."""

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd

from rechallenge.drafting.date_evidence import DateEvidence, order_formats
from rechallenge.drafting.model import BlockDraft, Draft, Entry, Question
from rechallenge.drafting.sheets import View
from rechallenge.sources.dates import parse_dates
from rechallenge.tables import TABLES

# So many cells must decide for one order, and none for the other, before it is taken.
DECIDED: Final = 3
_NUMBERS: Final = ("days_since:1970-01-01", "days_since:1960-01-01", "excel_serial")


def set_formats(draft: Draft, views: dict[str, View]) -> None:
    """Put the formats into the draft: those of all date columns together, and of single columns where they differ."""
    columns = _date_columns(draft, views)
    if not columns:
        return
    found = [evidence for _, _, evidence in columns]
    plain = list(dict.fromkeys(text for evidence in found for text in evidence.formats))
    marks = sorted({mark for evidence in found for mark in evidence.marks})
    day, month = sum(each.day_first for each in found), sum(each.month_first for each in found)
    either = sum(each.either for each in found)
    # The bare year stands last: nothing longer may be read as one.
    draft.formats = sorted(plain, key=lambda text: text in ("YYYY", "YYYY年"))
    if marks and not (day and month):
        draft.formats += _ordered(draft, marks, day, month, either)
    elif marks:
        draft.date_evidence.append(
            f"day and month stand in both orders: {day} cells can only be day/month, {month} only month/day; "
            "see the columns"
        )
        _per_column(draft, columns)
    _serials(draft, found)
    if not draft.formats:
        draft.formats = ["YYYY-MM-DD"]


def _date_columns(draft: Draft, views: dict[str, View]) -> list[tuple[BlockDraft, Entry, DateEvidence]]:
    columns = []
    for block, entry in draft.proposals:
        declared = next((c for c in TABLES[block.table].columns if c.name == entry.column), None)
        if declared is None or declared.kind != "date":
            continue
        names = [name for name in source_names(entry.value) if name in views[block.file].profiles]
        columns += [(block, entry, views[block.file].profiles[name].dates) for name in dict.fromkeys(names)]
    return columns


def source_names(value: Any) -> list[str]:
    """Return the columns of the file that an entry takes or asks about (those of dates where there is an age)."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Question):
        return [choice for choice in value.choices if not choice.startswith(("{", "~"))]
    if "age_at" in value:
        return [value["age_at"]] if isinstance(value["age_at"], str) else []
    if "first_of" in value:
        return list(value["first_of"])
    return [value["column"]] if isinstance(value.get("column"), str) else []


def _ordered(draft: Draft, marks: list[str], day: int, month: int, either: int) -> list[Any]:
    day_formats, month_formats = order_formats(marks)
    decided, total = max(day, month), day + month + either
    if decided >= DECIDED:
        order, other = ("day", "month") if day else ("month", "day")
        draft.date_evidence.append(
            f"{order} before {other}: {decided} of {total} such cells can be nothing else, and none contradicts"
        )
        return day_formats if day else month_formats
    because = f"{decided} of {total} cells decide between day and month first; the others, such as 03/04, fit both"
    return [Question((one, other), because) for one, other in zip(day_formats, month_formats, strict=True)]


def _per_column(draft: Draft, columns: list[tuple[BlockDraft, Entry, DateEvidence]]) -> None:
    """Give every column with such dates its own order; ask where its cells do not decide it, or contradict."""
    for _, entry, evidence in columns:
        if not evidence.marks or not isinstance(entry.value, str | dict):
            continue
        day_formats, month_formats = order_formats(evidence.marks)
        day, month = evidence.day_first, evidence.month_first
        own: list[Any]
        if max(day, month) >= DECIDED and not (day and month):
            own = day_formats if day else month_formats
            entry.evidence += f"; {max(day, month)} cells decide for {'day' if day else 'month'} first, none against"
        else:
            because = f"{day} cells can only be day/month, {month} only month/day, {evidence.either} fit both"
            if day and month:
                because += "; correct the fewer in the source"
            own = [Question((a, b), because) for a, b in zip(day_formats, month_formats, strict=True)]
        value = {"column": entry.value} if isinstance(entry.value, str) else dict(entry.value)
        value["formats"] = [*draft.formats, *own]
        entry.value = value


def _serials(draft: Draft, found: Iterable[DateEvidence]) -> None:
    numbers = sum(each.day_numbers for each in found if not each.read)
    serials = sum(each.serials for each in found)
    filled = sum(each.filled for each in found)
    if filled and numbers >= 0.9 * filled:
        because = "every date is a whole number of days: since 1970 (R, Python), since 1960 (SAS), or of a spreadsheet"
        draft.formats = [*draft.formats, Question(_NUMBERS, because)]
        draft.excel_epoch = "1900"
    elif serials:
        because = (
            f"{serials} dates are numbers, the days of a spreadsheet: 1900 for Windows, 1904 for an old Macintosh "
            "workbook"
        )
        draft.formats = [*draft.formats, "excel_serial"]
        draft.excel_epoch = Question(("1900", "1904"), because)


def read_dates(draft: Draft, view: View, name: str) -> pd.Series:
    """Return the dates of a column as far as the formats that are not in question read them."""
    formats = [text for text in draft.formats if isinstance(text, str) and text != "excel_serial"]
    if not formats:
        formats = ["YYYY-MM-DD"]
    return parse_dates(view.profiles[name].cells, formats)["date"]
