"""From a stored entry to an article: the gate on title and summary, then the page, or the feed's own text."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.errors import ExtractError, FetchError
from monitor.extract.feedtext import from_feed
from monitor.extract.language import language_of
from monitor.extract.pages import extract
from monitor.pipeline.policy import READ_LANGUAGES, ReadPolicy
from monitor.records.articles import (
    Article,
    Entry,
    EntryState,
    Page,
    PageKind,
    ReadResult,
    ScreenResult,
    StoredArticle,
)
from monitor.records.feeds import Document, FetchResult, NotModified
from monitor.records.findings import Unread

WAITS_FOR_ITS_TURN = timedelta(hours=1)
"""How long an entry waits for a host that may not be asked, or wants peace, before that uses up its tries too."""
LEAST_PAGE_TEXT = 200
LONGEST_PAUSE = 86_400.0
Extracts = Callable[[Document], Page]
"""Reads a fetched page: here, or in another process. Raises ExtractError."""
Looked = tuple[str, Page | None]
"""Why there is no page, or the page."""


def is_for_the_model(article: Article) -> bool:
    """Whether the model reads the article's own words: English, or in no language that can be told."""
    return article.language is None or article.language in READ_LANGUAGES


def short_document(entry: Entry) -> Article:
    """Title and summary of an entry with their language, as the gate reads them."""
    text = from_feed(entry).text[:1500]
    language = language_of(f"{entry.title}. {text}") or _told_language(entry)
    return Article(id=str(entry.id), title=entry.title, text=text, url=entry.url, language=language)


def _told_language(entry: Entry) -> str:
    """What the feed says, or the gate has said; English when nobody says anything."""
    return entry.language[:2].lower() or "en"


def unread_reason(entry: Entry, short: Article, policy: ReadPolicy, *, now: datetime) -> str | None:
    """Return why an entry is not for the gate at all: too old, in a language without a route, empty."""
    if entry.published is not None and now - entry.published > policy.max_age:
        return f"too old: published {entry.published.date().isoformat()}, limit {policy.max_age.days} days"
    if short.language not in policy.languages:
        return f"language: {short.language}"
    if not short.title and not short.text:
        return "empty: neither title nor text"
    return None


def not_screened(short: Article, reason: str) -> ScreenResult:
    """End the way of an entry that the gate was not asked about, or could not read."""
    return ScreenResult(entry_id=int(short.id), state=EntryState.SKIPPED, reason=reason, language=short.language or "")


def let_through(short: Article) -> ScreenResult:
    """Have the page of an entry read without asking the gate, which whatever it said would let it through."""
    reason = "gate: off, every page is read"
    return ScreenResult(entry_id=int(short.id), state=EntryState.TO_READ, reason=reason, language=short.language or "")


def screened(short: Article, answer: Mapping[str, float] | Unread, policy: ReadPolicy) -> ScreenResult:
    """Let the gate decide: read the page, or rule the entry out; skip what could not be put to it."""
    if isinstance(answer, Unread):
        return not_screened(short, answer.reason)
    topic, best = max(answer.items(), key=lambda item: item[1])
    passed = best >= policy.gate
    sign = ">=" if passed else "<"
    return ScreenResult(
        entry_id=int(short.id),
        state=EntryState.TO_READ if passed else EntryState.RULED_OUT,
        reason=f"gate: {topic} {best:.3f} {sign} {policy.gate:.3f}",
        gate_score=best,
        language=short.language or "",
    )


def look(result: FetchResult | None, extracts: Extracts = extract) -> Looked:
    """What a request for a page gave: why there is no page, or the page."""
    if result is None:
        return "no page: the entry has no web address", None
    if isinstance(result, FetchError):
        return f"page: {result}", None
    if isinstance(result, NotModified):
        return "page: answered 304 without being asked", None
    try:
        return "", extracts(result)
    except ExtractError as error:
        return f"page: {error}", None


