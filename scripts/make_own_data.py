"""Write the workbook of docs/own_data.md: 45 simulated patients as a clinician keeps them, in no shipped format.

    python scripts/make_own_data.py --out data/own_data

One row per patient under a title, headers in English with some Chinese, dates in four styles, one sheet of codes beside
it. `truth.csv` says for each patient what was simulated. The same seed gives the same bytes.
"""

import argparse
import csv
import datetime as dt
import io
import random
from pathlib import Path
from typing import Any, Final

from make_workbook import ELIGIBLE, Patient, fixed_bytes, patients
from openpyxl import Workbook
from openpyxl.styles import Font

# The first above 11 in which nobody has chemotherapy so soon that it joins the first regimen: kinds are then the truth.
SEED: Final = 14
TITLE: Final = "IO rechallenge list (simulated patients), thoracic oncology"
# What the clinician wrote above each column, and where make_workbook's patient holds it.
COLUMNS: Final[dict[str, tuple[str, str] | str]] = {
    "Pt ID": ("基本信息", "住院号"),
    "Initials": "initials",
    "Sex": ("基本信息", "性别"),
    "Year of birth": "birth_year",
    "Dx date": ("基本信息", "确诊日期"),
    "Histology": ("基本信息", "病理类型"),
    "Stage": ("基本信息", "临床分期"),
    "Smoker": ("基本信息", "吸烟史"),
    "PD-L1": ("基本信息", "PD-L1 TPS"),
    "EGFR": ("基本信息", "EGFR"),
    "ALK": ("基本信息", "ALK"),
    "脑转移": ("基本信息", "脑转移"),
    "肝转移": ("基本信息", "肝转移"),
    "骨转移": ("基本信息", "骨转移"),
    "IO1 setting": ("首次免疫治疗", "治疗目的"),
    "IO1 line": ("首次免疫治疗", "线数"),
    "IO1 agent": ("首次免疫治疗", "药物"),
    "IO1 first dose": ("首次免疫治疗", "开始日期"),
    "IO1 last dose": ("首次免疫治疗", "末次用药日期"),
    "ECOG at IO1": ("首次免疫治疗", "ECOG"),
    "IO1 best response": ("首次免疫治疗", "最佳疗效"),
    "Date PD on IO1": ("首次免疫治疗", "进展日期"),
    "IO1 progressing lesions": ("首次免疫治疗", "进展病灶数"),
    "Reason off IO1": ("首次免疫治疗", "停药原因"),
    "Between: drug": ("间隔治疗", "药物"),
    "Between: start": ("间隔治疗", "开始日期"),
    "Between: end": ("间隔治疗", "结束日期"),
    "RT date": ("间隔治疗", "局部治疗日期"),
    "IO2 agent": ("再挑战", "药物"),
    "IO2 first dose": ("再挑战", "开始日期"),
    "IO2 last dose": ("再挑战", "末次用药日期"),
    "ECOG at IO2": ("再挑战", "ECOG"),
    "IO2 best response": ("再挑战", "最佳疗效"),
    "Date PD on IO2": ("再挑战", "进展日期"),
    "Last seen": ("随访", "末次随访日期"),
    "Alive/dead": ("随访", "生存状态"),
    "Comment": "comment",
}
WORDS: Final[dict[str, dict[Any, Any]]] = {
    "Sex": {"男": 1, "男 ": 1, "M": 1, "女": 2},
    "Histology": {
        "鳞癌": "SCC", "肺鳞癌": "squamous", "鳞状细胞癌": "SCC", "腺癌": "adeno", "肺腺癌": "adenoca of lung",
        "非小细胞肺癌": "NSCLC NOS", "小细胞肺癌": "SCLC",
    },
    "Stage": {"ⅢB": "IIIB", "IIIC期": "IIIC", "ⅣA期": "IVA", "IIB期": "IIB"},
    "Smoker": {"有": "current", "已戒烟": "former", "无": "never", "不详": "unknown"},
    "PD-L1": {"未查": "not done", "<1%": "<1%"},
    "EGFR": {"阳性": "L858R", "阴性": "wt", "野生型": "wt", "未查": "not done"},
    "ALK": {"阴性": "neg", "未检测": "not done"},
    "脑转移": {"有": "y", "无": "n"},
    "肝转移": {"有": "y", "无": "n"},
    "骨转移": {"有": "y", "无": "n", "-": "-"},
    "IO1 setting": {"巩固": "consolidation", "姑息": "palliative", "晚期": "palliative"},
    "IO1 line": {"一线": 1, "二线": 2},
    "IO1 best response": {"部分缓解": "PR"},
    "IO2 best response": {"部分缓解": "PR", "疾病稳定": "SD"},
    "IO1 progressing lesions": {"≥3": ">=3", "多发": "diffuse"},
    "Reason off IO1": {"进展": "PD", "疾病进展": "PD", "治疗中": "ongoing", "免疫相关不良反应": "irAE"},
    "Alive/dead": {"存活": "alive", "失访": "lost", "死亡": "dead"},
}  # fmt: skip
DRUGS: Final = {
    "纳武利尤单抗": "nivolumab", "欧狄沃": "Opdivo", "O药": "nivo", "帕博利珠单抗注射液 200mg": "Keytruda 200 mg",
    "帕博利珠单抗": "pembrolizumab", "可瑞达": "Keytruda", "K药": "pembrolizumab", "信迪利单抗　": "sintilimab",
    "信迪利单抗": "sintilimab", "达伯舒": "Tyvyt", "替雷利珠单抗": "tislelizumab", "百泽安": "tislelizumab",
    "注射用卡瑞利珠单抗": "camrelizumab", "卡瑞利珠单抗": "camrelizumab", "英飞凡": "Imfinzi",
    "度伐利尤单抗": "durvalumab", "白蛋白紫杉醇": "nab-paclitaxel", "多西他赛": "docetaxel", "培美曲塞": "pemetrexed",
    "卡铂": "carboplatin", "吉西他滨": "gemcitabine", "顺铂": "cisplatin", "替吉奥胶囊": "S-1", "安罗替尼": "anlotinib",
    "贝伐珠单抗": "bevacizumab", "紫杉醇": "paclitaxel", "联合": " + ", "、": " + ", "＋": " + ",
}  # fmt: skip
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def written_date(rng: random.Random, day: dt.date) -> Any:
    """Return the date as one of several hands wrote it: a date cell, 5/3/2019, 5.3.2019, 5-Mar-2019."""
    texts = (f"{day.day}/{day.month}/{day.year}", f"{day.day}.{day.month}.{day.year}")
    named = f"{day.day}-{MONTHS[day.month - 1]}-{day.year}"
    return rng.choices((day, *texts, named), (50, 30, 10, 10))[0]


