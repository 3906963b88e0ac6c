"""Figures of the checks of the models: nothing collides, patients' points are private, what is lacking is said."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.figures import results, style
from rechallenge.figures.drawn import Drawn, Given
from rechallenge.figures.model_checks import figures
from tests.figures.helpers import collisions, estimate

OWN = {"analysis": "main", "endpoint": "PFS", "population": "rechallenge"}
TERMS = {
    "resistance": ("primary", "acquired"), "progression_pattern": ("systemic", "oligo"),
    "interval_treatment": ("true", "false"), "age": ("per 10", ""),
}  # fmt: skip


def residuals(events: int = 30) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    place = np.linspace(0, 0.9, events)
    parts = []
    for term, (level, _) in TERMS.items():
        y = rng.normal(size=events) * 2
        part = pd.DataFrame({"x": np.linspace(0.1, 30, events) ** 1.5 / 5, "place": place, "y": y, "smooth": 0.2})
        parts.append(part.assign(lower=-0.8, upper=1.2, term=term, level=level, kind="schoenfeld", **OWN))
    age = pd.DataFrame({"x": np.arange(40.0, 80), "place": np.arange(40.0, 80), "y": rng.normal(size=40)})
    parts.append(age.assign(smooth=0.0, term="age", level="per 10", kind="martingale", **OWN))
    return pd.concat(parts, ignore_index=True)


def rows() -> pd.DataFrame:
    made = []
    for term, (level, reference) in TERMS.items():
        key = {"term": term, "level": level, "reference": reference}
        made.append(estimate("cox_multivariable", "hr", estimate=1.8, lower=0.9, upper=3.6, p=0.1, **key))
        made.append(estimate("cox_multivariable", "ph_p", estimate=0.03, p=0.03, **key))
    made.append(estimate("functional_form", "spline_chi2", term="age", estimate=1.1, p=0.3))
    groups = {"lowest third": (0.7, 0.72), "middle third": (0.69, 0.4), "highest third": (0.02, 0.0)}
    for level, (predicted, observed) in groups.items():
        key = {"term": "", "level": level, "n": 14}
        bounds = {} if observed == 0 else {"lower": observed / 2, "upper": min(1.0, observed * 1.4)}
        made.append(estimate("validation", "predicted_survival", estimate=predicted, **key) | {"at": 6.0})
        made.append(
            estimate("validation", "observed_survival", estimate=observed, method="Kaplan-Meier", **key, **bounds)
            | {"at": 6.0}
        )
    made.append(estimate("validation", "observed_expected", term="", estimate=1.02, lower=0.7, upper=1.5))
    return results.tidy(pd.DataFrame(made))


def drawn(width: float = 174.0, note: str = "", private: pd.DataFrame | None = None) -> dict[str, Drawn]:
    points = residuals() if private is None else private
    given = Given(rows(), pd.DataFrame(), None, points, {"age": "Age"}, width, note)
    return {figure.name: figure for figure in figures(given)}


@pytest.mark.parametrize("width", [84.0, 174.0])
@pytest.mark.parametrize("kind", ["schoenfeld", "martingale", "calibration"])
def test_no_text_covers_another(kind: str, width: float) -> None:
    figure = drawn(width, "Simulated data")[f"model_check_{kind}_pfs"]
    assert figure.draw is not None
    with style.look():
        assert collisions(figure.draw()) == []


def test_points_of_patients_are_private_and_groups_are_not() -> None:
    found = drawn()
    for kind, private in (("schoenfeld", True), ("martingale", True), ("calibration", False)):
        figure = found[f"model_check_{kind}_pfs"]
        assert (figure.per_patient, figure.vector_reveals_times) == (private, private)


def test_the_alternative_text_holds_the_numbers() -> None:
    found = drawn()
    schoenfeld = found["model_check_schoenfeld_pfs"].words
    assert schoenfeld is not None
    assert "Resistance: primary vs acquired, PH test: P = 0.030." in schoenfeld.alt
    assert "(30 events)" in schoenfeld.caption
    calibration = found["model_check_calibration_pfs"].words
    assert calibration is not None
    assert "lowest third: predicted 70%, observed 72%" in calibration.alt
    assert "Observed over expected events: 1.02 (0.70 to 1.50)." in calibration.caption


def test_what_was_not_checked_has_a_reason() -> None:
    nothing = drawn(private=pd.DataFrame())
    assert nothing["model_check_schoenfeld_pfs"].reason.startswith("The declared Cox model has no estimate")
    assert nothing["model_check_calibration_os"].reason.startswith("The declared Cox model has no predictions")
    without = residuals().query("kind == 'schoenfeld'")
    assert drawn(private=without)["model_check_martingale_pfs"].reason == (
        "The declared model has no covariate that is a number."
    )


def test_residuals_without_a_line_are_still_drawn() -> None:
    figure = drawn(private=residuals(3).assign(smooth=np.nan))["model_check_schoenfeld_pfs"]
    assert figure.draw is not None
    with style.look():
        assert len(figure.draw().axes) == 4


def test_many_coefficients_stay_on_a_page() -> None:
    many = pd.concat(
        [residuals().query("kind == 'schoenfeld'").assign(level=f"level {place}") for place in range(3)],
        ignore_index=True,
    )
    figure = drawn(private=many)["model_check_schoenfeld_pfs"]
    assert figure.draw is not None
    with style.look():
        made = figure.draw()
        assert made.get_size_inches()[1] * 25.4 < 260
        assert collisions(made) == []
