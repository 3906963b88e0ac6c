"""What the data allow of the index study's claim: that the pattern matters particularly after acquired resistance.

The claim compares the effect of the progression pattern between the classes of resistance, so that it is judged by the
interaction of the two, never by P values within the classes. Which words are chosen depends on the rows: the direction,
whether the interval holds 1, what could not be fitted, and what the number of events could show at all.
"""

# ruff: noqa: E501
# Sentences stand on one line each.

import math
from dataclasses import dataclass
from typing import Final

import pandas as pd

from rechallenge.formatting import DETECTABLE_BELOW
from rechallenge.report.few_events import class_events
from rechallenge.report.numbers import Numbers, name_of, records
from rechallenge.report.result_sentences import CLASSES, interval
from rechallenge.report.sentences import counted, literal
from rechallenge.words import reason

PFS: Final = {"endpoint": "PFS", "population": "rechallenge"}
RESISTANCE, PATTERN = "resistance", "progression_pattern"
# Figures of config/published/index_study.yaml that the claim rests on.
PUBLISHED: Final = {level: f"published.index_study.pfs_acquired_{level}" for level in ("oligo", "systemic")}
# Ratios of hazard ratios that are as good as 1, and those that would be large.
CLOSE: Final = 1.25
LARGE: Final = 2.0
_QUESTION: Final = (
    "A difference within one class of resistance does not show that the classes differ: that is a question of "
    "interaction, and is tested here as such."
)


@dataclass(frozen=True)
class _Effect:
    """The effect of the pattern after acquired and after another resistance: names of numbers, and their words."""

    term: str
    other: str
    acquired: str
    elsewhere: str
    ratio: str
    cells: tuple[str, ...]
    systemic: bool

    def larger_after_acquired(self, numbers: Numbers) -> bool:
        logs = [math.log(numbers[name]["raw"]) for name in (self.acquired, self.elsewhere)]
        return (logs[0] > logs[1]) == self.systemic


def sentences(estimates: pd.DataFrame, numbers: Numbers) -> list[str]:
    """Return the paragraph on the claim; nothing where the interaction of resistance and pattern is not asked for.

    `estimates` is a `numbers.prepared` results table.
    """
    own = estimates[estimates["analysis"].eq("main") & estimates["model"].eq("interaction")]
    own = own[own["endpoint"].eq(PFS["endpoint"]) & own["population"].eq(PFS["population"])]
    own = own[own["term"].isin([f"{RESISTANCE}*{PATTERN}", f"{PATTERN}*{RESISTANCE}"])]
    if own.empty:
        return []
    found = [_claim(numbers)]
    effect = _effect(own, numbers)
    if effect is None:
        reasons = own.loc[own["statistic"] == "not_fitted", "method"]
        why = literal(reason(reasons.iloc[0])) if len(reasons) else "it has no estimate."
        return [*found, f"Here the interaction could not be estimated: {why}", *_power(own["term"].iloc[0], numbers)]
    test = name_of({**PFS, "model": "interaction", "term": effect.term, "statistic": "likelihood_ratio_chi2"})
    side = "systemic against oligo-progression" if effect.systemic else "oligo- against systemic progression"
    found.append(
        f"Here the hazard ratio of {side} was {_estimate(effect.acquired, numbers)} "
        f"{CLASSES[RESISTANCE]['acquired']} and {_estimate(effect.elsewhere, numbers)} {effect.other}; the ratio of the two "
        f"was {_estimate(effect.ratio, numbers)}, likelihood-ratio test of the interaction {{P:{test}.p}}."
    )
    adjusted = effect.ratio.replace(".interaction.", ".interaction_adjusted.")
    again = test.replace(".interaction.", ".interaction_adjusted.")
    if adjusted in numbers and f"{again}.p" in numbers:
        found.append(f"Adjusted for the other covariates it was {_estimate(adjusted, numbers)}, {{P:{again}.p}}.")
    found += [_verdict(effect, numbers), *_power(effect.term, numbers, effect.cells)]
    return found


def _claim(numbers: Numbers) -> str:
    oligo, systemic = PUBLISHED["oligo"], PUBLISHED["systemic"]
    if oligo not in numbers or systemic not in numbers:
        return f"Does the effect of the progression pattern differ between acquired and primary resistance? {_QUESTION}"
    p = f", {{P:{oligo}.p}}" if f"{oligo}.p" in numbers else ""
    return (
        "The index study concludes that rechallenge is likely to be an option after oligo-progression, particularly after "
        f"acquired resistance. Its abstract gives median PFS by pattern after acquired resistance ({{{oligo}}} and "
        f"{{{systemic}}} months{p}) and not after primary resistance. {_QUESTION}"
    )


