"""The specification curve through Snakemake: the same bytes from one job and from three."""

from pathlib import Path

import pytest
import yaml

from tests.e2e.runs import CHECKOUT, snakemake

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

CHOICES = {
    "resistance.preset": ["index_inclusive", "sitc_applied"],
    "endpoints.preset": ["primary", "rwpfs"],
    "re_exposure.preset": ["index", "gobbini_2020"],
    "model": ["unadjusted", "adjusted"],
}
TARGETS = ("results/shareable/estimates.csv", "results/shareable/specification_curve.csv")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with a few choices."""
    config = yaml.safe_load((CHECKOUT / "config" / "config.yaml").read_text(encoding="utf-8"))
    config["extract"]["path"] = str(CHECKOUT / "data" / "demo")
    config["validation"]["waivers"] = str(CHECKOUT / "config" / "waivers_demo.csv")
    config["analyses"] = {}
    config["specifications"] = {"choices": CHOICES}
    config["sensitivity"] = {"enabled": False}
    config["statistics"] = {"subgroups": [], "permutation_below": 0}
    path = tmp_path_factory.mktemp("study") / "study.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def test_one_job_and_three_give_the_same_bytes(study, tmp_path):
    first = snakemake(study, tmp_path, *TARGETS)
    assert first.returncode == 0, first.stdout
    before = [(tmp_path / name).read_bytes() for name in TARGETS]
    again = snakemake(study, tmp_path, "--set-scatter", "specification=3", "--", *TARGETS)
    assert again.returncode == 0, again.stdout
    shards = sorted(path.name for path in (tmp_path / "results" / "private" / "specifications").iterdir())
    assert shards == ["1-of-1.csv", "1-of-3.csv", "2-of-3.csv", "3-of-3.csv"]
    assert "specify: 13 of 40 specifications, part 1 of 3" in again.stdout
    assert [(tmp_path / name).read_bytes() for name in TARGETS] == before
