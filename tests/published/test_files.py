"""The files: what is found in the index study, in an example that is consistent, and in one that is not."""

from pathlib import Path

import pytest

from rechallenge.errors import UserError
from rechallenge.published.model import read_files, read_text
from rechallenge.published.run import Finding, frame, published_findings

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "config" / "published"
SEED = 20231201


def findings(path: Path) -> dict[str, Finding]:
    return {item.term.partition(".")[2]: item for item in published_findings(read_files([path]), SEED)}


@pytest.fixture(scope="module")
def index() -> dict[str, Finding]:
    return findings(SHIPPED / "index_study.yaml")


def test_the_two_contradictions_of_the_index_study_are_found_and_no_other(index):
    words = {name: item.verdict.word for name, item in index.items()}
    grave = {name: word for name, word in words.items() if word in ("impossible", "improbable")}
    assert grave == {"acquired_beyond_six_months": "impossible", "acquired_by_pattern": "improbable"}
    assert words["pfs1_symmetry"] == "observation"
    assert words["p_systemic"] == "not_checkable"
    assert {words[name] for name in ("p_resistance", "p_interval_treatment", "p_pattern_acquired")} == {"consistent"}


def test_the_share_is_impossible_under_the_literal_reading_only(index):
    assert index["acquired_beyond_six_months"].verdict.sentence == (
        'Under "response and treatment for more than 6 months before progression", 22 of 40, more than half, have more '
        "than 6 months: so must the median; it is stated as 5.2 months. "
        'Under "response or at least 6 months" both figures can hold.'
    )


def test_the_pooled_median_is_as_rare_as_the_reference_says(index):
    # clinical reference: fewer than 0.2% of cohorts of 22 under independent censoring. That is the average over the
    # scenarios; the most favourable one, with more than half censored, shows it about twice as often.
    verdict = index["acquired_by_pattern"].verdict
    assert 0.001 < verdict.probability.estimate < 0.007
    average = float(verdict.sentence.split("censored up to one closing date), ")[-1].split("%")[0])
    assert 0.05 < average < 0.2


def test_the_interval_of_the_first_pfs_is_that_of_a_normal_approximation(index):
    assert "fits the normal approximation of a median (as SPSS" in index["pfs1_symmetry"].verdict.sentence


def test_nothing_is_found_in_the_sibling_studies():
    words = {item.verdict.word for item in findings(SHIPPED / "sibling_studies.yaml").values()}
    assert words == {"consistent", "observation"}


def test_nothing_is_found_in_a_consistent_example():
    words = {name: item.verdict.word for name, item in findings(HERE / "consistent_example.yaml").items()}
    assert set(words.values()) == {"consistent", "observation"}
    assert [name for name, word in words.items() if word == "observation"] == [
        "interval_symmetry_first_pfs",
        "interval_symmetry_hr",
    ]


def test_every_planted_contradiction_is_found():
    found = findings(HERE / "contradictory_example.yaml")
    assert len(found) == 12
    for name, item in found.items():
        assert name.startswith(item.verdict.word), f"{name}: {item.verdict}"
        assert (item.verdict.probability is not None) == (item.verdict.word == "improbable")


def test_the_same_seed_gives_the_same_rows_and_another_seed_other_cohorts():
    files = read_files([SHIPPED / "index_study.yaml"])
    first, second, other = (frame(published_findings(files, seed)) for seed in (1, 1, 2))
    assert first.equals(second)
    assert not first["estimate"].equals(other["estimate"])
    assert first["level"].equals(other["level"])


def test_a_check_draws_the_same_numbers_whatever_stands_beside_it():
    text = (SHIPPED / "index_study.yaml").read_text(encoding="utf-8")
    whole = read_text(text, "x.yaml")
    alone = whole.model_copy(update={"checks": tuple(c for c in whole.checks if c.name == "acquired_by_pattern")})
    of = {item.term: item for item in published_findings({"x": whole}, SEED)}
    assert published_findings({"x": alone}, SEED) == [of["x.acquired_by_pattern"]]


def test_the_rows_have_the_verdict_as_level_and_the_monte_carlo_error_as_limits(index):
    rows = frame(index.values()).set_index("term")
    row = rows.loc["index_study.acquired_by_pattern"]
    assert row["estimate_id"] == ("main/contradiction_check/index_study.acquired_by_pattern/improbable/probability")
    assert row["lower"] < row["estimate"] < row["upper"]
    assert row["estimate"] == row["events"] / row["n"]
    assert rows.loc["index_study.classes", ["estimate", "n"]].isna().all()
    assert rows.loc["index_study.classes", "method"] == "18 + 22 is 40."


FIGURES = (
    "title: T\nsource: S\nstudies:\n- name: a\n  short: A\n  citation: C\n  figures:\n"
    "  - {id: pfs, label: PFS, unit: months, value: 1, mark: a}\n"
    "  - {id: days, label: PFS in days, unit: days, value: 30, mark: a}\n"
    "  - {id: size, label: Patients, unit: patients, value: 10, mark: a}\n"
)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            "remarks: [{figures: [pfss], reason: R, mark: d}]",
            'x.yaml: a remark names the figure "pfss", which does not exist. Did you mean "pfs"?',
        ),
        (
            "checks: [{kind: interval_contains, figure: pfss}]",
            'x.yaml: check interval_contains_pfss names the figure "pfss", which does not exist. Did you mean "pfs"?',
        ),
        (
            "checks: [{kind: interval_contain, figure: pfs}]",
            'x.yaml: check 1 has the unknown kind "interval_contain". Did you mean "interval_contains"?',
        ),
        (
            "checks: [{kind: percentage, percnt: pfs, total: size}]",
            'x.yaml: check 1: unknown setting "percnt". Did you mean "percent"?',
        ),
        (
            "checks: [{kind: percentage, percent: pfs, total: size}]",
            'x.yaml: check percentage_pfs: "pfs" (months) cannot be its percent: percent expected.',
        ),
        (
            "checks: [{kind: pooled_median, pooled: pfs, parts: [pfs, days], exhaustive: stated}]",
            "x.yaml: check pooled_median_pfs: the figures pfs, pfs, days must have one unit.",
        ),
        (
            "checks: [{kind: p_value, p: pfs, medians: [pfs]}]",
            "medians, sizes and events belong to two groups: name two figures, or none",
        ),
        (
            "checks: [{kind: interval_contains, figure: pfs}, {kind: interval_contains, figure: pfs}]",
            'x.yaml: two checks have the id "interval_contains_pfs".',
        ),
    ],
)
def test_mistakes_in_a_file_are_sentences(lines, said):
    with pytest.raises(UserError) as error:
        read_text(f"{FIGURES}{lines}\n", "x.yaml")
    assert any(said in problem for problem in error.value.problems), error.value.problems
