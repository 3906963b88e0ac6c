"""Forest plots of subgroups with tests of interaction."""

from collections.abc import Iterator

from rechallenge.figures.drawn import Drawn, Given


def figures(given: Given) -> Iterator[Drawn]:
    yield from ()
