"""What is asked of the dashboard: every page with every filter, near and far, on an archive of ``board_material``."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import text

from monitor.store.board import cursor
from monitor.store.engine import Database

EACH = 40
"""Addresses of a kind at most."""
_AGES = (0, 1, 3, 7, 14, 30, 60, 120, 200, 300, 390)


class Archive:
    """Looks up what there is to ask for."""

    def __init__(self, url: str, source: random.Random) -> None:
        self._database = Database(url)
        self.source = source
        self.newest = _moment(self.column("SELECT max(matched_at) FROM matches")[0])
        vocabulary = defaultdict[str, int](int)
        for title, body in self.rows("SELECT title, text FROM articles ORDER BY id DESC LIMIT 4000"):
            for word in set(f"{title} {body}".lower().replace(".", "").replace('"', "").split()):
                vocabulary[word] += word.isalpha()
        common_first = sorted(vocabulary, key=lambda word: (-vocabulary[word], word))
        self.common, self.usual = common_first[:40], common_first[200:1500]
        self.rare = [word for word in common_first if vocabulary[word] == 1]

    def rows(self, query: str) -> list[Any]:
        """All that a query finds."""
        with self._database.read() as connection:
            return list(connection.execute(text(query)))

    def column(self, query: str) -> list[str]:
        """The first column of a query's rows."""
        return [str(row[0]) for row in self.rows(query)]

    def some(self, query: str, number: int = EACH) -> list[str]:
        """So many values of those that the query finds."""
        found = self.column(query)
        return self.source.sample(found, min(number, len(found)))

    def ago(self) -> datetime:
        """A moment within the archive."""
        return self.newest - timedelta(days=self.source.choice(_AGES), seconds=self.source.randrange(80_000))

    def day(self) -> str:
        """A day within the archive."""
        return self.ago().date().isoformat()

    def words(self) -> list[str]:
        """Words of every frequency."""
        choose = self.source.sample
        return [*choose(self.common, 10), *choose(self.usual, 18), *choose(self.rare, 12)]


def addresses(archive: Archive) -> dict[str, list[str]]:
    """Addresses by the kind of page."""
    kinds = {
        "overview": ["/"] + [f"/?window={window}" for window in ("24h", "3d", "7d", "30d")],
        "matches": ["/matches", *(_at("/matches", topic=topic) for topic in ("talks", "missile_aid"))] * 10,
        "matches, filters": list(_matches(archive)),
        "matches, search": list(_searches(archive)),
        "matches, deep pages": list(_deep_matches(archive)),
        "stories": list(_stories(archive)),
        "stories, search": [_at("/stories", search=word) for word in archive.words()],
        "timeline": list(_timeline(archive)),
        "statements": list(_statements(archive)),
        "ladder": ["/ladder"] * 3,
        "sources": list(_sources(archive)),
        "classifier": list(_classifier()),
        "messages": list(_messages()),
        "system": ["/system", *(_at("/system", window=window) for window in ("24h", "7d", "30d"))],
        **_things(archive),
    }
    return {kind: [each for each in found if each] for kind, found in kinds.items()}


def _things(archive: Archive) -> dict[str, list[str]]:
    """Pages of one thing: new ones, old ones, and those of which most is told."""
    story = archive.some("SELECT id FROM stories") + archive.column(
        "SELECT id FROM stories ORDER BY articles DESC LIMIT 10"
    )
    event = archive.some("SELECT id FROM happenings") + archive.column(
        "SELECT id FROM happenings ORDER BY articles DESC LIMIT 10"
    )
    statement = archive.some("SELECT id FROM statements") + archive.column(
        "SELECT id FROM statements ORDER BY articles DESC LIMIT 10"
    )
    matched = archive.some("SELECT article_id FROM matches ORDER BY id DESC LIMIT 20000")
    feed = archive.column("SELECT id FROM feeds LIMIT 10") + archive.some("SELECT id FROM feeds")
    return {
        "article": [f"/articles/{id_}" for id_ in [*matched, *archive.some("SELECT id FROM articles LIMIT 900", 10)]],
        "story": [f"/stories/{id_}" for id_ in story],
        "event": [f"/events/{id_}" for id_ in event],
        "statement": [f"/statements/{id_}" for id_ in statement],
        "weapon": [f"/ladder/{key}" for key in archive.some("SELECT DISTINCT item_key FROM aid_steps")],
        "source": [f"/sources/{id_}" for id_ in feed],
    }


def _at(path: str, **asked: object) -> str:
    return f"{path}?{urlencode({name: str(value) for name, value in asked.items() if value is not None})}"


def _names(archive: Archive) -> list[str]:
    often = "SELECT name FROM entities ORDER BY id LIMIT 25"
    return archive.some(often, 8) + archive.some("SELECT name FROM entities ORDER BY id DESC LIMIT 600", 6)


def _outlets(archive: Archive) -> list[str]:
    return [*archive.some("SELECT outlet FROM feeds", 10), "Post", "Wire", "zzz"]


