"""The edge of ingest: finds the files of an extract and reads each into cells. Nothing is interpreted here."""

import fnmatch
import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.errors import UserError, nearest
from rechallenge.settings.limits import LimitSettings
from rechallenge.sources.cells import folded
from rechallenge.sources.delimited import read_delimited
from rechallenge.sources.limits import (
    DEFAULT,
    refuse_endless_line,
    refuse_large_cells,
    refuse_large_parquet,
    refuse_large_workbook,
)
from rechallenge.sources.mapping import FileSource, Mapping, block_columns
from rechallenge.sources.raw import Part, RawFile
from rechallenge.sources.statistical import KINDS, parquet_size, read_parquet_cells, read_statistical
from rechallenge.sources.workbooks import read_workbook
from rechallenge.tables import TEXT

READERS: Final = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), read_delimited),
    **dict.fromkeys((".xlsx", ".xlsm"), read_workbook),
    **dict.fromkeys((".parquet", ".pq"), read_parquet_cells),
    **dict.fromkeys(KINDS, read_statistical),
}


def read_files(extract: str | Path, mapping: Mapping, limits: LimitSettings = DEFAULT) -> dict[str, RawFile]:
    """Read every file that the mapping declares.

    `extract` is a file or a folder. A logical file may have several parts (a pattern); an optional one that is
    absent is left out of the result. Raises UserError with a sentence for each missing or unreadable file and each
    column that the mapping names and the file lacks.
    """
    raw, problems = try_files(extract, mapping, limits)
    if problems:
        raise UserError(problems)
    return raw


def try_files(
    extract: str | Path, mapping: Mapping, limits: LimitSettings = DEFAULT
) -> tuple[dict[str, RawFile], list[str]]:
    """Read the files that can be read, and return also a sentence for each mistake that `read_files` would raise."""
    extract = Path(extract)
    if not extract.exists():
        return {}, [f'There is no file or folder "{extract}" (extract: path in the study file).']
    problems: list[str] = []
    raw: dict[str, RawFile] = {}
    for name, source in mapping.files.items():
        try:
            paths = _paths(extract, name, source, mapping)
            if paths:
                raw[name] = _read_parts(extract, name, paths, source, limits)
        except UserError as error:
            problems += error.problems
    problems += [sentence for name, file in raw.items() for sentence in _column_problems(name, file, mapping)]
    return raw, problems


def extract_sha256(raw: dict[str, RawFile]) -> str:
    """Return the SHA-256 of an extract: of its only file, else of the sorted lines "hash  name" of its files."""
    parts = sorted({(part.name, part.sha256) for file in raw.values() for part in file.parts})
    if len(parts) == 1:
        return parts[0][1]
    return hashlib.sha256("".join(f"{sha}  {name}\n" for name, sha in parts).encode()).hexdigest()


def unread_files(extract: str | Path, raw: dict[str, RawFile]) -> list[str]:
    """Return the data files of the extract's folder that the mapping does not declare."""
    extract = Path(extract)
    if extract.is_file():
        return []
    read = {part.name for file in raw.values() for part in file.parts}
    return [name for name in listed_files(extract) if name not in read]


def listed_files(folder: Path) -> list[str]:
    """Names of the readable files of a folder, without hidden ones and the locks of spreadsheet programs."""
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file() and inside(path, folder))
    return [
        path.as_posix()
        for path in found
        if path.suffix.lower() in READERS and not any(part.startswith((".", "~$")) for part in path.parts)
    ]


def inside(path: Path, folder: Path) -> bool:
    """Tell whether a file lies in the folder of the extract, and is no link that leads out of it."""
    return path.resolve().is_relative_to(folder.resolve())


def _paths(extract: Path, name: str, source: FileSource, mapping: Mapping) -> list[Path]:
    """Return the parts of a logical file, sorted by name; empty where it is optional and absent."""
    if extract.is_file():
        if len({file.path for file in mapping.files.values()}) == 1 or _fits(extract.name, source.path):
            return [extract]
        if source.optional:
            return []
        raise UserError(
            f'The extract is the file "{extract.name}", but {mapping.where} needs "{source.path}" too (files.{name}); '
            "give the folder that holds both."
        )
    listed = listed_files(extract)
    fitting = [file for file in listed if _fits(file, source.path)]
    if not fitting and source.optional:
        return []
    if not fitting:
        if not extract.is_dir():
            raise UserError(f'"{extract}" is neither a file nor a folder (extract: path in the study file).')
        _refuse_outside(extract, name, source, mapping)
        present = [file for file in extract.iterdir() if _fits(file.name, source.path)]
        if present:
            kinds = ", ".join(READERS)
            raise UserError(f'"{present[0].name}" is of a kind that cannot be read; known endings: {kinds}.')
        raise UserError(
            f'There is no file "{source.path}" in the extract "{extract}" (files.{name} of {mapping.where}).'
            + nearest(source.path, listed)
        )
    endings = {PurePosixPath(file).suffix.lower() for file in fitting}
    pattern = any(mark in source.path for mark in "*?[")
    if len(fitting) > 1 and (not pattern or len(endings) > 1):
        listed_text = ", ".join(f'"{file}"' for file in fitting)
        raise UserError(
            f'Several files fit "{source.path}" (files.{name} of {mapping.where}): {listed_text}; '
            "leave one, or name it in the mapping."
        )
    return [extract / file for file in fitting]


