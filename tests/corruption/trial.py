"""The trial: seeded tries of every kind of damage on every study, in several processes."""

import gc
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from zlib import crc32

from tests.corruption import kinds  # noqa: F401  (registers the kinds)
from tests.corruption.damage import KINDS, Damage, Hand, Kind, NotHereError
from tests.corruption.judge import Verdict, judge
from tests.corruption.studies import ROOT, SHIPPED, study


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
    # What is there now stays: the processes need not look through it for garbage again and again.
    gc.collect()
    gc.freeze()
    with ProcessPoolExecutor(processes, get_context("fork")) as pool:
        for done in pool.map(tries_of, [(name, seed, per_kind) for name in names]):
            yield from done


class Kept:
    """The tries of an interrupted trial, one line of JSON per try, of this very code, seed and number of tries."""

    def __init__(self, path: Path, seed: int, per_kind: int) -> None:
        self.path, self.head = path, json.dumps({"code": code(), "seed": seed, "per_kind": per_kind})
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.tries: list[Try] = []
        if lines[:1] == [self.head]:
            for line in lines[1:]:
                read = json.loads(line)
                self.tries.append(Try(**{**read, "verdict": Verdict(**read["verdict"])}))
        else:
            path.write_text(self.head + "\n", encoding="utf-8")

    def whole(self, per_kind: int) -> set[str]:
        """The kinds of which all tries are there."""
        counts = Counter(one.kind for one in self.tries)
        return {name for name, number in counts.items() if number == per_kind}

    def keep(self, one: Try) -> None:
        """Add a try to the file."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")


def code() -> str:
    """A digest of the code and the settings that the verdicts depend on."""
    parts = [*sorted((ROOT / "src").rglob("*.py")), *sorted((ROOT / "tests/corruption").rglob("*.py"))]
    parts = [part for part in parts if not part.name.startswith(("test_", "page.", "__main__."))]
    parts += sorted((ROOT / "config").rglob("*.yaml"))
    return sha256(b"".join(sha256(part.read_bytes()).digest() for part in parts)).hexdigest()
