"""docs/definitions.md: every definition in words with its settings, choices, defaults and source.

Written from the same words that the report prints: `python -m rechallenge.report.definitions_docs`.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel

from rechallenge.report.constants import constants
from rechallenge.report.definitions.parts import Definition
from rechallenge.report.definitions_words import definitions
from rechallenge.report.numbers import from_settings, together
from rechallenge.report.sentences import plain
from rechallenge.settings.config import DateSettings, StudyConfig, used_settings
from rechallenge.settings.definitions import DefinitionSettings

INTRODUCTION: Final = """# Definitions

Written by `python -m rechallenge.report.definitions_docs` from the words that the report prints; do not edit.

One section per definition: its words under the default settings, the settings of the study file that change it,
and where it comes from. A report prints the same words with the settings of its own study. "Decision of this
project" marks what the index study leaves open. Words are explained in `glossary.md`.
"""
PRESETS: Final = """## Presets in words

What each preset says where a study changes nothing of it. A study may change single values of a preset; its report
then prints those, and adds to the source that they are the study's own.
"""
OTHERS: Final = """## Settings that the defaults leave unused
"""
# Sections with a preset, and the definition that shows it.
SHOWN: Final = {
    "progression": ("Progression",),
    "re_exposure": ("Rechallenge", "Kind of re-exposure"),
    "resistance": ("Resistance",),
    "progression_pattern": ("Progression pattern",),
    "interval_treatment": ("Interval treatment",),
    "endpoints": ("Progression-free survival (PFS; PFS1 on the first ICI)",),
}


def definitions_markdown() -> str:
    """Return docs/definitions.md."""
    items, numbers = _under({})
    parts = [INTRODUCTION]
    for item in items:
        parts += [f"## {item.term}\n", plain(item.words, numbers) + "\n"]
        parts += [_setting(path) for path in item.settings]
        parts.append(("\n" if item.settings else "") + f"Source: {item.source}.\n")
    named = {path for item in items for path in item.settings}
    parts += [OTHERS, *(_setting(path) for path in _every_setting() if path not in named), ""]
    parts.append(PRESETS)
    for section, terms in SHOWN.items():
        parts += [f"**{section}.preset**\n", *_presets(section, terms), ""]
    return "\n".join(parts).rstrip("\n") + "\n"


def _under(values: Mapping[str, Any]) -> tuple[list[Definition], dict[str, Any]]:
    """The definitions of an example study with these settings, and its numbers."""
    study = {"cutoff": "2022-12-31", "window": {"start": "2016-03-01", "end": "2022-12-31"}}
    extract = {"path": "extract", "source": "canonical"}
    config = StudyConfig.read({"extract": extract, "study": study, "definitions": dict(values)}, "example")
    return definitions(config), together(from_settings(used_settings(config)), constants())


def _presets(section: str, terms: tuple[str, ...]) -> list[str]:
    model = DefinitionSettings.model_fields[section].annotation
    lines = []
    for preset in get_args(model.model_fields["preset"].annotation):  # type: ignore[union-attr]
        items, numbers = _under({section: {"preset": preset}})
        own = [item for item in items if item.term in terms]
        text = " ".join(plain(item.words, numbers) for item in own)
        lines.append(f"- `{preset}`: {text} Source: {own[0].source}.")
    return lines


def _every_setting() -> list[str]:
    """The dotted path of every setting of the definitions."""
    sections = DefinitionSettings.model_fields
    return [f"{name}.{key}" for name, field in sections.items() for key in field.annotation.model_fields]  # type: ignore[union-attr]


def _setting(path: str) -> str:
    section, name = path.split(".")
    model = DateSettings if section == "dates" else DefinitionSettings.model_fields[section].annotation
    field = model.model_fields[name]  # type: ignore[union-attr]
    stem = path if section == "dates" else f"definitions.{path}"
    return f"- `{stem}` (default {_shown(field.get_default(call_default_factory=True))}): {field.description}"


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(f"`{item}`" for item in value)
    if value is None:
        return "the preset's own"
    if isinstance(value, (dict, BaseModel)):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/definitions.md")
    target.write_text(definitions_markdown(), encoding="utf-8")
