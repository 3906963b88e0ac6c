"""What else than the patients is different: settings, files of the study, code, libraries. From two provenance.json."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

DATA, CUTOFF, SETTINGS, CODE, LIBRARIES, WORDS = "data", "cut_off", "settings", "code", "libraries", "words"
CAUSES: Final = (DATA, CUTOFF, SETTINGS, CODE, LIBRARIES, WORDS)
# Those that may move an estimate though no row of the extract says anything else.
OF_THE_STUDY: Final = (SETTINGS, CODE, LIBRARIES)
# Steps that make estimates; the others print or draw them.
ESTIMATING: Final = (
    "ingest", "validate", "episodes", "eligibility", "classify", "endpoints", "specify", "sensitivity", "estimate",
)  # fmt: skip
_CUTOFF: Final = ("study.cutoff", "study.window.start", "study.window.end")
_WORDS: Final = ("study.title", "study.description", "report", "figures", "release")
_DATA: Final = ("extract.path", "extract.sha256")
# Named by the study: what is beneath is no setting that every record has.
_NAMED: Final = ("analyses",)
# Named by the setting, but what counts is the file's content, which stands among the inputs.
_FILES: Final = ("validation.waivers",)


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was: its cause (CAUSES), what it is, and what it was and is (hashes shortened)."""

    cause: str
    name: str
    before: str
    now: str


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Return everything that two provenance records say differently, in the order of CAUSES."""
    found = [
        *_extract(before["extract"], now["extract"]),
        *_settings(before["settings"]["values"], now["settings"]["values"]),
        *_inputs(before["inputs"], now["inputs"]),
        *_code(before["code"], now["code"]),
        *_pairs(LIBRARIES, before["versions"], now["versions"]),
        *_pairs(LIBRARIES, before["lock"], now["lock"], _short),
    ]
    return sorted(found, key=lambda item: (CAUSES.index(item.cause), item.name))


def causes_of(found: list[Difference]) -> frozenset[str]:
    """Return the causes that are present."""
    return frozenset(item.cause for item in found)


def _extract(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    files = [{file["name"]: file["sha256"] for file in side["files"]} for side in (before, now)]
    yield from _pairs(DATA, files[0], files[1], _short)


def _settings(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    first, second = dict(_flat(before)), dict(_flat(now))
    for name in sorted(first.keys() | second.keys()):
        if first.get(name) == second.get(name) or _under(name, (*_DATA, *_FILES)):
            continue
        unknown = _unknown(name, first) or _unknown(name, second)
        cause = CUTOFF if _under(name, _CUTOFF) else WORDS if _under(name, _WORDS) else CODE if unknown else SETTINGS
        yield Difference(cause, name, _said(first.get(name)), _said(second.get(name)))


def _unknown(name: str, values: Mapping[str, Any]) -> bool:
    """Whether the software of a side does not have a setting: every setting that it has is recorded, defaults too.

    Beneath names that the study gives itself, and beneath a section that is switched off, a setting may be missing.
    """
    parts = name.split(".")
    above = (".".join(parts[:place]) for place in range(1, len(parts) + 1))
    return not _under(name, _NAMED) and not any(each in values for each in above)


def _under(name: str, sections: tuple[str, ...]) -> bool:
    return any(name == section or name.startswith(f"{section}.") for section in sections)


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _said(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _inputs(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    """Files of the study: templates and published figures change words, all others (mapping, vocabularies) results.

    The waivers are reviewed anew with every extract, row by row: they belong to the data.
    """
    for item in _pairs(SETTINGS, before, now, _short):
        if item.name.startswith("workflow/templates/") or item.name.endswith(".j2"):
            yield Difference(WORDS, item.name, item.before, item.now)
        elif item.name.endswith(".csv"):
            yield Difference(DATA, item.name, item.before, item.now)
        else:
            yield item


def _code(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    for item in _pairs(CODE, before, now, _short):
        yield item if item.name in ESTIMATING else Difference(WORDS, item.name, item.before, item.now)


def _short(digest: str) -> str:
    return digest[:12]


def _pairs(cause: str, before: Mapping[str, Any], now: Mapping[str, Any], shown: Any = str) -> Iterator[Difference]:
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            first, second = (shown(side[name]) if name in side else "" for side in (before, now))
            yield Difference(cause, name, first, second)
