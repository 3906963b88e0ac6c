"""Write the example workbook: a simulated study of ICI rechallenge as a small hospital keeps it.

    python scripts/make_workbook.py --out data/workbook/ici_rechallenge.xlsx

One sheet, one row per patient, headers and values in Chinese, two header rows with merged cells under a title row, and
dates in five styles. `config/sources/workbook_zh.yaml` reads it. The same seed gives the same bytes.
"""

import argparse
import datetime as dt
import io
import math
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

SHEET: Final = "登记表"
TITLE: Final = "晚期肺癌免疫治疗再挑战登记表（模拟数据）"
COLUMNS: Final = {
    "基本信息": (
        "住院号", "性别", "出生日期", "确诊日期", "病理类型", "临床分期", "吸烟史", "EGFR", "ALK", "PD-L1 TPS",
        "脑转移", "肝转移", "骨转移",
    ),
    "首次免疫治疗": (
        "治疗目的", "线数", "药物", "开始日期", "末次用药日期", "ECOG", "最佳疗效", "进展日期", "进展病灶数",
        "停药原因",
    ),
    "间隔治疗": ("药物", "开始日期", "结束日期", "局部治疗", "局部治疗日期"),
    "再挑战": ("药物", "开始日期", "末次用药日期", "ECOG", "最佳疗效", "进展日期"),
    "随访": ("末次随访日期", "生存状态", "死亡日期"),
}  # fmt: skip
REMARK: Final = "备注"
CUTOFF: Final = dt.date(2022, 12, 31)
MONTH: Final = 30.4375

# Kinds of patients and how many: 31 who belong in the study, and 14 for whom a criterion is not met.
ELIGIBLE: Final = "eligible"
KINDS: Final = {
    ELIGIBLE: 31, "combination_first": 4, "no_progression": 3, "toxicity_restart": 2, "no_rechallenge": 2,
    "small_cell": 1, "early_stage": 1, "consolidation_first": 1,
}  # fmt: skip

ICIS: Final = {
    "纳武利尤单抗": ("纳武利尤单抗", "欧狄沃", "O药"),
    "帕博利珠单抗": ("帕博利珠单抗", "可瑞达", "K药", "帕博利珠单抗注射液 200mg"),
    "信迪利单抗": ("信迪利单抗", "达伯舒", "信迪利单抗　"),
    "替雷利珠单抗": ("替雷利珠单抗", "百泽安"),
    "卡瑞利珠单抗": ("卡瑞利珠单抗", "注射用卡瑞利珠单抗"),
}
CHEMOTHERAPY: Final = ("多西他赛", "培美曲塞+卡铂", "白蛋白紫杉醇", "吉西他滨、顺铂", "替吉奥胶囊")
PARTNERS: Final = (
    "",
    "多西他赛",
    "培美曲塞",
    "安罗替尼",
    "贝伐珠单抗",
    "白蛋白紫杉醇",
    "多西他赛+安罗替尼",
    "紫杉醇＋贝伐珠单抗",
)
JOINS: Final = ("+", "、", "联合", "＋", " / ")

Row = dict[tuple[str, str], Any]


def weibull(rng: random.Random, shape: float, median: float) -> int:
    """Return days drawn from a Weibull distribution with this median in months."""
    scale = median * MONTH / math.pow(math.log(2), 1 / shape)
    drawn = scale * math.pow(-math.log(1 - rng.random()), 1 / shape)
    return max(10, round(drawn))


def days(number: float) -> dt.timedelta:
    """A whole number of days."""
    return dt.timedelta(days=round(number))


def pick(rng: random.Random, choices: dict[Any, float]) -> Any:
    """Return a key with the probability of its weight."""
    return rng.choices(list(choices), list(choices.values()))[0]


