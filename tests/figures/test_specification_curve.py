"""The figure of the specification curve: legible, small, the same bytes twice, its finding in words."""

import numpy as np
import pandas as pd
import pytest

from rechallenge.figures import captions, output, results, style
from rechallenge.figures.specification_curve import (
    SpecificationCurve,
    axis_range,
    specification_data,
    specification_figure,
)
from rechallenge.robustness.curve import gathered, summary
from tests.figures.helpers import collisions

RESISTANCE = ("index_inclusive", "index_literal", "sitc_2020", "schoenfeld_2021")
ENDPOINTS = ("primary", "new_therapy_event", "rwpfs")


def specifications(copies: int = 1, seed: int = 2) -> pd.DataFrame:
    """Specifications of resistance: `copies` cutoffs of each combination; the endpoint moves the hazard ratio most."""
    rng = np.random.default_rng(seed)
    rows = []
    for place, resistance in enumerate(RESISTANCE):
        for moved, endpoint in enumerate(ENDPOINTS):
            for model in ("unadjusted", "adjusted"):
                for copy in range(copies):
                    log = 0.2 * place + 0.9 * moved - 0.8 + 0.1 * (model == "adjusted") + 0.05 * rng.normal()
                    main = resistance == "index_inclusive" and endpoint == "primary" and copy == 0
                    rows.append((resistance, endpoint, f"{180 + copy}", model, main, log))
    keys = ["resistance.preset", "endpoints.preset", "resistance.cutoff_days", "model", "main", "log"]
    frame = pd.DataFrame(rows, columns=keys)
    frame["hr"] = np.exp(frame.pop("log"))
    frame["lower"], frame["upper"] = frame["hr"] / 2, frame["hr"] * 2
    frame["p"] = np.where((frame["hr"] > 2) | (frame["hr"] < 0.5), 0.01, 0.4)
    frame["n"], frame["events"], frame["left_out"], frame["reason"] = 40.0, 33.0, 1.0, ""
    frame["median_difference"], frame["logrank_p"] = -3.0, 0.02
    missing = frame["resistance.preset"].eq("sitc_2020") & frame["endpoints.preset"].eq("rwpfs")
    frame.loc[missing, ["hr", "lower", "upper", "p"]] = np.nan
    frame.loc[missing, "reason"] = "No event in the class acquired."
    frame.insert(0, "effect", "resistance")
    frame.insert(0, "id", [f"s{at}" for at in range(len(frame))])
    return gathered([frame.assign(place=range(1, len(frame) + 1))])


def curve(table: pd.DataFrame) -> SpecificationCurve:
    estimates = results.tidy(pd.DataFrame([vars(row) for row in summary(table, 0.95, "main")]))
    data = specification_data(table, estimates, "resistance")
    assert data is not None
    return data


def drawn(data: SpecificationCurve, width_mm: float = style.TWO_COLUMNS_MM) -> dict[str, bytes]:
    with style.look():
        return output.rendered(specification_figure(data, width_mm, "Simulated data"), "Specification curve")


@pytest.mark.parametrize("width_mm", [style.TWO_COLUMNS_MM, style.ONE_COLUMN_MM])
@pytest.mark.parametrize("copies", [1, 3])
def test_no_text_covers_another(width_mm: float, copies: int) -> None:
    with style.look():
        figure = specification_figure(curve(specifications(copies)), width_mm, "Simulated data")
    assert collisions(figure) == []


def test_thousands_of_specifications_stay_small() -> None:
    made = drawn(curve(specifications(200)))
    assert len(made["svg"]) < 600_000
    assert len(made["pdf"]) < 200_000


def test_the_same_specifications_give_the_same_bytes() -> None:
    data = curve(specifications())
    assert drawn(data) == drawn(data)


def test_every_hazard_ratio_is_on_the_axis() -> None:
    data = curve(specifications(5))
    low, high = axis_range(data)
    assert low < data.table["hr"].min() < data.table["hr"].max() < high
    assert data.table["hr"].is_monotonic_increasing


def test_choices_with_one_value_are_not_drawn_and_the_strongest_is_named() -> None:
    data = curve(specifications())
    assert [choice.key for choice in data.choices] == ["resistance.preset", "endpoints.preset", "model"]
    assert data.moves_most is not None
    assert data.moves_most.label == "Censoring of PFS"


def test_the_median_of_a_value_is_that_of_its_specifications() -> None:
    data = curve(specifications())
    value = data.choices[0].values[2]
    own = data.table.loc[data.table["resistance.preset"] == "sitc_2020", "hr"]
    assert (value.label, value.n) == ("SITC 2020", len(own))
    assert value.hr == pytest.approx(float(np.exp(np.log(own).median())))


def test_the_words_state_the_finding_in_numbers_and_its_limits() -> None:
    data = curve(specifications())
    text = captions.specification_words(data, simulated=True)
    assert "22 of 24 specifications have a hazard ratio" in text.alt
    assert "Main analysis, adjusted: " in text.alt
    assert "The choice that moves the hazard ratio most is censoring of PFS, by a factor of" in text.alt
    assert "is no evidence" in text.caption
    assert "Without a hazard ratio: 2 (no event in the class acquired)." in text.caption
    assert "not acquired with acquired" in text.caption
    assert text.caption.endswith("Simulated data.")


def test_without_any_hazard_ratio_there_is_no_figure() -> None:
    table = specifications()
    table = table[table["hr"].isna()]
    estimates = results.tidy(pd.DataFrame([vars(row) for row in summary(table, 0.95, "main")]))
    assert specification_data(table, estimates, "resistance") is None
    assert specification_data(table, estimates, "interval_treatment") is None
