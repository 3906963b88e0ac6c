"""Columns: lost, renamed, exchanged, moved, emptied."""

from tests.corruption.damage import Damage, Hand, Mark, NotHereError, kind
from tests.corruption.sheets import Book, Sheet

SUBJECT = "Columns"
# Pairs of columns whose values cannot be taken for one another.
UNLIKE = (
    ("patients.sex", "patients.smoking"),
    ("patients.histology", "patients.stage"),
    ("patients.birth_date", "patients.diagnosis_date"),
    ("patients.diagnosis_date", "patients.last_contact_date"),
    ("patients.last_contact_date", "patients.sex"),
    ("patients.death_date", "patients.diagnosis_date"),
    ("patients.patient_id", "patients.sex"),
    ("treatments.start_date", "treatments.end_date"),
    ("treatments.drug", "treatments.start_date"),
    ("treatments.line", "treatments.drug"),
    ("treatments.ecog", "treatments.start_date"),
    ("treatments.modality", "treatments.intent"),
    ("treatments.stop_reason", "treatments.drug"),
    ("assessments.assessment_date", "assessments.response"),
    ("assessments.basis", "assessments.response"),
    ("assessments.patient_id", "assessments.assessment_date"),
    ("adverse_events.ctcae_grade", "adverse_events.start_date"),
    ("adverse_events.immune_related", "adverse_events.ctcae_grade"),
    ("adverse_events.patient_id", "adverse_events.start_date"),
    ("lesions.diameter_mm", "lesions.role"),
    ("lesions.status", "lesions.role"),
)


def _read_columns(hand: Hand) -> list[tuple[str, str]]:
    """Every file and header that the study reads."""
    return sorted({place for table, column in hand.study.columns() for place in hand.study.places(table, column)})


def _column(hand: Hand) -> tuple[Sheet, int, str]:
    """A column that the study reads; at least one cell of it is filled."""
    filled = []
    for file, header in _read_columns(hand):
        sheet = hand.study.sheets[file]
        place = sheet.header.index(header)
        if not isinstance(sheet, Book) and any(sheet.rows[at][place].strip() for at in sheet.data):
            filled.append((file, header))
    file, header = hand.choice(filled)
    sheet = hand.sheet(file)
    return sheet, sheet.header.index(header), header


def _of_column(sheet: Sheet, *headers: str) -> Mark:
    return Mark(sheet.name, headers=frozenset(headers))


@kind(SUBJECT, "A header is misspelt")
def header_misspelt(hand: Hand) -> Damage:
    sheet, place, header = _column(hand)
    sheet.rows[0][place] = header[:-1] + hand.letters(2)
    return hand.done(f"{header!r} became {sheet.rows[0][place]!r}", _of_column(sheet, header, sheet.rows[0][place]))


@kind(SUBJECT, "A header is emptied")
def header_emptied(hand: Hand) -> Damage:
    sheet, place, header = _column(hand)
    sheet.rows[0][place] = ""
    return hand.done(f"no header over {header!r}", _of_column(sheet, header))


@kind(SUBJECT, "A header is written in another case or with spaces")
def header_padded(hand: Hand) -> Damage:
    sheet, place, header = _column(hand)
    sheet.rows[0][place] = hand.choice([f" {header} ", header.upper(), f"{header}\u00a0"])
    if sheet.rows[0][place] == header:
        raise NotHereError
    return hand.done(f"{header!r} became {sheet.rows[0][place]!r}", _of_column(sheet, header))


@kind(SUBJECT, "Two columns have one header")
def header_twice(hand: Hand) -> Damage:
    sheet, place, header = _column(hand)
    others = [at for at in range(len(sheet.header)) if at != place]
    other = hand.choice(others)
    lost = sheet.rows[0][other]
    sheet.rows[0][other] = header
    return hand.done(f"{lost!r} of {sheet.name} is called {header!r} too", _of_column(sheet, header, lost))


@kind(SUBJECT, "A column is left out")
def column_lost(hand: Hand) -> Damage:
    sheet, place, header = _column(hand)
    for row in sheet.rows:
        del row[place]
    return hand.done(f"no column {header!r} in {sheet.name}", _of_column(sheet, header))


@kind(SUBJECT, "A column is emptied, its header is left")
def column_emptied(hand: Hand) -> Damage:
    if hand.study.name == "workbook":
        file, header = hand.choice(_read_columns(hand))
        sheet = hand.sheet(file)
        place = sheet.header.index(header)
        if not any(sheet.rows[at][place].strip() for at in sheet.data):
            raise NotHereError
    else:
        sheet, place, header = _column(hand)
    for at in sheet.data:
        sheet.rows[at][place] = ""
    return hand.done(f"{header!r} of {sheet.name} emptied", _of_column(sheet, header))


