"""A study as the Snakefile sees it: its typed settings, and the files that they name.

Imported when Snakemake reads the workflow, so it imports no data frames. Mistakes (unknown settings, files that
are not there) are collected and raised together as one UserError.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from rechallenge.clock import refuse_the_future
from rechallenge.errors import UserError, nearest
from rechallenge.fingerprint import code_fingerprint
from rechallenge.language import catalogue_files
from rechallenge.provenance import EXTRACT
from rechallenge.settings.config import MAIN, StudyConfig, dates_of, definitions_of, read_config
from rechallenge.sources.decisions import open_decisions
from rechallenge.sources.yaml_text import read_yaml

# The canonical tables; the names of rechallenge.tables.TABLES, which would import pandas here.
TABLES: Final = ("patients", "treatments", "assessments", "lesions", "adverse_events")
# The rules of the workflow; each has a script of its name.
RULES: Final = (
    "ingest", "validate", "gate", "episodes", "eligibility", "classify", "endpoints", "specify", "sensitivity",
    "estimate", "disclose", "figures", "report", "manuscript", "verification", "provenance",
)  # fmt: skip
# Steps of a refresh, which are asked for by name (docs/refresh.md).
REFRESH_RULES: Final = ("release", "previous_again", "comparison", "compare")
# Rules with a benchmark record: not those that are to run whenever they are asked for, which a record would forbid.
MEASURED: Final = (*RULES, "previous_again", "comparison")
CHECKLISTS: Final = ("strobe", "record", "esmo_grow")


@dataclass(frozen=True)
class Study:
    """Settings and files of a study. Paths are absolute; the run folder is not known here."""

    settings: StudyConfig
    checkout: Path
    name: str
    extract: Path
    extract_files: list[str]
    mapping: str
    waivers: list[str]
    published: list[str]
    own_templates: list[str]
    previous: str | None = None
    """Folder of the release to compare with."""

    @property
    def files(self) -> list[str]:
        """Return every file of the user and of the checkout that a step reads, but for the code."""
        return [
            *self.extract_files, self.mapping, *self.waivers, *self.published, *self.own_templates,
            *self.previous_files, *self.vocabularies(), *self.templates("*"), *self.checklists, *self.catalogue,
        ]  # fmt: skip

    @property
    def previous_files(self) -> list[str]:
        """Return the files of the release to compare with, its copies of patient tables included."""
        return [path for path in _listed(Path(self.previous), "**/*") if Path(path).is_file()] if self.previous else []

    def release_to_compare(self, _wildcards: Any) -> list[str]:
        """Return `previous_files`, as an input function: that there is none is said before anything is run."""
        if self.previous is None:
            raise UserError(
                "There is nothing to compare with: set refresh.previous in the study file to the folder of a release "
                "(releases/<cut-off> of the run folder in which `snakemake release` was run)."
            )
        return self.previous_files

    @property
    def analyses(self) -> list[str]:
        """Names of the analyses beside the main one, in the study file's order."""
        return list(self.settings.analyses)

    @property
    def window(self) -> list[str]:
        """First and last day of the study window."""
        window = self.settings.study.window
        return [str(window.start), str(window.end)]

    @property
    def ingest_settings(self) -> dict[str, Any]:
        """What reading the extract depends on besides its mapping and the vocabularies."""
        return {
            "extract": str(self.extract),
            "sha256": self.settings.extract.sha256,
            "limits": self.settings.extract.limits.plain(),
            "imputation": self.settings.dates.imputation,
            "cutoff": str(self.settings.study.cutoff),
        }

    @property
    def disclosure(self) -> dict[str, Any]:
        """What decides which numbers may be shared; which figures may be is left to their own step."""
        release = self.settings.release.plain()
        return {
            name: release[name] for name in ("level", "smallest_count", "round_to", "curve_step_months", "risk_sets")
        }

    def definitions(self, *sections: str) -> dict[str, dict[str, Any]]:
        """Return the named sections of the definitions, presets resolved, for the main and each further analysis."""
        return {
            analysis: {name: value for name, value in plain.items() if name in sections or not sections}
            for analysis, plain in self._plain_definitions.items()
        }

    @cached_property
    def _plain_definitions(self) -> dict[str, dict[str, Any]]:
        return {analysis: definitions_of(self.settings, analysis).plain() for analysis in (MAIN, *self.analyses)}

    def per_analysis(self, name: str) -> list[str]:
        """Return the file of that name of every further analysis, below the workflow's `<results>`."""
        return [f"<results>/private/analyses/{analysis}/{name}" for analysis in self.analyses]

    @property
    def imputation(self) -> dict[str, str]:
        """How partial dates are read, by analysis."""
        return {analysis: dates_of(self.settings, analysis).imputation for analysis in (MAIN, *self.analyses)}

    def vocabularies(self, *names: str) -> list[str]:
        """Return the vocabularies of those names, all without names."""
        folder = self.checkout / "config" / "vocabularies"
        return [str(folder / f"{name}.yaml") for name in names] or _listed(folder, "*.yaml")

    def templates(self, *patterns: str) -> list[str]:
        """Return the templates that match the patterns, in sorted order."""
        return [path for pattern in patterns for path in _listed(self.checkout / "workflow" / "templates", pattern)]

    @property
    def checklists(self) -> list[str]:
        """Return the reporting checklists, in the order in which they are printed."""
        return [str(self.checkout / "config" / "checklists" / f"{name}.yaml") for name in CHECKLISTS]

    @property
    def catalogue(self) -> list[str]:
        """Return the files with the translations that the study's language needs; none for English."""
        return [str(path) for path in catalogue_files(self.settings.report.language)]

    def file(self, name: str) -> str:
        """Return the path of a file of the checkout."""
        return str(self.checkout / name)

    def steps(self, rules: Any) -> dict[str, dict[str, list[str]]]:
        """Return the files that each rule of this study reads and makes, before that of provenance.

        `rules` are Snakemake's. The extract is one name, EXTRACT; files made in shards are one folder, ending in "/".
        """
        idle = {
            "sensitivity": not self.settings.sensitivity.enabled,
            "specify": not self.settings.specifications.enabled,
        }
        running = {name: getattr(rules, name) for name in RULES[:-1] if not idle.get(name)}
        # However many shards there are, they are one folder: what is recorded must not depend on it.
        shards = {str(Path(path).parent) for rule in running.values() for path in rule.output if "{" in str(path)}
        return {
            name: {"inputs": self._named(rule.input, shards), "outputs": self._named(rule.output, shards)}
            for name, rule in running.items()
        }

    def _named(self, paths: Any, shards: set[str]) -> list[str]:
        extract = set(self.extract_files)
        named = (EXTRACT if str(path) in extract else str(path) for path in paths)
        return list(
            dict.fromkeys(f"{Path(name).parent}/" if str(Path(name).parent) in shards else name for name in named)
        )

    @property
    def workflow_files(self) -> list[str]:
        """Return the files that say which step follows which."""
        return [self.file("Snakefile"), *_listed(self.checkout / "workflow" / "rules", "*.smk")]

    def code(self, rule: str) -> str:
        """Return the fingerprint of the library modules that the rule's script imports."""
        return code_fingerprint(self.checkout / "scripts" / f"{rule}.py")


