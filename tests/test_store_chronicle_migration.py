"""A database of the release before gains the chronicle and loses nothing; going back loses only the chronicle."""

from monitor.store import Store, schema
from tests.store_builders import NOW, entity, findings, matched, pending_article
from tests.woven_builders import claimed, found, hold, record, whole

BEFORE = "0004"


def test_what_matched_before_waits_for_the_chronicle_after_the_upgrade(empty_url: str) -> None:
    with Store.open(empty_url, create=True) as store:
        matched(store, 1, entity("Donald Trump", "Q22686"))
        withdrawn = matched(store, 2)
        store.findings.record(withdrawn, findings(0.1), now=NOW)
        store.findings.record(pending_article(store, 3), findings(0.2), now=NOW)
        schema.downgrade(store._database, BEFORE)
        assert schema.upgrade(store._database) == (BEFORE, schema.HEAD)
        assert schema.differences(store._database) == ()
        assert [match.title for match in store.findings.matches()] == ["Story 1"]
        (waiting,) = claimed(store)
        assert (waiting.article.title, waiting.findings.quotes) == ("Story 1", ())
        assert waiting.findings.entities[0].name == "Donald Trump"
        assert store.search.search("Budapest")
        assert store.upkeep.check() == ()


def test_going_back_takes_the_chronicle_away_and_leaves_the_matches(empty_url: str) -> None:
    with Store.open(empty_url, create=True) as store:
        found(store, 1)
        hold(store)
        (one,) = claimed(store)
        record(store, whole(one))
        before = store.findings.matches()
        schema.downgrade(store._database, BEFORE)
        assert schema.upgrade(store._database) == (BEFORE, schema.HEAD)
        assert store.findings.matches() == before
        assert store.chronicle.stories() == ()
        assert store.chronicle.is_waiting()
