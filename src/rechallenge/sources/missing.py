"""Words that mean "no value": shared ones, those of a source, and those of one column."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rechallenge.sources.cells import folded
from rechallenge.tables import TABLES


@dataclass(frozen=True)
class MissingWords:
    """Folded words for a missing value.

    `everywhere` counts in every column; `terms` (codes such as 9) only in columns of controlled terms, where 9
    cannot be a value; `columns` in one canonical column.
    """

    everywhere: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, column: str, kind: str, further: Iterable[str] = ()) -> frozenset[str]:
        """Return the words for one canonical column of that kind; `further` are the mapping's own."""
        words = self.everywhere | self.columns.get(column, frozenset()) | fold_all(further)
        return words | self.terms if kind == "term" else words


def fold_all(words: Iterable[str]) -> frozenset[str]:
    """Return the folded words."""
    return frozenset(folded(word) for word in words)


def read_missing(values: Mapping[str, Any], where: str) -> tuple[MissingWords, list[str]]:
    """Build the words from the parsed `missing.yaml`; returns them and what is wrong with the file."""
    problems = [
        f'{where}: unknown key "{key}"; known: everywhere, terms, columns.'
        for key in values
        if key not in ("everywhere", "terms", "columns")
    ]
    columns = values.get("columns") or {}
    known = {column.name for table in TABLES.values() for column in table.columns}
    problems += [f'{where}: columns: "{name}" is no canonical column.' for name in columns if name not in known]
    return (
        MissingWords(
            fold_all(values.get("everywhere") or ()),
            fold_all(values.get("terms") or ()),
            {name: fold_all(words or ()) for name, words in columns.items()},
        ),
        problems,
    )
