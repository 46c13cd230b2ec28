"""Reactions: who answers, how, and to what, from texts written for this."""

import pytest

from monitor.records.findings import Event, Quote, Reaction
from monitor.understand import aid, reactions
from monitor.understand.prose import Prose
from tests.aid_builders import prose

TOMAHAWK = "Tomahawk missiles"


def found(article: Prose, *, quotes: tuple[Quote, ...] = (), events: tuple[Event, ...] = ()) -> tuple[Reaction, ...]:
    return reactions.find(article, quotes, (), events, aid.find(article, quotes, ()))


def told(title: str, text: str = "") -> set[tuple[str, str, str]]:
    return {(one.by, one.kind, one.about) for one in found(prose(title, text))}


@pytest.mark.parametrize(
    ("title", "by", "kind", "about"),
    [
        ("Kremlin warns US over Tomahawks for Ukraine", "Kremlin", "warning", TOMAHAWK),
        ("Moscow warns Washington against sending Tomahawks to Ukraine", "Russia", "warning", TOMAHAWK),
        ("Medvedev says Tomahawks for Kyiv could end badly for everyone", "Dmitry Medvedev", "warning", TOMAHAWK),
        ("Ukraine rejects Russian peace plan", "Ukraine", "rejection", "Russian peace plan"),
        ("Zelensky rules out land swap with Moscow", "Volodymyr Zelensky", "rejection", "land swap"),
        (
            "NATO welcomes Germany's decision to send Patriots to Ukraine",
            "NATO",
            "welcome",
            "Patriot air defence system",
        ),
        ("Macron doubts the new ceasefire offer", "Emmanuel Macron", "doubt", "new ceasefire offer"),
        ("European plan is rejected by Putin", "Vladimir Putin", "rejection", "European plan"),
        ("Orban backs the plan", "Viktor Orbán", "welcome", "plan"),
    ],
)
def test_a_headline_tells_who_answers_what_and_how(title: str, by: str, kind: str, about: str) -> None:
    assert (by, kind, about) in told(title)


@pytest.mark.parametrize(
    "title",
    [
        "Kremlin declined to comment on the plan",
        "Zelensky has not rejected the plan",
        "Putin could reject the plan",
        "Ukraine fears the winter",
        "Trump welcomed Zelensky to the White House",
        "Trump threatens to send Tomahawks to Ukraine",
    ],
)
def test_what_is_negated_open_a_greeting_or_their_own_aid_is_no_reaction(title: str) -> None:
    assert told(title) == set()


def test_a_judgement_in_a_quotation_is_its_speakers_and_answers_what_was_spoken_of_before() -> None:
    text = 'Washington may send Tomahawks to Ukraine.\n\n"This would be a serious escalation," Lavrov said on Tuesday.'
    article = prose("Moscow reacts", text)
    start = article.document.index("This would")
    words = "This would be a serious escalation,"
    speaker = next(entity.name for entity in article.entities if "Lavrov" in entity.name)
    quote = Quote(text=words, start=start, end=start + len(words), speaker=speaker, speaker_id=None, channel=None)
    (one,) = found(article, quotes=(quote,))
    assert (one.by, one.kind, one.about) == (speaker, "warning", TOMAHAWK)
    assert one.answers is not None
    assert one.answers.text == "Washington may send Tomahawks to Ukraine"


def test_an_answer_to_an_event_names_the_event_and_where_it_is_told() -> None:
    article = prose(
        "Trump and Putin speak by phone", "Trump spoke with Putin on Monday. The Kremlin confirmed the call."
    )
    place = article.document.index("Trump spoke with Putin")
    event = Event(
        type="call",
        participants=("Donald Trump", "Vladimir Putin"),
        when=None,
        where=None,
        status="held",
        evidence=article.span(place, place + len("Trump spoke with Putin")),
    )
    (one,) = found(article, events=(event,))
    assert (one.by, one.kind, one.about) == ("Kremlin", "confirmation", "call: Donald Trump, Vladimir Putin")
    assert one.answers == event.evidence


def test_a_denial_of_a_report_answers_the_words_of_who_made_it() -> None:
    text = "Zelensky said that North Korean troops had arrived. Lavrov denied the claims on Friday."
    article = prose("Kyiv and Moscow trade words", text)
    start = article.document.index("that North")
    said = Quote(
        text="North Korean troops had arrived",
        start=start + 5,
        end=start + 5 + len("North Korean troops had arrived"),
        speaker="Volodymyr Zelensky",
        speaker_id=None,
        channel=None,
    )
    (one,) = found(article, quotes=(said,))
    assert (one.kind, one.about) == ("denial", "claim: Volodymyr Zelensky")
    assert one.answers is not None
    assert one.answers.text == said.text


def test_a_denial_without_a_named_claim_says_what_is_denied() -> None:
    article = prose("Moscow speaks", "The Kremlin denied that its drones had crossed the border.")
    (one,) = found(article)
    assert (one.by, one.kind, one.about) == ("Kremlin", "denial", "its drones had crossed the border")
    assert one.answers is None


def test_a_capital_speaks_for_its_country_and_an_office_for_itself() -> None:
    (one,) = found(prose("Moscow rejects the ceasefire proposal"))
    assert (one.by, one.by_id) == ("Russia", "Q159")
    (one,) = found(prose("The White House rejects the ceasefire proposal"))
    assert one.by == "White House"


def test_who_goes_on_behind_and_is_the_first_subject_of_the_sentence() -> None:
    text = "The Kremlin said the question of Tomahawk missiles for Ukraine was open and warned of a new escalation."
    assert ("Kremlin", "warning", TOMAHAWK) in told("Arms for Kyiv", text)
