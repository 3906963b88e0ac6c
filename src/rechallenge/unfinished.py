"""Which steps have begun and not ended: what they wrote in part is removed before the next run.

Snakemake removes the outputs of a step that failed, and forgets that it failed. Where they cannot be removed (a disk
that has become read-only), it would take them for whole ones afterwards. A step leaves a mark before it writes, and
takes it away once it has written everything.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from rechallenge.errors import UserError

MARKS: Final = Path(".snakemake") / "unfinished"


def begin(rule: str, outputs: Iterable[str], folder: Path = Path()) -> Path:
    """Leave the mark of a step of the run in `folder`; return it, to be removed when the step has ended well."""
    paths = sorted(outputs)
    name = hashlib.sha256("\n".join(paths).encode()).hexdigest()[:12]
    mark = folder / MARKS / f"{rule}-{name}.json"
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(json.dumps(paths), encoding="utf-8")
    return mark


def clear(folder: Path) -> list[str]:
    """Remove what unfinished steps wrote below a run folder, when no run is alive there; return its paths.

    Raises UserError where something cannot be removed.
    """
    removed, problems = [], []
    for mark in sorted((folder / MARKS).glob("*.json")):
        try:
            for path in _outputs(mark, folder):
                _remove(path)
                removed.append(str(path))
            mark.unlink()
        except OSError as error:
            problems.append(
                f"{error.filename or mark} was not written to its end by an earlier run, and cannot be removed: "
                f"{error.strerror}. Make the run folder writable, or remove its results/."
            )
    if problems:
        raise UserError(problems)
    return removed


def _outputs(mark: Path, folder: Path) -> list[Path]:
    """Return what the step was to write and is there; nothing outside the run folder."""
    try:
        names = json.loads(mark.read_text(encoding="utf-8"))
    except ValueError:  # the mark itself was cut off: the step had written nothing yet
        return []
    home = folder.resolve()
    paths = [folder / name for name in names]
    return [path for path in paths if path.exists() and path.resolve().is_relative_to(home)]


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
