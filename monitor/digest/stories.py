"""The top stories: those that most independent origins tell, then those with the most fresh articles. Pure."""

from collections.abc import Sequence
from datetime import datetime

from monitor.digest.sections import Section, cited, fit
from monitor.records.telling.digests import StoryLine, StoryNews
from monitor.text import fingerprint, shorten, words

MOST = 12
_LONGEST, _LONGEST_TITLE = 300, 100


def ranked(stories: Sequence[StoryNews], *, since: datetime) -> list[StoryNews]:
    """The most important first; what went on before ``since`` comes late, what only a state's outlets tell last."""

    def order(news: StoryNews) -> tuple[object, ...]:
        story = news.story
        is_over = not news.is_new and story.last_seen < since
        return (not story.origins, is_over, -story.origins, -news.fresh, -story.outlets, -story.articles, story.id)

    return sorted(stories, key=order)


def top(stories: Sequence[StoryNews], *, since: datetime) -> Section[StoryLine]:
    """One line a story. Those that are left out may be told another day, when they have grown."""
    distinct: dict[str, list[StoryNews]] = {}
    for news in ranked(stories, since=since):
        # One headline that made two stories is one line.
        key = fingerprint(news.story.title) if words(news.story.title) else f"story {news.story.id}"
        distinct.setdefault(key, []).append(news)
    picked = list(distinct.values())[:MOST]
    return Section(
        lines=tuple(_line(same[0]) for same in picked),
        left=len(distinct) - len(picked),
        told=frozenset(f"story:{news.story.id}" for same in picked for news in same),
    )


def _line(news: StoryNews) -> StoryLine:
    story = news.story
    return StoryLine(
        story_id=story.id,
        title=title(news),
        url=story.url,
        outlet=story.outlet,
        outlets=story.outlets,
        origins=story.origins,
        state_origins=story.state_origins,
        topics=story.topics,
        evidence=cited(news.evidence, news.source, state_only=not story.origins),
        is_new=news.is_new,
    )


def title(news: StoryNews) -> str:
    """The story's headline, or what there is in its place."""
    found = (text.strip() for text in (news.story.title, news.source.title, shorten(news.evidence, _LONGEST_TITLE)))
    return fit(next(filter(None, found), "Without a title"), _LONGEST)
