"""What changes with time: rechallenge as an exposure, and competing events. Everything is read from rows and curves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rechallenge import formatting, words
from rechallenge.estimates.exposure import BIAS, EVER, EXPOSURE, NAIVE, NEVER, SIMON_MAKUCH, TIME_DEPENDENT
from rechallenge.figures import captions, results, style
from rechallenge.figures.captions import Words
from rechallenge.figures.drawn import Drawn, Given
from rechallenge.figures.paired import AtRisk, Axis, Key, Panel, paired_figure
from rechallenge.figures.results import Result
from rechallenge.figures.risk_table import month_ticks
from rechallenge.figures.survival import confidence_percent
from rechallenge.language import N_, tr
from rechallenge.punctuation import interval, listed, named, paragraph, stopped

IMMORTAL: Final = "over_time_immortal_time"
INCIDENCE: Final = "over_time_incidence"
NAMES: Final = (IMMORTAL, INCIDENCE)
IMMORTAL_TITLE: Final = N_(
    "Survival after progression by rechallenge: counted from progression, and from rechallenge on"
)
INCIDENCE_TITLE: Final = N_("Cumulative incidence of progression and of death without progression")
# Colours of the two states, which are those of the two classes in every other figure with two curves.
STATES: Final = ((EVER, style.BLUE, style.DASHES[0]), (NEVER, style.VERMILION, style.DASHES[1]))
CAUSES: Final = {"progression": style.BLUE, "death": style.VERMILION, "new_therapy": style.GREEN}
PANELS: Final = (("PFS1", "first_ici", N_("On the first ICI")), ("PFS", "rechallenge", N_("After rechallenge")))


def figures(given: Given) -> Iterator[Drawn]:
    yield _immortal_time(given)
    yield _incidence(given)


@dataclass(frozen=True)
class Exposed:
    """The two pairs of curves with their hazard ratios (missing where not estimated) and the ratio of the two."""

    naive: dict[str, pd.DataFrame]
    changing: dict[str, pd.DataFrame]
    hazards: tuple[Result | None, Result | None]
    medians: dict[tuple[str, str], Result | None]
    ratio: Result | None
    in_steps: bool = False


def _immortal_time(given: Given) -> Drawn:
    data = exposed_data(given)
    if data is None:
        reason = tr("Nobody progressed on the first ICI, or nobody was under observation after a rechallenge.")
        return Drawn(IMMORTAL, IMMORTAL_TITLE, reason=reason)
    text = exposed_words(data, bool(given.note))
    return Drawn(
        IMMORTAL, text.title, lambda: exposed_figure(data, given.width_mm, given.note), text, vector_reveals_times=True
    )


def exposed_data(given: Given) -> Exposed | None:
    """Collect the curves of rechallenge as an exposure; none where one of the four has nobody."""
    own = given.curves[(given.curves["analysis"] == "main") & (given.curves["endpoint"] == "PPS")]
    found: list[dict[str, pd.DataFrame]] = []
    for term in (NAIVE, SIMON_MAKUCH):
        chosen = own[own["term"] == term]
        levels = chosen["level"].map(words.text_of)
        curves = {level: chosen[levels == level].sort_values("time_months", kind="stable") for level, *_ in STATES}
        if not all(len(curve) for curve in curves.values()):
            return None
        found.append(curves)
    keys = {"analysis": "main", "endpoint": "PPS", "term": EXPOSURE}
    hazards = tuple(results.first(given.table, **keys, model=m, statistic="hr") for m in (NAIVE, TIME_DEPENDENT))
    medians = {
        (model, level): results.first(given.table, **keys, model=model, level=level, statistic="median")
        for model in (NAIVE, SIMON_MAKUCH)
        for level, *_ in STATES
    }
    ratio = results.first(given.table, **keys, model=BIAS, statistic="ratio_of_hazard_ratios")
    return Exposed(found[0], found[1], (hazards[0], hazards[1]), medians, ratio, given.in_steps)


def hazard_words(row: Result | None) -> str:
    """Return "Hazard ratio 0.46 (95% CI 0.26 to 0.80)"."""
    if row is None:
        return tr("Hazard ratio: not estimated")
    bounds = interval(formatting.interval(formatting.ratio(row.lower), formatting.ratio(row.upper)))
    return tr(
        "Hazard ratio {ratio} ({part}% CI {bounds})",
        ratio=formatting.ratio(row.estimate),
        part=f"{100 * row.confidence:.4g}",
        bounds=bounds,
    )


def _median_words(data: Exposed, model: str) -> str:
    medians = [data.medians[model, level] for level, *_ in STATES]
    said = [formatting.months(None if row is None else row.estimate) for row in medians]
    return tr("Median {said} vs {said_2} months", said=said[0], said_2=said[1])


def exposed_figure(data: Exposed, width_mm: float, note: str) -> Figure:
    """Draw the naive curves beside those of Simon and Makuch."""
    longest = max(float(curve["time_months"].max()) for curve in data.naive.values())
    ticks = month_ticks(longest, most=6)
    end = np.nan if data.in_steps else 0.0
    headings = (tr("Naive: ever and never rechallenged"), tr("Exposed from rechallenge on"))
    panels = [
        Panel(
            heading,
            (hazard_words(hazard), _median_words(data, model)),
            _Curves(curves),
            tuple(_at_risk(curves[level], ticks, state_words(level), colour, end) for level, colour, _ in STATES),
        )
        for heading, hazard, model, curves in zip(
            headings, data.hazards, (NAIVE, SIMON_MAKUCH), (data.naive, data.changing), strict=True
        )
    ]
    keys = [Key(state_words(level), colour, dashes) for level, colour, dashes in STATES]
    axis = Axis(tuple(ticks), tr("Months from {pps}", pps=words.TIME_ZERO["PPS"]), words.share_words("PPS"))
    return paired_figure(panels, keys, axis, width_mm, note)


def state_words(level: str) -> str:
    return tr("Rechallenged") if level == EVER else tr("Not rechallenged (naive: never; else: not yet)")


@dataclass(frozen=True)
class _Curves:
    """Draws survival curves with their bands, from where each begins."""

    curves: dict[str, pd.DataFrame]

    def __call__(self, axes: Axes) -> None:
        for level, colour, dashes in STATES:
            curve = self.curves[level]
            time = curve["time_months"].to_numpy("float64")
            survival, lower, upper = (100 * curve[name].to_numpy("float64") for name in ("survival", "lower", "upper"))
            axes.fill_between(time, lower, upper, step="post", color=colour, alpha=0.13, linewidth=0, zorder=1)
            axes.step(
                time, survival, where="post", color=colour, linestyle=dashes, linewidth=1.5, zorder=3, clip_on=False
            )
        axes.axhline(50, color=style.PALE, linewidth=0.7, zorder=0)


def _at_risk(curve: pd.DataFrame, ticks: list[int], label: str, colour: str, end: float) -> AtRisk:
    """The number at risk at each tick: the curve has a row per whole month. None before the curve begins.

    `end` is the number after its end: nobody, or not told.
    """
    time, at_risk = (curve[name].to_numpy("float64") for name in ("time_months", "at_risk"))
    numbers: list[float | None] = []
    for tick in ticks:
        place = int(np.argmin(np.abs(time - tick)))
        if tick < time[0] - 1e-6:
            numbers.append(None)
        else:
            numbers.append(float(at_risk[place]) if abs(time[place] - tick) < 1e-6 else end)
    return AtRisk(label, colour, tuple(numbers))


def exposed_words(data: Exposed, simulated: bool) -> Words:
    """The finding in numbers: both hazard ratios, how far they are apart, medians."""
    naive, changing = data.hazards
    begins = float(next(iter(data.changing.values()))["time_months"].min())
    both = naive is not None and changing is not None and data.ratio is not None
    finding = ""
    if both and naive is not None and changing is not None and data.ratio is not None:
        finding = tr(
            "The same patients and deaths: hazard ratio of rechallenge {ratio} counted from progression, {ratio_2} counted from rechallenge on, {ratio_3} times the naive one: the immortal-time bias.",
            ratio=formatting.ratio(naive.estimate),
            ratio_2=formatting.ratio(changing.estimate),
            ratio_3=formatting.ratio(data.ratio.estimate),
        )
    percent = confidence_percent([row for row in data.medians.values() if row is not None])
    caption = [
        stopped(IMMORTAL_TITLE),
        finding,
        tr(
            "First panel: Kaplan-Meier curves of those ever and never rechallenged, as if that were known at progression."
            " Second panel: curves of Simon and Makuch: everybody is unexposed until rechallenge and exposed after it, with"
            " the time-dependent Cox model"
        )
        + (tr("; they begin {months} months after progression.", months=formatting.months(begins)) if begins else "."),
        tr(
            "Shaded: {percent} confidence interval. Whoever was chosen for rechallenge may differ in other ways: confounding by indication remains.",
            percent=percent,
        ),
        captions.SIMULATED if simulated else "",
    ]
    alt = [tr("Two panels of survival after progression on the first ICI, by rechallenge."), finding]
    for model, name in ((NAIVE, tr("Naive")), (SIMON_MAKUCH, tr("Exposed from rechallenge on"))):
        alt.append(
            tr("{name}: {model}, rechallenged against not.", name=name, model=_lower(_median_words(data, model)))
        )
    alt += [
        named(name, _lower(hazard_words(row))) for name, row in ((tr("Naive"), naive), (tr("Time-dependent"), changing))
    ]
    return Words(IMMORTAL_TITLE, paragraph(caption), paragraph(alt))


@dataclass(frozen=True)
class Stack:
    """The incidences of one endpoint, with the results at a landmark per cause."""

    heading: str
    curves: dict[str, pd.DataFrame]
    at: float
    shown: dict[str, Result]
    n: float
    in_steps: bool = False


def _incidence(given: Given) -> Drawn:
    stacks = incidence_data(given)
    if not stacks:
        return Drawn(INCIDENCE, INCIDENCE_TITLE, reason=tr("There was no progression and no death without it."))
    text = incidence_words(stacks, bool(given.note))
    return Drawn(
        INCIDENCE, text.title, lambda: incidence_figure(stacks, given.width_mm, given.note), text,
        vector_reveals_times=True,
    )  # fmt: skip


def incidence_data(given: Given) -> list[Stack]:
    """Collect the overall incidences on the first ICI and after rechallenge, those that there are."""
    found: list[Stack] = []
    if given.incidence is None or not len(given.incidence):
        return found
    for endpoint, population, heading in PANELS:
        own = given.incidence[
            (given.incidence["analysis"] == "main")
            & (given.incidence["endpoint"] == endpoint)
            & (given.incidence["population"] == population)
            & (given.incidence["term"] == "overall")
        ]
        if not len(own):
            continue
        curves = {
            cause: own[own["cause"] == cause].sort_values("time_months", kind="stable")
            for cause in sorted(set(own["cause"]), key=lambda name: list(CAUSES).index(name) if name in CAUSES else 9)
        }
        at, shown = _latest(given.table, endpoint, population, list(curves))
        n = float(next(iter(curves.values()))["at_risk"].iloc[0])
        found.append(Stack(heading, curves, at, shown, n, given.in_steps))
    return found


def _latest(table: pd.DataFrame, endpoint: str, population: str, causes: list[str]) -> tuple[float, dict[str, Result]]:
    """The results of every cause at the latest landmark at which they are known."""
    own = table[
        (table["analysis"] == "main") & (table["endpoint"] == endpoint) & (table["population"] == population)
        & (table["term"] == "overall") & (table["statistic"] == "cumulative_incidence") & table["estimate"].notna()
    ]  # fmt: skip
    if not len(own):
        return np.nan, {}
    at = float(own["at"].max())
    chosen = own[own["at"] == at]
    rows = {cause: results.first(chosen, model=f"cumulative_incidence|{cause}") for cause in causes}
    return at, {cause: row for cause, row in rows.items() if row is not None}


def cause_words(cause: str) -> str:
    """Return the words for what ended progression-free survival."""
    known = {
        "progression": tr("Progression"),
        "death": tr("Death without progression"),
        "new_therapy": tr("New systemic therapy"),
    }
    return known.get(cause) or words.plain(cause)


def _share(row: Result) -> str:
    said = formatting.percent(100 * row.estimate, row.n)
    if formatting.missing(row.lower):
        return said
    bounds = [formatting.percent(100 * bound, row.n) for bound in (row.lower, row.upper)]
    return f"{said} ({interval(formatting.interval(*bounds))})"


def incidence_figure(stacks: list[Stack], width_mm: float, note: str) -> Figure:
    """Draw the stacked incidences of each endpoint, with the shares at the landmark."""
    curves = [curve for stack in stacks for curve in stack.curves.values()]
    ticks = month_ticks(max(float(curve["time_months"].max()) for curve in curves), most=6)
    panels = []
    for stack in stacks:
        heading = (
            tr("{heading}, by {at} months", heading=stack.heading, at=f"{stack.at:g}") if stack.shown else stack.heading
        )
        lines = [f"{cause_words(cause)} {_share(row)}" for cause, row in stack.shown.items()]
        first = next(iter(stack.curves.values()))
        time, at_risk = (first[name].to_numpy("float64") for name in ("time_months", "at_risk"))
        numbers = np.concatenate([at_risk, [np.nan if stack.in_steps else 0.0]])[
            np.searchsorted(time, np.array(ticks) - 1e-8, side="left")
        ]
        under = AtRisk(tr("Without an event"), style.BLACK, tuple(map(float, numbers)))
        panels.append(Panel(heading, tuple(lines), _Stacked(stack.curves), (under,)))
    causes = dict.fromkeys(cause for stack in stacks for cause in stack.curves)
    keys = [Key(cause_words(cause), CAUSES.get(cause, style.PURPLE)) for cause in causes]
    axis = Axis(tuple(ticks), tr("Months from the start of treatment"), tr("Cumulative incidence (%)"))
    return paired_figure(panels, keys, axis, width_mm, note)


@dataclass(frozen=True)
class _Stacked:
    """Draws the incidences of the causes on top of one another."""

    curves: dict[str, pd.DataFrame]

    def __call__(self, axes: Axes) -> None:
        below: np.ndarray | None = None
        for cause, curve in self.curves.items():
            time = curve["time_months"].to_numpy("float64")
            height = 100 * curve["incidence"].to_numpy("float64")
            if not height.any():
                continue
            base = np.zeros(len(height)) if below is None else below
            top = base + height
            colour = CAUSES.get(cause, style.PURPLE)
            axes.fill_between(time, base, top, step="post", color=colour, alpha=0.55, linewidth=0, zorder=1)
            axes.step(time, top, where="post", color=colour, linewidth=1.2, zorder=3, clip_on=False)
            below = top


def incidence_words(stacks: list[Stack], simulated: bool) -> Words:
    """The shares of each cause at the landmark, on the first ICI and after rechallenge."""
    sizes = tr("; ").join(
        tr("{heading}, n = {n}", heading=_lower(stack.heading), n=formatting.count(stack.n)) for stack in stacks
    )
    caption = [
        tr(
            "{incidence_title} (Aalen-Johansen; {sizes}), stacked: the white above is the share without either.",
            incidence_title=INCIDENCE_TITLE,
            sizes=sizes,
        ),
        tr("Each event ends the time of the other; censoring one as if it could still happen would overstate both."),
        tr("With confidence intervals in the headings."),
        captions.SIMULATED if simulated else "",
    ]
    alt = [tr("Stacked cumulative incidences in two panels.")]
    for stack in stacks:
        shares = [f"{_lower(cause_words(cause))} {_share(row)}" for cause, row in stack.shown.items()]
        n = formatting.count(stack.n)
        alt.append(
            tr(
                "{heading} (n = {n}), by {at} months: {shares}.",
                heading=stack.heading,
                n=n,
                at=f"{stack.at:g}",
                shares=listed(shares),
            )
        )
    return Words(INCIDENCE_TITLE, paragraph(caption), paragraph(alt))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
