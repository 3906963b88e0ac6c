"""From the sheets of an unknown extract to a drafted mapping.

Sheets with one row per patient that hold treatments too are wide, all others are one table each. Rules and words
are few and stand in the open (config/drafting/headers.yaml); what they do not settle becomes a question.
"""

import re
from collections import Counter
from typing import Final

from rechallenge.drafting.chronology import doubt_disordered
from rechallenge.drafting.date_formats import read_dates, set_formats, source_names
from rechallenge.drafting.details import entry_for
from rechallenge.drafting.extract import Extract, Sheet
from rechallenge.drafting.headers import HeaderWords
from rechallenge.drafting.long import kind_of, long_block
from rechallenge.drafting.model import Draft, Entry, FileDraft, Question
from rechallenge.drafting.people import patients_block
from rechallenge.drafting.sheets import FITS, View, pick
from rechallenge.drafting.wide import assessment_blocks, event_blocks, treatment_blocks
from rechallenge.sources.cells import folded
from rechallenge.sources.values import Vocabularies
from rechallenge.tables import TABLES

_HELPERS: Final = {
    "name": "it may identify a patient, and no result needs it",
    "number": "a row number",
    "remark": "free text",
    "derived": "a derived value, which the study computes itself",
}
# A sheet most of whose patients are unknown to the patients has another identifier.
_SEEN: Final = 0.5
_FEW: Final = 3
_RESPONSES: Final = ("CR", "PR", "PD")


def propose(extract: Extract, words: HeaderWords, vocabularies: Vocabularies) -> Draft:
    """Return the drafted mapping of an extract."""
    keys = _keys(extract.sheets)
    views = {key: View.of(key, sheet, words, vocabularies) for key, sheet in zip(keys, extract.sheets, strict=True)}
    draft = Draft(notes=list(extract.left_out))
    identifiers = {key: _identifier(view, vocabularies) for key, view in views.items()}
    kinds = {key: kind_of(view, unique=_unique(view, identifiers[key])) for key, view in views.items()}
    people = _people(kinds, views)
    for key, view in views.items():
        if kinds[key] is None:
            draft.notes.append(
                f"{view.sheet.label}: {_count(len(view.profiles), 'column')} and {_count(view.rows, 'row')}; "
                "no table of the study was recognised in it, and it is left out."
            )
            continue
        identifier = identifiers[key] or _no_identifier(view)
        draft.files.append(_file(view, kinds[key] or ""))
        _add_blocks(draft, view, kinds[key] or "", key == people, identifier, vocabularies)
    _drop_unused_files(draft)
    set_formats(draft, views)
    doubt_disordered(draft, views)
    _pad_alike(draft, views)
    _compare_identifiers(draft, views, people)
    for file in draft.files:
        _rest(file, views[file.key])
    draft.progression_dates_only = _only_progressions(draft)
    draft.years = _years(draft, views)
    return draft


def _keys(sheets: list[Sheet]) -> list[str]:
    """A short name per sheet for the mapping: of the sheet or file where it is plain, else table_1."""
    keys: list[str] = []
    for at, sheet in enumerate(sheets, start=1):
        name = sheet.title if sheet.several and sheet.title else sheet.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        key = plain if plain and name.isascii() and not plain[0].isdigit() else f"table_{at}"
        keys.append(key if key not in keys else f"{key}_{at}")
    return keys


def _identifier(view: View, vocabularies: Vocabularies) -> Entry | None:
    """Return the entry of the patient's identifier: the one column called so, or a question among several."""
    found = [item for item in view.candidates("patients", "patient_id") if item.filled]
    whole = [item for item in found if item.filled == view.rows]
    sure = [item for item in whole or found if item.reading.sure]
    picked = pick(TABLES["patients"].column("patient_id"), sure or found)
    if picked is None:
        return None
    return entry_for(view, "patients", picked, "patient_id", vocabularies)


