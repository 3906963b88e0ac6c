"""Write the lock of each executor that needs a plugin, profiles/NAME/requirements.lock (part of `make lock`).

    python scripts/write_plugin_locks.py --uv uv

Each holds what `pip install` needs in addition to requirements.lock, with versions that fit it, and hashes.
"""

import argparse
import re
import subprocess
import tempfile
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
EXECUTORS = ("slurm", "kubernetes", "googlebatch")
"""Names of profiles, and of the optional dependencies in pyproject.toml."""
HEAD = """\
# Written by `make lock` (scripts/write_plugin_locks.py); do not edit. In addition to requirements.lock:
#   pip install --require-hashes --no-deps -r profiles/{name}/requirements.lock
"""
_PIN = re.compile(r"^(?=[A-Za-z0-9])", re.MULTILINE)


def additions(lock: str, base: str) -> str:
    """Return the pins of `lock` whose packages are not in `base`, both texts of lock files."""
    known = {_name(pin) for pin in _PIN.split(base)[1:]}
    return "".join(f"{pin.rstrip()}\n" for pin in _PIN.split(lock)[1:] if _name(pin) not in known)


def _name(pin: str) -> str:
    return re.split(r"[=\s\[;]", pin, maxsplit=1)[0].lower()


def resolve(uv: str, requirements: list[str]) -> str:
    """Return a lock of the requirements whose versions agree with requirements.lock."""
    base = CHECKOUT / "requirements.lock"
    with tempfile.TemporaryDirectory() as folder:
        # Constraints have no hashes, which uv would otherwise ask of every package.
        pins = re.sub(r" \\\n(?: +--hash=\S+(?: \\)?\n)+", "\n", base.read_text(encoding="utf-8"))
        (Path(folder) / "constraints.txt").write_text(pins, encoding="utf-8")
        command = [uv, "pip", "compile", "-", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
        command += ["--no-annotate", "--no-header", "--constraint", f"{folder}/constraints.txt"]
        return subprocess.run(command, input="\n".join(requirements), check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Write every lock."""
    parser = argparse.ArgumentParser(description="Lock the plugins of executors.")
    parser.add_argument("--uv", default="uv")
    uv = parser.parse_args().uv
    base = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name in EXECUTORS:
        text = additions(resolve(uv, project["optional-dependencies"][name]), base)
        (CHECKOUT / "profiles" / name / "requirements.lock").write_text(HEAD.format(name=name) + text, encoding="utf-8")


if __name__ == "__main__":
    main()
