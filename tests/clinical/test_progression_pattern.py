"""Oligo- or systemic progression: lesions and organs, bounds, missing counts, and at which progression."""

import pandas as pd
import pytest

from rechallenge.clinical.progression_pattern import conditions_on_outcome
from rechallenge.errors import UserError
from rechallenge.settings.classes import PatternSettings
from rechallenge.settings.definitions import AnalysisDefinitions, DefinitionSettings
from tests.support import Study, table

# Growing lesions, new lesions and organs at index progression, and the pattern under each preset. `>=2` is "at least
# 2", `<3` "fewer than 3", `.` not counted.
COUNTED = """
growing  new  organs  index     hosoya_2021  heo_2021  eortc     esmo_2018
1        0    1       oligo     oligo        oligo     oligo     oligo
2        0    2       oligo     oligo        oligo     oligo     oligo
1        1    2       oligo     oligo        oligo     oligo     oligo
2        1    1       systemic  oligo        oligo     oligo     oligo
3        0    3       systemic  oligo        systemic  oligo     oligo
3        1    3       systemic  oligo        systemic  oligo     systemic
5        0    3       systemic  oligo        systemic  oligo     systemic
5        0    4       systemic  oligo        systemic  systemic  systemic
6        0    2       systemic  systemic     oligo     systemic  systemic
>=3      .    2       systemic  unknown      oligo     unknown   unknown
>=2      .    <3      unknown   unknown      oligo     unknown   unknown
<3       .    >=3     oligo     oligo        systemic  unknown   oligo
<3       .    >=4     oligo     oligo        systemic  systemic  oligo
.        3    1       systemic  unknown      oligo     unknown   unknown
.        1    .       unknown   unknown      unknown   unknown   unknown
2        .    .       oligo     oligo        unknown   unknown   oligo
.        .    2       unknown   unknown      oligo     unknown   unknown
.        .    4       unknown   unknown      systemic  systemic  unknown
0        0    0       unknown   unknown      unknown   unknown   unknown
.        .    .       unknown   unknown      unknown   unknown   unknown
"""
PRESETS = ("index", "hosoya_2021", "heo_2021", "eortc", "esmo_2018")


def counted(rows: list[dict[str, str]], settings: dict[str, object]) -> Study:
    """Patients 01, 02 ... whose index progression has the counts of the rows."""
    names = [f"{number:02}" for number in range(1, len(rows) + 1)]
    scans = [
        f"{name} 2019-05-02 PD {' '.join(row[count] for count in ('growing', 'new', 'organs'))}"
        for name, row in zip(names, rows, strict=True)
    ]
    return Study(
        "patient_id drug start_date end_date\n"
        + "\n".join(f"{name} nivolumab 2019-01-01 2019-05-01" for name in names),
        "patient_id assessment_date response progressing_lesions new_lesions progressing_organs\n" + "\n".join(scans),
        definitions=DefinitionSettings.read({"progression_pattern": settings}, "test"),
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_pattern_by_preset(preset: str) -> None:
    rows = table(COUNTED).fillna(".").to_dict("records")
    found = counted(rows, {"preset": preset}).classified["progression_pattern"]
    assert [*zip(rows, found, strict=True)] == [(row, row[preset]) for row in rows]


@pytest.mark.parametrize("missing", ["oligo", "systemic"])
def test_best_and_worst_case_of_a_count_that_does_not_decide(missing: str) -> None:
    """Counts that decide keep their class; whoever has not progressed has no pattern in any case."""
    rows = table("growing new organs\n1 0 1\n3 0 1\n>=2 . .\n. . .").fillna(".").to_dict("records")
    found = counted(rows, {"missing_count": missing}).classified["progression_pattern"]
    assert found.tolist() == ["oligo", "systemic", missing, missing]
    never = Study(
        "patient_id drug start_date end_date\n01 nivolumab 2019-01-01 2019-05-01",
        "patient_id assessment_date response\n01 2019-05-02 SD",
        definitions=DefinitionSettings.read({"progression_pattern": {"missing_count": missing}}, "test"),
    )
    assert pd.isna(never.patient(never.classified)["progression_pattern"])


def test_limits_can_be_set_one_by_one() -> None:
    rows = table("growing new organs\n4 0 2\n4 0 3\n5 0 2").fillna(".").to_dict("records")
    found = counted(rows, {"preset": "index", "oligo_max_lesions": 4, "oligo_max_organs": 2})
    assert found.classified["progression_pattern"].tolist() == ["oligo", "systemic", "systemic"]


def test_a_definition_that_counts_nothing_is_refused() -> None:
    nothing = {"progression_pattern": {"preset": "heo_2021", "oligo_max_organs": "none"}}
    with pytest.raises(UserError, match="neither lesions nor organs have a largest number"):
        DefinitionSettings.read(nothing, "config.yaml")
    # A further analysis states a part, and only the whole shows it.
    main = DefinitionSettings.read({"progression_pattern": {"preset": "heo_2021"}}, "config.yaml")
    further = AnalysisDefinitions.read({"progression_pattern": {"oligo_max_organs": "none"}}, "config.yaml")
    with pytest.raises(UserError, match="neither lesions nor organs have a largest number"):
        main.overlaid(further)


def test_counts_of_the_classified_are_least_numbers_and_never_zero() -> None:
    rows = table("growing new organs\n2 1 2\n>=3 . >=2\n<3 . <3\n. . .").fillna(".").to_dict("records")
    found = counted(rows, {}).classified
    assert found["progressing_lesions"].fillna(-1).tolist() == [3, 3, -1, -1]
    assert found["progressing_organs"].fillna(-1).tolist() == [2, 2, -1, -1]


@pytest.mark.parametrize("preset", [*PRESETS, "index_at_rechallenge"])
def test_only_the_pattern_at_rechallenge_progression_conditions_on_the_outcome(preset: str) -> None:
    settings = PatternSettings.read({"preset": preset}, "test")
    assert conditions_on_outcome(settings) == (preset == "index_at_rechallenge")
    stated = PatternSettings.read({"preset": preset, "measured_at": "rechallenge_progression"}, "test")
    assert conditions_on_outcome(stated)
