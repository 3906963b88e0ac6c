"""How the result tables are read back: which columns are numbers and dates; all others are text.

A column of classes may look like numbers or like true/false in one study and not in the next, so the kinds are
declared here and never inferred. Only the first-class flags of `FLAGS` become booleans.
"""

import os
from typing import Any, Final

import pandas as pd

from rechallenge.errors import UserError
from rechallenge.files import read_csv

KEYS: Final = ("analysis", "endpoint", "population", "model", "term", "level", "reference", "statistic", "at")
TEXT_COLUMNS: Final = ("estimate_id", *KEYS[:-1], "method")
NUMBERS: Final = {
    "classified": (
        "days_to_progression", "months_to_progression", "exposure_days", "days_since_last_dose",
        "progressing_lesions", "progressing_organs", "age", "pd_l1_tps", "ecog", "first_ici_line",
    ),
    "adtte": (
        "days", "months", "entry_days", "event", "interval_lower_days", "interval_upper_days", "source_row",
    ),
    "estimates": ("at", "estimate", "lower", "upper", "confidence", "p", "n", "events"),
    "curves": ("time_months", "survival", "lower", "upper", "at_risk", "events", "censored"),
    "incidence": ("time_months", "incidence", "lower", "upper", "at_risk"),
    "risk_sets": ("days", "at_risk", "events", "censored"),
    "residuals": ("x", "place", "y", "smooth", "lower", "upper"),
    "attrition": ("step", "excluded", "remaining", "not_evaluable"),
    "row_account": ("rows_read", "duplicates_merged", "set_aside", "used"),
    "violations": ("source_row",),
    "lesion_notes": ("source_row",),
    "lesion_agreement": ("n",),
    "preset_classes": (),
    "boundary_patients": ("cutoff_days", "days", "distance"),
    "cohort": (),
    "specification_curve": (
        "place", "n", "events", "left_out", "hr", "lower", "upper", "p", "median_difference", "logrank_p",
    ),
}  # fmt: skip
DATES: Final = {
    "classified": (
        "first_ici_start",
        "first_ici_end",
        "first_ici_progression",
        "rechallenge_start",
        "first_ici_response_date",
        "rechallenge_response_date",
    ),
    "adtte": ("start_date", "end_date"),
}
FLAGS: Final = {
    "classified": ("eligible",),
    "preset_classes": ("eligible",),
    "boundary_patients": ("eligible",),
    "specification_curve": ("main",),
}


def read_result(table: str, path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read one of the result tables of `NUMBERS`; in the cohort, every column but the reasons is true/false."""
    header = pd.read_csv(path, nrows=0).columns
    if table == "cohort":
        text = ["analysis", "patient_id", "excluded_by", "not_evaluable"]
    else:
        inferred = {*NUMBERS[table], *DATES.get(table, ()), *FLAGS.get(table, ())}
        text = [name for name in header if name not in inferred]
    return read_csv(path, text=text, dates=[name for name in DATES.get(table, ()) if name in header])


def prepared(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return estimates with empty text for absent keys and floats for numbers, in their order.

    Needs the columns of estimates.csv; raises UserError naming those that lack.
    """
    wanted = [*TEXT_COLUMNS, "at", "estimate", "lower", "upper", "confidence", "p", "n", "events"]
    lacking = [name for name in wanted if name not in estimates.columns]
    if lacking:
        raise UserError(f"estimates.csv: the columns {', '.join(lacking)} are missing; run the step `estimate` again.")
    frame = estimates.loc[:, wanted].copy()
    for name in wanted:
        if name in TEXT_COLUMNS:
            text = frame[name].astype("object").where(frame[name].notna(), "").astype(str)
            frame[name] = text.replace({"True": "true", "False": "false"})
        else:
            frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    return frame.reset_index(drop=True)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as dictionaries."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
