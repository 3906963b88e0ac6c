"""The tables of the further endpoints, of response, and of the PFS ratio."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from rechallenge.language import N_, tr
from rechallenge.punctuation import labelled, then
from rechallenge.report import words
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.results import CONFIDENCE, ENDPOINT_ORDER, KAPLAN_MEIER, LOG_RANK, endpoints_in, p_of_test
from rechallenge.report.sheets import EMPTY, Row, Sheet, one, with_interval, without_empty_columns

RATE: Final = "response_rate"
BEST: Final = "best_response"
RATIO: Final = "pfs_ratio"
FURTHER: Final = ("TTF", "TTNT", "DOR", "TTF1", "TTNT1", "DOR1", "PPS")
RESPONSES: Final = ("CR", "PR", "SD", "NON_CR_NON_PD", "PD", "NE", "unknown")
RESPONSE_WORDS: Final = {
    "CR": N_("Complete response (CR)"),
    "PR": N_("Partial response (PR)"),
    "SD": N_("Stable disease (SD)"),
    "NON_CR_NON_PD": N_("Neither CR nor PD"),
    "PD": N_("Progressive disease (PD)"),
    "NE": N_("Not evaluable (NE)"),
    "unknown": N_("Not recorded"),
}
# Whose response to what: the keys of the rows, and the heading.
SETS: Final = (
    ({"population": "first_ici"}, N_("First ICI, all with a first ICI monotherapy")),
    ({"population": "rechallenge", "endpoint": "first_ici"}, N_("First ICI, those rechallenged")),
    ({"population": "rechallenge"}, N_("Rechallenge")),
)


def further_endpoints_table(estimates: pd.DataFrame, numbers: Numbers) -> Sheet | None:
    """Return n, events and medians of the endpoints beside PFS and OS, or None where there are none."""
    pairs = [pair for pair in endpoints_in(estimates, KAPLAN_MEIER) if pair not in ENDPOINT_ORDER]
    rank = {name: place for place, name in enumerate(FURTHER)}
    rows: list[Row] = []
    for endpoint, population in sorted(pairs, key=lambda pair: (rank.get(pair[0], len(rank)), pair)):
        rows += _endpoint_rows(estimates, endpoint, population, numbers)
    if not rows:
        return None
    head = ("", tr("Patients"), tr("Events"), tr("Median, months (CI)"), tr("Log-rank P"))
    notes = (
        tr(
            "TTF: time to treatment failure. TTNT: time to next treatment. DOR: duration of response, in those who had "
            "one. PPS: from index progression, whoever was rechallenged and whoever was not. Rows below an "
            "endpoint: by resistance. The definitions stand in words below."
        ),
    )
    caption = tr("Further endpoints, with {confidence} CI", confidence=CONFIDENCE)
    return without_empty_columns(Sheet("further-endpoints-table", caption, head, tuple(rows), notes))


def _endpoint_rows(estimates: pd.DataFrame, endpoint: str, population: str, numbers: Numbers) -> list[Row]:
    """The row of an endpoint, and those of its classes with the test between them on the first."""
    own = estimates[(estimates["analysis"] == "main") & (estimates["model"] == KAPLAN_MEIER)]
    own = own[(own["endpoint"] == endpoint) & (own["population"] == population)]
    key = {"endpoint": endpoint, "population": population}
    # Endpoints of our own say by their name whose they are; a study's own do not.
    named = words.endpoint(endpoint)
    heading = named if endpoint in FURTHER else then(named, words.POPULATIONS.get(population, population))
    rows = []
    for term in [name for name in ("overall", "resistance") if name in set(own["term"])]:
        levels = words.ordered(term, list(dict.fromkeys(own.loc[own["term"] == term, "level"])))
        p = p_of_test(numbers, **key, model=LOG_RANK, term=term)
        for place, level in enumerate(levels):
            median = name_of({**key, "term": term, "level": level, "statistic": "median"})
            cells = (
                one(f"{median}.n", numbers),
                one(f"{median}.events", numbers),
                with_interval(median, numbers),
                f"{{{p}}}" if p and place == 0 else "",
            )
            rows.append(Row(words.level(term, level) if level else heading, cells, "level" if level else "data"))
    return rows


def response_table(estimates: pd.DataFrame, numbers: Numbers) -> Sheet | None:
    """Return best responses and response rates under the first ICI and under rechallenge, or None without rates."""
    columns: list[tuple[dict[str, str], str, str]] = [(dict(keys), "overall", "") for keys, _ in SETS]
    heads = [title for _, title in SETS]
    own = estimates[(estimates["analysis"] == "main") & (estimates["model"] == RATE)]
    classes = own[(own["population"] == "rechallenge") & (own["term"] == "resistance")]["level"]
    for level in words.ordered("resistance", list(dict.fromkeys(classes))):
        columns.append(({"population": "rechallenge"}, "resistance", level))
        heads.append(tr("Rechallenge, {resistance_class}", resistance_class=words.resistance_class(level)))
    rates = [name_of({**keys, "model": RATE, "term": term, "level": level}) for keys, term, level in columns]
    if not any(f"{rate}.orr" in numbers for rate in rates):
        return None
    rows = [Row(tr("Patients"), tuple(one(f"{rate}.orr.n", numbers) for rate in rates))]
    for response in RESPONSES:
        cells = tuple(_best(keys, term, level, response, numbers) for keys, term, level in columns)
        if any(cell not in (EMPTY, "") for cell in cells):
            rows.append(Row(RESPONSE_WORDS[response], cells, "level"))
    for statistic, label in (("orr", tr("Objective response rate (CI)")), ("dcr", tr("Disease control rate (CI)"))):
        rows.append(Row(label, tuple(with_interval(f"{rate}.{statistic}", numbers) for rate in rates)))
    notes = (
        tr(
            "Best responses are n (%). Rates are of all patients of the column, those not evaluable or not recorded among them; exact {confidence} intervals (Clopper and Pearson).",
            confidence=CONFIDENCE,
        ),
        tr(
            "The response to the first ICI is part of most definitions of resistance, so it is not compared by resistance."
        ),
    )
    sheet = Sheet(
        "response-rates", tr("Response to the first ICI and to rechallenge"), ("", *heads), tuple(rows), notes
    )
    return without_empty_columns(sheet)


def _best(keys: dict[str, str], term: str, level: str, response: str, numbers: Numbers) -> str:
    model = f"{BEST}|{term}={level}" if level else BEST
    stem = {**keys, "model": model, "term": "overall", "level": response}
    n, share = (name_of({**stem, "statistic": statistic}) for statistic in ("n", "percent"))
    if n not in numbers:
        return EMPTY
    return f"{{{n}}} ({{{share}}})" if share in numbers else f"{{{n}}}"


def ratio_table(estimates: pd.DataFrame, numbers: Numbers, labels: Mapping[str, str]) -> Sheet | None:
    """Return the PFS ratio overall and by class, or None where it was not estimated."""
    own = estimates[(estimates["analysis"] == "main") & (estimates["model"] == RATIO)]
    medians = own[own["statistic"] == "ratio_median"]
    rows: list[Row] = []
    shares = own[own["statistic"] == "ratio_above"]
    thresholds = dict.fromkeys(shares["at"].dropna())
    for term, level in dict.fromkeys(zip(medians["term"], medians["level"], strict=True)):
        key: dict[str, Any] = {"endpoint": "PFS", "population": "rechallenge", "model": RATIO}
        key |= {"term": term, "level": level}
        median = name_of({**key, "statistic": "ratio_median"})
        above = [name_of({**key, "statistic": "ratio_above", "at": at}) for at in thresholds]
        label = words.term(term, labels)
        label = labelled(label, words.lower_first(words.level(term, level))) if level else label
        cells = (one(f"{median}.n", numbers), one(f"{median}.events", numbers), with_interval(median, numbers))
        rows.append(Row(label, (*cells, *(with_interval(name, numbers) for name in above))))
    if not rows:
        return None
    over = tr("Share above {constants.pfs_ratio_threshold} (CI)")
    head = ("", tr("Patients"), tr("Events"), tr("Median ratio (CI)"), *(over for _ in thresholds))
    notes = (
        tr(
            "PFS after rechallenge over time to progression on the first ICI. A ratio is censored with its PFS, and that "
            "depends on the time below the line: the estimates are approximate. Only those who lived to be rechallenged "
            "have a ratio; a ratio above the threshold shows no effect of rechallenge."
        ),
    )
    caption = tr("PFS ratio (growth modulation index), with {confidence} CI", confidence=CONFIDENCE)
    return without_empty_columns(Sheet("pfs-ratio", caption, head, tuple(rows), notes))
