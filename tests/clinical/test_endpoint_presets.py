"""Every preset of censoring on the same patients, the other endpoints, and endpoints of a study's own."""

import pandas as pd
import pytest

from rechallenge.clinical.endpoint_catalogue import catalogue, describe
from rechallenge.errors import UserError
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.endpoints import BUILT_IN, EndpointSettings
from tests.support import Study

# Rechallenge starts on 2020-01-01 for everybody; 2020-03-01 is day 60.
PATIENTS = """
    patient_id  histology       stage  last_contact_date  death_date  # what becomes of the patient
    01          adenocarcinoma  IVA    2022-12-31         .           # PD at day 90, after a scan at day 45
    02          adenocarcinoma  IVA    2022-12-31         .           # new therapy at day 60, PD at day 90
    03          adenocarcinoma  IVA    2022-12-31         .           # clinical PD at day 60, PD on imaging at day 90
    04          adenocarcinoma  IVA    2022-12-31         .           # PD at day 200, after a scan at day 45
    05          adenocarcinoma  IVA    2020-07-19         2020-07-19  # death at day 200, after a scan at day 45
    06          adenocarcinoma  IVA    2022-12-31         .           # scans at days 45 and 140, PD at day 200
    07          adenocarcinoma  IVA    2020-05-20         2020-05-20  # death at day 140, after a scan at day 45
"""
DOSES = """
    patient_id  drug        start_date  end_date
"""
SCANS = """
    patient_id  assessment_date  response  basis
    01          2020-02-15       SD        imaging
    01          2020-03-31       PD        imaging
    02          2020-02-15       SD        imaging
    02          2020-03-31       PD        imaging
    03          2020-02-15       SD        imaging
    03          2020-03-01       PD        clinical
    03          2020-03-31       PD        imaging
    04          2020-02-15       SD        imaging
    04          2020-07-19       PD        imaging
    05          2020-02-15       SD        imaging
    06          2020-02-15       SD        imaging
    06          2020-05-20       SD        imaging
    06          2020-07-19       PD        imaging
    07          2020-02-15       SD        imaging
"""
# Days and event per patient.
EXPECTED = {
    "primary":             "90*  45   60*  200*  200*  200*  140*",
    "new_therapy_event":   "90*  60*  60*  200*  200*  200*  140*",
    "new_therapy_ignored": "90*  90*  60*  200*  200*  200*  140*",
    "imaging_only":        "90*  45   90*  200*  200*  200*  140*",
    "missed_assessments":  "90*  45   60*   45    45   200*  140*",
    "death_window":        "90*  45   60*  200*   45   200*  140*",
    "fda_2007":            "90*  45   90*   45    45   200*  140*",
    "rwpfs":               "90*  45   60*   45    45    45    45 ",
}  # fmt: skip


def study(endpoints: dict[str, object], *, extra: str = "") -> Study:
    names = [f"{number:02d}" for number in range(1, 8)]
    doses = [f"{name} nivolumab 2019-01-01 2019-06-01" for name in names]
    doses += [f"{name} sintilimab 2020-01-01 2020-04-01" for name in names]
    doses += ["02 docetaxel 2020-03-01 2020-06-01"]
    index = "\n".join(f"{name} 2019-05-01 PD imaging" for name in names)
    patients = "\n".join(line.partition("#")[0] for line in PATIENTS.strip().splitlines())
    return Study(
        DOSES + "\n".join(doses) + extra,
        SCANS + index,
        patients,
        definitions=DefinitionSettings.read({"endpoints": endpoints}, "test"),
    )


def found(made: Study, endpoint: str, population: str = "rechallenge") -> str:
    rows = made.times(endpoint)
    cells = rows[rows["population"].eq(population)].sort_values("patient_id")[["days", "event"]].itertuples(index=False)
    return " ".join(f"{days:.0f}{'*' if event else ''}" for days, event in cells)


