# Accepted rows -> courses of treatment -> who is in -> classes -> times to event. Every step waits for the gate.

ACCEPTED = "<results>/private/accepted/{table}/part-0000.parquet"


rule episodes:
    input:
        gate=rules.gate.output,
        tables=collect(ACCEPTED, table=["patients", "treatments", "assessments"]),
    output:
        regimens="<results>/private/regimens.csv",
        course="<results>/private/course.parquet",
    log:
        "<logs>/episodes.log",
    params:
        settings=study.definitions("episodes")["main"]["episodes"],
        cutoff=str(study.settings.study.cutoff),
        window=study.window,
        code=study.code("episodes"),
    message:
        "Building regimens, first ICI, index progression and rechallenge"
    script:
        "../../scripts/episodes.py"


rule eligibility:
    input:
        gate=rules.gate.output,
        course=rules.episodes.output.course,
        patients=collect(ACCEPTED, table="patients"),
        everyone="<results>/private/canonical/patients/part-0000.parquet",
    output:
        cohort="<results>/private/cohort.csv",
        attrition="<results>/shareable/attrition.csv",
    log:
        "<logs>/eligibility.log",
    params:
        settings=study.definitions("eligibility")["main"]["eligibility"],
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
        cohort=rules.eligibility.output.cohort,
        attrition=rules.eligibility.output.attrition,
        tables=collect(ACCEPTED, table=["patients", "treatments", "assessments"]),
        source=rules.ingest.output.account,
        template=study.templates("flow.svg.j2"),
    output:
        main="<results>/private/classified.csv",
        further=collect("<results>/private/analyses/{name}/classified.csv", name=study.analyses),
        flow=report("<results>/shareable/flow.svg", caption="../report/flow.rst", category="Patients"),
    log:
        "<logs>/classify.log",
    params:
        definitions=study.definitions("response", "resistance", "progression_pattern", "interval_treatment"),
        cutoff=str(study.settings.study.cutoff),
        code=study.code("classify"),
    message:
        "Classifying resistance, progression pattern and interval treatment; drawing the flow of patients"
    script:
        "../../scripts/classify.py"


rule endpoints:
    input:
        gate=rules.gate.output,
        course=rules.episodes.output.course,
        main=rules.classify.output.main,
        further=rules.classify.output.further,
        tables=collect(ACCEPTED, table=["treatments", "assessments"]),
        source=rules.ingest.output.account,
    output:
        main="<results>/private/adtte.csv",
        further=collect("<results>/private/analyses/{name}/adtte.csv", name=study.analyses),
    log:
        "<logs>/endpoints.log",
    params:
        definitions=study.definitions("endpoints"),
        cutoff=str(study.settings.study.cutoff),
        code=study.code("endpoints"),
    message:
        "Deriving times to event"
    script:
        "../../scripts/endpoints.py"
