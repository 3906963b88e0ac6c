"""Patterns: text in which `{name}` stands for a number of numbers.json, `{P:name}` for a P value in a sentence.

Words and tables are written once as patterns and rendered for the page (each number marked with its estimate_id)
and for Word, Markdown and CSV (plain text). No pattern holds a formatted number itself.
"""

import re
from collections.abc import Callable
from typing import Final

from rechallenge.errors import nearest
from rechallenge.formatting import p_words
from rechallenge.language import N_, tr
from rechallenge.report.numbers import WITHHELD, Numbers

_NAME = re.compile(r"\{([^{}]+)\}")
# {P:name} is "P = 0.012" where {name} is "0.012".
_PHRASE = "P:"


class UnknownNumberError(KeyError):
    """A name that numbers.json does not hold. `args[0]` is the sentence."""

    def __str__(self) -> str:
        return str(self.args[0])


def look_up(name: str, numbers: Numbers) -> dict[str, object]:
    """Return an entry of numbers.json, also of what is withheld; raises UnknownNumberError with the nearest names."""
    found = resolved(name, numbers)
    if found in numbers:
        return numbers[found]
    raise UnknownNumberError(f'no number is named "{name}".{nearest(name, list(numbers))}')


def resolved(name: str, numbers: Numbers) -> str:
    """Return the name under which a number stands: that of what is withheld is another one (see `numbers`)."""
    withheld = (f"{WITHHELD}{name}", f"{WITHHELD}{name.rpartition('.')[0]}")
    return next((known for known in (name, *withheld) if known in numbers), name)


def names_in(pattern: str) -> list[str]:
    """Return the names that a pattern asks for, in order."""
    return [name.removeprefix(_PHRASE) for name in _NAME.findall(str(pattern))]


def literal(text: str) -> str:
    """Return text that holds no name, whatever it held (words that come from outside are not patterns)."""
    return text.replace("{", "(").replace("}", ")")


def fill(
    pattern: str, numbers: Numbers, mark: Callable[[str, dict[str, object]], str], words: Callable[[str], str] = str
) -> str:
    """Return the pattern with each number through `mark(name, entry)` and the words between through `words`."""

    def marked(part: str) -> str:
        name = part.removeprefix(_PHRASE)
        entry = look_up(name, numbers)
        name = resolved(name, numbers)
        return mark(name, {**entry, "text": p_words(str(entry["text"]))} if part.startswith(_PHRASE) else entry)

    parts = _NAME.split(str(pattern))
    return "".join(marked(part) if place % 2 else words(part) for place, part in enumerate(parts))


def plain(pattern: str, numbers: Numbers) -> str:
    """Return the pattern as plain text."""
    return fill(pattern, numbers, lambda _, entry: str(entry["text"]))


# None, one and many of what is counted, and fewer than so many.
_COUNTED: Final = {
    "patient": (N_("no patient"), N_("{{name}} patient"), N_("{{name}} patients"), N_("fewer than {{name}} patients")),
    "event": (N_("no event"), N_("{{name}} event"), N_("{{name}} events"), N_("fewer than {{name}} events")),
    "death": (N_("no death"), N_("{{name}} death"), N_("{{name}} deaths"), N_("fewer than {{name}} deaths")),
    "progression": (
        N_("no progression"),
        N_("{{name}} progression"),
        N_("{{name}} progressions"),
        N_("fewer than {{name}} progressions"),
    ),
}


def counted(name: str, noun: str, numbers: Numbers) -> str:
    """Return the pattern "{name} patients", "1 patient" for one, "no patient" for none."""
    none, one, many, _ = _COUNTED[noun]
    raw = look_up(name, numbers)["raw"]
    return tr(none) if raw == 0 else tr(one if raw == 1 else many, name=name)


def fewer(name: str, noun: str, numbers: Numbers) -> str:
    """Return the pattern "fewer than {name} events", "no event" where the limit is one."""
    none, _, _, below = _COUNTED[noun]
    return tr(none) if look_up(name, numbers)["raw"] == 1 else tr(below, name=name)
