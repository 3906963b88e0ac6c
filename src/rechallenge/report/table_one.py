"""Table 1 from the rows of estimates.csv whose model is `table1` (all patients) or `table1|term=level` (a column)."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Final, Literal

import pandas as pd

from rechallenge import formatting as f
from rechallenge.language import N_, tr
from rechallenge.method_words import method_words
from rechallenge.punctuation import separated, then
from rechallenge.report import words
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.sentences import literal, names_in
from rechallenge.report.sheets import EMPTY, Row, Sheet, one
from rechallenge.results import prepared

MODEL: Final = "table1"
PART_OF_DEFINITION: Final = N_("part of the definition")
PATIENTS: Final = "patients"  # the term of a column's size
_NUMERIC: Final = ("median", "mean")
_POPULATIONS: Final = ("rechallenge", "progressed", "first_ici")


def table_one(
    estimates: pd.DataFrame, numbers: Numbers, labels: Mapping[str, str] | None = None, analysis: str = "main"
) -> Sheet | None:
    """Return Table 1 of an analysis, or None where estimates hold none.

    It describes the rechallenge set, or the first-ICI set where nobody was rechallenged. A numeric covariate is
    "median (q1 to q3)", a category "n (%)", missing values a row of their own and in no denominator.
    """
    frame = prepared(estimates)
    own = frame[(frame["analysis"] == analysis) & frame["model"].str.split("|").str[0].eq(MODEL)]
    population = next((name for name in _POPULATIONS if (own["population"] == name).any()), None)
    if population is None:
        return None
    own = own[own["population"] == population]
    columns = list(dict.fromkeys(own["model"]))
    columns.sort(key=lambda model: model != MODEL)
    key = {"analysis": analysis, "population": population}
    rows: list[Row] = []
    left_out = _left_out(own)
    for term, part in own[~own["term"].isin(left_out)].groupby("term", sort=False):
        rows += _rows_of_term(str(term), part, columns, key, numbers, labels)
    if not rows:
        return None
    head = (tr("Characteristic"), *(_heading(model, key, numbers) for model in columns), "P")
    if not any(row.cells[-1] for row in rows):
        head, rows = head[:-1], [Row(row.label, row.cells[:-1], row.kind) for row in rows]
    return Sheet("table1", _caption(population), head, tuple(rows), _notes(own, rows, numbers))


def _left_out(own: pd.DataFrame) -> set[str]:
    """Terms that are no line of the table: its size, what defines its columns, and what another line says finer."""
    by = {model.partition("|")[2].partition("=")[0] for model in own["model"]} - {""}
    finer = {"histology_group"} if (own["term"] == "histology").any() else set()
    return {PATIENTS} | by | finer


def _caption(population: str) -> str:
    return tr("Characteristics of the patients ({words})", words=words.POPULATIONS.get(population, population))


def _heading(model: str, key: Mapping[str, str], numbers: Numbers) -> str:
    _, _, group = model.partition("|")
    term, _, level = group.partition("=")
    label = literal(words.level(term, level)) if group else tr("All")
    name = name_of({**key, "model": model, "term": PATIENTS, "statistic": "n"})
    return f"{label} (n = {{{name}}})" if name in numbers else label


def _rows_of_term(
    term: str,
    part: pd.DataFrame,
    columns: list[str],
    key: Mapping[str, str],
    numbers: Numbers,
    labels: Mapping[str, str] | None,
) -> list[Row]:
    label = words.term(term, labels)
    p_name = name_of({**key, "model": MODEL, "term": term, "statistic": "p"})
    p_cell = f"{{{p_name}}}" if p_name in numbers else definitional(part)

    def name(model: str, statistic: str, level: str = "") -> str:
        return name_of({**key, "model": model, "term": term, "level": level, "statistic": statistic})

    rows: list[Row] = []
    centre = next((statistic for statistic in _NUMERIC if (part["statistic"] == statistic).any()), None)
    if centre:
        summary = tr("median (quartiles)") if centre == "median" else tr("mean (SD)")
        cells = tuple(_numeric_cell(partial(name, model), centre, numbers) for model in columns)
        rows.append(Row(then(label, summary), (*cells, p_cell)))
    levels = words.ordered(term, [level for level in dict.fromkeys(part["level"]) if level and level != "missing"])

    def categories(level: str) -> tuple[str, ...]:
        return tuple(
            _category_cell(name(model, "n", level), name(model, "percent", level), numbers) for model in columns
        )

    yes = next((level for level in levels if level in words.YES), "")
    if yes and set(levels) <= {*words.YES, *words.NO}:
        rows.append(Row(label, (*categories(yes), p_cell)))
    elif not levels and not centre:
        return _not_recorded(tr("{label}, not recorded", label=label), name, columns, numbers)
    elif not centre:
        rows.append(Row(label, (*("" for _ in columns), p_cell), "group"))
        rows += [Row(words.level(term, level), (*categories(level), ""), "level") for level in levels]
    found = _not_recorded(tr("Not recorded"), name, columns, numbers, "level")
    return rows + [row for row in found if any(numbers[item]["raw"] for cell in row.cells for item in names_in(cell))]


def _not_recorded(
    label: str, name: Callable[..., str], columns: list[str], numbers: Numbers, kind: Literal["data", "level"] = "data"
) -> list[Row]:
    """The line that counts the patients without a value (the column of P stays empty)."""
    cells = (one(name(model, "missing"), numbers) for model in columns)
    return [Row(label, (*cells, ""), kind)]


def _numeric_cell(name: Callable[[str], str], centre: str, numbers: Numbers) -> str:
    """The cell of a numeric covariate; `name` gives the name of a statistic."""
    if name(centre) not in numbers:
        return EMPTY
    if centre == "mean":
        return f"{{{name('mean')}}} ({{{name('sd')}}})" if name("sd") in numbers else f"{{{name('mean')}}}"
    if name("q1") in numbers and name("q3") in numbers:
        return tr("{{name}} ({{name_2}} to {{name_3}})", name=name("median"), name_2=name("q1"), name_3=name("q3"))
    return f"{{{name('median')}}}"


def _category_cell(n: str, percent: str, numbers: Numbers) -> str:
    if n not in numbers:
        return EMPTY
    return f"{{{n}}} ({{{percent}}})" if percent in numbers else f"{{{n}}}"


def definitional(rows: pd.DataFrame) -> str:
    """Return the cell of a comparison that is not made, because the covariate defines the classes; else nothing."""
    untested = rows[rows["estimate"].isna() & rows["statistic"].isin(["p", "not_fitted"])]
    return PART_OF_DEFINITION if untested["method"].str.contains(PART_OF_DEFINITION, regex=False).any() else ""


def _adds_up(rows: list[Row], numbers: Numbers) -> bool:
    """Tell whether the printed percentages of each variable add up to 100 in every column."""
    sums: dict[int, Decimal] = {}
    for row in [*rows, Row("", (), "group")]:
        if row.kind != "level":
            if any(total != 100 for total in sums.values()):
                return False
            sums = {}
        for place, cell in enumerate(row.cells if row.kind == "level" else ()):
            shares = [name for name in names_in(cell) if name.endswith("percent") and name in numbers]
            for name in shares:
                if f.missing(numbers[name]["raw"]):
                    continue
                digits = str(numbers[name]["text"]).strip("<>%").replace("·", ".")
                sums[place] = sums.get(place, Decimal(0)) + Decimal(digits)
    return True


def _moved(rows: list[Row], numbers: Numbers) -> bool:
    """Tell whether a percentage was not rounded to the nearest, so that those of its variable add up."""
    names = (name for row in rows for cell in row.cells for name in names_in(cell) if name.endswith("percent"))
    return any(
        numbers[name]["text"] != f.percent(numbers[name]["raw"], _denominator(name, numbers))
        for name in names
        if name in numbers and not f.missing(numbers[name]["raw"])
    )


def _denominator(name: str, numbers: Numbers) -> float:
    """The number of patients of a percentage, from the count that stands beside it."""
    count, share = (float(numbers[one]["raw"]) for one in (name.removesuffix("percent") + "n", name))
    return 100 * count / share if share else 0.0


def _notes(own: pd.DataFrame, rows: list[Row], numbers: Numbers) -> tuple[str, ...]:
    methods = sorted({method for method in own.loc[own["statistic"] == "p", "method"] if method})
    notes = [tr("Values are n (%) unless stated otherwise; percentages are of the patients with a recorded value.")]
    if not _adds_up(rows, numbers):
        notes.append(tr("Percentages of a variable may not add up exactly because of rounding; the counts do."))
    elif _moved(rows, numbers):
        notes.append(
            tr("Percentages are rounded so that those of a variable add up to 100; some are therefore not the nearest.")
        )
    if any(PART_OF_DEFINITION in row.cells for row in rows):
        notes.append(tr("No P value is given where a variable is part of the definition of the columns."))
    if any(EMPTY in row.cells for row in rows):
        notes.append(tr("{empty}: none.", empty=EMPTY))
    if methods:
        notes.append(
            literal(
                tr(
                    "P: {methods}. Descriptive; no adjustment for the number of comparisons.",
                    methods=separated(map(method_words, methods)),
                )
            )
        )
    return tuple(notes)
