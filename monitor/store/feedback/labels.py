"""People's judgements on articles: stored, taken back, listed, and put together for training."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from monitor.errors import ConfigError
from monitor.records.articles import Article
from monitor.records.feedback import JudgedArticle, Judgement, Label, Verdict
from monitor.records.findings import TOPICS
from monitor.store import rows
from monitor.store.columns import row_id
from monitor.store.engine import Database
from monitor.store.feedback.judgements import grades, other_topic
from monitor.store.feedback.tables import labels
from monitor.store.keys import guid_key, url_key
from monitor.store.people.audit import note
from monitor.store.tables import analyses, article_versions, articles, entries, matches
from monitor.text import clean, one_line, shorten

LONGEST_PERSON = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """An article's row with what the model last said of its current text, and the topics it matches."""

    row: Row[Any]
    model: str
    scores: dict[str, float]
    matched: frozenset[str]

    @property
    def shown(self) -> str:
        """The article in messages: id and title."""
        return f"article {self.row.id} (“{shorten(self.row.title, 80)}”)"


class Labels:
    """Judgements. Nothing is deleted: what is taken back or said anew keeps its row with the time it ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, judgement: Judgement, *, now: datetime, audited: bool = False) -> tuple[Label, ...]:
        """Store a judgement, one label per topic; each takes the place of the person's live label on it.

        With ``audited`` the audit log tells of it. Raises ConfigError, with what to do, when the article is unknown or
        the judgement does not fit it.
        """
        person = _person(judgement.person)
        with self._database.write() as connection:
            judged = _judged(connection, _find(connection, judgement.article))
            added = [
                _insert(connection, judged, judgement, person, topic, now) for topic in _topics_meant(judgement, judged)
            ]
            if audited:
                what = f"{judgement.verdict.value}, labels {', '.join(map(str, added))}"
                note(connection, person, "label", f"article {judged.row.id}", what, now=now)
            return _read(connection, labels.c.id.in_(added))[::-1]

    def undo(self, label_id: int, *, now: datetime) -> Label:
        """Take a label back. Raises ConfigError when there is none with that id, or it was taken back before."""
        with self._database.write() as connection:
            known = _read(connection, labels.c.id == row_id(label_id))
            if not known:
                raise ConfigError(f"there is no label {label_id}. `monitor label --list` shows those there are.")
            if known[0].undone_at is not None:
                raise ConfigError(
                    f"label {label_id} on article {known[0].article_id} ended on {known[0].undone_at:%Y-%m-%d %H:%M} "
                    "UTC: it was taken back, or the same person judged anew. `monitor label --list` shows live ones."
                )
            connection.execute(update(labels).where(labels.c.id == label_id).values(undone_at=now))
            return _read(connection, labels.c.id == label_id)[0]

    def undo_last(self, person: str, article_id: int, *, now: datetime) -> tuple[Label, ...]:
        """Take back what the person said last of the article, on every topic it was said of; the log tells of it.

        What stood before, and was replaced by it, stands again. Raises ConfigError when nothing of theirs stands.
        """
        person, article_id = _person(person), row_id(article_id)
        with self._database.write() as connection:
            # Locked as by a judgement, so that the two take turns.
            connection.execute(select(articles.c.id).where(articles.c.id == article_id).with_for_update())
            mine = (labels.c.person == person, labels.c.article_id == article_id)
            last = connection.scalar(select(func.max(labels.c.labelled_at)).where(*mine, labels.c.undone_at.is_(None)))
            if last is None:
                raise ConfigError(f"there is nothing of {person}'s to take back on article {article_id}.")
            meant = (*mine, labels.c.labelled_at == last, labels.c.undone_at.is_(None))
            undone = list(connection.scalars(select(labels.c.id).where(*meant).order_by(labels.c.id)))
            connection.execute(update(labels).where(labels.c.id.in_(undone)).values(undone_at=now))
            replaced = (labels.c.undone_at == last, labels.c.labelled_at < last)
            connection.execute(update(labels).where(*mine, *replaced).values(undone_at=None))
            what = f"labels {', '.join(map(str, undone))}"
            note(connection, person, "label undone", f"article {article_id}", what, now=now)
            return _read(connection, labels.c.id.in_(undone))

    def live(self) -> tuple[Label, ...]:
        """Every label that stands, the newest first."""
        with self._database.read() as connection:
            return _read(connection, labels.c.undone_at.is_(None))

    def judged(self) -> tuple[JudgedArticle, ...]:
        """The texts that were judged, with what their live labels say together, in the order of the articles."""
        standing = labels.c.undone_at.is_(None)
        with self._database.read() as connection:
            live = {label.id: label for label in _read(connection, standing)}
            places = connection.execute(select(labels.c.id, labels.c.version_id).where(standing)).all()
            texts = _texts(connection)
        by_version: defaultdict[int, list[Label]] = defaultdict(list)
        for label_id, version_id in places:
            by_version[version_id].append(live[label_id])
        return tuple(_together(texts[version_id], by_version[version_id]) for version_id in sorted(by_version))


def _together(article: Article, found: Sequence[Label]) -> JudgedArticle:
    agreed, disputed = grades(found)
    return JudgedArticle(article=article, grades=agreed, disputed=disputed, labels=len(found))


def _person(name: str) -> str:
    person = one_line(name)
    if not person or len(person) > LONGEST_PERSON:
        raise ConfigError(
            f"a label needs the name of the person who judged, 1 to {LONGEST_PERSON} characters, not "
            f"{shorten(name, 40)!r}. Give one with --by."
        )
    return person


def _find(connection: Connection, article: int | str) -> int:
    """Return the article's id: given, or behind its own address or one that a feed brought."""
    if isinstance(article, int):
        found = connection.scalar(select(articles.c.id).where(articles.c.id == row_id(article)))
        if found is None:
            raise ConfigError(
                f"there is no article {article}: articles have the numbers that `monitor matches --json` and "
                "`monitor search --json` show as article_id. Give one of those, or the article's address."
            )
        return int(found)
    page, guid = url_key(article), guid_key(article)
    found = connection.scalar(select(articles.c.id).where(articles.c.url_key == page)) if page else None
    if found is not None:
        return int(found)
    ways = [column == key for column, key in ((entries.c.url_key, page), (entries.c.guid_key, guid)) if key]
    for way in ways:
        query = select(entries).where(way).order_by(entries.c.article_id.is_(None), entries.c.id)
        if (entry := connection.execute(query).first()) is not None:
            return _article_of(entry)
    raise ConfigError(
        f"no stored article has the address {shorten(article, 200)!r}: no feed brought it. "
        "`monitor search` finds articles by their words; give the article_id it shows with --json."
    )


