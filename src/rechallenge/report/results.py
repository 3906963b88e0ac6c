"""The tables of survival and of the Cox models as sheets."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from rechallenge.estimates.design import MISSING
from rechallenge.estimates.model_names import FIRTH
from rechallenge.language import N_, tr
from rechallenge.method_words import method_words
from rechallenge.punctuation import listed, separated, then
from rechallenge.report import few_events, words
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.sentences import counted, literal
from rechallenge.report.sheets import EMPTY, Row, Sheet, one, with_interval, without_empty_columns
from rechallenge.report.table_one import definitional

KAPLAN_MEIER: Final = "kaplan_meier"
LOG_RANK: Final = "log_rank"
UNIVARIABLE: Final = "cox_univariable"
MULTIVARIABLE: Final = "cox_multivariable"
SENSITIVITY: Final = "cox_sensitivity"
INTERACTION: Final = "interaction"
WITHIN: Final = N_("interaction")
WITHIN_NOTE: Final = N_(
    "Within a class of another covariate no log-rank P value is given: a small one in one class and a larger one in "
    "the other do not show that the classes differ. The P value there tests that difference (likelihood ratio)."
)
# Events per parameter below which estimates are held to be unstable (Peduzzi and others 1995).
FEW_EVENTS: Final = 10
CONFIDENCE: Final = "{settings.statistics.confidence.percent}"
# Counted from the first ICI on, with entry at rechallenge.
FROM_REENTRY: Final = ("OS1",)
ENDPOINT_ORDER: Final = (
    ("PFS", "rechallenge"),
    ("OS", "rechallenge"),
    ("PFS1", "rechallenge"),
    ("OS1", "rechallenge"),
    ("PFS1", "first_ici"),
    ("OS1", "first_ici"),
)


def _first(names: Sequence[str], numbers: Numbers) -> str:
    return next((name for name in names if name in numbers), "")


def p_of_test(numbers: Numbers, **key: Any) -> str:
    """Return the name of the P value of a test, whether it is a row of its own or stands beside its statistic."""
    stems = [name_of({**key, "statistic": statistic}) for statistic in ("p", "chi2")]
    return _first([stems[0], f"{stems[1]}.p", f"{stems[0]}.p"], numbers)


def endpoints_in(estimates: pd.DataFrame, model: str, analysis: str = "main") -> list[tuple[str, str]]:
    """Return the (endpoint, population) pairs that have rows of a model, in the order of the report."""
    own = estimates[(estimates["analysis"] == analysis) & (estimates["model"] == model) & (estimates["endpoint"] != "")]
    there = list(dict.fromkeys(zip(own["endpoint"], own["population"], strict=True)))
    rank = {pair: place for place, pair in enumerate(ENDPOINT_ORDER)}
    return sorted(there, key=lambda pair: (rank.get(pair, len(rank)), pair))


def survival_tables(estimates: pd.DataFrame, numbers: Numbers, labels: Mapping[str, str]) -> list[Sheet]:
    """Return one table per endpoint of ENDPOINT_ORDER: n, events, median, survival at the landmarks, log-rank P."""
    sheets = []
    for endpoint, population in endpoints_in(estimates, KAPLAN_MEIER):
        if (endpoint, population) not in ENDPOINT_ORDER:
            continue
        own = estimates[
            (estimates["analysis"] == "main")
            & (estimates["endpoint"] == endpoint)
            & (estimates["population"] == population)
        ]
        tests = own[own["model"] == LOG_RANK]
        own = own[own["model"] == KAPLAN_MEIER]
        times = sorted(own.loc[own["statistic"] == "survival", "at"].dropna().unique())
        rows: list[Row] = []
        for term in dict.fromkeys(own["term"]):
            key = {"endpoint": endpoint, "population": population, "term": term}
            untested = definitional(tests[tests["term"] == term])
            rows += _survival_rows(own[own["term"] == term], key, times, numbers, labels, untested)
        notes = (*_within_notes(rows), outside_note(endpoint, population, numbers), *few_events.note(rows, numbers))
        notes = tuple(note for note in notes if note)
        head = (
            "",
            tr("Patients"),
            tr("Events"),
            tr("Median, months (CI)"),
            *(tr("At {month} months (CI)", month=month(time, numbers)) for time in times),
            tr("Log-rank P"),
        )
        caption = tr(
            "{endpoint}, {words}, with {confidence} CI",
            endpoint=words.endpoint(endpoint),
            words=words.POPULATIONS.get(population, population),
            confidence=CONFIDENCE,
        )
        sheets.append(
            without_empty_columns(Sheet(f"survival-{endpoint.lower()}-{population}", caption, head, tuple(rows), notes))
        )
    return sheets


def outside_note(endpoint: str, population: str, numbers: Numbers) -> str:
    """Say who is not counted in a curve because no time of theirs is under observation; empty where nobody is."""
    name = name_of({"endpoint": endpoint, "population": population, "term": "overall", "statistic": "left_out"})
    if name not in numbers or not numbers[name]["raw"]:
        return ""
    who = counted(name, "patient", numbers)
    if endpoint in FROM_REENTRY and population == "rechallenge":
        return tr(
            "Observation starts at rechallenge (delayed entry). Not counted: {who} of the rechallenge set, without follow-up after the day of rechallenge.",
            who=who,
        )
    return tr("Not counted: {who} without a usable time.", who=who)


def month(time: float, numbers: Numbers, setting: str = "landmarks_months") -> str:
    """Return the pattern of a landmark, which is a setting."""
    stem = f"settings.statistics.{setting}."
    return next(
        (f"{{{name}}}" for name, entry in numbers.items() if name.startswith(stem) and entry["raw"] == time),
        f"{time:g}",
    )


def _survival_rows(
    part: pd.DataFrame,
    key: dict[str, Any],
    times: list[float],
    numbers: Numbers,
    labels: Mapping[str, str],
    untested: str = "",
) -> list[Row]:
    term = key["term"]
    levels = words.ordered(term, list(dict.fromkeys(part["level"])))
    grouped = levels != [""]
    rows: list[Row] = []
    if grouped:
        cell = _test_cell(key, numbers) or untested
        rows.append(Row(words.term(term, labels), (*("" for _ in range(3 + len(times))), cell), "group"))
    for level in levels:
        median = name_of({**key, "level": level, "statistic": "median"})
        n = _first([f"{median}.n", name_of({**key, "level": level, "statistic": "n"})], numbers)
        events = _first([f"{median}.events", name_of({**key, "level": level, "statistic": "events"})], numbers)
        at = [
            few_events.curve_cell(name_of({**key, "level": level, "statistic": "survival", "at": time}), numbers)
            for time in times
        ]
        cells = (
            f"{{{n}}}" if n else EMPTY,
            f"{{{events}}}" if events else EMPTY,
            few_events.curve_cell(median, numbers),
            *at,
            "",
        )
        label = words.level(term, level) if grouped else words.term(term, labels)
        rows.append(Row(label, cells, "level" if grouped else "data"))
    return rows


def interaction_name(key: Mapping[str, Any], numbers: Numbers) -> str:
    """Return the name of the test whether the effect of a term within a class ("a|b=c") differs between classes."""
    column, _, within = str(key["term"]).partition("|")
    other = within.partition("=")[0]
    stem = {"endpoint": key["endpoint"], "population": key["population"], "model": INTERACTION}
    tests = [
        name_of({**stem, "term": term, "statistic": "likelihood_ratio_chi2"})
        for term in (f"{column}*{other}", f"{other}*{column}")
    ]
    return _first([f"{name}.p" for name in tests], numbers)


def _test_cell(key: dict[str, Any], numbers: Numbers) -> str:
    """The P value beside the heading of a term: within a class of another covariate, that of the interaction."""
    if "|" in key["term"]:
        p = interaction_name(key, numbers)
        return f"{WITHIN} {{{p}}}" if p else ""
    p = p_of_test(numbers, **{**key, "model": LOG_RANK})
    return f"{{{p}}}" if p else ""


def _within_notes(rows: list[Row]) -> list[str]:
    tested = any(row.kind == "group" and row.cells[-1].startswith(str(WITHIN)) for row in rows)
    return [WITHIN_NOTE] if tested else []


def cox_tables(estimates: pd.DataFrame, numbers: Numbers, labels: Mapping[str, str]) -> list[Sheet]:
    """Return one table per endpoint: univariable and multivariable hazard ratios, then the model's own figures."""
    pairs = dict.fromkeys(endpoints_in(estimates, UNIVARIABLE) + endpoints_in(estimates, MULTIVARIABLE))
    sheets = []
    for endpoint, population in pairs:
        own = estimates[
            (estimates["analysis"] == "main")
            & (estimates["endpoint"] == endpoint)
            & (estimates["population"] == population)
        ]
        shown = [UNIVARIABLE, MULTIVARIABLE, FIRTH[UNIVARIABLE], FIRTH[MULTIVARIABLE]]
        effects = own[own["model"].isin(shown) & (own["statistic"] == "hr")]
        key = {"endpoint": endpoint, "population": population}
        rows: list[Row] = []
        for term in dict.fromkeys(effects["term"]):
            rows += _cox_rows(effects[effects["term"] == term], {**key, "term": term}, numbers, labels)
        if not rows:
            continue
        head = (
            "",
            tr("Univariable HR (CI)"),
            "P",
            tr("Patients"),
            tr("Events"),
            tr("Multivariable HR (CI)"),
            "P",
            tr("PH test P"),
        )
        patients = words.POPULATIONS.get(population, population)
        caption = tr(
            "Cox models, {endpoint} ({patients}), with {confidence} CI",
            endpoint=words.endpoint(endpoint),
            patients=patients,
            confidence=CONFIDENCE,
        )
        notes = (*_model_notes(own, key, numbers, labels), *_penalised_notes(own, effects, labels))
        notes = (*notes, *few_events.note(rows, numbers))
        sheet = Sheet(f"cox-{endpoint.lower()}-{population}", caption, head, tuple(rows), notes)
        sheets.append(without_empty_columns(sheet))
    return sheets


