"""Response and progression from measured lesions, by RECIST 1.1 (Eisenhauer 2009).

`recist_lesions` reads the rows and finds the baseline of each regimen, `recist_responses` gives the response at each
scan; here they become assessments. Out of scope: targets that split or merge (enter the sum of the parts, or the
merged diameter, under one lesion_id), and a time point whose scans lie on several days (enter it under one).
"""

from typing import Final

import pandas as pd

from rechallenge.clinical.recist_lesions import measurements
from rechallenge.clinical.recist_responses import time_points
from rechallenge.files import number_text
from rechallenge.settings.exposure import LesionSettings
from rechallenge.tables import TEXT, conform
from rechallenge.vocabulary import PROGRESSIVE

# The frames of a block of patients stay small, however large the registry is.
PATIENTS_AT_ONCE: Final = 50_000
_DAY: Final = ["patient_id", "assessment_date"]
_COUNTS: Final = ("progressing_lesions", "progressing_organs", "new_lesions")


def with_measured_lesions(
    assessments: pd.DataFrame, lesions: pd.DataFrame, regimens: pd.DataFrame, settings: LesionSettings
) -> pd.DataFrame:
    """Return the assessments, those on imaging replaced where measured lesions tell the response of that day.

    Clinical assessments stay, and so does what was reported of a day without lesions, of a day at which lesions
    tell nothing (on or before the baseline), and a progression reported of a day that is not evaluable by them: what
    was not measured cannot gainsay it.
    """
    if lesions.empty or settings.use == "never":
        return assessments
    return replaced(assessments, derived_responses(lesions, regimens, settings))


def replaced(assessments: pd.DataFrame, derived: pd.DataFrame) -> pd.DataFrame:
    """Return the assessments with those on imaging of the derived days replaced; see `with_measured_lesions`."""
    if derived.empty:
        return assessments
    imaging = ~assessments["basis"].eq("clinical")
    progressions = assessments[imaging & assessments["response"].isin(PROGRESSIVE)]
    used = derived[~(derived["response"].eq("NE") & _on_days(derived, progressions))]
    gone = imaging & _on_days(assessments, used)
    rows = pd.concat([assessments[~gone], as_assessments(used)], ignore_index=True)
    rows = rows.sort_values([*_DAY, "source_file", "source_row"], kind="stable").reset_index(drop=True)
    return conform(rows, "assessments")


def derived_responses(lesions: pd.DataFrame, regimens: pd.DataFrame, settings: LesionSettings) -> pd.DataFrame:
    """Return the response of each patient and day with measured lesions, sorted; empty where they are not used.

    Columns: those of `recist_responses.time_points` (but patient and epoch), patient_id, assessment_date with its
    companions, epoch_start (first day of the regimen), source_file and source_row of the day's first lesion row.
    """
    used = lesions if settings.use == "where_available" else lesions.iloc[:0]
    told = used[used[[*_DAY, "lesion_id"]].notna().all(axis=1)]
    block = pd.factorize(told["patient_id"])[0] // PATIENTS_AT_ONCE
    blocks = range(int(block.max()) + 1 if len(told) else 1)
    parts = [_responses_of(told[block == number], regimens, settings) for number in blocks]
    found = pd.concat([part for part in parts if len(part)] or parts[:1])
    return found.sort_values(_DAY, kind="stable").reset_index(drop=True)


def _responses_of(lesions: pd.DataFrame, regimens: pd.DataFrame, settings: LesionSettings) -> pd.DataFrame:
    """The responses of some of the patients."""
    measured = measurements(lesions, regimens, settings)
    found = time_points(measured, settings)
    ids = pd.Series(lesions["patient_id"].unique(), dtype=TEXT)
    found["patient_id"] = ids.reindex(found["patient"]).array
    found["epoch_start"] = found["epoch"].map(measured.epochs.set_index("epoch")["start"])
    found = found.rename(columns={"date": "assessment_date"})
    names = [*_DAY, "assessment_date_precision", "assessment_date_raw", "source_file", "source_row"]
    first = lesions[names].sort_values([*_DAY, "source_file", "source_row"], kind="stable").drop_duplicates(_DAY)
    return found.drop(columns=["patient", "epoch"]).merge(first, on=_DAY, how="left")


def as_assessments(derived: pd.DataFrame) -> pd.DataFrame:
    """The derived responses as canonical assessments on imaging; counts belong to progressions."""
    rows = derived.assign(basis="imaging")
    for name in _COUNTS:
        counted = rows[name].notna()
        exact = pd.Series("exact", index=rows.index, dtype=TEXT)
        if name == "progressing_organs":
            # A progressing lesion without an organ may lie in one that is counted, or in another.
            unknown = rows["organs_unknown"].eq(True)
            exact = exact.mask(unknown, "at_least")
            rows[name] = rows[name].mask(unknown & rows[name].eq(0), 1.0)
        rows[f"{name}_qualifier"] = exact.where(counted)
        rows[f"{name}_raw"] = rows[name].map(number_text, na_action="ignore")
    return conform(rows, "assessments")


def _on_days(rows: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """Whether the patient of each row has one of the others on the same day."""
    found = rows[_DAY].merge(others[_DAY].drop_duplicates().assign(found=True), on=_DAY, how="left")
    return pd.Series(found["found"].eq(True).to_numpy(), index=rows.index)
