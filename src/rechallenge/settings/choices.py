"""The choices of the specification curve: which settings may vary, and the values that they may take."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from rechallenge.errors import nearest
from rechallenge.settings.definitions import DefinitionSettings

Value = bool | int | float | str
Choices = Mapping[str, Sequence[Value]]
IMPUTATION: Final = "dates.imputation"
MODEL: Final = "model"
MODELS: Final = ("unadjusted", "adjusted")
_WHERE: Final = "specifications.choices"
_OUTCOME: Final = (
    "reads the progression pattern at progression on rechallenge, which is the outcome itself; it can be no choice of "
    "a specification of rechallenge PFS"
)


def choice_problems(choices: Choices, definitions: DefinitionSettings, imputation: type[BaseModel]) -> list[str]:
    """Return a sentence for each mistake in the choices; `definitions` are those of the main analysis.

    `imputation` is the model of the section `dates`.
    """
    problems = []
    for key, values in choices.items():
        of_key = [*_key_problems(key), *_list_problems(key, values)]
        problems += of_key or list(_value_problems(key, values, definitions, imputation))
    return problems or list(_section_problems(choices, definitions))


def settings_that_vary() -> list[str]:
    """Return every key that a choice may have."""
    return [IMPUTATION, MODEL, *(f"{section}.{name}" for section, name in _settings())]


def _settings() -> Iterator[tuple[str, str]]:
    for section, model in _sections().items():
        for name in model.model_fields:
            yield section, name


def _sections() -> dict[str, type[BaseModel]]:
    found = {}
    for section, field in DefinitionSettings.model_fields.items():
        assert isinstance(field.annotation, type)
        found[section] = field.annotation
    return found


def _key_problems(key: str) -> list[str]:
    known = settings_that_vary()
    return [] if key in known else [f'{_WHERE}: there is no setting "{key}" to vary.{nearest(key, known)}']


def _list_problems(key: str, values: Sequence[Value]) -> list[str]:
    if not values:
        return [f'{_WHERE}: "{key}" has no value; give at least one, or leave the choice out.']
    repeated = sorted({value_text(value) for at, value in enumerate(values) if value in values[:at]})
    return [f'{_WHERE}: "{key}" has {", ".join(repeated)} more than once.'] if repeated else []


def _value_problems(
    key: str, values: Sequence[Value], definitions: DefinitionSettings, imputation: type[BaseModel]
) -> Iterator[str]:
    section, _, name = key.partition(".")
    for value in values:
        if key == MODEL:
            if value not in MODELS:
                known = " or ".join(MODELS)
                yield f'{_WHERE}: "{key}" can be {known}, not {value_text(value)}.'
            continue
        stated = imputation if key == IMPUTATION else getattr(definitions, section)
        for message in _refusals(stated, name, value):
            yield f'{_WHERE}: "{key}" cannot be {value_text(value)}: {message}.'
        if key == "progression_pattern.preset" and value == "index_at_rechallenge":
            yield f'{_WHERE}: "{key}" cannot be {value}: it {_OUTCOME}.'
        if key == "progression_pattern.measured_at" and value == "rechallenge_progression":
            yield f'{_WHERE}: "{key}" cannot be {value}: it {_OUTCOME}.'


def _refusals(stated: BaseModel | type[BaseModel], name: str, value: Value) -> list[str]:
    """What the section's own model says against the value."""
    model = stated if isinstance(stated, type) else type(stated)
    own = {} if isinstance(stated, type) else _stated(stated)
    try:
        model.model_validate({**own, name: value})
    except ValidationError as error:
        told = dict.fromkeys(item["msg"].removeprefix("Value error, ") for item in error.errors())
        return [message[0].lower() + message[1:] for message in told]
    return []


def _stated(section: BaseModel) -> dict[str, Any]:
    return {name: getattr(section, name) for name in section.model_fields_set}


def _section_problems(choices: Choices, definitions: DefinitionSettings) -> Iterator[str]:
    """What the definitions say against combinations of choices in one section."""
    for section in _sections():
        own = {key.partition(".")[2]: values for key, values in choices.items() if key.startswith(f"{section}.")}
        for combination in product(*own.values()) if own else ():
            values = dict(zip(own, combination, strict=True))
            try:
                DefinitionSettings.model_validate({section: {**_stated(getattr(definitions, section)), **values}})
            except ValidationError as error:
                told = ", ".join(f"{section}.{name} = {value_text(value)}" for name, value in values.items())
                message = error.errors()[0]["msg"].removeprefix("Value error, ")
                yield f"{_WHERE}: {told} do not go together: {message}."


def value_text(value: Value) -> str:
    """Return a value as it stands in files: true/false, whole numbers bare."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
