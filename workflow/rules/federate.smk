# A coordinating run: what several hospitals share is pooled (docs/federation.md). No extract and no patient is here.

FEDERATION = "<results>/federation"


# Seconds each: on a cluster a submission would take longer.
localrules:
    site_agreement,
    federate,


rule site_agreement:
    input:
        sites=federation.files,
    output:
        f"{FEDERATION}/agreement.csv",
    log:
        "<logs>/site_agreement.log",
    params:
        folders=federation.folders,
        policy=federation.settings.federation.policy.plain(),
        code=federation.code("site_agreement"),
    message:
        "Comparing what the hospitals did"
    script:
        "../../scripts/site_agreement.py"


rule federate:
    default_target: True
    input:
        agreement=rules.site_agreement.output[0],
        sites=federation.files,
        templates=federation.templates,
        catalogue=federation.catalogue,
    output:
        page=f"{FEDERATION}/federation.html",
        json=f"{FEDERATION}/federation.json",
        pooled=f"{FEDERATION}/pooled.csv",
        sites=f"{FEDERATION}/sites.csv",
        counts=f"{FEDERATION}/counts.csv",
        medians=f"{FEDERATION}/medians.csv",
        figures=directory(f"{FEDERATION}/figures"),
    log:
        "<logs>/federate.log",
    params:
        folders=federation.folders,
        settings=federation.settings.plain(),
        code=federation.code("federate"),
    message:
        "Pooling the hospitals"
    script:
        "../../scripts/federate.py"