def checkout_of(home: str, fetched: Callable[[str], str]) -> str:
    """Return the checkout whose files the workflow uses: `home`, the folder of its Snakefile, where that is one.

    Where Snakemake has fetched the Snakefile (a module from GitHub or GitLab), `home` is an address; the mappings,
    templates and library are then those of the checkout that is installed. `fetched` gives the local copy of a file by
    its path from the Snakefile. Raises UserError where no checkout is installed, or one of another release.
    """
    if Path(home).is_dir():
        return home
    installed = Path(__file__).resolve().parents[2]
    if not (installed / "Snakefile").is_file():
        raise UserError(
            f"The workflow was fetched from {home}, and the installed library has no checkout beside it. Clone the "
            "repository and install that clone: make setup, or pip install --no-deps -e CLONE."
        )
    names = ["Snakefile", *(f"scripts/{rule}.py" for rule in (*RULES, *REFRESH_RULES))]
    names += [str(path.relative_to(installed)) for path in sorted((installed / "workflow" / "rules").glob("*.smk"))]
    unlike = [
        name for name in names if Path(fetched(name)).read_bytes().strip() != (installed / name).read_bytes().strip()
    ]
    if unlike:
        raise UserError(
            f"The workflow was fetched from {home}, and the installed library is another release: {installed} "
            f"differs in {', '.join(unlike)}. Check out the same release in both."
        )
    return str(installed)


def open_study(values: Mapping[str, Any], study_files: Sequence[str], checkout: str | Path) -> Study:
    """Return the study of a parsed study file.

    Paths in it are relative to the first of `study_files`; without one (the workflow used as a module) they are
    taken from the working directory, so that a module's user gives absolute ones. Raises UserError with every
    unknown setting, else with every file that is missing, else with every file that is dated in the future.
    """
    home = Path(checkout).resolve()
    undecided: list[str] = []
    for file in study_files:
        read_yaml(file)  # Snakemake would take the last of two equal keys without a word
        undecided += [decision.sentence(Path(file).name) for decision in open_decisions(file)]
    if undecided:
        raise UserError(undecided)
    study_file = Path(study_files[0]).resolve() if study_files else None
    name = study_file.name if study_file else "config"
    folder = study_file.parent if study_file else Path.cwd()
    settings = read_config(dict(values), name)

    problems: list[str] = []
    extract, mapping = extract_and_mapping(settings.extract.path, settings.extract.source, folder, home, name, problems)
    waivers = _waivers(settings.validation.waivers, folder, name, problems)
    published = [_published(item, home, name, problems) for item in settings.report.published]
    own_templates = _own_templates(settings.report.templates, folder, name, problems)
    previous = _previous(settings.refresh.previous, folder, name, problems)
    if problems:
        raise UserError(problems)
    study = Study(
        settings=settings,
        checkout=home,
        name=name,
        extract=extract,
        extract_files=extract_files(extract, Path(mapping)),
        mapping=mapping,
        waivers=waivers,
        published=published,
        own_templates=own_templates,
        previous=previous,
    )
    refuse_the_future(study.files)
    return study


