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
    in_steps,
    median_text,
    test_lines,
)
from rechallenge.figures.swimmer import Swimmer
from rechallenge.language import N_, tr, tr_n
from rechallenge.method_words import method_words
from rechallenge.punctuation import interval, listed, listed_and, named, paragraph, stopped, then

SIMULATED = N_("Simulated data.")
# How a method is repeated in R belongs to estimates.csv, not under a figure.
_R_CALL = re.compile(r" \((?:anova|coxph|survfit)[^)]*\)")
MAIN_MODELS = {"adjusted": N_("adjusted"), "unadjusted": N_("unadjusted")}
POPULATIONS = {
    "first_ici": N_("all patients with a first ICI monotherapy"),
    "progressed": N_("patients who progressed on it"),
    "rechallenge": N_("patients who were rechallenged"),
}


@dataclass(frozen=True)
class Words:
    """What stands beside a figure. `alt` states the finding in numbers, for those who cannot see the figure."""

    title: str
    caption: str
    alt: str

    def __post_init__(self) -> None:
        """Take the words of the present language: a message would be written as its English."""
        for name in ("title", "caption", "alt"):
            object.__setattr__(self, name, str(getattr(self, name)))


def survival_title(endpoint: str, population: str, term: str, label: str) -> str:
    """Return the title of a survival figure; `label` is the words for the covariate."""
    title = _capital(words.endpoint_words(endpoint))
    if term != "overall":
        title = tr("{endpoint} by {covariate}", endpoint=title, covariate=_lower(label))
    within, _, level = term.partition("|")[2].partition("=")
    if within:
        covariate, only = _lower(words.term_words(within)), _lower(words.level_words(within, level))
        title = tr("{title}, {covariate}: {level}", title=title, covariate=covariate, level=only)
    if endpoint in ("PFS1", "OS1"):
        title = tr("{title}, {population}", title=title, population=POPULATIONS[population])
    return title


def survival_words(data: Survival, simulated: bool) -> Words:
    """Caption: endpoint, n, interval and its type, tests. Text alternative: medians and tests of every group."""
    n = sum(group.n for group in data.groups)
    title = survival_title(data.endpoint, data.population, data.term, data.term_label)
    medians = [group.median for group in data.groups]
    percent = confidence_percent(medians)
    caption = [
        tr(
            "{title} (Kaplan-Meier; n = {n}, {sum} events).",
            title=title,
            n=formatting.count(n),
            sum=formatting.count(sum(group.events for group in data.groups)),
        ),
        tr(
            "Shaded: {percent} confidence interval{in_brackets}.",
            percent=percent,
            in_brackets=_in_brackets(method_words(data.band_method)),
        ),
        _marks(data),
        *(tr("Median: {method}.", method=method_words(method)) for method in _methods(medians)),
        _below(data),
        tr("NR: not reached.") if any("NR" in median_text(group) for group in data.groups) else "",
    ]
    if data.log_rank is not None:
        caption.append(tr("P value: {part}, two-sided.", part=method_words(data.log_rank.method or "log-rank test")))
    if data.interaction is not None:
        caption.append(
            tr(
                "P value of the interaction: {sub}, two-sided; a P value within this class alone would not show that the classes differ.",
                sub=method_words(_R_CALL.sub("", data.interaction.method)),
            )
        )
    caption += [method_words(data.not_compared)] if data.not_compared else []
    if data.left_out:
        caption.append(tr("Not shown, because not classified: {left_out}.", left_out=data.left_out))
    if data.term == "resistance" and data.endpoint == "PFS1":
        caption.append(tr("Resistance is defined by this very time and the response: the comparison is descriptive."))
    if data.hazard_ratios:
        ratio_method = data.hazard_ratios[0].method or tr("univariable Cox model")
        caption.append(
            tr(
                "Hazard ratio with {confidence_percent} CI: {ratio_method}.",
                confidence_percent=confidence_percent(list(data.hazard_ratios)),
                ratio_method=method_words(ratio_method),
            )
        )
    alt = [tr("Kaplan-Meier curves: {title}.", title=_lower(title))]
    for group in data.groups:
        patients = _counted(N_("{count} patient"), N_("{count} patients"), group.n)
        events = _counted(N_("{count} event"), N_("{count} events"), group.events)
        alt.append(
            tr(
                "{label}: {patients}, {events}, median {median}.",
                label=group.label,
                patients=patients,
                events=events,
                median=_median_words(group, percent),
            )
        )
    alt += [stopped(line) for line in test_lines(data)]
    return Words(title, paragraph([*caption, SIMULATED if simulated else ""]), paragraph(alt))


