"""A whole registry in one call: simulate, soil, render, write. Each part draws from a stream of its own."""

from pathlib import Path
from typing import Final

import numpy as np

from rechallenge.errors import UserError
from rechallenge.simulation.broken import break_extract
from rechallenge.simulation.dirt import DirtRates, soil
from rechallenge.simulation.earlier import known_by, text_known_by
from rechallenge.simulation.extract import simulate
from rechallenge.simulation.parameters import Parameters, day_number
from rechallenge.simulation.rendering import render
from rechallenge.simulation.words import HEADERS
from rechallenge.simulation.writing import write_canonical, write_registry, write_truth

# Stream 1 is the cohort's (`extract`), so that other dirt leaves the patients the same.
_DIRT_STREAM: Final = 2
_WRITING_STREAM: Final = 3
_BROKEN_STREAM: Final = 4
_EARLIER_STREAM: Final = 5


def write_extract(
    patients: int,
    seed: int,
    rates: DirtRates,
    out: Path,
    form: str = "registry",
    *,
    broken: bool = False,
    as_of: str | None = None,
    model: Parameters | None = None,
) -> None:
    """Simulate one extract and write it to `out`, with its parameters and truth in `out/truth`.

    `form` is registry (four exports, read with the mapping demo_registry), csv or parquet (canonical tables).
    `as_of` (YYYY-MM-DD) writes the extract as it was on that earlier day: what a later one of the same seed refreshes.
    `model` has other parameters than the documented ones.
    Raises ValueError for a number of patients that cannot be, UserError for a broken extract in a canonical form.
    """
    model = model or Parameters()
    extract = simulate(patients, seed, model)
    cutoff = day_number(model.follow_up.cutoff)
    tables = soil(np.random.default_rng([seed, _DIRT_STREAM]), extract, rates, cutoff)
    later = tables
    if as_of:
        tables = known_by(np.random.default_rng([seed, _EARLIER_STREAM]), later, day_number(as_of))
    if form == "registry":
        text = render(np.random.default_rng([seed, _WRITING_STREAM]), later, rates)
        if as_of:
            text = text_known_by(text, later, tables, HEADERS)
        if broken:
            text = break_extract(np.random.default_rng([seed, _BROKEN_STREAM]), text)
        write_registry(text, out)
    else:
        if broken:
            raise UserError("--broken is for the registry format.")
        write_canonical(tables, out, form)
    write_truth(
        extract,
        out / "truth",
        model,
        rates,
        patients=patients,
        seed=seed,
        format=form,
        broken=broken,
        **({"as_of": as_of} if as_of else {}),
    )
