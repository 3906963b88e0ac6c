"""What is missing from a file as a whole: empty rows and columns, columns left out, records skipped, ends cut off."""

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.findings import Rule, findings, together
from rechallenge.sources import rules
from rechallenge.sources.mapping import Mapping
from rechallenge.sources.raw import Part, RawFile
from rechallenge.sources.readers import named_columns
from rechallenge.tables import TABLES, TEXT

# In a shorter file a column may well be empty by chance: nobody died, nobody was tested.
LEAST_ROWS: Final = 10


def gaps(raw: MappingType[str, RawFile], mapping: Mapping) -> pd.DataFrame:
    """Return the findings on files, rows and columns that hold nothing, in the frame of `rechallenge.findings`."""
    parts: dict[str, tuple[Part, RawFile, int]] = {}
    for name, file in raw.items():
        source = mapping.files.get(name)
        first = source.skip_rows + source.header_rows + 1 if source else 2
        # Several logical files may be one physical file: it is looked at once.
        parts.update({part.name: (part, file, first) for part in file.parts})
    found = [_of_part(*of) for of in parts.values()]
    for name, file in raw.items():
        found += [_empty_columns(name, file, mapping), _absent_columns(name, file, mapping)]
    return together([part.drop_duplicates(ignore_index=True) for part in found])


def _of_part(part: Part, file: RawFile, first: int) -> pd.DataFrame:
    """Findings on one physical file whose first row of data has the number `first`."""
    found = []
    if not part.rows:
        found.append(_on_file(rules.FILE_WITHOUT_ROWS, part.name, f"{part.name} holds a header and no row of data."))
    if part.open_end:
        found.append(_on_file(rules.LAST_LINE_OPEN, part.name, row=part.open_end))
    numbers = file.frame.loc[file.frame["source_file"].eq(part.name), "source_row"].to_numpy()
    found += [_empty_rows(part.name, after + 1, before - 1) for after, before in _jumps(numbers, first)]
    return together(found)


def _on_file(
    rule: Rule, name: str, message: str | None = None, row: int | None = None, value: str = ""
) -> pd.DataFrame:
    place = pd.DataFrame({"source_file": [name], "source_row": [row]})
    return findings(rule, place, table="", value=value, message=message or rule.meaning + ".")


def _jumps(numbers: np.ndarray, first: int) -> Iterator[tuple[int, int]]:
    """Yield the numbers of the rows before and after each run of empty rows; those at the end are no gap."""
    before = np.concatenate([[first - 1], numbers[:-1]]) if len(numbers) else numbers
    for at in np.flatnonzero(numbers - before > 1):
        yield int(before[at]), int(numbers[at])


def _empty_rows(name: str, first: int, last: int) -> pd.DataFrame:
    which = f"row {first} is empty" if first == last else f"the rows {first} to {last} are empty"
    return _on_file(rules.ROW_EMPTY, name, f"{name}: {which}, and the table goes on below.", first)


def _empty_columns(name: str, file: RawFile, mapping: Mapping) -> pd.DataFrame:
    """A finding for each column that the study reads and that no row fills."""
    if file.rows < LEAST_ROWS:
        return together([])
    read = {found: None for column in _read(name, mapping) if (found := file.find(column)) is not None}
    empty = [column for column in read if file.frame[column].isna().all()]
    rows = pd.DataFrame({"source_file": _label(file), "name": empty}).astype(TEXT)
    message = 'The column "' + rows["name"] + '" of ' + rows["source_file"] + " holds no value in any row."
    return findings(rules.COLUMN_EMPTY, rows, table="", value=rows["name"], message=message)


def _absent_columns(name: str, file: RawFile, mapping: Mapping) -> pd.DataFrame:
    """A finding for a file without some of the columns that it could have."""
    absent = [column for column in _read(name, mapping) if file.find(column) is None]
    if not absent:
        return together([])
    several = len(absent) > 1
    listed = ", ".join(f'"{column}"' for column in absent)
    message = (
        f"{_label(file)} has no {'columns' if several else 'column'} {listed}: "
        f"{'their values are' if several else 'its value is'} missing in every row."
    )
    return _on_file(rules.COLUMN_ABSENT, _label(file), message, value=", ".join(absent))


def _label(file: RawFile) -> str:
    return file.parts[0].name if file.parts else file.name


def _read(name: str, mapping: Mapping) -> list[str]:
    """The columns of a logical file that the study reads or, by their canonical names, could read."""
    if mapping.format == "genie_bpc":
        from rechallenge.sources.genie import OPTIONAL, REQUIRED

        return [*REQUIRED.get(name, ()), *OPTIONAL.get(name, ())]
    named = [column for column, _, _ in named_columns(name, mapping)]
    for table, blocks in mapping.tables.items():
        if any(block.file == name and block.by_name for block in blocks):
            named += [column for column in TABLES[table].names if column not in named]
    return named
