"""The drug dictionary: what a cell of a drug column says, as INNs and classes.

A cell is compared exactly, after width, case, spaces, hyphens, brackets, doses, dosage forms and salts have been set
aside. Likeness is never used to resolve a cell: near names (卡瑞利珠 and 替雷利珠; 瑞普替尼 repotrectinib and 瑞派替尼
ripretinib) are different drugs. It only chooses the entries that a message shows beside an unresolved name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from rechallenge.errors import UserError, nearest
from rechallenge.sources.cells import as_text, folded, tidied
from rechallenge.sources.yaml_text import read_yaml
from rechallenge.tables import TEXT
from rechallenge.vocabulary import DRUG_CLASSES, INVESTIGATIONAL

CLASSES: Final = (*DRUG_CLASSES, INVESTIGATIONAL)
CLASS_WORD: Final = ", unspecified"
_KEYS: Final = ("class", "chinese", "names", "atc")
_ATC: Final = re.compile(r"[A-Z]\d\d[A-Z]{2}\d\d")
_ANTIBODY: Final = "单抗"
_SUGGESTIONS: Final = 3

# Longer separators first. Brackets separate too: "nivolumab (Opdivo)" names one drug twice.
_SEPARATOR: Final = re.compile(r"combined with|联合|联用|[+/、,;&()\[\]|和与]|\b(?:and|plus|with)\b", re.IGNORECASE)
_PUNCTUATION: Final = re.compile(r"[\s\-.,()\[\]'\"®™*·•_:]+")
_NOT_IN_WORD: Final = r"(?<![a-z0-9.\-])"
_PER: Final = r"(?:\s*/\s*(?:m2|kg|次|\d*\s*(?:day|week|dose|[dw日天周])s?))?"
_DOSE: Final = re.compile(
    _NOT_IN_WORD
    + r"\d+(?:\.\d+)?\s*(?:mg|mcg|[uμ]g|g|ml|iu|u|万单位|毫克|微克|克|毫升|支|瓶|粒|片)(?![a-z0-9])"
    + _PER,
    re.IGNORECASE,
)
_SCHEDULE: Final = re.compile(
    _NOT_IN_WORD
    + r"(?:q\d{1,2}\s*[dwh周天]|qd|qod|bid|tid|biw|ivgtt|iv|po|sc|d\d{1,2}(?:[-,~]d?\d{1,2})*|auc\s*=?\s*\d+(?:\.\d+)?"
    r"|[x×]\s*\d{1,2}(?:\s*(?:周期|cycles?|次))?|c\d{1,2}(?:-c?\d{1,2})?|\d+\s*(?:个周期|周期|cycles?|次))(?![a-z0-9])"
    r"|每\s*\d+\s*[周天日](?:一次|1次)?|第\s*\d+\s*天",
    re.IGNORECASE,
)
# How a drug was got or given, where a data manager writes it behind the name.
_REMARK: Final = re.compile(
    r"\((?:临床试验|临床研究|clinical trial|trial|外院|自费|赠药|原研|国产|进口|仿制|口服|静滴)\)", re.IGNORECASE
)
_SALT: Final = re.compile(
    r"\b(?:hydrochloride|hcl|dihydrochloride|mesylate|dimaleate|maleate|disodium|sodium|ditosylate|tosylate|malate|smalate"
    r"|phosphate|calcium|citrate|dihydrate|monohydrate|anhydrous|sulfate|sulphate|tartrate|acetate|fumarate|esylate"
    r"|for injection|injection|solution|infusion|tablets?|capsules?|intravenous|oral|monotherapy)\b"
    r"|^(?:注射用|口服)?\s*(?:盐酸|二?马来酸|对?甲苯磺酸|甲磺酸|枸橼酸|苹果酸|酒石酸|磷酸|硫酸|醋酸|富马酸|琥珀酸)"
    r"|^(?:注射用|口服)"
    r"|(?:肠溶|软|分散)?(?:注射液|注射剂|粉针剂?|胶囊|颗粒|片|口服液)$"
    r"|(?:二钠|钠|钙)?(?:单药|维持)?(?:治疗|方案)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Resolved:
    """What the cells of a drug column say.

    `rows`: one row per drug of a cell, in the order written: cell (position in the column), drug (INN), drug_class,
    drug_raw (the whole cell). A part that is in no entry stands there too, as written and without a class, so that
    it is never dropped. A missing cell has no row.
    `unresolved`: one row per such part: cell, text (the part), hint (a sentence that names the entries most like it,
    a suggestion only; empty where none is).
    """

    rows: pd.DataFrame
    unresolved: pd.DataFrame


@dataclass(frozen=True)
class DrugDictionary:
    """Drugs by name.

    `classes` maps INN to class, `names` the compared form of every name to INN, `written` that form to the name as
    the dictionary has it.
    """

    classes: Mapping[str, str]
    names: Mapping[str, str]
    written: Mapping[str, str]

    @classmethod
    def read(cls, path: str | Path) -> "DrugDictionary":
        """Read config/vocabularies/drugs.yaml.

        Raises UserError with one sentence for every unknown class or key, malformed ATC code, and name that stands
        in two entries.
        """
        where = Path(path).name
        return cls.build(read_yaml(path), where)

    @classmethod
    def build(cls, entries: Mapping[str, Any], where: str = "drugs.yaml") -> "DrugDictionary":
        """Build the dictionary from parsed entries; `where` names the file for the sentences."""
        problems: list[str] = []
        classes: dict[str, str] = {}
        names: dict[str, str] = {}
        written: dict[str, str] = {}
        for drug, entry in entries.items():
            problems += _entry_problems(where, drug, entry)
            if not isinstance(entry, dict):
                continue
            classes[drug] = str(entry.get("class"))
            for name in _names(drug, entry):
                key = compared(name)
                if names.setdefault(key, drug) != drug:
                    problems.append(f'{where}: "{name}" stands under "{names[key]}" and "{drug}"; keep it in one.')
                written.setdefault(key, name)
        if problems:
            raise UserError(problems)
        for drug, entry in entries.items():
            # 替雷利珠 for 替雷利珠单抗: the short form that everybody writes, where no other entry claims it.
            for name in entry.get("chinese") or ():
                short = name.removesuffix(_ANTIBODY)
                if short != name and len(short) >= 3:
                    names.setdefault(compared(short), drug)
        return cls(classes, names, written)

    @property
    def drugs(self) -> tuple[str, ...]:
        """Every INN, sorted."""
        return tuple(sorted(self.classes))

    def resolve(self, cells: pd.Series) -> Resolved:
        """Resolve a column of cells; see `Resolved`. Each distinct text is read once."""
        codes, uniques = pd.factorize(as_text(cells))
        parts = [(at, *part) for at, text in enumerate(uniques) for part in self._read(text)]
        distinct = pd.DataFrame(parts, columns=["code", "order", "drug", "part"])
        rows = pd.DataFrame({"cell": np.arange(len(codes)), "code": codes, "drug_raw": as_text(cells).to_numpy()})
        rows = rows[rows["code"].ge(0)].merge(distinct, on="code").sort_values(["cell", "order"], kind="stable")
        unknown = rows["drug"].isna()
        unresolved = rows[unknown]
        hints = {part: self._hint(part) for part in unresolved["part"].unique()}
        resolved = rows.assign(
            drug=rows["drug"].where(~unknown, rows["part"]), drug_class=rows["drug"].map(dict(self.classes))
        )
        texts = unresolved.assign(text=unresolved["part"], hint=unresolved["part"].map(hints))
        return Resolved(
            _tidy(resolved, ["cell", "drug", "drug_class", "drug_raw"]), _tidy(texts, ["cell", "text", "hint"])
        )

    def nearest_entries(self, name: str) -> str:
        """Return the entries whose names look most like `name`, for a message only; empty where none does."""
        from rapidfuzz import fuzz, process

        word = compared(_bare(tidied(name)))
        shown: dict[str, str] = {}
        for key, _, _ in process.extract(word, list(self.written), scorer=fuzz.ratio, limit=20, score_cutoff=60):
            drug, label = self.names[key], self.written[key]
            shown.setdefault(drug, drug if label == drug else f"{drug} ({label})")
        return ", ".join(list(shown.values())[:_SUGGESTIONS])

    def _hint(self, text: str) -> str:
        near = self.nearest_entries(text)
        return f" Nearest entries: {near}." if near else ""

    def _read(self, cell: str) -> list[tuple[int, str | None, str]]:
        """Return (order, INN or None, the part as written) for every drug of one cell."""
        # A line break within a cell separates drugs; tidying would turn it into a space.
        text = tidied(cell.replace("\n", ";").replace("\r", ";"))
        if not text:
            return []
        whole = self._match(text)
        if whole is not None:
            return [(0, whole, text)]
        found = list(self._parts(text))
        drugs = list(dict.fromkeys(drug for drug, _ in found if drug is not None))
        named = {self.classes[drug] for drug in drugs if not drug.endswith(CLASS_WORD)}
        # "化疗(培美曲塞+卡铂)": the class word says nothing beyond the drugs of that class.
        drugs = [drug for drug in drugs if not (drug.endswith(CLASS_WORD) and self.classes[drug] in named)]
        unknown = list(dict.fromkeys(part for drug, part in found if drug is None))
        if not drugs and not unknown:
            unknown = [text]
        known = [(at, drug, drug) for at, drug in enumerate(drugs)]
        return [*known, *((len(known) + at, None, part) for at, part in enumerate(unknown))]

    def _parts(self, text: str) -> Iterator[tuple[str | None, str]]:
        """Return (INN or None, part) of a combination cell: the longest run of parts that is a name wins."""
        text = _SCHEDULE.sub(" ", _DOSE.sub(" ", _REMARK.sub(" ", text)))
        spans = _spans(text)
        at = 0
        while at < len(spans):
            for last in range(len(spans), at, -1):
                part = text[spans[at][0] : spans[last - 1][1]]
                drug = self._match(part)
                if drug is not None:
                    yield drug, part
                    at = last
                    break
            else:
                yield None, text[slice(*spans[at])]
                at += 1

    def _match(self, text: str) -> str | None:
        """Return the INN of a name, as it stands or without doses and salts."""
        key = compared(text)
        if key in self.names:
            return self.names[key]
        return self.names.get(compared(_bare(text)))


def compared(name: str) -> str:
    """Return the form in which drug names are compared: folded, without hyphens, brackets and full stops."""
    return _PUNCTUATION.sub("", folded(name))


def _bare(text: str) -> str:
    """Return a tidied name without doses, schedules, dosage forms and salts."""
    bare = _SCHEDULE.sub(" ", _DOSE.sub(" ", text)).strip()
    while (shorter := _SALT.sub(" ", bare).strip()) != bare:
        bare = shorter
    return bare


def _spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of every non-empty part between separators."""
    ends = [(match.start(), match.end()) for match in _SEPARATOR.finditer(text)]
    starts = [0, *(end for _, end in ends)]
    spans = zip(starts, [*(start for start, _ in ends), len(text)], strict=True)
    trimmed = ((a + len(text[a:b]) - len(text[a:b].lstrip()), a + len(text[a:b].rstrip())) for a, b in spans)
    return [(a, b) for a, b in trimmed if a < b and _bare(text[a:b])]


def _names(drug: str, entry: Mapping[str, Any]) -> Iterator[str]:
    yield drug
    for key in ("chinese", "names", "atc"):
        yield from entry.get(key) or ()


def _entry_problems(where: str, drug: str, entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f'{where}: "{drug}": expected class, chinese, names and atc.'
        return
    if drug != drug.lower():
        yield f'{where}: "{drug}": an INN is written in lower case.'
    for key in entry:
        if key not in _KEYS:
            yield f'{where}: "{drug}": unknown key "{key}".{nearest(key, _KEYS)}'
    if entry.get("class") not in CLASSES:
        yield f'{where}: "{drug}": unknown class "{entry.get("class")}".{nearest(str(entry.get("class")), CLASSES)}'
    for key in ("chinese", "names", "atc"):
        if not isinstance(entry.get(key) or [], list):
            yield f'{where}: "{drug}": {key} must be a list.'
    for code in entry.get("atc") or ():
        if not _ATC.fullmatch(code):
            yield f'{where}: "{drug}": "{code}" is no ATC code of a substance (L01FF01).'


def _tidy(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    kinds = {name: TEXT for name in columns if name != "cell"}
    return frame[columns].reset_index(drop=True).astype({**kinds, "cell": "int64"})
