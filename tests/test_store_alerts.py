"""Alert rules: what comes up for each, and that each thing is told once, whoever looks."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.records.chronicle import StoryChange
from monitor.records.findings import Match
from monitor.records.telling.alerts import AlertRule, Candidates, News, QuietHours, Trigger
from monitor.records.telling.messages import NewDelivery
from monitor.records.telling.subscribers import Selection
from monitor.store import Store
from tests.store_builders import findings
from tests.telling_builders import DAY, HOUR, add_rule, arrive, at, nothing, outlet, weave
from tests.woven_builders import TRUMP, claimed, event, hold, quote, record, step, when, woven

TWO_HOURS = 2 * HOUR


def look(store: Store, rule: AlertRule, now: datetime, lookback: timedelta = TWO_HOURS) -> Candidates:
    return store.alerts.candidates(rule, now=now, lookback=lookback)


def seen(found: Candidates) -> list[int]:
    return [match.article_id for match, _ in found.matches]


def news_of(match: Match, story_id: int | None = None) -> News:
    return News(
        key=f"match:{match.id}",
        trigger=Trigger.MATCH,
        at=match.matched_at,
        title=match.title,
        story_id=story_id,
        article_id=match.article_id,
    )


def message(rule: AlertRule, key: str = "a", **fields: Any) -> NewDelivery:
    given: dict[str, Any] = {
        "kind": "alert",
        "channel": rule.channel,
        "target": rule.target,
        "ledger_key": f"alert:{rule.id}:{key}",
        "message_id": f"<{key}@desk.example>",
        "give_up_at": at(9),
        "rule_id": rule.id,
    }
    return NewDelivery(**given | fields)


def everything() -> Any:
    return nothing(
        events=(event("They will meet.", when=when(at(20).date())),),
        quotes=(quote("We shall send Tomahawk missiles", about=("Tomahawk",)),),
        aid=(step(step="considered", by=TRUMP),),
    )


def test_matches_come_up_from_the_rule_s_making_on(store: Store) -> None:
    arrive(store, 1, when=at(0, 7))
    rule = add_rule(store)
    for n, hour in ((2, 9), (3, 10), (4, 12.5)):
        arrive(store, n, when=at(0, hour))
    assert seen(look(store, rule, at(0, 12.2))) == []
    assert seen(look(store, rule, at(0, 11))) == [2, 3]
    assert seen(look(store, rule, at(0, 13))) == [4]
    assert [match.title for match, _ in look(store, rule, at(0, 13)).matches] == ["Story 4"]


def test_what_is_below_the_threshold_back_filled_or_withdrawn_never_comes_up(store: Store) -> None:
    rule = add_rule(store, threshold=0.95)
    arrive(store, 1, when=at(0, 9))
    outlet(store, "new", silent=False)
    given = replace(nothing(), topics=findings(0.99, 0.1).topics)
    arrive(store, 2, given, when=at(0, 9), by="new")
    stored = arrive(store, 3, given, when=at(0, 9.1))
    arrive(store, 4, given, when=at(0, 9.5))
    store.findings.record(stored, findings(0.1), now=at(0, 9.2))
    assert seen(look(store, rule, at(0, 10))) == [4]


def test_a_rule_looks_at_what_it_was_asked_to(store: Store) -> None:
    arrive(store, 1, everything(), when=at(0, 9))
    weave(store)
    only_matches = look(store, add_rule(store, "matches", triggers=(Trigger.MATCH,)), at(0, 10))
    assert (len(only_matches.matches), only_matches.changes) == (1, ())
    only_changes = look(store, add_rule(store, "events", triggers=(Trigger.EVENT,)), at(0, 10))
    assert (only_changes.matches, len(only_changes.changes)) == ((), 3)
    dark = look(store, add_rule(store, "dark", triggers=(Trigger.DARK,)), at(0, 10))
    assert (dark.matches, dark.changes) == ((), ())


def test_several_rules_are_looked_at_in_one_state_of_the_database(store: Store) -> None:
    rules = [
        add_rule(store, "one"),
        add_rule(store, "two", triggers=(Trigger.LADDER,)),
        add_rule(store, "three", threshold=0.99),
    ]
    arrive(store, 1, everything(), when=at(0, 9))
    weave(store)
    together = store.alerts.candidates_of(rules, now=at(0, 10), lookback=TWO_HOURS)
    assert together == tuple(look(store, rule, at(0, 10)) for rule in rules)
    assert [len(found.changes) for found in together] == [3, 3, 3]
    assert store.alerts.candidates_of([], now=at(0, 10), lookback=TWO_HOURS) == ()


def test_a_change_comes_up_by_when_we_knew_of_it(store: Store) -> None:
    rule = add_rule(store)
    arrive(store, 1, everything(), when=at(0, 9), published=at(-2))
    weave(store)
    changes = look(store, rule, at(0, 10)).changes
    assert {change.kind for change in changes} == {"new event", "ladder", "first statement"}
    assert {change.at for change in changes} == {at(0, 9) + timedelta(minutes=1)}


def test_a_silence_comes_up_on_its_day(store: Store) -> None:
    rule = add_rule(store, triggers=(Trigger.SILENCE,))
    past = event("They were to meet.", when=when(at(0).date()))
    arrive(store, 1, nothing(events=(past,)), when=at(0, 9))
    weave(store)
    assert look(store, rule, at(1, 23)).changes == ()
    (change,) = look(store, rule, at(2, 1)).changes
    assert (change.kind, change.at) == ("silence", at(2, 0))


def test_what_was_told_does_not_come_up_again(store: Store) -> None:
    rule, other = add_rule(store), add_rule(store, "other")
    arrive(store, 1, everything(), when=at(0, 9))
    weave(store)
    found = look(store, rule, at(0, 10))
    told = [
        *(news_of(match, story) for match, story in found.matches),
        *(News(key=f"change:{change.key}", trigger=Trigger.EVENT, at=change.at, title="") for change in found.changes),
    ]
    assert store.alerts.record(rule, told, message(rule), now=at(0, 10))
    again = look(store, rule, at(0, 10.1))
    assert (again.matches, again.changes, again.sent_lately) == ((), (), (at(0, 10),))
    assert len(look(store, other, at(0, 10.1)).changes) == len(found.changes)


def test_what_is_no_news_is_noted_without_a_message(store: Store) -> None:
    rule = add_rule(store)
    arrive(store, 1, when=at(0, 9))
    ((match, _),) = look(store, rule, at(0, 10)).matches
    store.alerts.mute(rule, [news_of(match)], now=at(0, 10))
    store.alerts.mute(rule, [news_of(match)], now=at(0, 11))
    assert look(store, rule, at(0, 10)).matches == ()
    assert store.deliveries.listed() == ()
    assert store.alerts.sent(rule, since=at(0)) == 0


def test_a_story_is_told_under_whatever_number_it_has(store: Store) -> None:
    """Told before it was woven in, then put into a story, which then went into another."""
    hold(store)
    rule = add_rule(store)
    arrive(store, 1, when=at(0, 9))
    ((match, story),) = look(store, rule, at(0, 9.5)).matches
    assert story is None
    assert store.alerts.record(rule, [news_of(match)], message(rule), now=at(0, 9.5))
    record(store, woven(claimed(store)[0], 1))
    arrive(store, 2, when=at(0, 10))
    record(store, woven(claimed(store)[0], 1))
    found = look(store, rule, at(0, 10.5))
    assert [story for _, story in found.matches] == [1]
    assert found.told_stories == {1}
    arrive(store, 3, when=at(0, 10.2))
    (three,) = claimed(store)
    merged = StoryChange(at=at(0, 10), kind="merged", story_id=1, other_id=2, moved=(1, 2))
    record(store, woven(three, 2, story_changes=(merged,)))
    found = look(store, rule, at(0, 10.5))
    assert seen(found) == [2, 3]
    assert found.told_stories == {2}


def test_a_change_that_is_told_tells_its_story(store: Store) -> None:
    rule = add_rule(store)
    arrive(store, 1, everything(), when=at(0, 9))
    weave(store)
    found = look(store, rule, at(0, 9.5))
    ((_, story),) = found.matches
    told = News(key="change:x", trigger=Trigger.EVENT, at=at(0, 9), title="", article_id=1)
    store.alerts.mute(rule, [told], now=at(0, 9.5))
    assert look(store, rule, at(0, 9.5)).told_stories == {story}


def test_a_message_and_what_it_tells_are_written_both_or_neither(store: Store) -> None:
    rule = add_rule(store)
    for n in (1, 2, 3):
        arrive(store, n, when=at(0, 9 + n / 10))
    one, two, three = (news_of(match) for match, _ in look(store, rule, at(0, 10)).matches)
    assert store.alerts.record(rule, [one], message(rule, "one"), now=at(0, 10))
    assert not store.alerts.record(rule, [three, two, one], message(rule, "three"), now=at(0, 10))
    assert seen(look(store, rule, at(0, 10))) == [2, 3]
    assert not store.alerts.record(rule, [two], message(rule, "one"), now=at(0, 10))
    assert seen(look(store, rule, at(0, 10))) == [3]
    assert not store.alerts.record(rule, [], message(rule, "none"), now=at(0, 10))
    assert [line.ledger_key for line in store.deliveries.listed()] == [f"alert:{rule.id}:one"]
    store.alerts.remove("desk")
    assert not store.alerts.record(rule, [three], message(rule, "three"), now=at(0, 10))
    assert len(store.deliveries.listed()) == 1


def test_of_many_that_tell_the_same_at_once_one_does(store: Store) -> None:
    rule = add_rule(store)
    for n in range(4):
        arrive(store, n, when=at(0, 9 + n / 10))
    told = [news_of(match) for match, _ in look(store, rule, at(0, 10)).matches]
    # Some make one message of all, some of a part: whoever comes first leaves nothing to the others.
    groups = [(tuple(told[:n]), message(rule, f"of {n}")) for n in (4, 3, 2, 4, 1, 3, 4, 2)]
    with ThreadPoolExecutor(len(groups)) as pool:
        written = list(pool.map(lambda group: store.alerts.record(rule, *group, now=at(0, 10)), groups))
    assert sum(written) == 1
    assert len(store.deliveries.listed()) == 1


@pytest.mark.parametrize(
    ("fields", "back"),
    [
        ({}, TWO_HOURS),
        ({"group_seconds": 3600.0}, 3 * HOUR),
        ({"quiet": QuietHours(zone="UTC", start=0, end=23)}, 26 * HOUR),
        ({"snoozed": True}, 2 * HOUR + 7 * DAY),
    ],
)
def test_what_a_rule_held_back_is_found_again(store: Store, fields: dict[str, Any], back: timedelta) -> None:
    rule = add_rule(store, now=at(-9), **{name: value for name, value in fields.items() if name != "snoozed"})
    if "snoozed" in fields:
        store.alerts.snooze("desk", until=at(0, 9))
        rule = store.alerts.get("desk")
    arrive(store, 1, when=at(0, 10) - back - HOUR / 4)
    arrive(store, 2, when=at(0, 10) - back + HOUR / 4)
    assert seen(look(store, rule, at(0, 10))) == [2]


def test_what_was_sent_is_counted_and_of_the_last_hour_named(store: Store) -> None:
    rule = add_rule(store)
    for n, hour in enumerate((8.5, 9.3, 9.6)):
        arrive(store, n, when=at(0, hour))
        ((match, _),) = look(store, rule, at(0, hour + 0.1)).matches
        assert store.alerts.record(rule, [news_of(match)], message(rule, str(n)), now=at(0, hour + 0.1))
    assert look(store, rule, at(0, 10)).sent_lately == (at(0, 9.4), at(0, 9.7))
    assert store.alerts.sent(rule, since=at(0)) == 3


def test_the_mark_is_another_one_when_something_may_have_come_up(store: Store) -> None:
    marks = [store.alerts.newest(at(0, 9))]
    assert store.alerts.newest(at(0, 10)) == marks[0]
    arrive(store, 1, everything(), when=at(0, 9))
    marks.append(store.alerts.newest(at(0, 9)))
    weave(store)
    marks += [store.alerts.newest(at(0, 9)), store.alerts.newest(at(1, 9))]
    assert len(set(marks)) == 4


def test_what_was_told_is_forgotten_unless_its_story_goes_on(store: Store) -> None:
    hold(store)
    rule = add_rule(store)
    for n in (1, 2):
        arrive(store, n, when=at(0, 9 + n / 10))
        record(store, woven(claimed(store)[0], n))
    found = look(store, rule, at(0, 10))
    store.alerts.mute(rule, [news_of(match, story) for match, story in found.matches], now=at(0, 10))
    store.alerts.mute(rule, [News(key="dark:x", trigger=Trigger.DARK, at=at(0, 10), title="")], now=at(0, 10))
    arrive(store, 3, when=at(50))
    record(store, woven(claimed(store, now=at(50))[0], 2))
    assert store.alerts.prune(now=at(59)) == 0
    assert store.alerts.prune(now=at(61)) == 2
    assert look(store, rule, at(50, 8)).told_stories == {2}
    assert store.alerts.prune(now=at(120)) == 1


def test_a_search_is_held_by_matches_and_changes_alike(store: Store) -> None:
    rule = add_rule(store, selection=Selection(search="outlet:second"))
    for n, name in enumerate(("first", "second")):
        given = replace(everything(), aid=(step(item=f"Weapon {n}", step="considered", by=TRUMP),))
        arrive(store, n, given, when=at(0, 9), by=name)
    weave(store)
    found = look(store, rule, at(0, 10))
    assert [match.outlet for match, _ in found.matches] == ["second"]
    assert {change.source.outlet for change in found.changes if change.source} == {"second"}
