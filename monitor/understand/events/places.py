"""Where an event is: the place that describes its noun, or the nearest one that "in" or "at" leads to. Pure."""

import re

from monitor.records.findings import Entity
from monitor.understand.events import countries
from monitor.understand.prose import Mention, Prose, Sentence

_BARRIER = re.compile(
    r"[;:—–]|\s-\s|\b(?:after|before|since|while|when|who|which|that|said|says|and|but|ahead of|following)\b"
)
_AT = re.compile(r"\b(?:in|at|near|inside|outside|to) (?:the |his |her |central |downtown |southern |northern )?$")
_DESCRIBES = re.compile(r"(?:['’]s)? (?:[\w-]+ ){0,2}")
# Where fighting is, or what the talks are about, is not where they are held.
_SUBJECT_BEFORE = re.compile(
    r"\b(?:war|fighting|conflict|ceasefire|strikes|peace|attacks|troops|forces|missiles|power|homes?) in (?:the )?$"
)
_SUBJECT_AFTER = re.compile(r"(?:['’]s)? (?:war|peace|ceasefire|conflict|crisis|truce)\b")
_FURTHEST, _PER_BARRIER, _BEFORE = 140, 70, 40


def place_of(
    prose: Prose, sentence: Sentence, start: int, end: int, *, noun: bool, visit: bool
) -> tuple[str | None, int]:
    """The place of the event told at ``start:end``, and where its mention ends if it follows in the same clause."""
    best, least, reach = None, _FURTHEST, 0
    for mention in prose.mentions_in(sentence.start, sentence.end, ("place", "organisation")):
        if mention.entity.type == "organisation" and not countries.is_seat(mention.entity):
            continue
        distance = _distance(prose, sentence, mention, start, end, noun=noun, visit=visit)
        if distance is not None and distance < least:
            follows = mention.start >= end and not _BARRIER.search(prose.document, end, mention.start)
            best, least, reach = mention.entity.name, distance, mention.end if follows else 0
    return best, reach


def _distance(
    prose: Prose, sentence: Sentence, mention: Mention, start: int, end: int, *, noun: bool, visit: bool
) -> int | None:
    document = prose.document
    before = document[max(sentence.start, mention.start - 24) : mention.start]
    if _SUBJECT_BEFORE.search(before) or _SUBJECT_AFTER.match(document, mention.end):
        return None
    if visit and start < mention.start <= end + 5:
        return 0
    if (
        noun
        and mention.end <= start
        and _is_spot(mention.entity)
        and _DESCRIBES.fullmatch(document, mention.end, start)
    ):
        return 0
    if not _AT.search(before):
        return None
    after = mention.start >= end
    gap = document[end : mention.start] if after else document[mention.end : start]
    return len(gap) + _PER_BARRIER * len(_BARRIER.findall(gap)) + (0 if after else _BEFORE)


def _is_spot(entity: Entity) -> bool:
    """A city or house, where people meet; a country before a noun is a party or a subject."""
    return entity.name not in countries.named()
