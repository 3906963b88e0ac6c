"""The mapping of a registry: which file, column, format and word means what in the canonical tables.

A mapping is a YAML file in `config/sources/` (docs/mapping.md shows how to write one). Everything is checked
before any data are read, and every mistake is a sentence that names the file and the key.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from rechallenge.errors import UserError
from rechallenge.settings.base import Settings
from rechallenge.sources.decisions import Decision, Key, open_decisions, shown_key, without
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


def _without_nothing(value: Any) -> Any:
    """Leave out columns without a source (`death_date: ~`): decided, and not mapped."""
    return {name: source for name, source in value.items() if source is not None} if isinstance(value, dict) else value


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
    scale: Literal["kps", "cm"] | None = Field(
        None, description="kps: Karnofsky status, turned into ECOG. cm: a diameter in centimetres."
    )
    fraction: bool = Field(False, description="0.5 means 50 percent; a cell with a % sign is percent already.")
    age_at: str | None = Field(
        None, description="For birth_date: `column` holds the age in whole years on the date in this column."
    )

    @model_validator(mode="before")
    @classmethod
    def _words_without_meaning(cls, given: Any) -> Any:
        """Take a word whose value is nothing (`unclear: ~`) as a missing word."""
        if not isinstance(given, dict) or not isinstance(given.get("values"), dict):
            return given
        values = given["values"]
        nothing = [word for word, term in values.items() if term is None]
        if not nothing:
            return given
        missing = _listed(given.get("missing") or [])
        kept = {word: term for word, term in values.items() if term is not None}
        return {**given, "values": kept, "missing": [*missing, *nothing]}

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
    columns: Annotated[
        dict[str, Annotated[ColumnSource, BeforeValidator(_as_column)]], BeforeValidator(_without_nothing)
    ] = Field(default_factory=dict)


class DateDefaults(Settings):
    """How dates are written, unless a column says otherwise."""

    formats: Texts = ("YYYY-MM-DD", "YYYY-MM", "YYYY")
    excel_epoch: Literal["1900", "1904"] | None = Field(None, description="Makes excel_serial a legal format.")
    two_digit_years_from: int | None = Field(
        None, ge=1850, le=2100, description="Makes YY legal: the first of the hundred years that 19 or 58 may mean."
    )

    @property
    def reading(self) -> tuple[str | None, int | None]:
        """What formats need beside their text: the epoch of serial numbers, the first year of two digits."""
        return self.excel_epoch, self.two_digit_years_from


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


@dataclass(frozen=True)
class ReadMapping:
    """A mapping file as far as it can be read: without what is wrong in it and what is still to be decided.

    `problems`: one sentence per mistake, open decisions not among them. `undecided`: the keys left out for a decision.
    """

    mapping: Mapping | None
    problems: list[str]
    decisions: list[Decision]
    undecided: tuple[Key, ...] = ()


def read_mapping(path: str | Path, vocabularies: str | Path | None = None) -> Mapping:
    """Read and check a mapping.

    `vocabularies` is the folder of the shared words (config/vocabularies): with it, the words of `missing.yaml`
    and `values.yaml` are checked too. Raises UserError with a sentence for every mistake found and every decision
    that a drafted mapping still asks for.
    """
    from rechallenge.sources.values import Vocabularies

    read = try_mapping(path)
    problems = [decision.sentence(Path(path).name) for decision in read.decisions] + read.problems
    if vocabularies is not None:
        try:
            Vocabularies.read_words(vocabularies)
        except UserError as error:
            problems += error.problems
    if problems or read.mapping is None:
        raise UserError(problems)
    return read.mapping


# What a column can do without until it is decided; a column that lacks anything else is left out.
_DETAILS: Final = frozenset({"values", "missing", "formats", "fraction", "scale", "pad"})


def try_mapping(path: str | Path) -> ReadMapping:
    """Read a mapping as far as possible, with everything that is wrong with it in one pass.

    An entry that cannot be read is left out, so that the others are checked too. Raises UserError where the file as
    a whole cannot be read.
    """
    from rechallenge.sources.mapping_checks import problems_of

    path = Path(path)
    values: Any = read_yaml(path)
    decisions = open_decisions(path)
    undecided = tuple(_column_of(decision.key) for decision in decisions)
    for key in reversed(undecided):
        values = without(values, key)
    mapping, mistakes = Mapping.tried(values, path.name)
    problems = [_counted(sentence) for _, sentence in mistakes]
    left_out = list(undecided)
    for _ in range(5):
        if mapping is not None:
            break
        values = _mended(values, [key for key, _ in mistakes])
        left_out += [key for key, _ in mistakes]
        mapping, mistakes = Mapping.tried(values, path.name)
    if mapping is None:
        return ReadMapping(None, problems, decisions, undecided)
    mapping._where = path.name
    problems += [problem for problem in problems_of(mapping) if not _follows(problem, path.name, left_out)]
    return ReadMapping(mapping, problems, decisions, undecided)


def _column_of(key: Key) -> Key:
    """Return the key that has to be left out while `key` is undecided."""
    if len(key) > 5 and key[0] == "tables" and key[3] == "columns" and key[5] not in _DETAILS:
        return key[:5]
    return key


def _mended(values: Any, keys: list[tuple[Any, ...]]) -> Any:
    """Return the values without the entries at `keys`, last first; what is missing at the top is filled in."""
    for key in sorted(keys, key=lambda key: [f"{part:06}" if isinstance(part, int) else str(part) for part in key]):
        if key == ("name",) and "name" not in values:
            values = {**values, "name": "mapping"}
        elif key == ("files",) and "files" not in values:
            values = {**values, "files": {}}
    for key in sorted(keys, key=lambda key: tuple(str(part) for part in key), reverse=True):
        smaller = without(values, key)
        values = smaller if smaller != values else without(values, key[:-1])
    return values


def _follows(problem: str, where: str, left_out: list[tuple[Any, ...]]) -> bool:
    """Tell whether a problem only follows from an entry that was left out."""
    for key in left_out:
        column = key[:5] if len(key) > 5 else key
        if problem.startswith((f"{where}: {shown_key(column)}:", f"{where}: {shown_key(column)}.")):
            return True
        if len(key) >= 5 and f'{shown_key(key[:4])}: the required column "{key[4]}"' in problem:
            return True
        if len(key) <= 3 and key[0] in ("tables", "files") and "no block uses it" in problem:
            return True
    return False


def _counted(sentence: str) -> str:
    """Return the sentence with the blocks of a table counted from 1, as people do."""
    return re.sub(r"(\btables\.\w+\.)(\d+)\b", lambda match: f"{match[1]}{int(match[2]) + 1}", sentence)
