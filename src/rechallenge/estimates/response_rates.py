"""Response to the first ICI and to rechallenge: the distribution of best responses, and response rates.

Nobody leaves the denominator: patients who could not be evaluated (NE) and those of whom no response is on record
(unknown) count as neither responding nor controlled (RECIST 1.1, section 4.6).
"""

from collections.abc import Collection, Iterator
from typing import Final

import pandas as pd

from rechallenge.estimates.proportions import METHOD, clopper_pearson
from rechallenge.estimates.rows import Row, placed
from rechallenge.estimates.times import levels_of

BEST_RESPONSE: Final = "best_response"
RESPONSE_RATE: Final = "response_rate"
UNKNOWN: Final = "unknown"
RESPONSES: Final = ("CR", "PR", "SD", "PD", "NE", UNKNOWN)


def rows(best_response: pd.Series, objective: Collection[str], confidence: float) -> Iterator[Row]:
    """Return n and percent of each best response, and the rates `orr` and `dcr` in percent with exact intervals.

    `objective` are the responses that count as objective; disease control is these and SD. `events` of a rate are
    those who responded, or whose disease was controlled. A response of another name is listed under its own.
    """
    levels = levels_of(best_response).fillna(UNKNOWN)
    n = len(levels)
    if not n:
        return
    for level in (*RESPONSES, *sorted(set(levels) - set(RESPONSES))):
        count = float((levels == level).sum())
        own = (Row("n", count, n=float(n)), Row("percent", 100 * count / n, n=float(n), method="of all patients"))
        yield from placed(own, model=BEST_RESPONSE, level=level)
    for statistic, counted in (("orr", {*objective}), ("dcr", {*objective, "CR", "PR", "SD"})):
        count = int(levels.isin(counted).sum())
        lower, upper = clopper_pearson(count, n, confidence)
        yield Row(
            statistic, 100 * count / n, 100 * lower, 100 * upper, n=float(n), events=float(count),
            confidence=confidence, method=METHOD, model=RESPONSE_RATE,
        )  # fmt: skip
