"""Claims: what a sentence of a template supposes of a number, checked when the sentence is printed.

A sentence such as "OS was not reached" is written for one result; with the next extract it may be false. So the
template says what it supposes, beside the sentence:

    {{ claim("os.rechallenge.overall.median", "not reached") }}Half of the patients were alive at the end of follow-up.

`claim` prints nothing. Where it does not hold, the draft is not made and the message names the template and its line.
"""

from collections.abc import Callable
from typing import Any, Final

from rechallenge.errors import nearest
from rechallenge.formatting import missing
from rechallenge.report.numbers import Numbers
from rechallenge.report.sentences import look_up

# What can be claimed of a number; the second argument is the bound, where there is one.
WITHOUT_BOUND: Final = ("known", "unknown", "reached", "not reached")
COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "above": lambda value, bound: value > bound,
    "at least": lambda value, bound: value >= bound,
    "below": lambda value, bound: value < bound,
    "at most": lambda value, bound: value <= bound,
    "exactly": lambda value, bound: value == bound,
}


class UnfoundedClaimError(Exception):
    """A claim that the results do not bear out. `args[0]` is the sentence."""


def check(numbers: Numbers, name: str, condition: str, bound: float | None = None) -> str:
    """Return an empty text where the condition holds of the number `name`.

    Raises UnfoundedClaimError where it does not, UnknownNumberError where a condition other than "known" and "unknown"
    asks for a number that does not exist, and ValueError for a condition that is none.
    """
    if condition not in (*WITHOUT_BOUND, *COMPARED):
        raise ValueError(f'"{condition}" is no condition.{nearest(condition, [*WITHOUT_BOUND, *COMPARED])}')
    if (condition in COMPARED) != (bound is not None):
        raise ValueError(f'"{condition}" {"needs" if condition in COMPARED else "takes no"} number to compare with')
    said = f"{condition} {bound:g}" if bound is not None else condition
    if condition in ("known", "unknown"):
        if (name in numbers) != (condition == "known"):
            raise UnfoundedClaimError(f'the sentence there supposes that "{name}" is {said}, which it is not')
        return ""
    entry = look_up(name, numbers)
    if not _holds(entry["raw"], condition, bound):
        raise UnfoundedClaimError(f'the sentence there supposes that "{name}" is {said}, but it is {entry["text"]}')
    return ""


def _holds(raw: Any, condition: str, bound: float | None) -> bool:
    absent = raw is None or (isinstance(raw, float) and missing(raw))
    if condition in WITHOUT_BOUND:
        return absent == (condition == "not reached")
    if absent or not isinstance(raw, int | float) or bound is None:
        return False
    return COMPARED[condition](float(raw), bound)
