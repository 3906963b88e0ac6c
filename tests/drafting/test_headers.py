"""Header -> canonical column, event, and whether a word is left over."""

import pytest

from rechallenge.drafting.headers import Event

from .drafts import WORDS


@pytest.mark.parametrize(
    ("header", "table", "column", "event"),
    [
        ("ICI1_start", "treatments", "start_date", Event(("ici",), 1)),
        ("ICI1_drug", "treatments", "drug", Event(("ici",), 1)),
        ("PD1_date", "treatments", "progression_date", Event((), 1)),
        ("line 1 drug", "treatments", "drug", Event(("line",), 1)),
        ("首次免疫治疗/开始日期", "treatments", "start_date", Event(("ici",), 1)),
        ("再挑战/进展日期", "treatments", "progression_date", Event(("rechallenge",))),
        ("PD-L1表达", "patients", "pd_l1_tps", Event()),
        ("DateOfDiagnosis", "patients", "diagnosis_date", Event()),
        ("Date of last follow-up", "patients", "last_contact_date", Event()),
        ("CT 2 response", "assessments", "response", Event(("scan",), 2)),
        ("Grade.of.irAE.1", "adverse_events", "ctcae_grade", Event((), 1)),
        ("Brain mets (Y/N)", "patients", "brain_metastasis", Event()),
    ],
)
def test_a_sure_reading(header: str, table: str, column: str, event: Event) -> None:
    sure = [(reading.table, reading.column, reading.event) for reading in WORDS.readings(header) if reading.sure]
    assert (table, column, event) in sure


@pytest.mark.parametrize("header", ["Date of death or last visit to the dentist", "Diagnossis", "Start of smoking ban"])
def test_a_header_with_other_words_or_a_misspelt_one_is_never_sure(header: str) -> None:
    assert not any(reading.sure for reading in WORDS.readings(header))


def test_a_longer_word_within_another_is_no_match() -> None:
    assert not WORDS.readings("Periodontal drugstore")
