"""The words of the definitions follow the settings: a value that changes nothing in words would be a hidden one."""

from collections.abc import Iterator
from typing import Any, Final, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from rechallenge.report.constants import constants
from rechallenge.report.definitions_docs import SHOWN, definitions_markdown
from rechallenge.report.definitions_words import Used, in_words, settings_values
from rechallenge.report.numbers import from_settings, together
from rechallenge.report.sentences import plain
from rechallenge.settings.base import PresetSettings
from rechallenge.settings.config import DateSettings, StudyConfig
from rechallenge.settings.definitions import DefinitionSettings
from tests.report.studies import CHECKOUT

# Where a setting is read at all: what else must be set for it to mean something.
CONTEXT: Final[dict[str, dict[str, dict[str, Any]]]] = {
    "progression.confirmation_min_days": {"progression": {"preset": "irecist", "confirmation_max_days": 99}},
    "progression.unconfirmed": {"progression": {"preset": "irecist"}},
    "progression.confirmation_max_days": {"progression": {"preset": "irecist", "confirmation_min_days": 1}},
    "response.confirmation_days": {"response": {"confirmation": "required"}},
    "endpoints.assessment_interval_days": {"endpoints": {"missed_assessments": 2}},
    "endpoints.genie_reading": {"endpoints": {"preset": "genie_bpc"}},
    # One limit is needed, so the other stays.
    "progression_pattern.oligo_max_lesions": {"progression_pattern": {"oligo_max_organs": 4}},
}
# Definitions of a preset that do not ask for a setting (see the preset's function in clinical/resistance.py).
NOT_ASKED: Final = {
    ("schoenfeld_2021", "resistance.cutoff_days"): "the time to progression is not asked for",
    ("schoenfeld_2021", "resistance.boundary"): "the time to progression is not asked for",
    ("schoenfeld_2021", "resistance.clock"): "the time to progression is not asked for",
}
NUMBERS: Final = {int: (3, 77), float: (3.5, 77.25)}


def text_of(values: dict[str, dict[str, Any]], **dates: Any) -> str:
    """Return all definitions under these settings as plain text."""
    own = DefinitionSettings.read(values, "test").resolved()
    numbers = together(from_settings(own.plain(), "settings.definitions"), constants())
    return "\n".join(
        f"{item.term}: {plain(item.words, numbers)}" for item in in_words(Used(own), DateSettings(**dates))
    )


def values_of(annotation: Any) -> Iterator[Any]:
    """Every literal value of a setting, true and false, and two of each kind of number."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif annotation is bool:
        yield from (False, True)
    elif annotation in NUMBERS:
        yield from NUMBERS[annotation]
    elif get_origin(annotation) is tuple:
        one, two, *_ = values_of(get_args(annotation)[0])
        yield from ((one,), (one, two))
    else:
        for part in get_args(annotation):
            yield from () if part is type(None) else values_of(part)


def every_setting() -> Iterator[tuple[str, str, Any]]:
    """Section, name and annotation of every setting of the definitions but the study's own endpoints."""
    for section, field in DefinitionSettings.model_fields.items():
        model = field.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        for name, own in model.model_fields.items():
            if (section, name) != ("endpoints", "own"):
                yield section, name, own.annotation


def presets_of(section: str) -> list[str]:
    model = DefinitionSettings.model_fields[section].annotation
    assert isinstance(model, type)
    assert issubclass(model, BaseModel)
    field = model.model_fields.get("preset")
    return list(get_args(field.annotation)) if field else []


@pytest.mark.parametrize(
    ("section", "name", "annotation"), [pytest.param(*item, id=".".join(item[:2])) for item in every_setting()]
)
def test_every_value_of_every_setting_has_words_of_its_own(section, name, annotation):
    context = CONTEXT.get(f"{section}.{name}", {})
    values = list(values_of(annotation))
    if (section, name) == ("eligibility", "criteria"):
        values = [("ici_treated",), ("ici_treated", "nsclc"), ("nsclc", "ici_treated")]
    assert len(values) > 1
    texts = [text_of({**context, section: {**context.get(section, {}), name: value}}) for value in values]
    assert len(set(texts)) == len(values), "two values read the same"


@pytest.mark.parametrize(
    ("section", "name", "annotation"), [pytest.param(*item, id=".".join(item[:2])) for item in every_setting()]
)
def test_under_every_preset_a_value_that_is_asked_for_has_words(section, name, annotation):
    for preset in presets_of(section) if name != "preset" else []:
        if (preset, f"{section}.{name}") in NOT_ASKED or f"{section}.{name}" in CONTEXT:
            continue
        values = list(values_of(annotation))
        # Without lesions, one limit is left that "none" would take away.
        values.remove("none") if (preset, name) == ("heo_2021", "oligo_max_organs") else None
        texts = {text_of({section: {"preset": preset, name: value}}) for value in values}
        assert len(texts) == len(values), preset


@pytest.mark.parametrize(("preset", "path"), list(NOT_ASKED))
def test_what_a_preset_does_not_ask_for_changes_no_words(preset, path):
    section, name = path.split(".")
    annotation = DefinitionSettings.model_fields[section].annotation.model_fields[name].annotation
    assert len({text_of({section: {"preset": preset, name: value}}) for value in values_of(annotation)}) == 1


def test_partial_dates():
    assert len({text_of({}, imputation=value) for value in ("middle", "earliest", "latest")}) == 3


