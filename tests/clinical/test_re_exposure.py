"""Which later ICI is rechallenge: every preset, its boundaries, agents, kinds, and restarts without progression."""

import pandas as pd
import pytest

from rechallenge.settings.definitions import DefinitionSettings
from tests.support import Study, table

LAST_DOSE = pd.Timestamp("2019-05-01")


def day(number: int) -> str:
    """The date so many days after the last dose of the first ICI."""
    return (LAST_DOSE + pd.Timedelta(days=number)).strftime("%Y-%m-%d")


def re_exposures(text: str, **definitions: object) -> dict[str, str]:
    """The rechallenge of each patient of a table as "drugs day kind", `.` where there is none.

    `then` lists what follows nivolumab, in days after its last dose: drug first-dose last-dose, comma-separated.
    Everybody has nivolumab from 1 January 2019 and progression on the day of its last dose, 1 May 2019.
    """
    rows = table(text)
    treatments, assessments = ["patient_id drug start_date end_date"], ["patient_id assessment_date response"]
    for row in rows.to_dict("records"):
        treatments.append(f"{row['id']} nivolumab 2019-01-01 {day(0)}")
        assessments.append(f"{row['id']} {day(0)} PD")
        for part in row["then"].split(","):
            drug, first, last = part.split()
            treatments.append(f"{row['id']} {drug} {day(int(first))} {day(int(last))}")
    used = DefinitionSettings.read(definitions, "test")
    study = Study("\n".join(treatments), "\n".join(assessments), definitions=used)
    eligible = study.cohort.set_index("patient_id")["eligible"]
    found = {}
    for row in study.course.itertuples():
        assert eligible[row.patient_id] == pd.notna(row.rechallenge_start)
        found[row.patient_id] = "."
        if pd.notna(row.rechallenge_start):
            after = (row.rechallenge_start - LAST_DOSE).days
            found[row.patient_id] = f"{row.rechallenge_ici} {after} {row.rechallenge_kind}"
    return found


GAPS = """
    id | then                             | index | gobbini_2020 | wjog9616l | justeau_2025 | any_re_exposure
    01 | sintilimab 0 60                  | yes   | no           | no        | no           | yes
    02 | sintilimab 59 100                | yes   | no           | no        | no           | yes
    03 | sintilimab 60 100                | yes   | no           | yes       | no           | yes
    04 | sintilimab 83 100                | yes   | no           | yes       | no           | yes
    05 | sintilimab 84 100                | yes   | yes          | yes       | no           | yes
    06 | nivolumab 84 100                 | no    | no           | no        | no           | no
    07 | nivolumab 85 100                 | yes   | yes          | yes       | no           | yes
    08 | docetaxel 1 20,sintilimab 59 100 | yes   | no           | no        | yes          | yes
    09 | docetaxel 1 20,nivolumab 84 100  | no    | no           | no        | no           | no
    10 | docetaxel 1 20,nivolumab 85 100  | yes   | yes          | yes       | yes          | yes
    11 | docetaxel 40 60,sintilimab 59 90 | yes   | no           | no        | no           | yes
    """


@pytest.mark.parametrize("preset", ["index", "gobbini_2020", "wjog9616l", "justeau_2025", "any_re_exposure"])
def test_every_preset_at_its_boundaries(preset: str) -> None:
    """Days from the last dose to the next ICI. The same ICI within 84 days is treatment beyond progression (06, 09).

    Docetaxel that starts within 28 days of sintilimab belongs to its regimen and is no intervening therapy (11).
    """
    found = re_exposures(GAPS, re_exposure={"preset": preset})
    expected = table(GAPS).set_index("id")[preset]
    assert {name: "no" if value == "." else "yes" for name, value in found.items()} == expected.to_dict()


def test_the_same_ici_from_60_days_on_needs_a_shorter_continuation_gap() -> None:
    text = "id | then\n01 | nivolumab 59 100\n02 | nivolumab 60 100"
    found = re_exposures(text, re_exposure={"preset": "wjog9616l"}, episodes={"continuation_gap_days": 59})
    assert found == {"01": ".", "02": "nivolumab 60 resumption"}


def test_the_least_gap_is_time_without_any_ici() -> None:
    """Sintilimab comes too early to count; what follows it counts once 84 days without an ICI have passed."""
    text = """
        id | then
        01 | sintilimab 20 200,atezolizumab 205 300
        02 | sintilimab 20 200,atezolizumab 283 300
        03 | sintilimab 20 200,atezolizumab 284 300
        04 | sintilimab 100 200,atezolizumab 205 300
        """
    assert re_exposures(text, re_exposure={"preset": "gobbini_2020"}) == {
        "01": ".",
        "02": ".",
        "03": "atezolizumab 284 switch",
        "04": "sintilimab 100 resumption",
    }


