"""A share of the corruption trial; the whole is `make corruption`, and docs/corruption.md tells what came of it."""

import re

import pytest

from tests.corruption.damage import KINDS
from tests.corruption.studies import ROOT, SHIPPED
from tests.corruption.trial import damaged, tries_of

SEED = 20
ROW = re.compile(r"\| `(\w+)` \| [^|]+ \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|")
# Judging them all takes minutes; every sixth reaches all subjects.
JUDGED = sorted(KINDS, key=lambda name: (KINDS[name].subject, name))[::6]


def test_there_are_kinds_enough_of_every_subject() -> None:
    assert len(KINDS) >= 80
    assert len({kind.subject for kind in KINDS.values()}) >= 10
    assert len({kind.says for kind in KINDS.values()}) == len(KINDS), "each kind says what it does"


def test_every_kind_finds_something_to_damage() -> None:
    idle = [
        name
        for name, kind in KINDS.items()
        if not any(damaged(kind, study, SEED, number) for study in SHIPPED for number in range(3))
    ]
    assert idle == []


@pytest.mark.parametrize("name", JUDGED)
def test_the_damage_is_caught_or_harmless(name: str) -> None:
    (one,) = tries_of((name, SEED, 1))
    assert one.verdict.word in ("caught", "harmless"), f"{one.study}: {one.what}: {one.verdict.by}"


def test_the_same_seed_does_the_same_damage() -> None:
    kind = KINDS["date_twice"]
    first, again, other = (damaged(kind, "registry", seed, 0) for seed in (1, 1, 2))
    assert first == again != other


def test_the_page_is_of_these_kinds_and_nothing_was_missed() -> None:
    text = (ROOT / "docs/corruption.md").read_text(encoding="utf-8")
    rows = {row[0]: [int(cell.replace(",", "")) for cell in row[1:]] for row in ROW.findall(text)}
    assert sorted(rows) == sorted(KINDS), "run make corruption"
    for name, (tries, caught, harmless, missed) in rows.items():
        assert tries == caught + harmless > 0, name
        assert missed == 0, name
    assert sum(row[0] for row in rows.values()) >= 2000
    assert f"{sum(row[0] for row in rows.values()):,} tries, missed 0" in text
    assert all(KINDS[name].says in text for name in rows)
