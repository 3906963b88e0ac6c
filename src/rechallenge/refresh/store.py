"""The files of a release: written at once or not at all, read back only as they were locked.

    releases/<cut-off>/shareable/   estimates.csv numbers.json attrition.csv provenance.json (copies), release.json
    releases/<cut-off>/private/     salt.txt, rows/<table>.parquet, patients.parquet, times.parquet, sets.parquet,
                                    estimate_sets.parquet, curves.csv;
                                    accepted/ and everyone.csv where the tables are kept; release.json

`release.json` of each half names its files with their SHA-256.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from rechallenge.errors import UserError
from rechallenge.files import read_canonical, read_parquet, write_csv, write_json, write_parquet
from rechallenge.provenance import file_digest
from rechallenge.refresh.sets import AnalysisSets
from rechallenge.refresh.snapshot import Snapshot
from rechallenge.results import read_result
from rechallenge.tables import TABLES

SEAL: Final = "release.json"
SALT: Final = "private/salt.txt"
COPIED: Final = ("estimates.csv", "numbers.json", "attrition.csv", "provenance.json")
# Raised when the form of a release changes: an older one is refused with a sentence, never misread.
FORM: Final = 2


@dataclass(frozen=True)
class Release:
    """A release that has been read: its study, its salt, and the accepted tables where it kept them."""

    snapshot: Snapshot
    salt: str
    accepted: Path | None
    everyone: pd.Series | None


def write_release(
    snapshot: Snapshot,
    salt: str,
    folder: Path,
    *,
    title: str,
    copies: Mapping[str, Path],
    keep: Mapping[str, pd.DataFrame] | None = None,
    everyone: pd.Series | None = None,
) -> bool:
    """Lock a study into `folder`; return whether it was written now (False: the same release is there already).

    `copies` are the files of COPIED by name, `keep` the accepted tables where they are to be kept, with `everyone`: the
    identifiers of all patients of the extract. Raises UserError where another release of the same cut-off is there.
    """
    if folder.exists():
        _refuse_another(folder, copies["provenance.json"], keeps=keep is not None)
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shareable, private = partial / "shareable", partial / "private"
    shareable.mkdir(parents=True)
    private.mkdir(mode=0o700)
    for name, path in copies.items():
        shutil.copyfile(path, shareable / name)
    (partial / SALT).write_text(salt + "\n", encoding="utf-8")
    (private / "rows").mkdir()
    for table, rows in snapshot.rows.items():
        write_parquet(rows, private / "rows" / f"{table}.parquet")
    write_parquet(snapshot.patients, private / "patients.parquet")
    write_parquet(snapshot.times, private / "times.parquet")
    for frame, path in zip(snapshot.sets.tables(), _sets_of(private), strict=True):
        write_parquet(frame, path)
    write_csv(snapshot.curves, private / "curves.csv")
    for table, frame in (keep or {}).items():
        (private / "accepted" / table).mkdir(parents=True)
        write_parquet(frame, private / "accepted" / table / "part-0000.parquet")
    if keep is not None and everyone is not None:
        write_csv(pd.DataFrame({"patient_id": everyone}), private / "everyone.csv")
    for half in (shareable, private):
        seal = {"form": FORM, "cutoff": str(snapshot.cutoff.date()), "title": title, "files": _digests(half)}
        write_json(seal, half / SEAL)
    _lock(partial)
    partial.rename(folder)
    return True


def _sets_of(private: Path) -> tuple[Path, Path]:
    return private / "sets.parquet", private / "estimate_sets.parquet"


def _lock(folder: Path) -> None:
    """On the disk before the name is there, and read-only: what is released is not edited."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
            path.chmod(0o400 if path.is_relative_to(folder / "private") else 0o444)


