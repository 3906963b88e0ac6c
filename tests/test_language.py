"""Messages: parts by name, patterns left alone, the pseudo-language that marks what was translated."""

import pytest

from rechallenge.language import MARKS, N_, PSEUDO, in_language, language, tr, tr_n

AGE = N_("Age, years")


def test_a_message_is_filled_with_its_parts_and_keeps_the_names_of_numbers() -> None:
    said = tr("Median {endpoint} was {median} months ({pfs.overall.ci}).", endpoint="PFS", median="{pfs.overall}")

    assert said == "Median PFS was {pfs.overall} months ({pfs.overall.ci})."


def test_a_part_is_not_read_again() -> None:
    assert tr("{first} and {second}", first="{second}", second="b") == "{second} and b"


@pytest.mark.parametrize(("count", "said"), [(0, "0 patients"), (1, "one patient"), (2, "2 patients")])
def test_one_and_many(count: int, said: str) -> None:
    assert tr_n("one patient", "{count} patients", count) == said


def test_the_pseudo_language_marks_messages_within_its_block_only() -> None:
    with in_language(PSEUDO):
        assert (tr(AGE), language()) == (f"{MARKS[0]}Age, years{MARKS[1]}", PSEUDO)
        assert tr("of {n}", n=3) == f"{MARKS[0]}of 3{MARKS[1]}"

    assert (tr(AGE), language()) == ("Age, years", "en")


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(FileNotFoundError, match="xx_XX"), in_language("xx_XX"):
        pass
