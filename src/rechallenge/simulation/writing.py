"""The files of an extract: the registry's own CSV files, or canonical tables; and the truth beside them."""

import csv
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

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


def write_registry(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write the rendered tables as the registry's files: CRLF lines, quotes where a cell needs them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        form = FORMS[name]
        with (folder / f"{name}.csv").open("w", encoding=form.encoding, newline="") as stream:
            writer = csv.writer(stream, delimiter=form.delimiter, lineterminator="\r\n")
            writer.writerow(table.columns)
            writer.writerows(zip(*(table[column].tolist() for column in table.columns), strict=True))


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


def write_canonical(tables: dict[str, pd.DataFrame], folder: Path, kind: str) -> None:
    """Write canonical tables as `<table>.csv` or `<table>.parquet` (`kind`)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in canonical_tables(tables).items():
        if kind == "parquet":
            files.write_parquet(frame, folder / f"{name}.parquet")
        else:
            files.write_csv(frame, folder / f"{name}.csv")


def write_truth(extract: Extract, folder: Path, model: Parameters, rates: DirtRates, **how: Any) -> None:
    """Write `parameters.json` (the whole model, the dirt, n and seed) and `truth.csv` (one row per patient).

    Neither is read by the study.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files.write_json({**how, "model": model.plain(), "dirt": asdict(rates)}, folder / "parameters.json")
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
    files.write_csv(truth, folder / "truth.csv")
