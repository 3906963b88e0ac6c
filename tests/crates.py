"""Validation of RO-Crates by the profiles that rocrate-validator brings, without a network."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

# In what RO-Crate 1.1 differs from the context of 1.3 that the package rocrate brings, for the terms used here.
TERMS_OF_1_1 = {
    "ComputationalWorkflow": "https://bioschemas.org/ComputationalWorkflow",
    "FormalParameter": "https://bioschemas.org/FormalParameter",
    "input": "https://bioschemas.org/ComputationalWorkflow#input",
    "output": "https://bioschemas.org/ComputationalWorkflow#output",
}
CONTEXT = "https://w3id.org/ro/crate/1.1/context"


class Response:
    """What the validator asks of an answer from the web."""

    def __init__(self, status_code: int, content: Any) -> None:
        self.headers = {"Content-Type": "application/ld+json"}
        self.status_code, self.content, self.ok = status_code, content, status_code == 200

    @property
    def text(self) -> str:
        return json.dumps(self.content)

    def json(self) -> Any:
        return self.content


def _answer(_: object, address: str, **__: object) -> Response:
    if address != CONTEXT:
        return Response(504, None)
    bundled = json.loads((files("rocrate") / "data" / "ro-crate.jsonld").read_text(encoding="utf-8"))
    return Response(200, {"@context": bundled["@context"] | TERMS_OF_1_1})


def issues(folder: Path, profile: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what the crate of a folder lacks of the requirements (MUST) of a profile and of those it builds on."""
    from rocrate_validator.models import Severity, ValidationSettings
    from rocrate_validator.services import validate
    from rocrate_validator.utils.http import HttpRequester

    monkeypatch.setattr(HttpRequester, "get", _answer, raising=False)
    settings = ValidationSettings(
        rocrate_uri=str(folder), profile_identifier=profile, requirement_severity=Severity.REQUIRED,
        skip_availability_check=True, no_cache=True,
    )  # fmt: skip
    result = validate(settings)
    assert len(list(result.executed_checks)) > 20, "the profile was not looked at"
    return sorted(f"{issue.check.identifier}: {issue.message}" for issue in result.get_issues())
