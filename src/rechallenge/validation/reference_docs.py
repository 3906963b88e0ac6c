"""The data dictionary and the list of rules, as Markdown written from the objects that do the checking."""

from collections.abc import Iterable
from typing import Any

from rechallenge.findings import Rule
from rechallenge.sources.rules import INGEST_RULES
from rechallenge.tables import TABLES
from rechallenge.validation.catalogue import OWN_RULES, SUBJECTS
from rechallenge.validation.schemas import EXEMPTIONS, schema

_WRITTEN = "<!-- Written by scripts/write_reference_docs.py; a test holds it to the code. Do not edit. -->"
_KINDS = {
    "text": "text",
    "term": "term",
    "date": "date",
    "number": "number",
    "count": "count",
    "companion": "text",
    "source": "source",
    "added by ingest": "text",
}


def data_dictionary() -> str:
    """Return docs/data_dictionary.md: every column of every canonical table, from the pandera schemas."""
    parts = [
        "# Data dictionary",
        _WRITTEN,
        "What `ingest` makes of any source, and what every later step reads. Identifiers are text. A **date** column "
        "`x` has two companions: `x_precision` (day, month, year) and `x_raw`, the cell as the source wrote it. A "
        "**count** column `x` has `x_qualifier` (exact, at_least, at_most, range: the value is then the lower end) and "
        "`x_raw`. In bold: required, that is, filled in every row. A missing value is an empty cell, never a word.",
    ]
    for table in TABLES.values():
        optional = " This table is optional." if table.optional else ""
        parts += [f"## {table.name}", f"{table.meaning}.{optional} A row is identified by {_listed(table.key)}."]
        parts.append(_table(["Column", "Kind", "Meaning", "Terms, range, unit"], _columns(table.name)))
    exempt = [f"- `{table}.{column}` may be empty {when}." for (table, column), when in EXEMPTIONS.items()]
    parts += ["## Required columns that may be empty", "\n".join(exempt)]
    return "\n\n".join(parts) + "\n"


def _columns(table: str) -> Iterable[list[str]]:
    for name, column in schema(table).columns.items():
        about: dict[str, Any] = column.metadata or {}
        if about["kind"] == "companion":
            continue
        shown = f"**`{name}`**" if about.get("required") else f"`{name}`"
        yield [shown, _KINDS[about["kind"]], str(column.description), _allowed(about)]


def _allowed(about: dict[str, Any]) -> str:
    parts = [_listed(about.get("terms") or ())]
    low, high = about.get("low"), about.get("high")
    if low is not None and high is not None:
        parts.append(f"{low:g} to {high:g}")
    parts.append(about.get("unit") or "")
    return " ".join(part for part in parts if part)


def validation_rules() -> str:
    """Return docs/validation_rules.md: every rule with severity, meaning and what to do."""
    number = sum(len(checks) for checks in SUBJECTS.values()) + len(OWN_RULES) + len(INGEST_RULES)
    parts = [
        "# Validation rules",
        _WRITTEN,
        f"The {number} rules that look at an extract. An **error** means that the study could be wrong: the `gate` "
        "stops until it is corrected, waived or set aside. A **warning** is worth a query to the source. A **note** "
        "says how something was taken. Every rule runs over the whole extract in one pass.",
        "**Dates.** A date known to the month or year only breaks a rule about order where no day of that month or "
        "year would satisfy it.",
        "**Waivers** (`validation.waivers`, a CSV with the columns `rule, patient_id, table, source_file, source_row, "
        "reason, who, when`) excuse reviewed exceptions of any severity. A waiver names a patient or a source row; its "
        "other empty cells match anything. Each waived violation is counted in the report, and a waiver that matches "
        "nothing is an error. Rules marked † cannot be waived, because the later steps need them to hold.",
        "**Setting aside** (`validation.set_aside`, a list of rule ids) removes the rows of a rule from the study and "
        "counts them; when a row of `patients` is removed, so are all rows of that patient. Rules marked ‡ point at no "
        "row of the extract that could be set aside.",
    ]
    for subject, checks in SUBJECTS.items():
        lines = [
            _rule(check.rule, ("" if check.waivable else " †") + ("" if check.movable else " ‡")) for check in checks
        ]
        parts += [f"## {subject}", _table(["Rule", "Severity", "What is wrong", "What to do"], lines)]
    own = [_rule(rule, " ‡" if rule.id == "duplicate_identical" else " † ‡") for rule in OWN_RULES]
    parts += ["## Merged copies and waivers", _table(["Rule", "Severity", "What is wrong", "What to do"], own)]
    read = [_rule(rule, "") for rule in INGEST_RULES]
    parts += ["## Reading the extract", _table(["Rule", "Severity", "What is wrong", "What to do"], read)]
    return "\n\n".join(parts) + "\n"


def _rule(rule: Rule, marks: str) -> list[str]:
    return [f"`{rule.id}`{marks}", rule.severity, rule.meaning, rule.action]


def _table(header: list[str], rows: Iterable[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
