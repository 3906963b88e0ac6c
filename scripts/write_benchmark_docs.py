"""The records of benchmarks/ -> docs/benchmarks.md.

python scripts/write_benchmark_docs.py
"""

import json
from pathlib import Path
from typing import Any, Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent
HEAD: Final = """\
# Benchmarks

What the workflow takes, measured and recorded by the commands that stand above each table (`benchmarks/*.json` holds
the same numbers). Seconds are those of one machine; compare ratios. In CI a test holds ratios, generously, and no
seconds (`tests/test_benchmarks.py`).
"""
HARDWARE: Final = ("processor", "cores", "memory_gib")
PLACES: Final = {"study": "A whole study", "statistics": "Statistics", "survival": "Survival analyses beside R",
                 "scale": "From the raw extract to times to event, by number of patients"}  # fmt: skip


def document(records: dict[str, dict[str, Any]]) -> str:
    """Return the page: a section per record."""
    parts = [HEAD]
    for name, title in PLACES.items():
        if name in records:
            found = records[name]
            parts += [f"## {title}\n", _made(found), SECTIONS[name](found)]
    return "\n".join(parts)


def _made(found: dict[str, Any]) -> str:
    machine = dict(found["machine"])
    versions = ", ".join(
        f"{name} {value}" for name, value in machine.items() if name not in ("processor", "cores", "memory_gib")
    )
    return (
        f"`{found['command']}` on {machine['cores']} cores ({machine['processor']}) with {machine['memory_gib']} GiB; "
        f"{versions}.\n"
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _tasks(found: dict[str, Any]) -> str:
    return _table(["task", "seconds"], [[row["task"], f"{row['seconds']:.1f}"] for row in found["rows"]])


def _study(found: dict[str, Any]) -> str:
    said = (
        f"Study {found['study']}, medians of {found['runs']} runs. Snakemake takes {found['ratio']:.2f} times as long "
        "as one process that makes the same calls and imports once. Steps are timed with Snakemake's start."
    )
    return f"{_tasks(found)}\n{said}\n"


def _survival(found: dict[str, Any]) -> str:
    rows = [
        [f"{row['title']}", f"{row['patients']:,}", f"{row['seconds']:.2f}", f"{row['r_seconds']:.2f}",
         f"{row['ratio']:.2f}", f"{row['difference']:.0e}"]
        for row in found["rows"]
    ]  # fmt: skip
    head = ["analysis", "patients", "seconds", "R", "ratio", "largest relative difference"]
    return f"{_table(head, rows)}\nBoth read the same file in the same run; reading it is not timed.\n"


def _scale(found: dict[str, Any]) -> str:
    rows = [
        [f"{row['patients']:,}", f"{row['rows']:,}", f"{row['seconds']:.1f}", f"{row['processor_seconds']:.1f}",
         f"{row['megabytes']:,}", f"{row['floor_seconds']:.2f}", f"{row['times_floor']:,}"]
        for row in found["rows"]
    ]  # fmt: skip
    head = ["patients", "rows", "seconds", "of processors", "MB", "Arrow reads it in", "ratio"]
    steps = list(found["rows"][-1]["steps"])
    by_step = [[f"{row['patients']:,}", *(f"{row['steps'][step]:.1f}" for step in steps)] for row in found["rows"]]
    return (
        f"{_table(head, rows)}\nMB: the most that one process held. Seconds of each step, its start included:\n\n"
        f"{_table(['patients', *steps], by_step)}"
    )


SECTIONS: Final = {"study": _study, "statistics": _tasks, "survival": _survival, "scale": _scale}


def main() -> None:
    """Read the records and write the page."""
    files = sorted((CHECKOUT / "benchmarks").glob("*.json"))
    records = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}
    (CHECKOUT / "docs" / "benchmarks.md").write_text(document(records), encoding="utf-8")


if __name__ == "__main__":
    main()
