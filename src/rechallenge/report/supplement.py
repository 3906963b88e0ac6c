"""What the supplement of the manuscript holds: tables and figures for which the manuscript has no room, by subject."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rechallenge.report import words
from rechallenge.report.figures import Figures, PageFigure
from rechallenge.report.published import comparison
from rechallenge.report.sheets import EMPTY, Row, Sheet, one, with_interval
from rechallenge.report.study_data import StudyData


@dataclass(frozen=True)
class Part:
    """A section of the supplement: its title, a sentence, its tables and figures."""

    title: str
    introduction: str
    sheets: tuple[Sheet, ...]
    figures: tuple[PageFigure, ...]


def parts(study: StudyData, figures: Figures, shown: Sequence[PageFigure]) -> list[Part]:
    """Return the sections that have something to show; `shown` are the figures of the manuscript itself."""
    left = [figure for figure in figures.in_order if figure not in shown]

    def drawn(*starts: str) -> tuple[PageFigure, ...]:
        return tuple(figure for figure in left if figure.name.startswith(starts))

    found = [
        Part(
            "Patients and their treatments",
            "What is known of the patients, and how they were treated.",
            _there(study.progression_table, study.lesion_table),
            drawn("treatment_course", "missing_data", "swimmer", "waterfall", "spider"),
        ),
        Part(
            "Survival and Cox models",
            "The endpoints that the tables of the manuscript do not show.",
            (*study.survival_tables[1:], *study.cox_tables[1:]),
            drawn("km_", "forest_"),
        ),
        Part(
            "Further comparisons of classes",
            "Weighted tests, pairs of classes and restricted means; P values are descriptive.",
            tuple(study.comparison_tables),
            (),
        ),
        Part(
            "Response and further endpoints",
            "Response rates have exact intervals.",
            tuple(study.endpoint_tables),
            (),
        ),
        Part(
            "Checks of the models",
            "Proportional hazards, influence of single patients, internal validation and calibration.",
            tuple(study.model_check_tables),
            drawn("model_check_"),
        ),
        Part(
            "Interactions and subgroups",
            "Likelihood-ratio tests of interactions; no class has a P value of its own.",
            tuple(study.subgroup_tables),
            drawn("subgroups_"),
        ),
        Part(
            "What changes with time",
            "Rechallenge as an exposure, landmarks, delayed entry, competing events and the dating of progression.",
            tuple(study.time_tables),
            drawn("over_time_"),
        ),
        Part(
            "Concordance of the definitions and specification curve",
            "Classes under each published definition, and the effects under every combination of the choices. "
            "Descriptive; none of it is a test.",
            (*study.concordance_tables, *_there(study.boundary_table), *study.curve_tables),
            drawn("preset_concordance_", "specification_curve_"),
        ),
        Part(
            "Sensitivity analyses",
            "The main analysis with one assumption changed at a time, and further models and analyses.",
            (*study.sensitivity_tables, *_there(study.analyses_table), *study.sensitivity_set),
            (),
        ),
        Part("Safety", "Adverse events as recorded.", _there(study.safety_table), ()),
    ]
    return [part for part in found if part.sheets or part.figures]


def attrition(study: StudyData) -> Sheet:
    """Return the criteria in their order with the patients excluded by each and those who remain."""
    rows = []
    for row in study.flow_rows:
        name = f"flow.{row['criterion']}"
        cells = (one(f"{name}.excluded", study.numbers), one(f"{name}.remaining", study.numbers))
        rows.append(Row(words.criterion(row["criterion"]), cells))
    notes = ("A criterion that could not be evaluated was not met.",)
    return Sheet("attrition", "Selection of patients", ("Criterion", "Excluded", "Remaining"), tuple(rows), notes)


def published_sheets(study: StudyData) -> list[Sheet]:
    """Return one table per file of published figures: quantity, as published, and this study's own."""
    return [_published(block, study) for block in comparison(study.published, study.numbers, study.tidy)]


def _published(block: dict[str, Any], study: StudyData) -> Sheet:
    rows = []
    for row in block["rows"]:
        label = f"{row['study']}: {row['label']}" if block["many"] else row["label"]
        unit = f", {row['unit']}" if row["unit"] in ("months", "days") else ""
        published = _cell(row["published"], f"{row['published']}.p", study)
        ours = _cell(row["ours"], row["ours_p"], study) if row["ours"] or row["ours_p"] else EMPTY
        rows.append(Row(f"{label}{unit}", (published, ours)))
    head = ("Quantity", "Published", "This study")
    notes = (f"Source: {block['source']}.",)
    return Sheet(f"published-{block['name']}", block["title"], head, tuple(rows), notes)


def _cell(name: str, p: str, study: StudyData) -> str:
    found = [with_interval(name, study.numbers)] if name in study.numbers else []
    found += [f"{{P:{p}}}"] if p in study.numbers else []
    return "; ".join(found) or EMPTY


def _there(*sheets: Sheet | None) -> tuple[Sheet, ...]:
    found: Iterable[Sheet | None] = sheets
    return tuple(sheet for sheet in found if sheet is not None)
