"""What a drug cell says: a table of cells and drugs, and the ones that must stay unresolved."""

from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from rechallenge.errors import UserError
from rechallenge.sources.drugs import DrugDictionary, compared
from rechallenge.tables import TEXT
from rechallenge.vocabulary import ICI_CLASSES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def dictionary() -> DrugDictionary:
    return DrugDictionary.read(ROOT / "config/vocabularies/drugs.yaml")


# cell -> drugs, separated by " | "
CELLS = """
Nivolumab                                        nivolumab
nivolumab 240mg                                  nivolumab
NIVOLUMAB 3 mg/kg q2w                            nivolumab
Opdivo®                                          nivolumab
ＮＩＶＯＬＵＭＡＢ                                nivolumab
欧狄沃                                           nivolumab
O药                                              nivolumab
Ｋ药                                             pembrolizumab
L01FF02                                          pembrolizumab
L01XC18                                          pembrolizumab
MK-3475                                          pembrolizumab
MK3475                                           pembrolizumab
帕博利珠                                         pembrolizumab
帕博利珠单抗注射液 200mg                         pembrolizumab
注射用卡瑞利珠单抗                               camrelizumab
BGB-A317                                         tislelizumab
nivolumab (Opdivo)                               nivolumab
信迪利单抗（达伯舒）200mg                        sintilimab
信迪利单抗（临床试验）                           sintilimab
信迪利单抗200mg/3周                              sintilimab
Nivolumab, Ipilimumab                            nivolumab | ipilimumab
nivolumab and ipilimumab                         nivolumab | ipilimumab
nivolumab & ipilimumab                           nivolumab | ipilimumab
Nivolumab/Ipilimumab                             nivolumab | ipilimumab
信迪利单抗联合安罗替尼                           sintilimab | anlotinib
帕博利珠单抗、培美曲塞、卡铂                     pembrolizumab | pemetrexed | carboplatin
培美曲塞二钠 ＋ 卡铂                             pemetrexed | carboplatin
多西他赛；贝伐珠单抗 7.5mg/kg q3w                docetaxel | bevacizumab
多西他赛，安维汀                                 docetaxel | bevacizumab
吉西他滨1.6g d1,8 + 顺铂40mg d1-3                gemcitabine | cisplatin
carboplatin AUC 5 + pemetrexed 500mg/m2 x4       carboplatin | pemetrexed
紫杉醇                                           paclitaxel
紫杉醇(白蛋白结合型)                             nab-paclitaxel
Nabpaclitaxel                                    nab-paclitaxel
nab-paclitaxel + carboplatin                     nab-paclitaxel | carboplatin
紫杉醇脂质体                                     liposomal paclitaxel
甲磺酸奥希替尼片 80mg qd                         osimertinib
盐酸安罗替尼胶囊                                 anlotinib
酒石酸长春瑞滨注射液                             vinorelbine
Erlotinib Hydrochloride                          erlotinib
Afatinib Dimaleate                               afatinib
Gemcitabine HCL                                  gemcitabine
S-1                                              tegafur, gimeracil and oteracil
替吉奥胶囊40mg bid                               tegafur, gimeracil and oteracil
替加氟                                           tegafur
trifluridine/tipiracil + bevacizumab             trifluridine and tipiracil | bevacizumab
5-FU 500mg                                       fluorouracil
瑞普替尼                                         repotrectinib
瑞派替尼                                         ripretinib
瑞齐替尼                                         rezivertinib
化疗                                             chemotherapy, unspecified
chemotherapy                                     chemotherapy, unspecified
化疗+恩度                                        chemotherapy, unspecified | endostar
化疗（培美曲塞+卡铂）                            pemetrexed | carboplatin
Investigational Drug                             investigational
Carboplatin, Investigational Drug                carboplatin | investigational
Etoposide, Rituximab and Hyaluronidase Human     etoposide | rituximab
纳武利尤单抗+地舒单抗                            nivolumab | denosumab
"""
CASES = [tuple(part.strip() for part in line.split("  ", 1)) for line in CELLS.strip().splitlines()]


@pytest.mark.parametrize(("cell", "drugs"), CASES, ids=[cell for cell, _ in CASES])
def test_a_cell_says_these_drugs(dictionary: DrugDictionary, cell: str, drugs: str) -> None:
    resolved = dictionary.resolve(pd.Series([cell], dtype=TEXT))
    assert " | ".join(resolved.rows["drug"]) == drugs
    assert resolved.unresolved.empty


@pytest.mark.parametrize(
    ("cell", "unresolved", "suggested"),
    [
        ("卡瑞利单抗", "卡瑞利单抗", "camrelizumab (卡瑞利珠单抗)"),
        ("替雷丽珠单抗 200mg", "替雷丽珠单抗", "tislelizumab (替雷利珠单抗)"),
        ("Pembrolizumb", "Pembrolizumb", "pembrolizumab"),
        ("瑞昔替尼", "瑞昔替尼", "瑞"),
        ("PD-1抑制剂", "PD-1抑制剂", ""),
        ("nivolumab or placebo", "nivolumab or placebo", "nivolumab"),
        ("吉西他滨+XYZ", "XYZ", ""),
        ("度伐利尤单抗/安慰剂", "安慰剂", ""),
    ],
)
def test_a_name_that_is_not_in_the_dictionary_is_shown_with_its_neighbours_and_never_guessed(
    dictionary: DrugDictionary, cell: str, unresolved: str, suggested: str
) -> None:
    resolved = dictionary.resolve(pd.Series([cell], dtype=TEXT))
    assert list(resolved.unresolved["text"]) == [unresolved]
    assert suggested in resolved.unresolved["hint"].fillna("").iloc[0]
    unknown = resolved.rows[resolved.rows["drug_class"].isna()]
    assert list(unknown["drug"]) == [unresolved], "an unresolved part stays, without a class"


