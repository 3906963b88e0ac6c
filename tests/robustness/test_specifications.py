"""Every combination that matters, once; names that do not depend on what else is run; shards."""

from itertools import product

import pytest

from rechallenge.errors import UserError
from rechallenge.robustness.specifications import shard, specifications
from rechallenge.settings.config import DEFAULT_CHOICES
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings

COVARIATES = [item.name for item in StatisticsSettings().covariates]
CHOICES = {
    "resistance.preset": ("index_inclusive", "schoenfeld_2021"),
    "progression_pattern.preset": ("index", "eortc", "heo_2021"),
    "endpoints.preset": ("primary", "rwpfs"),
    "model": ("unadjusted", "adjusted"),
}


def every(choices=CHOICES, main=None, covariates=COVARIATES):
    return specifications(choices, main or DefinitionSettings(), "middle", covariates)


def of(effect, model, found):
    return [one for one in found if one.effect == effect and one.model == model]


def test_only_choices_that_can_change_an_effect_vary():
    found = every()
    assert [dict(one.choices) for one in of("resistance", "unadjusted", found)] == [
        {"resistance.preset": resistance, "endpoints.preset": endpoint, "model": "unadjusted"}
        for resistance, endpoint in product(CHOICES["resistance.preset"], CHOICES["endpoints.preset"])
    ]
    assert len(of("progression_pattern", "unadjusted", found)) == 3 * 2
    assert len(of("interval_treatment", "unadjusted", found)) == 2
    for effect in ("resistance", "progression_pattern", "interval_treatment"):
        assert len(of(effect, "adjusted", found)) == 2 * 3 * 2


def test_an_adjusted_effect_depends_on_the_declared_covariates_alone():
    found = every(covariates=["resistance", "age"])
    assert len(of("resistance", "adjusted", found)) == 2 * 2
    assert len(of("progression_pattern", "adjusted", found)) == 2 * 3 * 2


def test_leaving_out_the_unclassified_makes_resistance_matter_to_every_effect():
    excluding = DefinitionSettings.read({"resistance": {"unclassified": "exclude"}}, "test")
    assert len(of("interval_treatment", "unadjusted", every(main=excluding))) == 2 * 2
    chosen = {**CHOICES, "resistance.unclassified": ("own_group", "exclude")}
    assert len(of("interval_treatment", "unadjusted", every(chosen))) == 2 * 2 * 2


def test_the_default_choices_are_thousands_of_specifications():
    found = every(DEFAULT_CHOICES)
    assert 1000 <= len(found) <= 10_000
    assert [one.place for one in found] == list(range(1, len(found) + 1))


def test_the_name_of_a_specification_does_not_depend_on_what_else_is_run():
    fewer = {**CHOICES, "resistance.preset": ("schoenfeld_2021",)}
    reordered = {key: tuple(reversed(CHOICES[key])) for key in reversed(CHOICES)}
    names = {one.id for one in every()}
    assert {one.id for one in every(fewer)} < names
    assert {one.id for one in every(reordered)} == names
    assert len(names) == len(every())


def test_the_main_analysis_is_marked_in_both_models():
    main = [one for one in every() if one.main]
    assert {(one.effect, one.model) for one in main} == set(
        product(("resistance", "progression_pattern", "interval_treatment"), ("unadjusted", "adjusted"))
    )
    other = DefinitionSettings.read({"endpoints": {"preset": "imaging_only"}}, "test")
    assert not any(one.main for one in every(main=other))


def test_a_value_that_the_study_states_stays_under_every_preset():
    stated = DefinitionSettings.read({"resistance": {"cutoff_days": 150}}, "test")
    one = next(one for one in every(main=stated) if one.choices.get("resistance.preset") == "schoenfeld_2021")
    definitions = one.definitions(stated)
    assert (definitions.resistance.preset, definitions.resistance.cutoff_days) == ("schoenfeld_2021", 150)
    assert definitions.resistance.window_after_last_dose_days == 182.625


def test_a_model_that_is_not_varied_is_the_declared_one():
    found = every({"endpoints.preset": ("primary", "rwpfs")})
    assert {one.model for one in found} == {"adjusted"}


@pytest.mark.parametrize("shards", [1, 2, 3, 8, 1000])
def test_shards_hold_every_specification_once(shards):
    found = every()
    parts = [shard(found, CHOICES, number, shards) for number in range(1, shards + 1)]
    assert sorted(one.place for part in parts for one in part) == list(range(1, len(found) + 1))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_specifications_that_share_times_to_event_stand_together():
    endpoints = [one.choices["endpoints.preset"] for one in shard(every(), CHOICES, 1, 1)]
    assert endpoints == sorted(endpoints)


def test_a_shard_that_does_not_exist_is_refused():
    with pytest.raises(UserError, match="There is no shard 4 of 3"):
        shard(every(), CHOICES, 4, 3)
