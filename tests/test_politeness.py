"""The whole program as hosts see it: a thousand feeds, a hold, kill -9 again and again, and a driven day."""

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from monitor.cli import cli
from monitor.fetch import FetchLimits
from monitor.fetch.names import system_addresses
from monitor.jobs.services import Services, Sizes
from monitor.jobs.table import JOBS
from monitor.store import Store
from tests.driven_house import House, wired
from tests.fault_site import FAULTY, OPEN, Conditional, FaultSite, Newspaper, item, rss
from tests.lives import DistantServer, Lives, Storm, check_times, one_item
from tests.recording import RecordingServer, Reply, Visit, most_at_once, smallest_gap

pytestmark = pytest.mark.alone

GAP = 0.2
# What a busy machine may add to one request's way and not to the next one's.
SLACK = 0.12
LOCAL = FetchLimits(deadline=5.0, allow_private=("127.0.0.0/8",), host_gap=0.0)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    yield from wired(tmp_path_factory.mktemp("parts"))


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    with RecordingServer(reply=one_item) as running:
        yield running


@pytest.fixture
def house(parts: Services, sqlite_url: str) -> Iterator[House]:
    with Store.open(sqlite_url) as store, House(parts, store, LOCAL, system_addresses) as opened:
        yield opened


@pytest.mark.slow
def test_a_thousand_feeds_on_forty_hosts_never_break_the_gap_or_the_concurrency(
    parts: Services, sqlite_url: str
) -> None:
    """Readers were blocked for asking one host too often (miniflux/v2#3289)."""
    limits = FetchLimits(deadline=5.0, allow_private=("127.0.0.0/8",), host_gap=GAP, concurrency=100)
    hosts = [f"127.0.5.{host}" for host in range(1, 41)]
    # So slow that three would be under way at once if they might, and so many in a round that they want to.
    with (
        DistantServer(hold_for=2.4 * GAP) as server,
        Store.open(sqlite_url) as store,
        House(parts, store, limits, system_addresses) as house,
    ):
        house.services = replace(house.services, sizes=Sizes(feeds=250))
        house.add(*(f"http://{host}:{server.port}/{number}" for number in range(25) for host in hosts))
        assert house.work("poll")["entries_new"] == 1_000
        assert {feed.last_status for feed in store.feeds.all()} == {"new"}
        visits = server.visits()
    assert {host: sorted(int(visit.path[1:]) for visit in seen) for host, seen in visits.items()} == {
        host: list(range(25)) for host in hosts
    }
    assert min(map(smallest_gap, visits.values())) > GAP - SLACK
    assert {most_at_once(of_host) for of_host in visits.values()} == {2}
    # However late single requests come in, many of them take as long as their gaps.
    assert all(of_host[-1].came - of_host[0].came > 24 * GAP - SLACK for of_host in visits.values())


@pytest.mark.parametrize("as_date", [False, True])
def test_a_hold_is_kept_by_every_feed_of_the_host_and_after_a_restart(
    house: House, server: RecordingServer, as_date: bool
) -> None:
    """A reader that went on asking after a 429 was blocked (miniflux/v2#2336)."""

    def busy(visit: Visit) -> Reply:
        if visit.host != "127.0.6.1":
            return one_item(visit)
        now = datetime.now(UTC)
        wait = format_datetime(now + timedelta(hours=1), usegmt=True) if as_date else "3600"
        status = "503 Service Unavailable" if as_date else "429 Too Many Requests"
        return status, {"Retry-After": wait, "Date": format_datetime(now, usegmt=True)}, b""

    server.reply = busy
    urls = [server.url("127.0.6.1", f"/{number}") for number in range(25)]
    house.add(server.url("127.0.6.2", "/"), *urls)
    started = house.clock()
    house.work("poll")
    asked = len(server.by_host()["127.0.6.1"])
    assert asked <= 2, "one, and one that was under way beside it"
    feeds = [house.feed(url) for url in urls]
    assert Counter(feed.last_status for feed in feeds) == {"failed": asked, "put off": 25 - asked}
    assert sum(feed.failures for feed in feeds) == asked, "those that were not asked are not charged"
    assert min(feed.next_poll_at for feed in feeds) > started + timedelta(seconds=3_590)
    house.restart()
    with house.store._database.write() as connection:
        connection.execute(text("update feeds set next_poll_at = last_polled_at"))
    house.work("poll")
    assert len(server.by_host()["127.0.6.1"]) == asked
    assert len(server.by_host()["127.0.6.2"]) == 2
    server.reply = one_item
    house.until_due(*urls)
    house.restart()
    house.work("poll")
    assert {house.feed(url).last_status for url in urls} == {"new"}


