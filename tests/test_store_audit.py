"""The audit log: its order, its pages, and that it holds text of the outside world as text."""

from monitor.records.accounts import Role
from monitor.store import Store
from monitor.store.people.audit import note
from tests.store_builders import MINUTE, NOW


def write(store: Store, number: int, person: str = "ann") -> None:
    for n in range(number):
        with store._database.write() as connection:
            note(connection, person, "label", f"article {n}", now=NOW + n * MINUTE)


def test_the_newest_line_comes_first_and_pages_follow_without_gap_or_repeat(store: Store) -> None:
    write(store, 7)
    first = store.audit.listed(limit=3)
    second = store.audit.listed(limit=3, before=first[-1].id)
    third = store.audit.listed(limit=3, before=second[-1].id)
    assert [each.subject for each in (*first, *second, *third)] == [f"article {n}" for n in range(6, -1, -1)]
    assert first[0].at == NOW + 6 * MINUTE


def test_one_person_s_lines_can_be_asked_for(store: Store) -> None:
    write(store, 2)
    write(store, 3, "ben")
    assert {each.person for each in store.audit.listed(person="ben")} == {"ben"}
    assert len(store.audit.listed(person="ben")) == 3
    assert store.audit.listed(person="Cora") == ()


def test_a_line_outlives_what_it_tells_of_and_holds_any_name_as_text(store: Store) -> None:
    hostile = "<script>alert(1)</script>'; DROP TABLE audit; --"
    store.accounts.add(hostile, Role.READER, None, by="a\x00b", now=NOW)
    (line,) = store.audit.listed()
    assert line.subject == f"account {hostile}"
    assert "\x00" not in line.person


def test_a_number_beyond_every_line_asks_for_all_of_them(store: Store) -> None:
    write(store, 2)
    assert len(store.audit.listed(before=10**30)) == 2
