"""Claims, a study's own templates, the supplement, and the page that explains them."""

import re
from pathlib import Path

import pytest

from rechallenge.errors import UserError
from rechallenge.report.abbreviations import abbreviations
from rechallenge.report.claims import UnfoundedClaimError, check
from rechallenge.report.figures import Figures
from rechallenge.report.manuscript import SUPPLEMENT, TEMPLATE, render_manuscript, render_supplement
from rechallenge.report.sentences import UnknownNumberError
from rechallenge.report.study_data import StudyData
from tests.report.studies import CHECKOUT, TEMPLATES

DOCS = (CHECKOUT / "docs" / "manuscript.md").read_text(encoding="utf-8")
EXAMPLE = DOCS.partition("```jinja\n")[2].partition("```")[0]
NUMBERS = {
    "median": {"text": "4.7", "raw": 4.7, "estimate_id": ""},
    "far": {"text": "NR", "raw": None, "estimate_id": ""},
    "none": {"text": "NE", "raw": float("nan"), "estimate_id": ""},
    "ci": {"text": "1 to 2", "raw": [1, 2], "estimate_id": ""},
}


def blocks_of(template: str) -> list[str]:
    return re.findall(r"\{% block (\w+) %\}", (TEMPLATES / template).read_text(encoding="utf-8"))


def with_own(folder: Path, study: StudyData, template: str, name: str = TEMPLATE) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(template, encoding="utf-8")
    return render_manuscript(study, figures=Figures(), templates=TEMPLATES, own=folder)


@pytest.mark.parametrize(
    ("name", "condition", "bound"),
    [
        ("median", "known", None),
        ("other", "unknown", None),
        ("median", "reached", None),
        ("far", "not reached", None),
        ("none", "not reached", None),
        ("median", "above", 4),
        ("median", "at least", 4.7),
        ("median", "below", 5),
        ("median", "at most", 4.7),
        ("median", "exactly", 4.7),
    ],
)
def test_a_claim_that_holds_prints_nothing(name, condition, bound):
    assert check(NUMBERS, name, condition, bound) == ""


@pytest.mark.parametrize(
    ("name", "condition", "bound", "said"),
    [
        ("other", "known", None, '"other" is known, which it is not'),
        ("median", "unknown", None, '"median" is unknown, which it is not'),
        ("far", "reached", None, '"far" is reached, but it is NR'),
        ("median", "not reached", None, '"median" is not reached, but it is 4.7'),
        ("median", "above", 4.7, '"median" is above 4.7, but it is 4.7'),
        ("median", "below", 4, '"median" is below 4, but it is 4.7'),
        ("far", "below", 12, '"far" is below 12, but it is NR'),
        ("ci", "above", 0, '"ci" is above 0, but it is 1 to 2'),
    ],
)
def test_a_claim_that_does_not_hold_says_what_is(name, condition, bound, said):
    with pytest.raises(UnfoundedClaimError, match=re.escape(said)):
        check(NUMBERS, name, condition, bound)


def test_a_claim_about_no_number_and_a_condition_that_is_none():
    with pytest.raises(UnknownNumberError, match='Did you mean "median"'):
        check(NUMBERS, "medain", "reached")
    with pytest.raises(ValueError, match='Did you mean "below"'):
        check(NUMBERS, "median", "belw", 3)
    with pytest.raises(ValueError, match="needs number"):
        check(NUMBERS, "median", "below")


def test_the_example_of_the_docs_replaces_its_blocks_and_keeps_the_others(study, tmp_path):
    text = with_own(tmp_path / "templates", study, EXAMPLE)

    ours = render_manuscript(study, figures=Figures(), templates=TEMPLATES)
    assert "We describe 40 of them." in text
    assert "median PFS was 2.9 months (2.0 to 5.7)." in text
    assert "Authors: what is known about ICI rechallenge" in ours
    assert "Authors: what is known about ICI rechallenge" not in text
    own, theirs = text.split("## Methods")[1], ours.split("## Methods")[1]
    assert own.split("## Discussion")[0] == theirs.split("## Discussion")[0]


def test_a_claim_that_is_false_fails_with_file_line_and_value(study, tmp_path):
    template = EXAMPLE.replace('"below", 12', '"below", 1')
    line = template[: template.index("claim(")].count("\n") + 1

    with pytest.raises(UserError) as error:
        with_own(tmp_path / "words", study, template)

    assert error.value.problems == [
        f"words/manuscript.md.j2, line {line}: the sentence there supposes that "
        '"pfs.rechallenge.overall.median" is below 1, but it is 2.9. Nothing was written.'
    ]


@pytest.mark.parametrize(
    ("name", "template", "said"),
    [
        (TEMPLATE, "x\n{% block abstrct %}{% endblock %}", 'line 2: there is no block "abstrct". Did you mean'),
        ("manuscrpt.md.j2", "x", 'no template of this name is used. Did you mean "manuscript.md.j2"?'),
        (TEMPLATE, "a\n{% if %}", "line 2: Expected an expression"),
        (TEMPLATE, 'a\n\n{{ n("pfs.medain") }}', 'own/manuscript.md.j2, line 3: no number is named "pfs.medain".'),
        (SUPPLEMENT, "{% block nothing %}{% endblock %}", 'there is no block "nothing".'),
    ],
)  # fmt: skip
def test_mistakes_in_own_templates_are_sentences(study, tmp_path, name, template, said):
    with pytest.raises(UserError) as error:
        with_own(tmp_path / "own", study, template, name)

    assert said in str(error.value)


def test_the_docs_list_the_blocks_of_the_templates_in_their_order():
    listed = DOCS.partition("## Blocks")[2].partition("## Figures")[0]
    first, second = listed.partition("In `manuscript_supplement.md.j2`:")[::2]

    assert re.findall(r"`([a-z_]+)`", first) == blocks_of(TEMPLATE)
    assert re.findall(r"`([a-z_]+)`", second) == blocks_of(SUPPLEMENT)


def test_every_heading_of_the_supplement_has_something_below_it(study, empty, figures):
    for one in (study, empty):
        text = render_supplement(one, figures=figures, templates=TEMPLATES)
        sections = re.split(r"^## .+$", text, flags=re.MULTILINE)[1:]
        assert len(sections) > 4
        assert all(len(section.split()) > 3 for section in sections)
        numbered = re.findall(r"^\*\*Table S(\d+)\.\*\*", text, flags=re.MULTILINE)
        assert numbered == [str(place) for place in range(1, len(numbered) + 1)]


def test_a_figure_stands_in_the_draft_or_in_the_supplement_never_in_both(study, figures):
    draft = render_manuscript(study, figures=figures, templates=TEMPLATES)
    further = render_supplement(study, figures=figures, templates=TEMPLATES)

    assert "![Acquired: longer.](figures/km_pfs_resistance.png)" in draft
    assert "km_pfs_resistance" not in further


def test_abbreviations_are_those_that_occur():
    assert abbreviations(["HR (95% CI)", "PD-L1", "PFSX", "no"]) == (
        "CI, confidence interval; HR, hazard ratio; PD-L1, programmed death ligand 1."
    )
    assert abbreviations(["nothing"]) == ""


def test_the_title_page_counts_the_words_of_the_draft(study):
    text = render_manuscript(study, figures=Figures(), templates=TEMPLATES)

    abstract = text.partition("## Abstract\n")[2].partition("## Introduction")[0]
    said = int(re.search(r"Abstract (\d+) words", text)[1])
    assert abs(said - len(abstract.split())) < 15
    assert (
        f"; {len(text.partition('## References')[2].partition('## Tables')[0].strip().splitlines())} references."
        in text
    )
