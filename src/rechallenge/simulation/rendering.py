"""How the cells of the registry are written: date styles, names, words, spaces. Text in, nothing decided."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator

from rechallenge.simulation import words
from rechallenge.simulation.dirt import DAY, YEAR, DirtRates
from rechallenge.simulation.parameters import day_number
from rechallenge.simulation.sampling import NEVER, Codes, Flags, chance

# Each hospital has its habit: ISO, slashes, digits, Chinese, spreadsheet serials, ISO.
STYLES: Final = ("iso", "slash", "digits", "chinese", "serial")
_HABIT: Final = {"A": 0, "B": 1, "C": 2, "D": 3, "E": 4, "F": 0}
_FIRST_DAY: Final = day_number("1900-03-01")
_LAST_DAY: Final = day_number("2031-12-31")
_SERIAL_ZERO: Final = day_number("1899-12-30")


class DateTexts:
    """Every day of the registry's time, written in every style and precision, made once."""

    def __init__(self) -> None:
        days = np.arange(_FIRST_DAY, _LAST_DAY + 1)
        iso = days.astype("datetime64[D]").astype(str)
        year, month, day = (np.array([text[part] for text in iso]) for part in (slice(0, 4), slice(5, 7), slice(8, 10)))
        m, d = np.char.lstrip(month, "0"), np.char.lstrip(day, "0")

        def joined(*parts: np.ndarray | str) -> np.ndarray:
            text = np.full(len(days), "", dtype="U16")
            for part in parts:
                text = np.char.add(text, part)
            return text.astype(object)

        self.exact: list[np.ndarray] = [
            iso.astype(object),
            joined(year, "/", m, "/", d),
            joined(year, month, day),
            joined(year, "年", m, "月", d, "日"),
            (days - _SERIAL_ZERO).astype(str).astype(object),
        ]
        self.of_month: list[np.ndarray] = [
            joined(year, "-", month),
            joined(year, "-", month, "-00"),
            joined(year, "-", month, "-99"),
            joined(year, "-", month, "-88"),
            joined(year, ".", m),
            joined(year, "年", m, "月"),
            joined(year, "/", m),
        ]
        self.of_year: list[np.ndarray] = [
            joined(year),
            joined(year, "-00-00"),
            joined(year, "-99-99"),
            joined(year, "年"),
        ]

    def write(self, rng: Generator, days: Codes, precision: Codes, site: pd.Series, rates: DirtRates) -> np.ndarray:
        """Return the cells of one date column; NEVER is an empty cell."""
        n = len(days)
        known = days < NEVER
        at = np.clip(np.where(known, days, _FIRST_DAY) - _FIRST_DAY, 0, _LAST_DAY - _FIRST_DAY)
        style = site.map(_HABIT).fillna(0).to_numpy(dtype=np.int64)
        style = np.where(rng.random(n) < 0.04, rng.integers(0, len(STYLES), n), style)
        style = np.where(chance(rng, rates.date_styles, n), style, 0)
        exact = np.choose(style, [texts[at] for texts in self.exact])
        month_form, year_form = rng.integers(0, len(self.of_month), n), rng.integers(0, len(self.of_year), n)
        month = np.choose(month_form, [texts[at] for texts in self.of_month])
        year = np.choose(year_form, [texts[at] for texts in self.of_year])
        partial = np.where(precision == YEAR, year, month)
        return np.where(known, np.where(precision == DAY, exact, partial), "").astype(object)


def render(rng: Generator, tables: dict[str, pd.DataFrame], rates: DirtRates) -> dict[str, pd.DataFrame]:
    """Return the tables as text, under the registry's headers; an empty text is an empty cell."""
    dates = DateTexts()
    cells = {
        "patients": _patients(rng, tables["patients"], rates, dates),
        "treatments": _treatments(rng, tables["treatments"], rates, dates),
        "assessments": _assessments(rng, tables["assessments"], rates, dates),
        "adverse_events": _events(rng, tables["adverse_events"], rates, dates),
    }
    return {name: frame.rename(columns=words.HEADERS[name]) for name, frame in cells.items()}


