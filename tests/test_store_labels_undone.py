"""What a person said last of an article is taken back, and the audit log tells of both."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from monitor.errors import ConfigError
from monitor.records.feedback import Label, Verdict
from monitor.store import Store
from tests.feedback_builders import judgement, label
from tests.store_builders import MINUTE, NOW, findings, matched, pending_article


def both_topics(store: Store) -> None:
    """One article that matches both topics."""
    store.findings.record(pending_article(store, 1), findings(0.9, 0.9), now=NOW)


def standing(store: Store, person: str = "anna") -> dict[str, Verdict]:
    return {each.topic: each.verdict for each in store.labels.live() if each.person == person}


def lines(store: Store) -> list[tuple[str, str, str, str]]:
    return [(each.person, each.action, each.subject, each.detail) for each in store.audit.listed()]


def test_a_judgement_and_its_end_are_in_the_audit_log_with_who_and_what(store: Store) -> None:
    both_topics(store)
    store.labels.add(judgement(1, Verdict.REJECT), now=NOW, audited=True)
    store.labels.undo_last("anna", 1, now=NOW + MINUTE)
    assert lines(store) == [
        ("anna", "label undone", "article 1", "labels 1, 2"),
        ("anna", "label", "article 1", "reject, labels 1, 2"),
    ]
    assert [each.at for each in store.audit.listed()] == [NOW + MINUTE, NOW]


def test_a_judgement_that_is_refused_leaves_no_line_and_one_from_the_command_line_none_either(store: Store) -> None:
    matched(store, 1)
    with pytest.raises(ConfigError):
        store.labels.add(judgement(1, topic="weather"), now=NOW, audited=True)
    label(store, 1)
    assert lines(store) == []


def test_what_was_said_last_goes_and_what_it_replaced_stands_again(store: Store) -> None:
    both_topics(store)
    store.labels.add(judgement(1), now=NOW)
    label(store, 1, Verdict.REJECT, topic="talks", now=NOW + MINUTE)
    assert standing(store) == {"talks": Verdict.REJECT, "missile_aid": Verdict.KEEP}
    (undone,) = store.labels.undo_last("anna", 1, now=NOW + 2 * MINUTE)
    assert (undone.topic, undone.verdict, undone.undone_at) == ("talks", Verdict.REJECT, NOW + 2 * MINUTE)
    assert standing(store) == {"talks": Verdict.KEEP, "missile_aid": Verdict.KEEP}
    assert len(store.labels.undo_last("anna", 1, now=NOW + 3 * MINUTE)) == 2
    assert standing(store) == {}
    with pytest.raises(ConfigError, match="nothing of anna's to take back on article 1"):
        store.labels.undo_last("anna", 1, now=NOW + 4 * MINUTE)


def test_other_people_s_words_and_other_articles_stay(store: Store) -> None:
    matched(store, 1)
    matched(store, 2)
    label(store, 1, person="ben")
    label(store, 2)
    label(store, 1)
    store.labels.undo_last("anna", 1, now=NOW + MINUTE)
    assert {(each.article_id, each.person) for each in store.labels.live()} == {(1, "ben"), (2, "anna")}


def test_the_name_is_read_as_when_judging(store: Store) -> None:
    matched(store, 1)
    label(store, 1, person=" anna  \t lee ")
    (undone,) = store.labels.undo_last("anna   lee\n", 1, now=NOW + MINUTE)
    assert undone.person == "anna lee"


def test_an_article_that_is_not_there_has_nothing_to_take_back(store: Store) -> None:
    with pytest.raises(ConfigError, match="nothing of anna's"):
        store.labels.undo_last("anna", 10**30, now=NOW)
    assert lines(store) == []


def test_one_word_is_taken_back_once_however_many_ask_at_once(store: Store) -> None:
    matched(store, 1)
    label(store, 1)

    def attempt(_: int) -> int:
        try:
            return len(store.labels.undo_last("anna", 1, now=NOW + MINUTE))
        except ConfigError:
            return 0

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    assert store.labels.live() == ()
    assert len(lines(store)) == 1


def test_judging_and_taking_back_at_once_leave_one_word_or_none(store: Store) -> None:
    matched(store, 1)
    label(store, 1)

    def act(n: int) -> tuple[Label, ...]:
        try:
            if n % 2:
                return store.labels.undo_last("anna", 1, now=NOW + n * MINUTE)
            return store.labels.add(judgement(1, Verdict.REJECT), now=NOW + n * MINUTE)
        except ConfigError:
            return ()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(1, 17)))
    assert len(store.labels.live()) <= 1
