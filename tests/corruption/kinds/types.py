"""Cells that are not of their column's type."""

from rechallenge.tables import TABLES
from tests.corruption.damage import Cell, Damage, Hand, kind
from tests.corruption.kinds.common import COUNTS, DATES, NUMBERS, TERMS, plain_number

TYPES = "Types and values"
HIGHEST = {
    f"{table.name}.{column.name}": column.high
    for table in TABLES.values()
    for column in table.columns
    if column.high is not None
}


def _number(hand: Hand) -> Cell:
    return hand.pick(*NUMBERS, *COUNTS, where=plain_number)


@kind(TYPES, "A number is written as a word nobody reads as a number")
def number_as_word(hand: Hand) -> Damage:
    return hand.one(_number(hand), hand.choice(["some", "a few", "若干", "second", "III+"]))


@kind(TYPES, "The digits 0 and 1 of a number become the letters O and l")
def letters_for_digits(hand: Hand) -> Damage:
    cell = hand.pick(*NUMBERS, *COUNTS, *DATES, where=lambda cell: any(digit in cell.text for digit in "01"))
    return hand.one(cell, cell.text.replace("0", "O").replace("1", "l"))


@kind(TYPES, "A number gets a decimal comma")
def decimal_comma(hand: Hand) -> Damage:
    cell = _number(hand)
    return hand.one(cell, f"{cell.text},{hand.rng.randint(1, 9)}")


@kind(TYPES, "A number gets a minus sign")
def number_negative(hand: Hand) -> Damage:
    cell = hand.pick(*NUMBERS, *COUNTS, where=lambda cell: plain_number(cell) and float(cell.text) > 0)
    return hand.one(cell, f"-{cell.text}")


@kind(TYPES, "A number lies far outside its possible range")
def number_out_of_range(hand: Hand) -> Damage:
    cell = _number(hand)
    high = HIGHEST[f"{cell.table}.{cell.column}"] or 0
    return hand.one(cell, str(int(high) * 10 + hand.rng.randint(13, 60)))


@kind(TYPES, "A count or grade is no whole number")
def number_not_whole(hand: Hand) -> Damage:
    columns = [name for name in (*NUMBERS, *COUNTS) if not name.endswith(("diameter_mm", "pd_l1_tps"))]
    cell = hand.pick(*columns, where=plain_number)
    return hand.one(cell, f"{float(cell.text):.0f}.{hand.rng.randint(1, 9)}")


@kind(TYPES, "A controlled word is misspelt")
def word_misspelt(hand: Hand) -> Damage:
    cell = hand.pick(*TERMS)
    at = hand.rng.randrange(len(cell.text) + 1)
    return hand.one(cell, cell.text[:at] + hand.letters(2) + "x" + cell.text[at:])


@kind(TYPES, "A controlled word is followed by a question mark")
def word_doubted(hand: Hand) -> Damage:
    cell = hand.pick(*TERMS)
    return hand.one(cell, f"{cell.text}{hand.choice(['?', '??', '(?)', '？'])}")


@kind(TYPES, "A controlled word stands in the column of another one")
def word_of_another_column(hand: Hand) -> Damage:
    cell = hand.pick(*(name for name in TERMS if not name.endswith("response")))
    return hand.one(cell, "SD/PR")


@kind(TYPES, "A number stands where a controlled word belongs")
def number_for_word(hand: Hand) -> Damage:
    cell = hand.pick(*(name for name in TERMS if not name.endswith(("stage", "histology"))))
    return hand.one(cell, str(hand.rng.randint(100, 800)))


@kind(TYPES, "An error of a spreadsheet stands in a cell")
def spreadsheet_error(hand: Hand) -> Damage:
    cell = hand.pick(*NUMBERS, *COUNTS, *TERMS, *DATES)
    return hand.one(cell, hand.choice(["#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#####"]))


@kind(TYPES, "TRUE or FALSE stands in a cell of numbers or dates")
def truth_for_value(hand: Hand) -> Damage:
    return hand.one(hand.pick(*NUMBERS, *COUNTS, *DATES), hand.choice(["TRUE", "FALSE"]))


