"""Numbers that are neither a result nor a setting, by name like every other number."""

from typing import Final

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import power
from rechallenge.formatting import DETECTABLE_BELOW, RATIO_RANGE, setting
from rechallenge.report.numbers import Numbers, number

# Von Hoff 1998, Clin Cancer Res 4:1079: a later treatment that holds this much longer than the one before.
PFS_RATIO_THRESHOLD: Final = 1.33


def constants() -> Numbers:
    """Return `constants.<name>`: days_per_month, pfs_ratio_threshold, and assumed_ratio_<ratio> of the power."""
    assumed = {f"assumed_ratio_{ratio:g}": ratio for ratio in sorted({*power.RATIOS, *power.RATIOS_OF_RATIOS})}
    named = {"days_per_month": DAYS_PER_MONTH, "pfs_ratio_threshold": PFS_RATIO_THRESHOLD}
    named |= {"detectable_below": DETECTABLE_BELOW, "smallest_ratio": RATIO_RANGE[0], "largest_ratio": RATIO_RANGE[1]}
    named |= assumed
    return {f"constants.{name}": number(setting(value), value, f"definition#{name}") for name, value in named.items()}
