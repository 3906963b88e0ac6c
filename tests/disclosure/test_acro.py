"""Small counts and rounding beside those of acro 1.0.2 (Automatic Checking of Research Outputs), where both apply.

acro withholds small cells of a table, zeros too, and adds up the margins anew without them; what it withholds can be
had by subtraction from true margins. Here zeros are told and further cells withheld instead.
"""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from rechallenge.disclosure.estimates import protect_estimates, rounded
from rechallenge.estimates.rows import Row, placed, table
from rechallenge.settings.release import ReleaseSettings

# What acro does inside is its own.
pytestmark = pytest.mark.filterwarnings("ignore")
THRESHOLD = 5
STAGES = list("abcd")


def patients(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "sex": rng.choice(["female", "male"], 60, p=[0.3, 0.7]),
            "stage": rng.choice(STAGES, 60, p=[0.05, 0.2, 0.25, 0.5]),
        }
    )


@pytest.fixture
def acro(tmp_path, monkeypatch) -> Any:
    from acro import ACRO

    monkeypatch.chdir(tmp_path)
    made = ACRO(suppress=True)
    made.config["safe_threshold"] = THRESHOLD
    return made


def ours(drawn: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """The counts of stage by sex as a public release tells them, and those of stage."""
    counts = pd.crosstab(drawn["stage"], drawn["sex"])
    own = {"analysis": "main", "population": "rechallenge"}
    rows = [Row("n", float(len(drawn)), n=float(len(drawn)), term="overall")]
    rows += [Row("n", float(n), model="table1", term="sex", level=str(sex)) for sex, n in counts.sum().items()]
    rows += [Row("n", float(n), model="table1", term="stage", level=str(s)) for s, n in counts.sum(axis=1).items()]
    rows += [
        Row("n", float(counts.loc[stage, sex]), model=f"table1|sex={sex}", term="stage", level=str(stage))
        for stage in counts.index
        for sex in counts.columns
    ]
    release = ReleaseSettings(level="public", smallest_count=THRESHOLD)
    frame = protect_estimates(table(placed(rows, **own)), release)[0].frame
    cells = frame[frame["model"].str.startswith("table1|")]
    told = cells.assign(sex=cells["model"].str.partition("=")[2]).pivot(index="level", columns="sex", values="estimate")
    margin = frame[frame["model"].eq("table1") & frame["term"].eq("stage")].set_index("level")["estimate"]
    return told.loc[counts.index, counts.columns], margin.loc[counts.index]


@pytest.mark.parametrize("seed", range(8))
def test_what_acro_withholds_for_being_small_is_withheld_and_more(acro: Any, seed: int) -> None:
    drawn = patients(seed)
    theirs, counts = acro.crosstab(drawn["stage"], drawn["sex"]), pd.crosstab(drawn["stage"], drawn["sex"])
    told, sums = ours(drawn)
    small = theirs.isna().to_numpy() & (counts.to_numpy() > 0)
    assert np.array_equal(small, (counts.to_numpy() > 0) & (counts.to_numpy() < THRESHOLD))
    assert told.isna().to_numpy()[small].all()
    # Where acro withholds one cell of a row, the row's true sum gives it back; here another cell, or the sum, goes too.
    one = (theirs.isna() & counts.gt(0)).sum(axis=1).eq(1)
    assert (told.isna().sum(axis=1).ge(2) | sums.isna())[one].all()
    assert not told.isna().to_numpy()[counts.to_numpy() == 0].any()


@pytest.mark.parametrize("seed", range(4))
def test_counts_are_rounded_as_acro_rounds_them(acro: Any, seed: int) -> None:
    drawn = patients(seed)
    acro.enable_rounding(5)
    theirs, counts = acro.crosstab(drawn["stage"], drawn["sex"]), pd.crosstab(drawn["stage"], drawn["sex"])
    assert counts.map(lambda value: rounded(float(value), 5)).to_numpy().tolist() == theirs.to_numpy().tolist()