def _below(data: Survival) -> str:
    if not any(in_steps(group.curve) for group in data.groups):
        return tr("Below: patients at risk, and censored and with an event before each time.")
    return tr(
        "Below: patients at risk. The curves are drawn in steps of whole months, as far as enough patients are at risk; a dash stands for a number that is withheld."
    )


def _counted(one: str, many: str, number: float) -> str:
    """Say a number of things, or that it is withheld."""
    return tr(many, count=formatting.WITHHELD) if formatting.missing(number) else tr_n(one, many, int(number))


def _marks(data: Survival) -> str:
    if not any(group.curve["censored"].gt(0).any() for group in data.groups):
        return ""
    if all(map(has_marks, data.groups)):
        return tr("Vertical marks: censored patients.")
    return tr(
        "Censored patients are not marked in groups with more than {most_marks} such times.", most_marks=MOST_MARKS
    )


def _methods(rows: list[Result | None]) -> list[str]:
    return list(dict.fromkeys(row.method for row in rows if row is not None and row.method))


def _median_words(group: Group, percent: str) -> str:
    if group.median is None:
        return tr("not estimated")
    text = median_text(group)
    number, _, bounds = text.partition(" (")
    stated = tr("not reached") if number == formatting.NOT_REACHED else tr("{number} months", number=number)
    return tr("{stated} ({percent} CI {bounds}", stated=stated, percent=percent, bounds=bounds) if bounds else stated


def forest_words(data: Forest, simulated: bool) -> Words:
    """Caption: endpoint, models, n and events. Text alternative: every hazard ratio of the main model."""
    title = tr("Hazard ratios for {endpoint_words}", endpoint_words=words.endpoint_words(data.endpoint))
    main = "cox_multivariable" if data.has("cox_multivariable") else "cox_univariable"
    rows = [
        (covariate, comparison, row)
        for covariate in data.covariates
        for comparison in covariate.comparisons
        for model, row in comparison.rows
        if model == main
    ]
    shown = [MODELS[model].lower() for model in MODELS if data.has(model)]
    method = next((row.method for _, _, row in rows if row.method), tr("Cox model"))
    caption = [
        tr("{title}: {shown} models.", title=title, shown=listed_and(shown)),
        tr(
            "{models} ({method}): n = {range}, {range_2} events.",
            models=MODELS[main],
            method=method_words(method),
            range=_range((row.n for *_, row in rows)),
            range_2=_range((row.events for *_, row in rows)),
        ),
        tr(
            "Squares: hazard ratios; lines: {confidence_percent} confidence intervals; arrows: beyond the axis or not estimable. P values: {tests}, two-sided.",
            confidence_percent=confidence_percent([row for *_, row in rows]),
            tests=_tests(data),
        ),
        *data.not_fitted,
    ]
    alt = [tr("Forest plot: {title}, {main} model.", title=_lower(title), main=MODELS[main].lower())]
    for covariate, comparison, row in rows:
        compared = _lower(comparison_words(covariate.term, comparison))
        name = then(covariate.label, compared) if compared else covariate.label
        alt.append(named(name, then(ratio_text(row), formatting.p_phrase(row.p))))
    return Words(title, paragraph([*caption, SIMULATED if simulated else ""]), paragraph(alt))


