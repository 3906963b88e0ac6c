"""What a section of the page shows at once, and what it folds away under a sentence that says what is inside.

Folded are tables that support a result without being one: further tests, checks of the models, long subgroup tables,
sensitivity analyses. The sentence names the finding, so that nobody has to open a fold to learn it. Notes that several
tables of a section share stand once above them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rechallenge.language import N_, tr
from rechallenge.punctuation import labelled, listed_and, paragraph, stopped, then
from rechallenge.report import words
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.result_sentences import interval
from rechallenge.report.results import MULTIVARIABLE, SENSITIVITY, effect_name
from rechallenge.report.sentences import counted, names_in
from rechallenge.report.sheets import Sheet, shared_notes

if TYPE_CHECKING:
    from rechallenge.report.study_data import StudyData

_PFS: Final = {"endpoint": "PFS", "population": "rechallenge"}
_CONCORDANCE: Final = ("concordance_apparent", "concordance_corrected", "calibration_slope")


@dataclass(frozen=True)
class Fold:
    """Tables under a summary (a pattern, see `sentences`)."""

    summary: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True)
class Section:
    """The notes for all tables of a section, the tables that are open, and the folds."""

    notes: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    folds: tuple[Fold, ...]

    def sheet(self, start: str) -> list[Sheet]:
        """Return the open tables whose id begins with `start`."""
        return [sheet for sheet in self.sheets if sheet.id.startswith(start)]


def section(shown: Iterable[Sheet], folded: Iterable[Fold] = ()) -> Section:
    """Return a section of open tables and folds, notes that several tables share taken out of them."""
    shown, folded = list(shown), [fold for fold in folded if fold.sheets]
    own, notes = shared_notes([*shown, *(sheet for fold in folded for sheet in fold.sheets)])
    rest = iter(own[len(shown) :])
    folds = tuple(Fold(fold.summary, tuple(next(rest) for _ in fold.sheets)) for fold in folded)
    return Section(notes, tuple(own[: len(shown)]), folds)


def survival(study: "StudyData") -> Section:
    """Return the curves' tables; folded, per endpoint, the further comparisons of classes."""
    shown = [study.progression_table, *study.survival_tables]
    folded: dict[str, list[Sheet]] = {}
    for sheet in study.comparison_tables:
        kind = next(kind for kind in _COMPARISONS if sheet.id.startswith(kind))
        folded.setdefault(sheet.id.removeprefix(f"{kind}-"), []).append(sheet)
    found = [Fold(_compared(place, sheets, study.numbers), tuple(sheets)) for place, sheets in folded.items()]
    return section([sheet for sheet in shown if sheet is not None], found)


_COMPARISONS: Final = {
    "weighted-tests": N_("weighted log-rank tests"),
    "pairs": N_("pairs of classes"),
    "restricted-means": N_("restricted means"),
}


def _compared(place: str, sheets: Sequence[Sheet], numbers: Numbers) -> str:
    endpoint, _, population = place.partition("-")
    kinds = [said for kind, said in _COMPARISONS.items() if any(sheet.id.startswith(kind) for sheet in sheets)]
    what = labelled(words.endpoint(endpoint.upper()), listed_and(kinds))
    key = {"endpoint": endpoint, "population": population, "model": "restricted_mean", "term": "resistance"}
    stem = re.compile(rf"{re.escape(name_of(key))}\..*\.rmst_difference\.at_[^.]+")
    difference = next((name for name in numbers if stem.fullmatch(name) and f"{name}.ci" in numbers), "")
    horizon = name_of({**key, "statistic": "horizon"})
    if not difference or horizon not in numbers:
        return stopped(what)
    return tr(
        "{what}. By resistance, restricted means up to {{horizon}} months differ by {{difference}} months{interval}.",
        what=what,
        horizon=horizon,
        difference=difference,
        interval=interval(difference, numbers),
    )


def models(study: "StudyData") -> Section:
    """Return the tables of the Cox models; folded, the models with further covariates."""
    folded = []
    for sheet in study.sensitivity_tables:
        endpoint = sheet.id.removeprefix("sensitivity-").upper()
        key = {"endpoint": endpoint, "population": "rechallenge", "term": "resistance", "statistic": "hr"}
        names = [_first_effect(key, model, study.numbers) for model in (SENSITIVITY, MULTIVARIABLE)]
        said = tr("Regimen type and local therapy added to the model of {endpoint}.", endpoint=words.endpoint(endpoint))
        if all(names):
            first, second = (f"{{{name}}}{interval(name, study.numbers)}" for name in names)
            said = tr(
                "{said}: the hazard ratio of resistance is {first}, without them {second}.",
                said=said[:-1],
                first=first,
                second=second,
            )
        folded.append(Fold(said, (sheet,)))
    return section(study.cox_tables, folded)


def _first_effect(key: dict[str, str], model: str, numbers: Numbers) -> str:
    """The name of the first hazard ratio of a term in a model, or in Firth's where that stands instead."""
    for level, reference in (("primary", "acquired"), ("not_acquired", "acquired")):
        name = effect_name({**key, "level": level, "reference": reference}, model, numbers)
        if name in numbers:
            return name
    return ""


