"""Which numbers of the results table count the same patients, and which of them add up to others.

A count is known by whom it counts: a population and conditions on it ("resistance" is "primary", "sex" is "female"),
wherever it is printed: in Table 1, beside a curve, in a model, in the flow. Counts of a further analysis or of a
scenario are the same cell where they are the same number.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from rechallenge.disclosure.suppression import Cell, Sum
from rechallenge.settings.config import MAIN

PATIENTS: Final = "patients"
EVENTS: Final = "events"
AT_RISK: Final = "at_risk"
# Models whose numbers count no patients of the study: simulated cohorts, specifications.
NOT_PATIENTS: Final = ("contradiction_check", "specification_curve")
# A table of these is withheld as a whole where any of its counts is small.
CROSS_TABLES: Final = ("preset_concordance", "boundary")
# Further statistics that count patients, each in its own way.
OTHER_COUNTS: Final = (
    "left_out", "dropped", "moved", "class_changes", "rechallenged_later", "imputed", "not_evaluable", "starts",
)  # fmt: skip
COUNTS: Final = ("n", "missing", "events", "at_risk", "excluded", "remaining", *OTHER_COUNTS)
MISSING: Final = "(missing)"
KNOWN: Final = "(known)"
CAUSE: Final = "(cause)"
# The classes that the study is about.
CLASSES: Final = ("resistance", "progression_pattern", "interval_treatment")
# Counts with fewer conditions are worth more than any number of places.
_COARSE: Final = 100_000
_WHOLE_TERMS: Final = ("", "overall", "patients", "attrition")
_WHOM: Final = {
    ("remaining", "extract"): ("extract", ()),
    ("remaining", "first_ici_in_window"): ("first_ici", ()),
    ("remaining", "index_progression"): ("progressed", ()),
    ("remaining", "rechallenged"): ("progressed", (("rechallenged", "true"),)),
    ("excluded", "rechallenged"): ("progressed", (("rechallenged", "false"),)),
}

Conditions = tuple[tuple[str, str], ...]
Record = Mapping[str, Any]


class Whom(NamedTuple):
    """Whom or what a number counts. `at` is a time in months as text, empty where there is none."""

    kind: str
    endpoint: str
    population: str
    conditions: Conditions = ()
    at: str = ""


class Key(NamedTuple):
    """A cell: whom it counts, and its value, which tells apart what is counted differently somewhere."""

    whom: Whom
    value: int


class Place(NamedTuple):
    """Where a cell is printed: the position of the row and one of its columns estimate, n, events."""

    row: int
    column: str


def conditions(record: Record, level: str | None = None) -> Conditions:
    """Return the conditions of a row: of its model, its term and a level (the row's own without one)."""
    level = str(record["level"]) if level is None else level
    found: dict[str, str] = {}
    base, _, within = str(record["model"]).partition("|")
    for part in filter(None, within.split("|")):
        name, equals, value = part.partition("=")
        found[name if equals else CAUSE] = value if equals else name
    term, _, inside = str(record["term"]).partition("|")
    for part in filter(None, inside.split("|")):
        name, _, value = part.partition("=")
        found[name] = value
    if term in _WHOLE_TERMS and base == "best_response":
        term = "best_response"
    if "*" in term:
        found |= _of_product(term.split("*"), level)
    elif level and term not in _WHOLE_TERMS:
        found[term] = level
    return tuple(sorted(found.items()))


def _of_product(terms: list[str], level: str) -> dict[str, str]:
    """The conditions of "acquired|progression_pattern=oligo", or of "primary*systemic", for a product of two terms."""
    if "*" in level:
        return dict(zip(terms, level.split("*"), strict=False))
    own, bar, inside = level.partition("|")
    if not bar:
        return {terms[0]: own} if own else {}
    name, _, value = inside.partition("=")
    other = next((term for term in terms if term != name), terms[0])
    return {other: own, name: value}


def numeric(value: Any) -> bool:
    """Tell whether a number of a row is there."""
    return value is not None and value == value and value != ""


@dataclass
class Counted:
    """The cells of the results table with their places, and the sums between them.

    `reference` is, by analysis and whom, the count that stands for it; `different` are the cells that count the same
    patients as another one but for a few.
    """

    places: dict[Key, list[Place]] = field(default_factory=dict)
    reference: dict[tuple[str, Whom], int] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)
    of: dict[Place, Key] = field(default_factory=dict)
    last_steps: dict[str, str] = field(default_factory=dict)
    """The last criterion of the flow by analysis: who remains after it is the rechallenge set."""

    def cells(self) -> dict[Any, Cell]:
        """Return the cells for `suppression.suppressed`.

        The sizes of the populations of the main analysis and of their classes stay, where they are not small; else
        the finer a count, the sooner it is withheld.
        """
        return {key: self._cell(key, len(places)) for key, places in self.places.items()}

    def _cell(self, key: Key, places: int) -> Cell:
        coarse = len(key.whom.conditions) < 2 and all(term in CLASSES for term, _ in key.whom.conditions)
        fixed = key.whom.kind == PATIENTS and coarse and self.known(MAIN, key.whom) == key.value
        return Cell(key.value, places - _COARSE * len(key.whom.conditions), fixed)

    def add(self, place: Place, key: Key) -> None:
        self.places.setdefault(key, []).append(place)
        self.of[place] = key

    def known(self, analysis: str, whom: Whom) -> int | None:
        """Return the count of an analysis, or None where it has none."""
        return self.reference.get((analysis, whom))