def extract_and_mapping(
    path: str, source: str, folder: Path, checkout: Path, name: str, problems: list[str]
) -> tuple[Path, str]:
    """Return the extract and the mapping that a study file in `folder` names; adds what is missing to `problems`."""
    extract = (folder / path).resolve()
    if not extract.exists():
        problems.append(
            f'{name}: setting "extract.path": there is no file or folder "{path}" in {folder}. '
            "Give the path of the extract relative to the study file."
        )
    return extract, _mapping(source, folder, checkout, name, problems)


def extract_files(extract: Path, mapping: Path) -> list[str]:
    """Return the files of an extract that its mapping reads; all files of the folder where it names none.

    What is wrong with the mapping, or missing from the extract, is for the ingest step to say.
    """
    if not extract.is_dir():
        return [str(extract)]
    patterns = _file_patterns(mapping)
    inside = [path.relative_to(extract) for path in extract.rglob("*") if path.is_file()]
    shown = [path for path in inside if not any(part.startswith((".", "~$")) for part in path.parts)]
    return sorted(str(extract / path) for path in shown if not patterns or any(_fits(path, each) for each in patterns))


def _fits(path: Path, pattern: str) -> bool:
    """Names fit in any case; a pattern without an ending stands for a file of any readable kind."""
    name = path.as_posix().lower()
    return fnmatchcase(name if Path(pattern).suffix else name.removesuffix(path.suffix.lower()), pattern)


def _file_patterns(mapping: Path) -> list[str]:
    try:
        declared = read_yaml(mapping)["files"].values()
        paths = [entry["path"] if isinstance(entry, dict) else entry for entry in declared]
    except (UserError, UnicodeDecodeError, OSError, AttributeError, KeyError, TypeError):
        return []
    return [path.lower().removeprefix("./") for path in paths if isinstance(path, str)]


def _listed(folder: Path, pattern: str) -> list[str]:
    return sorted(str(path) for path in folder.glob(pattern))


def _is_path(text: str) -> bool:
    return "/" in text or text.endswith((".yaml", ".yml", ".csv"))


def _mapping(source: str, folder: Path, home: Path, name: str, problems: list[str]) -> str:
    """Return the path of a mapping given by name or path; adds a sentence to `problems` where there is none."""
    if _is_path(source):
        path = (folder / source).resolve()
        hint = "Give the name of a mapping in config/sources/ or the path of one relative to the study file."
    else:
        path = home / "config" / "sources" / f"{source}.yaml"
        hint = nearest(source, [Path(known).stem for known in _listed(path.parent, "*.yaml")]).strip()
    if not path.is_file():
        problems.append(f'{name}: setting "extract.source": there is no mapping "{source}". {hint}')
    return str(path)


def _waivers(waivers: str | None, folder: Path, name: str, problems: list[str]) -> list[str]:
    if waivers is None:
        return []
    path = (folder / waivers).resolve()
    if not path.is_file():
        problems.append(
            f'{name}: setting "validation.waivers": there is no file "{waivers}" in {folder}. '
            "Give the path of the waiver file relative to the study file, or remove the setting."
        )
    return [str(path)]


def _published(item: str, home: Path, name: str, problems: list[str]) -> str:
    path = home / "config" / "published" / f"{item}.yaml"
    if not path.is_file():
        known = [Path(other).stem for other in _listed(path.parent, "*.yaml")]
        problems.append(f'{name}: setting "report.published": there is no file "{item}".{nearest(item, known)}')
    return str(path)


def _own_templates(templates: str | None, folder: Path, name: str, problems: list[str]) -> list[str]:
    if templates is None:
        return []
    found = _listed((folder / templates).resolve(), "*.j2")
    if not found:
        problems.append(
            f'{name}: setting "report.templates": there is no template (*.j2) in a folder "{templates}" of {folder}. '
            "Give the folder relative to the study file, or remove the setting."
        )
    return found


def _previous(previous: str | None, folder: Path, name: str, problems: list[str]) -> str | None:
    if previous is None:
        return None
    path = (folder / previous).resolve()
    try:
        is_release = (path / "private" / "release.json").is_file()
    except PermissionError as error:
        problems.append(
            f'{name}: setting "refresh.previous": {error.filename} may not be read by this user. A release is readable '
            "for the user who wrote it: compare as that user, or have its private folder made readable."
        )
        return None
    if not is_release:
        beside = sorted(other.parent.parent.name for other in path.parent.glob("*/private/release.json"))
        known = f" Releases beside it: {', '.join(beside)}." if beside else ""
        problems.append(
            f'{name}: setting "refresh.previous": there is no release in "{previous}" of {folder}.{known} Give the '
            "folder that `snakemake release` wrote (releases/<cut-off> of its run folder), relative to the study file."
        )
    return str(path)
