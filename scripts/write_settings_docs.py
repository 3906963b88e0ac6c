"""Write what documents the settings from the typed settings: the JSON schema, and the tables of config/README.md.

Run by `make docs`. A test holds both files to what this script writes.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rechallenge.settings.config import DEFAULT_CHOICES, StudyConfig
from rechallenge.settings.federation import FederationConfig

CHECKOUT = Path(__file__).resolve().parent.parent
SCHEMA = CHECKOUT / "workflow" / "schemas" / "config.schema.json"
README = CHECKOUT / "config" / "README.md"
BEGIN, END = "<!-- settings: written by scripts/write_settings_docs.py -->", "<!-- end of settings -->"
FEDERATION = (
    "<!-- federation settings: written by scripts/write_settings_docs.py -->", "<!-- end of federation settings -->"
)  # fmt: skip


def schema() -> dict[str, Any]:
    """Return the JSON schema of a study file, for editors that complete and check YAML."""
    title = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A rechallenge study file"}
    return {**StudyConfig.model_json_schema(), **title}


def schema_text() -> str:
    """Return the schema as its file holds it."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def tables(whole: dict[str, Any]) -> str:
    """Return one table per section of a file with that schema: setting, kind, default, meaning."""
    parts = []
    for section, node in whole["properties"].items():
        entries = list(_entries(node, section, whole["$defs"], section in whole["required"]))
        parts.append(f"### `{section}`\n")
        inner = _resolved(node, whole["$defs"])
        meaning = node.get("description") or inner.get("description", "")
        if meaning:
            parts.append(f"{_sentence(meaning)}\n")
        parts.append("| setting | values | default | meaning |\n|---|---|---|---|")
        parts += [f"| `{name}` | {kind} | {default} | {text} |" for name, kind, default, text in entries]
        parts.append("")
    return "\n".join(parts)


def _entries(
    node: dict[str, Any], path: str, defs: dict[str, Any], required: bool
) -> Iterator[tuple[str, str, str, str]]:
    """Yield the leaves of the schema below `node`, in the order of the settings."""
    inner = _resolved(node, defs)
    if path == "analyses.<name>.definitions":
        sections = ", ".join(f"`{name}`" for name in inner["properties"])
        yield (
            path,
            sections,
            "the main analysis",
            "Values that differ, written as in `definitions`; what is not stated, also within a section, is the main "
            "analysis's.",
        )
        return
    if path == "analyses.<name>.dates":
        yield path, "`imputation`", "the main analysis", _sentence(node.get("description", ""))
        return
    if path == "specifications.choices":
        listed = "; ".join(f"`{key}`: {', '.join(map(str, values))}" for key, values in DEFAULT_CHOICES.items())
        yield path, "lists by setting", listed, _sentence(node.get("description", ""))
        return
    if "properties" in inner:
        for name, child in inner["properties"].items():
            yield from _entries(child, f"{path}.{name}", defs, name in inner.get("required", []))
        return
    if isinstance(inner.get("additionalProperties"), dict):
        yield from _entries(inner["additionalProperties"], f"{path}.<name>", defs, False)
        return
    items = _resolved(inner.get("items", {}), defs)
    default = "**required**" if required else _default(node)
    yield path, _kind(inner, defs), default, _sentence(node.get("description", ""))
    if "properties" in items:
        for name, child in items["properties"].items():
            yield from _entries(child, f"{path}[].{name}", defs, name in items.get("required", []))


def _resolved(node: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, and of `X or null` take X."""
    for choice in node.get("anyOf", []):
        if choice.get("type") != "null" and ("$ref" in choice or len(node["anyOf"]) == 2):
            node = choice
            break
    reference = node.get("$ref")
    return defs[reference.rpartition("/")[2]] if reference else node


def _kind(node: dict[str, Any], defs: dict[str, Any]) -> str:
    choices = [choice for choice in node.get("anyOf", []) if choice.get("type") != "null"]
    if len(choices) > 1:
        return " or ".join(_kind(choice, defs) for choice in choices)
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    if "const" in node:
        return f"`{node['const']}`"
    if node.get("type") == "array":
        pair = [_kind(_resolved(item, defs), defs) for item in node.get("prefixItems", [])]
        if pair:
            return f"[{', '.join(pair)}]"
        items = _resolved(node.get("items", {}), defs)
        return "list of " + ("entries" if "properties" in items else _kind(items, defs))
    names = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    kind = "date" if node.get("format") == "date" else names.get(node.get("type", ""), "any")
    limits = {"minimum": ">=", "exclusiveMinimum": ">", "maximum": "<=", "exclusiveMaximum": "<"}
    bounds = [f"{sign} {node[key]:g}" for key, sign in limits.items() if key in node]
    return " ".join([kind, *bounds])


def _default(node: dict[str, Any]) -> str:
    value = node.get("default")
    if value is None or value == "":
        return "none"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "; ".join("`" + str(item.get("name", item)) + "`" for item in value)
    if isinstance(value, list):
        said = [f"[{', '.join(item)}]" if isinstance(item, list) else item for item in value]
        return ", ".join(f"`{item}`" for item in said) or "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _sentence(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def readme_text(current: str) -> str:
    """Return config/README.md with its tables renewed."""
    for begin, end, whole in ((BEGIN, END, schema()), (*FEDERATION, FederationConfig.model_json_schema())):
        before, rest = current.split(begin)
        after = rest.split(end)[1]
        current = f"{before}{begin}\n\n{tables(whole)}\n{end}{after}"
    return current


def main() -> None:
    """Rewrite the schema and the tables of config/README.md."""
    SCHEMA.parent.mkdir(parents=True, exist_ok=True)
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    README.write_text(readme_text(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
