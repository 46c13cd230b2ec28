"""Deaths without an error of the feed's own: it answers and has stopped, or it is not asked at all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import count

from monitor.fetch import FetchLimits
from monitor.pipeline.polling import health_facts
from monitor.polling import judge
from monitor.polling.health import FeedState, plausible_silence
from monitor.records.feeds import FeedSpec
from monitor.store import Store
from proof.no_silent_death_cases import Lookup
from proof.no_silent_death_places import PLACES, Places
from proof.promise import Figure, Part, Scene
from tests.driven_house import House, wired
from tests.fault_site import FAULTY, OPEN, FaultSite, item, rss
from tests.misbehaving import Answer, Exchange

LIMITS = FetchLimits(deadline=2.0, allow_private=OPEN, host_gap=0.0)
TITLE = "Faulty Gazette"
WATCHED_DAYS = 14
LONGEST = timedelta(days=62)
"""After so long everything is told, whatever the rhythm."""


class Hourly:
    """A feed that brings an item an hour by the driven clock, until it is stopped in one of several ways."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock, self._began = clock, clock()
        self._stopped: datetime | None = None
        self.way = ""

    def stop(self, way: str) -> None:
        """From now on nothing new; ``way`` says how that looks, and is empty when all is well again."""
        self.way = way
        self._stopped = self._clock() if way else None

    def published(self) -> int:
        """Items so far."""
        return 3 + int(((self._stopped or self._clock()) - self._began) / timedelta(hours=1))

    def __call__(self, exchange: Exchange) -> None:
        """Answer as a feed would."""
        last = self.published()
        numbers = range(last, max(0, last - 20), -1)
        items = "".join(item(FAULTY, n, pubDate=_written(self._began + timedelta(hours=n - 3))) for n in numbers)
        channel = f"<lastBuildDate>{_written(self._clock())}</lastBuildDate>" if self.way == "a new date" else ""
        etag = f'"{last}"'
        told = {"Content-Type": "application/rss+xml"} | ({"ETag": etag} if self.way in {"", "304"} else {})
        if self.way == "no items":
            exchange.reply(rss(""), headers=told)
        elif self.way in {"", "304"} and exchange.asked.headers.get("if-none-match") == etag:
            exchange.reply(status="304 Not Modified", headers=told)
        else:
            exchange.reply(rss(items, channel=channel), headers=told)


