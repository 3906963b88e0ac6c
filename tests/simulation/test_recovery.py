"""The known truth of the simulated registry is found again by the study's own definitions, at n = 3,000 rechallenged.

What the definitions derive (classes, dates, events) is compared with the hidden truth patient by patient. What the
model draws (medians, hazard ratios) is estimated from the derived classes and compared with the parameters in units
of its Monte-Carlo error. docs/statistics.md states the figures.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rechallenge import files
from rechallenge.estimates.cox import fit
from rechallenge.simulation.dirt import DirtRates
from rechallenge.simulation.registry import write_extract
from rechallenge.simulation.trial_run import run
from rechallenge.sources.mapping import read_mapping
from rechallenge.sources.values import Vocabularies

CONFIG = Path(__file__).parents[2] / "config"
PATIENTS, SEED = 27_500, 20231201
# A true value lies further away than this many standard errors in one of 370 draws.
LARGEST_Z = 3.0

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The rechallenged patients as derived, with the columns of the truth beside them (`true_...`)."""
    folder = tmp_path_factory.mktemp("registry")
    write_extract(PATIENTS, SEED, DirtRates().times(0), folder, "parquet")
    vocabularies = CONFIG / "vocabularies"
    mapping = read_mapping(CONFIG / "sources" / "canonical.yaml", vocabularies)
    made = run(folder, mapping, Vocabularies.read(vocabularies))
    truth = files.read_csv(folder / "truth" / "truth.csv", text=["patient_id"]).add_prefix("true_")
    pfs = made.times[made.times["endpoint"].eq("PFS")][["patient_id", "days", "event_type"]]
    eligible = made.classified[made.classified["eligible"]]
    joined = eligible.merge(pfs, on="patient_id").merge(truth, left_on="patient_id", right_on="true_patient_id")
    assert len(joined) == len(eligible) >= 3_000
    return joined


def test_classes_are_those_of_the_truth(found: pd.DataFrame) -> None:
    assert (found["resistance"] == found["true_resistance"]).all()
    counted = found["progression_pattern"].ne("unknown")
    assert counted.mean() > 0.9
    assert (found["progression_pattern"] == found["true_progression_pattern"])[counted].all()


def test_no_interval_treatment_is_invented(found: pd.DataFrame) -> None:
    """The truth holds what was planned; a few planned treatments were never given before rechallenge came."""
    given, planned = found["interval_treatment"].eq("true"), found["true_interval_treatment"].astype(bool)
    assert not (given & ~planned).any()
    assert (given == planned).mean() > 0.97


def test_progressions_are_dated_as_they_were_recorded(found: pd.DataFrame) -> None:
    progressed = found[found["event_type"].eq("progression")]
    true = (pd.to_datetime(progressed["true_rechallenge_progression"]) - progressed["rechallenge_start"]).dt.days
    # The rest progressed on a later line first, whose scans a continued partner drug leaves inside PFS.
    assert (progressed["days"] == true).mean() > 0.995


def test_hazard_ratios_are_recovered(found: pd.DataFrame) -> None:
    """From derived classes and the latent times, the frailty being known: 4.0, 2.2 and 0.60, within their error."""
    known = found[found["progression_pattern"].ne("unknown")]
    columns = {
        "primary": known["resistance"].eq("primary"),
        "systemic": known["progression_pattern"].eq("systemic"),
        "interval": known["true_interval_treatment"].astype(bool),
        "log_frailty": np.log(known["true_rechallenge_frailty"]),
    }
    x = pd.DataFrame(columns).to_numpy("float64")
    days = known["true_rechallenge_latent_days"].to_numpy("float64")
    model = fit(days, np.ones(len(days)), x)
    expected = np.log([4.0, 2.2, 0.60, np.e])
    z = (model.coef - expected) / model.std_error
    assert np.abs(z).max() < LARGEST_Z, dict(zip(columns, z.round(2), strict=True))
    assert model.std_error.max() < 0.05


def test_scans_make_the_recorded_effects_smaller_and_never_larger(found: pd.DataFrame) -> None:
    """Progression is recorded at the next scan: recorded hazard ratios are nearer to 1 than those of the model."""
    known = found[found["progression_pattern"].ne("unknown")]
    x = pd.DataFrame(
        {
            "primary": known["resistance"].eq("primary"),
            "systemic": known["progression_pattern"].eq("systemic"),
            "log_frailty": np.log(known["true_rechallenge_frailty"]),
        }
    ).to_numpy("float64")
    event = known["event_type"].notna().to_numpy("float64")
    recorded = np.exp(fit(known["days"].to_numpy("float64"), event, x).coef)
    assert 3.0 < recorded[0] < 4.0
    assert 1.6 < recorded[1] < 2.2
