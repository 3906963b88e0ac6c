"""Pandera schemas of the canonical tables, built from their declarations in `rechallenge.tables`.

They check each cell on its own: presence, type, terms, range. Everything that needs a second cell is a rule.
The data dictionary is written from these objects. This is the only module that imports pandera.
"""

import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from rechallenge.tables import DRUG_COLUMNS, TABLES, TEXT, Column, stored_names
from rechallenge.validation.extract import Extract
from rechallenge.validation.model import Check, Hit, rule
from rechallenge.vocabulary import DRUG_CLASSES, INVESTIGATIONAL, PRECISIONS, QUALIFIERS

_DRUG_MEANINGS: Final = {
    "drug_raw": "The drug as the source wrote it",
    "drug_class": "Class of the drug in the drug dictionary",
}
_COMPANIONS: Final = {
    "precision": ("What of the date is known", PRECISIONS),
    "qualifier": ("What the number means: itself, a lower or upper bound, the lower end of a range", QUALIFIERS),
    "raw": ("The cell as the source wrote it", ()),
}
_SOURCES: Final = {
    "source_file": "File of the extract that the row comes from",
    "source_row": "Row of that file, as a spreadsheet numbers it (the header is row 1)",
}
# A required cell that may be empty after all: (table, column) -> when.
EXEMPTIONS: Final = {
    ("treatments", "drug"): "in rows of local therapy (radiotherapy, surgery, ablation)",
    ("patients", "last_contact_date"): "where the date of death is known",
}


@cache
def schema(table: str) -> pa.DataFrameSchema:
    """Return the schema of one canonical table, every stored column in order."""
    declared = TABLES[table]
    columns = {name: _column(table, name) for name in stored_names(table)}
    return pa.DataFrameSchema(columns, name=table, title=declared.meaning, strict=True, coerce=False)


def _column(table: str, name: str) -> pa.Column:
    declared = {column.name: column for column in TABLES[table].columns}
    if name in declared:
        return _declared(table, declared[name])
    if name in _SOURCES:
        kind: Any = "int64" if name == "source_row" else TEXT
        return pa.Column(kind, nullable=name == "source_file", description=_SOURCES[name], metadata={"kind": "source"})
    if table == "treatments" and name in DRUG_COLUMNS:
        classes: tuple[str, ...] = (*DRUG_CLASSES, INVESTIGATIONAL)
        terms: tuple[str, ...] = classes if name == "drug_class" else ()
        return _term_column(terms, _DRUG_MEANINGS[name], {"kind": "added by ingest", "terms": terms})
    meaning, allowed = _COMPANIONS[name.rsplit("_", 1)[1]]
    return _term_column(allowed, meaning, {"kind": "companion", "terms": allowed})


def _term_column(terms: tuple[str, ...], meaning: str, metadata: dict[str, Any]) -> pa.Column:
    checks = [pa.Check.isin(terms, error="terms")] if terms else []
    return pa.Column(TEXT, checks, nullable=True, description=meaning, metadata=metadata)


def _declared(table: str, column: Column) -> pa.Column:
    checks = []
    if column.terms:
        checks.append(pa.Check.isin(column.terms, error="terms"))
    if column.low is not None:
        checks.append(pa.Check.ge(column.low, error="range"))
    if column.high is not None:
        checks.append(pa.Check.le(column.high, error="range"))
    metadata = {
        "kind": column.kind,
        "terms": column.terms,
        "unit": column.unit,
        "low": column.low,
        "high": column.high,
        "required": column.required,
        "unless": EXEMPTIONS.get((table, column.name), ""),
    }
    kind = TABLES[table].dtypes()[column.name]
    return pa.Column(kind, checks, nullable=not column.required, description=column.meaning, metadata=metadata)


def failures(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return pandera's failure cases: columns `column`, `check`, `index` (row; missing for a whole column)."""
    try:
        with warnings.catch_warnings():
            # pandera concatenates its own frames in a way that pandas will read otherwise one day.
            warnings.simplefilter("ignore", FutureWarning)
            schema(table).validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        named = cases["column"].mask(cases["schema_context"].eq("DataFrameSchema"), cases["failure_case"])
        return pd.DataFrame({"column": named, "check": cases["check"].astype(str), "index": cases["index"]})
    return pd.DataFrame({"column": [], "check": [], "index": []})


class SchemaFailures:
    """The failure cases of every table, found once and asked by the four rules below."""

    def __init__(self, extract: Extract) -> None:
        self.extract = extract
        self.cases: Mapping[str, pd.DataFrame] = {table: failures(extract[table], table) for table in TABLES}

    def hits(self, check: str) -> Iterable[Hit]:
        """One hit per table and column that failed this check."""
        for table, cases in self.cases.items():
            of_check = cases[cases["check"].eq(check)]
            for column, rows in of_check.groupby("column", sort=False):
                labels = pd.to_numeric(rows["index"], errors="coerce").dropna().astype("int64")
                where = pd.Series(self.extract[table].index.isin(labels), index=self.extract[table].index)
                yield Hit(table, where & ~self._exempt(table, str(column), check), str(column))

    def structure(self) -> Iterable[Hit]:
        """Columns of a wrong type, missing or unknown: the table as a whole."""
        for table, cases in self.cases.items():
            for column in cases.loc[~cases["check"].isin(_CELL_CHECKS), "column"].drop_duplicates():
                yield Hit(table, None, str(column))

    def _exempt(self, table: str, column: str, check: str) -> pd.Series:
        if check != "not_nullable" or (table, column) not in EXEMPTIONS:
            return self.extract.none(table)
        if table == "treatments":
            return ~self.extract.systemic
        return self.extract["patients"]["death_date"].notna()


_CELL_CHECKS: Final = ("not_nullable", "terms", "range")
_CACHE_KEY: Final = "schema_failures"


def _found(extract: Extract) -> SchemaFailures:
    if _CACHE_KEY not in extract.__dict__:
        extract.__dict__[_CACHE_KEY] = SchemaFailures(extract)
    found: SchemaFailures = extract.__dict__[_CACHE_KEY]
    return found


@rule(
    "error",
    "A required cell is empty",
    "Fill the cell in the extract, or set the row aside.",
)
def required_missing(extract: Extract) -> Iterable[Hit]:
    yield from _found(extract).hits("not_nullable")


@rule(
    "error",
    "The value is not one of the terms of its column",
    "Map the value to a term (config/vocabularies/values.yaml or the mapping's `values`), or correct it.",
)
def term_unknown(extract: Extract) -> Iterable[Hit]:
    yield from _found(extract).hits("terms")


@rule(
    "error",
    "The number is outside the possible range of its column",
    "Correct the value; the possible range stands in the data dictionary.",
)
def value_out_of_range(extract: Extract) -> Iterable[Hit]:
    yield from _found(extract).hits("range")


@rule(
    "error",
    "The column is missing, unknown, or not of its declared type",
    "Make the table with `rechallenge.tables.conform`.",
    waivable=False,
    movable=False,
)
def structure_wrong(extract: Extract) -> Iterable[Hit]:
    yield from _found(extract).structure()


CHECKS: Final[tuple[Check, ...]] = (required_missing, term_unknown, value_out_of_range, structure_wrong)
