"""Parts of sentences, put together as the present language does: its commas, colons and words between them."""

import re
from collections.abc import Iterable
from typing import Final

from rechallenge.language import tr

# A full-width mark of punctuation brings its own space.
_BLANK_AFTER: Final = re.compile(r"(?<=[。；：，、]) ")


def stopped(said: str) -> str:
    """Return words as a sentence: with a full stop."""
    return tr("{said}.", said=said)


def named(name: object, said: object) -> str:
    """Return "name: what is said of it." """
    return tr("{name}: {said}.", name=name, said=said)


def then(first: object, second: object) -> str:
    """Return two parts that are not of one kind, with a comma."""
    return tr("{first}, {second}", first=first, second=second)


def labelled(name: object, said: object) -> str:
    """Return "name: what is said of it"."""
    return tr("{name}: {said}", name=name, said=said)


def listed(parts: Iterable[object]) -> str:
    """Return parts with commas between them."""
    return tr(", ").join(map(str, parts))


def separated(parts: Iterable[object]) -> str:
    """Return parts that hold commas of their own, with semicolons between them."""
    return tr("; ").join(map(str, parts))


def listed_and(parts: Iterable[object]) -> str:
    """Return "a, b and c"."""
    *most, last = parts
    return tr("{most} and {last}", most=listed(most), last=last) if most else str(last)


def listed_or(parts: Iterable[object]) -> str:
    """Return "a, b or c"."""
    *most, last = parts
    return tr("{most} or {last}", most=listed(most), last=last) if most else str(last)


def interval(bounds: str) -> str:
    """Return an interval that `formatting` wrote, with the "to" of the present language."""
    return bounds.replace(" to ", tr(" to "))


def paragraph(sentences: Iterable[object]) -> str:
    """Return sentences as one text; empty ones are left out."""
    return _BLANK_AFTER.sub("", " ".join(str(sentence) for sentence in sentences if sentence))
