"""YAML as its author sees it: `no`, `1` and `2019-01-01` stay text, and a key that stands twice is a mistake."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import yaml

from rechallenge.errors import UserError

# What a mapping or a vocabulary can hold when its aliases are written out.
MOST_VALUES: Final = 200_000


class _TextLoader(yaml.SafeLoader):
    """YAML 1.1 reads no as false and 1990-01-01 as a date; in vocabularies of medical words that is a trap."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, Any]]] = {}  # noqa: RUF012


for _first in ("~", "n", "N", ""):
    for _tag, _pattern in yaml.SafeLoader.yaml_implicit_resolvers.get(_first, []):
        if _tag == "tag:yaml.org,2002:null":
            _TextLoader.yaml_implicit_resolvers.setdefault(_first, []).append((_tag, _pattern))


def _mapping(loader: _TextLoader, node: yaml.MappingNode) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            key = str(key_node.value)
        if key in result:
            raise UserError(f'line {key_node.start_mark.line + 1}: the key "{key}" stands twice in one place.')
        result[key] = loader.construct_object(value_node, deep=True)
    return result


_TextLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: str | Path) -> dict[str, Any]:
    """Return the keys and values of a YAML file, scalars as text (null stays None).

    Raises UserError where the file is missing, is not UTF-8 or YAML, holds a key twice, or is not keys and values.
    """
    path = Path(path)
    values = _loaded(path, yaml.load)
    if values is None:
        raise UserError(f"{path.name}: the file is empty.")
    if not isinstance(values, dict):
        raise UserError(f"{path.name}: expected keys and values at the top level.")
    return values


def parsed_nodes(path: str | Path) -> yaml.Node | None:
    """Return the nodes of a YAML file, which know their lines; raises UserError like `read_yaml`."""
    return _loaded(Path(path), yaml.compose)


def _refuse_growing(root: yaml.Node | None) -> None:
    """Refuse aliases (*name) that repeat into too much or hold themselves: a small file that never ends."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: yaml.Node) -> int:
        if id(node) in open_nodes:
            raise UserError(f"line {node.start_mark.line + 1}: an alias (*) holds itself; write out what is meant.")
        if id(node) not in sizes:
            open_nodes.add(id(node))
            parts = node.value if isinstance(node, (yaml.SequenceNode, yaml.MappingNode)) else []
            pairs = (part for pair in parts for part in (pair if isinstance(pair, tuple) else (pair,)))
            sizes[id(node)] = 1 + sum(size(part) for part in pairs)
            open_nodes.discard(id(node))
        return sizes[id(node)]

    if root is not None and size(root) > MOST_VALUES:
        raise UserError(
            f"line 1: the aliases (*) repeat into more than {MOST_VALUES:,} values; write out what is meant."
        )


def _loaded(path: Path, load: Callable[..., Any]) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise UserError(f'There is no file "{path}".') from None
    except UnicodeDecodeError:
        raise UserError(f"{path.name}: the file is not UTF-8 text; save it as UTF-8.") from None
    try:
        _refuse_growing(yaml.compose(text, Loader=_TextLoader))
        return load(text, Loader=_TextLoader)
    except RecursionError:
        raise UserError(f"{path.name}: the file is nested too deeply to be read.") from None
    except UserError as error:
        raise UserError(f"{path.name}, {error.problems[0]}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark is not None else ""
        reason = getattr(error, "problem", None) or "not readable"
        raise UserError(f"{path.name}{place}: this is not valid YAML ({reason}).") from None
