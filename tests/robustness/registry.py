"""A made-up registry of rechallenged patients, as canonical tables."""

from functools import cache

import numpy as np
import pandas as pd

from tests.support import Study

START = pd.Timestamp("2018-01-01")


def _day(number: int) -> str:
    return (START + pd.Timedelta(days=int(number))).strftime("%Y-%m-%d")


@cache
def registry(n: int = 60, seed: int = 5) -> Study:
    """`n` patients with a first ICI, index progression, perhaps treatment in between, and rechallenge."""
    rng = np.random.default_rng(seed)
    treatments = ["patient_id drug start_date end_date ecog modality"]
    assessments = ["patient_id assessment_date response basis progressing_lesions progressing_organs"]
    patients = ["patient_id histology stage last_contact_date death_date"]
    for number in range(n):
        name, start = f"P{number:03d}", int(rng.integers(0, 200))
        progressed = start + int(rng.integers(40, 400))
        stopped = progressed - int(rng.integers(0, 60))
        lesions, organs = int(rng.integers(1, 7)), int(rng.integers(1, 4))
        again = progressed + int(rng.integers(10, 200))
        first, second = again + int(rng.integers(20, 90)), again + int(rng.integers(91, 400))
        treatments.append(f"{name} nivolumab {_day(start)} {_day(stopped)} {rng.integers(0, 2)} .")
        if rng.random() < 0.4 and again - progressed > 60:
            treatments.append(f"{name} docetaxel {_day(progressed + 5)} {_day(progressed + 25)} 1 .")
        if rng.random() < 0.3:
            treatments.append(f"{name} . {_day(progressed + 3)} {_day(progressed + 4)} . radiotherapy")
        treatments.append(f"{name} sintilimab {_day(again)} {_day(first)} {rng.integers(0, 2)} .")
        if rng.random() < 0.3:
            treatments.append(f"{name} pemetrexed {_day(first + 5)} {_day(first + 30)} 1 .")
        if progressed - start > 60:
            assessments.append(f"{name} {_day(start + 50)} {rng.choice(['PR', 'SD'])} imaging . .")
        counted = "." if rng.random() < 0.1 else lesions
        assessments.append(f"{name} {_day(progressed)} PD imaging {counted} {organs}")
        if rng.random() < 0.5:
            assessments.append(f"{name} {_day(progressed + 30)} PD imaging {counted} {organs}")
        assessments.append(f"{name} {_day(first)} {rng.choice(['SD', 'PD', 'PR'])} imaging 1 1")
        assessments.append(f"{name} {_day(second)} {rng.choice(['SD', 'PD'])} imaging 2 1")
        death = _day(second + int(rng.integers(10, 300))) if rng.random() < 0.4 else "."
        patients.append(f"{name} adenocarcinoma IVA {death if death != '.' else '2022-06-30'} {death}")
    return Study("\n".join(treatments), "\n".join(assessments), "\n".join(patients))
