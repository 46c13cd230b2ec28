"""Every language by its route: who reads what, in which order, and what happens to what nobody can read."""

from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import DocumentError
from monitor.records.articles import Article, Translation
from monitor.records.findings import TOPICS, Findings, Unread
from monitor.understand.gloss import article_gloss
from monitor.understand.glossed import GlossReader
from monitor.understand.model import Reading
from monitor.understand.reader import Reader
from monitor.understand.routes import Routes

ENGLISH = Article(id="en-1", title="Envoys meet", text="Putin spoke.", language="en")
NAMES = Article(id="names", title="Trump, Putin", text="", language=None)
UKRAINIAN = Article(id="uk-1", title="Посли зустрілися", text="Путін говорив.", language="uk")
RUSSIAN = Article(id="ru-1", title="Послы встретились", text="Путин говорил.", language="ru")
GERMAN = Article(id="de-1", title="Gesandte treffen sich", text="Putin sprach.", language="de")


class FakeClassifier:
    """Finds what it was told to look for, and remembers what it was shown."""

    def __init__(self, name: str, word: str) -> None:
        self.name = name
        self.thresholds: Mapping[str, float] = dict.fromkeys(TOPICS, 0.5)
        self.seen: list[Article] = []
        self.closed = 0
        self._word = word

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        return [Reading(scores=scores, shares={}, tagged=(), embedding=()) for scores in self.screen(articles)]

    def screen(self, articles: Sequence[Article]) -> list[Mapping[str, float]]:
        self.seen += articles
        return [dict.fromkeys(TOPICS, 0.9 if self._word in article.document else 0.1) for article in articles]

    def close(self) -> None:
        self.closed += 1


class FakeTranslator:
    """Knows one sentence, and fails on what has a given title."""

    def __init__(self, fails_on: str = "") -> None:
        self.asked: list[Article] = []
        self._fails_on = fails_on

    def translate(self, article: Article) -> Translation:
        self.asked.append(article)
        if article.title == self._fails_on:
            raise DocumentError("not translated within 90 s")
        return Translation(title="In English", text="Vladimir Putin spoke.", by="fake-mt@0")


def routes(translator: FakeTranslator | None = None, **more: object) -> tuple[Routes, FakeClassifier, FakeClassifier]:
    english, russian = FakeClassifier("english@0", "Putin"), FakeClassifier("russian@0", "Путин")
    made = Routes(
        Reader(english),
        translators={"uk": translator or FakeTranslator()},
        readers={"ru": Reader(russian)},
        **more,  # type: ignore[arg-type]
    )
    return made, english, russian


def test_each_article_goes_its_language_s_way_and_comes_back_in_its_place() -> None:
    ours, english, russian = routes()
    found = ours.understand([UKRAINIAN, ENGLISH, RUSSIAN, GERMAN, NAMES])
    assert [row.article_id for row in found] == ["uk-1", "en-1", "ru-1", "de-1", "names"]
    assert [row.model if isinstance(row, Findings) else row.reason for row in found] == [
        "english@0",
        "english@0",
        "russian@0",
        "language: de",
        "english@0",
    ]
    assert [article.language for article in english.seen] == ["en", None, "en"]
    assert russian.seen == [RUSSIAN]


def test_findings_of_a_translation_are_the_original_s_with_spans_in_the_translation() -> None:
    (found,) = routes()[0].understand([UKRAINIAN])
    assert isinstance(found, Findings)
    assert found.translation is not None
    assert (found.language, found.spans_in, found.translation.by) == ("uk", "translation", "fake-mt@0")
    spans = [span for entity in found.entities for span in entity.mentions]
    assert spans
    assert all(found.translation.document[span.start : span.end] == span.text for span in spans)
    (plain,) = routes()[0].understand([RUSSIAN])
    assert isinstance(plain, Findings)
    assert (plain.language, plain.spans_in, plain.translation, plain.match) == ("ru", "original", None, True)


def test_the_gate_takes_the_same_route_as_the_whole_article() -> None:
    ours, english, russian = routes()
    answers = ours.screen([UKRAINIAN, RUSSIAN, GERMAN, ENGLISH])
    assert [answer["talks"] if isinstance(answer, Mapping) else answer.reason for answer in answers] == [
        0.9,
        0.9,
        "language: de",
        0.9,
    ]
    assert [article.id for article in english.seen] == ["en-1", "uk-1"]
    assert russian.seen == [RUSSIAN]


