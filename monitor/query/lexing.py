"""The search as tokens, in one pass. Marks that no index knows are passed over."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from monitor.query.fields import FIELDS, unknown
from monitor.query.pointing import wrong
from monitor.query.words import OPERATORS, words_of

LONGEST_WORD = 200
"""Characters: what Postgres takes for a word is longer in bytes, but not by much."""
SHORTEST_PREFIX = 2
"""Letters before a ``*``: one alone begins a good part of all words."""


class Kind(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    NOT = auto()
    AND = auto()
    OR = auto()
    WORDS = auto()
    FIELD = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One token; ``field``, ``value`` and ``is_quoted`` are of fields, ``words`` and ``is_prefix`` of words."""

    kind: Kind
    position: int
    words: tuple[str, ...] = ()
    is_prefix: bool = False
    field: str = ""
    value: str = ""
    is_quoted: bool = False


_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<open>\()|(?P<close>\))"
    r"|(?P<minus>-(?=[^\s)-]))"
    r'|(?P<field>[A-Za-z_]+):(?P<value>"[^"]*"?|[^\s"()]+)?'
    r'|(?P<quoted>"[^"]*"?)(?P<star>\*?)'
    r'|(?P<bare>[^\s"()]+)'
)
# Telephones and word processors write the others by themselves.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟", '"'))
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\ufeff\ud800-\udfff]")


def tokens(search: str) -> tuple[Token, ...]:
    """The tokens of ``search`` and an END. Raises QueryError for an open quotation, an unknown field, a giant word."""
    found: list[Token] = []
    for token in _tokens(_UNSEEN.sub(" ", search).translate(_QUOTES)):
        if token.kind is Kind.WORDS and not token.words:
            # What a sign without words is left out of is nothing either.
            while found and found[-1].kind is Kind.NOT and search[found[-1].position] == "-":
                found.pop()
        else:
            found.append(token)
    return (*found, Token(Kind.END, len(search)))


def _tokens(search: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(search):
        start = found.start()
        if found["space"]:
            continue
        if found["open"] or found["close"]:
            yield Token(Kind.OPEN if found["open"] else Kind.CLOSE, start)
        elif found["minus"]:
            yield Token(Kind.NOT, start)
        elif found["field"]:
            yield _field(search, found)
        elif found["quoted"]:
            _require_closed(search, found["quoted"], start)
            yield _words(search, found["quoted"].strip('"'), start, is_prefix=bool(found["star"]))
        elif found["bare"] in OPERATORS:
            yield Token(Kind[found["bare"]], start)
        else:
            yield _words(search, found["bare"], start, is_prefix=found["bare"].endswith("*"))


def _field(search: str, found: re.Match[str]) -> Token:
    name, value = found["field"].casefold(), found["value"]
    if value is None:
        # "Breaking: missiles" is a headline; "said: Putin" a slip.
        if name not in FIELDS:
            return _words(search, found["field"], found.start(), is_prefix=False)
        raise wrong(search, found.end(), f"{name}: has no value. Write it right behind the colon: {FIELDS[name]}")
    if name not in FIELDS:
        raise unknown(search, found.start(), name, value)
    _require_closed(search, value, found.start("value"))
    is_quoted = value.startswith('"')
    value = value.strip('"') if is_quoted else value.rstrip(",;")
    return Token(Kind.FIELD, found.start("value"), field=name, value=value, is_quoted=is_quoted)


def _require_closed(search: str, quoted: str, position: int) -> None:
    if quoted.startswith('"') and (len(quoted) == 1 or not quoted.endswith('"')):
        raise wrong(search, position, 'it opens a quotation here and never closes it. Put another " where it ends.')


def _words(search: str, text: str, position: int, *, is_prefix: bool) -> Token:
    words = words_of(text)
    if any(len(word) > LONGEST_WORD for word in words):
        raise wrong(search, position, f"a word has more than {LONGEST_WORD} characters. Leave it out, or shorten it.")
    if is_prefix and words and len(words[-1]) < SHORTEST_PREFIX:
        least = f"a * needs {SHORTEST_PREFIX} letters or more before it"
        raise wrong(search, position, f"{least}, such as: war*")
    return Token(Kind.WORDS, position, words=words, is_prefix=is_prefix)