def _cox_rows(part: pd.DataFrame, key: dict[str, Any], numbers: Numbers, labels: Mapping[str, str]) -> list[Row]:
    term = key["term"]
    pairs = list(dict.fromkeys(zip(part["level"], part["reference"], strict=True)))
    rows: list[Row] = []
    if len(pairs) > 1:
        reference = pairs[0][1]
        rows.append(
            Row(
                tr("{term} (reference: {level})", term=words.term(term, labels), level=words.level(term, reference)),
                ("",) * 7,
                "group",
            )
        )
    for level, reference in pairs:
        effect = {**key, "level": level, "reference": reference, "statistic": "hr"}
        uni, multi = (effect_name(effect, model, numbers) for model in (UNIVARIABLE, MULTIVARIABLE))
        ph = name_of({**key, "model": MULTIVARIABLE, "level": level, "reference": reference, "statistic": "ph_p"})
        cells = (
            few_events.ratio_cell(uni, level, reference, numbers),
            one(f"{uni}.p", numbers),
            one(f"{uni}.n", numbers),
            one(f"{uni}.events", numbers),
            few_events.ratio_cell(multi, level, reference, numbers),
            one(f"{multi}.p", numbers),
            one(ph, numbers),
        )
        label = words.level(term, level) if len(pairs) > 1 else comparison_words(term, level, reference, labels)
        rows.append(Row(label, cells, "level" if len(pairs) > 1 else "data"))
    return rows