def read(
    entry: Entry, result: FetchResult | None, policy: ReadPolicy, *, now: datetime, looked: Looked | None = None
) -> ReadResult:
    """Make an article of a page, or of the feed's own text when the page gives none.

    ``looked`` is what ``look`` said of ``result``, where that was asked already. A page that failed for now is tried
    again later, unless its tries are used up: then the feed's text has to do.
    """
    problem, page = looked or look(result)
    if page is not None and page.kind in {PageKind.ARTICLE, PageKind.LIVE_BLOG} and len(page.text) >= LEAST_PAGE_TEXT:
        return _article(entry, page, "page", "", policy)
    if page is not None and not problem:
        problem = f"page is {page.kind.value}: {page.reason}" if page.reason else f"page is {page.kind.value}"
    was_tried = not _may_wait(entry, result, now)
    if not was_tried or (_worth_retrying(result) and _has_tries(entry, result, policy, now)):
        return ReadResult(
            entry_id=entry.id,
            article=None,
            page_kind=None,
            reason=problem,
            retry_at=now + _pause(entry.attempts, result, policy),
            was_tried=was_tried,
        )
    own = from_feed(entry)
    if not own.text and not entry.title:
        return ReadResult(
            entry_id=entry.id, article=None, page_kind=None, state=EntryState.FAILED, reason=problem or "no text at all"
        )
    return _article(entry, own, own.reason or "feed summary", problem, policy)


def read_again(stored: StoredArticle, result: FetchResult) -> ReadResult | None:
    """What a second look at a matched article's page gives; None when there is no article to be seen now.

    The title stays the one we have: it came from the feed, whose edits arrive by themselves; pages word it otherwise.
    """
    _, page = look(result)
    if page is None or page.kind not in {PageKind.ARTICLE, PageKind.LIVE_BLOG} or len(page.text) < LEAST_PAGE_TEXT:
        return None
    article = replace(stored.article, text=page.text)
    return ReadResult(entry_id=0, article=article, page_kind=page.kind, text_source="page")


def put_off(entry: Entry, policy: ReadPolicy, *, now: datetime) -> ReadResult:
    """Leave an entry for a later round: the pages before it took all the time there was."""
    reason = "page: put off, the pages asked before it were slow"
    return ReadResult(
        entry_id=entry.id,
        article=None,
        page_kind=None,
        reason=reason,
        retry_at=now + policy.retry_first,
        was_tried=False,
    )


def _may_wait(entry: Entry, result: FetchResult | None, now: datetime) -> bool:
    """Whether the page was not asked for, since its host wants peace or another worker asks it, and there is time."""
    is_held = isinstance(result, FetchError) and result.kind == "held" and result.retry_after is not None
    return is_held and now - entry.first_seen < WAITS_FOR_ITS_TURN


def _has_tries(entry: Entry, result: FetchResult | None, policy: ReadPolicy, now: datetime) -> bool:
    """Whether the page may be asked for again; while it is news, one that was only asked for too soon always may."""
    return entry.attempts + 1 < policy.attempts or (
        _wants_peace(result) and now - entry.first_seen < WAITS_FOR_ITS_TURN
    )


def _wants_peace(result: FetchResult | None) -> bool:
    """Whether the server would answer, but not now: how many pages it refuses says nothing about this one."""
    if not isinstance(result, FetchError) or result.kind != "status":
        return False
    return result.status == 429 or (result.status == 503 and result.retry_after is not None)


def _worth_retrying(result: FetchResult | None) -> bool:
    if not isinstance(result, FetchError):
        return False
    if result.kind in {"held", "robots"}:
        # A robots.txt that could not be had, or a pause: both are over some time. A rule is not.
        return result.retry_after is not None
    if result.kind == "status":
        return result.status in {408, 425, 429} or (result.status or 0) >= 500
    return result.kind in {"dns", "connect", "timeout", "protocol"}


def _pause(attempts: int, result: FetchResult | None, policy: ReadPolicy) -> timedelta:
    """What the server asks for, else a pause that grows fourfold with each try; beyond the usual tries, the longer."""
    pause: timedelta = policy.retry_first * 4 ** min(attempts, 6)
    if not isinstance(result, FetchError) or result.retry_after is None:
        return pause
    asked = timedelta(seconds=min(max(result.retry_after, 1.0), LONGEST_PAUSE))
    return asked if attempts + 1 < policy.attempts or result.kind == "held" else max(asked, pause)


def _article(entry: Entry, page: Page, text_source: str, problem: str, policy: ReadPolicy) -> ReadResult:
    language = page.language or _told_language(entry)
    article = Article(
        id=str(entry.id),
        # The feed's title is the outlet's own headline; page titles often carry the site's name.
        title=entry.title or page.title,
        text=page.text,
        url=entry.url or page.url,
        published=entry.published or page.published,
        source=entry.outlet,
        language=language,
    )
    read = ReadResult(
        entry_id=entry.id,
        article=article,
        page_kind=page.kind,
        text_source=text_source,
        language=language,
        reason=problem,
    )
    if language in policy.languages:
        return read
    return replace(read, article=None, state=EntryState.SKIPPED, reason=f"language: {language}")
