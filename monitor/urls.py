"""Addresses as text: canonical form for comparison, host, absolute links. Pure.

``canonical`` is for telling whether two addresses mean the same page. It is not meant to be fetched: it folds
http to https, mobile and AMP twins to the plain page, and drops what only says where the reader came from.
"""

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

import idna

WEB_SCHEMES = frozenset({"http", "https"})
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Parameters that say where a reader came from, never which page it is.
_TRACKING_PREFIXES = ("utm_", "at_", "ns_", "mc_", "pk_", "mtm_", "hsa_", "_hs", "wt.", "icid", "xtor", "itm_", "stm_")
_TRACKING = frozenset(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid yclid igshid igsh mkt_tok cmp cmpid campaign_id ito ocid "
    "cvid smid smtyp partner ref_src ref_url referrer ftag guccounter guce_referrer guce_referrer_sig feedtype "
    "feedname taid soc_src soc_trk sref s_kwcid spm fb_action_ids fb_action_types source_rss rss_id _ga _gl amp "
    "cid_source ncid sr_share traffic_source".split()
)
# Parameters that are tracking only with such a value: elsewhere ``ref`` or ``source`` may name the page.
_TRACKING_VALUES = {
    "ref": re.compile(r"(rss|feed|twitter|facebook|home|homepage|newsletter|nl|share|hp)[-_\w]*", re.IGNORECASE),
    "source": re.compile(r"(rss|feed|twitter|facebook|newsletter|social)[-_\w]*", re.IGNORECASE),
    "src": re.compile(r"(rss|feed|twitter|facebook|newsletter|social)[-_\w]*", re.IGNORECASE),
    "from": re.compile(r"(rss|feed|twitter|facebook|newsletter)[-_\w]*", re.IGNORECASE),
    "cid": re.compile(r"(rss|feed|twitter|facebook|social|newsletter)[-_:\w]*", re.IGNORECASE),
    "output": re.compile(r"amp", re.IGNORECASE),
    "outputtype": re.compile(r"amp", re.IGNORECASE),
}
# Addresses as nearly all are written: a name in small letters, no port, nothing escaped in the path, and no fragment.
# Taking these apart by hand saves most of the work; the query, if any, goes the usual way.
_PLAIN = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(/[A-Za-z0-9._~/-]*)?(?:\?([!-\"$-~]*))?")
_INDEX_PAGE = re.compile(r"/(index|default)\.(html?|php|aspx?|jsp)$", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"(?<=[^/])(/amp/?|\.amp(?=\.html?$)|\.amp)$|\.amp(?=\.html?$)", re.IGNORECASE)
_TWIN_HOST = re.compile(r"^(?:www\.|m\.|mobile\.|amp\.)+(?=[^.]+\.[^.])", re.IGNORECASE)
_EDGES = "".join(map(chr, range(0x21))) + "\u00a0\u200b\ufeff"
_LONGEST = 4096
# Line breaks, and halves of characters, which nothing can encode.
_BREAKS = re.compile("[\t\r\n\ud800-\udfff]")
# What may stand unescaped in a path and in a query (RFC 3986), so that %7E and ~ compare equal.
_PATH_SAFE = "!$&'()*+,;=:@-._~"
_QUERY_SAFE = "!$'()*,;:@/?-._~+"
# What an address that leaves us may hold as it stands; the rest is escaped. What is in no address: characters that
# cannot be sent at all (lone surrogates, controls), and marks that turn the direction of what follows.
_AS_IT_STANDS = "%/:?[]@!$&'()*+,;=-._~"
_TURNING = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff\u2066-\u2069]")


@lru_cache(maxsize=8192)
def canonical(url: str) -> str:
    """The form in which addresses of one page compare equal; idempotent. What is no web address comes back trimmed."""
    if (plain := _PLAIN.fullmatch(url)) is not None:
        name, path, query = plain.groups(default="")
        return urlunsplit(("https", _TWIN_HOST.sub("", name), _folded(path), _query(query), ""))
    trimmed = _trim(url)
    parts = _split(trimmed)
    if parts is None:
        return trimmed
    netloc = _TWIN_HOST.sub("", _host_name(parts))
    port = _port(parts)
    if port is not None:
        netloc = f"{netloc}:{port}"
    return urlunsplit(("https", netloc, _path(parts.path), _query(parts.query), ""))


def host(url: str) -> str:
    """The host name, lower case and in its ASCII form, without port; empty when ``url`` is no web address."""
    parts = _split(_trim(url))
    return "" if parts is None else _host_name(parts)


def absolute(base: str, link: str) -> str:
    """``link`` seen from ``base``; the trimmed link itself when the two make no address."""
    link = _trim(link)
    try:
        return urljoin(_trim(base), link)
    except ValueError:
        return link


def web_link(base: str, link: str) -> str:
    """``link`` as a web address seen from ``base``, or empty when it leads elsewhere (``mailto:``, ``urn:``).

    Where ``base`` is itself no web address (a file on disk), a relative link stays as it is.
    """
    link = _trim(link)
    if not link:
        return ""
    if is_web(base):
        link = absolute(base, link)
    elif ":" not in link.partition("/")[0]:
        return link[:_LONGEST]
    return link[:_LONGEST] if is_web(link) else ""


def outgoing(url: str, longest: int) -> str:
    """``url`` as it may stand in what we send: absolute, in ASCII, without user and password; else empty.

    ``javascript:`` does harm, a relative one leads nowhere from a mail, and one that had to be cut leads elsewhere.
    """
    found = web_link("", _TURNING.sub("", url))
    if not is_web(found):
        return ""
    parts = urlsplit(found)
    port = f":{parts.port}" if parts.port is not None else ""
    rest = (quote(part, safe=_AS_IT_STANDS) for part in (parts.path, parts.query, parts.fragment))
    address = urlunsplit((parts.scheme, host(found) + port, *rest))
    return address if len(address) <= longest and is_web(address) else ""


def is_web(url: str) -> bool:
    """True for an http or https address with a host."""
    return _split(_trim(url)) is not None


def _trim(url: str) -> str:
    return _BREAKS.sub("", url).strip(_EDGES)


def _split(url: str) -> SplitResult | None:
    """The parts of a web address, or None when it is something else."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in WEB_SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port >= 0)
    except ValueError:
        return None
    return parts if usable and _host_name(parts) else None


def _host_name(parts: SplitResult) -> str:
    name = (parts.hostname or "").rstrip(".")
    if ":" in name:
        return f"[{name}]"
    if name.isascii():
        return name
    try:
        # The dots of other scripts are dots only now.
        return idna.encode(name, uts46=True).decode("ascii").rstrip(".")
    except idna.IDNAError:
        return quote(name, safe="").lower()


def _port(parts: SplitResult) -> int | None:
    """The port, unless it is the default of http or https (both, as the two schemes compare equal)."""
    return None if parts.port in {None, *_DEFAULT_PORTS.values()} else parts.port


def _path(path: str) -> str:
    return _folded(quote(_unquoted(path), safe=_PATH_SAFE + "/%"))


def _folded(path: str) -> str:
    path = re.sub(r"/{2,}", "/", path) or "/"
    while (shorter := _fold_path(path)) != path:
        path = shorter
    return path


def _fold_path(path: str) -> str:
    path = _INDEX_PAGE.sub("/", _AMP_SUFFIX.sub("", path))
    return path.rstrip("/") or "/"


def _query(query: str) -> str:
    kept = [item for item in query.split("&") if item and not _is_tracking(*item.partition("=")[::2])]
    return "&".join(quote(_unquoted(item), safe=_QUERY_SAFE + "=%") for item in kept)


def _is_tracking(name: str, value: str) -> bool:
    name = unquote(name).lower()
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    pattern = _TRACKING_VALUES.get(name)
    return pattern is not None and pattern.fullmatch(unquote(value)) is not None


_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def _unquoted(text: str) -> str:
    """Escapes of unreserved characters opened, the rest in upper case; a stray percent sign becomes ``%25``."""

    def opened(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character in _UNRESERVED else f"%{found[1].upper()}"

    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    return _ESCAPE.sub(opened, text)
