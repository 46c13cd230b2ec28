"""Fetchers of many processes on one table of turns: what a host sees of them is what it would see of one."""

import asyncio
import threading
import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from monitor.errors import FetchError, MonitorError, SchemaError, StoreError, TransientError
from monitor.fetch import Fetcher, FetchLimits
from monitor.fetch.holds import Holds
from monitor.fetch.hosts import HostTurns
from monitor.fetch.sharing import SharesTurns, Sharing
from monitor.records.feeds import Document, FetchRequest, HostTurn
from monitor.store import Store
from monitor.store.shared_tables import host_turns
from monitor.wiring.turns import HeldTurns
from tests.recording import OK, RecordingServer, Reply, Visit, most_at_once, smallest_gap
from tests.test_manners import ask, loopback

pytestmark = pytest.mark.alone

GAP = 0.1
SLACK = 0.05


def fetcher(table: SharesTurns, **values: float) -> Fetcher:
    limits = {"host_gap": 0.0, "deadline": 5.0, "longest_crawl_delay": 0.3} | values
    return Fetcher(
        FetchLimits(allow_private=("127.0.0.0/8",), **limits),  # type: ignore[arg-type]
        turns=table,
        resolver=loopback,
    )


def of(store: Store, holder: str) -> HeldTurns:
    return HeldTurns(store=store, holder=holder)


def held(store: Store, host: str, seconds: float) -> datetime:
    """Another process has the host's turn, and died; the end of it."""
    now, ttl = datetime.now(UTC), timedelta(seconds=seconds)
    assert store.turns.take([host], "dead", now=now, ttl=ttl)
    return now + ttl


def holders(store: Store) -> dict[str, str]:
    with store._database.read() as connection:
        return {row.host: row.holder for row in connection.execute(select(host_turns)) if row.holder}


def test_over_three_fetchers_the_gap_and_the_concurrency_of_a_host_hold(store: Store) -> None:
    hosts = [f"127.0.1.{number}" for number in range(1, 21)]
    together = threading.Barrier(3)

    def work(name: str) -> list[object]:
        with fetcher(of(store, name), host_gap=GAP, concurrency=40) as running:
            together.wait(10)
            urls = [server.url(host, f"/{name}/{number}") for number in range(3) for host in hosts]
            return list(running.fetch(FetchRequest(key=url, url=url) for url in urls))

    with RecordingServer(hold_for=0.15) as server, ThreadPoolExecutor(3) as threads:
        results = [result for found in threads.map(work, "abc") for result in found]
    assert len(results) == 180
    assert all(isinstance(result, Document) for result in results)
    visits = server.by_host()
    assert {len(of_host) for of_host in visits.values()} == {9}
    assert min(smallest_gap(of_host) for of_host in visits.values()) > GAP - SLACK
    assert max(most_at_once(of_host) for of_host in visits.values()) <= 2
    assert holders(store) == {}


def test_the_gap_counts_from_what_the_last_process_asked(store: Store) -> None:
    with RecordingServer() as server:
        for holder in ("a", "b"):
            with fetcher(of(store, holder), host_gap=0.5) as running:
                assert isinstance(ask(running, server.url("news.example")), Document)
    assert smallest_gap(server.visits) > 0.5 - SLACK


def test_a_pause_that_one_was_asked_for_holds_the_next_one(store: Store) -> None:
    with RecordingServer(reply=lambda visit: ("429 Too Many Requests", {"Retry-After": "100"}, b"")) as server:
        with fetcher(of(store, "a")) as first, fetcher(of(store, "b")) as second:
            assert isinstance(ask(first, server.url("news.example")), FetchError)
            # It waits until the first has let go, and is told.
            result = ask(second, server.url("www.news.example", "/again"))
        with fetcher(of(store, "c")) as third:
            later = ask(third, server.url("news.example", "/later"))
    for error in (result, later):
        assert isinstance(error, FetchError)
        assert error.kind == "held"
        assert error.retry_after == pytest.approx(100, abs=5)
    assert server.paths() == ["/"]


def test_a_redirect_waits_for_the_turn_at_the_host_it_leads_to(store: Store) -> None:
    def reply(visit: Visit) -> Reply:
        return ("302 Found", {"Location": server.url("busy.example", "/x")}, b"") if visit.path == "/away" else OK

    with RecordingServer(reply=reply) as server, fetcher(of(store, "a")) as running:
        until = held(store, f"busy.example:{server.port}", 0.6)
        found = ask(running, server.url("news.example", "/away"))
        assert datetime.now(UTC) > until
    assert isinstance(found, Document)
    assert server.paths() == ["/away", "/x"]


def test_a_process_that_died_frees_its_hosts_at_the_end_of_its_turn(store: Store) -> None:
    with RecordingServer() as server, fetcher(of(store, "a"), host_gap=0.3) as running:
        until = held(store, f"news.example:{server.port}", 0.5)
        assert isinstance(ask(running, server.url("other.example")), Document)
        assert datetime.now(UTC) < until
        assert isinstance(ask(running, server.url("news.example")), Document)
        # It may have asked until its end.
        assert datetime.now(UTC) > until + timedelta(seconds=0.3 - SLACK)


