"""Reactions and what they answer, over articles; claim against denial."""

from dataclasses import replace
from typing import Any

from monitor.chronicle import answers, happenings, ladder, statements
from monitor.records.chronicle import Happening, Statement
from monitor.records.findings import Span
from tests.chronicle_builders import (
    PUTIN,
    TRUMP,
    ZELENSKY,
    answer,
    at,
    event_report,
    on,
    quote,
    reaction,
    span,
    step,
    told,
)


def call(**fields: Any) -> Happening:
    report = event_report(at(6), "held", (TRUMP, PUTIN), type="call", when=on(6), **fields)
    return happenings.settled([report], id=41)


def said(text: str, speaker: str, **fields: Any) -> Statement:
    (statement,) = statements.told(told(at(6), quotes=(quote(text, speaker, **fields),), article_id=900_100))
    return replace(statement, id=51)


def test_a_warning_about_a_weapon_is_tied_to_its_rung() -> None:
    rungs = ladder.rungs(
        [
            step(at(2), "considered", by=TRUMP),
            step(at(3), "announced", item="Patriot air defence system", donor="Germany"),
        ]
    )
    article = told(at(4), reactions=(reaction("Dmitry Peskov", "warning", "Tomahawk missiles"),))
    (tied,) = answers.tie(article, (), (), rungs)
    assert (tied.side, tied.rung) == ("Russia", ("Tomahawk missiles", "United States", "Ukraine"))
    assert tied.happening_id is None


def test_a_word_on_air_defence_in_general_is_not_tied_to_a_weapon_with_a_name() -> None:
    rungs = ladder.rungs([step(at(2), "considered", item="Patriot air defence system")])
    article = told(at(4), reactions=(reaction(ZELENSKY, "welcome", "air defence"),))
    assert answers.tie(article, (), (), rungs)[0].rung is None


def test_a_denial_of_a_call_finds_the_call_by_who_took_part() -> None:
    article = told(at(7), reactions=(reaction("Dmitry Peskov", "denial", f"call: {TRUMP}, {PUTIN}"),))
    other = replace(call(), id=42, participants=(TRUMP, ZELENSKY))
    (tied,) = answers.tie(article, (other, call()), (), ())
    assert tied.happening_id == 41
    late = told(at(28), reactions=article.findings.reactions)
    assert answers.tie(late, (call(),), (), ())[0].happening_id is None


def test_the_place_in_the_article_says_what_is_answered() -> None:
    held = call(article_id=900_101, start=100, text="they spoke by telephone")
    article = told(
        at(7), article_id=900_101, reactions=(reaction("China", "welcome", "an idea", answers=span("spoke", 105)),)
    )
    assert answers.tie(article, (held,), (), ())[0].happening_id == 41


def test_a_claim_is_found_at_its_place_or_by_its_speaker_and_words() -> None:
    claim = said("We shot down forty of their drones last night", ZELENSKY)
    at_place = told(
        at(7),
        article_id=900_100,
        reactions=(reaction("Dmitry Peskov", "denial", "a claim", answers=Span(start=3, end=9, text="shot")),),
    )
    assert answers.tie(at_place, (), (claim,), ())[0].statement_id == 51
    by_words = told(
        at(7),
        reactions=(
            reaction(
                "Dmitry Peskov",
                "denial",
                f"claim: {ZELENSKY}",
                answers=span("that forty drones were shot down last night by them"),
            ),
        ),
    )
    assert answers.tie(by_words, (), (claim,), ())[0].statement_id == 51
    assert (
        answers.tie(told(at(7), reactions=(reaction(ZELENSKY, "denial", f"claim: {ZELENSKY}"),)), (), (claim,), ())[
            0
        ].statement_id
        is None
    )


def test_claim_stands_against_denial_across_capitals_once() -> None:
    claim = said("They agreed to a truce on the line of contact", TRUMP)
    denials = [
        answer(at(7, hour), "Dmitry Peskov", "denial", f"claim: {TRUMP}", "Russia", statement_id=51) for hour in (9, 8)
    ]
    (clash,) = answers.pairs([*denials, answer(at(7), "Germany", "doubt", "it", "DE", statement_id=51)], (claim,))
    assert (clash.claim_side, clash.denial_side, clash.claim) == ("US", "Russia", claim)
    assert clash.denial.source.published == at(7, 8)


def test_one_capital_that_contradicts_itself_is_no_clash() -> None:
    claim = said("They agreed to a truce on the line of contact", TRUMP)
    assert answers.pairs([answer(at(7), "White House", "denial", "it", "US", statement_id=51)], (claim,)) == ()


def test_confirmation_and_denial_of_one_event_are_a_clash() -> None:
    yes = answer(at(7), "White House", "confirmation", "call: A, B", "US", happening_id=41)
    no = answer(at(8), "Kremlin", "denial", "call: A, B", "Russia", happening_id=41)
    (clash,) = answers.pairs([no, yes], ())
    assert (clash.claim_side, clash.denial_side, clash.confirmation) == ("US", "Russia", yes)
    assert answers.pairs([no, replace(yes, happening_id=42)], ()) == ()
