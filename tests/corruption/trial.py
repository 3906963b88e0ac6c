"""The trial: seeded tries of every kind of damage on every study, in several processes."""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from zlib import crc32

from tests.corruption import kinds  # noqa: F401  (registers the kinds)
from tests.corruption.damage import KINDS, Damage, Hand, Kind, NotHereError
from tests.corruption.judge import Verdict, judge
from tests.corruption.studies import SHIPPED, study


@dataclass(frozen=True)
class Try:
    """One damage done to one study, and what became of it."""

    kind: str
    study: str
    number: int
    what: str
    verdict: Verdict


def damaged(kind: Kind, name: str, seed: int, number: int) -> Damage | None:
    """The damage of one try, or None where the study has nothing for the kind; the same seed gives the same one."""
    rng = random.Random(crc32(f"{seed} {kind.name} {name} {number}".encode()))
    try:
        return kind.do(Hand(study(name), rng))
    except NotHereError:
        return None


def tries_of(arguments: tuple[str, int, int]) -> list[Try]:
    """Damage, run, judge: so many tries of one kind (name, seed, number), its studies by turns."""
    name, seed, wanted = arguments
    done: list[Try] = []
    for number in range(3 * wanted + 3):
        # Every kind begins with another study, so that few tries of each reach all studies alike.
        turn = (crc32(name.encode()) + number) % len(SHIPPED)
        for of in [*SHIPPED][turn:] + [*SHIPPED][:turn]:
            damage = damaged(KINDS[name], of, seed, number) if len(done) < wanted else None
            if damage is not None:
                done.append(Try(name, of, number, damage.what, judge(study(of), damage)))
    return done


def trial(names: Sequence[str], seed: int, per_kind: int, processes: int = 2) -> Iterator[Try]:
    """Yield every try of the kinds named, `per_kind` of each."""
    for name in SHIPPED:
        _ = study(name).baseline.results
    with ProcessPoolExecutor(processes, get_context("fork")) as pool:
        for done in pool.map(tries_of, [(name, seed, per_kind) for name in names]):
            yield from done
