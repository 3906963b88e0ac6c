"""Whole files: missing, empty, repeated, exchanged, of another kind."""

import gzip
import io
import zipfile

from tests.corruption.damage import Damage, Hand, Mark, NotHereError, kind
from tests.corruption.sheets import Delimited

SUBJECT = "Files"


def _file(hand: Hand) -> tuple[str, bytes]:
    name = hand.choice(sorted(hand.study.files))
    return name, hand.study.files[name]


def _needed(hand: Hand) -> tuple[str, bytes]:
    """A file that the mapping does not call optional."""
    optional = ("lesions", "adverse_events") if hand.study.name == "canonical" else ("med_onc", "pathology")
    name = hand.choice(name for name in sorted(hand.study.files) if not name.startswith(optional)
                       or hand.study.name == "registry")  # fmt: skip
    return name, hand.study.files[name]


@kind(SUBJECT, "A file is missing")
def file_missing(hand: Hand) -> Damage:
    name, _ = _needed(hand)
    return Damage({name: None}, f"no {name}", (Mark(name), *_declared(hand, name)))


def _declared(hand: Hand, name: str) -> tuple[Mark, ...]:
    """The name by which the mapping asks for a file ("patients", "*.xlsx")."""
    return tuple(Mark(source.path) for source in hand.study.mapping.files.values()
                 if name.startswith(source.path) or source.path.startswith("*"))  # fmt: skip


@kind(SUBJECT, "A file bears another name")
def file_renamed(hand: Hand) -> Damage:
    name, data = _needed(hand)
    stem, _, ending = name.rpartition(".")
    other = f"{stem}{hand.choice(['_final', ' (1)', '_v2', ' - Copy', '备份'])}.{ending}"
    return Damage({name: None, other: data}, f"{name} is called {other}", (Mark(name), *_declared(hand, name)))


@kind(SUBJECT, "A file is empty")
def file_empty(hand: Hand) -> Damage:
    name, _ = _file(hand)
    return Damage({name: hand.choice([b"", b"\n", b"   \n\n"])}, f"{name} is empty", (Mark(name),))


@kind(SUBJECT, "A file holds its header only")
def header_only(hand: Hand) -> Damage:
    sheet = hand.any_sheet()
    people = frozenset(hand.study.patient(sheet.name, sheet.rows[at]) for at in sheet.data) - {""}
    del sheet.rows[sheet.head :]
    return hand.done(f"{sheet.name} holds its header only", Mark(sheet.name), Mark(sheet.name, frozenset({10**9}),
                     frozenset(), people))  # fmt: skip


@kind(SUBJECT, "A copy of a file lies beside it")
def file_copied(hand: Hand) -> Damage:
    name, data = _file(hand)
    stem, _, ending = name.rpartition(".")
    other = f"{stem}{hand.choice(['_copy', ' (1)', '.bak'])}.{ending}"
    return Damage({other: data}, f"{name} again as {other}", (Mark(name), Mark(other)), moved=True)


@kind(SUBJECT, "A copy of a file lies in another folder")
def file_copied_into_folder(hand: Hand) -> Damage:
    name, data = _file(hand)
    return Damage({f"old/{name}": data}, f"{name} again in old/", (Mark(name), Mark(f"old/{name}")), moved=True)


@kind(SUBJECT, "A file of the same name and another kind lies beside it")
def file_in_two_kinds(hand: Hand) -> Damage:
    name, data = _file(hand)
    stem, _, ending = name.rpartition(".")
    other = f"{stem}.{'txt' if ending == 'csv' else 'csv'}"
    return Damage({other: data}, f"{name} again as {other}", (Mark(name), Mark(other)), moved=True)


@kind(SUBJECT, "A spreadsheet program left its lock beside the file")
def lock_beside(hand: Hand) -> Damage:
    name, data = _file(hand)
    return Damage({f"~${name}": data[:165], f".{name}.swp": data[:40]}, f"locks beside {name}", (Mark(name),))


@kind(SUBJECT, "Two files exchanged their contents")
def files_exchanged(hand: Hand) -> Damage:
    names = hand.shuffled(sorted(hand.study.files))
    if len(names) < 2:
        raise NotHereError
    first, second = names[:2]
    files = {first: hand.study.files[second], second: hand.study.files[first]}
    return Damage(files, f"{first} and {second} exchanged", (Mark(first), Mark(second)), moved=True)


@kind(SUBJECT, "A file is compressed under its old name")
def file_compressed(hand: Hand) -> Damage:
    name, data = _file(hand)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    packed = hand.choice([gzip.compress(data, mtime=0), out.getvalue()])
    return Damage({name: packed}, f"{name} compressed", (Mark(name),))


@kind(SUBJECT, "A file is a web page of an error")
def file_is_a_web_page(hand: Hand) -> Damage:
    name, _ = _file(hand)
    page = b"<!DOCTYPE html>\n<html><head><title>403 Forbidden</title></head>\n<body>Log in again</body></html>\n"
    return Damage({name: page}, f"{name} is a web page", (Mark(name),))


@kind(SUBJECT, "A file is of another kind than its name says")
def file_of_another_kind(hand: Hand) -> Damage:
    name, _ = _file(hand)
    data = hand.choice([b"%PDF-1.7\n%\xe2\xe3", b"PAR1\x15\x04\x15", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
    return Damage({name: data}, f"{name} begins with {data[:4]!r}", (Mark(name),))


@kind(SUBJECT, "A file stands twice in itself, its header among the rows")
def file_twice_in_itself(hand: Hand) -> Damage:
    sheet = hand.any_sheet(Delimited)
    length = len(sheet.rows)
    sheet.rows += [list(row) for row in sheet.rows]
    mark = Mark(sheet.name, frozenset({length + 1}))
    return hand.done(f"{sheet.name} twice, one under the other", mark, moved=True)


@kind(SUBJECT, "The older half of a file is pasted under the newer one")
def older_copy_appended(hand: Hand) -> Damage:
    sheet = hand.any_sheet(least=20)
    length = len(sheet.rows)
    half = [list(row) for row in sheet.rows[sheet.head : sheet.head + len(sheet.data) // 2]]
    sheet.rows += half
    people = frozenset(hand.study.patient(sheet.name, row) for row in half) - {""}
    mark = Mark(sheet.name, frozenset(range(sheet.head + 1, length + len(half) + 1)), frozenset(), people)
    return hand.done(f"half of {sheet.name} again at its end", mark, moved=True)