class Patient:
    """One patient's row: the course in dates first, then how the hospital wrote it."""

    def __init__(self, rng: random.Random, number: int, kind: str) -> None:
        self.rng, self.kind = rng, kind
        self.row: Row = {}
        self.remark: str | None = None
        self._background(number)
        self._first_ici()
        if kind not in ("no_progression", "no_rechallenge"):
            self._between()
            self._rechallenge()
        self._follow_up()

    def put(self, group: str, **cells: Any) -> None:
        """Fill cells of one header group."""
        self.row.update({(group, name): value for name, value in cells.items()})

    def _background(self, number: int) -> None:
        rng = self.rng
        self.start = dt.date(2018, 8, 1) + days(rng.randrange(1050))
        squamous = rng.random() < 0.35
        histology = rng.choice(
            ("鳞癌", "肺鳞癌", "鳞状细胞癌") if squamous else ("腺癌", "肺腺癌", "腺癌", "非小细胞肺癌")
        )
        stage = pick(rng, {"ⅢB": 12, "IIIC期": 6, "ⅣA期": 45, "IVA": 5, "IVB": 32})
        identifier = rng.randrange(2000, 9999) * 100 + number
        tps: Any = pick(rng, {None: 30, "未查": 15, "<1%": 18, "1-49%": 10, 0.05: 6, "60%": 8, 0.8: 8, "≥50%": 5})
        driver = 0.0 if squamous else rng.random()
        self.put(
            "基本信息",
            住院号=identifier if rng.random() < 0.5 else f"{identifier:07d}",
            性别=pick(rng, {"男": 74, "女": 18, "M": 5, "男 ": 3}),
            出生日期=self.start - days(rng.gauss(61, 8) * 365.25),
            确诊日期=self.start - days(rng.randrange(20, 420)),
            病理类型="小细胞肺癌" if self.kind == "small_cell" else histology,
            临床分期={"early_stage": "IIB期", "consolidation_first": "ⅢB"}.get(self.kind, stage),
            吸烟史=pick(rng, {"有": 55, "已戒烟": 12, "无": 28, "不详": 5}),
            EGFR="阳性" if driver > 0.93 else pick(rng, {"阴性": 60, "野生型": 20, "未查": 20}),
            ALK=pick(rng, {"阴性": 75, "未检测": 25}),
            脑转移=pick(rng, {"有": 14, "无": 86}),
            肝转移=pick(rng, {"有": 12, "无": 88}),
            骨转移=pick(rng, {"有": 30, "无": 68, "-": 2}),
        )
        self.row["基本信息", "PD-L1 TPS"] = tps

    def _first_ici(self) -> None:
        rng = self.rng
        self.drug = pick(
            rng, {"纳武利尤单抗": 3, "帕博利珠单抗": 4, "信迪利单抗": 5, "替雷利珠单抗": 4, "卡瑞利珠单抗": 3}
        )
        written = rng.choice(ICIS[self.drug])
        if self.kind == "consolidation_first":
            self.drug, written = "度伐利尤单抗", "英飞凡"
        if self.kind == "combination_first":
            written = rng.choice(JOINS).join([self.drug, *rng.choice((("培美曲塞", "卡铂"), ("白蛋白紫杉醇", "卡铂")))])
        self.responded = rng.random() < 0.32
        to_progression = weibull(rng, 1.15, 8.5 if self.responded else 4.2)
        if self.responded:
            to_progression = max(to_progression, 75)
        if self.kind == "no_progression":
            to_progression = 2000
        if self.kind == "toxicity_restart":
            to_progression = 150
        self.progression: dt.date | None = self.start + days(to_progression)
        self.end = max(self.start, self.progression - days(rng.randrange(2, 24)))
        reason = pick(rng, {"进展": 70, "疾病进展": 20, "PD": 10})
        best = rng.choice(("PR", "部分缓解")) if self.responded else ("SD" if to_progression > 70 else "PD")
        self.primary = not self.responded and to_progression < 182.625
        self.systemic = rng.random() < (0.55 if self.primary else 0.4)
        lesions: Any = pick(rng, {1: 45, 2: 45, None: 10})
        if self.systemic:
            lesions = pick(rng, {3: 25, 4: 20, 6: 10, "≥3": 10, "多发": 25, None: 10})
        if self.kind == "no_progression":
            self.progression, lesions, reason, best = None, None, "治疗中", rng.choice(("PR", "SD"))
            self.end = CUTOFF - days(rng.randrange(5, 40))
        if self.kind == "toxicity_restart":
            self.progression, lesions, reason, best = None, None, "免疫相关不良反应", "PR"
            self.remark = "2级肺炎停药，好转后重启"
        consolidation = self.kind == "consolidation_first"
        self.put(
            "首次免疫治疗",
            治疗目的="巩固" if consolidation else rng.choice(("姑息", "晚期", None)),
            线数=pick(rng, {"一线": 15, 2: 55, "二线": 20, 3: 10}),
            药物=written,
            开始日期=self.start,
            末次用药日期=None if rng.random() < 0.05 and self.progression else self.end,
            ECOG=pick(rng, {0: 24, 1: 68, 2: 6, "１": 2}),
            最佳疗效=best,
            进展日期=self.progression,
            进展病灶数=lesions,
            停药原因=reason,
        )

    def _between(self) -> None:
        rng = self.rng
        self.interval = self.progression is not None and rng.random() < (0.4 if self.primary else 0.62)
        self.next_start = self.end + days(rng.randrange(95, 150))
        if self.progression is not None:
            self.next_start = max(self.next_start, self.progression + days(3))
        if self.interval and self.progression is not None:
            begun = self.progression + days(rng.randrange(4, 28))
            ended = begun + days(rng.randrange(60, 150))
            self.put("间隔治疗", 药物=rng.choice(CHEMOTHERAPY), 开始日期=begun, 结束日期=ended)
            self.next_start = ended + days(rng.randrange(14, 45))
        if self.progression is not None and rng.random() < 0.2:
            given = self.progression + days(rng.randrange(5, 20))
            self.put("间隔治疗", 局部治疗=rng.choice(("放疗", "局部放疗", "射频消融")), 局部治疗日期=given)

    def _rechallenge(self) -> None:
        rng = self.rng
        drug = (
            self.drug
            if self.drug in ICIS and rng.random() < 0.55
            else rng.choice([name for name in ICIS if name != self.drug])
        )
        partner = rng.choice(PARTNERS)
        written = rng.choice(ICIS[drug]) if not partner else drug + rng.choice(JOINS) + partner
        hazard = (4.0 if self.primary else 1.0) * (2.2 if self.systemic else 1.0) * (0.6 if self.interval else 1.0)
        months = 6.0 * hazard ** (-1 / 1.2)
        progressed = self.next_start + days(weibull(rng, 1.2, months))
        self.second: dt.date | None = progressed if progressed < CUTOFF - days(20) else None
        ended = (self.second or CUTOFF) - days(rng.randrange(1, 20))
        long = (progressed - self.next_start).days > 75
        best = (
            pick(rng, {"PR": 12, "部分缓解": 4, "SD": 55, "疾病稳定": 12})
            if long
            else pick(rng, {"SD": 30, "PD": 60, "NE": 10})
        )
        self.put(
            "再挑战",
            药物=written,
            开始日期=self.next_start,
            末次用药日期=max(ended, self.next_start),
            ECOG=pick(rng, {0: 12, 1: 72, 2: 16}),
            最佳疗效=best,
            进展日期=self.second,
        )

    def _follow_up(self) -> None:
        rng = self.rng
        dated = [value for (_, name), value in self.row.items() if isinstance(value, dt.date)]
        last = max(dated)
        died = last + days(weibull(rng, 1.1, 9.0))
        seen = max(last, CUTOFF - days(rng.randrange(0, 75)))
        if self.kind == "no_progression" or died >= seen:
            lost = rng.random() < 0.08
            self.put("随访", 末次随访日期=last if lost else seen, 生存状态="失访" if lost else "存活", 死亡日期=None)
        else:
            self.put("随访", 末次随访日期=died, 生存状态="死亡", 死亡日期=died)

    @property
    def fits(self) -> bool:
        """Whether the course ends before the cut-off, so that the kind is what it says."""
        dated = [value for value in self.row.values() if isinstance(value, dt.date)]
        start = self.row.get(("再挑战", "开始日期"))
        return max(dated) <= CUTOFF and (start is None or start < CUTOFF - days(90))


