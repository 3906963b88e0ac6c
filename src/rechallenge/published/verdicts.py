"""What a check says: a word, a sentence, and the simulated probability where one was needed."""

from dataclasses import dataclass
from typing import Final, Literal

from rechallenge.estimates.proportions import clopper_pearson

Word = Literal["consistent", "improbable", "impossible", "not_checkable", "observation"]
# The gravest first: the order in which they are printed.
WORDS: Final[tuple[Word, ...]] = ("impossible", "improbable", "observation", "not_checkable", "consistent")
# Figures that come together in a smaller share of simulated cohorts than this are called improbable.
IMPROBABLE: Final = 0.01


@dataclass(frozen=True)
class Probability:
    """The share of simulated cohorts that show what is stated; its limits tell the Monte-Carlo error."""

    hits: int
    cohorts: int

    @property
    def estimate(self) -> float:
        return self.hits / self.cohorts

    @property
    def lower(self) -> float:
        """Lower limit of the exact 95% interval."""
        return clopper_pearson(self.hits, self.cohorts, 0.95)[0]

    @property
    def upper(self) -> float:
        """Upper limit of the exact 95% interval."""
        return clopper_pearson(self.hits, self.cohorts, 0.95)[1]

    @property
    def text(self) -> str:
        """The share with its Monte-Carlo interval, as printed in sentences."""
        limits = f"{percent_text(self.lower)} to {percent_text(self.upper)}"
        return f"{percent_text(self.estimate)} (Monte-Carlo 95% interval {limits})"


@dataclass(frozen=True)
class Verdict:
    """The result of one check. The sentence holds the figures that were compared, and how."""

    word: Word
    sentence: str
    probability: Probability | None = None


def percent_text(share: float) -> str:
    """Return a share as a percentage of two significant digits; 0 and 100% only when it is exactly so."""
    percent = 100 * share
    if percent in (0, 100):
        return f"{percent:.0f}%"
    if percent > 99.9:
        return ">99.9%"
    if percent < 0.001:
        return "<0.001%"
    return f"{percent:.0f}%" if percent >= 10 else f"{percent:.2g}%"
