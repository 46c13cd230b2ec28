"""What an article costs where there are so many: its page written, its findings, its place in the chronicle, memory."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

import numpy as np
from sqlalchemy import func, insert, select

from benchmarks.board_plots import Row
from benchmarks.board_words import LEADERS, SPEAKERS, WEAPONS
from benchmarks.growth_feeds import ASKED, HOLDER, LEASE, parts, tick
from benchmarks.growth_fill import Place, plain_article, plain_articles
from benchmarks.growth_taken import Taken
from benchmarks.machine import peak_megabytes
from benchmarks.stories import DIMENSIONS, arrivals
from monitor.jobs.chronicle import chronicle
from monitor.records.articles import Article, EntryState, FeedUpdate, PageKind, ReadResult, ScreenResult
from monitor.records.feeds import FeedEntry
from monitor.records.findings import AidStep, Event, Findings, Quote, Reaction, Span, Topic, When
from monitor.records.stories import Arrival
from monitor.store import Store
from monitor.store.chronicle_tables import story_members
from monitor.store.engine import Database
from monitor.stories.index import StoryIndex
from monitor.stories.policy import Policy

TICK = "a tick with nothing to do: the claims of all stages"
READ = "reading.record, a page"
FOUND = "findings.record, an article"
WOVEN = "the chronicle: an article woven in and written"
RESTORED = "the story index built up from the rows"
PLACED = "story lookup and insert, the index alone"
MEMORY = "memory of the process with the story index, at most"
INSERT = "SQLAlchemy bulk insert, a row"
COMPARED = "every embedding compared (numpy, float32)"
BATCH, FEED = 16, 1
"""Articles in one transaction, as a round of the model's has them; the feed that brings them."""
_PLACED = 64
_EVIDENCE = Span(start=0, end=12, text="What it says")