def _tests(data: Forest) -> str:
    shown = {row.method for item in data.covariates for one in item.comparisons for _, row in one.rows}
    penalised = [method for method in shown if "penalised" in method]
    if len(penalised) == len(shown):
        return tr("penalised likelihood ratio")
    return tr("Wald; penalised likelihood ratio in Firth's model") if penalised else tr("Wald")


def _range(numbers: Iterable[float]) -> str:
    found = sorted({int(number) for number in numbers if not formatting.missing(number)})
    if not found:
        return formatting.NOT_AVAILABLE
    return f"{found[0]}" if len(found) == 1 else tr("{first} to {last}", first=found[0], last=found[-1])


def concordance_title(term: str) -> str:
    """Return the title of a figure of who changes class."""
    return tr("{term_words} under each preset: who changes class", term_words=words.term_words(term))


def concordance_words(data: Concordance, simulated: bool) -> Words:
    """Caption: what stands left and right, n. Text alternative: per preset every move that changes a class."""
    title = concordance_title(data.term)
    own = words.preset_words(data.term, data.own)
    caption = [
        tr("{title} (n = {n} rechallenged patients who had progressed on the first ICI).", title=title, n=data.n),
        tr(
            "Left: the study's preset ({own}); right: another one. Ribbons are as thick as the patients are many, with their number; grey: the same class under both; in the colour of the class on the left: another class.",
            own=own,
        ),
    ]
    if "not_acquired" in data.classes():
        caption.append(
            tr("Schoenfeld 2021 defines no primary resistance: from primary to not acquired is no more than a word.")
        )
    if any(panel.preset == "index_at_rechallenge" for panel in data.panels):
        caption.append(
            tr(
                "Read at progression on the rechallenge, the pattern conditions on the outcome: who has not progressed has"
                " no class."
            )
        )
    alt = [tr("{title}, {n} patients; the study's preset is {own}.", title=title, n=data.n, own=own)]
    alt += [_changes(data.term, panel) for panel in data.panels]
    return Words(title, paragraph([*caption, SIMULATED if simulated else ""]), paragraph(alt))


def _changes(term: str, panel: Panel) -> str:
    name = words.preset_words(term, panel.preset)
    moves = [
        tr(
            "{n} from {move} to {move_2}",
            n=move.n,
            move=_lower(words.level_words(term, move.before)),
            move_2=_lower(words.level_words(term, move.after)),
        )
        for move in panel.moves
        if not move.kept
    ]
    stated = tr("{name}: {changed} of {n} change class", name=name, changed=panel.changed, n=panel.n)
    return tr("{stated} ({moves}).", stated=stated, moves=listed(moves)) if moves else stopped(stated)


def specification_title(effect: str) -> str:
    """Return the title of a specification curve."""
    compared = COMPARED.get(effect) or _lower(words.term_words(effect))
    return tr(
        "Specification curve: {compared}, {endpoint_words}",
        compared=compared,
        endpoint_words=words.endpoint_words("PFS"),
    )


