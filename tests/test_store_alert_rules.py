"""Alert rules are kept as they were made, by names that are unique; on both databases."""

import pytest

from monitor.errors import ConfigError
from monitor.records.telling.alerts import QuietHours
from monitor.records.telling.subscribers import Selection
from monitor.store import Store
from tests.telling_builders import add_rule, at


def test_a_rule_comes_back_as_it_was_made(store: Store) -> None:
    quiet = QuietHours(zone="Europe/Kyiv", start=22, end=7)
    chosen = Selection(topics=("talks",), search="who:Trump", languages=("en", "uk"))
    made = add_rule(store, "Calls  at night", quiet=quiet, selection=chosen, threshold=0.7, group_seconds=60.0)
    assert store.alerts.get("calls at NIGHT") == made
    assert (made.name, made.quiet, made.selection, made.hourly_limit) == ("Calls at night", quiet, chosen, 30)
    assert store.alerts.listed() == (made,)


def test_a_name_is_taken_once_and_unknown_ones_are_refused(store: Store) -> None:
    add_rule(store, "desk")
    with pytest.raises(ConfigError, match="already"):
        add_rule(store, "DESK")
    with pytest.raises(ConfigError, match="needs a name"):
        add_rule(store, " \n ")
    for work in (store.alerts.get, store.alerts.pause, store.alerts.remove):
        with pytest.raises(ConfigError, match="monitor alerts list"):
            work("nobody")


def test_a_rule_is_paused_resumed_snoozed_and_removed(store: Store) -> None:
    add_rule(store)
    store.alerts.pause("desk")
    assert [store.alerts.listed(active=active) for active in (True, False)] == [(), (store.alerts.get("desk"),)]
    store.alerts.resume("desk", now=at(1))
    store.alerts.resume("desk", now=at(2))
    assert store.alerts.get("desk").created_at == at(1)
    store.alerts.snooze("desk", until=at(3))
    assert store.alerts.get("desk").snoozed_until == at(3)
    store.alerts.remove("desk")
    assert store.alerts.listed() == ()
