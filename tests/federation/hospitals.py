"""Five hospitals as shareable folders, made by the library without a run: the patients behind the pool are known."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rechallenge.disclosure.estimates import protect_estimates
from rechallenge.disclosure.reasons import SMALL
from rechallenge.disclosure.risk_sets import protect_risk_sets
from rechallenge.estimates import kaplan_meier, rechallenge_models
from rechallenge.estimates.risk_sets import risk_sets
from rechallenge.estimates.rows import Row, placed, table
from rechallenge.estimates.times import time_to_event
from rechallenge.files import write_csv, write_json
from rechallenge.settings.config import read_config, used_settings
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.release import ReleaseSettings
from rechallenge.settings.statistics import StatisticsSettings

SETTINGS = StatisticsSettings()
DEFINITIONS = DefinitionSettings().resolved()
# Name: seed, patients rechallenged, release.
HOSPITALS = {
    "North": (1, 60, ("internal", "all_times")),
    "East": (2, 45, ("internal", "all_times")),
    "South": (3, 50, ("internal", "all_times")),
    "West": (4, 40, ("internal", "events")),
    "Centre": (5, 45, ("public", "none")),
}


def site_patients(seed: int, size: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Classified patients and their times of one hospital, with many tied days and some unknown patterns."""
    rng = np.random.default_rng(seed)
    primary, systemic, interval, ecog = (rng.random(size) < share for share in (0.4, 0.5, 0.5, 0.6))
    names = [f"H{seed}-{number}" for number in range(size)]
    classified = pd.DataFrame(
        {
            "patient_id": names,
            "resistance": np.where(primary, "primary", "acquired"),
            "progression_pattern": np.where(rng.random(size) < 0.2, "unknown", np.where(systemic, "systemic", "oligo")),
            "interval_treatment": interval,
            "ecog_1_or_more": ecog,
            "rechallenge_type": np.where(rng.random(size) < 0.5, "monotherapy", "chemotherapy"),
            "local_therapy_at_progression": rng.random(size) < 0.3,
        }
    )
    hazard = np.exp(0.8 * primary + 0.5 * systemic - 0.3 * interval + 0.2 * seed)
    parts = [
        pd.DataFrame(
            {
                "patient_id": names, "endpoint": endpoint, "population": "rechallenge", "entry_days": 0.0,
                "days": np.ceil(rng.exponential(scale / hazard) / 7) * 7,
                "event": (rng.random(size) < 0.75).astype(int),
            }
        )
        for endpoint, scale in (("PFS", 200), ("OS", 500))
    ]  # fmt: skip
    return classified, pd.concat(parts, ignore_index=True)


def hospital_patients(name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The patients of one of the five; of those of East only two have an unknown pattern."""
    classified, adtte = site_patients(*HOSPITALS[name][:2])
    if name == "East":
        unknown = classified.index[classified["progression_pattern"].eq("unknown")]
        classified.loc[unknown[2:], "progression_pattern"] = "oligo"
    return classified, adtte


def estimates_of(classified: pd.DataFrame, adtte: pd.DataFrame, flow: tuple[int, int]) -> pd.DataFrame:
    """The parts of the results table that a federation reads; `flow` is the extract's size and the small exclusion."""
    rows: list[Row] = []
    for endpoint in ("PFS", "OS"):
        frame = time_to_event(adtte, classified, endpoint, "rechallenge").frame
        own = {"endpoint": endpoint, "population": "rechallenge"}
        curve = kaplan_meier.rows(frame, interval="log", confidence=0.95, landmarks=(6.0,))
        rows += placed(curve, **own, model="kaplan_meier", term="overall")
        rows += placed(rechallenge_models.rows(frame, SETTINGS, DEFINITIONS.progression_pattern), **own)
    extract, excluded = flow
    remaining = {"extract": (0, extract), "nsclc": (excluded, extract - excluded)}
    remaining["rechallenged"] = (extract - excluded - len(classified), len(classified))
    for criterion, (out, left) in remaining.items():
        for statistic, value in (("excluded", out), ("remaining", left)):
            rows.append(Row(statistic, float(value), term="attrition", level=criterion))
    for level, n in classified["progression_pattern"].value_counts().sort_index().items():
        keys: dict[str, Any] = {"population": "rechallenge", "model": "table1", "term": "progression_pattern"}
        rows.append(Row("n", float(n), n=float(len(classified)), level=str(level), **keys))
    return table(placed(rows, analysis="main"))


def record(name: str, release: ReleaseSettings, **changes: Any) -> dict[str, Any]:
    """A provenance record, as a hospital's run would write it; `changes` are settings of its study."""
    study = {
        "extract": {"path": "extract", "source": "canonical"},
        "study": {"cutoff": "2022-12-31", "window": {"start": "2016-03-01", "end": "2022-12-31"}},
        "release": release.plain(),
        **changes,
    }
    return {
        "extract": {"sha256": f"hash of {name}", "files": []},
        "settings": {"values": used_settings(read_config(study, name)), "sha256": "0"},
        "code": {"estimate": "1", "classify": "2"},
        "lock": {"requirements.lock": "3"},
    }


def write_site(folder: Path, name: str, **changes: Any) -> None:
    """Write what a federation reads of a hospital's shareable folder."""
    _, size, (level, kind) = HOSPITALS[name]
    release = ReleaseSettings(level=level, risk_sets=kind)
    classified, adtte = hospital_patients(name)
    estimates = estimates_of(classified, adtte, (20 * size, 3 if name == "Centre" else 2 if name == "North" else 12))
    numbers = {}
    if release.public:
        protected = protect_estimates(estimates, release)[0]
        hidden = protected.withheld[protected.withheld["column"].eq("estimate")]
        numbers = {
            row.name: {"text": "<5" if row.why == SMALL else "[withheld]", "estimate_id": row.name}
            for row in hidden.itertuples(index=False)
        }
        estimates = protected.frame
    write_csv(estimates, folder / "estimates.csv")
    write_csv(pd.DataFrame({"step": [0]}), folder / "attrition.csv")
    sets = risk_sets(adtte, classified, SETTINGS, DEFINITIONS)
    write_csv(protect_risk_sets(sets, release), folder / "risk_sets.csv")
    write_json(numbers, folder / "numbers.json")
    (folder / "provenance.json").write_text(json.dumps(record(name, release, **changes)), encoding="utf-8")


def write_federation(home: Path, **settings: Any) -> Path:
    """Write the folders of the five hospitals and a federation file that names them; return its path."""
    for name in HOSPITALS:
        (home / name).mkdir(parents=True)
        write_site(home / name, name)
    file = home / "federation.yaml"
    sites = [{"name": name, "path": name} for name in HOSPITALS]
    content = {"federation": {"sites": sites, **settings.pop("federation", {})}, **settings}
    file.write_text(json.dumps(content), encoding="utf-8")
    return file
