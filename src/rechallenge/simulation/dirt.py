"""What real extracts look like: errors and losses put into the clean tables, at stated rates.

Here is the dirt that changes what a record says (dates, counts, copies). How a cell is written - styles, names,
spaces - is the matter of `rendering`. The rates are shares of the rows (or patients, or cells) concerned.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace

import numpy as np
import pandas as pd
from numpy.random import Generator

from rechallenge.errors import UserError, nearest
from rechallenge.simulation.extract import Extract
from rechallenge.simulation.sampling import NEVER, between, category, chance
from rechallenge.simulation.words import MISSPELT

DAY, MONTH, YEAR = 0, 1, 2
PARTIAL_DATES = {
    "patients": ("birth", "diagnosis", "recurrence", "death"),
    "treatments": ("start", "end"),
    "assessments": ("day",),
    "adverse_events": ("day",),
}


@dataclass(frozen=True)
class DirtRates:
    """How much of each kind of dirt; the defaults are those of the clinical reference."""

    duplicates: float = 0.05  # rows entered twice
    conflicts: float = 0.001  # rows entered twice, the copy with another value
    patient_conflicts: float = 0.0025  # patients entered twice, with another diagnosis date
    partial_dates: float = 0.05  # date cells of which only the month, or the year, is known
    year_only: float = 0.15  # of the partial dates
    death_before_last_dose: float = 0.01  # of the dead patients
    progression_before_start: float = 0.01  # of the patients with progression on their first treatment
    lesions_missing: float = 0.15  # of the progressions
    lesions_text: float = 0.12  # of the counts of 3 and more
    after_cutoff: float = 0.01  # of the patients alive: an assessment dated after the cut-off
    date_styles: float = 0.75  # dates in another style than YYYY-MM-DD
    drug_names: float = 0.20  # brand, code or English name instead of the Chinese one
    misspelt: float = 0.0025  # drug names with a wrong character
    two_drugs: float = 0.10  # regimens whose drugs stand in one cell
    codes: float = 0.30  # coded sex and histology
    tps_text: float = 0.25  # scores as a part of one or as a range
    missing_words: float = 0.60  # missing values written as a word instead of an empty cell
    full_width: float = 0.02
    spaces: float = 0.03
    lost_zeros: float = 0.10
    unreadable: float = 0.002  # cells of some columns that no rule can read
    notes: float = 0.03

    def times(self, factor: float) -> "DirtRates":
        """Return all rates times a factor (at most 1); 0 is a clean extract."""
        if factor < 0:
            raise UserError(f"--dirt: the factor must not be negative (found {factor:g}).")
        return DirtRates(**{name: min(rate * factor, 1.0) for name, rate in asdict(self).items()})

    def having(self, name: str, rate: float) -> "DirtRates":
        """Return the rates with one of them replaced; raises UserError for an unknown name or an impossible rate."""
        names = [item.name for item in fields(self)]
        if name not in names:
            raise UserError(f'--dirt: there is no kind of dirt "{name}".{nearest(name, names)}')
        if not 0 <= rate <= 1:
            raise UserError(f"--dirt {name}: the rate must lie between 0 and 1 (found {rate:g}).")
        return replace(self, **{name: rate})


def read_rates(texts: Sequence[str]) -> DirtRates:
    """Return the rates that the `--dirt` options ask for; raises UserError for one that is not understood."""
    rates = DirtRates()
    for text in texts:
        name, equals, value = text.rpartition("=")
        try:
            number = float(value)
        except ValueError:
            raise UserError(
                f'--dirt: "{text}" is neither a factor (0.5) nor a kind and its rate (duplicates=0.1).'
            ) from None
        rates = rates.having(name, number) if equals else DirtRates().times(number)
    return rates


def soil(rng: Generator, extract: Extract, rates: DirtRates, cutoff: int) -> dict[str, pd.DataFrame]:
    """Return the tables with their dirt, sorted as a registry exports them.

    Beside the columns of `extract` the tables have `<date>_precision` (DAY, MONTH, YEAR), `counts_as_text`,
    `tps_style`, `spelling` and `second_drug` for `rendering`.
    """
    tables = {name: frame.copy() for name, frame in extract.tables().items()}
    _death_before_last_dose(rng, tables, rates.death_before_last_dose)
    _progression_before_start(rng, tables, rates.progression_before_start)
    _after_cutoff(rng, tables, rates.after_cutoff, cutoff)
    _counts(rng, tables["assessments"], rates)
    tables["treatments"] = _drug_cells(rng, tables["treatments"], rates)
    tables["patients"]["tps_style"] = category(
        rng, (1 - rates.tps_text, rates.tps_text / 2, rates.tps_text / 2), len(extract.patients)
    )
    for name, columns in PARTIAL_DATES.items():
        for column in columns:
            _partial(rng, tables[name], column, rates)
    site = extract.patients.set_index("patient_id")["site"]
    for name in tables:
        tables[name] = _copies(rng, name, tables[name], rates)
        if name != "patients":
            tables[name]["site"] = tables[name]["patient_id"].map(site)
        order = ["site", "patient_id", *(column for column in ("start", "day") if column in tables[name])]
        tables[name] = tables[name].sort_values(order, kind="stable").reset_index(drop=True)
    return tables


def _death_before_last_dose(rng: Generator, tables: dict[str, pd.DataFrame], rate: float) -> None:
    people = tables["patients"]
    chosen = people[(people["death"] < NEVER) & chance(rng, rate, len(people))].set_index("patient_id")["death"]
    rows = tables["treatments"]
    death = rows["patient_id"].map(chosen)
    systemic = rows[death.notna() & rows["modality"].eq("systemic")]
    last = systemic.sort_values(["patient_id", "start"], kind="stable").drop_duplicates("patient_id", keep="last").index
    rows.loc[last, "end"] = death[last].astype(np.int64) + between(rng, 3, 40, len(last))


def _progression_before_start(rng: Generator, tables: dict[str, pd.DataFrame], rate: float) -> None:
    scans = tables["assessments"]
    first_start = scans["patient_id"].map(tables["treatments"].groupby("patient_id")["start"].min())
    progressions = scans[scans["response"].eq("PD")].sort_values(["patient_id", "day"], kind="stable")
    first = progressions.drop_duplicates("patient_id")
    chosen = first.index[chance(rng, rate, len(first))]
    scans.loc[chosen, "day"] = first_start[chosen].astype(np.int64) - between(rng, 3, 40, len(chosen))


def _after_cutoff(rng: Generator, tables: dict[str, pd.DataFrame], rate: float, cutoff: int) -> None:
    people, scans = tables["patients"], tables["assessments"]
    alive = people.loc[(people["death"] >= NEVER) & chance(rng, rate, len(people)), "patient_id"]
    alive = alive[alive.isin(scans["patient_id"])]
    late = pd.DataFrame({"patient_id": alive.to_numpy(), "day": cutoff + between(rng, 5, 60, len(alive))})
    tables["assessments"] = pd.concat([scans, late.assign(response="SD", basis="imaging")], ignore_index=True)


def _counts(rng: Generator, scans: pd.DataFrame, rates: DirtRates) -> None:
    gone = scans["response"].eq("PD").to_numpy() & chance(rng, rates.lesions_missing, len(scans))
    scans.loc[gone, ["progressing_lesions", "progressing_organs", "new_lesions"]] = np.nan
    many = scans["progressing_lesions"].ge(3).to_numpy() & chance(rng, rates.lesions_text, len(scans))
    scans["counts_as_text"] = np.where(many, 1 + rng.integers(0, 2, len(scans)), 0)


def _drug_cells(rng: Generator, rows: pd.DataFrame, rates: DirtRates) -> pd.DataFrame:
    """Join the drugs of some regimens in one cell, and misspell a few names."""
    n = len(rows)
    rows["spelling"] = rows["drug"].isin(list(MISSPELT)).to_numpy() & chance(rng, rates.misspelt, n)
    rows["second_drug"] = ""
    keys = ["patient_id", "segment", "start", "end"]
    place = rows.groupby(keys).cumcount()
    pairs = rows.groupby(keys)["drug"].transform("size").eq(2) & rows["modality"].eq("systemic")
    chosen = chance(rng, rates.two_drugs, n)
    lead = pairs & place.eq(0) & chosen & ~rows["spelling"]
    follower = rows.groupby(keys)["drug"].shift(-1)
    follower_misspelt = rows["spelling"].groupby([rows[key] for key in keys]).shift(-1).eq(True)
    lead &= ~follower_misspelt
    rows.loc[lead, "second_drug"] = follower[lead]
    absorbed = lead.groupby([rows[key] for key in keys]).shift(1).eq(True)
    return rows[~absorbed].reset_index(drop=True)


def _partial(rng: Generator, frame: pd.DataFrame, column: str, rates: DirtRates) -> None:
    n = len(frame)
    partial = chance(rng, rates.partial_dates, n)
    coarse = chance(rng, rates.year_only, n)
    frame[f"{column}_precision"] = np.where(partial, np.where(coarse, YEAR, MONTH), DAY)


def _copies(rng: Generator, name: str, frame: pd.DataFrame, rates: DirtRates) -> pd.DataFrame:
    """Append rows that were entered twice: the same, or (a few) with another value."""
    same = frame[chance(rng, rates.duplicates, len(frame))]
    rate = rates.patient_conflicts if name == "patients" else rates.conflicts
    other = frame[chance(rng, rate, len(frame))].copy()
    shift = between(rng, 20, 120, len(other))
    if name == "patients":
        other["diagnosis"] -= shift
        other["diagnosis_precision"] = DAY
    elif name == "treatments":
        other["end"] = np.where(other["end"] < NEVER, np.maximum(other["end"] - shift, other["start"]), other["start"])
        other["end_precision"] = DAY
    elif name == "assessments":
        other["response"] = other["response"].replace({"PD": "SD", "SD": "PR", "PR": "SD", "CR": "PR", "NE": "SD"})
        other[["progressing_lesions", "progressing_organs", "new_lesions"]] = np.nan
    else:
        other["grade"] = np.where(other["grade"] < 3, other["grade"] + 1, other["grade"] - 1)
    return pd.concat([frame, same, other], ignore_index=True)
