"""A mapping is checked before any data are read: every mistake a sentence with the file and the key."""

import re
from pathlib import Path

import pytest
import yaml

from rechallenge.errors import UserError
from rechallenge.sources.ingest import to_canonical
from rechallenge.sources.mapping import block_columns, read_mapping
from rechallenge.sources.readers import read_files
from rechallenge.sources.values import Vocabularies
from rechallenge.tables import TABLES

CHECKOUT = Path(__file__).parents[2]
VOCABULARIES = CHECKOUT / "config" / "vocabularies"

GOOD = """
name: small
files:
  people: {path: people.csv}
  drugs: {path: drugs.csv}
tables:
  patients:
    - file: people
      columns:
        patient_id: {column: ID, pad: 6}
        sex: {column: Sex, values: {0: female, 1: male}}
        brain_metastasis: {column: Brain, values: {none seen: no}}
        last_contact_date: {column: Seen, formats: D/M/YYYY}
        death_date: {column: Seen, formats: D/M/YYYY, when: {column: Status, in: [Dead, no]}}
  treatments:
    file: drugs
    columns: {patient_id: ID, drug: Drug, start_date: Start, ecog: {column: KPS, scale: kps}}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> str:
    with pytest.raises(UserError) as caught:
        read_mapping(write(folder, text), VOCABULARIES)
    return "\n".join(caught.value.problems)


def test_a_mapping_is_read_as_it_is_written(tmp_path: Path) -> None:
    """A word such as no, 0 or 1 stays the word that the cell holds; one block needs no list."""
    mapping = read_mapping(write(tmp_path, GOOD), VOCABULARIES)
    columns = mapping.tables["patients"][0].columns
    assert columns["sex"].values == {"0": "female", "1": "male"}
    assert columns["brain_metastasis"].values == {"none seen": "no"}
    assert columns["death_date"].when[0].in_ == ("Dead", "no")
    assert columns["last_contact_date"].formats == ("D/M/YYYY",)
    assert columns["patient_id"].pad == 6
    assert mapping.tables["treatments"][0].columns["drug"].column == "Drug"
    assert mapping.where == "small.yaml"
    with pytest.raises(ValueError, match="frozen"):
        mapping.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        (("name: small", "nam: small"), [
            'small.yaml: unknown setting "nam". Did you mean "name"?', 'setting "name" is required']),
        (("pad: 6", "padd: 6"), [
            'unknown setting "tables.patients.1.columns.patient_id.padd". Did you mean "pad"?']),
        (("        sex:", "        sexx:"), [
            'tables.patients.1.columns.sexx: patients has no column "sexx". Did you mean "sex"?']),
        (("    - file: people", "    - file: peple"), [
            'tables.patients.1.file: no file "peple" is declared. Did you mean "people"?', "no block uses it"]),
        (("  treatments:", "  treatment:"), [
            'no canonical table "treatment". Did you mean "treatments"?', "the table treatments is required"]),
        (("last_contact_date: {column: Seen, formats: D/M/YYYY}", "site: Site"), [
            'the required column "last_contact_date" of patients is not mapped']),
        (("formats: D/M/YYYY, when", "formats: d/m/yyyy, when"), [
            "columns.death_date: unknown part", 'Did you mean "D/M/YYYY"?']),
        (("formats: D/M/YYYY}", "formats: [D/M/YYYY, M/D/YYYY]}"), ["a cell such as 03/04 fits both"]),
        (("0: female", "0: femal"), ['values: "0": "femal" is no term of sex. Did you mean "female"?']),
        (("{column: KPS, scale: kps}", "{column: KPS, scale: ecog}"), [
            'setting "tables.treatments.1.columns.ecog.scale"']),
        (("drug: Drug", "drug: {column: Drug, formats: YYYY}"), ["formats are for dates"]),
        (("drug: Drug", "drug: {column: Drug, constant: nivolumab}"), [
            "give exactly one of column, first_of, join, constant"]),
        (("in: [Dead, no]", "is: Dead"), [
            'unknown setting "tables.patients.1.columns.death_date.when.0.is"']),
        (("{column: Status, in: [Dead, no]}", "{column: Status}"), [
            "a condition needs exactly one of in, not_in, filled"]),
        (("files:", "dates: {formats: excel_serial}\nfiles:"), ["dates.formats:", "needs dates.excel_epoch: 1900"]),
        (("files:", "ignore: {person: [a]}\nfiles:"), ['ignore.person: no file "person" is declared.']),
        (("        patient_id:", "        sex: Sex\n        patient_id:"), [
            'small.yaml, line 12: the key "sex" stands twice']),
        (("  drugs: {path: drugs.csv}", "  drugs: {path: drugs.csv, delimiter: ':'}"), [
            'setting "files.drugs.delimiter"']),
        (("files:", "files: ["), ["this is not valid YAML"]),
    ],
)  # fmt: skip
def test_every_mistake_is_a_sentence(tmp_path: Path, change: tuple[str, str], sentences: list[str]) -> None:
    assert change[0] in GOOD
    text = problems(tmp_path, GOOD.replace(*change))
    for sentence in sentences:
        assert sentence in text


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    text = problems(tmp_path, GOOD.replace("1: male", "1: mal").replace("drug: Drug", "drugs: Drug"))
    assert "small.yaml" in text
    assert text.count("\n") >= 2


def test_mistakes_of_every_kind_come_in_one_round(tmp_path: Path) -> None:
    """An unknown key, a wrong value and a wrong word, each told once and nothing that only follows from them."""
    changed = GOOD.replace("pad: 6", "padd: 6").replace("scale: kps", "scale: karnofsky").replace("1: male", "1: mal")
    text = problems(tmp_path, changed)
    assert 'unknown setting "tables.patients.1.columns.patient_id.padd"' in text
    assert 'setting "tables.treatments.1.columns.ecog.scale"' in text
    assert '"mal" is no term of sex' in text
    assert text.count("\n") == 2


def test_an_open_decision_is_refused_with_its_line_and_choices(tmp_path: Path) -> None:
    changed = GOOD.replace(
        "sex: {column: Sex, values: {0: female, 1: male}}", "sex: {decide: [Sex, M/F, ~], because: two fit}"
    )
    changed = changed.replace("formats: D/M/YYYY}", "formats: [YYYY, {decide: [D/M/YYYY, M/D/YYYY]}]}")
    text = problems(tmp_path, changed)
    assert (
        "small.yaml, line 11: tables.patients.1.columns.sex is to be decided: two fit. "
        'Write "Sex", "M/F" or ~ (leave it out).'
    ) in text
    assert (
        'line 13: tables.patients.1.columns.last_contact_date.formats.2 is to be decided. Write "D/M/YYYY" or' in text
    )
    assert text.count("\n") == 1


def test_nothing_in_the_place_of_a_column_or_a_word_leaves_it_out(tmp_path: Path) -> None:
    changed = GOOD.replace("0: female,", "0: female, 9: ~,").replace(
        "        brain_metastasis:", "        site: ~\n        brain_metastasis:"
    )
    columns = read_mapping(write(tmp_path, changed), VOCABULARIES).tables["patients"][0].columns
    assert "site" not in columns
    assert columns["sex"].missing == ("9",)
    assert columns["sex"].values == {"0": "female", "1": "male"}


@pytest.mark.parametrize(("content", "sentence"), [("", "the file is empty"), ("- a\n", "expected keys and values")])
def test_a_file_that_is_no_mapping(tmp_path: Path, content: str, sentence: str) -> None:
    assert sentence in problems(tmp_path, content)


def test_a_missing_mapping(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no file"):
        read_mapping(tmp_path / "none.yaml")


def test_columns_by_name_are_optional_where_the_canonical_table_lets_them_be() -> None:
    mapping = read_mapping(CHECKOUT / "config" / "sources" / "canonical.yaml", VOCABULARIES)
    columns = block_columns("treatments", mapping.tables["treatments"][0])
    assert [name for name, source in columns.items() if not source.optional] == ["patient_id", "drug", "start_date"]


@pytest.mark.parametrize("path", sorted((CHECKOUT / "config" / "sources").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_mappings_are_sound(path: Path) -> None:
    assert read_mapping(path, VOCABULARIES).name == path.stem


# --- docs/mapping.md: its examples run ------------------------------------------------------------------------------

_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str, str]]:
    """(language, file name, text) of every example in the how-to."""
    text = (CHECKOUT / "docs" / "mapping.md").read_text(encoding="utf-8")
    return [(language, name, body) for language, name, body in _BLOCK.findall(text)]


def test_the_how_to_turns_its_files_into_its_tables(tmp_path: Path) -> None:
    found = examples()
    for language, name, body in found:
        if language == "csv":
            (tmp_path / name).write_text(body, encoding="utf-8")
    (whole,) = [body for language, name, body in found if name == "my_registry.yaml"]
    mapping = read_mapping(write(tmp_path, whole), VOCABULARIES)
    made = to_canonical(read_files(tmp_path, mapping), mapping, Vocabularies.read(VOCABULARIES))
    for language, name, body in found:
        if language != "text" or name not in TABLES:
            continue
        header, *lines = [line.split() for line in body.strip().splitlines()]
        frame = made.tables[name][header]
        shown = [
            ["." if cell != cell or cell is None else str(cell).removesuffix(" 00:00:00") for cell in row]
            for row in frame.itertuples(index=False)
        ]
        assert shown == lines, name
    (findings,) = [body for language, name, body in found if name == "findings"]
    for line in findings.strip().splitlines():
        rule, sentence = line.split(": ", 1)
        assert sentence in made.findings.loc[made.findings["rule"] == rule, "message"].str.cat(sep="\n"), line


def test_the_small_examples_of_the_how_to_are_legal(tmp_path: Path) -> None:
    """The columns of each fragment replace those of the whole example, which must still be legal."""
    found = examples()
    (whole,) = [yaml.safe_load(body) for _, name, body in found if name == "my_registry.yaml"]
    fragments = [(name, yaml.safe_load(body)) for language, name, body in found if language == "yaml" and body != whole]
    checked = 0
    for name, fragment in fragments:
        if name == "my_registry.yaml":
            continue
        changed = {**whole, name: fragment}
        if name in TABLES:
            first, *others = whole["tables"][name]
            block = {**first, "columns": {**first["columns"], **fragment}}
            changed = {**whole, "tables": {**whole["tables"], name: [block, *others]}}
        read_mapping(write(tmp_path, yaml.safe_dump(changed, allow_unicode=True)), VOCABULARIES)
        checked += 1
    assert checked >= 5
