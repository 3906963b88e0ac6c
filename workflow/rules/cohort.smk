# Accepted rows -> courses of treatment -> who is in -> classes -> times to event. Every step waits for the gate.
# Each step makes its results for the main analysis and for every further one, under private/analyses/<name>/.

ACCEPTED = "<results>/private/accepted/{table}/part-0000.parquet"
DERIVED_FROM = ["patients", "treatments", "assessments", "lesions"]


rule episodes:
    input:
        gate=rules.gate.output,
        tables=collect(ACCEPTED, table=DERIVED_FROM),
    output:
        regimens="<results>/private/regimens.csv",
        course="<results>/private/course.parquet",
        assessments="<results>/private/evaluated_assessments.parquet",
        lesion_notes="<results>/private/lesion_notes.csv",
        lesion_agreement="<results>/private/lesion_agreement.csv",
        further_courses=study.per_analysis("course.parquet"),
        further_assessments=study.per_analysis("evaluated_assessments.parquet"),
    log:
        "<logs>/episodes.log",
    benchmark:
        "<logs>/benchmarks/episodes.tsv"
    resources:
        mem_mb=needs.memory("episodes"),
        runtime=needs.runtime("episodes"),
    params:
        definitions=study.definitions("episodes", "progression", "lesions", "re_exposure"),
        imputation=study.imputation,
        cutoff=str(study.settings.study.cutoff),
        window=study.window,
        code=study.code("episodes"),
    message:
        "Reading measured lesions; building regimens, first ICI, index progression and rechallenge"
    script:
        "../../scripts/episodes.py"


rule eligibility:
    input:
        gate=rules.gate.output,
        course=rules.episodes.output.course,
        further_courses=rules.episodes.output.further_courses,
        tables=collect(ACCEPTED, table=DERIVED_FROM),
        everyone="<results>/private/canonical/patients/part-0000.parquet",
    output:
        cohort="<results>/private/cohort.csv",
        attrition="<results>/private/attrition.csv",
        further=study.per_analysis("cohort.csv"),
        further_attrition=study.per_analysis("attrition.csv"),
    log:
        "<logs>/eligibility.log",
    benchmark:
        "<logs>/benchmarks/eligibility.tsv"
    resources:
        mem_mb=needs.memory("eligibility"),
        runtime=needs.runtime("eligibility"),
    params:
        definitions=study.definitions("eligibility", "re_exposure"),
        imputation=study.imputation,
        cutoff=str(study.settings.study.cutoff),
        window=study.window,
        code=study.code("eligibility"),
    message:
        "Evaluating every criterion for every patient"
    script:
        "../../scripts/eligibility.py"


rule classify:
    input:
        gate=rules.gate.output,
        course=rules.episodes.output.course,
        assessments=rules.episodes.output.assessments,
        further_courses=rules.episodes.output.further_courses,
        further_assessments=rules.episodes.output.further_assessments,
        cohort=rules.eligibility.output.cohort,
        further_cohorts=rules.eligibility.output.further,
        tables=collect(ACCEPTED, table=DERIVED_FROM),
        source=rules.ingest.output.account,
    output:
        main="<results>/private/classified.csv",
        further=study.per_analysis("classified.csv"),
        preset_classes="<results>/private/preset_classes.csv",
        boundary_patients="<results>/private/boundary_patients.csv",
    log:
        "<logs>/classify.log",
    benchmark:
        "<logs>/benchmarks/classify.tsv"
    resources:
        mem_mb=needs.memory("classify"),
        runtime=needs.runtime("classify"),
    params:
        definitions=study.definitions("response", "resistance", "progression_pattern", "interval_treatment"),
        imputation=study.imputation,
        cutoff=str(study.settings.study.cutoff),
        boundary_days=study.settings.statistics.boundary_days,
        code=study.code("classify"),
    message:
        "Classifying resistance, progression pattern and interval treatment"
    script:
        "../../scripts/classify.py"


rule endpoints:
    input:
        gate=rules.gate.output,
        course=rules.episodes.output.course,
        assessments=rules.episodes.output.assessments,
        further_courses=rules.episodes.output.further_courses,
        further_assessments=rules.episodes.output.further_assessments,
        main=rules.classify.output.main,
        further=rules.classify.output.further,
        tables=collect(ACCEPTED, table=DERIVED_FROM),
        source=rules.ingest.output.account,
    output:
        main="<results>/private/adtte.csv",
        further=study.per_analysis("adtte.csv"),
    log:
        "<logs>/endpoints.log",
    benchmark:
        "<logs>/benchmarks/endpoints.tsv"
    resources:
        mem_mb=needs.memory("endpoints"),
        runtime=needs.runtime("endpoints"),
    params:
        definitions=study.definitions("endpoints"),
        imputation=study.imputation,
        cutoff=str(study.settings.study.cutoff),
        code=study.code("endpoints"),
    message:
        "Deriving times to event"
    script:
        "../../scripts/endpoints.py"
