"""The checks: figures in, verdict out. One function for each kind of relation.

What is impossible is so by arithmetic, whatever the data; what is improbable was simulated. A figure may stand for any
number that rounds to it, and is given the benefit of that.
"""

from collections.abc import Sequence
from typing import Final

from numpy.random import Generator

from rechallenge.published import simulate
from rechallenge.published.quantities import Quantity
from rechallenge.published.relations import Exhaustive, Reading, Side
from rechallenge.published.simulate import Effort, Found
from rechallenge.published.verdicts import IMPROBABLE, Verdict, percent_text

# Sums of rounded numbers are compared with this tolerance.
_TOLERANCE: Final = 1e-9
# Independent censoring beyond this leaves medians unreached in most cohorts; used where the events are unknown.
HEAVIEST_CENSORING: Final = simulate.CENSORED_SHARES[-1]
TOO_LARGE: Final = "there are too many patients to simulate enough cohorts"


def not_checkable(reason: str) -> Verdict:
    """Return the verdict of figures of which something is missing."""
    return Verdict("not_checkable", f"{reason[:1].upper()}{reason[1:]}.")


def percentage(percent: Quantity, total: Quantity, count: Quantity | None) -> Verdict:
    """Test a percentage against count and total, or, without a count, whether any count of the total gives it."""
    n = round(total.value)
    if n <= 0:
        return not_checkable("the total is 0")
    if count is not None:
        share = 100 * count.value / n
        said = f"{count.text} of {n} is {share:.4g}%"
        if percent.low - _TOLERANCE <= share <= percent.high + _TOLERANCE:
            return Verdict("consistent", f"{said}, stated as {percent.text}%.")
        return Verdict("impossible", f"{said}, which does not round to the stated {percent.text}%.")
    nearest = round(percent.value * n / 100)
    fitting = [
        k
        for k in (nearest - 1, nearest, nearest + 1)
        if 0 <= k <= n and percent.low - _TOLERANCE <= 100 * k / n <= percent.high + _TOLERANCE
    ]
    if fitting:
        counts = " or ".join(map(str, fitting))
        return Verdict("consistent", f"{percent.text}% of {n} is {counts} patient{'' if counts == '1' else 's'}.")
    near = min(max(nearest, 0), n)
    return Verdict(
        "impossible",
        f"No number of {n} patients is {percent.text}%: the nearest, {near}, is {100 * near / n:.4g}%.",
    )


def total(parts: Sequence[Quantity], whole: Quantity | None, *, counts: bool) -> Verdict:
    """Test whether parts add up to their whole; percentages, without a whole, to 100.

    `counts` are exact: rounding can excuse percentages and times only.
    """
    low, high = sum(part.low for part in parts), sum(part.high for part in parts)
    said = " + ".join(part.text for part in parts)
    added = sum(part.value for part in parts)
    target = "100%" if whole is None else whole.text
    bounds = (100.0, 100.0) if whole is None else (whole.low, whole.high)
    if counts and whole is not None:
        fits = abs(added - whole.value) < 0.5
    else:
        fits = low <= bounds[1] + _TOLERANCE and high >= bounds[0] - _TOLERANCE
    if fits:
        return Verdict("consistent", f"{said} is {target}{'' if counts else ' within rounding'}.")
    return Verdict("impossible", f"{said} is {added:.10g}, not {target}.")


def interval_contains(value: Quantity, lower: Quantity | None, upper: Quantity | None, *, spread: bool) -> Verdict:
    """Test whether a value lies inside its interval (or range)."""
    what = "range" if spread else "interval"
    ends = f"{lower.text if lower else 'not reached'} to {upper.text if upper else 'not reached'}"
    if (lower is None or value.high >= lower.low) and (upper is None or value.low <= upper.high):
        return Verdict("consistent", f"{value.text} lies inside its {what}, {ends}.")
    return Verdict("impossible", f"{value.text} lies outside its {what}, {ends}.")


