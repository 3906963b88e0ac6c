"""A trace as text for a reader, as JSON, or as a table."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

import pandas as pd

from rechallenge.files import number_text, rounded
from rechallenge.tracing.analysis import Estimate
from rechallenge.tracing.chosen import Chosen
from rechallenge.tracing.trace import Trace

_NUMBERS: Final = ("at", "estimate", "lower", "upper", "confidence", "p", "n", "events")


def as_text(trace: Trace) -> str:
    """Return the trace in lines."""
    return "\n".join([*_head(trace), *_sets(trace), *_rows(trace)]) + "\n"


def _head(trace: Trace) -> Iterator[str]:
    printed, row = trace.printed, trace.estimate
    part = f" ({printed.part} of the row)" if printed.part else ""
    said = f" = {printed.text}{part}" if printed.text else ": not printed in report or manuscript"
    yield f"{printed.name}{said}"
    if row is None:
        yield f"  from      {printed.source}"
        return
    yield f"  estimate  {row.estimate_id} (estimates.csv)"
    values = {name: float(getattr(row, name)) for name in _NUMBERS}
    numbers = [f"{name} {number_text(value)}" for name, value in values.items() if not math.isnan(value)]
    yield f"  numbers   {', '.join(numbers) or 'none'}"
    if row.method:
        yield f"  method    {row.method}"


def _sets(trace: Trace) -> Iterator[str]:
    if trace.sentence:
        yield ""
        yield trace.sentence
    if trace.found is None:
        return
    chosen, counted = trace.found.chosen, trace.found.counted
    yield ""
    yield f"Analysis set: {chosen.size}"
    yield from _steps(chosen)
    if counted is not None:
        yield ""
        yield f"Counted by the number: {counted.size}"
        shared = counted.steps[: len(chosen.steps)] == chosen.steps
        yield from _steps(counted, after=len(chosen.steps) if shared else 0)
    yield ""
    yield from trace.problems or ("The sizes agree with the row of estimates.csv.",)


def _steps(chosen: Chosen, after: int = 0) -> Iterator[str]:
    width = max(len(str(step.remaining)) for step in chosen.steps)
    for step in chosen.steps[after:]:
        yield f"  {step.remaining:>{width}}  {step.words}"


def _rows(trace: Trace) -> Iterator[str]:
    if trace.rows is None:
        return
    yield ""
    yield "Rows of the extract (row 1 of a file is its header):"
    shown = trace.rows.map(_cell)
    yield shown.to_string(index=False) if len(shown) else "  none"


def _cell(value: Any) -> str:
    """A value as a terminal may show it: what the extract holds must not steer it."""
    if pd.isna(value):
        return ""
    text = str(value)
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def as_json(trace: Trace) -> str:
    """Return the trace as JSON with sorted keys; `patients` only where rows were asked for."""
    printed = trace.printed
    found: dict[str, Any] = {
        "name": printed.name,
        "text": printed.text,
        "raw": printed.raw,
        "source": printed.source,
        "sentence": trace.sentence,
        "estimate": None if trace.estimate is None else _plain(trace.estimate),
        "analysis_set": None if trace.found is None else _set(trace.found.chosen),
        "counted": None if trace.found is None or trace.found.counted is None else _set(trace.found.counted),
        "agrees": None if trace.found is None else not trace.problems,
        "problems": list(trace.problems),
    }
    if trace.rows is not None:
        found["source_rows"] = [
            {str(name): None if pd.isna(value) else value for name, value in row.items()}
            for row in trace.rows.to_dict("records")
        ]
    return json.dumps(rounded(found), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _plain(row: Estimate) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(row)}


def _set(chosen: Chosen) -> dict[str, Any]:
    steps = [{"condition": step.words, "remaining": step.remaining} for step in chosen.steps]
    return {"size": len(chosen), "unit": chosen.unit, "steps": steps}


def as_csv(trace: Trace) -> str:
    """Return the source rows where they were asked for, else the steps of the sets: which, condition, remaining."""
    if trace.rows is not None:
        shown = trace.rows
        marks = {
            name: shown[name].map({True: "true", False: "false"}) for name in ("in_set", "counted") if name in shown
        }
        return shown.assign(**marks).to_csv(index=False, lineterminator="\n")
    sets = {"analysis_set": trace.found.chosen, "counted": trace.found.counted} if trace.found else {}
    steps = [
        {"set": name, "condition": step.words, "remaining": step.remaining}
        for name, chosen in sets.items()
        if chosen is not None
        for step in chosen.steps
    ]
    return pd.DataFrame(steps, columns=["set", "condition", "remaining"]).to_csv(index=False, lineterminator="\n")


FORMATS: Final[Mapping[str, Callable[[Trace], str]]] = {"text": as_text, "csv": as_csv, "json": as_json}
