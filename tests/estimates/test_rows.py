import pandas as pd
import pytest

from rechallenge.estimates.rows import COLUMNS, Row, placed, table


def test_an_identifier_is_the_filled_key_columns_in_order() -> None:
    row = Row(
        "survival",
        0.5,
        at=6.0,
        analysis="main",
        endpoint="PFS",
        population="rechallenge",
        model="kaplan_meier",
        term="overall",
    )
    assert row.estimate_id == "main/PFS/rechallenge/kaplan_meier/overall/survival/6"


def test_blanks_in_keys_become_underscores() -> None:
    assert Row("hr", term="age", level="per 10").estimate_id == "age/per_10/hr"


def test_placed_rows_keep_what_they_have() -> None:
    (row,) = placed([Row("n", 3.0, level="primary")], term="resistance", analysis="main")
    assert row.estimate_id == "main/resistance/primary/n"
    assert row.estimate == 3.0


def test_the_table_has_the_columns_of_the_contract() -> None:
    frame = table([Row("n", 3.0, analysis="main")])
    assert list(frame.columns) == list(COLUMNS)
    assert frame["estimate_id"].tolist() == ["main/n"]
    assert pd.isna(frame["lower"]).all()


def test_a_repeated_key_is_refused() -> None:
    with pytest.raises(ValueError, match="main/n"):
        table([Row("n", 3.0, analysis="main"), Row("n", 4.0, analysis="main")])


def test_no_rows_make_an_empty_table() -> None:
    assert list(table([]).columns) == list(COLUMNS)
