"""Reported responses against those that the measured lesions give: where they differ, and how often."""

from typing import Final

import pandas as pd

from rechallenge.clinical.recist import derived_responses, replaced
from rechallenge.files import number_text
from rechallenge.findings import Rule, findings, together
from rechallenge.settings.exposure import LesionSettings
from rechallenge.tables import TEXT
from rechallenge.vocabulary import PROGRESSIVE

DIFFERS: Final = Rule(
    "lesion_response_differs",
    "note",
    "The measured lesions give another response than was reported",
    "Check the measurements and the report; the lesions are taken (definitions.lesions.use: never takes the report).",
)
AGREEMENT: Final = ("model", "statistic", "level", "n")
_DAY: Final = ["patient_id", "assessment_date"]
_FIRST: Final = [*_DAY, "epoch_start", "source_file", "source_row"]
# Words that say the same of a day: iRECIST's progression, and what is reported of a patient without targets.
_ALIKE: Final = dict.fromkeys(PROGRESSIVE, "PD") | {"NON_CR_NON_PD": "SD"}


def disagreements(
    assessments: pd.DataFrame, lesions: pd.DataFrame, regimens: pd.DataFrame, settings: LesionSettings
) -> pd.DataFrame:
    """Return a note (a finding) for each day whose reported response differs, and for each first progression that does.

    Columns: `findings.COLUMNS`. The first progressions of a regimen are compared by their day; that of the reports
    alone is noted where the lesions of that day say otherwise and no later report stands.
    """
    derived = derived_responses(lesions, regimens, settings)
    days = compared_days(assessments, derived)
    differing = days[~days["equal"]]
    message = "Reported " + differing["response"] + "; the measured lesions give " + differing["derived"]
    message = message + " (" + _why(differing) + ")."
    stands = differing["derived"].eq("NE") & differing["response"].isin(PROGRESSIVE)
    message = message.mask(stands, message + " The report stands.")
    notes = findings(DIFFERS, differing, table="assessments", column="response", message=message)
    return together([notes, _other_progressions(assessments, derived, regimens)])


def agreement_counts(
    assessments: pd.DataFrame, lesions: pd.DataFrame, regimens: pd.DataFrame, settings: LesionSettings
) -> pd.DataFrame:
    """Return how many days were compared, equal and different, and how many of each pair; columns AGREEMENT.

    `model` is lesion_agreement; the rows with the statistic `n` have the pair `<reported>=><derived>` as level.
    Empty where no lesion was used. No identifier and no date: a count per pair of words.
    """
    derived = derived_responses(lesions, regimens, settings)
    if derived.empty:
        return pd.DataFrame(columns=list(AGREEMENT))
    days = compared_days(assessments, derived)
    totals = {"compared": len(days), "equal": int(days["equal"].sum()), "different": int((~days["equal"]).sum())}
    pairs = (days["response"] + "=>" + days["derived"]).value_counts().sort_index()
    rows = [(statistic, "", n) for statistic, n in totals.items()]
    rows += [("n", str(pair), int(n)) for pair, n in pairs.items()]
    counts = pd.DataFrame(rows, columns=["statistic", "level", "n"]).assign(model="lesion_agreement")
    return counts[list(AGREEMENT)]


def compared_days(assessments: pd.DataFrame, derived: pd.DataFrame) -> pd.DataFrame:
    """Return one row per patient and day that has both: the reported assessment, `derived` (response) and `equal`.

    Reported is an assessment on imaging; of several on a day the progression, else the first row. Further columns
    are those of `recist.derived_responses` that say why: sum_mm, baseline_mm, nadir_mm, and progressing_lesions
    and new_lesions as `lesions_growing` and `lesions_new`.
    """
    why = {"progressing_lesions": "lesions_growing", "new_lesions": "lesions_new", "response": "derived"}
    reported = assessments[~assessments["basis"].eq("clinical") & assessments["response"].notna()]
    rank = ~reported["response"].isin(PROGRESSIVE)
    reported = reported.assign(_rank=rank).sort_values([*_DAY, "_rank", "source_file", "source_row"], kind="stable")
    reported = reported.drop_duplicates(_DAY).drop(columns="_rank")
    columns = ["derived", "sum_mm", "baseline_mm", "nadir_mm", "lesions_growing", "lesions_new"]
    days = reported.merge(derived.rename(columns=why)[[*_DAY, *columns]], on=_DAY, how="inner")
    days["equal"] = days["response"].replace(_ALIKE).eq(days["derived"].replace(_ALIKE))
    return days


