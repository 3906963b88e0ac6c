"""Published figures beside this study's own, and what the contradiction check says of both.

The verdicts are rows of estimates.csv (see `rechallenge.published.run`): nothing is tested or simulated here.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import pandas as pd

from rechallenge import formatting as f
from rechallenge import words as shared
from rechallenge.language import N_
from rechallenge.published.model import Figure, Published, Study, read_published
from rechallenge.published.quantities import Stated
from rechallenge.punctuation import listed
from rechallenge.report import words
from rechallenge.report.numbers import Numbers, name_of, number
from rechallenge.results import records

__all__ = ["Published", "comparison", "from_published", "own_contradictions", "read_published"]

MODEL: Final = "contradiction_check"
# The gravest first. Findings of the first two say that figures do not hold together.
VERDICTS: Final = {
    "impossible": N_("Impossible"),
    "improbable": N_("Improbable"),
    "observation": N_("Observation"),
    "not_checkable": N_("Not checkable"),
    "consistent": N_("Consistent"),
}
CONTRADICTIONS: Final = ("impossible", "improbable")


def _text(figure: Figure, value: Stated) -> str:
    text = "" if value is None else f.as_published(value)
    return f"{text}%" if text and figure.unit == "percent" else text


def _raw(value: Stated) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


def from_published(files: dict[str, Published]) -> Numbers:
    """Return `published.<file>.<figure>`, with `.ci` and `.p` where given, of the figures marked a, as published."""
    found: Numbers = {}
    for name, published in files.items():
        for study, figures in published.printable():
            for figure in figures:
                stem, source = f"published.{name}.{figure.id}", f"config/published/{name}.yaml#{study.name}/{figure.id}"
                if figure.value is not None:
                    found[stem] = number(_text(figure, figure.value), _raw(figure.value), source)
                if figure.lower is not None or figure.upper is not None:
                    bounds = [figure.lower, figure.upper]
                    text = f.interval(*(_text(figure, bound) for bound in bounds))
                    found[f"{stem}.ci"] = number(text, [_raw(bound) for bound in bounds], source)
                if figure.p is not None:
                    found[f"{stem}.p"] = number(f.as_published(figure.p), _raw(figure.p), source)
            if study.design:
                source = f"config/published/{name}.yaml#{study.name}/design"
                found[f"published.{name}.{study.name}.design"] = number(study.design, None, source)
    return found


def comparison(
    files: dict[str, Published], numbers: Numbers, estimates: pd.DataFrame | None = None
) -> list[dict[str, Any]]:
    """Return one block per file: its rows (published name, our name or "") and what is to be said of them.

    `reasons` are the notes that rows point to: contradictions, what the file explains, its remarks, gravest first;
    `checked` are the other verdicts. `estimates` (prepared) holds the verdicts; without it there are none.
    """
    verdicts = _verdicts(estimates, numbers)
    blocks = []
    for name, published in files.items():
        studies = published.printable()
        reasons, checked = _said(name, published, studies, verdicts)
        citations = sorted({(study.short, study.citation) for study, _ in studies})
        blocks.append(
            {
                "name": name,
                "title": published.title,
                "source": published.source,
                "many": len(studies) > 1,
                "rows": _rows(name, studies, numbers, reasons),
                "reasons": reasons,
                "checked": checked,
                "citations": citations,
            }
        )
    return blocks


def own_contradictions(estimates: pd.DataFrame, numbers: Numbers) -> dict[str, Any]:
    """Return whether this study's own figures were `checked`, and the `found` contradictions between them."""
    own = [
        {**item, "what": _what(analysis, term)}
        for (analysis, term), item in _verdicts(estimates, numbers).items()
        if term.startswith("study.")
    ]
    return {"checked": bool(own), "found": [item for item in _by_gravity(own) if item["verdict"] in CONTRADICTIONS]}


def _what(analysis: str, term: str) -> str:
    """Return the words for a check of this study's own figures: "study.p_value.PFS.rechallenge.resistance"."""
    kind, *place = term.removeprefix("study.").split(".", 3)
    said = [words.analysis(analysis), shared.plain(kind)]
    if len(place) == 3:
        endpoint, population, column = place
        said += [words.endpoint(endpoint), words.POPULATIONS.get(population, population), words.term(column)]
    else:
        said += [words.POPULATIONS.get(name, shared.plain(name)) for name in place]
    return listed(said)


def _rows(
    name: str, studies: list[tuple[Study, list[Figure]]], numbers: Numbers, reasons: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    return [
        {
            "study": study.short,
            "first": place == 0,
            "design": f"published.{name}.{study.name}.design" if study.design else "",
            "citation": study.citation,
            "label": figure.label,
            "unit": figure.unit,
            "range": figure.range,
            "published": f"published.{name}.{figure.id}",
            "ours": figure.number if figure.number in numbers else "",
            "ours_p": figure.number_p if figure.number_p in numbers else "",
            "comparable": bool(figure.number),
            "notes": [str(place) for place, item in enumerate(reasons, 1) if figure.id in item["ids"]],
        }
        for study, figures in studies
        for place, figure in enumerate(figures)
    ]


def _verdicts(estimates: pd.DataFrame | None, numbers: Numbers) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the verdicts by analysis and term, each with its sentence and the name of its probability, or ""."""
    if estimates is None:
        return {}
    found = {}
    for row in records(estimates[estimates["model"].eq(MODEL)]):
        probability = name_of(row)
        found[str(row["analysis"]), str(row["term"])] = {
            "analysis": row["analysis"],
            "term": row["term"],
            "verdict": row["level"],
            "words": VERDICTS[str(row["level"])],
            "sentence": f.in_words(row["method"]),
            "estimate_id": row["estimate_id"],
            "probability": probability if probability in numbers else "",
        }
    return found


def _by_gravity(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: list(VERDICTS).index(item["verdict"]))


def _said(
    name: str,
    published: Published,
    studies: list[tuple[Study, list[Figure]]],
    verdicts: dict[tuple[str, str], dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the notes and the other verdicts of a file; only of figures that may be printed."""
    labels = {figure.id: figure.label for _, figures in studies for figure in figures}
    shorts = {figure.id: study.short for study, figures in studies for figure in figures}
    found = []
    for relation in published.printable_checks():
        verdict = verdicts.get(("main", f"{name}.{relation.name}"))
        if verdict:
            named = {"ids": relation.figures, "figures": [labels[item] for item in relation.figures]}
            own = {
                "study": shorts[relation.figures[0]],
                "explanation": f.in_words(relation.explanation),
                "mark": relation.mark,
            }
            found.append({**verdict, **named, **own})
    ordered = _by_gravity(found)
    notes = [item for item in ordered if item["verdict"] in CONTRADICTIONS or item["explanation"]]
    remarks = [
        {
            "verdict": "",
            "ids": remark.figures,
            "figures": [labels[item] for item in remark.figures if item in labels],
            "explanation": f.in_words(remark.reason),
            "mark": remark.mark,
        }
        for remark in published.remarks
    ]
    return [*notes, *remarks], [item for item in ordered if item not in notes]
