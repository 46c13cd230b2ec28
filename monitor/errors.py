"""The error tree. Its first level is the reaction: stop, note it on the row, or run the whole job again.

Foreign exceptions are wrapped at their one door (``raise Ours(...) from theirs``). A message says what, which
(address, id), why, and what to do next; it holds no secret.
"""


class MonitorError(Exception):
    """Root of every error this program raises on purpose."""


class StartupError(MonitorError):
    """Stop; a person must act."""


class ConfigError(StartupError):
    """A setting, option or input file is wrong."""


class QueryError(ConfigError):
    """A search that cannot be read. ``position`` is the character, counted from 0, at which it goes wrong."""

    def __init__(self, message: str, *, position: int) -> None:
        super().__init__(message)
        self.position = position


class ModelError(StartupError):
    """Model weights are missing, damaged or of another version."""


class SchemaError(StartupError):
    """The database's schema is not the one this program knows."""


class HungError(MonitorError):
    """Something hung for good, and the program ended of itself: start it again. ``status`` is its exit status."""

    status = 75
    """Try again (sysexits.h, EX_TEMPFAIL)."""


class DocumentError(MonitorError):
    """Note it on that row and go on."""


class FetchError(DocumentError):
    """A request that brought no usable answer; a value between stages, raised only at the edges.

    ``kind`` is one of ``dns``, ``connect``, ``tls``, ``timeout``, ``too_large``, ``refused_address``, ``redirect``,
    ``status``, ``protocol``, ``decode``, ``held`` (not sent: the host asked to be left alone; ``retry_after`` says how
    long), ``robots`` (not sent: robots.txt forbids the page; with ``retry_after`` only for now). ``status`` is the HTTP
    status when there was one; ``retry_after`` is in seconds, as asked for by the server.
    """

    def __init__(
        self,
        message: str,
        *,
        key: str,
        url: str,
        kind: str,
        status: int | None = None,
        retry_after: float | None = None,
        elapsed: float = 0.0,
    ) -> None:
        super().__init__(message)
        self.key = key
        self.url = url
        self.kind = kind
        self.status = status
        self.retry_after = retry_after
        self.elapsed = elapsed


class ParseError(DocumentError):
    """Bytes that are no feed (or whose parser had to be killed)."""


class ExtractError(DocumentError):
    """A page from which no article can be taken."""


class TransientError(MonitorError):
    """Run the whole job again later."""


class StoreError(TransientError):
    """The database refused: locked, full, read-only, gone."""


class DeliveryError(TransientError):
    """A message that could not be handed over."""


class ChartError(TransientError):
    """A picture that could not be drawn; what it belongs to goes without it."""
