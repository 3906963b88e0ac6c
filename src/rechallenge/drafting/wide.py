"""Wide rows: one patient per row with groups of columns (ICI1_drug, ICI1_start, PD1_date ...), one group per event.

Columns whose headers name the same event form a group. A group with a drug or a start becomes a block of treatments,
a date of progression becomes an assessment with the response PD, a scan with a response an assessment of its own.
"""

from collections.abc import Iterator
from typing import Final

from rechallenge.drafting.details import entry_for
from rechallenge.drafting.evidence import Profile
from rechallenge.drafting.headers import Event
from rechallenge.drafting.model import BlockDraft, Entry, Question
from rechallenge.drafting.sheets import FITS, MAY_FIT, Pick, View, pick
from rechallenge.sources.cells import folded
from rechallenge.sources.values import Vocabularies
from rechallenge.tables import TABLES, Column
from rechallenge.vocabulary import MODALITIES

Group = dict[str, list[str]]

_TREATMENT: Final = (
    "line",
    "drug",
    "start_date",
    "end_date",
    "stop_reason",
    "ecog",
    "modality",
    "intent",
    "best_response",
)
RESPONSE: Final = "response"
NOT_SAID_BEST: Final = "the header does not say that it is the best response"
_COUNTS: Final = ("progressing_lesions", "progressing_organs", "new_lesions")
_LOCAL: Final = {"radiotherapy": "radiotherapy", "surgery": "surgery"}
_NO_DRUG: Final = {"chemotherapy": "chemotherapy", "targeted": "targeted therapy"}


def treatment_blocks(view: View, identifier: Entry, vocabularies: Vocabularies) -> list[BlockDraft]:
    """Return the blocks of treatments of a wide sheet, in the order of their columns."""
    groups = _merged(_groups(view, vocabularies))
    blocks = []
    unnamed: Group = {}
    for event, group in groups.items():
        block = _block(view, event, group, identifier, vocabularies)
        if block is not None:
            blocks.append(block)
        elif not event.named:
            unnamed = group
    if blocks:
        _ask_about_unnamed(view, blocks[0], unnamed, vocabularies)
    labels = [_constant(block, "regimen_id") for block in blocks]
    for at, block in enumerate(blocks):
        if labels.count(labels[at]) > 1:
            entry = block.entry("regimen_id")
            assert entry is not None
            entry.value = {"constant": f"{labels[at]}_{labels[: at + 1].count(labels[at])}"}
    return blocks


def assessment_blocks(view: View, identifier: Entry, vocabularies: Vocabularies) -> list[BlockDraft]:
    """Return a block per scan with a response, and one per date of progression."""
    return [*_scans(view, identifier, vocabularies), *_progressions(view, identifier, vocabularies)]


def event_blocks(view: View, identifier: Entry, vocabularies: Vocabularies) -> list[BlockDraft]:
    """Return the block of adverse events of a wide row, where it names them."""
    table = TABLES["adverse_events"]
    found = {
        column.name: pick(column, view.candidates("adverse_events", column.name, lambda r: r.sure))
        for column in table.columns[1:]
    }
    starts = view.candidates("adverse_events", "start_date", lambda r: r.sure and _says_event(r.phrase))
    found["start_date"] = pick(table.column("start_date"), starts)
    term = found["term"]
    if not (term and term.sure and found["ctcae_grade"]):
        return []
    entries = [identifier, *_entries(view, "adverse_events", found, vocabularies)]
    return [
        BlockDraft("adverse_events", view.key, entries, {"column": term.names[0], "filled": "true"}, "adverse events")
    ]


def _says_event(phrase: str) -> bool:
    return any(word in phrase for word in ("ae", "onset", "event", "不良", "发生"))


def _groups(view: View, vocabularies: Vocabularies) -> dict[Event, Group]:
    """Return concept -> columns per event, in the order of the columns."""
    groups: dict[Event, Group] = {}
    for name in view.profiles:
        if name in view.used:
            continue
        found = _concept(view, name, vocabularies)
        if found:
            event, concept = found
            groups.setdefault(_plain(event), {}).setdefault(concept, []).append(name)
    return groups


def _concept(view: View, name: str, vocabularies: Vocabularies) -> tuple[Event, str] | None:
    """Return the event and the column of treatments that a column surely is, by its header and its cells."""
    profile = view.profiles[name]
    table = TABLES["treatments"]
    for reading in view.readings[name]:
        if not reading.sure or "scan" in reading.event.kinds:
            continue
        # What is called the response of a treatment may be its best one.
        named = (reading.table, reading.column)
        of_treatment = _is_treatment(reading.event)
        if named == ("assessments", "response") and of_treatment and _responds(profile):
            return reading.event, RESPONSE
        if reading.table == "treatments" and reading.column in _TREATMENT:
            share = profile.share(table.column(reading.column))
            if share >= MAY_FIT or not profile.filled or profile.askable(table.column(reading.column), MAY_FIT):
                return reading.event, reading.column
            if reading.column == "drug" and _is_local(view, name, vocabularies):
                return reading.event, "drug"
        # "Radiotherapy date" is its start; "Scan 2 date" is not.
        if named == ("assessments", "assessment_date") and of_treatment and profile.dates.share >= FITS:
            return reading.event, "start_date"
    event = view.words.event_of(name)
    if event and _is_treatment(event) and profile.filled and _holds_drugs(view, name, vocabularies):
        return event, "drug"
    return None


