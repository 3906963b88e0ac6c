"""Finds the words of a page that did not pass through the catalogue, in a page made in the pseudo-language."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from rechallenge.language import MARKS

VOID = {"img", "br", "meta", "col", "hr", "input", "link"}
# Elements whose text ends those before it; a mark that is open there was cut in two.
BLOCKS = {"th", "td", "li", "p", "h1", "h2", "h3", "dt", "dd", "caption", "summary", "figcaption", "div", "button"}
# What no language changes: names of files, tables and packages, codes of responses and stages, Latin names.
SAME = re.compile(
    r"\b(\w+\.(csv|json|svg|yaml|xlsx)|patients|treatments|assessments|lesions|adverse_events|PD-L1|CR|PR|SD|PD|NE|NR|HR|"
    r"CI|I{1,3}[ABC]?\d?|IV[AB]?|SITC|EORTC|ESMO(-GROW)?|FDA|RECIST|STROBE|RECORD|SHA-256|CAMS|ECOG|EGFR|ALK)\b"
)
WORD = re.compile(r"[A-Za-z]{2,}")


class Texts(HTMLParser):
    """The texts and the spoken attributes of a page, without code and what is marked as English."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, bool]] = []
        self.found: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in BLOCKS:
            self.found.append(None)
        hidden = (
            tag in ("script", "style", "code", "title") or values.get("lang") == "en" or values.get("class") == "lead"
        )
        if not hidden and not self._hidden:
            self.found += [f"{values[name]}" for name in ("aria-label", "title") if values.get(name)]
        if tag not in VOID:
            self.stack.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)

    @property
    def _hidden(self) -> bool:
        return any(hidden for _, hidden in self.stack)


def outside_marks(html: str) -> Iterator[str]:
    """Yield the words of a page that no message holds."""
    reader = Texts()
    reader.feed(html)
    depth = 0
    for text in reader.found:
        if text is None:
            depth = 0
            continue
        left = []
        for character in text:
            depth += (character == MARKS[0]) - (character == MARKS[1])
            if depth <= 0:
                left.append(" " if character in MARKS else character)
        said = SAME.sub("", "".join(left))
        if WORD.search(said):
            yield " ".join(said.split())
