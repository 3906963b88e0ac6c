"""From the first ICI over what was given between to rechallenge: an alluvial plot with counts.

Small nodes are joined (`figures.smallest_group`), and a ribbon of fewer patients bears no number.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rechallenge import formatting, words
from rechallenge.figures import style
from rechallenge.figures.captions import SIMULATED, Words
from rechallenge.figures.drawn import Drawn
from rechallenge.language import N_, tr
from rechallenge.punctuation import listed, named, paragraph

NAME: Final = "treatment_course"
TITLE: Final = N_("Treatments of the rechallenged: first ICI, between, rechallenge")
STAGES: Final = (N_("First ICI"), N_("Between"), N_("Rechallenge"))
OTHER: Final = N_("Other")
NOTHING: Final = N_("None")
SYSTEMIC: Final = N_("Systemic")
LOCAL: Final = N_("Local")
BOTH: Final = N_("Systemic and local")
# Of what was given between: words and colour, in the order of drawing.
BETWEEN: Final = {
    NOTHING: style.GREY,
    SYSTEMIC: style.BLUE,
    LOCAL: style.GREEN,
    BOTH: style.PURPLE,
    OTHER: style.BLACK,
}
TWO: Final = "chemotherapy_and_anti_angiogenic"
_PARTNERS: Final = {
    "monotherapy": N_("alone"),
    "chemotherapy": N_("+ chemotherapy"),
    "anti_angiogenic": N_("+ anti-angiogenic"),
    TWO: N_("+ both"),
    "dual_ici": N_("+ second ICI"),
}
_BAR, _RIBBONS, _ALPHA = 2.6, 62.0, 0.38


@dataclass(frozen=True)
class Course:
    """Patients by the three stages; a path is (first ICI, between, rechallenge), a node (stage, words)."""

    paths: dict[tuple[str, str, str], int]
    smallest: int

    @property
    def n(self) -> int:
        return sum(self.paths.values())

    def nodes(self, stage: int) -> dict[str, int]:
        """Return the nodes of a stage with their patients, in the order of drawing."""
        counts: Counter[str] = Counter()
        for path, number in self.paths.items():
            counts[path[stage]] += number
        known = list(BETWEEN)
        if stage == 1:
            return {name: counts[name] for name in sorted(counts, key=known.index)}
        order = sorted(counts, key=lambda name: (name == OTHER, -counts[name], name))
        return {name: counts[name] for name in order}

    def moves(self, stage: int) -> dict[tuple[str, str], int]:
        """Return the patients who go from each node of a stage to each of the next."""
        counts: Counter[tuple[str, str]] = Counter()
        for path, number in self.paths.items():
            counts[path[stage], path[stage + 1]] += number
        return dict(counts)


def course_data(classified: pd.DataFrame, course: pd.DataFrame | None, smallest: int) -> Course:
    """Return who went where, over the patients of the rechallenge set.

    `course` has interval_treatment_systemic and interval_treatment_local of each patient; without it, what lies
    between is what the study counts as interval treatment.
    """
    rows = classified[classified["eligible"].fillna(False).astype(bool)]
    first = [words.plain(words.text_of(drug)) or tr("Not recorded") for drug in rows["first_ici_drug"]]
    stages = [first, _between(rows, course), [_again(*pair) for pair in rows[["same_ici", "rechallenge_type"]].values]]
    joined = [_joined(names, smallest) for names in stages]
    return Course(dict(sorted(Counter(zip(*joined, strict=True)).items())), smallest)


def _between(rows: pd.DataFrame, course: pd.DataFrame | None) -> list[str]:
    if course is None:
        given = rows["interval_treatment"].map(words.text_of).eq("true")
        return [SYSTEMIC if was else NOTHING for was in given]
    found = course.set_index("patient_id").reindex(rows["patient_id"])
    systemic, local = (found[f"interval_treatment_{kind}"].eq(True) for kind in ("systemic", "local"))
    names = {(False, False): NOTHING, (True, False): SYSTEMIC, (False, True): LOCAL}
    return [names.get((bool(s), bool(lo)), BOTH) for s, lo in zip(systemic, local, strict=True)]


def _again(same: object, kind: object) -> str:
    ici = {"true": tr("Same ICI"), "false": tr("Other ICI")}.get(words.text_of(same), "ICI")
    text = words.text_of(kind)
    return f"{ici} {_PARTNERS.get(text) or '+ ' + words.plain(text).lower() if text else ''}".strip()


def _joined(names: list[str], smallest: int) -> list[str]:
    """Names of fewer than `smallest` patients become OTHER; so does the next one while OTHER itself is too small."""
    counts = Counter(names)
    rising = sorted(counts, key=lambda name: (counts[name], name))
    other: set[str] = set()
    for name in rising:
        together = sum(counts[each] for each in other)
        if counts[name] < smallest or (other and together < smallest):
            other.add(name)
    if len(other) < 2 and not any(counts[name] < smallest for name in other):
        return names
    return [OTHER if name in other else name for name in names]


def drawn(
    classified: pd.DataFrame, course: pd.DataFrame | None, smallest: int, width_mm: float, note: str, nobody: str
) -> Drawn:
    """Return the figure with its words."""
    data = course_data(classified, course, smallest)
    if not data.n:
        return Drawn(NAME, TITLE, reason=nobody)
    if data.n < smallest:
        return Drawn(
            NAME,
            TITLE,
            reason=tr("Fewer than {smallest} patients were rechallenged (figures.smallest_group).", smallest=smallest),
        )
    return Drawn(
        NAME, TITLE, lambda: course_figure(data, width_mm, note), course_words(data, bool(note)), own_counts=True
    )


def course_words(data: Course, simulated: bool) -> Words:
    """Caption: what the ribbons are. Text alternative: every node with its patients, and the largest moves."""
    other = any(OTHER in data.nodes(stage) for stage in range(3))
    caption = [
        tr(
            "{title} (n = {n}). Ribbons are as thick as the patients are many, in the colour of the treatment between.",
            title=TITLE,
            n=data.n,
        ),
        tr(
            "Between: any systemic treatment that is no ICI, or local therapy, after the first ICI and before rechallenge."
        ),
        tr("Both: chemotherapy and an anti-angiogenic drug.")
        if any(str(_PARTNERS[TWO]) in name for name in data.nodes(2))
        else "",
        tr("Other: what fewer than {smallest} patients had, joined.", smallest=data.smallest) if other else "",
        tr("Ribbons of fewer than {smallest} patients bear no number.", smallest=data.smallest)
        if data.smallest > 1
        else "",
        SIMULATED if simulated else "",
    ]
    alt = [tr("Alluvial plot of {n} rechallenged patients.", n=data.n)]
    for stage, heading in enumerate(STAGES):
        alt.append(named(heading, listed(f"{name} {number}" for name, number in data.nodes(stage).items())))
    largest = sorted(data.moves(1).items(), key=lambda item: (-item[1], item[0]))[:1]
    alt += [
        tr("The largest group after the treatment between: {a} to {b}, {k} patients.", a=a, b=b, k=k)
        for (a, b), k in largest
        if k >= data.smallest
    ]
    return Words(TITLE, paragraph(caption), paragraph(alt))


@dataclass(frozen=True)
class _Node:
    top: float
    height: float


def course_figure(data: Course, width_mm: float = style.TWO_COLUMNS_MM, note: str = "") -> Figure:
    """Draw the plot: words beside the bars, those of the middle stage above them. Call in `style.look()`."""
    size = style.size_for(width_mm)
    stages = [data.nodes(stage) for stage in range(3)]
    most = (0.29 if size.narrow else 0.36) * width_mm
    said = [
        {
            name: style.wrapped(_said(name, k), most if stage != 1 else 0.2 * width_mm, size.small, 3)
            for name, k in nodes.items()
        }
        for stage, nodes in enumerate(stages)
    ]
    left, right = (
        max(style.width_of(line, size.small) for lines in said[at].values() for line in lines) + 3.5 for at in (0, 2)
    )
    gap = size.line * (0.25 + max(len(lines) for nodes in said for lines in nodes.values()))
    scale = _RIBBONS / data.n
    head = 2.6 * size.line
    body = _RIBBONS + gap * (max(map(len, stages)) - 1)
    height = head + body + size.line * (1.8 if note else 0.6)
    sheet = style.Sheet.blank(width_mm, height)
    axes = sheet.axes(0, 0, width_mm, height)
    axes.set_axis_off()
    axes.set_xlim(0, width_mm)
    axes.set_ylim(height, 0)
    bars = [left, (left + width_mm - right - _BAR) / 2, width_mm - right - _BAR]
    places = [_places(nodes, head, body, gap, scale) for nodes in stages]
    for x, text, align in zip(
        (2.0, bars[1] + _BAR / 2, width_mm - 2), STAGES, ("left", "center", "right"), strict=True
    ):
        sheet.text(x, 0.8 * size.line, text, size.text, ha=align, weight="bold")
    for stage in (0, 1):
        _ribbons(sheet, axes, data, stage, bars, places, scale, size)
    for stage, nodes in enumerate(stages):
        for name in nodes:
            node = places[stage][name]
            colour = BETWEEN[name] if stage == 1 else style.BLACK
            axes.add_patch(
                Rectangle((bars[stage], node.top), _BAR, node.height, facecolor=colour, linewidth=0, zorder=3)
            )
            lines = said[stage][name]
            y = node.top + node.height / 2 - size.line * (len(lines) - 1) / 2
            if stage == 1:
                for up, text in enumerate(reversed(lines)):
                    y = node.top - (0.6 + up) * size.line
                    sheet.text(bars[1] + _BAR / 2, y, text, size.small, ha="center", zorder=5)
                continue
            at, align = (bars[0] - 1.5, "right") if stage == 0 else (bars[2] + _BAR + 1.5, "left")
            for text in lines:
                sheet.text(at, y, text, size.small, ha=align)
                y += size.line
    if note:
        sheet.text(width_mm - 2, height - 0.6 * size.line, note, size.small, ha="right", color=style.GREY)
    return sheet.figure


def _said(name: str, number: int) -> str:
    return tr("{name}, {count}", name=name, count=formatting.count(number))


def _places(nodes: dict[str, int], top: float, body: float, gap: float, scale: float) -> dict[str, _Node]:
    """The nodes of a stage, centred in the body."""
    used = sum(nodes.values()) * scale + gap * (len(nodes) - 1)
    y = top + (body - used) / 2
    found = {}
    for name, number in nodes.items():
        found[name] = _Node(y, number * scale)
        y += number * scale + gap
    return found


def _ribbons(
    sheet: style.Sheet,
    axes: Axes,
    data: Course,
    stage: int,
    bars: list[float],
    places: list[dict[str, _Node]],
    scale: float,
    size: style.Size,
) -> None:
    """The ribbons from a stage to the next; on each node they stand in the order of the other side."""
    moves = data.moves(stage)
    start, stop = places[stage], places[stage + 1]
    order = [(a, b) for a in start for b in stop if (a, b) in moves]
    out = {name: node.top for name, node in start.items()}
    into = {name: node.top for name, node in stop.items()}
    for a, b in order:
        thick = moves[a, b] * scale
        y0, y1 = out[a] + thick / 2, into[b] + thick / 2
        out[a] += thick
        into[b] += thick
        colour = BETWEEN[b if stage == 0 else a]
        style.ribbon(
            axes, (bars[stage] + _BAR, y0), (bars[stage + 1], y1), thick, facecolor=colour, alpha=_ALPHA, zorder=1
        )
        if moves[a, b] >= data.smallest and thick >= size.small * style.MM_PER_POINT:
            # Numbers stand at the outer ends, where ribbons do not cross.
            x, y, align = (bars[0] + _BAR + 1, y0, "left") if stage == 0 else (bars[2] - 1, y1, "right")
            sheet.text(x, y, formatting.count(moves[a, b]), size.small, ha=align, zorder=4)
