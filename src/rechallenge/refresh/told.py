"""What of a comparison may be told, and to whom: counts of few patients are not shared.

Who has two releases can subtract one from the other. That cannot be prevented here, but the comparison does not do it
for them: on the shareable side a number of patients below `refresh.smallest_count` is "fewer than 5", and where the
others would give it back they go with it.
"""

from dataclasses import dataclass
from itertools import pairwise

from rechallenge.formatting import count
from rechallenge.language import tr
from rechallenge.refresh.comparison import Bridge
from rechallenge.refresh.medians import METHOD, Decomposition


@dataclass(frozen=True)
class Told:
    """The view of one side. On the private side (`smallest` 1) everything is told."""

    private: bool
    smallest: int

    def few(self, number: int | float) -> bool:
        """Tell whether a number of patients is too small to be told (none is none)."""
        return 0 < number < self.smallest

    def number(self, number: int | float) -> str:
        """Return a number of patients as it is printed."""
        return tr("fewer than {smallest}", smallest=self.smallest) if self.few(number) else count(number)

    def value(self, number: int | float) -> int | None:
        """Return a number of patients for a file: nothing where it is too small."""
        return None if self.few(number) else int(number)

    def steps(self, bridge: Bridge) -> tuple[tuple[str, str, int], ...]:
        """Return the steps of a bridge; none of them where one is too small to be told."""
        return () if any(self.few(number) for _, _, number in bridge.steps) else bridge.steps

    def hides(self, bridge: Bridge) -> bool:
        """Tell whether a bridge has steps that are not told."""
        return bool(bridge.steps) and not self.steps(bridge)

    def parts(self, median: Decomposition) -> bool:
        """Tell whether the steps of a median may be told: not where one of them is that of few patients."""
        return not any(self.few(step.patients) for step in median.steps if step.name != METHOD)

    def events(self, median: Decomposition) -> bool:
        """Tell whether the events after each step may be told: not where one step brings or takes few."""
        counts = [median.events_before, *(step.events for step in median.steps)]
        return not any(self.few(abs(now - before)) for before, now in pairwise(counts))


def view(*, private: bool, smallest: int) -> Told:
    """Return what is told on a side."""
    return Told(private, 1 if private else smallest)