def _patients(rng: Generator, frame: pd.DataFrame, rates: DirtRates, dates: DateTexts) -> pd.DataFrame:
    n = len(frame)
    site = frame["site"]
    coded = chance(rng, rates.codes, n)
    cells = {
        "patient_id": frame["patient_id"],
        "site": site + "院",
        "sex": _chosen(rng, frame["sex"], words.SEX, coded),
        "birth": dates.write(rng, frame["birth"].to_numpy(), frame["birth_precision"].to_numpy(), site, rates),
        "diagnosis": dates.write(
            rng, frame["diagnosis"].to_numpy(), frame["diagnosis_precision"].to_numpy(), site, rates
        ),
        "histology": _chosen(rng, frame["histology"], words.HISTOLOGY, coded),
        "stage": frame["stage"] + np.where(coded, "期", ""),
        "stage_edition": frame["stage_edition"],
        "recurrence": dates.write(
            rng, frame["recurrence"].to_numpy(), frame["recurrence_precision"].to_numpy(), site, rates
        ),
        "smoking": frame["smoking"].map(words.SMOKING),
        "pd_l1_tps": _tps(frame),
        "pd_l1_clone": frame["pd_l1_clone"],
        "egfr": frame["egfr"].map(words.MUTATION),
        "alk": frame["alk"].map(words.MUTATION),
        **{
            name: frame[name].map(words.METASTASIS)
            for name in ("brain_metastasis", "liver_metastasis", "bone_metastasis")
        },
        "last_contact": dates.write(rng, frame["last_contact"].to_numpy(), np.zeros(n, dtype=np.int64), site, rates),
        "death": dates.write(rng, frame["death"].to_numpy(), frame["death_precision"].to_numpy(), site, rates),
    }
    notes = np.array(words.NOTES, dtype=object)[rng.integers(0, len(words.NOTES), n)]
    cells["note"] = np.where(chance(rng, rates.notes, n), notes, "")
    text = _text(cells)
    _missing_words(rng, text, {"recurrence": "date", "death": "date", "smoking": "term"}, rates)
    _missing_words(rng, text, dict.fromkeys(("pd_l1_tps", "pd_l1_clone", "egfr", "alk"), "test"), rates)
    _unreadable(rng, text, ("smoking", "pd_l1_tps", "recurrence"), rates)
    _full_width(rng, text, ("stage", "pd_l1_tps", "diagnosis", "sex"), rates)
    _spaces(rng, text, ("patient_id", "sex", "stage", "histology", "egfr", "last_contact"), rates)
    return text


def _treatments(rng: Generator, frame: pd.DataFrame, rates: DirtRates, dates: DateTexts) -> pd.DataFrame:
    site = frame["site"]
    names = _drug_names(rng, frame["drug"], frame["spelling"].to_numpy(bool), rates)
    second = _drug_names(rng, frame["second_drug"], np.zeros(len(frame), dtype=bool), rates)
    joiner = np.array(words.JOINERS, dtype=object)[rng.integers(0, len(words.JOINERS), len(frame))]
    names = np.where(frame["second_drug"].eq(""), names, names + joiner + second)
    local = ~frame["modality"].eq("systemic")
    cells = {
        "patient_id": _identifiers(rng, frame["patient_id"], rates),
        "regimen_number": "R" + frame["regimen_number"].astype("int64").astype(str),
        "line": _number(frame["line"]),
        "modality": frame["modality"].map(words.MODALITY),
        "intent": frame["intent"].map(words.INTENT).mask(local, ""),
        "drug": np.where(local, "", names),
        "start": dates.write(rng, frame["start"].to_numpy(), frame["start_precision"].to_numpy(), site, rates),
        "end": dates.write(rng, frame["end"].to_numpy(), frame["end_precision"].to_numpy(), site, rates),
        "reason": frame["reason"].map(words.REASON),
        "ecog": _number(frame["ecog"]),
    }
    text = _text(cells)
    _missing_words(rng, text, {"end": "date", "ecog": "count"}, rates)
    _unreadable(rng, text, ("end", "ecog"), rates)
    _full_width(rng, text, ("drug", "start", "ecog", "line"), rates)
    _spaces(rng, text, ("patient_id", "drug", "start", "end", "reason"), rates)
    return text


def _assessments(rng: Generator, frame: pd.DataFrame, rates: DirtRates, dates: DateTexts) -> pd.DataFrame:
    lesions = _number(frame["progressing_lesions"])
    style = frame["counts_as_text"].fillna(0).to_numpy()
    cells = {
        "patient_id": frame["patient_id"],
        "day": dates.write(rng, frame["day"].to_numpy(), frame["day_precision"].to_numpy(), frame["site"], rates),
        "response": frame["response"],
        "basis": frame["basis"].map(words.BASIS),
        "progressing_lesions": np.select([style == 1, style == 2], [words.MULTIPLE, "≥3"], default=lesions),
        "new_lesions": _number(frame["new_lesions"]),
        "progressing_organs": _number(frame["progressing_organs"]),
    }
    text = _text(cells)
    # Only at progression does the form ask for counts; elsewhere the cells stay empty.
    asked = frame["response"].eq("PD").to_numpy()
    _missing_words(rng, text, dict.fromkeys(("progressing_lesions", "progressing_organs"), "count"), rates, asked)
    _unreadable(rng, text, ("progressing_lesions",), rates)
    lower = chance(rng, rates.codes / 4, len(text))
    text["response"] = text["response"].mask(lower, text["response"].str.lower())
    _full_width(rng, text, ("response", "progressing_lesions"), rates)
    _spaces(rng, text, ("patient_id", "day", "response"), rates)
    return text


def _events(rng: Generator, frame: pd.DataFrame, rates: DirtRates, dates: DateTexts) -> pd.DataFrame:
    cells = {
        "patient_id": _identifiers(rng, frame["patient_id"], rates),
        "day": dates.write(rng, frame["day"].to_numpy(), frame["day_precision"].to_numpy(), frame["site"], rates),
        "term": frame["term"].map(words.EVENT),
        "grade": _number(frame["grade"]) + np.where(chance(rng, rates.codes, len(frame)), "级", ""),
        "immune_related": frame["immune_related"].map(words.YES_NO),
    }
    text = _text(cells)
    _full_width(rng, text, ("grade",), rates)
    _spaces(rng, text, ("term", "patient_id"), rates)
    return text


