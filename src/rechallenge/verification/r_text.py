"""Python values as R writes them."""

import json
import re
from collections.abc import Iterable, Mapping


def text(value: str) -> str:
    """Return a string of R: quoted, everything that is not ASCII as an escape."""
    return json.dumps(value)


def number(value: float) -> str:
    """Return a number of R."""
    return f"{value:.15g}"


def name(value: str) -> str:
    """Return a name of R, in backticks where it is no plain one."""
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]*", value)
    return value if plain else "`" + value.replace("\\", "\\\\").replace("`", "\\`") + "`"


def vector(values: Iterable[str | float]) -> str:
    """Return a vector of strings or numbers."""
    return f"c({', '.join(text(value) if isinstance(value, str) else number(value) for value in values)})"


def named_list(values: Mapping[str, str | float]) -> str:
    """Return a named list of strings and numbers."""
    pairs = (
        f"{name(key)} = {text(value) if isinstance(value, str) else number(value)}" for key, value in values.items()
    )
    return f"list({', '.join(pairs)})"
