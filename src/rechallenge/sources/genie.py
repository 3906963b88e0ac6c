"""The GENIE BPC NSCLC release as canonical columns, before words and drugs are mapped.

The release counts days: `*_int` and `dob_*_days` since birth, `dx_*` since the diagnosis of the cancer that the row
belongs to. Canonical dates stand on a pseudo-calendar: 1 January of `birth_year` plus the days, so that intervals and
ages are the registry's own and calendar dates are up to a year early. Counts of days are rounded to whole days. A
count that is no number (">32485", top-coded) stays as text and becomes a finding.

What the release does not have stays missing: ECOG, RECIST, lesion counts, line of therapy, intent, reason for stopping.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from rechallenge.errors import UserError
from rechallenge.sources.cells import as_text, mapped, tidied
from rechallenge.sources.raw import PLACE, RawFile
from rechallenge.tables import DATE, TEXT
from rechallenge.text_numbers import to_numbers

# Logical files of the mapping, and the columns without which the adapter cannot work.
REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "patient": ("record_id", "birth_year", "dob_lastalive_int", "hybrid_death_int"),
    "cancer": ("record_id", "ca_seq", "dob_ca_dx_days", "stage_dx"),
    "regimen": ("record_id", "regimen_number", "regimen_drugs", "drugs_startdt_int_1", "dx_drug_start_int_1"),
    "imaging": ("record_id", "image_scan_int", "image_overall"),
    "medonc": ("record_id", "md_onc_visit_int", "md_ca_status"),
    "pathology": ("record_id", "path_proc_int", "pdl1_testing", "pdl1_perc"),
}
# Columns that the adapter takes where they are there, those left out that only refine another one.
OPTIONAL: Final[dict[str, tuple[str, ...]]] = {
    "patient": ("institution", "naaccr_sex_code"),
    "cancer": (
        "redcap_ca_index", "ca_lung_cigarette", "ca_hist_adeno_squamous", "dmets_stage_i_iii", "dx_to_dmets_days",
        *(name for site in ("brain", "liver", "bone") for name in (f"dmets_{site}", f"dx_to_dmets_{site}_days")),
    ),
    "regimen": ("redcap_ca_index", "drugs_drug_1", "dx_drug_end_int_1", "dx_reg_end_all_int"),
    "pathology": ("pdl1_sum", "pdl1_test"),
}  # fmt: skip
NEEDED: Final = ("patient", "cancer", "regimen", "imaging")
SLOTS: Final = range(1, 6)
SITES: Final = range(1, 16)
YEARS_OF_BIRTH: Final = (1850, 2100)
# Checkpoint inhibitors in the registry's own list of drugs for NSCLC: they date the state "at the first ICI".
ICIS: Final = r"nivolumab|pembrolizumab|cemiplimab|atezolizumab|durvalumab|avelumab|ipilimumab|tremelimumab"
# Of several words on one day and basis the first of these stands: one scan that shows progression is a progression,
# and a stable finding outweighs an improving one.
WORDS: Final = ("Progressing", "Stable", "Improving", "Mixed", "Not stated")
NO_STATEMENT: Final = "No statement"
METASTASES: Final = ("brain", "liver", "bone")
_EMPTY: Final = frozenset({"", "na", "nan", "<na>"})


def genie_tables(raw: Mapping[str, RawFile]) -> dict[str, pd.DataFrame]:
    """Return patients, treatments and assessments of a release.

    `raw`, as `plain_files` makes them: the files patient, cancer (index cancers), regimen, imaging, and, where present,
    medonc and pathology. The frames have canonical column names (dates as real dates, other cells as the registry's
    words), the further column `sites_mentioned` of assessments (see `assessments`), and `source_file` and `source_row`.
    Raises UserError for missing files and columns.
    """
    problems = list(_problems(raw))
    if problems:
        raise UserError(problems)
    births = _births(raw["patient"].frame)
    regimens = _regimens(raw["regimen"].frame)
    first_ici = _first_ici(regimens)
    return {
        "patients": _patients(raw, births, first_ici),
        "treatments": _treatments(regimens, births),
        "assessments": _assessments(raw, births),
    }


def plain_files(raw: Mapping[str, RawFile]) -> dict[str, RawFile]:
    """Return the files with headers in lower case, as the release writes them, and identifiers without width variants.

    Two headers that differ by case only stay as they are.
    """
    plain: dict[str, RawFile] = {}
    for name, file in raw.items():
        lower = [str(column).strip().lower() for column in file.frame.columns]
        names = {
            column: low
            for column, low in zip(file.frame.columns, lower, strict=True)
            if column != low and lower.count(low) == 1
        }
        frame = file.frame.rename(columns=names) if names else file.frame
        if "record_id" in frame:
            frame = frame.assign(record_id=mapped(as_text(frame["record_id"]), tidied).astype(TEXT))
        plain[name] = replace(file, frame=frame)
    return plain


def _problems(raw: Mapping[str, RawFile]) -> Iterator[str]:
    for name in NEEDED:
        if name not in raw:
            yield f'The GENIE format needs the file "{name}", and the mapping declares none (files.{name}).'
    for name, columns in REQUIRED.items():
        for column in columns if name in raw else ():
            if column not in raw[name].frame.columns:
                label = raw[name].parts[0].name if raw[name].parts else name
                yield f'{label}: the column "{column}" of the GENIE BPC layout is missing.'


# --- cells ---


def text_cells(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as text, empty and NA cells missing; an absent column is missing throughout."""
    if name not in frame.columns:
        return pd.Series(np.nan, index=frame.index, dtype=TEXT)
    text = as_text(frame[name]).str.strip()
    return text.mask(text.str.lower().isin(_EMPTY)).astype(TEXT)


