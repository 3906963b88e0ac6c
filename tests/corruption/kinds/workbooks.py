"""What only a workbook can suffer."""

import io
import zipfile

import openpyxl

from tests.corruption.damage import Damage, Hand, Mark, kind
from tests.corruption.kinds.common import DATES, IDENTIFIERS, full_date
from tests.corruption.sheets import Shown

SUBJECT = "Workbooks"


@kind(SUBJECT, "The sheet bears another name")
def sheet_renamed(hand: Hand) -> Damage:
    sheet = hand.book()
    sheet.renamed = hand.choice(["Sheet1", "登记表 (2)", "登记"])
    return hand.done(f"the sheet is called {sheet.renamed!r}", Mark(sheet.name))


@kind(SUBJECT, "Another sheet stands before the one that is meant")
def sheet_added(hand: Hand) -> Damage:
    name = hand.book().name
    book = openpyxl.load_workbook(io.BytesIO(hand.study.files[name]))
    other = book.create_sheet("透视表", 0)
    other["A1"], other["B2"] = "合计", 12
    out = io.BytesIO()
    book.save(out)
    return Damage({name: out.getvalue()}, "a pivot sheet before the data", (Mark(name),))


@kind(SUBJECT, "A cell holds a formula whose result was never stored")
def formula_without_result(hand: Hand) -> Damage:
    sheet = hand.book()
    cell = hand.pick(*DATES)
    sheet.formulas[cell.at, cell.place] = "=TODAY()-100"
    return hand.done(f"a formula in row {cell.at + 1}", Mark(sheet.name, frozenset({cell.at + 1})))


@kind(SUBJECT, "The identifiers of two rows are merged into one cell")
def identifiers_merged(hand: Hand) -> Damage:
    sheet = hand.book()
    cell = hand.pick(*IDENTIFIERS, where=lambda cell: cell.at < len(sheet.rows) - 1)
    sheet.merged.append(f"A{cell.at + 1}:A{cell.at + 2}")
    lost = hand.study.patient(sheet.name, sheet.rows[cell.at + 1])
    rows = frozenset({cell.at + 1, cell.at + 2})
    return hand.done(f"A{cell.at + 1} and A{cell.at + 2} merged",
                     Mark(sheet.name, rows, frozenset({cell.header}), frozenset({cell.patient, lost})))  # fmt: skip


@kind(SUBJECT, "A workbook is cut at any byte")
def workbook_cut(hand: Hand) -> Damage:
    name = hand.book().name
    data = hand.study.files[name]
    at = hand.rng.randrange(1, len(data) - 1)
    return Damage({name: data[:at]}, f"{name} cut after {at} of {len(data)} bytes", (Mark(name),))


@kind(SUBJECT, "Bytes of a workbook are damaged")
def workbook_bytes_damaged(hand: Hand) -> Damage:
    name = hand.book().name
    data = bytearray(hand.study.files[name])
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    at = part.header_offset + 80 + hand.rng.randrange(part.compress_size - 100)
    data[at : at + 8] = bytes(255 - byte for byte in data[at : at + 8])
    return Damage({name: bytes(data)}, f"eight bytes of {name} from {at} on", (Mark(name),))


@kind(SUBJECT, "A real date became text, or the text of one a real date")
def date_cell_as_text(hand: Hand) -> Damage:
    hand.book()
    cell = hand.pick(*DATES, where=full_date)
    text = cell.text if not isinstance(cell.text, Shown) else str.__str__(cell.text)
    mark = hand.put(cell, "".join(text))
    return hand.done(f"{text} as text", mark)


@kind(SUBJECT, "A group header above the columns is lost")
def group_header_lost(hand: Hand) -> Damage:
    name = hand.book().name
    book = openpyxl.load_workbook(io.BytesIO(hand.study.files[name]))
    sheet = book.worksheets[0]
    reach = hand.choice(["A2", "N2", "X2", "AC2", "AI2"])
    lost = sheet[reach].value
    sheet[reach].value = None
    out = io.BytesIO()
    book.save(out)
    return Damage({name: out.getvalue()}, f"no {lost} in {reach}", (Mark(name),))
