"""What a header says: which canonical column, of which event (first ICI, scan 2 ...), and what is left over.

The words stand in config/drafting/headers.yaml. A reading is sure when every word of the header is accounted for;
a header that is only like a known one is never sure, and becomes a question to the user.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from rechallenge.errors import UserError
from rechallenge.sources.cells import tidied
from rechallenge.sources.yaml_text import read_yaml
from rechallenge.tables import TABLES

HELPERS: Final = "helpers"
_HAN: Final = r"\u3400-\u9fff"
_MARKS: Final = re.compile(r"[\s_.,:;?!'\"`()\[\]{}<>/\\|+=&*~^·、，。：；（）【】《》-]+")
# Where a word ends without a mark: ICI1, StartDate, PD-L1表达.
_SEAMS: Final = re.compile(
    rf"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])|(?<=[{_HAN}])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[{_HAN}])"
)
_ALIKE: Final = 86.0
_SHORTEST_ALIKE: Final = 5


def normal(header: str) -> str:
    """Return the words of a header in lower case, one space between them; Chinese characters stay together."""
    text = tidied(header)
    text = re.sub(r"(?<=\d)(st|nd|rd|th)\b", r"\1 ", text, flags=re.IGNORECASE)
    ordinal = re.sub(r"\b(\d)(st|nd|rd|th)\b", r"\1", text, flags=re.IGNORECASE)
    return " ".join(_MARKS.sub(" ", _SEAMS.sub(" ", ordinal)).casefold().split())


@dataclass(frozen=True)
class Event:
    """Which treatment or scan of a patient: kinds (ici, rechallenge, interval, scan ...) and an ordinal."""

    kinds: tuple[str, ...] = ()
    ordinal: int | None = None

    @property
    def named(self) -> bool:
        return bool(self.kinds) or self.ordinal is not None

    @property
    def label(self) -> str:
        """A name for the regimen: first_ici, rechallenge, ici_2, treatment_1."""
        if self.kinds == ("ici",) and self.ordinal in (None, 1):
            return "first_ici"
        words = [*(self.kinds or ("treatment",)), *([str(self.ordinal)] if self.ordinal else [])]
        return "_".join(words)

    def without(self, *kinds: str) -> "Event":
        return Event(tuple(kind for kind in self.kinds if kind not in kinds), self.ordinal)


@dataclass(frozen=True)
class Reading:
    """One way to read a header; `sure` where no word is left over, `rest` what is left over."""

    table: str
    column: str
    event: Event
    rest: str = ""
    phrase: str = ""
    alike: bool = False

    @property
    def sure(self) -> bool:
        return not self.rest and not self.alike


@dataclass(frozen=True)
class HeaderWords:
    """The words of config/drafting/headers.yaml, in their normal form."""

    concepts: Mapping[tuple[str, str], tuple[str, ...]]
    events: Mapping[str, str]
    ordinals: Mapping[str, int]
    fillers: tuple[str, ...]
    tables: Mapping[str, tuple[str, ...]]
    dead: tuple[str, ...] = ()
    alive: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: str | Path) -> "HeaderWords":
        """Read the dictionary; raises UserError where it names what is no canonical column."""
        return cls.build(read_yaml(path), Path(path).name)

    @classmethod
    def build(cls, values: Mapping[str, Any], where: str = "headers.yaml") -> "HeaderWords":
        """Build the dictionary from parsed YAML; `where` names the file for the sentences."""
        concepts: dict[tuple[str, str], tuple[str, ...]] = {}
        problems: list[str] = []
        for table, columns in values["columns"].items():
            for column, words in columns.items():
                if table not in TABLES or column not in TABLES[table].names:
                    problems.append(f'{where}: columns.{table}: "{column}" is no canonical column.')
                concepts[table, column] = _longest_first([*words, column])
        if problems:
            raise UserError(problems)
        for name, words in values[HELPERS].items():
            concepts[HELPERS, name] = _longest_first(words)
        return cls(
            concepts,
            {normal(word): kind for kind, words in values["events"].items() for word in words},
            {normal(word): int(number) for number, words in values["ordinals"].items() for word in words},
            _longest_first(values["fillers"]),
            {name: _longest_first(words) for name, words in values["tables"].items()},
            tuple(values["dead"]),
            tuple(values["alive"]),
        )

    @cached_property
    def _leftovers(self) -> list[tuple[str, str, str]]:
        """Every word that may be left over: (words, kind, name), the longest first."""
        words = [(word, "event", kind) for word, kind in self.events.items()]
        words += [(word, "ordinal", str(number)) for word, number in self.ordinals.items()]
        words += [(word, "filler", "") for word in self.fillers]
        return sorted(words, key=lambda item: (-len(item[0]), item))

    def readings(self, header: str) -> list[Reading]:
        """Return the readings of a header, one per canonical column at most: sure ones first, longer words first."""
        text = normal(header)
        found = [
            reading
            for (table, column), phrases in self.concepts.items()
            if (reading := self._reading(text, table, column, phrases))
        ]
        if not any(reading.sure for reading in found):
            found += self._alike(text)
        return sorted(
            found,
            key=lambda item: (
                not item.sure,
                not item.alike,
                len(item.rest),
                -len(item.phrase),
                item.table,
                item.column,
            ),
        )

    def event_of(self, header: str) -> Event | None:
        """Return the event of a header that says nothing else ("Rechallenge", "ICI 1"), else None."""
        event, rest = self._event(normal(header))
        return event if not rest and event.kinds else None

    def table_of(self, name: str) -> str | None:
        """Return the table that the name of a file or sheet says it is."""
        text = normal(name)
        found = [(len(word), table) for table, words in self.tables.items() for word in words if _has(text, word)]
        return max(found)[1] if found else None

    def _reading(self, text: str, table: str, column: str, phrases: tuple[str, ...]) -> Reading | None:
        best: Reading | None = None
        for phrase in phrases:
            if not _has(text, phrase):
                continue
            event, rest = self._event(_without_more(_cut(text, phrase), phrases))
            reading = Reading(table, column, event, rest, phrase)
            if reading.sure:
                return reading
            if best is None or len(rest) < len(best.rest):
                best = reading
        return best

    def _event(self, text: str) -> tuple[Event, str]:
        """Return the event that the words name, and the words that nothing accounts for."""
        kinds: list[str] = []
        ordinals: list[int] = []
        for word, what, name in self._leftovers:
            if not _has(text, word):
                continue
            text = _cut(text, word)
            if what == "event":
                kinds.append(name)
            elif what == "ordinal":
                ordinals.append(int(name))
        rest = " ".join(text.replace("|", " ").split())
        if len(set(ordinals)) > 1:
            rest = " ".join([rest, *map(str, sorted(set(ordinals)))]).strip()
        return Event(tuple(sorted(set(kinds))), ordinals[0] if ordinals else None), rest

    def _alike(self, text: str) -> list[Reading]:
        """Return the column whose words a header is like (a misspelling), where one is clearly nearest."""
        from rapidfuzz import fuzz

        if len(text) < _SHORTEST_ALIKE:
            return []
        scores: dict[tuple[str, str], tuple[float, str]] = {}
        for key, phrases in self.concepts.items():
            if key[0] == HELPERS:
                continue
            near = max((fuzz.ratio(text, phrase), phrase) for phrase in phrases)
            if near[0] >= _ALIKE and len(near[1]) >= _SHORTEST_ALIKE:
                scores[key] = near
        if not scores:
            return []
        best = max(score for score, _ in scores.values())
        return [Reading(*key, Event(), "", word, alike=True) for key, (score, word) in scores.items() if score == best]


def _longest_first(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted({normal(word) for word in words} - {""}, key=lambda word: (-len(word), word)))


def _has(text: str, phrase: str) -> bool:
    return _place(text, phrase) >= 0


def _place(text: str, phrase: str) -> int:
    """Return where a phrase stands in a text, as whole words (Chinese has no words to respect), or -1."""
    at = text.find(phrase)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(phrase) : at + len(phrase) + 1]
        if _bounds(before, phrase[0]) and _bounds(phrase[-1], after):
            return at
        at = text.find(phrase, at + 1)
    return -1


def _bounds(left: str, right: str) -> bool:
    return not (left and right and left.isascii() and right.isascii() and left.isalnum() and right.isalnum())


def _without_more(text: str, phrases: tuple[str, ...]) -> str:
    """Leave out further words for the same column: "Performance status (ECOG)"."""
    for phrase in phrases:
        if len(phrase) > 1 and _has(text, phrase):
            text = _cut(text, phrase)
    return text


def _cut(text: str, phrase: str) -> str:
    at = _place(text, phrase)
    return " ".join(f"{text[:at]} | {text[at + len(phrase) :]}".split())
