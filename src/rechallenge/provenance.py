"""What a set of results was made from: digests of inputs, settings, code, lock and outputs, versions and seeds.

No clock, no machine, no user: the same extract, settings and lock give the same bytes.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

# Stands for the files of the extract among those that a step reads: their names say nothing outside the hospital.
EXTRACT: Final = "extract"
# The packages whose results or drawings reach a reader; all versions stand in requirements.lock.
PACKAGES: Final = (
    "rechallenge", "snakemake", "numpy", "pandas", "pyarrow", "pandera", "scipy", "lifelines", "greenwood",
    "statsmodels", "matplotlib", "jinja2", "python-docx", "rocrate",
)  # fmt: skip


def file_digest(path: str | Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def values_digest(values: Mapping[str, Any]) -> str:
    """Return the SHA-256 of plain values, whatever the order of their keys."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of Python (major and minor) and of `PACKAGES`."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"python": python, **{name: version(name) for name in PACKAGES}}


def digests(paths: Iterable[str | Path], root: str | Path) -> dict[str, str]:
    """Return the digest of each file by its path under `root` (its name, where it lies elsewhere).

    Folders stand for every file in them.
    """
    files = [file for path in map(Path, paths) for file in (path.rglob("*") if path.is_dir() else [path])]
    found = {}
    for file in files:
        if file.is_file() and not any(part.startswith(".") for part in file.parts if part not in (".", "..")):
            found[name_under(file, root)] = file_digest(file)
    return dict(sorted(found.items()))


def name_under(path: str | Path, *roots: str | Path) -> str:
    """Return the path of a file under the first of `roots` that holds it; its name alone, where none does."""
    whole = Path(path).resolve()
    for root in map(Path, roots):
        if whole.is_relative_to(root.resolve()):
            return whole.relative_to(root.resolve()).as_posix()
    return whole.name


def identity(
    settings: Mapping[str, Any], source: Mapping[str, Any], mapping: str | Path, lock: str | Path
) -> dict[str, str]:
    """Return what the report prints under versions and hashes: one line of text per name."""
    return {
        **versions(),
        "extract (SHA-256)": source["sha256"],
        f"mapping {Path(mapping).name} (SHA-256)": file_digest(mapping),
        "study settings (SHA-256)": values_digest(settings),
        "requirements.lock (SHA-256)": file_digest(lock),
    }


def shareable(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as it may be shared.

    A public release tells no number of rows, no name of a file of the extract (it may name a hospital or a patient),
    and no hash of a private file: what a small one held could be found by trying.
    """
    if content["settings"]["values"]["release"]["level"] != "public":
        return dict(content)
    files = [
        {"name": f"file {place}", "sha256": file["sha256"]}
        for place, file in enumerate(content["extract"]["files"], start=1)
    ]
    outputs = {name: value for name, value in content["outputs"].items() if name.startswith("shareable/")}
    return {**content, "extract": {**content["extract"], "files": files}, "outputs": outputs}


def record(
    *,
    settings: Mapping[str, Any],
    source: Mapping[str, Any],
    code: Mapping[str, str],
    inputs: Mapping[str, str],
    lock: str | Path,
    outputs: Mapping[str, str],
) -> dict[str, Any]:
    """Return the content of provenance.json.

    `source` is ingest.json, `code` the code fingerprint of each step, `inputs` and `outputs` digests by name.
    """
    return {
        "extract": {name: source[name] for name in ("files", "sha256", "source", "declares")},
        "inputs": dict(inputs),
        "settings": {"values": dict(settings), "sha256": values_digest(settings)},
        "code": dict(code),
        "lock": {"requirements.lock": file_digest(lock)},
        "versions": versions(),
        "seeds": {"statistics": settings["statistics"]["seed"]},
        "outputs": dict(outputs),
    }
