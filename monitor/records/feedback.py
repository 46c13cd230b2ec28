"""Records of the feedback loop: a person's judgement, what the model is taught by it, and a candidate's life."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.records.articles import Article


class Verdict(StrEnum):
    """What a person says of an article and a topic."""

    KEEP = "keep"
    REJECT = "reject"
    WRONG_TOPIC = "wrong-topic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a person says, before it is stored. Without ``topic`` the topics that the article matches are meant."""

    article: int | str
    """The article's id, or an address that leads to it."""
    verdict: Verdict
    person: str
    topic: str | None = None
    to_topic: str | None = None
    """For ``wrong-topic``: what the article is about instead; None means the other topic."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A stored judgement with what the model said at that time."""

    id: int
    article_id: int
    topic: str
    verdict: Verdict
    to_topic: str | None
    person: str
    note: str
    model: str
    """Name of the model whose score is kept; empty when the article had not been analysed."""
    score: float | None
    matched: bool
    """Whether the article matched the topic then: a keep without a match is a miss, a reject with one a false alarm."""
    labelled_at: datetime
    undone_at: datetime | None = None
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedArticle:
    """The text that was judged and what its live labels say together."""

    article: Article
    grades: tuple[tuple[str, int], ...]
    """``(topic, 0 or 2)`` of each topic that people agree on; a topic that is not here is not learnt from."""
    disputed: tuple[str, ...] = ()
    """Topics on which as many say one thing as the other."""
    labels: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenArticle:
    """An article of the frozen set with its grade (0, 1, 2) per topic, in the order of TOPICS. Never trained on."""

    article: Article
    grades: tuple[int, ...]


class CandidateState(StrEnum):
    """Where a trained model stands."""

    CANDIDATE = "candidate"
    LIVE = "live"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Decisions on one topic: of ``n`` articles ``about`` are about it, ``said`` were flagged, ``right`` are both."""

    name: str
    n: int
    about: int
    said: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How a candidate was made and how it did beside the model before it."""

    steps: int = 0
    seed: int = 0
    judged: int = 0
    """Judgements (article and topic) it was taught."""
    judged_right_before: int = 0
    judged_right: int = 0
    """How many of them the parent and the candidate decide as the person did."""
    frozen_set: str = ""
    """File name and hash of the frozen set; empty when none was measured."""
    frozen_before: tuple[Tally, ...] = ()
    frozen: tuple[Tally, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model that was trained from feedback."""

    name: str
    folder: str
    """Relative to the setting ``models_folder`` when it lies in there, else absolute."""
    sha256: str
    """Of the weights."""
    state: CandidateState
    parent: str
    """The model whose weights it started from."""
    labels: int
    made_at: datetime
    figures: Figures
    replaces: str | None = None
    """The model that it took the place of; None for the shipped one."""
    promoted_at: datetime | None = None
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowScore:
    """What a candidate would have said of an article and a topic."""

    article_id: int
    candidate: str
    topic: str
    score: float
    match: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How one topic's scores and decisions differ between the live model and a candidate, over ``n`` articles."""

    topic: str
    n: int
    both: int
    neither: int
    only_live: int
    only_candidate: int
    mean: float
    """Candidate minus live."""
    mean_absolute: float
    largest: float
    """The greatest absolute difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """An article and topic on which the live model and a candidate decide differently."""

    article_id: str
    title: str
    topic: str
    live: float
    candidate: float
    candidate_matches: bool
    person: int | None = None
    """What people say of it (0 or 2), None when nobody has judged or they do not agree."""
