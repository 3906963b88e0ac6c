"""First approvals: the earliest anywhere, or those of one place."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from rechallenge.errors import UserError
from rechallenge.validation.approvals import read_approvals

SHIPPED = Path(__file__).parents[2] / "config" / "vocabularies" / "approvals.yaml"
DRUGS = SHIPPED.with_name("drugs.yaml")


def test_nivolumab_in_china_from_june_2018() -> None:
    assert read_approvals(SHIPPED, "china")["nivolumab"] == pd.Timestamp("2018-06-01")


def test_no_ici_was_approved_in_china_before_the_first() -> None:
    in_china = read_approvals(SHIPPED, "china")
    assert in_china["pembrolizumab"] == pd.Timestamp("2018-06-01")
    assert in_china["sugemalimab"] == pd.Timestamp("2021-01-01")


def test_anywhere_takes_the_earliest() -> None:
    assert read_approvals(SHIPPED)["nivolumab"] == pd.Timestamp("2014-01-01")


def test_only_drugs_of_the_dictionary_are_listed() -> None:
    known = set(yaml.safe_load(DRUGS.read_text(encoding="utf-8")))
    assert set(read_approvals(SHIPPED)) <= known


def test_mistakes_are_sentences(tmp_path: Path) -> None:
    path = tmp_path / "approvals.yaml"
    path.write_text(
        "approvals:\n  - {drug: a, place: x, first: soon, mark: b}\n  - {drug: b, place: x, first: 2018}\n"
        "  - {drug: c, place: x, first: 2018, mark: z}\n",
        encoding="utf-8",
    )
    with pytest.raises(UserError) as error:
        read_approvals(path)
    assert len(error.value.problems) == 3
    with pytest.raises(UserError, match='Did you mean "china"'):
        read_approvals(SHIPPED, "chna")
