"""The provenance of a study as a Workflow Run RO-Crate: who made what from what, for any tool that reads RO-Crates.

Profiles: Process, Workflow and Provenance Run Crate 0.5 and Workflow RO-Crate 1.0, on RO-Crate 1.1. Files that may be
shared are data entities; private ones and the extract are named by what they are and by hash. It has no clock: times of
the run are left out (the profiles only recommend them), and the date that every crate must have is the cut-off.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from rocrate.model.contextentity import ContextEntity
from rocrate.model.file import File
from rocrate.rocrate import ROCrate

from rechallenge.provenance import EXTRACT

FILE_NAME: Final = "ro-crate-metadata.json"
# Where the copy of the workflow lies in the crate.
WORKFLOW: Final = "workflow/Snakefile"
PROFILES: Final = (
    ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/provenance/0.5", "Provenance Run Crate", "0.5"),
    ("https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate", "1.0"),
)
RIGHTS: Final = "All rights with those who made the study; this file grants none."
_SHAREABLE: Final = "shareable/"
_SHA256: Final = "https://w3id.org/ro/terms/workflow-run#sha256"
_FORMATS: Final = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tex": "application/x-tex",
    ".tiff": "image/tiff",
}
_COMPLETED: Final = "http://schema.org/CompletedActionStatus"


@dataclass(frozen=True)
class StepFiles:
    """What a step read and made: names as in provenance.json, EXTRACT for the extract; folders end in "/"."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def crate(
    record: Mapping[str, Any],
    steps: Mapping[str, StepFiles],
    copies: Mapping[str, str],
    *,
    title: str,
    description: str,
    cutoff: str,
) -> dict[str, Any]:
    """Return the content of ro-crate-metadata.json.

    `record` is that of provenance.json; `steps` what each rule read and made, in the order of the run; `copies` the
    files that the provenance step itself adds to the crate, by their path in it, with their hashes: the workflow
    (WORKFLOW among them) and provenance.json. No path, name of a file of the extract, or value of it is in the result.
    """
    made = _Crate(record, copies)
    made.describe(title, description, cutoff)
    made.run(steps)
    content: dict[str, Any] = made.crate.metadata.generate()
    return content


