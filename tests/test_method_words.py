"""Methods and reasons of estimates.csv: as they are in English, in the words of the catalogue elsewhere."""

import re

import pytest

from rechallenge.language import MARKS, PSEUDO, in_language
from rechallenge.method_words import METHODS, REASONS, method_words, reason

PRINTED = {
    "Kaplan-Meier, log interval": "Kaplan-Meier法，log型区间",
    "Kaplan-Meier, Brookmeyer-Crowley interval (log-log)": "Kaplan-Meier法，Brookmeyer-Crowley区间（log-log型）",
    "Kaplan-Meier, delayed entry, symmetric normal interval (Collett)": (
        "Kaplan-Meier法，延迟入组，对称正态区间（Collett）"
    ),
    "log-rank test, 2 groups, 1 degree of freedom": "log-rank检验，2组，自由度1",
    "likelihood-ratio test of the product, 1 degree of freedom": "乘积项的似然比检验，自由度1",
    "Cox, Efron ties, main effects and product; Wald interval of the sum of coefficients by their covariance": (
        "Cox，Efron法处理结点，主效应及乘积项；系数之和按其协方差的Wald区间"
    ),
    "Cox, Efron ties, Wald interval": "Cox，Efron法处理结点，Wald区间",
    "Not compared: the time is part of the definition of resistance.": "未比较：该时间是耐药定义的一部分。",
    "Not compared: there are only patients of one class (acquired).": "未比较：患者均属同一类别（获得性）。",
    "Not fitted: no patient has the reference level of Rechallenge in combination (No).": (
        "未拟合：联合方案再挑战的参照类别（否）中没有患者。"
    ),
    "Without a hazard ratio: 315 (no patient in the class primary or acquired); 30 (4 events, fewer than the declared "
    "minimum of 5).": "无风险比者：315（原发性或获得性类中没有患者）；30（4个事件，少于所声明的最少5个）。",
}


@pytest.mark.parametrize("method", PRINTED)
def test_in_english_it_is_as_in_estimates_csv(method: str) -> None:
    assert method_words(method) == method


@pytest.mark.parametrize(("method", "chinese"), PRINTED.items())
def test_in_chinese_every_phrase_is_said_and_joined_as_chinese_is(method: str, chinese: str) -> None:
    with in_language("zh_CN"):
        assert method_words(method) == chinese


def test_two_sentences_stay_two() -> None:
    said = (
        "Not fitted: there was no event with ECOG 2 or more: No, so its hazard ratio has no finite estimate. "
        "Firth's penalised model is given instead."
    )
    assert reason(said).startswith("nobody in the class “ECOG 2 or more: no” had an event")
    with in_language("zh_CN"):
        assert reason(said).endswith("因而其风险比没有有限的估计值。改列Firth惩罚模型。")


@pytest.mark.parametrize("method", PRINTED)
def test_no_phrase_misses_the_catalogue(method: str) -> None:
    marked = re.compile(f"{MARKS[0]}[^{''.join(MARKS)}]*{MARKS[1]}")
    with in_language(PSEUDO):
        text = method_words(method)
        while marked.search(text):
            text = marked.sub("", text)
    assert not re.search("[A-Za-z]", text)


def test_what_is_not_known_stays() -> None:
    with in_language("zh_CN"):
        assert method_words("bespoke estimator, 3 groups") == "bespoke estimator，3组"


def test_every_phrase_is_found_by_its_own_pattern() -> None:
    for phrase in (*METHODS, *REASONS):
        english = str.__str__(phrase)
        filled = re.sub(r"\{\w+\}", "7", english)
        with in_language(PSEUDO):
            said = method_words(filled)
        assert said.startswith(MARKS[0])
        assert said.endswith(MARKS[1])
        assert re.sub("[⟦⟧]", "", said) == filled
