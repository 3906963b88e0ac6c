"""Draw the 200 data sets on which every method is compared with R, and join the ten known ones.

Run it from anywhere: it writes data.csv.gz beside itself, always the same. Columns: set, kind, time and entry (days),
event (0 censored, 1 of interest, 2 and 3 competing), group, strata, cluster, x1, x2, x3 (missing where a set has
fewer).
"""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

FOLDER: Final = Path(__file__).parent
SEED: Final = 20231201
COLUMNS: Final = ["set", "kind", "time", "entry", "event", "group", "strata", "cluster", "x1", "x2", "x3"]
DAYS_PER_MONTH: Final = 30.4375
COVARIATES: Final = 3


def plain(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """Exponential times in whole days, a third censored, two groups, three covariates with effects."""
    x = np.column_stack([rng.normal(size=size).round(2), rng.integers(0, 2, size), rng.integers(40, 85, size)])
    group = rng.integers(0, 2, size)
    hazard = np.exp(0.5 * x[:, 0] - 0.4 * x[:, 1] + 0.01 * (x[:, 2] - 60) + 0.4 * group)
    time, censored = np.ceil(rng.exponential(200 / hazard)), np.ceil(rng.exponential(450, size))
    frame = pd.DataFrame(
        {
            "time": np.minimum(time, censored),
            "event": (time <= censored).astype(int),
            "group": group,
            "strata": rng.integers(0, 3, size),
            "cluster": rng.integers(0, max(2, size // 4), size),
            "x1": x[:, 0],
            "x2": x[:, 1],
            "x3": x[:, 2],
        }
    )
    return with_entry(rng, frame)


def with_entry(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Half of the patients come under observation later, before their time."""
    late = rng.random(len(frame)) < 0.5
    return frame.assign(entry=np.where(late, np.floor(frame["time"] * rng.random(len(frame)) * 0.8), 0.0))


def ties(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """All times are multiples of six weeks, as of scans."""
    frame = plain(rng, size)
    return with_entry(rng, frame.assign(time=np.minimum(np.ceil(frame["time"] / 42) * 42, 420)))


def heavy_censoring(rng: np.random.Generator, size: int) -> pd.DataFrame:
    frame = plain(rng, size)
    return frame.assign(event=frame["event"] * (rng.random(size) < 0.25))


def single_group(rng: np.random.Generator, size: int) -> pd.DataFrame:
    return plain(rng, size).assign(group=0, strata=0)


def plateau(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """Half of an even number has the event first, the others much later or never: S(t) is 0.5 for long."""
    size += size % 2
    frame = plain(rng, size)
    early = np.arange(size) < size // 2
    time = np.where(early, np.ceil(rng.uniform(1, 100, size)), np.ceil(rng.uniform(150, 500, size)))
    event = np.where(early, 1, rng.random(size) < 0.5).astype(int)
    return with_entry(rng, frame.assign(time=time, event=event, group=np.arange(size) % 2))


def no_event(rng: np.random.Generator, size: int) -> pd.DataFrame:
    return plain(rng, size).assign(event=0)


def one_event(rng: np.random.Generator, size: int) -> pd.DataFrame:
    return plain(rng, size).assign(event=(np.arange(size) == rng.integers(size)).astype(int))


def everybody(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """Nobody is censored: the curve reaches 0; in every second set two leave together at the end."""
    frame = plain(rng, size).assign(event=1)
    if size % 2:
        frame.loc[frame["time"].nlargest(2).index, "time"] = frame["time"].max()
    return with_entry(rng, frame)


def late_entry(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """Everybody enters late, many on days on which others have the event."""
    frame = plain(rng, size)
    time = np.ceil(frame["time"] / 14) * 14 + 14
    entry = np.minimum(np.floor(rng.exponential(80, size) / 14) * 14, time - 14)
    return frame.assign(time=time, entry=entry)


def several_groups(rng: np.random.Generator, size: int) -> pd.DataFrame:
    return plain(rng, size).assign(group=rng.integers(0, int(rng.integers(3, 5)), size))


def separated(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """Nobody with the second covariate has the event."""
    frame = plain(rng, size)
    return frame.assign(event=frame["event"] * (frame["x2"] == 0))


def many_strata(rng: np.random.Generator, size: int) -> pd.DataFrame:
    return plain(rng, size).assign(strata=rng.integers(0, max(2, size // 6), size))


def competing(rng: np.random.Generator, size: int) -> pd.DataFrame:
    frame = plain(rng, size)
    return frame.assign(event=frame["event"] * rng.choice([1, 2, 3], size, p=[0.5, 0.4, 0.1]))


def competing_ties(rng: np.random.Generator, size: int) -> pd.DataFrame:
    frame = ties(rng, size)
    return frame.assign(event=frame["event"] * rng.choice([1, 2], size), group=rng.integers(0, 3, size))


def tiny(rng: np.random.Generator, size: int) -> pd.DataFrame:
    frame = plain(rng, 3 + size % 6)
    return frame.assign(x2=np.nan, x3=np.nan)


def day_zero(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """Some have the event, or are censored, on the day of the start."""
    frame = plain(rng, size)
    time = np.where(rng.random(size) < 0.15, 0.0, frame["time"])
    return frame.assign(time=time, entry=np.where(time > 0, frame["entry"], 0.0))


def together(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """All on two days."""
    return with_entry(rng, plain(rng, size).assign(time=rng.choice([84.0, 168.0], size)))


def continuous(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """Fractions of a day, no ties, one covariate."""
    frame = plain(rng, size)
    time = (frame["time"] * rng.uniform(0.5, 1.5, size)).round(6) + 0.01
    return with_entry(rng, frame.assign(time=time)).assign(x2=np.nan, x3=np.nan)


KINDS: Final[tuple[tuple[Callable[[np.random.Generator, int], pd.DataFrame], int], ...]] = (
    (plain, 16), (ties, 20), (heavy_censoring, 12), (single_group, 8), (plateau, 12), (no_event, 4), (one_event, 6),
    (everybody, 10), (late_entry, 12), (several_groups, 14), (separated, 10), (many_strata, 10), (competing, 18),
    (competing_ties, 16), (tiny, 12), (day_zero, 8), (together, 4), (continuous, 8),
)  # fmt: skip


def known(path: Path) -> pd.DataFrame:
    """One of the ten known data sets, in days; the covariates that it has, complete cases, at most three."""
    data = pd.read_csv(path)
    rest = [name for name in data.columns if name not in COLUMNS or name.startswith("x")][:COVARIATES]
    data = data.dropna(subset=rest)
    found = data[["event", "group", "strata", "cluster"]].copy()
    for name in ("time", "entry"):
        found[name] = (data[name] * DAYS_PER_MONTH).round(4)
    for place in range(COVARIATES):
        found[f"x{place + 1}"] = data[rest[place]] if place < len(rest) else np.nan
    return found.assign(set=path.stem, kind="known")


def drawn() -> pd.DataFrame:
    """All data sets, one after the other."""
    rng = np.random.default_rng(SEED)
    parts = [known(path) for path in sorted(FOLDER.parent.glob("*.csv"))]
    for draw, number in KINDS:
        for place in range(number):
            size = int(rng.choice([8, 12, 20, 30, 40, 60, 90, 140, 200]))
            parts.append(draw(rng, size).assign(set=f"{draw.__name__}{place:02d}", kind=draw.__name__))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def text() -> str:
    """All data sets as CSV."""
    return drawn().to_csv(index=False, float_format="%.10g", lineterminator="\n")


if __name__ == "__main__":
    (FOLDER / "data.csv.gz").write_bytes(gzip.compress(text().encode(), 9, mtime=0))
