"""Records of people who use the dashboard: accounts, tokens, what they changed, what they keep."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; each may what those before it may."""

    READER = "reader"
    ANALYST = "analyst"
    """Judges matches, snoozes them, keeps views."""
    ADMIN = "admin"
    """Also sees accounts and the audit log."""

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return list(Role).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who signs in."""

    id: int
    name: str
    role: Role
    has_password: bool
    """Without one the account is for tokens, proxies and providers only."""
    created_at: datetime
    disabled_at: datetime | None = None
    last_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A key for programs. The secret itself is shown once and not kept."""

    id: int
    account: str
    name: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One change that a person made."""

    id: int
    at: datetime
    person: str
    action: str
    """``label``, ``label undone``, ``snooze``, ``account added`` ..."""
    subject: str
    """What was changed: ``article 812``, ``account ann``."""
    detail: str
    """In words; never a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A page with its filters, kept under a name by one person."""

    id: int
    owner: str
    name: str
    path: str
    query: str
    """What stands behind the question mark."""
