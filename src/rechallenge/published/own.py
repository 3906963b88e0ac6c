"""The same checks on a study's own figures, as estimates.csv holds them.

They test the chain of steps from outside: each figure against others that were computed on another way. A verdict other
than `consistent` is an error of ours, or a property of the data that a reader should know.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import pandas as pd
from numpy.random import Generator

from rechallenge.dates import DAYS_PER_MONTH
from rechallenge.estimates import describe, time_to_progression
from rechallenge.published import checks
from rechallenge.published.model import Published
from rechallenge.published.quantities import Quantity, exact, exact_p, whole
from rechallenge.published.relations import Reading, Side
from rechallenge.published.run import MODEL, Finding, frame, published_findings
from rechallenge.published.simulate import QUICK, generator
from rechallenge.published.sums import sums
from rechallenge.published.verdicts import Verdict
from rechallenge.settings.classes import ResistanceSettings

KEYS: Final = ("endpoint", "population", "model", "term", "level", "reference", "statistic")
# Presets under which every patient with acquired resistance progressed at the cutoff or beyond it, whatever the clock
# (exposure ends at progression at the latest), and those under which all with primary did at it or before.
ACQUIRED_BEYOND: Final = frozenset({"index_literal", "sitc_2020", "sitc_applied", "sitc_combination"})
PRIMARY_BEFORE: Final = frozenset({"index_literal", "index_inclusive", "sitc_combination"})


def all_rows(
    published: Mapping[str, Published],
    estimates: pd.DataFrame,
    resistance: Mapping[str, ResistanceSettings],
    seed: int,
) -> pd.DataFrame:
    """Return the rows that the estimate step adds to `estimates`: the verdicts on published figures and our own."""
    return frame([*published_findings(published, seed), *own_checks(estimates, resistance, seed)])


def own_checks(estimates: pd.DataFrame, resistance: Mapping[str, ResistanceSettings], seed: int) -> list[Finding]:
    """Return the findings of each analysis that `resistance` names, with its resolved definition of resistance.

    `estimates` has the columns of estimates.csv.
    """
    found: list[Finding] = []
    text = estimates.assign(**{name: estimates[name].astype(object).fillna("") for name in ("analysis", *KEYS)})
    for analysis, settings in resistance.items():
        own = text[text["analysis"].eq(analysis) & text["model"].ne(MODEL)].reset_index(drop=True)
        figures = _Figures(own, analysis, seed)
        verdicts = [*sums(own), *figures.shares(settings), *figures.survival()]
        found += [Finding(f"study.{name}", verdict, analysis) for name, verdict in verdicts]
    return found


class _Figures:
    """The rows of one analysis by their keys; random numbers are those of the analysis and the check."""

    def __init__(self, own: pd.DataFrame, analysis: str, seed: int) -> None:
        plain = own[own["at"].isna()]
        keys = plain[list(KEYS)].itertuples(index=False, name=None)
        values = plain[["estimate", "n", "events"]].astype("float64").itertuples(index=False, name=None)
        self.rows: dict[tuple[str, ...], tuple[float, ...]] = dict(zip(keys, values, strict=True))
        self.analysis, self.seed = analysis, seed

    def value(self, statistic: str, **keys: str) -> float:
        """Return an estimate; NaN where there is none."""
        return self.rows.get((*(keys.get(name, "") for name in KEYS[:-1]), statistic), (float("nan"),))[0]

    def random(self, name: str) -> Generator:
        """Return the random numbers of one check."""
        return generator(self.seed, f"{self.analysis}/{name}")

    def survival(self) -> Iterator[tuple[str, Verdict]]:
        """Yield the checks of each comparison of curves: medians against the whole's, P against medians and numbers."""
        # Of classes that are not tested, those of the time itself among them, the medians are looked at all the same.
        tested = (key for key in self.rows if key[2] == "log_rank" and key[6] in ("p", "not_fitted"))
        for endpoint, population, term in dict.fromkeys((key[0], key[1], key[3]) for key in tested):
            curve = {"endpoint": endpoint, "population": population, "model": "kaplan_meier"}
            own = (endpoint, population, "kaplan_meier", term)
            levels = [key[4] for key in self.rows if key[:4] == own and key[6] == "n"]
            parts = [level for level in levels if self.value("n", term=term, level=level, **curve) > 0]
            name = f"{endpoint}.{population}.{term}"
            if len(parts) > 1:
                yield f"pooled_median.{name}", self._pooled(curve, term, parts, name)
            # Classes made of the time on the first ICI separate those times by construction: P tells nothing there.
            if len(parts) == 2 and not endpoint.endswith("1"):
                yield f"p_value.{name}", self._p_value(curve, term, parts, name)

    def _pooled(self, curve: dict[str, str], term: str, parts: list[str], name: str) -> Verdict:
        group, _, level = term.partition("|")[2].partition("=")
        of = {"term": group, "level": level} if group else {"term": "overall"}
        n, events = (self.value(statistic, **of, **curve) for statistic in ("n", "events"))
        sizes = [round(self.value("n", term=term, level=part, **curve)) for part in parts]
        medians = [exact(self.value("median", term=term, level=part, **curve)) for part in parts]
        pooled = exact(self.value("median", **of, **curve))
        reached = [median for median in medians if median is not None]
        if pooled is None:
            return checks.not_checkable("the median of the whole is not reached")
        if len(reached) < len(parts):
            if reached and pooled.high >= min(median.low for median in reached):
                return Verdict("consistent", f"{pooled.text} is not below a part's median; another is not reached.")
            return checks.not_checkable("the median of a part is not reached")
        return checks.pooled_median(
            pooled,
            reached,
            n=round(n),
            sizes=sizes,
            exhaustive="stated" if sum(sizes) == n else "no",
            censored=events < n,
            rng=self.random(f"pooled_median.{name}"),
            effort=QUICK,
        )

    def _p_value(self, curve: dict[str, str], term: str, parts: list[str], name: str) -> Verdict:
        p = exact_p(self.value("p", **{**curve, "model": "log_rank"}, term=term))
        first, second = (exact(self.value("median", term=term, level=part, **curve)) for part in parts)
        if p is None or first is None or second is None:
            return checks.not_checkable("a median is not reached")
        sizes, events = (
            tuple(round(self.value(statistic, term=term, level=part, **curve)) for part in parts)
            for statistic in ("n", "events")
        )
        return checks.p_value(
            p,
            (first, second),
            n=None,
            sizes=(sizes[0], sizes[1]),
            events=(events[0], events[1]),
            rng=self.random(f"p_value.{name}"),
            effort=QUICK,
        )

    def shares(self, settings: ResistanceSettings) -> Iterator[tuple[str, Verdict]]:
        """Yield the checks of days on either side of the cutoff, and of classes, against the median time."""
        months = {"term": "months_to_progression"}
        progressed = {"population": "progressed", "model": time_to_progression.MODEL}
        sets = {
            "first_ici": (
                whole(self.value("n", population="progressed", term="overall")),
                exact(self.value("median", **progressed, **months), 2),
            ),
            "rechallenge": (
                whole(self.value("n", population="rechallenge", term="overall")),
                exact(self.value("median", population="rechallenge", model=describe.MODEL, **months), 2),
            ),
        }
        parts: dict[str, Side] = {"from_cutoff": "beyond", "below_cutoff": "before"}
        for level, side in parts.items():
            count = whole(self.value("n", **progressed, term="days_to_progression", level=level))
            exactly = Reading(words=f"days to progression: {level.replace('_', ' ')}", exceed="exactly")
            yield from _share(f"{level}.progressed", count, *sets["first_ici"], side, settings, exactly)
        for population, (n, median) in sets.items():
            for level, side in _implied(settings).items():
                count = whole(self.value("n", population=population, term="resistance", level=level))
                members = Reading(words=f"{settings.preset}: {level}", exceed="members")
                yield from _share(f"{level}.{population}", count, n, median, side, settings, members)


def _implied(settings: ResistanceSettings) -> dict[str, Side]:
    """Return the classes whose definition says on which side of the cutoff all members progressed."""
    found: dict[str, Side] = {}
    if settings.preset in ACQUIRED_BEYOND and settings.unclassified != "acquired":
        found["acquired"] = "beyond"
    if settings.preset in PRIMARY_BEFORE and settings.unclassified != "primary" and settings.clock == "progression":
        found["primary"] = "before"
    return found


def _share(
    name: str,
    count: Quantity | None,
    n: Quantity | None,
    median: Quantity | None,
    side: Side,
    settings: ResistanceSettings,
    reading: Reading,
) -> Iterator[tuple[str, Verdict]]:
    if count is None or n is None or median is None or settings.cutoff_days is None:
        return
    yield (
        f"share.{name}",
        checks.share_above_threshold(
            count,
            n,
            median,
            threshold=settings.cutoff_days / DAYS_PER_MONTH,
            unit="months",
            side=side,
            strict=reading.exceed == "exactly" and side == "before",
            censored=False,
            readings=(reading,),
        ),
    )
