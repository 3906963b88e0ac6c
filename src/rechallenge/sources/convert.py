"""The cells of one block as canonical columns, each by its kind: text, term, date, number, count."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from rechallenge.findings import Rule, findings
from rechallenge.sources import rules
from rechallenge.sources.cell_findings import report, unknown_word, unreadable_date, unreadable_number
from rechallenge.sources.cells import as_text, folded, is_damaged, mapped, tidied
from rechallenge.sources.date_formats import compiled
from rechallenge.sources.dates import parse_dates
from rechallenge.sources.mapping import ColumnSource, Mapping
from rechallenge.sources.reshape import BlockCells
from rechallenge.sources.values import Converted, Vocabularies, convert_numbers, convert_terms
from rechallenge.tables import TABLES, TEXT, Column, Table

DAYS_PER_YEAR: Final = 365.25
# What is left of a long number in a spreadsheet: 3.20106199001011E+17.
_ROUNDED: Final = r"\d(?:\.\d+)?[eE]\+\d+"
AGE: Final = Column("age", "number", "Age in whole years", unit="years")


@dataclass
class Canonical:
    """The rows of a block as they grow: `frame` holds the canonical columns, `found` the findings."""

    table: Table
    frame: pd.DataFrame
    found: list[pd.DataFrame] = field(default_factory=list)


def convert_block(taken: BlockCells, table: str, mapping: Mapping, vocabularies: Vocabularies) -> Canonical:
    """Return the canonical columns of a block (with raw text, precision and qualifier), drugs still as they stand."""
    made = Canonical(TABLES[table], taken.place.copy())
    made.frame["patient_id"] = _identifiers(taken, mapping, vocabularies)
    without = made.frame["patient_id"].isna()
    made.found.append(findings(rules.IDENTIFIER_MISSING, made.frame[without], table=table, column="patient_id"))
    rounded = made.frame["patient_id"].str.fullmatch(_ROUNDED, na=False)
    made.found.append(findings(rules.IDENTIFIER_ROUNDED, made.frame[rounded], table=table, column="patient_id"))
    for column in made.table.columns:
        if column.name == "patient_id" or column.name not in taken.cells:
            continue
        source = taken.sources[column.name]
        words = _words(source, column, vocabularies)
        missing = vocabularies.missing.of(column.name, column.kind, (*mapping.missing, *source.missing))
        cells = taken.cells[column.name]
        if column.kind == "date":
            at = taken.ages.get(column.name)
            if at is None:
                _date(made, column, cells, source, mapping, missing)
            else:
                _birth_from_age(made, column, cells, at, source, mapping, missing)
        elif column.kind == "text":
            _text(made, column, cells, words, missing)
        else:
            _word_or_number(made, column, cells, source, words, missing)
    return made


def _identifiers(taken: BlockCells, mapping: Mapping, vocabularies: Vocabularies) -> pd.Series:
    source = taken.sources.get("patient_id", ColumnSource(column="patient_id"))
    missing = vocabularies.missing.of("patient_id", "text", (*mapping.missing, *source.missing))

    def identifier(text: str) -> str | None:
        plain = tidied(text)
        if folded(plain) in missing or not plain:
            return None
        return plain.zfill(source.pad) if source.pad and plain.isdigit() else plain

    if "patient_id" not in taken.cells:
        return pd.Series(pd.NA, index=taken.place.index, dtype=TEXT)
    return mapped(taken.cells["patient_id"], identifier)


def _words(source: ColumnSource, column: Column, vocabularies: Vocabularies) -> dict[str, str]:
    """Folded word -> term: the shared words, then the mapping's own, which win."""
    own = {folded(word): term for word, term in source.values.items()}
    return {**vocabularies.synonyms.get(column.name, {}), **own}


def _text(made: Canonical, column: Column, cells: pd.Series, words: dict[str, str], missing: frozenset[str]) -> None:
    def text(cell: str) -> str | None:
        word = folded(cell)
        if word in words:
            return words[word]
        if word in missing:
            return None
        # Line breaks separate drugs of one cell: the dictionary needs them.
        return (cell.strip() if column.name == "drug" else tidied(cell)) or None

    made.frame[column.name] = mapped(cells, text)
    damaged = mapped(cells, lambda cell: cell if is_damaged(cell) else None)
    if damaged.notna().any():
        rows, message = made.frame[damaged.notna()], rules.TEXT_DAMAGED.meaning + "."
        value = damaged[damaged.notna()]
        made.found.append(
            findings(rules.TEXT_DAMAGED, rows, table=made.table.name, column=column.name, value=value, message=message)
        )
    if column.name == "drug":
        made.frame["drug_raw"] = as_text(cells).where(made.frame["drug"].notna())


