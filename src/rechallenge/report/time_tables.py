"""What changes with time, as tables: rechallenge as exposure, delayed entry, competing events, dates of PFS."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from rechallenge.language import N_, tr
from rechallenge.punctuation import labelled, listed, paragraph, separated, then
from rechallenge.report import words
from rechallenge.report.numbers import Numbers, name_of
from rechallenge.report.results import CONFIDENCE, comparison_words, month, outside_note
from rechallenge.report.sentences import counted
from rechallenge.report.sheets import EMPTY, Row, Sheet, if_known, one, with_interval, without_empty_columns
from rechallenge.results import records

PROGRESSED: Final = {"endpoint": "PPS", "population": "progressed"}
ENTERED: Final = {"endpoint": "OS1", "population": "rechallenge"}
PFS: Final = {"endpoint": "PFS", "population": "rechallenge"}
EXPOSURE_LANDMARKS: Final = "exposure_landmarks_months"
CAUSES: Final = (
    ("progression", N_("Progression")),
    ("death", N_("Death without progression")),
    ("new_therapy", N_("New systemic therapy")),
)
DATINGS: Final = (
    ("dating_right_end", N_("At the scan that shows it (main analysis)")),
    ("dating_midpoint", N_("In the middle between the scans")),
    ("dating_interval", N_("As the interval between the scans")),
)
ALPHA: Final = "{settings.statistics.proportional_hazards_alpha}"
SPLIT: Final = "exposure_time_dependent_time_split"


def tables(estimates: pd.DataFrame, numbers: Numbers, labels: Mapping[str, str]) -> list[Sheet]:
    """Return the tables of what changes with time, those that there are."""
    own = estimates[estimates["analysis"] == "main"]
    found = (
        _exposure(own, numbers),
        _delayed_entry(own, numbers),
        _competing(own, numbers, labels),
        _dating(own, numbers, labels),
    )
    return [sheet for sheet in found if sheet is not None]


def _exposure(own: pd.DataFrame, numbers: Numbers) -> Sheet | None:
    """Naive, time-dependent, adjusted and landmark comparisons of rechallenge, one line each."""
    of = {**PROGRESSED, "term": "rechallenged"}
    lines: list[tuple[str, dict[str, Any], str]] = [
        (tr("Naive: ever or never, from progression"), {**of, "model": "exposure_naive"}, "exposure_naive"),
        (
            tr("Time-dependent: exposed from rechallenge on"),
            {**of, "model": "exposure_time_dependent"},
            "exposure_simon_makuch",
        ),
        (tr("Time-dependent, adjusted"), {**of, "model": "exposure_adjusted"}, ""),
    ]
    landmarks = own[(own["model"] == "exposure_landmark") & (own["statistic"] == "rechallenged_later")]["at"]
    for at in sorted(set(landmarks)):
        key = {**PROGRESSED, "term": "rechallenged_by_then", "model": "exposure_landmark", "at": at}
        lines.append((tr("Landmark: rechallenged by then or not"), key, "exposure_landmark"))
    rows = []
    for label, key, curves in lines:
        ratio = name_of({**key, "level": "true", "reference": "false", "statistic": "hr"})
        cells = [cell for level in ("true", "false") for cell in _group(key, level, curves, numbers)]
        cells += [with_interval(ratio, numbers), one(f"{ratio}.p", numbers)]
        landmark = month(key["at"], numbers, EXPOSURE_LANDMARKS) if "at" in key else EMPTY
        if any(cell != EMPTY for cell in cells):
            rows.append(Row(label, (landmark, *cells)))
        rows += _split_rows(own, f"{key['model']}_time_split", label, numbers)
    if not rows:
        return None
    head = (
        "", tr("Landmark, months"), tr("Rechallenged: patients"), tr("Deaths"), tr("Median, months (CI)"),
        tr("Not rechallenged: patients"), tr("Deaths"), tr("Median, months (CI)"), tr("Hazard ratio (CI)"), "P",
    )  # fmt: skip
    caption = tr(
        "Rechallenge as an exposure: survival of all who progressed on the first ICI, with {confidence} CI",
        confidence=CONFIDENCE,
    )
    return without_empty_columns(Sheet("exposure", caption, head, tuple(rows), _exposure_notes(own, numbers)))


def _split_rows(own: pd.DataFrame, model: str, label: str, numbers: Numbers) -> list[Row]:
    """The hazard ratio until and after a time, where hazards are not proportional."""
    found = own[(own["model"] == model) & (own["statistic"] == "hr")]
    rows = []
    for row in records(found):
        name, (_, period) = name_of(row), in_period(str(row["level"]))
        cells = (with_interval(name, numbers), one(f"{name}.p", numbers))
        rows.append(Row(then(label, period), (EMPTY,) * 7 + cells))
    return rows


def in_period(level: str) -> tuple[str, str]:
    """Return the class, and the period in words, of the level of a split hazard ratio ("true until 10 months")."""
    for word, said in (
        ("until", tr("until the middle of the deaths")),
        ("after", tr("after the middle of the deaths")),
    ):
        own, found, _ = level.partition(f"{word} ")
        if found:
            return own.strip(), said
    return level, ""


def _group(key: dict[str, Any], level: str, curves: str, numbers: Numbers) -> tuple[str, str, str]:
    """Patients, deaths and median of one state; those of the Simon-Makuch curves beside the time-dependent model."""
    n, events = (name_of({**key, "level": level, "statistic": statistic}) for statistic in ("n", "events"))
    median = name_of({**key, "model": curves, "level": level, "statistic": "median"}) if curves else ""
    return one(n, numbers), one(events, numbers), with_interval(median, numbers)


def _exposure_notes(own: pd.DataFrame, numbers: Numbers) -> tuple[str, ...]:
    bias = name_of({**PROGRESSED, "term": "rechallenged", "model": "immortal_time_bias"})
    ratio, waited, percent = (f"{bias}.{name}" for name in ("ratio_of_hazard_ratios", "waited_months", "percent"))
    byar = name_of({**PROGRESSED, "term": "rechallenged", "model": "exposure_mantel_byar", "statistic": "p"})
    starts = name_of({**PROGRESSED, "term": "rechallenged", "model": "exposure_simon_makuch", "statistic": "starts"})
    of = {**PROGRESSED, "model": "exposure_adjusted"}
    dropped = name_of({**of, "statistic": "dropped"})
    adjusted = name_of({**of, "term": "rechallenged", "level": "true", "reference": "false", "statistic": "hr"})
    bias_words = tr(", which reflects immortal-time bias") if ratio in numbers and numbers[ratio]["raw"] > 1 else ""
    notes = [
        *_exposed_notes(numbers),
        if_known(
            tr(
                "The time-dependent hazard ratio is {{ratio}} times the naive one{bias_words}. The naive comparison counts the months until rechallenge, in which nobody who was rechallenged later could die, as survival of the rechallenged.",
                ratio=ratio,
                bias_words=bias_words,
            ),
            ratio,
            numbers=numbers,
        ),
        if_known(
            tr(
                "Those ever rechallenged waited {{waited}} months in all, {{percent}} of their time from progression.",
                waited=waited,
                percent=percent,
            ),
            waited,
            percent,
            numbers=numbers,
        ),
        if_known(
            tr("Mantel-Byar test of the time-dependent comparison: {P:{byar}}.", byar=byar), byar, numbers=numbers
        ),
        if_known(
            tr(
                "Medians beside the time-dependent model: curves of Simon and Makuch, which begin {{starts}} months after progression, as soon as enough patients are under observation after rechallenge.",
                starts=starts,
            ),
            starts,
            numbers=numbers,
        ),
        *_landmark_notes(own, numbers),
        *_proportional_notes(numbers),
        _adjusted_note(adjusted, dropped, numbers),
        tr(
            "Adjusted for the declared covariates that are known at progression. ECOG on record is that of rechallenge, "
            "and treatment between is part of what is compared: neither is adjusted for."
        ),
        tr(
            "No causal claim: patients chosen for rechallenge differ from others in ways that are not recorded "
            "(confounding by indication), and taking account of time does not change that."
        ),
    ]
    return tuple(note for note in notes if note != EMPTY)


def _adjusted_note(adjusted: str, dropped: str, numbers: Numbers) -> str:
    """Whom the adjusted model counts, and how many it leaves out."""
    if not all(name in numbers for name in (f"{adjusted}.n", f"{adjusted}.events", dropped)):
        return EMPTY
    who = listed([counted(f"{adjusted}.n", "patient", numbers), counted(f"{adjusted}.events", "death", numbers)])
    left = tr("; {{dropped}} without all covariates left out", dropped=dropped) if numbers[dropped]["raw"] else ""
    return tr("Adjusted: {who}{left}.", who=who, left=left)


def _exposed_notes(numbers: Numbers) -> list[str]:
    """Whom each line counts as rechallenged, where the counts differ from that of the rechallenge set."""
    key = {**PROGRESSED, "term": "rechallenged", "level": "true", "statistic": "n"}
    naive, changing = (name_of({**key, "model": f"exposure_{model}"}) for model in ("naive", "time_dependent"))
    of_set = name_of({"population": "rechallenge", "term": "overall", "statistic": "n"})
    if not all(name in numbers for name in (naive, changing, of_set)):
        return []
    ever, seen, chosen = (numbers[name]["raw"] for name in (naive, changing, of_set))
    said = []
    if ever != chosen:
        said.append(
            tr(
                "Ever rechallenged are {{naive}} of those who progressed; the rechallenge set as analysed has {{of_set}}, since its own criteria (study window, minimum data, a class where one is asked for) do not decide who was exposed here.",
                naive=naive,
                of_set=of_set,
            )
        )
    if seen != ever:
        said.append(
            tr(
                "The time-dependent comparison counts {{changing}} of them as exposed: those under observation after the day of rechallenge. Everybody is unexposed until then.",
                changing=changing,
            )
        )
    return [paragraph(said)] if said else []


TESTED: Final = {"exposure_naive": N_("naive {P}"), "exposure_time_dependent": N_("time-dependent {P}")}


def _proportional_notes(numbers: Numbers) -> list[str]:
    """The tests of proportional hazards: without them a single hazard ratio says too much."""
    found = []
    for model, said in TESTED.items():
        key = {**PROGRESSED, "term": "rechallenged", "level": "true", "reference": "false", "model": model}
        test = name_of({**key, "statistic": "ph_p"})
        if test in numbers:
            found.append(tr(said, P=f"{{P:{test}}}"))
    if not found:
        return []
    split = {**PROGRESSED, "term": "rechallenged", "model": SPLIT}
    test, months = (name_of({**split, "statistic": statistic}) for statistic in ("time_split_chi2", "split_months"))
    given = if_known(
        tr(
            "Where it is below {alpha} the ratio is given until and after the middle of the deaths too, {{months}} months (one ratio against two: {P:{test}.p}).",
            alpha=ALPHA,
            months=months,
            test=test,
        ),
        months,
        f"{test}.p",
        numbers=numbers,
    )
    return [
        tr(
            "Test of proportional hazards (scaled Schoenfeld residuals): {found}. Where it is small, the hazard ratio is an average over a changing one, and the curves say more.",
            found=separated(found),
        )
        + (f" {given}" if given != EMPTY else "")
    ]


def _landmark_notes(own: pd.DataFrame, numbers: Numbers) -> list[str]:
    found = []
    for at in sorted(set(own.loc[own["model"] == "exposure_landmark", "at"].dropna())):
        key = {**PROGRESSED, "term": "rechallenged_by_then", "model": "exposure_landmark", "at": at}
        died, gone = (name_of({**key, "level": level, "statistic": "left_out"}) for level in ("died", "not_followed"))
        later = name_of({**key, "statistic": "rechallenged_later"})
        landmark = month(at, numbers, EXPOSURE_LANDMARKS)
        if not all(name in numbers for name in (died, gone, later)):
            continue
        said = tr(
            "Landmark at {landmark} months: {counted} had died and {{gone}} were no longer under observation, and are in neither group; of those not rechallenged by then, {{later}} were rechallenged later.",
            landmark=landmark,
            counted=counted(died, "patient", numbers),
            gone=gone,
            later=later,
        )
        found.append(said)
    return found


def _delayed_entry(own: pd.DataFrame, numbers: Numbers) -> Sheet | None:
    """OS from the first ICI of those rechallenged, counted from rechallenge on and as if nobody had waited."""
    models = (("delayed_entry", tr("from rechallenge on")), ("delayed_entry_ignored", tr("entry ignored")))
    medians = own[(own["model"] == "delayed_entry") & (own["statistic"] == "median")]
    rows: list[Row] = []
    for term, level in dict.fromkeys(zip(medians["term"], medians["level"], strict=True)):
        key = {**ENTERED, "term": term, "level": level}
        first, second = (name_of({**key, "model": model, "statistic": "median"}) for model, _ in models)
        cells = (one(f"{first}.n", numbers), one(f"{first}.events", numbers))
        label = words.level(term, level) if level else words.term(term)
        medians_of = tuple(with_interval(name, numbers) for name in (first, second))
        rows.append(Row(label, (*cells, *medians_of), "level" if level else "data"))
    ratios = own[(own["model"] == "delayed_entry") & (own["statistic"] == "hr")]
    for row in records(ratios):
        names = [name_of({**row, "model": model}) for model, _ in models]
        ratios_of = tuple(with_interval(name, numbers) for name in names)
        rows.append(Row(tr("Hazard ratio, {row}", row=words.lower_first(_compared(row, {}))), ("", "", *ratios_of)))
    for row in records(own[(own["model"] == "delayed_entry_time_split") & (own["statistic"] == "hr")]):
        level, period = in_period(str(row["level"]))
        label = tr(
            "Hazard ratio, {level}, {period}",
            level=words.lower_first(_compared({**row, "level": level}, {})),
            period=period,
        )
        rows.append(Row(label, ("", "", with_interval(name_of(row), numbers), "")))
    if not rows:
        return None
    head = (
        "",
        tr("Patients"),
        tr("Deaths"),
        tr("Counted from rechallenge on (delayed entry)"),
        tr("Delayed entry ignored"),
    )
    proportional = own[(own["model"] == "delayed_entry") & (own["statistic"] == "ph_p")]
    tests = [f"{{P:{name}}}" for name in map(name_of, records(proportional)) if name in numbers]
    months = name_of(
        {**ENTERED, "model": "delayed_entry_time_split", "term": "resistance", "statistic": "split_months"}
    )
    check = name_of({**ENTERED, "model": "entry_check", "term": "entry_months", "statistic": "hr"})
    test = name_of({**ENTERED, "model": "delayed_entry", "term": "resistance", "statistic": "p"})
    notes = (
        tr("Median months (CI), then hazard ratios. Nobody in the rechallenge set could die before "
        "rechallenge: if they are "
        "counted as at risk from the first ICI on, survival is overstated."),
        outside_note("OS1", "rechallenge", numbers),
        if_known(tr("Log-rank test with delayed entry, by resistance: {P:{test}}.", test=test), test, numbers=numbers),
        tr("Test of proportional hazards, delayed entry: {tests}.", tests='; '.join(tests))
        if tests
        else EMPTY,
        if_known(
            tr("Where it is below {alpha} the hazard ratio is given until and after the middle of the deaths too, {{months}} months.", alpha=ALPHA, months=months),
            months,
            numbers=numbers,
        ),
        if_known(
            tr("Delayed entry supposes that the time of entry tells nothing about the risk afterwards; checked by the hazard ratio per month until rechallenge, {{check}} ({{check}.ci}), {P:{check}.p}.", check=check),
            check, f"{check}.ci", f"{check}.p",
            numbers=numbers,
        ),
    )  # fmt: skip
    caption = tr(
        "Overall survival from the first ICI in the rechallenge set, with {confidence} CI", confidence=CONFIDENCE
    )
    return without_empty_columns(
        Sheet("delayed-entry", caption, head, tuple(rows), tuple(note for note in notes if note and note != EMPTY))
    )


def _compared(row: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    return comparison_words(str(row["term"]), str(row["level"]), str(row["reference"]), labels)


def _competing(own: pd.DataFrame, numbers: Numbers, labels: Mapping[str, str]) -> Sheet | None:
    """Incidences of each cause, overall and by class, with the test and both hazard ratios."""
    shares = own[own["statistic"] == "cumulative_incidence"]
    times = sorted(set(shares["at"].dropna()))
    rows: list[Row] = []
    for endpoint, population in (("PFS1", "first_ici"), ("PFS", "rechallenge")):
        part = shares[(shares["endpoint"] == endpoint) & (shares["population"] == population)]
        if not len(part):
            continue
        rows.append(Row(words.endpoint(endpoint), ("",) * (len(times) + 5), "group"))
        key: dict[str, Any] = {"endpoint": endpoint, "population": population}
        for cause, said in CAUSES:
            of_cause = part[part["model"] == f"cumulative_incidence|{cause}"]
            for term in dict.fromkeys(of_cause["term"]):
                levels = list(dict.fromkeys(of_cause.loc[of_cause["term"] == term, "level"]))
                rows += _competing_rows(own, {**key, "term": term}, cause, said, levels, times, numbers, labels)
    if not rows:
        return None
    head = (
        "", tr("Patients"), tr("Events"), *(tr("By {month} months (CI)", month=month(time, numbers)) for time in times), tr("Gray's P"),
        tr("Cause-specific HR (CI)"), tr("Subdistribution HR (CI)"),
    )  # fmt: skip
    notes = (
        tr(
            "Cumulative incidence (Aalen-Johansen): the share of patients whose progression-free time has ended in this "
            "way. The cause-specific hazard ratio compares rates in those still without an event, the subdistribution "
            "hazard ratio (Fine and Gray) the incidences; they answer different questions and need not agree."
        ),
    )
    caption = tr("What ends progression-free survival, with {confidence} CI", confidence=CONFIDENCE)
    return without_empty_columns(Sheet("competing-events", caption, head, tuple(rows), notes))


def _competing_rows(
    own: pd.DataFrame,
    key: dict[str, Any],
    cause: str,
    said: str,
    levels: list[str],
    times: list[float],
    numbers: Numbers,
    labels: Mapping[str, str],
) -> list[Row]:
    term, model = key["term"], f"cumulative_incidence|{cause}"
    rows: list[Row] = []
    if levels != [""]:
        test = name_of({**key, "model": f"gray|{cause}", "statistic": "p"})
        cells = ["", "", *("" for _ in times), one(test, numbers)]
        for of, statistic in (("cause_specific", "hr"), ("fine_gray", "shr")):
            found = own[(own["model"] == f"{of}|{cause}") & (own["statistic"] == statistic) & (own["term"] == term)]
            found = found[found["endpoint"] == key["endpoint"]]
            ratios = [with_interval(name_of(row), numbers) for row in records(found)]
            cells.append(separated(ratios) or EMPTY)
        rows.append(
            Row(
                tr("{said}, by {words}", said=said, words=words.lower_first(words.term(term, labels))),
                tuple(cells),
                "group",
            )
        )
    for level in words.ordered(term, levels):
        stem = {**key, "model": model, "level": level}
        n, events = (name_of({**stem, "statistic": statistic}) for statistic in ("n", "events"))
        at = [
            with_interval(name_of({**stem, "statistic": "cumulative_incidence", "at": time}), numbers) for time in times
        ]
        label = words.level(term, level) if level else said
        cells = [one(n, numbers), one(events, numbers), *at, "", "", ""]
        rows.append(Row(label, tuple(cells), "level" if level else "data"))
    return rows


def _dating(own: pd.DataFrame, numbers: Numbers, labels: Mapping[str, str]) -> Sheet | None:
    """Medians and hazard ratios of PFS under three ways to date progression."""
    part = own[own["model"].isin([model for model, _ in DATINGS]) & (own["endpoint"] == "PFS")]
    if "dating_right_end" not in set(part["model"]):
        return None
    rows: list[Row] = []
    medians = part[(part["model"] == "dating_right_end") & (part["statistic"] == "median")]
    for term, level in dict.fromkeys(zip(medians["term"], medians["level"], strict=True)):
        label = (
            labelled(words.term(term, labels), words.lower_first(words.level(term, level)))
            if level
            else words.term(term)
        )
        key = {**PFS, "term": term, "level": level, "statistic": "median"}
        cells = tuple(with_interval(name_of({**key, "model": model}), numbers) for model, _ in DATINGS)
        rows.append(Row(tr("Median, months, {words}", words=words.lower_first(label)), cells))
    for statistic, fitted in (("hr", tr("Cox")), ("weibull_hr", tr("Weibull"))):
        ratios = part[(part["statistic"] == statistic) & (part["model"] == "dating_right_end")]
        for row in records(ratios):
            cells = tuple(with_interval(name_of({**row, "model": model}), numbers) for model, _ in DATINGS)
            rows.append(
                Row(
                    tr(
                        "Hazard ratio, {fitted}, {labels}",
                        fitted=fitted,
                        labels=words.lower_first(_compared(row, labels)),
                    ),
                    cells,
                )
            )
    width = name_of({**PFS, "model": "dating_interval", "term": "overall", "statistic": "median_width"})
    notes = (
        if_known(
            tr(
                "{{width}.events} progressions lie between two scans; the median width of these intervals is {{width}} months. Dates of death are exact.",
                width=width,
            ),
            width,
            numbers=numbers,
        ),
        tr(
            "In the last column the brackets of a median are the two times between which Turnbull's estimate of it is not "
            "determined, and no confidence interval. No Cox model was fitted to intervals; Weibull models of all three "
            "columns separate the effect of dating from that of the model."
        ),
    )
    head = ("", *(said for _, said in DATINGS))
    caption = tr(
        "How progression is dated: progression-free survival from rechallenge, with {confidence} CI",
        confidence=CONFIDENCE,
    )
    return Sheet("dating", caption, head, tuple(rows), tuple(note for note in notes if note != EMPTY))
