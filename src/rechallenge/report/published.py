"""Published figures, from config/published/, and what this study finds in their place.

A figure carries an evidence mark: a (read in the cited source), b (field knowledge, unconfirmed), c (assumed),
d (computed by us). Only figures marked a are printed.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import yaml

from rechallenge import formatting as f
from rechallenge.errors import UserError, nearest
from rechallenge.report.numbers import Numbers, number
from rechallenge.settings.base import Settings

Mark = Literal["a", "b", "c", "d"]
# Printed as published: a number whose last zero or sign matters ("8.90", "<0.001", "NR") is written as text.
Stated = int | float | str | None


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


class Contradiction(Settings):
    """Figures that cannot hold together, and why. The reason is ours and bears its own mark."""

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
    contradictions: tuple[Contradiction, ...] = ()


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
    found: dict[str, Published] = {}
    for name in names:
        path = folder / f"{name}.yaml"
        try:
            values = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise UserError(f"{path.name}: not valid YAML: {str(error).splitlines()[0]}.") from None
        found[name] = Published.read(values, path.name)
        problems += _unknown_figures(found[name], path.name)
    if problems:
        raise UserError(problems)
    return found


def _unknown_figures(published: Published, where: str) -> list[str]:
    ids = [figure.id for study in published.studies for figure in study.figures]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    used = {name for item in published.contradictions for name in item.figures}
    return [f'{where}: two figures have the id "{name}".' for name in twice] + [
        f'{where}: a contradiction names the figure "{name}", which does not exist.{nearest(name, ids)}'
        for name in sorted(used - set(ids))
    ]


def _text(figure: Figure, value: Stated) -> str:
    text = "" if value is None else str(value)
    return f"{text}%" if text and figure.unit == "percent" else text


def _raw(value: Stated) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


def printable(published: Published) -> list[tuple[Study, list[Figure]]]:
    """Return the studies with the figures that may be printed: those marked a."""
    return [
        (study, [figure for figure in study.figures if figure.mark == "a"])
        for study in published.studies
        if study.mark == "a"
    ]


def from_published(files: dict[str, Published]) -> Numbers:
    """Return `published.<file>.<figure>`, with `.ci` and `.p` where given, of the figures marked a, as published."""
    found: Numbers = {}
    for name, published in files.items():
        for study, figures in printable(published):
            for figure in figures:
                stem, source = f"published.{name}.{figure.id}", f"config/published/{name}.yaml#{study.name}/{figure.id}"
                if figure.value is not None:
                    found[stem] = number(_text(figure, figure.value), _raw(figure.value), source)
                if figure.lower is not None or figure.upper is not None:
                    bounds = [figure.lower, figure.upper]
                    text = f.interval(*(_text(figure, bound) for bound in bounds))
                    found[f"{stem}.ci"] = number(text, [_raw(bound) for bound in bounds], source)
                if figure.p is not None:
                    found[f"{stem}.p"] = number(str(figure.p), _raw(figure.p), source)
            if study.design:
                source = f"config/published/{name}.yaml#{study.name}/design"
                found[f"published.{name}.{study.name}.design"] = number(study.design, None, source)
    return found


def comparison(files: dict[str, Published], numbers: Numbers) -> list[dict[str, Any]]:
    """Return one block per file: its rows (published name, our name or "") and the contradictions as sentences."""
    blocks = []
    for name, published in files.items():
        studies = printable(published)
        labels = {figure.id: figure.label for _, figures in studies for figure in figures}
        rows = [
            {
                "study": study.short,
                "first": place == 0,
                "design": f"published.{name}.{study.name}.design" if study.design else "",
                "citation": study.citation,
                "label": figure.label,
                "unit": figure.unit,
                "range": figure.range,
                "published": f"published.{name}.{figure.id}",
                "ours": figure.number if figure.number in numbers else "",
                "ours_p": figure.number_p if figure.number_p in numbers else "",
                "comparable": bool(figure.number),
                "notes": [
                    str(place) for place, item in enumerate(published.contradictions, 1) if figure.id in item.figures
                ],
            }
            for study, figures in studies
            for place, figure in enumerate(figures)
        ]
        reasons = [
            {
                "figures": [labels[item] for item in contradiction.figures if item in labels],
                "reason": contradiction.reason,
                "mark": contradiction.mark,
            }
            for contradiction in published.contradictions
        ]
        citations = sorted({(study.short, study.citation) for study, _ in studies})
        blocks.append(
            {
                "name": name,
                "title": published.title,
                "source": published.source,
                "many": len(studies) > 1,
                "rows": rows,
                "reasons": reasons,
                "citations": citations,
            }
        )
    return blocks
