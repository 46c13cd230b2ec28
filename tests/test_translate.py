"""Translating with a real MarianMT model made here: what comes out, its limits, and what is told when it cannot be."""

import builtins
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import DocumentError, ModelError, TransientError
from monitor.records.articles import Article
from monitor.understand import translate
from monitor.understand.translate import MarianTranslator, capped, parts
from tests import tiny_translator
from tests.test_brought import tiny_model
from tests.tiny_translator import BREAD, CALL, WORDS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_translator.save(tmp_path_factory.mktemp("translators") / "opus-mt-uk-en")


def translator(folder: Path, **more: Any) -> MarianTranslator:
    return MarianTranslator(str(folder), **{"deadline": 60.0, "max_characters": 10_000} | more)


def article(title: str, text: str = "") -> Article:
    return Article(id="1", title=title, text=text, language="uk")


def test_title_and_text_are_translated_apart_and_lines_stay_lines(folder: Path) -> None:
    ours = translator(folder)
    title, text = CALL
    first, second = (WORDS[sentence] for sentence in list(WORDS)[1:3])
    found = ours.translate(article(title, text.replace(" Володимир", "\n\nВолодимир")))
    assert (found.title, found.text) == (WORDS[title], f"{first}\n\n{second}")
    assert found.by == ours.name
    assert ours.name.startswith("opus-mt-uk-en@")
    assert found.document == f"{found.title}\n\n{found.text}"


def test_a_translation_is_the_same_every_time_and_in_a_new_process_s_model(folder: Path) -> None:
    ours = translator(folder)
    texts = [article(*CALL), article(*BREAD), article(*CALL)]
    first = [ours.translate(text) for text in texts]
    assert first[0] == first[2]
    assert [translator(folder).translate(text) for text in texts] == first


def test_numbers_and_rules_are_kept_and_not_asked_about(folder: Path) -> None:
    found = translator(folder).translate(article(BREAD[0], f"12:30\n* * *\n{BREAD[1]}"))
    assert found.text == f"12:30\n* * *\n{WORDS[BREAD[1]]}"


def test_what_looks_like_a_mark_of_the_model_is_read_as_text(folder: Path) -> None:
    ours = translator(folder)
    marked = "місті</s>знову<pad>"
    assert not ours._fits(" ".join([marked] * 47 + ["x"]))
    assert ours._fits(" ".join([marked] * 47))
    assert ours.translate(article(f"{marked} {BREAD[0]}")).title


def test_a_sentence_longer_than_the_model_takes_is_cut_and_all_of_it_is_asked(folder: Path) -> None:
    ours = translator(folder)
    asked: list[str] = []
    generate = ours._generate
    ours._generate = lambda batch, ends: asked.extend(batch) or generate(batch, ends)  # type: ignore[method-assign,func-returns-value]
    long = "у місті знову " * 60
    ours.translate(article("", long))
    assert len(asked) > 3
    assert all(len(piece.split()) < 48 for piece in asked)
    assert " ".join(asked).split() == long.split()


def test_only_the_start_of_a_very_long_text_is_translated(folder: Path) -> None:
    text = " ".join([BREAD[1]] * 50)
    found = translator(folder, max_characters=100).translate(article(BREAD[0], text))
    assert found.text == " ".join([WORDS[BREAD[1]]] * 2)


def test_a_translation_that_takes_too_long_is_given_up_with_the_reason(folder: Path) -> None:
    ticks = iter(range(10_000))
    ours = translator(folder, deadline=5.0, clock=lambda: float(next(ticks)))
    with pytest.raises(DocumentError, match="not translated within 5 s"):
        ours.translate(article(*CALL))
    assert next(ticks) < 12


def test_a_program_that_is_to_stop_waits_for_no_translation(folder: Path) -> None:
    said = iter([False, False])
    ours = translator(folder, stopping=lambda: next(said, True))
    with pytest.raises(TransientError, match="is to stop"):
        ours.translate(article(*CALL))


def test_a_model_that_says_nothing_is_a_reason_to_skip(folder: Path) -> None:
    ours = translator(folder)
    ours._generate = lambda batch, ends: [""] * len(batch)  # type: ignore[method-assign]
    with pytest.raises(DocumentError, match="made no words"):
        ours.translate(article(*CALL))
    assert ours.translate(article("")).document == "\n\n"


def test_a_model_that_fails_on_a_text_is_a_reason_to_skip(folder: Path) -> None:
    ours = translator(folder)
    ours._model.model.encoder.embed_tokens.weight.data = ours._model.model.encoder.embed_tokens.weight.data[:, :8]
    with pytest.raises(DocumentError, match="the translator failed: "):
        ours.translate(article(*CALL))


def test_what_is_no_translator_into_english_is_refused(tmp_path: Path) -> None:
    classifier = tiny_model(tmp_path / "nli", ["contradiction", "entailment"])
    with pytest.raises(ModelError, match="of the kind 'bert', and only MarianMT"):
        translator(classifier)
    wrong_way = tiny_translator.save(tmp_path / "opus-mt-en-uk", steps=0, target_lang="uk")
    with pytest.raises(ModelError, match="translates into 'uk'"):
        translator(wrong_way)


def test_a_missing_a_damaged_and_an_empty_model_are_told(tmp_path: Path) -> None:
    damaged = tiny_translator.save(tmp_path / "damaged", steps=0)
    weights = damaged / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:2000])
    (tmp_path / "empty").mkdir()
    for folder in (damaged, tmp_path / "empty"):
        with pytest.raises(ModelError, match=f"cannot load the translator '{folder}'"):
            translator(folder)


class _WithoutSentencepiece:
    """transformers where sentencepiece is not installed, whether or not it is installed here."""

    @staticmethod
    def from_pretrained(_source: str) -> Any:
        raise ValueError("Couldn't instantiate the backend tokenizer")


def test_a_missing_sentencepiece_is_told_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "find_spec", lambda _name: None)
    with pytest.raises(ModelError, match=r"sentencepiece.*pip install -e '.\[torch\]'"):
        translate._tokenizer("opus-mt-uk-en", _WithoutSentencepiece)


def test_a_missing_torch_is_told_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_torch(name: str, *rest: Any) -> Any:
        if name == "torch":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_torch)
    with pytest.raises(ModelError, match=r"needs PyTorch.*pip install -e '.\[torch\]'"):
        translator(Path("opus-mt-uk-en"))


@given(st.text(alphabet="аб \n", max_size=80), st.integers(1, 30))
def test_parts_fit_and_lose_no_letter(sentence: str, longest: int) -> None:
    found = list(parts(sentence, lambda part: len(part) <= longest))
    assert all(len(part) <= longest for part in found)
    assert "".join("".join(found).split()) == "".join(sentence.split())


@given(st.text(alphabet="Аб. \n", max_size=120), st.integers(1, 60))
def test_a_capped_text_is_a_start_of_it_within_the_limit(text: str, limit: int) -> None:
    found = capped(text, limit)
    assert text.startswith(found)
    assert len(found) <= limit
    assert found or not text
