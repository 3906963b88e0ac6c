"""One sheet as the draft sees it: its columns with their readings and evidence, and the choice among them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from rechallenge.drafting.evidence import Profile
from rechallenge.drafting.extract import Sheet
from rechallenge.drafting.headers import HELPERS, HeaderWords, Reading
from rechallenge.sources.values import Vocabularies
from rechallenge.tables import TABLES, Column

# A column fits where at least this share of its filled cells can be read as what the header says ...
FITS: Final = 0.8
# ... and it is worth a question from this share on.
MAY_FIT: Final = 0.3
_SHORTEST_PHRASE: Final = 4


@dataclass(frozen=True)
class Candidate:
    """A column that may be a canonical one: the reading of its header and the share of its cells that fit."""

    name: str
    reading: Reading
    share: float
    filled: int
    askable: bool = False

    @property
    def good(self) -> bool:
        """The header is sure, and the cells agree, but perhaps for words that can be asked about one by one."""
        return self.reading.sure and (self.share >= FITS or self.askable)


@dataclass(frozen=True)
class Pick:
    """What was chosen for a canonical column: one sure column, or several names and why they are in doubt."""

    names: tuple[str, ...]
    because: str = ""

    @property
    def sure(self) -> bool:
        return len(self.names) == 1 and not self.because


@dataclass
class View:
    """A sheet with what is known of its columns; `used` are those that a block takes, `asked` those in a question."""

    key: str
    sheet: Sheet
    profiles: dict[str, Profile]
    readings: dict[str, list[Reading]]
    words: HeaderWords
    used: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, key: str, sheet: Sheet, words: HeaderWords, vocabularies: Vocabularies) -> "View":
        """Read the headers of a sheet and lay its columns ready."""
        columns = sheet.raw.columns
        profiles = {name: Profile(name, sheet.raw.cells(name), vocabularies) for name in columns}
        return cls(key, sheet, profiles, {name: words.readings(name) for name in columns}, words)

    @property
    def rows(self) -> int:
        return self.sheet.rows

    def candidates(
        self, table: str, column: str, accept: Callable[[Reading], bool] = lambda _: True, *, unused: bool = True
    ) -> list[Candidate]:
        """Return the columns whose headers may mean a canonical column, those already used left out."""
        found = []
        for name, readings in self.readings.items():
            if unused and name in self.used:
                continue
            for reading in readings:
                if (reading.table, reading.column) != (table, column) or not accept(reading):
                    continue
                if not reading.sure and not self._worth_asking(reading, readings):
                    continue
                if reading.sure and any(_says_more(other, reading) for other in readings):
                    continue
                profile = self.profiles[name]
                declared = TABLES[table].column(column)
                share = profile.share(declared)
                askable = profile.askable(declared, MAY_FIT)
                found.append(Candidate(name, reading, share, profile.filled, askable))
        return found

    def _worth_asking(self, reading: Reading, readings: list[Reading]) -> bool:
        """An unsure reading counts where the header has no sure one, and this one explains most of it."""
        if any(other.sure for other in readings) or (reading.table, reading.column) != _first(readings):
            return False
        if reading.alike:
            return True
        known = len(reading.phrase)
        return (known >= _SHORTEST_PHRASE or not reading.phrase.isascii()) and known >= len(reading.rest) / 2

    def helper(self, name: str) -> list[str]:
        """Return the columns that are surely a helper (age, vital_status, name ...)."""
        return [
            column
            for column, readings in self.readings.items()
            if column not in self.used and any(r.sure and r.table == HELPERS and r.column == name for r in readings)
        ]

    def reads_as(self, name: str, table: str, column: str) -> bool:
        """Tell whether a header surely means a canonical column."""
        return any(r.sure and (r.table, r.column) == (table, column) for r in self.readings[name])

    def known_headers(self, table: str) -> int:
        """Count the columns that are surely one of the table and whose cells agree."""
        names = {
            candidate.name
            for column in TABLES[table].columns
            if column.name != "patient_id"
            for candidate in self.candidates(table, column.name)
            if candidate.good
        }
        return len(names)


def _says_more(other: Reading, reading: Reading) -> bool:
    """Of two sure readings the one with the longer words holds: "date of AE" is no "AE", "diagnosis date" no "date"."""
    nearer = other.table == reading.table or reading.phrase in other.phrase
    return other.sure and nearer and len(other.phrase) > len(reading.phrase)


def _first(readings: Iterable[Reading]) -> tuple[str, str]:
    first = next(iter(readings))
    return first.table, first.column


def pick(column: Column, found: list[Candidate]) -> Pick | None:
    """Choose among candidates: one that is sure, or the ones to ask about, or None."""
    good = [candidate for candidate in found if candidate.good]
    if len(good) == 1:
        return Pick((good[0].name,))
    if good:
        return Pick(tuple(item.name for item in good), "several columns bear such a name and hold such values")
    empty = [candidate for candidate in found if candidate.reading.sure and not candidate.filled]
    maybe = [candidate for candidate in found if candidate.filled and candidate.share >= MAY_FIT]
    if maybe:
        best = max(maybe, key=lambda item: (item.reading.sure, item.share))
        return Pick(tuple(item.name for item in maybe), _doubt(best, column))
    if len(empty) == 1 and not column.required:
        return Pick((empty[0].name,))
    return None


def _doubt(candidate: Candidate, column: Column) -> str:
    reading = candidate.reading
    if reading.alike:
        return f'the header is only like "{reading.phrase}"'
    if not reading.sure:
        return f'the header says "{reading.rest}" beside "{reading.phrase}"'
    return f"only {candidate.share:.0%} of its cells can be read as {column.name}"