def _effect(own: pd.DataFrame, numbers: Numbers) -> _Effect | None:
    """The first ratio of hazard ratios that sets acquired against another resistance."""
    for row in records(own[own["statistic"] == "hr_ratio"]):
        order = row["term"].split("*")
        pairs = zip(order, row["level"].split("*"), row["reference"].split("*"), strict=True)
        classes = {name: (level, reference) for name, level, reference in pairs}
        if "acquired" not in classes[RESISTANCE] or set(classes[PATTERN]) != {"oligo", "systemic"}:
            continue
        other = next(name for name in classes[RESISTANCE] if name != "acquired")
        level, reference = classes[PATTERN]
        key = {**PFS, "model": "interaction", "term": row["term"], "reference": reference, "statistic": "hr"}
        within = {name: f"{level}|{RESISTANCE}={name}" for name in ("acquired", other)}
        names = {name: name_of({**key, "level": said}) for name, said in within.items()}
        if not all(name in numbers for name in names.values()):
            continue
        cells = [class_events(names[name], within[name], reference, numbers) for name in names]
        words = CLASSES[RESISTANCE].get(other, f"in the class {other.replace('_', ' ')}")
        return _Effect(
            row["term"], words, names["acquired"], names[other], name_of({**row, "at": ""}),
            tuple(item for part in cells for item in part), level == "systemic",
        )  # fmt: skip
    return None


def _estimate(name: str, numbers: Numbers) -> str:
    return f"{{{name}}}{interval(name, numbers)}"


def _verdict(effect: _Effect, numbers: Numbers) -> str:
    """What the ratio and its interval allow; a P value alone decides nothing, and none of them shows equality."""
    adjusted = effect.ratio.replace(".interaction.", ".interaction_adjusted.")
    known = [name for name in (effect.ratio, adjusted) if name in numbers and f"{name}.ci" in numbers]
    if effect.ratio not in known:
        return "With so few events the ratio of the two cannot be estimated, so that the claim can be neither supported nor refuted."
    ratios = [numbers[name]["raw"] for name in known]
    both = "with and without adjustment" if len(ratios) > 1 else "as it is estimated"
    if all(1 / CLOSE <= ratio <= CLOSE for ratio in ratios):
        way = f"The ratio is close to 1 {both}, and so points in neither direction"
    elif min(ratios) < 1 < max(ratios):
        way = "The ratio lies on the other side of 1 once it is adjusted, and so supports neither direction"
    elif effect.larger_after_acquired(numbers):
        way = "The estimate points in the direction of the claim"
    else:
        way = "The estimate points against the claim"
    lower, upper = numbers[f"{effect.ratio}.ci"]["raw"]
    if not lower <= 1 <= upper:
        return (
            f"{way}, and its interval excludes 1; it is one exploratory test among several, and its size is uncertain."
        )
    allowed = "no difference"
    if lower < 1 / LARGE and upper > LARGE:
        allowed += " and with a large difference in either direction"
    elif lower < 1 / LARGE or upper > LARGE:
        allowed += " and with a large one"
    return (
        f"{way}; its interval is compatible with {allowed}, so that these data neither show nor exclude that the effect of the "
        "pattern depends on resistance."
    )


def _power(term: str, numbers: Numbers, cells: tuple[str, ...] = ()) -> list[str]:
    """What the number of events can show of such an interaction, if that was computed."""
    stem = f"{name_of({**PFS, 'model': 'power', 'term': term})}."
    smallest = next((name for name in numbers if name.startswith(stem) and name.endswith(".detectable_hr_ratio")), "")
    if not smallest:
        return []
    power = "{settings.statistics.power.percent}"
    found = f"With {counted(f'{smallest}.events', 'event', numbers)}, a two-sided test at the {{settings.statistics.confidence.alpha}} level "
    if numbers[smallest]["raw"] > DETECTABLE_BELOW:
        found += f"would detect no ratio of hazard ratios between 1 and {{constants.detectable_below}} with a power of {power}"
    else:
        found += f"would detect a ratio of hazard ratios of {{{smallest}}} or more (or as far below 1) with a power of {power}"
    published = _published_ratio(numbers)
    stem = smallest.removesuffix("detectable_hr_ratio") + "power.at_"
    powers = {name.removeprefix(stem): name for name in numbers if name.startswith(stem)}
    # Beside the power itself stand its numbers of patients and events.
    shown = {float(at): name for at, name in powers.items() if at.replace(".", "", 1).isdigit()}
    near = [at for at in shown if published and abs(math.log(at / published)) < math.log(1.1)]
    if near:
        found += (
            f", and a ratio of {{constants.assumed_ratio_{near[0]:g}}}, about that of the published medians if the pattern made no difference after primary "
            f"resistance, with a power of {{{shown[near[0]]}}}"
        )
    found += " (formula of Peterson and George, from the events of the four cells, under proportional hazards)"
    least = min(cells, key=lambda name: numbers[name]["raw"], default="")
    return [
        f"{found}.",
        *([f"The smallest of the four cells has {counted(least, 'event', numbers)}."] if least else []),
    ]


def _published_ratio(numbers: Numbers) -> float:
    """The ratio of the published medians, 0 where they are not numbers."""
    oligo, systemic = (numbers[name]["raw"] if name in numbers else None for name in PUBLISHED.values())
    return float(oligo / systemic) if oligo and systemic else 0.0
