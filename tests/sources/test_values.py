"""Words, numbers and counts of registries."""

from pathlib import Path

import pandas as pd
import pytest

from rechallenge.sources.missing import read_missing
from rechallenge.sources.values import (
    Vocabularies,
    convert_numbers,
    convert_terms,
    read_count,
    read_number,
    read_synonyms,
)
from rechallenge.tables import TABLES, TEXT

FOLDER = Path(__file__).parents[2] / "config" / "vocabularies"
WORDS = Vocabularies.read_words(FOLDER)


def term(column: str, cell: str, table: str = "patients") -> object:
    """Return the term of a cell, None where it is missing, "?" where it is reported."""
    declared = TABLES[table].column(column)
    missing = WORDS.missing.of(column, declared.kind)
    read = convert_terms(pd.Series([cell], dtype=TEXT), declared, WORDS.synonyms[column], missing)
    return "?" if read.bad[0] else None if pd.isna(read.value[0]) else read.value[0]


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("sex", "男", "male"),
        ("sex", " Ｍ ", "male"),
        ("sex", "2", "female"),
        ("sex", "0", "?"),
        ("stage", "Ⅳ", "IV"),
        ("stage", "Ⅳ期", "IV"),
        ("stage", "IVａ 期", "IVA"),
        ("stage", "stage IIIB", "IIIB"),
        ("stage", "3C", "IIIC"),
        ("stage", "I or II", "I_or_II"),
        ("stage", "4", "?"),
        ("stage", "No Staging Data", None),
        ("histology", "8140/3", "adenocarcinoma"),
        ("histology", "8070", "squamous"),
        ("histology", "M8046/3", "nsclc_nos"),
        ("histology", "8041/3", "small_cell"),
        ("histology", "8140/2", "?"),
        ("histology", "肺腺癌", "adenocarcinoma"),
        ("histology", "鳞癌", "squamous"),
        ("smoking", "Former smoker", "ever"),
        ("smoking", "从不吸烟", "never"),
        ("egfr", "野生型", "negative"),
        ("egfr", "19del", "positive"),
        ("egfr", "未查", None),
        ("alk", "not tested", None),
        ("brain_metastasis", "无", "no"),
        ("brain_metastasis", "是", "yes"),
        ("brain_metastasis", "9", None),
        ("pd_l1_clone", "SP-263", "SP263"),
        ("sex", "天", "?"),
    ],
)
def test_words_of_patients(column: str, cell: str, expected: str | None) -> None:
    assert term(column, cell) == expected


@pytest.mark.parametrize(
    ("table", "column", "cell", "expected"),
    [
        ("assessments", "response", "部分缓解", "PR"),
        ("assessments", "response", "疾病进展（PD）", "PD"),
        ("assessments", "response", "pd", "PD"),
        ("assessments", "response", "Partial Response", "PR"),
        ("assessments", "response", "non-CR/non-PD", "NON_CR_NON_PD"),
        ("assessments", "response", "iupd", "iUPD"),
        ("assessments", "response", "mixed", "?"),
        ("assessments", "basis", "影像学", "imaging"),
        ("treatments", "stop_reason", "不良反应", "toxicity"),
        ("treatments", "modality", "放疗", "radiotherapy"),
        ("treatments", "intent", "术后辅助", "adjuvant"),
        ("adverse_events", "immune_related", "No", "no"),
        ("lesions", "role", "靶病灶", "target"),
        ("lesions", "status", "消失", "absent"),
        ("lesions", "status", "Too small to measure", "too_small"),
        ("lesions", "status", "明确进展", "progression"),
        ("lesions", "status", "NE", "not_evaluable"),
    ],
)
def test_words_of_events(table: str, column: str, cell: str, expected: str) -> None:
    assert term(column, cell, table) == expected


