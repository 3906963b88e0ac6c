"""The further analyses side by side, safety, and what could not be computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from rechallenge.report import words
from rechallenge.report.numbers import Numbers, name_of, records
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
from rechallenge.report.sheets import EMPTY, Row, Sheet, with_interval

MODEL_WORDS: Final = {
    UNIVARIABLE: "univariable Cox model",
    MULTIVARIABLE: "multivariable Cox model",
    SENSITIVITY: "sensitivity Cox model",
    LOG_RANK: "log-rank test",
    "exposure_naive": "naive comparison of rechallenge",
    "exposure_time_dependent": "time-dependent Cox model of rechallenge",
    "exposure_adjusted": "adjusted time-dependent Cox model of rechallenge",
    "exposure_mantel_byar": "Mantel-Byar test",
    "exposure_simon_makuch": "curves of Simon and Makuch",
    "exposure_landmark": "landmark analysis",
    "immortal_time_bias": "naive against time-dependent hazard ratio",
    "delayed_entry": "comparison with delayed entry",
    "delayed_entry_ignored": "comparison without delayed entry",
    "entry_check": "check of delayed entry",
    "cause_specific|progression": "cause-specific Cox model, progression",
    "cause_specific|death": "cause-specific Cox model, death without progression",
    "fine_gray|progression": "Fine-Gray model, progression",
    "fine_gray|death": "Fine-Gray model, death without progression",
    "gray|progression": "Gray's test, progression",
    "gray|death": "Gray's test, death without progression",
    "dating_right_end": "progression dated at the scan that shows it",
    "dating_midpoint": "progression dated at the middle",
    "dating_interval": "progression as an interval",
    "log_rank_permutation": "permutation test",
    "weighted_log_rank": "weighted log-rank tests",
    "restricted_mean": "restricted means",
}
# Their own tables say what could not be computed.
SAID_ELSEWHERE: Final = ("interaction", "interaction_adjusted", "subgroup", "power")
SAFETY_ROWS: Final = (
    ("first_ici", "first_ici", "First ICI, all with a first ICI monotherapy"),
    ("rechallenge", "first_ici", "First ICI, those rechallenged"),
    ("rechallenge", "rechallenge", "Rechallenge"),
    ("rechallenge", "recurrence", "Recurrence under rechallenge"),
)


@dataclass(frozen=True)
class Missing:
    """Things that were not computed for the same reason, and the rows of estimates.csv that say so."""

    what: tuple[str, ...]
    why: str
    estimate_ids: tuple[str, ...]


def not_fitted(estimates: pd.DataFrame, labels: Mapping[str, str], titles: Mapping[str, str]) -> list[Missing]:
    """Return what could not be computed, with the sentence that the estimates give as the reason."""
    own = estimates[(estimates["statistic"] == "not_fitted") & ~estimates["model"].isin(SAID_ELSEWHERE)]
    found: dict[str, list[tuple[str, str]]] = {}
    for row in records(own):
        parts = [
            "" if row["analysis"] == "main" else words.analysis(row["analysis"], titles),
            MODEL_WORDS.get(row["model"], row["model"].replace("_", " ")),
            words.endpoint(row["endpoint"]) if row["endpoint"] else "",
            words.lower_first(words.term(row["term"], labels)) if row["term"] not in ("", "overall") else "",
        ]
        what = ", ".join(part for part in parts if part)
        why = row["method"].removeprefix("Not fitted: ").removeprefix("Not compared: ")
        found.setdefault(why, []).append((what[:1].upper() + what[1:], row["estimate_id"]))
    return [
        Missing(tuple(what for what, _ in items), why, tuple(item for _, item in items)) for why, items in found.items()
    ]


def analyses_table(estimates: pd.DataFrame, numbers: Numbers, titles: Mapping[str, str]) -> Sheet | None:
    """Return the main results of every analysis of the study file side by side, or None where there is only the main.

    The sensitivity set has a table of its own (`robustness_tables`).
    """
    names = [name for name in dict.fromkeys(estimates["analysis"]) if not name.startswith(words.SENSITIVITY_SET)]
    names.sort(key=lambda name: name != "main")
    if len(names) < 2:
        return None
    rows: list[Row] = []
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
        rows.append(Row(f"Patients, {words.resistance_class(level)}", tuple(cells)))
    for endpoint in ("PFS", "OS"):
        own = estimates[(estimates["endpoint"] == endpoint) & (estimates["population"] == "rechallenge")]
        rows += _side_by_side(own, endpoint, names, numbers)
    if not rows:
        return None
    head = ("", *(literal(words.analysis(name, titles)) for name in names))
    notes = (
        "Each column is a whole analysis of the same extract under other definitions; agreement between them is a "
        "description, not evidence.",
    )
    return Sheet(
        "analyses-side-by-side", "The main analysis and the further ones, side by side", head, tuple(rows), notes
    )


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
        of = "all patients" if term == "overall" else words.resistance_class(level)
        cells = [
            with_interval(
                name_of({**key, "analysis": name, "term": term, "level": level, "statistic": "median"}), numbers
            )
            for name in names
        ]
        rows.append(Row(f"Median {endpoint}, months, {of}", tuple(cells)))
    tests = [p_of_test(numbers, **{**key, "analysis": name, "model": LOG_RANK, "term": "resistance"}) for name in names]
    if any(tests):
        rows.append(
            Row(f"{endpoint}, log-rank P, by resistance", tuple(f"{{{name}}}" if name else EMPTY for name in tests))
        )
    effects = own[(own["model"] == MULTIVARIABLE) & (own["statistic"] == "hr")]
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
            Row(f"{endpoint}, multivariable HR, {of}", tuple(with_interval(name, numbers) for name in names_of_effect))
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
    note = (
        "An event belongs to rechallenge from the day of its first dose on, before that to the first ICI. "
        "Recurrence: of those with an event under the first ICI."
    )
    return Sheet(
        "safety",
        "Immune-related adverse events of grade 3 or more",
        ("", "Patients at risk", "With an event (%)"),
        tuple(rows),
        (note,),
    )