def _written(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


@contextmanager
def _house(scene: Scene, name: str, names: Lookup) -> Iterator[House]:
    path = scene.folder / f"{name.replace(' ', '-')}.sqlite3"
    path.unlink(missing_ok=True)
    with ExitStack() as stack:
        parts = stack.enter_context(contextmanager(wired)(scene.folder, parse_deadline=2.0))
        store = stack.enter_context(Store.open(f"sqlite:///{path}", create=True))
        yield stack.enter_context(House(parts, store, LIMITS, names))


WAYS = {"same body": "the same body for ever", "304": "not modified for ever",
        "a new date": "the same items under a new date of making", "no items": "a feed without any item"}  # fmt: skip


def _stopped(scene: Scene) -> Sequence[Figure]:
    """A feed watched for two weeks stops bringing anything, in four ways."""
    figures: list[Figure] = []
    for way, words in WAYS.items():
        with FaultSite(names=Lookup()) as site, _house(scene, way, Lookup()) as house:
            figures += _stopped_in(scene, way, words, site, house)
    return figures


def _stopped_in(scene: Scene, way: str, words: str, site: FaultSite, house: House) -> list[Figure]:
    hourly = Hourly(house.clock)
    site.fault = hourly
    url = site.feed_url(FAULTY)
    house.store.feeds.sync([FeedSpec(url=url, title=TITLE)], now=house.clock())
    ends = house.clock() + timedelta(days=max(3, scene.of(WATCHED_DAYS)))
    while house.clock() < ends:
        _poll(house, url)
    alarms = _seen(house)
    hourly.stop(way)
    stopped = house.clock()
    feed = house.feed(url)
    newest = max(filter(None, (feed.newest_at, feed.last_new_at)))
    explained = newest + timedelta(seconds=plausible_silence(health_facts(feed).rhythm, newest))
    polls = after = 0
    told: dict[str, int] = {}
    while len(told) < len(PLACES) and house.clock() - stopped < LONGEST:
        _poll(house, url)
        polls += 1
        after += house.clock() > explained
        if judge(health_facts(house.feed(url)), now=house.clock()).state not in {FeedState.OK, FeedState.MOVED}:
            told |= {place: after for place in _seen(house) if place not in told}
    lasted = house.clock() - stopped
    hourly.stop("")
    house.clock.to(house.clock() + timedelta(hours=1))
    _poll(house, url)
    left = _seen(house)
    late = [place for place in PLACES if told.get(place, 99) > 2]
    return [
        Figure(
            what=f"{words}: told", measured=f"after {lasted / timedelta(hours=1):.0f} h and {polls} polls, "
            f"{max(told.values(), default=0)} after what its rhythm explains" + _not(late),
            wanted="everywhere within two polls after that", holds=not late,
        ),
        Figure(what=f"{words}: told before it stopped, or after it went on", measured=_not(alarms + left) or "nowhere",
               wanted="nowhere", holds=not alarms and not left),
    ]  # fmt: skip


def _not(places: Sequence[str]) -> str:
    return f"; not: {', '.join(places)}" if places else ""


def _poll(house: House, *urls: str) -> None:
    house.until_due(*urls)
    house.work("poll")


def _seen(house: House, title: str = TITLE) -> list[str]:
    with Places(house.services) as places:
        return places.look().telling(title)


def _outage(scene: Scene) -> Sequence[Figure]:
    """No name server answers, for a day: no feed is charged, and everybody can see it."""
    names = Lookup()
    hosts = [f"site{number}.example" for number in range(12)]
    with FaultSite(host="127.0.3.9", names=names) as site, _house(scene, "outage", names) as house:
        urls = [site.feed_url(host) for host in hosts]
        house.store.feeds.sync([FeedSpec(url=url, title=url) for url in urls], now=house.clock())
        _poll(house, *urls)
        names.down = True
        asked = dict.fromkeys(urls, 0)
        told: dict[str, set[str]] = {url: set() for url in urls}
        while min(asked.values()) < 2:
            _poll(house, *urls)
            with Places(house.services) as places:
                look = places.look()
            for url in urls:
                asked[url] = asked[url] + (house.feed(url).last_status == "outage")
                told[url] |= set(look.telling(url)) if asked[url] <= 2 else set()
        network = look.parts["network"]["detail"]
        charged = [url for url in urls if house.feed(url).failures]
        names.down = False
        site.publish()
        _poll(house, *urls)
        _poll(house, *urls)
        with Places(house.services) as places:
            look = places.look()
        left = {place for url in urls for place in look.telling(url)}
        back = sum(len(house.entries(url)) == site.published for url in urls)
    unsaid = {place: sum(place not in told[url] for url in urls) for place in PLACES if place != "/health"}
    missed = {place: number for place, number in unsaid.items() if number}
    return [
        Figure(what="no name server: /health says so", measured=network, wanted="most hosts fail together",
               holds="fail together" in network),
        Figure(what="no name server: feeds that a place does not tell of within two polls",
               measured=str(missed or "none"), wanted="none", holds=not missed),
        Figure(what="feeds charged with it", measured=str(len(charged)), wanted="0", holds=not charged),
        Figure(what="feeds back within two polls of its end, and places that still tell",
               measured=f"{back} of {len(urls)}, {', '.join(sorted(left)) or 'none'}", wanted="all, none",
               holds=back == len(urls) and not left),
    ]  # fmt: skip


def _not_asked(scene: Scene) -> Sequence[Figure]:
    """Feeds that nobody asks: their host wants a pause because of another feed, or their row is in quarantine."""
    figures = []
    with FaultSite(names=Lookup()) as site, _house(scene, "pause", Lookup()) as house:
        urls = {path: site.url(path, host=FAULTY) for path in ("/feed", "/second")}
        site.fault = _by_path(site, refused=False)
        for path, url in urls.items():
            house.store.feeds.sync([FeedSpec(url=url, title=f"Gazette {path}")], now=house.clock())
        _poll(house, *urls.values())
        site.fault = _by_path(site, refused=True)
        told: set[str] = set()
        for _ in range(2):
            _poll(house, *urls.values())
            told |= set(_seen(house, "Gazette /second"))
        figures.append(_figure("held back because its host refuses another feed", told))
        site.fault = _by_path(site, refused=False)
        house.until_due(*urls.values())
        house.restart()
        for _ in range(2):
            _poll(house, *urls.values())
        left = _seen(house, "Gazette /second")
        figures.append(Figure(what="held back: places that still tell two polls after the pause",
                              measured=", ".join(left) or "none", wanted="none", holds=not left))  # fmt: skip
    with FaultSite(names=Lookup()) as site, _house(scene, "quarantine", Lookup()) as house:
        url = site.feed_url(FAULTY)
        house.store.feeds.sync([FeedSpec(url=url, title=TITLE)], now=house.clock())
        _poll(house, url)
        for number in count():
            house.until_due(url)
            feed = house.store.feeds.claim_due(now=house.clock(), limit=1, holder="h", lease=timedelta(minutes=5))
            shut = house.store.setbacks.note("poll", "h", "it breaks", now=house.clock(), most=3)
            if shut or number > 5 or not feed:
                break
            house.store.feeds.release("h")
        interval = house.feed(url).interval or 900.0
        house.clock.to(house.feed(url).next_poll_at + timedelta(seconds=2 * interval))
        house.work("poll")
        figures.append(_figure("in quarantine, two intervals later", set(_seen(house))))
    return figures


def _by_path(site: FaultSite, *, refused: bool) -> Answer:
    def answer(exchange: Exchange) -> None:
        if refused and exchange.asked.path == "/feed":
            exchange.reply(status="429 Too Many Requests", headers={"Retry-After": "7200"})
        else:
            site.good(exchange, FAULTY)

    return answer


def _figure(what: str, told: set[str]) -> Figure:
    missed = [place for place in PLACES if place not in told]
    return Figure(what=f"a feed {what}: told", measured=f"{len(PLACES) - len(missed)} of {len(PLACES)}{_not(missed)}",
                  wanted="everywhere within two polls", holds=not missed)  # fmt: skip


PARTS = (
    Part(name="feeds that answer and have stopped", run=_stopped, minutes=4),
    Part(name="our own network", run=_outage, minutes=1),
    Part(name="feeds that are not asked", run=_not_asked, minutes=1),
)
