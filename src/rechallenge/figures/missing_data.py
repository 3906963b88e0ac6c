"""Patterns of missing data: which covariates are missing together, and in how many patients (an UpSet plot).

Counts only: patterns of few patients are joined (`figures.smallest_group`), so that the figure may be shared.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rechallenge import formatting, words
from rechallenge.figures import style
from rechallenge.figures.captions import SIMULATED, Words
from rechallenge.figures.drawn import Drawn
from rechallenge.language import N_, tr, tr_n
from rechallenge.punctuation import listed, named, paragraph

NAME: Final = "missing_data"
TITLE: Final = N_("Missing values of the covariates, by pattern")
# The covariates of Table 1 that come from the extract, and the classes that may be unknown.
COVARIATES: Final = (
    "age", "sex", "smoking", "ecog", "histology_group", "stage", "pd_l1_group", "egfr", "alk",
    "brain_metastasis", "liver_metastasis", "bone_metastasis", "best_response", "resistance", "progression_pattern",
)  # fmt: skip
# Levels that say that nothing is known.
UNKNOWN: Final = ("", "unknown", "not_evaluable", "NE")
# Patterns beside one another in two columns and in one; further ones are joined.
MOST_PATTERNS: Final = 14
MOST_NARROW: Final = 8
_LABELS: Final = {
    "egfr": N_("EGFR"),
    "alk": N_("ALK"),
    "ecog": N_("ECOG"),
    "stage": N_("Stage"),
    "best_response": N_("Best response"),
}


@dataclass(frozen=True)
class Pattern:
    """Patients who lack the same covariates (names); those of joined patterns are `None`."""

    missing: tuple[str, ...] | None
    n: int


@dataclass(frozen=True)
class Missing:
    """All that the figure shows: missing values per covariate (most first), and patterns (most patients first)."""

    population: str
    n: int
    per_covariate: dict[str, int]
    complete: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    joined: int
    smallest: int


def missing_data(
    classified: pd.DataFrame, smallest: int, further: Sequence[str] = (), most: int = MOST_PATTERNS
) -> Missing:
    """Count missing values over the rechallenge set, or over all with a first ICI where nobody was rechallenged.

    `further` are covariates of the study beside COVARIATES; names that are no column are left out. At most `most`
    patterns stand alone.
    """
    eligible = classified["eligible"].fillna(False).astype(bool)
    population = "rechallenge" if eligible.any() else "first_ici"
    rows = classified[eligible] if eligible.any() else classified
    names = [name for name in dict.fromkeys((*COVARIATES, *further)) if name in rows]
    lacking = pd.DataFrame({name: rows[name].map(words.text_of).isin(UNKNOWN) for name in names}, index=rows.index)
    counts = lacking.sum().astype("int64")
    per = {str(name): int(counts[name]) for name in sorted(names, key=lambda name: (-counts[name], names.index(name)))}
    shown = [name for name, number in per.items() if number]
    kinds = [
        tuple(name for name, gone in zip(shown, row, strict=True) if gone) for row in lacking[shown].to_numpy().tolist()
    ]
    found = Counter(kinds)
    patterns = sorted(
        (Pattern(kind, int(n)) for kind, n in found.items()), key=lambda p: (-p.n, len(p.missing or ()), p.missing)
    )
    kept, small = _kept(patterns, smallest, most)
    rest = sum(pattern.n for pattern in small)
    return Missing(
        population=population,
        n=len(rows),
        per_covariate={name: per[name] for name in shown},
        complete=tuple(name for name in per if not per[name]),
        patterns=(*kept, *((Pattern(None, rest),) if small else ())),
        joined=len(small),
        smallest=smallest,
    )


def _kept(patterns: list[Pattern], smallest: int, most: int) -> tuple[list[Pattern], list[Pattern]]:
    """Patterns that stand alone, and those that are joined (at least `smallest` patients together, where there are)."""
    kept = [pattern for pattern in patterns[:most] if pattern.n >= smallest]
    small = patterns[len(kept) :]
    while small and kept and sum(pattern.n for pattern in small) < smallest:
        small = [kept.pop(), *small]
    return kept, small


def drawn(
    classified: pd.DataFrame,
    labels: Mapping[str, str],
    smallest: int,
    width_mm: float,
    note: str,
    nobody: str,
    further: Sequence[str] = (),
) -> Drawn:
    """Return the figure with its words, or the reason why there is none."""
    if classified.empty:
        return Drawn(NAME, TITLE, reason=nobody)
    data = missing_data(
        classified, smallest, further, MOST_NARROW if style.size_for(width_mm).narrow else MOST_PATTERNS
    )
    if data.n < smallest:
        return Drawn(
            NAME,
            TITLE,
            reason=tr("The set has fewer than {smallest} patients (figures.smallest_group).", smallest=smallest),
        )
    if not data.per_covariate:
        return Drawn(NAME, TITLE, reason=tr("No covariate has a missing value."))
    text = missing_words(data, labels, bool(note))
    return Drawn(NAME, TITLE, lambda: missing_figure(data, labels, width_mm, note), text, own_counts=True)


def label(name: str, labels: Mapping[str, str]) -> str:
    """Return the words for a covariate."""
    return tr(labels.get(name, "")) or str(_LABELS.get(name, "")) or words.term_words(name)


def missing_words(data: Missing, labels: Mapping[str, str], simulated: bool) -> Words:
    """Caption: whose values, what is complete, what was joined. Text alternative: every count."""
    who = (
        tr("rechallenged patients") if data.population == "rechallenge" else tr("patients with a first ICI monotherapy")
    )
    complete = listed(words.lower_first(label(name, labels)) for name in data.complete)
    caption = [
        tr(
            "{title} (n = {n} {who}). Each column is a pattern: filled circles are missing values, and the bar above counts its patients; left, the missing values of each covariate.",
            title=TITLE,
            n=data.n,
            who=who,
        ),
        tr(
            "A progression pattern that the lesion counts do not decide, and a class that could not be evaluated, count as"
            " missing."
        ),
        tr("Complete in all: {complete}.", complete=complete) if complete else "",
        tr_n("Other: {count} pattern.", "Other: {count} patterns, joined.", data.joined) if data.joined else "",
        SIMULATED if simulated else "",
    ]
    alt = [tr("Missing values in {n} {who}.", n=data.n, who=who)]
    alt += [
        named(label(name, labels), formatting.count_percent(k, 100 * k / data.n, data.n))
        for name, k in data.per_covariate.items()
    ]
    alt += [named(_pattern_words(pattern, labels), pattern.n) for pattern in data.patterns]
    return Words(TITLE, paragraph(caption), paragraph(alt))


def _pattern_words(pattern: Pattern, labels: Mapping[str, str]) -> str:
    if pattern.missing is None:
        return tr("Other patterns")
    if not pattern.missing:
        return tr("Nothing missing")
    return tr("Missing together: {covariates}", covariates=listed(label(name, labels) for name in pattern.missing))


def missing_figure(
    data: Missing, labels: Mapping[str, str], width_mm: float = style.TWO_COLUMNS_MM, note: str = ""
) -> Figure:
    """Draw counts of the patterns above, covariates below. Call inside `style.look()`."""
    size = style.size_for(width_mm)
    names = list(data.per_covariate)
    pitch = 1.35 * size.line
    said = {name: style.shortened(label(name, labels), 0.28 * width_mm, size.small) for name in names}
    words_room = max(style.width_of(text, size.small) for text in said.values())
    count_room = max(style.width_of(_share(k, data.n), size.small) for k in data.per_covariate.values())
    # In one column the counts alone stand beside the words.
    bars_room = 0.0 if size.narrow else 30.0
    left = 2 + words_room + 3 + bars_room + 1.5 + count_room + 4
    step = min((width_mm - left - 3) / len(data.patterns), 13.0)
    # Few patterns leave the rest of the width empty: the figure is narrower then.
    width_mm = min(width_mm, max(left + max(step * len(data.patterns), 34) + 4, style.ONE_COLUMN_MM))
    top_height = 26.0 if size.narrow else 34.0
    head = 1.2 * size.line
    height = head + top_height + 2 + pitch * len(names) + 0.4 * size.line + (size.line if note else 0)
    sheet = style.Sheet.blank(width_mm, height)
    axes = sheet.axes(0, 0, width_mm, height)
    axes.set_axis_off()
    axes.set_xlim(0, width_mm)
    axes.set_ylim(height, 0)
    floor = head + top_height
    rows = {name: floor + 2 + pitch * (at + 0.5) for at, name in enumerate(names)}
    _covariates(sheet, axes, data, rows, said, size, bars_room, words_room)
    sheet.text(2, floor + 0.2 - 0.4 * size.line, tr("Missing values"), size.small, color=style.GREY)
    heading = tr("Patients per pattern")
    sheet.text(
        min(left, width_mm - style.width_of(heading, size.small) - 2),
        0.6 * size.line,
        heading,
        size.small,
        color=style.GREY,
    )
    most = max(pattern.n for pattern in data.patterns)
    widest = max(style.width_of(formatting.count(pattern.n), size.small) for pattern in data.patterns)
    upright = (
        max(widest, style.width_of("Other", size.small) if data.patterns[-1].missing is None else 0.0) + 0.6 > step
    )
    for at, pattern in enumerate(data.patterns):
        x = left + step * (at + 0.5)
        tall = (top_height - max(widest if upright else 0.0, size.line) - 1) * pattern.n / most
        colour = style.GREY if pattern.missing is None else style.BLACK if not pattern.missing else style.BLUE
        axes.fill(
            [x - 0.3 * step, x + 0.3 * step, x + 0.3 * step, x - 0.3 * step],
            [floor, floor, floor - tall, floor - tall],
            color=colour,
            linewidth=0,
        )
        rise = (widest if upright else size.line) / 2 + 0.3
        look: dict[str, Any] = {"rotation": 90, "va": "center"} if upright else {}
        sheet.text(x, floor - tall - rise, formatting.count(pattern.n), size.small, ha="center", **look)
        _column(axes, x, pattern, rows, step)
        if pattern.missing is None:
            turned: dict[str, Any] = {"rotation": 90, "va": "top"} if upright else {}
            y = rows[names[0]] - (0.5 * size.line if upright else 0)
            sheet.text(x, y, tr("Other"), size.small, ha="center", color=style.GREY, **turned)
    axes.plot([left, left + step * len(data.patterns)], [floor, floor], color=style.BLACK, linewidth=0.7)
    if note:
        sheet.text(width_mm - 2, height - 0.6 * size.line, note, size.small, ha="right", color=style.GREY)
    return sheet.figure


def _share(number: int, n: int) -> str:
    return formatting.count_percent(number, 100 * number / n, n)


def _covariates(
    sheet: style.Sheet,
    axes: Axes,
    data: Missing,
    rows: Mapping[str, float],
    said: Mapping[str, str],
    size: style.Size,
    bars_room: float,
    words_room: float,
) -> None:
    """Words, bar and count of each covariate, left of the patterns."""
    start = 2 + words_room + 3
    for name, y in rows.items():
        number = data.per_covariate[name]
        sheet.text(2, y, said[name], size.small)
        long = bars_room * number / data.n
        half = 0.32 * size.line
        axes.fill(
            [start, start + long, start + long, start],
            [y - half, y - half, y + half, y + half],
            color=style.BLUE,
            linewidth=0,
        )
        if bars_room:
            axes.plot([start, start], [y - 1.7 * half, y + 1.7 * half], color=style.BLACK, linewidth=0.7)
        sheet.text(start + bars_room + 1.5, y, _share(number, data.n), size.small)


def _column(axes: Axes, x: float, pattern: Pattern, rows: Mapping[str, float], step: float) -> None:
    """The circles of one pattern; a line joins those that are missing together."""
    points = float(np.clip(step * 0.55, 1.6, 2.4)) / style.MM_PER_POINT
    if pattern.missing is None:
        return
    missing = [y for name, y in rows.items() if name in pattern.missing]
    there = [y for name, y in rows.items() if name not in pattern.missing]
    axes.plot([x] * len(there), there, "o", color=style.PALE, markersize=points, markeredgewidth=0)
    if missing:
        axes.plot([x, x], [min(missing), max(missing)], color=style.BLUE, linewidth=1.2)
        axes.plot([x] * len(missing), missing, "o", color=style.BLUE, markersize=points, markeredgewidth=0)
