"""How frames become files and back: the only place that fixes the bytes of tables.

CSV: UTF-8, LF, ISO dates, `true`/`false`, numbers at 10 significant digits (the last bits of a float differ
between processors), empty for missing. A text cell that a spreadsheet would run as a formula gets a leading
apostrophe.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from rechallenge.tables import TEXT, conform

SIGNIFICANT_DIGITS = 10
# The apostrophes before it are counted in, so that taking one off again gives back what was written.
_FORMULA = r"^'*[=+\-@\t\r]"
_GUARDED = r"^'+[=+\-@\t\r]"


def number_text(value: float) -> str:
    """Return a number as it stands in every text output: integers bare, else 10 significant digits."""
    if value != value:
        return ""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.{SIGNIFICANT_DIGITS}g}"


def _text_column(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column.dtype):
        return pd.Series(np.where(column, "true", "false"), index=column.index)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.dt.strftime("%Y-%m-%d")
    if pd.api.types.is_integer_dtype(column.dtype):
        return column
    if pd.api.types.is_float_dtype(column.dtype):
        return pd.Series([number_text(value) for value in column], index=column.index, dtype="object")
    text = column.astype(TEXT)
    risky = text.str.contains(_FORMULA, regex=True, na=False) & pd.to_numeric(text, errors="coerce").isna()
    return text.mask(risky, "'" + text)


def write_csv(frame: pd.DataFrame, path: str | os.PathLike[str], *, append: bool = False) -> None:
    """Write a result table, or add rows to one; see the module's docstring for the form."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    plain = pd.DataFrame({name: _text_column(frame[name]) for name in frame.columns}, columns=frame.columns)
    mode: Literal["a", "w"] = "a" if append else "w"
    plain.to_csv(path, index=False, header=not append, mode=mode, lineterminator="\n", encoding="utf-8")


def read_csv(path: str | os.PathLike[str], *, dates: Iterable[str] = (), text: Iterable[str] = ()) -> pd.DataFrame:
    """Read a result table written by `write_csv`.

    `patient_id`, every non-numeric column and the columns of `text` are text, `dates` become datetimes,
    columns of true/false become booleans. Empty cells are missing; the apostrophe before a formula is taken off.
    """
    as_text = ["patient_id", "excluded_by", *text, *dates]
    header = pd.read_csv(path, nrows=0).columns
    frame = pd.read_csv(
        path, dtype={name: TEXT for name in header if name in as_text}, keep_default_na=False, na_values=[""]
    )
    for name in frame.columns:
        if name in dates:
            frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d")
        elif frame[name].dtype == object:
            values = set(frame[name].dropna().unique())
            if values and values <= {True, False, "true", "false"} and frame[name].notna().all():
                frame[name] = frame[name].isin([True, "true"])
            else:
                frame[name] = frame[name].astype(TEXT)
    for name in frame.columns:
        if frame[name].dtype == TEXT:
            guarded = frame[name].str.contains(_GUARDED, regex=True, na=False)
            frame[name] = frame[name].mask(guarded, frame[name].str.slice(1))
    return frame


def write_canonical(frame: pd.DataFrame, table: str, folder: str | os.PathLike[str]) -> None:
    """Write `folder/<table>/part-0000.parquet`, sorted by patient, in the declared columns and dtypes."""
    target = Path(folder) / table
    target.mkdir(parents=True, exist_ok=True)
    ordered = conform(frame, table).sort_values(["patient_id", "source_file", "source_row"], kind="stable")
    write_parquet(ordered, target / "part-0000.parquet")


def write_parquet(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write one Parquet file whose bytes depend on the content only."""
    pq.write_table(_to_arrow(frame), path, compression="zstd")


class ParquetRows:
    """One Parquet file to which rows are added, so that they need not be in memory together.

    All parts must have the columns and types of the first.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        if self._writer is not None:
            self._writer.close()

    def write(self, frame: pd.DataFrame) -> None:
        """Add the rows of a frame as a row group."""
        arrow = _to_arrow(frame)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, arrow.schema, compression="zstd")
        self._writer.write_table(arrow.cast(self._writer.schema))


def _to_arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame.reset_index(drop=True), preserve_index=False).replace_schema_metadata(None)


def read_parquet(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a Parquet file of this project: text as `TEXT`, dates as `datetime64[ns]`."""
    return _from_arrow(pq.read_table(path))


def read_canonical(folder: str | os.PathLike[str], table: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Read every part of a canonical table (in the order of their names); `columns` limits what is read."""
    parts = sorted((Path(folder) / table).glob("part-*.parquet"))
    if not parts:
        return conform(pd.DataFrame(), table)
    return _from_arrow(pa.concat_tables([pq.read_table(part, columns=columns) for part in parts]))


def _from_arrow(arrow: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = arrow.to_pandas(types_mapper={pa.string(): TEXT, pa.large_string(): TEXT}.get)
    for name in frame.select_dtypes("datetime").columns:
        frame[name] = frame[name].astype("datetime64[ns]")
    return frame


def rounded(value: Any) -> Any:
    """Return a JSON-ready copy: floats at 10 significant digits, NaN as null, numpy scalars as Python's."""
    if isinstance(value, dict):
        return {str(key): rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item) for item in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if not np.isfinite(value) else float(f"{float(value):.{SIGNIFICANT_DIGITS}g}")
    return value


def write_json(value: Any, path: str | os.PathLike[str]) -> None:
    """Write JSON with sorted keys, two spaces, LF and a final newline."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(rounded(value), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    Path(path).write_text(text + "\n", encoding="utf-8")
