"""Write environment.yml for conda users from requirements.lock: python, pip, and the exact pins as a pip list.

Run by `make lock`. A test holds environment.yml to what this script writes.
"""

import re
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).resolve().parent.parent
PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*\\?$"
)
HEAD = """\
# Written by scripts/write_environment.py from requirements.lock (make lock); do not edit.
# The versions are those of the lock; the solving by conda itself (of python and pip) is not tested.
name: rechallenge
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.11
  - pip
  - pip:
"""


class Pin(NamedTuple):
    """One exact version of the lock; `marker` says on which platforms it is installed (empty: on all)."""

    name: str
    version: str
    marker: str

    @property
    def requirement(self) -> str:
        """The pin as pip reads it."""
        return f"{self.name}=={self.version}" + (f" ; {self.marker}" if self.marker else "")


def read_lock(text: str) -> list[Pin]:
    """Return the pins of a lock file in its order, hashes and comments left out."""
    found = (PIN.match(line.strip()) for line in text.splitlines() if not line.lstrip().startswith(("#", "--hash")))
    return [Pin(match["name"], match["version"], match["marker"] or "") for match in found if match]


def environment(pins: list[Pin]) -> str:
    """Return the text of environment.yml. The library itself comes last, from the checkout."""
    items = [*(pin.requirement for pin in pins), "-e ."]
    quoted = [f'"{item}"' if ";" in item else item for item in items]
    return HEAD + "".join(f"      - {item}\n" for item in quoted)


def main() -> None:
    """Rewrite environment.yml of this checkout."""
    pins = read_lock((CHECKOUT / "requirements.lock").read_text(encoding="utf-8"))
    (CHECKOUT / "environment.yml").write_text(environment(pins), encoding="utf-8")
    print(f"environment.yml: {len(pins)} packages of requirements.lock")


if __name__ == "__main__":
    main()
