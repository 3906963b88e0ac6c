"""Parquet, SAS, SPSS and Stata files as cells: real dates stay dates, all else becomes text."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from rechallenge.errors import UserError
from rechallenge.sources.mapping import FileSource
from rechallenge.sources.raw import drop_blank, number_text, text_column, unique_headers

KINDS: Final = {
    ".sas7bdat": "SAS (sas7bdat)",
    ".xpt": "SAS (transport)",
    ".sav": "SPSS",
    ".zsav": "SPSS",
    ".dta": "Stata",
}


def read_parquet_cells(data: bytes, name: str, _: FileSource) -> tuple[pd.DataFrame, np.ndarray, int]:
    """Return the cells of a Parquet file, the row number of each row (the first is 2), and the empty rows left out."""
    import pyarrow.parquet as pq

    if not data:
        raise UserError(f"{name}: the file is empty.")
    try:
        table = pq.read_table(pa.BufferReader(data))
    except (pa.ArrowInvalid, OSError):
        raise UserError(f"{name}: the file is not a readable Parquet file.") from None
    names = unique_headers(table.column_names)
    columns = {}
    for at, column in enumerate(names):
        try:
            columns[column] = _arrow_cells(table.column(at))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise UserError(
                f'{name}, column "{column}": cells of the kind {table.column(at).type} are no text, number or date; '
                "write the column as text."
            ) from None
    return drop_blank(pd.DataFrame(columns), np.arange(2, 2 + table.num_rows))


def parquet_size(data: bytes) -> tuple[int, int]:
    """Return the rows and columns that a Parquet file says it has, 0 and 0 where it cannot be read."""
    import pyarrow.parquet as pq

    try:
        described = pq.read_metadata(pa.BufferReader(data))
    except (pa.ArrowInvalid, OSError):
        return 0, 0
    return described.num_rows, described.num_columns


def _arrow_cells(column: pa.ChunkedArray) -> pd.Series:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        try:
            return pd.Series(column.cast(pa.timestamp("ns", getattr(kind, "tz", None))).to_pandas()).dt.tz_localize(
                None
            )
        except pa.ArrowInvalid:
            return pd.Series(column.to_pylist(), dtype=object)
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _numbers(pd.Series(column.to_pandas()).astype("float64"))
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], type=kind)
    return text_column(array.cast(pa.string()))


def _numbers(values: pd.Series) -> pd.Series:
    codes, uniques = pd.factorize(values)
    texts = np.array([*(number_text(value) for value in uniques), None], dtype=object)
    return text_column(texts[codes])


def read_statistical(data: bytes, name: str, source: FileSource) -> tuple[pd.DataFrame, np.ndarray, int]:
    """Return the cells of a SAS, SPSS or Stata file, the row numbers (the first is 2), and the empty rows left out.

    Labelled codes are read as their labels unless the mapping says `labels: false`.
    """
    import pyreadstat

    ending = Path(name).suffix.lower()
    readers: dict[str, Callable[..., tuple[pd.DataFrame, Any]]] = {
        ".sas7bdat": pyreadstat.read_sas7bdat,
        ".xpt": pyreadstat.read_xport,
        ".sav": pyreadstat.read_sav,
        ".zsav": pyreadstat.read_sav,
        ".dta": pyreadstat.read_dta,
    }
    if not data:
        raise UserError(f"{name}: the file is empty.")
    options: dict[str, Any] = {} if source.encoding == "auto" else {"encoding": source.encoding}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"extract{ending}"
        path.write_bytes(data)
        try:
            frame, meta = readers[ending](str(path), **options)
        except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError, ValueError) as error:
            raise UserError(f"{name}: the file is not a readable {KINDS[ending]} file ({error}).") from None
    labels = meta.variable_value_labels if source.labels else {}
    names = unique_headers([str(column) for column in frame.columns])
    columns = {new: _cells(frame[old], labels.get(old, {})) for new, old in zip(names, frame.columns, strict=True)}
    return drop_blank(pd.DataFrame(columns), np.arange(2, 2 + len(frame)))


def _cells(column: pd.Series, labels: dict[Any, str]) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.reset_index(drop=True)
    if pd.api.types.is_numeric_dtype(column.dtype):
        texts = _numbers(column.astype("float64"))
        if not labels:
            return texts
        words = {number_text(code): str(label) for code, label in labels.items() if isinstance(code, (int, float))}
        return text_column(texts.map(lambda text: words.get(text, text), na_action="ignore").astype(object).to_numpy())
    values = [None if pd.isna(value) else value for value in column]
    if any(hasattr(value, "year") for value in values):
        return pd.Series(values, dtype=object)
    texts_list = [None if value is None else str(labels.get(value, value)) for value in values]
    return text_column(texts_list)