def _text(cells: dict[str, object]) -> pd.DataFrame:
    """Return a frame of Python texts; None and NaN are empty cells."""
    frame = pd.DataFrame(cells).astype(object)
    return frame.where(frame.notna(), "")


def _number(values: pd.Series) -> np.ndarray:
    """Return whole numbers as text, missing ones empty."""
    known = values.notna().to_numpy()
    texts = np.array([str(number) for number in range(201)], dtype=object)
    return np.where(known, texts[values.fillna(0).to_numpy(dtype=np.int64)], "").astype(object)


def _chosen(rng: Generator, terms: pd.Series, table: Mapping[str, tuple[str, ...]], other: Flags) -> np.ndarray:
    """Return the first word of each term, or one of its other words where `other` is set."""
    first = terms.map({term: options[0] for term, options in table.items()}).to_numpy(dtype=object)
    result = first.copy()
    for term, options in table.items():
        rows = np.flatnonzero(other & terms.eq(term).to_numpy())
        if len(options) > 1 and len(rows):
            result[rows] = np.array(options[1:], dtype=object)[rng.integers(0, len(options) - 1, len(rows))]
    return result


def _drug_names(rng: Generator, drugs: pd.Series, misspelt: Flags, rates: DirtRates) -> np.ndarray:
    names = _chosen(rng, drugs, words.DRUG_NAMES, chance(rng, rates.drug_names, len(drugs)))
    wrong = drugs.map(words.MISSPELT).to_numpy(dtype=object)
    return np.where(misspelt, wrong, np.where(pd.isna(names), "", names))


def _tps(frame: pd.DataFrame) -> np.ndarray:
    """Percent, a part of one, or a range; `fraction: true` in the mapping reads all three."""
    score = frame["pd_l1_tps"].to_numpy(float)
    percents = np.array([f"{number}%" for number in range(101)], dtype=object)
    parts = np.array([f"{number / 100:g}" for number in range(101)], dtype=object)
    at = np.nan_to_num(score).astype(np.int64)
    style = frame["tps_style"].to_numpy()
    ranged = np.where(score < 50, "1-49%", "≥50%").astype(object)
    text = np.select([style == 1, style == 2], [parts[at], ranged], default=percents[at])
    text = np.where(frame["pd_l1_below_1"], "<1%", text)
    return np.where(np.isnan(score), "", text)


def _identifiers(rng: Generator, identifiers: pd.Series, rates: DirtRates) -> pd.Series:
    return identifiers.mask(chance(rng, rates.lost_zeros, len(identifiers)), identifiers.str.lstrip("0"))


def _missing_words(
    rng: Generator, text: pd.DataFrame, columns: dict[str, str], rates: DirtRates, asked: Flags | None = None
) -> None:
    for column, kind in columns.items():
        options = np.array(words.MISSING[kind], dtype=object)
        empty = text[column].eq("").to_numpy() & chance(rng, rates.missing_words, len(text))
        empty &= True if asked is None else asked
        text[column] = text[column].mask(
            empty, pd.Series(options[rng.integers(0, len(options), len(text))], index=text.index)
        )


def _unreadable(rng: Generator, text: pd.DataFrame, columns: tuple[str, ...], rates: DirtRates) -> None:
    """Replace a few filled cells by words that mean something to a person only."""
    for column in columns:
        rows = np.flatnonzero(chance(rng, rates.unreadable, len(text)) & text[column].ne("").to_numpy())
        _changed(text, column, rows, [words.UNREADABLE[column]] * len(rows))


def _changed(text: pd.DataFrame, column: str, rows: np.ndarray, cells: list[str]) -> None:
    changed = text[column].to_numpy(dtype=object).copy()
    changed[rows] = cells
    text[column] = changed


def _full_width(rng: Generator, text: pd.DataFrame, columns: tuple[str, ...], rates: DirtRates) -> None:
    table = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
    for column in columns:
        rows = np.flatnonzero(chance(rng, rates.full_width, len(text)))
        cells = text[column].to_numpy(dtype=object)[rows]
        _changed(text, column, rows, [str(cell).translate(table) for cell in cells])


def _spaces(rng: Generator, text: pd.DataFrame, columns: tuple[str, ...], rates: DirtRates) -> None:
    for column in columns:
        rows = np.flatnonzero(chance(rng, rates.spaces, len(text)))
        around = rng.integers(0, 3, len(rows))
        cells = text[column].to_numpy(dtype=object)[rows]
        forms = ("{} ", "{}\u3000", " {}")
        # A space does not turn an empty cell into a value.
        _changed(
            text,
            column,
            rows,
            [forms[form].format(cell) if cell else "" for cell, form in zip(cells, around, strict=True)],
        )
