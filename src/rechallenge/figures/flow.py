"""The boxes of the flow diagram: every patient of the extract is in one, and they add up.

Counts come from the attrition frame (and from classes counted on the same patients), positions from the number of
lines of text. `flow_figure` draws the boxes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from rechallenge.figures import style
from rechallenge.formatting import WITHHELD, missing, percent
from rechallenge.language import N_, tr
from rechallenge.punctuation import paragraph
from rechallenge.words import EXCLUDED, LEVELS, pieces, plain

# After these criteria stands a box of those who remain: the populations of the study.
STAGES: Final = {
    "first_ici_in_window": N_("First ICI monotherapy in the study window"),
    "index_progression": N_("Progressed on first ICI"),
}
EXTRACT: Final = N_("Patients in the extract")
ELIGIBLE: Final = N_("Rechallenge set")
# Classes that are called a resistance; the words of the others stand alone.
RESISTANT: Final = ("acquired", "primary")
NO_PROGRESSION: Final = N_("No progression on the first ICI")
LEFT_OUT: Final = N_("Left out of this analysis: no class of resistance")

# In units of the drawing: on a phone 360 points wide the text is 10 points high, and a page holds the whole.
WIDTH: Final = 560
FONT: Final = 16
LINE: Final = 20
PAD: Final = 8
GAP: Final = 10
MAIN: Final = (8, 214)
SIDE: Final = (246, 306)
# More classes than this stand below one another: side by side their words would not fit.
ABREAST: Final = 3
INDENT: Final = 32


@dataclass(frozen=True)
class Box:
    """One box with its lines of text; its last line is the count, in bold, and what is said of it."""

    x: int
    y: int
    width: int
    lines: tuple[str, ...]
    count: str
    remark: str
    kind: str

    @property
    def height(self) -> int:
        return 2 * PAD + LINE * (len(self.lines) + 1)

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    @property
    def centre(self) -> int:
        return self.y + self.height // 2


@dataclass(frozen=True)
class Step:
    """One row of the attrition after the extract."""

    criterion: str
    excluded: float
    remaining: float
    not_evaluable: float


def steps_of(attrition: pd.DataFrame) -> list[Step]:
    """Return the steps after the extract."""
    columns = (attrition[name].iloc[1:].tolist() for name in Step.__dataclass_fields__)
    return [
        Step(str(name), float(out), float(left), float(unknown))
        for name, out, left, unknown in zip(*columns, strict=True)
    ]


def check(attrition: pd.DataFrame, classes: Mapping[str, int] | None = None) -> None:
    """Raise ValueError unless every step's counts follow from the one before, and the classes from the last.

    A flow of which numbers are withheld cannot be checked.
    """
    if attrition[["excluded", "remaining", "not_evaluable"]].isna().any(axis=None):
        return
    excluded, remaining = attrition["excluded"].astype("int64"), attrition["remaining"].astype("int64")
    if not len(attrition) or attrition["criterion"].iloc[0] != "extract" or excluded.iloc[0] != 0:
        raise ValueError("The attrition does not begin with the extract.")
    wrong = remaining.ne(remaining.shift(1, fill_value=remaining.iloc[0]) - excluded)
    if wrong.any():
        steps = ", ".join(attrition.loc[wrong, "criterion"].astype(str))
        raise ValueError(f"The attrition does not add up at: {steps}.")
    if ((attrition["not_evaluable"] > excluded) | (excluded < 0)).any():
        raise ValueError("A step of the attrition has more patients who could not be evaluated than it excludes.")
    if classes and sum(classes.values()) != remaining.iloc[-1]:
        raise ValueError(
            f"The classes hold {sum(classes.values())} patients, the rechallenge set {remaining.iloc[-1]}."
        )


def class_counts(classified: pd.DataFrame) -> dict[str, int]:
    """Return how many patients of the rechallenge set are in each class of resistance, for the last boxes.

    Every class that occurs is counted, in the order of the words, and so are those whom the analysis leaves out for
    want of a class (`analysis_exclusion`): the counts add up to the last step of the attrition. A missing class is
    that of a patient without index progression, where the study does not ask for one.
    """
    left_out = classified["analysis_exclusion"].notna()
    inside = classified.loc[classified["eligible"].astype(bool) & ~left_out, "resistance"]
    found = inside.value_counts()
    order = [
        *(name for name in LEVELS["resistance"] if name in found),
        *sorted(set(found.index) - set(LEVELS["resistance"])),
    ]
    counts = {_class_words(name): int(found[name]) for name in order}
    others = {NO_PROGRESSION: int(inside.isna().sum()), LEFT_OUT: int(left_out.sum())}
    return counts | {words: number for words, number in others.items() if number}


def _class_words(name: str) -> str:
    if name in RESISTANT:
        return tr("{class} resistance", **{"class": plain(name)})
    return str(LEVELS["resistance"].get(name, plain(name)))


def description(attrition: pd.DataFrame, classes: Mapping[str, int] | None = None) -> str:
    """Return the diagram as sentences, for screen readers."""
    said = [tr("{box}: n = {n}.", box=EXTRACT, n=told(attrition["remaining"].iloc[0]))]
    for row in steps_of(attrition):
        parts = {"why": why(row.criterion), "excluded": told(row.excluded), "remaining": told(row.remaining)}
        if row.not_evaluable:
            said.append(
                tr(
                    "{why}: {excluded} excluded, {not_evaluable} of them not evaluable, {remaining} remain.",
                    not_evaluable=told(row.not_evaluable),
                    **parts,
                )
            )
        else:
            said.append(tr("{why}: {excluded} excluded, {remaining} remain.", **parts))
    boxes = {str(ELIGIBLE): attrition["remaining"].iloc[-1], **(classes or {})}
    said += [tr("{box}: n = {n}.", box=name, n=told(number)) for name, number in boxes.items()]
    return paragraph(said)


def told(number: float) -> str:
    """Return a number of patients, or that it is withheld."""
    return str(WITHHELD) if missing(number) else str(int(number))


def why(criterion: str) -> str:
    """Return the words for those whom a criterion excludes."""
    return str(EXCLUDED.get(criterion, "")) or plain(criterion)


def layout(attrition: pd.DataFrame, classes: Mapping[str, int]) -> tuple[list[Box], list[str]]:
    """Return the boxes, and the paths ("M107 30V64H246") that join them, in units of the drawing."""
    steps = steps_of(attrition)
    boxes = [_main_box(10, EXTRACT, attrition["remaining"].iloc[0])]
    joints: list[str] = []
    above = boxes[0]
    y = above.y + above.height + GAP
    for row in steps:
        side = _side_box(y, why(row.criterion), row.excluded, row.not_evaluable)
        boxes.append(side)
        joints.append(f"M{above.middle} {side.centre}H{side.x}")
        y = side.y + side.height + GAP
        if row.criterion in STAGES and row.criterion != steps[-1].criterion:
            above = _stage(boxes, joints, above, y, STAGES[row.criterion], row.remaining)
            y = above.y + above.height + GAP
    last = _stage(boxes, joints, above, y, ELIGIBLE, attrition["remaining"].iloc[-1])
    if classes and attrition["remaining"].iloc[-1]:
        draw = _class_boxes if len(classes) <= ABREAST else _class_list
        draw(boxes, joints, last, classes)
    return boxes, joints


def _stage(boxes: list[Box], joints: list[str], above: Box, y: int, text: str, number: float) -> Box:
    box = _main_box(y, text, number)
    boxes.append(box)
    joints.append(f"M{above.middle} {above.y + above.height}V{box.y}")
    return box


def _main_box(y: int, text: str, number: float) -> Box:
    return Box(MAIN[0], y, MAIN[1], wrapped(str(text), MAIN[1] - 2 * PAD), f"n = {told(number)}", "", "main")


def _side_box(y: int, text: str, number: float, unknown: float) -> Box:
    remark = tr("({count} not evaluable)", count=told(unknown)) if unknown else ""
    return Box(SIDE[0], y, SIDE[1], wrapped(str(text), SIDE[1] - 2 * PAD), f"n = {told(number)}", remark, "side")


def _class_boxes(boxes: list[Box], joints: list[str], above: Box, classes: Mapping[str, int]) -> None:
    total = sum(classes.values())
    width = (WIDTH - 2 * MAIN[0] - GAP * (len(classes) - 1)) // len(classes)
    top, bottom = above.y + above.height, above.y + above.height + 3 * GAP
    texts = [wrapped(name, width - 2 * PAD) for name in classes]
    most = max(len(lines) for lines in texts)
    for at, (lines, number) in enumerate(zip(texts, classes.values(), strict=True)):
        filled = lines + ("",) * (most - len(lines))
        box = Box(MAIN[0] + at * (width + GAP), bottom, width, filled, f"n = {number}", _share(number, total), "main")
        boxes.append(box)
        joints.append(f"M{above.middle} {top}V{top + 3 * GAP // 2}H{box.middle}V{box.y}")


def _class_list(boxes: list[Box], joints: list[str], above: Box, classes: Mapping[str, int]) -> None:
    """The classes below one another, joined by a line down their left side."""
    total = sum(classes.values())
    left = above.x + INDENT
    width = WIDTH - MAIN[0] - left
    start, trunk = above.y + above.height, above.x + INDENT // 2
    y = start + GAP
    for name, number in classes.items():
        box = Box(left, y, width, wrapped(name, width - 2 * PAD), f"n = {number}", _share(number, total), "main")
        boxes.append(box)
        joints.append(f"M{trunk} {start}V{box.centre}H{box.x}")
        start = box.centre
        y = box.y + box.height + GAP


def _share(number: int, total: int) -> str:
    return f"({percent(100 * number / total, total)})"


def wrapped(text: str, room: float) -> tuple[str, ...]:
    """Return `text` in lines that fit the room; a word longer than a line is broken."""
    lines, current = [], ""
    for piece in pieces(text):
        if current and letter_width((current + piece).rstrip()) > room:
            lines.append(current.rstrip())
            current = ""
        current += piece if current else piece.lstrip()
        while letter_width(current.rstrip()) > room:
            fits = next(at for at in range(len(current), 0, -1) if letter_width(current[:at]) <= room)
            lines.append(current[:fits])
            current = current[fits:]
    return (*lines, current.rstrip()) if current.strip() else tuple(lines)


def letter_width(text: str) -> float:
    """Return the width of a line in units of the drawing, in the font of the figures: a wide one, so that the line
    fits in the fonts of a reader too, who sees the SVG.
    """
    return style.width_of(text, FONT) / style.MM_PER_POINT
