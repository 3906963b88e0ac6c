"""Result tables read back: classes stay text, whatever they look like."""

import pandas as pd

from rechallenge.results import read_result


def test_classes_that_look_like_numbers_or_booleans_stay_text(tmp_path):
    path = tmp_path / "classified.csv"
    path.write_text(
        "patient_id,eligible,first_ici_start,days_to_progression,interval_treatment,site,histology,same_ici\n"
        "001,true,2018-03-01,213,true,12,,\n"
        "002,false,2019-04-01,,,07,,\n",
        encoding="utf-8",
    )
    rows = read_result("classified", path)
    assert rows["patient_id"].tolist() == ["001", "002"]
    assert rows["eligible"].tolist() == [True, False]
    assert rows["first_ici_start"].tolist() == [pd.Timestamp("2018-03-01"), pd.Timestamp("2019-04-01")]
    assert rows["days_to_progression"].tolist()[0] == 213.0
    assert rows["interval_treatment"].tolist()[0] == "true"
    assert rows["interval_treatment"].isna().tolist() == [False, True]
    assert rows["site"].tolist() == ["12", "07"]
    assert rows["histology"].isna().all()
    assert rows["same_ici"].dtype == rows["site"].dtype


def test_an_empty_table_has_its_kinds(tmp_path):
    path = tmp_path / "adtte.csv"
    path.write_text("analysis,patient_id,endpoint,start_date,days,event\n", encoding="utf-8")
    rows = read_result("adtte", path)
    assert rows.empty
    assert str(rows["start_date"].dtype) == "datetime64[ns]"


def test_criteria_of_the_cohort_are_true_or_false(tmp_path):
    path = tmp_path / "cohort.csv"
    path.write_text(
        "patient_id,eligible,excluded_by,nsclc,not_evaluable\n1,false,nsclc,false,\n2,true,,true,\n", encoding="utf-8"
    )
    rows = read_result("cohort", path)
    assert rows["nsclc"].tolist() == [False, True]
    assert rows["excluded_by"].fillna("").tolist() == ["nsclc", ""]
    assert rows["not_evaluable"].isna().all()
