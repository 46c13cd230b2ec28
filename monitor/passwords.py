"""Passwords and other secrets: argon2id hashes, random secrets. Pure but for the randomness.

The one door to argon2-cffi; parameters are its own defaults (RFC 9106, the low-memory recommendation).
"""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from monitor.errors import ConfigError

SHORTEST = 12
LONGEST = 1000
_hasher = PasswordHasher()
_nobody: list[str] = []


def hashed(password: str, *, name: str) -> str:
    """The hash to store. Raises ConfigError for a password that is too short, too long, or made of the name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ConfigError(
            f"the password has {len(password)} characters; {SHORTEST} to {LONGEST} are needed. "
            "Four words make a good one."
        )
    bare = password.casefold()
    if len(set(bare)) < 5 or (len(name) > 2 and len(bare.replace(name.casefold(), "")) < SHORTEST // 2):
        raise ConfigError("the password is too easy to guess: it repeats a few letters, or the name. Take another.")
    return _hasher.hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Whether the password is the one that was hashed. Takes as long where there is none to compare with."""
    try:
        return _hasher.verify(_dummy() if stored is None else stored, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_dated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than are used now."""
    return _hasher.check_needs_rehash(stored)


def new_secret(prefix: str = "") -> str:
    """256 random bits as text."""
    return prefix + secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is stored of a random secret: SHA-256 is enough, for nobody can try 2^256."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _dummy() -> str:
    if not _nobody:
        _nobody.append(_hasher.hash(secrets.token_urlsafe(16)))
    return _nobody[0]
