"""The further analyses side by side, safety, and what could not be computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from rechallenge.estimates.model_names import FIRTH
from rechallenge.language import N_, tr
from rechallenge.method_words import reason
from rechallenge.punctuation import listed, listed_and, separated
from rechallenge.report import words
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.results import (
    KAPLAN_MEIER,
    LOG_RANK,
    MULTIVARIABLE,
    SENSITIVITY,
    UNIVARIABLE,
    comparison_words,
    p_of_test,
)
from rechallenge.report.sentences import literal
from rechallenge.report.sheets import EMPTY, Row, Sheet, one, with_interval
from rechallenge.results import records

MODEL_WORDS: Final = {
    UNIVARIABLE: N_("univariable Cox model"),
    MULTIVARIABLE: N_("multivariable Cox model"),
    SENSITIVITY: N_("sensitivity Cox model"),
    LOG_RANK: N_("log-rank test"),
    "exposure_naive": N_("naive comparison of rechallenge"),
    "exposure_time_dependent": N_("time-dependent Cox model of rechallenge"),
    "exposure_adjusted": N_("adjusted time-dependent Cox model of rechallenge"),
    "exposure_mantel_byar": N_("Mantel-Byar test"),
    "exposure_simon_makuch": N_("curves of Simon and Makuch"),
    "exposure_landmark": N_("landmark analysis"),
    "immortal_time_bias": N_("naive against time-dependent hazard ratio"),
    "delayed_entry": N_("comparison with delayed entry"),
    "delayed_entry_ignored": N_("comparison without delayed entry"),
    "entry_check": N_("check of delayed entry"),
    "cause_specific|progression": N_("cause-specific Cox model, progression"),
    "cause_specific|death": N_("cause-specific Cox model, death without progression"),
    "fine_gray|progression": N_("Fine-Gray model, progression"),
    "fine_gray|death": N_("Fine-Gray model, death without progression"),
    "gray|progression": N_("Gray's test, progression"),
    "gray|death": N_("Gray's test, death without progression"),
    "dating_right_end": N_("progression dated at the scan that shows it"),
    "dating_midpoint": N_("progression dated at the middle"),
    "dating_interval": N_("progression as an interval"),
    "log_rank_permutation": N_("permutation test"),
    "weighted_log_rank": N_("weighted log-rank tests"),
    "restricted_mean": N_("restricted means"),
    FIRTH[UNIVARIABLE]: N_("Firth's univariable Cox model"),
    FIRTH[MULTIVARIABLE]: N_("Firth's multivariable Cox model"),
    FIRTH[SENSITIVITY]: N_("Firth's sensitivity Cox model"),
    "log_rank_stratified": N_("stratified log-rank test"),
    "log_rank_pairwise": N_("pairs of classes"),
    "model_checks": N_("checks of the model"),
    "optimism": N_("validation of the model"),
    "cumulative_incidence": N_("cumulative incidence"),
    "landmark": N_("landmark analysis"),
}
# Their own tables say what could not be computed.
SAID_ELSEWHERE: Final = ("table1", "interaction", "interaction_adjusted", "subgroup", "power")
SAFETY_ROWS: Final = (
    ("first_ici", "first_ici", N_("First ICI, all with a first ICI monotherapy")),
    ("rechallenge", "first_ici", N_("First ICI, those rechallenged")),
    ("rechallenge", "rechallenge", N_("Rechallenge")),
    ("rechallenge", "recurrence", N_("Recurrence under rechallenge")),
)


MODEL_SIZES: Final = {
    "n": N_("{endpoint}, multivariable model, patients"),
    "events": N_("{endpoint}, multivariable model, events"),
}


@dataclass(frozen=True)
class Missing:
    """Things that were not computed for the same reason, and the rows of estimates.csv that say so.

    `what` is of the main analysis, `elsewhere` the titles of other analyses in which the reason holds for anything.
    """

    what: tuple[str, ...]
    elsewhere: tuple[str, ...]
    why: str
    estimate_ids: tuple[str, ...]

    @property
    def where(self) -> str:
        """Return all of it as the start of a sentence."""
        others = listed(self.elsewhere)
        said = separated(self.what)
        return (
            tr("{said}; also in: {others}", said=said, others=others)
            if said and others
            else said or tr("In: {others}", others=others)
        )

    @property
    def replaced(self) -> bool:
        """Whether another model stands in its place."""
        return "instead" in self.why


def not_fitted(estimates: pd.DataFrame, labels: Mapping[str, str], titles: Mapping[str, str]) -> list[Missing]:
    """Return what could not be computed, each reason once, with the sentence that the estimates give for it.

    Of the main analysis it says what; of further ones and of the sensitivity set, in which of them.
    """
    own = estimates[(estimates["statistic"] == "not_fitted") & ~estimates["model"].isin(SAID_ELSEWHERE)]
    found: dict[str, list[dict[str, Any]]] = {}
    for row in records(own):
        found.setdefault(reason(row["method"]), []).append(row)
    return [_missing(why, rows, labels, titles) for why, rows in found.items()]


def _missing(why: str, rows: list[dict[str, Any]], labels: Mapping[str, str], titles: Mapping[str, str]) -> Missing:
    endpoints: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row["analysis"] == "main":
            term = words.lower_first(words.term(row["term"], labels)) if row["term"] not in ("", "overall") else ""
            of = endpoints.setdefault((_model_words(row["model"]), term), [])
            of += [words.endpoint(row["endpoint"])] if row["endpoint"] else []
    what = []
    for (model, term), of in endpoints.items():
        said = listed(part for part in (model, listed_and(dict.fromkeys(of)) if of else "", term) if part)
        what.append(said[:1].upper() + said[1:])
    others = dict.fromkeys(words.analysis(row["analysis"], titles) for row in rows if row["analysis"] != "main")
    ids = tuple(str(row["estimate_id"]) for row in rows)
    return Missing(tuple(what), tuple(words.lower_first(name) for name in others), why, ids)


def _model_words(model: str) -> str:
    return str(MODEL_WORDS.get(model, "")) or tr(model.partition("|")[0].replace("_", " "))


def analyses_table(estimates: pd.DataFrame, numbers: Numbers, titles: Mapping[str, str]) -> Sheet | None:
    """Return the main results of every analysis of the study file side by side, or None where there is only the main.

    The sensitivity set has a table of its own (`robustness_tables`).
    """
    names = [name for name in dict.fromkeys(estimates["analysis"]) if not name.startswith(words.SENSITIVITY_SET)]
    names.sort(key=lambda name: name != "main")
    if len(names) < 2:
        return None
    rows: list[Row] = [_sizes(tr("Patients in the rechallenge set"), _SET, "n", names, numbers)]
    counts = estimates[
        (estimates["term"] == "resistance")
        & (estimates["statistic"] == "n")
        & (estimates["model"].isin(["", "table1"]))
    ]
    for level in words.ordered(
        "resistance", list(dict.fromkeys(counts.loc[counts["population"] == "rechallenge", "level"]))
    ):
        if level in ("", "missing"):
            continue
        cells = [_count_of(name, level, numbers) for name in names]
        rows.append(
            Row(tr("Patients, {resistance_class}", resistance_class=words.resistance_class(level)), tuple(cells))
        )
    for endpoint in ("PFS", "OS"):
        own = estimates[(estimates["endpoint"] == endpoint) & (estimates["population"] == "rechallenge")]
        rows += _side_by_side(own, endpoint, names, numbers)
    if not rows:
        return None
    head = ("", *(literal(words.analysis(name, titles)) for name in names))
    notes = (
        tr(
            "Each column is a whole analysis of the same extract under other definitions; agreement between them is a "
            "description, not evidence."
        ),
    )
    return Sheet(
        "analyses-side-by-side", tr("The main analysis and the further ones, side by side"), head, tuple(rows), notes
    )


_SET: Final = {"endpoint": "PFS", "population": "rechallenge", "term": "overall", "statistic": "median"}


def _sizes(label: str, key: Mapping[str, str], what: str, names: list[str], numbers: Numbers) -> Row:
    """The patients or events behind an estimate, in every analysis."""
    cells = (one(f"{name_of({**key, 'analysis': name})}.{what}", numbers) for name in names)
    return Row(label, tuple(cells))


def _count_of(analysis: str, level: str, numbers: Numbers) -> str:
    for model in ("", "table1"):
        key = {"analysis": analysis, "population": "rechallenge", "model": model, "term": "resistance", "level": level}
        n, share = name_of({**key, "statistic": "n"}), name_of({**key, "statistic": "percent"})
        if n in numbers:
            return f"{{{n}}} ({{{share}}})" if share in numbers else f"{{{n}}}"
    return EMPTY


def _side_by_side(own: pd.DataFrame, endpoint: str, names: list[str], numbers: Numbers) -> list[Row]:
    rows: list[Row] = []
    key = {"endpoint": endpoint, "population": "rechallenge"}
    medians = own[
        (own["model"] == KAPLAN_MEIER) & (own["statistic"] == "median") & own["term"].isin(["overall", "resistance"])
    ]
    for term, level in dict.fromkeys(zip(medians["term"], medians["level"], strict=True)):
        of = tr("all patients") if term == "overall" else words.resistance_class(level)
        cells = [
            with_interval(
                name_of({**key, "analysis": name, "term": term, "level": level, "statistic": "median"}), numbers
            )
            for name in names
        ]
        rows.append(Row(tr("Median {endpoint}, months, {of}", endpoint=endpoint, of=of), tuple(cells)))
    tests = [p_of_test(numbers, **{**key, "analysis": name, "model": LOG_RANK, "term": "resistance"}) for name in names]
    if any(tests):
        rows.append(
            Row(
                tr("{endpoint}, log-rank P, by resistance", endpoint=endpoint),
                tuple(f"{{{name}}}" if name else EMPTY for name in tests),
            )
        )
    effects = own[(own["model"] == MULTIVARIABLE) & (own["statistic"] == "hr")]
    if len(effects):
        of_model = {**key, "model": MULTIVARIABLE}
        of_model |= {name: str(effects[name].iloc[0]) for name in ("term", "level", "reference", "statistic")}
        for what in MODEL_SIZES:
            label = tr(MODEL_SIZES[what], endpoint=endpoint)
            rows.append(_sizes(label, of_model, what, names, numbers))
    for term, level, reference in dict.fromkeys(
        zip(effects["term"], effects["level"], effects["reference"], strict=True)
    ):
        names_of_effect = [
            name_of(
                {
                    **key,
                    "analysis": name,
                    "model": MULTIVARIABLE,
                    "term": term,
                    "level": level,
                    "reference": reference,
                    "statistic": "hr",
                }
            )
            for name in names
        ]
        of = words.lower_first(comparison_words(term, level, reference, {}))
        rows.append(
            Row(
                tr("{endpoint}, multivariable HR, {of}", endpoint=endpoint, of=of),
                tuple(with_interval(name, numbers) for name in names_of_effect),
            )
        )
    return rows


def safety_table(numbers: Numbers) -> Sheet | None:
    """Return patients with immune-related adverse events of grade 3 or more, or None where none were analysed."""
    rows = []
    for population, level, label in SAFETY_ROWS:
        stem = {"population": population, "model": "safety", "term": "immune_related_event", "level": level}
        n, share = (name_of({**stem, "statistic": statistic}) for statistic in ("n", "percent"))
        if n in numbers and share in numbers:  # there is no share of nobody
            rows.append(Row(label, (f"{{{share}.n}}", f"{{{n}}} ({{{share}}})")))
    if not rows:
        return None
    note = tr(
        "An event belongs to rechallenge from the day of its first dose on, before that to the first ICI. "
        "Recurrence: of those with an event under the first ICI."
    )
    return Sheet(
        "safety",
        tr("Immune-related adverse events of grade 3 or more"),
        ("", tr("Patients at risk"), tr("With an event (%)")),
        tuple(rows),
        (note,),
    )
