"""What one person keeps: saved views, snoozes, and when they were here last."""

from datetime import timedelta

import pytest

from monitor.errors import ConfigError
from monitor.store import Store
from monitor.store.people.kept import MOST_VIEWS, ONE_VISIT
from tests.store_builders import MINUTE, NOW, matched

DAY = timedelta(days=1)


def test_a_view_is_its_owner_s_alone_whatever_the_name_s_case(store: Store) -> None:
    mine = store.views.save("Ann", " Kyiv\tonly ", "/matches", "country=UA&topic=talks")
    store.views.save("Ben", "Kyiv only", "/stories", "")
    assert store.views.listed("ann") == (mine,)
    assert (mine.name, mine.path, mine.query) == ("Kyiv only", "/matches", "country=UA&topic=talks")


def test_a_name_that_is_there_is_overwritten(store: Store) -> None:
    store.views.save("Ann", "Kyiv", "/matches", "country=UA")
    newer = store.views.save("Ann", "KYIV", "/stories", "since=24h")
    assert store.views.listed("Ann") == (newer,)
    assert (newer.name, newer.path) == ("KYIV", "/stories")


def test_only_the_owner_removes_a_view(store: Store) -> None:
    view = store.views.save("Ann", "Kyiv", "/matches", "")
    store.views.remove("Ben", view.id)
    store.views.remove("Ann", 10**30)
    assert store.views.listed("Ann") == (view,)
    store.views.remove("Ann", view.id)
    assert store.views.listed("Ann") == ()


def test_the_number_of_views_is_bounded_and_those_there_are_can_still_be_changed(store: Store) -> None:
    for n in range(MOST_VIEWS):
        store.views.save("Ann", f"view {n}", "/matches", "")
    with pytest.raises(ConfigError, match=f"you have {MOST_VIEWS} saved views"):
        store.views.save("Ann", "one more", "/matches", "")
    assert store.views.save("Ann", "view 7", "/matches", "topic=talks").query == "topic=talks"
    assert store.views.save("Ben", "one more", "/matches", "").owner == "Ben"


@pytest.mark.parametrize("name", ["", "\n", "x" * 101])
def test_a_view_needs_a_name(store: Store, name: str) -> None:
    with pytest.raises(ConfigError, match="1 to 100 characters"):
        store.views.save("Ann", name, "/matches", "")


def test_views_are_listed_in_one_order_on_both_databases(store: Store) -> None:
    for name in ("b", "A", "ä", "C"):
        store.views.save("Ann", name, "/matches", "")
    assert [each.name for each in store.views.listed("Ann")] == ["A", "b", "C", "ä"]


def test_every_snooze_is_in_the_audit_log_with_who_and_until_when(store: Store) -> None:
    number = matched(store, 1).article_id
    store.snoozes.set("Ann", number, until=NOW + DAY, now=NOW)
    store.snoozes.set("Ann", number, until=NOW, now=NOW)
    assert [(each.person, each.subject, each.detail) for each in store.audit.listed()] == [
        ("Ann", "article 1", "shown again"),
        ("Ann", "article 1", "until 2026-11-21 12:00 UTC"),
    ]


def test_an_article_that_is_not_there_cannot_be_put_off(store: Store) -> None:
    for number in (77, 10**30):
        with pytest.raises(ConfigError, match=f"there is no article {number}"):
            store.snoozes.set("Ann", number, until=NOW + DAY, now=NOW)
    assert store.audit.listed() == ()


def test_pruning_drops_snoozes_whose_time_has_passed_and_no_others(store: Store) -> None:
    first, second = (matched(store, n).article_id for n in (1, 2))
    store.snoozes.set("Ann", first, until=NOW + MINUTE, now=NOW)
    store.snoozes.set("Ann", first, until=NOW + 2 * MINUTE, now=NOW)
    store.snoozes.set("Ben", first, until=NOW + MINUTE, now=NOW)
    store.snoozes.set("Ann", second, until=NOW + DAY, now=NOW)
    assert store.snoozes.prune(now=NOW + MINUTE) == 1
    assert store.snoozes.prune(now=NOW + DAY) == 2
    assert store.snoozes.prune(now=NOW + DAY) == 0


def test_the_first_visit_has_none_before_it_and_the_second_knows_when_the_first_ended(store: Store) -> None:
    visits = store.visits
    assert visits.begin("Ann", now=NOW) is None
    assert visits.begin("Ann", now=NOW + 10 * MINUTE) is None
    next_day = NOW + DAY
    assert visits.begin("ann", now=next_day) == NOW + 10 * MINUTE
    assert visits.begin("Ben", now=next_day) is None


def test_pages_seen_within_half_an_hour_of_each_other_are_one_visit(store: Store) -> None:
    visits = store.visits
    visits.begin("Ann", now=NOW)
    start = NOW + DAY
    for minutes in range(0, 100, 29):
        assert visits.begin("Ann", now=start + minutes * MINUTE) == NOW
    last = start + 87 * MINUTE
    assert visits.begin("Ann", now=last + ONE_VISIT) == last


def test_two_requests_in_one_moment_agree_and_a_clock_set_back_harms_nothing(store: Store) -> None:
    visits = store.visits
    visits.begin("Ann", now=NOW)
    start = NOW + DAY
    assert visits.begin("Ann", now=start) == visits.begin("Ann", now=start) == NOW
    assert visits.begin("Ann", now=start - 10 * MINUTE) == NOW
    assert visits.begin("Ann", now=start) == NOW
