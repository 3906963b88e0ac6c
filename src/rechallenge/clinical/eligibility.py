"""Who is in: the criteria as named functions, evaluated for every patient, and the attrition that they give."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.exposure import EligibilitySettings
from rechallenge.tables import TEXT, text
from rechallenge.vocabulary import ADVANCED_STAGES, EARLIER_INTENTS, NSCLC_HISTOLOGIES, PRECISIONS, UNDIVIDED_STAGE_III

UNUSABLE: Final = "unusable_record"
# The population a patient belongs to when every criterion up to and including this one holds.
LAST_OF_FIRST_ICI: Final = "first_ici_in_window"
LAST_OF_PROGRESSED: Final = "index_progression"


@dataclass(frozen=True)
class Verdict:
    """What a criterion says of every patient: it holds, or it could not be evaluated (then it does not hold)."""

    holds: pd.Series
    evaluable: pd.Series


@dataclass(frozen=True)
class Frame:
    """The study's frame that the criteria look at."""

    window: tuple[pd.Timestamp, pd.Timestamp]
    cutoff: pd.Timestamp
    settings: EligibilitySettings
    progression_required: bool


def _verdict(holds: pd.Series, evaluable: pd.Series | None = None) -> Verdict:
    known = pd.Series(True, index=holds.index) if evaluable is None else evaluable.astype(bool)
    return Verdict(holds.astype(bool) & known, known)


def nsclc(rows: pd.DataFrame, frame: Frame) -> Verdict:
    """Histology is one of the NSCLC groups (ICD-O-3: small cell and carcinoid are out)."""
    return _verdict(rows["histology"].isin(NSCLC_HISTOLOGIES), rows["histology"].notna())


def advanced(rows: pd.DataFrame, frame: Frame) -> Verdict:
    """Stage IIIB or higher, or recurrence or metastasis on or before the first ICI (the cut-off without one).

    An undivided stage III is not evaluable, unless `accept_undivided_stage_iii` says so.
    """
    stages = set(ADVANCED_STAGES)
    undivided = rows["stage"].eq(UNDIVIDED_STAGE_III)
    if frame.settings.accept_undivided_stage_iii:
        stages.add(UNDIVIDED_STAGE_III)
        undivided = pd.Series(False, index=rows.index)
    recurred = rows["advanced_date"] <= rows["first_ici_start"].fillna(frame.cutoff)
    holds = rows["stage"].isin(stages) | recurred
    return _verdict(holds, holds | (rows["stage"].notna() & ~undivided))


def ici_treated(rows: pd.DataFrame, frame: Frame) -> Verdict:
    """At least one systemic ICI exposure with a date."""
    return _verdict(rows["first_ici_start"].notna())


def no_prior_ici(rows: pd.DataFrame, frame: Frame) -> Verdict:
    """The first ICI ever recorded was not neoadjuvant, adjuvant or consolidation treatment."""
    return _verdict(~rows["first_ici_intent"].isin(EARLIER_INTENTS))


def first_ici_monotherapy(rows: pd.DataFrame, frame: Frame) -> Verdict:
    """One ICI drug, and no other systemic antineoplastic beside it."""
    return _verdict(rows["first_ici_monotherapy"], rows["first_ici_start"].notna())


def first_ici_in_window(rows: pd.DataFrame, frame: Frame) -> Verdict:
    """The first ICI starts inside the study window, both ends included."""
    return _verdict(rows["first_ici_start"].between(*frame.window), rows["first_ici_start"].notna())


def index_progression(rows: pd.DataFrame, frame: Frame) -> Verdict:
    """Progression after the start of the first ICI, before other systemic therapy; holds where none is required."""
    progressed = rows["index_progression_date"].notna() | (not frame.progression_required)
    return _verdict(progressed, rows["first_ici_start"].notna())


def rechallenged(rows: pd.DataFrame, frame: Frame) -> Verdict:
    """An ICI again that `re_exposure` counts: after index progression where required, no continuation of the first."""
    return _verdict(rows["rechallenge_start"].notna(), rows["first_ici_start"].notna())


def rechallenge_in_window(rows: pd.DataFrame, frame: Frame) -> Verdict:
    """Rechallenge starts inside the study window, both ends included."""
    return _verdict(rows["rechallenge_in_window"], rows["rechallenge_start"].notna())


def minimum_data(rows: pd.DataFrame, frame: Frame) -> Verdict:
    """First ICI, index progression (where required) and rechallenge are dated, and follow-up reaches rechallenge."""
    limit = PRECISIONS.index(frame.settings.minimum_date_precision)
    good = list(PRECISIONS[: limit + 1])
    needed = ["first_ici_start_precision", "rechallenge_precision"]
    if frame.progression_required:
        needed.append("index_progression_precision")
    dated = rows[needed].isin(good).all(axis=1)
    followed = rows["last_alive_date"] >= rows["rechallenge_start"]
    return _verdict(dated & followed, rows["rechallenge_start"].notna() & rows["last_alive_date"].notna())


FUNCTIONS: Final[dict[str, Callable[[pd.DataFrame, Frame], Verdict]]] = {
    function.__name__: function
    for function in (
        nsclc, advanced, ici_treated, no_prior_ici, first_ici_monotherapy, first_ici_in_window,
        index_progression, rechallenged, rechallenge_in_window, minimum_data,
    )
}  # fmt: skip


