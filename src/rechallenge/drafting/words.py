"""What the terminal says of a draft: what was recognised, and every question with its line."""

from collections.abc import Sequence
from pathlib import Path

from rechallenge.drafting.model import Draft, FileDraft


def summary(draft: Draft, written: Sequence[Path], decisions: Sequence[str]) -> str:
    """Return the text printed after drafting. `decisions`: a sentence for each open one of the files written."""
    sure = sum(not entry.questions for _, entry in draft.proposals)
    lines = [line for file in draft.files for line in _file(draft, file)]
    lines += draft.notes
    lines += [f"Dates: {text}." for text in draft.date_evidence]
    proposed = "1 column is proposed with its" if sure == 1 else f"{sure} columns are proposed with their"
    lines += ["", f"{proposed} evidence; {_questions(len(decisions))} to decide:"]
    return "\n".join([*lines, *_ending(decisions, written)])


def shipped_summary(name: str, study: Path, decisions: Sequence[str]) -> str:
    """Return the text printed for an extract that a shipped mapping reads."""
    first = f"The extract has the files and columns of the mapping config/sources/{name}.yaml; no other is needed."
    return "\n".join([first, "", f"{_questions(len(decisions)).capitalize()} to decide:", *_ending(decisions, [study])])


def _ending(decisions: Sequence[str], written: Sequence[Path]) -> list[str]:
    return [
        *(f"  {sentence}" for sentence in decisions),
        "",
        f"Written: {', '.join(str(path) for path in written)}",
        f"Next: put an answer in the place of each question, then: rechallenge check-mapping {written[-1]}",
    ]


def _file(draft: Draft, file: FileDraft) -> list[str]:
    blocks = [block.table for block in draft.blocks if block.file == file.key]
    tables = [
        f"{table} ({blocks.count(table)} blocks)" if blocks.count(table) > 1 else table
        for table in dict.fromkeys(blocks)
    ]
    lines = [f"{file.label}: {file.about}. It gives {', '.join(tables).replace('_', ' ')}."]
    if file.ignore:
        lines.append(f"  left out: {', '.join(f'{name} ({reason})' for name, reason in file.ignore)}")
    if file.unused:
        lines.append(f"  used by nothing: {', '.join(file.unused)}")
    return lines


def _questions(number: int) -> str:
    return "1 question is" if number == 1 else f"{number} questions are"
