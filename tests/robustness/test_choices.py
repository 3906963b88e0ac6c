"""Mistakes in the choices of the specification curve, as sentences, before anything runs."""

import pytest

from rechallenge.errors import UserError
from rechallenge.settings.config import read_config

SMALLEST = {
    "extract": {"path": "extract", "source": "canonical"},
    "study": {"cutoff": "2022-12-31", "window": {"start": "2016-03-01", "end": "2022-12-31"}},
}


def problems(choices, **further):
    with pytest.raises(UserError) as raised:
        read_config({**SMALLEST, "specifications": {"choices": choices}, **further}, "study.yaml")
    return raised.value.problems


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        (
            {"resistence.preset": ["index_literal"]},
            'there is no setting "resistence.preset" to vary. Did you mean "resistance.preset"?',
        ),
        ({"modell": ["adjusted"]}, 'there is no setting "modell" to vary. Did you mean "model"?'),
        (
            {"resistance.preset": ["index_literl"]},
            "\"resistance.preset\" cannot be index_literl: input should be 'index_inclusive', ",
        ),
        ({"resistance.cutoff_days": [-3]}, '"resistance.cutoff_days" cannot be -3: input should be greater than 0'),
        ({"resistance.cutoff_days": [180, 180.0]}, '"resistance.cutoff_days" has 180 more than once.'),
        ({"model": ["both"]}, '"model" can be unadjusted or adjusted, not both.'),
        ({"model": []}, '"model" has no value; give at least one, or leave the choice out.'),
        ({"dates.imputation": ["median"]}, "\"dates.imputation\" cannot be median: input should be 'middle', "),
        (
            {"progression_pattern.preset": ["index", "index_at_rechallenge"]},
            '"progression_pattern.preset" cannot be index_at_rechallenge: it reads the progression pattern at '
            "progression on rechallenge, which is the outcome itself",
        ),
        (
            {"progression_pattern.measured_at": ["rechallenge_progression"]},
            "which is the outcome itself; it can be no choice of a specification of rechallenge PFS.",
        ),
        (
            {"progression_pattern.preset": ["index", "heo_2021"], "progression_pattern.oligo_max_lesions": ["none"]},
            "progression_pattern.preset = index, progression_pattern.oligo_max_lesions = none do not go together: "
            "neither lesions nor organs have a largest number",
        ),
    ],
)
def test_each_mistake_is_a_sentence(choices, sentence):
    told = problems(choices)
    assert len(told) == 1
    assert told[0].startswith("study.yaml: specifications.choices: ")
    assert sentence in told[0]


def test_every_mistake_is_told_at_once():
    told = problems({"resistence.preset": ["a"], "model": ["both"], "endpoints.preset": ["fda", "rwpfs", "rw"]})
    assert len(told) == 4


def test_the_values_of_the_study_itself_are_looked_at():
    organs = {"progression_pattern": {"preset": "heo_2021"}}
    assert read_config(
        {
            **SMALLEST,
            "definitions": organs,
            "specifications": {"choices": {"progression_pattern.oligo_max_lesions": ["none", 5]}},
        },
        "study.yaml",
    )
