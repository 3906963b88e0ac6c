"""Texts as numbers; each of these texts ended the process, or could have."""

import math
from pathlib import Path

import pandas as pd
import pytest

from rechallenge.files import TEXT, read_csv, write_csv
from rechallenge.text_numbers import to_numbers


@pytest.mark.parametrize("dtype", [object, TEXT])
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("296e587941759841", None),  # a keyed hash
        ("1e2147483648", None),
        ("1e-99999999999", None),
        ("1E99999 ", None),
        ("1.5e3", 1500.0),
        ("-2e-0003", -0.002),
        ("12", 12.0),
        ("e12345", None),
        ("", None),
    ],
)
def test_numbers_of_texts(text, number, dtype):
    found = to_numbers(pd.Series([text, "3"], dtype=dtype)).tolist()
    assert (None if pd.isna(found[0]) or math.isinf(found[0]) else found[0]) == number
    assert found[1] == 3


def test_a_key_that_looks_like_a_number_is_written_as_it_is(tmp_path: Path):
    frame = pd.DataFrame({"patient_key": pd.Series(["296e587941759841", "=1e999999999", "-1.5"], dtype=TEXT)})
    write_csv(frame, tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text(encoding="utf-8").split() == [
        "patient_key", "296e587941759841", "'=1e999999999", "-1.5",
    ]  # fmt: skip
    assert read_csv(tmp_path / "table.csv", text=["patient_key"])["patient_key"].tolist()[0] == "296e587941759841"
