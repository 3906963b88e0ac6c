"""How the same registry looked on an earlier day: what had happened by then, written as it is written now.

Refreshing an extract adds rows and fills cells. So the earlier extract is made from the later one: rows dated after the
day are taken out, what lay in the future is unknown (deaths, last doses, reasons to stop, recurrences), and patients
alive were last seen shortly before the day.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator

from rechallenge.simulation.sampling import NEVER

Headers = Mapping[str, Mapping[str, str]]
# The column that dates a row; a patient is known from the diagnosis on.
_DATED_BY: Final = {"treatments": "start", "assessments": "day", "adverse_events": "day"}
# What is empty while it lies ahead: a column, and what goes with it.
_AHEAD: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "treatments": {"end": ("reason",)},
    "patients": {"recurrence": (), "death": ()},
}
# Of the living, the days since they were last seen; as `extract` has them at its own end.
_LONGEST_SILENCE: Final = 60


def known_by(rng: Generator, tables: dict[str, pd.DataFrame], day: int) -> dict[str, pd.DataFrame]:
    """Return the soiled tables as they were on `day` (a day number), with the index of the later ones.

    Columns are those of `dirt.soil`; days are integers, NEVER is missing.
    """
    diagnosed = tables["patients"].groupby("patient_id")["diagnosis"].min()
    known = diagnosed.index[diagnosed <= day]
    earlier: dict[str, pd.DataFrame] = {}
    for name, frame in tables.items():
        there = frame["patient_id"].isin(known)
        if name in _DATED_BY:
            there &= frame[_DATED_BY[name]] <= day
        rows = frame[there].copy()
        for column, others in _AHEAD.get(name, {}).items():
            ahead = (rows[column] > day) & (rows[column] < NEVER)
            rows.loc[ahead, column] = NEVER
            for other in others:
                rows.loc[ahead, other] = None
        earlier[name] = rows
    # Stopped for a death that nobody knew of: the last dose was known, the reason was not.
    living = set(earlier["patients"].loc[earlier["patients"]["death"] >= NEVER, "patient_id"])
    doses = earlier["treatments"]
    doses.loc[doses["reason"].eq("death") & doses["patient_id"].isin(living), "reason"] = None
    earlier["patients"]["last_contact"] = _last_contact(rng, earlier, day)
    return earlier


def text_known_by(
    text: dict[str, pd.DataFrame], later: dict[str, pd.DataFrame], earlier: dict[str, pd.DataFrame], headers: Headers
) -> dict[str, pd.DataFrame]:
    """Return the written tables as they were: the same cells, but for what was unknown or different then.

    `text` is what `rendering.render` wrote of `later`, row by row; `headers` its headers by our names. A cell that
    says something else now is empty then, a last contact a date as YYYY-MM-DD.
    """
    written = {}
    for name, rows in earlier.items():
        cells = text[name].loc[rows.index].copy()
        before = later[name].loc[rows.index]
        for column in ("recurrence", "death", "end", "reason", "last_contact"):
            if column not in rows:
                continue
            changed = rows[column].ne(before[column]) & ~(rows[column].isna() & before[column].isna())
            days = rows.loc[changed, column]
            if column == "last_contact":
                said = days.to_numpy(np.int64).astype("datetime64[D]").astype(str).astype(object)
            else:
                said = np.full(len(days), "", dtype=object)
            cells.loc[changed, headers[name][column]] = said
        written[name] = cells
    return written


def _last_contact(rng: Generator, earlier: dict[str, pd.DataFrame], day: int) -> pd.Series:
    people = earlier["patients"]
    doses = earlier["treatments"]
    last_dose = doses["end"].where(doses["end"] < NEVER, doses["start"])
    seen = pd.concat(
        [
            last_dose.groupby(doses["patient_id"]).max(),
            *(earlier[name].groupby("patient_id")["day"].max() for name in ("assessments", "adverse_events")),
        ],
        axis=1,
    ).max(axis=1)
    # A draw per patient, not per row: a row entered twice says the same twice.
    order = pd.Index(sorted(set(people["patient_id"])))
    silence = pd.Series(rng.integers(0, _LONGEST_SILENCE, len(order)), index=order)
    recent = day - people["patient_id"].map(silence)
    last_record = people["patient_id"].map(seen).fillna(people["diagnosis"])
    cut = pd.concat([recent, last_record, people["diagnosis"]], axis=1).max(axis=1).clip(upper=day).astype(np.int64)
    return people["last_contact"].where(people["last_contact"] <= day, cut)