def evaluate(
    course: pd.DataFrame,
    patients: pd.DataFrame,
    extract_patients: pd.Series,
    definitions: DefinitionSettings,
    cutoff: pd.Timestamp,
    window: tuple[pd.Timestamp, pd.Timestamp],
) -> pd.DataFrame:
    """Return the cohort: one row per patient of the extract, in order of patient_id.

    `course` and `patients` hold the usable patients; those of `extract_patients` that are not among them are
    excluded as `unusable_record`. Columns: patient_id, in_first_ici, in_progressed, eligible, excluded_by, one
    true/false column per criterion, not_evaluable (ids, separated by ;). `definitions` (resolved) give the criteria
    and whether a re-exposure needs progression; in_progressed are those who did progress.
    """
    settings = definitions.eligibility
    rows = course.merge(patients[["patient_id", "histology", "stage", "advanced_date"]], on="patient_id", how="left")
    frame = Frame(window, cutoff, settings, definitions.re_exposure.progression_required is not False)
    verdicts = {name: FUNCTIONS[name](rows, frame) for name in settings.criteria}
    holds = pd.DataFrame(
        {name: verdict.holds.to_numpy() for name, verdict in verdicts.items()}, index=rows["patient_id"]
    )
    unknown = pd.DataFrame(
        {name: ~verdict.evaluable.to_numpy() for name, verdict in verdicts.items()}, index=rows["patient_id"]
    )
    everyone = pd.Index(sorted(set(extract_patients.dropna()) | set(rows["patient_id"])), dtype=TEXT)
    usable = everyone.isin(holds.index)
    progressed = rows.loc[rows["index_progression_date"].notna(), "patient_id"]
    holds = holds.reindex(everyone, fill_value=False)
    unknown = unknown.reindex(everyone, fill_value=False)
    cohort = pd.DataFrame(
        {
            "patient_id": everyone,
            "in_first_ici": usable & holds[_up_to(settings, LAST_OF_FIRST_ICI)].all(axis=1).to_numpy(),
            "in_progressed": everyone.isin(progressed)
            & holds[_up_to(settings, LAST_OF_PROGRESSED)].all(axis=1).to_numpy(),
            "eligible": usable & holds.all(axis=1).to_numpy(),
        }
    )
    first_failure = np.where(holds.all(axis=1), "", holds.columns[(~holds).to_numpy().argmax(axis=1)])
    cohort["excluded_by"] = text(np.where(usable, first_failure, UNUSABLE))
    cohort = cohort.join(holds.reset_index(drop=True))
    cohort["not_evaluable"] = _listed(unknown)
    return cohort


def _up_to(settings: EligibilitySettings, last: str) -> list[str]:
    """The criteria of a population: those that stand, in the full order, up to and including `last`."""
    order = list(FUNCTIONS)
    return [name for name in settings.criteria if order.index(name) <= order.index(last)]


def _listed(flags: pd.DataFrame) -> pd.Series:
    names = pd.Series("", index=range(len(flags)), dtype="object")
    for name in flags.columns:
        names = names.mask(flags[name].to_numpy(), names + name + ";")
    return text(names.str.rstrip(";"))


def attrition(cohort: pd.DataFrame, criteria: tuple[str, ...]) -> pd.DataFrame:
    """Return the attrition: step, criterion, excluded, remaining, not_evaluable; step 0 is the extract.

    A row `unusable_record` follows step 0 where rows set aside left patients without a usable record. Counts
    come from the masks of `cohort`; raises RuntimeError when they do not add up to its eligible patients.
    """
    remaining = pd.Series(True, index=cohort.index)
    unusable = cohort["excluded_by"].eq(UNUSABLE)
    rows: list[tuple[str, int, int, int]] = [("extract", 0, len(cohort), 0)]
    if unusable.any():
        remaining &= ~unusable
        rows.append((UNUSABLE, int(unusable.sum()), int(remaining.sum()), 0))
    unknown = cohort["not_evaluable"].fillna("").str.split(";")
    for name in criteria:
        leaving = remaining & ~cohort[name]
        blind = sum(name in names for names in unknown[leaving])
        remaining &= cohort[name]
        rows.append((name, int(leaving.sum()), int(remaining.sum()), int(blind)))
    table = pd.DataFrame(rows, columns=["criterion", "excluded", "remaining", "not_evaluable"])
    table.insert(0, "step", range(len(table)))
    reconcile(table, cohort)
    return table


def reconcile(table: pd.DataFrame, cohort: pd.DataFrame) -> None:
    """Raise RuntimeError unless each step's counts follow from the one before and from the cohort's own reasons.

    It would be a fault of ours and not of the data.
    """
    expected = table["remaining"].shift(1).iloc[1:] - table["excluded"].iloc[1:]
    by_reason = cohort["excluded_by"].value_counts()
    reasons = table.iloc[1:].set_index("criterion")["excluded"]
    problems = []
    if not (expected == table["remaining"].iloc[1:]).all() or int(table["remaining"].iloc[-1]) != int(
        cohort["eligible"].sum()
    ):
        problems.append("attrition: the counts of the steps do not add up to the eligible patients.")
    if not reasons[reasons > 0].sort_index().equals(by_reason.sort_index().astype(reasons.dtype)):
        problems.append("attrition: the counts of the steps differ from the reasons recorded for the patients.")
    if problems:
        raise RuntimeError(" ".join(problems))
