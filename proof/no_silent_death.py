"""No silent death: whatever goes wrong with a feed is told everywhere within two polls, and the feed comes back."""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.postgres import Server
from monitor.fetch import FetchLimits
from monitor.jobs.services import Services
from monitor.records.feeds import FeedSpec
from monitor.store import Store
from proof.no_silent_death_cases import CASES, Broken, Case, Lookup, certificates, end
from proof.no_silent_death_frozen import PARTS as FROZEN
from proof.no_silent_death_places import PLACES, Places
from proof.promise import Figure, Part, Promise, Scene
from tests.driven_house import House, wired
from tests.fault_site import ADDRESSES, FAULTY, ONE, OPEN, TWO, FaultSite

DEADLINE = 2.0
POLLS = 2
"""Within so many polls a fault is told, and within so many it is forgotten."""
LIMITS = FetchLimits(deadline=DEADLINE, allow_private=OPEN, host_gap=0.0)
TITLES = {FAULTY: "Faulty Gazette", ONE: "One Herald", TWO: "Two Courier"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """At which poll each place told the fault, and forgot it; 0 where it did not."""

    name: str
    told: dict[str, int]
    forgot: dict[str, int]
    is_back: bool
    """Whether everything that was published is stored."""
    false_alarms: tuple[str, ...]
    """Places that told of a feed that was well."""
    lived: bool
    """Whether entries came in spite of the fault."""


class Trial:
    """One case after the other, each with a database and a site of its own."""

    def __init__(self, parts: Services, broken: Broken, new_store: Callable[[], Store]) -> None:
        self._parts, self._broken, self._new_store = parts, broken, new_store

    def live(self, case: Case) -> Lived:
        """Well, two polls of the fault, and well again."""
        case.before()
        with ExitStack() as stack:
            names = Lookup()
            site = stack.enter_context(FaultSite(names=names))
            faulty = site
            if case.is_safe:
                apart = FaultSite(certificate=self._broken.certificates.good, stand=site.stand, names=names)
                faulty = stack.enter_context(apart)
            elif case.is_alone:
                faulty = stack.enter_context(FaultSite(host=ADDRESSES[FAULTY], stand=site.stand, names=names))
            store = stack.enter_context(self._new_store())
            house = stack.enter_context(House(self._parts, store, LIMITS, names))
            urls = {host: (faulty if host == FAULTY else site).feed_url(host) for host in TITLES}
            house.store.feeds.sync(
                [FeedSpec(url=url, title=TITLES[host]) for host, url in urls.items()], now=house.clock()
            )
            with Places(house.services) as places:
                return self._lived(case, house, places, site, faulty, urls)

    def _lived(
        self, case: Case, house: House, places: Places, site: FaultSite, faulty: FaultSite, urls: dict[str, str]
    ) -> Lived:
        told, forgot, alarms = dict.fromkeys(PLACES, 0), dict.fromkeys(PLACES, 0), set[str]()
        _poll(house, urls)
        alarms |= _looked(places, dict.fromkeys(PLACES, 0), 1)
        before = len(house.entries(urls[FAULTY]))
        case.begin(faulty, self._broken)
        for number in range(1, POLLS + 1):
            site.publish()
            _poll(house, urls)
            alarms |= _looked(places, told, number)
        lived = len(house.entries(urls[FAULTY])) > before
        end(faulty, self._broken, is_safe=case.is_safe)
        for number in range(1, POLLS + 1):
            site.publish()
            if house.heard.holds():
                # Holds go by the real time, which nobody can drive: a later process finds them over.
                house.until_due(urls[FAULTY])
                house.restart()
            _poll(house, urls)
            still = dict.fromkeys(PLACES, 0)
            alarms |= _looked(places, still, 1)
            forgot = {place: forgot[place] or (0 if still[place] else number) for place in PLACES}
        stored = {str(row["url"]) for row in house.entries(urls[FAULTY])}
        is_back = all(f"http://{FAULTY}/story/{number}" in stored for number in range(1, site.published + 1))
        return Lived(
            name=case.name, told=told, forgot=forgot, is_back=is_back, false_alarms=tuple(sorted(alarms)), lived=lived
        )


def _poll(house: House, urls: dict[str, str]) -> None:
    house.until_due(*urls.values())
    house.work("poll")


def _looked(places: Places, told: dict[str, int], number: int) -> set[str]:
    """Note where the fault is told now; give the places that tell of the others."""
    look = places.look()
    for place in look.telling(TITLES[FAULTY]):
        told[place] = told[place] or number
    others = {place for host in (ONE, TWO) for place in look.telling(TITLES[host])}
    return others - {"/metrics"}


_Stores = Callable[[Path], AbstractContextManager[Callable[[], Store]]]


@contextmanager
def _sqlite(folder: Path) -> Iterator[Callable[[], Store]]:
    template = folder / "template.sqlite3"
    template.unlink(missing_ok=True)
    Store.open(f"sqlite:///{template}", create=True).close()
    with tempfile.TemporaryDirectory(dir=folder) as beside:
        made = iter(range(10_000))

        def new() -> Store:
            path = Path(beside) / f"{next(made)}.sqlite3"
            shutil.copyfile(template, path)
            return Store.open(f"sqlite:///{path}")

        yield new


@contextmanager
def _postgres(_: Path) -> Iterator[Callable[[], Store]]:
    with Server() as server:
        yield lambda: Store.open(server.new(), create=True)


def _faults(scene: Scene, stores: _Stores, cases: Sequence[Case]) -> list[Figure]:
    chosen = cases[:: max(1, len(cases) // scene.of(len(cases)))]
    with ExitStack() as stack:
        parts = stack.enter_context(contextmanager(wired)(scene.folder, parse_deadline=DEADLINE))
        broken = Broken(certificates=stack.enter_context(certificates(scene.folder / "keys")))
        new_store = stack.enter_context(stores(scene.folder))
        trial = Trial(parts, broken, new_store)
        lived = []
        for number, case in enumerate(chosen, 1):
            lived.append(trial.live(case))
            scene.progress(number, len(chosen), case.name)
    return _figures(chosen, lived)


def _figures(cases: Sequence[Case], lived: Sequence[Lived]) -> list[Figure]:
    by_name = {case.name: case for case in cases}
    # What brings its entries in spite of all is not dead.
    dead = [one for one in lived if not (one.lived and by_name[one.name].may_live)]
    figures = [_told(place, dead) for place in PLACES]
    figures += [_forgot(place, lived) for place in PLACES]
    lost = [one.name for one in lived if not one.is_back]
    alarms: defaultdict[str, list[str]] = defaultdict(list)
    for one in lived:
        for place in one.false_alarms:
            alarms[place].append(one.name)
    wrong = "; ".join(f"{place}: {', '.join(names)}" for place, names in alarms.items())
    return [
        *figures,
        Figure(
            what="all that was published is stored within two polls of the fault's end, nobody having helped",
            measured=_of(len(lived) - len(lost), len(lived), lost), wanted="all", holds=not lost,
        ),
        Figure(what="places that told of a feed that was well", measured=wrong or "none", wanted="none",
               holds=not wrong),
        Figure(what="faults through which entries came all the same, so that nothing is told",
               measured=f"{len(lived) - len(dead)} of {len(lived)}"),
    ]  # fmt: skip


def _told(place: str, lived: Sequence[Lived]) -> Figure:
    missed = [one.name for one in lived if not one.told[place]]
    return Figure(
        what=f"faults that {place} tells within two polls", measured=_of(len(lived) - len(missed), len(lived), missed),
        wanted="all", holds=not missed,
    )  # fmt: skip


def _forgot(place: str, lived: Sequence[Lived]) -> Figure:
    missed = [one.name for one in lived if not one.forgot[place]]
    return Figure(
        what=f"faults that {place} holds for over within two polls of their end",
        measured=_of(len(lived) - len(missed), len(lived), missed), wanted="all", holds=not missed,
    )  # fmt: skip


def _of(good: int, of: int, missed: Sequence[str]) -> str:
    return f"{good} of {of}" + (f"; not: {', '.join(missed)}" if missed else "")


def _on_sqlite(scene: Scene) -> Sequence[Figure]:
    return _faults(scene, _sqlite, CASES)


def _on_postgres(scene: Scene) -> Sequence[Figure]:
    return _faults(scene, _postgres, CASES[::4])


PROMISE = Promise(
    key="no-silent-death",
    says="Whatever goes wrong with a feed is told in /health, /metrics, on the sources page, in its JSON twin and in "
    "the digest within two polls; when it is over, the feed comes back by itself.",
    parts=(
        Part(name="faults of one feed", run=_on_sqlite, minutes=12),
        Part(name="faults of one feed on Postgres", run=_on_postgres, minutes=4),
        *FROZEN,
    ),
    quick={
        "tests/test_faults.py": "every fault stands on the feed's row and is over when the server recovers",
        "tests/test_polling_health.py": "the verdict on a feed, state by state",
    },
)