def counted(records: list[Record]) -> Counted:
    """Return the cells and sums of the rows of the results table (`report.numbers.prepared`, as records)."""
    found = Counted(last_steps=_last_steps(records))
    own = [(at, record) for at, record in enumerate(records) if record["model"] not in NOT_PATIENTS]
    for at, record in sorted(own, key=lambda item: _rank(item[1])):
        if record["statistic"] in COUNTS and numeric(record["estimate"]):
            whom = whom_of(record, found.last_steps)
            value = round(float(record["estimate"]))
            found.reference.setdefault((record["analysis"], whom), value)
            found.add(Place(at, "estimate"), Key(whom, value))
    for at, record in own:
        for column, kind in (("n", PATIENTS), ("events", EVENTS)):
            if numeric(record[column]):
                value = round(float(record[column]))
                found.add(Place(at, column), Key(_whom_of_column(record, kind, value, found), value))
    found.sums = [*_sums(found), *_flow_sums(records, found.last_steps)]
    for one in found.sums:
        for key in one.members:
            found.places.setdefault(key, [])
    return found


def _rank(record: Record) -> int:
    """Counts of classes and of Table 1 say who is in a class; a curve or a model may leave patients out."""
    order = ("", "table1", "best_response")
    base = str(record["model"]).partition("|")[0]
    return order.index(base) if base in order else len(order)


def _last_steps(records: Iterable[Record]) -> dict[str, str]:
    return {one["analysis"]: one["level"] for one in records if one["term"] == "attrition"}


def whom_of(record: Record, last_steps: Mapping[str, str]) -> Whom:
    """Return whom the count of a row counts; `last_steps` is the last criterion of the flow by analysis."""
    statistic, population = record["statistic"], record["population"]
    if record["term"] == "attrition":
        return _whom_of_step(record, last_steps)
    at = f"{record['at']:g}" if numeric(record["at"]) else ""
    own = conditions(record)
    if record["model"] in CROSS_TABLES and statistic == "n":
        return Whom(PATIENTS, "", population, (*own, ("against", str(record["reference"]))), str(record["model"]))
    if statistic == "missing":
        return Whom(PATIENTS, "", population, _with(own, str(record["term"]), MISSING))
    if statistic == "n":
        return Whom(PATIENTS, "", population, own, at)
    if statistic == "events":
        return Whom(EVENTS, record["endpoint"] or record["model"], population, own, at)
    if statistic == "at_risk":
        return Whom(AT_RISK, record["endpoint"], population, own, at)
    return Whom(f"{statistic}|{record['model']}", record["endpoint"], population, own, at)


