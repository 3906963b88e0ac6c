"""How numbers are printed. The only place that turns a result into text.

P values are never "0.000", a median that the curve does not reach is "NR", an interval is "a to b".
Rules follow the SAMPL guidelines (Lang and Altman 2015): a percentage of fewer than 100 patients carries no
decimal, ratios two decimals, months one.
"""

import math
from typing import Final

NOT_REACHED: Final = "NR"
NOT_AVAILABLE: Final = "–"  # en dash, as journals print an empty cell
SMALL_DENOMINATOR: Final = 100


def missing(value: float | None) -> bool:
    """Tell whether a result is absent: none, not a number, or infinite."""
    return value is None or not math.isfinite(value)


def fixed(value: float | None, decimals: int) -> str:
    """Return a number at a fixed number of decimals, never "-0.0"; an absent one as a dash."""
    if missing(value):
        return NOT_AVAILABLE
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")


def count(value: float | None) -> str:
    """Return a count, thousands separated by a comma from 10,000 on."""
    if missing(value):
        return NOT_AVAILABLE
    whole = round(float(value))  # type: ignore[arg-type]
    return f"{whole:,}" if abs(whole) >= 10_000 else str(whole)


def p_value(value: float | None) -> str:
    """Return a P value: two decimals, three below 0.10, "<0.001" and ">0.99" at the ends.

    0.049 is not printed as 0.05, nor 0.9996 as 1: neither end is ever reached by rounding.
    """
    if missing(value):
        return NOT_AVAILABLE
    p = float(value)  # type: ignore[arg-type]
    if p < 0.001:
        return "<0.001"
    if p > 0.99:
        return ">0.99"
    return f"{p:.3f}" if p < 0.0995 else f"{p:.2f}"


def p_phrase(value: float | None) -> str:
    """Return a P value as it stands in a sentence: "P = 0.012", "P < 0.001"."""
    text = p_value(value)
    if text[0] in "<>":
        return f"P {text[0]} {text[1:]}"
    return f"P = {text}"


def months(value: float | None) -> str:
    """Return a time in months at one decimal; a time that is not reached as NR."""
    return NOT_REACHED if missing(value) else fixed(value, 1)


def ratio(value: float | None) -> str:
    """Return a hazard ratio (or another ratio) at two decimals; below 0.01 and above 99 the bound is printed."""
    if missing(value):
        return NOT_AVAILABLE
    number = float(value)  # type: ignore[arg-type]
    if 0 < number < 0.005:
        return "<0.01"
    return ">99" if number > 99.995 else fixed(number, 2)


def percent(value: float | None, denominator: float | None = None) -> str:
    """Return a percentage with its sign; no decimal when the denominator is below 100, else one."""
    if missing(value):
        return NOT_AVAILABLE
    small = not missing(denominator) and float(denominator) < SMALL_DENOMINATOR  # type: ignore[arg-type]
    return fixed(value, 0 if small else 1) + "%"


def count_percent(number: float | None, share: float | None, denominator: float | None = None) -> str:
    """Return "18 (45%)"; without a share, the count alone."""
    return count(number) if missing(share) else f"{count(number)} ({percent(share, denominator)})"


def interval(lower: str, upper: str) -> str:
    """Return an interval of two formatted bounds."""
    return f"{lower} to {upper}"


def plain(value: float | None) -> str:
    """Return a number of no special kind: a count when whole, else up to three significant digits."""
    if missing(value):
        return NOT_AVAILABLE
    number = float(value)  # type: ignore[arg-type]
    if number.is_integer():
        return count(number).replace("-", "−")
    return f"{number:.3g}".replace("-", "−") if abs(number) < 1000 else fixed(number, 1)


def setting(value: float) -> str:
    """Return a setting as it was written: no rounding beyond ten significant digits."""
    return f"{value:.10g}"
