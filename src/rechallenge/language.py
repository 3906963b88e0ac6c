"""The language in which words are printed: English as written in the code, or a catalogue of translations.

A message is the English sentence itself, as in gettext. `tr` translates where a message is used; `N_` marks one that is
defined at the top of a module and translated later, where it is printed. Parts of a sentence that vary have names:

    tr("Median {endpoint} was {median}.", endpoint=..., median=...)

Only the parts that are given are filled in, so that a message may be a pattern that holds names of numbers (see
`report.sentences`). Catalogues are the .po files of `locale/<language>/`, one for each part of the product; they are
read as they are, nothing is compiled. `scripts/update_catalogues.py` brings them up to date with the code.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Final

ENGLISH: Final = "en"
# Not offered in the settings: marks every message that passes through `tr`, so that a test finds what did not.
PSEUDO: Final = "pseudo"
MARKS: Final = ("⟦", "⟧")
LOCALE: Final = Path(__file__).resolve().parent / "locale"
_PART: Final = re.compile(r"\{(\w+)\}")


# The translation of a message; the message itself where it has none.
Catalogue = Callable[[str], str]

_catalogue: ContextVar[Catalogue | None] = ContextVar("catalogue", default=None)
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def tr(message: str, **parts: object) -> str:
    """Return a message in the present language, with its named parts; names that are not given stay as they are."""
    find, english = _catalogue.get(), str.__str__(message)
    return _filled(find(english) if find else english, parts)


def tr_n(one: str, many: str, count: float, **parts: object) -> str:
    """Return the message for one or for many in the present language; `{count}` is the count where not given."""
    return tr(one if count == 1 else many, **{"count": count, **parts})


class Message(str):
    """A message that is translated when it becomes part of another text: printed, formatted, added or cut.

    Equal to and hashed as its English, so that it may be a key. `", ".join` takes the English: join `map(str, ...)`.
    """

    __slots__ = ()

    def __str__(self) -> str:
        """Return the text in the present language."""
        return tr(str.__str__(self))

    def __format__(self, spec: str) -> str:
        """Return the text in the present language, formatted."""
        return format(str(self), spec)

    def __add__(self, other: str) -> str:
        """Return the text in the present language and what follows it."""
        return str(self) + str(other)

    def __radd__(self, other: str) -> str:
        """Return what stands before the text, and the text in the present language."""
        return str(other) + str(self)

    def __getitem__(self, key: Any) -> str:
        """Return a part of the text in the present language."""
        return str(self)[key]

    def lower(self) -> str:
        """Return the text in the present language in small letters."""
        return str(self).lower()

    def removesuffix(self, suffix: str, /) -> str:
        """Return the text in the present language without an ending."""
        return str(self).removesuffix(suffix)

    def format(self, *args: object, **kwargs: object) -> str:
        """Return the text in the present language with its fields."""
        return str(self).format(*args, **kwargs)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """Mark a message that is defined when a module is read, and translated where it is printed."""
    return Message(message)


def language() -> str:
    """Return the present language, as a name of the settings (`zh_CN`)."""
    return _language.get()


@contextmanager
def in_language(name: str) -> Iterator[None]:
    """Print words in a language within the block: `en`, a folder of `locale`, or PSEUDO.

    Raises FileNotFoundError where there is no such folder.
    """
    tokens = _catalogue.set(_catalogue_of(name)), _language.set(name)
    try:
        yield
    finally:
        _catalogue.reset(tokens[0])
        _language.reset(tokens[1])


def catalogue_files(name: str) -> list[Path]:
    """Return the .po files of a language, in the order in which they are read; none for English."""
    return [] if name in (ENGLISH, PSEUDO) else sorted((LOCALE / name).glob("*.po"))


def _filled(message: str, parts: dict[str, object]) -> str:
    def part(found: re.Match[str]) -> str:
        return str(parts[found.group(1)]) if found.group(1) in parts else found.group()

    return _PART.sub(part, message) if parts else message


def _catalogue_of(name: str) -> Catalogue | None:
    if name == ENGLISH:
        return None
    if name == PSEUDO:
        return lambda message: f"{MARKS[0]}{message}{MARKS[1]}" if message else message
    messages = _messages(name)
    return lambda message: messages.get(message, message)


@cache
def _messages(name: str) -> dict[str, str]:
    from babel.messages.pofile import read_po

    files = catalogue_files(name)
    if not files:
        raise FileNotFoundError(f'there is no catalogue of the language "{name}" in {LOCALE}')
    found: dict[str, str] = {}
    for path in files:
        with path.open("rb") as file:
            for entry in read_po(file):
                if entry.id and entry.string and not entry.fuzzy:
                    found[str(entry.id)] = str(entry.string)
    return found
