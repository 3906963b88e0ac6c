"""A drafted mapping before it is written: blocks, columns with their evidence, and the questions that stand open."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rechallenge.sources.decisions import LEAVE_OUT
from rechallenge.sources.mapping import FileSource


@dataclass(frozen=True)
class Question:
    """A decision that the draft leaves to its user: texts that may be written in its place, and why it is open.

    A choice that begins with { or [ is written as it stands, any other as one YAML text.
    """

    choices: tuple[str, ...]
    because: str

    @classmethod
    def of(cls, choices: "list[str] | tuple[str, ...]", because: str, *, or_nothing: bool = True) -> "Question":
        """Return a question; with `or_nothing`, leaving the entry out is a choice too."""
        listed = tuple(dict.fromkeys(choices))
        return cls((*listed, LEAVE_OUT) if or_nothing else listed, because)


@dataclass
class Entry:
    """One canonical column: what is written for it (texts, lists, dicts, questions within), and the evidence."""

    column: str
    value: Any
    evidence: str = ""

    @property
    def questions(self) -> list[Question]:
        return list(questions_in(self.value))


@dataclass
class BlockDraft:
    """One block of a table. `about` says what its rows are."""

    table: str
    file: str
    entries: list[Entry]
    keep: dict[str, Any] | None = None
    about: str = ""

    def entry(self, column: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.column == column), None)


@dataclass
class FileDraft:
    """One file of the mapping: how it is read, what it is taken for, and the columns that nothing uses."""

    key: str
    source: FileSource
    label: str
    about: str = ""
    encoding: Question | None = None
    ignore: list[tuple[str, str]] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


@dataclass
class Draft:
    """A whole drafted mapping. `years`: the calendar years that its dates lie in, for the study file."""

    files: list[FileDraft] = field(default_factory=list)
    blocks: list[BlockDraft] = field(default_factory=list)
    formats: list[Any] = field(default_factory=list)
    excel_epoch: Any = None
    date_evidence: list[str] = field(default_factory=list)
    progression_dates_only: bool = False
    notes: list[str] = field(default_factory=list)
    years: tuple[int, int] | None = None

    @property
    def proposals(self) -> list[tuple[BlockDraft, Entry]]:
        """Every column entry that takes cells of the extract (constants are none)."""
        return [
            (block, entry)
            for block in self.blocks
            for entry in block.entries
            if not (isinstance(entry.value, dict) and "constant" in entry.value)
        ]


def questions_in(value: Any) -> Iterator[Question]:
    """Yield the questions within a value."""
    if isinstance(value, Question):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from questions_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from questions_in(inner)
