"""A small invented study: forty patients rechallenged, another with nobody rechallenged."""

import struct
import zlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pandas as pd

from rechallenge.estimates.rows import NAN, Row, not_fitted, placed, table
from rechallenge.report.published import read_published
from rechallenge.report.study_data import StudyData
from rechallenge.settings.config import StudyConfig
from rechallenge.validation.finding_counts import finding_counts
from tests.report import further_rows

CHECKOUT = Path(__file__).parents[2]
TEMPLATES = CHECKOUT / "workflow" / "templates"
PUBLISHED = CHECKOUT / "config" / "published"
FLOW = (
    '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" role="img">'
    "<title>Flow</title></svg>"
)
CRITERIA = (
    "extract", "nsclc", "advanced", "ici_treated", "no_prior_ici", "first_ici_monotherapy", "first_ici_in_window",
    "index_progression", "rechallenged", "rechallenge_in_window", "minimum_data",
)  # fmt: skip


def _survival(
    endpoint: str, population: str, groups: dict[tuple[str, str], tuple[float, float, float, float, float]]
) -> list[Row]:
    """Per (term, level): n, events, median, lower, upper."""
    rows = []
    for (term, level), (n, events, median, lower, upper) in groups.items():
        own = {
            "n": n,
            "events": events,
            "endpoint": endpoint,
            "population": population,
            "model": "kaplan_meier",
            "term": term,
            "level": level,
        }
        rows += [
            Row("n", n, **own),
            Row("events", events, **own),
            Row("median", median, lower, upper, confidence=0.95, method="Kaplan-Meier", **own),
            Row("survival", 0.61, 0.43, 0.86, at=6.0, confidence=0.95, **own),
        ]
    return rows


def _table_one(population: str, sizes: dict[str, float]) -> list[Row]:
    rows = []
    for model, n in sizes.items():
        own = {"model": model, "population": population, "n": n}
        rows += [
            Row("n", n, term="patients", **own),
            Row("median", 61.0, term="age", **own),
            Row("q1", 55.25, term="age", **own),
            Row("q3", 67.0, term="age", **own),
            Row("n", n - 4, term="sex", level="male", **own),
            Row("percent", 100 * (n - 4) / n, term="sex", level="male", **own),
            Row("n", 4.0, term="sex", level="female", **own),
            Row("percent", 400 / n, term="sex", level="female", **own),
            Row("missing", 0.0, term="sex", **own),
            Row("n", 3.0, term="pd_l1_group", level=">=50%", **own),
            Row("percent", 30.0, term="pd_l1_group", level=">=50%", **own),
            Row("missing", n - 10, term="pd_l1_group", **own),
            Row("n", 5.0, term="brain_metastasis", level="yes", **own),
            Row("percent", 500 / n, term="brain_metastasis", level="yes", **own),
            Row("n", n - 5, term="brain_metastasis", level="no", **own),
        ]
    if len(sizes) > 1:
        rows.append(
            Row("p", 0.0004, p=0.0004, model="table1", population=population, term="sex", method="Fisher's exact test")
        )
    return rows


def _cox(model: str) -> list[Row]:
    own = {"endpoint": "PFS", "population": "rechallenge", "model": model, "n": 38.0, "events": 33.0}
    key = {"term": "resistance", "level": "primary", "reference": "acquired"}
    return [
        Row("hr", 2.444, 1.11, 5.361, 0.0272, confidence=0.95, **key, **own),
        Row("ph_p", 0.89, p=0.89, **key, **own),
        Row("n", 38.0, **own),
        Row("events", 33.0, **own),
        Row("dropped", 2.0, **own),
        Row("events_per_variable", 8.25, **own),
        Row("concordance", 0.68, 0.58, 0.79, **own),
        Row("ph_p", 0.36, p=0.36, term="global", **own),
    ]


