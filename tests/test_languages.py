"""The setting ``languages`` from file to findings: checked, loaded, gone through by the jobs, shown by the commands."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from monitor import config, weights, wiring
from monitor.cli import cli
from monitor.config import Settings
from monitor.errors import ConfigError, DocumentError, ModelError
from monitor.extract.language import LANGUAGES, MEANT
from monitor.jobs.services import Services
from monitor.jobs.table import JOBS
from monitor.records.articles import Article, EntryState, LanguageRow, StoredArticle, Translation
from monitor.store import Store
from monitor.understand import gloss
from monitor.understand.reader import Reader
from monitor.understand.routes import Routes
from tests import tiny_translator
from tests.store_builders import NOW, add_feed, item, poll, states
from tests.test_brought import tiny_model
from tests.tiny_translator import BREAD, CALL, WORDS

RUSSIAN = ("Президенты поговорили по телефону", "Они обсудили окончание войны и следующую встречу в Женеве.")
GERMAN = ("Die Präsidenten telefonierten miteinander", "Sie sprachen über das Ende des Krieges und ein Treffen.")


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_translator.save(tmp_path_factory.mktemp("translators") / "opus-mt-uk-en")


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    labels = ["talks", "missile_aid"]
    folder = tmp_path_factory.mktemp("classifiers") / "multilingual"
    return tiny_model(folder, labels, problem_type="multi_label_classification")


def settings(**languages: dict[str, Any]) -> Settings:
    # What is not named is skipped here, whatever the defaults are.
    skipped: dict[str, Any] = {code: {} for code in config.UNNAMED}
    return Settings.model_validate({"gate": 1e-9, "shadow": False, "languages": skipped | languages})


def toml(folder: Path, content: str) -> Path:
    file = folder / "languages.toml"
    file.write_text(content)
    return file


def test_the_settings_file_names_a_route_per_language(tmp_path: Path) -> None:
    file = toml(
        tmp_path,
        '[languages.uk]\nroute = "translate"\nmodel = "hub/opus-mt-uk-en"\ndeadline = 20\n'
        '[languages.ru]\nroute = "classifier"\nmodel = "hub/multilingual"\nthresholds = { talks = 0.7 }\n'
        "[languages.de]\n",
    )
    found = config.load(file).languages
    routes = {code: found[code].route for code in ("uk", "ru", "de")}
    assert routes == {"uk": "translate", "ru": "classifier", "de": "skip"}
    assert (found["uk"].deadline, found["uk"].max_characters, found["ru"].thresholds) == (20.0, 10_000, {"talks": 0.7})
    shown = CliRunner().invoke(cli, ["--config", str(file), "config"])
    assert '"uk": {"route": "translate", "model": "hub/opus-mt-uk-en", "deadline": 20.0}' in shown.output


def test_a_language_that_is_not_named_keeps_its_default_route(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "UNNAMED", {"uk": {"route": "gloss"}, "ru": {"route": "gloss"}})
    assert set(Settings().languages) == {"uk", "ru"}
    named = Settings.model_validate({"languages": {"de": {}, "uk": {"route": "skip"}}})
    assert {code: language.route for code, language in named.languages.items()} == {
        "uk": "skip",
        "ru": "gloss",
        "de": "skip",
    }


def test_what_can_be_glossed_by_the_settings_is_what_there_are_words_for() -> None:
    assert set(config.GLOSSED) == set(gloss.LANGUAGES)
    assert {code for code, fields in config.UNNAMED.items() if fields.get("route") == "gloss"} <= set(gloss.LANGUAGES)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[languages.uk]\nroute = "translate"\n', ["'languages.uk'", "'translate' needs a model"]),
        ('[languages.uk]\nroute = "guess"\n', ["'languages.uk.route'", "'guess'", "'classifier'"]),
        ('[languages.uk]\nroute = "gloss"\nmodel = "x"\n', ["'gloss' takes no 'model'"]),
        ('[languages.ru]\nroute = "classifier"\nmodel = "x"\ndeadline = 5\n', ["takes no 'deadline'"]),
        ('[languages.uk]\nroute = "translate"\nmodel = "x"\ndeadline = 900\n', ["'languages.uk.deadline'", "120"]),
        ('[languages.de]\nroute = "gloss"\n', ["'de'", "['ru', 'uk']"]),
        ('[languages.en]\nroute = "skip"\n', ["English is what the model reads"]),
        ('[languages.ukr]\nroute = "gloss"\n', ["'ukr' is no ISO 639-1 code", "'uk'"]),
        ('[languages.uk]\nroad = "gloss"\n', ["'languages.uk.road'"]),
        ('languages = "uk"\n', ["'languages'"]),
    ],
)
def test_a_wrong_route_is_told_with_what_is_wrong_and_what_to_do(
    tmp_path: Path, content: str, words: list[str]
) -> None:
    with pytest.raises(ConfigError) as told:
        config.load(toml(tmp_path, content))
    assert [word for word in words if word not in str(told.value)] == []


def test_a_language_that_is_never_told_is_refused_with_the_one_that_is_meant() -> None:
    with pytest.raises(ConfigError, match=r"'ua'.*Did you mean 'uk'\?"):
        weights.routes(settings(ua={"route": "skip"}))
    with pytest.raises(ConfigError, match=r"'qq'.*Use one of"):
        weights.routes(settings(qq={}))
    assert set(MEANT.values()) <= set(LANGUAGES)
    assert not set(MEANT) & set(LANGUAGES)


def test_a_missing_model_and_a_threshold_of_no_topic_stop_the_start(tmp_path: Path, classifier: Path) -> None:
    for route in ("translate", "classifier"):
        with pytest.raises(ModelError, match=r"nowhere does not exist.*languages\.uk\.model"):
            weights.routes(settings(uk={"route": route, "model": str(tmp_path / "nowhere")}))
    with pytest.raises(ConfigError, match=r"languages\.ru\.thresholds.*'aid'"):
        weights.routes(settings(ru={"route": "classifier", "model": str(classifier), "thresholds": {"aid": 0.5}}))


def test_a_model_for_two_languages_is_loaded_once(translator: Path) -> None:
    plan = {"route": "translate", "model": str(translator)}
    ours = weights.routes(settings(uk=plan, be=plan, ru={"route": "gloss"}, de={}))
    assert ours._translators["uk"] is ours._translators["be"]
    assert set(ours._translators) == {"uk", "be"}
    assert set(ours._readers) == {"ru"}
    ours.close()


def test_languages_with_a_route_are_read_and_the_others_not() -> None:
    policy = wiring.read_policy(settings(uk={"route": "gloss"}, de={"route": "skip"}))
    assert policy.languages == {"en", "uk"}


@contextmanager
def at_work(store: Store, chosen: Settings) -> Iterator[Services]:
    """The services on a store that holds one entry in each of five ways."""
    texts = [CALL, BREAD, RUSSIAN, GERMAN, ("Bakers raise prices", "A loaf of bread costs more in the city.")]
    entries = [item(n, url="", title=title, summary=summary) for n, (title, summary) in enumerate(texts)]
    poll(store, add_feed(store, language=""), *entries)
    clock = {"clock": lambda: NOW, "stopping": threading.Event(), "holder": "test"}
    with wiring.services(chosen, store, **clock) as services:  # type: ignore[arg-type]
        yield services


def work(services: Services) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in ("screen", "read", "analyse"):
        while done := JOBS[name](services):
            counts |= done.counts
    return counts


def stored(store: Store) -> list[Any]:
    query = "SELECT language, title, text, translated_title, translated_text, translation FROM articles ORDER BY id"
    with store._database.read() as connection:
        return list(connection.execute(text(query)))


def test_every_language_goes_its_way_into_sql(store: Store, translator: Path, classifier: Path) -> None:
    chosen = settings(
        uk={"route": "translate", "model": str(translator)},
        ru={"route": "classifier", "model": str(classifier), "thresholds": {"talks": 0.001, "missile_aid": 1.0}},
    )
    with at_work(store, chosen) as services:
        work(services)
    assert states(store) == {EntryState.MATCHED: 2, EntryState.UNMATCHED: 2, EntryState.SKIPPED: 1}
    ukrainian = {row.title: row for row in stored(store) if row.language == "uk"}
    call = ukrainian[CALL[0]]
    assert (call.text, call.translated_title) == (CALL[1], WORDS[CALL[0]])
    assert call.translation.startswith("opus-mt-uk-en@")
    assert [row.translation for row in stored(store) if row.language in {"ru", "en"}] == [None, None]
    by_language = {match.language: match for match in store.findings.matches()}
    assert set(by_language) == {"uk", "ru"}
    translated = by_language["uk"]
    assert (translated.title, translated.translation) == (CALL[0], call.translation)
    assert translated.evidence
    assert by_language["ru"].translation is None
    assert store.entries.by_language() == (
        LanguageRow(language="uk", seen=2, routed=2, skipped=0, matched=1),
        LanguageRow(language="de", seen=1, routed=0, skipped=1, matched=0),
        LanguageRow(language="en", seen=1, routed=1, skipped=0, matched=0),
        LanguageRow(language="ru", seen=1, routed=1, skipped=0, matched=1),
    )
    assert_spans_lie_where_they_claim(store, "uk")


def assert_spans_lie_where_they_claim(store: Store, *languages: str) -> None:
    """As docs/languages.md says it: in the translation where a translator is named, else in the original."""
    places = (
        "SELECT a.*, n.start_offset AS first, n.end_offset AS past, n.text AS words FROM mentions n "
        "JOIN articles a ON a.id = n.article_id UNION ALL "
        "SELECT a.*, m.evidence_start, m.evidence_end, m.evidence FROM matches m "
        "JOIN articles a ON a.id = m.article_id WHERE m.evidence <> ''"
    )
    with store._database.read() as connection:
        rows = list(connection.execute(text(places)))
    assert set(languages) <= {row.language for row in rows}
    for row in rows:
        own = row.translation in {None, "gloss"}
        document = f"{row.title}\n\n{row.text}" if own else f"{row.translated_title}\n\n{row.translated_text}"
        assert document[row.first : row.past] == row.words


def glossed(title: str, body: str, language: str) -> tuple[str, str]:
    found, _ = gloss.article_gloss(Article(id="1", title=title, text=body, language=language))
    return found.title, found.text


def test_a_gloss_of_headlines_in_two_languages_goes_into_sql_beside_their_own_words(store: Store) -> None:
    with at_work(store, settings(uk={"route": "gloss"}, ru={"route": "gloss"})) as services:
        work(services)
    rows = {row.title: row for row in stored(store)}
    for title, body, language in ((*CALL, "uk"), (*RUSSIAN, "ru")):
        row = rows[title]
        assert (row.text, row.language, row.translation) == (body, language, "gloss")
        assert (row.translated_title, row.translated_text) == glossed(title, body, language)
    matches = {match.language: match for match in store.findings.matches(topic="talks")}
    assert matches["uk"].translation == "gloss"
    assert matches["uk"].title == CALL[0]
    assert matches["uk"].evidence in "\n\n".join(CALL)
    assert {"Donald Trump", "Vladimir Putin"} <= set(matches["uk"].entities)
    assert_spans_lie_where_they_claim(store, "uk")


class Watching:
    """In the place of a candidate: remembers what it was given to score."""

    def __init__(self) -> None:
        self.seen: list[Article] = []

    def score(self, _store: Store, given: Sequence[StoredArticle], **_: object) -> int:
        self.seen += [row.article for row in given]
        return len(given)


def test_a_candidate_is_shown_what_the_live_model_read(store: Store, classifier: Path) -> None:
    plans = {"uk": {"route": "gloss"}, "ru": {"route": "classifier", "model": str(classifier)}}
    watching = Watching()
    with at_work(store, settings(**plans)) as services:
        work(replace(services, shadow=watching))  # type: ignore[arg-type]
    assert {article.language for article in watching.seen} == {"en"}
    assert glossed(*CALL, "uk") in {(article.title, article.text) for article in watching.seen}
    assert len(watching.seen) == 3


def test_what_the_gate_cannot_translate_is_skipped_with_the_reason(store: Store, translator: Path) -> None:
    plan = {"route": "translate", "model": str(translator), "deadline": 1e-6}
    with at_work(store, settings(uk=plan)) as services:
        work(services)
    reasons = {row.reason: row.count for row in store.entries.funnel() if row.state is EntryState.SKIPPED}
    assert reasons["language: uk, not translated within Ne-N s"] == 2
    assert store.entries.by_language()[0] == LanguageRow(language="uk", seen=2, routed=0, skipped=2, matched=0)
    assert stored(store)[0].language == "en"


def test_without_a_gate_every_page_is_read_and_the_model_is_not_asked_first(store: Store) -> None:
    def screen(articles: Sequence[Article]) -> list[Any]:
        assert not articles, "what it says makes no difference"
        return []

    with at_work(store, settings(uk={"route": "gloss"})) as services:
        ungated = replace(services, read_policy=replace(services.read_policy, gate=0.0))
        reader = SimpleNamespace(model=services.reader.model, screen=screen)
        done = JOBS["screen"](replace(ungated, reader=reader))
        assert done.counts == {"screened_to_read": 3, "screened_skipped": 2}
        work(ungated)
    assert set(states(store)) <= {EntryState.MATCHED, EntryState.UNMATCHED, EntryState.SKIPPED}
    assert sum(row.routed for row in store.entries.by_language()) == 3


class Failing:
    """Translates titles with summaries at the gate; later it has no words left."""

    def __init__(self, good: int) -> None:
        self.left = good

    def translate(self, article: Article) -> Translation:
        self.left -= 1
        if self.left < 0:
            raise DocumentError("the translator failed: no words")
        return Translation(title="Talks", text="Trump and Putin agreed on talks.", by="fake@0")


def test_an_article_that_cannot_be_translated_ends_skipped_and_so_does_its_twin(store: Store) -> None:
    with at_work(store, settings(uk={"route": "gloss"})) as services:
        english = Reader(weights.classifier(settings()))
        failing = replace(services, reader=Routes(english, translators={"uk": Failing(good=2)}))
        counts = work(failing)
        english.close()
    assert counts["analysed_skipped"] == 2
    rows = [row for row in store.entries.funnel() if row.state is EntryState.SKIPPED]
    assert ("language: uk, the translator failed: no words", 2) in [(row.reason, row.count) for row in rows]
    assert [row.translation for row in stored(store)] == [None] * 3
    assert store.findings.claim(now=NOW, limit=9, holder="b", lease=failing.sizes.lease) == ()


def test_what_is_not_begun_when_the_time_is_up_waits_for_the_next_round(store: Store) -> None:
    with at_work(store, settings(uk={"route": "gloss"})) as services:
        english = Reader(weights.classifier(settings()))
        slow = replace(services, reader=Routes(english, translators={"uk": Failing(good=99)}, patience=0.0))
        first = JOBS["screen"](slow)
        assert first.counts["screened_to_read"] == 2
        assert states(store)[EntryState.NEW] == 1
        work(slow)
        english.close()
    assert EntryState.NEW not in states(store)
    assert EntryState.TO_ANALYSE not in states(store)
    assert [row.translation for row in stored(store) if row.language == "uk"] == ["fake@0"] * 2


def test_the_status_counts_each_language_with_its_route(store: Store, database_url: str, tmp_path: Path) -> None:
    file = toml(tmp_path, '[languages.uk]\nroute = "gloss"\n')
    with at_work(store, settings()) as services:
        work(services)
    whole = CliRunner().invoke(cli, ["--config", str(file), "--db", database_url, "status", "--json"])
    told = {row["language"]: row for row in json.loads(whole.stdout)["languages"]}
    assert told["uk"] == {"language": "uk", "route": "gloss", "seen": 2, "routed": 0, "skipped": 2, "matched": 0}
    assert (told["en"]["route"], told["en"]["routed"], told["de"]["route"]) == ("read", 1, "skip")
    people = CliRunner().invoke(cli, ["--db", database_url, "status"])
    assert "Languages" in people.output
    assert "skip" in people.output


def analysed(file: Path, *rows: tuple[str, str]) -> list[dict[str, Any]]:
    lines = "\n".join(json.dumps({"id": str(n), "title": title, "text": body}) for n, (title, body) in enumerate(rows))
    result: Result = CliRunner().invoke(cli, ["--config", str(file), "analyze", "--jsonl"], input=lines)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_analyze_takes_each_document_s_route(tmp_path: Path, translator: Path, classifier: Path) -> None:
    content = (
        f'[languages.uk]\nroute = "translate"\nmodel = "{translator}"\n'
        f'[languages.ru]\nroute = "classifier"\nmodel = "{classifier}"\n'
    )
    call, russian, german = analysed(toml(tmp_path, content), CALL, RUSSIAN, GERMAN)
    assert (call["language"], call["match"], call["spans_in"]) == ("uk", True, "translation")
    document = "{title}\n\n{text}".format(**call["translation"])
    spans = [call["topics"]["talks"]["evidence"], *(span for row in call["entities"] for span in row["mentions"])]
    assert all(document[span["start"] : span["end"]] == span["text"] for span in spans)
    assert {"Donald Trump", "Vladimir Putin"} <= {row["name"] for row in call["entities"]}
    assert russian["model"].startswith("multilingual@")
    assert (russian["language"], russian["spans_in"], russian["translation"]) == ("ru", "original", None)
    assert (german["language"], german["match"], german["skipped"]) == ("de", False, "language: de")
    assert german["topics"]["talks"] == {"score": 0.0, "match": False, "evidence": None}
