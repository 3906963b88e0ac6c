"""Mistakes of users, as sentences: where, what, which rule, what to do."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class UserError(Exception):
    """Something in the extract, a mapping or the settings that the user can mend.

    `problems` holds one sentence per problem, all those found in one pass. Scripts print them and exit
    with status 1, without a traceback; any other exception is a fault of ours and keeps its traceback.
    """

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: list[str] = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


def nearest(word: str, known: Sequence[str]) -> str:
    """Return ` Did you mean "x"?` for the closest known name, else the list of known names as a sentence."""
    close = get_close_matches(str(word).lower(), [name.lower() for name in known], n=1, cutoff=0.6)
    if close:
        match = next(name for name in known if name.lower() == close[0])
        return f' Did you mean "{match}"?'
    listed = ", ".join(sorted(known)[:30])
    return f" Known: {listed}." if known else ""
