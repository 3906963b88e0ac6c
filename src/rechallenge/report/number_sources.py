"""What the page's script knows of each printed number: its row of estimates.csv and the method."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from rechallenge.report.numbers import Numbers

# What is added to the name of a row for its interval, P value and sizes; the script takes it off again.
PARTS: Final = (".ci", ".p", ".n", ".events")


@dataclass(frozen=True)
class Script:
    """The script of the page, and the hash by which its content security policy allows it and no other."""

    text: Markup
    hash: str


def script(text: str) -> Script:
    """Return a script as it stands in the page."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return Script(Markup(text), f"sha256-{base64.b64encode(digest).decode('ascii')}")


def sources(printed: Iterable[str], numbers: Numbers, methods: Mapping[str, str]) -> str:
    """Return JSON for a script element: `estimates` and `methods` (texts), `numbers` (name: places of both).

    `printed` are names of `numbers`, `methods` the method of each estimate_id. A number that has the row of another,
    from whose name its own is made, is left out. Numbers without a row, as settings are, have an empty one.
    """
    names = sorted(set(printed))
    known = set(names)
    estimates: dict[str, int] = {}
    said: dict[str, int] = {}
    found: dict[str, tuple[int, int]] = {}
    for name in names:
        own = str(numbers[name]["estimate_id"])
        whole = next((name.removesuffix(part) for part in PARTS if name.endswith(part)), name)
        if whole != name and whole in known and numbers[whole]["estimate_id"] == own:
            continue
        row = estimates.setdefault(own, len(estimates))
        found[name] = row, said.setdefault(methods.get(own, ""), len(said))
    return json_for_script({"estimates": list(estimates), "methods": list(said), "numbers": found})


def json_for_script(value: Any) -> str:
    """Return JSON that may stand in a script element, whatever its texts hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Nothing in it may end the script element.
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