@pytest.mark.parametrize(
    ("cell", "value", "qualifier"),
    [
        ("5", 5, "exact"),
        ("５０％", 50, "exact"),
        ("3个病灶", 3, "exact"),
        ("<1%", 1, "at_most"),
        ("＜1", 1, "at_most"),
        ("≤2", 3, "at_most"),
        ("≥3", 3, "at_least"),
        (">=3", 3, "at_least"),
        (">3", 4, "at_least"),
        ("3+", 3, "at_least"),
        ("3个以上", 3, "at_least"),
        ("1-49%", 1, "range"),
        ("1%～49%", 1, "range"),
    ],
)
def test_counts_keep_how_far_they_are_known(cell: str, value: float, qualifier: str) -> None:
    count = read_count(cell)
    assert count is not None
    assert (count.value, count.qualifier) == (value, qualifier)


@pytest.mark.parametrize("cell", ["多发", "multiple", "1,5", "49-1", "3 of 5", "2 2", "1 .5", "", "1e400", "inf"])
def test_what_is_no_count_is_not_read(cell: str) -> None:
    assert read_count(cell) is None


def test_above_a_percentage_is_not_one_percent_more() -> None:
    """>50 percent may be 50.5; more than 3 lesions are at least 4."""
    tps, lesions = read_count(">50%", whole=False), read_count(">3")
    assert tps is not None
    assert lesions is not None
    assert (tps.value, lesions.value) == (50, 4)


@pytest.mark.parametrize(
    ("cell", "number"),
    [("２", 2), ("1.0", 1), ("12mm", 12), ("ECOG 1", 1), ("一", None), ("1-2", None), ("2 2", None), ("1 2%", None)],
)
def test_numbers(cell: str, number: float | None) -> None:
    assert read_number(cell) == number


def numbers(column: str, table: str, cells: list[str], **options: object) -> tuple[list[float], list[bool]]:
    declared = TABLES[table].column(column)
    words = WORDS.synonyms.get(column, {})
    missing = WORDS.missing.of(column, declared.kind)
    read = convert_numbers(pd.Series(cells, dtype=TEXT), declared, words, missing, **options)  # type: ignore[arg-type]
    return read.value.fillna(-1).tolist(), read.bad.tolist()


def test_fractions_become_percent_unless_they_have_a_percent_sign() -> None:
    assert numbers("pd_l1_tps", "patients", ["0.5", "50%", "1", "0.07", "<0.01", "50", "NA"], fraction=True) == (
        [50, 50, 100, 7, 1, -1, -1],
        [False, False, False, False, False, True, False],
    )


def test_karnofsky_becomes_ecog() -> None:
    assert numbers("ecog", "treatments", ["100", "80", "KPS 60", "30", "10", "0", "85"], scale="kps") == (
        [0, 1, 2, 3, 4, 5, -1],
        [False] * 6 + [True],
    )


def test_words_and_codes_of_numbers() -> None:
    assert numbers("line", "treatments", ["二线", "1L", "3", "99"])[0] == [2, 1, 3, -1]
    assert numbers("ecog", "treatments", ["9", "1分"])[0] == [-1, 1]
    assert numbers("ctcae_grade", "adverse_events", ["Ⅲ级", "G2", "4"])[0] == [3, 2, 4]


def test_mistakes_in_the_shared_words_are_sentences() -> None:
    _, problems = read_synonyms(
        {
            "sex": {"columns": ["sex", "sexe"], "terms": {"male": ["M"], "femail": ["F", "m"]}},
            "stage": {"columns": ["stage"], "words": {}},
        },
        "values.yaml",
    )
    text = "\n".join(problems)
    assert 'values.yaml: sex: "m" stands under "male" and "femail".' in text
    assert '"femail" is no term of sex. Did you mean "female"?' in text
    assert '"sexe" is no canonical column. Did you mean "sex"?' in text
    assert 'stage: unknown key "words"' in text
    _, problems = read_missing({"everywhere": ["NA"], "column": {}}, "missing.yaml")
    assert 'missing.yaml: unknown key "column"' in problems[0]
