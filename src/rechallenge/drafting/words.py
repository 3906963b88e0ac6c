"""What the terminal says of a draft: what was recognised, and every question with its line."""

from collections.abc import Sequence
from pathlib import Path

from rechallenge.drafting.model import Draft, Question
from rechallenge.sources.decisions import Decision


def summary(draft: Draft, written: Sequence[Path], decisions: Sequence[tuple[str, Decision]]) -> str:
    """Return the text printed after drafting. `decisions`: the open ones of each file written, with its name."""
    sure = sum(not entry.questions for _, entry in draft.proposals)
    lines = []
    for file in draft.files:
        tables = ", ".join(
            f"{name} ({number} blocks)" if number > 1 else name
            for name in dict.fromkeys(block.table for block in draft.blocks if block.file == file.key)
            if (number := sum(block.table == name and block.file == file.key for block in draft.blocks))
        )
        lines.append(f"{file.label}: {file.about}. It gives: {tables}.")
        if file.unused:
            lines.append(f"  Used by nothing ({len(file.unused)}): {', '.join(file.unused)}.")
        if file.ignore:
            lines.append(f"  Left out: {', '.join(f'{name} ({reason})' for name, reason in file.ignore)}.")
    lines += draft.notes
    if draft.date_evidence:
        lines += [f"Dates: {text}." for text in draft.date_evidence]
    lines += ["", f"{sure} columns are proposed with their evidence; {_questions(len(decisions))} to decide:"]
    lines += [f"  {decision.sentence(name)}" for name, decision in decisions]
    lines += ["", "Written: " + ", ".join(str(path) for path in written)]
    lines.append(f"Next: put an answer in the place of each question, then rechallenge check-mapping {written[-1]}")
    return "\n".join(lines)


def _questions(number: int) -> str:
    return "1 question is" if number == 1 else f"{number} questions are"


def count_questions(questions: Sequence[Question]) -> int:
    """Return how many questions there are."""
    return len(questions)
