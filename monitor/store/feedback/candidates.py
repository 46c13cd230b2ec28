"""Models trained from feedback: their life, and what they say beside the live one."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from monitor.errors import ConfigError
from monitor.records.articles import StoredArticle
from monitor.records.feedback import Candidate, CandidateState, Figures, ShadowScore, Tally
from monitor.store import rows
from monitor.store.engine import Database
from monitor.store.feedback.tables import candidates, shadow_scores
from monitor.store.tables import articles
from monitor.store.upsert import upsert

_TALLIES = ("frozen_before", "frozen")


class Candidates:
    """Candidates, the live one and those before it. The shipped model has no row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, candidate: Candidate) -> None:
        """Register a new one. Raises ConfigError when its name is taken."""
        values = asdict(candidate) | {"state": candidate.state.value}
        with self._database.write() as connection:
            if connection.scalar(select(candidates.c.name).where(candidates.c.name == candidate.name)) is not None:
                raise ConfigError(
                    f"there is a model {candidate.name!r} already. Take another name (--out names the folder)."
                )
            connection.execute(insert(candidates).values(values))

    def get(self, name: str) -> Candidate | None:
        """One by its name."""
        with self._database.read() as connection:
            row = connection.execute(select(candidates).where(candidates.c.name == name)).first()
            return None if row is None else _candidate(row)

    def all(self) -> tuple[Candidate, ...]:
        """Every one, the newest first."""
        with self._database.read() as connection:
            found = connection.execute(select(candidates).order_by(candidates.c.made_at.desc(), candidates.c.name))
            return tuple(map(_candidate, found))

    def shadowed(self) -> Candidate | None:
        """The one to score beside the live model: the newest that was never promoted and is not older than the live."""
        waiting = None
        for candidate in self.all():
            if candidate.state is CandidateState.LIVE:
                break
            if candidate.state is CandidateState.CANDIDATE and waiting is None:
                waiting = candidate
        return waiting

    def promote(self, name: str, figures: Figures, *, replaces: str | None, now: datetime) -> None:
        """Write down that ``name`` is in use now, with its figures and the model it takes the place of."""
        values = {"figures": asdict(figures), "replaces": replaces, "promoted_at": now}
        with self._database.write() as connection:
            _set_live(connection, name, now)
            connection.execute(update(candidates).where(candidates.c.name == name).values(values))

    def go_back(self, name: str | None, *, now: datetime) -> None:
        """Write down that ``name`` is in use again, None for the shipped model; what was live is retired."""
        with self._database.write() as connection:
            _set_live(connection, name, now)

    def record_shadow(self, scores: Iterable[ShadowScore], *, now: datetime) -> int:
        """Write what a candidate would have said; again for the same article and topic takes the place of the first."""
        values = [asdict(score) | {"score": round(score.score, 6), "at": now} for score in scores]
        if not values:
            return 0
        with self._database.write() as connection:
            statement = upsert(connection, shadow_scores)
            new = {name: statement.excluded[name] for name in ("score", "match", "at")}
            keys = ["article_id", "candidate", "topic"]
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=new), values)
        return len(values)

    def shadow_scores(self, name: str) -> tuple[ShadowScore, ...]:
        """Everything the candidate said, in the order of the articles."""
        query = select(shadow_scores).where(shadow_scores.c.candidate == name)
        fields = ("article_id", "candidate", "topic", "score", "match")
        with self._database.read() as connection:
            found = connection.execute(query.order_by(shadow_scores.c.article_id, shadow_scores.c.topic))
            return tuple(ShadowScore(**{field: getattr(row, field) for field in fields}) for row in found)

    def recent_articles(self, *, since: datetime, limit: int) -> tuple[StoredArticle, ...]:
        """Articles that were analysed or wait to be, published (or first seen) since then, the newest first."""
        newest = (articles.c.fresh_at.desc(), articles.c.id.desc())
        query = rows.select_articles().where(articles.c.fresh_at >= since).order_by(*newest).limit(limit)
        with self._database.read() as connection:
            return tuple(rows.stored_article(row, ()) for row in connection.execute(query))


def _set_live(connection: Connection, name: str | None, now: datetime) -> None:
    live = (candidates.c.state == CandidateState.LIVE.value, candidates.c.name.is_distinct_from(name))
    retired = {"state": CandidateState.RETIRED.value, "retired_at": now}
    connection.execute(update(candidates).where(*live).values(retired))
    values = {"state": CandidateState.LIVE.value, "retired_at": None}
    connection.execute(update(candidates).where(candidates.c.name == name).values(values))


def _candidate(row: Row[Any]) -> Candidate:
    given = dict(row._mapping)
    return Candidate(**given | {"state": CandidateState(row.state), "figures": _figures(row.figures)})


def _figures(row: Mapping[str, Any]) -> Figures:
    """Figures as stored; what a later version has added is left out."""
    known = {name: value for name, value in row.items() if name in Figures.__dataclass_fields__}
    return Figures(**known | {name: tuple(Tally(**tally) for tally in row.get(name, ())) for name in _TALLIES})
