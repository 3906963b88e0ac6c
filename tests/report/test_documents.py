"""Table 1 and manuscript as files."""

import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace

import docx
import pytest

from rechallenge.errors import UserError
from rechallenge.files import write_csv, write_json
from rechallenge.report.definitions_docs import definitions_markdown
from rechallenge.report.docx_bytes import rewritten
from rechallenge.report.figures import Figures
from rechallenge.report.manuscript import render_manuscript
from rechallenge.report.manuscript_docx import manuscript_docx
from rechallenge.report.outputs import read_study, write_checklist, write_manuscript, write_report
from rechallenge.report.table_files import table_one_docx, table_one_frame
from tests.report.studies import (
    CHECKOUT,
    FLOW,
    PUBLISHED,
    TEMPLATES,
    StudyData,
    attrition_frame,
    estimates_frame,
    make_study,
    png,
)

STROBE = CHECKOUT / "config" / "checklists" / "strobe.yaml"


def words_of(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_table_one_csv(study):
    frame = table_one_frame(study)
    assert list(frame.columns) == ["Characteristic", "All (n = 40)", "Acquired (n = 22)", "Primary (n = 18)", "P"]
    assert frame.to_numpy().tolist() == [
        ["Age, years, median (quartiles)", "61 (55.2 to 67)", "61 (55.2 to 67)", "61 (55.2 to 67)", ""],
        ["Sex", "", "", "", "<0.001"],
        ["Sex: Male", "36 (90%)", "18 (82%)", "14 (78%)", ""],
        ["Sex: Female", "4 (10%)", "4 (18%)", "4 (22%)", ""],
        ["PD-L1", "", "", "", ""],
        ["PD-L1: ≥50%", "3 (30%)", "3 (30%)", "3 (30%)", ""],
        ["PD-L1: Not recorded", "30", "12", "8", ""],
        ["Brain metastasis", "5 (12%)", "5 (23%)", "5 (28%)", ""],
    ]


def test_table_one_of_those_with_a_first_ici_where_nobody_was_rechallenged(empty):
    assert list(table_one_frame(empty).columns) == ["Characteristic", "All (n = 160)"]


def test_documents_have_the_same_bytes_twice_and_sorted_undated_entries(study):
    data = table_one_docx(study)
    assert data == table_one_docx(make_study())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")
        assert b"python-docx" not in archive.read("docProps/core.xml")


def test_a_zip_is_rewritten_the_same_whatever_its_order():
    def made(names: list[str], year: int) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name in names:
                archive.writestr(zipfile.ZipInfo(name, (year, 2, 3, 4, 5, 6)), name * 9)
        return buffer.getvalue()

    assert rewritten(made(["b", "a"], 2001)) == rewritten(made(["a", "b"], 2020))


def test_manuscript_prints_numbers_by_name_only(study, figures):
    used: set[str] = set()
    text = render_manuscript(study, figures=figures, templates=TEMPLATES, used=used)
    assert used <= set(study.numbers)
    assert "Median PFS from rechallenge was 2.9 months (95% CI 2.0 to 5.7; 40 patients, 34 events)." in text
    assert (
        "was 5.0 months (95% CI 2.2 to 9.4) after acquired resistance and 1.9 months (95% CI 1.1 to NR) after primary "
        "resistance (log-rank P = 0.042)." in text
    )
    assert "Median OS from rechallenge was not reached (95% CI 18.1 to NR;" in text
    ratio = "the hazard ratio for PFS from rechallenge was 2.44 (95% CI 1.11 to 5.36; P = 0.027)"
    assert f"For resistance (primary vs acquired), {ratio}" in text
    assert "{" not in text
    template = (TEMPLATES / "manuscript.md.j2").read_text()
    outside = re.sub(
        r"\{[{%].*?[%}]\}|RECIST 1\.1|\[\d+\]|Tables? \d|Figure 1|grade 3|%\}", "", template, flags=re.DOTALL
    )
    assert not re.search(r"\d", outside)


def test_manuscript_without_rechallenge_claims_nothing(empty):
    text = render_manuscript(empty, figures=Figures(), templates=TEMPLATES)
    assert "none met all criteria of the rechallenge set" in text
    assert "median PFS was 4.1 months (95% CI 3.3 to 4.8) and median OS not reached (95% CI 20.4 to NR)" in text
    assert "### Cox models" not in text
    assert "Simulated" not in text


def test_manuscript_docx_has_real_tables(study, figures):
    text = render_manuscript(study, figures=figures, templates=TEMPLATES)
    data = manuscript_docx(text, title="A study")
    document = docx.Document(io.BytesIO(data))
    assert [table.cell(0, 1).text for table in document.tables] == ["All (n = 40)", "Patients", "Univariable HR (CI)"]
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"][:3] == [
        "Abstract",
        "Introduction",
        "Methods",
    ]
    assert "**" not in words_of(data)
    assert data == manuscript_docx(text, title="A study")


def test_hostile_words_in_the_manuscript_are_shown_as_they_are(figures):
    hostile = "A | *b* <script>x</script> [c](http://d) {e} \\"
    text = render_manuscript(make_study(title=hostile), figures=figures, templates=TEMPLATES)
    assert "<script>" not in text.replace("\\<script>", "")
    assert hostile in words_of(manuscript_docx(text, title=hostile)).splitlines()