def number_cells(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as numbers; what is none is missing."""
    return to_numbers(text_cells(frame, name).astype(object)).astype("float64")


def _yes(frame: pd.DataFrame, name: str) -> pd.Series:
    return text_cells(frame, name).str.lower().eq("yes")


def _births(patient: pd.DataFrame) -> pd.Series:
    """1 January of the year of birth by record_id."""
    year = number_cells(patient, "birth_year")
    text = year.where(year.between(*YEARS_OF_BIRTH)).astype("Int64").astype("string") + "-01-01"
    birth = pd.to_datetime(text, format="%Y-%m-%d").astype(DATE)
    return birth.set_axis(text_cells(patient, "record_id")).groupby(level=0).first()


def _after(start: pd.Series, days: pd.Series) -> pd.Series:
    """Dates that lie a number of days, rounded to whole ones, after `start`."""
    return (start + pd.to_timedelta(days.round(), unit="D")).astype(DATE)


def _date(frame: pd.DataFrame, name: str, births: pd.Series) -> pd.Series:
    """The date of a count of days since birth; a cell that gives none stays as text, to be reported."""
    cells, days = text_cells(frame, name), number_cells(frame, name)
    dates = _after(text_cells(frame, "record_id").map(births).astype(DATE), days)
    unread = cells.notna() & dates.isna()
    return dates if not unread.any() else dates.astype(object).mask(unread, cells.astype(object)).where(cells.notna())


def _place(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[list(PLACE)]


# --- patients ---


def _patients(raw: Mapping[str, RawFile], births: pd.Series, first_ici: pd.Series) -> pd.DataFrame:
    frame = raw["patient"].frame
    record = text_cells(frame, "record_id")
    cancer = _index_cancers(raw["cancer"].frame).reindex(record.to_numpy()).set_axis(frame.index)
    birth = record.map(births).astype(DATE)
    dx_day = number_cells(cancer, "dob_ca_dx_days")
    spread = number_cells(cancer, "dmets_stage_i_iii").eq(1)
    bound = record.map(first_ici).astype("float64")
    rows = pd.DataFrame(
        {
            "patient_id": record,
            "site": text_cells(frame, "institution"),
            "sex": text_cells(frame, "naaccr_sex_code"),
            "birth_date": birth,
            "diagnosis_date": _after(birth, dx_day),
            "histology": _histology(cancer),
            "stage": _stage(cancer),
            "stage_edition": _edition(cancer),
            "advanced_date": _after(birth, (dx_day + number_cells(cancer, "dx_to_dmets_days")).where(spread)),
            "smoking": text_cells(cancer, "ca_lung_cigarette"),
            "last_contact_date": _date(frame, "dob_lastalive_int", births),
            "death_date": _date(frame, "hybrid_death_int", births),
            **{f"{site}_metastasis": _metastasis(cancer, site, dx_day, bound) for site in METASTASES},
        }
    )
    tested = _pd_l1(raw["pathology"].frame, first_ici) if "pathology" in raw else pd.DataFrame()
    for name in ("pd_l1_tps", "pd_l1_clone"):
        values = tested[name] if name in tested else pd.Series(dtype=TEXT)
        rows[name] = record.map(values).astype(TEXT)
    return pd.concat([rows, _place(frame)], axis=1)


def _index_cancers(cancer: pd.DataFrame) -> pd.DataFrame:
    """The index cancer of each patient by record_id; of several the first diagnosed."""
    index = _yes(cancer, "redcap_ca_index") if "redcap_ca_index" in cancer.columns else pd.Series(True, cancer.index)
    rows = cancer[index].assign(
        _record=text_cells(cancer, "record_id"),
        _day=number_cells(cancer, "dob_ca_dx_days"),
        _seq=number_cells(cancer, "ca_seq"),
    )
    first = rows.sort_values(["_record", "_day", "_seq"], kind="stable").drop_duplicates("_record")
    return first.set_index("_record").drop(columns=["_day", "_seq"])


def _histology(cancer: pd.DataFrame) -> pd.Series:
    """The registry's category of histology, else its ICD-O-3 morphology code."""
    code = number_cells(cancer, "naaccr_histology_cd").astype("Int64").astype(TEXT)
    return text_cells(cancer, "ca_hist_adeno_squamous").fillna(code).astype(TEXT)


def _stage(cancer: pd.DataFrame) -> pd.Series:
    """The derived stage; an undivided stage III takes its letter from the tumour registry's group stage."""
    stage = text_cells(cancer, "stage_dx")
    letter = text_cells(cancer, "best_ajcc_stage_cd").str.extract(
        r"(?i)^(?:stage\s*)?(?:3|III)\s*([ABC])", expand=False
    )
    return stage.mask(stage.eq("Stage III") & letter.notna(), "Stage III" + letter.str.upper()).astype(TEXT)


def _edition(cancer: pd.DataFrame) -> pd.Series:
    number = number_cells(cancer, "naaccr_tnm_edition_num")
    return number.where(number.between(5, 9)).astype("Int64").astype(TEXT)


def _metastasis(cancer: pd.DataFrame, site: str, dx_day: pd.Series, first_ici: pd.Series) -> pd.Series:
    """Whether a site was metastatic by the first ICI (ever, without an ICI); an undated metastasis is not known."""
    flag = number_cells(cancer, f"dmets_{site}")
    day = dx_day + number_cells(cancer, f"dx_to_dmets_{site}_days")
    by_then = flag.eq(1) & (first_ici.isna() | (day <= first_ici))
    later = flag.eq(1) & (day > first_ici)
    answer = np.select([by_then, later | flag.eq(0)], ["yes", "no"], default="")
    return pd.Series(answer, index=cancer.index, dtype=TEXT).replace("", np.nan)


def _pd_l1(pathology: pd.DataFrame, first_ici: pd.Series) -> pd.DataFrame:
    """The last tumour-cell result on or before the first ICI by record_id: pd_l1_tps, pd_l1_clone.

    A percentage, else "Negative" where the summary says so; "Positive", "Low" and "High" name no bound: left out.
    """
    parts = []
    for suffix in ("", "_2", "_3"):
        negative = text_cells(pathology, f"pdl1_sum{suffix}").where(lambda cells: cells.eq("Negative"))
        parts.append(
            pd.DataFrame(
                {
                    "record_id": text_cells(pathology, "record_id"),
                    "day": number_cells(pathology, "path_proc_int"),
                    "tested": _yes(pathology, "pdl1_testing"),
                    "pd_l1_tps": text_cells(pathology, f"pdl1_perc{suffix}").fillna(negative).astype(TEXT),
                    "pd_l1_clone": text_cells(pathology, f"pdl1_test{suffix}"),
                    "percent": text_cells(pathology, f"pdl1_perc{suffix}").notna(),
                }
            )
        )
    rows = pd.concat(parts, ignore_index=True)
    bound = rows["record_id"].map(first_ici).astype("float64")
    rows = rows[rows["tested"] & rows["pd_l1_tps"].notna() & (bound.isna() | (rows["day"].round() <= bound))]
    rows = rows.sort_values(["record_id", "day", "percent"], kind="stable")
    # The first of a report's results stands: the registry lists them in the order of the report.
    last = rows.groupby("record_id")["day"].transform("max").eq(rows["day"])
    best = rows[last].sort_values(["record_id", "percent"], ascending=[True, False], kind="stable")
    return best.drop_duplicates("record_id").set_index("record_id")[["pd_l1_tps", "pd_l1_clone"]]


# --- treatments ---


def _regimens(regimen: pd.DataFrame) -> pd.DataFrame:
    """One row per regimen of a patient: a regimen repeats under each cancer (`ca_seq`) that it treats.

    Of the repeats that of the index cancer stands. Columns added: record, number, day_0 (days from birth to the
    diagnosis that the row counts from).
    """
    rows = regimen.assign(
        record=text_cells(regimen, "record_id"),
        number=number_cells(regimen, "regimen_number"),
        day_0=_diagnosis_day(regimen),
        _other=~_yes(regimen, "redcap_ca_index"),
    )
    rows = rows.sort_values(["record", "number", "_other"], kind="stable")
    repeated = rows.duplicated(["record", "number"]) & rows["record"].notna() & rows["number"].notna()
    return rows[~repeated].sort_values(list(PLACE), kind="stable").drop(columns="_other")


def _diagnosis_day(regimen: pd.DataFrame) -> pd.Series:
    day = pd.Series(np.nan, index=regimen.index)
    for slot in SLOTS:
        both = number_cells(regimen, f"drugs_startdt_int_{slot}") - number_cells(regimen, f"dx_drug_start_int_{slot}")
        day = day.fillna(both)
    return day


def _first_ici(regimens: pd.DataFrame) -> pd.Series:
    """Days from birth to the start of the first regimen with a checkpoint inhibitor, by record_id."""
    ici = text_cells(regimens, "regimen_drugs").str.contains(ICIS, case=False, na=False)
    starts = pd.concat([number_cells(regimens, f"drugs_startdt_int_{slot}") for slot in SLOTS], axis=1).min(axis=1)
    return starts[ici].groupby(regimens.loc[ici, "record"]).min().dropna()


def _treatments(regimens: pd.DataFrame, births: pd.Series) -> pd.DataFrame:
    """One row per drug of a regimen where the release names the drug of each slot, else one per regimen."""
    named = [slot for slot in SLOTS if f"drugs_drug_{slot}" in regimens.columns]
    parts = [_slot(regimens, slot, births) for slot in named] or [_whole(regimens, births)]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return rows.sort_values([*PLACE, "_slot"], kind="stable", ignore_index=True).drop(columns="_slot")


def _slot(regimens: pd.DataFrame, slot: int, births: pd.Series) -> pd.DataFrame:
    # "Carboplatin(CARBO, Paraplatin, ...)": the generic, then its synonyms in brackets.
    drug = text_cells(regimens, f"drugs_drug_{slot}").str.replace(r"\s*\(.*$", "", regex=True)
    given = regimens[drug.notna()]
    end = number_cells(given, f"dx_drug_end_int_{slot}").fillna(
        number_cells(given, f"dx_drug_end_or_lastadm_int_{slot}")
    )
    return _rows(given, drug[drug.notna()], _date(given, f"drugs_startdt_int_{slot}", births), end, births, slot)


def _whole(regimens: pd.DataFrame, births: pd.Series) -> pd.DataFrame:
    """Without names by slot nobody knows which start belongs to which drug: the regimen's own dates stand."""
    starts = pd.concat([number_cells(regimens, f"drugs_startdt_int_{slot}") for slot in SLOTS], axis=1).min(axis=1)
    start = _after(regimens["record"].map(births).astype(DATE), starts)
    ends = pd.concat([number_cells(regimens, f"dx_drug_end_int_{slot}") for slot in SLOTS], axis=1).max(axis=1)
    end = number_cells(regimens, "dx_reg_end_all_int").fillna(ends)
    return _rows(regimens, text_cells(regimens, "regimen_drugs"), start, end, births, 1)


def _rows(
    regimens: pd.DataFrame, drug: pd.Series, start: pd.Series, dx_end: pd.Series, births: pd.Series, slot: int
) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "patient_id": regimens["record"],
            "regimen_id": text_cells(regimens, "regimen_number").str.removesuffix(".0"),
            "drug": drug,
            "start_date": start,
            "end_date": _after(regimens["record"].map(births).astype(DATE), regimens["day_0"] + dx_end),
            "modality": pd.Series("systemic", index=regimens.index, dtype=TEXT),
            "_slot": slot,
        }
    )
    return pd.concat([rows, _place(regimens)], axis=1)


