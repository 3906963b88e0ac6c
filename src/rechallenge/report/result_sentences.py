"""The sentence of each result, as a pattern (see `sentences`) made from the rows of the results table.

Which words are chosen depends on the rows: a median that was not reached, a comparison that could not be made, a class
of nobody. Nothing is called significant, and no effect is attributed to rechallenge.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

import pandas as pd

from rechallenge import formatting as f
from rechallenge.estimates.model_names import FIRTH
from rechallenge.language import N_, tr
from rechallenge.punctuation import listed
from rechallenge.report import words
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.results import LOG_RANK, MULTIVARIABLE, comparison_words, p_of_test
from rechallenge.report.sentences import counted

CONFIDENCE: Final = N_("{settings.statistics.confidence.percent} CI")
# The classes as they stand behind "median PFS".
CLASSES: Final = {
    "resistance": {
        "acquired": N_("after acquired resistance"),
        "primary": N_("after primary resistance"),
        "not_acquired": N_("where resistance was not acquired"),
        "late_progression": N_("after late progression"),
    },
    "progression_pattern": {"oligo": N_("after oligo-progression"), "systemic": N_("after systemic progression")},
    "interval_treatment": {"true": N_("with interval treatment"), "false": N_("without interval treatment")},
}
ABBREVIATIONS: Final = {
    "PFS": N_("PFS from rechallenge"),
    "OS": N_("OS from rechallenge"),
    "PFS1": N_("PFS of the first ICI"),
    "OS1": N_("OS from the first ICI"),
}


def interval(name: str, numbers: Numbers) -> str:
    """Return " (95% CI 3.6 to 6.8)" of a number, or nothing where it has no interval.

    Where it cannot be estimated the words say so: in a group of one, or without an event.
    """
    if f"{name}.ci" not in numbers:
        return ""
    if numbers[f"{name}.ci"]["text"] != f.NOT_ESTIMABLE:
        return f" ({CONFIDENCE} {{{name}.ci}})"
    few = ""
    if f"{name}.n" in numbers and numbers[f"{name}.n"]["raw"] == 1:
        few = tr(": one patient")
    elif f"{name}.events" in numbers and numbers[f"{name}.events"]["raw"] == 0:
        few = tr(": no event")
    return tr(" ({confidence} not estimable{few})", confidence=CONFIDENCE, few=few)


def median(name: str, numbers: Numbers, who: str = "") -> str:
    """Return "5.2 months (95% CI 3.6 to 6.8)", or "not reached"; `who` follows in the brackets."""
    reached = not f.missing(numbers[name]["raw"])
    bounds = interval(name, numbers)
    if who:
        bounds = f"{bounds[:-1]}; {who})" if bounds else f" ({who})"
    return (tr("{{name}} months", name=name) if reached else tr("not reached")) + bounds


def median_sentence(endpoint: str, population: str, numbers: Numbers) -> str | None:
    """Return the median of a whole population with its patients and events."""
    name = name_of({"endpoint": endpoint, "population": population, "term": "overall", "statistic": "median"})
    if name not in numbers:
        return None
    who = listed([counted(f"{name}.n", "patient", numbers), counted(f"{name}.events", "event", numbers)])
    return tr(
        "Median {abbreviations} was {median}.",
        abbreviations=ABBREVIATIONS.get(endpoint, endpoint),
        median=median(name, numbers, who),
    )


def comparison_sentence(endpoint: str, population: str, term: str, numbers: Numbers) -> str | None:
    """Return the medians of the classes of `term` with the log-rank P value; None where fewer than two have one.

    Within a class of another covariate ("progression_pattern|resistance=acquired") the medians stand without a P value:
    a difference within one class is no evidence that the classes differ.
    """
    column, _, within = term.partition("|")
    key = {"endpoint": endpoint, "population": population, "term": term}
    named = {
        said: name_of({**key, "level": level, "statistic": "median"}) for level, said in CLASSES.get(column, {}).items()
    }
    there = {said: name for said, name in named.items() if name in numbers and numbers[f"{name}.n"]["raw"]}
    if len(there) < 2:
        return None
    medians = [
        tr("{median} {class}", **{"median": median(name, numbers), "class": said}) for said, name in there.items()
    ]
    other, _, level = within.partition("=")
    start = tr("{other}, median", other=_capital(CLASSES[other][level])) if within else tr("Median")
    sentence = tr(
        "{start} {abbreviations} was {listed} and {listed_2}",
        start=start,
        abbreviations=ABBREVIATIONS.get(endpoint, endpoint),
        listed=listed(medians[:-1]),
        listed_2=medians[-1],
    )
    p = "" if within else p_of_test(numbers, **{**key, "model": LOG_RANK})
    return tr("{sentence} (log-rank {P:{p}}).", sentence=sentence, p=p) if p else tr("{sentence}.", sentence=sentence)


def hazard_sentence(row: Mapping[str, str], numbers: Numbers, labels: Mapping[str, str], others: int = 0) -> str | None:
    """Return the hazard ratio of one row of a Cox model; `others` is the number of further covariates."""
    name = name_of(row)
    if f"{name}.p" not in numbers:
        return None
    of, _, compared = words.lower_first(
        comparison_words(row["term"], row["level"], row["reference"], labels)
    ).partition(": ")
    said = f"{of} ({compared})" if compared else of
    if numbers[name]["text"] == f.NOT_ESTIMABLE:
        endpoint = ABBREVIATIONS.get(row["endpoint"], row["endpoint"])
        return tr(
            "For {said}, the hazard ratio for {endpoint} could not be estimated: there were too few events.",
            said=said,
            endpoint=endpoint,
        )
    bounds = f"{CONFIDENCE} {{{name}.ci}}; " if f"{name}.ci" in numbers else ""
    adjusted = tr(", adjusted for the other covariates") if others else ""
    adjusted += tr(" (Firth's penalised model)") if row["model"] == FIRTH[MULTIVARIABLE] else ""
    endpoint = ABBREVIATIONS.get(row["endpoint"], row["endpoint"])
    return tr(
        "For {said}, the hazard ratio for {endpoint} was {{name}} ({bounds}{P:{name}.p}){adjusted}.",
        said=said,
        endpoint=endpoint,
        name=name,
        bounds=bounds,
        adjusted=adjusted,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def survival_sentences(
    estimates: pd.DataFrame, numbers: Numbers, endpoint: str, population: str, hidden: Collection[str] = ()
) -> list[str]:
    """Return the sentences of one endpoint in one population: the median of all, then of the classes compared.

    `estimates` is a `numbers.prepared` results table; sentences are of the main analysis. Covariates of `hidden` are
    compared neither as they are nor within another.
    """
    own = estimates[estimates["analysis"].eq("main") & estimates["model"].eq("kaplan_meier")]
    own = own[own["endpoint"].eq(endpoint) & own["population"].eq(population)]
    found = [median_sentence(endpoint, population, numbers)]
    terms = [term for term in _each_cell_once(own["term"]) if not any(name in term for name in hidden)]
    found += [comparison_sentence(endpoint, population, term, numbers) for term in terms]
    return [sentence for sentence in found if sentence]


def _each_cell_once(terms: Iterable[str]) -> list[str]:
    """The terms in order; of "a within b" and "b within a", which show the same cells, the first."""
    kept: list[str] = []
    for term in dict.fromkeys(terms):
        column, _, within = term.partition("|")
        other = within.partition("=")[0]
        if not any(one.startswith(f"{other}|{column}=") for one in kept):
            kept.append(term)
    return kept


def hazard_sentences(
    estimates: pd.DataFrame, numbers: Numbers, labels: Mapping[str, str], endpoint: str = "PFS"
) -> list[str]:
    """Return one sentence per coefficient of the multivariable model of an endpoint after rechallenge.

    They are Firth's, and say so, where the ordinary model has no estimate.
    """
    own = estimates[estimates["analysis"].eq("main") & estimates["endpoint"].eq(endpoint)]
    own = own[own["population"].eq("rechallenge") & own["statistic"].eq("hr")]
    ordinary = own[own["model"].eq(MULTIVARIABLE)]
    own = ordinary if len(ordinary) else own[own["model"].eq(FIRTH[MULTIVARIABLE])]
    rows = [{str(key): str(value) for key, value in row.items()} for row in own.drop(columns="at").to_dict("records")]
    found = [hazard_sentence(row, numbers, labels, own["term"].nunique() - 1) for row in rows]
    return [sentence for sentence in found if sentence]