def test_the_definitions_page_is_up_to_date():
    assert (CHECKOUT / "docs" / "definitions.md").read_text(encoding="utf-8") == definitions_markdown()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The files of earlier steps, and what report and manuscript make of them."""
    folder = tmp_path_factory.mktemp("run")
    study = make_study()
    write_csv(estimates_frame(), folder / "estimates.csv")
    write_csv(attrition_frame(), folder / "attrition.csv")
    write_csv(study.row_account, folder / "row_account.csv")
    write_csv(study.findings, folder / "findings.csv")
    write_json(study.source, folder / "ingest.json")
    (folder / "flow.svg").write_text(FLOW)
    (folder / "figures").mkdir()
    (folder / "figures" / "km_pfs.png").write_bytes(png())
    entry = {"name": "km_pfs", "title": "PFS", "caption": "PFS.", "alt": "PFS.", "files": ["km_pfs.png"]}
    write_json({"figures": [entry], "not_drawn": []}, folder / "figures" / "manifest.json")
    return folder


def make_outputs(folder, target) -> StudyData:
    target.mkdir(exist_ok=True)
    study = read_study(
        settings=make_study().config.plain(),
        estimates=folder / "estimates.csv",
        attrition=folder / "attrition.csv",
        row_account=folder / "row_account.csv",
        findings=folder / "findings.csv",
        account=folder / "ingest.json",
        published=PUBLISHED,
    )
    write_report(
        study,
        flow=folder / "flow.svg",
        figures=folder / "figures",
        templates=TEMPLATES,
        numbers=target / "numbers.json",
        table_csv=target / "table1.csv",
        table_html=target / "table1.html",
        table_docx=target / "table1.docx",
        page=target / "report.html",
        tables=target / "tables",
        checklists=[STROBE],
    )
    text = write_manuscript(
        study,
        numbers=target / "numbers.json",
        figures=folder / "figures",
        templates=TEMPLATES,
        markdown=target / "manuscript.md",
        docx=target / "manuscript.docx",
        supplement_markdown=target / "manuscript_supplement.md",
        supplement_docx=target / "manuscript_supplement.docx",
    )
    write_checklist(
        study,
        STROBE,
        page=(target / "report.html").read_text(encoding="utf-8"),
        manuscript=text,
        csv=target / "checklist_strobe.csv",
        docx=target / "checklist_strobe.docx",
    )
    return study


def test_all_outputs_are_written_twice_the_same(run):
    make_outputs(run, run / "a")
    make_outputs(run, run / "b")
    names = sorted(path.name for path in (run / "a").iterdir() if path.is_file())
    assert names == [
        "checklist_strobe.csv", "checklist_strobe.docx", "manuscript.docx", "manuscript.md",
        "manuscript_supplement.docx", "manuscript_supplement.md", "numbers.json", "report.html",
        "table1.csv", "table1.docx", "table1.html",
    ]  # fmt: skip
    tables = sorted(f"tables/{path.name}" for path in (run / "a" / "tables").iterdir())
    assert len(tables) > 5
    for name in [*names, *tables]:
        assert (run / "a" / name).read_bytes() == (run / "b" / name).read_bytes()


def test_numbers_json_holds_what_page_and_manuscript_print(run):
    make_outputs(run, run / "c")
    numbers = json.loads((run / "c" / "numbers.json").read_text())
    printed = re.findall(r'data-number="([^"]+)"', (run / "c" / "report.html").read_text())
    assert {name.replace("&gt;", ">").replace("&lt;", "<") for name in printed} <= set(numbers)
    assert all(set(entry) == {"text", "raw", "estimate_id"} for entry in numbers.values())
    assert numbers["pfs.rechallenge.overall.median"]["raw"] == 2.9
    assert numbers["os.rechallenge.overall.median"]["raw"] is None


def test_a_manuscript_is_not_made_of_other_numbers(run):
    study = make_outputs(run, run / "d")
    numbers = json.loads((run / "d" / "numbers.json").read_text())
    numbers["pfs.rechallenge.overall.median"]["text"] = "9.9"
    write_json(numbers, run / "d" / "numbers.json")
    with pytest.raises(UserError, match=r"pfs\.rechallenge\.overall\.median"):
        write_manuscript(
            study,
            numbers=run / "d" / "numbers.json",
            figures=run / "figures",
            templates=TEMPLATES,
            markdown=run / "d" / "m.md",
            docx=run / "d" / "m.docx",
            supplement_markdown=run / "d" / "s.md",
            supplement_docx=run / "d" / "s.docx",
        )


def test_findings_are_numbers_of_findings(run):
    study = make_outputs(run, run / "e")
    assert list(study.findings.columns) == ["severity", "rule", "table", "open", "waived", "set_aside", "all"]


def test_the_report_imports_no_heavy_library():
    code = (
        "import sys; import rechallenge.report.outputs, rechallenge.report.page, rechallenge.report.manuscript\n"
        "heavy = ('lifelines', 'matplotlib', 'pandera', 'scipy', 'docx', 'greenwood')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_study_without_any_description_says_so(study):
    nobody = replace(study, estimates=study.estimates.iloc[:0])
    assert table_one_frame(nobody).empty
    assert "There is no patient to describe" in words_of(table_one_docx(nobody))