def _word_or_number(
    made: Canonical,
    column: Column,
    cells: pd.Series,
    source: ColumnSource,
    words: dict[str, str],
    missing: frozenset[str],
) -> None:
    read: Converted
    if column.kind == "term":
        read = convert_terms(cells, column, words, missing)
        rule, say = rules.VALUE_UNKNOWN, unknown_word(column, list(words))
    else:
        read = convert_numbers(cells, column, words, missing, fraction=source.fraction, scale=source.scale)
        rule, say = rules.NUMBER_UNREADABLE, unreadable_number(column)
        if column.kind == "count":
            # A count in words (multiple) is a word that the mapping could turn into a count.
            worded = read.bad & ~read.raw.str.contains(r"\d", regex=True, na=False)
            _report(made, column, source, read.raw, worded, rules.VALUE_UNKNOWN, say)
            read = Converted(read.value, read.bad & ~worded, read.raw, read.qualifier)
    made.frame[column.name] = read.value
    if read.qualifier is not None:
        made.frame[f"{column.name}_qualifier"] = read.qualifier
        made.frame[f"{column.name}_raw"] = read.raw
    _report(made, column, source, read.raw, read.bad, rule, say)


def _report(
    made: Canonical,
    column: Column,
    source: ColumnSource,
    raw: pd.Series,
    bad: pd.Series,
    rule: Rule,
    say: Callable[[str], str],
) -> None:
    if bad.any():
        made.found.append(
            report(rule, bad, made.frame, raw, table=made.table.name, column=column, origin=_origin(source), say=say)
        )


def _origin(source: ColumnSource) -> str:
    """Name of the source's column for a sentence."""
    if source.constant is not None:
        return "constant of the mapping"
    names = (source.column,) if source.column is not None else source.first_of or source.join
    return "column " + ", ".join(f'"{name}"' for name in names)


def _date(
    made: Canonical, column: Column, cells: pd.Series, source: ColumnSource, mapping: Mapping, missing: frozenset[str]
) -> None:
    formats = mapping.formats_of(source)
    raw = as_text(cells)
    empty = mapped(raw, folded).isin(missing)
    read = parse_dates(cells.where(~empty), formats, *mapping.dates.reading)
    made.frame[column.name] = read["date"]
    made.frame[f"{column.name}_precision"] = read["precision"]
    made.frame[f"{column.name}_raw"] = raw
    _report(made, column, source, raw, read["status"] == "unreadable", rules.DATE_UNREADABLE, unreadable_date(formats))
    known = read["status"]
    _note(made, column, source, raw, known == "unknown", rules.DATE_UNKNOWN, "the date is written as unknown")
    # Where no declared format has a day, a month or year is what the source holds, not a gap in it.
    if any(compiled(text, *mapping.dates.reading).finest == "day" for text in formats):
        for precision in ("month", "year"):
            partial = read["precision"] == precision
            _note(made, column, source, raw, partial, rules.DATE_PARTIAL, f"only the {precision} is known")


def _note(
    made: Canonical, column: Column, source: ColumnSource, raw: pd.Series, which: pd.Series, rule: Rule, words: str
) -> None:
    if which.any():
        message = f"{_origin(source)}: {words}."
        rows, value = made.frame[which], raw[which]
        made.found.append(findings(rule, rows, table=made.table.name, column=column.name, value=value, message=message))


def _birth_from_age(
    made: Canonical,
    column: Column,
    ages: pd.Series,
    at: pd.Series,
    source: ColumnSource,
    mapping: Mapping,
    missing: frozenset[str],
) -> None:
    """Fill in the year of birth of a patient of `ages` whole years on the dates `at`: the middle of the possible year.

    The date that the age belongs to is reported, if unreadable, by the column that it fills itself.
    """
    age = convert_numbers(ages, AGE, {}, missing)
    day = parse_dates(at, mapping.formats_of(source), *mapping.dates.reading)["date"]
    middle = day - pd.to_timedelta(((age.value + 0.5) * DAYS_PER_YEAR).round(), unit="D")
    made.frame[column.name] = middle.dt.to_period("Y").dt.to_timestamp().astype("datetime64[ns]")
    made.frame[f"{column.name}_precision"] = pd.Series("year", index=age.raw.index, dtype=TEXT).where(middle.notna())
    made.frame[f"{column.name}_raw"] = age.raw
    _report(made, column, source, age.raw, age.bad, rules.NUMBER_UNREADABLE, unreadable_number(AGE))
