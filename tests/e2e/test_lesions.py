"""The small study with a table of measured lesions: what is reported of P1 and P2 gives way to what was measured."""

import json

import pytest

from rechallenge.results import read_result
from rechallenge.study import RULES
from tests.e2e import small_study as small
from tests.e2e.runs import jobs, snakemake

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

# P1: the response of April is confirmed, the progression of September has three lesions, and at rechallenge the
# progression comes in June. P2: what was reported as stable in April is a response; its progression has no lesions.
LESIONS = """\
patient_id,assessment_date,lesion_id,organ,role,diameter_mm,status
P1,2018-02-20,L1,lung,target,40,
P1,2018-02-20,L2,liver,target,30,
P1,2018-02-20,N1,bone,non-target,,present
P1,2018-04-20,L1,lung,target,24,
P1,2018-04-20,L2,liver,target,20,
P1,2018-04-20,N1,bone,non-target,,present
P1,2018-09-30,L1,lung,target,36,
P1,2018-09-30,L2,liver,target,28,
P1,2018-09-30,N1,bone,non-target,,present
P1,2018-09-30,X1,brain,new,8,
P1,2019-02-20,L1,lung,target,40,
P1,2019-02-20,L2,liver,target,30,
P1,2019-04-15,L1,lung,target,38,
P1,2019-04-15,L2,liver,target,30,
P1,2019-06-10,L1,lung,target,60,
P1,2019-06-10,L2,liver,target,31,
P2,2018-02-20,L1,lung,target,50,
P2,2018-04-20,L1,lung,target,30,
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    home = tmp_path_factory.mktemp("lesions")
    file = small.write_small_study(home / "study", lesions=LESIONS, study=small.STUDY + small.FEW_SPECIFICATIONS)
    return snakemake(file, home / "run"), home / "run" / "results"


def test_the_chain_runs_on_measured_lesions(run):
    made, _ = run
    assert made.returncode == 0, made.stdout
    assert jobs(made) == set(RULES)
    assert "episodes: measured lesions: 4 days compared with the reported response, 1 different; 2 notes" in made.stdout


def test_classes_and_times_come_from_the_lesions(run):
    _, results = run
    classified = read_result("classified", results / "private" / "classified.csv").set_index("patient_id")
    assert classified["resistance"].to_dict() == small.RESISTANCE | {"P2": "acquired"}
    assert classified.loc["P1", ["best_response", "progression_pattern"]].tolist() == ["PR", "systemic"]
    assert classified.loc["P2", "best_response"] == "PR"
    adtte = read_result("adtte", results / "private" / "adtte.csv")
    pfs = adtte[(adtte["endpoint"] == "PFS") & (adtte["population"] == "rechallenge")].set_index("patient_id")
    # 1 March to 10 June 2019; the row is the first one of that scan.
    assert pfs["days"].to_dict() == small.PFS_DAYS | {"P1": 101}
    assert (pfs.loc["P1", "source_file"], pfs.loc["P1", "source_row"]) == ("lesions.csv", 16)


def test_disagreements_are_private_notes_and_counts(run):
    _, results = run
    notes = read_result("lesion_notes", results / "private" / "lesion_notes.csv")
    assert notes[["severity", "patient_id", "table", "source_row", "column", "value"]].to_numpy().tolist() == [
        ["note", "P1", "assessments", 5, "assessment_date", "2019-08-05"],
        ["note", "P2", "assessments", 6, "response", "SD"],
    ]
    counts = read_result("lesion_agreement", results / "private" / "lesion_agreement.csv")
    assert counts.set_index(counts["statistic"] + counts["level"].fillna(""))["n"].to_dict() == {
        "compared": 4,
        "equal": 3,
        "different": 1,
        "nPD=>PD": 1,
        "nPR=>PR": 1,
        "nSD=>PR": 1,
        "nSD=>SD": 1,
    }


def test_the_change_of_the_lesions_is_drawn_and_stays_private(run):
    """P1 alone has a baseline at rechallenge: 70 mm, then 68 and 91 mm."""
    _, results = run
    manifests = {
        folder: json.loads((results / folder / "figures" / "manifest.json").read_text(encoding="utf-8"))
        for folder in ("private", "shareable")
    }
    drawn = {figure["name"]: figure for figure in manifests["private"]["figures"]}
    assert "one rechallenged patient with measured target lesions: best change -3%." in drawn["waterfall"]["alt"]
    assert "Spider plot over up to 3.3 months" in drawn["spider"]["alt"]
    assert not {"waterfall", "spider"} & {figure["name"] for figure in manifests["shareable"]["figures"]}
    assert not list((results / "shareable").rglob("spider*"))
