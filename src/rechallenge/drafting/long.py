"""Long sheets: one row per treatment, assessment, lesion or adverse event of a patient."""

from typing import Final

from rechallenge.drafting.details import entry_for
from rechallenge.drafting.model import BlockDraft, Entry, Question
from rechallenge.drafting.sheets import FITS, Pick, View, pick
from rechallenge.drafting.wide import NOT_SAID_BEST
from rechallenge.sources.values import Vocabularies
from rechallenge.tables import TABLES

_ABOUT: Final = {
    "patients": "patients",
    "treatments": "one row per drug and interval",
    "assessments": "one row per assessment",
    "lesions": "one row per lesion and scan",
    "adverse_events": "one row per adverse event",
}


def long_block(view: View, table: str, identifier: Entry, vocabularies: Vocabularies) -> BlockDraft:
    """Return the block of a long sheet; a required column that no header names is a question."""
    entries = [identifier]
    for column in TABLES[table].columns[1:]:
        found = view.candidates(table, column.name)
        picked = pick(column, found)
        if picked:
            entries.append(entry_for(view, table, picked, column.name, vocabularies))
        elif column.name == "best_response" and (named := _responses(view)):
            entries.append(entry_for(view, table, Pick(named, NOT_SAID_BEST), column.name, vocabularies))
        elif column.required:
            fitting = [
                name
                for name, profile in view.profiles.items()
                if name not in view.used
                and profile.share(column) >= FITS
                and not any(r.sure for r in view.readings[name])
            ]
            because = f"no header says that it is the {column.meaning[0].lower()}{column.meaning[1:]}"
            entries.append(Entry(column.name, Question.of(fitting, because, or_nothing=False)))
    return BlockDraft(table, view.key, entries, about=_ABOUT[table])


def _responses(view: View) -> tuple[str, ...]:
    found = view.candidates("assessments", "response", lambda reading: reading.sure)
    return tuple(item.name for item in found if item.share >= FITS)


def kind_of(view: View, *, unique: bool) -> str | None:
    """Return the table that a sheet is, judged by its columns; its name decides between equals. None: none of them.

    `unique`: no patient has two rows, so that the sheet may be the patients.
    """
    counts = {table: view.known_headers(table) for table in TABLES}
    named = view.words.table_of(view.sheet.title or "") or view.words.table_of(view.sheet.file)
    possible = {table: number for table, number in counts.items() if _has_what_it_needs(view, table)}
    if unique and (counts["patients"] >= 2 or (counts["patients"] and counts["treatments"])):
        return "patients"
    if not possible:
        return named if named and counts[named] >= 2 else None
    return max(
        possible, key=lambda table: (table == named and possible[table] >= 2, possible[table], table == "treatments")
    )


def _has_what_it_needs(view: View, table: str) -> bool:
    def has(*columns: str) -> bool:
        return all(any(item.good for item in view.candidates(table, column)) for column in columns)

    if table == "treatments":
        return has("drug", "start_date")
    if table == "assessments":
        return has("assessment_date", "response")
    if table == "lesions":
        return has("assessment_date", "lesion_id") and (has("diameter_mm") or has("role"))
    if table == "adverse_events":
        return has("ctcae_grade") or (has("term") and has("immune_related"))
    return False
