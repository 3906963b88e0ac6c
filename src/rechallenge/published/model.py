"""The files of config/published/: figures of published studies, and the relations between them.

A figure carries an evidence mark: a (read in the cited source), b (field knowledge, unconfirmed), c (assumed),
d (computed by us). Only figures marked a are printed.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml

from rechallenge.errors import UserError, nearest
from rechallenge.published.quantities import Stated
from rechallenge.published.relations import Mark, Relation, problems_of, read_relations
from rechallenge.settings.base import Settings


class Figure(Settings):
    """One published figure. `number` names this study's figure for the same quantity (see numbers.json)."""

    id: str
    label: str
    unit: Literal["months", "days", "patients", "percent", "ratio", "p"]
    value: Stated = None
    lower: Stated = None
    upper: Stated = None
    range: bool = False
    p: Stated = None
    number: str = ""
    number_p: str = ""
    mark: Mark


class Remark(Settings):
    """Something about figures that no check can find, in our words and with their own mark."""

    figures: tuple[str, ...]
    reason: str
    mark: Mark


class Study(Settings):
    """One published study."""

    name: str
    citation: str
    short: str
    design: str = ""
    mark: Mark = "a"
    figures: tuple[Figure, ...] = ()


class Published(Settings):
    """One file of config/published/."""

    title: str
    source: str
    studies: tuple[Study, ...]
    checks: tuple[Relation, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def printable(self) -> list[tuple[Study, list[Figure]]]:
        """Return the studies with the figures that may be printed: those marked a."""
        return [
            (study, [figure for figure in study.figures if figure.mark == "a"])
            for study in self.studies
            if study.mark == "a"
        ]

    def printable_checks(self) -> list[Relation]:
        """Return the relations all of whose figures may be printed: a verdict repeats them."""
        known = {figure.id for _, figures in self.printable() for figure in figures}
        return [relation for relation in self.checks if known.issuperset(relation.figures)]


def read_published(names: Sequence[str], folder: Path) -> dict[str, Published]:
    """Read the named files of `folder`; raises UserError naming a file that is missing or not valid."""
    known = sorted(path.stem for path in folder.glob("*.yaml"))
    problems = [
        f'report.published: no file "{name}.yaml" in {folder.name}.{nearest(name, known)}'
        for name in names
        if name not in known
    ]
    if problems:
        raise UserError(problems)
    return read_files([folder / f"{name}.yaml" for name in names])


def read_files(paths: Sequence[Path]) -> dict[str, Published]:
    """Read files of published figures, by name; raises UserError with every mistake in them."""
    found: dict[str, Published] = {}
    problems: list[str] = []
    for path in paths:
        try:
            found[path.stem] = read_text(path.read_text(encoding="utf-8"), path.name)
        except UserError as error:
            problems += error.problems
    if problems:
        raise UserError(problems)
    return found


def read_text(text: str, where: str) -> Published:
    """Read one file's text; raises UserError with every mistake in it."""
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UserError(f"{where}: not valid YAML: {str(error).splitlines()[0]}.") from None
    checks: Any = []
    if isinstance(values, Mapping):
        checks = values.get("checks") or []
        values = {key: value for key, value in values.items() if key != "checks"}
    published = Published.read(values, where)
    published = published.model_copy(update={"checks": read_relations(checks, where)})
    problems = _problems(published, where)
    if problems:
        raise UserError(problems)
    return published


def _problems(published: Published, where: str) -> list[str]:
    figures = [figure for study in published.studies for figure in study.figures]
    ids = [figure.id for figure in figures]
    used = {name for item in published.remarks for name in item.figures}
    return [
        *(f'{where}: two figures have the id "{name}".' for name in sorted({x for x in ids if ids.count(x) > 1})),
        *(
            f'{where}: a remark names the figure "{name}", which does not exist.{nearest(name, ids)}'
            for name in sorted(used - set(ids))
        ),
        *problems_of(published.checks, {figure.id: figure.unit for figure in figures}, where),
    ]
