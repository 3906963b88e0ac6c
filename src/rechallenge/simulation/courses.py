"""The course of each patient: lines of therapy one after another, scans, deaths and the end of follow-up."""

import numpy as np
import pandas as pd
from numpy.random import Generator

from rechallenge.simulation import drugs
from rechallenge.simulation.course_state import Course
from rechallenge.simulation.intentions import draw_after, draw_first
from rechallenge.simulation.parameters import ICIS, FollowUpParameters, Parameters, day_number
from rechallenge.simulation.sampling import NEVER, Codes, Days, Flags, at, between, chance, weibull_days, whole_days
from rechallenge.simulation.segments import (
    BETWEEN,
    CURATIVE,
    FIRST,
    LATER,
    PRIOR,
    SECOND,
    last_dose,
    reasons,
    single,
)

# A drug within 28 days of an ICI's first dose belongs to its regimen, so a next line starts later than that.
_APART = 31
_TWO_YEARS = 730
_CONSOLIDATION_FROM = day_number("2019-06-01")


def simulate_courses(rng: Generator, patients: pd.DataFrame, model: Parameters) -> Course:
    """Return the whole course of every patient."""
    course = _begin(rng, patients, model)
    consolidation_progression = _curative(course)
    prior_progression, prior_start = _prior(course)
    _first_ici(course, prior_progression, prior_start)
    _deaths_without_rechallenge(course, prior_progression, consolidation_progression)
    origin = np.minimum(course.first_progression, consolidation_progression)
    _beyond_progression(course)
    _local_therapy(course, origin)
    _after_progression(course, origin, prior_progression, prior_start)
    return course


def _begin(rng: Generator, patients: pd.DataFrame, model: Parameters) -> Course:
    n = len(patients)
    follow_up: FollowUpParameters = model.follow_up
    entry = patients["entry"].to_numpy()
    cutoff = np.full(n, day_number(follow_up.cutoff), dtype=np.int64)
    other = entry + whole_days(rng.exponential(30.4375 / follow_up.other_death_per_month, n), 30)
    room = np.maximum(cutoff - entry - 60, 1)
    lost_day = entry + 30 + np.floor(rng.random(n) * room).astype(np.int64)
    lost = np.where(chance(rng, follow_up.lost, n) & (cutoff - entry > 90), lost_day, NEVER)
    latent = draw_first(rng, patients, model)
    return Course(rng, patients, model, latent, np.minimum.reduce([other, lost, cutoff]), other, lost)


def _curative(course: Course) -> Days:
    """Surgery of early stages with its adjuncts; chemoradiation with durvalumab. Returns progression on durvalumab."""
    rng, n, patients = course.rng, course.n, course.patients
    diagnosis = patients["diagnosis"].to_numpy()
    early = course.is_group("early")
    neoadjuvant = early & chance(rng, 0.10, n) & (diagnosis > day_number("2019-01-01"))
    surgery = np.where(
        early, diagnosis + np.where(neoadjuvant, between(rng, 75, 95, n), between(rng, 10, 40, n)), NEVER
    )
    course.treat(
        CURATIVE,
        surgery,
        surgery,
        drugs.empty(n),
        modality="surgery",
        intent="palliative",
        reason=reasons(n, "completed"),
    )
    doublet = drugs.doublet(rng, patients)
    with_ici = np.column_stack([drugs.choose_ici(rng, diagnosis), doublet[:, :3]])
    before = np.where(neoadjuvant, diagnosis + between(rng, 7, 14, n), NEVER)
    course.treat(
        CURATIVE, before, at(before, np.full(n, 50)), with_ici, intent="neoadjuvant", reason=reasons(n, "completed")
    )
    adjuvant = np.where(early & ~neoadjuvant & chance(rng, 0.5, n), surgery + between(rng, 25, 45, n), NEVER)
    course.treat(
        CURATIVE, adjuvant, at(adjuvant, np.full(n, 66)), doublet, intent="adjuvant", reason=reasons(n, "completed")
    )

    local = course.is_group("locally_advanced")
    entry = np.where(local, patients["entry"], NEVER)
    course.treat(
        CURATIVE, entry, at(entry, np.full(n, 45)), drugs.doublet(rng, patients), reason=reasons(n, "completed")
    )
    rays = at(entry, between(rng, 0, 7, n))
    course.treat(
        CURATIVE,
        rays,
        at(rays, between(rng, 38, 45, n)),
        drugs.empty(n),
        modality="radiotherapy",
        reason=reasons(n, "completed"),
    )
    start = at(entry, between(rng, 75, 115, n))
    consolidated = local & (start > _CONSOLIDATION_FROM) & (start < course.horizon) & chance(rng, 0.8, n)
    start = np.where(consolidated, start, NEVER)
    days = whole_days(weibull_days(rng, 1.1, 13.0, n), 20)
    progression = course.watch(CURATIVE, start, days, course.horizon)
    stop = np.minimum(progression, at(start, np.full(n, 365)))
    why = np.where(progression > stop, "completed", "progression").astype(object)
    course.treat(CURATIVE, start, stop, single("durvalumab", n), intent="consolidation", reason=why)
    return progression