def test_rows_say_which_cell_and_keep_the_raw_text(dictionary: DrugDictionary) -> None:
    cells = pd.Series(["培美曲塞+卡铂", None, "", "O药", "培美曲塞+卡铂"], index=[7, 7, 8, 9, 10], dtype=TEXT)
    rows = dictionary.resolve(cells).rows
    assert list(rows["cell"]) == [0, 0, 3, 4, 4]
    assert list(rows["drug"]) == ["pemetrexed", "carboplatin", "nivolumab", "pemetrexed", "carboplatin"]
    assert list(rows["drug_class"]) == ["chemotherapy", "chemotherapy", "PD-1", "chemotherapy", "chemotherapy"]
    assert list(rows["drug_raw"]) == ["培美曲塞+卡铂", "培美曲塞+卡铂", "O药", "培美曲塞+卡铂", "培美曲塞+卡铂"]


def test_an_empty_column_resolves_to_nothing(dictionary: DrugDictionary) -> None:
    resolved = dictionary.resolve(pd.Series([], dtype=TEXT))
    assert list(resolved.rows.columns) == ["cell", "drug", "drug_class", "drug_raw"]
    assert list(resolved.unresolved.columns) == ["cell", "text", "hint"]
    assert resolved.rows.empty
    assert resolved.unresolved.empty


def test_every_name_of_every_entry_resolves_to_its_own_entry(dictionary: DrugDictionary) -> None:
    names = list(dictionary.written.items())
    resolved = dictionary.resolve(pd.Series([name for _, name in names], dtype=TEXT))
    assert resolved.unresolved.empty
    assert list(resolved.rows["drug"]) == [dictionary.names[key] for key, _ in names]


def test_no_two_icis_in_one_cell_run_together(dictionary: DrugDictionary) -> None:
    icis = [drug for drug, name in dictionary.classes.items() if name in ICI_CLASSES and " and " not in drug]
    pairs = list(combinations(icis, 2))
    resolved = dictionary.resolve(pd.Series([f"{a} + {b}" for a, b in pairs], dtype=TEXT))
    found = resolved.rows.groupby("cell")["drug"].agg(tuple)
    assert list(found) == pairs


def test_the_clinical_table_is_complete(dictionary: DrugDictionary) -> None:
    classes = dictionary.classes
    assert sum(name in ICI_CLASSES for name in classes.values()) >= 22
    assert classes["cadonilimab"] == "PD-1 x CTLA-4"
    assert classes["ivonescimab"] == "PD-1 x VEGF"
    assert classes["ramucirumab"] == "anti-angiogenic"
    assert classes["icotinib"] == "targeted"
    assert classes["denosumab"] == "supportive"
    assert classes["investigational"] == "investigational"
    both_eras = {"L01XC11": "ipilimumab", "L01FX04": "ipilimumab", "L01XC07": "bevacizumab", "L01FG01": "bevacizumab"}
    assert {code: dictionary.names[compared(code)] for code in both_eras} == both_eras


def test_a_public_registry_s_lung_cancer_labels_all_resolve(dictionary: DrugDictionary) -> None:
    resources = pytest.importorskip("geniekit.resources")
    table = pd.read_csv(Path(resources.__file__).parent / "drug_vocabulary.csv")
    labels = table.loc[table["cohorts_observed"].str.contains("NSCLC", na=False), "label"]
    assert len(labels) > 100
    assert dictionary.resolve(labels).unresolved["text"].tolist() == []


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"a": {"class": "PD1"}}, 'drugs.yaml: "a": unknown class "PD1". Did you mean "PD-1"?'),
        (
            {"a": {"class": "PD-1", "names": ["X-1"]}, "b": {"class": "PD-1", "names": ["x 1"]}},
            'drugs.yaml: "x 1" stands under "a" and "b"; keep it in one.',
        ),
        ({"a": {"class": "PD-1", "alias": ["x"]}}, 'drugs.yaml: "a": unknown key "alias".'),
        ({"a": {"class": "PD-1", "atc": ["L01XC"]}}, 'drugs.yaml: "a": "L01XC" is no ATC code of a substance'),
        ({"Alpha": {"class": "PD-1"}}, 'drugs.yaml: "Alpha": an INN is written in lower case.'),
        ({"a": "PD-1"}, 'drugs.yaml: "a": expected class, chinese, names and atc.'),
    ],
)
def test_mistakes_in_the_dictionary_are_sentences(entries: dict[str, object], sentence: str) -> None:
    with pytest.raises(UserError) as error:
        DrugDictionary.build(entries)
    assert any(problem.startswith(sentence) for problem in error.value.problems)


def test_a_hundred_thousand_rows_read_each_distinct_cell_once(dictionary: DrugDictionary) -> None:
    cells = pd.Series(["nivolumab 240mg", "培美曲塞+卡铂"] * 50_000, dtype=TEXT)
    assert len(dictionary.resolve(cells).rows) == 150_000
