"""Which entries of a document are known already, and whether its ids tell them apart. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from hashlib import blake2b
from urllib.parse import urlsplit

from monitor import text, urls


def hash_of(*raw: bytes) -> str:
    """The hash of what a feed sent for an entry: 16 hex digits."""
    return blake2b(b"\0".join(raw), digest_size=8).hexdigest()


def unknown(hashes: Iterable[str], known: Collection[str]) -> list[int]:
    """The positions of the hashes that are not in ``known``."""
    names = known if isinstance(known, set | frozenset) else frozenset(known)
    return [place for place, name in enumerate(hashes) if name not in names]


def guids_repeat(rows: Iterable[tuple[str, str, str]]) -> bool:
    """True when one of the rows' guids, of (guid, absolute link, title), stands for different pages (miniflux#4197).

    The same rule as the store's, so that a document says the same of itself whichever of its entries are known.
    """
    pages: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for guid, link, title in rows:
        if guid.strip():
            pages[guid].add((link, "" if _names_page(link) else title))
    return any(len({_page(*page) for page in found}) > 1 for found in pages.values() if len(found) > 1)


def _names_page(link: str) -> bool:
    """False for no link at all and for a bare front page."""
    if not link:
        return False
    parts = urlsplit(urls.canonical(link))
    return not urls.is_web(link) or parts.path not in {"", "/"} or bool(parts.query)


def _page(link: str, title: str) -> str:
    return urls.canonical(link) if _names_page(link) else text.fingerprint(title)