def _responds(profile: Profile) -> bool:
    return profile.share(TABLES["treatments"].column("best_response")) >= MAY_FIT


def _holds_drugs(view: View, name: str, vocabularies: Vocabularies) -> bool:
    drugs = view.profiles[name].drugs
    return drugs.share >= FITS or drugs.askable(MAY_FIT) or _is_local(view, name, vocabularies)


def _is_treatment(event: Event) -> bool:
    return bool(event.kinds) and not {"scan", "progression"} & set(event.kinds)


def _is_local(view: View, name: str, vocabularies: Vocabularies) -> bool:
    """Tell whether the cells are words for radiotherapy, surgery or ablation."""
    texts = view.profiles[name].texts
    words = vocabularies.synonyms.get("modality", {})
    local = texts.map(lambda text: words.get(folded(text)) in MODALITIES[1:])
    return len(texts) > 0 and bool(local.mean() >= FITS)


def _plain(event: Event) -> Event:
    """Return the event without what says nothing more: a rechallenge is one of ICI, a line one of treatment."""
    kinds = set(event.kinds)
    if "rechallenge" in kinds:
        return Event(("rechallenge", *sorted(kinds - {"ici", "line", "rechallenge", "progression"})))
    if len(kinds) > 1:
        kinds.discard("line")
    return Event(tuple(sorted(kinds)), event.ordinal)


def _merged(groups: dict[Event, Group]) -> dict[Event, Group]:
    """Join a group that lacks drug or start to the only other one that lacks it and can be the same event."""
    done = dict(groups)
    for event, group in groups.items():
        if event not in done or {"drug", "start_date"} <= set(group):
            continue
        partners = [
            other
            for other, theirs in done.items()
            if other != event and _alike(event, other) and not set(theirs) & set(group)
        ]
        if len(partners) == 1:
            done[partners[0]] = {**done[partners[0]], **group}
            del done[event]
    return done


def _alike(one: Event, other: Event) -> bool:
    if not one.kinds or not other.kinds:
        return False
    nested = set(one.kinds) <= set(other.kinds) or set(other.kinds) <= set(one.kinds)
    first = {one.ordinal, other.ordinal}
    return nested and (len(first) == 1 or None in first)


def _block(view: View, event: Event, group: Group, identifier: Entry, vocabularies: Vocabularies) -> BlockDraft | None:
    if not {"drug", "start_date"} & set(group):
        return None
    table = TABLES["treatments"]
    entries = [identifier, Entry("regimen_id", {"constant": event.label})]
    picks: dict[str, Pick] = {}
    for concept in _TREATMENT:
        names = group.get(concept, [])
        if len(names) == 1:
            picks[concept] = Pick(tuple(names), _doubt(view.profiles[names[0]], table.column(concept)))
        elif names:
            picks[concept] = Pick(tuple(names), "several columns of this treatment bear such a name")
    if RESPONSE in group and "best_response" not in picks:
        picks["best_response"] = Pick(tuple(group[RESPONSE]), NOT_SAID_BEST)
    kept = picks.get("drug") or picks["start_date"]
    keep_by = kept.names[0]
    if "drug" not in picks:
        entries += _without_drug(event)
    elif picks["drug"].names and _is_local(view, picks["drug"].names[0], vocabularies):
        name = picks["drug"].names[0]
        view.used.add(name)
        entries += [Entry("drug", name, "words for local therapy"), Entry("modality", name, "the same column")]
        del picks["drug"]
    entries += _entries(view, "treatments", picks, vocabularies)
    if "start_date" not in picks:
        entries.append(
            Entry("start_date", Question.of(_free_dates(view), "no header names its start", or_nothing=False))
        )
    order = {name: at for at, name in enumerate(table.names)}
    entries.sort(key=lambda entry: order[entry.column])
    return BlockDraft("treatments", view.key, entries, {"column": keep_by, "filled": "true"}, _about(event))


def _doubt(profile: Profile, column: Column) -> str:
    share = profile.share(column)
    if share >= FITS or not profile.filled or profile.askable(column, MAY_FIT):
        return ""
    return f"only {share:.0%} of its cells can be read as {column.name}"


