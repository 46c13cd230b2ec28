"""Events of any text at all: spans exact, intervals ordered, the same twice, and no text that takes long."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.records.findings import Event
from monitor.understand import dates, events
from monitor.understand.events.lexicon import HEADS
from monitor.understand.prose import Prose
from monitor.understand.refer import Referents
from tests.aid_builders import prose

WORDS = (
    *sorted(HEADS)[::3],
    *"Trump Putin Zelensky Macron Russia Ukraine US U.S. Kyiv Moscow Paris Budapest Trump-Putin Russian".split(),
    *"the a his they he I both two leaders sides with between to in at after before and not no will would".split(),
    *", . : ; — “ ” ' ’s said that who was held cancelled planned Friday yesterday tomorrow August 2025".split(),
    "\n",
)
TYPES = {"call", "meeting", "visit", "talks_round", "offer", "ceasefire", "sanction", "delivery", "other"}
STATUSES = {"held", "under_way", "planned", "proposed", "called_off"}


def found_in(article: Prose) -> tuple[Event, ...]:
    return events.find(article, dates.find(article), Referents(article))


def check(article: Prose, found: tuple[Event, ...]) -> None:
    assert len(found) <= 6
    for event in found:
        span = event.evidence
        assert 0 <= span.start < span.end <= len(article.document)
        assert span.text == article.document[span.start : span.end]
        assert event.type in TYPES
        assert event.status in STATUSES
        assert len(set(event.participants)) == len(event.participants)
        assert all(event.participants)
        assert event.when is None or event.when.start <= event.when.end


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60), st.lists(st.sampled_from(WORDS), max_size=12))
def test_words_of_the_subject_in_any_order_keep_the_promises(body: list[str], title: list[str]) -> None:
    article = prose(" ".join(title).replace("\n", " "), " ".join(body))
    found = found_in(article)
    check(article, found)
    assert found_in(prose(" ".join(title).replace("\n", " "), " ".join(body))) == found


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=80))
def test_any_text_at_all_keeps_the_promises(body: str, title: str) -> None:
    article = prose(title, body)
    check(article, found_in(article))


HOSTILE = {
    "one endless sentence": "Trump met Putin and ",
    "calls without end": "the call with Putin, the call with Trump, ",
    "days without end": "Trump will meet Putin on Monday, on Tuesday, ",
    "heads alone": "talks ",
    "halting": "halt the all the all the ",
    "names alone": "Trump Putin Zelensky ",
    "states alone": "Russian and Ukrainian and US ",
    "titles": "the former Prime Minister of the ",
    "spaces": " " * 20,
    "marks": "“,”—;: ",
    "letters": "aaaaaaaaaaaaaaaaaaaa",
    "hyphens": "a-b-c-d-e-f-g-",
    "sentences": "Trump spoke to Putin. They met. ",
    "places": "talks in Paris in Kyiv in Moscow at the White House ",
    "sanctions": "sanctions ",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_of_100_000_characters_takes_no_long_time(unit: str) -> None:
    article = prose("", unit * (100_000 // len(unit)))
    times, _ = dates.find(article), article.sentences
    assert article.mentions is not None
    start = time.process_time()
    check(article, events.find(article, times))
    assert time.process_time() - start < 5.0


def test_shuffled_words_of_100_000_characters_take_no_long_time() -> None:
    chosen = random.Random(7).choices(WORDS, k=16_000)
    article = prose("", " ".join(chosen)[:100_000])
    times, _ = dates.find(article), article.sentences
    assert article.mentions is not None
    start = time.process_time()
    check(article, events.find(article, times))
    assert time.process_time() - start < 5.0
