"""Readable lesions: a few rows in, the response of each scan out. The regimen starts on 10 January 2020."""

import pandas as pd

from rechallenge.clinical.recist import derived_responses
from rechallenge.settings.exposure import LesionSettings
from rechallenge.tables import TEXT
from tests.support import canonical

# The columns of a row of the fixtures.
HEADER = "assessment_date  lesion_id  organ  role  diameter_mm  status"


def lesion_rows(text: str, patient_id: str = "01") -> pd.DataFrame:
    """Canonical lesions of one patient; a row is `HEADER`, the status may be left out."""
    rows = [line.split() for line in text.strip().splitlines()]
    lines = [" | ".join([patient_id, *[*row, "."][:6]]) for row in rows]
    return canonical("lesions", " | ".join(["patient_id", *HEADER.split()]) + "\n" + "\n".join(lines))


def regimens(*starts: str, patient_id: str = "01") -> pd.DataFrame:
    """The starts of the regimens of one patient."""
    dates = pd.to_datetime(list(starts or ("2020-01-10",)))
    return pd.DataFrame({"patient_id": patient_id, "start_date": dates}).astype({"patient_id": TEXT})


def derived(text: str, *starts: str, settings: LesionSettings | None = None) -> pd.DataFrame:
    """What the lesions give at each scan, indexed by its date as text."""
    found = derived_responses(lesion_rows(text), regimens(*starts), settings or LesionSettings())
    return found.set_index(found["assessment_date"].dt.strftime("%Y-%m-%d"))


def responses(text: str, *starts: str, settings: LesionSettings | None = None) -> dict[str, str]:
    """The response at each scan where there is one."""
    return derived(text, *starts, settings=settings)["response"].to_dict()


def response_after(text: str, *, settings: LesionSettings | None = None) -> str | None:
    """The response at the last scan of the rows."""
    last = text.strip().splitlines()[-1].split()[0]
    return responses(text, settings=settings).get(last)


def counts(text: str) -> tuple[float, float, float]:
    """Progressing lesions, new lesions and organs with either, at the last scan of the rows."""
    row = derived(text).iloc[-1]
    return row["progressing_lesions"], row["new_lesions"], row["progressing_organs"]
