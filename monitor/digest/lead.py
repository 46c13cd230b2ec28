"""The first lines of a digest: what changed, the most important first, each with the sentence that shows it. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.chronicle.sides import fold
from monitor.chronicle.wording import Likeness, alike
from monitor.digest import house_style as style
from monitor.digest.gathering import News, Tier
from monitor.digest.sections import STATE_ONLY, Section, cited, fit
from monitor.records.telling.digests import Cited, StoryNews
from monitor.text import fingerprint, one_line

MOST, LEAST = 6, 3
_OF_A_KIND = 3
"""Lines of one tier, as long as there is anything else."""
_WHAT, _EVIDENCE = 220, 260
"""Characters."""
_ENOUGH = 2
"""Independent origins of a story that fills the lead up."""


def lead(news: Sequence[News], stories: Iterable[StoryNews]) -> Section[Cited]:
    """At most ``MOST`` lines of the ``news``, filled up to ``LEAST`` with what ``stories`` show."""
    distinct = _distinct(news)
    picked = _varied([same[0] for same in distinct if _line(same[0]).text])
    lines = [_line(each) for each in picked]
    told = {key for same in distinct if same[0] in picked for each in same for key in each.keys}
    seen = {fingerprint(text) for each, line in zip(picked, lines, strict=True) for text in (each.evidence, line.text)}
    articles = {line.source.article_id for line in lines if line.source}
    for story in stories:
        line = cited(story.evidence, story.source)
        is_known = fingerprint(line.text) in seen or story.source.article_id in articles
        if len(lines) < LEAST and _fills(story) and not is_known:
            lines.append(line)
            seen.add(fingerprint(line.text))
            articles.add(story.source.article_id)
    return Section(lines=tuple(lines), told=frozenset(told))


def _fills(story: StoryNews) -> bool:
    return story.is_new and story.story.origins >= _ENOUGH and bool(story.evidence.strip())


def _distinct(news: Sequence[News]) -> list[list[News]]:
    """Each thing once, with what says the same: a warning is often a leader's first words on the matter too."""
    found: list[tuple[_Told, list[News]]] = []
    counts: Counter[Tier] = Counter()
    for each in news:
        told = _Told(news=each, line=_line(each).text, what=one_line(each.change.what))
        same = next((others for first, others in found if _is_same(first, told)), None)
        if same is not None:
            same.append(each)
        elif counts[each.tier] < MOST:
            # More of a tier never gets in, and everything is compared with all that is kept.
            counts[each.tier] += 1
            found.append((told, [each]))
    return [same for _, same in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A piece of news and its words, put together once: it is compared with many."""

    news: News
    line: str
    what: str


def _is_same(told: _Told, other: _Told) -> bool:
    if told.line == other.line or told.what == other.what != "":
        return True
    first, second = told.news, other.news
    who = (fold(each.change.names[0]) if each.change.names else "" for each in (first, second))
    if not first.evidence or not second.evidence or len(set(who)) > 1 or first.happening or second.happening:
        return False
    return alike(first.evidence, second.evidence, reported=True) is not Likeness.OTHER


def _varied(news: Sequence[News]) -> list[News]:
    """The first of the news, no tier taking more than its share while others have something to say."""
    counts: Counter[Tier] = Counter()
    first: list[News] = []
    others: list[News] = []
    for each in news:
        counts[each.tier] += 1
        (first if counts[each.tier] <= _OF_A_KIND else others).append(each)
    return sorted((first + others)[:MOST], key=lambda each: each.order)


def _line(news: News) -> Cited:
    what, evidence = fit(_said_of(news), _WHAT), style.shown(news.evidence, _EVIDENCE)
    told = [f"{what} ({STATE_ONLY})" if news.state_only else what] if what else []
    # First words have theirs in the line already.
    if evidence and news.source is not None and (news.tier is not Tier.FIRST_WORDS or not told):
        told.append(style.quoted(evidence))
    return Cited(text=". ".join(told), source=news.source)


def _said_of(news: News) -> str:
    """What changed, in words; of an event also the day that it got besides."""
    if news.happening is None or news.turn in news.change.what:
        return one_line(news.change.what)
    title = news.change.what.partition(": ")[0]
    return one_line(f"{title}: {news.turn}")
