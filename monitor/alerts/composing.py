"""News to a message: for chats and webhooks a notice, for people a mail. Short, the most important first. Pure.

Every line has the sentence that shows it and the article's address. All of it comes from strangers: it is put on one
line, cut, and escaped for where it goes.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC
from html import escape

from monitor.alerts import quiet, words
from monitor.alerts.gathering import SAMPLE
from monitor.records.telling.alerts import AlertRule, News, Trigger
from monitor.records.telling.messages import Notice

MOST_SHOWN = 10
"""Things that a message shows; of the others it tells the number."""
MOST_DATA = 200
"""Things that the data of a webhook hold."""
VERSION = 1
"""Of the data's layout: ``docs/alerts.md``."""

_TITLE, _EVIDENCE, _OUTLET, _RULE = 200, 300, 100, 80
_LONGEST = 2000
"""Characters of a text in the data, where programs cut for themselves."""
_MOST_NAMES = 50
_KINDS: Mapping[Trigger, str] = {
    Trigger.MATCH: "Match",
    Trigger.EVENT: "New event",
    Trigger.STATUS: "Event",
    Trigger.LADDER: "Aid ladder",
    Trigger.LEADER: "First words",
    Trigger.ANSWER: "Answer",
    Trigger.SILENCE: "Silence",
    Trigger.DARK: "Source",
}


def notice(rule: AlertRule, news: Sequence[News], *, id: str, dashboard_url: str = "") -> Notice:  # noqa: A002 - the record's own word
    """What chats and webhooks get when ``rule`` tells ``news`` (at least one); ``id`` is the delivery's."""
    return Notice(
        id=id,
        title=_subject(news),
        text=_text(rule, news, dashboard_url, titled=len(news) > 1),
        data=_data(rule, news, id, dashboard_url),
    )


def mail(rule: AlertRule, news: Sequence[News], *, dashboard_url: str = "") -> tuple[str, str, str]:
    """Subject, plain text and HTML of the mail in which ``rule`` tells ``news`` (at least one)."""
    return _subject(news), _text(rule, news, dashboard_url, titled=True), _html(rule, news, dashboard_url)


def _subject(news: Sequence[News]) -> str:
    """The news itself: what is most important, and how much more there is."""
    more = f" (+{len(news) - 1} more)" if len(news) > 1 else ""
    return (words.plain(news[0].title, _TITLE) or _KINDS[news[0].trigger]) + more


def _text(rule: AlertRule, news: Sequence[News], dashboard_url: str, *, titled: bool) -> str:
    blocks = list(filter(None, (_note(rule, news),)))
    for each in news[:MOST_SHOWN]:
        title = words.plain(each.title, _TITLE) if titled else ""
        evidence = _evidence(each)
        lines = (title, f"“{evidence}”" if evidence else "", _origin(rule, each), words.link(each.url))
        blocks.append("\n".join(filter(None, lines)))
    blocks.append("\n".join(filter(None, (_more(news), _signature(rule), words.link(dashboard_url)))))
    return "\n\n".join(blocks) + "\n"


def _note(rule: AlertRule, news: Sequence[News]) -> str:
    """Why it comes together or late, where the rule says so: no message is made while it is snoozed."""
    first = min(news, key=lambda each: each.at)
    if first.trigger is Trigger.DARK or first.key == SAMPLE:
        return ""
    if rule.snoozed_until is not None and first.at < rule.snoozed_until:
        return "What came up while this alert was snoozed."
    return "What came up in quiet hours." if quiet.is_quiet(rule.quiet, first.at) else ""


def _origin(rule: AlertRule, news: News) -> str:
    """Where it stands and since when we know: "Match 0.93 · The News · 20 Nov 2026, 12:00 UTC"."""
    kind = _KINDS[news.trigger] + (f" {news.score:.2f}" if news.score is not None else "")
    when = words.moment(news.at, rule.quiet.zone if rule.quiet else "")
    return " · ".join(filter(None, (kind, words.plain(news.outlet, _OUTLET), when)))


def _more(news: Sequence[News]) -> str:
    left = len(news) - MOST_SHOWN
    return f"And {left} more." if left > 0 else ""


def _signature(rule: AlertRule) -> str:
    return f"Alert “{words.plain(rule.name, _RULE)}” of Talks monitor"


def _html(rule: AlertRule, news: Sequence[News], dashboard_url: str) -> str:
    note = _note(rule, news)
    blocks = [f'<p style="margin:0 0 16px">{escape(note)}</p>'] if note else []
    blocks += [_block(rule, each) for each in news[:MOST_SHOWN]]
    if more := _more(news):
        blocks.append(f'<p style="margin:0 0 16px">{more}</p>')
    signature = escape(_signature(rule))
    if home := words.link(dashboard_url):
        signature = f'<a href="{escape(home)}" style="color:inherit">{signature}</a>'
    # No colours of our own but for what stands back: light and dark clients both know best.
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark"><title>'
        f"{escape(_subject(news))}</title></head>\n"
        "<body style=\"margin:0;padding:16px;font:16px/1.45 -apple-system,'Segoe UI',Roboto,Arial,sans-serif\">"
        '<div style="max-width:600px">\n'
        + "\n".join(blocks)
        + f'\n<p style="margin:24px 0 0;font-size:13px;opacity:.7">{signature}</p>\n</div></body></html>\n'
    )


def _block(rule: AlertRule, news: News) -> str:
    title = _escaped(news.title, _TITLE)
    if address := words.link(news.url):
        title = f'<a href="{escape(address)}" style="color:inherit">{title}</a>'
    evidence = escape(_evidence(news))
    quoted = f'<p style="margin:4px 0">“{evidence}”</p>' if evidence else ""
    origin = f'<p style="margin:0;font-size:13px;opacity:.7">{escape(_origin(rule, news))}</p>'
    return f'<div style="margin:0 0 20px"><p style="margin:0;font-weight:600">{title}</p>{quoted}{origin}</div>'


def _evidence(news: News) -> str:
    """The sentence that shows it; a title is not said twice."""
    evidence = words.plain(news.evidence, _EVIDENCE)
    return "" if evidence.strip(" .") in words.plain(news.title, _EVIDENCE) else evidence


def _escaped(text: str, limit: int) -> str:
    return escape(words.plain(text, limit))


def _data(rule: AlertRule, news: Sequence[News], id_: str, dashboard_url: str) -> dict[str, object]:
    """The same for machines, as ``docs/alerts.md`` describes it."""
    return {
        "version": VERSION,
        "kind": "alert",
        "id": id_,
        "rule": {"id": rule.id, "name": words.plain(rule.name, _RULE)},
        "title": _subject(news),
        "note": _note(rule, news),
        "count": len(news),
        "more": max(0, len(news) - MOST_DATA),
        "items": [_item(each) for each in news[:MOST_DATA]],
        "link": words.link(dashboard_url),
    }


def _item(news: News) -> dict[str, object]:
    return {
        "key": words.plain(news.key, _LONGEST),
        "trigger": news.trigger.value,
        "at": news.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "title": words.plain(news.title, _LONGEST),
        "evidence": words.plain(news.evidence, _LONGEST),
        "url": words.link(news.url),
        "outlet": words.plain(news.outlet, _LONGEST),
        "story_id": news.story_id,
        "article_id": news.article_id,
        "score": None if news.score is None else round(news.score, 4),
        "names": [words.plain(name, _LONGEST) for name in news.names[:_MOST_NAMES]],
    }
