"""A feed that goes wrong beside two that do not, lived through from well to well, with what must hold all along."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from monitor.errors import FetchError
from monitor.polling import LONGEST_WAIT, PollPolicy
from tests.driven_house import House
from tests.fault_site import CANARY, FAULTY, ONE, TWO, FaultSite, page
from tests.faults import Fault

DEADLINE = 2.0
# For the fetch, the parser that has to be killed, and the next parser's start on a busy machine.
LONGEST_ROUND = 4 * DEADLINE
MOST_MEMORY = 100 << 20
"""Bytes that a round may take more than the one before, with three bodies of at most 8 MB."""
POLICY = PollPolicy()


def _peak() -> int:
    """The most memory since the last ``_forget_peak``, in bytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def _forget_peak() -> int:
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


@dataclass(frozen=True, slots=True)
class Trio:
    """The feed that will go wrong, and the two beside it; ``site`` and ``faulty_site`` may be one."""

    house: House
    site: FaultSite
    faulty_site: FaultSite

    @property
    def faulty(self) -> str:
        return self.faulty_site.feed_url(FAULTY)

    @property
    def others(self) -> dict[str, str]:
        return {host: self.site.feed_url(host) for host in (ONE, TWO)}

    def next_round(self) -> None:
        self.house.until_due(self.faulty, *self.others.values())
        self.house.heard.results.clear()
        self.house.work("poll")

    def check_well(self, urls: dict[str, str]) -> None:
        """Everything that was published is stored, once."""
        for host, url in urls.items():
            feed = self.house.feed(url)
            assert (feed.last_status, feed.failures, feed.failing_since, feed.last_error) == ("new", 0, None, None)
            stored = sorted(row["url"] for row in self.house.entries(url))
            assert stored == sorted(page(host, number) for number in range(1, self.site.published + 1))

    def live(
        self, begin: Callable[[], None], during: Callable[[int], None], end: Callable[[], None], *, rounds: int = 1
    ) -> None:
        """All is well; then ``rounds`` with the fault, in which the others get what is new; then the fault is over."""
        self.house.add(self.faulty, *self.others.values())
        self.next_round()
        self.check_well({FAULTY: self.faulty} | self.others)
        begin()
        for number in range(1, rounds + 1):
            self.site.publish()
            before, started = _forget_peak(), time.monotonic()
            self.next_round()
            assert time.monotonic() - started < LONGEST_ROUND
            assert _peak() - before < MOST_MEMORY
            self.check_well(self.others)
            assert CANARY not in self.site.reached
            during(number)
        end()
        self.site.publish()
        if self.house.heard.holds():
            # Holds go by the real time, which nobody can drive: a later process finds them over.
            self.house.until_due(self.faulty)
            self.house.restart()
        self.next_round()

    def live_through(self, fault: Fault, begin: Callable[[], None], end: Callable[[], None]) -> None:
        """A fault that is charged to its feed, round by round, and takes nothing from what it had."""
        kept = ("etag", "last_modified", "body_hash", "last_success_at", "entries_seen", "moved_to", "conditional")
        seen: list[object] = []
        waits: list[timedelta] = []

        def state() -> list[object]:
            feed = self.house.feed(self.faulty)
            return [self.house.entries(self.faulty), *(getattr(feed, name) for name in kept)]

        def before() -> None:
            fault.before()
            seen.extend(state())
            begin()

        def during(number: int) -> None:
            waits.append(_checked(self.house, fault, self.faulty, failures=number))
            assert state() == seen

        self.live(before, during, end, rounds=fault.polls)
        self.check_well({FAULTY: self.faulty} | self.others)
        # Longer and longer, up to the longest less its jitter.
        longest = timedelta(seconds=0.8 * POLICY.backoff)
        assert all(later >= min(earlier, longest) for earlier, later in pairwise(waits))


def _checked(house: House, fault: Fault, url: str, *, failures: int) -> timedelta:
    """Hold the feed's row against the fault; how long the feed waits now."""
    feed = house.feed(url)
    assert (feed.last_status, feed.failures, feed.active, feed.gone_at) == ("failed", failures, True, None)
    assert feed.last_polled_at is not None
    assert feed.failing_since is not None
    assert (feed.failing_since == feed.last_polled_at) == (failures == 1)
    assert fault.says in (feed.last_error or ""), feed.last_error
    assert FAULTY in (feed.last_error or "")
    (failed,) = [result for result in house.heard.results if result.url == url]
    assert (failed.kind if isinstance(failed, FetchError) else "") == fault.kind
    assert getattr(failed, "status", None) == fault.status
    wait = feed.next_poll_at - feed.last_polled_at
    longest = min(LONGEST_WAIT, timedelta(seconds=fault.waits * 1.1 + 10))
    assert timedelta(seconds=max(POLICY.floor, fault.waits)) <= wait
    assert wait <= max(timedelta(seconds=POLICY.ceiling), longest)
    return wait
