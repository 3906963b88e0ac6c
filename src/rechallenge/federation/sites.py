"""What a hospital shares, read from its shareable folder."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from rechallenge.disclosure.estimates import protect_estimates
from rechallenge.disclosure.reasons import SMALL
from rechallenge.errors import UserError
from rechallenge.estimates.risk_sets import COLUMNS
from rechallenge.federation.study import RISK_SETS
from rechallenge.results import prepared, read_result
from rechallenge.settings.config import MAIN
from rechallenge.settings.federation import FederationRelease

_SMALL_COUNT: Final = re.compile(r"<(\d+)")


@dataclass(frozen=True)
class Site:
    """One hospital: the results table of its main analysis, its record, its risk sets (empty where it gives none).

    `small` is, by estimate_id, the smallest count that the hospital tells where it withholds a smaller one.
    """

    name: str
    estimates: pd.DataFrame
    record: Mapping[str, Any]
    risk_sets: pd.DataFrame
    small: Mapping[str, int]

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings of the hospital's study."""
        return self.record["settings"]["values"]

    @property
    def level(self) -> str:
        """Who may see the hospital's folder: internal or public."""
        return str(self.settings["release"]["level"])


def read_site(name: str, folder: str | Path) -> Site:
    """Return what a hospital shares; raises UserError where a file of it cannot be read."""
    home = Path(folder)
    try:
        record = json.loads((home / "provenance.json").read_text(encoding="utf-8"))
        numbers = json.loads((home / "numbers.json").read_text(encoding="utf-8"))
        estimates = read_result("estimates", home / "estimates.csv")
        sets = read_result("risk_sets", home / RISK_SETS) if (home / RISK_SETS).is_file() else None
        record["settings"]["values"]["release"]["level"]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{name}: a file of {home} is not what the workflow writes ({error}). Ask the hospital for its folder "
            "results/shareable as it was made."
        ) from error
    frame = prepared(estimates)
    main = frame[frame["analysis"] == MAIN].reset_index(drop=True)
    if sets is None:
        sets = pd.DataFrame(columns=list(COLUMNS))
    return Site(name, main, record, sets, _small(numbers))


def _small(numbers: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    found = {}
    for entry in numbers.values():
        match = _SMALL_COUNT.fullmatch(str(entry.get("text", "")))
        if match and entry.get("estimate_id"):
            found[str(entry["estimate_id"])] = int(match[1])
    return found


def as_released(site: Site, release: FederationRelease) -> Site:
    """Return a hospital as the pages of the coordinating run may show it.

    At the level public, what a hospital told internally is withheld first as its own public release would: what is
    then pooled, and every difference between the pool and other hospitals, tells nothing more.
    """
    if release.level == "internal" or site.level == "public":
        return site
    protected = protect_estimates(site.estimates, release.of_site)[0]
    hidden = protected.withheld
    small = hidden.loc[hidden["why"].eq(SMALL) & hidden["column"].eq("estimate"), "name"]
    return replace(
        site, estimates=prepared(protected.frame), small=dict.fromkeys(map(str, small), release.smallest_count)
    )
