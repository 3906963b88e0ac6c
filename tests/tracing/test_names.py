"""From what somebody types to one number."""

import pytest

from rechallenge.errors import UserError
from rechallenge.tracing.names import Printed, find

ROWS = (
    "main/PFS/rechallenge/kaplan_meier/overall/median",
    "main/PFS/rechallenge/kaplan_meier/overall/n",
    "main/PFS/rechallenge/cox_multivariable/resistance/primary/acquired/hr",
    "sensitivity_dates_latest/PFS/rechallenge/cox_multivariable/resistance/primary/acquired/hr",
    "literal/first_ici/table1/age/median",
)
MEDIAN, _, HR, LATEST, AGE = ROWS
NUMBERS = {
    "pfs.rechallenge.overall.median": {"text": "4.7", "raw": 4.66, "estimate_id": MEDIAN},
    "pfs.rechallenge.overall.median.ci": {"text": "2.1 to 6.7", "raw": [2.07, 6.7], "estimate_id": MEDIAN},
    "pfs.rechallenge.overall.n": {"text": "41", "raw": 41, "estimate_id": ROWS[1]},
    "pfs.rechallenge.cox_multivariable.resistance.primary.vs_acquired.hr": {
        "text": "4.65", "raw": 4.65, "estimate_id": HR,
    },
    "sensitivity_dates_latest.pfs.rechallenge.cox_multivariable.resistance.primary.vs_acquired.hr": {
        "text": "2.73", "raw": 2.73, "estimate_id": LATEST,
    },
    "settings.statistics.confidence": {"text": "0.95", "raw": 0.95, "estimate_id": "settings#statistics/confidence"},
}  # fmt: skip
AGE_NAME = "literal.first_ici.table1.age.median"
NAMES = {
    MEDIAN: "pfs.rechallenge.overall.median",
    ROWS[1]: "pfs.rechallenge.overall.n",
    HR: "pfs.rechallenge.cox_multivariable.resistance.primary.vs_acquired.hr",
    LATEST: "sensitivity_dates_latest.pfs.rechallenge.cox_multivariable.resistance.primary.vs_acquired.hr",
    AGE: AGE_NAME,
}


def found(asked: str) -> Printed:
    return find(asked, NUMBERS, NAMES)


@pytest.mark.parametrize(
    ("asked", "source", "part"),
    [
        ("pfs.rechallenge.overall.median", MEDIAN, ""),
        ("PFS.Rechallenge.overall.median.CI", MEDIAN, "confidence interval"),
        ("pfs.rechallenge.overall.n", ROWS[1], ""),
        (MEDIAN, MEDIAN, ""),
        (AGE, AGE, ""),
        (AGE_NAME, AGE, ""),
        ("settings.statistics.confidence", "settings#statistics/confidence", ""),
        # Words that only one number has, whatever stands between them.
        ("overall median", MEDIAN, ""),
        ("table1 age", AGE, ""),
        # Of several, the main analysis is meant, unless another is named.
        ("primary hr multivariable", HR, ""),
        ("dates_latest hr", LATEST, ""),
    ],
)
def test_names_identifiers_and_words_lead_to_the_row(asked: str, source: str, part: str) -> None:
    assert (found(asked).source, found(asked).part) == (source, part)


def test_what_is_printed_stands_beside_the_name() -> None:
    own = found("pfs.rechallenge.overall.median.ci")
    assert (own.name, own.text, own.raw) == ("pfs.rechallenge.overall.median.ci", "2.1 to 6.7", [2.07, 6.7])
    assert found(AGE) == Printed(AGE_NAME, "", None, AGE)


def test_several_numbers_are_listed_with_what_they_print() -> None:
    with pytest.raises(UserError) as told:
        found("pfs overall")
    assert told.value.problems == [
        '2 numbers have "pfs overall" in their names:',
        "  pfs.rechallenge.overall.n = 41",
        "  pfs.rechallenge.overall.median = 4.7",
    ]


def test_a_mistyped_name_gets_the_nearest() -> None:
    with pytest.raises(UserError) as told:
        found("pfs.rechalenge.overal.medain")
    assert told.value.problems[0].endswith("Nearest:")
    assert told.value.problems[1:] == ["  pfs.rechallenge.overall.median = 4.7"]


@pytest.mark.parametrize("asked", ["qqqq", "", "  ", "%%"])
def test_what_is_like_nothing_gets_a_sentence(asked: str) -> None:
    with pytest.raises(UserError, match="There is no number"):
        found(asked)
