"""First ICIs in days: a table of patients, one row each, through the whole chain."""

import pandas as pd

from rechallenge.settings.definitions import DefinitionSettings
from tests.support import Study, table

FIRST_DOSE = pd.Timestamp("2019-01-01")
RESPONSE_DAY = 50


def day(number: int) -> str:
    """The date so many days after the first dose."""
    return (FIRST_DOSE + pd.Timedelta(days=number)).strftime("%Y-%m-%d")


def first_icis(text: str, definitions: dict[str, object] | None = None) -> Study:
    """A study from the columns id, best, pd, dose and, optionally, then.

    `best` is the response on day 50 (PD: no scan before progression), `pd` the day of index progression, `dose` the day
    of the last dose (`.` not recorded). `then` says what follows progression: again (progression on a scan 28 days
    later, the default), once (nothing), clinical (it was clinical, and nothing follows), death27, death28, death29
    (death so many days later). Everyone gets another ICI 100 days after progression, unless they die.
    """
    rows = table(text)
    treatments = ["patient_id drug start_date end_date"]
    assessments = ["patient_id assessment_date response basis progressing_lesions"]
    patients = ["patient_id histology stage last_contact_date death_date"]
    for row in rows.to_dict("records"):
        name, progressed, then = row["id"], int(row["pd"]), row.get("then") or "again"
        last_dose = day(int(row["dose"])) if isinstance(row["dose"], str) else "."
        treatments.append(f"{name} nivolumab {day(0)} {last_dose}")
        if row["best"] in ("CR", "PR", "SD", "NE"):
            assessments.append(f"{name} {day(RESPONSE_DAY)} {row['best']} imaging .")
        basis = "clinical" if then == "clinical" else "imaging"
        assessments.append(f"{name} {day(progressed)} PD {basis} 1")
        if then == "again":
            assessments.append(f"{name} {day(progressed + 28)} PD imaging 1")
        death = day(progressed + int(then.removeprefix("death"))) if then.startswith("death") else "."
        if death == ".":
            treatments.append(f"{name} sintilimab {day(progressed + 100)} {day(progressed + 200)}")
        patients.append(f"{name} adenocarcinoma IVA {death if death != '.' else '2022-12-31'} {death}")
    used = DefinitionSettings.read(definitions or {}, "test")
    return Study("\n".join(treatments), "\n".join(assessments), "\n".join(patients), definitions=used)


def resistance(text: str, **settings: object) -> None:
    """Assert the classes of a table with the columns of `first_icis`, and `class` and `reason`.

    `settings` are those of `definitions.resistance`.
    """
    expected = table(text)
    found = first_icis(text, {"resistance": settings}).classified.set_index("patient_id")
    got = found.loc[expected["id"], ["resistance", "resistance_reason"]].astype(object)
    wanted = expected.set_index("id")[["class", "reason"]].astype(object)
    wrong = [
        f"{name}: {tuple(got.loc[name])}, expected {tuple(wanted.loc[name])}"
        for name in wanted.index
        if tuple(got.loc[name]) != tuple(wanted.loc[name])
    ]
    assert not wrong, "; ".join(wrong)
