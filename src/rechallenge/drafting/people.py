"""The patients table of a sheet: one row per patient, with end of follow-up and death in their several forms."""

from typing import Any

from rechallenge.drafting.details import entry_for
from rechallenge.drafting.evidence import quotable
from rechallenge.drafting.headers import normal
from rechallenge.drafting.model import BlockDraft, Entry, Question
from rechallenge.drafting.sheets import FITS, View, pick
from rechallenge.sources.cells import folded
from rechallenge.sources.values import Vocabularies
from rechallenge.tables import TABLES


def patients_block(view: View, identifier: Entry, vocabularies: Vocabularies, further_dates: list[str]) -> BlockDraft:
    """Return the block of patients. `further_dates`: columns of dates that an age may belong to, beside its own."""
    entries = [identifier]
    for column in TABLES["patients"].columns:
        if column.name in ("patient_id", "death_date", "last_contact_date"):
            continue
        picked = pick(column, view.candidates("patients", column.name))
        if picked:
            entries.append(entry_for(view, "patients", picked, column.name, vocabularies))
        elif column.name == "birth_date" and (age := view.helper("age")):
            entries.append(_age(view, age[0], further_dates))
    entries += _end_of_follow_up(view, vocabularies)
    return BlockDraft("patients", view.key, entries, about="one row per patient")


def _age(view: View, age: str, further_dates: list[str]) -> Entry:
    view.used.add(age)
    dates = [
        name
        for name, readings in view.readings.items()
        if any(r.sure and (r.table, r.column) == ("patients", "diagnosis_date") for r in readings)
    ]
    at_diagnosis = {"diagnosis", "dx", "diagnosed"} & set(normal(age).split()) or "诊" in age
    evidence = f"no date of birth; {view.profiles[age].filled} of {view.rows} ages"
    if len(dates) == 1 and at_diagnosis:
        return Entry("birth_date", {"column": age, "age_at": dates[0]}, evidence)
    choices = [f"{{column: {_quoted(age)}, age_at: {_quoted(date)}}}" for date in [*dates, *further_dates]]
    return Entry(
        "birth_date", Question.of(choices, "the header does not say at which date the age was counted"), evidence
    )


def _end_of_follow_up(view: View, vocabularies: Vocabularies) -> list[Entry]:
    patients = TABLES["patients"]
    death = pick(patients.column("death_date"), view.candidates("patients", "death_date"))
    last = pick(patients.column("last_contact_date"), view.candidates("patients", "last_contact_date"))
    entries = []
    seen = _last_contact(view, last, death, vocabularies)
    if death:
        died = entry_for(view, "patients", death, "death_date", vocabularies)
    else:
        died = _death_by_status(view, last.names[0] if last else None, sure=bool(last and last.sure))
    entries.append(seen)
    entries.append(died)
    return entries


def _last_contact(view: View, last: Any, death: Any, vocabularies: Vocabularies) -> Entry:
    if last is None:
        choices = _unnamed_dates(view)
        because = "no header says that it is the last date on which a patient was known to be alive"
        return Entry("last_contact_date", Question.of(choices, because, or_nothing=False))
    entry = entry_for(view, "patients", last, "last_contact_date", vocabularies)
    if last.sure and death and death.sure:
        seen, died = view.profiles[last.names[0]], view.profiles[death.names[0]]
        lacking = set(died.texts.index) - set(seen.texts.index)
        if lacking:
            entry.value = {"first_of": [last.names[0], death.names[0]]}
            entry.evidence += f"; where it is empty the death stands in its place ({len(lacking)} rows)"
    return entry


def _unnamed_dates(view: View) -> list[str]:
    """Return unused columns of dates whose headers mean nothing else for certain."""
    return [
        name
        for name, profile in view.profiles.items()
        if name not in view.used | view.asked
        and profile.dates.share >= FITS
        and not any(r.sure for r in view.readings[name])
    ]


def _death_by_status(view: View, last: str | None, *, sure: bool) -> Entry:
    """Take the last contact as the death of those whose vital status says dead; codes are a question."""
    status = view.helper("vital_status")
    nothing = "no column of deaths was recognised; without one everybody counts as alive"
    if not status or last is None:
        choices = _unnamed_dates(view)
        return Entry("death_date", Question.of(choices, nothing))
    name = status[0]
    dead, alive = ({folded(word) for word in words} for words in (view.words.dead, view.words.alive))
    texts = view.profiles[name].texts.astype(str).str.strip()
    words = {folded(text): text for text in sorted(set(texts))}
    died = [text for word, text in words.items() if word in dead]
    evidence = f'no date of death; "{name}" says who died'
    if sure and died and set(words) <= dead | alive:
        view.used.add(name)
        count = int(texts.isin(died).sum())
        value = {"column": last, "when": {"column": name, "in": died}}
        return Entry("death_date", value, f"{evidence} ({count} of {len(texts)}): the last contact is then the death")
    shown = quotable(died or sorted(words.values()))[:6]
    choices = [
        f"{{column: {_quoted(last)}, when: {{column: {_quoted(name)}, in: [{_quoted(word)}]}}}}" for word in shown
    ]
    because = f'which word of "{name}" means dead is not known' if not died else "the last contact is not decided"
    if died and sure:
        because = f'"{name}" has words that say neither dead nor alive'
    view.asked.add(name)
    return Entry("death_date", Question.of(choices, because), evidence)


def _quoted(text: str) -> str:
    from rechallenge.drafting.write import scalar

    return scalar(text)
