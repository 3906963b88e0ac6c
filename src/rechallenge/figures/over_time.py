"""What changes with time: rechallenge as an exposure, competing events, progression between two scans."""

from collections.abc import Iterator

from rechallenge.figures.drawn import Drawn, Given


def figures(given: Given) -> Iterator[Drawn]:
    yield from ()
