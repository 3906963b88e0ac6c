"""Kinds of damage by subject; importing this package registers them all."""

from tests.corruption.kinds import (
    columns,
    date_order,
    dates,
    encodings,
    files,
    genie,
    identities,
    records,
    rows,
    types,
    units,
    workbooks,
)

__all__ = [
    "columns", "date_order", "dates", "encodings", "files", "genie", "identities", "records", "rows", "types", "units",
    "workbooks",
]  # fmt: skip
