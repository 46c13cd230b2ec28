"""A mail to the bytes that are sent: text first, then HTML with its pictures. Pure; the same bytes for the same mail.

All text in it comes from strangers. Headers cannot break out of their line, bodies are packed so that no line of them
can end a part or the mail, and every byte is ASCII but for an address that is not. Boundaries and Content-IDs follow
from the Message-ID, so that a mail which is sent again is the very same.
"""

import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import EmailPolicy
from email.utils import format_datetime

from monitor.errors import ConfigError
from monitor.notify import addresses
from monitor.records.telling.digests import Picture
from monitor.records.telling.messages import Mail
from monitor.text import shorten

_LONGEST_SUBJECT = 200
_LONGEST_LINE = 900
"""A line of a mail may have 998 bytes, the header's name and its mark included (RFC 5322 2.1.1)."""
_MESSAGE_ID = re.compile(r"<([!#-;=?A-Z^-~]{1,200})@([A-Za-z0-9.-]{1,200})>")
_LINK = re.compile(r"https?://[!#-;=?-~]+")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}")
# What ``monitor.text`` leaves: signs that turn the direction of what follows, and the second set of control characters.
_TURNING = re.compile(r"[\u2066-\u2069\u0080-\u009f]")
_ASCII = bytes(range(128))
# Read by programs that do not undo encoded words there.
_UNFOLDED = frozenset({"list-unsubscribe", "message-id", "list-id", "content-id"})


class _Lines(EmailPolicy):
    """The standard library's way of writing headers, but for those that it would take apart.

    It turns a long address in List-Unsubscribe into encoded words, which no mail program reads there.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header's lines."""
        if name.lower() in _UNFOLDED:
            return f"{name}: {value}\r\n".encode("ascii")
        if name.lower() == "subject":
            charset = "us-ascii" if value.isascii() else "utf-8"
            lines = Header(str(value), charset, header_name=name).encode(linesep="\r\n")
            return f"{name}: {lines}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Lines(linesep="\r\n", cte_type="7bit")
