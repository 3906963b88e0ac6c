"""The drafted mapping and study file as YAML: each proposal with its evidence, each question in its answer's place."""

import re
from typing import Any, Final

from rechallenge.drafting.model import BlockDraft, Draft, Entry, FileDraft, Question

_PLAIN: Final = re.compile(r"[^\W\d_][\w ./()%+-]*", re.UNICODE)
_WORDS_OF_YAML: Final = frozenset({"null", "~", "decide", "because"})
_HEAD: Final = """\
# Drafted by `rechallenge draft-mapping`: read each line before you trust it. What is written without a question is
# proposed for the reason behind the #. Where {decide: ...} stands, write one of its choices, or a value of your own, in
# the place of the braces; ~ leaves the entry out. Until no question is left, the study does not run.
# docs/own_data.md goes through an example, docs/mapping.md explains every key.
"""


def scalar(value: str) -> str:
    """Return a text as YAML, in quotation marks where it needs them (also within [] and {})."""
    text = str(value)
    if _PLAIN.fullmatch(text) and text == text.strip() and text.lower() not in _WORDS_OF_YAML:
        return text
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{escaped}"'


def mapping_text(draft: Draft, name: str, title: str) -> str:
    """Return the mapping file."""
    lines = [_HEAD.rstrip("\n"), *(f"# Note: {_comment(note)}" for note in draft.notes)]
    lines += [f"name: {scalar(name)}", f"title: {scalar(title)}", "format: tables", ""]
    if draft.progression_dates_only:
        lines += [
            "declares:",
            "  # Dates of progression but no dates of scans: PFS without progression is censored at last contact.",
            "  progression_dates_only: true",
            "",
        ]
    lines += ["dates:", *(f"  # {_comment(text)}" for text in draft.date_evidence)]
    lines.append(f"  formats: {flow(draft.formats)}")
    if draft.excel_epoch is not None:
        lines.append(f"  excel_epoch: {flow(draft.excel_epoch)}")
    lines += ["", "files:", *(line for file in draft.files for line in _file(file)), "", "tables:"]
    for table in dict.fromkeys(block.table for block in draft.blocks):
        lines.append(f"  {table}:")
        for block in draft.blocks:
            if block.table == table:
                lines += _block(block)
    lines += _ignored(draft)
    return "\n".join(lines) + "\n"


def flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, Question):
        choices = ", ".join(_choice(choice) for choice in value.choices)
        return f"{{decide: [{choices}], because: {scalar(value.because)}}}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    return str(value) if isinstance(value, int) else scalar(value)


def _choice(choice: str) -> str:
    """A choice is one text, ~ stands for nothing; an entry in braces is quoted and written without quotes."""
    if choice == "~":
        return choice
    if choice.startswith("{"):
        return "'" + choice.replace("'", "''") + "'"
    return scalar(choice)


def _comment(text: str) -> str:
    return " ".join(text.split())


def _file(file: FileDraft) -> list[str]:
    source = file.source
    parts = [f"path: {scalar(source.path)}"]
    if source.sheet is not None:
        parts.append(f"sheet: {scalar(source.sheet)}")
    if source.skip_rows:
        parts.append(f"skip_rows: {source.skip_rows}")
    if source.header_rows > 1:
        parts.append(f"header_rows: {source.header_rows}")
    if source.delimiter != "auto":
        parts.append(f"delimiter: {scalar(source.delimiter)}")
    if file.encoding is not None:
        parts.append(f"encoding: {flow(file.encoding)}")
    return [f"  # {_comment(file.about)}", f"  {file.key}: {{{', '.join(parts)}}}"]


def _block(block: BlockDraft) -> list[str]:
    lines = [f"    # {_comment(block.about)}", f"    - file: {block.file}"]
    if block.keep is not None:
        lines.append(f"      keep: {flow_keep(block.keep)}")
    lines.append("      columns:")
    return [*lines, *(line for entry in block.entries for line in _entry(entry))]


def flow_keep(keep: dict[str, Any]) -> str:
    """Return the condition of a block; true is no text."""
    return "{" + ", ".join(f"{key}: {'true' if value == 'true' else flow(value)}" for key, value in keep.items()) + "}"


def _entry(entry: Entry) -> list[str]:
    evidence = f"  # {_comment(entry.evidence)}" if entry.evidence else ""
    if isinstance(entry.value, dict) and any(
        isinstance(inner, dict) and entry.questions for inner in entry.value.values()
    ):
        return [f"        {entry.column}:{evidence}", *_nested(entry.value)]
    if entry.questions:
        lines = [f"        #{evidence.removeprefix('  #')}"] if evidence else []
        return [*lines, f"        {entry.column}: {flow(entry.value)}"]
    return [f"        {entry.column}: {flow(entry.value)}{evidence}"]


def _nested(value: dict[str, Any]) -> list[str]:
    """Several questions of one column, each on a line of its own."""
    lines = []
    for key, inner in value.items():
        if isinstance(inner, dict) and key == "values":
            lines.append(f"          {key}:")
            lines += [f"            {scalar(word)}: {flow(meaning)}" for word, meaning in inner.items()]
        else:
            lines.append(f"          {key}: {flow(inner)}")
    return lines


def _ignored(draft: Draft) -> list[str]:
    lines: list[str] = []
    for file in draft.files:
        if not (file.ignore or file.asked or file.unused):
            continue
        lines += [f"  {file.key}:"] if file.ignore or file.asked else []
        lines += [f"    - {scalar(name)}  # {reason}" for name, reason in file.ignore]
        lines += [f"    - {flow(question)}" for question in file.asked]
        if file.unused:
            names = ", ".join(scalar(name) for name in file.unused)
            lines.append(f"    # {file.label}: used by nothing: {_comment(names)}")
    if any(not line.startswith("    #") for line in lines):
        return ["", "# Columns that are known and left out.", "ignore:", *lines]
    return ["", *(line.strip() for line in lines)] if lines else []


def study_text(draft: Draft, extract: str, mapping: str, title: str) -> str:
    """Return the study file: where extract and mapping lie, and the frame in time, which only its user knows."""
    seen = f"the dates of the extract lie in {draft.years[0]} to {draft.years[1]}" if draft.years else "write a day"
    day = f"a day such as {draft.years[1] if draft.years else 2022}-12-31"
    return f"""\
# Drafted by `rechallenge draft-mapping`. Write a value in the place of each {{decide: ...}}; config/README.md documents
# every setting, what is not set has its documented default.
extract:
  path: {scalar(extract)}
  source: {scalar(mapping)}

study:
  title: {scalar(title)}
  # The day on which the data were frozen: later events are not counted.
  cutoff: {{decide: {scalar(day)}, because: {scalar(f"only you know when the data were frozen; {seen}")}}}
  # First ICI and rechallenge must start inside, both ends included.
  window:
    start: {{decide: {scalar(_first_day(draft))}, because: the first day on which a first ICI may start}}
    end: {{decide: {scalar(day)}, because: the last day on which a rechallenge may start}}

definitions:
  resistance: {{preset: index_inclusive}}

# internal: the shareable folder is for the study's own team, with counts as they are. public, before results leave the
# institution: small counts, and what would give them away, are withheld (docs/disclosure.md).
release:
  level: internal
"""


def _first_day(draft: Draft) -> str:
    return f"a day such as {draft.years[0] if draft.years else 2016}-01-01"
