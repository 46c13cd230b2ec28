"""Killed while it fetches, parses, stores, reads, understands and weaves: every entry served is there, and once."""

import random
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import text

from monitor.fetch import Fetcher, FetchLimits
from monitor.jobs import weaving
from monitor.jobs.pace import Pace
from monitor.jobs.services import Services, Sizes
from monitor.jobs.table import JOBS
from monitor.pipeline.policy import ReadPolicy
from monitor.polling import PollPolicy
from monitor.records.articles import Article, EntryState
from monitor.records.feeds import Document, FetchRequest, FetchResult, ParsedFeed
from monitor.records.findings import Findings
from monitor.sources import parse
from monitor.store import Store
from monitor.wiring import holder_name, utc_now
from proof.no_loss_databases import Databases
from proof.no_loss_killing import Gun, Watch, asked, told, undisturbed
from proof.no_loss_site import FEEDS, FINAL, LAST, GrowingSite, story
from proof.promise import Figure, Scene
from tests.store_builders import entity, findings, spec

STAGES = ("fetch", "parse", "store", "screen", "read", "analyse", "chronicle")
LEASE = timedelta(seconds=0.6)
LIMITS = FetchLimits(host_gap=0.0, host_concurrency=4, allow_private=("127.0.0.0/8",), deadline=30.0)
PENDING = (EntryState.NEW, EntryState.TO_READ, EntryState.TO_ANALYSE)
SEED = 1201
A_WORLD = 20
"""Kills in the life of one database."""


@dataclass(frozen=True)
class WatchedFetcher:
    """The real fetcher, in ``fetch`` while an answer is awaited."""

    fetcher: Fetcher
    watch: Watch

    def fetch(self, requests: Iterable[FetchRequest], *, robots: bool = False) -> Iterator[FetchResult]:
        """As the fetcher does."""
        results = iter(self.fetcher.fetch(requests, robots=robots))
        while True:
            with self.watch.at("fetch"):
                result = next(results, None)
            if result is None:
                return
            yield result

    def holds(self) -> Mapping[str, datetime]:
        """As the fetcher does."""
        return self.fetcher.holds()


@dataclass(frozen=True)
class HereParser:
    """The real parser, in this process: one of its own would take a second to start, and no database knows of it."""

    watch: Watch
    workers = 1

    def parse(self, document: Document, *, now: datetime, known: Collection[str] = ()) -> ParsedFeed:
        """As the pool does."""
        with self.watch.at("parse"):
            return parse(document, now=now, known=known)


class PlainReader:
    """In place of the model, which takes a second to load: which story it is decides."""

    model = "plain@0123456789ab"

    def screen(self, articles: Sequence[Article]) -> Sequence[Mapping[str, float]]:
        """Every fifth story is ruled out."""
        return [{"talks": 0.01 if _number(article) % 5 == 0 else 0.9} for article in articles]

    def understand(self, articles: Sequence[Article]) -> Sequence[Findings]:
        """Two of three match, and every seventh is about both topics."""
        return [
            findings(
                0.9 if _number(article) % 3 else 0.1,
                0.8 if _number(article) % 7 == 0 else 0.1,
                entity("Geneva", "Q71", (0, 6), type_="place"),
            )
            for article in articles
        ]


def _number(article: Article) -> int:
    return int(article.title.split()[1])


def work(store: Store, watch: Watch, *, rounds: int | None = None) -> None:
    """Do the jobs in turn until no feed has anything more and nothing waits, or so many rounds."""
    with Fetcher(LIMITS) as fetcher:
        services = Services(
            store=store,
            fetcher=WatchedFetcher(fetcher, watch),
            parser=HereParser(watch),
            reader=PlainReader(),
            pace=Pace(PollPolicy(floor=0.1, ceiling=0.2, start=0.1, backoff=0.2, budget=1e9)),
            read_policy=ReadPolicy(gate=0.05, max_age=timedelta(days=999), retry_first=LEASE, attempts=99),
            holder=holder_name(),
            clock=utc_now,
            dice=lambda: 0.0,
            sizes=Sizes(pages=12, articles=4, lease=LEASE),
            stopping=threading.Event(),
        )
        done = 0
        while done != rounds and (_rounds(services, watch) or _is_left(store)):
            done += 1
            time.sleep(0.02)


def _rounds(services: Services, watch: Watch) -> bool:
    """One round of each job; whether any did something."""
    done = [JOBS["poll"](services)]
    for job in ("screen", "read", "analyse", "chronicle"):
        with watch.at(job):
            done.append(JOBS[job](services))
    return any(done)


def _is_left(store: Store) -> bool:
    if any(feed.etag != FINAL for feed in store.feeds.all()) or store.chronicle.is_waiting():
        return True
    return any(row.count and row.state in PENDING for row in store.entries.by_state())


