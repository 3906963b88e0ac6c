"""Interactions, subgroups and methods for small samples as tables."""

# Sentences stand on one line each.

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from rechallenge.language import N_, tr
from rechallenge.method_words import reason
from rechallenge.punctuation import labelled, listed
from rechallenge.report import few_events, words
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.results import CONFIDENCE, KAPLAN_MEIER, LOG_RANK, endpoints_in, month, p_of_test
from rechallenge.report.sentences import literal
from rechallenge.report.sheets import EMPTY, Row, Sheet, one, without_empty_columns
from rechallenge.results import records

INTERACTION: Final = "interaction"
ADJUSTED: Final = "interaction_adjusted"
SUBGROUP: Final = "subgroup"
PERMUTATION: Final = "log_rank_permutation"
POWER: Final = "power"
SMALL_GROUPS: Final = {"small_group_beta_product": N_("Beta product CI"), "small_group_rothman": N_("Rothman CI")}
AFTER_RECHALLENGE: Final = (("PFS", "rechallenge"), ("OS", "rechallenge"))
# Resistance is defined by these very times: a test of them by resistance says nothing.
ON_FIRST_ICI: Final = ("PFS1", "OS1")
Labels = Mapping[str, str]


def tables(estimates: pd.DataFrame, numbers: Numbers, labels: Labels) -> list[Sheet]:
    """Return the tables of interactions, subgroups, permutation tests, small groups, and power, those that there are.

    `estimates` is a `numbers.prepared` results table; `labels` are the study's words for covariates and subgroups.
    """
    main = estimates[estimates["analysis"] == "main"]
    return [
        *_interactions(main, numbers, labels),
        *_subgroups(main, numbers, labels),
        *_power(main, numbers, labels),
        *_permutations(main, numbers, labels),
        *_small_groups(main, numbers, labels),
    ]


def _of(main: pd.DataFrame, endpoint: str, population: str, *models: str) -> pd.DataFrame:
    own = main[(main["endpoint"] == endpoint) & (main["population"] == population)]
    return own[own["model"].isin(models)]


def _interactions(main: pd.DataFrame, numbers: Numbers, labels: Labels) -> list[Sheet]:
    sheets = []
    for endpoint, population in endpoints_in(main, INTERACTION):
        own = _of(main, endpoint, population, INTERACTION, ADJUSTED)
        rows: list[Row] = []
        for term in dict.fromkeys(own["term"]):
            key = {"endpoint": endpoint, "population": population, "term": term}
            rows += _interaction_rows(own[own["term"] == term], key, numbers, labels)
        if not rows:
            continue
        caption = tr(
            "Interactions, {endpoint}, with {confidence} CI", endpoint=words.endpoint(endpoint), confidence=CONFIDENCE
        )
        if all(cell in ("", EMPTY) for row in rows for cell in row.cells):
            sheets.append(_without_estimate(endpoint, own, labels))
            continue
        head = (
            "",
            tr("Patients"),
            tr("Events"),
            tr("Unadjusted (CI)"),
            tr("Interaction P"),
            tr("Adjusted (CI)"),
            tr("Interaction P, adjusted"),
        )
        notes = (
            tr(
                "Hazard ratios of one covariate within the classes of another, from one model with both and their product; "
                "P: likelihood-ratio test of the product. Adjusted for the other declared covariates, in those who have all."
            ),
            *_reasons(own, labels),
            *few_events.note(rows, numbers),
        )
        sheet = Sheet(f"interactions-{endpoint.lower()}", caption, head, tuple(rows), notes)
        sheets.append(without_empty_columns(sheet))
    return sheets


def _without_estimate(endpoint: str, own: pd.DataFrame, labels: Labels) -> Sheet:
    """The table of interactions none of which could be estimated: each with its reason."""
    refused = own[(own["statistic"] == "not_fitted") & (own["model"] == INTERACTION)].drop_duplicates("term")
    rows = [Row(words.term(row["term"], labels), (literal(reason(row["method"])),)) for row in records(refused)]
    caption = tr("Interactions, {endpoint}: none could be estimated", endpoint=words.endpoint(endpoint))
    return Sheet(f"interactions-{endpoint.lower()}", caption, ("", tr("Reason")), tuple(rows), prose=True)


