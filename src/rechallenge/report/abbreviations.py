"""The abbreviations that stand in a table, written out below it as journals ask."""

import re
from collections.abc import Iterable
from typing import Final

ABBREVIATIONS: Final = {
    "ALK": "anaplastic lymphoma kinase",
    "CI": "confidence interval",
    "CR": "complete response",
    "DOR": "duration of response",
    "ECOG": "Eastern Cooperative Oncology Group",
    "EGFR": "epidermal growth factor receptor",
    "HR": "hazard ratio",
    "ICI": "immune checkpoint inhibitor",
    "NE": "not estimable (of a response: not evaluable)",
    "NR": "not reached",
    "NSCLC": "non-small cell lung cancer",
    "ORR": "objective response rate",
    "OS": "overall survival",
    "PD": "progressive disease",
    "PD-L1": "programmed death ligand 1",
    "PFS": "progression-free survival",
    "PFS1": "progression-free survival on the first ICI",
    "OS1": "overall survival from the first ICI",
    "PH": "proportional hazards",
    "PPS": "survival after progression on the first ICI",
    "PR": "partial response",
    "SD": "stable disease",
    "TPS": "tumour proportion score",
    "TTF": "time to treatment failure",
    "TTNT": "time to next treatment",
}
_WORD: Final = re.compile(r"(?<![\w-])(" + "|".join(sorted(ABBREVIATIONS, key=len, reverse=True)) + r")(?![\w-])")


def abbreviations(texts: Iterable[str]) -> str:
    """Return "CI, confidence interval; HR, hazard ratio." for what occurs in the texts; empty where nothing does."""
    found = sorted({match for text in texts for match in _WORD.findall(text)}, key=str.lower)
    return f"{'; '.join(f'{short}, {ABBREVIATIONS[short]}' for short in found)}." if found else ""
