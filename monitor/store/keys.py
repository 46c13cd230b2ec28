"""What makes two things the same: entries, articles, entities, reasons. Pure.

Keys are hashes, so that an index row stays small whatever a feed sends.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from monitor.records.articles import EntryState
from monitor.records.feeds import FeedEntry
from monitor.records.findings import Entity, Topic
from monitor.store.columns import storable
from monitor.text import digest, fingerprint, shorten
from monitor.urls import canonical, is_web

REVISITS = 5
"""How often a changed entry is looked at again: some feeds change a counter in every summary for ever."""

_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_STATUS = re.compile(r"(?i)\b(?:http|status) \d{3}\b")
_REASON_LENGTH = 100
_NAME_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A feed entry with the keys it is recognised by."""

    entry: FeedEntry
    identity: str
    url_key: str | None
    guid_key: str | None
    fingerprint: str
    hashes: tuple[str, ...] = ()
    """Those of every entry of the document that is this one."""


def hashed(*parts: str) -> str:
    """One short key for ``parts``."""
    return digest("\0".join(storable(part) for part in parts).encode())


def url_key(url: str) -> str | None:
    """The key of the page ``url`` names; None when it names none: empty, or a bare front page."""
    if not url.strip():
        return None
    page = canonical(storable(url))
    # What follows the host tells at once of nearly every address that it is no front page.
    if page.partition("://")[2].partition("/")[2] or not is_web(page):
        return hashed(page)
    parts = urlsplit(page)
    return None if parts.path in {"", "/"} and not parts.query else hashed(page)


def guid_key(guid: str) -> str | None:
    """The key of a feed's own id; None when there is none."""
    return hashed("guid", guid) if guid.strip() else None


def guids_repeat(entries: Iterable[FeedEntry]) -> bool:
    """True when one document gives the same guid to different pages: its guids then say nothing."""
    alike: defaultdict[str, list[FeedEntry]] = defaultdict(list)
    for entry in entries:
        if entry.guid.strip():
            alike[entry.guid].append(entry)
    return any(len(rows) > 1 and len(set(map(_page, rows))) > 1 for rows in alike.values())


def _page(entry: FeedEntry) -> str:
    return url_key(entry.url) or fingerprint(entry.title)


def items(entries: Sequence[FeedEntry], *, use_guids: bool) -> tuple[Item, ...]:
    """The document's distinct entries; of two that are the same the first, which feeds put newest, counts."""
    found: dict[str, Item] = {}
    for entry in entries:
        item = _item(entry, use_guids=use_guids)
        if (first := found.get(item.identity)) is None:
            found[item.identity] = item
        else:
            found[item.identity] = replace(first, hashes=first.hashes + item.hashes)
    return tuple(found.values())


def _item(entry: FeedEntry, *, use_guids: bool) -> Item:
    page = url_key(entry.url)
    guid = guid_key(entry.guid)
    return Item(
        entry=entry,
        identity=page or (guid if use_guids else None) or _own_words(entry),
        url_key=page,
        guid_key=guid,
        fingerprint=entry_fingerprint(entry.title, entry.summary, entry.content),
        hashes=(entry.hash,) if entry.hash else (),
    )


def _own_words(entry: FeedEntry) -> str:
    return hashed("text", fingerprint(entry.title), entry.published_raw)


def entry_fingerprint(title: str, summary: str, content: str) -> str:
    """Changes when the words of an entry do; markup, whose addresses often carry counters, does not count."""
    return fingerprint(title, _TAG.sub(" ", summary), _TAG.sub(" ", content))


def state_after_change(state: EntryState, *, has_article: bool, changes: int) -> EntryState:
    """Where an entry goes when its feed changed its words: back to the gate, or to a new read of its page."""
    if state in {EntryState.NEW, EntryState.TO_READ, EntryState.TO_ANALYSE} or changes > REVISITS:
        return state
    return EntryState.TO_READ if has_article else EntryState.NEW


def entity_key(entity: Entity) -> str:
    """The knowledge base's id, else the name without case, accents and double spaces."""
    if entity.id:
        return entity.id
    decomposed = unicodedata.normalize("NFKD", storable(entity.name).casefold())
    name = " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
    return f"name:{name if len(name) <= _NAME_LENGTH else hashed(name)}"


def reason_group(reason: str) -> str:
    """``reason`` with its numbers folded, so that like reasons count together; an HTTP status stays."""
    kept = [found.group() for found in _STATUS.finditer(reason)]
    folded = _NUMBER.sub("N", _STATUS.sub("\x01", reason))
    for status in kept:
        folded = folded.replace("\x01", status, 1)
    return shorten(folded, _REASON_LENGTH) if folded else ""


def verdict(topics: Iterable[Topic]) -> tuple[EntryState, str]:
    """The end state that ``topics`` give and the numbers behind it."""
    topics = tuple(topics)
    matched = [topic for topic in topics if topic.match]
    shown = matched or topics
    sign = "≥" if matched else "<"
    reason = ", ".join(f"{topic.name} {topic.score:.2f} {sign} {topic.threshold:.2f}" for topic in shown)
    return (EntryState.MATCHED if matched else EntryState.UNMATCHED), reason or "the model knows no topic"
