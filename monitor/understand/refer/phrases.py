"""Every phrase of a document that stands for somebody, in order of place; titles are joined with their names. Pure."""

from monitor.records.findings import Entity
from monitor.understand import lexicon
from monitor.understand.prose import Mention, Prose
from monitor.understand.refer.descriptions import Descriptions
from monitor.understand.refer.naming import Naming
from monitor.understand.refer.phrase import DESCRIPTION, NAME, PRONOUN, Phrase
from monitor.understand.refer.words import Words

_KINDS = {
    **dict.fromkeys((*lexicon.PERSON_CLASSES, *lexicon.BODIES), DESCRIPTION),
    **dict.fromkeys((*lexicon.PRONOUNS, *lexicon.PLURAL_PRONOUNS, "it"), PRONOUN),
}
_AGE = "-year-old"


def phrases(prose: Prose, words: Words) -> tuple[Phrase, ...]:
    """Find names, pronouns and descriptions; what lies within another phrase is marked as such."""
    descriptions = Descriptions(words)
    found, taken = Naming(prose, words, descriptions).phrases()
    aged = _AGE in words.document.lower()
    for number in [number for number, low in enumerate(words.lows) if low in _KINDS or (aged and low.endswith(_AGE))]:
        low = words.lows[number]
        kind = _KINDS.get(low)
        if kind == PRONOUN:
            found.append(_pronoun(words, number))
        elif kind is None:
            if lexicon.NUMBERED_AGE.match(low) and not descriptions.qualifies_next(number):
                found.append(descriptions.aged(number))
        elif number not in taken and (phrase := descriptions.around(number, taken)) is not None:
            found.append(phrase)
    found.sort(key=lambda phrase: (phrase.start, -phrase.end))
    return _joined(found, words)


def _pronoun(words: Words, number: int) -> Phrase:
    word = words[number]
    return Phrase(
        start=word.start, end=word.end, kind=PRONOUN, first=number, after=number + 1, head=word, noun=word.low,
        plural=word.low in lexicon.PLURAL_PRONOUNS, gender=lexicon.PRONOUNS.get(word.low), body=word.low == "it",
    )  # fmt: skip


def _joined(found: list[Phrase], words: Words) -> tuple[Phrase, ...]:
    joined: list[Phrase] = []
    whole = -1
    for phrase in found:
        if whole >= 0:
            last = joined[whole]
            if _is_title_of(last, phrase, words):
                joined[whole] = _titled(last, phrase)
                continue
            if _is_one_name(last, phrase, words):
                joined[whole] = _titled(last, phrase)
                joined[whole].mention = _one_mention(last, phrase)
                continue
            if phrase.start < last.end:
                if phrase.kind != DESCRIPTION:
                    phrase.inner = True
                    joined.append(phrase)
                continue
        whole = len(joined)
        joined.append(phrase)
    return tuple(joined)


def _is_title_of(title: Phrase, name: Phrase, words: Words) -> bool:
    """Whether a name stands at once behind a description, or is the last of it: "the envoy of Mali Awa Keita"."""
    if title.kind != DESCRIPTION or not name.names_person:
        return False
    if title.plural or title.body or words.possessives[title.after - 1]:
        return False
    behind = title.after == name.first and words.close(name.first - 1)
    return (
        behind
        or title.head.start < name.start < title.end <= name.end
        or title.head.start <= name.start < title.end == name.end
    )


def _is_one_name(one: Phrase, other: Phrase, words: Words) -> bool:
    """Whether a name was tagged in two pieces: nothing but a space stands between two people."""
    if not (one.names_person and other.names_person) or one.head.possessive:
        return False
    return one.after == other.first and words.spaced(one.after - 1)


def _one_mention(one: Phrase, other: Phrase) -> Mention | None:
    """The second piece's, unless it belongs to somebody of another given name: then nobody knows this person yet."""
    if one.mention is None or other.mention is None:
        return other.mention
    given, spaced, _ = other.mention.entity.name.partition(" ")
    if not spaced or given == one.mention.text:
        return other.mention
    text = f"{one.mention.text} {other.mention.text}"
    entity = Entity(name=text, type="person", id=None, mentions=())
    return Mention(start=one.mention.start, end=other.mention.end, text=text, entity=entity)


def _titled(title: Phrase, name: Phrase) -> Phrase:
    return Phrase(
        start=title.start, end=name.end, kind=NAME, first=title.first, after=name.after, head=name.head,
        mention=name.mention, described=title.described or name.described, noun=title.noun,
        gender=name.gender or title.gender,
    )  # fmt: skip
