"""What the manuscript says of methods is what was computed; references are numbered as they are cited."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from rechallenge.estimates.rows import NAN, Row, not_fitted, placed, table
from rechallenge.method_words import reason
from rechallenge.report import further_sentences
from rechallenge.report.figures import Figures
from rechallenge.report.manuscript import render_manuscript
from rechallenge.report.references import REFERENCES, Citations
from rechallenge.report.sentences import plain
from rechallenge.report.study_data import StudyData
from tests.report.studies import TEMPLATES

PFS = {"endpoint": "PFS", "population": "rechallenge"}
EXPOSURE = {
    "endpoint": "PPS", "population": "progressed", "term": "rechallenged", "level": "true", "reference": "false",
    "n": 85.0, "events": 51.0,
}  # fmt: skip
METHODS = {
    "small_group_beta_product": "beta product",
    "log_rank_permutation": "permutation",
    "weighted_log_rank": "Gehan-Breslow test; Fleming-Harrington",
    "log_rank_stratified": "Stratified log-rank",
    "log_rank_pairwise": "Holm's method",
    "restricted_mean": "Restricted mean survival times",
    "cox_firth": "Firth's penalised model",
    "cox_time_split|resistance": "stratified by the covariate",
    "influence": "leaving out each in turn",
    "functional_form": "restricted cubic spline",
    "validation": "corrected for optimism",
    "interaction": "product of two covariates",
    "exposure_time_dependent": "time-dependent covariate",
    "delayed_entry": "delayed entry",
    "cumulative_incidence|death": "competing events",
    "dating_interval": "Turnbull",
}


def with_rows(study: StudyData, *rows: Row) -> StudyData:
    own = table(placed(rows, analysis="main"))
    return replace(study, estimates=pd.concat([study.estimates, own], ignore_index=True))


def statistics_of(study: StudyData) -> str:
    text = render_manuscript(study, figures=Figures(), templates=TEMPLATES)
    return text.split("### Statistics")[1].split("## Results")[0]


def test_only_what_was_computed_is_said(study: StudyData):
    said = statistics_of(study)
    assert [words for words in METHODS.values() if words in said] == []
    assert "left out of a model; each model reports its patients and events" in said


@pytest.mark.parametrize("model", METHODS)
def test_each_method_is_said_where_it_has_an_estimate(study: StudyData, model):
    assert METHODS[model] in statistics_of(with_rows(study, Row("chi2", 1.2, p=0.3, model=model, **PFS)))
    refused = replace(not_fitted("Not fitted: too few events."), model=model, **PFS)
    assert METHODS[model] not in statistics_of(with_rows(study, Row("n", 3.0, model=model, **PFS), refused))


def test_references_are_numbered_as_they_are_cited_and_none_is_idle(study: StudyData):
    text = render_manuscript(
        with_rows(study, *(Row("chi2", 1.2, p=0.3, model=model, **PFS) for model in METHODS)),
        figures=Figures(),
        templates=TEMPLATES,
    )
    body, listed = text.split("## References")
    cited = [int(number) for group in re.findall(r"\[(\d[\d,]*)\]", body) for number in group.split(",")]
    first = list(dict.fromkeys(cited))
    assert first == list(range(1, len(first) + 1))
    assert len(re.findall(r"^\d+\. ", listed, flags=re.MULTILINE)) == len(first)


def test_every_reference_is_cited_by_a_template_and_the_other_way_round():
    templates = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("manuscript*.j2"))
    names = {name for call in re.findall(r"cite\(([^)]*)\)", templates) for name in re.findall(r'"(\w+)"', call)}
    assert names == set(REFERENCES)
    citations = Citations()
    assert [citations.cite("gray"), citations.cite("cox", "gray")] == ["[1]", "[2,1]"]
    assert citations.listed == [REFERENCES["gray"], REFERENCES["cox"]]


def test_the_template_of_the_statistics_holds_no_number_of_its_own():
    template = (TEMPLATES / "manuscript_statistics.md.j2").read_text(encoding="utf-8")
    assert not re.search(r"\d", re.sub(r"\{[{%#].*?[#%}]\}", "", template, flags=re.DOTALL))


def test_firths_hazard_ratios_stand_where_the_ordinary_model_has_none(study: StudyData):
    keys = {"endpoint": "OS", "population": "rechallenge", "term": "resistance", "level": "primary"}
    row = Row("hr", 1.34, 0.42, 4.21, 0.61, model="cox_firth", reference="acquired", n=31, events=15, **keys)
    numbers = (changed := with_rows(study, row)).numbers
    assert [plain(line, numbers) for line in changed.hazard_sentences("OS")] == [
        "For resistance (primary vs acquired), the hazard ratio for OS from rechallenge was 1.34 (95% CI 0.42 to 4.21; "
        "P = 0.61) (Firth's penalised model)."
    ]
    assert "Firth" not in " ".join(study.hazard_sentences("PFS"))


def test_rechallenge_as_an_exposure_claims_no_effect(study: StudyData):
    changed = with_rows(
        study,
        Row("hr", 0.46, 0.26, 0.8, 0.006, model="exposure_naive", **EXPOSURE),
        Row("hr", 0.66, 0.37, 1.2, 0.18, model="exposure_time_dependent", **EXPOSURE),
        Row("ph_p", 0.0059, p=0.0059, model="exposure_time_dependent", **EXPOSURE),
    )
    said = " ".join(plain(line, changed.numbers) for line in changed.exposure_sentences)
    assert "(85 patients, 51 deaths), the hazard ratio for death was 0.46 (95% CI 0.26 to 0.80) for ever" in said
    assert "The test of proportional hazards of the latter gave P = 0.006." in said
    assert "the difference between the two reflects immortal-time bias" in said
    assert said.endswith("no effect is attributed to it.")
    notes = " ".join(plain(note, changed.numbers) for note in changed.time_tables[0].notes)
    assert "Test of proportional hazards (scaled Schoenfeld residuals): time-dependent P = 0.006." in notes
    assert study.exposure_sentences == []


def test_sentences_without_their_rows_are_empty(study: StudyData):
    for sentence in (further_sentences.validation, further_sentences.causes, further_sentences.dating):
        assert sentence(study.numbers) == ""
    own = {"model": "dating_midpoint", "term": "overall", "n": 40.0, "events": 33.0, **PFS}
    changed = with_rows(study, Row("median", 3.9, 2.0, NAN, confidence=0.95, **own))
    assert [plain(line, changed.numbers) for line in changed.dating_sentences] == [
        "With progression dated midway between the last scan without it and the scan that showed it, median PFS from "
        "rechallenge was 3.9 months (95% CI 2.0 to NR)."
    ]


def test_the_bias_is_named_only_where_the_comparison_shows_it(study: StudyData):
    changed = with_rows(
        study,
        Row("hr", 0.9, 0.5, 1.6, 0.7, model="exposure_naive", **EXPOSURE),
        Row("hr", 0.8, 0.4, 1.5, 0.5, model="exposure_time_dependent", **EXPOSURE),
    )
    assert "immortal" not in " ".join(changed.exposure_sentences)


@pytest.mark.parametrize(
    ("progressions", "deaths", "said"),
    [
        (33.0, 0.0, "All 33 events of PFS from rechallenge were progressions; nobody died without one."),
        (30.0, 1.0, "The events of PFS from rechallenge were 30 progressions and 1 death without progression."),
    ],
)
def test_what_ended_pfs(study: StudyData, progressions: float, deaths: float, said: str):
    own = {"term": "overall", "n": 41.0, **PFS}
    changed = with_rows(
        study,
        Row("events", progressions, model="cumulative_incidence|progression", **own),
        Row("events", deaths, model="cumulative_incidence|death", **own),
    )
    assert plain(further_sentences.causes(changed.numbers), changed.numbers) == said


def test_each_count_names_its_set_where_the_unclassified_are_left_out(study: StudyData):
    own = {"population": "rechallenge"}
    changed = with_rows(
        study,
        Row("n", 9.0, term="analysis_exclusion", level="unclassified_resistance", **own),
        Row("n", 31.0, term="overall", **own),
    )
    assert changed.left_out == "rechallenge.analysis_exclusion.unclassified_resistance.n"
    text = render_manuscript(changed, figures=Figures(), templates=TEMPLATES)
    assert (
        "40 were rechallenged; 9 of them had no class of resistance and were left out, so that 31 were analysed" in text
    )
    assert study.left_out == ""


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (
            "Not fitted: there was no event with ECOG 1 or more: No, so its hazard ratio has no finite estimate.",
            "nobody in the class \u201cECOG 1 or more: no\u201d had an event, so its hazard ratio has no finite "
            "estimate.",
        ),
        (
            "Not fitted: no patient has the reference level of ECOG 1 or more (No).",
            "nobody is in the reference class of ECOG 1 or more (no).",
        ),
        ("Not compared: there are only patients of one class (false).", "there are only patients of one class (no)."),
        ("Not compared: there are no patient with a known class.", "there is no patient with a known class."),
    ],
)
def test_reasons_read_as_sentences(sentence: str, said: str):
    assert reason(sentence) == said


def test_each_reason_stands_once_with_what_it_holds_for(study: StudyData):
    why = "Not compared: there are only patients of one class (acquired)."
    keys = {"population": "rechallenge", "term": "resistance", "n": 5.0, "events": 5.0}
    rows = [
        placed([not_fitted(why, **keys)], endpoint=endpoint, model=model)
        for endpoint in ("PFS", "OS")
        for model in ("log_rank", "log_rank_stratified")
    ]
    changed = with_rows(study, *(row for group in rows for row in group))
    (found,) = [item for item in changed.not_fitted if "one class" in item.why]
    assert found.what == (
        "Log-rank test, PFS from rechallenge and OS from rechallenge, resistance",
        "Stratified log-rank test, PFS from rechallenge and OS from rechallenge, resistance",
    )
    assert found.elsewhere == ()
