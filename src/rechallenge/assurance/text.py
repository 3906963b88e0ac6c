"""The result of an assurance run as text for a terminal."""

from collections.abc import Sequence

from rechallenge.assurance.comparison import Result

NOTHING = "(empty)"


def as_text(results: Sequence[Result], *, every: bool = False) -> str:
    """Return one block per patient that differs (all with `every`), and the count as the last line."""
    lines: list[str] = []
    for result in results:
        if result.differences:
            lines += [f"{result.path}: {result.patient}", f"    {result.says}"]
            width = max(len(each.what) for each in result.differences)
            for each in result.differences:
                lines.append(
                    f"    {each.what:<{width}}   expected {each.expected or NOTHING}   found {each.found or NOTHING}"
                )
            lines += [f"    derived: {result.course}", ""]
        elif every:
            lines.append(f"as expected: {result.patient}: {result.says}")
    differing = sum(bool(result.differences) for result in results)
    count = f"{len(results)} invented patient{'' if len(results) == 1 else 's'}"
    lines.append(f"{count}: {'all as expected' if not differing else f'{differing} not as expected'}.")
    return "\n".join(lines)