def model_checks(study: "StudyData") -> Section:
    """Return, folded, the checks of the model of each endpoint."""
    folded: dict[str, list[Sheet]] = {}
    for sheet in study.model_check_tables:
        folded.setdefault(sheet.id.rpartition("-")[2], []).append(sheet)
    found = []
    for endpoint, sheets in folded.items():
        key = {"endpoint": endpoint, "population": "rechallenge", "model": "validation"}
        apparent, corrected, slope = (name_of({**key, "statistic": statistic}) for statistic in _CONCORDANCE)
        said = tr("Checks of the model of {endpoint}", endpoint=words.endpoint(endpoint.upper()))
        if all(name in study.numbers for name in (apparent, corrected, slope)):
            said += tr(
                ": concordance {{apparent}}, corrected for optimism {{corrected}}; corrected calibration slope {{slope}}",
                apparent=apparent,
                corrected=corrected,
                slope=slope,
            )
        found.append(Fold(f"{said}.", tuple(sheets)))
    return section([], found)


def subgroups(study: "StudyData") -> Section:
    """Return the tables of interactions; folded, those of subgroups, power and methods for small samples."""
    shown, folded = [], []
    for sheet in study.subgroup_tables:
        if sheet.id.startswith("interactions"):
            shown.append(sheet)
        else:
            folded.append(Fold(_of_subgroups(sheet, study.numbers), (sheet,)))
    return section(shown, folded)


def _of_subgroups(sheet: Sheet, numbers: Numbers) -> str:
    caption = sheet.caption.partition(", with {")[0]
    if sheet.id.startswith("subgroups"):
        tests = [
            (numbers[name]["raw"], name, row.label)
            for row in sheet.rows
            if row.kind == "group"
            for name in names_in(row.cells[-1])
        ]
        if not tests:
            return tr("{caption}. No interaction could be tested.", caption=caption)
        _, name, label = min(tests)
        return tr(
            "{caption}. The smallest P value of an interaction is {{name}} ({words}), not adjusted for the number of tests.",
            caption=caption,
            name=name,
            words=words.lower_first(label),
        )
    if sheet.id == "power":
        first = next((names_in(row.cells[2])[0] for row in sheet.rows if names_in(row.cells[2])), "")
        said = sheet.rows[1].label if len(sheet.rows) > 1 else ""
        return (
            tr(
                "{caption}. With {counted}, smallest detectable ratio ({said}): {{first}}.",
                caption=caption,
                counted=counted(f"{first}.events", "event", numbers),
                said=said,
                first=first,
            )
            if first and f"{first}.events" in numbers
            else stopped(caption)
        )
    if sheet.id == "permutation":
        group, row = sheet.rows[0], next(row for row in sheet.rows if row.kind == "level")
        what = then(group.label, words.lower_first(row.label))
        return tr(
            "{caption}. {what}: P {part} by permutation, {part_2} by chi-square.",
            caption=caption,
            what=what,
            part=row.cells[3],
            part_2=row.cells[2],
        )
    return tr("{caption}: intervals by two methods made for small groups, beside the usual ones.", caption=caption)


def over_time(study: "StudyData") -> Section:
    """Return rechallenge as an exposure and delayed entry; folded, competing events and dates of progression."""
    shown, folded = [], []
    for sheet in study.time_tables:
        if sheet.id not in ("competing-events", "dating"):
            shown.append(sheet)
        elif sheet.id == "dating":
            names = [
                name_of({**_PFS, "model": model, "term": "overall", "statistic": "median"})
                for model in ("dating_right_end", "dating_midpoint")
            ]
            said = tr("How progression is dated.")
            if all(name in study.numbers for name in names):
                said += tr(
                    " Median PFS is {{names}} months at the scan that shows progression, {{names_2}} midway.",
                    names=names[0],
                    names_2=names[1],
                )
            folded.append(Fold(said, (sheet,)))
        else:
            folded.append(
                Fold(paragraph([tr("What ends progression-free survival."), *study.dating_sentences[:1]]), (sheet,))
            )
    return section(shown, folded)


def sensitivity(study: "StudyData") -> Section:
    """Return, folded, the sensitivity set, with the range of the hazard ratio of resistance over it."""
    key = {**_PFS, "term": "resistance", "model": MULTIVARIABLE, "statistic": "hr"}
    found = []
    for analysis in ("main", *study.scenarios):
        name = _first_effect({**key, "analysis": analysis}, MULTIVARIABLE, study.numbers)
        if name:
            found.append((study.numbers[name]["raw"], name))
    said = tr("The sensitivity set.")
    if len(found) > 1:
        low, high = min(found)[1], max(found)[1]
        said = tr(
            "The sensitivity set: the hazard ratio of resistance for PFS lies between {{low}} and {{high}}.",
            low=low,
            high=high,
        )
    return section([], [Fold(said, tuple(study.sensitivity_set))])
