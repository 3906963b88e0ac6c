"""Best response and covariates; resistance and progression pattern have modules of their own."""

import pandas as pd
import pytest

from rechallenge.clinical.covariates import pd_l1_group
from rechallenge.settings.definitions import DefinitionSettings
from tests.support import Study, canonical

HEADER = "patient_id assessment_date response progressing_lesions\n"


def study(assessments: str, definitions: dict[str, object] | None = None) -> Study:
    return Study(
        "patient_id drug start_date end_date\n01 nivolumab 2019-01-01 2020-05-01",
        HEADER + assessments,
        definitions=DefinitionSettings.read(definitions or {}, "test"),
    )


BEST = {
    "a response before progression": ("01 2019-02-15 PR .\n01 2019-05-02 PD 1", "PR"),
    "complete beats partial": ("01 2019-02-15 PR .\n01 2019-03-15 CR .\n01 2019-05-02 PD 1", "CR"),
    "SD on day 42 counts": ("01 2019-02-12 SD .\n01 2019-05-02 PD 1", "SD"),
    "SD on day 41 does not": ("01 2019-02-11 SD .\n01 2019-05-02 PD 1", "PD"),
    "a response on the day of progression does not count": ("01 2019-05-02 PR .\n01 2019-05-02 PD 1", "PD"),
    "a response after progression does not count": ("01 2019-05-02 PD 1\n01 2019-06-02 PR .", "PD"),
    "a response on the first day does not count": ("01 2019-01-01 PR .\n01 2019-05-02 PD 1", "PD"),
    "nothing evaluable and no progression": ("01 2019-02-15 NE .", "NE"),
    "neither CR nor PD ranks with SD": ("01 2019-03-15 NON_CR_NON_PD .\n01 2019-05-02 PD 1", "SD"),
}


@pytest.mark.parametrize("case", BEST)
def test_best_overall_response(case: str) -> None:
    assessments, expected = BEST[case]
    found = study(assessments)
    assert found.patient(found.classified)["best_response"] == expected


def test_a_response_after_the_cutoff_is_not_known_yet() -> None:
    found = Study(
        "patient_id drug start_date end_date\n01 nivolumab 2022-09-01 2022-12-20",
        HEADER + "01 2022-12-01 SD .\n01 2023-02-01 PR .",
    )
    assert found.patient(found.classified)["best_response"] == "SD"


def test_performance_status_is_not_carried_forward_to_rechallenge() -> None:
    found = Study(
        """
        patient_id  drug        start_date  end_date    ecog
        01          nivolumab   2019-01-01  2019-05-01  0
        01          sintilimab  2020-01-01  2020-05-01  .
        02          nivolumab   2019-01-01  2019-05-01  0
        """,
        HEADER + "01 2019-05-02 PD 1",
    )
    assert pd.isna(found.patient(found.classified, "01")["ecog"])
    assert found.patient(found.classified, "02")["ecog"] == 0


def test_pd_l1_groups() -> None:
    patients = canonical(
        "patients",
        """patient_id pd_l1_tps last_contact_date
           01 0 2022-01-01
           02 <1 2022-01-01
           03 1 2022-01-01
           04 49 2022-01-01
           05 50 2022-01-01
           06 >=50 2022-01-01
           07 >=1 2022-01-01
           08 . 2022-01-01""",
    )
    groups = pd_l1_group(patients["pd_l1_tps"], patients["pd_l1_tps_qualifier"]).fillna("")
    assert groups.tolist() == ["<1%", "<1%", "1-49%", "1-49%", ">=50%", ">=50%", "", ""]


def test_covariates_at_rechallenge() -> None:
    found = Study(
        """
        patient_id  drug        start_date  end_date    ecog
        01          nivolumab   2019-01-01  2019-05-01  0
        01          nivolumab   2020-01-01  2020-05-01  1
        """,
        HEADER + "01 2019-05-02 PD 1",
        "patient_id birth_date histology stage last_contact_date\n01 1960-01-02 squamous IVA 2022-12-31",
    )
    row = found.patient(found.classified)
    assert (row["age"], row["ecog"], row["ecog_1_or_more"], row["same_ici"]) == (59, 1, "true", "true")
    assert row["histology_group"] == "squamous"
