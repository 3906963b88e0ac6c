"""The canonical tables: names, columns, kinds and meanings, declared once.

`validation.schemas` turns these declarations into pandera schemas (and the data dictionary), `sources` fills
them, everything later reads them. In memory a text column has dtype `TEXT` (Arrow-backed, missing is NaN), a
date column `datetime64[ns]` (missing is NaT), a number column `float64` (missing is NaN). Each date column
`x` is followed by `x_precision` (day, month, year) and `x_raw`; each count column `x` by `x_qualifier`
(exact, at_least, at_most, range: the value is its lower end) and `x_raw`. Every table ends with
`source_file` (name) and `source_row` (the row as a spreadsheet numbers it: the header is row 1), an integer.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from rechallenge import vocabulary as v

TEXT: Final = pd.StringDtype("pyarrow", na_value=np.nan)
DATE: Final = "datetime64[ns]"

Kind = Literal["text", "term", "date", "number", "count"]


@dataclass(frozen=True)
class Column:
    """One column of a canonical table. `required` means: present and filled in every row."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    terms: tuple[str, ...] = ()
    unit: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Table:
    """One canonical table; `key` names the columns that identify a row (used to find duplicates)."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    optional: bool = False

    def column(self, name: str) -> Column:
        """Return the declared column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> list[str]:
        """The declared column names, without the companions that ingest adds."""
        return [column.name for column in self.columns]

    @property
    def dates(self) -> list[str]:
        return [column.name for column in self.columns if column.kind == "date"]

    @property
    def all_names(self) -> list[str]:
        """Every column of the stored table, in order, companions and source columns included."""
        names: list[str] = []
        for column in self.columns:
            names.append(column.name)
            if column.kind == "date":
                names += [f"{column.name}_precision", f"{column.name}_raw"]
            elif column.kind == "count":
                names += [f"{column.name}_qualifier", f"{column.name}_raw"]
        return [*names, "source_file", "source_row"]

    def dtypes(self) -> dict[str, Any]:
        """The pandas dtype of every stored column."""
        kinds: dict[str, Any] = dict.fromkeys(self.all_names, TEXT)
        for column in self.columns:
            if column.kind == "date":
                kinds[column.name] = DATE
            elif column.kind in ("number", "count"):
                kinds[column.name] = "float64"
        kinds["source_row"] = "int64"
        return kinds


PATIENT_ID: Final = Column("patient_id", "text", "Identifier of the patient in the source", required=True)

PATIENTS: Final = Table(
    "patients",
    "One row per patient",
    (
        PATIENT_ID,
        Column("site", "text", "Hospital or registry site"),
        Column("sex", "term", "Sex", terms=v.SEXES),
        Column("birth_date", "date", "Date of birth (often the year only)"),
        Column("diagnosis_date", "date", "Date of the lung-cancer diagnosis"),
        Column("histology", "term", "Histological type (ICD-O-3 groups)", terms=v.HISTOLOGIES),
        Column("stage", "term", "Stage group at diagnosis (AJCC)", terms=v.STAGES),
        Column("stage_edition", "text", "AJCC edition of the stage: 7 or 8"),
        Column("advanced_date", "date", "Recurrence or metastasis after an earlier stage"),
        Column("smoking", "term", "Smoking history", terms=v.SMOKING),
        Column("pd_l1_tps", "count", "PD-L1 tumour proportion score", unit="percent", low=0, high=100),
        Column("pd_l1_clone", "term", "Antibody clone of the PD-L1 test", terms=v.PD_L1_CLONES),
        Column("egfr", "term", "EGFR sensitising mutation; missing when untested", terms=v.MUTATION),
        Column("alk", "term", "ALK rearrangement; missing when untested", terms=v.MUTATION),
        Column("brain_metastasis", "term", "Brain metastasis at the first ICI", terms=v.YES_NO),
        Column("liver_metastasis", "term", "Liver metastasis at the first ICI", terms=v.YES_NO),
        Column("bone_metastasis", "term", "Bone metastasis at the first ICI", terms=v.YES_NO),
        Column("last_contact_date", "date", "Last date known alive, or the death", required=True),
        Column("death_date", "date", "Date of death from any cause; missing when alive"),
    ),
    key=("patient_id",),
)

