"""A script's fingerprint follows its imports and nothing else."""

import ast

import pytest

from rechallenge import fingerprint as f
from rechallenge.study import RULES


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A small library: `curves` uses `times`, which uses `units`; `drugs` stands alone."""
    files = {
        "__init__.py": "",
        "curves.py": "from rechallenge.times import median\n",
        "times.py": "def median():\n    from rechallenge import units\n    return units\n",
        "units.py": "DAYS = 30.4375\n",
        "drugs.py": "import json\n",
        "sources/__init__.py": "",
        "sources/dates.py": "from .words import WORDS\nfrom ..units import DAYS\n",
        "sources/words.py": "WORDS = 1\n",
        "types_only.py": (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from rechallenge.drugs import x\n"
            "else:\n    import rechallenge.units\n"
        ),
        "guarded.py": "try:\n    import rechallenge.drugs\nexcept ImportError:\n    import rechallenge.units\n",
    }
    for name, text in files.items():
        path = tmp_path / "rechallenge" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(f, "LIBRARY", tmp_path / "rechallenge")
    clear()
    yield tmp_path
    clear()


def clear() -> None:
    for cached in (f._file_of, f._content, f._imports):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("import rechallenge.drugs", ["rechallenge", "rechallenge.drugs"]),
        ("from rechallenge import drugs", ["rechallenge", "rechallenge.drugs"]),
        (
            "from rechallenge.curves import median",
            ["rechallenge", "rechallenge.curves", "rechallenge.times", "rechallenge.units"],
        ),
        (
            "import rechallenge.sources.dates as d",
            [
                "rechallenge",
                "rechallenge.sources",
                "rechallenge.sources.dates",
                "rechallenge.sources.words",
                "rechallenge.units",
            ],
        ),
        ("from rechallenge.types_only import x", ["rechallenge", "rechallenge.types_only", "rechallenge.units"]),
        (
            "with open('x'):\n    import rechallenge.guarded",
            ["rechallenge", "rechallenge.drugs", "rechallenge.guarded", "rechallenge.units"],
        ),
        ("import pandas\nfrom pathlib import Path", []),
    ],
)
def test_modules_of_follows_imports(library, text, modules):
    script = library / "script.py"
    script.write_text(text + "\n", encoding="utf-8")
    assert list(f.modules_of(script)) == modules


def test_fingerprint_changes_with_a_module_that_is_imported_through_another(library):
    script = library / "script.py"
    script.write_text("from rechallenge.curves import median\n", encoding="utf-8")
    before = f.code_fingerprint(script)
    (library / "rechallenge" / "drugs.py").write_text("import re\n", encoding="utf-8")
    clear()
    assert f.code_fingerprint(script) == before
    (library / "rechallenge" / "units.py").write_text("DAYS = 30.4\n", encoding="utf-8")
    clear()
    assert f.code_fingerprint(script) != before


def test_what_a_rule_is_fingerprinted_by(checkout):
    modules = {rule: set(f.modules_of(checkout / "scripts" / f"{rule}.py")) for rule in RULES}
    assert {"rechallenge.clinical.resistance", "rechallenge.settings.definitions"} <= modules["classify"]
    using = {rule for rule in RULES if "rechallenge.clinical.resistance" in modules[rule]}
    assert using == {"classify", "specify", "sensitivity", "estimate"}
    assert {rule for rule in RULES if "rechallenge.imputation" in modules[rule]} <= {"ingest"}
    assert "rechallenge.tables" not in modules["gate"], "gate must not load pandas"


def test_no_module_is_imported_by_a_computed_name(checkout):
    """Such an import would escape the fingerprint."""
    for path in sorted((checkout / "src" / "rechallenge").rglob("*.py")):
        names = {node.id for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Name)}
        names |= {node.attr for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Attribute)}
        assert not names & {"import_module", "__import__"}, path


@pytest.mark.parametrize("package", ["__init__.py", "settings/__init__.py"])
def test_packages_that_every_step_passes_through_import_nothing(checkout, package):
    tree = ast.parse((checkout / "src" / "rechallenge" / package).read_bytes())
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