# --- assessments ---


def _assessments(raw: Mapping[str, RawFile], births: pd.Series) -> pd.DataFrame:
    """One row per patient, day and basis, with the registry's word as `response`.

    `sites_mentioned` is a bound in words ("<=3") of the organs with progression: the number of sites of cancer that
    the scan mentions, which need not progress. It is a proxy that no mapping takes by default.
    """
    imaging = raw["imaging"].frame
    parts = [_statements(imaging, "image_scan_int", "image_overall", "imaging", births, _sites(imaging))]
    if "medonc" in raw:
        visits = raw["medonc"].frame
        parts.append(_statements(visits, "md_onc_visit_int", "md_ca_status", "clinical", births, None))
    return pd.concat(parts, ignore_index=True)


def _statements(
    frame: pd.DataFrame, day: str, word: str, basis: str, births: pd.Series, sites: pd.Series | None
) -> pd.DataFrame:
    words = text_cells(frame, word).fillna(NO_STATEMENT)
    rows = pd.DataFrame(
        {
            "patient_id": text_cells(frame, "record_id"),
            "assessment_date": _date(frame, day, births),
            "response": words,
            "basis": pd.Series(basis, index=frame.index, dtype=TEXT),
            "sites_mentioned": pd.Series(np.nan, index=frame.index, dtype=TEXT) if sites is None else sites,
            "_rank": _rank(words),
        }
    )
    rows = pd.concat([rows, _place(frame)], axis=1)
    rows = rows.sort_values(["patient_id", "_rank", *PLACE], kind="stable")
    same_day = rows.duplicated(["patient_id", "assessment_date"]) & rows["assessment_date"].notna()
    return rows[~same_day].sort_values(list(PLACE), kind="stable").drop(columns="_rank")


def _rank(words: pd.Series) -> pd.Series:
    rank = pd.Series(len(WORDS), index=words.index)
    for at, start in reversed(list(enumerate(WORDS))):
        rank = rank.mask(words.str.startswith(start), at)
    return rank


def _sites(imaging: pd.DataFrame) -> pd.Series:
    """The number of different sites of cancer that a scan mentions, as an upper bound; missing where it names none."""
    columns: Iterable[pd.Series] = (text_cells(imaging, f"image_casite{number}") for number in SITES)
    count = pd.concat(columns, axis=1).nunique(axis=1)
    return ("<=" + count.astype(TEXT)).where(count > 0).astype(TEXT)
