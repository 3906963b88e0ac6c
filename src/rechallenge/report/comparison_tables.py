"""Further comparisons of classes as tables: weighted tests, restricted means."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from rechallenge.estimates.comparison_methods import PAIRWISE, RESTRICTED, STRATIFIED, TITLES, WEIGHTED
from rechallenge.estimates.weighted_logrank import LOG_RANK
from rechallenge.language import N_, tr
from rechallenge.report import words
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.results import CONFIDENCE, p_of_test
from rechallenge.report.results import LOG_RANK as UNWEIGHTED
from rechallenge.report.sheets import EMPTY, Row, Sheet, one, with_interval, without_empty_columns

Key = dict[str, Any]
# What follows rechallenge, or progression: classes of resistance are made of the times before.
ENDPOINTS: Final = (("PFS", "rechallenge"), ("OS", "rechallenge"), ("PPS", "progressed"))

WEIGHS: Final = {
    "gehan_breslow": N_("Gehan-Breslow weighs early differences more."),
    "fleming_harrington_0_1": N_("Fleming-Harrington (0, 1) weighs late differences more."),
}


def tables(estimates: pd.DataFrame, numbers: Numbers, labels: Mapping[str, str]) -> list[Sheet]:
    """Return, per endpoint, the weighted and stratified tests, the pairs of classes, and the restricted means.

    Comparisons within a class of another covariate are left to estimates.csv: a difference in one class is no finding.
    """
    main = estimates[(estimates["analysis"] == "main") & ~estimates["term"].str.contains("|", regex=False)]
    sheets: list[Sheet] = []
    for endpoint, population in ENDPOINTS:
        own = main[(main["endpoint"] == endpoint) & (main["population"] == population)]
        key: Key = {"endpoint": endpoint, "population": population}
        where = f"{words.lower_first(words.endpoint(endpoint))} ({words.POPULATIONS.get(population, population)})"
        made = [_tests(own, key, where, numbers, labels), _pairs(own, key, where, numbers, labels)]
        made.append(_means(own, key, where, numbers, labels))
        sheets += [sheet for sheet in made if sheet.rows]
    return sheets


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _id(kind: str, key: Key) -> str:
    return f"{kind}-{key['endpoint'].lower()}-{key['population']}"


def _tests(own: pd.DataFrame, key: Key, where: str, numbers: Numbers, labels: Mapping[str, str]) -> Sheet:
    fitted = own[own["model"].isin([WEIGHTED, STRATIFIED]) & (own["statistic"] == "p")]
    columns = [
        (model, weight)
        for model in (WEIGHTED, STRATIFIED)
        for weight in (LOG_RANK, *(name for name in TITLES if name != LOG_RANK))
        if ((fitted["model"] == model) & (fitted["level"] == weight)).any()
    ]
    rows = []
    for term in dict.fromkeys(fitted["term"]):
        plain = p_of_test(numbers, **key, term=term, model=UNWEIGHTED)
        names = [p_of_test(numbers, **key, term=term, model=model, level=weight) for model, weight in columns]
        cells = tuple(f"{{{name}}}" if name else EMPTY for name in (plain, *names))
        rows.append(Row(words.term(term, labels), cells))
    heads = [
        (
            tr("{test}, stratified: P", test=_capital(TITLES[weight]))
            if model == STRATIFIED
            else tr("{test}: P", test=_capital(TITLES[weight]))
        )
        for model, weight in columns
    ]
    used = {weight for _, weight in columns}
    notes = (
        *(said for weight, said in WEIGHS.items() if weight in used),
        tr("The unweighted test is that of the main analysis. No P value is adjusted for the number of tests."),
    )
    caption = tr("Weighted log-rank tests, {where}", where=where)
    return Sheet(_id("weighted-tests", key), caption, ("", tr("Log-rank test: P"), *heads), tuple(rows), notes)


def _pairs(own: pd.DataFrame, key: Key, where: str, numbers: Numbers, labels: Mapping[str, str]) -> Sheet:
    fitted = own[(own["model"] == PAIRWISE) & (own["statistic"] == "p")]
    rows: list[Row] = []
    for term in dict.fromkeys(fitted["term"]):
        rows.append(Row(words.term(term, labels), ("", ""), "group"))
        for level in fitted.loc[fitted["term"] == term, "level"]:
            test = {**key, "term": term, "model": PAIRWISE, "level": level}
            chi2, p = (name_of({**test, "statistic": statistic}) for statistic in ("chi2", "p"))
            first, second = (words.level(term, part) for part in level.split(" vs "))
            label = tr("{first} vs {second}", first=first, second=words.lower_first(second))
            rows.append(Row(label, (one(f"{chi2}.p", numbers), one(p, numbers)), "level"))
    head = ("", tr("Log-rank P"), tr("P adjusted (Holm)"))
    return Sheet(_id("pairs", key), tr("Pairs of classes, {where}", where=where), head, tuple(rows))


def _means(own: pd.DataFrame, key: Key, where: str, numbers: Numbers, labels: Mapping[str, str]) -> Sheet:
    fitted = own[(own["model"] == RESTRICTED) & (own["statistic"] == "rmst")]
    rows: list[Row] = []
    for term in dict.fromkeys(fitted["term"]):
        part = fitted[fitted["term"] == term]
        at = float(part["at"].iloc[0])
        horizon = name_of({**key, "term": term, "model": RESTRICTED, "statistic": "horizon"})
        rows.append(Row(words.term(term, labels), (one(horizon, numbers), *("",) * 7), "group"))
        contrasts = own[(own["model"] == RESTRICTED) & (own["term"] == term) & (own["statistic"] == "rmst_difference")]
        references = dict(zip(contrasts["level"], contrasts["reference"], strict=True))
        for level in words.ordered(term, list(part["level"])):
            place = {**key, "term": term, "model": RESTRICTED, "level": level, "at": at}
            mean = name_of({**place, "statistic": "rmst"})
            difference, ratio = (
                name_of({**place, "reference": references.get(level, ""), "statistic": f"rmst_{kind}"})
                for kind in ("difference", "ratio")
            )
            cells = (
                "",
                one(f"{mean}.n", numbers),
                one(f"{mean}.events", numbers),
                with_interval(mean, numbers),
                with_interval(difference, numbers),
                one(f"{difference}.p", numbers),
                with_interval(ratio, numbers),
                one(f"{ratio}.p", numbers),
            )
            rows.append(Row(words.level(term, level), cells, "level"))
    head = (
        "",
        tr("Horizon, months"),
        tr("Patients"),
        tr("Events"),
        tr("Restricted mean, months (CI)"),
        tr("Difference, months (CI)"),
        tr("P of the difference"),
        tr("Ratio (CI)"),
        tr("P of the ratio"),
    )
    notes = (
        tr("The mean time without the event up to the horizon; differences and ratios against the class without one."),
    )
    caption = tr("Restricted mean survival times, {where}, with {confidence} CI", where=where, confidence=CONFIDENCE)
    return without_empty_columns(Sheet(_id("restricted-means", key), caption, head, tuple(rows), notes))