def _matches(archive: Archive) -> Iterator[str]:
    countries = archive.some("SELECT DISTINCT country FROM feeds", 6)
    single: dict[str, list[str]] = {
        "outlet": _outlets(archive),
        "country": [*countries, "RU", "ZZ"],
        "who": _names(archive),
        "state": ["only", "without"],
        "since": ["1h", "24h", "7d", "4w", archive.day(), archive.day()],
        "minimum": ["0.3", "0.6", "0.9", "0.97", "1"],
        "judged": ["no", "keep", "reject", "wrong-topic"],
        "snoozed": ["true"],
        "story": archive.some("SELECT id FROM stories", 6),
    }
    for name, values in single.items():
        for value in values:
            yield _at("/matches", **{name: value})
    for _ in range(EACH):
        chosen = archive.source.sample(sorted(set(single) - {"story"}), 2)
        both = {name: archive.source.choice(single[name]) for name in chosen}
        yield _at("/matches", topic=archive.source.choice((None, "talks", "missile_aid")), **both)


def _searches(archive: Archive) -> Iterator[str]:
    words, usual, choice = archive.words(), archive.usual, archive.source.choice
    for word in words:
        yield _at("/matches", search=word)
    speaker = '"Vladimir Putin"'
    for word in archive.source.sample(words, 8):
        yield _at("/matches", search=f"{word} {choice(usual)}")
        yield _at("/matches", search=f"{word} OR {choice(usual)}")
        yield _at("/matches", search=f"{choice(usual)} NOT {word}")
        yield _at("/matches", search=f"{word} country:{choice(('us', 'de', 'ru'))}")
        yield _at("/matches", search=f"{word} who:{speaker}", topic="talks")
        yield _at("/matches", search=f"{word[:3]}*")
        yield _at("/matches", search=f"{word} date:{archive.day()}..")
    for search in (f"said:{speaker}", f"about:{speaker}", "zzqqunheard", "is:state", "NOT is:state", "lang:en"):
        yield _at("/matches", search=search)
    for title in archive.some("SELECT title FROM articles ORDER BY id DESC LIMIT 500", 8):
        yield _at("/matches", search='"' + " ".join(title.replace('"', "").split()[:2]) + '"')


def _deep_matches(archive: Archive) -> Iterator[str]:
    places = archive.rows(f"SELECT matched_at, id FROM matches WHERE id % 2500 = 7 LIMIT {EACH}")
    filters: list[dict[str, str]] = [
        {},
        {"topic": "talks"},
        {"state": "only"},
        {"who": "Vladimir Putin"},
        {"search": archive.source.choice(archive.usual)},
        {"search": archive.source.choice(archive.common)},
        {"country": "DE"},
        {"minimum": "0.9"},
        {"judged": "no"},
    ]
    for number, (at, id_) in enumerate(sorted(places, key=lambda place: int(place[1]))):
        yield _at("/matches", **filters[number % len(filters)], after=cursor.written(_moment(at), id_))


def _stories(archive: Archive) -> Iterator[str]:
    yield "/stories"
    for number in range(EACH):
        topic = archive.source.choice((None, "talks", "missile_aid"))
        origins = archive.source.choice((None, None, 2, 5, 12))
        if number % 2:
            after = cursor.written(archive.ago(), archive.source.randrange(30_000))
            yield _at("/stories", topic=topic, origins=origins, after=after)
        else:
            since, until = sorted((archive.day(), archive.day()))
            yield _at("/stories", topic=topic, origins=origins, since=since, until=until)


def _timeline(archive: Archive) -> Iterator[str]:
    yield "/timeline"
    for type_ in ("call", "meeting", "visit", "talks_round"):
        yield _at("/timeline", type=type_)
    for status in ("planned", "held", "called_off"):
        yield _at("/timeline", status=status)
    for name in _names(archive):
        yield _at("/timeline", who=name)
    for _ in range(EACH // 2):
        since, until = sorted((archive.day(), archive.day()))
        yield _at("/timeline", since=since, until=until)
        yield _at("/timeline", until=until, who=archive.source.choice(("Vladimir Putin", None)))


def _statements(archive: Archive) -> Iterator[str]:
    yield "/statements"
    for name in _names(archive):
        yield _at("/statements", speaker=name)
        yield _at("/statements", about=name)
    for kind in ("direct", "reported"):
        yield _at("/statements", kind=kind)
    for _ in range(EACH // 2):
        yield _at("/statements", until=archive.day(), speaker=archive.source.choice(("Donald Trump", None)))


def _sources(archive: Archive) -> Iterator[str]:
    yield "/sources"
    for order in ("health", "title", "country", "new", "matches", "yield", "precision", "success", "gaps"):
        yield _at("/sources", order=order, page=archive.source.randint(1, 5))
    for state in ("failing", "stale", "ok", "off"):
        yield _at("/sources", state=state)
    for asked in ({"country": "DE"}, {"media": "state"}, {"media": "free"}, {"text": "Wire"}):
        yield _at("/sources", **asked)


def _classifier() -> Iterator[str]:
    yield "/classifier"
    for topic in ("talks", "missile_aid"):
        for at in (0.2, 0.3, 0.5, 0.8):
            yield _at("/classifier", topic=topic, at=at)


def _messages() -> Iterator[str]:
    yield "/messages"
    for kind in ("digest", "alert", "notice"):
        yield _at("/messages", kind=kind)
    for state in ("sent", "failed"):
        yield _at("/messages", state=state)


def _moment(written: object) -> datetime:
    return datetime.fromisoformat(str(written)[:19]).replace(tzinfo=UTC)
