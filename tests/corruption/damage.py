"""What a damage is, where it sits, and the register of its kinds."""

import random
import string
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from tests.corruption.sheets import Book, Delimited, Sheet
from tests.corruption.studies import Study

EVERYWHERE: Final[frozenset[int]] = frozenset()
T = TypeVar("T")


class NotHereError(Exception):
    """The kind finds nothing in this study that it could damage."""


@dataclass(frozen=True)
class Mark:
    """Where a damage sits: a file, its rows (none: the whole file), headers (none: whole rows) and patients."""

    file: str
    rows: frozenset[int] = EVERYWHERE
    headers: frozenset[str] = frozenset()
    patients: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Damage:
    """Files to write over those of the study (None: the file is taken away), and where the damage sits.

    `moved`: rows stand elsewhere than before, so that row numbers cannot be compared.
    """

    files: dict[str, bytes | None]
    what: str
    marks: tuple[Mark, ...]
    moved: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of a file: `table` and `column` are its canonical names."""

    file: str
    at: int
    place: int
    header: str
    text: str
    table: str
    column: str
    patient: str


class Hand:
    """The hand that damages one study once: picks cells, changes copies of the files, says what it did."""

    def __init__(self, study: Study, rng: random.Random) -> None:
        self.study, self.rng = study, rng
        self._copies: dict[str, Sheet] = {}

    def sheet(self, file: str) -> Sheet:
        if file not in self._copies:
            self._copies[file] = self.study.sheets[file].copied()
        return self._copies[file]

    def any_sheet(self, kind: type[Sheet] = Sheet, least: int = 2, table: str = "") -> Sheet:
        """A file that has at least so many rows of data."""
        names = [
            name
            for name, sheet in self.study.sheets.items()
            if isinstance(sheet, kind) and len(sheet.data) >= least and (not table or self.study.holds(name, table))
        ]
        return self.sheet(self.choice(names))

    def delimited(self, least: int = 2, table: str = "") -> Delimited:
        sheet = self.any_sheet(Delimited, least, table)
        assert isinstance(sheet, Delimited)
        return sheet

    def book(self) -> Book:
        sheet = self.any_sheet(Book)
        assert isinstance(sheet, Book)
        return sheet

    def choice(self, things: Iterable[T]) -> T:
        """Any of the things; raises NotHereError where there is none."""
        listed = list(things)
        if not listed:
            raise NotHereError
        return self.rng.choice(listed)

    def shuffled(self, things: Iterable[T]) -> list[T]:
        listed = list(things)
        self.rng.shuffle(listed)
        return listed

    def cells(self, table: str, column: str) -> Iterator[Cell]:
        """The filled cells of a canonical column."""
        for file, header in self.study.places(table, column):
            sheet = self.study.sheets[file]
            place = sheet.header.index(header)
            for at in sheet.data:
                text = sheet.rows[at][place]
                if text.strip():
                    yield Cell(file, at, place, header, text, table, column, self.study.patient(file, sheet.rows[at]))

    def pick(self, *columns: str, where: Callable[[Cell], bool] = bool) -> Cell:
        """A filled cell of any of the columns ("treatments.start_date") of which `where` holds."""
        for name in self.shuffled(columns):
            table, _, column = name.partition(".")
            cells = [cell for cell in self.cells(table, column) if where(cell)]
            if cells:
                return self.rng.choice(cells)
        raise NotHereError

    def of(self, table: str, column: str, file: str, row: int, raw: str | None = None) -> Cell:
        """The cell of a canonical column in a row of a file; of several the one that holds `raw`."""
        for name, header in self.study.places(table, column):
            sheet = self.sheet(file)
            if name == file:
                place = sheet.header.index(header)
                text = sheet.rows[row - 1][place]
                if raw is None or text.strip() == raw.strip():
                    patient = self.study.patient(file, sheet.rows[row - 1])
                    return Cell(file, row - 1, place, header, text, table, column, patient)
        raise NotHereError

    def put(self, cell: Cell, text: str) -> Mark:
        """Write a text into a cell; returns where."""
        self.sheet(cell.file).rows[cell.at][cell.place] = text
        return mark_of(cell)

    def done(self, what: str, *marks: Mark, moved: bool = False) -> Damage:
        """The damage done to the copies."""
        return Damage({name: sheet.written() for name, sheet in self._copies.items()}, what, marks, moved)

    def one(self, cell: Cell, text: str) -> Damage:
        """The damage of one cell."""
        if text == cell.text:
            raise NotHereError
        mark = self.put(cell, text)
        said = text if len(text) < 50 else text[:47] + "..."
        return self.done(f"{cell.text!r} became {said!r}", mark)

    def letters(self, number: int) -> str:
        return "".join(self.rng.choice(string.ascii_lowercase) for _ in range(number))


def mark_of(*cells: Cell) -> Mark:
    """The mark of cells of one file."""
    return Mark(
        cells[0].file,
        frozenset(cell.at + 1 for cell in cells),
        frozenset(cell.header for cell in cells),
        frozenset(cell.patient for cell in cells if cell.patient),
    )


@dataclass(frozen=True)
class Kind:
    """One kind of damage: a function that does it, in one subject, with a sentence."""

    name: str
    subject: str
    says: str
    do: Callable[[Hand], Damage]


KINDS: Final[dict[str, Kind]] = {}


def kind(subject: str, says: str) -> Callable[[Callable[[Hand], Damage]], Callable[[Hand], Damage]]:
    """Register a function as a kind of damage; its name is the kind's."""

    def register(do: Callable[[Hand], Damage]) -> Callable[[Hand], Damage]:
        assert do.__name__ not in KINDS, f"two kinds are called {do.__name__}"
        KINDS[do.__name__] = Kind(do.__name__, subject, says, do)
        return do

    return register