def specification_words(data: SpecificationCurve, simulated: bool) -> Words:
    """The curve in words: how many specifications, their hazard ratios, shares, and what moves them most."""
    title = specification_title(data.effect)
    found, n, total = data.summary, len(data.table), formatting.count(data.total)
    percent = f"{100 * data.confidence:.4g}%"
    caption = [
        tr(
            "{title}. Hazard ratios of {count} of {total} specifications, each with its {percent} confidence interval (cut off at the axis), above the choices that made it.",
            title=title,
            count=formatting.count(n),
            total=total,
            percent=percent,
        ),
        method_words(found["fitted"].method),
        tr(
            "Right: the median hazard ratio with each value; how many times the hazard ratio changes between the extreme"
            " values of a choice, on average over the others."
        ),
        tr("An unadjusted specification has no definitions of the other covariates."),
        tr("Definitions without a primary class compare not acquired with acquired.") if _without_primary(data) else "",
        tr(
            "Specifications share their patients: the share with a small P value describes how far the result depends on"
            " definitions and is no evidence."
        ),
    ]
    alt = [
        tr(
            "{title}: {count} of {total} specifications have a hazard ratio, median {ratio}, half of them between {ratio_2} and {ratio_3}, all between {ratio_4} and {ratio_5}.",
            title=_capital(title),
            count=formatting.count(n),
            total=total,
            ratio=formatting.ratio(found["hr_median"].estimate),
            ratio_2=formatting.ratio(found["hr_q1"].estimate),
            ratio_3=formatting.ratio(found["hr_q3"].estimate),
            ratio_4=formatting.ratio(found["hr_min"].estimate),
            ratio_5=formatting.ratio(found["hr_max"].estimate),
        ),
        tr(
            "{share} have a hazard ratio on the same side of 1 as the {model} main analysis, {share_2} P < {alpha}, {share_3} both.",
            share=_share(found["same_sign"]),
            model=_compared_model(found["same_sign"].method),
            share_2=_share(found["small_p"]),
            alpha=f"{data.alpha:g}",
            share_3=_share(found["same_sign_and_small_p"]),
        ),
    ]
    main = data.table.loc[data.table["main"], ["model", "hr", "lower", "upper"]]
    for model, hr, lower, upper in main.itertuples(index=False, name=None):
        bounds = interval(formatting.interval(formatting.ratio(lower), formatting.ratio(upper)))
        alt.append(
            tr(
                "Main analysis, {model}: {ratio} ({percent} CI {bounds}).",
                model=MAIN_MODELS.get(model, model),
                ratio=formatting.ratio(hr),
                percent=percent,
                bounds=bounds,
            )
        )
    most = data.moves_most
    if most is not None:
        alt.append(
            tr(
                "The choice that moves the hazard ratio most is {most}, by a factor of {ratio}.",
                most=_lower(most.label),
                ratio=formatting.ratio(most.shift),
            )
        )
    return Words(title, paragraph([*caption, SIMULATED if simulated else ""]), paragraph(alt))


def _share(row: Result) -> str:
    return formatting.count_percent(row.events, row.estimate, row.n)


def _compared_model(method: str) -> str:
    """The model of the main analysis whose side is meant; a summary without it compares with the median."""
    return next((str(said) for name, said in MAIN_MODELS.items() if f"({name})" in method), "")


def _without_primary(data: SpecificationCurve) -> bool:
    values = [value for choice in data.choices for value in choice.values if choice.key == "resistance.preset"]
    return data.effect == "resistance" and any(value.value == "schoenfeld_2021" for value in values)


def swimmer_words(data: Swimmer, simulated: bool) -> Words:
    """The swimmer plot in words: how many bars, how long, how many progressed, died, were treated in between."""
    bars: pd.DataFrame = data.bars
    title = tr("Course of each rechallenged patient from the first ICI")
    caption = tr(
        "One bar per patient, grouped by resistance to the first ICI. The bar of a treatment ends with its last dose,"
        " or with the follow-up where it goes on; the thin bar ends at death or the last date known alive. Responses"
        " (CR or PR) stand at the first scan that showed one."
    )
    longest = formatting.months(float(bars["last"].max()))
    patients = tr("1 rechallenged patient") if data.n == 1 else tr("{n} rechallenged patients", n=data.n)
    responded, progressed = (int(bars[f"again_{name}"].notna().sum()) for name in ("response", "progression"))
    alt = tr(
        "Swimmer plot of {patients}, followed for up to {longest} months from the first ICI: {int} had interval treatment, {responded} responded to rechallenge, {progressed} progressed after it, {int_2} died; rechallenge goes on in {int_3}.",
        patients=patients,
        longest=longest,
        int=int(bars["interval"].sum()),
        responded=responded,
        progressed=progressed,
        int_2=int(bars["died"].sum()),
        int_3=int(bars["ongoing"].sum()),
    )
    whose = tr("{title}, n = {n}.", title=title, n=data.n)
    return Words(title, paragraph([whose, caption, SIMULATED if simulated else ""]), alt)


def _in_brackets(text: str) -> str:
    return tr(" ({text})", text=text) if text else ""


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
