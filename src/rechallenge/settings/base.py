"""How settings are read: frozen models, and every mistake as a sentence that names the key."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from rechallenge.errors import UserError, nearest


class Settings(BaseModel):
    """Base of all settings: immutable, unknown keys refused, defaults in the model and nowhere else."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, allow_inf_nan=False)

    @classmethod
    def read(cls, values: Mapping[str, Any] | None, where: str) -> Self:
        """Build the settings from plain YAML values.

        `where` names the file (and section) for the sentences. Raises UserError with one sentence for each
        unknown key (with the nearest valid one), wrong type and missing key.
        """
        if values is not None and not isinstance(values, Mapping):
            raise UserError(f"{where}: expected keys and values, found {type(values).__name__}.")
        settings, mistakes = cls.tried(values or {}, where)
        if settings is None:
            raise UserError([sentence for _, sentence in mistakes])
        return settings

    @classmethod
    def tried(cls, values: Mapping[str, Any], where: str) -> tuple[Self | None, list[tuple[tuple[Any, ...], str]]]:
        """Return the settings, or None and the mistakes: the path of each key and its sentence."""
        try:
            return cls.model_validate(dict(values)), []
        except ValidationError as error:
            return None, [(tuple(item["loc"]), _sentence(cls, item, where)) for item in error.errors()]

    def plain(self) -> dict[str, Any]:
        """Return the settings as JSON-ready values, for a rule's params and for the report."""
        return self.model_dump(mode="json")


class PresetSettings(Settings):
    """Settings behind a preset: a value that is not stated (None) is the preset's own.

    `PRESETS` holds, per preset, the values of its definition; every other value of the model is shared by all.
    """

    PRESETS: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    def resolved(self) -> Self:
        """Return the settings with every value that was not stated filled in from the preset."""
        own = self.PRESETS[getattr(self, "preset")]  # noqa: B009 - each model declares its own literal
        unstated = {name: value for name, value in own.items() if getattr(self, name) is None}
        return self.model_copy(update=unstated)


def _model_at(model: type[BaseModel], path: tuple[Any, ...]) -> type[BaseModel] | None:
    """Return the model that holds the key at the end of `path`, as far as the path can be followed."""
    current: type[BaseModel] | None = model
    for part in path[:-1]:
        if current is None or not isinstance(part, str):
            continue
        field = current.model_fields.get(part)
        if field is None:
            continue
        current = _inner_model(field.annotation)
    return current


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner_model(argument)
        if found is not None:
            return found
    return None


def _sentence(model: type[BaseModel], item: Any, where: str) -> str:
    path = tuple(item["loc"])
    key = ".".join(str(part) for part in path)
    if item["type"] == "extra_forbidden":
        holder = _model_at(model, path)
        known = [field.alias or name for name, field in holder.model_fields.items()] if holder else []
        return f'{where}: unknown setting "{key}".{nearest(str(path[-1]), known)}'
    if item["type"] == "missing":
        return f'{where}: the setting "{key}" is required and missing.'
    message = item["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:] if message else "is not valid"
    return f'{where}: setting "{key}": {message} (found {_shown(item.get("input"))}).'


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
