"""Declared date formats as patterns: what a mapping may write, and what is refused before any data are read.

A format is made of the tokens YYYY, YY (in the hundred years that the mapping declares), MM, M, DD, D, MMM (English
month name or its three letters), hh, mm, ss (read and dropped) and literal characters (年月日 . / - and spaces).
`excel_serial` and `days_since:YYYY-MM-DD` stand for numbers of days.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal

from rechallenge.errors import nearest
from rechallenge.sources.cells import tidied

SERIAL: Final = "excel_serial"
SINCE: Final = "days_since:"
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
EXAMPLES: Final = (
    "YYYY-MM-DD", "YYYY-M-D", "YYYY/M/D", "YYYY.M.D", "YYYYMMDD", "YYYY年M月D日", "YYYY年M月", "YYYY年", "YYYY-MM",
    "YYYY/M", "YYYY.M", "YYYYMM", "YYYY", "D/M/YYYY", "M/D/YYYY", "D.M.YYYY", "DD-MMM-YYYY", "DDMMMYYYY",
    "YYYY-MM-DD hh:mm:ss", SERIAL, "days_since:1970-01-01",
)  # fmt: skip
# What registries write where a part is unknown, beside 00, 88 and 99.
_UNKNOWN_LETTERS: Final = "XX|UN|UK|NK"
_TOKENS: Final = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<short_year>\d{2})",
    "MMM": rf"(?P<name>{_MONTH_NAMES})",
    "MM": rf"(?P<month>\d{{2}}|{_UNKNOWN_LETTERS})",
    "M": rf"(?P<month>\d{{1,2}}|{_UNKNOWN_LETTERS})",
    "DD": rf"(?P<day>\d{{2}}|{_UNKNOWN_LETTERS})",
    "D": rf"(?P<day>\d{{1,2}}|{_UNKNOWN_LETTERS})",
    "hh": r"\d{1,2}",
    "mm": r"\d{2}",
    "ss": r"\d{2}(?:\.\d+)?",
}
_SPLIT: Final = re.compile("(YYYY|YY|MMM|MM|M|DD|D|hh|mm|ss)")
_PART: Final = {"YYYY": "year", "YY": "year", "MMM": "month", "MM": "month", "M": "month", "DD": "day", "D": "day"}


@dataclass(frozen=True)
class DateFormat:
    """One declared format, ready to use: a pattern of parts, or a number of days since a day.

    `years_from` is the first of the hundred years that a year of two digits may mean.
    """

    text: str
    kind: Literal["parts", "serial", "since"]
    pattern: re.Pattern[str]
    parts: tuple[str, ...] = ()
    origin: dt.date | None = None
    years_from: int | None = None

    @property
    def finest(self) -> str:
        """The finest precision that a cell in this format can have."""
        if self.kind != "parts" or "day" in self.parts:
            return "day"
        return "month" if "month" in self.parts else "year"


_NUMBER: Final = re.compile(r"(?P<number>-?\d{1,7})(?:\.\d+)?")


@lru_cache(maxsize=256)
def compiled(text: str, excel_epoch: str | None = None, two_digit_years_from: int | None = None) -> DateFormat:
    """Return the format that `text` declares; raises ValueError with the reason where it is not one."""
    plain = tidied(text)
    if plain == SERIAL:
        if excel_epoch is None:
            raise ValueError('"excel_serial" needs dates.excel_epoch: 1900 (Windows) or 1904 (old Macintosh workbooks)')
        return DateFormat(plain, "serial", _NUMBER)
    if plain.startswith(SINCE):
        try:
            origin = dt.date.fromisoformat(plain.removeprefix(SINCE))
        except ValueError:
            raise ValueError(f'"{text}" needs a day written YYYY-MM-DD after days_since:') from None
        return DateFormat(plain, "since", _NUMBER, origin=origin)
    return _compiled_parts(plain, two_digit_years_from)


def _compiled_parts(text: str, years_from: int | None) -> DateFormat:
    pieces = [piece for piece in _SPLIT.split(text) if piece]
    parts = [_PART[piece] for piece in pieces if piece in _PART]
    literals = "".join(piece for piece in pieces if piece not in _TOKENS)
    unknown = re.findall(r"[A-Za-z%]+", literals.replace("T", "") if "hh" in pieces else literals)
    if unknown or not parts:
        what = f'unknown part "{unknown[0]}"' if unknown else "no part of a date"
        raise ValueError(f'{what} in the date format "{text}".{nearest(text, EXAMPLES)}')
    if parts.count("year") != 1 or parts.count("month") > 1 or parts.count("day") > 1:
        raise ValueError(f'the date format "{text}" needs YYYY once, and M and D at most once')
    if "YY" in pieces and years_from is None:
        raise ValueError(
            f'the date format "{text}" has a year of two digits; say by dates.two_digit_years_from which hundred years '
            "it may mean (1950: 1950 to 2049)"
        )
    if "day" in parts and "month" not in parts:
        raise ValueError(f'the date format "{text}" has a day without a month')
    for left, right in pairwise(pieces):
        if left in ("M", "D") and right in _PART and right != "MMM":
            raise ValueError(
                f'in the date format "{text}" {left} has no fixed width; write {left}{left}, or a mark between'
            )
    pattern = "".join(_piece_pattern(pieces, at) for at in range(len(pieces)))
    return DateFormat(text, "parts", re.compile(pattern, re.IGNORECASE), tuple(parts), years_from=years_from)


def _piece_pattern(pieces: list[str], at: int) -> str:
    piece = pieces[at]
    if piece in _TOKENS:
        return _TOKENS[piece]
    if not piece.strip():
        return r"\s+"
    # A stray space beside a mark (2019 年3 月 5日) changes nothing.
    return r"\s*" + r"\s*".join(re.escape(char) for char in piece if char != " ") + r"\s*"


def format_problems(
    formats: Sequence[str], excel_epoch: str | None, two_digit_years_from: int | None = None
) -> list[str]:
    """Return what is wrong with the formats of one column, each alone and together."""
    problems: list[str] = []
    known: list[DateFormat] = []
    for text in formats:
        try:
            known.append(compiled(text, excel_epoch, two_digit_years_from))
        except ValueError as error:
            problems.append(str(error))
    shapes: dict[str, DateFormat] = {}
    for item in known:
        if item.kind != "parts":
            continue
        shape = re.sub("(?<!Y)YY(?!Y)|MM|M|DD|D", "#", item.text)
        other = shapes.setdefault(shape, item)
        if other.parts != item.parts:
            problems.append(
                f'"{other.text}" and "{item.text}" in one column: a cell such as 03/04 fits both, so the day would be '
                "guessed; declare one of them"
            )
    texts = [item.text for item in known]
    if SERIAL in texts and "YYYY" in texts and texts.index(SERIAL) < texts.index("YYYY"):
        problems.append(
            '"excel_serial" stands before "YYYY": a cell 2019 would be read as 11 July 1905; put YYYY first'
        )
    return problems
