"""The palette under simulated colour blindness, and against the paper (Machado et al., IEEE TVCG 2009;15:1291-1298)."""

from itertools import combinations

import numpy as np
import pytest

from rechallenge.figures import style
from rechallenge.figures.treatment_course import BETWEEN

# Full dichromacy; linear RGB.
MACHADO = {
    "normal vision": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# CIELAB distance; 2.3 is just noticeable side by side, ten is seen at a glance.
CLEAR = 10.0
# WCAG 2.2, 1.4.11: lines and bars against what they lie on.
GRAPHIC, TEXT = 3.0, 4.5


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    ratio = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(first: str, second: str, vision: str) -> float:
    seen = [lab(MACHADO[vision] @ linear(colour)) for colour in (first, second)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def contrast(colour: str, paper: str = "#FFFFFF") -> float:
    light = sorted(float(linear(each) @ [0.2126, 0.7152, 0.0722]) for each in (colour, paper))
    return (light[1] + 0.05) / (light[0] + 0.05)


def test_the_simulation_is_the_published_one() -> None:
    # White stays white, and red and green of equal lightness come close for a deuteranope.
    for matrix in MACHADO.values():
        assert matrix.sum(axis=1) == pytest.approx([1, 1, 1], abs=2e-3)
    assert distance("#C04000", "#6B6B00", "deuteranopia") < distance("#C04000", "#6B6B00", "normal vision") / 3


@pytest.mark.parametrize("vision", MACHADO)
def test_every_two_colours_of_groups_differ_at_a_glance(vision: str) -> None:
    distances = {pair: distance(*pair, vision) for pair in combinations(style.COLOURS, 2)}
    assert min(distances.values()) >= CLEAR, distances


@pytest.mark.parametrize("vision", MACHADO)
def test_every_two_kinds_of_interval_treatment_differ_at_a_glance(vision: str) -> None:
    distances = {pair: distance(*pair, vision) for pair in combinations(BETWEEN.values(), 2)}
    assert min(distances.values()) >= CLEAR, distances


def test_colours_stand_out_from_the_paper() -> None:
    for colour in style.COLOURS:
        assert contrast(colour) >= GRAPHIC
    for colour in (style.BLACK, style.GREY, style.BLUE):
        assert contrast(colour) >= TEXT


def test_no_two_groups_share_a_line_style() -> None:
    assert len({str(dash) for dash in style.DASHES}) == len(style.COLOURS)