def english(text: str) -> str:
    """Return a drug cell in English, longer names first."""
    for name in sorted(DRUGS, key=lambda name: -len(name)):
        text = text.replace(name, DRUGS[name])
    return " ".join(text.split())


def cell(rng: random.Random, patient: Patient, header: str) -> Any:
    """Return what stands in one cell of a patient's row."""
    place = COLUMNS[header]
    if place == "initials":
        return "".join(rng.choice("ABCDEFGHJKLMNPRSTW") for _ in range(2))
    if place == "birth_year":
        return patient.row["基本信息", "出生日期"].year
    if place == "comment":
        return "restarted after pneumonitis" if patient.remark else None
    assert isinstance(place, tuple)
    value = patient.row.get(place)
    if isinstance(value, dt.date):
        return written_date(rng, value)
    if header.endswith(("agent", "drug")):
        return english(value) if value else None
    if header == "RT date" and value is None:
        return None
    if header == "PD-L1" and isinstance(value, str) and value.endswith("%") and value[0].isdigit() and "-" not in value:
        return float(value[:-1]) / 100
    return WORDS.get(header, {}).get(value, value)


def workbook(seed: int) -> tuple[Workbook, list[dict[str, str]]]:
    """Return the workbook of a seed and the truth of its patients."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Patients"
    sheet.cell(1, 1).value = TITLE
    for at, header in enumerate(COLUMNS, start=1):
        sheet.cell(3, at).value = header
        sheet.cell(3, at).font = Font(bold=True)
    rng = random.Random(seed + 1)
    truth = []
    for number, patient in enumerate(patients(seed), start=1):
        patient.row["基本信息", "住院号"] = f"TX-{number:03d}"
        for at, header in enumerate(COLUMNS, start=1):
            entry = sheet.cell(number + 3, at)
            entry.value = cell(rng, patient, header)
            if isinstance(entry.value, dt.date):
                entry.number_format = "dd/mm/yyyy"
        truth.append(
            {
                "patient_id": f"TX-{number:03d}",
                "kind": patient.kind,
                "eligible": str(patient.kind == ELIGIBLE).lower(),
                "resistance": _resistance(patient),
            }
        )
    codes = book.create_sheet("Codes")
    for row, text in enumerate(
        ("Codes used in the list", "Sex: 1 = man, 2 = woman", "PD-L1: fraction of cells"), start=1
    ):
        codes.cell(row, 1).value = text
    return book, truth


def _resistance(patient: Patient) -> str:
    """What was simulated for those who belong in the study, by the index study's wording at six months."""
    return ("primary" if patient.primary else "acquired") if patient.kind == ELIGIBLE else ""


def main(arguments: list[str] | None = None) -> None:
    """Read the options and write the workbook and its truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=SEED, help=f"the same one gives the same bytes (default {SEED})")
    parser.add_argument("--out", type=Path, required=True, help="folder for lung_clinic.xlsx and truth.csv")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    book, truth = workbook(options.seed)
    (options.out / "lung_clinic.xlsx").write_bytes(fixed_bytes(book))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(truth[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(truth)
    (options.out / "truth.csv").write_text(text.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main()
