"""report.html as a reader, a browser and an attacker see it."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rechallenge.errors import UserError
from rechallenge.formatting import p_words
from rechallenge.report.figures import Figures, inline_svg, read_figures
from rechallenge.report.number_sources import sources
from rechallenge.report.page import render_page, render_table_one
from tests.report.studies import FLOW, TEMPLATES, StudyData, make_study, png

VOID = {"meta", "img", "br", "link", "hr", "input"}


class Page(HTMLParser):
    """Collects text outside numbers, the numbers, ids, links and unbalanced tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.stack: list[tuple[str, dict[str, str | None]]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.outside: list[str] = []
        self.numbers: list[tuple[str, str]] = []
        self.sentences: list[tuple[str, str]] = []
        self.unbalanced: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag not in VOID:
            self.stack.append((tag, found))

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop()[0] != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        inside = [attrs for _, attrs in self.stack]
        if self.stack and self.stack[-1][0] == "script":
            self.scripts.append((self.stack[-1][1], data))
            return
        number = next((attrs for attrs in inside if "data-estimate" in attrs or "data-number" in attrs), None)
        if number is not None and "data-number" not in number:
            self.sentences.append((str(number["data-estimate"]), data))
        elif number is not None:
            self.numbers.append((str(number["data-number"]), data))
        elif not any(tag in ("style", "code", "time", "svg", "figcaption", "title", "small") for tag, _ in self.stack):
            self.outside.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def html(study: StudyData, figures: Figures) -> str:
    return render_page(study, flow=FLOW, figures=figures, templates=TEMPLATES)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_every_number_is_in_numbers_json_with_its_estimate(study, page):
    assert len(page.numbers) > 150
    known = json.loads(next(text for attrs, text in page.scripts if attrs.get("id") == "sources"))
    methods = dict(zip(study.tidy["estimate_id"], study.tidy["method"], strict=True))
    for name, text in page.numbers:
        printed = study.numbers[name]["text"]
        assert text in (printed, p_words(printed))
        # As report.js looks it up.
        row, method = known["numbers"].get(name) or known["numbers"][re.sub(r"\.(ci|p|n|events)$", "", name)]
        assert known["estimates"][row] == study.numbers[name]["estimate_id"]
        assert known["methods"][method] == methods.get(study.numbers[name]["estimate_id"], "")


def test_the_one_script_is_allowed_by_its_hash_and_nothing_ends_it(study, figures, page):
    policy = next(attrs["content"] for attrs in page.all("meta") if attrs.get("http-equiv"))
    own = [text for attrs, text in page.scripts if attrs.get("type") != "application/json"]
    assert len(own) == 1
    digest = base64.b64encode(hashlib.sha256(own[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in str(policy)
    assert sources(["a"], {"a": {"text": "1", "raw": 1, "estimate_id": "</script>&"}}, {}) == (
        '{"estimates":["\\u003c/script\\u003e\\u0026"],"methods":[""],"numbers":{"a":[0,0]}}'
    )


# Digits that are part of a name, a citation, or the place of a note or figure, and no result.
NAMES = re.compile(
    r"PD-L?1|(?:PFS|OS|TTF|TTNT|DOR)1|RECIST 1\.1|STROBE|(?:19|20)\d\d;\d+:\w+-\w+|\bnote \d|Figure \d+|CAMS|SHA-256|"
    r"Eur J Cancer|≥50%|(?:Xu M|Xu Z|Xu S|Watanabe|Katayama|Kitagawa|Wang|Justeau|Feng|WJOG9616L|"
    r"Gobbini|SITC|Schoenfeld|Hosoya|Heo) 20\d\d|"
    r"ECOG [12] or more|index above 20|grade 3 or more"
)


def test_no_digit_is_printed_outside_numbers(page):
    left = [text.strip() for text in page.outside if re.search(r"\d", NAMES.sub("", text))]
    assert left == []


def test_used_names_are_collected(study, figures):
    used: set[str] = set()
    render_page(study, flow=FLOW, figures=figures, templates=TEMPLATES, used=used)
    assert (
        {"pfs.rechallenge.overall.median", "rows.all.used", "settings.statistics.confidence.percent"}
        <= used
        <= set(study.numbers)
    )


def test_the_page_needs_nothing_else(html, page):
    assert [attrs.get("src") for attrs in page.all("script")] == [None, None]
    assert not page.all("link")
    sources = [attrs[name] for _, attrs in page.tags for name in ("src", "href") if attrs.get(name)]
    assert all(source.startswith(("#", "data:image/")) for source in sources if source)
    assert not re.search(r"url\(|@import", html)


def test_the_page_is_well_formed_and_accessible(page):
    assert page.unbalanced == []
    assert page.stack == []
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))
    links = [attrs["href"][1:] for attrs in page.all("a")]
    assert set(links) <= set(ids)
    assert links[0] == "glance"
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.all("th"))
    assert all(attrs.get("alt") for attrs in page.all("img"))
    assert page.all("html")[0]["lang"] == "en"


def test_hostile_words_are_shown_and_do_nothing(figures):
    hostile = '<img src=x onerror="alert(1)">{{ 7*7 }}'
    page = render_page(make_study(title=hostile, file=hostile), flow=FLOW, figures=figures, templates=TEMPLATES)
    assert "<img src=x" not in page
    assert page.count("&lt;img src=x onerror=&#34;alert(1)&#34;&gt;{{ 7*7 }}") >= 3


def test_no_identifier_value_or_path_of_the_extract(html):
    assert "P-0007" not in html
    assert "/home/somebody" not in html
    assert "mapping_of_ours.yaml" in html
    dates = set(re.findall(r"\d{4}-\d\d-\d\d", html))
    assert dates == {"2022-12-31", "2016-03-01"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            '{{ n("pfs.rechallenge.overall.medain") }}',
            'no number is named "pfs.rechallenge.overall.medain". Did you mean "pfs.rechallenge.overall.median"',
        ),
        ("{{ study_name }}", "'study_name' is undefined"),
    ],
)
def test_an_undefined_name_fails_with_template_and_line(tmp_path, study, figures, line, said):
    for file in TEMPLATES.iterdir():
        (tmp_path / file.name).write_text(file.read_text())
    (tmp_path / "report_glance.html.j2").write_text(f"<p>One</p>\n<p>Two</p>\n{line}\n")
    with pytest.raises(UserError) as error:
        render_page(study, flow=FLOW, figures=figures, templates=tmp_path)
    assert f"{tmp_path.name}/report_glance.html.j2, line 3: " in error.value.problems[0]
    assert said in error.value.problems[0]


