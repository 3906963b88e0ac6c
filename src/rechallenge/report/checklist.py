"""The STROBE checklist for cohort studies: where each item is answered, or what the authors have to write.

The 22 items of STROBE (von Elm et al., Lancet 2007;370:1453-1457) with their sub-items, the recommendations in
our own words.
"""

# ruff: noqa: E501
# Sentences stand on one line each.

from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from rechallenge.report.docx_bytes import document_bytes
from rechallenge.report.study_data import StudyData
from rechallenge.report.table_files import escaped
from rechallenge.report.word import add_table, add_text, new_document

COLUMNS: Final = ("item", "topic", "recommendation", "status", "location", "to_write")
AUTHOR: Final = "author"
REPORTED: Final = "reported"


@dataclass(frozen=True)
class Item:
    """One item. `location` says where it is answered; `to_write` what the authors add (or all of it, if `author`)."""

    item: str
    topic: str
    recommendation: str
    status: Literal["reported", "author"]
    location: str = ""
    to_write: str = ""


ITEMS: Final = (
    Item("1a", "Title", "Name the design in the title or abstract", REPORTED, "Manuscript, Abstract, Methods", "Name the design in the title too, if the journal asks."),
    Item("1b", "Abstract", "Give a balanced summary of what was done and found", REPORTED, "Manuscript, Abstract", "Background and conclusion."),
    Item("2", "Background", "Explain the scientific background and reason", AUTHOR, "Manuscript, Introduction", "What is known about ICI rechallenge after resistance, and the gap."),
    Item("3", "Objectives", "State the objectives and any hypotheses", AUTHOR, "Manuscript, Introduction", "The endpoint, the patients and the factors, and which were declared beforehand."),
    Item("4", "Study design", "Present the main elements of the design early", REPORTED, "Manuscript, Methods, Design and data"),
    Item("5", "Setting", "Describe setting, places and dates of recruitment, exposure, follow-up", REPORTED, "Manuscript, Methods, Design and data (window and cut-off)", "Hospitals, countries and how patients entered the registry."),
    Item("6a", "Participants", "Give eligibility criteria, sources and selection, and how patients were followed", REPORTED, "Manuscript, Methods, Patients; report, Patient flow", "How follow-up was done at the sites."),
    Item("6b", "Participants", "For matched studies, give the matching criteria", REPORTED, "Not applicable: nobody was matched"),
    Item("7", "Variables", "Define outcomes, exposures, predictors, confounders, effect modifiers", REPORTED, "Manuscript, Methods, Definitions; report, Definitions"),
    Item("8", "Data sources", "For each variable, give the source and how it was measured", REPORTED, "Report, Data and Definitions; the source mapping", "Who assessed response and progression, and by which criteria."),
    Item("9", "Bias", "Describe efforts against bias", REPORTED, "Report, Limits (immortal time, no comparator, assessment schedule)", "What was done at the sites."),
    Item("10", "Study size", "Explain how the study size came about", REPORTED, "Report, Patient flow: all patients of the extract who meet the criteria", "Whether a size was planned."),
    Item("11", "Quantitative variables", "Explain how quantitative variables were handled and grouped", REPORTED, "Manuscript, Methods, Definitions (cutoffs) and Statistics"),
    Item("12a", "Statistical methods", "Describe all methods, those against confounding included", REPORTED, "Manuscript, Methods, Statistics"),
    Item("12b", "Statistical methods", "Describe how subgroups and interactions were examined", REPORTED, "Manuscript, Methods, Statistics; report, Interactions and subgroups: declared beforehand, likelihood-ratio tests of interaction; no P value within a subgroup"),
    Item("12c", "Statistical methods", "Explain how missing data were handled", REPORTED, "Manuscript, Methods, Statistics; Table 1 counts missing values; models report those left out"),
    Item("12d", "Statistical methods", "Explain how loss to follow-up was handled", REPORTED, "Manuscript, Methods, Definitions (censoring)"),
    Item("12e", "Statistical methods", "Describe sensitivity analyses", REPORTED, "Report, Cox models (sensitivity model) and Further analyses"),
    Item("13a", "Participants", "Give the numbers at each stage", REPORTED, "Report, Patient flow; attrition.csv"),
    Item("13b", "Participants", "Give the reasons for leaving at each stage", REPORTED, "Report, Patient flow; attrition.csv"),
    Item("13c", "Participants", "Consider a flow diagram", REPORTED, "flow.svg; report, Patient flow"),
    Item("14a", "Descriptive data", "Describe the participants, exposures and confounders", REPORTED, "Table 1"),
    Item("14b", "Descriptive data", "Give the number with missing data for each variable", REPORTED, "Table 1, lines \"Not recorded\""),
    Item("14c", "Descriptive data", "Summarise follow-up time", REPORTED, "Manuscript, Results, Survival from rechallenge (reverse Kaplan-Meier)"),
    Item("15", "Outcome data", "Report events or summary measures over time", REPORTED, "Table 2; report, Survival"),
    Item("16a", "Main results", "Give unadjusted and adjusted estimates with intervals, and the confounders adjusted for", REPORTED, "Table 3; report, Cox models"),
    Item("16b", "Main results", "Give the boundaries where continuous variables were categorised", REPORTED, "Report, Definitions"),
    Item("16c", "Main results", "Consider turning relative into absolute risks", REPORTED, "Table 2: survival at fixed times"),
    Item("17", "Other analyses", "Report subgroups, interactions and sensitivity analyses", REPORTED, "Report, Interactions and subgroups, and Further analyses"),
    Item("18", "Key results", "Summarise the key results against the objectives", AUTHOR, "Manuscript, Discussion", "The main finding for each objective, without an effect of rechallenge, since there is no comparator."),
    Item("19", "Limitations", "Discuss limits, bias and imprecision, with direction and size", REPORTED, "Manuscript, Discussion; report, Limits", "Direction and likely size of each bias."),
    Item("20", "Interpretation", "Interpret with caution in the light of other evidence", AUTHOR, "Manuscript, Discussion", "How the results stand beside earlier studies; the report sets published figures side by side."),
    Item("21", "Generalisability", "Discuss how far the results hold elsewhere", AUTHOR, "Manuscript, Discussion", "Which patients, drugs and health systems the results may hold for."),
    Item("22", "Funding", "Give the funding and the role of the funders", AUTHOR, "Manuscript, after the text", "Funding, role of the funders, interests of the authors."),
)  # fmt: skip
# Items whose results exist only where somebody was rechallenged.
_NEEDS_RECHALLENGE: Final = ("12e", "14c", "16a", "16c", "17")


