"""The pandera schemas, and the documents written from them."""

import re
from pathlib import Path

import pandas as pd

from rechallenge.tables import TABLES, conform, stored_names
from rechallenge.validation.catalogue import CATALOGUE, OWN_RULES
from rechallenge.validation.extract import Extract
from rechallenge.validation.reference_docs import data_dictionary, validation_rules
from rechallenge.validation.schemas import failures, schema, structure_wrong
from tests.support import canonical
from tests.validation.cases import CUTOFF

DOCS = Path(__file__).parents[2] / "docs"


def test_each_schema_has_the_stored_columns_in_order() -> None:
    for table in TABLES:
        assert list(schema(table).columns) == stored_names(table)


def test_an_empty_conformed_table_passes() -> None:
    for table in TABLES:
        assert failures(conform(pd.DataFrame(), table), table).empty


def test_all_failures_of_a_table_are_found_at_once() -> None:
    patients = canonical(
        "patients",
        """
        patient_id  sex  pd_l1_tps  last_contact_date
        01          x    120        .
        02          y    50         2020-01-01
        """,
    )
    found = failures(patients, "patients")
    assert sorted(map(tuple, found[["column", "check", "index"]].to_numpy())) == [
        ("last_contact_date", "not_nullable", 0),
        ("pd_l1_tps", "range", 0),
        ("sex", "terms", 0),
        ("sex", "terms", 1),
    ]


def test_a_column_of_the_wrong_type_and_a_missing_one_are_named() -> None:
    patients = canonical("patients", "patient_id last_contact_date\n01 2020-01-01")
    patients["pd_l1_tps"] = "fifty"
    patients = patients.drop(columns="sex")
    hits = list(structure_wrong.find(Extract({"patients": patients}, CUTOFF)))
    assert {hit.column for hit in hits} == {"pd_l1_tps", "sex"}
    assert all(hit.where is None for hit in hits)


def test_the_documents_are_up_to_date() -> None:
    hint = "run python scripts/write_reference_docs.py"
    assert (DOCS / "data_dictionary.md").read_text(encoding="utf-8") == data_dictionary(), hint
    assert (DOCS / "validation_rules.md").read_text(encoding="utf-8") == validation_rules(), hint


def test_every_column_and_rule_is_documented() -> None:
    dictionary, rules = data_dictionary(), validation_rules()
    for table in TABLES.values():
        for column in table.columns:
            assert f"`{column.name}`" in dictionary
    listed = set(re.findall(r"^\| `(\w+)`", rules, flags=re.MULTILINE))
    assert {check.rule.id for check in CATALOGUE} | {rule.id for rule in OWN_RULES} <= listed
