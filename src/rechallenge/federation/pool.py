"""The results of a federation: what the hospitals have together, and what each of them brought."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from rechallenge.disclosure.suppression import is_small
from rechallenge.estimates.risk_sets import KEYS, declared_models
from rechallenge.estimates.rows import NAN, Row, table
from rechallenge.federation import risk_sets
from rechallenge.federation.counts import pooled_counts
from rechallenge.federation.sites import Site, as_released
from rechallenge.federation.two_stage import site_estimates, two_stage
from rechallenge.settings.definitions import DefinitionSettings
from rechallenge.settings.federation import FederationConfig
from rechallenge.settings.statistics import Covariate, StatisticsSettings

ANALYSIS: Final = "federation"
# Models whose rows name the covariate, not the model, in `term`.
_MANY_TERMS: Final = ("cox_multivariable", "cox_sensitivity")
MEDIAN_COLUMNS: Final = ("site", "endpoint", "population", "term", "level", "n", "events", "median", "lower", "upper")


@dataclass(frozen=True)
class Federation:
    """`pooled` has the columns of estimates.csv, `sites` those of `two_stage`, `counts` those of `counts`.

    `medians` are those of each hospital (months; MEDIAN_COLUMNS), `givers` the hospitals that gave risk sets with
    whether they told all times.
    """

    pooled: pd.DataFrame
    sites: pd.DataFrame
    counts: pd.DataFrame
    medians: pd.DataFrame
    givers: Mapping[str, bool]


def pool(sites: Sequence[Site], config: FederationConfig) -> Federation:
    """Return the pooled results of hospitals that agree (`agreement`); raises UserError for impossible risk sets.

    At the release level public, every hospital's numbers are first withheld as in its own public release, and numbers
    of patients and events behind results from risk sets are empty where one hospital's are small.
    """
    settings = config.federation
    shown = [as_released(site, config.release) for site in sites]
    estimates = site_estimates(shown, settings)
    rows = list(two_stage(estimates, settings))
    given = {site.name: site.risk_sets for site in sites if settings.risk_sets and len(site.risk_sets)}
    risk_sets.checked(given)
    if given:
        rows += _from_risk_sets(given, [site for site in shown if site.name in given], config)
    placed = [replace(row, analysis=ANALYSIS) for row in rows]
    return Federation(
        table(placed), estimates, pooled_counts(shown), _medians(shown, settings.endpoints),
        {name: risk_sets.tells_all_times(sets) for name, sets in given.items()},
    )  # fmt: skip


def _from_risk_sets(
    given: Mapping[str, pd.DataFrame], shown: Sequence[Site], config: FederationConfig
) -> Iterator[Row]:
    first = shown[0]
    plain = first.settings["statistics"]
    statistics = StatisticsSettings.read(
        {**plain, "confidence": config.federation.confidence}, f"{first.name}: statistics"
    )
    definitions = DefinitionSettings.read(first.settings["definitions"], f"{first.name}: definitions")
    covariates: dict[str, Covariate] = {
        covariate.name: covariate for _, _, own in declared_models(statistics, definitions) for covariate in own
    }
    wanted = {
        name: sets[sets["endpoint"].isin(config.federation.endpoints)].reset_index(drop=True)
        for name, sets in given.items()
    }
    rows = list(risk_sets.one_stage(wanted, statistics, covariates))
    if config.release.level == "internal":
        yield from rows
    else:
        smallest = config.release.smallest_count
        yield from _withheld(rows, _few(wanted, smallest) | _untold(shown), smallest)


def _withheld(rows: Sequence[Row], few: set[tuple[str, ...]], smallest: int) -> Iterator[Row]:
    """What a public page tells of the results from risk sets: no number at risk, and nothing that rests on few."""
    at_risk = {_place(row): row.estimate for row in rows if row.statistic == "at_risk"}
    for row in rows:
        if row.statistic == "at_risk":
            continue
        numbers = (row.n, row.events, row.n - row.events, at_risk.get(_place(row), NAN) if row.at == row.at else NAN)
        if any(is_small(number, smallest) for number in numbers if number == number):
            row = replace(row, estimate=NAN, lower=NAN, upper=NAN, p=NAN)
            yield _without_counts(row)
            continue
        model = row.model.partition("|")[0]
        whole = {(row.endpoint, row.population, model, term) for term in (row.term, "")}
        # A class under a curve is told apart by no comparison of its own: its counts are never told.
        of_class = model == risk_sets.KAPLAN_MEIER and row.level
        yield _without_counts(row) if of_class or whole & few else row


def _place(row: Row) -> tuple[str, str, str, str, str, float]:
    return row.endpoint, row.population, row.model, row.term, row.level, row.at


def _few(given: Mapping[str, pd.DataFrame], smallest: int) -> set[tuple[str, ...]]:
    """The comparisons of which one hospital alone has few patients, or few with or without an event."""
    found = set()
    for sets in given.values():
        for values, own in sets.assign(term=sets["term"].fillna("")).groupby(list(KEYS), sort=False):
            n = own.groupby(own["pattern"].fillna(""))["at_risk"].max().sum()
            events = own["events"].sum()
            if any(is_small(float(number), smallest) for number in (n, events, n - events)):
                found.add(tuple(map(str, values)))
    return found


def _untold(shown: Sequence[Site]) -> set[tuple[str, ...]]:
    """The comparisons of which a hospital withholds the number of patients or events, small or not."""
    found: set[tuple[str, ...]] = set()
    for site in shown:
        frame = site.estimates
        own = frame[frame["statistic"].isin(["hr", "chi2", "n"]) & frame[["n", "events"]].isna().any(axis=1)]
        for endpoint, population, model, term in own[list(KEYS)].itertuples(index=False, name=None):
            found.add((endpoint, population, model, "" if model in _MANY_TERMS else term))
    return found


def _without_counts(row: Row) -> Row:
    """A number of patients from which, with those of the other hospitals, one hospital's small one would follow."""
    if row.statistic in ("n", "events", "at_risk"):
        row = replace(row, estimate=NAN)
    return replace(row, n=NAN, events=NAN)


def _medians(sites: Sequence[Site], endpoints: Sequence[str]) -> pd.DataFrame:
    rows = []
    for site in sites:
        frame = site.estimates
        own = frame[
            frame["model"].eq("kaplan_meier")
            & frame["statistic"].eq("median")
            & frame["population"].eq("rechallenge")
            & frame["endpoint"].isin(endpoints)
            & ~frame["term"].str.contains("|", regex=False)
        ]
        columns = ["endpoint", "population", "term", "level", "n", "events", "estimate", "lower", "upper"]
        rows.append(own[columns].rename(columns={"estimate": "median"}).assign(site=site.name))
    return pd.concat(rows, ignore_index=True)[list(MEDIAN_COLUMNS)]
