"""The console command `rechallenge VERB`: what asks or drafts. What makes files of a study is a Snakemake target."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rechallenge.errors import UserError

CHECKOUT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one verb; mistakes of the user end as sentences and exit status 1."""
    parser = argparse.ArgumentParser(
        prog="rechallenge", description="Questions to a study of ICI rechallenge. Results are made by snakemake."
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    _add_assure(verbs)
    known = parser.parse_args(arguments)
    try:
        sys.exit(known.run(known))
    except UserError as error:
        sys.exit("\n".join(error.problems))


def _add_assure(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    assure = verbs.add_parser(
        "assure",
        help="run invented patients against the definitions",
        description="Run invented patients through the definitions and say where the result is not the expected one.",
        epilog="example: rechallenge assure --study study.yaml my_patients.yaml",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    assure.add_argument(
        "patients",
        nargs="*",
        type=Path,
        help="files of invented patients (those of config/assurance/ where none is given)",
    )
    assure.add_argument(
        "--study",
        type=Path,
        default=CHECKOUT / "config" / "config.yaml",
        help="study file whose definitions, cut-off and window hold (the demo study's where none is given)",
    )
    assure.add_argument("--every", action="store_true", help="also list the patients that are as expected")
    assure.set_defaults(run=_assure)


def _assure(known: argparse.Namespace) -> int:
    from rechallenge.assurance.comparison import assure
    from rechallenge.assurance.patients import read_patients
    from rechallenge.assurance.text import as_text
    from rechallenge.settings.config import read_config
    from rechallenge.sources.values import Vocabularies
    from rechallenge.sources.yaml_text import read_yaml

    config = read_config(read_yaml(known.study), known.study.name)
    vocabularies = Vocabularies.read(CHECKOUT / "config" / "vocabularies")
    files = known.patients or sorted((CHECKOUT / "config" / "assurance").glob("*.yaml"))
    problems: list[str] = []
    cases = []
    for path in files:
        try:
            cases.append(read_patients(path))
        except UserError as error:
            problems += error.problems
    if problems:
        raise UserError(problems)
    results = [result for each in cases for result in assure(each, config, vocabularies)]
    print(as_text(results, every=known.every))
    return int(any(result.differences for result in results))


if __name__ == "__main__":
    main()
