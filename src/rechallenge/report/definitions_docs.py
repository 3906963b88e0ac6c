"""docs/definitions.md: every definition in words with its settings, choices, defaults and source.

Written from the same words that the report prints: `python -m rechallenge.report.definitions_docs`.
"""

import sys
from pathlib import Path
from typing import Any, Final

from rechallenge.report import definitions_words as w
from rechallenge.report.numbers import from_settings, number, together
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

**resistance.preset**

{resistance}

**interval_treatment.preset**

{interval}

**endpoints.preset**

{endpoints}
"""


def definitions_markdown() -> str:
    """Return docs/definitions.md."""
    config = StudyConfig.read(
        {
            "extract": {"path": "extract", "source": "canonical"},
            "study": {"cutoff": "2022-12-31", "window": {"start": "2016-03-01", "end": "2022-12-31"}},
        },
        "example",
    )
    numbers = together(
        from_settings(used_settings(config)), {"constants.days_per_month": number("30.4375", 30.4375, "")}
    )
    parts = [INTRODUCTION]
    for item in w.definitions(config):
        parts += [f"## {item.term}\n", plain(item.words, numbers) + "\n"]
        parts += [_setting(path) for path in item.settings]
        parts.append(("\n" if item.settings else "") + f"Source: {item.source}.\n")
    parts.append(_presets(numbers))
    return "\n".join(parts).rstrip("\n") + "\n"


def _setting(path: str) -> str:
    section, name = path.split(".")
    model = DateSettings if section == "dates" else DefinitionSettings.model_fields[section].annotation
    field = model.model_fields[name]  # type: ignore[union-attr]
    stem = path if section == "dates" else f"definitions.{path}"
    return f"- `{stem}` (default {_shown(field.default)}): {field.description}"


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(f"`{item}`" for item in value)
    if value is None:
        return "the preset's own"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _operator(preset: str) -> str:
    return w.OPERATORS[w.DEFAULT_OPERATOR[preset]]


def _presets(numbers: dict[str, Any]) -> str:
    stem = "settings.definitions"
    cutoff = f"{stem}.resistance.cutoff_days"
    resistance = [
        f"- `{name}`: {words.format(operator=_operator(name), cutoff=cutoff)} Source: {source}."
        for name, (words, source) in w.RESISTANCE.items()
    ]
    interval = [
        f"- `{name}`: {words.format(window=f'{stem}.episodes.combination_window_days')}"
        for name, words in w.INTERVAL_TREATMENT.items()
    ]
    endpoints = [
        f"- `{name}`: {words.format(new_therapy=w.NEW_THERAPY['censor'], reading=w.GENIE_READINGS['i_or_m'])}"
        for name, words in w.ENDPOINTS.items()
    ]
    text = PRESETS.format(
        resistance="\n".join(resistance), interval="\n".join(interval), endpoints="\n".join(endpoints)
    )
    return plain(text, numbers)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/definitions.md")
    target.write_text(definitions_markdown(), encoding="utf-8")
