"""What only the GENIE format can suffer: counts of days, and files that repeat one another."""

from tests.corruption.damage import Cell, Damage, Hand, Mark, NotHereError, kind, mark_of

SUBJECT = "Counts of days"
DAYS = ("patients.last_contact_date", "patients.death_date", "patients.diagnosis_date", "treatments.start_date",
        "treatments.end_date", "assessments.assessment_date")  # fmt: skip


def _days(hand: Hand, *columns: str) -> Cell:
    if hand.study.mapping.format == "tables":
        raise NotHereError
    return hand.pick(*(columns or DAYS))


def _column(hand: Hand, factor: float, what: str) -> Damage:
    first = _days(hand)
    cells = [c for c in hand.cells(first.table, first.column) if (c.file, c.header) == (first.file, first.header)]
    if len(cells) < 10:
        raise NotHereError
    for cell in cells:
        hand.put(cell, f"{float(cell.text) * factor:.2f}")
    return hand.done(f"{first.header!r} of {first.file} {what}", mark_of(*cells))


@kind(SUBJECT, "A column of days is given in months")
def days_in_months(hand: Hand) -> Damage:
    return _column(hand, 1 / 30.4, "in months")


@kind(SUBJECT, "A column of days is given in years")
def days_in_years(hand: Hand) -> Damage:
    return _column(hand, 1 / 365.25, "in years")


@kind(SUBJECT, "A count of days is no number")
def days_no_number(hand: Hand) -> Damage:
    cell = _days(hand)
    return hand.one(cell, hand.choice([">32485", "unknown day", "12 k", "#VALUE!", "2019-03-04"]))


@kind(SUBJECT, "A count of days since birth became one since the diagnosis")
def days_since_diagnosis(hand: Hand) -> Damage:
    cell = _days(hand, "assessments.assessment_date", "treatments.start_date", "patients.last_contact_date")
    return hand.one(cell, str(hand.rng.randint(20, 900)))


@kind(SUBJECT, "The year of birth is lost or impossible")
def birth_year_wrong(hand: Hand) -> Damage:
    cell = _days(hand, "patients.birth_date")
    return hand.one(cell, hand.choice(["", "50", "19500", "unknown"]))


@kind(SUBJECT, "A scan, visit or report of a patient is left out")
def numbered_record_lost(hand: Hand) -> Damage:
    if hand.study.mapping.format == "tables":
        raise NotHereError
    numbers = {"imaging_level_dataset.csv": "scan_number", "med_onc_note_level_dataset.csv": "md_visit_number",
               "regimen_cancer_level_dataset.csv": "regimen_number"}  # fmt: skip
    file = hand.choice(sorted(numbers))
    sheet = hand.sheet(file)
    person = sheet.header.index("record_id")
    inner = [at for at in list(sheet.data)[:-1] if sheet.rows[at][person] == sheet.rows[at + 1][person]]
    at = hand.choice(inner)
    who = sheet.rows[at][person]
    del sheet.rows[at]
    mark = Mark(file, frozenset({at + 1, at + 2}), frozenset(), frozenset({who}))
    return hand.done(f"{file} without row {at + 1} of {who}", mark, moved=True)