def _prior(course: Course) -> tuple[Days, Days]:
    """Systemic therapy before any ICI. Returns its progression and its start."""
    rng, n, model = course.rng, course.n, course.model.first_ici
    share = np.select(
        [course.is_path("no_ici"), course.is_path("monotherapy"), course.is_path("investigational")],
        [0.92, model.prior_line, 0.5],
        default=0.08,
    )
    treated = ~course.is_group("locally_advanced") & ~_never_advanced(course) & chance(rng, share, n)
    start = np.where(treated, course.patients["entry"], NEVER)
    regimen = drugs.first_line(rng, course.patients)
    targeted = (course.patients["egfr"].eq("positive") | course.patients["alk"].eq("positive")).to_numpy()
    progression = course.watch(PRIOR, start, course.other_days(targeted), course.horizon, chance(rng, 0.35, n))
    course.treat(PRIOR, start, progression, regimen)
    return progression, start


def _never_advanced(course: Course) -> Flags:
    """Early stages without recurrence: a few of them get an ICI all the same."""
    cured = course.is_group("early") & (course.patients["recurrence"].to_numpy() >= NEVER)
    return cured & ~(course.is_path("monotherapy") & (course.patients["stage"].eq("IIIA").to_numpy()))


def _next_start(course: Course, progression: Days, earlier_start: Days, low: int, high: int) -> Days:
    """Start of a next line some days after progression, clear of the start of the line before."""
    gap = between(course.rng, low, high, course.n)
    start = np.maximum(at(progression, gap), np.where(earlier_start < NEVER, earlier_start + _APART, 0))
    return np.where(progression < NEVER, start, NEVER)


def _first_ici(course: Course, prior_progression: Days, prior_start: Days) -> None:
    rng, n, latent = course.rng, course.n, course.latent
    after_prior = _next_start(course, prior_progression, prior_start, 10, 35)
    start = np.where(prior_start < NEVER, after_prior, course.patients["entry"])
    some = ~course.is_path("no_ici") & ~_never_advanced(course)
    start = np.where(some & (start < course.horizon), start, NEVER)
    progression = course.watch(
        FIRST,
        start,
        latent["days"].to_numpy(),
        course.horizon,
        latent["response"].to_numpy(),
        latent["complete"].to_numpy(),
    )
    model = course.model.first_ici
    late = (progression < NEVER) & (progression - start >= model.acquired_from_days)
    decided = draw_after(rng, course.patients, course.responded | late, course.model)
    latent = course.latent = pd.concat([latent, decided], axis=1)
    regimen = _first_regimen(course, start)
    toxic_day = at(start, whole_days(rng.exponential(110.0, n), 15))
    toxic = chance(rng, model.toxicity_stop, n) & (toxic_day < progression) & (start < NEVER)
    natural = np.minimum(progression, at(start, np.full(n, _TWO_YEARS)))
    why = np.select([toxic, natural < progression], ["toxicity", "completed"], default="progression").astype(object)
    stop = np.where(toxic, np.minimum(toxic_day, natural), natural)
    restart = at(toxic_day, between(rng, 35, 150, n))
    restarted = toxic & chance(rng, model.restart_after_toxicity, n) & (restart < natural)
    # Part of those treated beyond progression simply go on; their one row ends later.
    goes_on = latent["plan"].eq("beyond_progression").to_numpy() & ~toxic & chance(rng, 0.6, n) & (progression < NEVER)
    stop = np.where(goes_on & (natural == progression), at(progression, between(rng, 42, 160, n)), stop)
    course.treat(FIRST, start, stop, regimen, reason=why)
    again = np.where(restarted, restart, NEVER)
    course.treat(FIRST, again, natural, single(regimen[:, 0], n))
    latent["toxicity"] = toxic
    latent["restarted"] = restarted
    latent["goes_on"] = goes_on
    latent["last_dose"] = np.where(
        restarted, last_dose(again, natural, regimen[:, 0]), last_dose(start, stop, regimen[:, 0])
    )
    latent["first_ici"] = regimen[:, 0]
    course.first_start, course.first_progression = start, progression