def patients(seed: int) -> list[Patient]:
    """Return the patients of the workbook in the order of their first dose, eligible and others mixed."""
    rng = random.Random(seed)
    kinds = [kind for kind, count in KINDS.items() for _ in range(count)]
    found = []
    for number, kind in enumerate(kinds, start=1):
        patient = Patient(rng, number, kind)
        while not patient.fits:
            patient = Patient(rng, number, kind)
        found.append(patient)
    return sorted(found, key=lambda patient: patient.start)


STYLES: Final[tuple[Callable[[dt.date], Any], ...]] = (
    lambda day: day,
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: int(f"{day:%Y%m%d}"),
    lambda day: f"{day.year}年{day.month}月{day.day}日",
)
# Dates of which a hospital often remembers the month only.
VAGUE: Final = {("基本信息", "确诊日期"): 0.2, ("首次免疫治疗", "进展日期"): 0.03, ("间隔治疗", "结束日期"): 0.1}


def written_date(rng: random.Random, day: dt.date, column: tuple[str, str]) -> Any:
    """Return the date as one of several clerks wrote it."""
    if rng.random() < VAGUE.get(column, 0.0):
        return f"{day.year}年{day.month}月"
    if column == ("基本信息", "出生日期") and rng.random() < 0.3:
        return str(day.year)
    return rng.choices(STYLES, (45, 20, 12, 10, 13))[0](day)


