"""Journal tables: what the page prints, as CSV and LaTeX, in the named styles."""

import re
from pathlib import Path

import pandas as pd
import pytest

from rechallenge.formatting import in_style
from rechallenge.report.latex_tables import LONG, escaped, latex_table, preview
from rechallenge.report.page import render_page
from rechallenge.report.sheets import Row, Sheet
from rechallenge.report.table_files import sheet_frame, write_tables
from tests.report.studies import FLOW, TEMPLATES, make_study

NUMBERS = {
    "n": {"text": "12", "raw": 12, "estimate_id": ""},
    "share": {"text": "48%", "raw": 48.0, "estimate_id": ""},
}
SEX = Sheet(
    id="patients",
    caption="Patients & sites, {n}",
    head=("", "All (n = {n})", "P_1"),
    rows=(
        Row("Sex", ("", "0.04"), "group"),
        Row("Male", ("{n} ({share})", ""), "level"),
        Row("ECOG ≥1 {odd} #1", ("–", "–")),
        Row("[brackets]", ("1", "2")),
    ),
    notes=("100% of {n}.",),
)


def test_csv_has_the_group_before_its_level():
    frame = sheet_frame(SEX, NUMBERS)

    assert frame.columns.tolist() == ["", "All (n = 12)", "P_1"]
    assert frame.to_numpy().tolist() == [
        ["Sex", "", "0.04"],
        ["Sex: Male", "12 (48%)", ""],
        ["ECOG ≥1 {odd} #1", "–", "–"],
        ["[brackets]", "1", "2"],
    ]


def test_latex_has_rules_notes_levels_and_escaped_words():
    assert latex_table(SEX, NUMBERS).splitlines() == [
        r"\begin{table}[htbp]",
        r"\centering",
        r"\caption{Patients \& sites, 12}\label{tab:patients}",
        r"\begin{adjustbox}{max width=\linewidth}",
        r"\begin{threeparttable}",
        r"\begin{tabular}{lll}",
        r"\toprule",
        r" & All (n = 12) & P\_1 \\",
        r"\midrule",
        r"\textbf{Sex} &  & 0.04 \\",
        r"\quad Male & 12 (48\%) &  \\",
        r"ECOG \ensuremath{\geq}1 \{odd\} \#1 & {\textendash} & {\textendash} \\",
        r"{}[brackets] & 1 & 2 \\",
        r"\bottomrule",
        r"\end{tabular}",
        r"\begin{tablenotes}[flushleft]\footnotesize",
        r"\item 100\% of 12.",
        r"\end{tablenotes}",
        r"\end{threeparttable}",
        r"\end{adjustbox}",
        r"\end{table}",
    ]


def test_a_long_table_breaks_across_pages_and_repeats_its_head():
    rows = tuple(Row(str(place), ("1", "2")) for place in range(LONG + 1))
    text = latex_table(Sheet("long", "Long", ("", "A", "B"), rows, ("A note.",)), NUMBERS)

    assert r"\begin{longtable}{lll}" in text
    assert text.count(" & A & B") == 2
    assert text.endswith("\\noindent{\\footnotesize A note.\\par}\n")


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("0·012", r"0{\textperiodcentered}012"),
        ("12\u2009345", r"12\,345"),
        ("3.6–6.8", r"3.6{\textendash}6.8"),
        ("风险比", "风险比"),
        (r"a\b ~ ^", r"a{\textbackslash}b {\textasciitilde} {\textasciicircum}"),
    ],
)
def test_signs_are_written_as_latex_does(text, latex):
    assert escaped(text) == latex


def test_every_table_of_the_page_has_its_files_and_the_index_names_them(study, figures, tmp_path):
    shown: list[Sheet] = []
    page = render_page(study, flow=FLOW, figures=figures, templates=TEMPLATES, tables=shown)
    write_tables(shown, study.numbers, tmp_path)

    index = pd.read_csv(tmp_path / "index.csv")
    on_page = re.findall(r'<div class="scroll"[^>]*>\s*<table id="([^"]+)">', page)

    assert [sheet.id for sheet in shown] == index["table"].tolist()
    assert len(shown) > 5
    assert set(index["table"]) <= set(on_page)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*index["csv"], *index["latex"], "index.csv", "preview.tex"]
    )
    assert all(f"\\input{{{name}}}" in (tmp_path / "preview.tex").read_text() for name in index["table"])


@pytest.mark.parametrize(
    ("style", "ratio", "p", "latex"),
    [
        ("default", "2.44 (1.11 to 5.36)", "0.027", "& 2.44 (1.11 to 5.36) & 0.027 &"),
        ("nejm", "2.44 (1.11 to 5.36)", "0.03", "& 2.44 (1.11 to 5.36) & 0.03 &"),
        ("jama", "2.44 (1.11-5.36)", ".03", "& 2.44 (1.11-5.36) & .03 &"),
        ("lancet", "2·44 (1·11–5·36)", "0·027", "& 2·44 (1·11–5·36) & 0·027 &"),
    ],
)
def test_ratios_and_p_values_follow_the_style_of_the_journal(style, ratio, p, latex):
    with in_style(style):
        study = make_study()
        sheet = study.cox_tables[0]
        cells = sheet_frame(sheet, study.numbers).iloc[0].tolist()
        text = latex_table(sheet, study.numbers)

    assert cells[1:3] == [ratio, p]
    assert latex.replace("·", r"{\textperiodcentered}").replace("–", r"{\textendash}") in text


def test_the_preview_loads_what_the_fragments_need():
    text = preview(["a"])

    assert all(f"\\usepackage{{{name}}}" in text for name in ("booktabs", "longtable", "threeparttable", "textcomp"))


def test_files_are_the_same_twice(study, tmp_path):
    for folder in ("a", "b"):
        write_tables(study.cox_tables, study.numbers, tmp_path / folder)

    first: dict[str, bytes] = {path.name: path.read_bytes() for path in Path(tmp_path / "a").iterdir()}
    assert first == {path.name: path.read_bytes() for path in Path(tmp_path / "b").iterdir()}
