"""Bring the catalogues of translations up to date with the messages in the code and the templates.

    python scripts/update_catalogues.py           # add new messages (untranslated), remove those that are gone
    python scripts/update_catalogues.py --check   # change nothing; say what is missing, and exit 1

A message belongs to the catalogue of the part of the product that holds it (AREAS); the file of an area names its
messages in sorted order and no lines of code, so that it changes only when words do.
"""

import argparse
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parents[1]
LIBRARY: Final = ROOT / "src" / "rechallenge"
KEYWORDS: Final = {"tr": None, "N_": None, "tr_n": (1, 2)}
# Which files make which catalogue: the first pattern that a file matches.
AREAS: Final = {
    "refresh": ("src/rechallenge/refresh/*.py", "workflow/templates/compare*.html.j2"),
    "federation": ("src/rechallenge/federation/*.py", "workflow/templates/federation.html.j2"),
    "page": ("workflow/templates/*.html.j2",),
    "figures": ("src/rechallenge/figures/*.py",),
    "definitions": ("src/rechallenge/report/definitions/*.py", "src/rechallenge/report/definitions_words.py"),
    "tables": ("src/rechallenge/report/*tables*.py", "src/rechallenge/report/table_one.py"),
    "report": ("src/rechallenge/report/*.py",),
    "words": ("src/rechallenge/**/*.py",),
}


def messages_of(path: Path) -> Iterator[str]:
    """Return the messages of a file: arguments of `tr`, `tr_n` and `N_`."""
    method = "jinja2.ext:babel_extract" if path.suffix == ".j2" else "python"
    with path.open("rb") as file:
        for _, message, _, _ in extract(method, file, keywords=KEYWORDS):
            yield from (message,) if isinstance(message, str) else message


def areas() -> dict[str, list[str]]:
    """Return the messages of each area in sorted order; one that several areas have belongs to the first."""
    seen: set[Path] = set()
    placed: set[str] = set()
    found: dict[str, list[str]] = {}
    for area, patterns in AREAS.items():
        files = sorted({path for pattern in patterns for path in ROOT.glob(pattern)} - seen)
        seen.update(files)
        own = {message for path in files for message in messages_of(path) if message} - placed
        placed |= own
        found[area] = sorted(own)
    return found


def updated(area: str, messages: list[str], language: str, known: dict[str, str]) -> bytes:
    """Return the text of a catalogue with these messages and the translations that are known."""
    catalogue = Catalog(language, domain=area, project="rechallenge", charset="utf-8", fuzzy=False)
    catalogue.header_comment = f"# Translations of rechallenge: {area}"
    for message in messages:
        catalogue.add(message, known.get(message, ""))
    text = BytesIO()
    write_po(text, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)
    head = f'# Translations of rechallenge: {area}\nmsgid ""\nmsgstr ""\n"Language: {language}\\n"\n'
    head += (
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    return head.encode() + text.getvalue()


def translations(folder: Path) -> dict[str, str]:
    """Return every translation of a language, whatever file holds it, so that a message may move between areas."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            found |= {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id and entry.string}
    return found


def main() -> int:
    """Write the catalogues, or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if something is missing")
    options = parser.parse_args()
    wrong = 0
    for folder in sorted(path for path in (LIBRARY / "locale").iterdir() if path.is_dir()):
        known = translations(folder)
        for area, messages in areas().items():
            path = folder / f"{area}.po"
            text = updated(area, messages, folder.name, known)
            missing = [message for message in messages if message not in known]
            print(f"{folder.name}/{path.name}: {len(messages)} messages, {len(missing)} without translation")
            stale = not path.exists() or path.read_bytes() != text
            wrong += bool(missing) or stale
            if not options.check:
                path.write_bytes(text)
    return 1 if options.check and wrong else 0


if __name__ == "__main__":
    sys.exit(main())
