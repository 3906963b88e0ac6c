"""Words and numbers of registries as canonical terms, numbers and counts.

A word is compared in its folded form (case, width and spaces do not matter). What is neither a term, a synonym
nor a missing word is reported and becomes missing; nothing is matched by likeness.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.errors import UserError, nearest
from rechallenge.sources.cells import as_text, folded, tidied
from rechallenge.sources.missing import MissingWords, read_missing
from rechallenge.sources.yaml_text import read_yaml
from rechallenge.tables import TABLES, TEXT, Column

# Karnofsky to ECOG; 90-100, 70-80 and 50-60 are the bands in common use, to be confirmed by a clinician.
KPS_TO_ECOG: Final = {100: 0, 90: 0, 80: 1, 70: 1, 60: 2, 50: 2, 40: 3, 30: 3, 20: 4, 10: 4, 0: 5}
_UNIT: Final = r"(?:%|mm|毫米|个|處|处|枚|分|级|級|线|線|岁|歲)?(?:病灶|器官)?"
_NUMBER: Final = re.compile(rf"(?:ecog|kps|ps)*[:=]?([+-]?\d+(?:\.\d+)?){_UNIT}")
_BELOW: Final = re.compile(rf"(?:<|小于|少于|低于|不足|lessthan|below)(\d+(?:\.\d+)?){_UNIT}")
_AT_MOST: Final = re.compile(rf"(?:<=|≤|≦|=<|不超过|至多|atmost|upto)(\d+(?:\.\d+)?){_UNIT}")
_ABOVE: Final = re.compile(rf"(?:>|大于|超过|多于|morethan|above)(\d+(?:\.\d+)?){_UNIT}")
_AT_LEAST: Final = re.compile(
    rf"(?:>=|≥|≧|=>|大于等于|大于或等于|不少于|至少|atleast)(\d+(?:\.\d+)?){_UNIT}|(\d+(?:\.\d+)?){_UNIT}(?:\+|及以上|以上|ormore)"
)
_TWO_NUMBERS: Final = re.compile(r"\d [\d.]")
_RANGE: Final = re.compile(rf"(\d+(?:\.\d+)?){_UNIT}(?:-|~|至|到|to)(\d+(?:\.\d+)?){_UNIT}")


@dataclass(frozen=True)
class Count:
    """A number as a registry knows it: exact, or only bounded; `at_most` is strictly below the value."""

    value: float
    qualifier: str = "exact"


def _one_number(text: str) -> str:
    """Return the cell folded, empty where it holds two numbers side by side: "2 2" is not twenty-two."""
    return "" if _TWO_NUMBERS.search(tidied(text)) else folded(text)


def read_number(text: str) -> float | None:
    """Return the number in a cell (full-width digits, a unit or % sign allowed), or None where it is none."""
    match = _NUMBER.fullmatch(_one_number(text))
    return float(match[1]) if match else None


def read_count(text: str, *, whole: bool = True, factor: float = 1.0) -> Count | None:
    """Return the count in a cell (times `factor`), or None where it is unreadable.

    "<3" is strictly below 3 and ">=3" at least 3. Of `whole` things (lesions) "<=2" is strictly below 3 and ">3"
    at least 4; of a percentage "<=1" is strictly below 2 (percentages are given in whole numbers) and ">50" at
    least 50. "1-49%" is a range, held by its lower end.
    """
    plain = _one_number(text)
    if match := _NUMBER.fullmatch(plain):
        return Count(_times(match[1], factor))
    if match := _AT_MOST.fullmatch(plain):
        return Count(_times(match[1], factor) + 1, "at_most")
    if match := _BELOW.fullmatch(plain):
        return Count(_times(match[1], factor), "at_most")
    if match := _AT_LEAST.fullmatch(plain):
        return Count(_times(match[1] or match[2], factor), "at_least")
    if match := _ABOVE.fullmatch(plain):
        return Count(_times(match[1], factor) + (1 if whole else 0), "at_least")
    match = _RANGE.fullmatch(plain)
    if match and float(match[1]) < float(match[2]):
        return Count(_times(match[1], factor), "range")
    return None


def _times(digits: str, factor: float) -> float:
    """Return the number times the factor, without the dust of binary fractions (0.07 x 100)."""
    return float(digits) if factor == 1 else round(float(digits) * factor, 9)


@dataclass(frozen=True)
class Vocabularies:
    """The shared words: `synonyms` maps canonical column -> folded word -> term; `missing` the words for no value.

    `drugs` is the drug dictionary (None where only words were read).
    """

    synonyms: Mapping[str, Mapping[str, str]]
    missing: MissingWords
    drugs: Any = None

    @classmethod
    def read(cls, folder: str | Path) -> "Vocabularies":
        """Read config/vocabularies (missing, values, drugs); raises UserError with every mistake."""
        from rechallenge.sources.drugs import DrugDictionary

        words = cls.read_words(folder)
        return cls(words.synonyms, words.missing, DrugDictionary.read(Path(folder) / "drugs.yaml"))

    @classmethod
    def read_words(cls, folder: str | Path) -> "Vocabularies":
        """Read `missing.yaml` and `values.yaml` only."""
        folder = Path(folder)
        missing, problems = read_missing(read_yaml(folder / "missing.yaml"), "missing.yaml")
        synonyms, further = read_synonyms(read_yaml(folder / "values.yaml"), "values.yaml")
        if problems or further:
            raise UserError(problems + further)
        return cls(synonyms, missing)


def read_synonyms(groups: Mapping[str, Any], where: str) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Return folded word -> term per canonical column, and what is wrong with the parsed `values.yaml`."""
    known = {column.name: column for table in TABLES.values() for column in table.columns}
    synonyms: dict[str, dict[str, str]] = {}
    problems: list[str] = []
    for name, group in groups.items():
        problems += [
            f'{where}: {name}: unknown key "{key}"; known: columns, terms, codes, code_forms.'
            for key in sorted(set(group) - {"columns", "terms", "codes", "code_forms"})
        ]
        words: dict[str, str] = {}
        for term, listed in (group.get("terms") or {}).items():
            listed_words = [term, *(listed or ())]
            problems += [
                f'{where}: {name}: "{word}" stands under "{words[folded(word)]}" and "{term}".'
                for word in listed_words
                if words.setdefault(folded(word), term) != term
            ]
        words.update(_expanded_codes(group.get("codes") or {}, group.get("code_forms") or ["{}"]))
        for column in group.get("columns") or ():
            if column not in known:
                problems.append(f'{where}: {name}: "{column}" is no canonical column.{nearest(column, list(known))}')
                continue
            problems += [
                f'{where}: {name}: "{term}" is no term of {column}.{nearest(term, known[column].terms)}'
                for term in dict.fromkeys(words.values())
                if target_problem(known[column], term)
            ]
            synonyms.setdefault(column, {}).update(words)
    return synonyms, problems


