"""What the fetcher may do: how long, how much, how many at once, and where it must not go."""

from dataclasses import dataclass

MAX_REDIRECTS = 6
MAX_URL_LENGTH = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Limits of one fetcher. They hold for each request, except the two concurrencies, which are shared by all."""

    deadline: float = 20.0
    """Seconds for one whole request: addresses, connections, redirects and body. Waiting for a turn does not count."""
    max_bytes: int = 8_000_000
    """Largest body, counted after decompression."""
    concurrency: int = 16
    """Requests under way at once, over all hosts."""
    host_concurrency: int = 2
    """Requests under way at once to one host."""
    host_gap: float = 1.0
    """Seconds between the starts of two requests to one host."""
    longest_crawl_delay: float = 10.0
    """Most seconds between two pages of a host that its robots.txt (Crawl-delay) can ask for."""
    allow_private: tuple[str, ...] = ()
    """Host names, or addresses and networks (CIDR), that may be fetched although they are private."""
    contact: str = ""
    """Address or URL for the User-Agent, so that a site can reach whoever runs this."""
    proxy: str = ""
    """HTTP proxy for everything; it must then check the addresses of names itself."""
