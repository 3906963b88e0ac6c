"""The studies whose inputs are damaged: the demo registry, the workbook, canonical tables and the GENIE format."""

import shutil
import tempfile
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from rechallenge.clinical.courses import StudyFrame
from rechallenge.clinical.derive import derive
from rechallenge.errors import UserError
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.simulation.dirt import read_rates
from rechallenge.simulation.registry import write_extract
from rechallenge.sources.ingest import to_canonical
from rechallenge.sources.mapping import Mapping, block_columns, read_mapping
from rechallenge.sources.readers import read_files
from rechallenge.sources.values import Vocabularies
from rechallenge.tables import TABLES
from rechallenge.validation.approvals import read_approvals
from rechallenge.validation.check import Checked, check
from tests.corruption.sheets import Book, Delimited, Sheet

ROOT = Path(__file__).parents[2]
VOCABULARIES = ROOT / "config/vocabularies"


@cache
def vocabularies() -> Vocabularies:
    return Vocabularies.read(VOCABULARIES)


@cache
def approvals() -> dict[str, pd.Timestamp]:
    return read_approvals(VOCABULARIES / "approvals.yaml")


@dataclass
class Outcome:
    """What came of an extract: sentences that refused it, or findings; the results are derived when asked for."""

    study: "Study"
    problems: list[str] = field(default_factory=list)
    checked: Checked | None = None

    @property
    def findings(self) -> pd.DataFrame:
        assert self.checked is not None
        return self.checked.violations

    @cached_property
    def accepted(self) -> dict[str, pd.DataFrame]:
        """The accepted tables as the derivation sees them: neither raw text nor places of rows."""
        assert self.checked is not None
        return {name: _plain(frame) for name, frame in self.checked.accepted.items()}

    @cached_property
    def results(self) -> dict[str, pd.DataFrame]:
        """Everything that the estimates are made of, without the places of rows in the source."""
        assert self.checked is not None
        tables, study = self.checked.accepted, self.study
        everyone = tables["patients"]["patient_id"]
        frame = StudyFrame(
            pd.Timestamp(study.cutoff),
            (pd.Timestamp(study.window[0]), pd.Timestamp(study.window[1])),
            study.mapping.declares.progression_dates_only,
        )
        made = derive(tables, study.definitions, frame, everyone=everyone)
        events = tables["adverse_events"].sort_values(["patient_id", "start_date", "term"], kind="stable")
        kept = {
            "cohort": made.cohort,
            "attrition": made.attrition,
            "classified": made.classified,
            "times": made.adtte,
            "course": made.courses.course,
            "adverse_events": events[["patient_id", "start_date", "term", "ctcae_grade", "immune_related"]],
        }
        return {name: _plain(frame) for name, frame in kept.items()}


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame without the places of rows, in the order of its patients."""
    places = [name for name in frame.columns if "source_" in name or name.endswith(("_row", "_raw"))]
    plain = frame.drop(columns=places)
    keys = [name for name in ("patient_id", "endpoint", "population") if name in plain.columns]
    return plain.sort_values(keys, kind="stable", ignore_index=True) if keys else plain.reset_index(drop=True)


@dataclass
class Study:
    """One extract with its mapping and settings."""

    name: str
    source: str
    files: dict[str, bytes]
    cutoff: date = date(2022, 12, 31)
    window: tuple[date, date] = (date(2016, 3, 1), date(2022, 12, 31))
    set_aside: tuple[str, ...] = ()
    definitions: DefinitionSettings = field(default_factory=DefinitionSettings)
    given_as_file: bool = False

    @cached_property
    def mapping(self) -> Mapping:
        return read_mapping(ROOT / f"config/sources/{self.source}.yaml", VOCABULARIES)

    @cached_property
    def sheets(self) -> dict[str, Sheet]:
        """The files as cells."""
        return {name: self._read(name, data) for name, data in self.files.items()}

    def _read(self, name: str, data: bytes) -> Sheet:
        source = next(s for s in self.mapping.files.values() if _matches(name, s.path))
        if name.endswith(".xlsx"):
            return Book.read(name, data, source.skip_rows + source.header_rows)
        encoding = "utf-8-sig" if source.encoding == "auto" else source.encoding
        delimiter = {"auto": ",", "tab": "\t"}.get(source.delimiter, source.delimiter)
        return Delimited.read(name, data, encoding, delimiter)

    @cached_property
    def _columns(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """(table, column) -> the files and headers that it is read from."""
        if self.mapping.format == "genie_bpc":
            return genie_places()
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for table, blocks in self.mapping.tables.items():
            for block in blocks:
                file = next((n for n in self.files if _matches(n, self.mapping.files[block.file].path)), "")
                for column, source in block_columns(table, block).items() if file else ():
                    for header in source.inputs if source.column else ():
                        if header in self.sheets[file].header and header == source.column:
                            found.setdefault((table, column), []).append((file, header))
        return {key: list(dict.fromkeys(places)) for key, places in found.items()}

    def places(self, table: str, column: str) -> list[tuple[str, str]]:
        return self._columns.get((table, column), [])

    def columns(self) -> list[tuple[str, str]]:
        """Every canonical column that is read from a cell."""
        return list(self._columns)

    def holds(self, file: str, table: str) -> bool:
        return any(file == at for (of, _), places in self._columns.items() if of == table for at, _ in places)

    def canonical(self, file: str, header: str) -> set[str]:
        """The canonical columns that a column of a file fills."""
        return {column for (_, column), places in self._columns.items() if (file, header) in places}

    def patient(self, file: str, row: list[str]) -> str:
        """The identifier of a row as the canonical tables have it."""
        for table in TABLES:
            for at, header in self.places(table, "patient_id"):
                if at == file:
                    place = self.sheets[file].header.index(header)
                    text = row[place].strip() if place < len(row) else ""
                    pad = {"demo_registry": 8, "workbook_zh": 7}.get(self.source, 0)
                    return text.zfill(pad) if text else ""
        return ""

    def run(self, changed: MappingType[str, bytes | None]) -> Outcome:
        """Take the extract, with some files changed (None: taken away), through ingest and validation."""
        folder = Path(tempfile.mkdtemp(prefix="corruption"))
        try:
            for name, data in {**self.files, **changed}.items():
                if data is not None:
                    target = folder / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(data)
            return self._validated(folder)
        finally:
            shutil.rmtree(folder)

    def _validated(self, folder: Path) -> Outcome:
        words = vocabularies()
        try:
            raw = read_files(folder, self.mapping)
            made = to_canonical(raw, self.mapping, words, "middle", self.cutoff)
        except UserError as error:
            return Outcome(self, list(error.problems))
        checked = check(
            made.tables, made.findings, None, self.set_aside, cutoff=self.cutoff, drug_names=words.drugs.drugs,
            approvals=approvals(),
        )  # fmt: skip
        return Outcome(self, [], checked)

    @cached_property
    def baseline(self) -> Outcome:
        """What comes of the undamaged extract."""
        return self.run({})

    def table(self, name: str) -> pd.DataFrame:
        """A canonical table of the undamaged extract."""
        assert self.baseline.checked is not None
        return self.baseline.checked.accepted[name]


def _matches(file: str, path: str) -> bool:
    return Path(file).match(path) or Path(file).stem == path


def _settings(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "config" / name).read_text(encoding="utf-8")))


def registry() -> Study:
    """The demo registry as shipped, its first hundred patients that no open error concerns."""
    settings = _settings("config.yaml")
    study = Study(
        "registry",
        "demo_registry",
        {path.name: path.read_bytes() for path in sorted((ROOT / "data/demo").glob("*.csv"))},
        set_aside=tuple(settings["validation"]["set_aside"]),
    )
    found = study.baseline.findings
    trouble = set(found.loc[found["severity"].eq("error"), "patient_id"].dropna())
    people = list(dict.fromkeys(study.patient("patients.csv", row) for row in study.sheets["patients.csv"].rows[1:]))
    kept = set([person for person in people if person not in trouble][:100])
    files = {}
    for name, sheet in study.sheets.items():
        part = sheet.copied()
        part.rows = [row for at, row in enumerate(sheet.rows) if at == 0 or study.patient(name, row) in kept]
        files[name] = part.written()
    return Study("registry", "demo_registry", files, set_aside=study.set_aside)


def workbook() -> Study:
    """The shipped workbook: one wide row per patient."""
    path = ROOT / "data/workbook/ici_rechallenge.xlsx"
    return Study("workbook", "workbook_zh", {path.name: path.read_bytes()})


def canonical() -> Study:
    """Canonical tables of a simulated registry, with measured lesions."""
    folder = Path(tempfile.mkdtemp(prefix="corruption"))
    try:
        write_extract(60, 11, read_rates(["0"]), folder, "csv")
        files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}
        treatments = pd.read_csv(folder / "treatments.csv", dtype=str)
        assessments = pd.read_csv(folder / "assessments.csv", dtype=str)
    finally:
        shutil.rmtree(folder)
    files["lesions.csv"] = _lesions(treatments, assessments)
    return Study("canonical", "canonical", files)


def _lesions(treatments: pd.DataFrame, assessments: pd.DataFrame) -> bytes:
    """Two target lesions of the patients with the most scans, measured before treatment and on each scan."""
    often = assessments["patient_id"].value_counts().sort_index().sort_values(ascending=False, kind="stable").index[:12]
    lines = ["patient_id,assessment_date,lesion_id,organ,role,diameter_mm,status"]
    for person in sorted(often):
        first = pd.to_datetime(treatments.loc[treatments["patient_id"].eq(person), "start_date"]).min()
        days = [first - pd.Timedelta(days=9), *pd.to_datetime(
            assessments.loc[assessments["patient_id"].eq(person), "assessment_date"])]  # fmt: skip
        for at, day in enumerate(sorted(set(days))):
            for lesion, size in (("L1", 31 + 2 * (at % 5)), ("L2", 24 + at % 3)):
                lines.append(f"{person},{day:%Y-%m-%d},{lesion},lung,target,{size},measured")
    return ("\n".join(lines) + "\n").encode()


GENIE_FILES = {
    "patient": "patient_level_dataset.csv",
    "cancer_index": "cancer_level_dataset_index.csv",
    "regimen": "regimen_cancer_level_dataset.csv",
    "imaging": "imaging_level_dataset.csv",
    "med_onc": "med_onc_note_level_dataset.csv",
    "pathology": "pathology_report_level_dataset.csv",
}


def genie_places() -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The columns of the GENIE format that hold what a canonical column says; counts of days are no dates."""
    patient, cancer, regimen = (GENIE_FILES[name] for name in ("patient", "cancer_index", "regimen"))
    imaging, notes = GENIE_FILES["imaging"], GENIE_FILES["med_onc"]
    return {
        ("patients", "patient_id"): [(patient, "record_id"), (cancer, "record_id")],
        ("treatments", "patient_id"): [(regimen, "record_id")],
        ("assessments", "patient_id"): [(imaging, "record_id"), (notes, "record_id")],
        ("patients", "sex"): [(patient, "naaccr_sex_code")],
        ("patients", "smoking"): [(cancer, "ca_lung_cigarette")],
        ("patients", "stage"): [(cancer, "stage_dx")],
        ("patients", "histology"): [(cancer, "ca_hist_adeno_squamous")],
        ("treatments", "drug"): [(regimen, f"drugs_drug_{slot}") for slot in range(1, 6)],
        ("treatments", "regimen_id"): [(regimen, "regimen_number")],
        ("assessments", "response"): [(imaging, "image_overall"), (notes, "md_ca_status")],
        ("patients", "birth_date"): [(patient, "birth_year")],
        ("patients", "last_contact_date"): [(patient, "dob_lastalive_int")],
        ("patients", "death_date"): [(patient, "hybrid_death_int")],
        ("patients", "diagnosis_date"): [(cancer, "dob_ca_dx_days")],
        ("treatments", "start_date"): [(regimen, f"drugs_startdt_int_{slot}") for slot in range(1, 6)],
        ("treatments", "end_date"): [(regimen, f"dx_drug_end_int_{slot}") for slot in range(1, 6)],
        ("assessments", "assessment_date"): [(imaging, "image_scan_int"), (notes, "md_onc_visit_int")],
    }


