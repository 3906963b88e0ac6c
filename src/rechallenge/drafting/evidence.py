"""What the cells of a column say of it: how full, how many different, which canonical columns they fit."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from rechallenge.drafting.date_evidence import DateEvidence, date_evidence
from rechallenge.sources.cells import as_text, folded
from rechallenge.sources.values import Vocabularies, convert_numbers, convert_terms
from rechallenge.tables import Column
from rechallenge.text_numbers import to_numbers

# More rows than these say nothing new about how a column is written.
SAMPLE: Final = 5000
# A column with more unknown words than this is asked about as a whole, by their number.
MOST_WORDS: Final = 12
# A word is quoted in a draft only when it is one: short, and without a run of digits (a date, a telephone number).
_LONGEST_WORD: Final = 40


@dataclass(frozen=True)
class Words:
    """How the filled cells of a column fit a canonical one: `fit` of `filled`; `unknown` maps a word to its cells."""

    filled: int
    fit: int
    unknown: dict[str, int]
    coded: tuple[str, ...] = ()
    code_cells: int = 0

    @property
    def share(self) -> float:
        return self.fit / self.filled if self.filled else 0.0

    @property
    def only_codes(self) -> bool:
        """Every word is a number of one or two digits: a code, whose meaning only the source knows."""
        return bool(self.coded) and self.code_cells == self.filled

    def askable(self, least: float) -> bool:
        """The unknown words are few and can be quoted, and enough of the cells are known (or all of them codes)."""
        few = 0 < len(self.unknown) <= MOST_WORDS and len(quotable(self.unknown)) == len(self.unknown)
        return self.only_codes or (few and self.share >= least)


class Profile:
    """One column of a sheet. Evidence is computed when it is asked for, from at most `SAMPLE` rows."""

    def __init__(self, name: str, cells: pd.Series, vocabularies: Vocabularies) -> None:
        self.name = name
        self.all_cells = cells
        self.cells = cells.iloc[:SAMPLE]
        self._vocabularies = vocabularies

    @cached_property
    def _everywhere(self) -> frozenset[str]:
        return self._vocabularies.missing.everywhere

    @cached_property
    def texts(self) -> pd.Series:
        """The filled cells of the whole column as text; shared words for a missing value are none."""
        texts = as_text(self.all_cells).dropna()
        return texts[~texts.map(folded).isin(self._everywhere)]

    @property
    def filled(self) -> int:
        return len(self.texts)

    @cached_property
    def distinct(self) -> int:
        return int(self.texts.nunique())

    @property
    def identifies(self) -> bool:
        """Every row holds a value of its own."""
        return self.filled > 0 and self.filled == self.distinct == len(self.all_cells)

    @cached_property
    def dates(self) -> DateEvidence:
        return date_evidence(self.cells, self._everywhere)

    @cached_property
    def numbers(self) -> pd.Series:
        """The cells that are plain numbers."""
        return to_numbers(as_text(self.cells).str.strip()).dropna()

    @property
    def has_real_dates(self) -> bool:
        return self.dates.real > 0

    def words(self, column: Column, scale: str | None = None) -> Words:
        """Return how the cells fit a column of terms, numbers or counts."""
        synonyms = self._vocabularies.synonyms.get(column.name, {})
        missing = self._vocabularies.missing.of(column.name, column.kind)
        if column.kind == "term":
            read = convert_terms(self.cells, column, synonyms, missing)
        else:
            read = convert_numbers(self.cells, column, synonyms, missing, scale=scale)
        good = read.value.notna() & ~read.bad
        if column.kind != "term" and column.high is not None:
            good &= read.value.between(column.low or 0, column.high)
        filled = good | read.bad | read.value.notna()
        unknown = read.raw[filled & ~good].map(str.strip).value_counts()
        coded = read.raw[filled].map(str.strip)
        codes = coded[coded.str.fullmatch(r"\d{1,2}")]
        counts = {str(word): int(number) for word, number in unknown.items()}
        return Words(int(filled.sum()), int(good.sum()), counts, tuple(sorted(set(codes))), len(codes))

    @cached_property
    def drugs(self) -> Words:
        """Return how the cells fit the drug dictionary."""
        texts = as_text(self.cells).dropna()
        texts = texts[~texts.map(folded).isin(self._everywhere)]
        unique = texts.drop_duplicates().reset_index(drop=True)
        resolved = self._vocabularies.drugs.resolve(unique)
        bad = set(unique[unique.index.isin(resolved.unresolved["cell"])])
        counts = texts.value_counts()
        unknown = {str(text): int(counts[text]) for text in unique if text in bad}
        return Words(len(texts), len(texts) - sum(unknown.values()), unknown)

    def share(self, column: Column) -> float:
        """Return the share of the filled cells that fit a canonical column, from 0 to 1."""
        if column.kind == "date":
            dates = self.dates
            return max(dates.share, (dates.read + dates.serials) / dates.filled) if dates.filled else 0.0
        if column.name == "drug":
            return self.drugs.share
        if column.kind in ("term", "number", "count"):
            scale = "kps" if column.name == "ecog" and self.in_tens else None
            if column.name == "diameter_mm":
                return len(self.numbers) / self.filled if self.filled else 0.0
            return self.words(column, scale).share
        return 1.0 if self.filled and not (column.name != "stage_edition" and self.dates.share > 0.5) else 0.0

    def askable(self, column: Column, least: float) -> bool:
        """Tell whether what does not fit can be asked about word by word (terms and drugs only)."""
        if column.name == "drug":
            return self.drugs.askable(least)
        return column.kind == "term" and self.words(column).askable(least)

    @property
    def in_tens(self) -> bool:
        """Every number is a multiple of ten from 10 to 100, as Karnofsky status is."""
        numbers = self.numbers
        return len(numbers) > 0 and bool((numbers % 10 == 0).all() and numbers.between(10, 100).all())


def quotable(words: Iterable[str]) -> list[str]:
    """Return the words that a draft may quote: short ones without a run of digits."""
    return [
        word
        for word in words
        if len(word) <= _LONGEST_WORD and "\n" not in word and sum(char.isdigit() for char in word) <= 4
    ]