def _no_identifier(view: View) -> Entry:
    """Ask which column it is: those with a value of its own in every row, else those that are filled and no date."""
    unique = [name for name, profile in view.profiles.items() if profile.identifies and profile.dates.share < FITS]
    return Entry("patient_id", Question.of(unique, "no header says that it identifies the patient", or_nothing=False))


def _unique(view: View, identifier: Entry | None) -> bool:
    names = source_names(identifier.value) if identifier else []
    known = [view.profiles[name] for name in names if name in view.profiles]
    if known:
        return any(profile.filled == profile.distinct for profile in known)
    return any(profile.identifies for profile in view.profiles.values())


def _people(kinds: dict[str, str | None], views: dict[str, View]) -> str | None:
    """Return the sheet that the patients come from: the one that is them, else the one that knows most of them."""
    found = [key for key, kind in kinds.items() if kind == "patients"] or [key for key, kind in kinds.items() if kind]
    return max(found, key=lambda key: views[key].known_headers("patients"), default=None)


def _file(view: View, kind: str) -> FileDraft:
    source = view.sheet.source
    encoding = None
    if view.sheet.doubts:
        because = "the text is neither UTF-8 nor plain GB18030; look whether the names below are readable"
        encoding = Question(tuple(dict.fromkeys((*view.sheet.doubts, "cp1252", "gb18030"))), because)
    title = {"patients": "one row per patient"}.get(kind, f"{kind.replace('_', ' ')}, several rows per patient")
    header = f"header in row {source.skip_rows + 1}" + (
        f" and {source.skip_rows + 2}" if source.header_rows > 1 else ""
    )
    about = f"{_count(view.rows, 'row')}, {_count(len(view.profiles), 'column')}, {header}; taken for {title}"
    return FileDraft(view.key, source, view.sheet.label, about, encoding)


def _add_blocks(
    draft: Draft, view: View, kind: str, is_people: bool, identifier: Entry, vocabularies: Vocabularies
) -> None:
    if kind == "patients":
        treatments = treatment_blocks(view, identifier, vocabularies)
        assessments = assessment_blocks(view, identifier, vocabularies)
        events = event_blocks(view, identifier, vocabularies)
        starts = [
            name for block in treatments if (entry := block.entry("start_date")) for name in source_names(entry.value)
        ]
        if is_people:
            draft.blocks.append(patients_block(view, identifier, vocabularies, starts))
        draft.blocks += [*treatments, *assessments, *events]
        return
    draft.blocks.append(long_block(view, kind, identifier, vocabularies))
    if is_people:
        draft.notes.append(
            f"{view.sheet.label}: no sheet has one row per patient; what is known of the patients is taken from "
            "this one, whose rows must agree."
        )
        draft.blocks.append(patients_block(view, identifier, vocabularies, []))


def _drop_unused_files(draft: Draft) -> None:
    used = {block.file for block in draft.blocks}
    for file in draft.files:
        if file.key not in used:
            draft.notes.append(f"{file.label}: one row per patient, but another sheet is the patients; it is left out.")
    draft.files = [file for file in draft.files if file.key in used]
    order = {table: at for at, table in enumerate(TABLES)}
    draft.blocks.sort(key=lambda block: order[block.table])
    if not any(block.table == "treatments" for block in draft.blocks):
        draft.notes.append(
            "No treatments were recognised: a study needs drugs with their first dates; add a block of them."
        )
    if not any(block.table == "assessments" or block.entry("progression_date") for block in draft.blocks):
        draft.notes.append(
            "No progression was recognised: without its dates nobody can have resistance; add a block of them."
        )


def _pad_alike(draft: Draft, views: dict[str, View]) -> None:
    """Where one file lost leading zeros, the identifiers of all files are padded to the same length."""
    entries = [(views[block.file], entry) for block in draft.blocks if (entry := block.entry("patient_id"))]
    pads = [entry.value["pad"] for _, entry in entries if isinstance(entry.value, dict) and "pad" in entry.value]
    for view, entry in entries:
        names = source_names(entry.value)
        if not pads or isinstance(entry.value, Question) or len(names) != 1:
            continue
        texts = view.profiles[names[0]].texts.astype(str).str.strip()
        numbers = texts[texts.str.fullmatch(r"\d+")]
        if len(numbers) and int(numbers.str.len().max()) <= max(pads):
            entry.value = {"column": names[0], "pad": max(pads)}


