# Raw extract -> canonical tables -> violations -> gate.


rule ingest:
    input:
        extract=study.extract_files,
        mapping=study.mapping,
        vocabularies=study.vocabularies("drugs", "missing", "values"),
    output:
        tables=collect("<results>/private/canonical/{table}/part-0000.parquet", table=TABLES),
        findings="<results>/private/ingest_findings.parquet",
        account="<results>/private/ingest.json",
    log:
        "<logs>/ingest.log",
    benchmark:
        "<logs>/benchmarks/ingest.tsv"
    resources:
        mem_mb=needs.memory("ingest"),
        runtime=needs.runtime("ingest"),
    params:
        settings=study.ingest_settings,
        code=study.code("ingest"),
    message:
        "Reading the extract with its mapping"
    script:
        "../../scripts/ingest.py"


rule validate:
    input:
        tables=rules.ingest.output.tables,
        findings=rules.ingest.output.findings,
        drugs=study.vocabularies("drugs"),
        approvals=study.vocabularies("approvals"),
        waivers=study.waivers,
        template=study.templates("validation.html.j2"),
    output:
        tables=collect("<results>/private/accepted/{table}/part-0000.parquet", table=TABLES),
        violations="<results>/private/violations.csv",
        page="<results>/private/validation.html",
        row_account="<results>/private/row_account.csv",
    log:
        "<logs>/validate.log",
    benchmark:
        "<logs>/benchmarks/validate.tsv"
    resources:
        mem_mb=needs.memory("validate"),
        runtime=needs.runtime("validate"),
    params:
        set_aside=list(study.settings.validation.set_aside),
        title=f"Extract {study.extract.name}",
        cutoff=str(study.settings.study.cutoff),
        code=study.code("validate"),
    message:
        "Checking the canonical tables against every rule"
    script:
        "../../scripts/validate.py"


rule gate:
    input:
        violations=rules.validate.output.violations,
        page=rules.validate.output.page,
    output:
        "<results>/private/gate.json",
    log:
        "<logs>/gate.log",
    benchmark:
        "<logs>/benchmarks/gate.tsv"
    retries: 0
    localrule: True
    resources:
        mem_mb=needs.memory("gate"),
        runtime=needs.runtime("gate"),
    params:
        code=study.code("gate"),
    message:
        "Holding the study back while errors are open"
    script:
        "../../scripts/gate.py"
