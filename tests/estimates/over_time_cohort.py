"""The made-up cohort with what follows time: survival after progression, kinds of event, intervals between scans."""

import numpy as np
import pandas as pd

from rechallenge.estimates import over_time
from rechallenge.estimates.plans import CLASSES
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.statistics import StatisticsSettings
from tests.estimates.cohort import made_up_cohort


def cohort(n: int, seed: int = 7) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return classified and adtte of `n` rechallenged patients, 0 to 300 days after progression, and as many others."""
    classified, adtte, _ = made_up_cohort(n, seed)
    rng = np.random.default_rng(seed)
    waited = pd.to_timedelta(rng.integers(0, 300, 2 * n), unit="D")
    progression = classified["first_ici_start"] + pd.to_timedelta(classified["days_to_progression"], unit="D")
    classified = classified.assign(rechallenge_start=(progression + waited).where(classified["eligible"]))
    gap = classified.set_index("patient_id")["days_to_progression"]
    after = adtte[(adtte["endpoint"] == "OS1") & (adtte["population"] == "first_ici")]
    after = after.assign(endpoint="PPS", population="progressed", days=after["days"] - after["patient_id"].map(gap))
    adtte = pd.concat([adtte, after[after["days"] > 0]], ignore_index=True)
    event = adtte["event"].eq(1)
    kinds = np.where(adtte["endpoint"].str.startswith("PFS"), rng.choice(["progression", "death"], len(adtte)), "death")
    days = adtte["days"].astype("float64")
    wide = event & (kinds == "progression")
    return classified, adtte.assign(
        event_type=pd.Series(kinds, index=adtte.index, dtype=object).where(event),
        interval_lower_days=days.where(~wide, (days - 56).clip(lower=0)),
        interval_upper_days=days.where(event),
    )


def estimated(n: int = 80, settings: StatisticsSettings | None = None) -> over_time.OverTime:
    """Return everything about time of that cohort."""
    classified, adtte = cohort(n)
    used = settings or StatisticsSettings()
    return over_time.over_time(adtte, classified, used, DefinitionSettings().resolved(), CLASSES)
