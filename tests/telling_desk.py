"""A desk for tests: the real store, and mailers and notifiers that write down what they were given."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.jobs.telling.desk import Desk, Sources
from monitor.records.telling.digests import Digest, Picture
from monitor.records.telling.messages import Mail, Notice, Outcome, Reply
from monitor.store import Store
from tests.store_builders import NOW

ACCEPTED = Outcome(reply=Reply.ACCEPTED)


@dataclass
class Post:
    """Takes mails and notices; says what ``answers`` says, and yes after that."""

    answers: list[Outcome] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    notices: list[tuple[Notice, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def _answer(self) -> Outcome:
        return self.answers.pop(0) if self.answers else ACCEPTED


class Letters(Post):
    def send(self, mails: Iterable[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        for mail in mails:
            with self.lock:
                self.mails.append(mail)
                outcome = self._answer()
            yield mail, outcome


class Notices(Post):
    def send(self, notice: Notice, target: str) -> Outcome:
        with self.lock:
            self.notices.append((notice, target))
            return self._answer()


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def no_pictures(_: Digest) -> tuple[Picture, ...]:
    return ()


def open_desk(store: Store, clock: Callable[[], datetime] | None = None, **parts: Any) -> Desk:
    """A desk with what is not named in ``parts`` made up."""
    letters, notices = Letters(), Notices()
    given: dict[str, Any] = {
        "mails": letters,
        "urgent": letters,
        "webhooks": notices,
        "chats": notices,
        "sources": lambda _: Sources(active=3),
        "pictures": no_pictures,
        "holder": "here:1:test",
        "clock": clock or Clock(),
        "dice": lambda: 0.0,
        "sender": "Monitor <monitor@desk.example>",
        "mail_domain": "desk.example",
        "public_url": "https://desk.example/m",
    }
    return Desk(store=store, **given | parts)
