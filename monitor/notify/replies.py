"""What a mail server's answer to each step means for the mail. Pure."""

from monitor.notify.line import Answer
from monitor.records.telling.messages import Outcome, Reply

# Not the mail is at fault but our settings: the same mail will be taken once a person has mended them.
_OURS = frozenset({530, 534, 535, 538})
_TOO_LARGE = 552
# "Bad sequence of commands": server and we misunderstand each other, which is not the mail's fault either.
_CONFUSED = 503


def postponed(detail: str, *, doubtful: bool = False) -> Outcome:
    """Not now."""
    return Outcome(reply=Reply.POSTPONED, detail=detail, doubtful=doubtful)


def refused(detail: str) -> Outcome:
    """For good."""
    return Outcome(reply=Reply.REFUSED, detail=detail)


def to_sender(server: str, sender: str, answer: Answer) -> Outcome | None:
    """After MAIL FROM; None when it goes on.

    A sender that is refused is refused with every mail: they wait until the setting is right.
    """
    if answer.kind == 2:
        return None
    if answer.code == _TOO_LARGE:
        return refused(f"{server} answered {answer}")
    if answer.kind == 5:
        return postponed(f"{server} does not take mails from {sender}: {answer}. Check mail_from and smtp_user.")
    return _at_a_step(server, answer)


def to_recipient(server: str, answer: Answer) -> Outcome | None:
    """After RCPT TO; None when it goes on."""
    if answer.kind == 5 and "relay" in answer.text.lower():
        return postponed(f"{server} does not pass mails on for us: {answer}. Check smtp_user and smtp_host.")
    return None if answer.kind == 2 else _at_a_step(server, answer)


def to_data(server: str, answer: Answer) -> Outcome | None:
    """After DATA; None when the mail itself may follow."""
    return None if answer.code == 354 else _at_a_step(server, answer)


def to_mail(server: str, answer: Answer) -> Outcome:
    """After the whole mail."""
    if answer.kind == 2:
        return Outcome(reply=Reply.ACCEPTED, detail=str(answer))
    return _at_a_step(server, answer)


def _at_a_step(server: str, answer: Answer) -> Outcome:
    if answer.code in _OURS:
        return postponed(f"{server} wants a login or another one: {answer}. Check smtp_user and smtp_password.")
    if answer.kind == 5 and answer.code != _CONFUSED:
        return refused(f"{server} answered {answer}")
    return postponed(f"{server} answered {answer}")
