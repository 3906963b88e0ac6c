"""The files of an extract: the registry's own CSV files, or canonical tables; and the truth beside them."""

import csv
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pandas as pd

from rechallenge import files
from rechallenge.simulation.dirt import DirtRates
from rechallenge.simulation.extract import Extract
from rechallenge.simulation.parameters import Parameters
from rechallenge.simulation.sampling import NEVER


@dataclass(frozen=True)
class FileForm:
    """How one file of the registry is written."""

    encoding: str
    delimiter: str


# Four departments, four exports.
FORMS: Final = {
    "patients": FileForm("utf-8-sig", ","),
    "treatments": FileForm("gb18030", ","),
    "assessments": FileForm("utf-8", ";"),
    "adverse_events": FileForm("gb18030", "\t"),
}
_CANONICAL: Final = {
    "patients": {
        "birth": "birth_date",
        "diagnosis": "diagnosis_date",
        "recurrence": "advanced_date",
        "last_contact": "last_contact_date",
        "death": "death_date",
    },
    "treatments": {"regimen_number": "regimen_id", "start": "start_date", "end": "end_date", "reason": "stop_reason"},
    "assessments": {"day": "assessment_date"},
    "adverse_events": {"day": "start_date", "grade": "ctcae_grade"},
}
_HIDDEN: Final = (
    "group", "path", "entry", "pd_l1_below_1", "phase", "segment",
    "tps_style", "counts_as_text", "spelling", "second_drug",
)  # fmt: skip


class ExtractWriter:
    """Writes the tables of an extract, block by block, into one file each.

    `form`: registry (rendered text; CRLF lines, quotes where a cell needs them), csv or parquet (canonical tables).
    """

    def __init__(self, folder: Path, form: str) -> None:
        self.folder, self.form = folder, form
        self._open = ExitStack()
        self._sheets: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *failure: object) -> None:
        self._open.close()

    def write(self, tables: dict[str, pd.DataFrame]) -> None:
        """Add the rows of one block."""
        for name, frame in tables.items():
            begun = name in self._sheets
            if self.form == "registry":
                self._write_text(name, frame, begun=begun)
            elif self.form == "csv":
                files.write_csv(frame, self.folder / f"{name}.csv", append=begun)
                self._sheets[name] = None
            else:
                if not begun:
                    sheet = files.ParquetRows(self.folder / f"{name}.parquet")
                    self._sheets[name] = self._open.enter_context(sheet)
                self._sheets[name].write(frame)

    def _write_text(self, name: str, frame: pd.DataFrame, *, begun: bool) -> None:
        form = FORMS[name]
        if not begun:
            path = self.folder / f"{name}.csv"
            stream = self._open.enter_context(path.open("w", encoding=form.encoding, newline=""))
            self._sheets[name] = csv.writer(stream, delimiter=form.delimiter, lineterminator="\r\n")
            self._sheets[name].writerow(frame.columns)
        self._sheets[name].writerows(zip(*(frame[column].tolist() for column in frame.columns), strict=True))


def canonical_tables(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables under canonical names, with days as dates; only dirt that changes records is kept."""
    result = {}
    for name, frame in tables.items():
        frame = frame.drop(
            columns=[column for column in frame.columns if column in _HIDDEN or column.endswith("_precision")]
        )
        if name == "patients":
            frame = frame.assign(pd_l1_tps=_scores(tables[name]))
        else:
            frame = frame.drop(columns=["site"], errors="ignore")
        if name == "treatments":
            frame = frame.assign(drug=_joined_drugs(tables[name]))
        for column in frame.columns:
            if column in ("birth", "diagnosis", "recurrence", "last_contact", "death", "start", "end", "day"):
                days = frame[column].to_numpy(np.int64)
                dates = np.where(days < NEVER, days, 0).astype("datetime64[D]").astype("datetime64[ns]")
                frame[column] = pd.Series(dates, index=frame.index).mask(days >= NEVER)
        result[name] = frame.rename(columns=_CANONICAL[name])
    return result


def _scores(patients: pd.DataFrame) -> pd.Series:
    text = patients["pd_l1_tps"].map(lambda score: "" if pd.isna(score) else f"{score:g}", na_action=None)
    return text.mask(patients["pd_l1_below_1"], "<1")


def _joined_drugs(treatments: pd.DataFrame) -> pd.Series:
    if "second_drug" not in treatments:
        return treatments["drug"]
    two = treatments["second_drug"].ne("")
    return treatments["drug"].mask(two, treatments["drug"] + " + " + treatments["second_drug"])


def write_parameters(folder: Path, model: Parameters, rates: DirtRates, **how: Any) -> None:
    """Write `parameters.json`: the whole model, the dirt, and how the extract was made. No study reads it."""
    files.write_json({**how, "model": model.plain(), "dirt": asdict(rates)}, folder / "parameters.json")


def write_truth(extract: Extract, folder: Path, *, append: bool = False) -> None:
    """Write `truth.csv` (one row per patient), or add to it. No study reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = extract.truth.copy()
    for column in (
        "first_ici_start",
        "first_progression",
        "rechallenge_start",
        "rechallenge_progression",
        "death",
        "last_observed",
    ):
        days = truth[column].to_numpy(np.int64)
        seen = days <= truth["last_observed"].to_numpy(np.int64)
        dates = np.where(seen, days, 0).astype("datetime64[D]").astype("datetime64[ns]")
        truth[column] = pd.Series(dates, index=truth.index).where(seen)
    files.write_csv(truth, folder / "truth.csv", append=append)
