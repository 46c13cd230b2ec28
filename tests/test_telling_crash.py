"""Killed at any step of compose, send and commit, telling has lost nothing, and has sent nothing twice uncounted."""

import json
import socket
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from subprocess import Popen

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.records.telling.messages import Delivery, DeliveryState
from monitor.records.telling.subscribers import Cadence, Schedule
from monitor.store import Store
from tests.ledger_builders import DAY, subscribed
from tests.telling_worker import FIRST, Died
from tests.workers import finish, start

WORKER = "tests.telling_worker"
POINTS = 100
KILLS = 8
STREAM, SCHEDULE = "at six", Schedule(cadence=Cadence.DAILY, hour=6)


class Receiver:
    """A mail server that takes everything and remembers who got which Message-ID."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, str]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        heads = envelope.content.partition(b"\r\n\r\n")[0].decode().replace("\r\n ", " ").split("\r\n")
        (message_id,) = (head.partition(":")[2] for head in heads if head.lower().startswith("message-id:"))
        self.arrived += [(recipient, message_id.strip()) for recipient in envelope.rcpt_tos]
        return "250 taken"


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def port(receiver: Receiver) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    server = Controller(receiver, hostname="127.0.0.1", port=number)
    server.start()
    yield str(number)
    server.stop()


def subscribe(url: str, *, recipients: int, now: datetime) -> None:
    with Store.open(url) as store:
        for n in range(recipients):
            subscribed(store, f"{n}@reader.example", schedule=SCHEDULE, stream=STREAM, now=now)


def assert_everybody_was_told_once(url: str, receiver: Receiver, *, recipients: int, days: int = 1) -> Counter[str]:
    """Every period is delivered to each recipient; the doubtful and the double ones, counted."""
    with Store.open(url) as store:
        lines = store.deliveries.listed(limit=100_000)
        editions = store.editions.listed(limit=100_000)
        assert {line.state for line in lines} == {DeliveryState.SENT}
        assert len(lines) == len({(line.target, line.period) for line in lines}) == len(editions) * recipients
        assert len(editions) >= days
        # Each takes over where the last one ended: no moment is left out.
        assert [head.covers_from for head in editions[:-1]] == [head.period.end for head in editions[1:]]
        assert store.upkeep.check() == ()
    return assert_arrivals(lines, receiver)


def assert_arrivals(lines: tuple[Delivery, ...], receiver: Receiver) -> Counter[str]:
    times: defaultdict[str, list[str]] = defaultdict(list)
    for recipient, message_id in receiver.arrived:
        times[message_id].append(recipient)
    assert set(times) == {line.message_id for line in lines}
    for line in lines:
        assert set(times[line.message_id]) == {line.target}
        assert len(times[line.message_id]) <= 1 + line.doubtful, line
    return Counter(
        doubtful=sum(line.doubtful for line in lines),
        doubled=sum(len(recipients) - 1 for recipients in times.values()),
    )


def told_by(worker: "Popen[str]") -> dict[str, int]:
    """What it says when it has done its work."""
    with worker:
        assert worker.stdout is not None
        seen: dict[str, int] = json.loads(worker.stdout.readline())
        assert worker.wait(timeout=60) == 0
    return seen


@pytest.mark.slow
def test_a_death_at_any_step_loses_nothing_and_doubles_nothing_uncounted(
    database_url: str, receiver: Receiver, port: str
) -> None:
    subscribe(database_url, recipients=5, now=FIRST - DAY)
    seen = told_by(start(WORKER, "points", database_url, port, "7", str(POINTS)))
    assert sum(seen[where.name] for where in Died) == POINTS
    assert min(seen[where.name] for where in Died) >= 1
    counted = assert_everybody_was_told_once(database_url, receiver, recipients=5, days=seen["DAYS"])
    # The window that nobody can close was hit, and every mail that fell into it is among those counted.
    assert 0 < counted["doubled"] <= counted["doubtful"]


@pytest.mark.slow
def test_killed_from_outside_at_any_moment_everybody_is_told_once(
    database_url: str, receiver: Receiver, port: str
) -> None:
    subscribe(database_url, recipients=25, now=datetime.now(UTC) - 2 * DAY)
    seen = told_by(start(WORKER, "kills", database_url, port, "7", str(KILLS)))
    assert seen["AT_WORK"] >= KILLS / 2
    assert_everybody_was_told_once(database_url, receiver, recipients=25)


@pytest.mark.slow
def test_eight_at_once_send_one_mail_to_each(database_url: str, receiver: Receiver, port: str) -> None:
    subscribe(database_url, recipients=20, now=FIRST - DAY)
    finish(start(WORKER, "eight", database_url, port))
    counted = assert_everybody_was_told_once(database_url, receiver, recipients=20)
    assert counted == Counter(doubtful=0, doubled=0)
    assert len(receiver.arrived) == 20
