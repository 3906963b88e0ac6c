"""Every number of the data-generating model, documented once and saved beside each simulated extract.

Times are months where the name says so, else days. The marks after a value are those of the clinical
reference: [a] read in a source, [b] field knowledge, [c] our assumption.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

SITES: Final = ("A", "B", "C", "D", "E", "F")
GROUPS: Final = ("advanced", "locally_advanced", "early", "small_cell", "other_histology")
PATHS: Final = ("no_ici", "monotherapy", "combination", "dual_ici", "investigational")
PLANS: Final = ("rechallenge", "other_therapy", "beyond_progression", "none")
REGIMEN_TYPES: Final = ("monotherapy", "chemotherapy", "anti_angiogenic", "chemotherapy_and_anti_angiogenic")
ICIS: Final = (
    "nivolumab", "pembrolizumab", "sintilimab", "camrelizumab", "tislelizumab", "atezolizumab", "toripalimab",
    "sugemalimab",
)  # fmt: skip


def day_number(iso: str) -> int:
    """Days since 1970-01-01, the time unit of the simulation."""
    return int(np.datetime64(iso, "D").astype(np.int64))


@dataclass(frozen=True)
class BaselineParameters:
    """Who the patients are."""

    groups: tuple[float, ...] = (0.75, 0.06, 0.09, 0.07, 0.03)  # GROUPS [c]
    paths: tuple[tuple[float, ...], ...] = (  # PATHS, one row per group [c]
        (0.12, 0.42, 0.40, 0.03, 0.03),
        (1.00, 0.00, 0.00, 0.00, 0.00),  # their ICI is the consolidation
        (0.50, 0.25, 0.25, 0.00, 0.00),
        (0.52, 0.12, 0.36, 0.00, 0.00),
        (0.50, 0.25, 0.25, 0.00, 0.00),
    )
    entry_years: tuple[int, ...] = (2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022)
    entry_weights: tuple[float, ...] = (0.02, 0.03, 0.05, 0.08, 0.15, 0.21, 0.22, 0.18, 0.06)  # [c]
    ici_within_trials: tuple[float, float] = (0.05, 0.30)  # of the ICI paths until 2015, and in 2016-17 [c]
    age_mean: float = 61.0  # [a-d]
    age_sd: float = 8.5
    male: float = 0.82
    ever_smoker: float = 0.68
    smoking_missing: float = 0.04  # [c]
    histologies: tuple[tuple[str, float], ...] = (
        ("adenocarcinoma", 0.65),
        ("squamous", 0.29),
        ("large_cell", 0.02),
        ("adenosquamous", 0.02),
        ("nsclc_nos", 0.02),
    )
    advanced_stages: tuple[tuple[str, float], ...] = (("IIIB", 0.14), ("IIIC", 0.05), ("IVA", 0.48), ("IVB", 0.33))
    undivided_stage: float = 0.015  # of advanced patients: an undivided "III" [c]
    ecog: tuple[float, ...] = (0.24, 0.70, 0.06)
    pd_l1_missing: float = 0.57
    pd_l1_below_1: float = 0.43  # of the tested; the rest is split evenly between 1-49 and 50-100
    brain: float = 0.12
    liver: float = 0.12
    bone: float = 0.30
    egfr: float = 0.10  # of the tested
    alk: float = 0.02
    driver_untested: float = 0.22  # [c]
    early_recurs: float = 0.65  # [c]
    recurrence_months: float = 14.0  # median [c]


@dataclass(frozen=True)
class FirstIciParameters:
    """The first ICI: response, latent time to progression, and what comes after it."""

    response: float = 0.25
    complete_response: float = 0.05  # of the responders [c]
    shape: float = 1.15
    median_months_response: float = 7.0
    median_months_no_response: float = 3.9
    acquired_from_days: float = 182.625  # acquired: response recorded, or progression recorded at least this late
    prior_line: float = 0.55  # systemic therapy before it [c]
    toxicity_stop: float = 0.09  # [c]
    restart_after_toxicity: float = 0.40  # of those stopped for toxicity, without progression in between [c]
    plans_acquired: tuple[float, ...] = (0.64, 0.15, 0.11, 0.10)  # PLANS, after progression on monotherapy [c]
    plans_primary: tuple[float, ...] = (0.40, 0.28, 0.12, 0.20)  # responders are rechallenged more often [c]
    second_ici_otherwise: float = 0.15  # an ICI again, after progression on any other first ICI regimen [c]
    beyond_then_other_ici: float = 0.25  # another ICI after treatment beyond progression [c]
    combination_response: float = 0.45  # [b]
    combination_median_months: float = 8.0  # of a first ICI with chemotherapy [b]


@dataclass(frozen=True)
class RechallengeParameters:
    """The rechallenge: latent time to progression, Weibull with proportional hazards and a log-normal frailty."""

    shape: float = 1.2
    reference_median_months: float = 6.0  # acquired resistance, oligo-progression, no interval treatment
    hr_primary: float = 4.0
    hr_systemic: float = 2.2
    hr_interval: float = 0.60
    log_frailty_sd: float = 0.5
    oligo_acquired: float = 0.60
    oligo_primary: float = 0.45
    interval_acquired: float = 0.65
    interval_primary: float = 0.40
    same_ici_interval: float = 0.71  # together 57% same ICI
    same_ici_direct: float = 0.40
    regimens: tuple[float, ...] = (0.10, 0.40, 0.35, 0.15)  # REGIMEN_TYPES
    response_acquired: float = 0.25  # [c]
    response_primary: float = 0.05  # [c]
    new_therapy_first: float = 0.05  # changed to another therapy before progression [c]
    later_therapy: float = 0.50  # [c]


@dataclass(frozen=True)
class FollowUpParameters:
    """Scans, deaths, loss to follow-up and the cut-off."""

    cutoff: str = "2022-12-31"
    first_scans_days: tuple[int, int] = (38, 52)  # the first two intervals: 45 +/- 7
    later_scans_days: tuple[int, int] = (42, 66)
    symptomatic: float = 0.20  # progress with symptoms before the scan
    symptomatic_clinical_only: float = 0.25  # of these, no scan made [c]
    not_evaluable: float = 0.03  # of scans before progression [c]
    death_shape: float = 1.1
    death_median_months: float = 11.0  # after the last progression that the model follows
    other_death_per_month: float = 0.006  # death without progression [c]
    lost: float = 0.13  # would be lost; some die or reach the cut-off first, so that 8% are seen to be
    other_therapy_shape: float = 1.2
    other_therapy_median_months: float = 4.5  # time to progression on chemotherapy [b]
    targeted_median_months: float = 11.0  # on an EGFR or ALK inhibitor [b]


@dataclass(frozen=True)
class SafetyParameters:
    """Adverse events."""

    immune_related: float = 0.30  # per ICI regimen [b]
    grades: tuple[float, ...] = (0.42, 0.40, 0.14, 0.04)  # 1 to 4
    onset_median_days: float = 60.0
    recurrence: float = 0.35  # of an earlier immune-related event at rechallenge [c]
    other: float = 0.35  # any recorded toxicity of chemotherapy [c]


@dataclass(frozen=True)
class Parameters:
    """The whole model."""

    baseline: BaselineParameters = field(default_factory=BaselineParameters)
    first_ici: FirstIciParameters = field(default_factory=FirstIciParameters)
    rechallenge: RechallengeParameters = field(default_factory=RechallengeParameters)
    follow_up: FollowUpParameters = field(default_factory=FollowUpParameters)
    safety: SafetyParameters = field(default_factory=SafetyParameters)

    def plain(self) -> dict[str, Any]:
        """Return the parameters as JSON-ready values."""
        return asdict(self)