def live(url: str, *, kills: int, seed: int, means: Mapping[str, float]) -> dict[str, Any]:
    """For the worker: the life of one database, with so many kills; without any, how long each stage lasts."""
    weaving.LEASE_KEPT = LEASE
    watch = Watch(*STAGES)
    with Store.open(url) as store:
        watch.watch_writes(store, "store")
        task = partial(work, store, watch)
        if not kills:
            return {"means": undisturbed(task, watch)}
        # Children take over what the statements were compiled to; connections must not be shared with them.
        work(store, watch, rounds=2)
        store.close()
        gun = Gun(watch, random.Random(seed), means)
        aims = list(STAGES)
        gun.chance.shuffle(aims)
        for n in range(kills):
            if not gun.shoot(task, aims[n % len(aims)]) and gun.missed > 5:
                break
        undisturbed(task, watch)
    return {"kills": gun.kills, "hit": gun.hit}


def run(kind: str, total: int, scene: Scene) -> Sequence[Figure]:
    """The lives of databases of a kind, until there were so many kills."""
    kept = scene.remembered("lives") or {"kills": 0, "hit": {}, "worlds": 0, "wrong": [], "entries": 0, "matches": 0}
    wanted, hit = scene.of(total), Counter(kept["hit"])
    with GrowingSite() as site, Databases(kind, scene.folder) as databases:
        url = _begun(databases, site, "undisturbed")
        means = asked("reading", {"url": url, "kills": 0, "seed": 0, "means": {}})["means"]
        reference = _found(url)
        assert reference["problems"] == [], reference["problems"]
        assert len(reference["matches"]) > FEEDS * LAST / 5
        while kept["kills"] < wanted:
            world = f"w{kept['worlds']}"
            url = _begun(databases, site, world)
            given = {
                "url": url,
                "kills": min(A_WORLD, wanted - kept["kills"]),
                "seed": SEED + kept["worlds"],
                "means": means,
            }
            seen = asked("reading", given)
            kept["wrong"] += _wrong(world, _found(url), reference, site)
            databases.drop(url)
            hit.update(seen["hit"])
            kept |= {"kills": kept["kills"] + seen["kills"], "worlds": kept["worlds"] + 1, "hit": hit}
            kept["entries"] += len(site.served[world])
            kept["matches"] += len(reference["matches"])
            scene.remember("lives", kept)
            scene.progress(kept["kills"], wanted, "kills")
    return _figures(kind, wanted, kept, hit)


def _figures(kind: str, wanted: int, kept: dict[str, Any], hit: Counter[str]) -> Sequence[Figure]:
    least = min(hit[stage] for stage in STAGES)
    return (
        Figure(
            what=f"SIGKILL on {kind} (seeds {SEED} to {SEED + kept['worlds'] - 1}), by what was under way",
            measured=f"{kept['kills']} in {kept['worlds']} databases: {told(hit, STAGES)}",
            wanted=f"{wanted}, some in every stage",
            holds=kept["kills"] >= wanted and (least > 0 or wanted < 5 * len(STAGES)),
        ),
        Figure(
            what="entries stored against the union of those served, matches and stories against an undisturbed run",
            measured=f"{kept['entries']:,} entries, {kept['matches']:,} matches: {len(kept['wrong'])} differences"
            + "".join(f"; {line}" for line in kept["wrong"][:3]),
            wanted="0 differences",
            holds=not kept["wrong"],
        ),
    )


def _begun(databases: Databases, site: GrowingSite, world: str) -> str:
    url = databases.new()
    with Store.open(url) as store:
        store.feeds.sync([spec(site.feed_url(world, number)) for number in range(FEEDS)], now=utc_now())
    return url


def _found(url: str) -> dict[str, Any]:
    """What stands in a database, without the numbers that hang on the order of writing."""
    with Store.open(url) as store, store._database.read() as connection:
        rows = connection.execute(
            text("SELECT f.url, e.guid, e.url, e.state FROM entries e JOIN feeds f ON f.id = e.feed_id")
        ).all()
        matches = connection.execute(
            text(
                "SELECT a.url, m.topic FROM matches m JOIN articles a ON a.id = m.article_id WHERE withdrawn_at IS NULL"
            )
        ).all()
        doubles = connection.execute(text("SELECT url_key FROM articles GROUP BY url_key HAVING count(*) > 1")).all()
        told_of = connection.execute(text("SELECT count(*), count(DISTINCT article_id) FROM story_members")).one()
        return {
            "entries": [(feed.rpartition("/")[2], guid, _story(link), state) for feed, guid, link, state in rows],
            "matches": sorted((_story(link), topic) for link, topic in matches),
            "doubles": len(doubles),
            "members": tuple(told_of),
            "problems": list(store.upkeep.check()),
        }


def _story(url: str) -> int:
    return int(url.rpartition("/")[2])


def _wrong(world: str, found: dict[str, Any], reference: dict[str, Any], site: GrowingSite) -> list[str]:
    """What is not as it would have been without kills."""
    served = sorted((str(feed), f"{feed}-{number}", story(feed, number)) for feed, number in site.served[world])
    stored = sorted(entry[:3] for entry in found["entries"])
    states = {entry[3] for entry in found["entries"]} - {"matched", "unmatched", "ruled_out"}
    tests = {
        f"entries stored {len(stored)}, served {len(served)}": stored == served,
        f"states {states}": not states,
        "matches": found["matches"] == reference["matches"],
        f"{found['doubles']} articles twice": not found["doubles"],
        f"members of stories {found['members']}": found["members"] == reference["members"],
        f"problems {found['problems']}": not found["problems"],
    }
    return [f"{world}: {what}" for what, holds in tests.items() if not holds]
