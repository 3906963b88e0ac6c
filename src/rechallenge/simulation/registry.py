"""A whole registry in one call: simulate, soil, render, write. Each part draws from a stream of its own."""

from pathlib import Path
from typing import Final

import numpy as np

from rechallenge.errors import UserError
from rechallenge.simulation.broken import break_extract
from rechallenge.simulation.dirt import DirtRates, soil
from rechallenge.simulation.earlier import known_by, text_known_by
from rechallenge.simulation.extract import simulate_blocks
from rechallenge.simulation.parameters import Parameters, day_number
from rechallenge.simulation.rendering import render
from rechallenge.simulation.words import HEADERS
from rechallenge.simulation.writing import ExtractWriter, canonical_tables, write_parameters, write_truth

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
    Patients are made and written in blocks, so that memory does not grow with their number.
    `as_of` (YYYY-MM-DD) writes the extract as it was on that earlier day: what a later one of the same seed refreshes.
    `model` has other parameters than the documented ones.
    Raises ValueError for a number of patients that cannot be, UserError for a broken extract in a canonical form.
    """
    if broken and form != "registry":
        raise UserError("--broken is for the registry format.")
    model = model or Parameters()
    cutoff = day_number(model.follow_up.cutoff)
    with ExtractWriter(out, form) as writer:
        for number, extract in enumerate(simulate_blocks(patients, seed, model)):
            tables = soil(_stream(seed, _DIRT_STREAM, number), extract, rates, cutoff)
            later = tables
            if as_of:
                tables = known_by(_stream(seed, _EARLIER_STREAM, number), later, day_number(as_of))
            if form == "registry":
                text = render(_stream(seed, _WRITING_STREAM, number), later, rates)
                if as_of:
                    text = text_known_by(text, later, tables, HEADERS)
                if broken and number == 0:
                    text = break_extract(_stream(seed, _BROKEN_STREAM, number), text)
                writer.write(text)
            else:
                writer.write(canonical_tables(tables))
            write_truth(extract, out / "truth", append=number > 0)
    how = {"patients": patients, "seed": seed, "format": form, "broken": broken}
    write_parameters(out / "truth", model, rates, **how, **({"as_of": as_of} if as_of else {}))


def _stream(seed: int, stream: int, block: int) -> np.random.Generator:
    """The first block has the streams that an extract of one block always had."""
    return np.random.default_rng([seed, stream, block] if block else [seed, stream])
