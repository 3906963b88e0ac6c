"""The verb `draft-mapping`: from an unknown extract to a mapping and a study file, and what to decide."""

import os
from pathlib import Path

from rechallenge.drafting.extract import read_extract
from rechallenge.drafting.headers import HeaderWords
from rechallenge.drafting.model import Draft
from rechallenge.drafting.propose import propose
from rechallenge.drafting.words import shipped_summary, summary
from rechallenge.drafting.write import mapping_text, study_text
from rechallenge.errors import UserError
from rechallenge.sources import rules
from rechallenge.sources.decisions import open_decisions
from rechallenge.sources.ingest import to_canonical
from rechallenge.sources.mapping import read_mapping
from rechallenge.sources.readers import read_files
from rechallenge.sources.values import Vocabularies

MAPPING = "mapping.yaml"
STUDY = "study.yaml"
NOTHING = (
    "No table of the study was recognised, so that nothing is drafted. Write the mapping by hand (docs/mapping.md), or "
    "add the words of your headers to config/drafting/headers.yaml and draft again."
)
# An extract with more unreadable dates per row than this is written in another way than the mapping expects.
_UNREAD = 0.02
TITLE = "Immune-checkpoint-inhibitor rechallenge in advanced NSCLC"


def draft_study(extract: Path, folder: Path, checkout: Path, *, new: bool = False) -> str:
    """Write mapping.yaml and study.yaml into `folder` and return what to say of them.

    An extract that a mapping of config/sources/ reads as it is gets a study file only, unless `new`. Raises UserError
    where the extract cannot be read, or one of the files is there already.
    """
    there = [folder / name for name in (MAPPING, STUDY) if (folder / name).exists()]
    if there:
        listed = " and ".join(str(path) for path in there)
        raise UserError(f"{listed} would be overwritten; give another folder (--output), or move what is there.")
    words = HeaderWords.read(checkout / "config" / "drafting" / "headers.yaml")
    vocabularies = Vocabularies.read(checkout / "config" / "vocabularies")
    found = read_extract(extract, words)
    shipped = None if new else _shipped(extract, checkout, vocabularies)
    path = Path(os.path.relpath(extract.resolve(), folder.resolve())).as_posix()
    study = folder / STUDY
    if shipped is not None:
        folder.mkdir(parents=True, exist_ok=True)
        study.write_text(study_text(Draft(), path, shipped, TITLE), encoding="utf-8")
        return shipped_summary(shipped, study, _open(study))
    draft = propose(found, words, vocabularies)
    if not draft.files:
        raise UserError([*draft.notes[:-2], NOTHING])
    folder.mkdir(parents=True, exist_ok=True)
    mapping = folder / MAPPING
    mapping.write_text(mapping_text(draft, "mapping", f"Drafted from {extract.name}"), encoding="utf-8")
    study.write_text(study_text(draft, path, MAPPING, TITLE), encoding="utf-8")
    return summary(draft, [mapping, study], [*_open(mapping), *_open(study)])


def _open(path: Path) -> list[str]:
    return [decision.sentence(path.name) for decision in open_decisions(path)]


def _shipped(extract: Path, checkout: Path, vocabularies: Vocabularies) -> str | None:
    """Return the mapping of config/sources/ whose files, columns and date formats are those of the extract."""
    for path in sorted((checkout / "config" / "sources").glob("*.yaml")):
        try:
            mapping = read_mapping(path)
            made = to_canonical(read_files(extract, mapping), mapping, vocabularies)
        except UserError:
            continue
        unread = int(made.findings["rule"].eq(rules.DATE_UNREADABLE.id).sum())
        if unread <= _UNREAD * sum(len(frame) for frame in made.tables.values()):
            return path.stem
    return None
