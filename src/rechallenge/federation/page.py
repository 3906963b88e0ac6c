"""The page of a federation."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from markupsafe import Markup

from rechallenge import formatting, words
from rechallenge.federation.agreement import failures, warnings
from rechallenge.federation.counts import COLUMNS as COUNT_COLUMNS
from rechallenge.federation.counts import FLOW, TABLE_ONE
from rechallenge.federation.forest import MODELS, heading
from rechallenge.federation.pool import Federation
from rechallenge.federation.sites import Site
from rechallenge.federation.two_stage import ABSENT, FROM_FIRTH, FROM_INTERVAL, TWO_STAGE, WITHHELD
from rechallenge.language import N_, language, tr
from rechallenge.method_words import reason
from rechallenge.pages import Picture, page_environment
from rechallenge.report.words import criterion
from rechallenge.settings.federation import FederationConfig

PAGE: Final = "federation.html.j2"
_WAYS: Final = {
    "two_stage": N_("Two-stage: random effects"),
    "common": N_("Two-stage: common effect"),
    "one_cohort": N_("One-stage: one cohort"),
    "stratified_by_site": N_("One-stage: stratified by hospital"),
}
_NOTES: Final = {
    WITHHELD: N_("withheld: too few patients or events"),
    ABSENT: N_("no such comparison at this hospital"),
    FROM_FIRTH: N_("Firth's penalised estimate"),
    FROM_INTERVAL: N_("standard error from the interval"),
}


def render(
    made: Federation,
    sites: Sequence[Site],
    differences: pd.DataFrame,
    config: FederationConfig,
    templates: Path,
    pictures: Sequence[Picture],
) -> str:
    """Return the page; it holds no estimate that pooled.csv, sites.csv, counts.csv or medians.csv does not."""
    environment = page_environment(templates)
    environment.globals.update(language_tag=language().replace("_", "-"), tr=tr)
    text: str = environment.get_template(PAGE).render(
        style=Markup((templates / "report.css.j2").read_text(encoding="utf-8")),
        title=config.federation.title,
        simulated=config.federation.simulated,
        public=config.release.level == "public",
        smallest=config.release.smallest_count,
        settings=config.federation,
        names=[site.name for site in sites],
        hospitals=list(_hospitals(made, sites)),
        warnings=[*failures(differences), *warnings(differences)],
        results=list(_results(made, config)),
        tests=list(_tests(made)),
        unused=list(_unused(made)),
        medians=list(_medians(made)),
        flow=list(_counts(made, FLOW)),
        table_one=list(_counts(made, TABLE_ONE)),
        pictures=pictures,
    )
    return text


def _hospitals(made: Federation, sites: Sequence[Site]) -> Iterator[dict[str, str]]:
    for site in sites:
        sizes = made.counts[made.counts["part"].eq(FLOW) & made.counts["statistic"].eq("remaining")][site.name]
        all_times = made.givers.get(site.name)
        yield {
            "name": site.name,
            "patients": _count(sizes.iloc[0]),
            "rechallenged": _count(sizes.iloc[-1]),
            "level": tr("internal") if site.level == "internal" else tr("public"),
            "cutoff": str(site.settings["study"]["cutoff"]),
            "risk_sets": tr("none") if all_times is None else tr("all times") if all_times else tr("days of events"),
        }


def _count(value: float) -> str:
    return tr("withheld") if np.isnan(value) else formatting.count(value)


def _interval(row: dict[str, Any]) -> str:
    if formatting.missing(row["estimate"]):
        return tr("not estimable")
    bounds = formatting.interval(formatting.ratio(row["lower"]), formatting.ratio(row["upper"]))
    return f"{formatting.ratio(row['estimate'])} ({bounds})"


def _results(made: Federation, config: FederationConfig) -> Iterator[dict[str, Any]]:
    """Every comparison with what each way of pooling gives."""
    pooled = made.pooled
    for endpoint in config.federation.endpoints:
        for model in config.federation.models:
            own = pooled[pooled["endpoint"].eq(endpoint) & pooled["model"].str.endswith(f"|{model}")]
            own = pd.concat(
                [own, pooled[pooled["endpoint"].eq(endpoint) & pooled["model"].str.startswith(f"{model}|")]]
            )
            for values, rows in own.groupby(["term", "level", "reference"], sort=False):
                lines = list(_ways(rows, model))
                if lines:
                    yield {
                        "endpoint": endpoint,
                        "model": str(MODELS[model]),
                        "comparison": heading(*map(str, values)),
                        "lines": lines,
                    }


def _ways(rows: pd.DataFrame, model: str) -> Iterator[dict[str, str]]:
    named = (
        ("two_stage", f"{TWO_STAGE}|{model}", "hr"),
        ("common", f"{TWO_STAGE}|{model}", "common_hr"),
        ("one_cohort", f"{model}|one_cohort", "hr"),
        ("stratified_by_site", f"{model}|stratified_by_site", "hr"),
    )
    for way, name, statistic in named:
        for row in rows[rows["model"].eq(name) & rows["statistic"].eq(statistic)].to_dict("records"):
            further = rows[rows["model"].eq(name) & rows["statistic"].eq("prediction")].to_dict("records")
            shown = way == "two_stage" and further and not formatting.missing(further[0]["lower"])
            yield {
                "way": str(_WAYS[way]),
                "ratio": _interval(_named(row)),
                "p": formatting.p_value(row["p"]) if not formatting.missing(row["p"]) else "",
                "n": formatting.count(row["n"]) if not formatting.missing(row["n"]) else "",
                "events": formatting.count(row["events"]) if not formatting.missing(row["events"]) else "",
                "prediction": formatting.interval(
                    formatting.ratio(further[0]["lower"]), formatting.ratio(further[0]["upper"])
                )
                if shown
                else "",
            }


def _named(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _tests(made: Federation) -> Iterator[dict[str, str]]:
    pooled = made.pooled
    own = pooled[pooled["model"].str.startswith("log_rank|") & pooled["statistic"].eq("p")]
    for row in own[~own["term"].str.contains("|", regex=False)].to_dict("records"):
        yield {
            "endpoint": row["endpoint"],
            "term": words.term_words(row["term"]),
            "way": str(_WAYS[row["model"].partition("|")[2]]),
            "p": formatting.p_value(row["p"]),
            "n": formatting.count(row["n"]) if not formatting.missing(row["n"]) else "",
            "events": formatting.count(row["events"]) if not formatting.missing(row["events"]) else "",
        }


def _unused(made: Federation) -> Iterator[dict[str, str]]:
    for row in made.sites[made.sites["note"].ne("")].to_dict("records"):
        yield {
            "endpoint": row["endpoint"],
            "model": str(MODELS[row["model"]]),
            "comparison": heading(row["term"], row["level"], row["reference"]),
            "site": row["site"],
            "used": tr("pooled") if row["used"] else tr("not pooled"),
            "note": "; ".join(_note(part) for part in row["note"].split("; ")),
        }


def _note(text: str) -> str:
    return str(_NOTES[text]) if text in _NOTES else reason(text)


def _medians(made: Federation) -> Iterator[dict[str, str]]:
    for row in made.medians.to_dict("records"):
        yield {
            **_group(row),
            "site": row["site"],
            "median": _median(row["median"], row["lower"], row["upper"], row["n"]),
        }
    pooled = made.pooled
    own = pooled[pooled["model"].eq("kaplan_meier|one_cohort") & pooled["statistic"].eq("median")]
    own = own[own["population"].eq("rechallenge") & ~own["term"].str.contains("|", regex=False)]
    for row in own.to_dict("records"):
        median = _median(row["estimate"], row["lower"], row["upper"], row["n"])
        yield {**_group(row), "site": tr("Pooled from risk sets"), "median": median}


def _group(row: dict[Any, Any]) -> dict[str, str]:
    whole = row["term"] in ("", "overall")
    group = tr("All") if whole else f"{words.term_words(row['term'])}: {words.cell_words(row['term'], row['level'])}"
    return {"endpoint": str(row["endpoint"]), "group": group}


def _median(estimate: float, lower: float, upper: float, n: float) -> str:
    if np.isnan(n) and np.isnan(estimate):
        return tr("withheld")
    return formatting.median_interval(estimate, lower, upper)


def _counts(made: Federation, part: str) -> Iterator[dict[str, Any]]:
    names = [name for name in made.counts.columns if name not in COUNT_COLUMNS]
    own = made.counts[made.counts["part"].eq(part)]
    if part == TABLE_ONE:
        own = own[own["population"].eq("rechallenge") & own["model"].eq(TABLE_ONE)]
    for row in own.to_dict("records"):
        yield {
            "label": _label(row, part),
            "cells": [_count(row[name]) for name in names],
            "pooled": _pooled_count(row["estimate"], row["at_least"], row["at_most"]),
        }


def _pooled_count(estimate: float, at_least: float, at_most: float) -> str:
    if np.isfinite(estimate):
        return formatting.count(estimate)
    low, high = formatting.count(at_least), formatting.count(at_most) if np.isfinite(at_most) else ""
    if not high:
        return tr("{low} or more", low=low)
    return low if low == high else tr("{low} to {high}", low=low, high=high)


def _label(row: dict[Any, Any], part: str) -> str:
    if part == FLOW:
        name = criterion(row["level"])
        return tr("{criterion}: excluded", criterion=name) if row["statistic"] == "excluded" else name
    label = tr("Patients") if row["term"] == "patients" else words.term_words(row["term"])
    if row["statistic"] == "missing":
        return tr("{label}: missing", label=label)
    return f"{label}: {words.cell_words(row['term'], row['level'])}" if row["level"] else label