def _why(days: pd.DataFrame) -> pd.Series:
    """What the derived response rests on, as text."""
    text = pd.Series("no measured target", index=days.index, dtype=TEXT)
    measured = days["baseline_mm"].notna()
    numbers = {name: days[name].map(number_text).astype(TEXT) for name in ("sum_mm", "baseline_mm", "nadir_mm")}
    sums = "sum of diameters " + numbers["sum_mm"] + " mm, baseline " + numbers["baseline_mm"]
    text = text.mask(measured, sums + ", nadir " + numbers["nadir_mm"])
    growing, new = (days[name].map(number_text).astype(TEXT) for name in ("lesions_growing", "lesions_new"))
    return text.mask(days["derived"].eq("PD"), text + "; growing lesions " + growing + ", new lesions " + new)


def _other_progressions(assessments: pd.DataFrame, derived: pd.DataFrame, regimens: pd.DataFrame) -> pd.DataFrame:
    """A finding for each regimen whose first progression is reported on another day than the lesions give."""
    key = ["patient_id", "epoch_start"]
    reported = _first_progressions(assessments, regimens)
    own = derived[derived["response"].eq("PD")].drop_duplicates(key)
    used = _first_progressions(replaced(assessments, derived), regimens).rename(columns={"assessment_date": "used"})
    pairs = reported.merge(own[_FIRST], on=key, how="outer", suffixes=("", "_derived"))
    pairs = pairs.merge(used[[*key, "used"]], on=key, how="left").merge(derived[key].drop_duplicates(), on=key)
    told, found = pairs["assessment_date"], pairs["assessment_date_derived"]
    pairs = pairs[told.ne(found) & (found.notna() | pairs["used"].isna())]
    message = "First progression on the regimen that started on " + _day(pairs["epoch_start"]) + ": reported "
    message = message + _day(pairs["assessment_date"]) + ", by the measured lesions "
    message = message + _day(pairs["assessment_date_derived"]) + _shift(pairs)
    stands = pairs["assessment_date"].eq(pairs["used"])
    message = message.mask(stands, message + " The report stands: no response was read from lesions that day.")
    only_derived = pairs["assessment_date"].isna()
    for name in ("source_file", "source_row"):
        pairs[name] = pairs[name].mask(only_derived, pairs[f"{name}_derived"])
    value = _day(pairs["assessment_date"]).mask(only_derived)
    parts = [
        findings(DIFFERS, pairs[of], table=table, column="assessment_date", value=value[of], message=message[of])
        for table, of in (("assessments", ~only_derived), ("lesions", only_derived))
    ]
    return together(parts)


def _first_progressions(assessments: pd.DataFrame, regimens: pd.DataFrame) -> pd.DataFrame:
    """The first progression on imaging after the start of each regimen, before (or on) the start of the next one."""
    rows = assessments[assessments["response"].isin(PROGRESSIVE) & ~assessments["basis"].eq("clinical")]
    rows = rows[rows["assessment_date"].notna()].sort_values("assessment_date", kind="stable")
    starts = regimens[["patient_id", "start_date"]].dropna().drop_duplicates()
    starts = starts.rename(columns={"start_date": "epoch_start"}).sort_values("epoch_start", kind="stable")
    rows = rows[[*_DAY, "source_file", "source_row"]]
    starts = starts.assign(assessment_date=starts["epoch_start"])
    placed = pd.merge_asof(rows, starts, on="assessment_date", by="patient_id", allow_exact_matches=False)
    placed = placed[placed["epoch_start"].notna()].sort_values([*_DAY, "source_file", "source_row"], kind="stable")
    return placed.drop_duplicates(["patient_id", "epoch_start"])


def _day(dates: pd.Series) -> pd.Series:
    return dates.dt.strftime("%Y-%m-%d").astype(TEXT).fillna("none")


def _shift(pairs: pd.DataFrame) -> pd.Series:
    """By how many days the first progression moves, as the end of the sentence."""
    days = (pairs["assessment_date_derived"] - pairs["assessment_date"]).dt.days
    count = days.abs().map(number_text).astype(TEXT)
    text = pd.Series(".", index=pairs.index, dtype=TEXT)
    return text.mask(days < 0, " (" + count + " days earlier).").mask(days > 0, " (" + count + " days later).")
