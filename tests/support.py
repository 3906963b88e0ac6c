"""Readable fixtures: tables as text, one row per line, `.` for missing."""

from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from rechallenge.clinical.classify import classify
from rechallenge.clinical.courses import Courses, StudyFrame, courses
from rechallenge.clinical.eligibility import attrition, evaluate
from rechallenge.clinical.endpoints import endpoints
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
    """A small study from text tables, derived step by step as the workflow does, as far as a test looks."""

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
        self.used = self.definitions.resolved()
        self._alone: dict[str, pd.DataFrame] = {}

    @cached_property
    def courses(self) -> Courses:
        return courses(self.tables, self.used, self.frame)

    @property
    def exposures(self) -> pd.DataFrame:
        return self.courses.exposures

    @property
    def regimens(self) -> pd.DataFrame:
        return self.courses.regimens

    @property
    def assessments_seen(self) -> pd.DataFrame:
        return self.courses.assessments

    @property
    def course(self) -> pd.DataFrame:
        return self.courses.course

    @cached_property
    def cohort(self) -> pd.DataFrame:
        everyone = self.patient_rows["patient_id"]
        return evaluate(self.course, self.patient_rows, everyone, self.used, self.cutoff, self.window)

    @property
    def attrition(self) -> pd.DataFrame:
        return attrition(self.cohort, self.used.eligibility.criteria)

    @cached_property
    def classified(self) -> pd.DataFrame:
        return classify(
            self.course, self.cohort, self.patient_rows, self.treatment_rows, self.assessments_seen, self.used,
            self.cutoff, progression_dates_only=self.progression_dates_only,
        )  # fmt: skip

    @cached_property
    def adtte(self) -> pd.DataFrame:
        return self._endpoints()

    def times(self, endpoint: str) -> pd.DataFrame:
        """The rows of one endpoint in `adtte`, derived alone unless all are there: most of the time goes there."""
        if "adtte" in self.__dict__:
            return self.adtte[self.adtte["endpoint"].eq(endpoint)].reset_index(drop=True)
        if endpoint not in self._alone:
            self._alone[endpoint] = self._endpoints(endpoint)
        return self._alone[endpoint]

    def _endpoints(self, *only: str) -> pd.DataFrame:
        return endpoints(
            self.classified, self.course, self.treatment_rows, self.assessments_seen, self.used.endpoints, self.cutoff,
            analysis="main", progression_dates_only=self.progression_dates_only, only=only,
        )  # fmt: skip

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
        rows = self.times(endpoint)
        return self.patient(rows[rows["population"].eq(population)], patient_id)