@kind(TYPES, "A cell holds the text of a formula")
def formula_as_text(hand: Hand) -> Damage:
    return hand.one(hand.pick(*NUMBERS, *COUNTS, *TERMS, *DATES), f"=SUM(A{hand.rng.randint(1, 99)}:B7)")


@kind(TYPES, "A required cell is emptied")
def required_cell_emptied(hand: Hand) -> Damage:
    return hand.one(_required(hand), "")


@kind(TYPES, "A required cell says that nothing is known")
def required_cell_unknown(hand: Hand) -> Damage:
    return hand.one(_required(hand), hand.choice(["NA", "不详", "unknown", "-"]))


def _required(hand: Hand) -> Cell:
    names = ["treatments.start_date", "treatments.drug", "assessments.assessment_date", "assessments.response"]
    if hand.study.mapping.format != "tables":
        # A regimen has a slot for each of five drugs, most of them empty.
        names = ["assessments.assessment_date"]
    if hand.study.name == "workbook":
        # A row per drug or progression is kept where its drug or date is filled.
        names = ["treatments.start_date"]
    return hand.pick(*names)


@kind(TYPES, "A cell holds far more text than a spreadsheet can")
def cell_endless(hand: Hand) -> Damage:
    cell = hand.pick(*TERMS, *NUMBERS)
    mark = hand.put(cell, "x" * 40_000)
    return hand.done(f"{cell.text!r} became 40,000 letters", mark)


@kind(TYPES, "A number is written in full-width digits")
def digits_full_width(hand: Hand) -> Damage:
    cell = _number(hand)
    return hand.one(cell, cell.text.translate({ord("0") + at: 0xFF10 + at for at in range(10)}))


@kind(TYPES, "A cell is padded with spaces, some of them invisible")
def cell_padded(hand: Hand) -> Damage:
    cell = hand.pick(*NUMBERS, *COUNTS, *TERMS, *DATES)
    return hand.one(cell, hand.choice([" {} ", "\u3000{}", "{}\u00a0", "\u200b{}", "{}\t"]).format(cell.text))


@kind(TYPES, "A controlled word is written in another case")
def word_in_another_case(hand: Hand) -> Damage:
    cell = hand.pick(*TERMS, where=lambda cell: cell.text.swapcase() != cell.text)
    return hand.one(cell, cell.text.swapcase())


@kind(TYPES, "A drug is misspelt")
def drug_misspelt(hand: Hand) -> Damage:
    cell = hand.pick("treatments.drug")
    at = hand.rng.randrange(len(cell.text) + 1)
    return hand.one(cell, cell.text[:at] + "qx" + hand.letters(1) + cell.text[at:])


@kind(TYPES, "A drug's name is cut to its first letters")
def drug_cut(hand: Hand) -> Damage:
    cell = hand.pick("treatments.drug", where=lambda cell: cell.text.isascii() and len(cell.text) > 7)
    return hand.one(cell, cell.text[:4])


@kind(TYPES, "A number is written twice in its cell")
def number_twice(hand: Hand) -> Damage:
    columns = ("treatments.ecog", "adverse_events.ctcae_grade", "patients.pd_l1_tps", "treatments.line")
    cell = hand.pick(*columns, where=lambda cell: plain_number(cell) and float(cell.text) > 1)
    return hand.one(cell, f"{cell.text} {cell.text}")


@kind(TYPES, "A range is written backwards, or a number carries a wrong unit")
def number_with_strange_unit(hand: Hand) -> Damage:
    cell = _number(hand)
    # From 9 to a larger number would be a range that somebody may mean.
    backwards = ["9-{}"] if float(cell.text) < 9 else []
    return hand.one(cell, hand.choice(["{} kg", "{} mg/m2", "{} of 10 ml", *backwards]).format(cell.text))


@kind(TYPES, "Markup of a web page is left in a cell")
def markup_in_cell(hand: Hand) -> Damage:
    cell = hand.pick(*NUMBERS, *COUNTS, *TERMS, *DATES)
    return hand.one(cell, hand.choice(["<b>{}</b>", "{}&nbsp;<br/>", "<td>{}"]).format(cell.text))
