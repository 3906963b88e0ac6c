"""Every input and output -> what the results were made from: as a plain record, and as a Workflow Run RO-Crate."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rechallenge.crate import FILE_NAME, StepFiles, crate
from rechallenge.provenance import EXTRACT, digests, file_digest, name_under, record
from rechallenge.provenance import shareable as shareable_record
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def write(content: Mapping[str, Any], path: Path) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")


with step(snakemake) as log:
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    target, checkout = Path(output.record), Path(files.lock).parent
    shareable, results = target.parent, target.parents[1]
    given = [files.mapping, *files.vocabularies, *files.waivers, *files.published, *files.templates]
    text = record(
        settings=params.settings,
        source=json.loads(Path(files.source).read_text(encoding="utf-8")),
        code=params.code,
        inputs=digests(given, checkout),
        lock=files.lock,
        outputs=digests(files.results, results),
    )
    write(text, Path(output.whole))
    text = shareable_record(text)
    write(text, target)
    # The crate holds what it says the results were made with.
    copies = Path(output.workflow)
    shutil.rmtree(copies, ignore_errors=True)
    for path in (*files.workflow, files.lock):
        copy = copies / name_under(path, checkout / "workflow", checkout)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)

    def named(paths: list[str]) -> tuple[str, ...]:
        names = (name if name == EXTRACT else name_under(name, results, checkout) for name in paths)
        return tuple(f"{name}/" if (results / name).is_dir() else name for name in names)

    steps = {name: StepFiles(named(own["inputs"]), named(own["outputs"])) for name, own in params.steps.items()}
    own_files = {**digests([copies], shareable), target.name: file_digest(target)}
    steps["provenance"] = StepFiles(tuple(text["outputs"]), tuple(f"shareable/{name}" for name in sorted(own_files)))
    about = params.settings["study"]
    content = crate(
        text, steps, own_files, title=about["title"], description=about["description"], cutoff=about["cutoff"]
    )
    write(content, shareable / FILE_NAME)
    log.say(f"{len(text['outputs'])} outputs and {len(text['inputs'])} inputs recorded")