def genie() -> Study:
    """A synthetic release in the layout of GENIE BPC (the real one is not public domain), the columns that are read."""
    from geniekit.synthetic import generate

    tables = generate("NSCLC", 36, seed=3, genomic=False).tables
    files = {}
    for name, file in GENIE_FILES.items():
        frame = tables[name]
        read = frame.columns[frame.columns.isin(_READ_BY_GENIE)]
        files[file] = frame[read].replace({np.nan: None}).to_csv(index=False).encode()
    latest = date(2100, 12, 31)
    return Study("genie", "genie_bpc", files, cutoff=latest, window=(date(1950, 1, 1), latest))


_READ_BY_GENIE = [
    "record_id", "institution", "birth_year", "naaccr_sex_code", "dob_lastalive_int", "hybrid_death_int",
    "n_imaging_reports_pt", "n_md_notes_pt", "n_regimens_pt", "ca_seq", "redcap_ca_index", "dob_ca_dx_days",
    "stage_dx", "dmets_stage_i_iii", "dx_to_dmets_days", "ca_lung_cigarette", "naaccr_histology_cd",
    "ca_hist_adeno_squamous", "best_ajcc_stage_cd", "naaccr_tnm_edition_num", "dmets_brain", "dmets_liver",
    "dmets_bone", "dx_to_dmets_brain_days", "dx_to_dmets_liver_days", "dx_to_dmets_bone_days", "regimen_number",
    "regimen_drugs", *(f"{name}_{slot}" for name in (
        "drugs_drug", "drugs_startdt_int", "dx_drug_start_int", "dx_drug_end_int", "dx_drug_end_or_lastadm_int"
    ) for slot in range(1, 6)), "dx_reg_end_all_int", "scan_number", "image_scan_int", "dx_scan_days",
    "image_overall", "image_casite1", "image_casite2", "md_visit_number", "md_onc_visit_int", "dx_md_visit_days",
    "md_ca_status", "path_proc_number", "path_proc_int", "pdl1_testing", "pdl1_perc", "pdl1_sum", "pdl1_test",
]  # fmt: skip

SHIPPED = {"registry": registry, "workbook": workbook, "canonical": canonical, "genie": genie}


@cache
def study(name: str) -> Study:
    """A study by its name, made once per process."""
    return SHIPPED[name]()