def workbook(seed: int) -> Workbook:
    """Return the workbook of a seed."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    columns = [(group, name) for group, names in COLUMNS.items() for name in names]
    _write_header(sheet, columns)
    rng = random.Random(seed + 1)
    for number, patient in enumerate(patients(seed), start=4):
        for at, column in enumerate(columns, start=1):
            value = patient.row.get(column)
            cell = sheet.cell(number, at)
            cell.value = written_date(rng, value, column) if isinstance(value, dt.date) else value
            if isinstance(cell.value, dt.date):
                cell.number_format = "yyyy/m/d"
            elif isinstance(value, float):
                cell.number_format = "0%"
        sheet.cell(number, len(columns) + 1).value = patient.remark
    sheet.freeze_panes = "B4"
    return book


def _write_header(sheet: Any, columns: list[tuple[str, str]]) -> None:
    sheet.cell(1, 1).value = TITLE
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns) + 1)
    at = 1
    for group, names in COLUMNS.items():
        sheet.cell(2, at).value = group
        sheet.merge_cells(start_row=2, start_column=at, end_row=2, end_column=at + len(names) - 1)
        for offset, name in enumerate(names):
            sheet.cell(3, at + offset).value = name
        at += len(names)
    sheet.cell(2, at).value = REMARK
    sheet.merge_cells(start_row=2, start_column=at, end_row=3, end_column=at)
    for row in sheet.iter_rows(min_row=1, max_row=3):
        for cell in row:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            if cell.row > 1:
                cell.fill = PatternFill("solid", fgColor="DDEBF7")
    for number in range(1, at + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 14


def fixed_bytes(book: Workbook) -> bytes:
    """Return the XLSX whose bytes depend on its content only: no clock, entries sorted and stored as they are."""
    saved, fixed = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(source.namelist()):
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2023-01-01T00:00:00Z", data)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            target.writestr(entry, data)
    return fixed.getvalue()


def main(arguments: list[str] | None = None) -> None:
    """Read the options and write the workbook."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=6, help="seed: the same one gives the same bytes (default 6)")
    parser.add_argument("--out", type=Path, required=True, help="the workbook to write")
    options = parser.parse_args(arguments)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(fixed_bytes(workbook(options.seed)))


if __name__ == "__main__":
    main()
