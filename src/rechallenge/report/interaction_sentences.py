"""What the data allow of the index study's claim: that the pattern matters particularly after acquired resistance.

The claim compares the effect of the progression pattern between the classes of resistance, so that it is judged by the
interaction of the two, never by P values within the classes. Which words are chosen depends on the rows: the direction,
whether the interval holds 1, what could not be fitted, and what the number of events could show at all.
"""

# Sentences stand on one line each.

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from rechallenge.formatting import DETECTABLE_BELOW, missing
from rechallenge.language import N_, tr
from rechallenge.method_words import reason
from rechallenge.report.few_events import class_events
from rechallenge.report.numbers import WITHHELD, Numbers, name_of
from rechallenge.report.result_sentences import CLASSES, interval
from rechallenge.report.sentences import counted, literal
from rechallenge.results import records

PFS: Final = {"endpoint": "PFS", "population": "rechallenge"}
RESISTANCE, PATTERN = "resistance", "progression_pattern"
# Figures of config/published/index_study.yaml that the claim rests on.
PUBLISHED: Final = {level: f"published.index_study.pfs_acquired_{level}" for level in ("oligo", "systemic")}
# Ratios of hazard ratios that are as good as 1, and those that would be large.
CLOSE: Final = 1.25
LARGE: Final = 2.0
_QUESTION: Final = N_(
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
        why = literal(reason(reasons.iloc[0])) if len(reasons) else tr("it has no estimate.")
        if any(name.startswith(f"{WITHHELD}pfs.rechallenge.interaction.") for name in numbers):
            why = tr("too few patients or events stand behind it for a public release.")
        return [
            *found,
            tr("Here the interaction could not be estimated: {why}", why=why),
            *_power(own["term"].iloc[0], numbers),
        ]
    test = name_of({**PFS, "model": "interaction", "term": effect.term, "statistic": "likelihood_ratio_chi2"})
    side = tr("systemic against oligo-progression") if effect.systemic else tr("oligo- against systemic progression")
    found.append(
        tr(
            "Here the hazard ratio of {side} was {estimate} {acquired} and {estimate_2} {other}; the ratio of the two was {estimate_3}, likelihood-ratio test of the interaction {P:{test}.p}.",
            side=side,
            estimate=_estimate(effect.acquired, numbers),
            acquired=CLASSES[RESISTANCE]["acquired"],
            estimate_2=_estimate(effect.elsewhere, numbers),
            other=effect.other,
            estimate_3=_estimate(effect.ratio, numbers),
            test=test,
        )
    )
    adjusted = effect.ratio.replace(".interaction.", ".interaction_adjusted.")
    again = test.replace(".interaction.", ".interaction_adjusted.")
    if adjusted in numbers and f"{again}.p" in numbers:
        found.append(
            tr(
                "Adjusted for the other covariates it was {estimate}, {P:{again}.p}.",
                estimate=_estimate(adjusted, numbers),
                again=again,
            )
        )
    found += [_verdict(effect, numbers), *_power(effect.term, numbers, effect.cells)]
    return found


def _claim(numbers: Numbers) -> str:
    oligo, systemic = PUBLISHED["oligo"], PUBLISHED["systemic"]
    if oligo not in numbers or systemic not in numbers:
        return tr(
            "Does the effect of the progression pattern differ between acquired and primary resistance? {question}",
            question=_QUESTION,
        )
    p = f", {{P:{oligo}.p}}" if f"{oligo}.p" in numbers else ""
    return tr(
        "The index study concludes that rechallenge is likely to be an option after oligo-progression, particularly after acquired resistance. Its abstract gives median PFS by pattern after acquired resistance ({{oligo}} and {{systemic}} months{p}) and not after primary resistance. {question}",
        oligo=oligo,
        systemic=systemic,
        p=p,
        question=_QUESTION,
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
        words = CLASSES[RESISTANCE].get(other, tr("in the class {other}", other=other.replace("_", " ")))
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
        return tr(
            "With so few events the ratio of the two cannot be estimated, so that the claim can be neither supported nor refuted."
        )
    ratios = [numbers[name]["raw"] for name in known]
    both = tr("with and without adjustment") if len(ratios) > 1 else tr("as it is estimated")
    if all(1 / CLOSE <= ratio <= CLOSE for ratio in ratios):
        way = tr("The ratio is close to 1 {both}, and so points in neither direction", both=both)
    elif min(ratios) < 1 < max(ratios):
        way = tr("The ratio lies on the other side of 1 once it is adjusted, and so supports neither direction")
    elif effect.larger_after_acquired(numbers):
        way = tr("The estimate points in the direction of the claim")
    else:
        way = tr("The estimate points against the claim")
    lower, upper = numbers[f"{effect.ratio}.ci"]["raw"]
    if not lower <= 1 <= upper:
        return tr(
            "{way}, and its interval excludes 1; it is one exploratory test among several, and its size is uncertain.",
            way=way,
        )
    allowed = tr("no difference")
    if lower < 1 / LARGE and upper > LARGE:
        allowed += tr(" and with a large difference in either direction")
    elif lower < 1 / LARGE or upper > LARGE:
        allowed += tr(" and with a large one")
    return tr(
        "{way}; its interval is compatible with {allowed}, so that these data neither show nor exclude that the effect of the pattern depends on resistance.",
        way=way,
        allowed=allowed,
    )


def _power(term: str, numbers: Numbers, cells: tuple[str, ...] = ()) -> list[str]:
    """What the number of events can show of such an interaction, if that was computed."""
    stem = f"{name_of({**PFS, 'model': 'power', 'term': term})}."
    smallest = next((name for name in numbers if name.startswith(stem) and name.endswith(".detectable_hr_ratio")), "")
    if not smallest:
        return []
    power = "{settings.statistics.power.percent}"
    found = tr(
        "With {counted}, a two-sided test at the {settings.statistics.confidence.alpha} level ",
        counted=counted(f"{smallest}.events", "event", numbers),
    )
    if numbers[smallest]["raw"] > DETECTABLE_BELOW:
        found += tr(
            "would detect no ratio of hazard ratios between 1 and {constants.detectable_below} with a power of {power}",
            power=power,
        )
    else:
        found += tr(
            "would detect a ratio of hazard ratios of {{smallest}} or more (or as far below 1) with a power of {power}",
            smallest=smallest,
            power=power,
        )
    published = _published_ratio(numbers)
    stem = smallest.removesuffix("detectable_hr_ratio") + "power.at_"
    powers = {name.removeprefix(stem): name for name in numbers if name.startswith(stem)}
    # Beside the power itself stand its numbers of patients and events.
    shown = {float(at): name for at, name in powers.items() if at.replace(".", "", 1).isdigit()}
    near = [at for at in shown if published and abs(math.log(at / published)) < math.log(1.1)]
    if near:
        found += tr(
            ", and a ratio of {constants.assumed_ratio_{near}}, about that of the published medians if the pattern made no difference after primary resistance, with a power of {{shown}}",
            near=f"{near[0]:g}",
            shown=shown[near[0]],
        )
    found += tr(" (formula of Peterson and George, from the events of the four cells, under proportional hazards)")
    least = _least(cells, numbers)
    return [
        f"{found}.",
        *(
            [tr("The smallest of the four cells has {counted}.", counted=counted(least, "event", numbers))]
            if least
            else []
        ),
    ]


def _least(cells: Iterable[str], numbers: Numbers) -> str:
    """The name of the smallest count; of those that are withheld a small one, or nothing."""
    names = list(cells)
    withheld = [name for name in names if missing(numbers[name]["raw"])]
    if withheld:
        return next((name for name in withheld if str(numbers[name]["text"]).startswith("<")), "")
    return min(names, key=lambda name: numbers[name]["raw"], default="")


def _published_ratio(numbers: Numbers) -> float:
    """The ratio of the published medians, 0 where they are not numbers."""
    oligo, systemic = (numbers[name]["raw"] if name in numbers else None for name in PUBLISHED.values())
    return float(oligo / systemic) if oligo and systemic else 0.0
