"""Whether hospitals did the same: where their definitions, models, periods, code or libraries differ."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from rechallenge.federation.sites import Site
from rechallenge.settings.federation import FederationPolicy

COLUMNS: Final = ("policy", "action", "what", "site", "value", "first_site", "first_value", "sentence")
# Steps that make estimates; the others draw and print.
_STEPS: Final = ("ingest", "validate", "episodes", "eligibility", "classify", "endpoints", "estimate")
_MODELS: Final = ("covariates", "missing_covariates", "confidence", "km_interval")
_CONSEQUENCES: Final = {
    "definitions": "their numbers count different patients: run both with the same definitions",
    "models": "their hazard ratios are of different models: run both with the same covariates",
    "study_period": "their follow-up ends, or their patients enter, at other times",
    "code": "they ran different versions of the workflow: the same checkout at both would rule it out",
    "libraries": "they ran with other versions of libraries",
    "extract": "one extract cannot stand for two hospitals: take one of them out, or correct a path",
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
            rows.append((kind, actions[kind], what, site.name, here, first.name, there, _said(kind, what, site, first)))
    rows += [
        ("extract", "fail", "extract", site.name, site.record["extract"]["sha256"], other.name,
         other.record["extract"]["sha256"], _said("extract", "extract", site, other))
        for place, site in enumerate(sites)
        for other in sites[:place]
        if site.record["extract"]["sha256"] == other.record["extract"]["sha256"]
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def failures(found: pd.DataFrame) -> list[str]:
    """Return the sentences of the differences under which nothing is pooled."""
    return list(dict.fromkeys(found.loc[found["action"] == "fail", "sentence"]))


def warnings(found: pd.DataFrame) -> list[str]:
    """Return the sentences of the differences that are said."""
    return list(dict.fromkeys(found.loc[found["action"] == "warn", "sentence"]))


def _said(kind: str, what: str, site: Site, first: Site) -> str:
    if kind == "extract":
        return f"{site.name} and {first.name} have the same extract; {_CONSEQUENCES[kind]}."
    return f"{site.name} and {first.name} differ in {what}; {_CONSEQUENCES[kind]}."


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
