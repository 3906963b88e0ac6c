import pandas as pd
import pytest

from tests.estimates.cohort import made_up_cohort


@pytest.fixture(scope="session")
def cohort_of_40() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return made_up_cohort(40)
