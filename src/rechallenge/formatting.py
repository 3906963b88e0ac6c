"""How numbers are printed. The only place that turns a result into text.

P values are never "0.000"; a median that the curve does not reach is "NR", and what the data cannot estimate is "NE".
What journals ask for differs, so the functions follow a style: that of `in_style`, or the default, which is the SAMPL
guidelines (Lang and Altman 2015). In every style a percentage of fewer than 100 patients carries no decimal, a ratio
two, a time in months one.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from rechallenge.language import N_

NOT_REACHED: Final = "NR"
NOT_ESTIMABLE: Final = "NE"
NOT_AVAILABLE: Final = "–"  # en dash, as journals print an empty cell
# What is printed for a number that a public release withholds though it is not a small count.
WITHHELD: Final = N_("[withheld]")
SMALL_DENOMINATOR: Final = 100
_THIN_SPACE: Final = "\u2009"
# A ratio outside these, or an interval whose ends are further apart than this, is that of a likelihood with hardly a
# maximum (few events, near separation): its digits say nothing.
RATIO_RANGE: Final = (0.01, 100.0)
RATIO_SPREAD: Final = 10_000.0
# A ratio that no study would find plausible; that only a larger one can be detected is what matters.
DETECTABLE_BELOW: Final = 20.0
# A decimal number in a sentence; versions, dates and the names of criteria have more points or letters around them.
_DECIMAL: Final = re.compile(r"(?<![\w.:])(?<!RECIST )(\d+)\.(\d+)(?![\d\w]|\.\d)")


@dataclass(frozen=True)
class Style:
    """How a journal prints numbers.

    `p_decimals` are pairs of a bound and the decimals of a P value that is printed below it; the last pair is for all
    others. Below `smallest_p` only that bound is printed. `zero_before_p` says whether a P value has a zero before its
    point. `dash` joins the bounds of an interval, unless one of them is negative or words: then it is "to".
    """

    p_decimals: tuple[tuple[float, int], ...]
    smallest_p: float
    smallest_decimals: int
    letter: str = "P"
    spaced: bool = True
    zero_before_p: bool = True
    point: str = "."
    dash: str = " to "
    thousands: str = ","
    grouped_from: int = 10_000


# A bound lies where rounding would reach the next power of ten: 0.0995 is printed with two decimals, as 0.10.
STYLES: Final = {
    "default": Style(((0.0995, 3), (math.inf, 2)), 0.001, 3),
    # NEJM, Statistical Reporting Guidelines: two decimals from 0.01 on, three below, P<0.001.
    "nejm": Style(((0.01, 3), (math.inf, 2)), 0.001, 3, spaced=False, grouped_from=1_000),
    # AMA Manual of Style, 11th edition, 19.5: no zero before the point, two digits, three below .01.
    "jama": Style(
        ((0.00995, 3), (math.inf, 2)), 0.001, 3, zero_before_p=False, dash="-", thousands=_THIN_SPACE
    ),
    # The Lancet, information for authors: two significant digits, at most four decimals, p<0·0001, raised points.
    "lancet": Style(
        ((0.00995, 4), (0.0995, 3), (math.inf, 2)), 0.0001, 4, letter="p", spaced=False, point="·", dash="–",
        thousands=_THIN_SPACE,
    ),
}  # fmt: skip
_style: ContextVar[Style] = ContextVar("style", default=STYLES["default"])


@contextmanager
def in_style(name: str) -> Iterator[None]:
    """Print numbers in a style of STYLES within the block."""
    token = _style.set(STYLES[name])
    try:
        yield
    finally:
        _style.reset(token)


def missing(value: float | None) -> bool:
    """Tell whether a result is absent: none, not a number, or infinite."""
    return value is None or not math.isfinite(value)


def fixed(value: float | None, decimals: int) -> str:
    """Return a number at a fixed number of decimals, never "-0.0"; an absent one as a dash."""
    if missing(value):
        return NOT_AVAILABLE
    text = f"{value:.{decimals}f}"
    return _pointed(text.removeprefix("-") if float(text) == 0 else text.replace("-", "−"))


def _pointed(text: str) -> str:
    """Return a number with the point of the style."""
    return text.replace(".", _style.get().point)


def count(value: float | None) -> str:
    """Return a count, thousands separated as the style asks (by a comma from 10,000 on)."""
    if missing(value):
        return NOT_AVAILABLE
    style, whole = _style.get(), round(float(value))  # type: ignore[arg-type]
    return f"{whole:,}".replace(",", style.thousands) if abs(whole) >= style.grouped_from else str(whole)


def p_value(value: float | None) -> str:
    """Return a P value: by default two decimals, three below 0.10, "<0.001" and ">0.99" at the ends.

    0.049 is not printed as 0.05, nor 0.9996 as 1: neither end is ever reached by rounding.
    """
    if missing(value):
        return NOT_AVAILABLE
    style, p = _style.get(), float(value)  # type: ignore[arg-type]
    if p < style.smallest_p:
        text = f"<{style.smallest_p:.{style.smallest_decimals}f}"
    elif p > 0.99:
        text = ">0.99"
    else:
        text = f"{p:.{next(decimals for bound, decimals in style.p_decimals if p < bound)}f}"
    return _pointed(text if style.zero_before_p else text.replace("0.", ".", 1))


def p_phrase(value: float | None) -> str:
    """Return a P value as it stands in a sentence: "P = 0.012", "P < 0.001"."""
    return p_words(p_value(value))


def p_words(text: str) -> str:
    """Return a printed P value as it stands in a sentence."""
    style = _style.get()
    sign, digits = (text[0], text[1:]) if text[:1] in ("<", ">") else ("=", text)
    return f"{style.letter} {sign} {digits}" if style.spaced else f"{style.letter}{sign}{digits}"


def months(value: float | None) -> str:
    """Return a time in months at one decimal; a time that is not reached as NR."""
    return NOT_REACHED if missing(value) else fixed(value, 1)


def median_interval(
    estimate: float | None,
    lower: float | None,
    upper: float | None,
    n: float | None = None,
    events: float | None = None,
) -> str:
    """Return the interval of a median of months: an end that the curve does not reach is NR, one without basis NE.

    Without an event, with one patient only, or where a median that was reached has no bound at all, there is no
    interval ("NE"). The lower end of a median that was reached cannot be "not reached": without it, it is NE.
    """
    return reached_interval(months, estimate, lower, upper, n, events)


def reached_interval(
    printed: Callable[[float | None], str],
    estimate: float | None,
    lower: float | None,
    upper: float | None,
    n: float | None = None,
    events: float | None = None,
) -> str:
    """Return `median_interval` of any quantity that a curve may not reach, each end as `printed` prints it."""
    nothing = missing(lower) and missing(upper)
    alone = n is not None and n <= 1
    if nothing and (alone or events == 0 or not missing(estimate)):
        return NOT_ESTIMABLE
    known = not (missing(estimate) and missing(upper))
    first = NOT_ESTIMABLE if missing(lower) and known else _or_not_reached(printed, lower)
    return interval(first, _or_not_reached(printed, upper))


def _or_not_reached(printed: Callable[[float | None], str], value: float | None) -> str:
    return NOT_REACHED if missing(value) else printed(value)


def share_interval(lower: str, upper: str) -> str:
    """Return the interval of a share from its printed bounds; NE where it has no width, as at 0% and 100%."""
    return NOT_ESTIMABLE if lower == upper or NOT_AVAILABLE in (lower, upper) else interval(lower, upper)


def ratio(value: float | None) -> str:
    """Return a hazard ratio (or another ratio) at two decimals; below 0.01 and above 100 the bound is printed."""
    if missing(value):
        return NOT_AVAILABLE
    number = float(value)  # type: ignore[arg-type]
    if 0 < number < RATIO_RANGE[0] / 2:
        return _pointed("<0.01")
    return ">100" if number > RATIO_RANGE[1] else fixed(number, 2)


def estimable_ratio(estimate: float | None, lower: float | None = None, upper: float | None = None) -> bool:
    """Tell whether a hazard ratio says anything: within RATIO_RANGE, its interval no wider than RATIO_SPREAD-fold."""
    if missing(estimate) or not RATIO_RANGE[0] <= float(estimate) <= RATIO_RANGE[1]:  # type: ignore[arg-type]
        return False
    if missing(lower) or missing(upper):
        return True
    return float(upper) <= RATIO_SPREAD * float(lower)  # type: ignore[arg-type]


def detectable(value: float | None) -> str:
    """Return the smallest ratio that could be detected; one beyond DETECTABLE_BELOW as "none below 20"."""
    beyond = not missing(value) and float(value) > DETECTABLE_BELOW  # type: ignore[arg-type]
    return f"none below {DETECTABLE_BELOW:g}" if beyond else ratio(value)


def percent(value: float | None, denominator: float | None = None) -> str:
    """Return a percentage with its sign; no decimal when the denominator is below 100, else one.

    Rounded to the nearest, a tie to the even digit, so that the same count of the same number is printed alike
    everywhere and two classes always add up to 100. A share that is neither nothing nor all is never printed so.
    """
    if missing(value):
        return NOT_AVAILABLE
    decimals = _percent_decimals(denominator)
    exact, unit = Decimal(f"{value:.9f}"), Decimal(1).scaleb(-decimals)
    rounded = exact.quantize(unit, rounding=ROUND_HALF_EVEN)
    if decimals and exact and not rounded:
        return f"<{fixed(0.1, 1)}%"
    if decimals and rounded == 100 and exact < 100:
        return f">{fixed(99.9, 1)}%"
    return fixed(float(rounded), decimals) + "%"


def _percent_decimals(denominator: float | None) -> int:
    small = not missing(denominator) and float(denominator) < SMALL_DENOMINATOR  # type: ignore[arg-type]
    return 0 if small else 1


def percents(counts: Sequence[float]) -> list[str]:
    """Return the percentages of parts that make a whole, so that the printed ones add up to 100.

    Each is rounded down, and what is missing goes to the largest remainders, of equal ones to the earliest (Hamilton's
    method); none is further from its value than one unit of the last decimal. A whole of nobody has dashes.
    """
    total = sum(counts)
    if not total:
        return [NOT_AVAILABLE] * len(counts)
    decimals = _percent_decimals(total)
    unit = 10**decimals
    exact = [100 * unit * number / total for number in counts]
    # What lies below a whole by rounding error is whole.
    whole = [math.floor(value + 1e-9) for value in exact]
    order = sorted(range(len(exact)), key=lambda place: (whole[place] - exact[place], place))
    for place in order[: 100 * unit - sum(whole)]:
        whole[place] += 1
    return [fixed(value / unit, decimals) + "%" for value in whole]


def count_percent(number: float | None, share: float | None, denominator: float | None = None) -> str:
    """Return "18 (45%)"; without a share, the count alone."""
    return count(number) if missing(share) else f"{count(number)} ({percent(share, denominator)})"


def interval(lower: str, upper: str) -> str:
    """Return an interval of two formatted bounds: "1.2 to 3.4", or with the dash of the style."""
    said = (NOT_REACHED, NOT_ESTIMABLE)
    words = any(bound.startswith(("−", "<", ">", NOT_AVAILABLE)) or bound in said for bound in (lower, upper))
    return f"{lower}{' to ' if words else _style.get().dash}{upper}"


def plain(value: float | None) -> str:
    """Return a number of no special kind: a count when whole, else up to three significant digits."""
    if missing(value):
        return NOT_AVAILABLE
    number = float(value)  # type: ignore[arg-type]
    if number.is_integer():
        return count(number).replace("-", "−")
    return _pointed(f"{number:.3g}".replace("-", "−")) if abs(number) < 1000 else fixed(number, 1)


def setting(value: float) -> str:
    """Return a setting as it was written: no rounding beyond ten significant digits."""
    return _pointed(f"{value:.10g}")


def in_words(text: str) -> str:
    """Return a sentence with the decimal points of its numbers as the style prints them ("RECIST 1.1" is a name)."""
    point = _style.get().point
    return text if point == "." else _DECIMAL.sub(rf"\1{point}\2", text)


def as_published(value: object) -> str:
    """Return a figure of another study with all its digits, its point that of the style."""
    return in_words(str(value))
