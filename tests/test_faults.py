"""One feed goes wrong in every way we know, beside two that do not: nothing is lost, nobody waits, the row says why.

Each case is lived through with the real poll job: all is well, then the fault, then the server recovers.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.fetch import FetchLimits
from monitor.jobs.services import Services
from monitor.jobs.table import JOBS
from monitor.pipeline.polling import health_facts
from monitor.polling import judge
from monitor.records.feeds import FeedSpec
from monitor.store import Store
from tests.conftest import POSTGRES
from tests.driven_house import House, wired
from tests.fault_site import (
    CANARY,
    FAULTY,
    OPEN,
    Certificates,
    FaultSite,
    SilentHandshake,
    context,
    page,
    replies,
    rss,
)
from tests.faults import CONTENTS, FAULTS, Content, Fault
from tests.misbehaving import FEED, ROUTES, Answer
from tests.trio import DEADLINE, Trio

pytestmark = pytest.mark.alone

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database_url", [POSTGRES], indirect=True)
LIMITS = FetchLimits(deadline=DEADLINE, allow_private=OPEN, host_gap=0.0)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    yield from wired(tmp_path_factory.mktemp("parts"), parse_deadline=DEADLINE)


@pytest.fixture
def site() -> Iterator[FaultSite]:
    with FaultSite() as running:
        yield running


@pytest.fixture
def certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    made = Certificates.made(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authorities))
    return made


@pytest.fixture
def house(parts: Services, store: Store, site: FaultSite) -> Iterator[House]:
    with House(parts, store, LIMITS, site.names) as opened:
        yield opened


@pytest.fixture
def trio(house: House, site: FaultSite) -> Trio:
    return Trio(house, site, site)


def _start(site: FaultSite, fault: Fault) -> None:
    site.fault = fault.answer
    if fault.leads_to:
        site.names.led[FAULTY] = [list(fault.leads_to)]


def _stop(site: FaultSite) -> None:
    site.fault = None
    site.names.led.clear()


@ON_SQLITE
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_of_one_feed_costs_the_others_nothing_and_is_over_when_the_server_recovers(
    trio: Trio, site: FaultSite, fault: Fault
) -> None:
    trio.live_through(fault, lambda: _start(site, fault), lambda: _stop(site))


@ON_POSTGRES
@pytest.mark.parametrize("name", ["gzip bomb", "consent wall", "503 until a date"])
def test_on_postgres_a_fault_is_written_down_in_the_same_way(trio: Trio, site: FaultSite, name: str) -> None:
    (fault,) = [fault for fault in FAULTS if fault.name == name]
    trio.live_through(fault, lambda: _start(site, fault), lambda: _stop(site))


@ON_SQLITE
@pytest.mark.parametrize("case", ["expired", "other_host", "unknown", "never finished"])
def test_a_feed_without_a_safe_connection_is_not_read_and_is_back_with_its_certificate(
    parts: Services, store: Store, site: FaultSite, certificates: Certificates, case: str
) -> None:
    says = {"expired": "expired", "other_host": "mismatch", "unknown": "self-signed", "never finished": "2 s"}[case]
    fault = Fault(name=case, kind="timeout" if case == "never finished" else "tls", says=says)
    with (
        FaultSite(certificate=certificates.good, stand=site.stand, names=site.names) as safe,
        House(parts, store, LIMITS, site.names) as house,
    ):
        well = safe.tls

        def begin() -> None:
            silent = SilentHandshake(safe.stopping)
            broken: Any = silent if case == "never finished" else context(getattr(certificates, case))
            safe.tls = broken

        Trio(house, site, safe).live_through(fault, begin, lambda: setattr(safe, "tls", well))


def _on(names: tuple[str, ...]) -> list[object]:
    """Every case on SQLite, and those on Postgres."""
    both = [("sqlite", content) for content in CONTENTS]
    both += [("postgres", content) for content in CONTENTS if content.name in names]
    marks = {"sqlite": (), "postgres": (pytest.mark.postgres,)}
    return [pytest.param(kind, content, marks=marks[kind], id=f"{content.name}-{kind}") for kind, content in both]


@pytest.mark.parametrize(
    ("database_url", "content"),
    _on(("NUL bytes", "one guid for all", "dates in 2038, missing, unreadable")),
    indirect=["database_url"],
)
def test_hostile_or_broken_content_is_stored_safe_and_once(trio: Trio, site: FaultSite, content: Content) -> None:
    def brought() -> list[dict[str, object]]:
        return trio.house.entries(trio.faulty)[3:]

    def begin() -> None:
        site.fault = content.answer

    def during(number: int) -> None:
        feed = trio.house.feed(trio.faulty)
        assert (feed.last_status, feed.failures) == ("new" if number == 1 else feed.last_status, 0)
        assert feed.last_status != "new" or number == 1, "the same document brings nothing new"
        content.check(brought())

    stored: list[object] = []

    def end() -> None:
        stored.extend(row["id"] for row in brought())
        _stop(site)

    trio.live(begin, during, end, rounds=2)
    feed, rows = trio.house.feed(trio.faulty), trio.house.entries(trio.faulty)
    assert (feed.failures, feed.failing_since) == (0, None)
    assert set(stored) <= {row["id"] for row in rows}
    assert len({row["identity"] for row in rows}) == len(rows)
    pages = [row["url"] for row in rows]
    assert [pages.count(page(FAULTY, number)) for number in range(1, site.published + 1)] == [1] * site.published


@ON_SQLITE
def test_a_feed_that_is_gone_is_let_go_and_comes_back_when_a_person_adds_it(trio: Trio, site: FaultSite) -> None:
    def during(number: int) -> None:
        feed = trio.house.feed(trio.faulty)
        assert feed.gone_at == feed.last_polled_at
        assert "410" in (feed.last_error or "")
        assert len(trio.house.entries(trio.faulty)) == 3

    def begin() -> None:
        site.fault = ROUTES["/410"]

    trio.live(begin, during, lambda: _stop(site))
    asked = site.asked_of(FAULTY)
    trio.check_well(trio.others)
    assert asked == 2, "it is not asked again"
    trio.house.store.feeds.add(FeedSpec(url=trio.faulty), now=trio.house.clock())
    trio.next_round()
    assert trio.house.feed(trio.faulty).gone_at is None
    assert len(trio.house.entries(trio.faulty)) == site.published


@ON_SQLITE
@pytest.mark.parametrize("answer", [ROUTES["/always-304"], replies(FEED)], ids=["304 not asked for", "frozen"])
def test_an_answer_without_news_loses_nothing_and_is_told_when_it_lasts(
    trio: Trio, site: FaultSite, answer: Answer
) -> None:
    """A feed that answers 200 may have stopped all the same (mediacloud/web-search#287)."""
    trio.house.add(trio.faulty)
    trio.house.work("poll")
    site.fault = answer
    # So long that no rhythm explains it: three items in an hour say little about what is usual.
    for _ in range(10):
        trio.house.clock.to(trio.house.clock() + timedelta(days=7))
        trio.house.work("poll")
    state = judge(health_facts(trio.house.feed(trio.faulty)), now=trio.house.clock()).state
    assert state in {"failing", "frozen", "stale"}
    _stop(site)
    site.publish()
    trio.house.until_due(trio.faulty)
    trio.house.work("poll")
    stored = [row["url"] for row in trio.house.entries(trio.faulty)]
    assert [stored.count(page(FAULTY, number)) for number in range(1, 5)] == [1, 1, 1, 1]


@ON_SQLITE
def test_a_304_that_nobody_asked_for_is_no_success(trio: Trio, site: FaultSite) -> None:
    """It answers a conditional request (RFC 9110 15.4.5); a feed that was never read would count as well."""
    site.fault = ROUTES["/always-304"]
    trio.house.add(trio.faulty)
    trio.house.work("poll")
    feed = trio.house.feed(trio.faulty)
    assert (feed.last_status, feed.failures, feed.last_success_at) == ("failed", 1, None)
    assert "without having been asked" in (feed.last_error or "")


@ON_SQLITE
def test_a_feed_that_is_empty_for_a_while_loses_nothing_and_brings_nothing_twice(trio: Trio, site: FaultSite) -> None:
    """An answer of 200 without content once overwrote what a cache had (worldmonitor)."""

    def begin() -> None:
        site.fault = replies(rss(""))

    def during(number: int) -> None:
        assert len(trio.house.entries(trio.faulty)) == 3

    trio.live(begin, during, lambda: _stop(site), rounds=2)
    trio.check_well({FAULTY: trio.faulty} | trio.others)


@ON_SQLITE
def test_a_name_is_resolved_once_for_each_request_and_what_was_checked_is_dialled(trio: Trio, site: FaultSite) -> None:
    """DNS rebinding: the second look-up would lead inwards."""
    site.names.led[FAULTY] = [["127.0.3.1"], [CANARY]]
    trio.house.add(trio.faulty)
    trio.house.work("poll")
    assert trio.house.feed(trio.faulty).last_status == "new"
    assert (site.names.asked, site.reached) == ([FAULTY], ["127.0.3.1"])


@ON_SQLITE
@pytest.mark.parametrize("way", ["no name server", "every host refuses"])
def test_an_outage_of_ours_is_charged_to_no_feed_and_over_at_once(parts: Services, store: Store, way: str) -> None:
    """One evening without a name server made a reader give up every feed that it had (miniflux/v2#1893)."""
    hosts = [f"site{number}.example" for number in range(12)]
    with FaultSite(host="127.0.3.9") as site, House(parts, store, LIMITS, site.names) as house:
        urls = [site.feed_url(host) for host in hosts]
        house.add(*urls)
        house.work("poll")
        site.publish()
        site.names.down = way == "no name server"
        site.names.led = {host: [["127.0.3.200"]] for host in hosts}
        house.until_due(*urls)
        asked = []
        for _ in range(6):
            house.heard.results.clear()
            JOBS["poll"](house.services)
            asked.append(len(house.heard.results))
            for url in urls:
                feed = house.feed(url)
                assert (feed.failures, feed.failing_since) == (0, None)
                assert feed.next_poll_at - house.clock() < timedelta(minutes=20)
            house.clock.to(house.clock() + timedelta(seconds=100))
        assert asked[0] == 12
        assert max(asked[1:]) == 4, "a few at a time, to see whether the way is open again"
        site.names.down = False
        site.names.led.clear()
        house.until_due(*urls)
        house.work("poll")
        for host, url in zip(hosts, urls, strict=True):
            assert house.feed(url).last_status == "new"
            assert [row["url"] for row in house.entries(url)] == [page(host, number) for number in (3, 2, 1, 4)]
