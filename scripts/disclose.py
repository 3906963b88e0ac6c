"""The private results -> what may be shared at the declared level, and what is withheld."""

from typing import TYPE_CHECKING

import pandas as pd

from rechallenge.disclosure.release import Results, released
from rechallenge.files import write_csv
from rechallenge.results import read_result
from rechallenge.settings.release import ReleaseSettings
from rechallenge.step import counted, step
from rechallenge.validation.finding_counts import COLUMNS, finding_counts

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files, output = snakemake.input, snakemake.output
    release = ReleaseSettings.read(snakemake.params.release, "release")
    # Of the findings only the columns without values are read.
    violations = pd.read_csv(files.violations, usecols=list(COLUMNS), dtype=str, keep_default_na=False)
    names = ("estimates", "attrition", "row_account", "specification_curve", "curves", "incidence", "risk_sets")
    made = released(
        Results(findings=finding_counts(violations), **{name: read_result(name, files[name]) for name in names}),
        release,
    )
    for name in (*names, "findings"):
        write_csv(getattr(made.results, name), output[name])
    write_csv(made.withheld, output.withheld)
    write_csv(made.summary, output.disclosure)
    if len(made.results.risk_sets):
        log.say(f"risk sets for a coordinating centre ({release.risk_sets}): docs/federation.md says what they tell")
    if release.public:
        log.say(f"public: {counted(len(made.withheld), 'number')} withheld; smallest count {release.smallest_count}")
    else:
        small = int(made.summary["numbers"].sum())
        log.say(f"internal, not for release: {counted(small, 'count')} below {release.smallest_count} told as they are")
