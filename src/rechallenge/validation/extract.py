"""The extract as the rules see it: canonical tables, patients looked up once, dates as possible intervals.

A date known to the month or year is an interval of days. A rule about order compares the ends of the intervals
that make it hold for every possible day, so that an imprecise date never breaks a rule it might satisfy.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from rechallenge.tables import TABLES, TEXT, conform
from rechallenge.vocabulary import ICI_CLASSES

ONE_DAY = pd.Timedelta(days=1)


class Extract:
    """Canonical tables with the look-ups that rules share.

    `tables` are conformed canonical tables (absent ones are empty), `drug_names` the INNs of the drug dictionary
    (empty: not checked), `approvals` the first day on which each drug can have been approved.
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        cutoff: date,
        drug_names: Sequence[str] = (),
        approvals: Mapping[str, pd.Timestamp] | None = None,
    ) -> None:
        self.tables = {
            name: tables[name].reset_index(drop=True) if name in tables else conform(pd.DataFrame(), name)
            for name in TABLES
        }
        self.cutoff = pd.Timestamp(cutoff)
        self.drug_names = tuple(drug_names)
        self.approvals = dict(approvals or {})
        self._positions: dict[str, np.ndarray[Any, Any]] = {}
        self._bounds: dict[tuple[str, str], tuple[pd.Series, pd.Series]] = {}

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]

    def none(self, table: str) -> pd.Series:
        """A mask over the table that is false everywhere."""
        return pd.Series(False, index=self[table].index)

    def position(self, table: str) -> "np.ndarray[Any, Any]":
        """For each row, the position of its patient's (first) row in patients; -1 where there is none."""
        if table not in self._positions:
            ids = self["patients"]["patient_id"]
            first = ids[~ids.duplicated() & ids.notna()]
            found = pd.Index(first).get_indexer(pd.Index(self[table]["patient_id"]))
            rows = first.index.to_numpy()
            at = np.where(found >= 0, rows[found] if len(rows) else -1, -1)
            self._positions[table] = np.where(self[table]["patient_id"].isna(), -1, at)
        return self._positions[table]

    def of_patient(self, table: str, values: pd.Series) -> pd.Series:
        """Spread a column of patients over the rows of another table (missing for orphans)."""
        at = self.position(table)
        spread = values.reindex(pd.Index(at))
        spread.index = self[table].index
        return spread

    def earliest(self, table: str, column: str) -> pd.Series:
        """First day that the date can mean."""
        return self._interval(table, column)[0]

    def latest(self, table: str, column: str) -> pd.Series:
        """Last day that the date can mean."""
        return self._interval(table, column)[1]

    def patient_earliest(self, table: str, column: str) -> pd.Series:
        """`earliest` of a date of the patient, over the rows of `table`."""
        return self.of_patient(table, self.earliest("patients", column))

    def patient_latest(self, table: str, column: str) -> pd.Series:
        """`latest` of a date of the patient, over the rows of `table`."""
        return self.of_patient(table, self.latest("patients", column))

    def _interval(self, table: str, column: str) -> tuple[pd.Series, pd.Series]:
        if (table, column) not in self._bounds:
            frame = self[table]
            self._bounds[table, column] = interval(frame[column], frame[f"{column}_precision"])
        return self._bounds[table, column]

    @cached_property
    def systemic(self) -> pd.Series:
        """Treatment rows that are systemic therapy (a row without modality is)."""
        modality = self["treatments"]["modality"]
        return modality.isna() | modality.eq("systemic")

    @cached_property
    def ici(self) -> pd.Series:
        """Treatment rows with an immune-checkpoint inhibitor."""
        return self.systemic & self["treatments"]["drug_class"].isin(ICI_CLASSES)

    @cached_property
    def has_ici(self) -> pd.Series:
        """Over patients: an ICI is on record."""
        treated = pd.Series(self.position("treatments"))[self.ici.to_numpy()]
        return pd.Series(self["patients"].index.isin(treated), index=self["patients"].index)

    def first_start(self, rows: pd.Series) -> pd.Series:
        """Over patients: the latest day by which the first of the given treatment rows had started."""
        starts = self.latest("treatments", "start_date")[rows]
        first = starts.groupby(self.position("treatments")[rows.to_numpy()]).min()
        return first.reindex(self["patients"].index)


def interval(dates: pd.Series, precision: pd.Series) -> tuple[pd.Series, pd.Series]:
    """First and last day that each date can mean; a date without precision is exact."""
    days = dates.to_numpy().astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]")
    by_month, by_year = precision.eq("month").to_numpy(), precision.eq("year").to_numpy()
    one = np.timedelta64(1, "D")
    first = np.where(by_year, years.astype(days.dtype), np.where(by_month, months.astype(days.dtype), days))
    last = np.where(
        by_year,
        (years + 1).astype(days.dtype) - one,
        np.where(by_month, (months + 1).astype(days.dtype) - one, days),
    )
    as_series = [pd.Series(ends.astype("datetime64[ns]"), index=dates.index) for ends in (first, last)]
    return as_series[0], as_series[1]


def shown(frame: pd.DataFrame, column: str) -> pd.Series:
    """The values as text; dates no more precise than they are."""
    values = frame[column]
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        text = values.dt.strftime("%Y-%m-%d").astype(TEXT)
        precision = frame[f"{column}_precision"] if f"{column}_precision" in frame else pd.Series(pd.NA, frame.index)
        text = text.mask(precision.eq("month"), text.str.slice(0, 7)).mask(precision.eq("year"), text.str.slice(0, 4))
    elif pd.api.types.is_float_dtype(values.dtype):
        text = values.map(lambda number: f"{number:.10g}", na_action="ignore").astype(TEXT)
    else:
        text = values.astype(TEXT)
    return text


def written(frame: pd.DataFrame, column: str) -> pd.Series:
    """The cells as the source wrote them, where it is known, else the values as text."""
    raw, text = f"{column}_raw", shown(frame, column)
    return frame[raw].where(frame[raw].notna(), text) if raw in frame else text