def _reasons(own: pd.DataFrame, labels: Labels) -> list[str]:
    """Say which interactions were not fitted, and why."""
    return [
        labelled(_modelled(words.term(row["term"], labels), row["model"]), literal(reason(row["method"])))
        for row in records(own[own["statistic"] == "not_fitted"])
    ]


def _modelled(said: str, model: str) -> str:
    return tr("{said}, adjusted", said=said) if model == ADJUSTED else said


def _interaction_rows(part: pd.DataFrame, key: dict[str, Any], numbers: Numbers, labels: Labels) -> list[Row]:
    tests = [
        f"{name_of({**key, 'model': model, 'statistic': 'likelihood_ratio_chi2'})}.p"
        for model in (INTERACTION, ADJUSTED)
    ]
    ratios = part[part["statistic"].isin(["hr", "hr_ratio"])].drop_duplicates(["level", "reference"])
    cells = ("", "", "", one(tests[0], numbers), "", one(tests[1], numbers))
    rows = [Row(words.term(key["term"], labels), cells, "group")]
    for row in records(ratios):
        level, reference = row["level"], row["reference"]
        stem = {**key, "level": level, "reference": reference, "statistic": row["statistic"]}
        plain, adjusted = (name_of({**stem, "model": model}) for model in (INTERACTION, ADJUSTED))
        if row["statistic"] == "hr":
            shown = [few_events.ratio_cell(name, level, reference, numbers) for name in (plain, adjusted)]
            label = _within_words(key["term"], level, reference, labels)
        else:
            shown = [few_events.marked(name, _cells(part, name, numbers), numbers) for name in (plain, adjusted)]
            label = tr("Ratio of hazard ratios") + _more_than_one(ratios, row)
        counts = (one(f"{plain}.n", numbers), one(f"{plain}.events", numbers))
        rows.append(Row(label, (*counts, shown[0], "", shown[1], ""), "level"))
    return rows


def _more_than_one(ratios: pd.DataFrame, row: Mapping[str, Any]) -> str:
    several = (ratios["statistic"] == "hr_ratio").sum() > 1
    names = row["term"].split("*")
    said = [
        words.lower_first(words.level(name, level)) for name, level in zip(names, row["level"].split("*"), strict=True)
    ]
    return f" ({', '.join(part for part in said if part)})" if several else ""


def _cells(part: pd.DataFrame, ratio: str, numbers: Numbers) -> list[str]:
    """The names of the events of the cells of an interaction, in the model of `ratio`."""
    stem = ratio.rpartition(".vs_")[0].rpartition(".")[0]
    cells = part[(part["statistic"] == "events") & part["level"].str.contains("|", regex=False)]
    names = [f"{stem}.{name_of({'level': level, 'statistic': 'events'})}" for level in dict.fromkeys(cells["level"])]
    return [name for name in names if name in numbers]


def _within_words(term: str, level: str, reference: str, labels: Labels) -> str:
    """Return "Systemic vs oligo-progression, within resistance: acquired" for a hazard ratio within a class."""
    own, _, within = level.partition("|")
    other, _, value = within.partition("=")
    first, _, second = term.partition("*")
    column = second if other == first else first
    compared = _compared_words(column, own, reference) or words.term(column, labels)
    return tr(
        "{compared}, within {words}: {words_2}",
        compared=compared,
        words=words.lower_first(words.term(other, labels)),
        words_2=words.lower_first(words.level(other, value)),
    )


def _compared_words(column: str, level: str, reference: str) -> str:
    if not reference:
        return level
    if level in words.YES and reference in words.NO:
        return words.term(column)
    second = words.lower_first(words.level(column, reference))
    return tr("{first} vs {second}", first=words.level(column, level), second=second)


