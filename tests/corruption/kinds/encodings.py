"""Bytes: encodings, control characters, delimiters, line ends, files that are cut."""

from tests.corruption.damage import Damage, Hand, Mark, NotHereError, kind, mark_of
from tests.corruption.kinds.common import TERMS, columns_of
from tests.corruption.sheets import Book, Delimited

SUBJECT = "Encodings and bytes"
TEXTS = tuple(name for name in columns_of("text") if not name.endswith("regimen_id"))


def _as(sheet: Delimited, data: bytes, what: str, *rows: int) -> Damage:
    return Damage({sheet.name: data}, f"{sheet.name} {what}", (Mark(sheet.name, frozenset(rows)),))


@kind(SUBJECT, "A file is saved in UTF-16")
def saved_as_utf16(hand: Hand) -> Damage:
    sheet = hand.delimited()
    return _as(sheet, sheet.text().encode("utf-16"), "in UTF-16")


@kind(SUBJECT, "A file is saved with or without a byte order mark")
def byte_order_mark(hand: Hand) -> Damage:
    sheet = hand.delimited()
    return _as(sheet, sheet.text().encode("utf-8" if sheet.encoding == "utf-8-sig" else "utf-8-sig"),
               "with the other mark")  # fmt: skip


@kind(SUBJECT, "A file is saved in the other Chinese encoding")
def saved_in_other_encoding(hand: Hand) -> Damage:
    sheet = hand.delimited()
    return _as(sheet, sheet.text().encode("utf-8" if sheet.encoding == "gb18030" else "gb18030"),
               "in another encoding")  # fmt: skip


@kind(SUBJECT, "A file was opened in the wrong encoding and saved")
def saved_as_mojibake(hand: Hand) -> Damage:
    sheet = hand.delimited()
    text = sheet.text().encode("utf-8").decode("latin-1")
    if text == sheet.text():
        raise NotHereError
    return _as(sheet, text.encode("utf-8"), "as mojibake")


@kind(SUBJECT, "A cell was read in the wrong encoding")
def cell_mojibake(hand: Hand) -> Damage:
    cell = hand.pick(*TEXTS, *TERMS, where=lambda cell: not cell.text.isascii())
    return hand.one(cell, cell.text.encode("utf-8").decode("latin-1"))


@kind(SUBJECT, "Letters of a cell became replacement characters")
def cell_replacement_characters(hand: Hand) -> Damage:
    cell = hand.pick(*TEXTS, *TERMS)
    at = hand.rng.randrange(len(cell.text))
    return hand.one(cell, cell.text[:at] + "\ufffd\ufffd" + cell.text[at + 1 :])


@kind(SUBJECT, "A control character stands in a cell")
def cell_control_character(hand: Hand) -> Damage:
    cell = hand.pick(*TEXTS, *TERMS)
    if isinstance(hand.study.sheets[cell.file], Book):
        raise NotHereError  # a workbook cannot hold one
    at = hand.rng.randrange(len(cell.text) + 1)
    return hand.one(cell, cell.text[:at] + hand.choice(["\x01", "\x1a", "\x7f", "\x02\x03"]) + cell.text[at:])


