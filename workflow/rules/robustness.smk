# Every combination of the declared choices -> the effect of each on rechallenge PFS: the specification curve.
# One process on a workstation; on a cluster `--set-scatter specification=8` makes eight jobs, with the same results.

SPECIFICATIONS = "<results>/private/specifications/{scatteritem}.csv"


scattergather:
    specification=1,


rule specify:
    input:
        gate=rules.gate.output,
        tables=collect(ACCEPTED, table=DERIVED_FROM),
        source=rules.ingest.output.account,
    output:
        SPECIFICATIONS,
    log:
        "<logs>/specify_{scatteritem}.log",
    params:
        settings=study.settings.specifications.plain(),
        definitions=study.settings.definitions.plain(),
        statistics={
            name: study.settings.statistics.plain()[name] for name in ["covariates", "confidence", "minimum_events"]
        },
        imputation=study.settings.dates.imputation,
        cutoff=str(study.settings.study.cutoff),
        window=study.window,
        code=study.code("specify"),
    message:
        "Running every combination of the declared choices"
    script:
        "../../scripts/specify.py"
