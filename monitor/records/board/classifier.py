"""What the classifier page shows: its card, how scores lie, whether people agree, what other thresholds would do."""

from dataclasses import dataclass
from datetime import datetime

from monitor.records.feedback import Candidate, Disagreement, Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFigures:
    """How the model does on graded articles, as it was measured when it was made; shares from 0 to 1."""

    measured_on: str
    name: str
    """A topic, or ``match``: either of them."""
    n: int
    positive: int
    precision: float
    recall: float
    f1: float
    average_precision: float
    calibration_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What came with the weights."""

    name: str
    text: str
    """The card, in Markdown."""
    thresholds: tuple[tuple[str, float], ...]
    """As the weights bring them; settings may say otherwise."""
    figures: tuple[TopicFigures, ...]
    gate: tuple[tuple[float, float, float], ...]
    """(gate, share of the matches that it lets through, share of the pages that are fetched)."""
    problem: str = ""
    """What of it could not be read, or why these are not the weights that were promoted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreBin:
    """Recent articles with a score from ``start`` up to the next bin."""

    start: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedBin:
    """Judged articles with a score from ``start`` up to the next bin: how many of them people kept."""

    start: float
    mean: float
    """Of the scores: what a calibrated model would have kept."""
    kept: int
    judged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdLine:
    """What another threshold would have done to the recent articles."""

    at: float
    matches: int
    gained: int
    """That do not match now."""
    lost: int
    """That match now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearArticle:
    """A recent article whose score lies close to the threshold that is looked at."""

    article_id: int
    title: str
    outlet: str
    published: datetime | None
    score: float
    matches: bool
    """By the threshold in use."""
    would_match: bool
    """By the one that is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicScores:
    """How the scores of one topic lie."""

    topic: str
    threshold: float
    """In use, as the newest analysis has it."""
    bins: tuple[ScoreBin, ...]
    judged: tuple[JudgedBin, ...]
    """Bins that hold a judgement, the lowest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdView:
    """The slider of one topic."""

    topic: str
    threshold: float
    """In use."""
    at: float
    """Looked at."""
    lines: tuple[ThresholdLine, ...]
    chosen: ThresholdLine
    near: tuple[NearArticle, ...]
    """The nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoresView:
    """A sample of the newest analyses, and all judgements of the model's scores."""

    model: str
    """That made the newest analysis; empty when there is none."""
    sampled: int
    """Articles."""
    oldest: datetime | None
    """When the oldest of them was analysed."""
    topics: tuple[TopicScores, ...]
    slider: ThresholdView | None
    """None without an analysis."""
    judged_before: int
    """Judgements of scores that other models gave: they say nothing of this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowView:
    """A candidate beside the model in use, on the newest articles that both have read."""

    name: str
    shifts: tuple[Shift, ...]
    disagreements: tuple[Disagreement, ...]
    """The greatest difference of scores first."""
    left_out: int
    """Disagreements that are not listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierView:
    """The model: what it is, what it says, what others would say."""

    card: ModelCard | None
    scores: ScoresView
    candidates: tuple[Candidate, ...]
    """The newest first."""
    shadow: ShadowView | None
    """None while no candidate has read an article that the model in use has read."""