class _Crate:
    """The entities of a crate by the names that provenance.json gives to files."""

    def __init__(self, record: Mapping[str, Any], copies: Mapping[str, str]) -> None:
        self.record = record
        self.crate = ROCrate(version="1.1")
        self.crate.metadata.extra_terms["sha256"] = _SHA256
        self.entities: dict[str, Any] = {}
        # Its types are given here: the profile of steps wants HowTo, which `add_workflow` does not set.
        types = ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"]
        self.workflow = self.crate.add_workflow(
            dest_path=WORKFLOW, properties={"@type": types}, main=True, lang="snakemake",
            lang_version=record["versions"]["snakemake"], gen_cwl=False,
        )  # fmt: skip
        hashes = {**{name.removeprefix(_SHAREABLE): value for name, value in self._shared().items()}, **copies}
        for path in sorted(hashes):
            entity = self.workflow if path == WORKFLOW else self.crate.add(File(self.crate, None, path))
            entity["sha256"] = hashes[path]
            entity["name"] = PurePosixPath(path).name
            form = _FORMATS.get(PurePosixPath(path).suffix, "text/plain")
            entity["encodingFormat"] = form
            self.entities[_SHAREABLE + path] = entity

    def _shared(self) -> dict[str, str]:
        return {name: value for name, value in self.record["outputs"].items() if name.startswith(_SHAREABLE)}

    def add(self, identifier: str, kind: str, **properties: Any) -> ContextEntity:
        """Add an entity that is no file of the crate; None is no property."""
        known = {"@type": kind, **{name: value for name, value in properties.items() if value is not None}}
        entity: ContextEntity = self.crate.add(ContextEntity(self.crate, identifier, properties=known))
        return entity

    def describe(self, title: str, description: str, cutoff: str) -> None:
        """Say what the study is, what it was made with, and from which extract."""
        root, record = self.crate.root_dataset, self.record
        self.crate.name, self.crate.description = title, description
        root["datePublished"] = cutoff
        root["license"] = RIGHTS
        root["conformsTo"] = [
            self.add(address, "CreativeWork", name=name, version=version) for address, name, version in PROFILES
        ]
        self.workflow["conformsTo"] = self.add(
            "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE", "CreativeWork",
            name="Bioschemas ComputationalWorkflow", version="1.0",
        )  # fmt: skip
        self.workflow["version"] = record["versions"]["rechallenge"]
        self.workflow["softwareRequirements"] = [
            self.add(f"#software/{name}", "SoftwareApplication", name=name, softwareVersion=version)
            for name, version in sorted(record["versions"].items())
        ]
        self.settings = self.add(
            "#settings", "PropertyValue", name="settings of the study (SHA-256)", value=record["settings"]["sha256"]
        )
        self.seeds = [
            self.add(f"#seed/{name}", "PropertyValue", name=f"seed: {name}", value=str(seed))
            for name, seed in sorted(record["seeds"].items())
        ]
        parts = [
            self.add(
                f"#extract/{place}", "CreativeWork",
                name=f"file {place} of the extract", sha256=file["sha256"],
                size=f"{file['rows']} rows" if "rows" in file else None,
            )
            for place, file in enumerate(record["extract"]["files"], start=1)
        ]  # fmt: skip
        self.extract = self.add(
            "#extract", "Collection", name="extract of the registry", sha256=record["extract"]["sha256"],
            hasPart=_single(parts),
        )  # fmt: skip
        self.entities[EXTRACT] = self.extract
        for name, value in sorted(record["inputs"].items()):
            self.entities[name] = self.add(f"#input/{name}", "CreativeWork", name=name, sha256=value)

    def run(self, steps: Mapping[str, StepFiles]) -> None:
        """Add the run of the workflow and of each of its steps."""
        tools: list[Any] = []
        how: list[Any] = []
        controls: list[Any] = []
        actions: list[Any] = []
        for position, (name, files) in enumerate(steps.items(), start=1):
            tool = self.add(
                f"#script/{name}", "SoftwareApplication", name=f"scripts/{name}.py",
                softwareVersion=self.record["code"][name],
                description="Version: the fingerprint of the script and of the library's modules that it imports.",
            )  # fmt: skip
            step = self.add(f"#step/{name}", "HowToStep", name=name, position=str(position), workExample=tool)
            action = self.add(
                f"#run/{name}", "CreateAction", name=f"Run of the step {name}", instrument=tool,
                description=f"Snakemake ran scripts/{name}.py.", actionStatus=_COMPLETED,
                object=self._files(files.inputs), result=self._files(files.outputs),
            )  # fmt: skip
            control = self.add(
                f"#control/{name}", "ControlAction",
                name=f"Snakemake's call of the step {name}", instrument=step, object=action, actionStatus=_COMPLETED,
            )  # fmt: skip
            for kind, entity in ((tools, tool), (how, step), (actions, action), (controls, control)):
                kind.append(entity)
        inputs = [self.extract, self.settings, *self.seeds, *(self.entities[name] for name in self.record["inputs"])]
        results = [entity for name, entity in self.entities.items() if name in self._shared()]
        whole = self.add(
            "#run", "CreateAction", name="Run of the workflow", instrument=self.workflow,
            description="From the extract and the settings of the study to everything that may be shared.",
            actionStatus=_COMPLETED, object=inputs, result=results,
        )  # fmt: skip
        engine = self.add(
            "#engine", "SoftwareApplication", name="Snakemake", softwareVersion=self.record["versions"]["snakemake"]
        )
        organised = self.add(
            "#organised", "OrganizeAction", name="Snakemake's run of the workflow",
            instrument=engine, object=controls, result=whole, actionStatus=_COMPLETED,
        )  # fmt: skip
        self.workflow["hasPart"] = tools
        self.workflow["step"] = how
        self.workflow["input"] = [
            self._parameter("extract", "Collection", self.extract),
            self._parameter("settings", "PropertyValue", self.settings),
            *(self._parameter(f"seed_{place}", "PropertyValue", seed) for place, seed in enumerate(self.seeds, 1)),
        ]
        self.workflow["output"] = [
            self._parameter(name.removeprefix(_SHAREABLE), "File", self.entities[name]) for name in self._shared()
        ]
        self.crate.root_dataset["mentions"] = [whole, organised, *actions, self.extract]

    def _parameter(self, name: str, kind: str, example: Any) -> ContextEntity:
        """A named input or output of the workflow, and what it was in this run."""
        parameter = self.add(
            f"#parameter/{name}", "FormalParameter", name=name, additionalType=kind, workExample=example
        )
        example["exampleOfWork"] = parameter
        return parameter

    def _files(self, names: Iterable[str]) -> Any:
        """One entity or several for files; those that are not in the crate get one when they are first named."""
        found: dict[str, Any] = {}
        for name in names:
            inside = [own for own in self.record["outputs"] if own.startswith(name)] if name.endswith("/") else []
            for own in inside or [name]:
                if own not in self.entities:
                    value = self.record["outputs"].get(own)
                    self.entities[own] = self.add(f"#{own}", "CreativeWork", name=own, sha256=value)
                found.setdefault(own, self.entities[own])
        return _single(list(found.values()))


def _single(entities: list[Any]) -> Any:
    """RO-Crate writes one value as itself, several as a list."""
    return entities[0] if len(entities) == 1 else entities
