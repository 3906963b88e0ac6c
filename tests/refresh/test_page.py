"""The page of a comparison on both sides, its data files and its figures: what is told, and what is not."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from rechallenge.estimates.kaplan_meier import curve_frame
from rechallenge.figures import output, style
from rechallenge.files import write_csv, write_json
from rechallenge.language import MARKS, PSEUDO, in_language
from rechallenge.pages import Picture
from rechallenge.refresh.comparison import compare
from rechallenge.refresh.documents import CSV_COLUMNS, PRIVATE_TABLES, private_tables, shareable_table, summary
from rechallenge.refresh.figures import BRIDGE, drawn
from rechallenge.refresh.keys import patient_keys
from rechallenge.refresh.page import render_comparison
from rechallenge.refresh.sentences import headline, log_lines
from rechallenge.refresh.told import view
from rechallenge.settings.refresh import RefreshSettings
from rechallenge.settings.statistics import StatisticsSettings
from tests.refresh.studies import NOW, SALT, changed, released, scan, study

NAMES = ("A1", "A2", "A3", "A4")
IDENTIFIERS = dict(zip(patient_keys(pd.Series(NAMES), SALT), NAMES, strict=True))
PRIVATE, SHARED = view(private=True, smallest=5), view(private=False, smallest=5)
EVERYTHING = view(private=False, smallest=1)


def with_curves(snapshot):
    times = snapshot.times
    own = times[(times["endpoint"] == "PFS") & (times["population"] == "rechallenge")]
    keys = {"analysis": "main", "endpoint": "PFS", "population": "rechallenge", "term": "overall", "level": ""}
    return replace(snapshot, curves=curve_frame(own, interval="log", confidence=0.95).assign(**keys))


def late(rows):
    rows["assessments"].append(scan("A1", "2020-03-01", "PD", 2.0))


@pytest.fixture(scope="module")
def made():
    new = with_curves(study(changed(late), NOW))
    return compare(with_curves(released()), new, RefreshSettings(), StatisticsSettings())


def page(made, told, checkout, **how):
    return render_comparison(
        made, told, checkout / "workflow" / "templates", title=how.get("title", "A study"),
        pictures=how.get("pictures", []), identifiers=how.get("identifiers", IDENTIFIERS), simulated=True,
    )  # fmt: skip


class Words(HTMLParser):
    """The text of a page by section, and the tags that are open at its end."""

    def __init__(self, text):
        super().__init__()
        self.open, self.sections, self.section = [], {}, ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        if tag == "section":
            self.section = dict(attributes)["id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.sections[self.section] = f"{self.sections.get(self.section, '')} {' '.join(data.split())}"


def test_the_first_section_says_why_the_median_moved(made, checkout):
    words = Words(page(made, PRIVATE, checkout))
    assert words.open == []
    why = re.sub(r"\s+", " ", words.sections["why"])
    assert "Why did the median move?" in why
    for sentence in headline(made, PRIVATE).answer:
        assert sentence in why
    assert "The comparison passes the study's policy, with 1 warning." in why


def test_the_private_page_names_each_patient_with_the_row_that_did_it(made, checkout):
    words = Words(page(made, PRIVATE, checkout))
    patients = re.sub(r"\s+", " ", words.sections["patients"])
    assert "A2 entered “Rechallenged”: rechallenged since Interval treatment" in patients
    assert "treatments.csv, row 7 (added)" in patients
    history = re.sub(r"\s+", " ", words.sections["history"])
    assert "REF10" in history
    assert "A1 Assessments assessment_date assessments.csv, row 9" in history


def test_the_shareable_side_holds_no_identifier_no_key_no_date_of_a_patient_and_no_row(made, checkout, tmp_path):
    write_csv(shareable_table(made, EVERYTHING), tmp_path / "comparison.csv")
    write_json({**summary(made, EVERYTHING), "log": log_lines(made, EVERYTHING)}, tmp_path / "comparison.json")
    text = re.sub(r"<style>.*?</style>", "", page(made, EVERYTHING, checkout), flags=re.DOTALL)
    text += "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert not re.search(r"\bA[1-4]\b", text)
    assert not any(key in text for key in IDENTIFIERS)
    assert set(re.findall(r"\b20\d\d-\d\d-\d\d\b", text)) == {"2020-12-31", "2021-12-31"}
    assert "treatments.csv" not in text


def test_few_patients_are_told_on_the_private_page_only(made, checkout):
    shared = summary(made, SHARED)
    bridge = next(item for item in shared["populations"] if item["population"] == "rechallenge")
    assert (bridge["before"], bridge["now"], bridge["hidden"], bridge["steps"]) == (1, 2, True, [])
    assert all(item["steps"] == [] for item in shared["medians"])
    assert all(item["patients"] is None for item in shared["classes"])
    assert shared["policy"][0]["rules"] == [
        {"rule": "REF10", "findings": None, "patients": None},
        {"rule": "REF12", "findings": None, "patients": None},
    ]
    table = shareable_table(made, SHARED)
    assert not table["patients"].between(1, 4).any()
    words = Words(page(made, SHARED, checkout))
    assert "not told: a step is that of fewer than 5 patients" in words.sections["patients"]
    # The row counts: 4 = 3 + 1 would give the one that was added away, so that none of them is told.
    rows = {row["table"]: row for row in shared["rows"]}
    assert (rows["patients"]["added"], rows["patients"]["withdrawn"]) == (None, None)
    assert "REF10 A row dated before the previous cut-off was entered only now (fewer than 5 patients)" in " ".join(
        log_lines(made, SHARED)
    )


def test_few_events_of_a_step_are_in_the_private_file_only(made):
    """Five patients of a step may be told, the one event among them may not."""
    one = next(item for item in made.medians if item.term == "overall" and item.endpoint == "PFS")
    step = replace(one.steps[0], patients=5, n=one.n_before + 5, events=one.events_before + 1)
    few = replace(made, medians=(replace(one, steps=(step,)),))
    shared, private = (summary(few, told)["medians"][0]["steps"][0] for told in (SHARED, PRIVATE))
    assert (shared["n"], shared["events"]) == (step.n, None)
    assert private["events"] == step.events


def test_everything_is_told_on_the_private_side(made):
    told = summary(made, PRIVATE)
    bridge = next(item for item in told["populations"] if item["population"] == "rechallenge")
    assert bridge["steps"] == [{"what": "entered", "criterion": "rechallenged", "patients": 1}]
    assert json.dumps(told)


def test_the_table_has_one_row_per_estimate_and_number_that_moved(made):
    table = shareable_table(made, EVERYTHING)
    assert tuple(table.columns) == CSV_COLUMNS
    parts = table["part"].value_counts()
    assert parts["estimate"] == len(made.moves.estimates)
    assert parts["number"] == len(made.moves.numbers)
    sizes = table[(table["part"] == "population") & (table["what"] == "size")].set_index("name")
    assert sizes.loc["rechallenge", ["before", "now"]].tolist() == ["1", "2"]
    history = table[table["part"] == "history"].set_index("name")["patients"].to_dict()
    assert history == {"REF10": 1, "REF12": 1}


def test_the_private_tables_name_patients_and_say_what_to_do(made):
    tables = private_tables(made, IDENTIFIERS)
    assert tuple(tables) == PRIVATE_TABLES
    found = tables["violations"].set_index("rule")
    assert found.loc["REF10", ["patient_id", "source_file", "source_row"]].tolist() == ["A1", "assessments.csv", 9]
    assert found.loc["REF12", "message"].startswith("An event is now on record before")
    assert set(tables["patients"]["patient_id"]) == {"A2", "A3", "A4"}
    behind = tables["behind"].merge(tables["moved"], on="group")
    overall = behind[behind["estimate_id"] == "main/PFS/rechallenge/kaplan_meier/overall/median"]
    assert sorted(overall["patient_id"]) == ["A1", "A2"]


def test_text_of_the_extract_is_escaped(made, checkout):
    hostile = "<img src=x onerror=alert(1)>"
    text = page(made, PRIVATE, checkout, title=hostile, identifiers=dict.fromkeys(IDENTIFIERS, hostile))
    assert hostile not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


def test_every_word_of_the_page_can_be_translated(made, checkout):
    """In the pseudo-language each message is marked: what is left is names, numbers and codes."""
    with in_language(PSEUDO):
        text = page(made, PRIVATE, checkout)
    sections = Words(text).sections
    left = re.sub(rf"{MARKS[0]}[^{MARKS[0]}{MARKS[1]}]*{MARKS[1]}", "", " ".join(sections.values()))
    while left != (inner := re.sub(rf"{MARKS[0]}[^{MARKS[0]}{MARKS[1]}]*{MARKS[1]}", "", left)):
        left = inner
    words = set(re.findall(r"[A-Za-z]{4,}", left))
    codes = ["study", "cutoff", "classify", "patients", "progression", "assessment", "death", "last", "contact", "date"]
    assert words <= {*codes, "a" * 12, "d" * 12}


def test_figures_are_drawn_with_the_numbers_of_both_sides(made, tmp_path):
    with style.look():
        found = {item.name: item for item in drawn(made, EVERYTHING, 174, "Simulated data")}
        assert set(found) == {"refresh_km_pfs", BRIDGE}
        assert "Release of 2020-12-31: NR (NE) months, n = 1, 0 events." in found["refresh_km_pfs"].alt
        assert "n = 2, 1 events" in found["refresh_km_pfs"].alt
        assert found[BRIDGE].alt == "Release of 2020-12-31: 1; Rechallenged since: +1; Now (2021-12-31): 2."
        parts = output.rendered(found[BRIDGE].figure, "bridge", ("png", "svg"))
        again = {item.name: item for item in drawn(made, EVERYTHING, 174, "Simulated data")}
        assert output.rendered(again[BRIDGE].figure, "bridge", ("png", "svg")) == parts
        assert {item.name for item in drawn(made, SHARED, 174, "")} == {"refresh_km_pfs"}


def test_pictures_stand_on_the_page_with_their_words(made, checkout):
    picture = Picture("A title", "A caption.", "What it shows", "data:image/webp;base64,AAAA", 10, 20)
    text = page(made, SHARED, checkout, pictures=[picture])
    assert '<img src="data:image/webp;base64,AAAA" width="10" height="20" alt="What it shows">' in text


def test_a_study_without_a_median_that_moved_says_so(checkout):
    same = compare(released(), released(), RefreshSettings(), StatisticsSettings())
    words = Words(page(same, PRIVATE, checkout))
    assert (
        "Nothing changed: the extract, and with it every estimate and every printed number, is that of the release."
        in words.sections["why"]
    )
    assert "Data, settings, code and libraries are those of the release." in words.sections["why"]
    assert log_lines(same, SHARED)[-1] == (
        "The comparison passes the study's policy: nothing that it asks about was found."
    )
