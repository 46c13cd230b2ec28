"""The store as the jobs see it: one object with a part for each table family."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from monitor.store.board.store import BoardStore
from monitor.store.chronicle.store import ChronicleStore
from monitor.store.engine import BUSY_TIMEOUT, Database
from monitor.store.entries import Entries
from monitor.store.facts.store import FactsStore
from monitor.store.feedback.candidates import Candidates
from monitor.store.feedback.labels import Labels
from monitor.store.findings import FindingsStore
from monitor.store.leases import Leases
from monitor.store.people.accounts import Accounts
from monitor.store.people.audit import Audit
from monitor.store.people.entrance import Sessions, Tokens
from monitor.store.people.kept import Snoozes, Views, Visits
from monitor.store.people.saved_searches import SavedSearches
from monitor.store.polling.feed_changes import FeedChanges
from monitor.store.polling.feeds import Feeds
from monitor.store.polling.hosts import Hosts
from monitor.store.polling.subscriptions import Subscriptions
from monitor.store.polling.turns import Turns
from monitor.store.publishing import Publishing
from monitor.store.reanalysis import Reanalyses
from monitor.store.revisits import Revisits
from monitor.store.schema import require_known
from monitor.store.searching.search import Search
from monitor.store.setbacks import Setbacks
from monitor.store.telling.alerts import Alerts
from monitor.store.telling.deliveries import Deliveries
from monitor.store.telling.editions import Editions
from monitor.store.telling.signing import Signing
from monitor.store.telling.subscribers import Subscribers
from monitor.store.upkeep import Upkeep
from monitor.store.versions import Versions


class Store:
    """Everything the program remembers. Safe to share between threads; not between processes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.name = database.name
        """The database for messages, without password."""
        self.feeds = Feeds(database)
        self.feed_changes = FeedChanges(database)
        self.entries = Entries(database)
        self.versions = Versions(database)
        self.findings = FindingsStore(database)
        self.chronicle = ChronicleStore(database)
        self.revisits = Revisits(database)
        self.reanalyses = Reanalyses(database)
        self.hosts = Hosts(database)
        self.turns = Turns(database)
        self.setbacks = Setbacks(database)
        self.search = Search(database)
        self.searches = SavedSearches(database)
        self.subscriptions = Subscriptions(database)
        self.labels = Labels(database)
        self.candidates = Candidates(database)
        self.publishing = Publishing(database)
        self.leases = Leases(database)
        self.subscribers = Subscribers(database)
        self.editions = Editions(database)
        self.deliveries = Deliveries(database)
        self.signing = Signing(database)
        self.facts = FactsStore(database)
        self.alerts = Alerts(database)
        self.accounts = Accounts(database)
        self.sessions = Sessions(database)
        self.tokens = Tokens(database)
        self.audit = Audit(database)
        self.views = Views(database)
        self.snoozes = Snoozes(database)
        self.visits = Visits(database)
        self.upkeep = Upkeep(database)
        self.board = BoardStore(database)

    @classmethod
    def open(cls, url: str, *, create: bool = False, older: bool = False, busy_timeout: float = BUSY_TIMEOUT) -> Self:
        """Open the database at ``url`` (``sqlite:///file`` or ``postgresql://...``).

        ``create`` makes a missing or empty one. ``older`` takes one of an earlier version too, to be backed up or
        replaced. ``busy_timeout`` is how many seconds a write waits for another's lock. Raises ConfigError for a wrong
        address, SchemaError for a schema that is not this program's, StoreError when the database cannot be reached,
        read or written.
        """
        database = Database(url, busy_timeout=busy_timeout)
        with ExitStack() as on_error:
            on_error.callback(database.close)
            require_known(database, create=create, older=older)
            on_error.pop_all()
        return cls(database)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
