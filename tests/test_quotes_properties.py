"""What holds for quotations of any text, however hostile."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records.findings import Quote, Report
from monitor.understand import quotes
from monitor.understand.refer import Referents
from tests.quotes_builders import prose

PIECES = (
    "Trump|Putin|Kallas|he|she|said|says|told|wrote|added|according|to|that|and|,|.|?|:|;|\n|\n\n|\"|“|”|'|’|‘|«|»|(|)|—|-|the|"
    "president|a|official|Mr.|CNN|on|X|saying|who|with|of|“We will meet soon,”|“no deal at all”|very|good|1"
).split("|")


@given(st.lists(st.sampled_from(PIECES), max_size=80), st.booleans())
def test_spans_lie_inside_the_document_and_are_exact(pieces: list[str], spaced: bool) -> None:
    document = prose((" " if spaced else "").join(pieces), title="Trump: 'we will meet soon'")
    found, reports = quotes.find(document, Referents(document))
    assert (found, reports) == quotes.find(document, Referents(document))
    both: tuple[Quote | Report, ...] = (*found, *reports)
    for one in both:
        assert 0 <= one.start < one.end <= len(document.document)
        assert one.text == document.document[one.start : one.end]
        assert one.cue is None or one.cue.text == document.document[one.cue.start : one.cue.end]
        assert one.speaker not in one.about
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert all(before.end <= after.start for before, after in pairwise(reports))


@given(st.text(max_size=300), st.text(max_size=60))
def test_garbage_raises_nothing(text: str, title: str) -> None:
    document = prose(text, title=title)
    quotes.find(document, Referents(document))


@pytest.mark.parametrize(
    "pattern",
    [
        "he said ",
        '"a b c," he said, ',
        '"a b c" said that ',
        "'a b c' said ",
        '" ',
        "according to him ",
        '"a b c d\n',
        ': "a b c" ',
        "the president of the of the ",
        "Mr. Foo said ",
        "he said and ",
        "( said ) (",
        "'a ",
    ],
)
def test_a_hundred_thousand_hostile_characters_cost_little(pattern: str) -> None:
    document = prose((pattern * (100_000 // len(pattern)))[:100_000])
    document.sentences  # noqa: B018 - counted apart
    begun = time.process_time()
    quotes.find(document, Referents(document))
    # Linear work takes well under a second on a quiet machine; quadratic work took minutes.
    assert time.process_time() - begun < 15
