"""The accepted canonical tables as one analysis reads them: what the steps after the gate begin with."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from rechallenge.clinical.courses import TABLES
from rechallenge.files import read_canonical
from rechallenge.sources.imputation import Method, impute


class Accepted:
    """The accepted tables of a study, read once; `tables` gives them under an analysis's reading of partial dates.

    `folder` holds `<table>/part-*.parquet`; `stored` is the method by which ingest has imputed partial dates.
    """

    def __init__(self, folder: Path, stored: Method, cutoff: pd.Timestamp) -> None:
        self._tables = {name: read_canonical(folder, name) for name in TABLES}
        self._by_method: dict[Method, dict[str, pd.DataFrame]] = {stored: self._tables}
        self._cutoff = cutoff

    def tables(self, method: Method) -> dict[str, pd.DataFrame]:
        """Return the tables with partial dates taken by `method`."""
        if method not in self._by_method:
            self._by_method[method] = impute(self._tables, method, self._cutoff.date())
        return self._by_method[method]


def folder_of(files: Sequence[str]) -> Path:
    """Return the folder of accepted tables from the files that a rule names."""
    return Path(files[0]).parents[1]
