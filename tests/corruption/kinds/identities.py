"""Identifiers: who is who, and what a spreadsheet makes of them."""

from collections.abc import Callable

from tests.corruption.damage import Cell, Damage, Hand, Mark, NotHereError, kind, mark_of
from tests.corruption.kinds.common import CHILDREN, IDENTIFIERS
from tests.corruption.sheets import Sheet

SUBJECT = "Identities"


def _children_of(hand: Hand) -> Cell:
    """An identifier outside the table of patients; a wide workbook has none."""
    return hand.pick(*CHILDREN, where=lambda cell: not hand.study.holds(cell.file, "patients"))


def _patient(hand: Hand) -> Cell:
    return hand.pick("patients.patient_id")


def _exchanged(hand: Hand, cell: Cell, text: str) -> Damage:
    """A patient's own row under another identifier: it shows on the row and on the patient's other rows."""
    damage = hand.one(cell, text)
    mark = damage.marks[0]
    return Damage(damage.files, damage.what, (Mark(mark.file, mark.rows, mark.headers, frozenset({cell.patient})),))


@kind(SUBJECT, "The identifier of a row is empty")
def id_emptied(hand: Hand) -> Damage:
    return hand.one(hand.pick(*IDENTIFIERS), "")


@kind(SUBJECT, "The identifier of a row says that it is unknown")
def id_unknown(hand: Hand) -> Damage:
    return hand.one(hand.pick(*IDENTIFIERS), hand.choice(["NA", "不详", "?", "-"]))


@kind(SUBJECT, "The identifier of a treatment, scan or event is mistyped")
def id_mistyped_in_child(hand: Hand) -> Damage:
    cell = _children_of(hand)
    return hand.one(cell, _mistyped(hand, cell.text))


@kind(SUBJECT, "The identifier of a patient's own row is mistyped")
def id_mistyped_in_patients(hand: Hand) -> Damage:
    if hand.study.name == "workbook":
        raise NotHereError  # one row per patient: nothing else knows the number
    cell = _patient(hand)
    return _exchanged(hand, cell, _mistyped(hand, cell.text))


def _mistyped(hand: Hand, text: str) -> str:
    known = {cell.text for cell in hand.cells("patients", "patient_id")}
    for _ in range(50):
        at = hand.rng.randrange(len(text))
        other = text[:at] + str((ord(text[at]) + hand.rng.randint(1, 9)) % 10) + text[at + 1 :]
        if other not in known and other != text:
            return other
    raise NotHereError


@kind(SUBJECT, "An identifier loses its leading zeros")
def id_zeros_lost(hand: Hand) -> Damage:
    cell = hand.pick(*IDENTIFIERS, where=lambda cell: cell.text.startswith("0"))
    return hand.one(cell, cell.text.lstrip("0"))


@kind(SUBJECT, "All identifiers of a file lose their leading zeros")
def id_zeros_lost_in_file(hand: Hand) -> Damage:
    return _every(hand, lambda text: text.lstrip("0"), "without leading zeros")


@kind(SUBJECT, "All identifiers of a file became decimal numbers (123.0)")
def id_decimal_in_file(hand: Hand) -> Damage:
    return _every(hand, lambda text: text.lstrip("0") + ".0", "as decimal numbers")


@kind(SUBJECT, "All identifiers of a file were rounded by a spreadsheet")
def id_rounded_in_file(hand: Hand) -> Damage:
    return _every(hand, lambda text: f"{int(text.encode().hex(), 16):.14E}", "as 1.2E+17")


def _every(hand: Hand, change: Callable[[str], str], what: str) -> Damage:
    first = hand.pick(*IDENTIFIERS)
    cells = [cell for cell in hand.cells(first.table, "patient_id") if cell.file == first.file]
    changed = [cell for cell in cells if change(cell.text) != cell.text]
    if not changed:
        raise NotHereError
    for cell in changed:
        hand.put(cell, change(cell.text))
    return hand.done(f"{len(changed)} identifiers of {first.file} {what}", mark_of(*changed))


@kind(SUBJECT, "An identifier is written with spaces, in full width or behind an apostrophe")
def id_written_otherwise(hand: Hand) -> Damage:
    cell = hand.pick(*IDENTIFIERS)
    wide = cell.text.translate({ord("0") + at: 0xFF10 + at for at in range(10)})
    return hand.one(cell, hand.choice([f" {cell.text} ", wide, f"'{cell.text}", f"{cell.text[:3]} {cell.text[3:]}"]))


@kind(SUBJECT, "An identifier is written in another case or with O for 0")
def id_letters(hand: Hand) -> Damage:
    cell = _children_of(hand)
    return hand.one(cell, hand.choice([cell.text.swapcase(), cell.text.replace("0", "O")]))


