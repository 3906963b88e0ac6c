"""Reporting checklists (STROBE, RECORD, ESMO-GROW): which items the study answers, where, and what authors write.

The items are data: config/checklists/*.yaml. Each names the places that answer it: a section of the report, a heading
of the manuscript draft, a file. What a study does not have is no place: a location that is printed exists.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, model_validator

from rechallenge.errors import UserError
from rechallenge.language import N_, tr
from rechallenge.settings.base import Settings
from rechallenge.sources.yaml_text import read_yaml

Status = Literal["answered", "author", "no_result", "not_applicable"]
STATUSES: Final[dict[Status, str]] = {
    "answered": N_("Answered by the study"),
    "author": N_("For the authors"),
    "no_result": N_("No result"),
    "not_applicable": N_("Not applicable"),
}
# Files beside the report that a checklist may name; every run makes them.
FILES: Final = ("attrition.csv", "flow.svg", "provenance.json", "row_account.csv")
NOBODY: Final = N_("nobody is in the rechallenge set")
_HEADING: Final = re.compile(r"^(#{2,4}) (.+?)\s*$|^\*\*(Table \d+)\.\*\*|^\*\*(Table \d+)\.", re.MULTILINE)
_SECTION: Final = re.compile(r'<section\b[^>]*\bid="([^"]+)"[^>]*>\s*<h2[^>]*>(.*?)</h2>', re.DOTALL)
_TAG: Final = re.compile(r"<[^>]+>")


class Place(Settings):
    """One place that answers an item."""

    report: str | None = Field(None, description="The id of a section of the report.")
    manuscript: str | None = Field(None, description='A heading of the manuscript draft, "Methods > Patients".')
    file: str | None = Field(None, description="A file beside the report.")

    @model_validator(mode="after")
    def _one(self) -> "Place":
        if sum(value is not None for value in (self.report, self.manuscript, self.file)) != 1:
            raise ValueError("a place is one of report, manuscript and file")
        return self


class Item(Settings):
    """One item of a checklist."""

    item: str = Field(description="Its number, or the part that it belongs to.")
    topic: str = Field(description="What it is about.")
    recommendation: str = Field(description="What it asks for, in our own words.")
    answered: tuple[Place, ...] = Field((), description="Where the study answers it.")
    to_write: str = Field("", description="What the authors write, or add.")
    needs: Literal["rechallenge"] | None = Field(None, description="Answered only where somebody was rechallenged.")
    not_applicable: str = Field("", description="Why it does not apply to any study made here.")

    @model_validator(mode="after")
    def _says_something(self) -> "Item":
        if not (self.answered or self.to_write or self.not_applicable):
            raise ValueError(
                f"item {self.item} ({self.topic}) is neither answered, for the authors, nor not applicable"
            )
        return self


class Checklist(Settings):
    """A checklist as its file states it."""

    name: str = Field(description="Short name.")
    title: str = Field(description="Title of the document.")
    reference: str = Field(description="Where the checklist was published.")
    items: tuple[Item, ...] = Field(description="The items in order.")


@dataclass(frozen=True)
class Location:
    """A place that exists in the present outputs; `section` is the id of a section of the report, or empty."""

    words: str
    section: str = ""


@dataclass(frozen=True)
class Answer:
    """An item as it stands for a study. `because` says why there is no result, or why it does not apply."""

    item: str
    topic: str
    recommendation: str
    status: Status
    locations: tuple[Location, ...] = ()
    to_write: str = ""
    because: str = ""

    @property
    def location(self) -> str:
        """The locations as words, or why there is none."""
        return "; ".join(place.words for place in self.locations) or self.because


@dataclass(frozen=True)
class Places:
    """What the outputs of a study hold: report sections by id with their titles, headings of the draft, files."""

    sections: dict[str, str]
    headings: frozenset[str]
    files: frozenset[str]

    def found(self, place: Place) -> Location | None:
        """Return the location of a place, or None where the study does not have it."""
        if place.report is not None:
            title = self.sections.get(place.report)
            return Location(tr("report, {section}", section=title), place.report) if title else None
        if place.manuscript is not None:
            there = place.manuscript in self.headings
            return Location(tr("manuscript, {heading}", heading=place.manuscript)) if there else None
        return Location(str(place.file)) if place.file in self.files else None


def read_checklist(path: Path) -> Checklist:
    """Read a file of config/checklists; raises UserError with a sentence for each mistake."""
    values = read_yaml(path)
    if not isinstance(values, dict):
        raise UserError(f"{path.name}: expected the keys name, title, reference and items.")
    return Checklist.read(values, path.name)


def places(page: str, manuscript: str, files: Iterable[str]) -> Places:
    """Return what the page (HTML) and the manuscript (Markdown) hold."""
    sections = {name: " ".join(_TAG.sub("", title).split()) for name, title in _SECTION.findall(page)}
    return Places(sections, frozenset(headings(manuscript)), frozenset(files))


def headings(manuscript: str) -> list[str]:
    """Return the headings of a Markdown text with those above them ("Methods > Patients"), and its tables."""
    found: list[str] = []
    path: list[str] = []
    for marks, words, *tables in _HEADING.findall(manuscript):
        table = next(filter(None, tables), "")
        if not table:
            path = [*path[: len(marks) - 2], words]
        found.append(" > ".join([*path, table] if table else path))
    return found


def answers(checklist: Checklist, there: Places, *, rechallenged: bool) -> list[Answer]:
    """Return the items as they stand for a study with these outputs."""
    return [_answer(item, there, rechallenged) for item in checklist.items]


def _answer(item: Item, there: Places, rechallenged: bool) -> Answer:
    said = (item.item, item.topic, item.recommendation)
    if item.not_applicable:
        return Answer(*said, "not_applicable", because=item.not_applicable)
    if item.needs and not rechallenged:
        return Answer(*said, "no_result", to_write=item.to_write, because=tr(NOBODY))
    found = tuple(place for place in map(there.found, item.answered) if place)
    if found:
        return Answer(*said, "answered", found, item.to_write)
    if item.to_write:
        return Answer(*said, "author", to_write=item.to_write)
    return Answer(*said, "no_result", because=tr("this study has no such result"))


def missing(checklist: Checklist, there: Places) -> list[str]:
    """Return the places that a checklist names and these outputs do not have, as words for a test or a message."""
    named: Sequence[tuple[Item, Place]] = [(item, place) for item in checklist.items for place in item.answered]
    return [
        f"{checklist.name} {item.item} ({item.topic}): {place.report or place.manuscript or place.file}"
        for item, place in named
        if there.found(place) is None
    ]