def test_a_text_that_cannot_be_translated_costs_no_other_its_findings() -> None:
    ours, _, _ = routes(FakeTranslator(fails_on=UKRAINIAN.title))
    other = Article(id="uk-2", title="Інше", text="", language="uk")
    first, second, third = ours.understand([UKRAINIAN, other, ENGLISH])
    assert first == Unread(article_id="uk-1", language="uk", reason="language: uk, not translated within 90 s")
    assert isinstance(second, Findings)
    assert isinstance(third, Findings)


def test_when_the_time_is_up_what_is_not_begun_is_left_for_later_and_the_rest_is_there() -> None:
    translator = FakeTranslator()
    clock = iter(range(0, 1000, 20))
    ours, _, _ = routes(translator, patience=30.0, clock=lambda: float(next(clock)))
    articles = [*(Article(id=str(n), title="т", text="", language="uk") for n in range(4)), ENGLISH, GERMAN]
    found = ours.understand(articles)
    assert [isinstance(row, Unread) and row.later for row in found] == [False, False, True, True, False, False]
    assert len(translator.asked) == 2


def test_one_text_is_translated_however_little_time_there_is() -> None:
    ours, _, _ = routes(patience=0.0)
    first, second = ours.understand([UKRAINIAN, UKRAINIAN])
    assert isinstance(first, Findings)
    assert isinstance(second, Unread)


GLOSSED = [
    Article(id="uk-2", title="Розмова", text="Дощ. Володимир Путін говорив про мир. Ціни.", language="uk"),
    Article(id="ru-2", title="Разговор", text="Дождь. Владимир Путин говорил о мире. Цены.", language="ru"),
]


def test_a_gloss_is_read_and_what_is_found_is_told_in_the_article_s_own_words() -> None:
    english = FakeClassifier("english@0", "Putin")
    found = Routes(Reader(english), glossed={"uk", "ru"}).understand([*GLOSSED, ENGLISH])
    assert [article.language for article in english.seen] == ["en", "en", "en"]
    for article, row in zip(GLOSSED, found, strict=False):
        assert isinstance(row, Findings)
        assert row.translation is not None
        assert (row.language, row.spans_in, row.translation.by) == (article.language, "original", "gloss")
        assert row.translation.document == article_gloss(article)[0].document
        spans = {span.text for entity in row.entities for span in entity.mentions if entity.name == "Vladimir Putin"}
        assert spans == {" ".join(article.text.split()[1:3])}
    assert found[2] == Reader(english).understand([ENGLISH])[0]


def test_the_gate_reads_the_gloss_too() -> None:
    english = FakeClassifier("english@0", "Putin")
    assert Routes(Reader(english), glossed={"uk"}).screen(GLOSSED)[0] == dict.fromkeys(TOPICS, 0.9)
    assert english.seen[0].title == article_gloss(GLOSSED[0])[0].title


WORDS = "Трамп Путін зустрів послів Зеленського , . « » США у Києві 5 Patriot ракети\n".split(" ")


# The first example loads the words.
@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=9), st.lists(st.sampled_from(WORDS), max_size=25))
def test_every_span_found_in_a_gloss_is_a_span_of_the_original(title: list[str], text: list[str]) -> None:
    article = Article(id="1", title=" ".join(title), text=" ".join(text), language="uk")
    (found,) = GlossReader(Reader(FakeClassifier("english@0", ""))).understand([article])
    spans = [span for entity in found.entities for span in entity.mentions]
    assert all(span.text and article.document[span.start : span.end] == span.text for span in spans)
    assert all(len(set(entity.mentions)) == len(entity.mentions) for entity in found.entities)


def test_closing_closes_every_reader_once() -> None:
    ours, english, russian = routes()
    ours.close()
    assert (english.closed, russian.closed) == (1, 1)


@given(st.lists(st.sampled_from([ENGLISH, UKRAINIAN, RUSSIAN, GERMAN, NAMES]), max_size=12))
def test_no_article_is_lost_or_moved_whatever_the_mix(articles: list[Article]) -> None:
    ours, english, russian = routes()
    assert [row.article_id for row in ours.understand(articles)] == [article.id for article in articles]
    assert len(ours.screen(articles)) == len(articles)
    assert len(english.seen) + len(russian.seen) == 2 * sum(article is not GERMAN for article in articles)
