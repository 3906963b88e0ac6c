"""What a definition in words is made of: its parts, the sources, and the settings that it is composed from."""

from dataclasses import dataclass
from typing import Final

from rechallenge.language import N_
from rechallenge.punctuation import paragraph
from rechallenge.settings.base import PresetSettings
from rechallenge.settings.definitions import DefinitionSettings

# Where a definition comes from. "Project" is a decision of this project where the index study is silent.
INDEX_STUDY: Final = N_("Xu M. et al., J Cancer Res Clin Oncol 2023;149:17987-17995")
PROJECT: Final = N_("Decision of this project; the index study does not define it")
RECIST: Final = N_("RECIST 1.1 (Eisenhauer et al., Eur J Cancer 2009;45:228-247)")
IRECIST: Final = N_("iRECIST (Seymour et al., Lancet Oncol 2017;18:e143-e152)")
ESME: Final = N_("Terms from Justeau 2025 (ESME); meanings are general usage")
FIELD: Final = N_("General usage")
OWN_VALUES: Final = N_("with values of the study's own")


@dataclass(frozen=True)
class Definition:
    """One definition as used: its name, its words (a pattern), the settings behind it, its source."""

    term: str
    words: str
    settings: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Used:
    """The definitions in use, resolved; `prefix` is the stem of their names in numbers.json.

    `progression_dates_only` is a declaration of the source that changes how PFS is censored.
    """

    definitions: DefinitionSettings
    prefix: str = "settings.definitions"
    progression_dates_only: bool = False

    def number(self, path: str) -> str:
        """Return the pattern that prints a setting, by its dotted path below the definitions."""
        return f"{{{self.prefix}.{path}}}"


def limited(value: object) -> bool:
    """Tell whether a setting is a limit: "none" and an unstated one are no limit."""
    return value not in (None, "none")


def sentences(*parts: str) -> str:
    """Return the parts that are not empty as one text."""
    return paragraph(parts)


def source_of(settings: PresetSettings, sources: dict[str, str]) -> str:
    """Return the source of a preset, and whether the study changes a value that the preset owns."""
    preset = str(getattr(settings, "preset"))  # noqa: B009 - each model declares its own literal
    changed = any(getattr(settings, name) != value for name, value in settings.PRESETS[preset].items())
    return f"{sources[preset]}; {OWN_VALUES}" if changed else sources[preset]