def _subgroups(main: pd.DataFrame, numbers: Numbers, labels: Labels) -> list[Sheet]:
    sheets = []
    for endpoint, population in endpoints_in(main, SUBGROUP):
        own = _of(main, endpoint, population, SUBGROUP)
        effects = own[~own["term"].str.contains(r"[|*]") & (own["statistic"] == "hr")]
        for effect, level, reference in zip(effects["term"], effects["level"], effects["reference"], strict=True):
            key = {"endpoint": endpoint, "population": population, "model": SUBGROUP}
            sheets.append(_subgroup_sheet(own, effect, level, reference, key, numbers, labels))
    return sheets


def _subgroup_sheet(
    own: pd.DataFrame, effect: str, level: str, reference: str, key: dict[str, Any], numbers: Numbers, labels: Labels
) -> Sheet:
    compared = {"level": level, "reference": reference}
    rows = [_subgroup_row(tr("All patients"), effect, compared, key, numbers, "data")]
    missing, silent = [], False
    variables = own[own["term"].str.startswith(f"{effect}*") & own["level"].eq(level) & own["statistic"].eq("left_out")]
    for term in variables["term"]:
        name = term.partition("*")[2]
        classes = own.loc[own["term"].str.startswith(f"{effect}|{name}="), "term"]
        if classes.empty:
            continue
        test = f"{name_of({**key, **compared, 'term': term, 'statistic': 'likelihood_ratio_chi2'})}.p"
        rows.append(Row(words.term(name, labels), ("", "", "", one(test, numbers)), "group"))
        for inside in dict.fromkeys(classes):
            label = words.level(name, inside.partition("=")[2])
            rows.append(_subgroup_row(label, inside, compared, key, numbers, "level"))
            silent = silent or rows[-1].cells[2] == EMPTY
        outside = name_of({**key, **compared, "term": term, "statistic": "left_out"})
        if numbers[outside]["raw"]:
            missing.append(f"{words.lower_first(words.term(name, labels))} {{{outside}}}")
    said = [words.lower_first(words.level(effect, one_class)) for one_class in (level, reference)]
    head = (
        "",
        *(tr("{upper}{part}: events/patients", upper=part[:1].upper(), part=part[1:]) for part in said),
        tr("HR (CI)"),
        tr("Interaction P"),
    )
    endpoint = words.endpoint(key["endpoint"])
    caption = tr(
        "{term}, {said} vs {said_2}, in subgroups: {endpoint}, with {confidence} CI",
        term=words.term(effect, labels),
        said=said[0],
        said_2=said[1],
        endpoint=endpoint,
        confidence=CONFIDENCE,
    )
    notes = [
        tr(
            "Hazard ratios of the classes of a variable come from one unadjusted model with their product; the likelihood-ratio "
            "test of the product asks whether they differ, and no class has a P value of its own. Subgroups were declared "
            "beforehand; with so many tests, a small P value among them is expected by chance."
        )
    ]
    notes += [tr("Class not known, in no subgroup: {missing}.", missing=listed(missing))] if missing else []
    notes += (
        [
            tr(
                "{empty} not estimated: too few events in the class, or an arm of it without a patient or an event.",
                empty=EMPTY,
            )
        ]
        if silent
        else []
    )
    identifier = f"subgroups-{key['endpoint'].lower()}-{effect}-{level}".replace("_", "-")
    return Sheet(identifier, caption, head, tuple(rows), (*notes, *few_events.note(rows, numbers)))


def _subgroup_row(
    label: str, term: str, compared: dict[str, str], key: dict[str, Any], numbers: Numbers, kind: Any
) -> Row:
    arms = []
    for level in compared.values():
        events, n = (name_of({**key, "term": term, "level": level, "statistic": name}) for name in ("events", "n"))
        arms.append(f"{{{events}}}/{{{n}}}" if events in numbers and n in numbers else EMPTY)
    ratio = name_of({**key, **compared, "term": term, "statistic": "hr"})
    shown = few_events.ratio_cell(ratio, compared["level"], compared["reference"], numbers)
    return Row(label, (*arms, shown, ""), kind)