def measured(place: Place, copies: int, until: datetime, *, rounds: int) -> Taken:
    """Seconds of each thing, by round; memory in MB."""
    taken = Taken()
    with closing(Database(place.url)) as database, database.read() as connection:
        members = connection.scalar(select(func.count()).select_from(story_members)) or 0
    brought = _like_those_there(members // copies, BATCH * (rounds + 1) + _PLACED * rounds, until)
    with Store.open(place.url) as store:
        tick(store, until)
        for _ in range(rounds):
            with taken.timed(TICK, ASKED):
                for _ in range(ASKED):
                    tick(store, until)
        waiting = _brought(store, brought[: BATCH * (rounds + 1)], until)
        _understood(store, taken, waiting, until)
        taken.put(MEMORY, peak_megabytes())
        _placed(store, taken, brought[-_PLACED * rounds :], until)
    _as_the_peers(place, taken, members, rounds)
    return taken


def _like_those_there(varied: int, wanted: int, until: datetime) -> list[Arrival]:
    """New articles in words of their own, each near the story of an article that the archive has."""
    there, chance = list(arrivals(varied)), np.random.default_rng(3)
    found = []
    for place, new in enumerate(arrivals(wanted, seed=7)):
        near = np.array(there[place % varied].embedding)
        vector = near + 0.02 * chance.standard_normal(DIMENSIONS)
        unit = vector / np.sqrt(np.einsum("i,i->", vector, vector))
        entities = there[place % varied].entities
        # No number in the archive is as high.
        number, url = 10**9 + place, f"https://new.example/{place}"
        said = replace(new, article_id=number, url=url, published=until)
        found.append(replace(said, embedding=tuple(unit.tolist()), entities=entities))
    return found


def _brought(store: Store, brought: Sequence[Arrival], now: datetime) -> dict[int, Arrival]:
    """Take the articles through a feed and the gate; by the number of their entry."""
    items = tuple(_item(each, number) for number, each in enumerate(brought, start=1))
    poll = FeedUpdate(
        feed_id=FEED,
        polled_at=now,
        next_poll_at=now + timedelta(days=1),
        interval=900.0,
        outcome="new",
        entries=items,
        hashes=tuple(item.hash for item in items),
        http_status=200,
        body_hash="new",
    )
    (outcome,) = store.feeds.record_polls([poll])
    ids = outcome.new_entry_ids
    screened = [ScreenResult(entry_id=id_, state=EntryState.TO_READ, reason="gate", language="en") for id_ in ids]
    store.entries.record_screen(screened, now=now)
    return dict(zip(ids, brought, strict=True))


def _item(arrival: Arrival, number: int) -> FeedEntry:
    return FeedEntry(
        guid=arrival.url,
        url=arrival.url,
        title=arrival.title,
        summary=arrival.text[:160],
        published=arrival.published,
        hash=f"{number:016x}",
    )


def _understood(store: Store, taken: Taken, waiting: dict[int, Arrival], now: datetime) -> None:
    """Read, understand, weave in: round after round. The first builds the story index up, and is not counted."""
    services, left = parts(store, now, articles=BATCH), iter(waiting.items())
    figures = Taken()
    while some := dict(islice(left, BATCH)):
        results = [_result(entry_id, arrival) for entry_id, arrival in some.items()]
        with figures.timed(READ, len(results)):
            store.entries.record_read(results, now=now)
        claimed = store.findings.claim(now=now, limit=BATCH, holder=HOLDER, lease=LEASE)
        by_url = {arrival.url: arrival for arrival in some.values()}
        found = [(stored, _findings(by_url[stored.article.url])) for stored in claimed]
        with figures.timed(FOUND, len(found)):
            store.findings.record_all(found, now=now)
        with figures.timed(WOVEN, len(found)):
            woven = chronicle(services).counts.get("woven", 0)
        if woven != len(some):
            raise RuntimeError(f"{woven} of {len(some)} articles were woven in; the archive is not what it should be")
        figures = taken
    services.weaver.give_back(store, HOLDER)


def _result(entry_id: int, arrival: Arrival) -> ReadResult:
    article = Article(
        id=arrival.url,
        title=arrival.title,
        text=arrival.text,
        url=arrival.url,
        published=arrival.published,
        source="",
        language="en",
    )
    return ReadResult(
        entry_id=entry_id, article=article, page_kind=PageKind.ARTICLE, text_source="page", language="en", reason="read"
    )


def _findings(arrival: Arrival) -> Findings:
    """What such an article tells: a quotation, and in turn an event, a step of aid, a reaction."""
    turn = arrival.article_id % 3
    day, speaker = arrival.published.date(), SPEAKERS[arrival.article_id % len(SPEAKERS)]
    said = arrival.text.split("\n\n")[0][:200]
    start = len(arrival.title) + 2
    event = Event(
        type="meeting",
        participants=LEADERS[:2],
        when=When(start=day + timedelta(days=3), end=day + timedelta(days=3), certainty="exact"),
        where="Budapest",
        status="planned",
        evidence=_EVIDENCE,
    )
    weapon = WEAPONS[0]
    step = AidStep(item=weapon, donor="United States", recipient="Ukraine", step="considered", evidence=_EVIDENCE)
    reaction = Reaction(by="Dmitry Peskov", by_id=None, kind="warning", about=weapon, evidence=_EVIDENCE)
    topics = (
        Topic(name="talks", score=0.9, threshold=0.4, match=True, evidence=_EVIDENCE),
        Topic(name="missile_aid", score=0.1, threshold=0.3, match=False),
    )
    quote = Quote(text=said, start=start, end=start + len(said), speaker=speaker, speaker_id=None, channel=None)
    return Findings(
        article_id=arrival.url,
        language="en",
        model=arrival.model,
        topics=topics,
        entities=arrival.entities,
        quotes=(quote,),
        events=(event,) if turn == 0 else (),
        aid=(step,) if turn == 1 else (),
        reactions=(reaction,) if turn == 2 else (),
        embedding=arrival.embedding,
    )


def _placed(store: Store, taken: Taken, brought: Sequence[Arrival], now: datetime) -> None:
    """The story index by itself."""
    policy = Policy()
    index = StoryIndex(policy, next_story=store.chronicle.last_story() + 1)
    with taken.timed(RESTORED):
        index.restore(store.chronicle.members(since=now - policy.horizon))
    for start in range(0, len(brought), _PLACED):
        with taken.timed(PLACED, _PLACED):
            for arrival in brought[start : start + _PLACED]:
                index.place(arrival)


def _as_the_peers(place: Place, taken: Taken, members: int, rounds: int) -> None:
    """As many plain rows; and embeddings compared with all there are."""
    rows: list[list[Row]] = [
        [plain_article(10**9 + turn * BATCH + number) for number in range(BATCH)] for turn in range(rounds + 1)
    ]
    with closing(Database(place.plain)) as peer:
        for turn, some in enumerate(rows):
            figures = taken if turn else Taken()
            with figures.timed(INSERT, BATCH), peer.write() as connection:
                connection.execute(insert(plain_articles), some)
    chance = np.random.default_rng(5)
    vectors = chance.standard_normal((max(members, 8), DIMENSIONS), np.float32)
    for _ in range(rounds):
        with taken.timed(COMPARED, _PLACED):
            for vector in vectors[:_PLACED]:
                np.argpartition(vectors @ vector, -6)[-6:]