TREATMENTS: Final = Table(
    "treatments",
    "One row per drug and interval; a combination has one row per drug",
    (
        PATIENT_ID,
        Column("regimen_id", "text", "Identifier of the regimen in the source"),
        Column("line", "number", "Line of therapy", low=0, high=30),
        Column("drug", "text", "Drug, by INN after the drug dictionary; raw text in drug_raw", required=True),
        Column("start_date", "date", "First dose", required=True),
        Column("end_date", "date", "Last dose"),
        Column("stop_reason", "term", "Why it was stopped", terms=v.STOP_REASONS),
        Column("ecog", "number", "ECOG performance status at its start", low=0, high=5),
        Column("modality", "term", "Systemic or local therapy", terms=v.MODALITIES),
        Column("intent", "term", "Intent of the treatment", terms=v.INTENTS),
        Column("best_response", "term", "Best response, for sources without dated scans", terms=v.RESPONSES),
        Column("progression_date", "date", "Progression on it, for sources without dated scans"),
    ),
    key=("patient_id", "drug", "start_date"),
)

ASSESSMENTS: Final = Table(
    "assessments",
    "One row per tumour assessment",
    (
        PATIENT_ID,
        Column("assessment_date", "date", "Date of the scan or visit", required=True),
        Column("response", "term", "Overall response", required=True, terms=v.RESPONSES),
        Column("basis", "term", "Imaging, or clinical judgement", terms=v.BASES),
        Column("progressing_lesions", "count", "Lesions that grew to progression", unit="lesions", low=0, high=200),
        Column("progressing_organs", "count", "Organs with progressing lesions", unit="organs", low=0, high=30),
        Column("new_lesions", "count", "New lesions", unit="lesions", low=0, high=200),
    ),
    key=("patient_id", "assessment_date", "basis"),
)

LESIONS: Final = Table(
    "lesions",
    "One row per lesion and assessment",
    (
        PATIENT_ID,
        Column("assessment_date", "date", "Date of the scan", required=True),
        Column("lesion_id", "text", "Lesion within the patient, the same on every scan", required=True),
        Column("organ", "text", "Organ; lymph nodes are told by it"),
        Column("role", "term", "Target, non-target or new lesion", terms=v.LESION_ROLES),
        Column("diameter_mm", "number", "Longest diameter (short axis for nodes)", unit="mm", low=0, high=400),
        Column("status", "term", "What is said of it beside or instead of a diameter", terms=v.LESION_STATUSES),
    ),
    key=("patient_id", "assessment_date", "lesion_id"),
    optional=True,
)

ADVERSE_EVENTS: Final = Table(
    "adverse_events",
    "One row per adverse event",
    (
        PATIENT_ID,
        Column("start_date", "date", "Onset"),
        Column("term", "text", "What happened, as recorded"),
        Column("ctcae_grade", "number", "CTCAE grade", low=1, high=5),
        Column("immune_related", "term", "Judged immune-related", terms=v.YES_NO),
    ),
    key=("patient_id", "term", "start_date"),
    optional=True,
)

TABLES: Final = {table.name: table for table in (PATIENTS, TREATMENTS, ASSESSMENTS, LESIONS, ADVERSE_EVENTS)}
# Columns that ingest adds to treatments beside the declared ones: the class decides what a drug means.
DRUG_COLUMNS: Final = ("drug_raw", "drug_class")


def text(values: Any, index: pd.Index | None = None) -> pd.Series:
    """A text column from any values; empty strings are missing."""
    column = pd.Series(values, index=index, dtype="object")
    return column.where(column.ne(""), np.nan).astype(TEXT)


def stored_names(table: str) -> list[str]:
    """Every stored column of a canonical table, `drug_raw` and `drug_class` after `drug` included."""
    names = TABLES[table].all_names
    if table == "treatments":
        at = names.index("drug") + 1
        names = [*names[:at], *DRUG_COLUMNS, *names[at:]]
    return names


def conform(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return `frame` with exactly the stored columns of `table`, in order and dtype; absent ones are missing."""
    kinds = TABLES[table].dtypes() | dict.fromkeys(DRUG_COLUMNS, TEXT)
    names = stored_names(table)
    frame = frame.reindex(columns=names)
    return frame.astype({name: kinds[name] for name in names})
