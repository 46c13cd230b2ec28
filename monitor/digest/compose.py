"""Facts to a digest: what is told, in which order, and what is left out. Pure, and the same for the same facts.

It chooses and orders; it writes nothing of its own but names, days and states. Every sentence stands in an article.
"""

from datetime import datetime

from monitor.digest.calendar import calendar
from monitor.digest.gathering import gathered
from monitor.digest.headline import headline
from monitor.digest.ladder import ladder
from monitor.digest.lead import lead
from monitor.digest.said import said
from monitor.digest.stories import ranked, top
from monitor.records.telling.digests import Digest, Facts
from monitor.records.telling.subscribers import Stream


def compose(facts: Facts, *, stream: Stream, covers_from: datetime, missed: int) -> Digest:
    """The stream's digest of a period. It takes over at ``covers_from``, ``missed`` periods having gone without one."""
    news = gathered(facts)
    best = ranked(facts.stories, since=covers_from)
    first = lead(news, best)
    events = calendar(facts, news)
    words = said(facts.statements, news)
    weapons = ladder(facts.rungs, news, until=facts.period.end)
    stories = top(facts.stories, since=covers_from)
    left = {"calendar": events.left, "said": words.left, "ladder": weapons.left, "stories": stories.left}
    return Digest(
        stream=stream.key,
        schedule=stream.schedule,
        selection=stream.selection,
        period=facts.period,
        covers_from=covers_from,
        missed=missed,
        headline=headline(facts, news, best),
        lead=first.lines,
        calendar=events.lines,
        said=words.lines,
        ladder=weapons.lines,
        stories=stories.lines,
        volume=facts.volume,
        coverage=facts.coverage,
        more=tuple((name, number) for name, number in left.items() if number),
        told=tuple(sorted(first.told | events.told | words.told | weapons.told | stories.told)),
    )
