"""What is in a feed, what is wrong with it, and how often to look. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor import urls
from monitor.cli.feeds.examine import RobotsWord
from monitor.cli.feeds.lines import Line, Tone, doubtful, minute, span, sparkline
from monitor.records.feeds import Document, FeedEntry, ParsedFeed

if TYPE_CHECKING:
    from monitor.polling import NextPoll, Rhythm

_OLD = timedelta(days=14)
_LONG_PATH = 40
# Hosts whose links lead to the page by way of the host: what page it is cannot be told from the address.
_AGGREGATORS = (
    "news.google.com",
    "feedproxy.google.com",
    "feeds.feedburner.com",
    "apple.news",
    "smartnews.com",
    "newsbreak.com",
    "flip.it",
    "rss.app",
    "t.co",
    "bit.ly",
    "ow.ly",
    "trib.al",
    "buff.ly",
    "lnkd.in",
)


def feed_lines(document: Document, feed: ParsedFeed, routes: Mapping[str, str]) -> Iterator[Line]:
    """Encoding, what it says of itself, entries, dates, ids, addresses, and what the parser had to mend."""
    yield _encoding(document, feed)
    yield _itself(feed, routes)
    full = sum(bool(entry.content) for entry in feed.entries)
    short = sum(bool(entry.summary) and not entry.content for entry in feed.entries)
    yield doubtful(
        "entries",
        f"{len(feed.entries)}: {full} with full content, {short} with a summary alone" if feed.entries else "none",
        "" if feed.entries else "it has no entries now",
        entries=len(feed.entries),
        with_content=full,
        with_summary=short,
    )
    if feed.entries:
        yield _dates(feed.entries)
        yield _guids(feed)
        yield _addresses(feed.entries)
    for note in feed.notes:
        yield doubtful("note", note, note)


def _encoding(document: Document, feed: ParsedFeed) -> Line:
    from monitor.sources.charset import declarations

    declared = list(declarations(document.body, document.content_type))
    others = ", ".join(name for name in dict.fromkeys(declared) if name != feed.encoding.lower())
    if feed.encoding == "utf-8":
        why = "the bytes are valid UTF-8" if others or not declared else "as declared"
    else:
        why = "as declared" if feed.encoding.lower() in declared else "by the look of the text"
    # The parser says so itself where it had to choose.
    mended = any(note.startswith("declared as") for note in feed.notes)
    against = f", although {others} is declared" if others and not mended else ""
    return Line(
        name="encoding",
        text=f"{feed.encoding}: {why}{against}",
        facts={"encoding": feed.encoding, "encodings_declared": declared},
    )


def _itself(feed: ParsedFeed, routes: Mapping[str, str]) -> Line:
    code = feed.language.lower().partition("-")[0]
    skipped = bool(code) and code != "en" and routes.get(code, "skip") == "skip"
    told = [f"“{feed.title}”" if feed.title else "without a title", feed.homepage or "without a homepage"]
    language = f"language {feed.language}" if feed.language else "language not said"
    return doubtful(
        "feed",
        ", ".join((feed.kind, *told, language)),
        f"its language, {code}, is not read: see docs/languages.md" if skipped else "",
        kind=feed.kind,
        title=feed.title,
        homepage=feed.homepage,
        language=feed.language,
    )


def given(entries: Sequence[FeedEntry]) -> list[datetime]:
    """The dates that can be believed, the oldest first."""
    return sorted(entry.published for entry in entries if entry.published and entry.date_quality == "given")


def _dates(entries: Sequence[FeedEntry]) -> Line:
    quality = [entry.date_quality for entry in entries]
    counts = {name: quality.count(name) for name in ("missing", "unreadable", "future")}
    times = given(entries)
    same = len(times) > 2 and times[0] == times[-1]
    wrong = [f"{count} {'in the future' if name == 'future' else name}" for name, count in counts.items() if count]
    if same:
        wrong.append("all the same")
    span_told = f"{minute(times[0])} to {minute(times[-1])} UTC" if times else "none that can be used"
    return doubtful(
        "dates",
        "; ".join((span_told, *wrong)),
        f"dates: {', '.join(wrong)}" if wrong else "",
        oldest=times[0].isoformat() if times else None,
        newest=times[-1].isoformat() if times else None,
        dates_missing=counts["missing"],
        dates_unreadable=counts["unreadable"],
        dates_future=counts["future"],
        dates_all_same=same,
    )


def _guids(feed: ParsedFeed) -> Line:
    guids = [entry.guid for entry in feed.entries if entry.guid]
    different = len(set(guids))
    facts = {"guids": len(guids), "guids_different": different, "guids_repeat": feed.guids_repeat}
    if not guids:
        return Line(name="ids", text="none: addresses tell the entries apart", facts=facts)
    if feed.guids_repeat:
        text = f"{different} for {len(guids)} entries, the same for different pages: ids are ignored, addresses count"
        return doubtful("ids", text, "it repeats ids", **facts)
    lacking = len(feed.entries) - len(guids)
    also = f", {lacking} entries without" if lacking else ""
    return Line(name="ids", text=f"{different} different of {len(guids)}{also}", facts=facts)


def _addresses(entries: Sequence[FeedEntry]) -> Line:
    links = [entry.url for entry in entries if entry.url]
    different = len({urls.canonical(link) for link in links})
    hosts = sorted({urls.host(link) for link in links} - {""})
    opaque = [host for host in hosts if any(host == known or host.endswith(f".{known}") for known in _AGGREGATORS)]
    doubts, told = [], []
    if len(links) < len(entries):
        doubts.append(f"{len(entries) - len(links)} entries without a link")
    if different < len(links):
        doubts.append(f"{len(links) - different} entries have the page of another and count as one with it")
    if opaque:
        doubts.append(f"links lead through {opaque[0]}")
        told.append("what page they mean is hidden: the publisher's own feed is better")
    shown = ", ".join(hosts[:3]) + (f" and {len(hosts) - 3} more hosts" if len(hosts) > 3 else "")
    return doubtful(
        "addresses",
        "; ".join((f"{different} different of {len(links)}" + (f", on {shown}" if shown else ""), *doubts, *told)),
        "; ".join(doubts),
        links=len(links),
        links_different=different,
        link_hosts=hosts,
        opaque_hosts=opaque,
    )


def robots_line(word: RobotsWord | None) -> Line | None:
    """Whether the articles' pages may be asked for."""
    if word is None:
        return None
    host = urlsplit(word.page).netloc
    facts: dict[str, object] = {"robots": word.file, "robots_status": word.status, "page": word.page}
    if word.refusal:
        reason = word.refusal.removeprefix(f"{word.page}: ")
        doubt = f"{host} does not let its pages be read" if word.status == 200 else f"{word.file} cannot be had"
        path = urlsplit(word.page).path
        shown = path if len(path) <= _LONG_PATH else f"{path[: _LONG_PATH - 1]}…"
        return doubtful("robots", f"for {shown}: {reason}", doubt, **facts)
    allowed = "says that its pages may be read" if word.status == 200 else "has none: all pages may be read"
    return Line(name="robots", text=f"{word.file} {allowed}", tone=Tone.GOOD, facts=facts)