def _compare_identifiers(draft: Draft, views: dict[str, View], people: str | None) -> None:
    """Say how many patients of each sheet are among the patients; ask where most are not."""
    first = next((b.entry("patient_id") for b in draft.blocks if b.table == "patients"), None)
    if first is None or people is None:
        return
    known = _identities(views[people], first)
    for block in draft.blocks:
        entry = block.entry("patient_id")
        if entry is None or block.file == people or known is None:
            continue
        own = _identities(views[block.file], entry)
        if not own:
            continue
        share = len(own & known) / len(own)
        if share < _SEEN and not isinstance(entry.value, Question):
            because = f"only {len(own & known)} of its {len(own)} patients are among the patients"
            entry.value = Question.of(source_names(entry.value), because, or_nothing=False)
        else:
            entry.evidence += f"; {len(own & known)} of its {len(own)} patients are among the patients"


def _identities(view: View, entry: Entry) -> set[str] | None:
    names = source_names(entry.value)
    if len(names) != 1 or names[0] not in view.profiles:
        return None
    return {folded(text).lstrip("0") for text in view.profiles[names[0]].texts}


def _rest(file: FileDraft, view: View) -> None:
    """Sort the columns that nothing uses: known ones to leave out, those to ask about, and the others."""
    for helper, reason in _HELPERS.items():
        for name in view.helper(helper):
            view.used.add(name)
            file.ignore.append((name, reason))
    for name in view.profiles:
        if name in view.used or name in view.asked:
            continue
        what = _matters(view, name)
        if what:
            file.asked.append(Question((name,), f"{what} and no block takes it: add a block, or leave it out"))
        else:
            file.unused.append(name)


def _matters(view: View, name: str) -> str:
    """Return why a column that no block takes must not be passed over, or nothing."""
    profile = view.profiles[name]
    if profile.filled < _FEW or profile.identifies:
        return ""
    if profile.drugs.share >= FITS:
        return f"{profile.drugs.fit} of its {profile.filled} cells are drugs"
    response = profile.words(TABLES["assessments"].column("response"))
    if response.share >= FITS and profile.distinct > 1 and profile.texts.astype(str).str.upper().isin(_RESPONSES).any():
        return f"{response.fit} of its {profile.filled} cells are responses"
    for reading in view.readings[name]:
        if (
            reading.sure
            and reading.table == "treatments"
            and reading.column.endswith("_date")
            and profile.dates.share >= FITS
        ):
            return f"its header and cells say {reading.column.replace('_', ' ')}"
    return ""


def _only_progressions(draft: Draft) -> bool:
    """No scan has a date of its own where every assessment is a progression."""
    assessments = [block for block in draft.blocks if block.table == "assessments"]
    if assessments:
        responses = [block.entry("response") for block in assessments]
        return all(entry and entry.value == {"constant": "PD"} for entry in responses)
    return any(block.entry("progression_date") for block in draft.blocks if block.table == "treatments")


def _years(draft: Draft, views: dict[str, View]) -> tuple[int, int] | None:
    years: Counter[int] = Counter()
    for block, entry in draft.proposals:
        column = next(c for c in TABLES[block.table].columns if c.name == entry.column)
        if column.kind != "date" or column.name in ("birth_date", "diagnosis_date"):
            continue
        for name in source_names(entry.value):
            if name in views[block.file].profiles:
                dates = read_dates(draft, views[block.file], name).dropna()
                years.update(int(year) for year in dates.dt.year)
    # Single mistyped years do not count.
    often = [year for year, number in years.items() if number >= 2]
    return (min(often), max(often)) if often else None


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
