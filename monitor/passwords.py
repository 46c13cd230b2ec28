"""Passwords and other secrets: argon2id hashes, random secrets. Pure but for the randomness.

The one door to argon2-cffi; parameters are its own defaults (RFC 9106, the low-memory recommendation: 64 MiB).
"""

import hashlib
import secrets
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from monitor.errors import ConfigError

SHORTEST = 12
LONGEST = 1000
AT_ONCE = 2
"""Hashes made at one time: many who sign in at once would take 64 MiB each."""
_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(AT_ONCE)


def require_strong(password: str, *, name: str) -> None:
    """Raise ConfigError for a password that is too short, too long, or made of the account's name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ConfigError(
            f"the password has {len(password)} characters; {SHORTEST} to {LONGEST} are needed. "
            "Four words make a good one."
        )
    bare, own = _bare(password), _bare(name)
    if len(set(bare)) < 5 or (len(own) > 2 and len(bare.replace(own, "")) < SHORTEST // 2):
        raise ConfigError("the password is too easy to guess: it repeats a few letters, or the name. Take another.")


def hashed(password: str) -> str:
    """The hash to store."""
    with _turns:
        return _hasher.hash(_typed(password))


def fits(password: str, stored: str | None) -> bool:
    """Whether the password is the one that was hashed. Takes as long where there is none to compare with."""
    nobody = _nobody()
    try:
        with _turns:
            return _hasher.verify(nobody if stored is None else stored, _typed(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_dated(stored: str) -> bool:
    """Whether the hash was made with other parameters than are used now."""
    return _hasher.check_needs_rehash(stored)


def new_secret(prefix: str = "") -> str:
    """256 random bits as text."""
    return prefix + secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is stored of a random secret: SHA-256 is enough, for nobody can try 2^256."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


@cache
def _nobody() -> str:
    return hashed(new_secret())


def _typed(password: str) -> bytes:
    """One keyboard writes é as one character and another as two; what cannot be text still is some password."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _bare(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())
