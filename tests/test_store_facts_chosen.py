"""Nothing is told to a stream that it did not ask for, on both databases."""

from dataclasses import replace

import pytest

from monitor.records.telling.digests import Facts
from monitor.records.telling.subscribers import Selection
from monitor.store import Store
from tests.store_builders import findings
from tests.telling_builders import arrive, at, facts, one_of_each, stream, weave


def articles_of(found: Facts) -> set[int]:
    """Every article that the facts cite."""
    events_ = (*found.planned, *found.turned)
    return {
        *(change.source.article_id for change in found.changes if change.source),
        *(report.source.article_id for happening in events_ for report in happening.reports),
        *(witness.source.article_id for statement in found.statements for witness in statement.witnesses),
        *(news.source.article_id for news in found.stories),
    }


CHOSEN: dict[str, tuple[Selection, set[str]]] = {
    "a topic": (Selection(topics=("missile_aid",)), {"aid"}),
    "a language": (Selection(languages=("uk",)), {"uk"}),
    "a search": (Selection(search="outlet:second"), {"second"}),
    "all of them": (Selection(topics=("talks",), languages=("en",), search="outlet:first OR outlet:uk"), {"first"}),
}


@pytest.mark.parametrize("what", CHOSEN)
def test_nothing_is_told_that_was_not_asked_for(store: Store, what: str) -> None:
    selection, wanted = CHOSEN[what]
    ids: dict[int, str] = {}
    for n, name in enumerate(("first", "second", "aid", "uk")):
        given = one_of_each(7)
        if name == "aid":
            given = replace(given, topics=findings(0.1, 0.9).topics)
        language = "uk" if name == "uk" else "en"
        stored = arrive(store, n, given, when=at(0, 10 + n), by=name, language=language)
        ids[stored.article_id] = name
    weave(store)
    found = facts(store, at(0), at(1), of=stream(selection, since=at(0)))
    assert {ids[id_] for id_ in articles_of(found)} == wanted
    assert found.coverage.matched == len(wanted)
    assert sum(count.count for count in found.volume) == len(wanted)
    assert all(ids[news.source.article_id] == news.story.outlet for news in found.stories)
    assert found.statements
    assert found.planned
    assert found.rungs
