"""The table of the time to progression on the first ICI, around the cutoff of resistance."""

from rechallenge.language import tr
from rechallenge.report.numbers import Numbers
from rechallenge.report.sheets import Row, Sheet, if_known

_STEM = "progressed.time_to_progression"
_CUTOFF = "settings.definitions.resistance.cutoff_days"
_BOUNDARY = "settings.statistics.boundary_days"


def progression_table(numbers: Numbers) -> Sheet | None:
    """Return the table, or None where nobody progressed."""
    months = f"{_STEM}.months_to_progression"
    if f"{months}.median" not in numbers:
        return None
    near = numbers[_BOUNDARY]["raw"]
    rows = [
        Row(
            tr("Months, median (quartiles)"), (tr("{{months}.median} ({{months}.q1} to {{months}.q3})", months=months),)
        ),
        _count(tr("Before the cutoff"), "below_cutoff", numbers),
        _count(tr("On or after the cutoff"), "from_cutoff", numbers),
        _count(tr("Within {near} days of the cutoff, on either side", near=near), f"within_{near}_days", numbers),
    ]
    return Sheet(
        "time-to-progression",
        tr("Time to progression on the first ICI, patients who progressed"),
        ("", f"n = {{{months}.median.n}}"),
        tuple(rows),
        (tr("Cutoff of resistance: {{cutoff}} days. Values are n (%) unless stated otherwise.", cutoff=_CUTOFF),),
    )


def _count(label: str, level: str, numbers: Numbers) -> Row:
    stem = f"{_STEM}.days_to_progression.{level}"
    return Row(
        label, (if_known(f"{{{stem}.n}} ({{{stem}.percent}})", f"{stem}.n", f"{stem}.percent", numbers=numbers),)
    )
