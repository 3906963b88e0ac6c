"""Canonical tables from rows that a person wrote by hand: invented patients, and the fixtures of tests."""

import pandas as pd

from rechallenge.tables import TABLES, TEXT, conform

_QUALIFIERS = {">": "at_least", "<": "at_most"}


def canonical_rows(name: str, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the canonical table `name` from a frame of text cells named after its columns.

    `2020-05` and `2020` are partial dates (at the 15th, at 1 July); a count may be `>=3` or `<5`; treatments bring
    their `drug_class` along. Rows are called `<name>.csv` row 2, 3 ..., in their order.
    """
    frame = cells.copy()
    for column in TABLES[name].columns:
        if column.name not in frame:
            continue
        written = frame[column.name].astype(TEXT)
        if column.kind == "date":
            length = written.str.len()
            frame[f"{column.name}_raw"] = written
            frame[f"{column.name}_precision"] = length.map({10: "day", 7: "month", 4: "year"})
            full = written.where(length.ne(7), written + "-15").where(length.ne(4), written + "-07-01")
            frame[column.name] = pd.to_datetime(full, format="%Y-%m-%d")
        elif column.kind == "count":
            frame[f"{column.name}_raw"] = written
            sign = written.str[:1].map(_QUALIFIERS).fillna("exact")
            frame[f"{column.name}_qualifier"] = sign.where(written.notna())
            frame[column.name] = pd.to_numeric(written.str.lstrip("<>="))
        elif column.kind == "number":
            frame[column.name] = pd.to_numeric(written)
    if "drug" in frame and "drug_raw" not in frame:
        frame["drug_raw"] = frame["drug"]
    frame["source_file"] = f"{name}.csv"
    frame["source_row"] = range(2, len(frame) + 2)
    return conform(frame, name)
