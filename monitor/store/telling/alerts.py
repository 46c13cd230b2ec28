"""Alert rules, what came up for each, and what they have told: each thing once, in the transaction of its message."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from monitor.errors import ConfigError
from monitor.records.telling.alerts import AlertRule, Candidates, News, QuietHours, Trigger
from monitor.records.telling.messages import Channel, NewDelivery
from monitor.records.telling.subscribers import Selection
from monitor.store.chronicle_tables import answers, happening_changes, story_members
from monitor.store.details import name_key
from monitor.store.engine import Database
from monitor.store.facts.shared import Shared
from monitor.store.tables import matches
from monitor.store.telling import alert_rows as rows
from monitor.store.telling import ledger
from monitor.store.telling.alert_candidates import candidates
from monitor.store.telling.tables import alert_rules, alerts_told, deliveries
from monitor.text import one_line

TOLD_KEPT = timedelta(days=60)
"""What was told is remembered so long, and for as long as its story goes on."""
PRUNED = 2000
"""Rows that one call forgets at most."""
ALERT = "alert"
"""The kind of the deliveries."""


class Alerts:
    """Rules by their names, which are unique whatever their case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        name: str,
        *,
        triggers: Sequence[Trigger],
        selection: Selection,
        channel: Channel,
        target: str,
        threshold: float = 0.0,
        quiet: QuietHours | None = None,
        group_seconds: float = 0.0,
        hourly_limit: int = 30,
        now: datetime,
    ) -> AlertRule:
        """A new rule: it tells what comes up from ``now`` on. Raises ConfigError when there is one of that name."""
        rule = AlertRule(
            id=0,
            name=one_line(name),
            triggers=tuple(dict.fromkeys(triggers)),
            selection=selection,
            channel=channel,
            target=target,
            created_at=now,
            threshold=threshold,
            quiet=quiet,
            group_seconds=group_seconds,
            hourly_limit=hourly_limit,
        )
        if not rule.name:
            raise ConfigError("an alert rule needs a name. Give it one word or more.")
        with self._database.write() as connection:
            if _row(connection, rule.name) is not None:
                raise ConfigError(f"there is an alert rule {rule.name!r} already. Take another name, or remove it.")
            values = rows.values_of(rule) | {"name_key": name_key(rule.name)}
            number = connection.execute(insert(alert_rules).values(values).returning(alert_rules.c.id)).scalar_one()
            return replace(rule, id=number)

    def get(self, name: str) -> AlertRule:
        """The rule of that name. Raises ConfigError when there is none."""
        with self._database.read() as connection:
            return rows.rule_of(_known(connection, name))

    def listed(self, *, active: bool | None = None) -> tuple[AlertRule, ...]:
        """The rules in the order in which they were made: all, or those that are active or not."""
        query = select(alert_rules).order_by(alert_rules.c.id)
        if active is not None:
            query = query.where(alert_rules.c.active.is_(active))
        with self._database.read() as connection:
            return tuple(map(rows.rule_of, connection.execute(query)))

    def pause(self, name: str) -> None:
        """Let it tell nothing until it is resumed. Raises ConfigError, as those below, when there is no such rule."""
        self._set(name, active=False)

    def resume(self, name: str, *, now: datetime) -> None:
        """Let a paused one tell what comes up from ``now`` on; one that is active stays as it is."""
        with self._database.write() as connection:
            row = _known(connection, name)
            if not row.active:
                values = {"active": True, "created_at": now}
                connection.execute(update(alert_rules).where(alert_rules.c.id == row.id).values(values))

    def snooze(self, name: str, *, until: datetime | None) -> None:
        """Hold back what comes up until then; None ends that."""
        self._set(name, snoozed_until=until)

    def remove(self, name: str) -> None:
        """Delete it, with what it remembers. What it has sent stays in the ledger."""
        with self._database.write() as connection:
            connection.execute(delete(alert_rules).where(alert_rules.c.id == _known(connection, name).id))

    def newest(self, now: datetime) -> tuple[object, ...]:
        """A mark that is another one when something may have come up: one query for all rules, however many.

        Something may come up without it, but seldom (a text that is woven anew): look now and then all the same.
        """
        tables = (matches, story_members, happening_changes, answers)
        latest = (select(func.max(table.c.id)).scalar_subquery() for table in tables)
        with self._database.read() as connection:
            # Silences are told on the day after.
            return (*connection.execute(select(*latest)).one(), now.date())

    def candidates(self, rule: AlertRule, *, now: datetime, lookback: timedelta) -> Candidates:
        """What came up for a rule within ``lookback``, or while it held back, and it has not told."""
        return self.candidates_of([rule], now=now, lookback=lookback)[0]

    def candidates_of(
        self, rules: Sequence[AlertRule], *, now: datetime, lookback: timedelta
    ) -> tuple[Candidates, ...]:
        """The same for several rules, all of one state of the database: far cheaper than one after the other."""
        with self._database.read() as connection:
            shared = Shared(connection, now)
            return tuple(candidates(connection, rule, shared, now=now, lookback=lookback) for rule in rules)

    def record(self, rule: AlertRule, news: Sequence[News], delivery: NewDelivery, *, now: datetime) -> bool:
        """Enter a message and note what it tells, both or neither.

        False, and nothing is written, when the rule is gone, or when any of it was told already: then somebody else
        makes the message, or made it. False too for a message that is in the ledger already.
        """
        with self._database.write() as connection, connection.begin_nested() as whole:
            if not news or not rows.exists_rule(connection, rule.id):
                return False
            is_new = ledger.enter(connection, [delivery], now) > 0
            made = connection.scalar(select(deliveries.c.id).where(deliveries.c.ledger_key == delivery.ledger_key))
            if rows.tell(connection, rule.id, news, now, delivery_id=made) < len({each.key for each in news}):
                whole.rollback()
                return False
            return is_new

    def mute(self, rule: AlertRule, news: Sequence[News], *, now: datetime) -> None:
        """Note what is no news to the rule, so that it is not looked at again."""
        with self._database.write() as connection:
            if news and rows.exists_rule(connection, rule.id):
                rows.tell(connection, rule.id, news, now)

    def sent(self, rule: AlertRule, *, since: datetime) -> int:
        """How many messages of the rule were composed since then."""
        here = (deliveries.c.rule_id == rule.id, deliveries.c.kind == ALERT, deliveries.c.composed_at >= since)
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(deliveries).where(*here)) or 0

    def prune(self, *, now: datetime, older_than: timedelta = TOLD_KEPT) -> int:
        """Forget a batch of what was told so long ago; the number. What belongs to a story that goes on stays."""
        before = now - older_than
        old = (alerts_told.c.at < before, ~rows.is_of_living_story(before))
        ids = select(alerts_told.c.id).where(*old).order_by(alerts_told.c.at).limit(PRUNED)
        with self._database.write() as connection:
            return connection.execute(delete(alerts_told).where(alerts_told.c.id.in_(ids))).rowcount

    def _set(self, name: str, **values: object) -> None:
        with self._database.write() as connection:
            here = alert_rules.c.id == _known(connection, name).id
            connection.execute(update(alert_rules).where(here).values(values))


def _row(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(alert_rules).where(alert_rules.c.name_key == name_key(one_line(name)))).first()


def _known(connection: Connection, name: str) -> Row[Any]:
    row = _row(connection, name)
    if row is None:
        raise ConfigError(f"there is no alert rule {name!r}. `monitor alerts list` shows them.")
    return row