def test_a_new_feed_is_asked_once(house: House, sqlite_url: str, server: RecordingServer) -> None:
    """A reader asked twice for every feed that was added (miniflux/v2#2128)."""
    house.add(server.url("127.0.6.1", "/feed"))
    house.work("poll")
    assert server.paths() == ["/feed"]
    house.work("poll")
    assert server.paths() == ["/feed"]


def test_the_command_that_adds_a_feed_and_its_first_poll_ask_once(
    house: House, sqlite_url: str, server: RecordingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_ALLOW_PRIVATE_HOSTS", '["127.0.0.0/8"]')
    monkeypatch.setenv("MONITOR_CATALOGUE", "false")
    url = server.url("127.0.6.1", "/feed")
    result = CliRunner().invoke(cli, ["--db", sqlite_url, "feeds", "add", url])
    assert result.exit_code == 0, result.output
    house.work("poll")
    assert server.paths() == ["/feed"]
    assert len(house.entries(url)) == 1


def test_a_hold_is_stored_while_its_round_is_still_under_way(
    parts: Services, sqlite_url: str, server: RecordingServer
) -> None:
    """A round may last a minute: killed in it, the program must not forget what it was told."""
    busy: Reply = ("429 Too Many Requests", {"Retry-After": "3600"}, b"")
    server.reply = lambda visit: busy if visit.host == "127.0.6.1" else one_item(visit)
    limits = FetchLimits(deadline=5.0, allow_private=("127.0.0.0/8",), host_gap=0.6, host_concurrency=1)
    with Store.open(sqlite_url) as store, House(parts, store, limits, system_addresses) as house:
        house.add(server.url("127.0.6.1", "/"), *(server.url("127.0.6.2", f"/{number}") for number in range(8)))
        under_way = Thread(target=JOBS["poll"], args=(house.services,))
        under_way.start()
        held: list[str] = []
        while not held and under_way.is_alive():
            time.sleep(0.05)
            held = list(store.hosts.holds(now=house.clock()))
        still = under_way.is_alive()
        under_way.join()
    assert held == [f"127.0.6.1:{server.port}"]
    assert still


@pytest.fixture
def conditional(parts: Services, sqlite_url: str) -> Iterator[tuple[House, Conditional]]:
    limits = FetchLimits(deadline=5.0, allow_private=OPEN, host_gap=0.0)
    with (
        FaultSite() as site,
        Store.open(sqlite_url) as store,
        House(parts, store, limits, site.names) as house,
    ):
        site.fault = Conditional(site)
        house.add(site.feed_url(FAULTY))
        yield house, site.fault


def _next(house: House, url: str) -> None:
    house.until_due(url)
    house.work("poll")


def test_validators_go_back_byte_for_byte_until_the_server_is_caught_lying(
    conditional: tuple[House, Conditional],
) -> None:
    house, feed = conditional
    url = feed.site.feed_url(FAULTY)
    for _ in range(3):
        _next(house, url)
    assert feed.asked == [(b"", b"")] + [(feed.etag, feed.date)] * 2
    assert house.feed(url).last_status == "unchanged"
    # Another body under the same validators, seen only because somebody asked without them.
    feed.body = rss(item(FAULTY, 2) + item(FAULTY, 1))
    house.clock.to(house.clock() + timedelta(days=1))
    _next(house, url)
    assert feed.asked[-1] == (b"", b"")
    assert not house.feed(url).conditional
    assert len(house.entries(url)) == 2
    for number in range(3, 6):
        feed.body = rss("".join(item(FAULTY, n) for n in range(number, 0, -1)))
        _next(house, url)
        assert feed.asked[-1] == (b"", b"")
        assert len(house.entries(url)) == number


def test_after_a_day_of_not_modified_the_whole_feed_is_asked_for_once_a_day(
    conditional: tuple[House, Conditional],
) -> None:
    """Unconditional requests are bearable once a day (rachelbythebay)."""
    house, feed = conditional
    url = feed.site.feed_url(FAULTY)
    whole: list[datetime] = []
    ends = house.clock() + timedelta(days=4)
    while house.clock() < ends:
        _next(house, url)
        if feed.asked[-1] == (b"", b""):
            whole.append(house.clock())
    assert len(whole) == 4
    assert all(later - earlier >= timedelta(days=1) for earlier, later in pairwise(whole))
    assert len(feed.asked) > 16
    assert len(house.entries(url)) == 1


@pytest.mark.slow
def test_pages_are_asked_as_robots_txt_says_and_looked_at_again_three_times(
    house: House, server: RecordingServer
) -> None:
    server.reply = newspaper = Newspaper(server.port)
    hosts = ("127.0.7.1", "127.0.7.2")
    house.add(*(server.url(host, "/feed") for host in hosts))
    house.work("poll", "screen", "read")
    for host, visits in server.by_host().items():
        paths = [visit.path for visit in visits]
        assert sorted(paths) == ["/feed", "/open/1", "/open/2", "/robots.txt"], host
        assert paths.index("/robots.txt") < paths.index("/open/1")
        rows = {row["url"].rpartition("/")[0][-5:]: row for row in house.entries(server.url(host, "/feed"))}
        assert rows["/open"]["text_source"] == "page"
        assert "feed" in rows["losed"]["text_source"]
        assert "Disallow: /closed/" in rows["losed"]["reason"]
    house.work("analyse")

    def matches() -> list[tuple[int, str]]:
        query = text("select article_id, topic from matches where withdrawn_at is null order by 1, 2")
        with house.store._database.read() as connection:
            return [(row.article_id, row.topic) for row in connection.execute(query)]

    def versions() -> list[int]:
        with house.store._database.read() as connection:
            return list(connection.scalars(text("select version from articles order by id")))

    found, first = matches(), house.clock()
    assert len(found) >= 8
    server.visits.clear()
    looks = []
    for hours in (0.5, 1.1, 3, 6.1, 12, 24.1, 30, 80):
        newspaper.edition = 2 if hours > 5 else 1
        house.clock.to(first + timedelta(hours=hours))
        looks.append(house.work("revisit", "analyse")["revisited"])
    assert looks[0] == looks[2] == looks[4] == looks[6] == looks[7] == 0
    assert looks[1] == looks[3] == looks[5] > 0
    open_pages = [visit for visit in server.visits if visit.path.startswith("/open/")]
    assert len(open_pages) == 3 * 4
    assert not [visit for visit in server.visits if visit.path.startswith("/closed/")]
    assert "/robots.txt" not in server.paths()
    assert matches() == found
    assert sorted(versions()) == [1] * 4 + [2] * 4


KILLS = 5


@pytest.fixture
def storm() -> Iterator[tuple[Storm, RecordingServer]]:
    storm = Storm()
    with RecordingServer(reply=storm, hold_for=0.05) as server:
        yield storm, server


@pytest.fixture
def lives(tmp_path: Path, sqlite_url: str, storm: tuple[Storm, RecordingServer]) -> Iterator[Lives]:
    feeds = [storm[1].url(f"127.0.8.{host}", f"/{number}") for number in range(6) for host in range(1, 7)]
    made = Lives(tmp_path, sqlite_url, feeds + [storm[1].url(storm[0].busy, f"/{number}") for number in range(4)])
    yield made
    made.close()


@pytest.mark.slow
def test_killed_again_and_again_no_feed_is_asked_before_its_stored_time_and_nothing_is_lost_or_doubled(
    lives: Lives, storm: tuple[Storm, RecordingServer]
) -> None:
    """The bound: a feed is asked again too early only when its poll was under way at a kill, once for that kill.

    Under way: from the claim to the writing, at most two seconds after the answer. The next process finds the one
    that held the claim dead and need not wait for the end of its lease. A host's hold is kept from its writing on.
    """
    feeds, server = storm
    chance = random.Random(5)
    for number in range(KILLS):
        before, least = len(server.visits), chance.randint(3, 45)
        lives.start()
        lives.until(lambda least=before + least: len(server.visits) >= least)  # type: ignore[misc]
        time.sleep(chance.uniform(0.0, 0.4))
        if number == 0:
            lives.until(lambda: bool(lives.rows("select 1 from hosts where held_until is not null")))
            held = len(server.by_host()[feeds.busy])
        lives.stop(signal.SIGKILL)
        # As if the feeds of the host that asked for peace were due.
        lives.write(f"update feeds set next_poll_at = added_at where url like '%{feeds.busy}%'")
    feeds.still = True
    lives.start()
    lives.until(lambda: len(lives.rows("select url from entries")) >= len(feeds.urls()))
    lives.stop(signal.SIGTERM)
    assert len(server.by_host()[feeds.busy]) == held <= 2
    assert sorted(url for (url,) in lives.rows("select url from entries")) == feeds.urls()
    assert not lives.events("job_broke", "job_failed")
    check_times(lives, server)
