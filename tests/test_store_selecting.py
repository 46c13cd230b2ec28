"""What each form of the search language finds is the same on both databases; so is what a selection lets through."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from monitor import query
from monitor.errors import QueryError
from monitor.records.telling.subscribers import Selection
from monitor.store import Store
from monitor.store.searching.selecting import found, selected
from monitor.store.tables import articles, matches
from tests.store_builders import entity, findings
from tests.telling_builders import arrive, at, nothing, outlet, weave
from tests.woven_builders import PUTIN, TRUMP, ZELENSKY, quote, report

NOW = at(6, 15)
PUTIN_ID, TRUMP_ID = "Q7747", "Q22686"


def by_putin(**fields: Any) -> dict[str, Any]:
    return {"speaker": PUTIN, "speaker_id": PUTIN_ID} | fields


def missiles(store: Store) -> None:
    given = nothing(
        entities=(entity(PUTIN, PUTIN_ID), entity("Tomahawk", None, type_="weapon"), entity("Olena Marchuk", None)),
        quotes=(
            quote("They will not change a thing on the front", **by_putin(about=("Tomahawk",))),
            quote("We talked for a good while", 60, about=(ZELENSKY,)),
        ),
    )
    text = "Missiles for Kyiv: what Washington weighs, and 50 % of what it does not."
    arrive(store, "missiles", given, when=at(0), by="missiles", text=text)


def red(store: Store) -> None:
    outlet(store, "red", outlet="Красная Звезда", country="RU", state_controlled=True)
    given = nothing(
        entities=(entity(PUTIN, PUTIN_ID), entity(TRUMP, TRUMP_ID)),
        quotes=(quote("They are a very good missile", about=("Tomahawk",)),),
        reports=(report("the alliance is at war with Russia", **by_putin(about=("NATO",))),),
    )
    text = "Путин заявил о переговорах в Будапеште."
    arrive(store, "red", given, when=at(1), by="red", text=text, language="ru")


def sued(store: Store) -> None:
    outlet(store, "sued", outlet="Süd-Post 100%", country="de")
    son = quote("Ukraine matters a great deal", speaker="Donald Trump Jr.", speaker_id="Q3713655", about=("Ukraine",))
    given = nothing(topics=findings(0.1, 0.9).topics, entities=(entity("Donald Trump Jr.", "Q3713655"),), quotes=(son,))
    arrive(store, "sued", given, when=at(2), by="sued", text="Luftabwehr für Kiew.", language="de")


def plain(store: Store) -> None:
    outlet(store, "plain", outlet="News_[x]*? 100", country="")
    given = findings(0.1, 0.1, entity("Zoë O’Neill", None))
    text = "Nothing of war, warships or missiles."
    arrive(store, "plain", given, when=at(3), by="plain", published=at(-9), text=text, language=None)


def withdrawn(store: Store) -> None:
    stored = arrive(store, "withdrawn", nothing(), when=at(4), by="withdrawn", text="Talks, then no talks.")
    store.findings.record(stored, findings(0.1, 0.1), now=at(4, 12))


def orphan(store: Store) -> None:
    outlet(store, "orphan", outlet="The Guard", country="UA", state_controlled=True)
    arrive(store, "orphan", nothing(), when=at(5), by="orphan", text="Guards at the border.")
    store.feeds.remove("https://orphan.example/rss")


ALL: dict[str, Callable[[Store], None]] = {
    "missiles": missiles,
    "red": red,
    "sued": sued,
    "plain": plain,
    "withdrawn": withdrawn,
    "orphan": orphan,
}
FINDS: dict[str, str] = {
    # Words
    "missiles": "missiles plain",
    "MISSILES": "missiles plain",
    "war": "plain",
    "war*": "plain",
    "warsh*": "plain",
    "miss*": "missiles plain",
    '"missiles for ky"*': "missiles",
    "путин": "red",
    "ПУТИН": "red",
    "fur OR kyiv": "missiles sued",
    "guard*": "orphan",
    # What binds how, words and fields together
    "missiles -kyiv": "plain",
    "-missiles": "red sued withdrawn orphan",
    "-missiles -guards": "red sued withdrawn",
    "-(missiles OR lang:de)": "red withdrawn orphan",
    "kyiv OR lang:de OR путин": "missiles red sued",
    "(kyiv OR lang:de) -topic:aid": "missiles",
    "missiles (lang:en OR war) -who:Nobody": "missiles plain",
    "-(missiles -kyiv)": "missiles red sued withdrawn orphan",
    "kyiv -(путин -lang:ru) OR guards": "missiles orphan",
    # Topics
    "topic:talks": "missiles red orphan",
    "topic:aid": "sued",
    "topic:talks OR topic:aid": "missiles red sued orphan",
    "-topic:talks": "sued plain withdrawn",
    # Names
    'who:"Vladimir Putin"': "missiles red",
    "who:putin": "missiles red",
    "who:Q7747": "missiles red",
    "who:Q774": "",
    "who:Put": "",
    'who:"Putin"': "",
    "who:Trump": "red sued",
    'who:"donald TRUMP"': "red",
    "who:Marchuk": "missiles",
    "who:ZOE": "plain",
    'who:"zoe o\'neill"': "plain",
    "who:Tomahawk": "missiles",
    "-who:Q7747": "sued plain withdrawn orphan",
    # What was said
    "said:Putin": "missiles red",
    "said:Q7747": "missiles red",
    'said:"Vladimir Putin"': "missiles red",
    'said:"Donald Trump"': "missiles red",
    "said:Trump": "missiles red sued",
    "said:Marchuk": "",
    "about:Tomahawk": "missiles red",
    "about:tomahawk": "missiles red",
    "about:Q7747": "",
    "about:NATO": "red",
    # The same statement is both
    "said:Putin about:Tomahawk": "missiles",
    "about:Tomahawk said:Q22686": "red",
    "said:Putin about:Tomahawk about:NATO": "",
    "(said:Putin) (about:Tomahawk)": "missiles red",
    "said:Putin topic:talks about:Tomahawk": "missiles red",
    "said:Putin -(said:Putin about:NATO)": "missiles",
    "-said:Putin": "sued plain withdrawn orphan",
    # Outlets, countries, languages
    "outlet:GUARD": "orphan",
    "outlet:звезда": "red",
    "outlet:ЗВЕЗДА": "red",
    "outlet:sud-post": "sued",
    "outlet:100%": "sued",
    "outlet:100": "sued plain",
    "outlet:s_d": "",
    "outlet:news_": "plain",
    "outlet:[x]*?": "plain",
    "outlet:*": "plain",
    "outlet:.": "",
    'outlet:"\\d"': "",
    "-outlet:100": "missiles red withdrawn orphan",
    "country:RU": "red",
    "country:de": "sued",
    "-country:ru": "missiles sued plain withdrawn orphan",
    "is:state": "red orphan",
    "-is:state": "missiles sued plain withdrawn",
    "lang:ru": "red",
    "-lang:en": "red sued plain",
    # Dates
    "date:2026-11-17": "red",
    "date:2026-11-17..2026-11-18": "red sued",
    "date:2026-11-19..": "withdrawn orphan",
    "date:..2026-11-16": "missiles plain",
    "date:4d": "withdrawn orphan",
    "date:81h..48h": "withdrawn",
    "date:yesterday": "orphan",
    "date:today": "",
    "-date:4d": "missiles red sued plain",
}
# An outlet's name that is nothing but signs is no value.
FINDS = {search: named for search, named in FINDS.items() if search not in {"outlet:*", "outlet:."}}


@pytest.fixture
def library(store: Store) -> Store:
    for add in ALL.values():
        add(store)
    return store


def found_by(store: Store, condition: object) -> str:
    """Names of the articles for which it holds, in the order of their coming."""
    with store._database.read() as connection:
        urls = connection.scalars(select(articles.c.url).where(condition).order_by(articles.c.id))  # type: ignore[arg-type]
        return " ".join(url.rpartition("/")[2] for url in urls)


def finds(store: Store, search: str) -> str:
    return found_by(store, found(query.parse(search), store._database.dialect, now=NOW))


def in_order(named: str) -> str:
    return " ".join(sorted(named.split(), key=list(ALL).index))


def test_every_form_finds_the_same_on_both_databases(library: Store) -> None:
    wanted = {search: in_order(named) for search, named in FINDS.items()}
    assert {search: finds(library, search) for search in FINDS} == wanted


def test_what_a_search_leaves_out_is_all_that_it_does_not_find(library: Store) -> None:
    for search in FINDS:
        both = [*finds(library, search).split(), *finds(library, f"-({search})").split()]
        assert (search, sorted(both)) == (search, sorted(ALL))


def test_statements_that_are_woven_know_what_an_article_leaves_out(store: Store) -> None:
    words = "They will not change a thing on the front, I have told him so twice"
    for n, about in enumerate((("Tomahawk", ZELENSKY), ())):
        given = nothing(quotes=(quote(words, **by_putin(about=about)),))
        arrive(store, n, given, when=at(0, n), by=f"outlet{n}")
    assert finds(store, "said:Putin about:Tomahawk") == "0"
    assert finds(store, "said:Putin") == "0 1"
    weave(store)
    assert finds(store, "said:Putin about:Tomahawk") == "0 1"
    assert finds(store, "said:putin about:Zelensky") == "0 1"
    assert finds(store, "said:Trump about:Tomahawk") == ""


SELECTED: dict[str, tuple[Selection, str]] = {
    "everything": (Selection(), "missiles red sued orphan"),
    "a topic": (Selection(topics=("missile_aid",)), "sued"),
    "two topics": (Selection(topics=("missile_aid", "talks")), "missiles red sued orphan"),
    "languages": (Selection(languages=("ru", "de")), "red sued"),
    "a search": (Selection(search="missiles OR lang:de"), "missiles sued"),
    "only what is left out": (Selection(search="-missiles -is:state"), "sued"),
    "blanks": (Selection(search="  "), "missiles red sued orphan"),
    "all of them": (Selection(topics=("talks",), languages=("en",), search="kyiv OR путин"), "missiles"),
    "a day": (Selection(search="date:2026-11-17"), "red"),
}


def test_a_selection_lets_through_live_matches_that_fit(library: Store) -> None:
    dialect = library._database.dialect
    chosen = {what: found_by(library, selected(given, dialect, now=NOW)) for what, (given, _) in SELECTED.items()}
    assert chosen == {what: named for what, (_, named) in SELECTED.items()}
    with pytest.raises(QueryError, match="never closed"):
        selected(Selection(search="(a"), dialect, now=NOW)


def test_a_condition_stands_in_a_query_with_the_same_tables_around_it(library: Store) -> None:
    """The tables inside are the condition's own, though the query around it has some of the same name."""
    dialect = library._database.dialect
    given = Selection(topics=("talks",), search="kyiv OR who:Putin said:Putin")
    inside = select(articles.c.id).where(articles.c.id == matches.c.article_id, selected(given, dialect, now=NOW))
    outside = select(matches.c.topic).where(inside.correlate(matches).exists()).order_by(matches.c.id)
    with library._database.read() as connection:
        assert list(connection.scalars(outside)) == ["talks", "talks"]


