"""Each kind of dirt: absent at rate 0, everywhere at rate 1, what it does and no more."""

import re

import numpy as np
import pandas as pd
import pytest

from rechallenge.errors import UserError
from rechallenge.simulation.dirt import DAY, MONTH, YEAR, DirtRates, read_rates, soil
from rechallenge.simulation.extract import simulate
from rechallenge.simulation.parameters import day_number
from rechallenge.simulation.rendering import DateTexts, render
from rechallenge.simulation.sampling import NEVER
from rechallenge.simulation.words import DRUG_NAMES, MISSPELT

CUTOFF = day_number("2022-12-31")
CLEAN = DirtRates().times(0)


@pytest.fixture(scope="module")
def extract():
    return simulate(600, 3)


def soiled(extract, **rates):
    """The tables with only these kinds of dirt."""
    only = CLEAN
    for name, rate in rates.items():
        only = only.having(name, rate)
    return soil(np.random.default_rng(5), extract, only, CUTOFF), only


def written(extract, **rates):
    tables, only = soiled(extract, **rates)
    return render(np.random.default_rng(6), tables, only)


def test_no_dirt_leaves_every_row_as_it_was(extract):
    tables, _ = soiled(extract)
    for name, frame in extract.tables().items():
        assert len(tables[name]) == len(frame), name
    assert tables["treatments"]["second_drug"].eq("").all()
    text = written(extract)
    assert text["patients"]["出生日期"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()
    assert text["patients"]["病案号"].str.fullmatch(r"0\d{7}").all()


def test_duplicates(extract):
    tables, _ = soiled(extract, duplicates=1.0)
    assert len(tables["patients"]) == 1200
    assert not tables["patients"].drop_duplicates().duplicated("patient_id").any()


def test_conflicting_copies_differ_in_one_thing(extract):
    tables, _ = soiled(extract, patient_conflicts=1.0)
    pairs = tables["patients"].groupby("patient_id")
    assert pairs["diagnosis"].nunique().eq(2).all()
    assert pairs["stage"].nunique().eq(1).all()


def test_partial_dates(extract):
    tables, _ = soiled(extract, partial_dates=1.0, year_only=0.5)
    assert set(tables["treatments"]["start_precision"]) == {MONTH, YEAR}
    assert (
        written(extract, partial_dates=1.0, year_only=1.0)["assessments"]["ExamDate"]
        .str.match(r"^\d{4}(-(00|99)|年$|$)")
        .all()
    )


def test_death_before_the_last_dose(extract):
    tables, _ = soiled(extract, death_before_last_dose=1.0)
    death = tables["patients"].set_index("patient_id")["death"]
    dead = death[death < NEVER]
    systemic = tables["treatments"].query("modality == 'systemic'")
    late = systemic[systemic["end"] > systemic["patient_id"].map(dead)]
    assert set(late["patient_id"]) == set(dead.index) & set(systemic["patient_id"])
    assert not late["patient_id"].duplicated().any()


def test_progression_before_the_first_treatment(extract):
    tables, _ = soiled(extract, progression_before_start=1.0)
    start = tables["treatments"].groupby("patient_id")["start"].min()
    scans = tables["assessments"]
    early = scans[scans["day"] < scans["patient_id"].map(start)]
    assert early["response"].eq("PD").all()
    assert set(early["patient_id"]) == set(scans.loc[scans["response"].eq("PD"), "patient_id"])


def test_lesion_counts_missing_or_in_words(extract):
    gone, _ = soiled(extract, lesions_missing=1.0)
    assert gone["assessments"][["progressing_lesions", "new_lesions"]].isna().all(axis=None)
    words = written(extract, lesions_text=1.0)["assessments"]["ProgressingLesions"]
    assert set(words) == {"", "0", "1", "2", "多发", "≥3"}


def test_a_misspelt_drug_is_one_that_no_name_matches(extract):
    names = written(extract, misspelt=1.0)["treatments"]["药物名称"]
    known = {name for options in DRUG_NAMES.values() for name in options}
    assert set(MISSPELT.values()) & set(names)
    assert not set(MISSPELT.values()) & known


def test_two_drugs_in_one_cell_replace_two_rows(extract):
    clean, joined = written(extract)["treatments"], written(extract, two_drugs=1.0)["treatments"]
    cells = joined["药物名称"].str.contains(r"\+|/|、|联合")
    assert cells.sum() > 50
    assert len(clean) - len(joined) == cells.sum()


def test_lost_zeros(extract):
    text = written(extract, lost_zeros=1.0)
    assert not text["treatments"]["病案号"].str.startswith("0").any()
    assert text["patients"]["病案号"].str.startswith("0").all()
    assert set(text["treatments"]["病案号"].str.zfill(8)) <= set(text["patients"]["病案号"])


def test_full_width_and_spaces(extract):
    assert written(extract, full_width=1.0)["patients"]["临床分期"].str.contains("[Ａ-Ｚ]").any()
    padded = written(extract, spaces=1.0)["treatments"]["药物名称"]
    assert padded[padded.ne("")].str.contains("^ | $|\u3000$", regex=True).all()


def test_rows_after_the_cut_off(extract):
    tables, _ = soiled(extract, after_cutoff=1.0)
    late = tables["assessments"]["day"] > CUTOFF
    alive = tables["patients"].query("death >= @NEVER")["patient_id"]
    assert late.any()
    assert tables["assessments"].loc[late, "patient_id"].isin(alive).all()


@pytest.mark.parametrize(
    ("site", "text"),
    [("A", "2019-03-05"), ("B", "2019/3/5"), ("C", "20190305"), ("D", "2019年3月5日"), ("E", "43529")],
)
def test_each_hospital_writes_dates_in_its_way(site, text):
    day = np.full(200, day_number("2019-03-05"))
    rates = DirtRates().having("date_styles", 1.0)
    cells = DateTexts().write(np.random.default_rng(0), day, np.full(200, DAY), pd.Series([site] * 200), rates)
    assert pd.Series(cells).mode()[0] == text


def test_partial_dates_in_all_their_forms():
    day = np.full(500, day_number("2019-03-05"))
    texts, site, rng = DateTexts(), pd.Series(["A"] * 500), np.random.default_rng(0)
    months = texts.write(rng, day, np.full(500, MONTH), site, CLEAN)
    years = texts.write(rng, day, np.full(500, YEAR), site, CLEAN)
    assert set(months) == {"2019-03", "2019-03-00", "2019-03-99", "2019-03-88", "2019.3", "2019年3月", "2019/3"}
    assert set(years) == {"2019", "2019-00-00", "2019-99-99", "2019年"}
    assert set(texts.write(rng, np.full(500, NEVER), np.full(500, DAY), site, CLEAN)) == {""}


def test_rates_from_the_command_line():
    assert read_rates([]) == DirtRates()
    assert read_rates(["0"]) == CLEAN
    assert read_rates(["2"]).duplicates == pytest.approx(0.10)
    assert read_rates(["0", "duplicates=0.3"]) == CLEAN.having("duplicates", 0.3)


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["duplicate=0.1"], 'no kind of dirt "duplicate". Did you mean "duplicates"?'),
        (["duplicates=2"], "must lie between 0 and 1"),
        (["-1"], "must not be negative"),
        (["many"], "neither a factor"),
    ],
)
def test_a_rate_that_makes_no_sense_is_a_sentence(texts, sentence):
    with pytest.raises(UserError, match=re.escape(sentence)):
        read_rates(texts)