@pytest.mark.parametrize("preset", EXPECTED)
def test_each_preset_of_censoring(preset: str) -> None:
    assert found(study({"preset": preset}), "PFS").split() == EXPECTED[preset].split()


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({"missed_assessments": 1}, "90* 45 60* 45 45 140 45"),
        ({"missed_assessments": 2, "assessment_interval_days": 80}, "90* 45 60* 200* 200* 200* 140*"),
        ({"death_window_days": 94}, "90* 45 60* 200* 45 200* 45"),
        ({"death_window_days": 95}, "90* 45 60* 200* 45 200* 140*"),
        ({"visit_gap_days": 94}, "90* 45 60* 45 200* 45 140*"),
        ({"visit_gap_days": 95}, "90* 45 60* 45 200* 200* 140*"),
        ({"preset": "rwpfs", "death_window_days": "none"}, "90* 45 60* 45 200* 45 140*"),
    ],
    ids=str,
)
def test_each_value_behind_a_preset_can_be_set(setting: dict[str, object], expected: str) -> None:
    assert found(study(setting), "PFS") == expected


def test_every_row_says_why_and_from_which_row() -> None:
    made = study({"preset": "fda_2007"})
    rows = made.adtte[made.adtte["endpoint"].eq("PFS")].set_index("patient_id")
    assert rows["reason"].to_dict() == {
        "01": "progression",
        "02": "new_systemic_therapy",
        "03": "progression",
        "04": "missed_assessments",
        "05": "missed_assessments",
        "06": "progression",
        "07": "death",
    }
    assert rows.loc[["01", "02", "07"], "source_table"].tolist() == ["assessments", "assessments", "patients"]
    # The header is row 1: patient 01's progression stands in row 3, the scan that censors patient 02 in row 4.
    assert rows.loc[["01", "02"], "source_row"].tolist() == [3, 4]


def test_time_to_treatment_failure_and_to_next_treatment() -> None:
    made = study({}, extra="\n07 pemetrexed 2020-05-20 2020-05-20")
    # Everybody stopped at day 91; 02 had new therapy at day 60, 05 died at day 200, 07 on the day of new therapy.
    assert found(made, "TTF") == "91* 91* 91* 91* 91* 91* 91*"
    assert found(made, "TTNT") == "1095 60* 1095 1095 200* 1095 140*"
    next_treatment = made.endpoint("TTNT", "rechallenge", "07")
    assert (next_treatment["event_type"], next_treatment["source_table"]) == ("new_therapy", "treatments")


def test_a_treatment_without_a_last_dose_is_not_known_to_have_failed() -> None:
    doses = """
        patient_id  drug        start_date  end_date
        01          nivolumab   2019-01-01  2019-06-01
        01          sintilimab  2020-01-01  .
        02          nivolumab   2019-01-01  2019-06-01
        02          sintilimab  2020-01-01  .
    """
    people = """
        patient_id  histology       stage  last_contact_date  death_date
        01          adenocarcinoma  IVA    2020-06-01         .
        02          adenocarcinoma  IVA    2020-06-01         2020-06-01
    """
    scans = "patient_id assessment_date response\n01 2019-05-01 PD\n02 2019-05-01 PD"
    made = Study(doses, scans, people)
    assert found(made, "TTF") == "152 152*"
    assert made.endpoint("TTF", "rechallenge", "01")["reason"] == "treatment_ongoing"
    assert made.endpoint("TTF", "rechallenge", "02")["event_type"] == "death"


def test_a_treatment_without_a_last_dose_had_failed_when_the_next_one_began() -> None:
    made = Study(
        """
        patient_id  drug        start_date  end_date
        01          nivolumab   2019-01-01  2019-06-01
        01          sintilimab  2020-01-01  .
        01          docetaxel   2020-03-01  2020-06-01
        """,
        "patient_id assessment_date response\n01 2019-05-01 PD",
    )
    failure = made.endpoint("TTF", "rechallenge")
    assert failure[["days", "event_type", "source_table", "source_row"]].tolist() == [
        60,
        "treatment_stop",
        "treatments",
        4,
    ]


