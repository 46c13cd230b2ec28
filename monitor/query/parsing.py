"""Tokens to a tree. AND binds tighter than OR, NOT tightest; no AND needs to be written.

Within one AND group, ``said:`` and the ``about:`` beside it mean one statement; parentheses keep them apart.
"""

from monitor.errors import QueryError
from monitor.query import fields
from monitor.query.lexing import Kind, Token, tokens
from monitor.query.nodes import And, Node, Or, Query, Statement, Words, joined, negated
from monitor.query.pointing import wrong

LONGEST = 2_000
"""Characters of a search."""
MOST_TERMS = 100
"""Words, phrases and fields of a search: each is work for the database."""
DEEPEST = 20
"""Parentheses within each other."""

_ENDS = frozenset((Kind.END, Kind.CLOSE, Kind.OR))


def parse(search: str) -> Query:
    """``search`` as a query. Raises QueryError with the place that cannot be read."""
    if len(search) > LONGEST:
        what = f"it is {len(search)} characters long, {LONGEST} at most. Leave parts out."
        raise QueryError(f"the search cannot be read: {what}", position=LONGEST)
    found = tokens(search)
    terms = [token for token in found if token.kind in {Kind.WORDS, Kind.FIELD}]
    if len(found) == 1:
        raise QueryError(f"the search {search[:40]!r} has no word or number to look for. Add one.", position=0)
    if len(terms) > MOST_TERMS:
        what = f"this is term {MOST_TERMS + 1} of {len(terms)}, {MOST_TERMS} at most. Leave some out."
        raise wrong(search, terms[MOST_TERMS].position, what)
    return Query(_Parser(search, found).whole())


class _Parser:
    """Goes once through the tokens."""

    def __init__(self, search: str, found: tuple[Token, ...]) -> None:
        self._search = search
        self._tokens = found
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        """The whole search."""
        node = self._any()
        if self._next.kind is Kind.CLOSE:
            raise self._wrong("this parenthesis closes none. Take it out, or open one before it.")
        return node

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _wrong(self, what: str) -> QueryError:
        return wrong(self._search, self._next.position, what)

    def _any(self) -> Node:
        nodes = [self._all()]
        while self._next.kind is Kind.OR:
            self._take()
            nodes.append(self._all())
        return joined(Or, nodes)

    def _all(self) -> Node:
        nodes: list[Node] = []
        # Whether the node is a bare said: or about:, which may be one statement with its neighbours.
        loose: list[bool] = []
        while self._next.kind not in _ENDS:
            if self._next.kind is Kind.AND:
                self._and(is_first=not nodes)
                continue
            loose.append(self._next.kind is Kind.FIELD)
            nodes.append(self._one())
        if not nodes:
            raise self._missing()
        return joined(And, _fused(nodes, loose))

    def _and(self, *, is_first: bool) -> None:
        if is_first:
            raise self._wrong('AND has nothing before it. Add a word there, or quote it: "AND"')
        self._take()
        if self._next.kind in _ENDS or self._next.kind is Kind.AND:
            raise self._missing()

    def _one(self) -> Node:
        is_negated = False
        while self._next.kind is Kind.NOT:
            self._take()
            is_negated = not is_negated
        token = self._next
        match token.kind:
            case Kind.OPEN:
                node = self._group()
            case Kind.FIELD:
                node = fields.node(self._search, token.position, token.field, token.value, is_quoted=token.is_quoted)
                self._take()
            case Kind.WORDS:
                node = Words(self._take().words, token.is_prefix)
            case _:
                raise self._missing()
        return negated(node) if is_negated else node

    def _group(self) -> Node:
        if self._depth == DEEPEST:
            raise self._wrong(f"more than {DEEPEST} parentheses stand within each other. Take some out.")
        opened = self._take()
        self._depth += 1
        node = self._any()
        self._depth -= 1
        if self._next.kind is not Kind.CLOSE:
            what = "this parenthesis is opened and never closed. Close it, or take it out."
            raise wrong(self._search, opened.position, what)
        self._take()
        return node

    def _missing(self) -> QueryError:
        """What is said where a word should stand."""
        if self._next.kind is Kind.CLOSE:
            return self._wrong("nothing stands before this parenthesis. Put a word there.")
        before = self._tokens[self._at - 1] if self._at else self._next
        operator = before if before.kind in {Kind.AND, Kind.OR, Kind.NOT} else self._next
        if operator.kind is Kind.END or operator.kind is Kind.OPEN:
            return self._wrong("a word is missing here. Add one.")
        name, side = operator.kind.name, "before" if operator is self._next else "after"
        what = f'{name} has nothing {side} it. Add a word there, or quote it: "{name}"'
        return wrong(self._search, operator.position, what)


def _fused(nodes: list[Node], loose: list[bool]) -> list[Node]:
    """Neighbouring ``said:`` and ``about:`` as one statement; each further ``said:`` begins another."""
    fused: list[Node] = []
    is_open = False
    for node, is_loose in zip(nodes, loose, strict=True):
        part = node if is_loose and isinstance(node, Statement) else None
        last = fused[-1] if is_open else None
        if part is not None and isinstance(last, Statement) and not (part.speaker and last.speaker):
            about = tuple(dict.fromkeys(last.about + part.about))
            fused[-1] = Statement(last.speaker or part.speaker, about)
        else:
            fused.append(node)
        is_open = part is not None
    return fused
