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
    _add_draft(verbs)
    _add_check(verbs)
    _add_assure(verbs)
    _add_trace(verbs)
    known = parser.parse_args(arguments)
    try:
        sys.exit(known.run_verb(known))
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
    assure.set_defaults(run_verb=_assure)


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


def _add_draft(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    draft = verbs.add_parser(
        "draft-mapping",
        help="draft a mapping and a study file for an unknown extract",
        description=(
            "Draft a mapping and a study file for a workbook, a data file or a folder that nobody has described yet. "
            "What is sure is proposed with its evidence; what is not is a question that the study refuses until then."
        ),
        epilog="example: rechallenge draft-mapping registry.xlsx --output my_study",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    draft.add_argument("extract", type=Path, help="a workbook, a data file, or a folder of them")
    draft.add_argument(
        "--output",
        type=Path,
        default=Path("study"),
        help="folder that receives mapping.yaml and study.yaml (default: study; nothing is overwritten)",
    )
    draft.add_argument(
        "--new",
        action="store_true",
        help="draft a mapping even where one of config/sources/ reads the extract as it is",
    )
    draft.set_defaults(run_verb=_draft)


def _draft(known: argparse.Namespace) -> int:
    from rechallenge.drafting.draft import draft_study

    print(draft_study(known.extract, known.output, CHECKOUT, new=known.new))
    return 0


def _add_check(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = verbs.add_parser(
        "check-mapping",
        help="say what a mapping makes of its extract, without running the study",
        description=(
            "Read the extract by the mapping of a study file and say what becomes of each column. Runs nothing and "
            "writes nothing. Exit status 1 where something is to be decided or mended in the study file or the mapping."
        ),
        epilog="example: rechallenge check-mapping my_study/study.yaml",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("study", type=Path, help="the study file")
    check.add_argument("--output", type=Path, help="also write what is said to this text file")
    check.set_defaults(run_verb=_check)


def _check(known: argparse.Namespace) -> int:
    from rechallenge.drafting.check import check_study

    checked = check_study(known.study, CHECKOUT)
    if known.output is not None:
        known.output.parent.mkdir(parents=True, exist_ok=True)
        known.output.write_text(checked.text + "\n", encoding="utf-8")
    print(checked.text)
    return int(bool(checked.to_mend))


def _add_trace(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    trace = verbs.add_parser(
        "trace",
        help="go from a printed number to its estimate, its patients and their rows",
        description=(
            "Say which row of estimates.csv a printed number is, by which method, and which patients stand behind it. "
            "The patients and their rows of the extract are listed only when asked for: they are private."
        ),
        epilog=(
            "example: rechallenge trace pfs.rechallenge.resistance.primary.median --run my_run\n"
            "         rechallenge trace pfs multivariable primary hr\n"
            "         rechallenge trace flow.rechallenged.excluded --patients --format csv > private_list.csv"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    trace.add_argument(
        "name", nargs="+", help="a name of numbers.json, an estimate_id of estimates.csv, or words of one"
    )
    trace.add_argument("--run", type=Path, default=Path(), help="the run folder (default: the current folder)")
    trace.add_argument("--format", choices=("text", "csv", "json"), default="text", help="default: text")
    trace.add_argument(
        "--patients", action="store_true", help="also list the patients and the rows that decided about them (private)"
    )
    trace.add_argument("--all-rows", action="store_true", help="list every row of these patients (private)")
    trace.set_defaults(run_verb=_trace)


def _trace(known: argparse.Namespace) -> int:
    from rechallenge.tracing.run_folder import open_run
    from rechallenge.tracing.text import FORMATS
    from rechallenge.tracing.trace import trace

    study = open_run(known.run)
    changed = study.changed()
    if changed:
        print(
            f"{', '.join(changed)}: not as provenance.json recorded it. Run the study again before relying on this.",
            file=sys.stderr,
        )
    found = trace(study, " ".join(known.name), patients=known.patients or known.all_rows, all_rows=known.all_rows)
    if found.rows is not None:
        print("Private: patients and rows of the extract follow; they must not leave the hospital.", file=sys.stderr)
    print(FORMATS[known.format](found), end="")
    return int(bool(found.problems))


if __name__ == "__main__":
    main()