def _power(main: pd.DataFrame, numbers: Numbers, labels: Labels) -> list[Sheet]:
    rows: list[Row] = []
    assumed: list[float] = sorted(main.loc[(main["model"] == POWER) & (main["statistic"] == POWER), "at"].unique())
    for endpoint, population in endpoints_in(main, POWER):
        own = _of(main, endpoint, population, POWER)
        own = own.drop_duplicates(["term", "level", "reference"])
        rows.append(Row(words.endpoint(endpoint), ("",) * (3 + len(assumed)), "group"))
        for single in (True, False):
            for row in records(own[own["term"].str.contains("*", regex=False) != single]):
                key = {name: row[name] for name in ("endpoint", "population", "model", "term", "level", "reference")}
                statistic = "detectable_hr" if single else "detectable_hr_ratio"
                smallest = name_of({**key, "statistic": statistic})
                shares = (one(name_of({**key, "statistic": POWER, "at": at}), numbers) for at in assumed)
                counts = (one(f"{smallest}.n", numbers), one(f"{smallest}.events", numbers))
                rows.append(Row(_power_words(row, labels), (*counts, one(smallest, numbers), *shares), "level"))
    if not rows:
        return []
    power = "{settings.statistics.power.percent}"
    head = (
        "",
        tr("Patients"),
        tr("Events"),
        tr("Smallest detectable ratio, power {power}", power=power),
        *(tr("Power for {constants.assumed_ratio_{at}}", at=f"{at:g}") for at in assumed),
    )
    notes = (
        tr(
            "The smallest hazard ratio (of interactions, ratio of hazard ratios) that a two-sided test at the {settings.statistics.confidence.alpha} level would detect with a power of {power}, and the power for assumed ratios; a ratio as far below 1 counts as much. By Schoenfeld's formula, and for the four cells of an interaction that of Peterson and George, from the numbers of events alone: both suppose proportional hazards and are approximate for large ratios. Nothing is computed at the observed effect, which would only repeat its P value.",
            power=power,
        ),
    )
    return [Sheet("power", tr("What this number of events can show"), head, tuple(rows), notes)]


def _power_words(row: Mapping[str, Any], labels: Labels) -> str:
    label = words.term(row["term"], labels)
    if "*" in row["term"]:
        return tr("{label}, interaction", label=label)
    compared = _compared_words(row["term"], row["level"], row["reference"])
    return label if compared == words.term(row["term"]) else labelled(label, words.lower_first(compared))


def _permutations(main: pd.DataFrame, numbers: Numbers, labels: Labels) -> list[Sheet]:
    rows: list[Row] = []
    for endpoint, population in endpoints_in(main, PERMUTATION):
        if endpoint in ON_FIRST_ICI:
            continue
        own = _of(main, endpoint, population, PERMUTATION)
        own = own[own["statistic"] == "p"]
        if len(own):
            rows.append(Row(words.endpoint(endpoint), ("",) * 5, "group"))
        for row in records(own):
            key = {name: row[name] for name in ("endpoint", "population", "term")}
            p, usual = name_of({**row, "at": ""}), p_of_test(numbers, **{**key, "model": LOG_RANK})
            chi2 = name_of({**key, "model": LOG_RANK, "statistic": "chi2"})
            counts = (one(f"{chi2}.n", numbers), one(f"{chi2}.events", numbers))
            shown = (f"{{{usual}}}" if usual else EMPTY, f"{{{p}}}", _how(key, numbers))
            rows.append(Row(words.term(row["term"], labels), (*counts, *shown), "level"))
    if not rows:
        return []
    head = ("", tr("Patients"), tr("Events"), tr("Log-rank P (chi-square)"), tr("Log-rank P (permutation)"), tr("How"))
    notes = (
        tr(
            "With few patients the chi-square approximation of the log-rank test may fail. The permutation test counts, of all "
            "ways to give the patients their classes, those with log-rank scores at least as far apart; it supposes that censoring does "
            "not depend on the class."
        ),
    )
    caption = tr("Log-rank tests by permutation")
    return [Sheet("permutation", caption, head, tuple(rows), notes, prose=True)]


