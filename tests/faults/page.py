"""The page of the docs that says what the faults trial found."""

import pandas as pd

from tests.faults.kinds import KINDS, Outcome

_HEAD = """\
# Faults: what a machine may do to a run

Whatever ends a run in its middle, start it again with the same command (`make report`, or
`python scripts/run_study.py`). It removes the lock that a killed run left, makes again what was written in part, keeps
what was finished, and ends with the results of a run that nothing disturbed, byte for byte. With plain `snakemake`, a
killed run has to be unlocked first: `snakemake --unlock`, with the same `--directory` and `--configfile`.

- **While a step of a killed run is still at work**, a new run in the same folder is refused with a sentence.
- **Nothing can be written** (disk full, read-only): the step says so in a sentence, and the run ends with exit
  status 1.
- **A clock that was wrong.** Results dated in the future are dated now by the next run. Files of yours dated in the
  future are never touched: the run names each, and starts when the clock is right or the files are dated now (`touch`).
- **Not tried**: power failure. What the kernel had not yet written to the disk is lost with it; results/ can be removed
  and made again at any time.

## What was tried
"""


def page(outcomes: dict[str, list[Outcome]], seed: int) -> str:
    """Return the page as Markdown: one row for each kind of fault."""
    rows = [
        {
            "fault": name,
            "what happens": _what(name),
            "tries": len(tried),
            "struck": sum(outcome.struck for outcome in tried),
            "next run completed": sum(outcome.completed for outcome in tried),
            "same results": sum(outcome.sound for outcome in tried),
        }
        for name, tried in outcomes.items()
    ]
    table = pd.DataFrame(rows)
    total = {"fault": "**all**", "what happens": ""} | {name: table[name].sum() for name in table.columns[2:]}
    body = pd.concat([table, pd.DataFrame([total])], ignore_index=True)
    lines = [" | ".join(body.columns), " | ".join("---" if n < 2 else "--:" for n in range(len(body.columns)))]
    lines += [" | ".join(str(value) for value in row) for row in body.itertuples(index=False)]
    made = (
        f"\nMade by `make faults` (`python -m tests.faults --seed {seed}`) on the small study of the tests, two cores. "
        "*Struck*: the run was still at work when the fault came, and refused with a sentence where it is to refuse. "
        "*Same results*: every file below results/ has the bytes of the undisturbed run.\n"
    )
    return _HEAD + made + "\n" + "\n".join(f"| {line} |" for line in lines) + "\n"


def _what(name: str) -> str:
    text = KINDS[name].__doc__ or ""
    return " ".join(text.split())
