"""Scores to topics, and the evidence sentence."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.understand.topics import decide, evidence

DOCUMENT = "Storm hits coast\n\nRain fell. The envoys met in Geneva to talk peace. Schools closed."


def test_the_sentence_whose_tokens_weigh_most_is_the_evidence() -> None:
    at = DOCUMENT.index("envoys")
    found = evidence(DOCUMENT, [(0, 5, 0.1), (at, at + 6, 2.0), (DOCUMENT.index("Schools"), len(DOCUMENT), 0.3)])
    assert found is not None
    assert found.text == "The envoys met in Geneva to talk peace."
    assert DOCUMENT[found.start : found.end] == found.text


def test_only_a_topic_at_or_over_its_threshold_matches_and_has_evidence() -> None:
    shares = {"talks": [(0, 5, 1.0)], "missile_aid": [(0, 5, 1.0)]}
    talks, aid = decide(DOCUMENT, {"talks": 0.6, "missile_aid": 0.59}, shares, {"talks": 0.6, "missile_aid": 0.6})
    assert (talks.match, aid.match) == (True, False)
    assert talks.evidence is not None
    assert aid.evidence is None


@given(
    st.text(max_size=200), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 5), st.floats(-9, 9)), max_size=30)
)
def test_evidence_is_always_a_span_of_the_document(document: str, shares: list[tuple[int, int, float]]) -> None:
    found = evidence(document, [(start, start + length, share) for start, length, share in shares])
    if found is not None:
        assert document[found.start : found.end] == found.text != ""
