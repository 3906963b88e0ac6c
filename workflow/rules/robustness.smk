# Every combination of the declared choices -> the effect of each on rechallenge PFS: the specification curve.
# One process on a workstation; on a cluster `--set-scatter specification=8` makes eight jobs, with the same results.


scattergather:
    specification=1,


rule specify:
    input:
        gate=rules.gate.output,
        tables=collect(ACCEPTED, table=DERIVED_FROM),
        source=rules.ingest.output.account,
    output:
        "<results>/private/specifications/{scatteritem}.csv",
    log:
        "<logs>/specify_{scatteritem}.log",
    params:
        settings=study.settings.specifications.plain(),
        definitions=study.settings.definitions.plain(),
        statistics=study.settings.statistics.plain(),
        imputation=study.settings.dates.imputation,
        cutoff=str(study.settings.study.cutoff),
        window=study.window,
        code=study.code("specify"),
    message:
        "Running every combination of the declared choices"
    script:
        "../../scripts/specify.py"


def specification_shards():
    """Return the shards of the specification curve; none where the study does not make it."""
    if not study.settings.specifications.enabled:
        return []
    return gather.specification("<results>/private/specifications/{scatteritem}.csv")
