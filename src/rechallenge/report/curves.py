"""The interactive survival curves of the page: their steps and the words of their controls, for the page's script."""

from typing import Any

from rechallenge.language import tr
from rechallenge.report.figures import Figures
from rechallenge.report.number_sources import json_for_script


def curves(figures: Figures, confidence: str) -> str:
    """Return JSON for a script element, or an empty text where the study releases no curves.

    `figures` by name (see `figures.released_curves`), `words` of the controls; `confidence` is "95%".
    """
    found: dict[str, Any] = {figure.name: figure.curves for figure in figures.drawn if figure.curves}
    return json_for_script({"figures": found, "words": _words(confidence)}) if found else ""


def _words(confidence: str) -> dict[str, str]:
    return {
        "months": tr("Months"),
        "months_from": tr("Months from {start}"),
        "survival": tr("Survival"),
        "interval": tr("{confidence} CI", confidence=confidence),
        "at_risk": tr("At risk"),
        "at": tr("At {months} months"),
        "slider": tr("{endpoint}: time in months"),
        "controls": tr("{endpoint}: what is shown"),
        "group": tr("{group} (n = {n}; median {median})"),
        "bands": tr("Confidence bands"),
        "picture": tr("Picture for print"),
        "said": tr("{group}: {survival} ({lower} to {upper}), {risk} at risk"),
        "said_beyond": tr("{group}: beyond the follow-up"),
    }
