"""What every kind of feed shows of an item. Pure."""

from html import escape

from monitor.publish import clean
from monitor.records.telling.publishing import PublishedItem

NAME = "Talks monitor"
"""Who made the feed."""
_MOST_NAMES = 20


def title(item: PublishedItem) -> str:
    """The title; no feed may be without one."""
    return clean.plain(item.title, clean.TITLE) or clean.plain(item.evidence, clean.TITLE) or "Untitled"


def origin(item: PublishedItem) -> str:
    """Where it stands and who else tells it: "The News (state-controlled) · 4 more outlets, 3 origins"."""
    outlet = clean.plain(item.outlet, clean.NAME) + (" (state-controlled)" if item.state_controlled else "")
    return " · ".join(filter(None, (outlet.strip(), clean.plain(item.story, clean.NAME))))


def text(item: PublishedItem) -> str:
    """Evidence and origin in plain words."""
    evidence = clean.plain(item.evidence)
    return "\n".join(filter(None, (f"“{evidence}”" if evidence else "", origin(item)))) or title(item)


def html(item: PublishedItem) -> str:
    """The same as HTML, in which nothing of a stranger's acts."""
    evidence = escape(clean.plain(item.evidence))
    whose = escape(origin(item))
    quoted = f"<blockquote>{evidence}</blockquote>" if evidence else ""
    return quoted + (f"<p>{whose}</p>" if whose else "") or f"<p>{escape(title(item))}</p>"


def authors(item: PublishedItem) -> list[str]:
    """Who wrote it: the names that the outlet gives, else the outlet."""
    return _names(item.authors) or _names((item.outlet,))


def topics(item: PublishedItem) -> list[str]:
    """The topics as words."""
    return _names(tuple(topic.replace("_", " ") for topic in item.topics))


def _names(given: tuple[str, ...]) -> list[str]:
    names = dict.fromkeys(clean.plain(name, clean.NAME) for name in given[:_MOST_NAMES])
    return [name for name in names if name]