def test_an_unknown_last_dose_shows_a_gap_only_from_its_latest_possible_day() -> None:
    """Its limit is the next therapy: docetaxel, 84 days before sintilimab (01), or sintilimab itself (02)."""
    study = Study(
        f"""
        patient_id  drug        start_date  end_date
        01          nivolumab   2019-01-01  .
        01          docetaxel   {day(0)}    {day(20)}
        01          sintilimab  {day(84)}   {day(100)}
        02          nivolumab   2019-01-01  .
        02          sintilimab  {day(84)}   {day(100)}
        """,
        "patient_id assessment_date response\n01 2019-03-01 PD\n02 2019-03-01 PD",
        definitions=DefinitionSettings.read({"re_exposure": {"preset": "gobbini_2020"}}, "test"),
    )
    assert study.cohort["eligible"].tolist() == [True, False]


AGENTS = """
    id | then                                  | any | same | different | different_class
    01 | nivolumab 85 200                      | 85  | 85   | .         | .
    02 | sintilimab 30 200                     | 30  | .    | 30        | .
    03 | atezolizumab 30 200                   | 30  | .    | 30        | 30
    04 | ipilimumab 90 200                     | 90  | .    | 90        | 90
    05 | sintilimab 30 60,atezolizumab 100 200 | 30  | .    | 30        | 100
    06 | sintilimab 30 60,nivolumab 100 200    | 30  | 100  | 30        | .
    07 | nivolumab 85 200,ipilimumab 85 200    | 85  | 85   | 85        | 85
    """


@pytest.mark.parametrize("agents", ["any", "same", "different", "different_class"])
def test_agents(agents: str) -> None:
    """Nivolumab and sintilimab are PD-1, atezolizumab PD-L1, ipilimumab CTLA-4. A combination counts by any ICI of it.

    Where the first re-exposure does not count, the first that does is the rechallenge (05, 06).
    """
    found = re_exposures(AGENTS, re_exposure={"agents": agents})
    days = {name: value if value == "." else value.split()[-2] for name, value in found.items()}
    assert days == table(AGENTS).set_index("id")[agents].fillna(".").to_dict()


def test_kinds() -> None:
    text = """
        id | then
        01 | sintilimab 84 200
        02 | sintilimab 85 200
        03 | docetaxel 1 20,sintilimab 84 200
        04 | sintilimab 30 60,docetaxel 61 80,atezolizumab 120 200
        """
    expected = {
        "switch": {"01": "sintilimab 84 switch", "02": ".", "03": ".", "04": "sintilimab 30 switch"},
        "resumption": {"01": ".", "02": "sintilimab 85 resumption", "03": ".", "04": "."},
        "rechallenge": {
            "01": ".",
            "02": ".",
            "03": "sintilimab 84 rechallenge",
            "04": "atezolizumab 120 rechallenge",
        },
    }
    for kind, found in expected.items():
        assert re_exposures(text, re_exposure={"kinds": [kind]}) == found


def test_after_two_icis_together_either_of_them_is_the_same_agent() -> None:
    """For a study that does not ask for monotherapy."""
    criteria = ["ici_treated", "index_progression", "rechallenged"]
    treatments = f"""
        patient_id  drug          start_date  end_date
        01          nivolumab     2019-01-01  {day(0)}
        01          ipilimumab    2019-01-01  2019-03-01
        01          nivolumab     {day(85)}   {day(200)}
        02          nivolumab     2019-01-01  {day(0)}
        02          ipilimumab    2019-01-01  2019-03-01
        02          atezolizumab  {day(85)}   {day(200)}
    """
    progression = f"patient_id assessment_date response\n01 {day(0)} PD\n02 {day(0)} PD"
    for agents, eligible in (("same", [True, False]), ("different", [False, True]), ("different_class", [False, True])):
        settings = {"re_exposure": {"agents": agents}, "eligibility": {"criteria": criteria}}
        study = Study(treatments, progression, definitions=DefinitionSettings.read(settings, "test"))
        assert study.cohort["eligible"].tolist() == eligible, agents