def interval_symmetry(value: Quantity, lower: Quantity, upper: Quantity, *, ratio: bool) -> Verdict:
    """Tell by which method the limits of an interval can have been computed; never a contradiction."""
    said = f"The interval of {value.text}, {lower.text} to {upper.text}, is"
    on_log = lower.low > 0 and lower.low * upper.low <= value.high**2 and lower.high * upper.high >= value.low**2
    plain = lower.low + upper.low <= 2 * value.high and lower.high + upper.high >= 2 * value.low
    if ratio:
        if on_log:
            method = "symmetric on the logarithmic scale, as Wald's interval of a ratio is"
        else:
            method = "not symmetric on the logarithmic scale: it is not Wald's interval of a ratio"
    elif plain and on_log:
        method = "too narrow for its rounding to tell how it was computed"
    elif plain:
        method = (
            "symmetric: it fits the normal approximation of a median (as SPSS prints it), which intervals from the "
            "limits of the curve (log or log-log; Brookmeyer and Crowley) match by chance only"
        )
    else:
        method = (
            "not symmetric: it fits an interval from the limits of the curve (log or log-log; Brookmeyer and Crowley), "
            "not the normal approximation of a median"
        )
    return Verdict("observation", f"{said} {method}.")


def pooled_median(
    pooled: Quantity,
    parts: Sequence[Quantity],
    *,
    n: int | None,
    sizes: Sequence[int] | None,
    exhaustive: Exhaustive,
    censored: bool,
    rng: Generator,
    effort: Effort = simulate.THOROUGH,
) -> Verdict:
    """Test the median of a group against those of its parts.

    Without censoring it lies between them: at least half of each part, and so of the whole, are at or above the
    smallest of their medians, and likewise below. Kaplan-Meier medians of censored times can leave that range; how
    rarely, under independent censoring, is simulated.
    """
    texts = " and ".join(part.text for part in parts)
    above = pooled.low > max(part.high for part in parts)
    below = pooled.high < min(part.low for part in parts)
    if not (above or below):
        return Verdict("consistent", f"{pooled.text} lies within the medians of its parts, {texts}.")
    side = "above" if above else "below"
    said = f"The median of the whole, {pooled.text}, lies {side} those of its parts, {texts}"
    if exhaustive == "no":
        return not_checkable(f"{said}, but these do not make up the whole")
    condition = "" if exhaustive == "stated" else ", if these make up the whole"
    if not censored:
        return Verdict(
            "impossible", f"{said}{condition}: without censoring at least half of the whole lies on their side of it."
        )
    if n is None:
        return not_checkable(f"{said}; the number of patients is not stated")
    found = simulate.pooled_outside(n, [part.value for part in parts], sizes, above=above, rng=rng, effort=effort)
    if found is None:
        return not_checkable(TOO_LARGE)
    improbable = found.probability.estimate < IMPROBABLE
    sentence = (
        f"{said}{condition}: without censoring that cannot be, with independent censoring it is seen in "
        f"{_simulated(found, n)}{'; all splits equally often' if sizes is None else ''}."
    )
    return Verdict("improbable" if improbable else "consistent", sentence, found.probability)


