"""How the figures of a publication hang together, as its YAML file declares it under `checks:`.

Each relation names figures of the file; `checks.py` says of each kind whether the figures can hold together.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, Literal

from pydantic import Field, model_validator

from rechallenge.errors import UserError, nearest
from rechallenge.settings.base import Settings

Mark = Literal["a", "b", "c", "d"]
Exhaustive = Literal["stated", "assumed", "no"]
Side = Literal["beyond", "before"]


class Relation(Settings):
    """What all relations have. `explanation` is ours, with its own evidence mark."""

    # The fields that hold names of figures.
    NAMES: ClassVar[tuple[str, ...]] = ()

    kind: str
    id: str = ""
    explanation: str = ""
    mark: Mark = "d"

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of the figures, in the order of the fields, each once."""
        found: list[str] = []
        for field in self.NAMES:
            value = getattr(self, field)
            found += [value] if isinstance(value, str) else (value or [])
        return tuple(dict.fromkeys(found))

    @property
    def name(self) -> str:
        """The id, or one made of the kind and the first figure."""
        return self.id or f"{self.kind}_{self.figures[0]}"


class Percentage(Relation):
    """A percentage of a number of patients; with `count`, of that count."""

    NAMES = ("percent", "count", "total")

    kind: Literal["percentage"]
    percent: str
    total: str
    count: str | None = None


class Total(Relation):
    """Parts that add up to a whole; without `whole`, percentages that add up to 100."""

    NAMES = ("whole", "parts")

    kind: Literal["total"]
    parts: tuple[str, ...] = Field(min_length=2)
    whole: str | None = None


class PooledMedian(Relation):
    """The median of a group and those of its parts.

    `exhaustive`: whether the parts make up the group, as the source states or as is assumed. `censored`: whether
    times may be censored. `total` and `sizes` are the numbers of patients of the group and of its parts.
    """

    NAMES = ("pooled", "parts", "total", "sizes")

    kind: Literal["pooled_median"]
    pooled: str
    parts: tuple[str, ...] = Field(min_length=2)
    total: str | None = None
    sizes: tuple[str, ...] = ()
    exhaustive: Exhaustive
    censored: bool = True


class Reading(Settings):
    """A definition of a class, and what it says about its members' times against the threshold.

    `exceed`: `members`: all members are on that side of it; `exactly`: and nobody else is; `not_required`: neither.
    """

    words: str
    exceed: Literal["members", "exactly", "not_required"]


class ShareAboveThreshold(Relation):
    """How many of a group are beyond a threshold of time (or before it: `side`), and the group's median.

    The threshold has the median's unit. `strict`: more (less) than it, else at least (at most). The first reading
    is the definition as the source states it.
    """

    NAMES = ("count", "total", "median")

    kind: Literal["share_above_threshold"]
    count: str
    total: str
    median: str
    threshold: float = Field(gt=0)
    side: Side = "beyond"
    strict: bool = True
    censored: bool
    readings: tuple[Reading, ...] = Field(min_length=1)


class PValue(Relation):
    """The P value of a log-rank test beside the medians and sizes of the two groups, as far as they are stated.

    `p` names the figure that bears the P value; `total` is the number of patients where the groups' sizes are
    unknown; `events` the events of the two groups.
    """

    NAMES = ("p", "medians", "sizes", "total", "events")

    kind: Literal["p_value"]
    p: str
    medians: tuple[str, ...] = Field((), max_length=2)
    sizes: tuple[str, ...] = Field((), max_length=2)
    total: str | None = None
    events: tuple[str, ...] = Field((), max_length=2)

    @model_validator(mode="after")
    def _pairs(self) -> "PValue":
        if any(len(pair) == 1 for pair in (self.medians, self.sizes, self.events)):
            raise ValueError("medians, sizes and events belong to two groups: name two figures, or none")
        return self


class IntervalSymmetry(Relation):
    """The limits of an interval around its value, which tell how it was computed. An observation."""

    NAMES = ("figure",)

    kind: Literal["interval_symmetry"]
    figure: str


class IntervalContains(Relation):
    """An interval, or a range, and the value inside it."""

    NAMES = ("figure",)

    kind: Literal["interval_contains"]
    figure: str


KINDS: Final[dict[str, type[Relation]]] = {
    "percentage": Percentage,
    "total": Total,
    "pooled_median": PooledMedian,
    "share_above_threshold": ShareAboveThreshold,
    "p_value": PValue,
    "interval_symmetry": IntervalSymmetry,
    "interval_contains": IntervalContains,
}


def read_relations(values: Any, where: str) -> tuple[Relation, ...]:
    """Return the typed relations of a file; raises UserError with a sentence for every mistake."""
    found: list[Relation] = []
    problems: list[str] = []
    if not isinstance(values, list):
        raise UserError(f'{where}: "checks" must be a list of relations.')
    for place, item in enumerate(values, 1):
        if not isinstance(item, Mapping):
            problems.append(f"{where}: check {place} is not a relation of keys and values.")
            continue
        kind = str(item.get("kind", ""))
        if kind not in KINDS:
            problems.append(f'{where}: check {place} has the unknown kind "{kind}".{nearest(kind, list(KINDS))}')
            continue
        try:
            found.append(KINDS[kind].read(item, f"{where}: check {item.get('id') or place}"))
        except UserError as error:
            problems += error.problems
    if problems:
        raise UserError(problems)
    return tuple(found)


def problems_of(relations: Sequence[Relation], units: Mapping[str, str], where: str) -> list[str]:
    """Return a sentence for each relation that the file's figures (their units by name) cannot serve."""
    ids = [relation.name for relation in relations]
    found = [f'{where}: two checks have the id "{name}".' for name in sorted({x for x in ids if ids.count(x) > 1})]
    for relation in relations:
        unknown = [name for name in relation.figures if name not in units]
        found += [
            f'{where}: check {relation.name} names the figure "{name}", which does not exist.'
            f"{nearest(name, list(units))}"
            for name in unknown
        ]
        if not unknown:
            found += [f"{where}: check {relation.name}: {problem}" for problem in _unit_problems(relation, units)]
    return found


def _unit_problems(relation: Relation, units: Mapping[str, str]) -> list[str]:
    found = []
    wanted: dict[str, tuple[str, ...]] = {
        "percent": ("percent",),
        "count": ("patients",),
        "sizes": ("patients",),
        "events": ("patients",),
        "median": ("months", "days"),
        "medians": ("months", "days"),
        "pooled": ("months", "days"),
    }
    if not isinstance(relation, Total):
        wanted["total"] = ("patients",)
    for field, allowed in wanted.items():
        value = getattr(relation, field, None)
        found += [
            f'"{name}" ({units[name]}) cannot be its {field}: {" or ".join(allowed)} expected.'
            for name in _names(value)
            if units[name] not in allowed
        ]
    alike = {
        PooledMedian: ("pooled", "parts"),
        PValue: ("medians",),
        Total: ("whole", "parts"),
    }.get(type(relation), ())
    names = [name for field in alike for name in _names(getattr(relation, field))]
    if len({units[name] for name in names}) > 1:
        found.append(f"the figures {', '.join(names)} must have one unit.")
    return found


def _names(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else (value or ())