ODD = (
    " ".join(f"word{n}" for n in range(100)),
    " OR ".join(f"-word{n}" for n in range(100)),
    " OR ".join(f"word{n} -is:state" for n in range(50)),
    "(" * 20 + "missiles OR b) c" + " OR d) e" * 19,
    "-(" * 20 + "missiles lang:en" + ")" * 20,
    " ".join("who:Pütin said:Trump about:NATO" for _ in range(33)),
    " ".join(f"said:a{n} about:b{n}" for n in range(50)),
    'outlet:"' + "é" * 200 + '"',
    "é" * 200 + " 한" * 60,
    "a' OR 1=1 -- ; DROP TABLE articles",
    "who:a'; outlet:\\d said:$1 about:%s",
)


def test_the_largest_and_the_oddest_searches_are_answered(library: Store) -> None:
    for search in ODD:
        assert isinstance(finds(library, search), str)


def test_matches_of_a_search_are_found_again_after_the_findings_change(store: Store) -> None:
    stored = arrive(store, "later", nothing(quotes=(quote(about=("Tomahawk",)),)), when=at(0), by="later")
    assert finds(store, "said:Trump about:Tomahawk") == "later"
    again = replace(nothing(quotes=(quote(about=("Patriot",)),)), model="minilm@ba9876543210")
    store.findings.record(stored, again, now=at(1))
    assert finds(store, "about:Tomahawk") == ""
    assert finds(store, "about:Patriot") == "later"
