"""What a training step sees: paragraphs keep the spans of their sentences, and a cut network says what it said."""

import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.recipe.batches import STEP_CHARACTERS, labels_of, paragraph_batches, paragraphs, word_labels, word_starts
from models.recipe.narrow import narrowed
from models.recipe.network import TAGS, WIDTH, Network, Shape
from models.recipe.plan import Plan, student_plan, teacher_plans
from monitor.understand.annotated import TaggedSentence
from monitor.understand.folder import load_tokenizer, shipped_folder
from monitor.understand.windows import Window, windows

SENTENCES = (
    TaggedSentence(text="Putin was in Moscow.", spans=((0, 5, "person"), (13, 19, "place")), source="own"),
    TaggedSentence(text="The Kremlin said nothing.", spans=((4, 11, "organisation"),), source="own"),
    TaggedSentence(text="Two S-300 were seen near Odesa", spans=((4, 9, "weapon"), (25, 30, "place")), source="btc"),
    TaggedSentence(text="Yesterday's Grammy went to nobody", spans=((12, 18, "?"),), source="btc"),
)  # fmt: skip


@pytest.fixture(scope="module")
def tokenizer() -> tuple[object, object]:
    return load_tokenizer(shipped_folder())


@settings(deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=40), st.integers(0, 10_000))
def test_every_span_of_a_paragraph_still_covers_its_name(sentences: list[TaggedSentence], seed: int) -> None:
    names = sorted(one.text[start:end].casefold() for one in sentences for start, end, _ in one.spans)
    found = [
        item.article.document[start:end].casefold()
        for item in paragraphs(sentences, random.Random(seed))
        for start, end, _ in item.spans
    ]
    assert sorted(found) == names


@settings(deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=60), st.integers(0, 10_000))
def test_a_step_of_the_tagger_stays_within_its_size_and_shows_every_sentence(
    sentences: list[TaggedSentence], seed: int
) -> None:
    batches = paragraph_batches(sentences, 1.0, random.Random(seed))
    for batch in batches:
        longest = max(len(item.article.document) for item in batch)
        assert len(batch) == 1 or len(batch) * longest <= STEP_CHARACTERS
    shown = sum(len(item.spans) for batch in batches for item in batch)
    assert shown == sum(len(one.spans) for one in sentences)


def test_words_get_the_tags_of_their_spans_and_unknown_ones_none(tokenizer: tuple[object, object]) -> None:
    for item in paragraphs(SENTENCES, random.Random(3)):
        (window,) = windows(item.article, *tokenizer, limit=1)  # type: ignore[arg-type]
        labelled = dict(word_labels(item, window))
        starts = word_starts([window])[0].nonzero().flatten().tolist()
        for position in starts:
            start = window.offsets[position][0]
            inside = next((kind for first, last, kind in item.spans if first <= start < last), "O")
            if inside == "?":
                assert position not in labelled, "nothing is learnt from a word that may or may not be a name"
            else:
                assert TAGS[labelled[position]].rpartition("-")[2] == inside
        assert set(labelled) <= set(starts)
        assert labels_of([item], [window]).shape == (1, len(window.ids))


def _window(number: int) -> Window:
    ids = (101, *range(2000 + number, 2012 + number), 102)
    gone = ((-1, -1),) * len(ids)
    return Window(ids=ids, cases=(0,) * len(ids), offsets=gone, words=(-1,) * len(ids), fresh=(False,) * len(ids))


def _said(network: Network) -> torch.Tensor:
    ids = torch.tensor([_window(7).ids])
    with torch.no_grad():
        answers = network(ids, torch.ones_like(ids), torch.zeros_like(ids))
    return torch.cat([answer.flatten() for answer in answers])


def test_cutting_units_that_do_nothing_changes_no_answer() -> None:
    torch.manual_seed(1)
    whole = Network(Shape(layers=3, inner=64), empty=True).eval()
    with torch.no_grad():
        for layer in whole.encoder.encoder.layer:
            layer.output.dense.weight[:, ::2] = 0.0
    cut = narrowed(whole, (0, 1, 2), 32, [_window(number) for number in range(4)])
    assert cut.encoder.encoder.layer[0].intermediate.dense.weight.shape == (32, WIDTH)
    assert torch.allclose(_said(whole), _said(cut.eval()), atol=1e-5)


def test_layers_are_kept_by_number() -> None:
    torch.manual_seed(2)
    whole = Network(Shape(layers=3, inner=16), empty=True)
    cut = narrowed(whole, (0, 2), 16, [_window(1)])
    second, third = cut.encoder.encoder.layer[1], whole.encoder.encoder.layer[2]
    assert torch.equal(second.attention.self.query.weight, third.attention.self.query.weight)
    assert len(cut.encoder.encoder.layer) == 2


def test_teachers_differ_and_only_the_student_is_rounded() -> None:
    plan = Plan(seed=5)
    teachers = teacher_plans(plan)
    assert len({(run.seed, run.encoder_dropout) for run in teachers}) == 3
    assert all(run.rounded_from == 1.0 for run in teachers)
    assert student_plan(plan).rounded_from < 1.0
