"""A whole study of planted text: markup, scripts, template and LaTeX commands, formulas, control characters.

Nothing of it may run in a browser, in a spreadsheet or in Word, and nothing may keep the study from its end.
"""

import re
import shutil
import xml.dom.minidom
import zipfile
from pathlib import Path

import pytest

from tests.e2e import small_study as small
from tests.e2e.runs import snakemake

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

MARKUP = "<img src=x onerror=pwned()></script><script>pwned()</script>"
COMMANDS = "{{ 7*7 }}{% raw %}${7*7}\\input{/etc/passwd}\\write18{id}[x](javascript:pwned())"
FORMULA = '=HYPERLINK("http://x","y")'
TURNED = "\u202eabc\u200b"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    patients = small.PATIENTS.splitlines()
    patients = [f"{line},{cell}" for line, cell in zip(patients, ["site", *SITES], strict=False)]
    names = {"P1": f"P1{MARKUP}", "P2": f"P2{COMMANDS}", "P3": FORMULA, "P4": f"P4{TURNED}\x0b"}
    tables = {"patients": "\n".join(patients) + "\n", "treatments": small.TREATMENTS, "assessments": small.ASSESSMENTS}
    for name, text in tables.items():
        for old, new in names.items():
            text = re.sub(rf"^{old},", lambda _, new=new: quoted(new) + ",", text, flags=re.MULTILINE)
        tables[name] = text
    study = small.STUDY.replace("study:\n", f"study:\n  title: {quoted(TITLE)}\n  description: {quoted(TITLE)}\n")
    study += f"""\
statistics:
  covariates:
    - {{name: resistance, reference: acquired, label: {quoted(TITLE)}}}
    - {{name: progression_pattern, reference: oligo, label: {quoted("Pattern " + COMMANDS.replace(chr(92), "/"))}}}
analyses:
  other: {{title: {quoted(TITLE)}, definitions: {{resistance: {{preset: index_literal}}}}}}
"""
    study += small.FEW_SPECIFICATIONS
    file = small.write_small_study(folder / "study", **tables, study=study)
    made = snakemake(file, folder / "run")
    assert made.returncode == 0, made.stdout
    return folder / "run" / "results"


TITLE = f"Study {MARKUP} & 'more' {{{{ 7*7 }}}} \\\\input{{/etc/passwd}}"
SITES = [quoted(MARKUP), quoted(COMMANDS), quoted(FORMULA), quoted(f"{TURNED}\x0b"), "A", "B", "C", "D"]


def test_no_page_runs_what_was_planted(run: Path) -> None:
    pages = sorted(run.rglob("*.html"))
    assert {"report.html", "validation.html", "table1.html"} <= {page.name for page in pages}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<img src=x" not in text
        assert "<script>pwned" not in text
        assert "</script><script>" not in text
        assert "javascript:" not in re.sub(r"&[^;]+;|\(javascript:pwned\(\)\)", "", text)
    if not CHROMIUM:
        pytest.skip("no Chromium on the path: the pages were read, not opened")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as client:
        browser = client.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for page in pages:
            opened = browser.new_page()
            ran: list[str] = []
            opened.expose_function("pwned", lambda ran=ran: ran.append("ran"))
            opened.goto(page.as_uri())
            opened.wait_for_timeout(200)
            assert ran == [], page
            opened.close()
        browser.close()


def test_word_and_pictures_are_well_formed_and_hold_no_field_or_link(run: Path) -> None:
    documents = sorted(run.rglob("*.docx"))
    assert {"manuscript.docx", "table1.docx"} <= {document.name for document in documents}
    for document in documents:
        with zipfile.ZipFile(document) as archive:
            for part in archive.namelist():
                if part.endswith((".xml", ".rels")):
                    text = archive.read(part).decode()
                    xml.dom.minidom.parseString(text)
                    assert 'TargetMode="External"' not in text
                    assert not re.search(r"instr=\"(?!PAGE)", text)
    for picture in sorted(run.rglob("*.svg")):
        text = picture.read_text(encoding="utf-8")
        xml.dom.minidom.parseString(text)
        assert "<script" not in text


def test_no_cell_is_a_formula_and_no_latex_a_command(run: Path) -> None:
    for table in sorted(run.rglob("*.csv")):
        for line in table.read_text(encoding="utf-8").splitlines():
            assert not line.startswith("=")
            assert ",=" not in line
            assert ',"=' not in line
    for table in sorted(run.rglob("*.tex")):
        assert "\\input{/etc" not in table.read_text(encoding="utf-8"), table
        assert "\\write18" not in table.read_text(encoding="utf-8"), table


def test_what_templates_would_compute_stays_as_it_was_written(run: Path) -> None:
    title = (run / "shareable" / "report.html").read_text(encoding="utf-8")
    assert "{{ 7*7 }}" in title
    assert "{{ 7*7 }}" in (run / "shareable" / "manuscript.md").read_text(encoding="utf-8").replace("\\", "")