def estimates_frame(*, rechallenged: bool = True) -> pd.DataFrame:
    """Return a small estimates.csv with the names that the estimate step gives."""
    first = [
        *_survival("PFS1", "first_ici", {("overall", ""): (160, 126, 4.1, 3.3, 4.8)}),
        *_survival("OS1", "first_ici", {("overall", ""): (160, 60, NAN, 20.4, NAN)}),
    ]
    if not rechallenged:
        return table(placed([*first, *_table_one("first_ici", {"table1": 160.0})], analysis="main"))
    again = {"population": "rechallenge", "n": 40.0, "term": "resistance"}
    main = [
        *first,
        Row("n", 22.0, level="acquired", **again),
        Row("percent", 55.0, level="acquired", **again),
        Row("n", 18.0, level="primary", **again),
        Row("percent", 45.0, level="primary", **again),
        *_survival(
            "PFS",
            "rechallenge",
            {
                ("overall", ""): (40, 34, 2.9, 2.0, 5.7),
                ("resistance", "acquired"): (22, 19, 5.04, 2.2, 9.4),
                ("resistance", "primary"): (18, 15, 1.9, 1.1, NAN),
                ("progression_pattern", "oligo"): (21, 17, 3.9, 2.2, 6.0),
                ("progression_pattern", "systemic"): (15, 14, 1.8, 1.2, 3.0),
                ("interval_treatment", "true"): (23, 19, 3.8, 2.5, 6.1),
                ("interval_treatment", "false"): (17, 15, 2.1, 1.3, 4.0),
            },
        ),
        *_survival("OS", "rechallenge", {("overall", ""): (40, 12, NAN, 18.1, NAN)}),
        *_survival("TTF", "rechallenge", {("overall", ""): (40, 37, 2.1, 1.6, 3.3)}),
        *_survival("DOR", "rechallenge", {("overall", ""): (3, 2, 4.4, 3.1, NAN)}),
        *_survival("TTNT1", "first_ici", {("overall", ""): (160, 101, 6.6, 5.1, 8.0)}),
        Row("p", 0.0421, p=0.0421, endpoint="PFS", population="rechallenge", model="log_rank", term="resistance"),
        *_table_one(
            "rechallenge", {"table1": 40.0, "table1|resistance=acquired": 22.0, "table1|resistance=primary": 18.0}
        ),
        *_cox("cox_univariable"),
        *_cox("cox_multivariable"),
        *further_rows.response_rows(),
        *further_rows.ratio_rows(),
        *further_rows.concordance_rows(),
        *further_rows.curve_rows(),
        *further_rows.lesion_rows(),
        replace(
            not_fitted("Not fitted: 3 events, fewer than the declared minimum of 5."),
            endpoint="OS",
            population="rechallenge",
            model="cox_multivariable",
        ),
    ]
    kept = ("", "kaplan_meier", "log_rank", "cox_univariable", "cox_multivariable")
    literal = [row for row in main if row.population == "rechallenge" and row.model in kept]
    scenarios = further_rows.scenario_rows(main)
    parts = [table(placed(main, analysis="main")), table(placed(literal, analysis="literal")), table(scenarios)]
    return pd.concat(parts, ignore_index=True)


def attrition_frame(*, rechallenged: bool = True) -> pd.DataFrame:
    remaining = [405, 398, 371, 352, 341, 176, 160, 120, 43, 41, 40]
    if not rechallenged:
        remaining[8:] = [0, 0, 0]
    excluded = [0, *(before - after for before, after in pairwise(remaining))]
    return pd.DataFrame(
        {
            "step": range(11),
            "criterion": CRITERIA,
            "excluded": excluded,
            "remaining": remaining,
            "not_evaluable": [0, 0, 9, *[0] * 8],
        }
    )


def make_study(
    *,
    rechallenged: bool = True,
    title: str = "A study",
    simulated: bool = True,
    dates_only: bool = False,
    file: str = "patients.csv",
) -> StudyData:
    config = StudyConfig.read(
        {
            "extract": {"path": "extract", "source": "/home/somebody/secret/mapping_of_ours.yaml"},
            "study": {
                "title": title,
                "cutoff": "2022-12-31",
                "window": {"start": "2016-03-01", "end": "2022-12-31"},
                "simulated": simulated,
            },
            "analyses": {
                "literal": {"title": "Literal reading", "definitions": {"resistance": {"preset": "index_literal"}}}
            }
            if rechallenged
            else {},
            "statistics": {"landmarks_months": [6]},
            "release": {"level": "internal"},
            "report": {"published": ["index_study", "sibling_studies"]},
        },
        "study.yaml",
    )
    violations = pd.DataFrame(
        [
            ("error", "dose_after_death", "treatments", "waived", "P-0007"),
            ("warning", "unknown_line", "treatments", "open", "P-0008"),
        ],
        columns=["severity", "rule", "table", "status", "value"],
    )
    return StudyData(
        config=config,
        estimates=estimates_frame(rechallenged=rechallenged),
        attrition=attrition_frame(rechallenged=rechallenged),
        row_account=pd.DataFrame(
            {"table": ["patients"], "rows_read": [425], "duplicates_merged": [20], "set_aside": [0], "used": [405]}
        ),
        findings=finding_counts(violations),
        source={
            "files": [{"name": file, "sha256": "ab" * 32, "rows": 425}],
            "declares": {"simulated": simulated, "progression_dates_only": dates_only},
        },
        published=read_published(config.report.published, PUBLISHED),
        versions={"rechallenge": "0.1.0", "settings": "cd" * 32},
    )


def png(width: int = 2, height: int = 1) -> bytes:
    """Return a white PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    lines = zlib.compress((b"\x00" + b"\xff" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
