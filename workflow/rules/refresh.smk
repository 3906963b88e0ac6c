# A data refresh. `snakemake release` locks the finished study; on the next extract `snakemake compare`, with
# `refresh.previous` set, says what changed and why, and fails by the study's policy.

COMPARISON = "<results>/private/comparison"
AGAIN = f"{COMPARISON}/previous_again"
EVERY_ANALYSIS = ["main", *study.analyses]


# What else of the study says whom an estimate was made of (rechallenge.tracing).
TRACED = [
    rules.episodes.output.course,
    rules.episodes.output.further_courses,
    rules.episodes.output.assessments,
    rules.episodes.output.further_assessments,
    rules.classify.output.preset_classes,
    rules.classify.output.boundary_patients,
    rules.sensitivity.output if study.settings.sensitivity.enabled else [],
]


# No output that Snakemake knows of, not even a benchmark record, which would be one: it would remove a release before
# writing it anew. The script writes it at once or not at all, and never over another one.
rule release:
    input:
        gate=rules.gate.output,
        tables=collect(ACCEPTED, table=TABLES),
        everyone="<results>/private/canonical/patients/part-0000.parquet",
        cohorts=[rules.eligibility.output.cohort, *rules.eligibility.output.further],
        classified=[rules.classify.output.main, *rules.classify.output.further],
        adtte=[rules.endpoints.output.main, *rules.endpoints.output.further],
        traced=TRACED,
        curves=rules.disclose.output.curves,
        shareable=[
            rules.disclose.output.estimates,
            rules.report.output.numbers,
            rules.disclose.output.attrition,
            rules.provenance.output,
        ],
    log:
        "<logs>/release.log",
    localrule: True
    params:
        folder=f"releases/{study.settings.study.cutoff}",
        cutoff=str(study.settings.study.cutoff),
        title=study.settings.study.title,
        keep_extract=study.settings.refresh.keep_extract,
        analyses=EVERY_ANALYSIS,
        code=study.code("release"),
    message:
        "Locking the study as a release"
    script:
        "../../scripts/release.py"


rule previous_again:
    input:
        gate=rules.gate.output,
        release=study.release_to_compare,
    output:
        estimates=f"{AGAIN}/estimates.csv",
        sets=[f"{AGAIN}/{name}.parquet" for name in ["sets", "estimate_sets"]],
        cohorts=[f"{AGAIN}/{name}/cohort.csv" for name in EVERY_ANALYSIS],
        classified=[f"{AGAIN}/{name}/classified.csv" for name in EVERY_ANALYSIS],
        adtte=[f"{AGAIN}/{name}/adtte.csv" for name in EVERY_ANALYSIS],
    log:
        "<logs>/previous_again.log",
    benchmark:
        "<logs>/benchmarks/previous_again.tsv"
    resources:
        mem_mb=needs.memory("previous_again"),
        runtime=needs.runtime("previous_again"),
    params:
        previous=study.previous,
        definitions=study.definitions(),
        imputation=study.imputation,
        settings=study.settings.statistics.plain(),
        code=study.code("previous_again"),
    message:
        "Running the extract of the previous release with today's code and settings"
    script:
        "../../scripts/previous_again.py"


rule comparison:
    input:
        gate=rules.gate.output,
        release=study.release_to_compare,
        again=rules.previous_again.output if study.settings.refresh.run_previous_again else [],
        tables=collect(ACCEPTED, table=TABLES),
        cohorts=[rules.eligibility.output.cohort, *rules.eligibility.output.further],
        classified=[rules.classify.output.main, *rules.classify.output.further],
        adtte=[rules.endpoints.output.main, *rules.endpoints.output.further],
        traced=TRACED,
        curves=rules.disclose.output.curves,
        estimates=rules.disclose.output.estimates,
        numbers=rules.report.output.numbers,
        attrition=rules.disclose.output.attrition,
        provenance=rules.provenance.output[0],
        templates=study.templates("compare*", "report.css.j2"),
        catalogue=study.catalogue,
    output:
        page=report(
            "<results>/shareable/comparison/comparison.html",
            caption="../report/comparison.rst",
            category="Refresh",
            labels={"result": "What changed since the release", "format": "HTML"},
        ),
        csv=report(
            "<results>/shareable/comparison/comparison.csv",
            caption="../report/comparison.rst",
            category="Refresh",
            labels={"result": "What changed since the release", "format": "CSV"},
        ),
        json="<results>/shareable/comparison/comparison.json",
        figures=directory("<results>/shareable/comparison/figures"),
        private_page=f"{COMPARISON}/comparison.html",
        private_json=f"{COMPARISON}/comparison.json",
        private_tables=[
            f"{COMPARISON}/{name}.csv"
            for name in ["rows", "patients", "times", "behind", "moved", "numbers", "violations"]
        ],
    log:
        "<logs>/comparison.log",
    benchmark:
        "<logs>/benchmarks/comparison.tsv"
    resources:
        mem_mb=needs.memory("comparison"),
        runtime=needs.runtime("comparison"),
    params:
        previous=study.previous,
        settings=study.settings.plain(),
        refresh=study.settings.refresh.plain(),
        analyses=EVERY_ANALYSIS,
        code=study.code("comparison"),
    message:
        "Comparing the study with the previous release"
    script:
        "../../scripts/comparison.py"


# Fails by the policy after everything has been written: the outputs of a failed job would be removed. It has none, nor a
# benchmark record, so that it judges whenever it is asked for.
rule compare:
    input:
        gate=rules.gate.output,
        json=rules.comparison.output.json,
        page=rules.comparison.output.page,
        private_page=rules.comparison.output.private_page,
    log:
        "<logs>/compare.log",
    retries: 0
    localrule: True
    params:
        code=study.code("compare"),
    message:
        "Holding the comparison to the study's policy"
    script:
        "../../scripts/compare.py"
