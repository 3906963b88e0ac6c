"""Words that figures and tables share."""

from rechallenge.words import pieces


def test_a_line_of_chinese_breaks_between_characters_but_not_around_its_marks() -> None:
    assert pieces("模型（惩罚）给出。") == ["模", "型", "（惩", "罚）", "给", "出。"]


def test_words_break_after_their_blank_only() -> None:
    assert pieces("two  words, 三个") == ["two ", "words, ", "三", "个"]
