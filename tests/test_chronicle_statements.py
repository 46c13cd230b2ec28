"""What was said once, however many articles carry it."""

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.chronicle import statements
from monitor.chronicle.wording import Likeness, alike
from monitor.records.chronicle import Statement, Told
from tests.chronicle_builders import PUTIN, TRUMP, ZELENSKY, at, quote, reported, told

LONG = "We have told everybody that a truce comes first, and then we talk about everything else"


def woven(articles: Sequence[Told]) -> list[Statement]:
    """Articles in this order, with ids as a store gives them."""
    known: dict[int, Statement] = {}
    for article in articles:
        for statement in statements.weave(list(known.values()), statements.told(article)):
            id_ = statement.id or len(known) + 1
            known[id_] = replace(statement, id=id_)
    return list(known.values())


def test_forty_outlets_that_repeat_a_quotation_carry_one_statement() -> None:
    articles = [
        told(at(3, hour % 24), outlet=f"Outlet {hour}", quotes=(quote(LONG if hour % 2 else f"{LONG}."),))
        for hour in range(40)
    ]
    (statement,) = woven(articles)
    assert (len(statement.witnesses), statement.origins) == (40, 40)
    assert statement.said_on == date(2026, 11, 3)


def test_a_headline_and_a_shortened_quotation_join_the_whole_one() -> None:
    (statement,) = woven(
        [
            told(at(3), outlet="A", quotes=(quote("a truce comes first"), quote(LONG, start=200))),
            told(at(3), outlet="B", quotes=(quote("a truce comes first"),)),
        ]
    )
    assert statement.text == LONG
    assert statement.variants == ("a truce comes first",)
    assert [witness.source.outlet for witness in statement.witnesses] == ["A", "A", "B"]


def test_quotations_that_the_attribution_splits_are_one_utterance() -> None:
    parts = (
        quote("We can do it", part_of=1),
        quote("but we may not", start=40, part_of=1),
        quote("No comment on that", start=90),
    )
    found = statements.told(told(at(3), quotes=parts))
    assert [statement.text for statement in found] == ["We can do it but we may not", "No comment on that"]
    assert [witness.span.start for witness in found[0].witnesses] == [0, 40]


def test_what_nobody_is_named_for_is_no_statement() -> None:
    assert statements.told(told(at(3), quotes=(quote(LONG, None),), reports=(reported(LONG, None),))) == ()


def test_another_translation_is_a_variant_and_not_a_second_statement() -> None:
    (statement,) = woven(
        [
            told(at(3), outlet="A", quotes=(quote("The mood is bad and the pressure grows on every side", PUTIN),)),
            told(
                at(3), outlet="B", quotes=(quote("A bad mood, with pressure that is growing from every side", PUTIN),)
            ),
        ]
    )
    assert len(statement.variants) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("We will send the Patriot batteries this winter", "We will not send the Patriot batteries this winter"),
        ("We need 25 Patriot batteries before winter comes", "We need 27 Patriot batteries before winter comes"),
        ("I had a very good talk with the president", "I had a very good lunch with the chancellor"),
        ("We will see", "We will see whether they want peace at all"),
    ],
)
def test_words_that_say_something_else_are_another_statement(first: str, second: str) -> None:
    assert alike(first, second) is Likeness.OTHER


def test_the_same_words_of_another_speaker_are_another_statement() -> None:
    found = woven([told(at(3), quotes=(quote(LONG, TRUMP),)), told(at(3), outlet="B", quotes=(quote(LONG, ZELENSKY),))])
    assert len(found) == 2


def test_a_few_words_said_again_days_later_are_said_twice() -> None:
    days = [told(at(day), outlet=f"O{day}", quotes=(quote("great progress was made"),)) for day in (3, 7)]
    assert len(woven(days)) == 2
    longer = [told(at(day), outlet=f"O{day}", quotes=(quote(LONG),)) for day in (3, 7)]
    assert len(woven(longer)) == 1


def test_reported_speech_joins_a_quotation_only_when_it_says_the_same() -> None:
    said = told(
        at(3),
        outlet="A",
        quotes=(quote("Ukraine will pay for every Patriot battery with frozen Russian money", ZELENSKY),),
    )
    same = told(
        at(3),
        outlet="B",
        reports=(reported("that Ukraine would pay for the Patriot batteries with frozen Russian money", ZELENSKY),),
    )
    other = told(at(3), outlet="C", reports=(reported("that Ukraine needed more batteries", ZELENSKY),))
    found = woven([same, said, other])
    assert [statement.kind for statement in found] == ["direct", "reported"]
    assert found[0].text.startswith("Ukraine will pay"), "a quotation's words come before a writer's"