def _whom_of_step(record: Record, last_steps: Mapping[str, str]) -> Whom:
    statistic, criterion = record["statistic"], record["level"]
    if statistic == "remaining" and criterion == last_steps.get(record["analysis"]):
        return Whom(PATIENTS, "", "rechallenge")
    population, own = _WHOM.get((statistic, criterion), (f"attrition {statistic}", (("criterion", criterion),)))
    return Whom(PATIENTS, "", population, own)


def _with(own: Conditions, term: str, level: str) -> Conditions:
    return tuple(sorted({**dict(own), term.partition("|")[0]: level}.items()))


def _whom_of_column(record: Record, kind: str, value: int, found: Counted) -> Whom:
    """Return whom `n` or `events` of a row counts: of the possible groups the one with that count."""
    endpoint = "" if kind == PATIENTS else record["endpoint"] or record["model"]
    full, whole = conditions(record), conditions(record, level="")
    at = f"{record['at']:g}" if numeric(record["at"]) else ""
    # Shares are of the patients with a value; what else has a level is of the patients of that level, or of all.
    shares = record["statistic"] in ("n", "percent", "missing") and full != whole
    choices = [whole] if shares else [full, whole]
    for own in choices:
        for time in dict.fromkeys(("", at)):
            whom = Whom(kind, endpoint, record["population"], own, time)
            if found.known(record["analysis"], whom) == value:
                return whom
    if shares:
        return Whom(kind, endpoint, record["population"], _with(whole, str(record["term"]), KNOWN))
    level = found.known(record["analysis"], Whom(kind, endpoint, record["population"], full))
    own = whole if level is not None and value > level else full
    return Whom(kind, endpoint, record["population"], own, at if full == whole else "")


def _sums(found: Counted) -> Iterator[Sum]:
    """The sums that hold: the levels of a term make their whole, with the missing, or those with a value."""
    families: dict[tuple[str, Whom, str], list[Whom]] = {}
    for analysis, whom in found.reference:
        for term, _ in whom.conditions:
            rest = tuple(item for item in whom.conditions if item[0] != term)
            families.setdefault((analysis, whom._replace(conditions=rest), term), []).append(whom)
    for (analysis, parent, term), parts in families.items():
        total = found.known(analysis, parent)
        levels = {part: found.reference[analysis, part] for part in parts}
        recorded = {part: n for part, n in levels.items() if dict(part.conditions)[term] != MISSING}
        if total is not None and sum(levels.values()) == total:
            yield Sum(Key(parent, total), tuple(Key(part, n) for part, n in levels.items()))
        known = Key(parent._replace(conditions=_with(parent.conditions, term, KNOWN)), sum(recorded.values()))
        if known in found.places:
            yield Sum(known, tuple(Key(part, n) for part, n in recorded.items()))
            gone = next((Key(part, n) for part, n in levels.items() if part not in recorded), None)
            if total is not None and gone is not None and known.value + gone.value == total:
                yield Sum(Key(parent, total), (known, gone))


def _flow_sums(records: Iterable[Record], last_steps: Mapping[str, str]) -> Iterator[Sum]:
    """Who remains after a step of the flow, and who is excluded by it, are those who remained before."""
    before: dict[str, Key] = {}
    steps: dict[tuple[str, str], dict[str, Key]] = {}
    for record in records:
        if record["term"] == "attrition" and record["statistic"] in ("excluded", "remaining"):
            key = Key(_whom_of_step(record, last_steps), round(float(record["estimate"])))
            steps.setdefault((record["analysis"], record["level"]), {})[record["statistic"]] = key
    for (analysis, _), step in steps.items():
        if analysis in before and len(step) == 2:
            yield Sum(before[analysis], (step["remaining"], step["excluded"]))
        if "remaining" in step:
            before[analysis] = step["remaining"]