def _refuse_another(folder: Path, provenance: Path, *, keeps: bool) -> None:
    """Raise UserError unless the release in `folder` is of the very same results."""
    there = folder / "shareable" / "provenance.json"
    if not there.is_file():
        raise UserError(
            f"{folder} exists and is no release (it has no shareable/provenance.json). Move it away, then release "
            "again."
        )
    if file_digest(there) != file_digest(provenance):
        raise UserError(
            f"{folder} holds another release of the same cut-off: its provenance.json is not that of the present "
            "results. A release is never overwritten. Compare with it (refresh.previous), or move it away and release "
            "again."
        )
    form = _json(folder / "shareable" / SEAL).get("form")
    if form != FORM:
        raise UserError(
            f"{folder} holds this release as another version of this software wrote it (form {form}; this one writes "
            f"and reads {FORM}). Move it away and release again."
        )
    if keeps and not (folder / "private" / "accepted").is_dir():
        raise UserError(
            f"{folder} is the same release, but without its accepted tables (refresh.keep_extract was false then). "
            "Move it away and release again to have them kept."
        )


def release_problem(folder: Path) -> str:
    """Return why a folder cannot be compared with, as the end of a sentence; empty where it can be tried."""
    if not folder.is_dir():
        return "there is no such folder"
    if not all((folder / half / SEAL).is_file() for half in ("shareable", "private")):
        return f"it holds no release (shareable/{SEAL} and private/{SEAL} of one)"
    return ""


def read_release(folder: Path) -> Release:
    """Read a release; raises UserError where it is none, of another form, or not as it was locked."""
    problem = release_problem(folder)
    if problem:
        raise UserError(f"refresh.previous: {folder}: {problem}. Give the folder that `snakemake release` wrote.")
    shareable, private = folder / "shareable", folder / "private"
    seals = [_json(half / SEAL) for half in (shareable, private)]
    if any(seal.get("form") != FORM for seal in seals):
        raise UserError(
            f"{folder} was written by another version of this software (form {seals[0].get('form')}, this one reads "
            f"{FORM}). Release the old extract again with this version, in another run folder, and compare with that."
        )
    _verify(folder, {"shareable": seals[0], "private": seals[1]})
    snapshot = Snapshot(
        cutoff=pd.Timestamp(seals[1]["cutoff"]),
        rows={table: read_parquet(private / "rows" / f"{table}.parquet") for table in TABLES},
        patients=read_parquet(private / "patients.parquet").pipe(_texts_of),
        times=read_parquet(private / "times.parquet").pipe(_texts_of),
        sets=AnalysisSets.of_tables(*map(read_parquet, _sets_of(private))),
        curves=read_result("curves", private / "curves.csv"),
        estimates=read_result("estimates", shareable / "estimates.csv"),
        attrition=read_result("attrition", shareable / "attrition.csv"),
        numbers=_json(shareable / "numbers.json"),
        provenance=_json(shareable / "provenance.json"),
    )
    kept = private / "accepted"
    everyone = private / "everyone.csv"
    return Release(
        snapshot,
        (folder / SALT).read_text(encoding="utf-8").strip(),
        kept if kept.is_dir() else None,
        pd.read_csv(everyone, dtype=str)["patient_id"] if everyone.is_file() else None,
    )


def _verify(folder: Path, seals: Mapping[str, Mapping[str, Any]]) -> None:
    problems = []
    for half, seal in seals.items():
        found = _digests(folder / half)
        for name in sorted(seal["files"].keys() | found.keys()):
            if seal["files"].get(name) != found.get(name):
                what = "is missing" if name not in found else "is not of it" if name not in seal["files"] else "differs"
                problems.append(f"{half}/{name} {what}")
    if problems:
        raise UserError(
            f"{folder} is not as it was locked: {', '.join(problems[:8])}{' ...' if len(problems) > 8 else ''}. "
            "Take the release from a backup; a changed one is not compared with."
        )


def _digests(half: Path) -> dict[str, str]:
    """The SHA-256 of every file of one half but its seal, by path."""
    files = [path for path in sorted(half.rglob("*")) if path.is_file()]
    return {path.relative_to(half).as_posix(): file_digest(path) for path in files if path != half / SEAL}


def _texts_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Texts as the snapshots of a running study hold them: Python texts, empty for nothing."""
    texts = [name for name in frame.columns if isinstance(frame[name].dtype, pd.StringDtype)]
    return frame.assign(**{name: frame[name].astype(object).where(frame[name].notna(), "") for name in texts})


def _json(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values


def accepted_tables(folder: Path, names: Iterable[str] = tuple(TABLES)) -> dict[str, pd.DataFrame]:
    """Return accepted canonical tables by name."""
    return {name: read_canonical(folder, name) for name in names}
