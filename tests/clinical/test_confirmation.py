"""Which progressions count: assessments in days (`28 iCPD`) in, the day of the first that counts out."""

import pandas as pd

from rechallenge.clinical.assessments import evaluated
from rechallenge.clinical.progressions import progression_records
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.tables import TEXT
from tests.support import Study, canonical, table

FIRST_SIGN = pd.Timestamp("2020-01-01")


def day(number: str) -> str:
    return (FIRST_SIGN + pd.Timedelta(days=int(number))).strftime("%Y-%m-%d")


def regimens(*starts: str) -> pd.DataFrame:
    """The regimens of the patient: the first ICI 60 days before the first sign, and these."""
    dates = [day("-60"), *(day(start) for start in starts)]
    return pd.DataFrame({"patient_id": "01", "start_date": pd.to_datetime(dates)}).astype({"patient_id": TEXT})


def counted_day(scans: str, next_regimen: object = None, **progression: object) -> str | None:
    """The first day that counts as progression; `scans` are day, response and, optionally, basis."""
    rows = [(*scan.split(), "imaging")[:3] for scan in scans.split(",")]
    text = "\n".join(f"01 {day(number)} {response} {basis}" for number, response, basis in rows)
    assessments = canonical("assessments", "patient_id assessment_date response basis\n" + text)
    given = regimens(next_regimen) if isinstance(next_regimen, str) else regimens()
    definitions = DefinitionSettings.read({"progression": progression}, "test").resolved()
    seen = evaluated(assessments, canonical("lesions", None), given, definitions)
    dates = seen.loc[seen["is_progression"], "assessment_date"]
    return None if dates.empty else str((dates.min() - FIRST_SIGN).days)


def check(text: str, **progression: object) -> None:
    """Assert the days of a table of scans, one column per preset."""
    expected = table(text)
    presets = [name for name in expected if name not in ("scans", "next")]
    wrong = []
    for row in expected.to_dict("records"):
        for preset in presets:
            found = counted_day(row["scans"], row.get("next"), preset=preset, **progression)
            wanted = row[preset] if isinstance(row[preset], str) else None
            if found != wanted:
                wrong.append(f"{row['scans']} under {preset}: {found}, expected {wanted}")
    assert not wrong, "; ".join(wrong)


def test_progression_counts_at_once_or_when_it_was_seen_again() -> None:
    """iRECIST confirms after 28 to 56 days and dates at the first sign; iCPD without one counts at its own date."""
    check("""
        scans                     | recist_1_1 | irecist | recist_1_1_confirmed
        0 PD                      | 0          | .       | .
        0 iUPD                    | 0          | .       | .
        0 iCPD                    | 0          | 0       | 0
        0 iUPD, 27 iCPD           | 0          | 27      | 27
        0 iUPD, 28 iCPD           | 0          | 0       | 0
        0 iUPD, 56 iCPD           | 0          | 0       | 0
        0 iUPD, 57 iCPD           | 0          | 57      | 0
        0 PD, 27 PD               | 0          | .       | .
        0 PD, 28 PD               | 0          | 0       | 0
        0 PD, 56 PD               | 0          | 0       | 0
        0 PD, 57 PD               | 0          | .       | 0
        0 PD, 300 PD              | 0          | .       | 0
        0 PD, 20 PD, 40 PD        | 0          | 0       | 0
        0 PD, 60 PD, 100 PD       | 0          | 60      | 0
        """)


def test_a_better_assessment_resets_the_bar() -> None:
    """What follows stable disease or response is a new first sign; an assessment that is not evaluable is nothing."""
    check("""
        scans                                | recist_1_1 | irecist | recist_1_1_confirmed
        0 iUPD, 35 SD                        | 0          | .       | .
        0 iUPD, 35 SD, 50 iUPD               | 0          | .       | .
        0 iUPD, 35 SD, 70 iUPD, 105 iCPD     | 0          | 70      | 70
        0 iUPD, 20 PR, 50 iCPD               | 0          | 50      | 50
        0 iUPD, 20 NE, 50 iCPD               | 0          | 0       | 0
        0 PD, 60 NON_CR_NON_PD, 120 PD       | 0          | .       | .
        0 PD, 35 PD, 70 SD                   | 0          | 0       | 0
        """)


