# Estimates and figures -> report, manuscript draft, and what everything was made from.


rule report:
    input:
        gate=rules.gate.output,
        estimates=rules.disclose.output.estimates,
        attrition=rules.disclose.output.attrition,
        flow=rules.figures.output.flow,
        figures=rules.figures.output.shareable,
        row_account=rules.disclose.output.row_account,
        findings=rules.disclose.output.findings,
        withheld=rules.disclose.output.withheld,
        disclosure=rules.disclose.output.disclosure,
        source=rules.ingest.output.account,
        mapping=study.mapping,
        lock=study.file("requirements.lock"),
        published=study.published,
        templates=study.templates("report*", "curves.js", "table1*", "manuscript*"),
        checklists=study.checklists,
        own_templates=study.own_templates,
        catalogue=study.catalogue,
    output:
        numbers=report(
            "<results>/shareable/numbers.json",
            caption="../report/numbers.rst",
            category="Results",
            labels={"result": "Every printed number by its name", "format": "JSON"},
        ),
        table_csv=report(
            "<results>/shareable/table1.csv",
            caption="../report/table1.rst",
            category="Patients",
            labels={"result": "Table 1", "format": "CSV"},
        ),
        table_html=report(
            "<results>/shareable/table1.html",
            caption="../report/table1.rst",
            category="Patients",
            labels={"result": "Table 1", "format": "HTML"},
        ),
        table_docx=report(
            "<results>/shareable/table1.docx",
            caption="../report/table1.rst",
            category="Patients",
            labels={"result": "Table 1", "format": "Word"},
        ),
        tables=report(
            directory("<results>/shareable/tables"),
            patterns=["{table}.csv"],
            caption="../report/tables.rst",
            category="Tables",
            labels={"result": "{table}", "format": "CSV"},
        ),
        page=report(
            "<results>/shareable/report.html",
            caption="../report/report.rst",
            category="Documents",
            labels={"result": "Report", "format": "HTML"},
        ),
    log:
        "<logs>/report.log",
    benchmark:
        "<logs>/benchmarks/report.tsv"
    resources:
        mem_mb=needs.memory("report"),
        runtime=needs.runtime("report"),
    params:
        settings=study.settings.plain(),
        code=study.code("report"),
    message:
        "Writing the report and Table 1"
    script:
        "../../scripts/report.py"


rule manuscript:
    input:
        gate=rules.gate.output,
        numbers=rules.report.output.numbers,
        estimates=rules.disclose.output.estimates,
        attrition=rules.disclose.output.attrition,
        figures=rules.figures.output.shareable,
        row_account=rules.disclose.output.row_account,
        findings=rules.disclose.output.findings,
        withheld=rules.disclose.output.withheld,
        disclosure=rules.disclose.output.disclosure,
        source=rules.ingest.output.account,
        published=study.published,
        checklists=study.checklists,
        mapping=study.mapping,
        lock=study.file("requirements.lock"),
        templates=study.templates("manuscript*", "report*"),
        own_templates=study.own_templates,
    output:
        markdown=report(
            "<results>/shareable/manuscript.md",
            caption="../report/manuscript.rst",
            category="Documents",
            labels={"result": "Manuscript draft", "format": "Markdown"},
        ),
        docx=report(
            "<results>/shareable/manuscript.docx",
            caption="../report/manuscript.rst",
            category="Documents",
            labels={"result": "Manuscript draft", "format": "Word"},
        ),
        supplement_markdown=report(
            "<results>/shareable/manuscript_supplement.md",
            caption="../report/supplement.rst",
            category="Documents",
            labels={"result": "Supplement of the manuscript", "format": "Markdown"},
        ),
        supplement_docx=report(
            "<results>/shareable/manuscript_supplement.docx",
            caption="../report/supplement.rst",
            category="Documents",
            labels={"result": "Supplement of the manuscript", "format": "Word"},
        ),
        checklist_csv=[
            report(
                f"<results>/shareable/checklist_{name}.csv",
                caption="../report/checklist.rst",
                category="Documents",
                labels={"result": f"Checklist {name.upper()}", "format": "CSV"},
            )
            for name in CHECKLISTS
        ],
        checklist_docx=[
            report(
                f"<results>/shareable/checklist_{name}.docx",
                caption="../report/checklist.rst",
                category="Documents",
                labels={"result": f"Checklist {name.upper()}", "format": "Word"},
            )
            for name in CHECKLISTS
        ],
    log:
        "<logs>/manuscript.log",
    benchmark:
        "<logs>/benchmarks/manuscript.tsv"
    resources:
        mem_mb=needs.memory("manuscript"),
        runtime=needs.runtime("manuscript"),
    params:
        settings=study.settings.plain(),
        code=study.code("manuscript"),
    message:
        "Drafting the manuscript and the reporting checklists"
    script:
        "../../scripts/manuscript.py"


rule verification:
    input:
        gate=rules.gate.output,
        estimates=rules.estimate.output.estimates,
        classified=[rules.classify.output.main, *rules.classify.output.further],
        adtte=[rules.endpoints.output.main, *rules.endpoints.output.further],
        sensitivity=rules.sensitivity.output if study.settings.sensitivity.enabled else [],
        templates=study.templates("verify*"),
    output:
        script="<results>/private/verification/verify.R",
        estimates="<results>/private/verification/estimates.csv",
        times="<results>/private/verification/times.csv",
        patients="<results>/private/verification/patients.csv",
    log:
        "<logs>/verification.log",
    benchmark:
        "<logs>/benchmarks/verification.tsv"
    resources:
        mem_mb=needs.memory("verification"),
        runtime=needs.runtime("verification"),
    params:
        settings=study.settings.statistics.plain(),
        definitions=study.definitions(),
        imputation=study.settings.dates.imputation,
        title=study.settings.study.title,
        code=study.code("verification"),
    message:
        "Writing the R script that computes the estimates again"
    script:
        "../../scripts/verification.py"


# What each step read and made, for the record of the whole.
STEPS = study.steps(rules)


rule provenance:
    input:
        gate=rules.gate.output,
        source=rules.ingest.output.account,
        mapping=study.mapping,
        vocabularies=study.vocabularies(),
        waivers=study.waivers,
        published=study.published,
        templates=[*study.templates("*"), *study.own_templates],
        lock=study.file("requirements.lock"),
        workflow=study.workflow_files,
        results=[path for step in STEPS.values() for path in step["outputs"] if not path.endswith("/")],
    output:
        record=report(
            "<results>/shareable/provenance.json",
            caption="../report/provenance.rst",
            category="Data and provenance",
            labels={"result": "What everything was made from", "format": "JSON"},
        ),
        crate=report(
            "<results>/shareable/ro-crate-metadata.json",
            caption="../report/crate.rst",
            category="Data and provenance",
            labels={"result": "Workflow Run RO-Crate", "format": "JSON-LD"},
        ),
        workflow=directory("<results>/shareable/workflow"),
        whole="<results>/private/provenance.json",
    log:
        "<logs>/provenance.log",
    benchmark:
        "<logs>/benchmarks/provenance.tsv"
    resources:
        mem_mb=needs.memory("provenance"),
        runtime=needs.runtime("provenance"),
    params:
        settings=study.settings.plain(),
        code={rule: study.code(rule) for rule in RULES},
        steps=STEPS,
    message:
        "Recording what the results were made from"
    script:
        "../../scripts/provenance.py"
