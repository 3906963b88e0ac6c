"""The faults trial: disturb runs of the small study in every way of `kinds`, and say what the next run made of it.

    python -m tests.faults [--seed 1] [--page docs/faults.md] [--kind "disk full"] [--times 0.1]

Exit status 1 where a run after a fault did not complete or had other results, or where a kind never struck.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.faults import mounts
from tests.faults.kinds import KINDS, Outcome, Trial
from tests.faults.page import page
from tests.faults.runs import undisturbed

TRIES: Final = {
    "the whole run killed (SIGKILL)": 50,
    "killed again and again": 5,
    "Snakemake killed, its step left alone": 5,
    "a step killed, as for want of memory": 6,
    "too little memory for a step": 5,
    "a file that may not grow": 5,
    "disk full": 6,
    "output read-only before the run": 2,
    "output read-only during the run": 5,
    "two runs at once in one folder": 4,
    "results dated in the future": 4,
    "results dated long ago": 3,
    "extract dated in the future": 4,
    "a release killed": 4,
}
NEED_MOUNTS: Final = ("disk full", "output read-only before the run", "output read-only during the run")


def main() -> int:
    """Run the trial; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, help="page of the docs to write")
    parser.add_argument("--kind", action="append", choices=sorted(KINDS), help="only these")
    parser.add_argument("--times", type=float, default=1.0, help="share of the usual number of tries")
    chosen = parser.parse_args()
    kinds = [name for name in KINDS if not chosen.kind or name in chosen.kind]
    if not mounts.may_mount() and (missing := [name for name in kinds if name in NEED_MOUNTS]):
        print(f"Left out, since file systems cannot be mounted here (run as root): {', '.join(missing)}.")
        kinds = [name for name in kinds if name not in missing]
    with tempfile.TemporaryDirectory(prefix="faults-") as home:
        outcomes = run(Path(home), kinds, chosen.seed, chosen.times)
    if chosen.page is not None:
        chosen.page.write_text(page(outcomes, chosen.seed), encoding="utf-8")
    bad = [name for name, tried in outcomes.items() if not tried or not any(outcome.struck for outcome in tried)]
    if bad:
        print(f"Never struck: {', '.join(bad)}.")
    return int(bool(bad) or not all(outcome.sound for tried in outcomes.values() for outcome in tried))


def run(home: Path, kinds: list[str], seed: int, times: float) -> dict[str, list[Outcome]]:
    """Disturb and finish; the tries of each kind have random numbers of their own."""
    undisturbed(home / "warm")
    begun = time.monotonic()
    whole = undisturbed(home / "whole")
    seconds = time.monotonic() - begun
    print(f"An undisturbed run takes {seconds:.1f} s.", flush=True)
    outcomes = {}
    for name in kinds:
        trial = Trial(home / f"kind-{len(outcomes)}", whole, seconds, random.Random(f"{seed} {name}"))
        outcomes[name] = []
        for number in range(max(1, round(TRIES[name] * times))):
            outcome = KINDS[name](trial, number)
            outcomes[name].append(outcome)
            if not outcome.sound:
                print(f"{name}, try {number}: {'other results' if outcome.completed else 'did not complete'}")
                print(*outcome.differing, outcome.said, sep="\n", flush=True)
        struck = sum(outcome.struck for outcome in outcomes[name])
        sound = sum(outcome.sound for outcome in outcomes[name])
        print(
            f"{name}: {len(outcomes[name])} tries, {struck} struck, {sound} completed with the same results", flush=True
        )
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
