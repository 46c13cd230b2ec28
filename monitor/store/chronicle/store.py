"""The chronicle as the jobs and those who tell of it see it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from monitor.chronicle import changes as news
from monitor.chronicle import ladder
from monitor.records.chronicle import Answer, Change, Clash, Happening, LadderStep, Origin, Rung, Statement, Story
from monitor.records.stories import StoredMember
from monitor.records.weaving import Nearby, Recorded, StoryPage, Waiting, Woven
from monitor.store.chronicle import aid, answers, happenings, mending, statements, storylines, tellers, waiting, writing
from monitor.store.engine import Database

MEMBERS_READ = 2000
"""Members of stories read in one transaction: each holds about a kilobyte."""
MOST_ANSWERS = 10_000
"""Answers that a look at what changed takes in."""
LATE = timedelta(days=6)
"""What was told of so long before a moment may be missed after it."""
HABIT = timedelta(days=45)
"""Days before a moment from which habits are learnt."""


class ChronicleStore:
    """What many articles together say. The parts that write take their turn under the lease ``chronicle``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_waiting(self) -> bool:
        """Whether any article waits to be woven in or taken out, or anything is torn."""
        with self._database.read() as connection:
            return waiting.is_any(connection) or waiting.is_torn(connection)

    def claim(self, *, now: datetime, limit: int, holder: str, lease: timedelta) -> tuple[Waiting, ...]:
        """Claim articles that wait, the oldest published first, until ``now + lease``."""
        with self._database.write() as connection:
            return waiting.claim(connection, now=now, limit=limit, holder=holder, lease=lease)

    def members(self, *, since: datetime) -> Iterator[StoredMember]:
        """Members of stories published since then, for the story index, in the order in which they came."""
        last = 0
        while True:
            with self._database.read() as connection:
                batch = storylines.stored(connection, since, last, MEMBERS_READ)
            yield from (member for _, member in batch)
            if len(batch) < MEMBERS_READ:
                return
            last = batch[-1][0]

    def again(self, article_ids: Sequence[int]) -> None:
        """Let these articles wait to be woven in anew."""
        with self._database.write() as connection:
            waiting.again(connection, article_ids)

    def last_story(self) -> int:
        """The highest number of a story so far; 0 when there is none."""
        with self._database.read() as connection:
            return storylines.last(connection)

    def earlier_origins(self, article_id: int, others: Sequence[int]) -> dict[int, Origin]:
        """Origins of those of the ``others`` whose text may be where the article's is from, by article."""
        with self._database.read() as connection:
            return tellers.earlier_origins(connection, article_id, others)

    def wires(self) -> tuple[tuple[str, str, bool], ...]:
        """The agencies among the feeds: outlet, family where it has one, and whether a state controls it."""
        with self._database.read() as connection:
            return tellers.wires(connection)

    def near_happenings(self, article_id: int, nearby: Nearby) -> tuple[int, ...]:
        """Ids of what the article itself tells of, and of what is nearby."""
        with self._database.read() as connection:
            return happenings.near(connection, article_id, nearby)

    def happenings_by(self, ids: Iterable[int]) -> tuple[Happening, ...]:
        """Whole happenings by their ids, in that order."""
        with self._database.read() as connection:
            return happenings.of(connection, ids)

    def near_statements(
        self, article_id: int, speakers: Iterable[str], days: tuple[date, date] | None
    ) -> tuple[int, ...]:
        """Ids of what the article itself carries, and of what the speakers said on these days."""
        with self._database.read() as connection:
            return statements.near(connection, article_id, speakers, days)

    def statements_by(self, ids: Iterable[int]) -> tuple[Statement, ...]:
        """Whole statements by their ids, in that order."""
        with self._database.read() as connection:
            return statements.of(connection, ids)

    def record(self, woven: Woven, *, holder: str) -> Recorded | None:
        """Write what weaving one article has made, all or nothing, and note that it waits no more.

        None, and nothing is written, when what was woven is out of date: lease or claim are no longer ``holder``'s, or
        articles were deleted. A second time changes nothing.
        """
        with self._database.write() as connection:
            return writing.record(connection, woven, holder)

    def mend(self, *, holder: str) -> int:
        """Mend what deleted articles stood in; the number of stories, statements and happenings looked at."""
        with self._database.write() as connection:
            return mending.mend(connection, holder)

    def rebuild(self) -> int:
        """Empty the chronicle and let every matched article wait to be woven in anew; their number.

        Who weaves now loses the lease, and with it what it remembers.
        """
        with self._database.write() as connection:
            return mending.start_anew(connection)

    def stories(
        self, *, since: datetime | None = None, topic: str | None = None, limit: int = 50, before: int | None = None
    ) -> tuple[Story, ...]:
        """Stories, the latest told first. ``before`` is the id of the last one of the page before."""
        with self._database.read() as connection:
            return storylines.listed(connection, since=since, topic=topic, limit=limit, before=before)

    def story(self, story_id: int) -> StoryPage | None:
        """A story with its articles and changes; one that was merged is shown as the one it went into."""
        with self._database.read() as connection:
            return storylines.page(connection, story_id)

    def statements(
        self,
        *,
        speaker: str | None = None,
        about: str | None = None,
        since: date | None = None,
        until: date | None = None,
        kind: str | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> tuple[Statement, ...]:
        """What was said, the latest day first. ``speaker`` is a canonical name or a Wikidata id."""
        with self._database.read() as connection:
            ids = statements.listed(
                connection,
                speaker=speaker,
                about=about,
                since=_day(since),
                until=_day(until),
                kind=kind,
                limit=limit,
                before=before,
            )
            return statements.of(connection, ids)

    def happenings(
        self,
        *,
        since: date | None = None,
        until: date | None = None,
        status: str | None = None,
        type: str | None = None,  # noqa: A002 - the record's own word
        who: str | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> tuple[Happening, ...]:
        """Events by the days they happen on, the latest first."""
        with self._database.read() as connection:
            ids = happenings.listed(
                connection,
                since=_day(since),
                until=_day(until),
                status=status,
                type_=type,
                who=who,
                limit=limit,
                before=before,
            )
            return happenings.of(connection, ids)

    def steps(
        self, *, item: str | None = None, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[LadderStep, ...]:
        """Reported steps of the aid ladder, the oldest first; with ``item`` those whose item's name holds it."""
        with self._database.read() as connection:
            return aid.steps(connection, keys=_keys(connection, item), since=since, until=until)

    def ladder(
        self, *, item: str | None = None, donor: str | None = None, recipient: str | None = None
    ) -> tuple[Rung, ...]:
        """Where each weapon stands, and how it came there. ``item`` may be a part of its name.

        Told by the steps of ``aid.MEMORY`` before the last one.
        """
        with self._database.read() as connection:
            keys = _keys(connection, item)
            told = [each.last_told for each in aid.items(connection) if keys is None or each.key in keys]
            last = max((at for at in told if at is not None), default=None)
            found = ladder.rungs(aid.steps(connection, keys=keys, since=None if last is None else last - aid.MEMORY))
        return tuple(rung for rung in found if _is(rung.donor, donor) and _is(rung.recipient, recipient))

    def answers(
        self, *, since: datetime | None = None, side: str | None = None, limit: int = 200
    ) -> tuple[Answer, ...]:
        """Reactions tied to what they answer, the latest told first."""
        with self._database.read() as connection:
            return answers.listed(connection, since=since, side=side, limit=limit)

    def clashes(self, *, since: datetime | None = None) -> tuple[Clash, ...]:
        """Claim against denial, where two of the three capitals disagree, the oldest denial first."""
        with self._database.read() as connection:
            return answers.clashing(connection, since=since, most=MOST_ANSWERS)

    def changes(self, *, since: datetime, now: datetime) -> tuple[Change, ...]:
        """What is new after ``since`` and up to ``now``, the newest first: for digest, dashboard and alerts."""
        day = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        with self._database.read() as connection:
            told = happenings.of(connection, happenings.told_since(connection, since - LATE, now.date()))
            said = statements.first_told(connection, since - news.LOOKBACK)
            # From the beginning of the day: of a reaction that many carry, the day's first is told.
            replied = answers.listed(connection, since=day, side=None, limit=MOST_ANSWERS)
            tallies = statements.tallies(connection, (since - HABIT).date())
            # A weapon of which nothing was told since then has not moved; first words on it are news all the same.
            items = aid.items(connection)
            moved = aid.spelled_alike(items, aid.keys_moved(connection, since, now))
            steps = aid.steps(connection, keys=moved, since=since - aid.MEMORY)
        found = news.since(
            since,
            happenings=told,
            statements=said,
            rungs=ladder.rungs(steps),
            answers=replied,
            now=now,
            subjects=news.subject_words((item.name for item in items), ()),
        )
        silent = [change for change in news.silences(tallies, now) if since < change.at <= now]
        return tuple(sorted((*found, *silent), key=lambda change: (-change.at.timestamp(), change.key)))


def _keys(connection: Connection, part: str | None) -> set[str] | None:
    """Keys of the weapons whose name holds ``part``; None for all."""
    if part is None:
        return None
    return {item.key for item in aid.items(connection) if part.casefold() in item.name.casefold()}


def _day(moment: date | None) -> date | None:
    """The day of a moment (UTC); a day stays what it is."""
    return moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment


def _is(name: str | None, wanted: str | None) -> bool:
    return wanted is None or (name or "").casefold() == wanted.casefold()