def _article_of(entry: Row[Any]) -> int:
    if entry.article_id is None:
        state = f"{entry.state.replace('_', ' ')}{f': {entry.reason}' if entry.reason else ''}"
        raise ConfigError(
            f"entry {entry.id} (“{shorten(entry.title, 80)}”) has no stored article, so there is no text to judge: "
            f"{state}. `monitor why {entry.id}` tells its way; a lower setting 'gate' reads more pages."
        )
    return int(entry.article_id)


def _judged(connection: Connection, article_id: int) -> _Judged:
    # Locked, so that two judgements on one article take turns.
    query = rows.select_articles().where(articles.c.id == article_id).with_for_update(of=articles)
    row = connection.execute(query).one()
    last = select(analyses).where(analyses.c.version_id == row.version_id).order_by(analyses.c.analysed_at.desc())
    analysis = connection.execute(last.limit(1)).first()
    live = select(matches.c.topic).where(matches.c.article_id == article_id, matches.c.withdrawn_at.is_(None))
    return _Judged(
        row=row,
        model=analysis.model if analysis else "",
        scores=dict(analysis.scores) if analysis else {},
        matched=frozenset(connection.scalars(live)),
    )


def _topics_meant(judgement: Judgement, judged: _Judged) -> tuple[str, ...]:
    if judgement.topic is not None:
        if judgement.topic not in TOPICS:
            raise ConfigError(f"{judgement.topic!r} is no topic. Use one of {', '.join(TOPICS)}.")
        return (judgement.topic,)
    meant = tuple(topic for topic in TOPICS if topic in judged.matched)
    word = judgement.verdict.value
    if not meant:
        raise ConfigError(
            f"{judged.shown} matches no topic, so {word!r} alone says nothing about it. Name the topic: "
            f"`monitor label {judged.row.id} keep --topic {TOPICS[0]}` marks a miss, `reject --topic` says it is none."
        )
    if judgement.verdict is Verdict.WRONG_TOPIC and len(meant) > 1:
        raise ConfigError(
            f"{judged.shown} matches {' and '.join(meant)}: say with --topic which of them is wrong, "
            "or reject that one and keep the other."
        )
    return meant


