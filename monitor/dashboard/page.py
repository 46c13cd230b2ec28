"""What a page is: data. Its HTML and its JSON twin come from the same ``load``, so they cannot drift apart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.charts import Spec
from monitor.jobs.telling.desk import Sources
from monitor.pipeline.verdicts import Verdicts
from monitor.records.accounts import Role
from monitor.records.board.classifier import ModelCard
from monitor.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who looks at the page."""

    name: str
    role: Role
    account_id: int | None = None
    """None for the person at this machine, who needs no account, and for those a proxy vouches for."""

    @property
    def may_judge(self) -> bool:
        """Whether the person may judge matches, snooze them and keep views."""
        return self.may(Role.ANALYST)

    def may(self, role: Role) -> bool:
        """Whether the person has at least this role."""
        return self.role.rank >= role.rank


def no_card() -> ModelCard | None:
    """Where nobody said which weights are in use."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who asks for what, when, and out of which store: the first argument of every ``load``."""

    store: Store
    now: datetime
    person: Person
    sources: Callable[[datetime], Sources]
    """How the sources are, at most a minute old."""
    verdicts: Verdicts
    """How every feed is."""
    card: Callable[[], ModelCard | None] = no_card
    """What came with the weights in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. ``path`` is FastAPI's, with ``{parameters}``; the JSON twin has the same under ``/api/v1``."""

    path: str
    name: str
    """Of its template (``<name>.html``) and its operation in the API."""
    title: str
    load: Callable[..., Any]
    """``load(visit, *, parameters) -> view``; annotated, so that path and query are checked before it is called.

    Raises NotFoundError for what is not there and QueryError for a search that cannot be read.
    """
    nav: str = ""
    """What the menu calls it; empty for pages that others lead to."""
    needs: Role = Role.READER
    charts: Mapping[str, Callable[[Any], Spec | None]] = field(default_factory=dict)
    """The page's pictures by name, made of its view; None where there is nothing to draw."""
    heading: Callable[[Any], str] | None = None
    """The title of one thing's page, made of its view."""
    beside: Callable[[Any], Mapping[str, object]] | None = None
    """What only the template needs: joins with what the store does not know."""
    kept: bool = False
    """Costs more than a glance should: a view some seconds old is shown while a new one is made."""


class NotFoundError(Exception):
    """What was asked for is not there. The message says what, and what may have become of it."""