@pytest.mark.parametrize("section", [name for name in DefinitionSettings.model_fields if presets_of(name)])
def test_every_preset_has_words_and_a_source(section):
    assert section in SHOWN
    for preset in presets_of(section):
        own = DefinitionSettings.read({section: {"preset": preset}}, "test").resolved()
        for dates_only in (False, True):
            items = in_words(Used(own, progression_dates_only=dates_only), DateSettings())
            assert all(item.words and item.source for item in items)
            assert "study's own" not in " ".join(item.source for item in items)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"resistance": {"preset": "index_literal", "boundary": ">="}}, "objective response and at least 182.625 days"),
        ({"resistance": {"cutoff_days": 183}}, "at least 183 days from the first dose to index progression"),
        ({"resistance": {"preset": "sitc_applied", "boundary": ">"}}, "CR, PR or SD and at most 180 days"),
        ({"resistance": {"preset": "sitc_applied", "window_after_last_dose_days": "none"}}, "180 days. No record"),
        ({"resistance": {"clock": "last_dose"}}, "from the first dose to the last (at most to index progression)"),
        ({"resistance": {"preset": "sitc_2020"}, "progression": {"confirmation_min_days": 30}}, "at least 30 days"),
        ({"progression_pattern": {"preset": "eortc"}}, "new lesions, together, in at most 3 organs"),
        ({"progression_pattern": {"preset": "heo_2021", "oligo_max_organs": 1}}, "at most 1 organs"),
        ({"progression_pattern": {"preset": "index_at_rechallenge"}}, "never a baseline covariate"),
        ({"re_exposure": {"preset": "wjog9616l"}}, "At least 60 days without an ICI must lie before it"),
        ({"re_exposure": {"preset": "any_re_exposure"}}, "Start of the first ICI and rechallenge dated at least to"),
        ({"re_exposure": {"preset": "justeau_2025"}}, "Only these are eligible: rechallenge (after"),
        ({"endpoints": {"preset": "fda_2007"}}, "more than 2 times 56 days"),
        ({"endpoints": {"preset": "rwpfs", "death_window_days": "none"}}, "More than 90 days between the start"),
        ({"endpoints": {"preset": "genie_bpc", "new_therapy": "event"}}, "strictly before the next regimen"),
    ],
)  # fmt: skip
def test_words_are_those_of_the_values_used(values, words):
    assert words in text_of(values)


def test_a_changed_value_of_a_preset_is_no_longer_its_source_alone():
    for values, changed in (({"cutoff_days": 182.625}, False), ({"cutoff_days": 180}, True)):
        own = DefinitionSettings.read({"resistance": values}, "test").resolved()
        item = next(item for item in in_words(Used(own), DateSettings()) if item.term == "Resistance")
        assert ("with values of the study's own" in item.source) is changed


def test_a_source_without_scans_has_no_rule_that_counts_them():
    own = DefinitionSettings.read({"endpoints": {"preset": "fda_2007"}}, "test").resolved()
    items = in_words(Used(own, progression_dates_only=True), DateSettings())
    text = next(item.words for item in items if item.term.startswith("Progression-free"))
    assert "missed" not in text
    assert "PFS is censored at last contact instead of the last assessment, on or before new systemic therapy" in text


OWN: Final = {
    "label": "time to {local} progression",
    "start": "first_ici",
    "events": ["progression", "death"],
    "interrupted_by": ["new_therapy"],
    "censored_at": ["last_contact"],
}


@pytest.mark.parametrize(
    "changed",
    [
        {"label": "time to nothing"},
        {"start": "index_progression"},
        {"events": ["death", "progression"]},
        {"events": ["treatment_stop"]},
        {"interrupted_by": []},
        {"interrupted_by": ["visit_gap"]},
        {"censored_at": ["cutoff"]},
    ],
)
def test_endpoints_of_the_study_have_words(changed):
    def text(own: dict[str, Any]) -> str:
        return text_of({"endpoints": {"own": {"LOCAL": own}, "visit_gap_days": 90}})

    assert text({**OWN, **changed}) != text(OWN)
    assert (
        "LOCAL: time to {local} progression: From the first dose of the first ICI to progression or death of any "
        "cause, whichever comes first (on one day, the one named first). New systemic therapy first ends the "
        "observation. Otherwise censored at last contact, else the start itself."
    ) in text(OWN)


def test_settings_of_an_analysis_are_those_that_it_uses():
    values = {
        "extract": {"path": "extract", "source": "canonical"},
        "study": {"cutoff": "2022-12-31", "window": {"start": "2016-03-01", "end": "2022-12-31"}},
        "analyses": {"late": {"dates": {"imputation": "latest"}, "definitions": {"resistance": {"cutoff_days": 180}}}},
    }
    config = StudyConfig.read(values, "test")
    paths = ("resistance.cutoff_days", "resistance.boundary", "dates.imputation")
    assert settings_values(config, "late", paths) == [
        ("definitions.resistance.cutoff_days", "180"),
        ("definitions.resistance.boundary", ">="),
        ("dates.imputation", "latest"),
    ]


def test_the_documentation_names_every_setting_and_preset():
    text = definitions_markdown()
    for section, name, _ in every_setting():
        assert f"- `definitions.{section}.{name}` (default " in text
    for section in SHOWN:
        own = text[text.index(f"**{section}.preset**") :]
        assert all(f"- `{preset}`: " in own for preset in presets_of(section))
    assert text == (CHECKOUT / "docs" / "definitions.md").read_text(encoding="utf-8")


def test_only_sections_with_presets_are_walked_as_such():
    walked = {
        name for name, field in DefinitionSettings.model_fields.items() if issubclass(field.annotation, PresetSettings)
    }
    assert walked <= set(SHOWN)