def hub_line(document: Document, feed: ParsedFeed, callback: str) -> Line | None:
    """Whether a hub offers to push."""
    hub = feed.hub or document.hub
    if not hub:
        return None
    use = "it is asked to push" if callback else "not used: websub_callback is not set (docs/websub.md)"
    return Line(name="hub", text=f"{hub}, {use}", facts={"hub": hub, "topic": feed.topic or document.topic})


def rhythm_lines(
    entries: Sequence[FeedEntry], rhythm: "Rhythm", following: "NextPoll", now: datetime
) -> Iterator[Line]:
    """How old the newest entry is, when the feed publishes, and how often to ask."""
    times = given(entries)
    if times:
        age = now - times[-1]
        old = age > _OLD
        yield doubtful(
            "newest",
            f"{span(age)} old" + ("; the publisher may have moved on" if old else ""),
            f"nothing new for {span(age)}" if old else "",
            newest_age=age.total_seconds(),
        )
    daily = rhythm.items / rhythm.watched * 86400 if rhythm.watched else 0.0
    many = f"{daily:.1f} entries a day, by their dates" if daily else "nothing to tell by in the dates of the last days"
    yield Line(
        name="rhythm",
        text=f"{many}; a poll every {span(following.interval)} or so suits it",
        facts={
            "entries_a_day": round(daily, 2),
            "entries_by_hour": [round(count, 2) for count in rhythm.hours],
            "interval": round(following.interval),
        },
    )


def rhythm_bars(rhythm: "Rhythm") -> str:
    """Bars for the hours of the day, by how much comes in the time that was watched; empty when nothing is known."""
    if not rhythm or not rhythm.items:
        return ""
    rates = [
        count / watched if watched else 0.0 for count, watched in zip(rhythm.hours, rhythm.hours_watched, strict=True)
    ]
    return sparkline(rates)
