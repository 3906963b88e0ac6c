"""The page docs/corruption.md: a table of kinds, tries, caught, harmless and missed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.metadata import version

from tests.corruption.damage import KINDS
from tests.corruption.studies import SHIPPED
from tests.corruption.trial import Try

HEAD = """\
# The corruption trial

<!-- Written by `make corruption`; a test holds its kinds to the code. Do not edit. -->

Damage of {kinds} kinds was done to the inputs of four studies, {tries:,} times; each time the chain was run and judged.

- **Caught**: the extract was refused by a sentence that names the place, or a finding that was not there before names
  the damaged file, row and column (of a damage that contradicts another row: that patient's row, with the column).
- **Harmless**: nothing refused, and attrition, cohort, courses, classes, times to event and adverse events, everything
  that estimates are made of, are identical to those of the undamaged extract.
- **Missed**: everything else. A traceback is a miss, so is a finding at another place or a silently changed result.

Made by `{command}` with rechallenge {version}: seed {seed}, {tries:,} tries, missed {missed}.

The studies: {studies}.

| | Tries | Caught | Harmless | Missed |
| --- | --- | --- | --- | --- |
{totals}

## What no trial can show

A value replaced by another legal and plausible value (a day of March for one of April, IIIA for IIIB) leaves no trace
in an extract, nor do rows left out where nothing counts or refers to them, such as the last adverse events of a file
cut exactly between two rows. Against both `extract.sha256` in the study file helps, taken where the extract was made.
The damage of this trial is of kinds that can be told in principle; a kind that was missed led to a rule or a sentence.
"""
TABLE = "| Kind | What was done | Tries | Caught | Harmless | Missed |\n| --- | --- | --- | --- | --- | --- |"
WORDS = ("caught", "harmless", "missed")


def page(tries: Sequence[Try], trials: int, seed: int) -> str:
    """The page as Markdown; the same tries give the same bytes."""
    by_study = [f"| {name} | {_counts(one for one in tries if one.study == name)} |" for name in SHIPPED]
    missed = sum(one.verdict.word == "missed" for one in tries)
    text = HEAD.format(
        kinds=len(KINDS),
        tries=len(tries),
        command=f"python -m tests.corruption --trials {trials} --seed {seed} --page docs/corruption.md",
        version=version("rechallenge"),
        seed=seed,
        missed=missed,
        studies="; ".join(f"*{name}*: {_said(name)}" for name in SHIPPED),
        totals="\n".join([*by_study, f"| **all** | {_counts(tries)} |"]),
    )
    for subject in dict.fromkeys(kind.subject for kind in KINDS.values()):
        rows = [
            f"| `{kind.name}` | {kind.says} | {_counts(one for one in tries if one.kind == kind.name)} |"
            for kind in KINDS.values()
            if kind.subject == subject
        ]
        text += f"\n## {subject}\n\n{TABLE}\n" + "\n".join(rows) + "\n"
    return text


def _counts(tries: Iterable[Try]) -> str:
    words = Counter(one.verdict.word for one in tries)
    return " | ".join(f"{number:,}" for number in (words.total(), *(words[word] for word in WORDS)))


def _said(name: str) -> str:
    """The first sentence of the function that makes a study."""
    text = (SHIPPED[name].__doc__ or "").split("\n")[0]
    return text[0].lower() + text[1:].rstrip(".")