@kind(SUBJECT, "The columns are in another order")
def columns_reordered(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    if isinstance(sheet, Book):
        raise NotHereError
    order = hand.shuffled(range(len(sheet.header)))
    sheet.rows = [[row[at] for at in order] for row in sheet.rows]
    return hand.done(f"columns of {sheet.name} in another order", Mark(sheet.name))


@kind(SUBJECT, "Two unlike columns exchange their headers")
def headers_exchanged(hand: Hand) -> Damage:
    sheet, places, headers = _unlike(hand)
    first, second = places
    top = sheet.head - 1
    if isinstance(sheet, Book):
        for at in sheet.data:
            row = sheet.rows[at]
            row[first], row[second] = row[second], row[first]
    else:
        sheet.rows[top][first], sheet.rows[top][second] = sheet.rows[top][second], sheet.rows[top][first]
    return hand.done(f"{headers[0]!r} and {headers[1]!r} of {sheet.name} exchanged", _of_column(sheet, *headers))


@kind(SUBJECT, "From some row on, two unlike columns are exchanged")
def columns_exchanged_from_row(hand: Hand) -> Damage:
    sheet, (first, second), headers = _unlike(hand)
    start = hand.rng.randrange(sheet.head, len(sheet.rows) - len(sheet.data) // 3)
    for row in sheet.rows[start:]:
        row[first], row[second] = row[second], row[first]
    rows = frozenset(range(start + 1, len(sheet.rows) + 1))
    mark = Mark(sheet.name, rows, frozenset(headers))
    return hand.done(f"{headers[0]!r} and {headers[1]!r} of {sheet.name} exchanged from row {start + 1}", mark)


@kind(SUBJECT, "In one row, two unlike cells are exchanged")
def cells_exchanged(hand: Hand) -> Damage:
    sheet, (first, second), headers = _unlike(hand)
    at = hand.choice(at for at in sheet.data if sheet.rows[at][first].strip() and sheet.rows[at][second].strip()
                     and sheet.rows[at][first] != sheet.rows[at][second])  # fmt: skip
    patient = hand.study.patient(sheet.name, sheet.rows[at])
    row = sheet.rows[at]
    row[first], row[second] = row[second], row[first]
    mark = Mark(sheet.name, frozenset({at + 1}), frozenset(headers), frozenset({patient} - {""}))
    return hand.done(f"row {at + 1} of {sheet.name}: {headers[0]!r} and {headers[1]!r} exchanged", mark)


def _unlike(hand: Hand) -> tuple[Sheet, tuple[int, int], tuple[str, str]]:
    pairs = []
    for one, other in UNLIKE:
        for file, header in hand.study.places(*one.split(".")):
            same = [head for at, head in hand.study.places(*other.split(".")) if at == file]
            pairs += [(file, header, head) for head in same[:1]]
    file, first, second = hand.choice(pairs)
    sheet = hand.sheet(file)
    for header in (first, second):
        if sum(bool(sheet.rows[at][sheet.header.index(header)].strip()) for at in sheet.data) < 5:
            raise NotHereError
    return sheet, (sheet.header.index(first), sheet.header.index(second)), (first, second)


@kind(SUBJECT, "A column without a name, or one that nobody declared, is added")
def column_added(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    if isinstance(sheet, Book):
        raise NotHereError
    name = hand.choice(["", "Remarks", "check"])
    for at, row in enumerate(sheet.rows):
        row.append(name if at == 0 else hand.choice(["", "x", "see file"]))
    return hand.done(f"a column {name!r} in {sheet.name}", Mark(sheet.name))


@kind(SUBJECT, "The header row is lost")
def header_lost(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    if isinstance(sheet, Book):
        raise NotHereError
    del sheet.rows[0]
    return hand.done(f"{sheet.name} without its header", Mark(sheet.name), moved=True)


@kind(SUBJECT, "A title stands above the header")
def title_above_header(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    if isinstance(sheet, Book):
        raise NotHereError
    sheet.rows.insert(0, ["Registry of lung cancer, export", *[""] * (len(sheet.header) - 1)])
    return hand.done(f"a title above the header of {sheet.name}", Mark(sheet.name), moved=True)


@kind(SUBJECT, "Two columns are joined into one")
def columns_joined(hand: Hand) -> Damage:
    sheet, place, header = _column(hand)
    if place + 1 >= len(sheet.header):
        raise NotHereError
    after = sheet.header[place + 1]
    for row in sheet.rows:
        row[place : place + 2] = [f"{row[place]} {row[place + 1]}".strip()]
    return hand.done(f"{header!r} and {after!r} of {sheet.name} joined", _of_column(sheet, header, after))


@kind(SUBJECT, "The identifiers of a column are all those of the first row: filled down by mistake")
def identifiers_filled_down(hand: Hand) -> Damage:
    cell = hand.pick("patients.patient_id", "treatments.patient_id")
    sheet = hand.sheet(cell.file)
    first = sheet.rows[sheet.head][cell.place]
    people = frozenset(hand.study.patient(cell.file, sheet.rows[at]) for at in sheet.data) - {""}
    for at in sheet.data:
        sheet.rows[at][cell.place] = first
    rows = frozenset(at + 1 for at in sheet.data)
    return hand.done(f"{cell.header!r} of {cell.file} is {first} in every row",
                     Mark(cell.file, rows, frozenset({cell.header}), people))  # fmt: skip
