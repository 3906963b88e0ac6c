"""pyproject.toml, requirements.lock and environment.yml agree, and what is installed is what they say."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture
def pins(checkout, script):
    return script("write_environment").read_lock((checkout / "requirements.lock").read_text(encoding="utf-8"))


@pytest.fixture
def project(checkout):
    return tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_environment_yml_is_what_the_script_writes(checkout, script, pins):
    written = (checkout / "environment.yml").read_text(encoding="utf-8")
    assert written == script("write_environment").environment(pins), "run `make lock`"


def test_environment_yml_holds_python_pip_and_every_pin_then_the_checkout(checkout, pins):
    content = yaml.safe_load((checkout / "environment.yml").read_text(encoding="utf-8"))
    python, pip, listed = content["dependencies"]
    assert (python, pip) == ("python=3.11", "pip")
    assert listed["pip"] == [*(pin.requirement for pin in pins), "-e ."]


def test_lock_fulfils_every_requirement_of_the_project(project, pins):
    locked = {canonicalize_name(pin.name): pin.version for pin in pins}
    for text in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        requirement = Requirement(text)
        found = locked.get(canonicalize_name(requirement.name))
        assert found is not None, f"{requirement.name} is not in requirements.lock; run `make lock`"
        assert requirement.specifier.contains(found), f"{requirement}: the lock has {found}; run `make lock`"


def test_lock_has_one_version_of_each_package_for_all_pythons(pins):
    repeated = [name for name, count in Counter(canonicalize_name(pin.name) for pin in pins).items() if count > 1]
    assert not repeated
    assert not [pin for pin in pins if "python_version" in pin.marker or "python_full_version" in pin.marker]


def test_lock_has_hashes_and_no_address(checkout, pins):
    text = (checkout / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(pins)
    assert all("--hash=sha256:" in block for block in blocks)
    for name in ("requirements.lock", "environment.yml", "pyproject.toml"):
        assert "://" not in (checkout / name).read_text(encoding="utf-8")


def test_installed_versions_are_the_locked_ones(pins):
    for pin in pins:
        if pin.marker and not Marker(pin.marker).evaluate():
            continue
        try:
            assert version(pin.name) == pin.version
        except PackageNotFoundError:
            pytest.fail(f"{pin.name} of requirements.lock is not installed; run `make setup`")


def test_citation_and_project_name_the_same_version(checkout, project):
    citation = yaml.safe_load((checkout / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == project["version"] == version("rechallenge")


IMPORTS = """
import sys
from importlib import import_module
for name in sys.argv[1:]:
    import_module(name)
"""


@pytest.fixture
def copy(checkout, tmp_path):
    """What an environment is made from: the project, and the pip list of environment.yml as pip.txt."""
    copy = tmp_path / "checkout"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "environment.yml"):
        shutil.copy(checkout / name, copy)
    shutil.copytree(checkout / "src", copy / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    content = yaml.safe_load((copy / "environment.yml").read_text(encoding="utf-8"))
    (copy / "pip.txt").write_text("\n".join(content["dependencies"][-1]["pip"]) + "\n", encoding="utf-8")
    return copy


@pytest.mark.slow
def test_the_environment_of_the_tests_is_the_list_of_environment_yml(copy, tmp_path, pins):
    """`make setup` installed the same pins from the lock: pip finds nothing of the list to add but the checkout."""
    options = ["--dry-run", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "-r", "pip.txt"]
    asked = subprocess.run([sys.executable, "-m", "pip", "install", *options], cwd=copy, capture_output=True, text=True)
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.splitlines()[-1] == f"Would install rechallenge-{version('rechallenge')}"
    _is_whole(Path(sys.executable), copy, tmp_path, pins)


@pytest.mark.slow
@pytest.mark.skipif(
    "RECHALLENGE_INSTALL" not in os.environ, reason="every package is fetched anew by `make test-install` only"
)
def test_environment_list_installs_into_a_plain_environment(copy, tmp_path, pins):
    """Conda itself is not tried: its pip list goes into a venv, every package imports, snakemake answers."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "-r", "pip.txt"]
    subprocess.run(install, cwd=copy, check=True)
    _is_whole(python, copy, tmp_path, pins)


def _is_whole(python, copy, elsewhere, pins):
    """Packages agree with one another, each of them and of our modules imports, snakemake answers."""
    check = subprocess.run([python, "-m", "pip", "check"], capture_output=True, text=True)
    assert check.returncode == 0, check.stdout
    library = [
        ".".join(path.relative_to(copy / "src").with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((copy / "src" / "rechallenge").rglob("*.py"))
    ]
    packages = [name for pin in pins if not pin.marker for name in _import_names(pin.name)]
    subprocess.run([python, "-c", IMPORTS, *packages, *library], check=True, cwd=elsewhere)
    answer = subprocess.run([python, "-m", "snakemake", "--version"], check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == version("snakemake")


# Parts of packages that need an extra which nothing here uses.
NOT_IMPORTED = {"blackd"}


def _import_names(package: str) -> list[str]:
    """Return the importable top-level packages of an installed distribution (stubs have none)."""
    roots = {
        Path(str(file)).parts[0] for file in distribution(package).files or () if Path(str(file)).name == "__init__.py"
    }
    return sorted(name for name in roots - NOT_IMPORTED if name.isidentifier())