def _to_topic(judgement: Judgement, topic: str, judged: _Judged) -> str | None:
    if judgement.verdict is not Verdict.WRONG_TOPIC:
        return None
    meant = judgement.to_topic or other_topic(topic)
    if meant is None or meant == topic or meant not in TOPICS:
        raise ConfigError(
            f"{judged.shown}: {topic} cannot be the wrong topic for {meant or 'an unnamed one'}. "
            f"Name with --to what it is about instead, one of {', '.join(TOPICS)}; `reject` if it is about neither."
        )
    return meant


def _insert(
    connection: Connection, judged: _Judged, judgement: Judgement, person: str, topic: str, now: datetime
) -> int:
    to_topic = _to_topic(judgement, topic, judged)
    same = (
        labels.c.article_id == judged.row.id,
        labels.c.topic == topic,
        labels.c.person == person,
        labels.c.undone_at.is_(None),
    )
    connection.execute(update(labels).where(*same).values(undone_at=now))
    values = {
        "article_id": judged.row.id,
        "version_id": judged.row.version_id,
        "topic": topic,
        "verdict": judgement.verdict.value,
        "to_topic": to_topic,
        "person": person,
        "note": clean(judgement.note),
        "model": judged.model,
        "score": judged.scores.get(topic),
        "matched": topic in judged.matched,
        "labelled_at": now,
    }
    return int(connection.execute(insert(labels).values(values).returning(labels.c.id)).scalar_one())


def _read(connection: Connection, *where: Any) -> tuple[Label, ...]:
    query = select(labels, articles.c.title, articles.c.url).join(articles, articles.c.id == labels.c.article_id)
    found = connection.execute(query.where(*where).order_by(labels.c.labelled_at.desc(), labels.c.id.desc()))
    names = [column.name for column in labels.c if column.name not in {"version_id", "verdict"}]
    return tuple(
        Label(
            verdict=Verdict(row.verdict), title=row.title, url=row.url, **{name: getattr(row, name) for name in names}
        )
        for row in found
    )


def _texts(connection: Connection) -> dict[int, Article]:
    """Every judged version's text: its own when a later one took its place, else the article's as the model read it."""
    query: Select[Any] = (
        select(
            article_versions.c.id.label("version_id"),
            articles,
            func.coalesce(article_versions.c.title, articles.c.translated_title, articles.c.title).label("title_read"),
            func.coalesce(article_versions.c.text, articles.c.translated_text, articles.c.text).label("text_read"),
            (article_versions.c.text.is_(None) & articles.c.translation.is_not(None)).label("in_english"),
        )
        .join(articles, articles.c.id == article_versions.c.article_id)
        .where(article_versions.c.id.in_(select(labels.c.version_id)))
    )
    return {
        row.version_id: Article(
            id=str(row.id),
            title=row.title_read,
            text=row.text_read,
            url=row.url,
            published=row.published_at,
            source=row.outlet,
            language="en" if row.in_english else row.language,
        )
        for row in connection.execute(query)
    }
