"""What is written can be read back: no identifier changes on its way through a file."""

import pandas as pd
import pytest

from rechallenge.files import read_csv, write_csv
from rechallenge.tables import TEXT

IDENTIFIERS = ["=1+1", "@7", "-A12", "+86 1", "-12", "'=1", "''-A", "'O Brien", "0012", "a=b", "王"]


@pytest.mark.parametrize("identifier", IDENTIFIERS)
def test_an_identifier_survives_a_result_table(tmp_path, identifier: str) -> None:
    frame = pd.DataFrame({"patient_id": pd.Series([identifier], dtype=TEXT)})
    write_csv(frame, tmp_path / "table.csv")
    assert read_csv(tmp_path / "table.csv")["patient_id"].tolist() == [identifier]


def test_a_spreadsheet_finds_no_formula(tmp_path) -> None:
    write_csv(pd.DataFrame({"patient_id": pd.Series(["=1+1", "-12"], dtype=TEXT)}), tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text(encoding="utf-8").splitlines() == ["patient_id", "'=1+1", "-12"]
