"""A federation as the Snakefile sees it: its typed settings, and the files of the hospitals.

Imported when Snakemake reads the workflow, so it imports no data frames.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rechallenge.clock import refuse_the_future
from rechallenge.errors import UserError
from rechallenge.fingerprint import code_fingerprint
from rechallenge.language import catalogue_files
from rechallenge.settings.federation import FederationConfig, read_federation
from rechallenge.sources.yaml_text import read_yaml

SECTION: Final = "federation"
# What of a hospital's shareable folder is read; the last is there since risk sets can be shared.
NEEDED: Final = ("estimates.csv", "attrition.csv", "provenance.json", "numbers.json")
RISK_SETS: Final = "risk_sets.csv"
FEDERATION_RULES: Final = ("site_agreement", "federate")


@dataclass(frozen=True)
class FederationStudy:
    """Settings and files of a coordinating run. Paths are absolute."""

    settings: FederationConfig
    checkout: Path
    folders: dict[str, str]
    """The shareable folder of each hospital by its name."""

    @property
    def files(self) -> list[str]:
        """Return the files of the hospitals that are read."""
        found = [Path(folder) / name for folder in self.folders.values() for name in (*NEEDED, RISK_SETS)]
        return [str(path) for path in found if path.is_file()]

    @property
    def templates(self) -> list[str]:
        """Return the templates of the page, its own first."""
        folder = self.checkout / "workflow" / "templates"
        return [str(folder / name) for name in ("federation.html.j2", "report.css.j2", "compare.css")]

    @property
    def catalogue(self) -> list[str]:
        """Return the files with the translations that the page's language needs; none for English."""
        return [str(path) for path in catalogue_files(self.settings.report.language)]

    def code(self, rule: str) -> str:
        """Return the fingerprint of the library modules that the rule's script imports."""
        return code_fingerprint(self.checkout / "scripts" / f"{rule}.py")


def open_federation(
    values: Mapping[str, Any], federation_files: Sequence[str], checkout: str | Path
) -> FederationStudy:
    """Return the federation of a parsed federation file; paths in it are relative to the first of the files.

    Raises UserError with every unknown setting, else with every folder or file of a hospital that is not there.
    """
    for file in federation_files:
        read_yaml(file)
    first = Path(federation_files[0]).resolve() if federation_files else None
    name, home = (first.name, first.parent) if first else ("config", Path.cwd())
    settings = read_federation(dict(values), name)
    folders = {site.name: str((home / site.path).resolve()) for site in settings.federation.sites}
    problems = []
    for site in settings.federation.sites:
        folder = Path(folders[site.name])
        lacking = [each for each in NEEDED if not (folder / each).is_file()]
        if not folder.is_dir():
            problems.append(
                f'{name}: {site.name}: there is no folder "{site.path}" in {home}. Give the path of the hospital\'s '
                "shareable folder (results/shareable of its run folder) relative to the federation file."
            )
        elif lacking:
            problems.append(
                f'{name}: {site.name}: the folder "{site.path}" has no {", ".join(lacking)}. Ask the hospital for its '
                "whole folder results/shareable."
            )
    if problems:
        raise UserError(problems)
    made = FederationStudy(settings, Path(checkout).resolve(), folders)
    refuse_the_future(made.files)
    return made