def test_ids_tell_speakers_apart_and_together() -> None:
    known = told(at(3), quotes=(quote(LONG, "Zelensky", speaker_id="Q1"),))
    same = told(at(3), outlet="B", quotes=(quote(LONG, ZELENSKY, speaker_id="Q1"),))
    assert len(woven([known, same])) == 1


def test_the_channel_is_what_most_witnesses_name() -> None:
    channels = ("Telegram", "X", "X", None)
    articles = [
        told(at(3), outlet=f"O{number}", quotes=(quote(LONG, channel=channel),))
        for number, channel in enumerate(channels)
    ]
    (statement,) = woven(articles)
    assert statement.channel == "X"


@pytest.mark.alone
def test_a_thousand_statements_of_one_speaker_take_no_long_time() -> None:
    dice = random.Random(7)
    vocabulary = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(400)]
    quotes = tuple(quote(" ".join(dice.choices(vocabulary, k=25)), start=number * 400) for number in range(1_000))
    near = statements.weave((), statements.told(told(at(3), quotes=quotes)))
    more = statements.told(told(at(3), outlet="B", quotes=quotes[:20]))
    before = time.perf_counter()
    changed = statements.weave(near, more)
    assert time.perf_counter() - before < 2
    assert len(changed) == 20


@pytest.mark.alone
def test_a_page_that_says_the_same_again_and_again_is_read_quickly() -> None:
    quotes = tuple(quote(f"{LONG} {number}", start=number * 400) for number in range(500))
    before = time.perf_counter()
    found = statements.weave((), statements.told(told(at(3), quotes=quotes)))
    assert time.perf_counter() - before < 3
    assert max(len(statement.witnesses) for statement in found) <= statements.MOST_PARTS


@pytest.mark.alone
def test_a_hostile_wall_of_words_is_compared_quickly() -> None:
    wall = "a b " * 25_000
    before = time.perf_counter()
    woven([told(at(3), quotes=(quote(wall),)), told(at(3), outlet="B", quotes=(quote(wall + "c"),))])
    assert time.perf_counter() - before < 1


# --- whatever is said -------------------------------------------------------------------------------------------------

WORDS = st.lists(
    st.sampled_from("we will not send missiles to ukraine before winter peace talks 25 27 never ’ … ünd".split()),
    max_size=9,
).map(" ".join)
PARTS = st.tuples(
    WORDS, st.sampled_from([TRUMP, PUTIN, None, ""]), st.integers(0, 2), st.sampled_from([None, "X", "Telegram"])
)


@st.composite
def articles(draw: st.DrawFn) -> Told:
    place, quotes, reports = 0, [], []
    for text, speaker, part, channel in draw(st.lists(PARTS, max_size=4)):
        quotes.append(quote(text, speaker, start=place, part_of=part, channel=channel, about=("Tomahawk",)))
        place += len(text) + 3
    for text, speaker, _, channel in draw(st.lists(PARTS, max_size=2)):
        reports.append(reported(text, speaker, start=place, channel=channel))
        place += len(text) + 3
    return told(
        at(3) + timedelta(hours=draw(st.integers(0, 200))),
        outlet=draw(st.sampled_from("ABC")),
        quotes=tuple(quotes),
        reports=tuple(reports),
    )


FEW = settings(max_examples=40)


@FEW
@given(st.lists(articles(), max_size=6))
def test_a_statement_says_what_its_witnesses_say(given_articles: list[Told]) -> None:
    for statement in woven(given_articles):
        texts = [witness.span.text for witness in statement.witnesses]
        assert statement.speaker
        assert set(statement.text.split()) <= {word for text in texts for word in text.split()}
        assert statement.text not in statement.variants
        assert len(statement.variants) <= statements.MOST_VARIANTS
        assert statement.said_on == min(witness.source.published for witness in statement.witnesses).date()
        assert list(statement.witnesses) == sorted(statement.witnesses, key=lambda witness: witness.source.published)


@FEW
@given(st.lists(articles(), max_size=6))
def test_weaving_statements_twice_changes_nothing(given_articles: list[Told]) -> None:
    found = woven(given_articles)
    for article in given_articles:
        assert statements.weave(found, statements.told(article)) == ()


@FEW
@given(st.lists(articles(), max_size=5), articles())
def test_taking_out_an_article_leaves_the_others_words(before: list[Told], last: Told) -> None:
    was = {statement.id: statement for statement in woven(before)}
    for statement in statements.weave(list(was.values()), statements.told(last)):
        left = statements.without(statement, last.source.article_id)
        if statement.id == 0:
            assert left is None
        elif was[statement.id].kind == statement.kind:
            assert left == replace(was[statement.id], about=statement.about, speaker_id=statement.speaker_id)


@FEW
@given(WORDS, WORDS)
def test_likeness_goes_both_ways(first: str, second: str) -> None:
    assert alike(first, second) is alike(second, first)
    assert not first.strip(" ’…") or alike(first, first) is Likeness.SAME