@kind(SUBJECT, "Two patients have one identifier")
def id_of_another_patient(hand: Hand) -> Damage:
    cell = _patient(hand)
    other = hand.pick("patients.patient_id", where=lambda one: one.file == cell.file and one.patient != cell.patient)
    mark = hand.put(cell, other.text)
    people = frozenset({cell.patient, other.patient})
    return hand.done(f"{cell.text} became {other.text}", Mark(mark.file, mark.rows, mark.headers, people))


@kind(SUBJECT, "Two patients whose lives in the registry do not overlap exchange their identifiers")
def id_exchanged(hand: Hand) -> Damage:
    if len(hand.study.files) == 1:
        raise NotHereError
    patients = hand.study.table("patients").drop_duplicates("patient_id")
    treated = hand.study.table("treatments").groupby("patient_id")["start_date"].agg(["min", "max"])
    rows = patients.merge(treated, left_on="patient_id", right_index=True)
    rows = rows[rows["death_date"].notna() & rows["diagnosis_date"].notna()]
    first = hand.choice(rows.sort_values("death_date").index[: max(1, len(rows) // 3)])
    later = rows[rows["min"] > rows.loc[first, "death_date"]]
    second = hand.choice(later.index)
    names = (rows.loc[first, "patient_id"], rows.loc[second, "patient_id"])
    places = hand.study.places("patients", "patient_id")[:1]
    cells = [cell for cell in hand.cells("patients", "patient_id") if cell.file == places[0][0]]
    marks = []
    for cell in cells:
        if cell.patient in names:
            text = next(other.text for other in cells if other.patient in names and other.patient != cell.patient)
            mark = hand.put(cell, text)
            # It shows in dates that the two rows brought along: the patients are named, the column is any date.
            marks.append(Mark(mark.file, mark.rows, frozenset(), frozenset(names)))
    return hand.done(f"the rows of {names[0]} and {names[1]} exchanged their identifiers", *marks)


@kind(SUBJECT, "A patient is entered again under a new identifier")
def person_entered_again(hand: Hand) -> Damage:
    patients = hand.study.table("patients")
    known = patients["birth_date_precision"].eq("day") & patients["diagnosis_date_precision"].eq("day")
    known &= patients["sex"].notna() & ~patients["birth_date"].dt.day.isin([1, 15])
    if hand.study.name == "workbook" or not known.any() or hand.study.name == "genie":
        raise NotHereError
    row = patients.loc[hand.choice(patients.index[known])]
    sheet = hand.sheet(row["source_file"])
    copy = list(sheet.rows[int(row["source_row"]) - 1])
    place = sheet.header.index(hand.study.places("patients", "patient_id")[0][1])
    copy[place] = _mistyped(hand, copy[place])
    sheet.rows.append(copy)
    mark = Mark(sheet.name, frozenset({len(sheet.rows)}), frozenset(), frozenset({row["patient_id"]}))
    return hand.done(f"{row['patient_id']} again as {copy[place]}", mark, moved=True)


@kind(SUBJECT, "The row of a patient is lost")
def patient_row_lost(hand: Hand) -> Damage:
    if len(hand.study.files) == 1:
        raise NotHereError
    treated = set(hand.study.table("treatments")["patient_id"])
    cell = hand.pick("patients.patient_id", where=lambda one: one.patient in treated)
    name, header = hand.study.places("patients", "patient_id")[0]
    sheet = hand.sheet(name)
    place = sheet.header.index(header)
    sheet.rows = [row for at, row in enumerate(sheet.rows) if at < sheet.head or row[place] != cell.text]
    mark = Mark(name, frozenset({10**9}), frozenset(), frozenset({cell.patient}))
    return hand.done(f"no row of {cell.patient}", mark, moved=True)


@kind(SUBJECT, "The column of identifiers slipped down by one row")
def ids_slipped(hand: Hand) -> Damage:
    cell = hand.pick(*IDENTIFIERS)
    sheet = hand.sheet(cell.file)
    start = hand.rng.randrange(sheet.head, max(sheet.head + 1, len(sheet.rows) // 2))
    return _slip(sheet, hand, cell, start)


def _slip(sheet: Sheet, hand: Hand, cell: Cell, start: int) -> Damage:
    texts = [sheet.rows[at][cell.place] for at in range(start, len(sheet.rows))]
    for at, text in zip(range(start, len(sheet.rows)), ["", *texts[:-1]], strict=True):
        sheet.rows[at][cell.place] = text
    rows = frozenset(range(start + 1, len(sheet.rows) + 1))
    mark = Mark(cell.file, rows, frozenset({cell.header}))
    return hand.done(f"{cell.header!r} of {cell.file} slipped down from row {start + 1}", mark)
