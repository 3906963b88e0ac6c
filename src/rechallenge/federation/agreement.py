"""Whether hospitals did the same: where their definitions, models, periods, code or libraries differ."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from rechallenge.federation.sites import Site
from rechallenge.language import N_, tr
from rechallenge.settings.federation import FederationPolicy

COLUMNS: Final = ("policy", "action", "what", "site", "value", "first_site", "first_value", "sentence")
# Steps that make estimates; the others draw and print.
_STEPS: Final = ("ingest", "validate", "episodes", "eligibility", "classify", "endpoints", "estimate")
_MODELS: Final = ("covariates", "missing_covariates", "confidence", "km_interval")
_CONSEQUENCES: Final = {
    "definitions": N_("their numbers count different patients: run both with the same definitions"),
    "models": N_("their hazard ratios are of different models: run both with the same covariates"),
    "study_period": N_("their follow-up ends, or their patients enter, at other times"),
    "code": N_("they ran different versions of the workflow: the same checkout at both would rule it out"),
    "libraries": N_("they ran with other versions of libraries"),
    "extract": N_("one extract cannot stand for two hospitals: take one of them out, or correct a path"),
}


def agreement(sites: Sequence[Site], policy: FederationPolicy) -> pd.DataFrame:
    """Return one row per difference of a hospital from the first one; columns COLUMNS, none where all did the same.

    An extract that two hospitals share always fails: its patients would count twice.
    """
    first = sites[0]
    actions = {**policy.plain(), "extract": "fail"}
    rows = []
    for site in sites[1:]:
        for kind, what, here, there in _differences(site, first):
            rows.append(
                (
                    kind,
                    actions[kind],
                    what,
                    site.name,
                    here,
                    first.name,
                    there,
                    _said(kind, what, site.name, first.name),
                )
            )
    rows += [
        ("extract", "fail", "extract", site.name, site.record["extract"]["sha256"], other.name,
         other.record["extract"]["sha256"], _said("extract", "extract", site.name, other.name))
        for place, site in enumerate(sites)
        for other in sites[:place]
        if site.record["extract"]["sha256"] == other.record["extract"]["sha256"]
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def failures(found: pd.DataFrame) -> list[str]:
    """Return the sentences of the differences under which nothing is pooled, in the present language."""
    return _sentences(found, "fail")


def warnings(found: pd.DataFrame) -> list[str]:
    """Return the sentences of the differences that are said, in the present language."""
    return _sentences(found, "warn")


def _sentences(found: pd.DataFrame, action: str) -> list[str]:
    own = found.loc[found["action"] == action, ["policy", "what", "site", "first_site"]]
    return list(dict.fromkeys(_said(*map(str, values)) for values in own.itertuples(index=False, name=None)))


def _said(kind: str, what: str, site: str, first: str) -> str:
    why = str(_CONSEQUENCES[kind])
    if kind == "extract":
        return tr("{first} and {second} have the same extract; {why}.", first=site, second=first, why=why)
    return tr("{first} and {second} differ in {what}; {why}.", first=site, second=first, what=what, why=why)


def _differences(site: Site, first: Site) -> Iterator[tuple[str, str, str, str]]:
    here, there = site.settings, first.settings
    for section in ("definitions", "dates"):
        for what, one, other in _unlike(here.get(section), there.get(section), section):
            yield "definitions", what, one, other
    for name in _MODELS:
        for what, one, other in _unlike(
            here["statistics"].get(name), there["statistics"].get(name), f"statistics.{name}"
        ):
            yield "models", what, one, other
    for name in ("cutoff", "window"):
        for what, one, other in _unlike(here["study"].get(name), there["study"].get(name), f"study.{name}"):
            yield "study_period", what, one, other
    steps = [name for name in _STEPS if site.record["code"].get(name) != first.record["code"].get(name)]
    if steps:
        yield "code", f"the code of {', '.join(steps)}", "", ""
    for what, one, other in _unlike(site.record["lock"], first.record["lock"], ""):
        yield "libraries", what, one[:12], other[:12]


def _unlike(here: Any, there: Any, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(here, Mapping) and isinstance(there, Mapping):
        for key in sorted(here.keys() | there.keys()):
            yield from _unlike(here.get(key), there.get(key), f"{path}.{key}".strip("."))
    elif here != there:
        yield path, _text(here), _text(there)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