def test_a_broken_template_fails_with_its_line(tmp_path, study, figures):
    for file in TEMPLATES.iterdir():
        (tmp_path / file.name).write_text(file.read_text())
    (tmp_path / "report_data.html.j2").write_text("<p>\n{% if %}\n")
    with pytest.raises(UserError, match=r"report_data.html.j2, line 2: "):
        render_page(study, flow=FLOW, figures=figures, templates=tmp_path)


def test_the_same_bytes_twice(html, figures):
    assert render_page(make_study(), flow=FLOW, figures=figures, templates=TEMPLATES) == html


def test_what_was_not_computed_is_said(html, page):
    reason = "3 events, fewer than the declared minimum of 5."
    rows = [f"{name}/OS/rechallenge/cox_multivariable/not_fitted" for name in ("main", "literal")]
    assert page.sentences == [(" ".join(rows), reason)]
    what = "Multivariable Cox model, OS from rechallenge"
    assert f"{what}; also in: literal reading. " in html
    assert "OS by resistance. Reason: There was no event." in html


def test_simulated_data_are_called_so(html, empty, figures):
    assert "no inferential meaning" in html
    assert "Simulated data." not in render_page(empty, flow=FLOW, figures=figures, templates=TEMPLATES)


def test_an_empty_rechallenge_set_is_a_note_and_the_first_ici_stands(empty):
    text = render_page(empty, flow=FLOW, figures=Figures(), templates=TEMPLATES)
    page = Page(text)
    assert "Nobody is in the rechallenge set." in text
    assert "No Cox model was fitted." in text
    assert ("pfs1.first_ici.overall.median", "4.1") in page.numbers
    assert not [name for name, _ in page.numbers if name.startswith("pfs.rechallenge")]
    assert page.unbalanced == []


def test_a_source_without_scans_is_called_so_and_what_it_changes(empty, html):
    text = render_page(empty, flow=FLOW, figures=Figures(), templates=TEMPLATES)
    assert "Progression dates only." in text
    assert "PFS is censored at last contact instead of the last assessment" in text
    assert "Progression dates only." not in html
    assert "real-world PFS" in html


def test_one_class_empty_leaves_no_hole(figures):
    study = make_study()
    kept = study.estimates[~study.estimates["estimate_id"].str.contains("primary")]
    text = render_page(
        replace(study, estimates=kept.reset_index(drop=True)), flow=FLOW, figures=figures, templates=TEMPLATES
    )
    assert "primary resistance to the first ICI" not in text
    assert "acquired resistance to the first ICI" in text


def test_definitions_of_a_further_analysis_are_those_that_differ(html):
    own = html[html.index("Literal reading: what differs from the main analysis") :]
    own = own[: own.index("</dl>")]
    assert own.count("<dt>") == 1
    assert "Everything else, and unknown response: unclassified" in own
    assert "definitions.resistance.preset: index_literal" in own


def test_table_one_as_a_page_of_its_own(study):
    page = Page(render_table_one(study, TEMPLATES))
    assert page.unbalanced == []
    assert ("rechallenge.table1|resistance=primary.sex.male.percent", "78%") in page.numbers


@pytest.mark.parametrize(
    "inner",
    [
        "<script>x</script>",
        '<rect onload="x"/>',
        '<image href="http://a/b.png"/>',
        '<a href="http://a">x</a>',
        "<style>a{fill:url(http://a)}</style>",
        "<foreignObject/>",
    ],
)
def test_an_active_svg_is_refused(inner):
    with pytest.raises(ValueError, match="active content"):
        inline_svg(f'<svg xmlns="http://www.w3.org/2000/svg">{inner}</svg>')


def test_figures_come_from_the_manifest(tmp_path):
    (tmp_path / "km.png").write_bytes(png(30, 20))
    entry = {"name": "km", "title": "T", "caption": "C", "alt": "A", "files": ["km.png", "km.tiff"]}
    (tmp_path / "manifest.json").write_text(
        json.dumps({"figures": [entry], "not_drawn": [{"name": "x", "title": "X", "reason": "R."}]})
    )
    found = read_figures(tmp_path)
    assert found.drawn[0].uri.startswith("data:image/png;base64,iVBOR")
    assert (found.drawn[0].width, found.drawn[0].height) == (30, 20)
    assert found.not_drawn == (("X", "R."),)


def test_a_figure_that_is_missing_is_named(tmp_path):
    entry = {"name": "km", "title": "T", "caption": "C", "alt": "A", "files": ["km.png"]}
    (tmp_path / "manifest.json").write_text(json.dumps({"figures": [entry]}))
    with pytest.raises(UserError, match=r"km\.png, which is not in"):
        read_figures(tmp_path)
