"""The limits of a study, as sentences: those of the design, and those that its source and settings bring."""

# Sentences stand on one line each.

from typing import TYPE_CHECKING

from rechallenge.clinical.progression_pattern import CONDITIONS_ON_OUTCOME
from rechallenge.language import N_, tr
from rechallenge.report.sentences import counted
from rechallenge.settings.classes import WITHOUT_PRIMARY
from rechallenge.settings.config import MAIN, definitions_of

if TYPE_CHECKING:
    from rechallenge.report.study_data import StudyData

DESIGN = (
    N_(
        "The study is exploratory and retrospective. Nothing is adjusted for the number of comparisons; P values are descriptive."
    ),
    N_(
        "There is no comparator: nothing here says what would have happened without rechallenge, and no effect is attributed to it."
    ),
    N_(
        "Patients reached rechallenge by surviving and staying fit long enough. OS from the first ICI includes this immortal time; where it is given for "
        "the rechallenge set, patients enter at rechallenge, which assumes that survival does not depend on the time of entry."
    ),
    N_(
        "Resistance, progression pattern and interval treatment are known at rechallenge; what is only known later enters no model as a baseline covariate."
    ),
)
REAL_WORLD = N_(
    "Assessments follow no common schedule, so PFS is real-world PFS: progression is seen at the next scan, and longer intervals between scans make it look later."
)
DATES_ONLY = N_(
    "The source has progression dates and no scans: whoever has no progression on record counts as free of it until last contact."
)
SIMULATED = N_(
    "The extract is simulated, and its random seed was chosen for resemblance to published figures where the study file says so. P values and intervals "
    "therefore have no inferential meaning."
)


def sentences(study: "StudyData") -> list[str]:
    """Return the limits as patterns; those that depend on the data come first."""
    found: list[str] = []
    if study.simulated:
        found.append(SIMULATED)
    if study.declared("progression_dates_only"):
        found.append(DATES_ONLY)
    elif not study.declared("scan_schedule"):
        found.append(REAL_WORLD + _scan_interval(study))
    if study.rechallenged:
        last = str(study.attrition["criterion"].iloc[-1])
        analysed = tr(", of whom {rechallenge.overall.n} are analysed") if study.left_out else ""
        found.append(
            tr(
                "The rechallenge set has {counted}{analysed}; subgroups are smaller, and intervals are wide.",
                counted=counted(f"flow.{last}.remaining", "patient", study.numbers),
                analysed=analysed,
            )
        )
    found += DESIGN
    own = definitions_of(study.config, MAIN)
    if own.progression_pattern.measured_at == "rechallenge_progression":
        found.append(CONDITIONS_ON_OUTCOME)
    if study.rechallenged and own.resistance.preset not in WITHOUT_PRIMARY:
        found.append(
            tr(
                "Resistance dichotomises a continuous time at a cutoff ({settings.definitions.resistance.cutoff_days} days); patients near it could as well be in the other class."
            )
        )
    return found


def _scan_interval(study: "StudyData") -> str:
    name = next((name for name in study.numbers if "assessment_interval" in name and name.endswith(".median")), "")
    return tr(" The median interval between assessments was {{name}} days.", name=name) if name else ""
