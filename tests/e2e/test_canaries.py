"""Identifiers, names, free text and dates planted in every text column of an extract stay on the private side."""

import csv
import io
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from tests.e2e import small_study as small
from tests.e2e.canaries import found
from tests.e2e.runs import snakemake

# A word of their own for each column, in text columns that the mapping reads, refuses, or knows nothing of.
NAME, NOTE, WARD = "Zhuravlyova-Quist", "fell off her bicycle near Qaanaaq", "Ward Xylograph 9"
IDENTIFIER = "ZQX-4471-"
WRITTEN = ["3 March 1955", "1955年3月3日", "03/03/55", "19550303"]
UNKNOWN = {"smoking": "papyrosnik", "histology": "qvadrocellulare", "sex": "divozhensky"}
STOPPED = "because of Wrzeszcz"
PLANTED = [IDENTIFIER, NAME, NOTE, WARD, STOPPED, *WRITTEN, *UNKNOWN.values()]


def planted(text: str, **columns: list[str]) -> str:
    """A table with its identifiers renamed and these further columns, or cells of its own columns, by row."""
    rows = list(csv.DictReader(io.StringIO(text)))
    for row in rows:
        row["patient_id"] = IDENTIFIER + row["patient_id"]
    for name, cells in columns.items():
        for row, cell in zip(rows, cells, strict=False):
            row[name] = cell
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(key for row in rows for key in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def dates_of_patients() -> list[str]:
    """The dates of the extract as it writes them; what a study says of itself (window, cut-off) is no patient's."""
    cells = [
        cell
        for text in (small.PATIENTS, small.TREATMENTS, small.ASSESSMENTS)
        for cell in text.replace("\n", ",").split(",")
    ]
    own = {"2022-12-31", "2016-03-01"}
    return sorted({cell for cell in cells if len(cell) == 10 and cell[4] == "-"} - own)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("canaries")
    every = 8
    small.write_small_study(
        home / "study",
        patients=planted(
            small.PATIENTS, name=[NAME] * every, remark=[f"{NOTE}, {WRITTEN[at % 4]}" for at in range(every)],
            site=[WARD] * every, smoking=[UNKNOWN["smoking"]] * every,
            histology=["adenocarcinoma"] * 7 + [UNKNOWN["histology"]], sex=["male"] * 7 + [UNKNOWN["sex"]],
        ),
        treatments=planted(small.TREATMENTS, stop_reason=[STOPPED] * 13, physician=[NAME] * 13),
        assessments=planted(small.ASSESSMENTS, report=[f"{NOTE} on {day}" for day in WRITTEN * 3]),
        study=small.STUDY.replace(
            "release: {level: internal}",
            "release: {level: internal, per_patient_figures: true, vector_survival_curves: true}",
        ),
    )  # fmt: skip
    return home


@pytest.mark.e2e
@pytest.mark.slow
def test_no_planted_word_leaves_the_private_side(home: Path) -> None:
    """At both levels, with every figure shared at the internal one; the second run makes only what depends on it."""
    study, run = home / "study" / "study.yaml", home / "run"
    for level in ("internal", "public"):
        study.write_text(
            study.read_text(encoding="utf-8").replace("level: internal", f"level: {level}"), encoding="utf-8"
        )
        made = snakemake(study, run)
        assert made.returncode == 0, made.stdout
        assert found(run / "results" / "shareable", [*PLANTED, *dates_of_patients()]) == []
        assert found(run / "logs", [*PLANTED, *dates_of_patients()]) == []
        assert found(run / ".snakemake" / "log", PLANTED) == []
        assert [word for word in PLANTED if word.lower() in made.stdout.lower()] == []
    assert found(run / "results" / "private", [IDENTIFIER])


def png(path: Path, text: str) -> None:
    said = PngImagePlugin.PngInfo()
    said.add_text("Description", text, zip=True)
    Image.new("L", (2, 2)).save(path, pnginfo=said)


def packed(path: Path, text: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:t>{text}</w:t>")


def pdf(path: Path, text: str) -> None:
    path.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nstream\n" + zlib.compress(f"({text}) Tj".encode()) + b"\nendstream\n")


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("report.html", lambda path, text: path.write_text(f"<p>{text}</p>", encoding="utf-8")),
        ("numbers.json", lambda path, text: path.write_text(ascii(text), encoding="ascii")),
        ("wide.csv", lambda path, text: path.write_text(text, encoding="utf-16")),
        ("figure.png", png),
        ("figure.tiff", lambda path, text: Image.new("L", (2, 2)).save(path, description=text)),
        ("manuscript.docx", packed),
        ("figure.pdf", pdf),
    ],
)  # fmt: skip
@pytest.mark.parametrize("word", [NAME, WRITTEN[0]])
def test_the_search_finds_a_word_in_each_kind_of_file(tmp_path: Path, name: str, write, word: str) -> None:
    write(tmp_path / name, f"of {word.upper()} and others")
    assert found(tmp_path, [word, "nobody"]) == [f"{name}: {word}"]


def test_the_search_looks_at_names_too(tmp_path: Path) -> None:
    (tmp_path / f"km_{NAME}.svg").write_text("<svg/>", encoding="utf-8")
    assert found(tmp_path, [NAME]) == [f"km_{NAME}.svg: {NAME}"]