def test_duration_of_response_is_given_for_every_responder_and_nobody_else() -> None:
    made = Study(
        """
        patient_id  drug        start_date  end_date
        01          nivolumab   2019-01-01  2019-06-01
        01          sintilimab  2020-01-01  2020-12-01
        02          nivolumab   2019-01-01  2019-06-01
        02          sintilimab  2020-01-01  2020-12-01
        03          nivolumab   2019-01-01  2019-06-01
        03          sintilimab  2020-01-01  2020-12-01
        """,
        """
        patient_id  assessment_date  response
        01          2019-03-01       PR
        01          2019-05-01       PD
        01          2020-02-15       PR
        01          2020-04-01       CR
        01          2020-06-01       PD
        02          2019-05-01       PD
        02          2020-02-15       SD
        02          2020-04-01       PR
        02          2020-05-01       SD
        03          2019-05-01       PD
        03          2020-02-15       SD
        """,
    )
    responders = made.adtte[made.adtte["endpoint"].eq("DOR")]
    assert responders["patient_id"].tolist() == ["01", "02"]
    assert found(made, "DOR") == "107* 30"
    assert made.endpoint("DOR1", "first_ici", "01")["days"] == 61
    best = made.classified.set_index("patient_id")["rechallenge_best_response"]
    assert best.to_dict() == {"01": "CR", "02": "PR", "03": "SD"}


def test_a_response_that_must_be_confirmed() -> None:
    scans = """
        patient_id  assessment_date  response
        01          2019-03-01       PR
        01          2019-03-29       PR
        01          2019-06-01       PD
        02          2019-03-01       PR
        02          2019-03-28       PR
        02          2019-06-01       PD
        03          2019-03-01       CR
        03          2019-04-15       PR
        03          2019-06-01       PD
        04          2019-02-01       PR
        04          2019-06-01       PD
    """
    doses = "patient_id drug start_date end_date\n" + "\n".join(
        f"{name} nivolumab 2019-01-01 2019-06-01" for name in ("01", "02", "03", "04")
    )
    definitions = DefinitionSettings.read({"response": {"confirmation": "required"}}, "test")
    made = Study(doses, scans, definitions=definitions).classified.set_index("patient_id")
    # 28 days confirm, 27 do not; a CR that only a PR confirms is PR; SD before day 42 is not evaluable.
    assert made["best_response"].to_dict() == {"01": "PR", "02": "SD", "03": "PR", "04": "PD"}


OWN = {
    "time_to_any_change": {
        "label": "time from index progression to new therapy or death",
        "start": "index_progression",
        "events": ["new_therapy", "death"],
        "censored_at": ["last_contact"],
    },
    "imaging_free_time": {
        "label": "time from rechallenge to progression",
        "events": ["progression"],
        "interrupted_by": ["new_therapy", "visit_gap"],
        "censored_at": ["last_adequate_assessment", "last_contact"],
    },
}


def test_an_endpoint_of_the_study_needs_no_code() -> None:
    made = study({"visit_gap_days": 90, "own": OWN})
    # Rechallenge came 245 days after index progression and is the new therapy of everybody.
    assert found(made, "time_to_any_change", "progressed") == " ".join(["245*"] * 7)
    assert found(made, "imaging_free_time") == "90* 45 60* 45 45 45 45"
    assert set(made.adtte["endpoint"]) == {*BUILT_IN, *OWN} - {"DOR", "DOR1"}