def test_a_page_and_its_robots_txt_are_asked_in_one_turn(store: Store) -> None:
    with RecordingServer() as server, fetcher(of(store, "a")) as running:
        assert isinstance(ask(running, server.url("news.example", "/page"), robots=True), Document)
        assert holders(store) == {f"news.example:{server.port}": "a"}
    assert server.paths() == ["/robots.txt", "/page"]
    assert holders(store) == {}


@dataclass
class Table:
    """The real table, with what may come between."""

    behind: HeldTurns
    faults: list[MonitorError] = field(default_factory=list)
    """What the next calls raise."""
    asked: threading.Event = field(default_factory=threading.Event)
    answers: threading.Event = field(default_factory=threading.Event)
    taken: threading.Event = field(default_factory=threading.Event)

    def take(self, hosts: Collection[str], *, now: datetime, ttl: timedelta) -> Mapping[str, HostTurn]:
        self._meet()
        found = self.behind.take(hosts, now=now, ttl=ttl)
        self.taken.set()
        return found

    def give_back(self, turns: Mapping[str, HostTurn], *, now: datetime) -> None:
        self._meet()
        self.behind.give_back(turns, now=now)

    def _meet(self) -> None:
        self.asked.set()
        self.answers.wait(10)
        if self.faults:
            raise self.faults.pop()


def test_a_database_that_does_not_answer_for_a_while_delays_and_loses_nothing(store: Store) -> None:
    table = Table(of(store, "a"), [StoreError("is locked"), SchemaError("is being upgraded"), StoreError("is gone")])
    table.answers.set()
    with RecordingServer() as server, fetcher(table) as running:
        requests = [FetchRequest(key=str(n), url=server.url(f"host-{n}.example")) for n in range(20)]
        assert all(isinstance(result, Document) for result in running.fetch(requests))
        assert table.faults == []
        table.faults.append(StoreError("is gone"))
    assert len(server.visits) == 20
    assert len(holders(store)) == 20, "not given back, so they end by themselves"


def test_a_turn_that_is_taken_while_the_fetcher_is_closed_is_given_back_too(store: Store) -> None:
    table = Table(of(store, "a"))
    running = fetcher(table)
    with RecordingServer() as server, running, ThreadPoolExecutor(2) as threads:
        waits = threads.submit(ask, running, server.url("news.example"))
        assert table.asked.wait(10)
        closing = threads.submit(running.close)
        with pytest.raises(TransientError):
            waits.result(10)
        table.answers.set()
        assert table.taken.wait(10)
        closing.result(10)
    assert server.visits == []
    assert holders(store) == {}


def test_who_waits_too_long_is_told_and_the_host_is_asked_again_later(store: Store) -> None:
    with RecordingServer() as server, fetcher(of(store, "a")) as running:
        assert running._exchange is not None
        exchange = running._exchange
        exchange._sharing = Sharing(of(store, "a"), exchange._turns, exchange._holds, concurrency=4, patience=0.3)
        held(store, f"busy.example:{server.port}", 600)
        result = ask(running, server.url("busy.example"))
        assert isinstance(ask(running, server.url("news.example")), Document)
    assert isinstance(result, FetchError)
    assert (result.kind, result.retry_after) == ("held", 10.0)
    assert "another worker was asking busy.example" in str(result)
    assert server.paths() == ["/"]
    assert holders(store) == {f"busy.example:{server.port}": "dead"}


def test_no_more_hosts_are_kept_from_others_than_can_be_asked_soon(sqlite_url: str) -> None:
    async def live(store: Store) -> None:
        turns = HostTurns(concurrency=1, host_concurrency=1, gap=0.0)
        sharing = Sharing(of(store, "a"), turns, Holds(), concurrency=1)
        hosts = [f"{number}.example" for number in range(5)]
        asked: set[str] = set()
        came: list[str] = []

        async def ask(host: str) -> None:
            with sharing.use(host):
                assert await sharing.come(host)
                asked.add(host)
                assert len(asked) <= 2
                await asyncio.sleep(0.02)
                asked.remove(host)
                came.append(host)

        await asyncio.gather(*map(ask, hosts))
        assert sorted(came) == hosts
        await sharing.close()

    with Store.open(sqlite_url) as store:
        asyncio.run(live(store))


def test_a_turn_is_let_go_when_nobody_uses_it_and_taken_anew(sqlite_url: str) -> None:
    async def live(store: Store) -> None:
        turns = HostTurns(concurrency=1, host_concurrency=1, gap=0.0)
        sharing = Sharing(of(store, "a"), turns, Holds(), concurrency=1)
        with sharing.use("one.example"), sharing.use("two.example"):
            assert await sharing.come("one.example")
            assert await sharing.come("two.example")
        with sharing.use("two.example"):
            ends = time.monotonic() + 10
            while "one.example" in holders(store) and time.monotonic() < ends:
                await asyncio.sleep(0.05)
            assert holders(store) == {"two.example": "a"}
        with sharing.use("one.example"):
            assert await sharing.come("one.example")
            assert holders(store)["one.example"] == "a"
        await sharing.close()
        assert holders(store) == {}

    with Store.open(sqlite_url) as store:
        asyncio.run(live(store))
