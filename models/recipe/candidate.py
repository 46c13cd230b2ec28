"""A candidate: the shipped weights taught a little more by people's judgements on articles.

Only int8 weights are shipped, so the float network is read back from them. What learns is what the file keeps in full
precision, biases and layer norms (Ben Zaken et al. 2022), and the two topic heads: a few small steps move a weight of
the matrices by less than half a rounding step, and the export would round it all away. So that nothing else is
forgotten, every batch is half rehearsal from ``models/data``, and tags and embedding are held to what the parent says
of the same words.
"""

import json
import logging
import math
import random
import shutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from models.recipe.batches import batch_of
from models.recipe.data import Graded, own_articles
from models.recipe.dequantise import dequantised
from models.recipe.export import export, write_labels
from models.recipe.losses import GRADE_WEIGHTS, SOFT_TARGETS
from models.recipe.network import Network
from monitor.records.articles import Article
from monitor.records.feedback import JudgedArticle
from monitor.records.findings import TOPICS
from monitor.text import fingerprint
from monitor.understand.folder import DOMAIN, load_tokenizer, verified_hash
from monitor.understand.windows import Encode, Marks, Window, windows

Report = Callable[[str], None]
OWN_KEYS = frozenset({"name", "topics", "tags", "calibration", "thresholds"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that decides the outcome beside the judgements. ``epochs`` counts passes over the judged articles."""

    seed: int = 13
    epochs: float = 4.0
    batch: int = 8
    rehearsed: int = 8
    """Rehearsal articles beside each batch of judged ones."""
    rate: float = 3e-4
    head_rate: float = 1e-3
    kept_weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One article's windows, what to say of its topics, and what the parent said of everything else."""

    parts: tuple[Window, ...]
    target: tuple[float, ...]
    weight: tuple[float, ...]
    """Per topic; 0 where nobody has judged."""
    tags: tuple[torch.Tensor, ...]
    """Per window the parent's (T, G) log probabilities."""
    embedding: torch.Tensor
    """(windows, D): the parent's."""


def make(
    parent: Path,
    judged: Sequence[JudgedArticle],
    rehearsal: Sequence[Graded],
    folder: Path,
    name: str,
    plan: Plan,
    report: Report = print,
) -> int:
    """Teach the weights in ``parent`` the judgements and write the outcome to ``folder``; the number of steps.

    Tokenizer, domain, calibration, thresholds and whatever else ``parent``'s labels.json says are kept. Raises
    ModelError when the weights are damaged or cannot be read back.
    """
    verified_hash(parent)
    torch.manual_seed(plan.seed)
    with _quiet():
        network = dequantised(parent)
        encode, marks = load_tokenizer(parent)
        learnt = [_lesson(network, item.article, *_judgement(item), encode, marks) for item in judged]
        known = [_lesson(network, item.article, *_grading(item), encode, marks) for item in rehearsal]
        steps = fine_tune(network, learnt, known, plan, report)
        export(network, folder, name, parent / "tokenizer.json")
    if (parent / DOMAIN).exists():
        shutil.copy(parent / DOMAIN, folder / DOMAIN)
    row = json.loads((parent / "labels.json").read_text(encoding="utf-8"))
    more = {key: value for key, value in row.items() if key not in OWN_KEYS}
    write_labels(folder, name, row["calibration"], row["thresholds"], **more)
    return steps


def rehearsal(number: int, seed: int, *, without: Sequence[Article]) -> list[Graded]:
    """Draw some of the articles written for this project, none of those ``without``: what is measured stays unseen."""
    unseen = {fingerprint(article.document) for article in without}
    found = [item for item in own_articles() if fingerprint(item.article.document) not in unseen]
    return random.Random(seed).sample(found, min(number, len(found)))


def fine_tune(
    network: Network, learnt: Sequence[Lesson], known: Sequence[Lesson], plan: Plan, report: Report = print
) -> int:
    """Take a few small steps over ``learnt``, each beside some of ``known``; the number of steps."""
    dice = random.Random(plan.seed)
    batches = list(_batches(learnt, plan, dice))
    optimizer = torch.optim.AdamW(_groups(network, plan), weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0 - step / len(batches))
    # Without dropout: the parent's answers are the target, and these are few steps.
    network.eval()
    for number, batch in enumerate(batches, 1):
        losses = [_loss(network, batch, plan)]
        if known:
            losses.append(_loss(network, dice.sample(known, min(len(known), plan.rehearsed)), plan))
        optimizer.zero_grad(set_to_none=True)
        torch.stack(losses).sum().backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        shown = ", ".join(
            f"{name} {float(loss):.3f}" for name, loss in zip(("judged", "rehearsed"), losses, strict=False)
        )
        report(f"step {number}/{len(batches)} loss: {shown}")
    for parameter in network.parameters():
        parameter.requires_grad_(True)
    return len(batches)


def _batches(learnt: Sequence[Lesson], plan: Plan, dice: random.Random) -> Iterator[list[Lesson]]:
    left = max(1, math.ceil(plan.epochs * len(learnt) / plan.batch))
    while True:
        order = dice.sample(learnt, len(learnt))
        for start in range(0, len(order), plan.batch):
            yield order[start : start + plan.batch]
            left -= 1
            if left == 0:
                return


def _groups(network: Network, plan: Plan) -> list[dict[str, object]]:
    """Choose what learns; everything else stands still."""
    heads, full = [], []
    for name, parameter in network.named_parameters():
        if name.startswith(("query.", "value.")):
            heads.append(parameter)
        elif name.startswith("encoder.") and parameter.dim() == 1:
            full.append(parameter)
        else:
            parameter.requires_grad_(False)
    return [{"params": heads, "lr": plan.head_rate}, {"params": full, "lr": plan.rate}]


def _judgement(item: JudgedArticle) -> tuple[tuple[float, ...], tuple[float, ...]]:
    grades = dict(item.grades)
    target = tuple(SOFT_TARGETS[grades[topic]] if topic in grades else 0.0 for topic in TOPICS)
    return target, tuple(1.0 if topic in grades else 0.0 for topic in TOPICS)


def _grading(item: Graded) -> tuple[tuple[float, ...], tuple[float, ...]]:
    target = tuple(SOFT_TARGETS[grade] for grade in item.grades)
    return target, tuple(GRADE_WEIGHTS[grade] for grade in item.grades)


def _lesson(
    network: Network,
    article: Article,
    target: tuple[float, ...],
    weight: tuple[float, ...],
    encode: Encode,
    marks: Marks,
) -> Lesson:
    """Keep the article's first window and those that decide each topic, with the parent's word on them."""
    cut = windows(article, encode, marks)
    with torch.no_grad():
        answers = [network(*batch_of([part])) for part in cut]
    logits = torch.cat([answer[0] for answer in answers])
    chosen = sorted({0, *(int(at) for at in logits.argmax(dim=0))})
    return Lesson(
        parts=tuple(cut[at] for at in chosen),
        target=target,
        weight=weight,
        tags=tuple(answers[at][2][0].log_softmax(dim=-1) for at in chosen),
        embedding=torch.cat([answers[at][3] for at in chosen]),
    )


def _loss(network: Network, batch: Sequence[Lesson], plan: Plan) -> torch.Tensor:
    """Topic loss on the deciding window's logit, and how far tags and embedding have moved from the parent's."""
    parts = [part for lesson in batch for part in lesson.parts]
    rows = torch.tensor([row for row, lesson in enumerate(batch) for _ in lesson.parts])
    logits, _, tags, embedding = network(*batch_of(parts))
    largest = torch.full((len(batch), len(TOPICS)), -1e4).scatter_reduce(
        0, rows.unsqueeze(1).expand(-1, len(TOPICS)), logits, reduce="amax"
    )
    target = torch.tensor([lesson.target for lesson in batch])
    weight = torch.tensor([lesson.weight for lesson in batch])
    loss = nn.functional.binary_cross_entropy_with_logits(largest, target, weight=weight, reduction="sum")
    before = [old for lesson in batch for old in lesson.tags]
    moved = torch.stack([_divergence(old, new[: len(old)]) for old, new in zip(before, tags, strict=True)]).mean()
    likeness = (embedding * torch.cat([lesson.embedding for lesson in batch])).sum(dim=-1).mean()
    return loss / weight.sum().clamp_min(1.0) + plan.kept_weight * (moved + 1 - likeness)


def _divergence(old: torch.Tensor, new: torch.Tensor) -> torch.Tensor:
    return nn.functional.kl_div(new.log_softmax(dim=-1), old, log_target=True, reduction="batchmean")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what the libraries say about weights they need not load and graphs they trace as meant."""
    from transformers.utils import logging as chatter

    root, level = logging.getLogger(), logging.getLogger().level
    verbosity = chatter.get_verbosity()
    chatter.set_verbosity_error()
    chatter.disable_progress_bar()
    root.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        root.setLevel(level)
        chatter.set_verbosity(verbosity)
        chatter.enable_progress_bar()
