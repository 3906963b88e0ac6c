"""The old extract under today's code and settings: what separates the doing of the study from that of the data.

The accepted tables of the release go through the derivation and the statistics of the present library, with the present
settings and the cut-off and window of the release. What the release's own results and these say differently is due to
code, settings or libraries; what these and the present results say differently is due to the data. Reading the extract
(its mapping, the validation) is not done again, and neither are the sensitivity set and the specification curve.
"""

from collections.abc import Mapping

import pandas as pd

from rechallenge.accepted import Accepted
from rechallenge.clinical.courses import StudyFrame
from rechallenge.clinical.derive import derive
from rechallenge.refresh.keys import patient_keys
from rechallenge.refresh.sets import AnalysisSets, analysis_sets
from rechallenge.refresh.snapshot import Analysis
from rechallenge.settings.config import MAIN
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from rechallenge.sources.imputation import Method
from rechallenge.tracing import analysis as tracing


def run_again(
    accepted: Accepted,
    everyone: pd.Series,
    adverse_events: pd.DataFrame,
    frame: StudyFrame,
    definitions: Mapping[str, DefinitionSettings],
    imputation: Mapping[str, Method],
    statistics: StatisticsSettings,
    salt: str,
) -> tuple[dict[str, Analysis], pd.DataFrame, AnalysisSets]:
    """Return the patient-level tables of each analysis, the estimates of all, and whom each was made of.

    `accepted` are the release's tables, `everyone` the identifiers of all its patients, `frame` its cut-off and
    window; `definitions` (resolved), `imputation` and `statistics` are the present ones, by analysis; `salt` is that of
    the release.
    """
    from rechallenge.estimates.run import estimate

    analyses, traced, rows = {}, {}, []
    for name, used in definitions.items():
        tables = accepted.tables(imputation[name])
        made = derive(tables, used, frame, everyone=everyone, analysis=name)
        analyses[name] = Analysis(made.cohort, made.classified, made.adtte)
        scans = None if frame.progression_dates_only else made.courses.assessments
        traced[name] = tracing.Analysis(
            name=name,
            cohort=tracing.light(made.cohort),
            classified=tracing.light(made.classified),
            adtte=tracing.light(made.adtte),
            settings=statistics,
            definitions=used,
            course=tracing.light(made.courses.course),
            assessments=scans,
            adverse_events=adverse_events,
        )
        rows.append(
            estimate(
                made.classified,
                made.adtte,
                made.cohort,
                made.attrition,
                statistics,
                name,
                definitions=used,
                adverse_events=adverse_events,
                course=made.courses.course,
                assessments=scans,
                in_full=name == MAIN,
            ).rows
        )
    estimates = pd.concat(rows, ignore_index=True)
    keys = dict(zip(everyone, patient_keys(everyone, salt), strict=True))
    return analyses, estimates, analysis_sets(estimates, traced.__getitem__, keys)
