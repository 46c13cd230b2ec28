"""Taking the evidence out of a document."""

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from monitor.records.articles import Article
from monitor.text import sentences
from monitor.understand.model import Reading
from monitor.understand.occlusion import evidence_figures, without
from monitor.understand.reader import Reader

WORD = "Tomahawk"


class Wordy:
    """A classifier that looks for one word and says so: its evidence is known to be right."""

    name = "wordy@000000000000"
    thresholds: Mapping[str, float] = {"missile_aid": 0.5}

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        return [self._one(article.document) for article in articles]

    def _one(self, document: str) -> Reading:
        at = document.find(WORD)
        shares = ((at, at + len(WORD), 5.0),) if at >= 0 else ()
        return Reading(
            scores={"missile_aid": 0.9 if at >= 0 else 0.1}, shares={"missile_aid": shares}, tagged=(), embedding=()
        )

    def screen(self, articles: Sequence[Article]) -> list[Mapping[str, float]]:
        return [reading.scores for reading in self.read(articles)]

    def close(self) -> None:
        pass


def test_evidence_that_carries_the_score_is_missed_and_another_sentence_is_not() -> None:
    article = Article(
        id="1", title="A request", text="It rained all day. Kyiv asked for the Tomahawk. Nobody answered."
    )
    (row,) = evidence_figures(Reader(Wordy()), [article])
    assert (row.topic, row.n) == ("missile_aid", 1)
    assert round(row.without_evidence, 6) == 0.8
    assert row.without_another == 0.0
    assert row.evidence_weighs_more == 1.0


def test_documents_of_one_or_two_sentences_prove_nothing_and_are_left_out() -> None:
    assert evidence_figures(Reader(Wordy()), [Article(id="1", title="Tomahawk asked for", text="")]) == []


@given(st.text(alphabet="ab .\n", max_size=30), st.text(alphabet="ab .\n", max_size=60), st.randoms())
def test_what_is_left_is_the_document_without_that_sentence(title: str, text: str, dice: object) -> None:
    article = Article(id="", title=" ".join(title.split()), text=text.strip())
    for start, end in sentences(article.document):
        rest = without(article, (start, end)).document
        joined = "".join(rest.split())
        assert joined == "".join((article.document[:start] + article.document[end:]).split())
