"""Simulate a multi-centre lung-cancer registry with known truth.

    python scripts/simulate_registry.py --patients 400 --seed 1 --out extract
    python scripts/simulate_registry.py --patients 100000 --seed 1 --dirt 0 --out extract --format parquet
    python scripts/simulate_registry.py --patients 400 --seed 1 --dirt 1 --dirt duplicates=0.2 --out extract

Writes the extract (read it with `source: demo_registry`, or `source: canonical` for the formats csv and parquet) and,
in its folder `truth`, every parameter of the model and the hidden truth of each patient, which no study reads. The same
options give the same bytes.
"""

import argparse
import sys
from pathlib import Path

from rechallenge.errors import UserError
from rechallenge.simulation.dirt import read_rates
from rechallenge.simulation.registry import write_extract


def main(arguments: list[str] | None = None) -> None:
    """Read the options, simulate, write."""
    options = _parser().parse_args(arguments)
    try:
        rates = read_rates(options.dirt)
        write_extract(
            options.patients,
            options.seed,
            rates,
            options.out,
            options.format,
            broken=options.broken,
            as_of=options.as_of,
        )
    except (UserError, ValueError) as error:
        sys.exit(f"simulate_registry: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=400, help="number of patients (default 400)")
    parser.add_argument("--seed", type=int, required=True, help="seed: the same one gives the same bytes")
    parser.add_argument(
        "--dirt",
        action="append",
        default=[],
        metavar="FACTOR|KIND=RATE",
        help="a factor on all documented rates (0 clean, 1 as documented), or the rate of one kind; may be repeated",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the extract")
    parser.add_argument(
        "--format",
        choices=("registry", "csv", "parquet"),
        default="registry",
        help="registry: as hospitals would export it; csv, parquet: canonical tables (default registry)",
    )
    parser.add_argument(
        "--as-of", metavar="YYYY-MM-DD", help="the extract as it was on that day: the one before a refresh"
    )
    parser.add_argument("--broken", action="store_true", help="add errors of many kinds, for a gate that holds")
    return parser


if __name__ == "__main__":
    main()
