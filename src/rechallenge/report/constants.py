"""Numbers that are neither a result nor a setting, by name like every other number."""

from typing import Final

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.report.numbers import Numbers, number

# Von Hoff 1998, Clin Cancer Res 4:1079: a later treatment that holds this much longer than the one before.
PFS_RATIO_THRESHOLD: Final = 1.33


def constants() -> Numbers:
    """Return `constants.days_per_month` and `constants.pfs_ratio_threshold`."""
    return {
        f"constants.{name}": number(f"{value:.10g}", value, f"definition#{name}")
        for name, value in (("days_per_month", DAYS_PER_MONTH), ("pfs_ratio_threshold", PFS_RATIO_THRESHOLD))
    }