def _refuse_outside(extract: Path, name: str, source: FileSource, mapping: Mapping) -> None:
    """Say that a path or a link leads out of the extract, rather than that there is no such file."""
    if ".." in PurePosixPath(source.path).parts or PurePosixPath(source.path).is_absolute():
        raise UserError(
            f'{mapping.where}: "{source.path}" (files.{name}) leads out of the extract; a mapping names files within '
            "it."
        )
    links = [path for path in sorted(extract.rglob("*")) if path.is_symlink() and _fits(path.name, source.path)]
    if links:
        raise UserError(
            f'"{links[0].relative_to(extract)}" is a link that leads out of the extract "{extract}" (files.{name} of '
            f"{mapping.where}); put the file itself there."
        )


def _fits(file: str, pattern: str) -> bool:
    """Tell whether a file's name fits the declared one, in any case; without an ending, any readable one fits."""
    file, pattern = file.lower(), pattern.lower().removeprefix("./")
    if not PurePosixPath(pattern).suffix and PurePosixPath(file).suffix in READERS:
        file = file.removesuffix(PurePosixPath(file).suffix)
    return fnmatch.fnmatchcase(file, pattern)


def read_file(path: Path, label: str, source: FileSource) -> RawFile:
    """Read one file outside any mapping, by its name `label`; raises UserError where it cannot be read."""
    frame, part = _read_one(path, label, source)
    return RawFile(label, frame, (part,))


def _read_parts(extract: Path, name: str, paths: list[Path], source: FileSource, limits: LimitSettings) -> RawFile:
    frames: list[pd.DataFrame] = []
    parts: list[Part] = []
    problems: list[str] = []
    for path in paths:
        label = path.name if extract.is_file() else path.relative_to(extract).as_posix()
        try:
            frame, part = _read_one(path, label, source, limits)
        except UserError as error:
            problems += error.problems
            continue
        if frames and set(frame.columns) != set(frames[0].columns):
            other = sorted(set(frame.columns) ^ set(frames[0].columns))
            problems.append(
                f'"{label}" and "{parts[0].name}" are parts of one file but differ in the columns {", ".join(other)}.'
            )
        frames.append(frame)
        parts.append(part)
    if problems:
        raise UserError(problems)
    return RawFile(name, frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True), tuple(parts))


def _read_one(path: Path, label: str, source: FileSource, limits: LimitSettings = DEFAULT) -> tuple[pd.DataFrame, Part]:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UserError(f'"{label}" is of a kind that cannot be read; known endings: {", ".join(READERS)}.')
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f'"{label}" cannot be opened ({error.strerror}).') from None
    if reader is read_delimited:
        refuse_endless_line(data, label)
    if reader is read_workbook:
        refuse_large_workbook(data, label, limits)
    if reader is read_parquet_cells:
        refuse_large_parquet(*parquet_size(data), label, limits)
    frame, numbers, blank = reader(data, label, source)
    refuse_large_cells(frame, numbers, label, limits)
    if frame.empty and not len(frame.columns):
        raise UserError(f"{label}: the file has no columns.")
    place = pd.DataFrame(
        {"source_file": pd.Series(label, index=frame.index, dtype=TEXT), "source_row": numbers.astype(np.int64)}
    )
    cut = reader is read_delimited and len(frame) and not data.rstrip(b"\0").endswith((b"\n", b"\r"))
    part = Part(label, hashlib.sha256(data).hexdigest(), len(frame), blank, int(numbers[-1]) if cut else None)
    return pd.concat([frame, place], axis=1), part


def named_columns(name: str, mapping: Mapping) -> Iterator[tuple[str, str, bool]]:
    """Yield each column of a logical file that the mapping names: column, key in the mapping, required or not."""
    for table, blocks in mapping.tables.items():
        for at, block in enumerate(blocks, start=1):
            if block.file != name:
                continue
            for test in block.keep:
                yield test.column, f"tables.{table}.{at}.keep", True
            for column, source in block_columns(table, block).items():
                for read in source.inputs:
                    yield read, f"tables.{table}.{at}.columns.{column}", not source.optional


def _column_problems(name: str, file: RawFile, mapping: Mapping) -> Iterator[str]:
    """Yield a sentence for each column that the mapping names and the file lacks, or has more than once."""
    said: set[str] = set()
    label = file.parts[0].name
    for column, key, required in named_columns(name, mapping):
        if column in said or file.find(column) is not None:
            continue
        alike = [other for other in file.columns if folded(other) == folded(column)]
        repeated = [other for other in file.columns if folded(other).startswith(folded(column) + "(")]
        if len(alike) > 1 or len(repeated) > 1:
            said.add(column)
            several = ", ".join(f'"{other}"' for other in (alike if len(alike) > 1 else repeated))
            yield (
                f'{label}: the column "{column}" stands several times; name one of {several} in '
                f"{mapping.where} ({key}), or rename it in the file."
            )
        elif required:
            said.add(column)
            known = nearest(column, file.columns)
            yield f'{label}: the column "{column}" is missing ({key} of {mapping.where}).{known}'