def _first_regimen(course: Course, start: Days) -> Codes:
    rng, n = course.rng, course.n
    regimen = single(drugs.choose_ici(rng, np.minimum(start, course.horizon)), n)
    partners = drugs.doublet(rng, course.patients)
    combination = course.is_path("combination")
    regimen[combination, 1:] = partners[combination, :3]
    dual = course.is_path("dual_ici")
    regimen[dual, 0], regimen[dual, 1] = drugs.CODE["nivolumab"], drugs.CODE["ipilimumab"]
    trial = course.is_path("investigational")
    alone = trial & chance(rng, 0.5, n)
    regimen[trial, 1] = drugs.CODE["investigational"]
    regimen[alone, 0], regimen[alone, 1] = drugs.CODE["investigational"], -1
    return regimen


def _deaths_without_rechallenge(course: Course, prior: Days, consolidation: Days) -> None:
    """The clock of death of everyone whose last followed progression is not that of a rechallenge."""
    latent = course.latent
    again = latent["plan"].eq("rechallenge").to_numpy()
    other_ici = latent["plan"].eq("beyond_progression").to_numpy() & chance(
        course.rng, course.model.first_ici.beyond_then_other_ici, course.n
    )
    latent["beyond_then_other"] = other_ici
    without_ici = course.is_path("no_ici") & ~course.is_group("locally_advanced")
    last = np.where(without_ici, prior, np.minimum(course.first_progression, consolidation))
    course.dies_after(last, without_ici | ~(again | other_ici))


def _beyond_progression(course: Course) -> None:
    """The same ICI restarted within 84 days, often with a partner; then a further progression."""
    rng, n, latent = course.rng, course.n, course.latent
    planned = (
        latent["plan"].eq("beyond_progression").to_numpy()
        & course.is_path("monotherapy")
        & ~latent["toxicity"].to_numpy()
    )
    progression = np.where(planned, course.first_progression, NEVER)
    gap = np.maximum(latent["last_dose"].to_numpy() + between(rng, 35, 80, n), progression + 3)
    start = np.where(planned & ~latent["goes_on"].to_numpy() & (progression < NEVER), gap, NEVER)
    start = np.where(start - latent["last_dose"].to_numpy() <= 84, start, NEVER)
    regimen = drugs.rechallenge_partners(
        rng, course.patients, np.where(chance(rng, 0.6, n), 1 + between(rng, 0, 1, n), 0)
    )
    regimen[:, 0] = latent["first_ici"]
    watched = np.where(latent["goes_on"], at(progression, np.full(n, 1)), start)
    further = course.watch(FIRST, watched, whole_days(rng.exponential(110.0, n), 30), course.horizon)
    course.treat(FIRST, start, further, regimen)
    latent["further_progression"] = further


def _local_therapy(course: Course, progression: Days) -> None:
    rng, n = course.rng, course.n
    given = chance(rng, np.where(course.latent["oligo"], 0.30, 0.10), n)
    start = np.where(given, at(progression, between(rng, 5, 30, n)), NEVER)
    course.treat(
        BETWEEN,
        start,
        at(start, between(rng, 9, 30, n)),
        drugs.empty(n),
        modality="radiotherapy",
        reason=reasons(n, "completed"),
    )


