"""A transformers model of somebody else's in place of the shipped one: real loading code on tiny models made here."""

from pathlib import Path
from typing import Any

import pytest

from monitor.config import Settings
from monitor.errors import ModelError
from monitor.records.articles import Article
from monitor.understand.brought import BroughtClassifier
from monitor.understand.reader import Reader
from monitor.weights import classifier

ARTICLE = Article(id="a", title="Envoys meet", text="Vladimir Putin and Donald Trump spoke about the war.")


def tiny_model(folder: Path, labels: list[str], **more: Any) -> Path:
    """Save a real, untrained BERT of a few thousand weights with its tokenizer."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir()
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *"abcdefghijklmnopqrstuvwxyz",
        *(f"##{c}" for c in "abcdeinrst"),
    ]
    (folder / "vocab.txt").write_text("\n".join(words))
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        id2label=dict(enumerate(labels)),
        label2id={label: at for at, label in enumerate(labels)},
        **more,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def test_a_zero_shot_model_scores_both_topics_and_known_names_are_still_found(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "nli", ["contradiction", "neutral", "entailment"])
    reader = Reader(BroughtClassifier(str(folder)))
    (found,) = reader.understand([ARTICLE])
    assert [topic.name for topic in found.topics] == ["talks", "missile_aid"]
    assert all(0 < topic.score < 1 for topic in found.topics)
    assert found.model.startswith("nli@")
    assert {"Vladimir Putin", "Donald Trump"} <= {entity.name for entity in found.entities}


def test_a_fine_tuned_multi_label_model_is_read_by_its_own_labels(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "own", ["missile_aid", "talks"], problem_type="multi_label_classification")
    brought = BroughtClassifier(str(folder), thresholds={"talks": 0.9})
    (scores,) = brought.screen([ARTICLE])
    assert set(scores) == {"talks", "missile_aid"}
    assert sum(scores.values()) != pytest.approx(1.0)
    assert brought.thresholds == {"talks": 0.9, "missile_aid": 0.5}


def test_the_same_text_gets_the_same_answer_in_any_company(tmp_path: Path) -> None:
    brought = BroughtClassifier(str(tiny_model(tmp_path / "nli", ["contradiction", "entailment"])))
    alone = brought.read([ARTICLE])[0].scores
    among = brought.read([Article(id="b", title="x", text="y " * 500), ARTICLE])[1].scores
    assert alone == pytest.approx(among)


def test_a_model_whose_labels_say_nothing_of_the_topics_is_refused(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "other", ["positive", "negative"])
    with pytest.raises(ModelError, match="neither an NLI model"):
        BroughtClassifier(str(folder))


def test_the_setting_names_the_model_and_a_wrong_path_is_told(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "nli", ["contradiction", "entailment"])
    assert classifier(Settings(model=str(folder))).name.startswith("nli@")
    with pytest.raises(ModelError, match="does not exist"):
        classifier(Settings(model=str(tmp_path / "nothing")))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="cannot load the model"):
        classifier(Settings(model=str(tmp_path / "empty")))