@kind(SUBJECT, "A file holds a NUL byte")
def nul_byte(hand: Hand) -> Damage:
    sheet = hand.delimited()
    data = sheet.written()
    at = hand.rng.randrange(len(data) // 2, len(data))
    # Within a letter of two bytes: cut before it.
    while at < len(data) and data[at] > 127:
        at += 1
    line = data[:at].count(b"\n") + 1
    return _as(sheet, data[:at] + b"\0" + data[at:], f"with a NUL byte in line {line}", line)


@kind(SUBJECT, "Bytes of a file are no text")
def bytes_that_are_no_text(hand: Hand) -> Damage:
    sheet = hand.delimited()
    data = sheet.written()
    at = hand.rng.randrange(10, len(data))
    while at < len(data) and data[at] > 127:
        at += 1
    return _as(sheet, data[:at] + b"\xff\xff\xff" + data[at:], "with bytes that are no text")


@kind(SUBJECT, "The lines of a file end as on another system")
def other_line_ends(hand: Hand) -> Damage:
    sheet = hand.delimited()
    return _as(sheet, sheet.text().replace("\n", hand.choice(["\r\n", "\r"])).encode(sheet.encoding),
               "with other line ends")  # fmt: skip


@kind(SUBJECT, "A file uses another delimiter than declared")
def other_delimiter(hand: Hand) -> Damage:
    sheet = hand.delimited()
    other = hand.choice(mark for mark in (",", ";", "\t", "|") if mark != sheet.delimiter)
    sheet.delimiter = other
    return hand.done(f"{sheet.name} delimited by {other!r}", Mark(sheet.name))


@kind(SUBJECT, "A quotation mark is opened and not closed")
def quotation_open(hand: Hand) -> Damage:
    sheet = hand.delimited()
    lines = sheet.text().split("\n")
    at = hand.rng.randrange(1, len(lines) - 2)
    cells = lines[at].split(sheet.delimiter)
    place = hand.rng.randrange(len(cells))
    cells[place] = '"' + cells[place]
    lines[at] = sheet.delimiter.join(cells)
    rows = range(at + 1, len(lines) + 2)
    return _as(sheet, "\n".join(lines).encode(sheet.encoding), f"with an open quotation mark in line {at + 1}", *rows)


@kind(SUBJECT, "Every cell stands in quotation marks")
def everything_quoted(hand: Hand) -> Damage:
    sheet = hand.delimited()
    rows = ["".join([sheet.delimiter.join(f'"{text}"' for text in row), "\n"]) for row in sheet.rows]
    return _as(sheet, "".join(rows).encode(sheet.encoding), "all in quotation marks")


@kind(SUBJECT, "A file is cut at any byte within a row")
def file_cut(hand: Hand) -> Damage:
    sheet = hand.delimited()
    data = hand.study.files[sheet.name]
    first = data.index(b"\n") + 1
    at = hand.rng.randrange(first + 1, len(data) - 1)
    # Cut exactly between two rows a file is what a smaller export would be: that is the kind rows_at_end_lost.
    while at < len(data) and data[at - 1 : at] == b"\n":
        at -= 1
    line = data[:at].count(b"\n") + 1
    return _as(sheet, data[:at], f"cut after {at} of {len(data)} bytes, in line {line}", line)


@kind(SUBJECT, "A file is cut at any byte of its header")
def file_cut_in_header(hand: Hand) -> Damage:
    sheet = hand.delimited()
    data = hand.study.files[sheet.name]
    at = hand.rng.randrange(1, data.index(b"\n"))
    return _as(sheet, data[:at], f"cut after {at} bytes, in its header")


@kind(SUBJECT, "A piece is missing in the middle of a file")
def piece_missing(hand: Hand) -> Damage:
    sheet = hand.delimited()
    data = hand.study.files[sheet.name]
    lines = data.split(b"\n")
    at = hand.rng.randrange(1, len(lines) - 12)
    # From within one row to within another, at another column: whole rows lost leave no trace in their own file.
    first, second = lines[at], lines[at + hand.rng.randint(1, 9)]
    mark = sheet.delimiter.encode()
    begins, ends = first.split(mark), second.split(mark)
    keep = hand.rng.randrange(1, len(begins) - 1)
    rest = hand.choice(n for n in range(1, len(ends) + 1) if n != len(begins) - keep)
    joined = mark.join([*begins[:keep], *ends[len(ends) - rest :]])
    gone = lines.index(second, at + 1)
    text = b"\n".join([*lines[:at], joined, *lines[gone + 1 :]])
    return Damage({sheet.name: text}, f"{sheet.name} without a piece from line {at + 1}",
                  (Mark(sheet.name, frozenset({at + 1})),), moved=True)  # fmt: skip


@kind(SUBJECT, "A piece of a file stands twice")
def piece_twice(hand: Hand) -> Damage:
    sheet = hand.delimited()
    data = hand.study.files[sheet.name]
    first = data.index(b"\n") + 1
    at = hand.rng.randrange(first, len(data) - 200)
    while data[at] > 127 or data[at - 1] > 127:
        at += 1
    length = hand.rng.randint(5, 20)
    end = at + length
    while data[end] > 127 or data[end - 1] > 127:
        end += 1
    piece = data[at:end]
    if sheet.delimiter.encode() not in piece or b"\n" in piece:
        raise NotHereError
    line = data[:at].count(b"\n") + 1
    return _as(sheet, data[:end] + piece + data[end:], f"with {piece!r} twice in line {line}", line)


@kind(SUBJECT, "Full-width commas stand for the delimiters of a row")
def full_width_commas(hand: Hand) -> Damage:
    sheet = hand.delimited()
    lines = sheet.text().split("\n")
    at = hand.rng.randrange(1, len(lines) - 2)
    lines[at] = lines[at].replace(sheet.delimiter, "，")
    return _as(sheet, "\n".join(lines).encode(sheet.encoding), f"with full-width commas in line {at + 1}", at + 1)


@kind(SUBJECT, "Bytes stand after the end of a file")
def bytes_after_end(hand: Hand) -> Damage:
    sheet = hand.delimited()
    data = sheet.written() + hand.choice([b"\n\n\n", b"\x1a", b" \n", b"\r\n"])
    line = len(sheet.rows) + 1
    return _as(sheet, data, "with something after its end", line)


@kind(SUBJECT, "The words of a cell are wrapped over two lines")
def cell_wrapped(hand: Hand) -> Damage:
    cell = hand.pick(*TERMS, where=lambda cell: len(cell.text) > 2)
    mark = hand.put(cell, cell.text[:2] + "\n" + cell.text[2:])
    return hand.done(f"a line break in {cell.text!r}", mark, mark_of(cell))
