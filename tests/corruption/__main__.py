"""Run the corruption trial: `make corruption`, or for one kind `python -m tests.corruption --kind NAME --trials 20`."""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from tests.corruption.damage import KINDS
from tests.corruption.page import page
from tests.corruption.trial import Kept, trial


def main() -> int:
    """Read the options, run, say the counts; the exit status is 1 if anything was missed."""
    options = _parser().parse_args()
    unknown = sorted(set(options.kind) - set(KINDS))
    if unknown:
        print(f"unknown kinds: {', '.join(unknown)}")
        return 2
    names = options.kind or list(KINDS)
    per_kind = -(-options.trials // len(names))
    began = time.monotonic()
    kept = Kept(options.keep, options.seed, per_kind) if options.keep else None
    whole = kept.whole(per_kind) if kept else set()
    tries = [one for one in kept.tries if one.kind in whole] if kept else []
    todo = [name for name in names if name not in whole]
    for one in trial(todo, options.seed, per_kind, options.processes):
        tries.append(one)
        if kept:
            kept.keep(one)
        if one.verdict.word == "missed" or options.show:
            print(f"{one.verdict.word}: {one.kind} on {one.study} (try {one.number}): {one.what}: {one.verdict.by}")
            sys.stdout.flush()
    counts = Counter(one.verdict.word for one in tries)
    print(f"{len(tries)} tries of {len(names)} kinds in {time.monotonic() - began:.0f} s: {dict(counts)}")
    idle = sorted(set(names) - {one.kind for one in tries})
    if idle:
        print(f"never tried: {', '.join(idle)}")
    if options.page:
        Path(options.page).write_text(page(tries, options.trials, options.seed), encoding="utf-8")
    return 1 if counts["missed"] or idle else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.corruption", description=__doc__)
    parser.add_argument("--trials", type=int, default=2400, help="how many tries in all, at least (default 2400)")
    parser.add_argument("--seed", type=int, default=1, help="seed: the same one damages the same cells (default 1)")
    parser.add_argument("--kind", action="append", default=[], metavar="NAME", help="only this kind; may be repeated")
    parser.add_argument("--show", action="store_true", help="print every try, not only the missed ones")
    parser.add_argument("--processes", type=int, default=2, help="how many at a time (default 2)")
    parser.add_argument("--keep", metavar="FILE", type=Path, help="go on with the interrupted trial that is kept here")
    parser.add_argument("--page", metavar="FILE", help="write the table of kinds to this page")
    return parser


if __name__ == "__main__":
    sys.exit(main())
