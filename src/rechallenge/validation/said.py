"""What the terminal says of a validation: how much is open, and in how many files."""

import pandas as pd

from rechallenge.step import counted


def said(violations: pd.DataFrame) -> str:
    """Return "3 errors, 12 warnings and 5 notes in 4 files"; waived ones and those on rows set aside are told apart.

    `violations` has the columns severity, status and source_file.
    """
    still_open = violations[violations["status"].eq("open")]
    numbers = still_open["severity"].value_counts()
    errors, warnings, notes = (
        counted(int(numbers.get(severity, 0)), severity) for severity in ("error", "warning", "note")
    )
    files = still_open["source_file"].dropna().nunique()
    place = f" in {counted(files, 'file')}" if files else ""
    others = violations["status"].value_counts()
    apart = [
        f"{others[status]} {words}"
        for status, words in (("waived", "waived"), ("set_aside", "on rows set aside"))
        if others.get(status, 0)
    ]
    return f"{errors}, {warnings} and {notes}{place}" + "".join(f"; {text}" for text in apart)
