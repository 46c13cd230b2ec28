"""From a trigger to who takes part: the parties before it, those behind it, and the words that join them. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.understand.events import countries
from monitor.understand.events.actors import Actor
from monitor.understand.events.cast import Cast
from monitor.understand.events.joining import joined, list_after, list_before, only_titles
from monitor.understand.events.lexicon import Rule
from monitor.understand.events.triggers import Trigger
from monitor.understand.events.unnamed import is_unnamed
from monitor.understand.prose import Prose, Sentence

_PREPOSITION = re.compile(
    r"\b(?:with|to|of|from|by|for|about|against|between|on|at|in|over|into|towards?|like|than|via|"
    r"through|among|behind|without|"
    r"beside|alongside|near|around|under|regarding|including|despite)((?: [A-Za-z][\w.-]*){0,7}) ?$"
)
_NEAR_PREPOSITION = re.compile(
    r"\b(?:with|to|of|from|by|for|about|against|between|on|at|in|over|into|towards?|like|than|via|through|among|behind|"
    r"without|alongside|near|around|under|regarding|including|despite|and)\s(?:[\w.-]+\s){0,1}$"
)
_STOP = re.compile(
    r"[;:—–\n]|\s-\s|(?<!\.[A-Z])[.!?]\s|\b(?:that|who|which|whose|whom|where|when|while|after|before|"
    r"because|although|though|but|"
    r"since|until|amid|says?|said|told|adding|according|ahead|following|despite|if|as)\b"
)
_LAST_PREPOSITION = re.compile(
    r"\b(with|between|involving|among|by|to|of|from|on|in|at|for|about|over|against|around|near|into)\b"
)
_DELEGATES = re.compile(
    r"\b(?:officials|negotiators|diplomats|leaders|delegations?|representatives|presidents|ministers|"
    r"teams?|envoys?|heads) "
    r"(?:from|of|for) (?:the )?$"
)
# Subjects in spite of a preposition: "the prospect of Russia and Ukraine resuming talks", "the wish of Macron to call".
_ACTS = re.compile(r" (?:\w+ly )?(?:to (?!the\b|his\b|a\b)[a-z]+|[a-z]+ing)\b")
_SECOND_VERB = re.compile(r",? (?:and|before|then|and then|but) (?:\w+ ){0,2}(?:to )?$")
_CLAUSE = re.compile(r"\b(?:that|says?|said|told \w+|announced|confirmed|while|when|as|but)\b|[;:]")
_REPORTS = re.compile(
    r"(?:, [^,]{1,70},)? (?:has |had |also |later |earlier )?(?:says?|said|told|confirmed|announced|"
    r"noted|added|wrote|warned|insisted|"
    r"claimed|stressed|argued|thinks?|believes?|reported)\b((?: \w+){0,2}? (?:on|late|early) \w+)?"
)
_ATTENDS = re.compile(
    r"(?: reporters| journalists| lawmakers)?,? (?:shortly |hours |days |just )?(?:after|ahead of|"
    r"before|during|following|in|at|since|from|on)\b"
)
_OWNED = re.compile(r"(?:['’]s?)?\s(?:[\w$%-]+\s){0,4}|['’]s?\s(?:[\w\"“”,$%-]+\s){0,5}")
# A sentence that opens with a phrase or a participle has its subject behind it.
_OPENS = re.compile(
    r"[\"“‘'—– ]*(?:(?:speaking|arriving|minutes|hours|days|weeks|shortly|just|even|immediately|a day|"
    r"one day|and|but) )?"
    r"(?:after|before|ahead of|following|during|despite|since|in|at|with|on|when|while|having|by|for|to|\w+ing)\b",
    re.IGNORECASE,
)
_NOT_OWNED = re.compile(r"\b(?:and|or|to|that|is|was|has|had|will|with|for|on|in|of|at)\s")
_VERBS_BETWEEN = re.compile(r"\b(?:and|to|that|is|was|has|had|have|will|hold|held|in|for)\b")
_AMONG = re.compile(r"(?: \w+){0,3} (?:between|among|involving)\b")
_BEHIND = {
    "met": "with between among involving of", "hosted": "with of by", "meeting": "with between among involving of",
    "talks": "with between among involving", "phone": "with between to among", "phoned": "with",
    "spoke": "with to between", "visit": "by of to with", "went": "with", "ceasefire": "between with by to for",
    "sanction": "on against by from", "plan": "by from with to between for on", "offer": "to with by between for",
    "troops": "to in", "swap": "between with", "accord": "between with by", "sea": "between with by",
}  # fmt: skip
_JOINS = {family: frozenset(words.split()) for family, words in _BEHIND.items()}
# Verbs that mean a contact only with a person, or a state, as their object.
_TRANSITIVE = frozenset({"hosted", "phoned"})
_FURTHEST, _CLOSE, _WORDS_TO_OBJECT = 120, 60, 7


@dataclass(frozen=True, slots=True)
class Parties:
    """Who takes part, as found: names in order, where they were read, and how."""

    names: tuple[str, ...]
    start: int
    end: int
    how: str
    """``pair`` and ``owner`` stand before the noun, ``between`` and ``subject`` in the clause, ``later`` behind it.

    The subject of ``unnamed`` is a group without a name."""
    both: str = ""
    """The noun or pronoun that stands for two: "leaders", "sides", "they"; empty without one."""
    object: bool = False
    """Somebody stands behind the trigger."""


class Reader:
    """Reads the parties of a trigger out of its sentence."""

    def __init__(self, prose: Prose, cast: Cast) -> None:
        self._document, self._cast = prose.document, cast

    def parties(self, sentence: Sentence, trigger: Trigger, limit: int) -> Parties:
        """The parties of a trigger; those behind it stand before ``limit``, where the next one begins."""
        before = list(self._cast.within(sentence.start, trigger.start))
        after = list(self._cast.within(trigger.end, min(limit, sentence.end)))
        if not trigger.rule.verb:
            inner = [actor for actor in self._cast.within(trigger.start, trigger.end) if actor.names]
            owners = inner or self._attached(before, trigger.start)
            if owners:
                return self._owned(owners, before, after, sentence.start, trigger)
        behind = self._behind(after, trigger)
        if self._is_between(behind, trigger):
            return self._made([], behind, trigger, "between")
        if trigger.rule.verb and is_unnamed(self._document, before, sentence.start, trigger.start):
            return self._made([], behind, trigger, "unnamed")
        subject = self._main_subject(before, behind, sentence.start, trigger)
        if subject:
            return self._made(subject, behind, trigger, "subject")
        reach = max((actor.end for actor in behind), default=trigger.end)
        opens = _OPENS.match(self._document, sentence.start, trigger.start) is not None
        later = self._later_subject(self._cast.within(reach, sentence.end), reach) if opens else []
        return self._made(later, behind, trigger, "later")

    def _is_between(self, behind: list[Actor], trigger: Trigger) -> bool:
        """True when "between" names all parties: "a call between Trump and Putin"."""
        if trigger.rule.verb or not _AMONG.match(self._document, trigger.end):
            return False
        return len(_names(behind)) >= 2 or any(actor.kind == "both" for actor in behind)

    def _owned(
        self, owners: list[Actor], before: list[Actor], after: list[Actor], floor: int, trigger: Trigger
    ) -> Parties:
        """Parties of "Trump's call with Putin", "the Trump-Putin call", "the Putin call"."""
        rule = trigger.rule
        if len(_names(owners)) >= 2 and rule.type not in {"offer", "sanction"}:
            return self._made(owners, [], trigger, "pair")
        behind = self._behind(after, trigger)
        last = owners[-1]
        if not behind and last.kind == "person" and not last.owner and rule.type != "offer":
            left = [actor for actor in before if actor.end < owners[0].start and not actor.modifier]
            behind = self._subject(left, floor, trigger.start) or self._later_subject(after, trigger.end)
        return self._made(owners, behind, trigger, "owner")

    def _main_subject(self, before: list[Actor], behind: list[Actor], floor: int, trigger: Trigger) -> list[Actor]:
        rule = trigger.rule
        before = [actor for actor in before if not actor.modifier]
        if rule.family == "sanction":
            before = [actor for actor in before if not _of_russia(actor)] or before
        subject = self._other_than(self._subject(before, floor, trigger.start), behind)
        if not subject:
            return []
        gap = self._document[subject[-1].end : trigger.start]
        if rule.family in {"went", "hosted"} and (len(gap) > _CLOSE or _STOP.search(gap.strip(" ,"))):
            return []
        return [] if not rule.verb and rule.type != "offer" and self._only_tells(gap) else subject

    def _only_tells(self, gap: str) -> bool:
        """True for who speaks of a contact, "told reporters the call had lasted", not for "said after the call"."""
        told = _REPORTS.match(gap)
        return told is not None and not _ATTENDS.match(gap, told.end())

    def _other_than(self, subject: list[Actor], behind: list[Actor]) -> list[Actor]:
        """Nobody meets himself: a pronoun that seems to mean the other party means who was named before."""
        others = _names(behind)
        if len(subject) != 1 or subject[0].kind != "pronoun" or not set(subject[0].names) & others:
            return subject
        return [replace(subject[0], names=self._cast.earlier(subject[0].start, others))]

    def _made(self, first: list[Actor], second: list[Actor], trigger: Trigger, how: str) -> Parties:
        actors = [*first, *second]
        names = tuple(dict.fromkeys(name for actor in actors for name in actor.names))
        starts = [trigger.start, *(actor.start for actor in actors)]
        ends = [trigger.end, *(actor.end for actor in actors)]
        pair = next(
            (self._document[a.start : a.end].lower().rpartition(" ")[2] for a in actors if a.kind == "both"), ""
        )
        return Parties(names, min(starts), max(ends), how, pair, bool(second))

    def _attached(self, before: list[Actor], start: int) -> list[Actor]:
        """Parties that directly describe the noun: "Trump's call", "the Trump-Putin summit", "his visit"."""
        while before and self._is_spot(before[-1], start):
            start, before = before[-1].start, before[:-1]
        if not before:
            return []
        last, gap = before[-1], self._document[before[-1].end : start]
        if not _OWNED.fullmatch(gap):
            return []
        group = list_before(self._document, before)
        if last.owner:
            return [] if _NOT_OWNED.search(gap) else group
        near = len(gap.split()) <= 3 and not _VERBS_BETWEEN.search(gap)
        if near and len(_names(group)) >= 2 and _hyphened(self._document[group[0].start : group[-1].end]):
            return group
        if last.kind == "adjective":
            return [last] if len(gap.split()) <= 2 else []
        if last.modifier and not last.seat and last.names == ("Ukraine",):
            return []  # what the talks and plans are about
        direct = gap in {" ", " peace ", " phone ", " direct "} and (last.kind == "person" or last.modifier)
        return [last] if direct and last.kind != "pronoun" else []

    def _is_spot(self, actor: Actor, start: int) -> bool:
        """True for a house, city or state right before the noun that says where: "White House meeting", "US visit"."""
        gap = self._document[actor.end : start]
        if gap not in {" ", " state ", " peace "}:
            return False
        return actor.seat or (
            self._document[start : start + 5].lower() in {"visit", "trip "} and actor.kind == "country"
        )

    def _subject(self, before: list[Actor], floor: int, start: int) -> list[Actor]:
        """The nearest list of actors before the trigger that no preposition, possessive or noun claims."""
        left = list(before)
        if left and _SECOND_VERB.search(self._document[left[-1].end : start]):
            first = self._first_subject(left, floor)
            if first:
                return first
        while left:
            group = list_before(self._document, left)
            left = left[: len(left) - len(group)]
            while group and group[-1].owner:
                group.pop()
            if group and self._can_be_subject(group, floor):
                return group
        return []

    def _first_subject(self, left: list[Actor], floor: int) -> list[Actor]:
        """The subject of a clause with two verbs: "Trump met Putin in Alaska and welcomed Zelensky"."""
        clause = max((found.end() for found in _CLAUSE.finditer(self._document, floor, left[-1].start)), default=floor)
        actors = [actor for actor in left if actor.start >= clause]
        for at, actor in enumerate(actors):
            if not actor.owner and self._can_be_subject([actor], floor):
                return list_after(self._document, actors[at:])
        return []

    def _can_be_subject(self, group: list[Actor], floor: int) -> bool:
        if _ACTS.match(self._document, group[-1].end):
            return True
        head = self._document[max(floor, group[0].start - 70) : group[0].start]
        if _DELEGATES.search(head):
            return True
        found = _PREPOSITION.search(head)
        return found is None or not only_titles(found.group(1).split())

    def _behind(self, after: list[Actor], trigger: Trigger) -> list[Actor]:
        """Parties after the trigger: the object, and whom "with", "between" or "and" adds."""
        taken: list[Actor] = []
        last, rule = trigger.end, trigger.rule
        for actor in after:
            gap = self._document[last : actor.start]
            if len(gap) > _FURTHEST or _STOP.search(gap) or (not rule.verb and not taken and "," in gap):
                break
            if (actor.owner and actor.kind != "both") or actor.modifier:
                continue
            in_list = bool(taken) and joined(self._document, taken[-1], actor)
            if in_list or self._is_object(gap, actor, rule, more=bool(taken)):
                taken.append(actor)
                last = actor.end
            elif taken:
                break
        return taken

    def _is_object(self, gap: str, actor: Actor, rule: Rule, *, more: bool) -> bool:
        words = gap.split()
        if rule.family in _TRANSITIVE:
            named = actor.kind != "country" or not words
            return not more and named and only_titles([word for word in words if word != "by"])
        if not words and not more:
            return True
        prepositions = _LAST_PREPOSITION.findall(gap.lower())
        if not prepositions:
            return rule.verb and not more and len(words) <= _WORDS_TO_OBJECT
        return prepositions[-1] in _JOINS[rule.family]

    def _later_subject(self, after: Sequence[Actor], end: int) -> list[Actor]:
        """After an opening phrase: "After a call with Putin, Trump said ..."."""
        for at, actor in enumerate(after):
            gap = self._document[end : actor.start]
            if (
                "," in gap
                and not actor.owner
                and not actor.modifier
                and len(gap) < 160
                and not _NEAR_PREPOSITION.search(gap)
            ):
                return list_after(self._document, after[at:])
        return []


def _hyphened(text: str) -> bool:
    return any(mark in text for mark in "-–/")


def _of_russia(actor: Actor) -> bool:
    return bool(actor.names) and all((countries.country_of(name) or name) == "Russia" for name in actor.names)


def _names(actors: Sequence[Actor]) -> set[str]:
    return {name for actor in actors for name in actor.names}
