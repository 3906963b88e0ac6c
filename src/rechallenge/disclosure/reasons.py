"""Why a number is withheld, and the columns of the tables that say so."""

from typing import Final

SMALL: Final = "small"
COMPLEMENTARY: Final = "complementary"
DIFFERENCE: Final = "difference"
DERIVED: Final = "derived"
RESTS: Final = "rests_on_few"
ONE_PATIENT: Final = "one_patient"
OWN_CHECK: Final = "check"
WITHHELD_COLUMNS: Final = ("file", "name", "column", "why")
"""Of each withheld number: the file, the row (the estimate_id) and column, and why."""
SUMMARY_COLUMNS: Final = ("level", "withheld", "file", "column", "why", "numbers")
"""Of disclosure.csv: how many numbers of a file's column are withheld for a reason, or told in an internal release."""
