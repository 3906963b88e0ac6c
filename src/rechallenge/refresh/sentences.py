"""The answers of a comparison in sentences: why a median moved, what moved it, what the policy says."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from rechallenge import formatting, words
from rechallenge.language import tr, tr_n
from rechallenge.punctuation import interval, separated, then
from rechallenge.refresh import words as own
from rechallenge.refresh.causes import CUTOFF, DATA, OF_THE_STUDY, causes_of
from rechallenge.refresh.comparison import Comparison
from rechallenge.refresh.history import RULES
from rechallenge.refresh.medians import METHOD, Decomposition, Step
from rechallenge.refresh.policy import Verdict, failing
from rechallenge.refresh.told import Told

# The median that the first screen explains: the first of these that the study has.
HEADLINES: Final = (("PFS", "rechallenge"), ("OS", "rechallenge"), ("PFS1", "first_ici"))


@dataclass(frozen=True)
class Part:
    """One line of the account: its words, the set and its events after it, the median after it, and the changes."""

    name: str
    words: str
    n: str
    events: str
    median: str
    change: str
    alone: str


@dataclass(frozen=True)
class Account:
    """Why one median moved. `parts` are empty where they are not told; their changes add up to `change`.

    `before` and `now` are printed medians, `interval_before` and `interval_now` their intervals.
    """

    heading: str
    answer: tuple[str, ...]
    before: str
    now: str
    interval_before: str
    interval_now: str
    n_before: str
    n_now: str
    events_before: str
    events_now: str
    change: str
    parts: tuple[Part, ...]

    def change_by(self, name: str) -> str:
        """Return the change of one part; empty where there is none."""
        return next((part.change for part in self.parts if part.name == name), "")


def account(item: Decomposition, told: Told) -> Account:
    """Return the account of a median. Changes are those of the medians as printed, so that they add up as printed."""
    heading = _heading(item)
    before, now = formatting.months(item.before), formatting.months(item.now)
    first, second = _intervals(item)
    whole = change(item.before, item.now)
    return Account(
        heading=heading,
        answer=tuple(_answer(item, told, heading, before, now, whole)),
        before=before,
        now=now,
        interval_before=first,
        interval_now=second,
        n_before=formatting.count(item.n_before),
        n_now=formatting.count(item.n_now),
        events_before=formatting.count(item.events_before),
        events_now=formatting.count(item.events_now),
        change=whole,
        parts=tuple(_parts(item, told)) if told.parts(item) else (),
    )


def _parts(item: Decomposition, told: Told) -> Iterator[Part]:
    current = start = item.before
    events = told.events(item)
    for step in item.steps:
        yield Part(
            step.name,
            _step_line(step),
            formatting.count(step.n),
            formatting.count(step.events) if events else "",
            formatting.months(step.median),
            change(current, step.median),
            change(start, step.alone),
        )
        current = step.median
        if step.name == METHOD:
            # What each other part does alone, it does to the old set under today's definitions.
            start = step.median


def _step_line(step: Step) -> str:
    one, many = own.STEP_LINES[step.name]
    return tr_n(one, many, step.patients)


def _heading(item: Decomposition) -> str:
    name = words.endpoint_words(item.endpoint)
    if item.population == "rechallenge" and item.endpoint.endswith("1"):
        name = tr("{endpoint}, of those rechallenged", endpoint=name)
    if item.term == "overall":
        return words.plain(name)
    base, _, within = item.term.partition("|")
    group = words.lower_first(words.level_words(base, item.level))
    if not within:
        return tr("{endpoint}: {group}", endpoint=words.plain(name), group=group)
    column, _, level = within.partition("=")
    other = words.lower_first(words.level_words(column, level))
    return tr("{endpoint}: {group}, {other}", endpoint=words.plain(name), group=group, other=other)


def _answer(item: Decomposition, told: Told, heading: str, before: str, now: str, whole: str) -> Iterator[str]:
    """What happened to the median, what each part did, and how far that is from the uncertainty of both."""
    numbers = {
        "n_before": formatting.count(item.n_before), "n_now": formatting.count(item.n_now),
        "events_before": formatting.count(item.events_before), "events_now": formatting.count(item.events_now),
    }  # fmt: skip
    if before == now:
        yield tr(
            "The median of {endpoint} stayed at {now} months: {n_now} patients with {events_now} events, instead of "
            "{n_before} with {events_before}.",
            endpoint=words.lower_first(heading), now=now, **numbers,
        )  # fmt: skip
    elif whole == formatting.NOT_AVAILABLE:
        yield tr(
            "The median of {endpoint} went from {before} to {now} (months; NR: not reached): {n_now} patients with "
            "{events_now} events, instead of {n_before} with {events_before}.",
            endpoint=words.lower_first(heading), before=before, now=now, **numbers,
        )  # fmt: skip
    else:
        yield tr(
            "The median of {endpoint} moved from {before} to {now} months ({change}): {n_now} patients with "
            "{events_now} events, instead of {n_before} with {events_before}.",
            endpoint=words.lower_first(heading), before=before, now=now, change=whole, **numbers,
        )  # fmt: skip
    if not told.parts(item):
        yield tr(
            "Its parts are not told here, since one of them is that of fewer than {smallest} patients; the private "
            "comparison has them.",
            smallest=told.smallest,
        )
    elif item.steps and whole != formatting.NOT_AVAILABLE:
        yield tr("Step by step: {steps}.", steps=separated(_clauses(item)))
    if _inside(item.before, item.interval_now) and _inside(item.now, item.interval_before):
        yield tr(
            "Each of the two medians lies in the {percent} confidence interval of the other ({before} then, {now} "
            "now).",
            percent=f"{100 * item.confidence:.4g}%", before=_intervals(item)[0], now=_intervals(item)[1],
        )  # fmt: skip


def _intervals(item: Decomposition) -> tuple[str, str]:
    """The intervals of both medians, as printed."""
    return (
        interval(formatting.median_interval(item.before, *item.interval_before, item.n_before, item.events_before)),
        interval(formatting.median_interval(item.now, *item.interval_now, item.n_now, item.events_now)),
    )


def _inside(median: float, interval: tuple[float, float]) -> bool:
    """Whether a median lies in an interval; an upper limit that is not reached bounds nothing."""
    lower, upper = interval
    return not formatting.missing(lower) and lower <= median and (formatting.missing(upper) or median <= upper)


def _clauses(item: Decomposition) -> Iterator[str]:
    current = item.before
    for step in item.steps:
        said = words.lower_first(_step_line(step))
        yield then(said, change(current, step.median))
        current = step.median


def change(before: float, now: float) -> str:
    """Return a difference of two months as printed, with its sign: "+0.3", "−0.2", "±0"; a dash where one is NR."""
    if formatting.missing(before) or formatting.missing(now):
        return formatting.NOT_AVAILABLE
    gap = Decimal(f"{now:.1f}") - Decimal(f"{before:.1f}")
    if not gap:
        return "±0"
    return f"{'+' if gap > 0 else '−'}{formatting.fixed(abs(float(gap)), 1)}"


def headline(comparison: Comparison, told: Told) -> Account | None:
    """Return the account of the first of HEADLINES that the study has and that moved; none where none did."""
    overall = {
        (item.endpoint, item.population): item for item in comparison.medians if item.term == "overall"
    }  # fmt: skip
    key = next((key for key in HEADLINES if key in overall), None)
    return None if key is None else account(overall[key], told)


def still_sentence(comparison: Comparison) -> str:
    """Return what is said where no median of HEADLINES moved."""
    moves = comparison.moves
    if len(moves.estimates) or len(moves.numbers):
        return tr("None of the medians that head the study moved.")
    if comparison.causes or len(comparison.changes):
        return tr("Nothing moved: every estimate and every printed number is that of the release.")
    return tr(
        "Nothing changed: the extract, and with it every estimate and every printed number, is that of the release."
    )


def accounts(comparison: Comparison, told: Told) -> list[Account]:
    """Return the account of every median that moved: those of HEADLINES first, a class within a class once."""
    order = {key: place for place, key in enumerate(HEADLINES)}
    seen: set[tuple[str, str, frozenset[tuple[str, str]]]] = set()
    found = []
    for item in sorted(comparison.medians, key=lambda one: order.get((one.endpoint, one.population), len(order))):
        group = item.endpoint, item.population, _classes_of(item)
        if group not in seen:
            seen.add(group)
            found.append(account(item, told))
    return found


def _classes_of(item: Decomposition) -> frozenset[tuple[str, str]]:
    """The classes that a group is of: those of "a|b=c", "d" and of "b|a=d", "c" are the same."""
    base, _, within = item.term.partition("|")
    column, _, level = within.partition("=")
    return frozenset({(base, item.level), (column, level)})


def cause_sentence(comparison: Comparison) -> str:
    """Return whether data or study (settings, code, libraries) moved the estimates, and how that is known."""
    present = causes_of(list(comparison.causes))
    data, study = bool(present & {DATA, CUTOFF}), bool(present & set(OF_THE_STUDY))
    if not study:
        if not data:
            return tr("Data, settings, code and libraries are those of the release.")
        if CUTOFF in present:
            return tr(
                "Settings, code and libraries are those of the release: everything that moved was moved by the data "
                "and the cut-off."
            )
        return tr("Settings, code and libraries are those of the release: everything that moved was moved by the data.")
    if not data:
        return tr("The extract is that of the release: everything that moved was moved by settings, code or libraries.")
    if not len(comparison.moves.estimates) and not len(comparison.moves.numbers):
        return tr("Not only the data are different, settings, code or libraries are too; nothing moved by any of them.")
    if not comparison.told_apart:
        return tr(
            "Not only the data are different, settings, code or libraries are too, and the old extract was not run "
            "again with them (refresh.run_previous_again): what moved by which cannot be told."
        )
    counts = comparison.moves.estimates["because"].value_counts()
    return tr(
        "Not only the data are different, settings, code or libraries are too. The old extract was run again with "
        "them: of the estimates that moved, {data} moved by the data, {study} by the study and {both} by both; "
        "{untold} were not made again.",
        data=int(counts.get("data", 0)), study=int(counts.get("study", 0)), both=int(counts.get("both", 0)),
        untold=int(counts.get("not_told_apart", 0)),
    )  # fmt: skip


def verdict_lines(item: Verdict, told: Told) -> list[str]:
    """Return what was found under one key of the policy, a sentence per rule or one for all names."""
    meanings = {rule.rule.id: rule.rule.meaning for rule in RULES}
    found = [
        tr("{rule} {meaning} ({number}).", rule=rule, meaning=tr(meanings[rule]), number=_number(rows, patients, told))
        for rule, rows, patients in item.rules
    ]
    if item.names:
        shown = ", ".join(item.names[:8]) + (" …" if len(item.names) > 8 else "")
        found.append(tr("{names}.", names=shown))
    return found


def _number(rows: int, patients: int, told: Told) -> str:
    if not patients:
        return tr_n("1 finding", "{count} findings", rows)
    if told.few(patients):
        return tr("{few} patients", few=told.number(patients))
    return tr_n("1 patient", "{count} patients", patients)


def verdict_sentence(comparison: Comparison) -> str:
    """Return in a sentence whether the comparison fails by the policy."""
    failed = failing(comparison.verdicts)
    warned = [item for item in comparison.verdicts if item.action == "warn"]
    if failed:
        kinds = ", ".join(words.lower_first(own.of(own.POLICIES, item.policy)) for item in failed)
        return tr("The comparison fails by the study's policy: {kinds}.", kinds=kinds)
    if warned:
        return tr_n(
            "The comparison passes the study's policy, with 1 warning.",
            "The comparison passes the study's policy, with {count} warnings.",
            len(warned),
        )
    return tr("The comparison passes the study's policy: nothing that it asks about was found.")


def log_lines(comparison: Comparison, told: Told) -> list[str]:
    """Return what the log of `compare` says, the verdict last."""
    lines = [
        tr("{before} (release) against {now}", before=comparison.old.cutoff.date(), now=comparison.new.cutoff.date()),
        *(
            tr("{population}: {before} patients then, {now} now", population=own.of(own.POPULATIONS, bridge.population),
               before=bridge.before, now=bridge.now)
            for bridge in comparison.bridges
        ),
    ]  # fmt: skip
    first = headline(comparison, told)
    lines += first.answer if first else [still_sentence(comparison)]
    lines.append(cause_sentence(comparison))
    for item in comparison.verdicts:
        if item.action != "ignore":
            said = " ".join(verdict_lines(item, told))
            lines.append(
                tr("{action}: {policy} ({setting}): {said}", action=own.of(own.ACTIONS, item.action),
                   policy=words.lower_first(own.of(own.POLICIES, item.policy)), setting=f"refresh.policy.{item.policy}",
                   said=said)
            )  # fmt: skip
    return [*lines, verdict_sentence(comparison)]
