"""The judge calls nothing caught or harmless that is not: damages whose verdict is known beforehand."""

import random

import pytest

from tests.corruption.damage import Damage, Hand, Mark
from tests.corruption.judge import judge
from tests.corruption.studies import Outcome, Study, study


@pytest.fixture(scope="module")
def canonical() -> Study:
    return study("canonical")


@pytest.fixture
def hand(canonical: Study) -> Hand:
    return Hand(canonical, random.Random(1))


def test_a_legal_value_for_another_is_missed(hand: Hand, canonical: Study) -> None:
    """Nobody can know that a squamous carcinoma was an adenocarcinoma: the judge must not say so."""
    treated = set(canonical.baseline.results["classified"]["patient_id"])
    cell = hand.pick(
        "patients.histology", where=lambda one: one.patient in treated and one.text != "squamous"
    )  # fmt: skip
    verdict = judge(canonical, hand.one(cell, "squamous"))
    assert verdict.word == "missed"
    assert verdict.by.startswith("other")
    assert "findings elsewhere: none" in verdict.by


def test_a_finding_on_the_damaged_cell_is_caught(hand: Hand, canonical: Study) -> None:
    cell = hand.pick("patients.histology")
    damage = hand.one(cell, "no such tumour")
    assert judge(canonical, damage).word == "caught"
    assert "value_unknown" in judge(canonical, damage).by


@pytest.mark.parametrize("place", ["row", "column", "file"])
def test_a_finding_at_another_place_is_not_caught(hand: Hand, canonical: Study, place: str) -> None:
    treated = set(canonical.baseline.results["classified"]["patient_id"])
    cell = hand.pick("patients.histology", where=lambda one: one.patient in treated)
    damage = hand.one(cell, "no such tumour")
    (mark,) = damage.marks
    wrong = {
        "row": Mark(mark.file, frozenset({cell.at + 2}), mark.headers),
        "column": Mark(mark.file, mark.rows, frozenset({"sex"}), mark.patients),
        "file": Mark("treatments.csv", mark.rows, mark.headers),
    }[place]
    assert judge(canonical, Damage(damage.files, damage.what, (wrong,))).word == "missed"


def test_a_refusal_must_name_the_place(canonical: Study) -> None:
    short = {"patients.csv": canonical.files["patients.csv"].replace(b"\n", b"\n1,2\n", 1)}
    assert judge(canonical, Damage(short, "", (Mark("patients.csv", frozenset({2})),))).word == "caught"
    assert judge(canonical, Damage(short, "", (Mark("patients.csv", frozenset({7})),))).word == "missed"
    assert judge(canonical, Damage(short, "", (Mark("treatments.csv"),))).word == "missed"


def test_the_same_bytes_are_harmless(canonical: Study) -> None:
    verdict = judge(canonical, Damage(dict(canonical.files), "", (Mark("patients.csv"),)))
    assert (verdict.word, verdict.by) == ("harmless", "")


def test_a_traceback_is_missed(canonical: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Study, changed: object) -> Outcome:
        raise KeyError("a bug")

    monkeypatch.setattr(Study, "run", broken)
    verdict = judge(canonical, Damage({}, "", (Mark("patients.csv"),)))
    assert verdict.word == "missed"
    assert "KeyError: 'a bug'" in verdict.by
