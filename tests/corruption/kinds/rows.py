"""Rows: lost, repeated, shifted, joined, broken."""

from tests.corruption.damage import Damage, Hand, Mark, NotHereError, kind, mark_of
from tests.corruption.kinds.common import DATES, full_date, not_counts_of_days
from tests.corruption.sheets import Delimited, Sheet

SUBJECT = "Rows"


def _row(hand: Hand, sheet: Sheet) -> int:
    return hand.rng.randrange(sheet.head, len(sheet.rows))


def _mark(hand: Hand, sheet: Sheet, *at: int) -> Mark:
    people = {hand.study.patient(sheet.name, hand.study.sheets[sheet.name].rows[one]) for one in at
              if one < len(hand.study.sheets[sheet.name].rows)}  # fmt: skip
    return Mark(sheet.name, frozenset(one + 1 for one in at), frozenset(), frozenset(people - {""}))


@kind(SUBJECT, "A row is repeated")
def row_repeated(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    at = _row(hand, sheet)
    sheet.rows.insert(at + 1, list(sheet.rows[at]))
    mark = _mark(hand, sheet, at, at + 1)
    return hand.done(f"row {at + 1} of {sheet.name} twice", mark, moved=True)


@kind(SUBJECT, "A block of rows is pasted again at the end")
def block_repeated(hand: Hand) -> Damage:
    sheet = hand.any_sheet(least=20)
    at = hand.rng.randrange(sheet.head, len(sheet.rows) - 6)
    length = len(sheet.rows)
    sheet.rows += [list(row) for row in sheet.rows[at : at + 5]]
    mark = _mark(hand, sheet, *range(at, at + 5), *range(length, length + 5))
    return hand.done(f"rows {at + 1} to {at + 5} of {sheet.name} again at the end", mark, moved=True)


@kind(SUBJECT, "A row stands twice and the two do not agree in a date")
def row_repeated_otherwise(hand: Hand) -> Damage:
    not_counts_of_days(hand)
    ends = ("treatments.end_date", "patients.death_date", "patients.last_contact_date", "patients.diagnosis_date")
    cell = hand.pick(*ends, where=full_date)
    sheet = hand.sheet(cell.file)
    copy = list(sheet.rows[cell.at])
    copy[cell.place] = str(int(cell.text[:4]) - 1) + str(cell.text[4:])
    sheet.rows.insert(cell.at + 1, copy)
    mark = _mark(hand, sheet, cell.at, cell.at + 1)
    return hand.done(f"row {cell.at + 1} twice, {cell.header} a year earlier", mark, moved=True)


@kind(SUBJECT, "All rows are in another order")
def rows_shuffled(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    body = sheet.rows[sheet.head :]
    hand.rng.shuffle(body)
    sheet.rows[sheet.head :] = body
    return hand.done(f"{len(body)} rows of {sheet.name} shuffled", Mark(sheet.name), moved=True)


@kind(SUBJECT, "The cells of a row are erased, the row is left")
def row_erased(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    at = hand.rng.randrange(sheet.head, len(sheet.rows) - 1)
    sheet.rows[at] = [""] * len(sheet.rows[at])
    return hand.done(f"row {at + 1} of {sheet.name} erased", _mark(hand, sheet, at))


@kind(SUBJECT, "A block of rows is erased")
def block_erased(hand: Hand) -> Damage:
    sheet = hand.any_sheet(least=20)
    at = hand.rng.randrange(sheet.head, len(sheet.rows) - 7)
    for one in range(at, at + 5):
        sheet.rows[one] = [""] * len(sheet.rows[one])
    return hand.done(f"rows {at + 1} to {at + 5} of {sheet.name} erased", _mark(hand, sheet, *range(at, at + 5)))


@kind(SUBJECT, "The cells of a row are erased except its identifier")
def row_erased_but_identifier(hand: Hand) -> Damage:
    if hand.study.name == "genie":
        raise NotHereError
    cell = hand.pick("patients.patient_id", "treatments.patient_id", "assessments.patient_id")
    row = hand.sheet(cell.file).rows[cell.at]
    if hand.study.name == "workbook":
        # The row of a patient: nothing but the number is left.
        row[:] = [text if place == cell.place else "" for place, text in enumerate(row)]
    else:
        row[:] = [text if place == cell.place else "" for place, text in enumerate(row)]
    return hand.done(f"row {cell.at + 1} of {cell.file} emptied", _mark(hand, hand.sheet(cell.file), cell.at))


@kind(SUBJECT, "The header stands again among the rows")
def header_repeated(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    at = _row(hand, sheet)
    sheet.rows.insert(at, list(sheet.rows[sheet.head - 1]))
    return hand.done(f"the header again as row {at + 1} of {sheet.name}", _mark_only(sheet, at), moved=True)


def _mark_only(sheet: Sheet, *at: int) -> Mark:
    return Mark(sheet.name, frozenset(one + 1 for one in at))


@kind(SUBJECT, "A row of totals stands at the end")
def totals_at_end(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    width = len(sheet.rows[-1])
    sheet.rows.append(["合计", *[str(hand.rng.randint(100, 999))] * (width - 1)])
    return hand.done(f"a row of totals under {sheet.name}", _mark_only(sheet, len(sheet.rows) - 1), moved=True)


@kind(SUBJECT, "A remark stands under the table")
def remark_at_end(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    width = len(sheet.rows[-1])
    sheet.rows.append(["Exported for the study, see the data manager", *[""] * (width - 1)])
    return hand.done(f"a remark under {sheet.name}", _mark_only(sheet, len(sheet.rows) - 1), moved=True)


@kind(SUBJECT, "The cells of a row are shifted to the right")
def row_shifted_right(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    at = _row(hand, sheet)
    row = sheet.rows[at]
    start = hand.rng.randrange(0, 2)
    row[start:] = ["", *row[start:-1]]
    return hand.done(f"row {at + 1} of {sheet.name} shifted right from column {start + 1}", _mark(hand, sheet, at))


@kind(SUBJECT, "The cells of a row are shifted to the left")
def row_shifted_left(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    at = _row(hand, sheet)
    row = sheet.rows[at]
    row[:] = [*row[1:], ""]
    return hand.done(f"row {at + 1} of {sheet.name} shifted left", _mark(hand, sheet, at))


@kind(SUBJECT, "Empty rows stand between the rows")
def empty_rows_between(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    at = _row(hand, sheet)
    sheet.rows[at:at] = [[""] * len(sheet.rows[at]) for _ in range(3)]
    return hand.done(f"3 empty rows before row {at + 1} of {sheet.name}", _mark_only(sheet, at, at + 1, at + 2),
                     moved=True)  # fmt: skip


@kind(SUBJECT, "Empty rows stand under the table")
def empty_rows_at_end(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    sheet.rows += [[""] * len(sheet.rows[-1]) for _ in range(hand.rng.randint(1, 40))]
    return hand.done(f"empty rows under {sheet.name}", Mark(sheet.name), moved=True)


def _line(hand: Hand, sheet: Delimited) -> tuple[list[str], int]:
    """The lines of the written file and one of them; no cell of these files holds a line break."""
    lines = sheet.text().split("\n")
    return lines, hand.rng.randrange(1, len(lines) - 2)


def _rewritten(sheet: Delimited, lines: list[str], what: str, *marks: Mark, moved: bool = False) -> Damage:
    data = "\n".join(lines).encode(sheet.encoding)
    return Damage({sheet.name: data}, what, marks, moved)


@kind(SUBJECT, "A row ends in the middle")
def row_cut(hand: Hand) -> Damage:
    sheet = hand.delimited()
    lines, at = _line(hand, sheet)
    cells = lines[at].split(sheet.delimiter)
    keep = hand.rng.randrange(1, len(cells))
    if not any(cell.strip() for cell in cells[keep:]):
        raise NotHereError
    lines[at] = sheet.delimiter.join(cells[:keep])
    return _rewritten(sheet, lines, f"row {at + 1} of {sheet.name} has {keep} cells", _mark_only(sheet, at))


@kind(SUBJECT, "Two rows stand on one line")
def rows_joined(hand: Hand) -> Damage:
    sheet = hand.delimited(least=4)
    lines, at = _line(hand, sheet)
    lines[at : at + 2] = [lines[at] + lines[at + 1]]
    return _rewritten(sheet, lines, f"rows {at + 1} and {at + 2} of {sheet.name} joined", _mark_only(sheet, at),
                      moved=True)  # fmt: skip


@kind(SUBJECT, "A line break stands within a row")
def row_broken(hand: Hand) -> Damage:
    sheet = hand.delimited()
    lines, at = _line(hand, sheet)
    cells = lines[at].split(sheet.delimiter)
    cut = hand.rng.randrange(1, len(cells))
    lines[at : at + 1] = [sheet.delimiter.join(cells[:cut]), sheet.delimiter.join(cells[cut:])]
    return _rewritten(sheet, lines, f"row {at + 1} of {sheet.name} broken", _mark_only(sheet, at, at + 1), moved=True)


@kind(SUBJECT, "A row has a delimiter too many")
def delimiter_too_many(hand: Hand) -> Damage:
    sheet = hand.delimited()
    lines, at = _line(hand, sheet)
    cells = lines[at].split(sheet.delimiter)
    place = hand.rng.randrange(0, max(1, len(cells) // 2))
    cells[place] = sheet.delimiter + cells[place]
    lines[at] = sheet.delimiter.join(cells)
    return _rewritten(sheet, lines, f"a delimiter more in row {at + 1} of {sheet.name}", _mark(hand, sheet, at))


@kind(SUBJECT, "Rows at the end are lost, so that patients have none left in a table")
def rows_at_end_lost(hand: Hand) -> Damage:
    if len(hand.study.files) == 1:
        raise NotHereError
    table = hand.choice(["patients", "treatments"])
    file = hand.study.places(table, "patient_id")[0][0]
    sheet = hand.sheet(file)
    cut = hand.rng.randrange(sheet.head + 1, int(len(sheet.rows) * 0.95))
    lost = {hand.study.patient(file, row) for row in sheet.rows[cut:]}
    kept = {hand.study.patient(file, row) for row in sheet.rows[sheet.head : cut]}
    del sheet.rows[cut:]
    mark = Mark(file, frozenset({10**9}), frozenset(), frozenset(lost - kept))
    return hand.done(f"{file} ends after row {cut}", mark, moved=True)


@kind(SUBJECT, "One column of dates was sorted alone")
def dates_sorted_alone(hand: Hand) -> Damage:
    not_counts_of_days(hand)
    first = hand.pick("treatments.start_date", "treatments.end_date", "patients.diagnosis_date",
                      "patients.last_contact_date", "assessments.assessment_date", where=full_date)  # fmt: skip
    cells = [c for c in hand.cells(first.table, first.column) if (c.file, c.header) == (first.file, first.header)]
    if len(cells) < 10:
        raise NotHereError
    for cell, text in zip(cells, sorted(cell.text for cell in cells), strict=True):
        hand.put(cell, text)
    return hand.done(f"{first.header!r} of {first.file} sorted alone", mark_of(*cells))


@kind(SUBJECT, "A column of dates slipped by one row")
def dates_slipped(hand: Hand) -> Damage:
    not_counts_of_days(hand)
    cell = hand.pick(*(name for name in DATES if name not in ("patients.birth_date", "patients.advanced_date")),
                     where=full_date)  # fmt: skip
    sheet = hand.sheet(cell.file)
    if len(sheet.data) < 30:
        raise NotHereError
    column = [sheet.rows[at][cell.place] for at in sheet.data]
    for at, text in zip(sheet.data, [*column[1:], ""], strict=True):
        sheet.rows[at][cell.place] = text
    rows = frozenset(at + 1 for at in sheet.data)
    return hand.done(f"{cell.header!r} of {cell.file} slipped up", Mark(cell.file, rows, frozenset({cell.header})))
