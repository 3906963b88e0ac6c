"""The words of the simulated registry: Chinese headers, terms, drug names, and what a missing value looks like.

`config/sources/demo_registry.yaml` maps them back. A word that differs there and here would be a finding.
"""

from typing import Final

# What the pharmacy system prints, and what people write instead.
DRUG_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "nivolumab": ("纳武利尤单抗", "欧狄沃", "Opdivo", "O药", "nivolumab"),
    "pembrolizumab": ("帕博利珠单抗", "可瑞达", "Keytruda", "K药", "pembrolizumab"),
    "sintilimab": ("信迪利单抗", "达伯舒", "IBI308", "sintilimab"),
    "camrelizumab": ("卡瑞利珠单抗", "艾瑞卡", "SHR-1210", "camrelizumab"),
    "tislelizumab": ("替雷利珠单抗", "百泽安", "BGB-A317", "tislelizumab"),
    "atezolizumab": ("阿替利珠单抗", "泰圣奇", "T药", "atezolizumab"),
    "toripalimab": ("特瑞普利单抗", "拓益", "JS001", "toripalimab"),
    "sugemalimab": ("舒格利单抗", "择捷美", "CS1001", "sugemalimab"),
    "durvalumab": ("度伐利尤单抗", "英飞凡", "Imfinzi", "I药", "durvalumab"),
    "ipilimumab": ("伊匹木单抗", "逸沃", "ipilimumab"),
    "pemetrexed": ("培美曲塞", "pemetrexed"),
    "docetaxel": ("多西他赛", "docetaxel"),
    "paclitaxel": ("紫杉醇", "paclitaxel"),
    "gemcitabine": ("吉西他滨", "gemcitabine"),
    "carboplatin": ("卡铂", "carboplatin"),
    "cisplatin": ("顺铂", "cisplatin"),
    "etoposide": ("依托泊苷", "etoposide"),
    "irinotecan": ("伊立替康", "irinotecan"),
    "bevacizumab": ("贝伐珠单抗", "安维汀", "bevacizumab"),
    "anlotinib": ("安罗替尼", "福可维", "anlotinib"),
    "gefitinib": ("吉非替尼", "gefitinib"),
    "icotinib": ("埃克替尼", "icotinib"),
    "osimertinib": ("奥希替尼", "osimertinib"),
    "crizotinib": ("克唑替尼", "crizotinib"),
    "investigational": ("研究药物", "临床试验药物"),
}
# One wrong character each, as typed: no dictionary knows them, and none may guess.
MISSPELT: Final = {
    "nivolumab": "纳武利由单抗",
    "pembrolizumab": "帕博利株单抗",
    "sintilimab": "信迪里单抗",
    "camrelizumab": "卡瑞力珠单抗",
    "tislelizumab": "替雷丽珠单抗",
    "docetaxel": "多西他塞",
    "pemetrexed": "培美曲赛",
    "anlotinib": "安洛替尼",
}
JOINERS: Final = ("+", "/", "、", "联合")

