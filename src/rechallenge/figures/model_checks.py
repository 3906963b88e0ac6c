"""Checks of the declared Cox model: proportional hazards, functional form, calibration."""

from collections.abc import Iterator

from rechallenge.figures.drawn import Drawn, Given


def figures(given: Given) -> Iterator[Drawn]:
    yield from ()
