"""A stated number is an interval: "5.2" is anything that rounds to it, "<0.001" anything below."""

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from rechallenge.formatting import p_value

# Results of our own are not rounded; this much, relatively, is lost when they are written and read.
OWN_PRECISION = 1e-8
# A figure as a source prints it: a number whose last zero or sign matters ("8.90", "<0.001", "NR") is text.
Stated = int | float | str | None


@dataclass(frozen=True)
class Quantity:
    """A number as printed, and the smallest and largest number that it may stand for."""

    text: str
    value: float
    low: float
    high: float


def stated(value: Stated) -> Quantity | None:
    """Return a published number with what rounding allows; None where it is no number ("NR", nothing)."""
    text = "" if value is None else str(value).strip()
    bound = text[:1] if text[:1] in ("<", ">") else ""
    try:
        number = Decimal(text.removeprefix(bound).strip())
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    plain, exponent = float(number), int(number.as_tuple().exponent)
    if bound == "<":
        return Quantity(text, plain, 0.0, plain)
    if bound == ">":
        return Quantity(text, plain, plain, float("inf"))
    half = float(Decimal(5).scaleb(exponent - 1))
    return Quantity(text, plain, plain - half, plain + half)


def exact(value: float, decimals: int = 1) -> Quantity | None:
    """Return a result of our own, printed with so many decimals; None where it is missing."""
    if value != value or abs(value) == float("inf"):
        return None
    slack = OWN_PRECISION * max(abs(value), 1.0)
    return Quantity(f"{value:.{decimals}f}", value, value - slack, value + slack)


def exact_p(value: float) -> Quantity | None:
    """Return a P value of our own, printed as P values are."""
    found = exact(value)
    return None if found is None else replace(found, text=p_value(value))


def whole(value: float) -> Quantity | None:
    """Return a count of our own."""
    return exact(value, 0)
