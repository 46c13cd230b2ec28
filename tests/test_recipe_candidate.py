"""A candidate from a parent's folder: what it learns, what stays, and that the same gives the same."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from models.recipe import candidate
from models.recipe.data import Graded, own_articles
from monitor.config import Settings
from monitor.errors import ModelError
from monitor.jobs import pointer
from monitor.records.articles import Article
from monitor.records.feedback import JudgedArticle
from monitor.records.findings import Findings
from monitor.understand.folder import DOMAIN, verified_hash
from monitor.understand.reader import Reader
from monitor.weights import folder_classifier
from tests.recipe_builders import copied, labels_of, small_parent
from tests.store_builders import article

CALL = article(1, "Trump and Putin will meet in Budapest to end the war, the Kremlin said on Friday.")
BREAD = article(2, "A loaf of bread costs a tenth more than in spring, the bakers of Ljubljana said.")
JUDGED = (
    JudgedArticle(article=CALL, grades=(("talks", 2),)),
    JudgedArticle(article=BREAD, grades=(("talks", 0), ("missile_aid", 0))),
)
KNOWN = (Graded(article=article(3, "Two launchers will go to Kyiv in May, Berlin said."), grades=(0, 2)),)


@pytest.fixture(scope="module")
def parent() -> Path:
    return small_parent()


def made(parent: Path, folder: Path, judged: Sequence[JudgedArticle] = JUDGED, **plan: float) -> list[str]:
    lines: list[str] = []
    given = candidate.Plan(**{"epochs": 4, "batch": 1, "rate": 1e-3, "head_rate": 1e-2} | plan)  # type: ignore[arg-type]
    steps = candidate.make(parent, judged, KNOWN, folder, folder.name, given, report=lines.append)
    assert len(lines) == steps
    return lines


@pytest.fixture(scope="module")
def taught(parent: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "taught"
    made(parent, folder)
    return folder


def understood(folder: Path, *articles: Article) -> list[Findings]:
    reader = Reader(folder_classifier(Settings(), folder))
    try:
        return reader.understand(articles)
    finally:
        reader.close()


def scores(found: Findings) -> dict[str, float]:
    return {topic.name: topic.score for topic in found.topics}


def distance(folder: Path) -> float:
    """How far the scores of the judged articles are from what people said of them."""
    said = [scores(each) for each in understood(folder, *(item.article for item in JUDGED))]
    return sum(
        abs(grade / 2 - found[topic]) for item, found in zip(JUDGED, said, strict=True) for topic, grade in item.grades
    )


def test_what_people_said_draws_the_scores_of_what_they_judged(parent: Path, taught: Path) -> None:
    assert distance(taught) < distance(parent) - 0.2


def test_everything_but_the_weights_and_the_name_is_the_parent_s(parent: Path, taught: Path) -> None:
    assert labels_of(taught) == labels_of(parent) | {"name": "taught"}
    for file in ("tokenizer.json", DOMAIN):
        assert (taught / file).read_bytes() == (parent / file).read_bytes()
    assert verified_hash(taught) != verified_hash(parent)
    said = dict(line.split()[::-1] for line in (taught / "SHA256SUMS").read_text().splitlines())
    assert said == dict(pointer.sums(taught))


def test_a_parent_without_a_domain_has_a_candidate_without_one_and_one_step_is_the_least(
    parent: Path, tmp_path: Path
) -> None:
    plain = copied(parent, tmp_path / "plain")
    (plain / DOMAIN).unlink()
    row = labels_of(plain)
    del row["domain"]
    (plain / "labels.json").write_text(json.dumps(row))
    (line,) = made(plain, tmp_path / "taught", epochs=0.01, batch=8)
    assert line.startswith("step 1/1 loss: judged ")
    assert not (tmp_path / "taught" / DOMAIN).exists()
    assert "domain" not in labels_of(tmp_path / "taught")


def test_names_and_similarity_stay_close_to_the_parent_s(parent: Path, taught: Path) -> None:
    (before,), (after,) = understood(parent, CALL), understood(taught, CALL)
    likeness = sum(old * new for old, new in zip(before.embedding, after.embedding, strict=True))
    assert likeness > 0.95


def test_the_same_labels_and_seed_give_the_same_weights(parent: Path, taught: Path, tmp_path: Path) -> None:
    made(parent, tmp_path / "again")
    assert verified_hash(tmp_path / "again") == verified_hash(taught)


def test_damaged_weights_are_not_learnt_from(parent: Path, tmp_path: Path) -> None:
    broken = copied(parent, tmp_path / "broken")
    (broken / "model.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"model\.onnx is damaged"):
        made(broken, tmp_path / "taught")


def test_what_is_measured_is_never_rehearsed() -> None:
    measured = [item.article for item in own_articles()]
    kept = measured.pop()
    assert [item.article for item in candidate.rehearsal(9, 1, without=measured)] == [kept]
    assert candidate.rehearsal(9, 1, without=[]) == candidate.rehearsal(9, 1, without=[])
