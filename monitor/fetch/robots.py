"""robots.txt for article pages (RFC 9309): fetched once a day per site, kept small, asked before each page.

Feeds are not subject to it: a site offers them to programs. Pages are asked for one by one because a feed named
them, so a rule for our product token, or for everybody, is obeyed.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import httpx
from protego import Protego

from monitor.errors import FetchError
from monitor.fetch.answers import failure
from monitor.records.feeds import Document, FetchRequest, FetchResult

PRODUCT = "talks-monitor"
MAX_BYTES = 500 * 1024
"""RFC 9309 2.5: at least this much must be read; what comes after it is not."""
KEPT = timedelta(hours=24)
# A site whose robots.txt cannot be had is left alone, and asked again after this time.
_RETRY = timedelta(minutes=5)
FILES_KEPT = 4096
_ADVICE = (
    "Its text is not read; the feed's own summary is. If the site permits it, let it allow "
    f"{PRODUCT} in its robots.txt."
)
_AGENT_LINE = re.compile(r"user[- ]?agent\s*[:\s]\s*([^#]*)", re.IGNORECASE)
_FORBIDS = re.compile(r"\s*dis+al+ow\s*[:\s]\s*([^#]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """What a site answered for its robots.txt."""

    fetched_at: datetime
    status: int
    """200 for a file; 404 stands for every answer that allows all, 503 for every one that forbids all for now."""
    text: str = ""
    """Only what concerns this program: the groups for its product token and for everybody."""


RobotsStore = MutableMapping[str, RobotsFile]
"""Site (scheme, name, port) to its file: a dict, or something that outlives the process."""


class Robots:
    """Knows what sites allow. Lives in the event loop; many pages of a site wait for one fetch of its file."""

    def __init__(self, fetch: Callable[[FetchRequest], Awaitable[FetchResult]], store: RobotsStore) -> None:
        self._fetch = fetch
        self._store = store
        self._asking: dict[str, asyncio.Task[RobotsFile]] = {}

    async def rules(self, target: httpx.URL) -> "Rules":
        """The rules of the site of ``target``."""
        site = site_of(target)
        known = self._store.get(site)
        if known is None or _stale(known, datetime.now(UTC)):
            task = self._asking.get(site)
            if task is None:
                task = self._asking[site] = asyncio.create_task(self._ask(site))
                task.add_done_callback(lambda _: self._asking.pop(site, None))
            # The task belongs to all who wait: one that gives up does not stop it.
            known = await asyncio.shield(task)
        return Rules(site, known)

    async def _ask(self, site: str) -> RobotsFile:
        request = FetchRequest(key=site, url=f"{site}/robots.txt", accept="text/plain, */*;q=0.5")
        result = await self._fetch(request)
        file = understood(result, now=datetime.now(UTC))
        if isinstance(result, FetchError) and result.kind == "held":
            # The hold says when to ask again.
            return file
        remember(self._store, site, file)
        return file


def remember(store: RobotsStore, site: str, file: RobotsFile) -> None:
    """Put a file into the store; where there are too many, those that came first go. From any thread."""
    store[site] = file
    if len(store) > FILES_KEPT:
        # A copy in one step of the interpreter: another thread may write meanwhile.
        for oldest in list(store)[: len(store) - FILES_KEPT]:
            store.pop(oldest, None)


def site_of(target: httpx.URL) -> str:
    """Scheme, name and port: what one robots.txt is for."""
    return f"{target.scheme}://{target.netloc.decode('ascii')}"


def _stale(file: RobotsFile, now: datetime) -> bool:
    return now - file.fetched_at > (_RETRY if file.status == 503 else KEPT)


def understood(result: FetchResult, *, now: datetime) -> RobotsFile:
    """What an answer for robots.txt means (RFC 9309 2.3.1): 4xx allows all, 5xx or no answer forbids all for now."""
    match result:
        case Document():
            text = relevant(result.body[:MAX_BYTES].decode("utf-8-sig", "replace"))
            return RobotsFile(fetched_at=now, status=200, text=text)
        case FetchError(status=int(status)) if 400 <= status < 500 and status != 429:
            return RobotsFile(fetched_at=now, status=404)
        case FetchError(kind="redirect" | "decode"):
            # RFC 9309 2.3.1.2: too many redirects may be taken as no file; a file nobody can read says nothing.
            return RobotsFile(fetched_at=now, status=404)
        case _:
            return RobotsFile(fetched_at=now, status=503)


def relevant(text: str) -> str:
    """The lines that concern this program. Keeps a huge file of other agents' rules out of memory and of the parser."""
    kept: list[str] = []
    ours = in_agents = False
    for line in text.splitlines():
        agent = _AGENT_LINE.match(line.strip())
        if agent is not None:
            ours = (in_agents and ours) or _is_ours(agent[1])
            in_agents = True
            if _is_ours(agent[1]):
                kept.append(line.strip())
        elif line.strip() and not line.lstrip().startswith("#"):
            in_agents = False
            if ours:
                kept.append(line.strip())
    return "\n".join(kept)


def _is_ours(agent: str) -> bool:
    name = agent.strip().lower().rstrip("*") or "*"
    return name == "*" or PRODUCT.startswith(name)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Protego:
    return Protego.parse(text)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site says."""

    site: str
    file: RobotsFile

    def covers(self, target: httpx.URL) -> bool:
        """Whether ``target`` is on this site."""
        return self.site == site_of(target)

    def refusal(self, request: FetchRequest, target: httpx.URL) -> FetchError | None:
        """The error for a page that is not to be asked for; None when it may be."""
        if self.file.status == 503:
            reason = f"{self.site}/robots.txt cannot be had, so no page of the site is asked for now"
            return _refused(request, reason, "It will be tried again in some minutes.", _RETRY.total_seconds())
        if self.file.status != 200 or _parsed(self.file.text).can_fetch(str(target), PRODUCT):
            return None
        reason = f"{self.site}/robots.txt does not allow it ({deciding_line(self.file.text, str(target))})"
        return _refused(request, reason, _ADVICE, None)

    def delay(self, longest: float) -> float:
        """Seconds between two pages that the site asks for (Crawl-delay), at most ``longest``."""
        if self.file.status != 200:
            return 0.0
        return min(_parsed(self.file.text).crawl_delay(PRODUCT) or 0.0, longest)


def _refused(request: FetchRequest, reason: str, advice: str, again: float | None) -> FetchError:
    return failure(request, "robots", reason, elapsed=0.0, advice=advice, retry_after=again)


def deciding_line(text: str, url: str) -> str:
    """The Disallow line because of which ``url`` may not be fetched: the longest that forbids it on its own."""
    rules = [found[1].strip() for line in text.splitlines() if (found := _FORBIDS.match(line))]
    forbidding = [
        rule for rule in rules if rule and not Protego.parse(f"User-agent: *\nDisallow: {rule}").can_fetch(url, PRODUCT)
    ]
    return f"Disallow: {max(forbidding, key=len)[:200]}" if forbidding else "one of its rules"
