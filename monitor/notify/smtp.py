"""Mails to a mail server: one connection for many, each mail with its own deadline and its own end.

No outcome is an exception. What the server says to one mail is that mail's end; what is wrong with the server or with
our settings postpones this mail and the rest of the batch, and the server is left alone.
"""

import ssl
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from monitor.errors import ConfigError, DeliveryError
from monitor.notify import addresses, envelope, replies
from monitor.notify.envelope import Letter
from monitor.notify.line import Line, Server
from monitor.notify.timing import Deadline, Pace
from monitor.records.telling.messages import Mail, Outcome, Reply

_MOST_BREAKS = 2
"""Connections in a row that may break off under a mail before the rest waits."""
_OWN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class Mailer:
    """Hands mails to one mail server. Usable from any thread; a call has its own connection, all share the pace."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: str,
        sender: str,
        user: str = "",
        password: str = "",
        timeout: float = 30.0,
        rate: float = 10.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """``timeout`` is for one mail, connecting included; ``rate`` in mails a second. Raises ConfigError."""
        addresses.sender(sender)
        if user and security == "none" and host not in _OWN_HOSTS:
            raise ConfigError(
                f"smtp_security is none, and the password would go to {host} readable for everybody in between. "
                "Set it to starttls or tls, or empty smtp_user."
            )
        self._server = Server(host=host, port=port, security=security, user=user, password=password)
        self._sender = sender
        self._timeout = timeout
        self._pace = Pace(rate)
        self._context = context
        self._lock = threading.Lock()

    def send(self, mails: Iterable[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        """Take one mail after the other, each when the server is ready for it, and yield what came of it."""
        waiting = iter(mails)
        with _Visit(self._server, self._sender, self._timeout, self._trusted()) as visit:
            while True:
                visit.be_ready(self._pace)
                if (mail := next(waiting, None)) is None:
                    return
                yield mail, visit.hand_over(mail)

    def _trusted(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                # Certificates and the server's name are checked.
                self._context = ssl.create_default_context()
            return self._context


class _Visit:
    """One call's dealings with the server."""

    def __init__(self, server: Server, sender: str, timeout: float, context: ssl.SSLContext) -> None:
        self._server = server
        self._sender = sender
        self._timeout = timeout
        self._context = context
        self._deadline = Deadline(timeout)
        self._line: Line | None = None
        self._is_first = True
        self._breaks = 0
        self._why_not = ""
        """Why the rest is not even tried."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._line is not None:
            self._line.leave()

    def be_ready(self, pace: Pace) -> None:
        """See to it that the next mail may be taken; before the first one, that there is a connection."""
        if self._why_not:
            return
        pace.wait()
        self._deadline.start(self._timeout)
        if self._is_first:
            self._is_first = False
            self._connect()
        self._deadline.pause()

    def hand_over(self, mail: Mail) -> Outcome:
        """What came of ``mail``."""
        try:
            letter = envelope.letter(mail, sender=self._sender)
        except ConfigError as error:
            return replies.refused(str(error))
        self._deadline.resume()
        if self._line is not None and self._line.has_begun and not self._line.is_there():
            self._drop()
        if self._line is not None and (outcome := self._tried(self._line, letter, may_be_old=True)):
            return outcome
        if not self._why_not:
            # Servers close a connection that was idle, or carried many mails; nothing of this one had been said on it.
            self._connect()
        if self._line is not None and (outcome := self._tried(self._line, letter, may_be_old=False)):
            return outcome
        return replies.postponed(self._why_not)

    def _connect(self) -> None:
        try:
            self._line = Line.opened(self._server, self._deadline, self._context)
        except DeliveryError as error:
            self._why_not = str(error)

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _tried(self, line: Line, letter: Letter, *, may_be_old: bool) -> Outcome | None:
        """What came of it; None when another connection should be tried."""
        try:
            with line.door():
                outcome = handed_over(line, letter, str(self._server))
        except DeliveryError as error:
            outcome = _broken(line, error)
            self._breaks += 1
            is_over = self._breaks >= _MOST_BREAKS
            is_closed = not isinstance(error.__cause__, TimeoutError)
        else:
            self._breaks = 0
            is_over = is_closed = line.is_leaving
            if not is_closed:
                return outcome
        self._drop()
        if may_be_old and is_closed and line.accepted and not line.has_begun:
            self._breaks = 0
            return None
        if is_over:
            self._why_not = outcome.detail
        return outcome


def handed_over(line: Line, letter: Letter, server: str) -> Outcome:
    """One mail's dealings with the server. Raises what ``line`` raises, and DeliveryError for an answer to nothing."""
    if letter.needs_utf8 and not line.has_extn("smtputf8"):
        return replies.refused(
            f"{letter.recipient} has letters that are not ASCII before the @, or the sender has, and {server} does not "
            "take such addresses (SMTPUTF8). Use another address."
        )
    size, limit = len(letter.data), line.esmtp_features.get("size", "")
    if limit.isdecimal() and 0 < int(limit) < size:
        return replies.refused(f"the mail has {size} bytes, and {server} takes {limit} at most.")
    line.command_encoding = "utf-8" if letter.needs_utf8 else "ascii"
    options = (f" SIZE={size}" if line.has_extn("size") else "") + (" SMTPUTF8 BODY=8BITMIME" * letter.needs_utf8)
    answer = line.ask("MAIL", f"FROM:<{letter.sender}>{options}")
    outcome = replies.to_sender(server, letter.sender, answer)
    if outcome is None:
        line.has_begun = True
        answer = line.ask("RCPT", f"TO:<{letter.recipient}>")
        outcome = replies.to_recipient(server, answer)
    if outcome is None:
        answer = line.ask("DATA")
        outcome = replies.to_data(server, answer)
    if outcome is None:
        answer = line.content(letter.data)
        outcome = replies.to_mail(server, answer)
        if outcome.reply is Reply.ACCEPTED:
            line.accepted += 1
            line.has_begun = False
    if outcome.reply is not Reply.ACCEPTED and answer.kind not in {4, 5}:
        raise DeliveryError(f"{server} answered {answer}, which says neither yes nor no. It will be tried again.")
    return outcome


def _broken(line: Line, error: DeliveryError) -> Outcome:
    if not line.is_doubtful:
        return replies.postponed(str(error))
    return replies.postponed(
        f"{error} All of the mail had been handed over and it may have arrived; it goes again under its Message-ID.",
        doubtful=True,
    )
