"""What a canonical column needs beside the name of its source column: words, units, padding, each with its evidence."""

from itertools import product
from typing import Any, Final

import pandas as pd

from rechallenge.drafting.evidence import MOST_WORDS, Profile, Words, quotable
from rechallenge.drafting.headers import normal
from rechallenge.drafting.model import Entry, Question
from rechallenge.drafting.sheets import Pick, View
from rechallenge.sources.values import Vocabularies
from rechallenge.tables import TABLES, TEXT, Column
from rechallenge.vocabulary import YES_NO

_SMALLEST_MM: Final = 15.0
_MOST_SIMILAR: Final = 3


def entry_for(view: View, table: str, picked: Pick, column: str, vocabularies: Vocabularies) -> Entry:
    """Return the entry of a canonical column; the columns taken are marked as used."""
    declared = TABLES[table].column(column)
    if not picked.sure:
        view.asked.update(picked.names)
        evidence = "; ".join(f'"{name}": {_seen(view.profiles[name], declared)}' for name in picked.names)
        return Entry(column, Question.of(picked.names, picked.because, or_nothing=not declared.required), evidence)
    (name,) = picked.names
    view.used.add(name)
    profile = view.profiles[name]
    extra = _details(profile, declared, vocabularies)
    value: Any = {"column": name, **extra} if extra else name
    return Entry(column, value, _seen(profile, declared))


def _seen(profile: Profile, column: Column) -> str:
    """Say what the cells are, in counts only."""
    rows = len(profile.all_cells)
    filled = f"{profile.filled} of {rows} filled"
    if not profile.filled:
        return "no cell is filled"
    if column.name == "patient_id":
        return f"{filled}, {profile.distinct} different"
    if column.kind == "date":
        dates = profile.dates
        unread = dates.filled - dates.read - dates.serials
        parts = [
            f"{dates.read + dates.serials} are dates",
            *([f"{dates.real} of them date cells"] if dates.real else []),
        ]
        if unread:
            parts.append(f"{unread} cannot be read")
        if dates.short_years:
            parts.append(
                f"{dates.short_years} have a year of two digits: declare YY and two_digit_years_from, or write four"
            )
        return f"{filled}; {', '.join(parts)}"
    if column.name == "drug":
        words = profile.drugs
        return f"{filled}; {words.fit} are drugs of the dictionary"
    if column.kind in ("term", "number", "count"):
        words = profile.words(column, "kps" if column.name == "ecog" and profile.in_tens else None)
        what = "known words" if column.kind == "term" else f"numbers within {column.low:g} to {column.high:g}"
        return f"{words.filled} of {rows} filled; {words.fit} are {what}"
    return f"{filled}, {profile.distinct} different"


def _details(profile: Profile, column: Column, vocabularies: Vocabularies) -> dict[str, Any]:
    if not profile.filled:
        return {}
    if column.name == "patient_id":
        return _padding(profile)
    if column.name == "drug":
        return _drug_words(profile.drugs, vocabularies)
    if column.name == "ecog":
        return _karnofsky(profile, column)
    if column.name == "diameter_mm":
        return _unit(profile)
    if column.kind == "term":
        return _terms(profile, column)
    if column.kind in ("number", "count"):
        return {**_fraction(profile, column), **_counts(profile, column)}
    return {}


def _padding(profile: Profile) -> dict[str, Any]:
    """Identifiers of digits that lost their leading zeros in some rows: as long as those that kept them."""
    texts = profile.texts.astype(str).str.strip()
    if not texts.str.fullmatch(r"\d+").all():
        return {}
    zeros = texts[texts.str.startswith("0")]
    lengths = set(zeros.str.len())
    longest = int(texts.str.len().max())
    shorter = texts[texts.str.len() < longest]
    if len(zeros) and lengths == {longest} and len(shorter):
        return {"pad": longest}
    return {}


def _drug_words(words: Words, vocabularies: Vocabularies) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for text in quotable(words.unknown)[:MOST_WORDS]:
        choices = _similar(text, vocabularies)
        values[text] = Question(
            tuple(choices), f"{_cells(words.unknown[text])}; the drug dictionary has no such name, {_hint(choices)}"
        )
    return {"values": values} if values else {}


def _similar(text: str, vocabularies: Vocabularies) -> list[str]:
    """Return cells of known drugs like this one: unknown parts replaced by the nearest entries."""
    found = vocabularies.drugs.resolve(pd.Series([text], dtype=TEXT)).rows
    parts = []
    for drug, known in zip(found["drug"], found["drug_class"].notna(), strict=True):
        near = [] if known else [entry.split(" (")[0] for entry in vocabularies.drugs.nearest_entries(drug).split(", ")]
        parts.append([drug] if known else [entry for entry in near if entry])
    if not all(parts):
        return []
    return [" + ".join(choice) for choice in product(*parts)][:_MOST_SIMILAR]


def _hint(choices: list[str]) -> str:
    return "only similar ones" if choices else "nor a similar one: write its INN"


def _karnofsky(profile: Profile, column: Column) -> dict[str, Any]:
    if not profile.in_tens:
        return _counts(profile, column)
    header = normal(profile.name)
    if "kps" in header or "karnofsky" in header:
        return {"scale": "kps"}
    return {"scale": Question.of(["kps"], "every number is a multiple of ten, as Karnofsky status is")}


def _unit(profile: Profile) -> dict[str, Any]:
    header = normal(profile.name).split()
    if "mm" in header or "毫米" in profile.name:
        return {}
    if "cm" in header or "厘米" in profile.name:
        return {"scale": "cm"}
    numbers = profile.numbers
    if len(numbers) and float(numbers.quantile(0.9)) < _SMALLEST_MM:
        return {"scale": Question.of(["cm"], "nearly all diameters are below 15, so they may be centimetres")}
    return {}


def _terms(profile: Profile, column: Column) -> dict[str, Any]:
    words = profile.words(column)
    codes = set(words.coded)
    # 0 and 1 are no and yes everywhere; any other code has a meaning that only its registry knows.
    if words.only_codes and column.terms == YES_NO and codes <= {"0", "1"}:
        return {}
    if words.only_codes and column.name != "stage":
        because = "a code, whose meaning only the source knows"
        return {"values": {code: Question.of(column.terms, because) for code in sorted(codes)}}
    unknown = quotable(words.unknown)
    if not unknown or len(unknown) > MOST_WORDS:
        return {}
    return {
        "values": {
            word: Question.of(column.terms, f"{_cells(words.unknown[word])} and no vocabulary knows it")
            for word in unknown
        }
    }


def _fraction(profile: Profile, column: Column) -> dict[str, Any]:
    if column.unit != "percent":
        return {}
    numbers = profile.numbers
    parts = int(((numbers > 0) & (numbers < 1)).sum())
    if not parts:
        return {}
    because = f"{parts} of {len(numbers)} numbers without % lie between 0 and 1: 0.5 is 50 percent, or half a percent"
    return {"fraction": Question(("true", "false"), because)}


def _counts(profile: Profile, column: Column) -> dict[str, Any]:
    words = profile.words(column)
    unknown = [word for word in quotable(words.unknown) if not any(char.isdigit() for char in word)]
    if not unknown or len(unknown) > MOST_WORDS:
        return {}
    choices = {"percent": ["<1%", "1-49%", ">=50%"], "lesions": [">=3"], "organs": [">=2"]}.get(column.unit, [])
    because = "and it is no number"
    return {"values": {word: Question.of(choices, f"{_cells(words.unknown[word])} {because}") for word in unknown}}


def _cells(number: int) -> str:
    return "stands in 1 cell" if number == 1 else f"stands in {number} cells"