def _ask_about_unnamed(view: View, block: BlockDraft, group: Group, vocabularies: Vocabularies) -> None:
    """What belongs to a treatment that the header does not name (ECOG) may be that of the first one."""
    for concept, names in group.items():
        if concept != RESPONSE and block.entry(concept) is None:
            doubt = Pick(tuple(names), "the header does not say which treatment it belongs to")
            block.entries.append(entry_for(view, "treatments", doubt, concept, vocabularies))


def _without_drug(event: Event) -> list[Entry]:
    for kind, word in _LOCAL.items():
        if kind in event.kinds:
            return [Entry("drug", {"constant": word}), Entry("modality", {"constant": word})]
    for kind, word in _NO_DRUG.items():
        if kind in event.kinds:
            question = Question((f"{{constant: {word}}}",), "no header names the drug of this treatment")
            return [Entry("drug", question)]
    return [Entry("drug", Question((), "no header names the drug of this treatment: write its column"))]


def _about(event: Event) -> str:
    return "treatment: " + event.label.replace("_", " ")


def _free_dates(view: View) -> list[str]:
    return [
        name
        for name, profile in view.profiles.items()
        if name not in view.used and profile.dates.share >= FITS and not any(r.sure for r in view.readings[name])
    ]


def _entries(
    view: View, table: str, picks: dict[str, Pick | None] | dict[str, Pick], vocabularies: Vocabularies
) -> Iterator[Entry]:
    for concept, picked in picks.items():
        if picked is not None:
            yield entry_for(view, table, picked, concept, vocabularies)


def _scans(view: View, identifier: Entry, vocabularies: Vocabularies) -> Iterator[BlockDraft]:
    events: dict[Event, dict[str, list[str]]] = {}
    for concept in ("assessment_date", "response", "basis", *_COUNTS):
        for found in view.candidates("assessments", concept, lambda r: r.sure):
            event = found.reading.event
            if found.share >= FITS and not {"progression", "ici", "rechallenge"} & set(event.kinds) and event.named:
                events.setdefault(event.without("scan"), {}).setdefault(concept, []).append(found.name)
    for event, group in sorted(events.items(), key=lambda item: (item[0].ordinal or 0, item[0].kinds)):
        if not all(len(group.get(concept, [])) == 1 for concept in ("assessment_date", "response")):
            continue
        picks = {concept: Pick(tuple(names)) for concept, names in group.items() if len(names) == 1}
        keep = {"column": group["assessment_date"][0], "filled": "true"}
        entries = [identifier, *_entries(view, "assessments", picks, vocabularies)]
        yield BlockDraft("assessments", view.key, entries, keep, f"scan {event.ordinal or ''}".strip())


def _progressions(view: View, identifier: Entry, vocabularies: Vocabularies) -> Iterator[BlockDraft]:
    """A progression is an assessment, because the count of its lesions belongs to it."""
    found = [
        item for item in view.candidates("treatments", "progression_date", lambda r: r.sure) if item.share >= MAY_FIT
    ]
    events = [_progression_event(item.reading.event) for item in found]
    counts: dict[str, list[tuple[str, Event]]] = {
        concept: [
            (item.name, _progression_event(item.reading.event))
            for item in view.candidates("assessments", concept, lambda r: r.sure)
            if item.share >= MAY_FIT
        ]
        for concept in _COUNTS
    }
    for item, event in zip(found, events, strict=True):
        doubt = ""
        if events.count(event) > 1:
            doubt = "several columns bear such a name"
        elif item.share < FITS:
            doubt = f"only {item.share:.0%} of its cells are dates"
        entries = [
            identifier,
            entry_for(view, "assessments", Pick((item.name,), doubt), "assessment_date", vocabularies),
        ]
        entries.append(Entry("response", {"constant": "PD"}))
        for concept, named in counts.items():
            own = [name for name, of in named if of == event]
            if len(own) == 1:
                entries.append(entry_for(view, "assessments", Pick((own[0],)), concept, vocabularies))
            elif not own and item is found[0] and (free := [name for name, of in named if not of.named]):
                because = "" if len(found) == len(free) == 1 else "the header does not say at which progression"
                entries.append(entry_for(view, "assessments", Pick(tuple(free), because), concept, vocabularies))
        words = f" ({event.label.replace('_', ' ')})" if event.kinds else f" {event.ordinal or ''}".rstrip()
        about = f"progression{words}"
        yield BlockDraft("assessments", view.key, entries, {"column": item.name, "filled": "true"}, about)


def _progression_event(event: Event) -> Event:
    plain = _plain(event.without("progression", "scan"))
    return Event(("ici",), 1) if plain.kinds == ("ici",) and plain.ordinal is None else plain


def _constant(block: BlockDraft, column: str) -> str:
    entry = block.entry(column)
    return str(entry.value["constant"]) if entry and isinstance(entry.value, dict) else ""
