"""What the benchmarks share: made-up patients, timing, and the record of a measurement with its machine."""

import json
import os
import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SEED: Final = 3
PACKAGES: Final = ("snakemake", "pandas", "numpy", "scipy", "lifelines", "greenwood", "pyarrow")


def patients(n: int, covariates: int, seed: int) -> tuple[Array, Array, Array]:
    """Return times in days, events (about seven in ten) and covariates of made-up patients."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, covariates))
    x[:, ::2] = x[:, ::2] > 0
    time_to_event = np.ceil(random.exponential(200 * np.exp(-0.3 * x.sum(axis=1))))
    followed = np.ceil(random.uniform(1, 900, n))
    return np.minimum(time_to_event, followed), (time_to_event <= followed).astype("float64"), x


def seconds(work: Callable[..., object], *arguments: object) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def environment() -> dict[str, str]:
    """Return the environment of a run that is timed: bytecode may be written, as `make` allows it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def record(path: Path, command: str, rows: list[dict[str, Any]], **more: Any) -> None:
    """Write measured rows with the command that made them, the machine and the versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = {
        "processor": platform.machine(), "cores": os.cpu_count(), "memory_gib": round(memory),
        "python": platform.python_version(), **{name: version(name) for name in PACKAGES},
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"command": command, "machine": machine, "rows": rows, **more}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
