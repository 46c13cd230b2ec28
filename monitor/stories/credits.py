"""Where an article says whose report it is: dateline, byline, last line, or "..., Reuters reported". Pure.

Only title, head and end are looked at. Credits of photographs look much the same and are passed over: they have a
slash before or after the name, or a word such as "photo" or "via" beside it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from monitor.records.articles import Article
from monitor.records.findings import Span
from monitor.stories.agencies import Reporter, Reporters

_HEAD = 700
"""Characters at the start of the text in which a dateline or byline stands."""
_LEAD = 300
"""... and in which "Reuters reported" says whose report it is; further down it is one source of several."""
_TAIL = 400
_BESIDE = 60
"""Characters before a credit, and half as many after it, in which a word may say that it is a photograph's."""
_PICTURE = re.compile(r"\b(?:photos?|images?|pictured?|getty|handout|pool|file|via|seen)\b", re.IGNORECASE)
_UNNAMED = re.compile(
    r"\bwith (?:\w+ )?(?:inputs?|reporting|material|information|contributions?) from (?:news )?agencies\b"
    r"|\b(?:staff|reporters?|correspondents?|desk) (?:and|with) (?:news )?agencies\b|\bfrom wire (?:services|reports)\b"
    r"|^\W{0,3}(?:by )?(?:news )?agencies\W{0,3}$|\bagencies contributed\b",
    re.IGNORECASE | re.MULTILINE,
)
_DESK = re.compile(r"\bReporting by [^;\n)]{3,120}[;,.]\s?(?:[^;\n)]{0,80}[;,.]\s?)?[Ee]diting by\b")
"""The last line of the one agency that names its editors."""
_DESK_OF = "Reuters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Who is credited and where."""

    reporter: Reporter | None
    """None: agencies, but which is not said."""
    span: Span
    prints: bool
    """Whether it says that the text is the reporter's; otherwise the article retells what the reporter wrote."""


def credit(article: Article, reporters: Reporters) -> Credit | None:
    """The article's credit, the plainest where there are several; None where it gives none."""
    document, body = article.document, len(article.title) + 2
    head, tail = min(len(document), body + _HEAD), max(body, len(document) - _TAIL)
    lead = min(len(document), body + _LEAD)
    patterns = _patterns(reporters)
    return (
        _first(patterns.head, document, body, head, reporters, prints=True)
        or _first(patterns.tail, document, tail, len(document), reporters, prints=True)
        or _desk(document, tail, reporters)
        or _first(patterns.title, document, 0, len(article.title), reporters, prints=False)
        or _first(patterns.told, document, 0, lead, reporters, prints=False)
        or _unnamed(document, body, head, tail)
    )


@dataclass(frozen=True, slots=True)
class _Patterns:
    head: re.Pattern[str]
    tail: re.Pattern[str]
    title: re.Pattern[str]
    told: re.Pattern[str]


