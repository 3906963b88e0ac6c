"""Sentences on the checks of the main results: validation, rechallenge as exposure, dates of progression."""

from typing import Final

from rechallenge.language import N_, tr
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.result_sentences import interval
from rechallenge.report.sentences import counted
from rechallenge.report.sheets import EMPTY, if_known

PFS: Final = {"endpoint": "PFS", "population": "rechallenge"}
EXPOSURE: Final = {"endpoint": "PPS", "population": "progressed", "term": "rechallenged", "level": "true"}
CAUSES: Final = {"progression": "progression", "death": N_("death without progression")}


def validation(numbers: Numbers) -> str:
    """The concordance of the model of PFS, and how much of it is optimism; empty where it was not validated."""
    apparent, corrected, slope = (
        name_of({**PFS, "model": "validation", "statistic": statistic})
        for statistic in ("concordance_apparent", "concordance_corrected", "calibration_slope")
    )
    said = tr(
        "The concordance of the multivariable model of PFS was {{apparent}}, corrected for optimism {{corrected}}; the corrected calibration slope was {{slope}}.",
        apparent=apparent,
        corrected=corrected,
        slope=slope,
    )
    return _known(said, apparent, corrected, slope, numbers=numbers)


def exposure(numbers: Numbers) -> list[str]:
    """Rechallenge as an exposure: the naive and the time-dependent hazard ratio, and what they do not show."""
    naive, changing = (
        name_of({**EXPOSURE, "model": f"exposure_{model}", "reference": "false", "statistic": "hr"})
        for model in ("naive", "time_dependent")
    )
    test = changing.removesuffix("hr") + "ph_p"
    both = naive in numbers and changing in numbers
    biased = both and numbers[naive]["raw"] < numbers[changing]["raw"]
    said = tr(
        "Among all patients who progressed on the first ICI ({{changing}.n} patients, {{changing}.events} deaths), the hazard ratio for death was {{naive}}{interval} for ever against never rechallenged, which counts the wait for rechallenge as survival after it, and {{changing}}{interval_2} with rechallenge as a time-dependent covariate",
        changing=changing,
        naive=naive,
        interval=interval(naive, numbers),
        interval_2=interval(changing, numbers),
    )
    said += tr("; the difference between the two reflects immortal-time bias.") if biased else "."
    found = [_known(said, naive, changing, f"{changing}.n", f"{changing}.events", numbers=numbers)]
    if not found[0]:
        return []
    found.append(
        _known(tr("The test of proportional hazards of the latter gave {P:{test}}.", test=test), test, numbers=numbers),
    )
    found.append(tr("Patients chosen for rechallenge may differ in other ways, so no effect is attributed to it."))
    return [line for line in found if line]


def causes(numbers: Numbers) -> str:
    """What ended PFS from rechallenge."""
    progression, death = (
        name_of({**PFS, "model": f"cumulative_incidence|{cause}", "term": "overall", "statistic": "events"})
        for cause in CAUSES
    )
    if progression not in numbers or death not in numbers:
        return ""
    if not numbers[death]["raw"]:
        return tr(
            "All {{progression}} events of PFS from rechallenge were progressions; nobody died without one.",
            progression=progression,
        )
    first, second = counted(progression, "progression", numbers), counted(death, "death", numbers)
    return tr(
        "The events of PFS from rechallenge were {first} and {second} without progression.", first=first, second=second
    )


def dating(numbers: Numbers) -> str:
    """Median PFS when progression is dated in the middle between two scans."""
    middle = name_of({**PFS, "model": "dating_midpoint", "term": "overall", "statistic": "median"})
    said = tr(
        "With progression dated midway between the last scan without it and the scan that showed it, median PFS from rechallenge was {{middle}} months{interval}.",
        middle=middle,
        interval=interval(middle, numbers),
    )
    return _known(said, middle, numbers=numbers)


def _known(pattern: str, *names: str, numbers: Numbers) -> str:
    found = if_known(pattern, *names, numbers=numbers)
    return "" if found == EMPTY else found
