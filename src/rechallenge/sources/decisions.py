"""Open decisions: what `rechallenge draft-mapping` could not tell, and its user has not decided yet.

A drafted file holds `{decide: [a, b], because: why}` in the place of a value (or a hint, `{decide: a day such as
2022-12-31}`). As long as one stands there the file is refused, with a sentence that names the line and the
choices: nothing that is in doubt is accepted silently. The user puts a value in its place; `~` leaves it out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from rechallenge.sources.yaml_text import parsed_nodes

DECIDE: Final = "decide"
BECAUSE: Final = "because"
LEAVE_OUT: Final = "~"

Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Decision:
    """One open decision: its line in the file (from 1), the key without a value, the choices or a hint, the reason."""

    line: int
    key: Key
    choices: tuple[str, ...]
    because: str = ""
    hint: str = ""

    def sentence(self, where: str) -> str:
        """Return what stands open, and what may be written in its place."""
        choices = [f'"{choice}"' if choice != LEAVE_OUT else "~ (leave it out)" for choice in self.choices]
        reason = f": {self.because.rstrip('.')}" if self.because else ""
        place = f"{where}, line {self.line}: {shown_key(self.key)}"
        return f"{place} is to be decided{reason}. Write {self.hint or _either(choices)}."


def _either(choices: list[str]) -> str:
    if not choices:
        return "a value"
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def shown_key(key: Key) -> str:
    """Return a key as the sentences write it: parts joined with a full stop, blocks counted from 1."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in key)


def open_decisions(path: str | Path) -> list[Decision]:
    """Return the open decisions of a YAML file, in the order of its lines; raises UserError like `read_yaml`."""
    return sorted(_in_node(parsed_nodes(path), ()), key=lambda decision: decision.line)


def _in_node(node: yaml.Node | None, key: Key) -> Iterator[Decision]:
    if isinstance(node, yaml.MappingNode):
        entries = {name.value: value for name, value in node.value if isinstance(name, yaml.ScalarNode)}
        if DECIDE in entries:
            reason = entries.get(BECAUSE)
            because = reason.value if isinstance(reason, yaml.ScalarNode) else ""
            asked = entries[DECIDE]
            hint = asked.value if isinstance(asked, yaml.ScalarNode) else ""
            yield Decision(node.start_mark.line + 1, key, tuple(_texts(asked)), because, hint)
            return
        for name, value in entries.items():
            yield from _in_node(value, (*key, name))
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            yield from _in_node(value, (*key, at))


def _texts(node: yaml.Node) -> Iterator[str]:
    if isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield str(value.value) or LEAVE_OUT


def without(values: Any, key: Key) -> Any:
    """Return parsed YAML without the entry at `key`; where the path cannot be followed, without what it ends in.

    A list of one may be written without its brackets (one block, one condition): its number is then passed over.
    """
    if not key or not isinstance(values, dict | list):
        return values
    first, rest = key[0], key[1:]
    if isinstance(values, dict):
        if isinstance(first, int):
            return without(values, rest)
        if first not in values:
            return values
        inner = values[first]
        if not rest or not isinstance(inner, dict | list):
            return {name: value for name, value in values.items() if name != first}
        return {**values, first: without(inner, rest)}
    if not isinstance(first, int) or first >= len(values):
        return values
    if not rest or not isinstance(values[first], dict | list):
        return [value for at, value in enumerate(values) if at != first]
    return [without(value, rest) if at == first else value for at, value in enumerate(values)]