def test_clinical_progression_counts_by_itself_and_confirms() -> None:
    """No scan can confirm a clinical judgement; with it, the scans of that day count too."""
    check("""
        scans                                | recist_1_1 | irecist | recist_1_1_confirmed
        0 PD clinical                        | 0          | 0       | 0
        0 iUPD, 35 PD clinical               | 0          | 0       | 0
        0 iUPD, 20 PD clinical               | 0          | 20      | 20
        """)
    assessments = canonical(
        "assessments",
        """
        patient_id  assessment_date  response  basis     progressing_lesions
        01          2020-01-01       iUPD      imaging   2
        01          2020-01-01       PD        clinical  .
        """,
    )
    irecist = DefinitionSettings.read({"progression": {"preset": "irecist"}}, "test").resolved()
    seen = evaluated(assessments, canonical("lesions", None), regimens(), irecist)
    record = progression_records(seen, canonical("treatments", None)).iloc[0]
    assert (record["basis"], record["lesions"]) == ("imaging", 2)


def test_an_ignored_clinical_progression_neither_counts_nor_resets() -> None:
    check(
        """
        scans                                | recist_1_1 | irecist | recist_1_1_confirmed
        0 PD clinical                        | .          | .       | .
        0 PD clinical, 35 PD                 | 35         | .       | .
        0 iUPD, 10 PD clinical, 35 iCPD      | 0          | 0       | 0
        """,
        clinical="ignored",
    )


def test_the_unconfirmed_may_count_unless_a_better_assessment_follows() -> None:
    """Nobody looked again, or only under the next therapy: iUPD stays the date. A later SD takes it back."""
    check(
        """
        scans                       | next | recist_1_1 | irecist | recist_1_1_confirmed
        0 iUPD                      | .    | 0          | 0       | 0
        0 iUPD                      | 10   | 0          | 0       | 0
        0 iUPD, 35 NE               | .    | 0          | 0       | 0
        0 iUPD, 27 iCPD             | .    | 0          | 0       | 0
        0 iUPD, 35 SD               | .    | 0          | .       | .
        0 iUPD, 35 SD               | 36   | 0          | .       | .
        0 iUPD, 35 SD               | 35   | 0          | .       | .
        0 iUPD, 35 SD               | 34   | 0          | 0       | 0
        0 iUPD, 35 SD, 70 iUPD      | .    | 0          | 70      | 70
        """,
        unconfirmed="counts_unless_better",
    )


def test_the_window_of_confirmation_is_a_setting() -> None:
    check(
        "scans | irecist | recist_1_1_confirmed\n0 PD, 42 PD | 0 | 0\n0 PD, 41 PD | . | .\n0 PD, 91 PD | . | .",
        confirmation_min_days=42,
        confirmation_max_days=90,
    )


def test_a_scan_of_another_patient_confirms_nothing() -> None:
    assessments = canonical(
        "assessments", "patient_id assessment_date response\n01 2020-01-01 PD\n02 2020-02-10 PD\n01 . PD"
    )
    confirmed = DefinitionSettings.read({"progression": {"preset": "recist_1_1_confirmed"}}, "test").resolved()
    assert not evaluated(assessments, canonical("lesions", None), regimens(), confirmed)["is_progression"].any()


