"""Readable fixtures: tables as text, one row per line, `.` for missing."""

from dataclasses import dataclass, field

import pandas as pd

from rechallenge.clinical.courses import StudyFrame
from rechallenge.clinical.derive import derive
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.tables import TEXT, conform
from rechallenge.written_rows import canonical_rows

CUTOFF = pd.Timestamp("2022-12-31")
WINDOW = (pd.Timestamp("2016-03-01"), pd.Timestamp("2022-12-31"))

DRUG_CLASSES = {
    "nivolumab": "PD-1",
    "pembrolizumab": "PD-1",
    "sintilimab": "PD-1",
    "tislelizumab": "PD-1",
    "atezolizumab": "PD-L1",
    "durvalumab": "PD-L1",
    "ipilimumab": "CTLA-4",
    "docetaxel": "chemotherapy",
    "pemetrexed": "chemotherapy",
    "carboplatin": "chemotherapy",
    "anlotinib": "anti-angiogenic",
    "bevacizumab": "anti-angiogenic",
    "osimertinib": "targeted",
    "denosumab": "supportive",
}


def table(text: str) -> pd.DataFrame:
    """Read a table written as text: a header line, then rows; columns split by two or more spaces or `|`."""
    lines = [line.strip().strip("|") for line in text.strip().splitlines() if line.strip()]
    cells = [[cell.strip() for cell in line.split("|")] if "|" in line else line.split() for line in lines]
    rows = [[None if cell in (".", "") else cell for cell in row] for row in cells[1:]]
    return pd.DataFrame(rows, columns=cells[0], dtype=TEXT)


def canonical(name: str, text: str | None) -> pd.DataFrame:
    """A canonical table from text. `2020-05` and `2020` are partial dates (at the 15th, at 1 July).

    Drugs get their class, rows of patients are called `patients.csv` row 2, 3 ...; a count may be `>=3`.
    """
    if text is None:
        return conform(pd.DataFrame(), name)
    frame = table(text)
    if name == "treatments":
        frame["drug_class"] = frame["drug"].map(DRUG_CLASSES)
    return canonical_rows(name, frame)


@dataclass
class Study:
    """A small study from text tables, derived step by step as the workflow does."""

    treatments: str
    assessments: str | None = None
    patients: str | None = None
    lesions: str | None = None
    definitions: DefinitionSettings = field(default_factory=DefinitionSettings)
    progression_dates_only: bool = False
    cutoff: pd.Timestamp = CUTOFF
    window: tuple[pd.Timestamp, pd.Timestamp] = WINDOW

    def __post_init__(self) -> None:
        self.treatment_rows = canonical("treatments", self.treatments)
        self.assessment_rows = canonical("assessments", self.assessments)
        self.lesion_rows = canonical("lesions", self.lesions)
        self.patient_rows = canonical("patients", self.patients) if self.patients else self._usual_patients()
        self.tables = {
            "patients": self.patient_rows,
            "treatments": self.treatment_rows,
            "assessments": self.assessment_rows,
            "lesions": self.lesion_rows,
        }
        self.frame = StudyFrame(self.cutoff, self.window, self.progression_dates_only)
        derived = derive(self.tables, self.definitions, self.frame)
        self.exposures, self.regimens = derived.courses.exposures, derived.courses.regimens
        self.assessments_seen, self.course = derived.courses.assessments, derived.courses.course
        self.cohort, self.attrition = derived.cohort, derived.attrition
        self.classified, self.adtte = derived.classified, derived.adtte

    def _usual_patients(self) -> pd.DataFrame:
        """Stage IVA adenocarcinoma, alive at the cut-off, for every patient of the treatments."""
        ids = sorted(set(self.treatment_rows["patient_id"]))
        lines = [f"{name} adenocarcinoma IVA 2022-12-31" for name in ids]
        return canonical("patients", "patient_id histology stage last_contact_date\n" + "\n".join(lines))

    def patient(self, frame: pd.DataFrame, patient_id: str = "01") -> pd.Series:
        """The only row of a patient in a one-row-per-patient frame."""
        rows = frame[frame["patient_id"] == patient_id]
        assert len(rows) == 1, f"{len(rows)} rows of patient {patient_id}"
        return rows.iloc[0]

    def endpoint(self, endpoint: str, population: str, patient_id: str = "01") -> pd.Series:
        """The row of one endpoint, population and patient."""
        rows = self.adtte[self.adtte["endpoint"].eq(endpoint) & self.adtte["population"].eq(population)]
        return self.patient(rows, patient_id)
