# The derivation again: under each scenario of the sensitivity set; and under every combination of the declared choices,
# with the effect of each on rechallenge PFS (the specification curve). The latter is one process on a workstation; on a
# cluster `--set-scatter specification=8` makes eight jobs, with the same results.

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
    benchmark:
        "<logs>/benchmarks/specify_{scatteritem}.tsv"
    resources:
        mem_mb=needs.memory("specify"),
        runtime=needs.runtime("specify"),
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


rule sensitivity:
    input:
        gate=rules.gate.output,
        tables=collect(ACCEPTED, table=DERIVED_FROM),
        everyone="<results>/private/canonical/patients/part-0000.parquet",
        source=rules.ingest.output.account,
    output:
        classified="<results>/private/sensitivity/classified.csv",
        adtte="<results>/private/sensitivity/adtte.csv",
        cohort="<results>/private/sensitivity/cohort.csv",
    log:
        "<logs>/sensitivity.log",
    benchmark:
        "<logs>/benchmarks/sensitivity.tsv"
    resources:
        mem_mb=needs.memory("sensitivity"),
        runtime=needs.runtime("sensitivity"),
    params:
        definitions=study.definitions(),
        imputation=study.settings.dates.imputation,
        cutoff=str(study.settings.study.cutoff),
        window=study.window,
        code=study.code("sensitivity"),
    message:
        "Deriving patients, classes and times again under each scenario of the sensitivity set"
    script:
        "../../scripts/sensitivity.py"
