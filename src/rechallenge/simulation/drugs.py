"""Which drugs are given: ICIs by calendar year, partners and other systemic therapy by histology.

A regimen is a row of up to four drug codes, -1 where there is none; `DRUGS` names the codes.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator

from rechallenge.simulation.parameters import ICIS
from rechallenge.simulation.sampling import Codes, Days, category

CHEMOTHERAPY: Final = (
    "pemetrexed", "docetaxel", "paclitaxel", "gemcitabine", "carboplatin", "cisplatin", "etoposide", "irinotecan",
)  # fmt: skip
ANTI_ANGIOGENIC: Final = ("bevacizumab", "anlotinib")
TARGETED: Final = ("gefitinib", "icotinib", "osimertinib", "crizotinib")
OTHER: Final = ("durvalumab", "ipilimumab", "investigational")
DRUGS: Final = (*ICIS, *CHEMOTHERAPY, *ANTI_ANGIOGENIC, *TARGETED, *OTHER)
CODE: Final = {name: code for code, name in enumerate(DRUGS)}
WIDTH: Final = 4
# Platinum and its partners stop after four to six cycles; all else goes on until the regimen stops.
FIXED_COURSE: Final = np.array([name in ("carboplatin", "cisplatin", "etoposide", "paclitaxel") for name in DRUGS])
TWO_WEEKLY: Final = np.array([name == "nivolumab" for name in DRUGS])

# Weights of ICIS by year of the first dose; in 2016-17 within trials only.
_ICI_WEIGHTS: Final = {
    2014: (7, 3, 0, 0, 0, 0, 0, 0),
    2015: (7, 3, 0, 0, 0, 0, 0, 0),
    2016: (6, 4, 0, 0, 0, 0, 0, 0),
    2017: (5, 4, 0, 0, 0, 0, 1, 0),
    2018: (55, 40, 0, 0, 0, 0, 5, 0),
    2019: (20, 25, 30, 20, 0, 0, 5, 0),
    2020: (10, 18, 26, 20, 16, 6, 4, 0),
    2021: (6, 14, 24, 19, 25, 7, 5, 0),
    2022: (4, 12, 22, 16, 28, 6, 5, 7),
}


def years(day: Days) -> Codes:
    """Calendar year of each day number, held between 2014 and 2022."""
    year = day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return np.clip(year, 2014, 2022)


def choose_ici(rng: Generator, day: Days, other_than: Codes | None = None) -> Codes:
    """Return an ICI of the calendar year for each patient, other than a given one where that is asked."""
    weights = np.array([_ICI_WEIGHTS[year] for year in range(2014, 2023)], dtype="float64")[years(day) - 2014]
    if other_than is not None:
        known = (other_than >= 0) & (other_than < len(ICIS))
        weights[known, other_than[known]] = 0.0
    return category(rng, weights, len(day))


def empty(n: int) -> Codes:
    """Return n regimens without a drug."""
    return np.full((n, WIDTH), -1, dtype=np.int64)


def _rows(names: list[tuple[str, ...]]) -> Codes:
    table = empty(len(names))
    for row, drugs in enumerate(names):
        table[row, : len(drugs)] = [CODE[name] for name in drugs]
    return table


_DOUBLETS: Final = _rows(
    [
        ("pemetrexed", "carboplatin"),
        ("pemetrexed", "cisplatin"),
        ("pemetrexed", "carboplatin", "bevacizumab"),
        ("paclitaxel", "carboplatin"),
        ("gemcitabine", "cisplatin"),
        ("etoposide", "cisplatin"),
        ("etoposide", "carboplatin"),
    ]
)
_LATER: Final = _rows(
    [("docetaxel",), ("pemetrexed",), ("gemcitabine",), ("anlotinib",), ("docetaxel", "bevacizumab"), ("irinotecan",)]
)
_TARGETED: Final = _rows([("gefitinib",), ("icotinib",), ("osimertinib",), ("crizotinib",)])


def first_line(rng: Generator, patients: pd.DataFrame) -> Codes:
    """Return platinum doublets by histology, or the inhibitor of a known driver mutation."""
    n = len(patients)
    weights = np.tile(np.array([55, 20, 25, 0, 0, 0, 0], dtype="float64"), (n, 1))
    weights[patients["histology"].eq("squamous")] = (0, 0, 0, 65, 35, 0, 0)
    weights[patients["histology"].isin(["small_cell", "carcinoid"])] = (0, 0, 0, 0, 0, 55, 45)
    regimen = _DOUBLETS[category(rng, weights, n)]
    egfr, alk = patients["egfr"].eq("positive").to_numpy(), patients["alk"].eq("positive").to_numpy()
    inhibitor = np.where(alk, 3, category(rng, (40, 30, 30), n))
    return np.where((egfr | alk)[:, None], _TARGETED[inhibitor], regimen)


def doublet(rng: Generator, patients: pd.DataFrame) -> Codes:
    """Return platinum doublets without an anti-angiogenic drug, for combinations with an ICI."""
    regimen = first_line(rng, patients.assign(egfr=None, alk=None))
    regimen[:, 2] = -1
    return regimen


def later_line(rng: Generator, patients: pd.DataFrame, day: Days) -> Codes:
    """Return single drugs and pairs of later lines; anlotinib from 2018."""
    n = len(patients)
    weights = np.tile(np.array([34, 20, 12, 24, 10, 0], dtype="float64"), (n, 1))
    weights[patients["histology"].eq("squamous")] = (52, 0, 26, 22, 0, 0)
    weights[patients["histology"].eq("small_cell")] = (0, 0, 0, 35, 0, 65)
    weights[years(day) < 2018, 3] = 0.0
    return _LATER[category(rng, weights, n)]


def rechallenge_partners(rng: Generator, patients: pd.DataFrame, kind: Codes) -> Codes:
    """Return the partners (columns 1 to 3) of an ICI for a type of REGIMEN_TYPES."""
    n = len(patients)
    squamous = patients["histology"].eq("squamous").to_numpy()
    chemo = np.where(squamous, CODE["docetaxel"], np.where(rng.random(n) < 0.6, CODE["pemetrexed"], CODE["docetaxel"]))
    angio = np.where(squamous | (rng.random(n) < 0.55), CODE["anlotinib"], CODE["bevacizumab"])
    regimen = empty(n)
    regimen[:, 1] = np.where((kind == 1) | (kind == 3), chemo, np.where(kind == 2, angio, -1))
    regimen[:, 2] = np.where(kind == 3, angio, -1)
    return regimen