def checklist(study: StudyData) -> list[Item]:
    """Return the items as they stand for a study: what has no result is said to have none."""
    if study.rechallenged:
        return list(ITEMS)
    none = "No result: nobody is in the rechallenge set (report, Patient flow)"
    return [
        Item(item.item, item.topic, item.recommendation, item.status, none) if item.item in _NEEDS_RECHALLENGE else item
        for item in ITEMS
    ]


def checklist_frame(study: StudyData) -> pd.DataFrame:
    """Return checklist_strobe.csv; columns COLUMNS."""
    return pd.DataFrame([[getattr(item, name) for name in COLUMNS] for item in checklist(study)], columns=list(COLUMNS))


def checklist_docx(study: StudyData) -> bytes:
    """Return checklist_strobe.docx."""
    document = new_document(landscape=True)
    add_text(document.add_paragraph(style="Heading 1"), "STROBE checklist, cohort study")
    add_text(document.add_paragraph(), escaped(study.config.study.title))
    add_text(document.add_paragraph(), "von Elm E, et al. Lancet 2007;370:1453-1457. Recommendations in short form.")
    rows = [["Item", "Topic", "Recommendation", "Where it is answered", "For the authors"]]
    for item in checklist(study):
        author = f"To write: {item.to_write}" if item.status == AUTHOR else item.to_write
        rows.append([escaped(cell) for cell in (item.item, item.topic, item.recommendation, item.location, author)])
    add_table(document, rows, points=8.5, widths_cm=(1.2, 3.4, 6.8, 6.8, 6.2))
    return document_bytes(document, title="STROBE checklist")
