"""Drug cells of treatments: one canonical row per drug of a combination, its class, and the drugs nobody knows."""

from typing import Final

import pandas as pd

from rechallenge.findings import findings
from rechallenge.sources import rules
from rechallenge.sources.cells import folded, mapped, tidied_cells
from rechallenge.sources.values import Vocabularies
from rechallenge.tables import TEXT

LOCAL: Final = ("radiotherapy", "surgery", "ablation")


def resolve_drugs(treatments: pd.DataFrame, vocabularies: Vocabularies) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return treatments with one row per drug (`drug` by INN, `drug_class`, `drug_raw`), and the findings.

    A drug that the dictionary does not know keeps its text as `drug` and has no class. A row of local therapy is
    not resolved: its drug is its text, else its modality. A cell such as 放疗 in a row without modality is local
    therapy by the vocabulary of modalities.
    """
    frame = treatments.copy()
    if frame.empty:
        return frame, findings(rules.DRUG_UNKNOWN, frame, table="treatments", column="drug", value="")
    frame["modality"] = _modality(frame, vocabularies)
    local = frame["modality"].isin(LOCAL)
    frame["drug"] = tidied_cells(frame["drug"]).where(local, frame["drug"])
    frame["drug"] = frame["drug"].where(~local | frame["drug"].notna(), frame["modality"])
    codes, uniques = pd.factorize(frame["drug"].where(~local))
    resolved = vocabularies.drugs.resolve(pd.Series(uniques, dtype=TEXT))
    frame = frame.assign(_cell=codes, _order=range(len(frame)))
    drugs = resolved.rows[["cell", "drug", "drug_class"]].rename(columns={"cell": "_cell", "drug": "_drug"})
    made = frame.merge(drugs, on="_cell", how="left", sort=False)
    made = made.sort_values("_order", kind="stable", ignore_index=True)
    made["drug"] = made["_drug"].where(made["_drug"].notna(), made["drug"]).astype(TEXT)
    found = _unknown(frame, resolved.unresolved)
    return made.drop(columns=["_cell", "_order", "_drug"]), found


def _modality(frame: pd.DataFrame, vocabularies: Vocabularies) -> pd.Series:
    """Fill an empty modality where the drug cell is itself a word for local therapy."""
    words = vocabularies.synonyms.get("modality", {})

    def local(text: str) -> str | None:
        term = words.get(folded(text))
        return term if term in LOCAL else None

    own = frame["modality"] if "modality" in frame else pd.Series(pd.NA, index=frame.index, dtype=TEXT)
    return own.where(own.notna(), mapped(frame["drug"], local)).astype(TEXT)


def _unknown(frame: pd.DataFrame, unresolved: pd.DataFrame) -> pd.DataFrame:
    """Return one finding per row and unknown drug; the nearest entries are a suggestion only."""
    parts = unresolved.rename(columns={"cell": "_cell"})[["_cell", "text", "hint"]]
    rows = frame.merge(parts, on="_cell", how="inner", sort=False)
    hint = rows["hint"].fillna("").str.strip()
    message = ('The drug "' + rows["text"] + '" is not in the drug dictionary. ' + hint).str.strip()
    return findings(
        rules.DRUG_UNKNOWN, rows, table="treatments", column="drug", value=rows["drug_raw"], message=message
    )
