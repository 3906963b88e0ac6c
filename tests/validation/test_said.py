"""The line of the validation on the terminal."""

import pandas as pd
import pytest

from rechallenge.validation.said import said


def violations(*rows: str) -> pd.DataFrame:
    return pd.DataFrame([row.split() for row in rows], columns=["severity", "status", "source_file"])


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ((), "0 errors, 0 warnings and 0 notes"),
        (("error open a.csv", "note open a.csv", "note open b.csv"), "1 error, 0 warnings and 2 notes in 2 files"),
        (
            ("error waived a.csv", "warning open b.csv", "error set_aside c.csv"),
            "0 errors, 1 warning and 0 notes in 1 file; 1 waived; 1 on rows set aside",
        ),
    ],
)
def test_what_is_open_is_said_with_its_files(rows: tuple[str, ...], line: str) -> None:
    assert said(violations(*rows)) == line