def _after_progression(course: Course, origin: Days, prior: Days, prior_start: Days) -> None:
    """Interval or other therapy, rechallenge, and what follows it."""
    rng, n, latent = course.rng, course.n, course.latent
    plan = latent["plan"].to_numpy()
    without_ici = course.is_path("no_ici") & ~course.is_group("locally_advanced")
    reached = np.where(without_ici, prior, origin)
    last = latent["last_dose"].to_numpy()
    last = np.where(course.first_start < NEVER, last, -NEVER)
    earlier = np.where(course.first_start < NEVER, course.first_start, np.where(prior_start < NEVER, prior_start, 0))
    beyond = plan == "beyond_progression"
    further = latent["further_progression"].to_numpy()

    next_line = np.maximum(_next_start(course, reached, earlier, 10, 35), last + 1)
    interval = (plan == "rechallenge") & latent["interval"].to_numpy() & ~without_ici
    second = _second_start(course, origin, next_line, interval, last)
    other = ((plan == "other_therapy") | without_ici & chance(rng, 0.55, n)) & ~beyond
    after_beyond = beyond & ~latent["beyond_then_other"].to_numpy() & chance(rng, 0.5, n)
    start = np.where(interval | other, next_line, NEVER)
    start = np.where(after_beyond, _next_start(course, further, earlier, 10, 30), start)
    regimen = drugs.later_line(rng, course.patients, np.minimum(start, course.horizon))
    days = np.where(interval, np.maximum((second - start) * 4 // 5, 10), course.other_days())
    until = np.where(interval, second - 1, course.horizon)
    progression = course.watch(BETWEEN, start, days, until, chance(rng, 0.12, n))
    stop = np.where(interval, np.minimum(second - between(rng, 8, 20, n), at(progression, np.full(n, 1))), progression)
    why = np.where(interval & (progression >= NEVER), "completed", "progression").astype(object)
    course.treat(BETWEEN, start, np.maximum(stop, start + 1), regimen, reason=why)
    latent["interval_given"] = interval & (start <= course.horizon)

    _rechallenge(course, second, last)
    _later(course, np.where(other, progression, NEVER), np.where(start < NEVER, start, 0))


def _second_start(course: Course, origin: Days, next_line: Days, interval: Flags, last: Days) -> Days:
    """First day of the second ICI; the same ICI comes more than 84 days after its last dose."""
    rng, n, latent = course.rng, course.n, course.latent
    planned = latent["plan"].eq("rechallenge").to_numpy() & (origin < NEVER)
    same = latent["same_ici"].to_numpy() & (last > 0)
    first = np.where(course.first_start < NEVER, course.first_start, 0)
    direct = np.maximum(at(origin, between(rng, 7, 45, n)), first + _APART)
    start = np.where(interval, next_line + between(rng, 56, 170, n), direct)
    far = last + between(rng, 86, 150, n)
    start = np.where(same, np.maximum(start, far), start)
    after_beyond = latent["beyond_then_other"].to_numpy() & course.is_path("monotherapy")
    late = at(latent["further_progression"].to_numpy(), between(rng, 7, 40, n))
    return np.where(planned, start, np.where(after_beyond, late, NEVER))


def _rechallenge(course: Course, planned: Days, last: Days) -> None:
    rng, n, latent = course.rng, course.n, course.latent
    model = course.model.rechallenge
    start = np.where(planned < course.horizon, planned, NEVER)
    other_ici = drugs.choose_ici(rng, np.minimum(start, course.horizon), other_than=latent["first_ici"].to_numpy())
    same = latent["same_ici"].to_numpy() & latent["plan"].eq("rechallenge").to_numpy() & (last > 0)
    same &= latent["first_ici"].to_numpy() < len(ICIS)
    regimen = drugs.rechallenge_partners(rng, course.patients, latent["regimen_type"].to_numpy())
    regimen[:, 0] = np.where(same, latent["first_ici"], other_ici)
    progression = course.watch(
        SECOND, start, latent["rechallenge_days"].to_numpy(), course.horizon, latent["rechallenge_response"].to_numpy()
    )
    change = at(start, between(rng, 20, 150, n))
    changed = chance(rng, model.new_therapy_first, n) & (change < progression) & (change < course.horizon)
    stop = np.where(changed, change, progression)
    course.treat(SECOND, start, stop, regimen, reason=np.where(changed, "toxicity", "progression").astype(object))
    course.dies_after(progression, progression < NEVER)
    latent["same_given"], latent["changed_before_progression"] = same, changed & (start < NEVER)
    course.second_start, course.second_progression = start, progression
    latent["_change"] = np.where(changed, change, NEVER)


def _later(course: Course, other_progression: Days, other_start: Days) -> None:
    rng, n, latent = course.rng, course.n, course.latent
    again = chance(rng, course.model.rechallenge.later_therapy, n)
    origin = np.where(course.second_start < NEVER, course.second_progression, other_progression)
    second = np.where(course.second_start < NEVER, course.second_start, other_start)
    start = np.where(again, _next_start(course, origin, second, 10, 35), NEVER)
    change = latent["_change"].to_numpy()
    start = np.where(change < NEVER, np.maximum(change + between(rng, 7, 21, n), second + _APART), start)
    progression = course.watch(LATER, start, course.other_days(), course.horizon)
    course.treat(LATER, start, progression, drugs.later_line(rng, course.patients, np.minimum(start, course.horizon)))
