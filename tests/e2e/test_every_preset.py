"""The demo and the GENIE-format study run with every preset of every definition, in further analyses."""

from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest
import yaml

from rechallenge.results import read_result
from rechallenge.settings.definitions import DefinitionSettings
from tests.e2e.runs import CHECKOUT, snakemake

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

CONFIG = CHECKOUT / "config"
GENIE_FILES = {
    "patient": "patient_level_dataset",
    "cancer_index": "cancer_level_dataset_index",
    "regimen": "regimen_cancer_level_dataset",
    "imaging": "imaging_level_dataset",
    "med_onc": "med_onc_note_level_dataset",
    "pathology": "pathology_report_level_dataset",
}


def presets() -> dict[str, tuple[str, ...]]:
    """The presets of every section of the definitions."""
    models = {section: field.annotation for section, field in DefinitionSettings.model_fields.items()}
    return {
        section: get_args(model.model_fields["preset"].annotation)
        for section, model in models.items()
        if model is not None and "preset" in model.model_fields
    }


def with_every_preset(study: dict[str, Any]) -> dict[str, Any]:
    """Return the study with further analyses that use every preset and imputation, and nothing long besides.

    The n-th analysis has the n-th preset of each section, from the first again where a section has fewer.
    """
    of_section = presets()
    dates = ("earliest", "middle", "latest")
    analyses = {
        f"presets_{place}": {
            "definitions": {name: {"preset": own[place % len(own)]} for name, own in of_section.items()},
            "dates": {"imputation": dates[place % len(dates)]},
        }
        for place in range(max(len(own) for own in of_section.values()))
    }
    return study | {
        "analyses": analyses,
        "specifications": {"enabled": False},
        "sensitivity": {"enabled": False},
    }


def check_results(results: Path, names: list[str]) -> None:
    estimates = read_result("estimates", results / "shareable" / "estimates.csv")
    main = read_result("cohort", results / "private" / "cohort.csv")
    for name in names:
        private = results / "private" / "analyses" / name
        cohort = read_result("cohort", private / "cohort.csv")
        classified = read_result("classified", private / "classified.csv")
        adtte = read_result("adtte", private / "adtte.csv")
        # Nothing is lost: every patient of the extract is in or has a reason, whatever the definitions.
        assert cohort["patient_id"].tolist() == main["patient_id"].tolist(), name
        assert (cohort["eligible"] == cohort["excluded_by"].isna()).all(), name
        assert sorted(classified["patient_id"]) == sorted(cohort.loc[cohort["in_first_ici"], "patient_id"]), name
        progressed = classified["first_ici_progression"].notna()
        assert classified.loc[progressed, "resistance"].notna().all(), name
        assert classified["resistance_reason"].notna().all(), name
        pfs1 = adtte[adtte["endpoint"].eq("PFS1") & adtte["population"].eq("first_ici")]
        assert sorted(pfs1["patient_id"]) == sorted(classified["patient_id"]), name
        assert (adtte["days"] >= 0).all(), name
        assert adtte["reason"].notna().all(), name
        sizes = estimates[estimates["analysis"].eq(name) & estimates["population"].eq("rechallenge")]
        counted = sizes[sizes["statistic"].eq("n") & sizes["term"].eq("overall") & sizes["model"].isna()]
        assert counted["estimate"].tolist() == [float(cohort["eligible"].sum())], name


def run_every_preset(study: Path, folder: Path, *targets: str) -> pd.DataFrame:
    """Run a study file with every preset to these results, or to its end; return its estimates."""
    values = with_every_preset(yaml.safe_load(study.read_text(encoding="utf-8")))
    edited = study.with_name(f"{study.stem}_every_preset.yaml") if study.parent == folder else folder / "study.yaml"
    edited.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    run = snakemake(edited, folder / "run", *targets)
    assert run.returncode == 0, run.stdout
    check_results(folder / "run" / "results", list(values["analyses"]))
    return read_result("estimates", folder / "run" / "results" / "shareable" / "estimates.csv")


def test_the_demo_study_runs_with_every_preset(tmp_path: Path) -> None:
    values = yaml.safe_load((CONFIG / "config.yaml").read_text(encoding="utf-8"))
    values["extract"]["path"] = str(CHECKOUT / "data" / "demo")
    values["validation"]["waivers"] = str(CONFIG / "waivers_demo.csv")
    (tmp_path / "demo.yaml").write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    estimates = run_every_preset(tmp_path / "demo.yaml", tmp_path)
    counts = estimates[estimates["statistic"].eq("n") & estimates["term"].eq("resistance") & estimates["model"].isna()]
    counts = counts[counts["population"].eq("first_ici")]
    classes = counts.pivot_table(index="analysis", columns="level", values="estimate", aggfunc="first").fillna(0)
    # The presets are different definitions: on the demo they do not all give the same classes.
    assert len(classes.drop_duplicates()) >= 5


def test_a_genie_format_study_runs_with_every_preset(tmp_path: Path) -> None:
    synthetic = pytest.importorskip("geniekit.synthetic")
    data = synthetic.generate("NSCLC", 400, seed=3, genomic=False)
    (tmp_path / "clinical_data").mkdir()
    for name, file in GENIE_FILES.items():
        data.tables[name].to_csv(tmp_path / "clinical_data" / f"{file}.csv", index=False)
    (tmp_path / "genie.yaml").write_text((CONFIG / "genie.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    # Its documents are those of the demo's presets, and of test_inputs.
    estimates = run_every_preset(tmp_path / "genie.yaml", tmp_path, "results/shareable/estimates.csv")
    assert set(estimates["analysis"]) == {"main", *(f"presets_{place}" for place in range(9))}
