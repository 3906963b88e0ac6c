"""Titles, captions and text alternatives of the figures, from the very data that are drawn."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from rechallenge import formatting, words
from rechallenge.figures.forest import MODELS, Forest, comparison_words, ratio_text
from rechallenge.figures.preset_concordance import Concordance, Panel
from rechallenge.figures.results import Result
from rechallenge.figures.specification_curve import COMPARED, SpecificationCurve
from rechallenge.figures.survival import (
    MOST_MARKS,
    Group,
    Survival,
    confidence_percent,
    has_marks,
    median_text,
    test_lines,
)
from rechallenge.figures.swimmer import Swimmer

SIMULATED = "Simulated data."
# How a method is repeated in R belongs to estimates.csv, not under a figure.
_R_CALL = re.compile(r" \((?:anova|coxph|survfit)[^)]*\)")
POPULATIONS = {
    "first_ici": "all patients with a first ICI monotherapy",
    "progressed": "patients who progressed on it",
    "rechallenge": "patients who were rechallenged",
}


@dataclass(frozen=True)
class Words:
    """What stands beside a figure. `alt` states the finding in numbers, for those who cannot see the figure."""

    title: str
    caption: str
    alt: str


def survival_title(endpoint: str, population: str, term: str, label: str) -> str:
    """Return the title of a survival figure; `label` is the words for the covariate."""
    by = "" if term == "overall" else f" by {_lower(label)}"
    within, _, level = term.partition("|")[2].partition("=")
    if within:
        by += f", {_lower(words.term_words(within))}: {_lower(words.level_words(within, level))}"
    if endpoint in ("PFS1", "OS1"):
        by += f", {POPULATIONS[population]}"
    return f"{_capital(words.endpoint_words(endpoint))}{by}"


def survival_words(data: Survival, simulated: bool) -> Words:
    """Caption: endpoint, n, interval and its type, tests. Text alternative: medians and tests of every group."""
    n = sum(group.n for group in data.groups)
    title = survival_title(data.endpoint, data.population, data.term, data.term_label)
    medians = [group.median for group in data.groups]
    percent = confidence_percent(medians)
    caption = [
        f"{title} (Kaplan-Meier; n = {n}, {sum(group.events for group in data.groups)} events).",
        f"Shaded: {percent} confidence interval{_in_brackets(data.band_method)}.",
        _marks(data),
        *(f"Median: {method}." for method in _methods(medians)),
        "Below: patients at risk, and censored and with an event before each time.",
        "NR: not reached." if any("NR" in median_text(group) for group in data.groups) else "",
    ]
    if data.log_rank is not None:
        caption.append(f"P value: {data.log_rank.method or 'log-rank test'}, two-sided.")
    if data.interaction is not None:
        caption.append(
            f"P value of the interaction: {_R_CALL.sub('', data.interaction.method)}, two-sided; a P "
            "value within this class alone would"
            " not show that the classes differ."
        )
    caption += [data.not_compared] if data.not_compared else []
    if data.left_out:
        caption.append(f"Not shown, because not classified: {data.left_out}.")
    if data.term == "resistance" and data.endpoint == "PFS1":
        caption.append("Resistance is defined by this very time and the response: the comparison is descriptive.")
    if data.hazard_ratios:
        ratio_method = data.hazard_ratios[0].method or "univariable Cox model"
        caption.append(f"Hazard ratio with {confidence_percent(list(data.hazard_ratios))} CI: {ratio_method}.")
    alt = [f"Kaplan-Meier curves: {_lower(title)}."]
    for group in data.groups:
        patients = "patient" if group.n == 1 else "patients"
        events = "event" if group.events == 1 else "events"
        alt.append(
            f"{group.label}: {group.n} {patients}, {group.events} {events}, median {_median_words(group, percent)}."
        )
    alt += [f"{line}." for line in test_lines(data)]
    return Words(title, _joined([*caption, SIMULATED if simulated else ""]), _joined(alt))


def _marks(data: Survival) -> str:
    if not any(group.curve["censored"].gt(0).any() for group in data.groups):
        return ""
    if all(map(has_marks, data.groups)):
        return "Vertical marks: censored patients."
    return f"Censored patients are not marked in groups with more than {MOST_MARKS} such times."


def _methods(rows: list[Result | None]) -> list[str]:
    return list(dict.fromkeys(row.method for row in rows if row is not None and row.method))


def _median_words(group: Group, percent: str) -> str:
    if group.median is None:
        return "not estimated"
    text = median_text(group)
    number, _, bounds = text.partition(" (")
    stated = "not reached" if number == formatting.NOT_REACHED else f"{number} months"
    return f"{stated} ({percent} CI {bounds}" if bounds else stated


def forest_words(data: Forest, simulated: bool) -> Words:
    """Caption: endpoint, models, n and events. Text alternative: every hazard ratio of the main model."""
    title = f"Hazard ratios for {words.endpoint_words(data.endpoint)}"
    main = "cox_multivariable" if data.has("cox_multivariable") else "cox_univariable"
    rows = [
        (covariate, comparison, row)
        for covariate in data.covariates
        for comparison in covariate.comparisons
        for model, row in comparison.rows
        if model == main
    ]
    shown = [MODELS[model].lower() for model in MODELS if data.has(model)]
    method = next((row.method for _, _, row in rows if row.method), "Cox model")
    caption = [
        f"{title}: {' and '.join(shown)} models.",
        f"{MODELS[main]} ({method}): n = {_range(row.n for *_, row in rows)},"
        f" {_range(row.events for *_, row in rows)} events.",
        f"Squares: hazard ratios; lines: {confidence_percent([row for *_, row in rows])} confidence intervals;"
        f" arrows: beyond the axis or not estimable. P values: {_tests(data)}, two-sided.",
        *data.not_fitted,
    ]
    alt = [f"Forest plot: {_lower(title)}, {MODELS[main].lower()} model."]
    for covariate, comparison, row in rows:
        compared = _lower(comparison_words(covariate.term, comparison))
        name = f"{covariate.label}, {compared}" if compared else covariate.label
        alt.append(f"{name}: {ratio_text(row)}, {formatting.p_phrase(row.p)}.")
    return Words(title, _joined([*caption, SIMULATED if simulated else ""]), _joined(alt))


def _tests(data: Forest) -> str:
    shown = {row.method for item in data.covariates for one in item.comparisons for _, row in one.rows}
    penalised = [method for method in shown if "penalised" in method]
    if len(penalised) == len(shown):
        return "penalised likelihood ratio"
    return "Wald; penalised likelihood ratio in Firth's model" if penalised else "Wald"


def _range(numbers: Iterable[float]) -> str:
    found = sorted({int(number) for number in numbers if not formatting.missing(number)})
    if not found:
        return formatting.NOT_AVAILABLE
    return f"{found[0]}" if len(found) == 1 else f"{found[0]} to {found[-1]}"


def concordance_title(term: str) -> str:
    """Return the title of a figure of who changes class."""
    return f"{words.term_words(term)} under each preset: who changes class"


def concordance_words(data: Concordance, simulated: bool) -> Words:
    """Caption: what stands left and right, n. Text alternative: per preset every move that changes a class."""
    title = concordance_title(data.term)
    own = words.preset_words(data.term, data.own)
    caption = [
        f"{title} (n = {data.n} rechallenged patients who had progressed on the first ICI).",
        f"Left: the study's preset ({own}); right: another one. Ribbons are as thick as the patients are many, with"
        " their number; grey: the same class under both; in the colour of the class on the left: another class.",
    ]
    if "not_acquired" in data.classes():
        caption.append(
            "Schoenfeld 2021 defines no primary resistance: from primary to not acquired is no more than a word."
        )
    if any(panel.preset == "index_at_rechallenge" for panel in data.panels):
        caption.append(
            "Read at progression on the rechallenge, the pattern conditions on the outcome: who has not progressed has"
            " no class."
        )
    alt = [f"{title}, {data.n} patients; the study's preset is {own}."]
    alt += [_changes(data.term, panel) for panel in data.panels]
    return Words(title, _joined([*caption, SIMULATED if simulated else ""]), _joined(alt))


def _changes(term: str, panel: Panel) -> str:
    name = words.preset_words(term, panel.preset)
    moves = [
        f"{move.n} from {_lower(words.level_words(term, move.before))} to {_lower(words.level_words(term, move.after))}"
        for move in panel.moves
        if not move.kept
    ]
    stated = f"{name}: {panel.changed} of {panel.n} change class"
    return f"{stated} ({', '.join(moves)})." if moves else f"{stated}."


def specification_title(effect: str) -> str:
    """Return the title of a specification curve."""
    compared = COMPARED.get(effect) or _lower(words.term_words(effect))
    return f"Specification curve: {compared}, {words.endpoint_words('PFS')}"


def specification_words(data: SpecificationCurve, simulated: bool) -> Words:
    """The curve in words: how many specifications, their hazard ratios, shares, and what moves them most."""
    title = specification_title(data.effect)
    found, n, total = data.summary, len(data.table), formatting.count(data.total)
    percent = f"{100 * data.confidence:.4g}%"
    caption = [
        f"{title}. Hazard ratios of {formatting.count(n)} of {total} specifications, each with its {percent} confidence"
        " interval (cut off at the axis), above the choices that made it.",
        found["fitted"].method,
        "Right: the median hazard ratio with each value; how many times the hazard ratio changes between the extreme"
        " values of a choice, on average over the others.",
        "An unadjusted specification has no definitions of the other covariates.",
        "Definitions without a primary class compare not acquired with acquired." if _without_primary(data) else "",
        "Specifications share their patients: the share with a small P value describes how far the result depends on"
        " definitions and is no evidence.",
    ]
    alt = [
        f"{_capital(title)}: {formatting.count(n)} of {total} specifications have a hazard ratio, median"
        f" {formatting.ratio(found['hr_median'].estimate)}, half of them between"
        f" {formatting.ratio(found['hr_q1'].estimate)} and {formatting.ratio(found['hr_q3'].estimate)}, all between"
        f" {formatting.ratio(found['hr_min'].estimate)} and {formatting.ratio(found['hr_max'].estimate)}.",
        f"{_share(found['same_sign'])} have a {found['same_sign'].method},"
        f" {_share(found['small_p'])} P < {data.alpha:g}, {_share(found['same_sign_and_small_p'])} both.",
    ]
    main = data.table.loc[data.table["main"], ["model", "hr", "lower", "upper"]]
    for model, hr, lower, upper in main.itertuples(index=False, name=None):
        bounds = formatting.interval(formatting.ratio(lower), formatting.ratio(upper))
        alt.append(f"Main analysis, {model}: {formatting.ratio(hr)} ({percent} CI {bounds}).")
    most = data.moves_most
    if most is not None:
        alt.append(
            f"The choice that moves the hazard ratio most is {_lower(most.label)}, by a factor of"
            f" {formatting.ratio(most.shift)}."
        )
    return Words(title, _joined([*caption, SIMULATED if simulated else ""]), _joined(alt))


def _share(row: Result) -> str:
    return formatting.count_percent(row.events, row.estimate, row.n)


def _without_primary(data: SpecificationCurve) -> bool:
    values = [value for choice in data.choices for value in choice.values if choice.key == "resistance.preset"]
    return data.effect == "resistance" and any(value.value == "schoenfeld_2021" for value in values)


def swimmer_words(data: Swimmer, simulated: bool) -> Words:
    """The swimmer plot in words: how many bars, how long, how many progressed, died, were treated in between."""
    bars: pd.DataFrame = data.bars
    title = "Course of each rechallenged patient from the first ICI"
    caption = (
        "One bar per patient, grouped by resistance to the first ICI. The bar of a treatment ends with its last dose,"
        " or with the follow-up where it goes on; the thin bar ends at death or the last date known alive. Responses"
        " (CR or PR) stand at the first scan that showed one."
    )
    longest = formatting.months(float(bars["last"].max()))
    patients = "1 rechallenged patient" if data.n == 1 else f"{data.n} rechallenged patients"
    responded, progressed = (int(bars[f"again_{name}"].notna().sum()) for name in ("response", "progression"))
    alt = (
        f"Swimmer plot of {patients}, followed for up to {longest} months from the first ICI:"
        f" {int(bars['interval'].sum())} had interval treatment, {responded} responded to"
        f" rechallenge, {progressed} progressed after it, {int(bars['died'].sum())}"
        f" died; rechallenge goes on in {int(bars['ongoing'].sum())}."
    )
    return Words(title, _joined([f"{title}, n = {data.n}.", caption, SIMULATED if simulated else ""]), alt)


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _joined(parts: list[str]) -> str:
    return " ".join(part for part in parts if part)
