"""Which library modules a script uses, and a fingerprint of their code.

Snakemake reruns a job when its script changes, not when a module that the script imports does. So each rule
carries, as a param, the fingerprint of every module of this library that its script imports, directly or
through others: editing a definition reruns the steps that use it, and what descends from them.

Only import statements are followed (also those inside functions); nothing is executed. A module that is
imported by a computed name would be missed, so the library does not do that.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = "rechallenge"
LIBRARY = Path(__file__).resolve().parent


def code_fingerprint(*scripts: Path) -> str:
    """Return a digest of the code that the scripts run: their own, and names and contents of the modules."""
    digest = hashlib.sha256()
    for script in scripts:
        digest.update(f"{script.name}\0{_content(script)}\0".encode())
    for module, path in modules_of(*scripts).items():
        digest.update(f"{module}\0{_content(path)}\0".encode())
    return digest.hexdigest()[:16]


def modules_of(*scripts: Path) -> dict[str, Path]:
    """Return the library's modules that the scripts import, directly or not, by name in sorted order.

    Packages on the way count too: importing `a.b.c` runs `a/__init__.py` and `a/b/__init__.py`.
    """
    found: dict[str, Path] = {}
    waiting = [name for script in scripts for name in _imports(script, "")]
    while waiting:
        name = waiting.pop()
        path = _file_of(name)
        if path is None or name in found:
            continue
        found[name] = path
        waiting += [name.rpartition(".")[0], *_imports(path, name)]
    return dict(sorted(found.items()))


@cache
def _file_of(module: str) -> Path | None:
    """Return the file of a module of this library; None for other packages and for names inside a module."""
    parts = module.split(".")
    if parts[0] != PACKAGE:
        return None
    place = LIBRARY.joinpath(*parts[1:])
    for path in (place / "__init__.py", place.with_suffix(".py")):
        if path.is_file():
            return path
    return None


@cache
def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _imports(path: Path, module: str) -> tuple[str, ...]:
    """Return the absolute names that a file imports; a name may turn out to be a function, not a module."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    names: list[str] = []
    for node in _import_statements(ast.parse(path.read_bytes(), filename=str(path))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
            continue
        base = node.module or ""
        if node.level:
            parents = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*parents, *([base] if base else [])])
        names += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return tuple(name for name in names if name.split(".")[0] == PACKAGE)


def _import_statements(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the import statements of a tree, those under `if TYPE_CHECKING` left out: they never run."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting += node.orelse
        elif isinstance(node, ast.stmt | ast.excepthandler | ast.Module | ast.match_case):
            # Statements alone can hold an import; expressions need not be walked.
            waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr)]
