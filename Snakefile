# From a raw registry extract to the tables, figures, report and manuscript draft of an ICI rechallenge study.
#
#   snakemake                                                         the demo study (config/config.yaml)
#   snakemake -s CHECKOUT/Snakefile --configfile study.yaml --directory run-folder      another study
#   snakemake release                                                 lock the finished study; then, on the next extract,
#   snakemake compare                                                 what changed since (refresh.previous; docs/refresh.md)
#   snakemake federate --configfile federation.yaml                   what several hospitals share, pooled (docs/federation.md)
#
# config/README.md documents every setting; the steps stand below in the order of the data.

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

from rechallenge.errors import UserError
from rechallenge.federation.study import SECTION, open_federation
from rechallenge.resources import read_needs
from rechallenge.run_lock import share
from rechallenge.study import CHECKLISTS, RULES, TABLES, checkout_of, open_study

min_version("9.19")
share()

try:
    # Not workflow.basedir, which is the importing workflow's when this one is used as a module.
    CHECKOUT = checkout_of(
        workflow.current_basedir.get_path_or_uri(secret_free=True), lambda path: workflow.source_path(path)
    )
except UserError as error:
    raise WorkflowError(*error.problems)


if not workflow.configfiles and "extract" not in config and SECTION not in config:

    configfile: f"{CHECKOUT}/config/config.yaml"


container: "docker://python:3.11"


report: "workflow/report/workflow.rst"


if SECTION in config:
    # A coordinating run: the hospitals' shareable folders are all that there is.
    try:
        federation = open_federation(config, workflow.configfiles, CHECKOUT)
    except UserError as error:
        raise WorkflowError(*error.problems)

    include: "workflow/rules/federate.smk"

else:
    try:
        study = open_study(config, workflow.configfiles, CHECKOUT)
    except UserError as error:
        raise WorkflowError(*error.problems)
    # Memory and time of each step, for clusters (docs/cluster.md).
    needs = read_needs(study.file("workflow/resources.csv"), study.extract_files)

    include: "workflow/rules/data.smk"
    include: "workflow/rules/cohort.smk"
    include: "workflow/rules/robustness.smk"
    include: "workflow/rules/results.smk"
    include: "workflow/rules/documents.smk"
    include: "workflow/rules/refresh.smk"

    rule all:
        default_target: True
        input:
            rules.report.output,
            rules.manuscript.output,
            rules.verification.output,
            rules.provenance.output,
        message:
            "The study is complete"