def share_above_threshold(
    count: Quantity,
    n: Quantity,
    median: Quantity,
    *,
    threshold: float,
    unit: str,
    side: Side,
    strict: bool,
    censored: bool,
    readings: Sequence[Reading],
) -> Verdict:
    """Test how many are beyond (or before) a threshold against the group's median, under each reading.

    If more than half are on one side, so is the median, with or without censoring: a Kaplan-Meier curve is never below
    the share still under observation, nor above the share without an event so far. The converse needs uncensored
    times. At exactly half the median may be the middle of two times on either side: nothing follows.
    """
    # Beside "more than t" stands "at most t": the median of the others may equal t where that of these may not.
    if side == "beyond":
        not_here = median.high <= threshold if strict else median.high < threshold
        not_there = median.low > threshold if strict else median.low >= threshold
    else:
        not_here = median.low >= threshold if strict else median.low > threshold
        not_there = median.high < threshold if strict else median.high <= threshold
    most, few = 2 * count.value > n.value, 2 * count.value < n.value
    impossible: list[str] = []
    possible: list[str] = []
    for reading in readings:
        against = most and reading.exceed != "not_required" and not_here
        against |= few and reading.exceed == "exactly" and not censored and not_there
        (impossible if against else possible).append(reading.words)
    share = f"{count.text} of {n.text}"
    if not impossible:
        said = f"{share} and a median of {median.text} {unit} can hold together under {_quoted(possible)}."
        return Verdict("consistent", said)
    words = {("beyond", True): "more than", ("beyond", False): "at least", ("before", True): "less than"}
    limit = f"{words.get((side, strict), 'at most')} {threshold:.5g} {unit}"
    half, then = ("more than half", "so must the median") if most else ("fewer than half", "the median cannot")
    sentence = (
        f"Under {_quoted(impossible)}, {share}, {half}, have {limit}: {then}; it is stated as {median.text} {unit}."
    )
    if possible:
        sentence += f" Under {_quoted(possible)} both figures can hold."
    return Verdict("impossible" if readings[0].words in impossible else "consistent", sentence)


def p_value(
    p: Quantity,
    medians: tuple[Quantity, Quantity],
    *,
    n: int | None,
    sizes: tuple[int, int] | None,
    events: tuple[int, int] | None,
    rng: Generator,
    effort: Effort = simulate.BROAD,
) -> Verdict:
    """Test a log-rank P value against the medians and numbers of the two groups.

    Simulated are cohorts whose medians are exactly those stated. A P as small is looked for without censoring, when
    tests are sharpest, one as large with the heaviest censoring too; with known events, both at their share. Without
    the groups' sizes all splits of the total are tried, and the most favourable counts.
    """
    if sizes is None and n is None:
        return not_checkable("neither the numbers of patients of the two groups nor their sum are stated")
    splits = [sizes] if sizes else [(k, (n or 0) - k) for k in range(1, n or 0)]
    together = sum(splits[0]) if splits else 0
    if not splits or min(min(split) for split in splits) < 1:
        return not_checkable("a group has no patients")
    pair = (medians[0].value, medians[1].value)
    if min(pair) <= 0:
        return not_checkable("a median is 0")
    known = None if events is None else 1 - sum(events) / together
    results: list[tuple[str, Found]] = []
    for below in (True, False):
        limit = p.high if below else p.low
        if not below and limit <= 0:
            continue
        censored = [known] if known is not None else [0.0] if below else [0.0, HEAVIEST_CENSORING]
        found = simulate.p_beyond(limit, pair, splits, censored, below=below, rng=rng, effort=effort)
        if found is None:
            return not_checkable(TOO_LARGE)
        results.append(("small" if below else "large", found))
    side, rarest = min(results, key=lambda item: item[1].probability.estimate)
    improbable = rarest.probability.estimate < IMPROBABLE
    text = p.text if p.text[:1] in "<>" else f"= {p.text}"
    sentence = (
        f"Medians of {medians[0].text} and {medians[1].text}, P {text}: a P at least as {side} is seen in "
        f"{_simulated(rarest, together)}, their medians made exactly these."
    )
    return Verdict("improbable" if improbable else "consistent", sentence, rarest.probability)


def _simulated(found: Found, n: int) -> str:
    best = f"{found.probability.text} of {found.probability.cohorts:,} simulated cohorts of {n}"
    if not found.complete or found.scenarios == 1:
        return f"{best} ({found.scenario.words})"
    return (
        f"{best} in the most favourable of {found.scenarios} scenarios ({found.scenario.words}), "
        f"{percent_text(found.average)} on average over them"
    )


def _quoted(words: Sequence[str]) -> str:
    return " and ".join(f'"{word}"' for word in words)