# Stops without progression; 07 progressed before the restart, 08 only on it.
RESTARTS = """
    patient_id  drug        start_date  end_date    stop_reason
    01          nivolumab   2019-01-01  2019-03-01  toxicity
    01          nivolumab   2019-05-25  2019-12-01  .
    02          nivolumab   2019-01-01  2019-03-01  toxicity
    02          nivolumab   2019-05-24  2019-12-01  .
    03          nivolumab   2019-01-01  2019-03-01  completed
    03          docetaxel   2019-04-01  2019-05-01  .
    03          nivolumab   2020-01-01  2020-06-01  .
    04          nivolumab   2019-01-01  2019-03-01  toxicity
    04          sintilimab  2019-03-22  2019-12-01  .
    05          nivolumab   2019-01-01  2019-03-01  toxicity
    06          nivolumab   2019-01-01  2019-03-01  toxicity
    06          ipilimumab  2019-01-20  2019-12-01  .
    07          nivolumab   2019-01-01  2019-03-01  completed
    07          nivolumab   2019-09-01  2019-12-01  .
    08          nivolumab   2019-01-01  2019-03-01  completed
    08          nivolumab   2019-09-01  2019-12-01  .
    08          sintilimab  2020-02-01  2020-06-01  .
"""
RESTART_SCANS = """
    patient_id  assessment_date  response
    01          2019-02-20       PR
    07          2019-08-01       PD
    08          2019-12-15       PD
"""


def test_restarts_without_progression_are_re_exposures_where_none_is_required() -> None:
    """More than 84 days after the last dose, or another ICI; within 84 days the first exposure goes on (02)."""
    definitions = DefinitionSettings.read({"re_exposure": {"preset": "any_re_exposure"}}, "test")
    study = Study(RESTARTS, RESTART_SCANS, definitions=definitions)
    course = study.course.set_index("patient_id")
    found = course[["first_ici_end", "index_progression_date", "rechallenge_start", "rechallenge_kind"]].astype(str)
    assert found.replace({"NaT": ".", "nan": ".", "<NA>": ".", "None": "."}).reset_index().to_numpy().tolist() == [
        ["01", "2019-03-01", ".", "2019-05-25", "resumption"],
        ["02", "2019-12-01", ".", ".", "."],
        ["03", "2019-03-01", ".", "2020-01-01", "rechallenge"],
        ["04", "2019-03-01", ".", "2019-03-22", "switch"],
        ["05", "2019-03-01", ".", ".", "."],
        ["06", "2019-03-01", ".", ".", "."],
        ["07", "2019-03-01", "2019-08-01", "2019-09-01", "resumption"],
        ["08", "2019-03-01", ".", "2019-09-01", "resumption"],
    ]
    cohort = study.cohort.set_index("patient_id")
    assert cohort["index_progression"].all()
    assert cohort.index[cohort["in_progressed"]].tolist() == ["07"]
    assert cohort["excluded_by"].fillna("").to_dict() == {
        "01": "", "02": "rechallenged", "03": "", "04": "", "05": "rechallenged", "06": "first_ici_monotherapy",
        "07": "", "08": "",
    }  # fmt: skip
    classified = study.classified.set_index("patient_id")
    assert classified.loc["01", "resistance_reason"] == "no_index_progression"
    assert classified.loc["01", "best_response"] == "PR"
    # Time zero of rechallenge is the restart: the progression after it is an event of the rechallenge.
    assert study.endpoint("PFS", "rechallenge", "08")["days"] == 105


def test_under_the_default_the_same_restarts_continue_the_first_exposure() -> None:
    study = Study(RESTARTS, RESTART_SCANS)
    course = study.course.set_index("patient_id")
    assert course.loc[["01", "08"], "first_ici_end"].astype(str).tolist() == ["2019-12-01", "2019-12-01"]
    assert course["rechallenge_start"].dropna().astype(str).to_dict() == {"07": "2019-09-01", "08": "2020-02-01"}
    cohort = study.cohort.set_index("patient_id")
    assert cohort["excluded_by"].fillna("").to_dict() == {
        "01": "index_progression", "02": "index_progression", "03": "index_progression", "04": "index_progression",
        "05": "index_progression", "06": "first_ici_monotherapy", "07": "", "08": "",
    }  # fmt: skip


def test_a_progression_of_which_only_the_year_is_known_matters_only_where_one_is_required() -> None:
    treatments = """
        patient_id  drug        start_date  end_date
        01          nivolumab   2018-01-01  2018-12-01
        01          sintilimab  2019-09-01  2019-12-01
    """
    for preset, expected in (("index", "minimum_data"), ("any_re_exposure", None)):
        definitions = DefinitionSettings.read({"re_exposure": {"preset": preset}}, "test")
        study = Study(treatments, "patient_id assessment_date response\n01 2019 PD", definitions=definitions)
        found = study.cohort.iloc[0]["excluded_by"]
        assert (None if pd.isna(found) else found) == expected