def _how(key: dict[str, Any], numbers: Numbers) -> str:
    allocations, drawn, error = (
        name_of({**key, "model": PERMUTATION, "statistic": statistic})
        for statistic in ("allocations", "permutations", "monte_carlo_error")
    )
    if allocations in numbers:
        return tr("exact: all {{allocations}} allocations", allocations=allocations)
    return tr("{{drawn}} drawn, standard error {{error}}", drawn=drawn, error=error) if drawn in numbers else EMPTY


def _small_groups(main: pd.DataFrame, numbers: Numbers, labels: Labels) -> list[Sheet]:
    sheets = []
    for endpoint, population in AFTER_RECHALLENGE:
        own = _of(main, endpoint, population, *SMALL_GROUPS)
        rows: list[Row] = []
        seen: set[frozenset[str]] = set()
        for term, level in dict.fromkeys(zip(own["term"], own["level"], strict=True)):
            column, _, within = term.partition("|")
            # A group within two classes stands under either of them.
            group = frozenset({f"{column}={level}", within})
            if group in seen:
                continue
            seen.add(group)
            part = own[(own["term"] == term) & (own["level"] == level)]
            key = {"endpoint": endpoint, "population": population, "term": term, "level": level}
            rows += _small_group_rows(part, key, numbers, labels)
        if rows:
            head = ("", tr("Patients"), tr("Events"), tr("At, months"), tr("Kaplan-Meier (CI)"), *SMALL_GROUPS.values())
            caption = tr(
                "Groups of fewer than {settings.statistics.small_group_below} patients, {endpoint}",
                endpoint=words.endpoint(endpoint),
            )
            notes = (
                tr(
                    "{confidence} intervals. Beside the usual interval, two that hold in small groups: the beta product procedure (Fay, Brittain and Proschan), exact without censoring, and Rothman's. Where they differ much, the usual one should not be relied on. Groups of other endpoints: estimates.csv.",
                    confidence=CONFIDENCE,
                ),
                *few_events.note(rows, numbers),
            )
            sheets.append(Sheet(f"small-groups-{endpoint.lower()}", caption, head, tuple(rows), notes))
    return sheets


def _small_group_rows(part: pd.DataFrame, key: dict[str, Any], numbers: Numbers, labels: Labels) -> list[Row]:
    label = words.term(key["term"], labels)
    if key["level"]:
        label += f": {words.lower_first(words.level(key['term'], key['level']))}"
    rows: list[Row] = []
    median = part.loc[part["statistic"] == "median"].iloc[0]
    counted = name_of({**key, "model": median["model"], "statistic": "median"})
    counts = (one(f"{counted}.n", numbers), one(f"{counted}.events", numbers))
    rows.append(Row(label, (*counts, *("" for _ in range(2 + len(SMALL_GROUPS)))), "group"))
    points: list[tuple[str, float]] = list(dict.fromkeys(zip(part["statistic"], part["at"].fillna(-1.0), strict=True)))
    for statistic, at in points:
        stem = {**key, "statistic": statistic, "at": at if at >= 0 else ""}
        usual = name_of({**stem, "model": KAPLAN_MEIER})
        others = (one(f"{name_of({**stem, 'model': model})}.ci", numbers) for model in SMALL_GROUPS)
        said, when = (tr("Median, months"), "") if statistic == "median" else (tr("Survival"), month(at, numbers))
        rows.append(Row(said, ("", "", when, few_events.curve_cell(usual, numbers), *others), "level"))
    return rows