def _expanded_codes(codes: Mapping[str, list[str]], forms: list[str]) -> dict[str, str]:
    """Return every code of ranges such as 8140-8149, in each written form ("{}/3"), with its term."""
    words: dict[str, str] = {}
    for term, ranges in codes.items():
        for text in ranges:
            first, _, last = text.partition("-")
            for code in range(int(first), int(last or first) + 1):
                words.update({folded(form.format(code)): term for form in forms})
    return words


def target_problem(column: Column, target: str) -> str | None:
    """Return why a word may not be turned into `target` in that column, or None where it may."""
    if column.kind == "term" and column.terms and target not in column.terms:
        return f'"{target}" is no term of {column.name}.{nearest(target, column.terms)}'
    if column.kind == "number" and read_number(target) is None:
        return f'"{target}" is no number'
    if column.kind == "count" and read_count(target) is None:
        return f'"{target}" is no count (write 3, >=3, <3 or 1-49)'
    return None


@dataclass(frozen=True)
class Converted:
    """One column after conversion; `bad` marks the cells that could not be read (their value is missing)."""

    value: pd.Series
    bad: pd.Series
    raw: pd.Series
    qualifier: pd.Series | None = None


def convert_terms(cells: pd.Series, column: Column, words: Mapping[str, str], missing: frozenset[str]) -> Converted:
    """Turn words into terms. `words`: folded word -> term, missing words excepted unless they stand there."""
    terms = {folded(term): term for term in column.terms} | dict(words)
    raw = as_text(cells)
    codes, uniques = pd.factorize(raw)
    table = [None if word in missing and word not in words else terms.get(word, "") for word in map(folded, uniques)]
    found = pd.Series(np.array([*table, None], dtype=object)[codes], index=cells.index).astype(TEXT)
    bad = found == ""
    return Converted(found.mask(bad), bad, raw)


def convert_numbers(
    cells: pd.Series,
    column: Column,
    words: Mapping[str, str],
    missing: frozenset[str],
    *,
    fraction: bool = False,
    scale: str | None = None,
) -> Converted:
    """Turn cells into numbers or counts (by the column's kind); `words`: folded word -> a number as text.

    `fraction`: cells without a % sign are parts of one. `scale` "kps": Karnofsky in tens, turned into
    ECOG; "cm": centimetres, turned into mm (a cell that says mm stays).
    """
    raw = as_text(cells)
    codes, uniques = pd.factorize(raw)
    found = [_read(text, column, words, missing, fraction, scale) for text in uniques]
    values = np.array([*(item.value if isinstance(item, Count) else np.nan for item in found), np.nan])
    bad = np.array([*(item == "bad" for item in found), False], dtype=bool)
    qualifiers = np.array(
        [*(item.qualifier if isinstance(item, Count) else None for item in found), None], dtype=object
    )
    return Converted(
        pd.Series(values[codes], index=cells.index, dtype="float64"),
        pd.Series(bad[codes], index=cells.index),
        raw,
        pd.Series(qualifiers[codes], index=cells.index).astype(TEXT) if column.kind == "count" else None,
    )


def _read(
    text: str, column: Column, words: Mapping[str, str], missing: frozenset[str], fraction: bool, scale: str | None
) -> Count | str | None:
    """Return the count, "bad" where it is unreadable, or None where the cell means no value."""
    word = folded(text)
    whole = column.unit != "percent"
    if word in words:
        return read_count(words[word], whole=whole) or "bad"
    if word in missing or not word:
        return None
    if scale == "cm":
        text = folded(text).removesuffix("cm").removesuffix("厘米")
    if column.kind == "number":
        number = read_number(text)
        count = None if number is None else Count(number)
    else:
        count = read_count(text, whole=whole)
    if count is None:
        return "bad"
    if scale == "kps":
        return Count(float(KPS_TO_ECOG[int(count.value)])) if count.value in KPS_TO_ECOG else "bad"
    if scale == "cm" and "mm" not in tidied(text) and "毫米" not in tidied(text):
        return Count(round(count.value * 10, 9), count.qualifier)
    if fraction and "%" not in tidied(text):
        return _as_percent(text)
    return count


def _as_percent(text: str) -> Count | str:
    """Return a part of one as percent; a number above one is unreadable, since it can be no part."""
    if any(float(number) > 1 for number in re.findall(r"\d+(?:\.\d+)?", folded(text))):
        return "bad"
    return read_count(text, whole=False, factor=100) or "bad"