SEX: Final = {"male": ("男", "M", "1"), "female": ("女", "F", "2")}
SMOKING: Final = {"ever": "吸烟", "never": "从不吸烟"}
HISTOLOGY: Final = {
    "adenocarcinoma": ("腺癌", "8140/3"),
    "squamous": ("鳞癌", "8070/3"),
    "large_cell": ("大细胞癌", "8012/3"),
    "adenosquamous": ("腺鳞癌", "8560/3"),
    "nsclc_nos": ("非小细胞肺癌", "8046/3"),
    "small_cell": ("小细胞肺癌", "8041/3"),
    "carcinoid": ("类癌", "8240/3"),
    "not_lung_cancer": ("胸腺瘤", "8580/3"),
}
MUTATION: Final = {"positive": "阳性", "negative": "阴性"}
METASTASIS: Final = {"yes": "有", "no": "无"}
YES_NO: Final = {"yes": "是", "no": "否"}
REASON: Final = {
    "progression": "疾病进展",
    "toxicity": "不良反应",
    "completed": "完成治疗",
    "death": "死亡",
    "ongoing": "治疗中",
}
INTENT: Final = {"palliative": "姑息", "neoadjuvant": "新辅助", "adjuvant": "辅助", "consolidation": "巩固"}
MODALITY: Final = {"systemic": "药物治疗", "radiotherapy": "放疗", "surgery": "手术"}
BASIS: Final = {"imaging": "imaging", "clinical": "clinical"}
EVENT: Final = {
    "hypothyroidism": "甲状腺功能减退",
    "rash": "皮疹",
    "pneumonitis": "免疫性肺炎",
    "hepatitis": "免疫性肝炎",
    "colitis": "结肠炎",
    "adrenal insufficiency": "肾上腺功能不全",
    "myocarditis": "心肌炎",
    "neutropenia": "中性粒细胞减少",
    "anaemia": "贫血",
    "nausea": "恶心",
    "fatigue": "乏力",
}
MULTIPLE: Final = "多发"
# Free text that must never leave the private side, and that a spreadsheet or a browser must not run.
NOTES: Final = (
    "外院会诊",
    "家属代诉",
    '=HYPERLINK("http://example.org","详情")',
    "<b>电话随访</b>",
    "复查, 见病历; 待补",
)

MISSING: Final = {
    "date": ("", "", "9999-99-99", "-", "未查"),
    "term": ("", "未查", "NA", "9", "-"),
    "test": ("未查", "未查", "", "NA", "-"),
    "count": ("", "", "NA", "未查", "-"),
}

# What no mapping can read: the cell is reported, and missing.
UNREADABLE: Final = {
    "smoking": "偶尔",
    "pd_l1_tps": "弱阳性",
    "end": "约一年后",
    "ecog": "尚可",
    "progressing_lesions": "数个",
    "recurrence": "术后三年",
}

PATIENT_HEADERS: Final = {
    "patient_id": "病案号",
    "site": "中心",
    "sex": "性别",
    "birth": "出生日期",
    "diagnosis": "确诊日期",
    "histology": "病理类型",
    "stage": "临床分期",
    "stage_edition": "分期版本",
    "recurrence": "复发或转移日期",
    "smoking": "吸烟史",
    "pd_l1_tps": "PD-L1 TPS",
    "pd_l1_clone": "PD-L1抗体",
    "egfr": "EGFR",
    "alk": "ALK",
    "brain_metastasis": "脑转移",
    "liver_metastasis": "肝转移",
    "bone_metastasis": "骨转移",
    "last_contact": "末次随访日期",
    "death": "死亡日期",
    "note": "备注",
}
TREATMENT_HEADERS: Final = {
    "patient_id": "病案号",
    "regimen_number": "方案编号",
    "line": "治疗线数",
    "modality": "治疗方式",
    "intent": "治疗目的",
    "drug": "药物名称",
    "start": "首次用药日期",
    "end": "末次用药日期",
    "reason": "停药原因",
    "ecog": "PS评分",
}
ASSESSMENT_HEADERS: Final = {
    "patient_id": "PatientID",
    "day": "ExamDate",
    "response": "Response",
    "basis": "Basis",
    "progressing_lesions": "ProgressingLesions",
    "new_lesions": "NewLesions",
    "progressing_organs": "Organs",
}
EVENT_HEADERS: Final = {
    "patient_id": "病案号",
    "day": "发生日期",
    "term": "不良事件",
    "grade": "CTCAE分级",
    "immune_related": "免疫相关",
}
HEADERS: Final = {
    "patients": PATIENT_HEADERS,
    "treatments": TREATMENT_HEADERS,
    "assessments": ASSESSMENT_HEADERS,
    "adverse_events": EVENT_HEADERS,
}
