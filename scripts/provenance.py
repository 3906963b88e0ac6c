"""Every input and output -> what the results were made from."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from rechallenge.provenance import digests, record
from rechallenge.step import step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files, params = snakemake.input, snakemake.params
    target = Path(snakemake.output[0])
    given = [files.mapping, *files.vocabularies, *files.waivers, *files.published, *files.templates]
    text = record(
        settings=params.settings,
        source=json.loads(Path(files.source).read_text(encoding="utf-8")),
        code=params.code,
        inputs=digests(given, Path(files.lock).parent),
        lock=files.lock,
        outputs=digests([*files.private, files.figures, *files.shareable], target.parents[1]),
    )
    target.write_text(json.dumps(text, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    log.say(f"{len(text['outputs'])} outputs and {len(text['inputs'])} inputs recorded")