def test_endpoints_describe_themselves() -> None:
    settings = EndpointSettings.model_validate({"preset": "fda_2007", "own": OWN}).resolved()
    words = {item.name: describe(item) for item in catalogue(settings, progression_dates_only=False)}
    assert words["PFS"] == (
        "Time from the first dose of rechallenge to progression or death from any cause, whichever comes first; "
        "interrupted by new systemic therapy or an event after missed assessments; otherwise censored at the last "
        "adequate assessment (not NE), else the start itself (0 days)."
    )
    assert words["OS1"].startswith("Time from the first dose of the first ICI to death from any cause")
    assert words["time_to_any_change"] == (
        "Time from index progression to new systemic therapy or death from any cause, whichever comes first; "
        "otherwise censored at last contact, else the start itself (0 days)."
    )


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ({"pfs": {"label": "mine", "events": ["death"]}}, '"pfs" is an endpoint already'),
        ({"my endpoint": {"label": "mine", "events": ["death"]}}, '"my endpoint" cannot name an endpoint'),
        ({"mine": {"label": "mine", "events": ["dying"]}}, "events"),
        ({"mine": {"label": "mine", "events": []}}, "events"),
        ({"mine": {"label": "mine", "events": ["death"], "begin": "rechallenge"}}, "unknown setting"),
    ],
    ids=["a name that is taken", "a name with a blank", "an unknown event", "no event", "an unknown key"],
)
def test_a_mistake_in_an_own_endpoint_is_a_sentence(own: dict[str, object], sentence: str) -> None:
    with pytest.raises(UserError) as raised:
        DefinitionSettings.read({"endpoints": {"own": own}}, "study.yaml")
    assert sentence in "\n".join(raised.value.problems)


@pytest.mark.parametrize("preset", [*EXPECTED, "genie_bpc"])
def test_nobody_is_lost_and_nobody_stands_twice(preset: str) -> None:
    made = study({"preset": preset})
    for (endpoint, population), rows in made.adtte.groupby(["endpoint", "population"]):
        assert not rows["patient_id"].duplicated().any()
        if not str(endpoint).startswith("DOR"):
            assert len(rows) == 7, (endpoint, population)
    assert made.adtte[["reason", "source_table", "source_file", "source_row"]].notna().all().all()
    assert (made.adtte["event"].eq(1) == made.adtte["event_type"].notna()).all()


def test_an_endpoint_that_is_asked_for_alone_has_the_rows_that_it_has_among_all() -> None:
    every, alone = study({}), study({})
    for endpoint in ("PFS", "TTF1", "PPS"):
        among_all = every.adtte[every.adtte["endpoint"].eq(endpoint)].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone.times(endpoint), among_all)
    assert "adtte" not in alone.__dict__


def test_a_progression_on_a_later_line_is_none_on_rechallenge() -> None:
    made = Study(
        """
        patient_id  drug        start_date  end_date
        01          nivolumab   2018-01-01  2018-06-01
        01          sintilimab  2019-01-01  2019-02-01
        01          docetaxel   2019-03-01  2020-06-01
        """,
        """
        patient_id  assessment_date  response  progressing_lesions
        01          2018-06-01       PD        1
        01          2020-06-10       PD        7
        """,
        definitions=DefinitionSettings.read({"progression_pattern": {"preset": "index_at_rechallenge"}}, "test"),
    )
    row = made.patient(made.classified)
    assert row[["rechallenge_best_response", "progression_pattern"]].isna().all()


def test_rules_that_need_scans_do_not_hold_where_the_source_has_none() -> None:
    own = {
        "label": "time to progression",
        "events": ["progression"],
        "interrupted_by": ["missed_assessments"],
        "censored_at": ["last_adequate_assessment"],
    }
    doses = """
        patient_id  drug        start_date  end_date    progression_date
        01          nivolumab   2019-01-01  2019-06-01  2019-06-01
        01          sintilimab  2020-01-01  2020-04-01  2020-04-30
        02          nivolumab   2019-01-01  2019-06-01  2019-06-01
        02          sintilimab  2020-01-01  2020-04-01  .
    """
    definitions = {"endpoints": {"missed_assessments": 2, "own": {"mine": own}}}
    made = Study(doses, definitions=DefinitionSettings.read(definitions, "test"), progression_dates_only=True)
    assert found(made, "mine") == found(made, "PFS") == "120* 1095"
