"""comparison.html: what changed since the release, for those who share and for those who look after the data.

One template makes both pages; `Told` decides what is on each. Text of the extract (file names, identifiers) is escaped
by the template engine.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from rechallenge import formatting, words
from rechallenge.language import N_, language, tr
from rechallenge.pages import Picture, page_environment
from rechallenge.refresh import sentences
from rechallenge.refresh import words as own
from rechallenge.refresh.comparison import Comparison
from rechallenge.refresh.documents import class_counts, summary
from rechallenge.refresh.estimate_changes import GONE
from rechallenge.refresh.history import RULES, counts_by_rule
from rechallenge.refresh.medians import STEPS
from rechallenge.refresh.patient_changes import CLASS, CLASSIFIED, ENTERED, moves_of
from rechallenge.refresh.time_changes import EARLIER_HISTORY
from rechallenge.refresh.told import Told
from rechallenge.report.numbers import text_of
from rechallenge.settings.config import MAIN
from rechallenge.validation.page import plain

PAGE: Final = "compare.html.j2"
MOST_ROWS: Final = 300
# Rows of the extract named beside one patient.
MOST_PLACES: Final = 8
# The results that stand on the page; comparison.csv has all: model, statistics.
_KEY_RESULTS: Final = (
    ("kaplan_meier", ("median",)),
    ("log_rank", ("p",)),
    ("cox_multivariable", ("hr",)),
    ("response_rate", ("orr", "dcr")),
)
_KEY_ENDPOINTS: Final = ("PFS", "OS", "PFS1", "OS1", "")


def render_comparison(
    comparison: Comparison,
    told: Told,
    templates: Path,
    *,
    title: str,
    pictures: Sequence[Picture],
    identifiers: dict[str, str],
    simulated: bool,
) -> str:
    """Return the page of one side; `identifiers` names the patients by key and is used on the private side only."""
    environment = page_environment(templates)
    environment.globals.update(
        language_tag=language().replace("_", "-"), tr=tr, of=own.of, words=own, count=formatting.count, plain=plain
    )
    names = identifiers if told.private else {}
    medians = sentences.accounts(comparison, told)
    text: str = environment.get_template(PAGE).render(
        style=Markup((templates / "report.css.j2").read_text(encoding="utf-8")),
        title=title,
        private=told.private,
        told=told,
        simulated=simulated,
        before=str(comparison.old.cutoff.date()),
        now=str(comparison.new.cutoff.date()),
        headline=sentences.headline(comparison, told),
        still=sentences.still_sentence(comparison),
        verdict=sentences.verdict_sentence(comparison),
        verdicts=[(item, sentences.verdict_lines(item, told)) for item in comparison.verdicts],
        fails=any(item.action == "fail" for item in comparison.verdicts),
        cause=sentences.cause_sentence(comparison),
        causes=_causes(comparison),
        medians=medians,
        steps=[step for step in STEPS if any(each.change_by(step) for each in medians)],
        data=summary(comparison, told),
        bridges=[
            (bridge, [(what, own.criterion_words(what, name), number) for what, name, number in told.steps(bridge)])
            for bridge in comparison.bridges
        ],
        classes=_classes(comparison, told),
        results=list(_results(comparison, told)),
        history=_history(comparison, told, names),
        patients=_patients(comparison, names) if told.private else [],
        patients_moved=int(_moved(comparison)["patient_key"].nunique()),
        times=_times(comparison, names) if told.private else [],
        pictures=pictures,
    )
    return text


def _causes(comparison: Comparison) -> list[tuple[str, list[Any]]]:
    found: dict[str, list[Any]] = {}
    for item in comparison.causes:
        found.setdefault(item.cause, []).append(item)
    return [(own.of(own.CAUSES, cause), items) for cause, items in found.items()]


def _classes(comparison: Comparison, told: Told) -> list[dict[str, str]]:
    return [
        {
            "subject": words.term_words(item["subject"]),
            "before": words.level_words(item["subject"], item["before"]) if item["before"] else tr("none"),
            "now": words.level_words(item["subject"], item["now"]) if item["now"] else tr("none"),
            "patients": told.number(told.smallest - 1) if item["patients"] is None else str(item["patients"]),
        }
        for item in class_counts(comparison, told)
    ]


def _results(comparison: Comparison, told: Told) -> Iterator[dict[str, str]]:
    """The key results that moved, as they are printed."""
    frame = comparison.moves.estimates
    frame = frame[(frame["analysis"] == MAIN) & (frame["what"] != GONE) & frame["endpoint"].isin(_KEY_ENDPOINTS)]
    for model, statistics in _KEY_RESULTS:
        chosen = frame[(frame["model"] == model) & frame["statistic"].isin(statistics)]
        chosen = chosen[chosen["population"].isin(["rechallenge", "first_ici"])]
        for row in chosen.to_dict("records"):
            yield {
                "name": _result_words(row),
                "before": _value(row, "before"),
                "now": _value(row, "now"),
                "n": f"{_count(row['n_before'])} → {_count(row['n_now'])}",
                "events": f"{_count(row['events_before'])} → {_count(row['events_now'])}",
                "behind": told.number(row["behind"]),
                "because": own.of(own.BECAUSE, row["because"]),
            }


def _count(value: float) -> str:
    return formatting.count(value)


def _result_words(row: dict[Any, Any]) -> str:
    endpoint = words.plain(words.endpoint_words(row["endpoint"])) if row["endpoint"] else ""
    population = own.of(own.POPULATIONS, row["population"])
    statistic = _STATISTICS.get(row["statistic"], words.plain(row["statistic"]))
    base, _, within = row["term"].partition("|")
    group = "" if base == "overall" else words.term_words(base)
    if row["level"]:
        group += f": {words.lower_first(words.level_words(base, row['level']))}"
    if within:
        column, _, level = within.partition("=")
        group += f" ({words.lower_first(words.level_words(column, level))})"
    parts = [endpoint, "" if endpoint and row["endpoint"] not in ("PFS1", "OS1") else population, group, tr(statistic)]
    return ", ".join(part for part in parts if part)


_STATISTICS: Final = {
    "median": N_("median, months"),
    "p": N_("log-rank P"),
    "hr": N_("hazard ratio"),
    "orr": N_("objective response"),
    "dcr": N_("disease control"),
}


def _value(row: dict[Any, Any], side: str) -> str:
    """A result with its interval, as the report prints it."""
    value, lower, upper, n = (row[f"{name}_{side}"] for name in ("estimate", "lower", "upper", "n"))
    if row["statistic"] == "p" and formatting.missing(value):
        value = row[f"p_{side}"]
    how = {"endpoint": row["endpoint"], "model": row["model"], "term": row["term"], "denominator": n}
    said = text_of(row["statistic"], value, **how)
    if formatting.missing(lower) and formatting.missing(upper):
        return said
    if row["statistic"] == "median":
        return f"{said} ({formatting.median_interval(value, lower, upper, n, row[f'events_{side}'])})"
    bounds = formatting.interval(*(text_of(row["statistic"], bound, **how) for bound in (lower, upper)))
    return f"{said} ({bounds})"


def _history(comparison: Comparison, told: Told, names: dict[str, str]) -> list[dict[str, Any]]:
    """Each rule that found something, with its rows on the private side."""
    actions = {item.policy: item.action for item in comparison.verdicts}
    found = []
    for item, rows, patients in counts_by_rule(comparison.history):
        own_rows = comparison.history[comparison.history["rule"] == item.rule.id]
        found.append(
            {
                "id": item.rule.id,
                "meaning": tr(item.rule.meaning),
                "action": tr(item.rule.action),
                "policy": actions[item.policy],
                "number": told.number(patients) if patients else formatting.count(rows),
                "rows": _private_rows(own_rows, names) if told.private else [],
                "total": rows,
            }
        )
    order = {item.rule.id: place for place, item in enumerate(RULES)}
    severity = {"fail": 0, "warn": 1, "ignore": 2}
    return sorted(found, key=lambda item: (severity[item["policy"]], order[item["id"]]))


def _private_rows(rows: pd.DataFrame, names: dict[str, str]) -> list[dict[str, str]]:
    return [
        {
            "patient": _patient(row["patient_key"], names),
            "table": own.of(own.TABLES, row["table"]) if row["table"] in own.TABLES else row["table"],
            "column": row["column"].replace(";", ", "),
            "old": _row_place(row["old_file"], row["old_row"]),
            "new": _row_place(row["source_file"], row["source_row"]),
        }
        for row in rows.head(MOST_ROWS).to_dict("records")
    ]


def _patient(key: str, names: dict[str, str]) -> str:
    return plain(names.get(key) or key)


def _row_place(file: Any, row: Any) -> str:
    if pd.isna(row) or not file:
        return ""
    return tr("{file}, row {row}", file=plain(file), row=int(row))


def _moved(comparison: Comparison) -> pd.DataFrame:
    return comparison.patients[comparison.patients["analysis"] == MAIN]


def _patients(comparison: Comparison, names: dict[str, str]) -> list[dict[str, Any]]:
    """Who entered, left or changed class in the main analysis, a line per patient, with the rows that did it."""
    frame = _moved(comparison)
    shown = frame["patient_key"].drop_duplicates().head(MOST_ROWS)
    found = []
    for key, rows in frame[frame["patient_key"].isin(shown)].groupby("patient_key", sort=False):
        moves = moves_of(rows).to_dict("records")
        places = [
            tr("{place} ({kind})", place=_row_place(row["source_file"], row["source_row"]), kind=_row_kind(row))
            for row in rows.to_dict("records")
            if row["table"]
        ]
        found.append(
            {
                "patient": _patient(str(key), names),
                "moves": [_move_words(move) for move in moves],
                "because": own.of(own.BECAUSE, moves[0]["because"]),
                "rows": list(dict.fromkeys(places))[:MOST_PLACES],
                "more": max(0, len(set(places)) - MOST_PLACES),
            }
        )
    return found


def _row_kind(row: dict[Any, Any]) -> str:
    kind = own.of(own.KINDS, row["row_kind"])
    return f"{kind}: {row['fields'].replace(';', ', ')}" if row["fields"] else kind


def _move_words(move: dict[Any, Any]) -> str:
    if move["what"] in (CLASS, CLASSIFIED):
        subject = words.term_words(move["subject"])
        before, now = (
            words.level_words(move["subject"], move[side]) if move[side] else tr("none") for side in ("before", "now")
        )
        return tr("{subject}: {before} → {now}", subject=subject, before=before, now=now)
    population = own.of(own.POPULATIONS, move["subject"])
    why = own.criterion_words(move["what"], move["criterion"])
    if move["what"] == ENTERED:
        return tr("entered “{population}”: {why}", population=population, why=words.lower_first(why))
    return tr("left “{population}”: {why}", population=population, why=words.lower_first(why))


def _times(comparison: Comparison, names: dict[str, str]) -> list[dict[str, str]]:
    """Changed times of the two main endpoints; corrected history first."""
    frame = comparison.times
    frame = frame[(frame["analysis"] == MAIN) & frame["endpoint"].isin(["PFS", "OS"])]
    frame = frame[frame["population"] == "rechallenge"]
    early = frame["how"].isin(EARLIER_HISTORY)
    return [
        {
            "patient": _patient(row["patient_key"], names),
            "endpoint": row["endpoint"],
            "how": own.of(own.HOW, row["how"]),
            "before": _time(row["days_before"], row["event_before"]),
            "now": _time(row["days_now"], row["event_now"]),
            "row": _row_place(row["source_file"], row["source_row"]),
        }
        for row in pd.concat([frame[early], frame[~early]]).head(MOST_ROWS).to_dict("records")
    ]


def _time(days: float, event: float) -> str:
    said = tr("{days} days", days=formatting.count(days))
    return tr("{time}, event", time=said) if event else tr("{time}, censored", time=said)
