# Times to event -> estimates -> figures.


rule estimate:
    input:
        gate=rules.gate.output,
        cohorts=[rules.eligibility.output.cohort, *rules.eligibility.output.further],
        attritions=[rules.eligibility.output.attrition, *rules.eligibility.output.further_attrition],
        classified=[rules.classify.output.main, *rules.classify.output.further],
        adtte=[rules.endpoints.output.main, *rules.endpoints.output.further],
        courses=[rules.episodes.output.course, *rules.episodes.output.further_courses],
        assessments=[rules.episodes.output.assessments, *rules.episodes.output.further_assessments],
        preset_classes=rules.classify.output.preset_classes,
        boundary_patients=rules.classify.output.boundary_patients,
        lesion_agreement=rules.episodes.output.lesion_agreement,
        tables=collect(ACCEPTED, table=["adverse_events"]),
        sensitivity=rules.sensitivity.output if study.settings.sensitivity.enabled else [],
        source=rules.ingest.output.account,
        published=study.published,
        specifications=gather.specification(SPECIFICATIONS) if study.settings.specifications.enabled else [],
    output:
        estimates="<results>/private/estimates.csv",
        curves="<results>/private/curves.csv",
        incidence="<results>/private/incidence.csv",
        risk_sets="<results>/private/risk_sets.csv",
        residuals="<results>/private/model_residuals.csv",
        influence="<results>/private/model_influence.csv",
        specification_curve="<results>/private/specification_curve.csv",
    log:
        "<logs>/estimate.log",
    benchmark:
        "<logs>/benchmarks/estimate.tsv"
    resources:
        mem_mb=needs.memory("estimate"),
        runtime=needs.runtime("estimate"),
    params:
        settings=study.settings.statistics.plain(),
        sensitivity=study.settings.sensitivity.plain(),
        definitions=study.definitions(),
        imputation=study.settings.dates.imputation,
        code=study.code("estimate"),
    message:
        "Describing the sets, fitting curves and models"
    script:
        "../../scripts/estimate.py"


# The one door to the shareable folder: figures and documents are made from nothing but what this step lets through.
rule disclose:
    input:
        gate=rules.gate.output,
        estimates=rules.estimate.output.estimates,
        attrition=rules.eligibility.output.attrition,
        row_account=rules.validate.output.row_account,
        violations=rules.validate.output.violations,
        specification_curve=rules.estimate.output.specification_curve,
        curves=rules.estimate.output.curves,
        incidence=rules.estimate.output.incidence,
        risk_sets=rules.estimate.output.risk_sets,
    output:
        estimates=report(
            "<results>/shareable/estimates.csv",
            caption="../report/estimates.rst",
            category="Results",
            labels={"result": "Every result with its method", "format": "CSV"},
        ),
        attrition=report(
            "<results>/shareable/attrition.csv",
            caption="../report/attrition.rst",
            category="Patients",
            labels={"result": "Flow of patients, as a table", "format": "CSV"},
        ),
        row_account=report(
            "<results>/shareable/row_account.csv",
            caption="../report/row_account.rst",
            category="Data and provenance",
            labels={"result": "What became of the rows", "format": "CSV"},
        ),
        findings=report(
            "<results>/shareable/findings.csv",
            caption="../report/findings.rst",
            category="Data and provenance",
            labels={"result": "How many findings the checks had", "format": "CSV"},
        ),
        specification_curve=report(
            "<results>/shareable/specification_curve.csv",
            caption="../report/specification_curve.rst",
            category="Results",
            labels={"result": "Every specification", "format": "CSV"},
        ),
        disclosure=report(
            "<results>/shareable/disclosure.csv",
            caption="../report/disclosure.rst",
            category="Data and provenance",
            labels={"result": "What is withheld", "format": "CSV"},
        ),
        risk_sets=report(
            "<results>/shareable/risk_sets.csv",
            caption="../report/risk_sets.rst",
            category="Results",
            labels={"result": "Risk sets for a coordinating centre", "format": "CSV"},
        ),
        curves="<results>/private/released/curves.csv",
        incidence="<results>/private/released/incidence.csv",
        withheld="<results>/private/released/withheld.csv",
    log:
        "<logs>/disclose.log",
    benchmark:
        "<logs>/benchmarks/disclose.tsv"
    resources:
        mem_mb=needs.memory("disclose"),
        runtime=needs.runtime("disclose"),
    params:
        release=study.disclosure,
        code=study.code("disclose"),
    message:
        "Deciding what may be shared"
    script:
        "../../scripts/disclose.py"


rule figures:
    input:
        gate=rules.gate.output,
        curves=rules.disclose.output.curves,
        incidence=rules.disclose.output.incidence,
        residuals=rules.estimate.output.residuals,
        estimates=rules.disclose.output.estimates,
        specification_curve=rules.disclose.output.specification_curve,
        classified=rules.classify.output.main,
        adtte=rules.endpoints.output.main,
        attrition=rules.disclose.output.attrition,
        course=rules.episodes.output.course,
        regimens=rules.episodes.output.regimens,
        tables=collect(ACCEPTED, table=DERIVED_FROM),
        source=rules.ingest.output.account,
        catalogue=study.catalogue,
    output:
        flow=report(
            "<results>/shareable/flow.svg",
            caption="../report/flow.rst",
            category="Patients",
            labels={"result": "Flow of patients", "format": "SVG"},
        ),
        shareable=report(
            directory("<results>/shareable/figures"),
            patterns=["{figure}.png"],
            caption="../report/figure.rst",
            category="Figures",
            labels={"result": "{figure}", "format": "PNG"},
        ),
        private=directory("<results>/private/figures"),
    log:
        "<logs>/figures.log",
    benchmark:
        "<logs>/benchmarks/figures.tsv"
    resources:
        mem_mb=needs.memory("figures"),
        runtime=needs.runtime("figures"),
    params:
        settings=study.settings.figures.plain(),
        release=study.settings.release.plain(),
        lesions=study.definitions("lesions")["main"]["lesions"],
        imputation=study.settings.dates.imputation,
        cutoff=str(study.settings.study.cutoff),
        style=study.settings.report.style,
        language=study.settings.report.language,
        simulated=study.settings.study.simulated,
        labels={
            item.name: item.label
            for item in (*study.settings.statistics.subgroups, *study.settings.statistics.covariates)
            if item.label
        },
        code=study.code("figures"),
    message:
        "Drawing the figures"
    script:
        "../../scripts/figures.py"
