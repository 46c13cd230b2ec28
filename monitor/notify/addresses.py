"""Mail addresses from strangers: one bare address in one spelling, or a ConfigError that says what to do. Pure.

Rules of our own (RFC 5321, RFC 6531), stricter than either: what is legal but is only met in attacks (quoted local
parts, comments, address literals) is refused, because programs disagree on where such an address ends. The standard
library's parser takes all of that; email-validator would bring a DNS library for two regular expressions.
"""

import re
import unicodedata
from dataclasses import dataclass

import idna

from monitor.errors import ConfigError

_LONGEST = 254
_LONGEST_LOCAL = 64
_LONGEST_DOMAIN = 253
_LOCAL_SIGNS = frozenset("!#$%&'*+-/=?^_`{|}~.")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_EXAMPLE = "Write one address and nothing else, such as desk@example.org."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whom mails are from."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """Behind the @."""
        return self.address.rpartition("@")[2]


def checked(text: str) -> str:
    """The address in the spelling that is stored and written to: its domain in small letters and ASCII (punycode).

    Raises ConfigError for everything that is not one bare address.
    """
    address = unicodedata.normalize("NFC", text.strip())
    local, mark, domain = address.rpartition("@")
    if not mark:
        raise _refused(text, "it has no @")
    written = f"{_local(text, local)}@{_domain(text, domain)}"
    if (size := len(written.encode())) > _LONGEST:
        raise _refused(text, f"it has {size} bytes, and no mail server takes more than {_LONGEST}")
    return written


def same(address: str) -> str:
    """The key under which all spellings of one address are equal. Not to be written to: some servers heed the case.

    Raises ConfigError as ``checked`` does.
    """
    local, _, domain = checked(address).rpartition("@")
    return f"{unicodedata.normalize('NFC', local.casefold())}@{domain}"


def sender(text: str) -> Sender:
    """Whom mails are from: an address, or ``Name <address>``. Raises ConfigError."""
    if (named := _NAMED.fullmatch(text.strip())) is None:
        return Sender(name="", address=checked(text))
    name = named["name"].strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if not name.isprintable():
        raise _refused(text, "the name holds a control character")
    return Sender(name=name.strip(), address=checked(named["address"]))


def needs_utf8(address: str) -> bool:
    """Whether only servers with SMTPUTF8 (RFC 6531) can take a mail for a checked address."""
    return not address.isascii()


def _local(text: str, local: str) -> str:
    if '"' in local:
        raise _refused(text, "what stands before the @ is quoted, and mail programs disagree on how to read that")
    if not local or local.startswith(".") or local.endswith(".") or ".." in local:
        raise _refused(text, "a dot or nothing stands where a name should, before the @")
    for sign in local:
        if not _may_stand(sign):
            raise _refused(text, f"{sign!r} cannot stand before the @")
    if (size := len(local.encode())) > _LONGEST_LOCAL:
        raise _refused(text, f"what stands before the @ has {size} bytes, {_LONGEST_LOCAL} are allowed")
    return local


def _may_stand(sign: str) -> bool:
    if sign.isascii():
        return sign.isalnum() or sign in _LOCAL_SIGNS
    return unicodedata.category(sign)[0] in "LMN"


def _domain(text: str, domain: str) -> str:
    if domain.startswith("["):
        raise _refused(text, "it names a machine by its number; a domain is needed")
    ascii_form = domain.lower() if domain.isascii() else _punycode(text, domain)
    labels = ascii_form.split(".")
    if len(ascii_form) > _LONGEST_DOMAIN or not all(map(_LABEL.fullmatch, labels)):
        raise _refused(text, "what stands behind the @ is no domain")
    if labels[-1].isdigit():
        raise _refused(text, "it names a machine by its number; a domain is needed")
    return ascii_form


def _punycode(text: str, domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").lower()
    except UnicodeError as error:
        raise _refused(text, f"what stands behind the @ is no domain ({error})") from error


def _refused(text: str, why: str) -> ConfigError:
    shown = ascii(text if len(text) <= 80 else f"{text[:79]}…") if not text.isprintable() else repr(text[:80])
    return ConfigError(f"{shown} is no mail address: {why}. {_EXAMPLE}")
