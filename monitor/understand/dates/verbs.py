"""Which words are verbs, and what they say of past and future. Pure.

There is no tagger: English tells most tenses by closed classes (will, would, was, to), by ``-ed`` and by some hundred
irregular forms.
"""

from monitor.understand.dates.words import LETTERS, OTHER, Words

PAST, FUTURE, PRESENT, OPEN = "past", "future", "present", ""
LIKELY = "likely"
"""A future that only an infinitive or a plan speaks of."""

_IRREGULAR = frozenset(
    "was were had did said told met held spoke went came took made gave left flew sent began got saw won lost led "
    "kept brought broke caught chose drew drove fell felt fought found forgot grew heard knew laid lay paid ran "
    "rose sat shot stood stuck struck swore threw understood withdrew woke wrote sought taught thought became sold "
    "built dealt meant rejoined rang sang sank spent bought blew ate drank drove hid swept underwent overthrew "
    "foresaw shook tore wore put hit cut set".split()
)
_FUTURE = frozenset("will shall would could may might can should must ll gonna wo won".split())
_PRESENT = frozenset(
    "is are am has have do does meets hosts visits travels speaks holds arrives begins starts opens flies returns goes "
    "comes leaves gathers convenes sits heads meet gather continues faces welcomes receives attends".split()
)
# What is said has been said, whatever the form.
_REPORTING = frozenset(
    "says tells warns writes adds notes claims reports announces confirms denies saying telling warning writing adding "
    "noting claiming announcing confirming denying".split()
)
# What looks like a participle and is none.
_NOT_PAST = frozenset(
    "united need indeed armed hundred speed seed feed breed bleed proceed exceed succeed embed unprecedented sacred "
    "naked biased talented gifted".split()
)
# Verbs, adjectives and nouns that lead to what is to come.
LEADS = frozenset(
    "set due ready going about poised likely bound sought upcoming forthcoming looming deadline earliest soon slated "
    "agree agrees agreed plan plans planned planning cancel cancels canceled cancelled cancelling".split()
)
LEADS |= {
    f"{stem}{ending}"
    for stem in "expect want intend offer threaten vow ask aim await delay call seek".split()
    for ending in ("", "s", "ed", "ing")
}
LEADS |= {
    f"{stem}{ending}"
    for stem in "schedul hop prepar invit propos pledg promis urg decid postpon reschedul".split()
    for ending in ("e", "es", "ed", "ing")
}
PLANNING = frozenset("expecting scheduling planning hoping intending preparing seeking aiming awaiting".split())
_AUXILIARY_PAST = frozenset({"was", "were", "had", "been"})
ARTICLES = frozenset("a an the his her its their our my your".split())
DETERMINERS = ARTICLES | frozenset("this that these those some any no each every".split())
_PLEDGED = frozenset("planned scheduled expected proposed anticipated slated set due".split())
# Words between an auxiliary and its participle.
_BETWEEN = frozenset("not also be been being have still now already yet then never since all both".split())
# Both a noun or an adjective and a past form: the set, his left.
_NOUNS = frozenset({"set", "put", "hit", "cut", "left", "led"})


_FORMS = _FUTURE | _REPORTING | _PRESENT | _IRREGULAR


def may_be_verb(word: str) -> bool:
    """Whether a word's looks allow it to be one: what ``verb`` need not be asked of most words."""
    return word in _FORMS or word[-2:] == "ed"


def verb(words: Words, place: int) -> str | None:
    """What the word at ``place`` tells as a verb; None when it is none."""
    word = words.words[place]
    if word in _FUTURE:
        return FUTURE if _modal(words, place) else None
    if word in _REPORTING:
        return PAST
    if word in _PRESENT:
        return _present(words, place)
    before = words.words[place - 1] if place else ""
    if word in _IRREGULAR:
        return None if word in _NOUNS and before in ARTICLES else _past(words, place)
    if not word.endswith("ed") or len(word) < 5 or word in _NOT_PAST:
        return None
    if before in ARTICLES or (before.endswith("ly") and words.words[max(0, place - 2)] in ARTICLES):
        return FUTURE if word in _PLEDGED else None
    return _past(words, place)


def infinitive(words: Words, place: int) -> bool:
    """Whether the word is a "to" that leads to a verb, as far as its looks tell."""
    if words.words[place] != "to" or place + 1 >= len(words):
        return False
    if place and words.words[place - 1] in {"according", "thanks"}:
        return False
    following = words.words[place + 1]
    known = words.kinds[place + 1] != OTHER or following in DETERMINERS
    return following.isalpha() and not known and not words.capital(place + 1)


def was(words: Words, place: int) -> bool:
    """Whether an auxiliary of the past leads: "was set for Friday" may be told before or after it."""
    return any(word in _AUXILIARY_PAST for word in words.words[max(0, place - 3) : place])


def ahead(words: Words, place: int) -> bool:
    """Whether what follows an auxiliary looks ahead: "is due", "are to", "was expected"."""
    return any(word in LEADS or word == "to" for word in words.words[place + 1 : place + 3])


def _modal(words: Words, place: int) -> bool:
    """Whether a modal stands there; May is a month, and "won" a victory unless "not" is tied to it."""
    if place < 0 or words.words[place] not in _FUTURE:
        return False
    if words.words[place] in {"won", "wo"}:
        return words.words[place + 1 : place + 2] in (["'"], ["’"])
    return words.kinds[place] != LETTERS["month"]


def _past(words: Words, place: int) -> str:
    """A past form; after "is" or "will be" a participle is none of the past."""
    word, back = words.words[place], _lead(words, place)
    lead = words.words[back] if back >= 0 else ""
    if lead == "to" or _modal(words, back):
        return FUTURE
    if lead in {"is", "are", "am"}:
        return FUTURE if word in LEADS else PRESENT
    if lead in {"was", "were"}:
        return OPEN if word in _PLEDGED else PAST
    return FUTURE if word == "set" else PAST


def _lead(words: Words, place: int) -> int:
    """Where a verb's auxiliary may stand: before it, or before adverbs between them."""
    back = place - 1
    while back > 0 and place - back < 4 and (words.words[back] in _BETWEEN or words.words[back].endswith("ly")):
        back -= 1
    return back


def _present(words: Words, place: int) -> str:
    if _modal(words, _lead(words, place)):
        return FUTURE
    word, following = words.words[place], words.words[place + 1 : place + 2]
    if word in {"has", "have"}:
        return FUTURE if following == ["to"] else PAST
    return FUTURE if word in {"is", "are", "am"} and ahead(words, place) else PRESENT
