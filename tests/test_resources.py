"""What a step asks a cluster for: by the size of the extract, and twice as much at each further attempt."""

import csv
import re

import pytest

from rechallenge.resources import Measured, Needs, extract_megabytes, read_needs
from rechallenge.study import MEASURED, RULES

STEP = {"step": Measured(memory=250, memory_per_mb=10, seconds=60, seconds_per_mb=3)}


@pytest.mark.parametrize(
    ("megabytes", "memory", "minutes"),
    [
        (0, 900, 5),  # 400 of Snakemake and 2 x 250 MB; 2 x 60 s is less than the least of 5 minutes
        (60, 2100, 8),  # 400 + 2 x (250 + 600); 2 x (60 + 180) s
        (1000, 20900, 102),  # 400 + 2 x 10,250; 2 x 3,060 s
    ],
)
def test_needs_grow_with_the_extract(megabytes, memory, minutes):
    needs = Needs(STEP, megabytes)
    assert needs.memory("step")(None, 1) == memory
    assert needs.runtime("step")(None, 1) == minutes


def test_a_further_attempt_has_twice_as_much():
    needs = Needs(STEP, 60)
    assert [needs.memory("step")(None, attempt) for attempt in (1, 2, 3)] == [2100, 4200, 8400]
    assert [needs.runtime("step")(None, attempt) for attempt in (1, 2, 3)] == [8, 16, 32]


def test_a_step_too_short_to_be_sampled_has_room_for_python():
    short = {"gate": Measured(memory=5, memory_per_mb=0, seconds=0, seconds_per_mb=0)}
    assert Needs(short, 0).memory("gate")(None, 1) == 800


def test_packed_extracts_count_as_the_csv_that_they_hold(tmp_path):
    for name in ("a.csv", "b.parquet", "c.XLSX"):
        (tmp_path / name).write_bytes(b"x" * 1_000_000)
    assert extract_megabytes([tmp_path / "a.csv"]) == 1
    assert extract_megabytes([tmp_path / "b.parquet"]) == 9
    assert extract_megabytes([tmp_path / name for name in ("a.csv", "c.XLSX", "missing.csv")]) == 2.5


def test_every_rule_was_measured(checkout):
    table = checkout / "workflow" / "resources.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["rule"] for row in rows] == [*MEASURED]
    needs = read_needs(table, [])
    assert all(needs.memory(rule)(None, 1) >= 800 for rule in MEASURED)
    assert any(step.memory_per_mb > 0 for step in needs.measured.values())


def test_every_rule_is_recorded_and_asks_for_what_was_measured(checkout):
    text = "\n".join(path.read_text(encoding="utf-8") for path in (checkout / "workflow" / "rules").glob("*.smk"))
    parts = {part.split(":")[0]: part for part in text.split("\nrule ")[1:]}
    for rule in MEASURED:
        part = parts[rule]
        assert re.search(rf'benchmark:\n +"<logs>/benchmarks/{rule}(_{{scatteritem}})?\.tsv"', part), rule
        assert f'mem_mb=needs.memory("{rule}")' in part
        assert f'runtime=needs.runtime("{rule}")' in part


def test_records_become_the_table(script):
    """Ingest: from 1 to 5 MB memory rises by 30 MB per MB, to 10 MB by 22.2; time by 0.25 and 1.11 s."""
    rules = [rule for rule in RULES if rule != "ingest"]
    refresh = [rule for rule in MEASURED if rule not in RULES]
    flat = dict.fromkeys(rules, (1.0, 100.0, 2.0))
    sizes = [
        {"ingest": (1.0, 200.0, 10.0), **flat, **dict.fromkeys(refresh, (1.0, 150.0, 4.0))},
        {"ingest": (5.0, 320.0, 11.0), **dict.fromkeys(rules, (5.0, 90.0, 1.0))},
        {"ingest": (10.0, 400.0, 20.0), **dict.fromkeys(rules, (10.0, 100.0, 2.0))},
    ]
    rows = {rule: figures for rule, *figures in script("write_resources").table(sizes)}
    assert rows["ingest"] == ["200", "30.00", "10", "1.11"]
    assert all(rows[rule] == ["100", "0.00", "2", "0.00"] for rule in rules)
    assert all(rows[rule] == ["150", "30.00", "4", "1.11"] for rule in refresh), "measured once: the steepest"
