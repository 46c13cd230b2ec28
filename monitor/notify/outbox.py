"""Mails into a folder, one file for each: what happens without a mail server. Mail programs open ``.eml`` files."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from monitor.errors import ConfigError
from monitor.notify import addresses, envelope, replies
from monitor.records.telling.messages import Mail, Outcome, Reply

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


class Outbox:
    """Writes mails into ``folder``, which is made when it is needed. Usable from any thread and process."""

    def __init__(self, folder: Path, *, sender: str) -> None:
        """Raises ConfigError when ``sender`` is no address."""
        addresses.sender(sender)
        self._folder = folder
        self._sender = sender

    def send(self, mails: Iterable[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        """Take one mail after the other and yield what came of it."""
        for mail in mails:
            yield mail, self._written(mail)

    def _written(self, mail: Mail) -> Outcome:
        try:
            data = envelope.letter(mail, sender=self._sender).data
        except ConfigError as error:
            return replies.refused(str(error))
        path = self._folder / file_name(mail.message_id)
        try:
            _put(path, data)
        except OSError as error:
            return replies.postponed(
                f"{path} cannot be written: {error.strerror}. Make room, or mend the rights of outbox_folder."
            )
        return Outcome(reply=Reply.ACCEPTED, detail=str(path))


def file_name(message_id: str) -> str:
    """A name that is safe on every file system, and the same whenever the mail is written again."""
    # The hash keeps ids apart that differ in other signs, or in the case of letters.
    shown = _UNSAFE.sub(".", message_id.strip("<>").rpartition("@")[0])[:80].strip(".")
    return f"{shown or 'mail'}-{hashlib.sha256(message_id.encode('utf-8', 'replace')).hexdigest()[:10]}.eml"


def _put(path: Path, data: bytes) -> None:
    """Write the whole file or nothing of it; for our own user only, as mails hold links that act."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