def test_index_progression_is_confirmed_by_a_scan_a_judgement_or_a_death() -> None:
    """Kept under every definition of progression; SITC asks for it. A reported date cannot be confirmed."""
    study = Study(
        """
        patient_id  drug       start_date  end_date    progression_date
        01          nivolumab  2019-01-01  2019-05-01  .
        02          nivolumab  2019-01-01  2019-05-01  .
        03          nivolumab  2019-01-01  2019-05-01  .
        04          nivolumab  2019-01-01  2019-05-01  .
        05          nivolumab  2019-01-01  2019-05-01  .
        06          nivolumab  2019-01-01  2019-05-01  2019-05-01
        07          nivolumab  2019-01-01  2019-05-01  .
        """,
        """
        patient_id  assessment_date  response  basis
        01          2019-05-01       PD        imaging
        01          2019-05-29       PD        imaging
        02          2019-05-01       PD        imaging
        02          2019-05-28       PD        imaging
        03          2019-05-01       PD        clinical
        04          2019-05-01       PD        imaging
        05          2019-05-01       PD        imaging
        07          2019-05-01       PD        imaging
        07          2019-05-29       SD        imaging
        07          2019-07-01       PD        imaging
        """,
        """
        patient_id  histology      stage  last_contact_date  death_date
        01          adenocarcinoma IVA    2022-12-31         .
        02          adenocarcinoma IVA    2022-12-31         .
        03          adenocarcinoma IVA    2022-12-31         .
        04          adenocarcinoma IVA    2019-05-29         2019-05-29
        05          adenocarcinoma IVA    2019-05-30         2019-05-30
        06          adenocarcinoma IVA    2022-12-31         .
        07          adenocarcinoma IVA    2022-12-31         .
        """,
    )
    assert study.course.set_index("patient_id")["progression_confirmed"].to_dict() == {
        "01": True,  # seen again on day 28
        "02": False,  # seen again on day 27 only
        "03": True,  # clinical
        "04": True,  # death on day 28
        "05": False,  # death on day 29
        "06": False,  # a date without scans
        "07": False,  # better in between
    }


def test_a_reported_date_counts_unless_it_is_the_day_of_a_progression_that_does_not() -> None:
    """The treatment row repeats the date of a pseudoprogression (01); there is no scan of that date (02)."""
    study = Study(
        """
        patient_id  drug       start_date  end_date    progression_date
        01          nivolumab  2019-01-01  2019-05-01  2019-03-01
        02          nivolumab  2019-01-01  2019-05-01  2019-03-01
        """,
        """
        patient_id  assessment_date  response
        01          2019-03-01       iUPD
        01          2019-04-05       SD
        02          2019-04-05       SD
        """,
        definitions=DefinitionSettings.read({"progression": {"preset": "irecist"}}, "test"),
    )
    found = study.course.set_index("patient_id")["index_progression_date"]
    assert pd.isna(found["01"])
    assert str(found["02"].date()) == "2019-03-01"


def test_progression_on_rechallenge_with_its_lesions() -> None:
    study = Study(
        """
        patient_id  drug        start_date  end_date
        01          nivolumab   2019-01-01  2019-05-01
        01          sintilimab  2019-09-01  2019-12-01
        02          nivolumab   2019-01-01  2019-05-01
        02          sintilimab  2019-09-01  2019-12-01
        """,
        """
        patient_id  assessment_date  response  progressing_lesions  new_lesions  progressing_organs
        01          2019-05-01       PD        1                    .            1
        01          2019-09-01       PD        5                    .            5
        01          2019-11-01       PD        2                    <3           2
        01          2019-12-01       PD        9                    .            9
        02          2019-05-01       PD        1                    .            1
        02          2023-01-01       PD        4                    .            4
        """,
    )
    columns = ["rechallenge_progression_date", *(f"rechallenge_progressing_{name}" for name in ("lesions", "organs"))]
    row = study.patient(study.course)
    assert [str(row[columns[0]].date()), row[columns[1]], row[columns[2]]] == ["2019-11-01", 2, 2]
    assert row["rechallenge_progressing_lesions_at_most"] == 4
    # After the cut-off nothing is known.
    assert study.patient(study.course, "02")[columns].isna().all()
