"""The mapping of a registry: which file, column, format and word means what in the canonical tables.

A mapping is a YAML file in `config/sources/` (docs/mapping.md shows how to write one). Everything is checked
before any data are read, and every mistake is a sentence that names the file and the key.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from rechallenge.errors import UserError
from rechallenge.settings.base import Settings
from rechallenge.sources.yaml_text import read_yaml
from rechallenge.tables import TABLES


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _as_column(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _as_file(value: Any) -> Any:
    return {"path": value} if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class FileSource(Settings):
    """One file of the extract, or the parts of one."""

    path: str = Field(
        description="Name or pattern within the extract (treatments*.csv); without an ending, any readable kind."
    )
    optional: bool = Field(False, description="The file may be absent: its tables are then empty.")
    encoding: str = Field("auto", description="auto: byte order mark, else UTF-8, else GB18030.")
    delimiter: Literal["auto", ",", ";", "tab", "|"] = Field(
        "auto", description="auto: what the header line uses most of , ; tab."
    )
    sheet: str | None = Field(None, description="Sheet of a workbook; needed where it has several.")
    skip_rows: int = Field(0, ge=0, description="Title rows above the header.")
    header_rows: int = Field(1, ge=1, description="Rows of the header; merged header cells are joined with /.")
    labels: bool = Field(True, description="SAS, SPSS and Stata: read a labelled code as its label.")


class Condition(Settings):
    """A test of one cell of the row."""

    column: str
    in_: Annotated[Texts | None, Field(alias="in", description="One of these words.")] = None
    not_in: Texts | None = Field(None, description="None of these words (an empty cell passes).")
    filled: bool | None = Field(
        None, description="true: the cell holds something other than a missing token; false: it does not."
    )

    @model_validator(mode="after")
    def _one_test(self) -> "Condition":
        if sum(test is not None for test in (self.in_, self.not_in, self.filled)) != 1:
            raise ValueError("a condition needs exactly one of in, not_in, filled")
        return self


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


Conditions = Annotated[tuple[Condition, ...], BeforeValidator(_one_or_more)]


class ColumnSource(Settings):
    """Where one canonical column comes from."""

    column: str | None = Field(None, description="Column of the file.")
    first_of: Texts = Field((), description="Columns of the file: the first that is filled.")
    join: Texts = Field(
        (), description="Columns of the file, joined with - where filled (a site and a number; year, month and day)."
    )
    constant: str | None = Field(None, description="The same value in every row.")
    optional: bool = Field(False, description="The column may be absent from the file.")
    values: dict[str, str] = Field(
        default_factory=dict, description="Words of this source, beyond config/vocabularies/values.yaml."
    )
    missing: Texts = Field((), description="Further words for a missing value in this column.")
    formats: Texts = Field((), description="Date formats of this column, tried in order.")
    when: Conditions = Field((), description="The cell counts only where this holds.")
    pad: int | None = Field(None, ge=1, le=40, description="Digits of an identifier that lost its leading zeros.")
    scale: Literal["kps"] | None = Field(None, description="kps: Karnofsky status, turned into ECOG.")
    fraction: bool = Field(False, description="0.5 means 50 percent; a cell with a % sign is percent already.")
    age_at: str | None = Field(
        None, description="For birth_date: `column` holds the age in whole years on the date in this column."
    )

    @property
    def inputs(self) -> tuple[str, ...]:
        """Columns of the file that this canonical column reads, conditions included."""
        own = (self.column,) if self.column is not None else ()
        age = (self.age_at,) if self.age_at is not None else ()
        return (*own, *self.first_of, *self.join, *age, *(test.column for test in self.when))


class Block(Settings):
    """One way in which rows of a file become rows of a canonical table."""

    file: str
    keep: Conditions = Field((), description="Only rows for which every condition holds give a canonical row.")
    by_name: bool = Field(
        False, description="Take the other canonical columns from columns of the same name, where the file has them."
    )
    columns: dict[str, Annotated[ColumnSource, BeforeValidator(_as_column)]] = Field(default_factory=dict)


class DateDefaults(Settings):
    """How dates are written, unless a column says otherwise."""

    formats: Texts = ("YYYY-MM-DD", "YYYY-MM", "YYYY")
    excel_epoch: Literal["1900", "1904"] | None = Field(None, description="Makes excel_serial a legal format.")


class Declarations(Settings):
    """What a reader of the results must know of this source."""

    progression_dates_only: bool = Field(
        False, description="No scan dates: PFS is censored at last contact, and the report says so."
    )
    simulated: bool = Field(False, description="The data are simulated.")


class Mapping(Settings):
    """A whole mapping."""

    name: str
    title: str = ""
    format: Literal["tables", "genie_bpc"] = "tables"
    declares: Declarations = Declarations()
    missing: Texts = Field((), description="Further words for a missing value.")
    dates: DateDefaults = DateDefaults()
    files: dict[str, Annotated[FileSource, BeforeValidator(_as_file)]]
    tables: dict[str, Annotated[tuple[Block, ...], BeforeValidator(_one_or_more)]] = Field(default_factory=dict)
    ignore: dict[str, Texts] = Field(default_factory=dict, description="Columns known and left out, by file.")

    _where: str = PrivateAttr("mapping")

    @property
    def where(self) -> str:
        """Name of the mapping's file, for sentences."""
        return self._where

    def formats_of(self, source: ColumnSource) -> tuple[str, ...]:
        """The date formats of one column: its own, else the default ones."""
        return source.formats or self.dates.formats


def block_columns(table: str, block: Block) -> dict[str, ColumnSource]:
    """Return the source of each canonical column of a block, those taken `by_name` included."""
    columns = dict(block.columns)
    if block.by_name:
        for column in TABLES[table].columns:
            columns.setdefault(column.name, ColumnSource(column=column.name, optional=not column.required))
    return columns


def read_mapping(path: str | Path, vocabularies: str | Path | None = None) -> Mapping:
    """Read and check a mapping.

    `vocabularies` is the folder of the shared words (config/vocabularies): with it, the words of `missing.yaml`
    and `values.yaml` are checked too. Raises UserError with a sentence for every mistake found.
    """
    from rechallenge.sources.mapping_checks import problems_of
    from rechallenge.sources.values import Vocabularies

    path = Path(path)
    try:
        mapping = Mapping.read(read_yaml(path), path.name)
    except UserError as error:
        raise UserError([_counted(problem) for problem in error.problems]) from None
    mapping._where = path.name
    problems = problems_of(mapping)
    if vocabularies is not None:
        try:
            Vocabularies.read_words(vocabularies)
        except UserError as error:
            problems += error.problems
    if problems:
        raise UserError(problems)
    return mapping


def _counted(sentence: str) -> str:
    """Return the sentence with the blocks of a table counted from 1, as people do."""
    return re.sub(r"(\btables\.\w+\.)(\d+)\b", lambda match: f"{match[1]}{int(match[2]) + 1}", sentence)