@lru_cache(maxsize=8)
def _patterns(reporters: Reporters) -> _Patterns:
    agency = rf"(?<![\w/-])(?P<{{}}>{reporters.agencies})(?![\w/-])"
    more = rf"(?:(?:, ?| ?/ ?| & | and | - )(?:{reporters.agencies}))*"
    anybody = rf"(?<![\w/-])(?P<{{}}>{reporters.everybody})(?![\w/-])"
    named = rf"(?:[\w.'’-]+,? ){{{{0,5}}}}?(?:the )?{agency}{more}"
    head = (
        rf"\({agency.format('a')}{more}\)\s?(?:-|–|—|:)",
        rf"(?<=[\s,.])/(?P<b>{reporters.agencies})/(?=[\s.])",
        rf"^\W{{0,3}}(?:[Bb]y|BY|[Ss]tory by|[Rr]eport by|[Ss]ource:?|[Ff]rom) {named.format('c')}"
        r"(?: staff| journalists)?\W{0,3}$",
        rf"^\W{{0,3}}{agency.format('d')}{more}(?: ?[|–—-] ?(?=\S)|\W{{0,3}}$)",
        rf"^[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){{1,3}} ?[,|–—] ?(?:The )?{agency.format('e')}\W{{0,3}}$",
        rf"\bUpdated: [\d: -]{{8,20}}\({agency.format('f')}\)",
    )
    tail = (
        rf"^\W{{0,2}}(?:©|\(c\)|[Cc]opyright)[^\n]{{0,20}}?{agency.format('a')}",
        rf"\b(?:[Ss]ource|[Ss]tory by|[Rr]eport by|[Pp]ublished by):? {named.format('b')}\W{{0,3}}$",
        rf"\b[Ww]ith (?:\w+ )?(?:inputs?|material|information|reporting|files|contributions?) (?:from|by) "
        rf"{named.format('c')}",
        rf"{agency.format('d')} contributed this report",
        rf"^[\w/.,]{{0,12}}\s?\({agency.format('e')}{more}\)\W{{0,2}}$",
        rf"(?<=[.!?\"”’])\s{{0,3}}(?:[—–-]{{1,2}}\s?)?\(?{agency.format('f')}{more}\)?\W{{0,2}}\Z",
        rf"^\W{{0,3}}{agency.format('g')}{more}(?: [–—-] [^\n]{{1,30}}|\W{{0,3}})$",
    )
    title = (rf"[–—|-] ?{anybody.format('a')}$", rf"^{anybody.format('b')}: ")
    telling = r"(?:has |have )?(?:reports?|reported|learned|writes|wrote|understands)\b(?! (?:that )?(?:it|its)\b)"
    whose = r"(?:['’]s? (?:own )?(?:correspondents?|reporters?|sources?))?"
    told = (
        rf"{anybody.format('a')}{whose},? {telling}",
        rf"\b(?:according to|citing|reported by|reports? (?:by|from|in)|quoted by|cited by) "
        rf"(?:[\w'’-]+ ){{0,4}}?(?:[Tt]he )?{anybody.format('b')}",
        rf"\b(?:told|tells) (?:[\w'’-]+ ){{0,3}}?(?:the )?{agency.format('c')}",
    )
    return _Patterns(*(re.compile("|".join(each), re.MULTILINE) for each in (head, tail, title, told)))


def _first(
    pattern: re.Pattern[str], document: str, start: int, end: int, reporters: Reporters, *, prints: bool
) -> Credit | None:
    # Cut out, so that the ends of lines and of the text are where the pattern expects them.
    region = document[start:end]
    for found in pattern.finditer(region):
        name = found[str(found.lastgroup)]
        if prints and _of_picture(region, found):
            continue
        place = start + found.start()
        span = Span(start=place, end=place + len(found[0]), text=found[0])
        return Credit(reporter=reporters.named(name), span=span, prints=prints)
    return None


def _of_picture(region: str, found: re.Match[str]) -> bool:
    """Whether the credit stands in a line about a photograph."""
    start = region.rfind("\n", 0, found.start()) + 1
    end = region.find("\n", found.end())
    line = region[start : len(region) if end < 0 else end]
    near = line[max(0, found.start() - start - _BESIDE) : found.end() - start + _BESIDE // 2]
    return _PICTURE.search(near) is not None


def _desk(document: str, tail: int, reporters: Reporters) -> Credit | None:
    found = _DESK.search(document, tail)
    if found is None or (desk := reporters.named(_DESK_OF)) is None:
        return None
    return Credit(reporter=desk, span=_span(found), prints=True)


def _unnamed(document: str, body: int, head: int, tail: int) -> Credit | None:
    found = _UNNAMED.search(document, body, head) or _UNNAMED.search(document, tail)
    return None if found is None else Credit(reporter=None, span=_span(found), prints=True)


def _span(found: re.Match[str]) -> Span:
    return Span(start=found.start(), end=found.end(), text=found[0])
