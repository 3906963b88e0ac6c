"""Small extracts as their authors write them, and the drafts that come of them."""

import csv
from pathlib import Path
from typing import Any

from rechallenge.drafting.extract import read_extract
from rechallenge.drafting.headers import HeaderWords
from rechallenge.drafting.model import Draft, Question
from rechallenge.drafting.propose import propose
from rechallenge.drafting.write import mapping_text
from rechallenge.sources.values import Vocabularies

CHECKOUT = Path(__file__).parents[2]
WORDS = HeaderWords.read(CHECKOUT / "config" / "drafting" / "headers.yaml")
VOCABULARIES = Vocabularies.read(CHECKOUT / "config" / "vocabularies")


def written(path: Path, table: str) -> Path:
    """Write a table of | and lines as CSV."""
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def draft_of(path: Path) -> Draft:
    return propose(read_extract(path, WORDS), WORDS, VOCABULARIES)


def proposed(draft: Draft, table: str, block: int = 0) -> dict[str, Any]:
    """Canonical column -> what is written for it; a question as "? a | b"."""
    blocks = [each for each in draft.blocks if each.table == table]
    return {entry.column: _shown(entry.value) for entry in blocks[block].entries}


def _shown(value: Any) -> Any:
    if isinstance(value, Question):
        return "? " + " | ".join(value.choices)
    if isinstance(value, dict):
        return {key: _shown(inner) for key, inner in value.items()}
    return [_shown(inner) for inner in value] if isinstance(value, list) else value


def text_of(draft: Draft) -> str:
    return mapping_text(draft, "drafted", "Drafted")