_UTF8_POLICY = _POLICY.clone(utf8=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail ready to be handed over."""

    sender: str
    recipient: str
    data: bytes
    needs_utf8: bool
    """Only a server with SMTPUTF8 may be given it."""


def letter(mail: Mail, *, sender: str) -> Letter:
    """``mail`` with its envelope. Raises ConfigError when it has no address to go to, or no usable Message-ID."""
    origin, recipient = addresses.sender(sender), addresses.checked(mail.to)
    return Letter(
        sender=origin.address,
        recipient=recipient,
        data=message(mail, sender=sender).as_bytes(),
        needs_utf8=addresses.needs_utf8(recipient) or addresses.needs_utf8(origin.address),
    )


def message(mail: Mail, *, sender: str) -> EmailMessage:
    """The whole message of ``mail``. Raises ConfigError as ``letter`` does."""
    origin, recipient = addresses.sender(sender), addresses.checked(mail.to)
    if (identity := _MESSAGE_ID.fullmatch(mail.message_id)) is None:
        raise ConfigError(f"{mail.message_id[:80]!r} is no Message-ID: <name@domain> in ASCII is needed.")
    is_ascii = not (addresses.needs_utf8(recipient) or addresses.needs_utf8(origin.address))
    made = EmailMessage(_POLICY if is_ascii else _UTF8_POLICY)
    made["Date"] = format_datetime(mail.date)
    made["From"] = _mailbox(origin.address, origin.name)
    made["To"] = _mailbox(recipient)
    made["Subject"] = subject(mail.subject)
    made["Message-ID"] = mail.message_id
    _tell_programs(made, mail, identity[2])
    made["MIME-Version"] = "1.0"
    _fill(made, mail, identity)
    return made


def subject(text: str) -> str:
    """``text`` as one line that is a subject and nothing else."""
    # Encoded words in what comes from outside would be undone by the reader's program, whatever they hold.
    return shorten(_harmless(text), _LONGEST_SUBJECT) or "(no subject)"


def _harmless(text: str) -> str:
    return _TURNING.sub(" ", text).encode("utf-8", "replace").decode().replace("=?", "= ?")


def _mailbox(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(shorten(_harmless(name), 80), local, domain)


def _tell_programs(made: EmailMessage, mail: Mail, domain: str) -> None:
    """The headers that nobody reads: for mailing programs, unsubscribe buttons and automatic answers."""
    kind = mail.kind if _WORD.fullmatch(mail.kind) else "other"
    if mail.unsubscribe:
        if not _LINK.fullmatch(mail.unsubscribe) or len(mail.unsubscribe) > _LONGEST_LINE:
            raise ConfigError(
                f"the link that ends the subscription is no web address: {mail.unsubscribe[:80]!r}. See public_url."
            )
        made["List-Id"] = f"<{kind}.{domain}>"
        made["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        if mail.unsubscribe.startswith("https:"):
            # One click counts over a safe connection only (RFC 8058 3).
            made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # No Precedence: RFC 3834 replaced it, and the second of these is what Exchange heeds instead.
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    made["X-Monitor-Kind"] = kind


def _fill(made: EmailMessage, mail: Mail, identity: re.Match[str]) -> None:
    if not mail.html:
        _write(made, mail.text, "plain")
        return
    html, pictures = _with_pictures(mail, identity)
    text_part, html_part = MIMEPart(made.policy), MIMEPart(made.policy)
    _write(text_part, mail.text, "plain")
    _write(html_part, html, "html")
    if pictures:
        related = MIMEPart(made.policy)
        _gather(related, "related", [html_part, *pictures], identity)
        html_part = related
    _gather(made, "alternative", [text_part, html_part], identity)


def _gather(whole: MIMEPart, kind: str, parts: Sequence[MIMEPart], identity: re.Match[str]) -> None:
    # "=_" stands neither in quoted-printable nor in base64: no text can hold the boundary, even one that knows it.
    boundary = "=_" + hashlib.sha256(f"{kind} {identity[0]}".encode()).hexdigest()[:32]
    whole["Content-Type"] = f'multipart/{kind}; boundary="{boundary}"'
    for part in parts:
        whole.attach(part)


def _write(part: MIMEPart, text: str, kind: str) -> None:
    """Put ``text`` into ``part``, packed in whichever way is shorter."""
    data = text.encode("utf-8", "replace").replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    part["Content-Type"] = f'text/{kind}; charset="utf-8"'
    is_latin = len(data.translate(None, _ASCII)) < len(data) / 6
    part["Content-Transfer-Encoding"] = "quoted-printable" if is_latin else "base64"
    # By the C library's functions: those of the email package take a tenth of a second for a digest.
    packed = binascii.b2a_qp(data, istext=True) if is_latin else _base64(data)
    part.set_payload(packed.decode("ascii"))


def _base64(data: bytes) -> bytes:
    return b"".join(binascii.b2a_base64(data[start : start + 57]) for start in range(0, len(data), 57))


def _with_pictures(mail: Mail, identity: re.Match[str]) -> tuple[str, list[MIMEPart]]:
    """The HTML with Content-IDs for names, and the pictures that it shows."""
    html, parts = mail.html, []
    for picture in mail.pictures:
        if not picture.png or not _WORD.fullmatch(picture.name):
            continue
        content_id = f"{picture.name}.{identity[1]}@{identity[2]}"
        # In attributes and url() only: an article may well tell of "cid:volume".
        shown = re.compile(rf"(?<=[\"'(])cid:{picture.name}(?=[\"')])")
        html, count = shown.subn(f"cid:{content_id}".replace("\\", r"\\"), html)
        if count:
            parts.append(_picture(picture, content_id))
    return html, parts


def _picture(picture: Picture, content_id: str) -> MIMEPart:
    part = MIMEPart(_POLICY)
    part["Content-Type"] = f'image/png; name="{picture.name}.png"'
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-ID"] = f"<{content_id}>"
    part["Content-Disposition"] = f'inline; filename="{picture.name}.png"'
    part.set_payload(_base64(picture.png).decode("ascii"))
    return part