def effect_name(key: Mapping[str, Any], model: str, numbers: Numbers) -> str:
    """Return the name of a hazard ratio: of the model, or of Firth's where the model has none."""
    names = [name_of({**key, "model": name}) for name in (model, FIRTH[model])]
    return _first(names, numbers) or names[0]


def _penalised_notes(own: pd.DataFrame, effects: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """Say which hazard ratios of the table are Firth's, and how they were made."""
    used = []
    for model in (UNIVARIABLE, MULTIVARIABLE):
        fitted = set(effects.loc[effects["model"] == model, "term"])
        instead = effects[(effects["model"] == FIRTH[model]) & ~effects["term"].isin(fitted)]
        if len(instead):
            terms = listed(words.lower_first(words.term(term, labels)) for term in dict.fromkeys(instead["term"]))
            used.append(tr("the model of all covariates") if model == MULTIVARIABLE else f"univariable, {terms}")
    if not used:
        return []
    method = own.loc[(own["statistic"] == "hr") & own["model"].isin(FIRTH.values()), "method"].iloc[0]
    return [
        tr(
            "Without a finite estimate of the ordinary model, {method}: {used}.",
            method=literal(method_words(method)),
            used=separated(used),
        )
    ]


def comparison_words(term: str, level: str, reference: str, labels: Mapping[str, str]) -> str:
    """Return "Resistance: primary vs acquired"; for yes against no, and for a number, the covariate alone."""
    label = words.term(term, labels)
    if not level or (level in words.YES and reference in words.NO):
        return label
    if not reference:
        return then(label, level)
    return tr(
        "{label}: {words} vs {words_2}",
        label=label,
        words=words.lower_first(words.level(term, level)),
        words_2=words.lower_first(words.level(term, reference)),
    )


def _model_notes(own: pd.DataFrame, key: dict[str, Any], numbers: Numbers, labels: Mapping[str, str]) -> list[str]:
    stem = {"model": MULTIVARIABLE, **key}
    if name_of({**stem, "statistic": "concordance"}) not in numbers:
        stem["model"] = FIRTH[stem["model"]]
    n, events, epv, dropped, concordance = (
        name_of({**stem, "statistic": statistic})
        for statistic in ("n", "events", "events_per_variable", "dropped", "concordance")
    )
    if concordance not in numbers:
        return [tr("The model of all covariates together was not fitted; the reason stands below.")]
    notes = [
        tr(
            "Model of all covariates together: {counted}, {counted_2}, {{epv}} events per parameter.",
            counted=counted(n, "patient", numbers),
            counted_2=counted(events, "event", numbers),
            epv=epv,
        )
    ]
    if numbers[epv]["raw"] < FEW_EVENTS:
        notes.append(
            tr(
                "Fewer than ten events per parameter: these hazard ratios are unstable and may be far "
                "more extreme than the "
                "truth."
            )
        )
    notes += _missing_notes(own[own["model"] == stem["model"]], stem, numbers, labels)
    if dropped in numbers and numbers[dropped]["raw"]:
        notes.append(
            tr("Left out because a covariate is not recorded: {counted}.", counted=counted(dropped, "patient", numbers))
        )
    notes.append(tr("Concordance {with_interval}.", with_interval=with_interval(concordance, numbers)))
    ph = name_of({**stem, "term": "global", "statistic": "ph_p"})
    if ph in numbers:
        notes.append(tr("Proportional hazards, global test of scaled Schoenfeld residuals: {P:{ph}}.", ph=ph))
    return notes


def _missing_notes(
    model: pd.DataFrame, stem: Mapping[str, Any], numbers: Numbers, labels: Mapping[str, str]
) -> list[str]:
    """Say what was done about missing covariates, where more than leaving patients out."""
    imputed = model.loc[model["statistic"] == "imputed", "term"]
    if len(imputed):
        names = {term: name_of({**stem, "term": term, "statistic": "imputed"}) for term in imputed}
        counts = listed(
            f"{words.lower_first(words.term(term, labels))} {one(name, numbers)}" for term, name in names.items()
        )
        return [
            tr(
                "Missing covariates are imputed {numbers} times (chained equations, predictive mean matching) and the models pooled by Rubin's rules. Values imputed: {counts}.",
                numbers=one("settings.statistics.imputations", numbers),
                counts=counts,
            )
        ]
    if (model["level"] == MISSING).any():
        return [
            tr("Patients with a missing class are a class of their own (missing); its hazard ratio has no meaning.")
        ]
    return []


def sensitivity_tables(estimates: pd.DataFrame, numbers: Numbers, labels: Mapping[str, str]) -> list[Sheet]:
    """Return, per endpoint, the model that adds regimen type and local therapy to the declared covariates."""
    sheets = []
    for endpoint, population in endpoints_in(estimates, SENSITIVITY):
        own = estimates[
            (estimates["analysis"] == "main")
            & (estimates["endpoint"] == endpoint)
            & (estimates["population"] == population)
        ]
        effects = own[own["model"].isin([SENSITIVITY, FIRTH[SENSITIVITY]]) & (own["statistic"] == "hr")]
        effects = effects.drop_duplicates(["term", "level", "reference"])
        key = {"endpoint": endpoint, "population": population, "model": SENSITIVITY}
        rows = []
        for term, level, reference in zip(effects["term"], effects["level"], effects["reference"], strict=True):
            effect = {**key, "term": term, "level": level, "reference": reference, "statistic": "hr"}
            name = effect_name(effect, SENSITIVITY, numbers)
            rows.append(
                Row(
                    comparison_words(term, level, reference, labels),
                    (few_events.ratio_cell(name, level, reference, numbers), one(f"{name}.p", numbers)),
                )
            )
        if rows:
            caption = tr(
                "Sensitivity model with regimen type and local therapy, {endpoint}", endpoint=words.endpoint(endpoint)
            )
            notes = (*_model_notes(own, {**key}, numbers, labels), *few_events.note(rows, numbers))
            sheets.append(
                Sheet(f"sensitivity-{endpoint.lower()}", caption, ("", tr("HR (CI)"), "P"), tuple(rows), notes)
            )
    return sheets
