"""Values in another unit or scale than declared."""

from collections.abc import Callable

from tests.corruption.damage import Cell, Damage, Hand, NotHereError, kind, mark_of
from tests.corruption.kinds.common import plain_number

SUBJECT = "Units and scales"


def _column(hand: Hand, name: str, change: Callable[[float], str], what: str, least: int = 5) -> Damage:
    """Rewrite every plain number of one column of one file."""
    first = hand.pick(name, where=_number)
    cells = [
        cell
        for cell in hand.cells(first.table, first.column)
        if (cell.file, cell.header) == (first.file, first.header) and _number(cell)
    ]
    changed = [cell for cell in cells if change(float(cell.text)) != cell.text]
    if len(changed) < least:
        raise NotHereError
    for cell in changed:
        hand.put(cell, change(float(cell.text)))
    return hand.done(f"{len(changed)} cells of {first.header!r} {what}", mark_of(*changed))


def _number(cell: Cell) -> bool:
    try:
        return float(cell.text) >= 0
    except ValueError:
        return False


@kind(SUBJECT, "A performance status is given on Karnofsky's scale")
def ecog_on_karnofsky_scale(hand: Hand) -> Damage:
    return hand.one(hand.pick("treatments.ecog"), str(hand.choice([60, 70, 80, 90, 100])))


@kind(SUBJECT, "A whole column of performance status is given on Karnofsky's scale")
def ecog_column_on_karnofsky_scale(hand: Hand) -> Damage:
    return _column(hand, "treatments.ecog", lambda value: f"{100 - 10 * value:.0f}", "on Karnofsky's scale")


@kind(SUBJECT, "A tumour proportion score is above 100 per cent")
def score_above_hundred(hand: Hand) -> Damage:
    return hand.one(hand.pick("patients.pd_l1_tps"), hand.choice(["150%", "500%", "101%", ">120%"]))


@kind(SUBJECT, "A column of fractions is given in per cent without the sign, or the other way round")
def score_column_in_other_unit(hand: Hand) -> Damage:
    if hand.study.name != "registry":
        raise NotHereError
    return _column(hand, "patients.pd_l1_tps", lambda value: f"{value * 100:g}", "times 100", least=3)


@kind(SUBJECT, "A diameter is ten times too large: a decimal point is lost")
def diameter_times_ten(hand: Hand) -> Damage:
    cell = hand.pick("lesions.diameter_mm", where=plain_number)
    return hand.one(cell, f"{float(cell.text) * 10:g}")


@kind(SUBJECT, "A diameter is given in centimetres")
def diameter_in_centimetres(hand: Hand) -> Damage:
    cell = hand.pick("lesions.diameter_mm", where=plain_number)
    return hand.one(cell, f"{float(cell.text) / 10:g}")


@kind(SUBJECT, "All diameters of a file are given in centimetres")
def diameter_column_in_centimetres(hand: Hand) -> Damage:
    return _column(hand, "lesions.diameter_mm", lambda value: f"{value / 10:g}", "in centimetres")


@kind(SUBJECT, "All diameters of a file are ten times too large")
def diameter_column_times_ten(hand: Hand) -> Damage:
    return _column(hand, "lesions.diameter_mm", lambda value: f"{value * 10:g}", "times ten")


@kind(SUBJECT, "A column of grades or lines is multiplied by a hundred")
def small_numbers_times_hundred(hand: Hand) -> Damage:
    name = hand.choice(["adverse_events.ctcae_grade", "treatments.line", "assessments.progressing_organs"])
    return _column(hand, name, lambda value: f"{value * 100:g}", "times a hundred")


@kind(SUBJECT, "A column of whole numbers is divided by two")
def small_numbers_halved(hand: Hand) -> Damage:
    name = hand.choice(["treatments.line", "assessments.progressing_lesions"])
    return _column(hand, name, lambda value: f"{value / 2:g}", "halved")


@kind(SUBJECT, "A number is written with a point for thousands or in scientific notation")
def number_in_another_notation(hand: Hand) -> Damage:
    cell = hand.pick("treatments.line", "treatments.ecog", "lesions.diameter_mm", where=plain_number)
    return hand.one(cell, hand.choice(["{}E+00", "{}.000,00", "1'{}00"]).format(cell.text))
