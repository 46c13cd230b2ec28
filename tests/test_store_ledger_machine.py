"""Whatever two holders do, and wherever they die, a message is sent once for each try that is not doubtful."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete

from monitor.records.telling.messages import Outcome, Reply
from monitor.store import Store
from monitor.store.telling.ledger import MOST_DOUBTFUL
from monitor.store.telling.tables import deliveries
from tests.ledger_builders import ACCEPTED, LEASE, MINUTE, NOW, claim, new, state_of

KEYS = ("k1", "k2")
HOLDERS = st.sampled_from(("a", "b"))
REPLIES = st.sampled_from((Reply.ACCEPTED, Reply.ACCEPTED, Reply.POSTPONED, Reply.REFUSED))
OPEN = {"composed", "sending"}


class Ledger(RuleBasedStateMachine):
    """The world beside the ledger: a receiver that counts what it took, and two holders that may die at any moment."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOW
        self.claimed: dict[str, list[int]] = {"a": [], "b": []}
        self.begun: dict[str, list[tuple[int, Reply]]] = {"a": [], "b": []}
        self.arrived: Counter[int] = Counter()

    @initialize()
    def enter(self) -> None:
        with self.store._database.write() as connection:
            connection.execute(delete(deliveries))
        self.store.deliveries.enter([new(key) for key in KEYS], now=self.now)

    @rule(holder=HOLDERS)
    def claim(self, holder: str) -> None:
        self.claimed[holder] += [line.id for line in claim(self.store, holder, now=self.now)]

    @rule(holder=HOLDERS, reply=REPLIES)
    def hand_over(self, holder: str, reply: Reply) -> None:
        """What the receiver answers is settled here; whether we hear of it is another matter."""
        self.claim(holder)
        for number in self.claimed[holder][:1]:
            self.claimed[holder].pop(0)
            if self.store.deliveries.begin(number, holder=holder, now=self.now):
                self.arrived[number] += reply is Reply.ACCEPTED
                self.begun[holder].append((number, reply))

    @rule(holder=HOLDERS)
    def hear(self, holder: str) -> None:
        for number, reply in self.begun[holder][:1]:
            self.begun[holder].pop(0)
            outcome = Outcome(reply=reply, detail="why")
            retry_at = self.now + MINUTE if reply is Reply.POSTPONED else None
            self.store.deliveries.finish(number, holder=holder, outcome=outcome, now=self.now, retry_at=retry_at)

    @rule(holder=HOLDERS)
    def die(self, holder: str) -> None:
        """It forgets all, and its claims run out."""
        self.claimed[holder], self.begun[holder] = [], []
        self.now += LEASE

    @rule(holder=HOLDERS)
    def give_back(self, holder: str) -> None:
        self.store.deliveries.release(holder)
        self.claimed[holder] = []

    @rule()
    def wait(self) -> None:
        self.now += LEASE

    @rule()
    def sweep(self) -> None:
        self.store.upkeep.sweep(now=self.now)

    @invariant()
    def none_arrived_twice_but_for_what_is_counted(self) -> None:
        for line in self.store.deliveries.listed():
            assert self.arrived[line.id] <= 1 + line.doubtful, line
            if line.state.value == "sent":
                assert self.arrived[line.id] >= 1
            assert (line.next_try_at is not None) == (line.state.value in OPEN)
            assert line.doubtful <= MOST_DOUBTFUL

    def teardown(self) -> None:
        """Left alone for long enough, everything that is not over can be taken by somebody and brought to its end."""
        self.now += LEASE + timedelta(hours=1)
        waiting = {line.id for line in self.store.deliveries.listed() if line.state.value in OPEN}
        taken = {line.id for line in claim(self.store, "rescuer", now=self.now)}
        assert {number for number in waiting - taken if state_of(self.store, number) != "failed"} == set()
        for number in taken:
            assert self.store.deliveries.begin(number, holder="rescuer", now=self.now)
            done = self.store.deliveries.finish(number, holder="rescuer", outcome=ACCEPTED, now=self.now)
            assert done == "sent"


def test_two_holders_that_die_anywhere_lose_nothing_and_double_nothing_uncounted(sqlite_url: str) -> None:
    quick = settings(max_examples=50, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
    with Store.open(sqlite_url) as store:
        Ledger.store = store
        run_state_machine_as_test(Ledger, settings=quick)
